/* Boxes around things that a network has found in pictures: choosing among them, giving them. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

static void
lower_suppression (TelarLowering *l)
{
  TelarType at, of;
  TelarValue boxes = telar_lower_float (l, 0, 3, 3, &at);
  TelarValue scores = telar_lower_float (l, 1, 3, 3, &of);
  TelarSuppression settings = {
    .most = (guint)telar_lower_int (l, "max_boxes"),
    .most_overlap = telar_lower_real (l, "iou_threshold"),
    .least_score = telar_lower_real (l, "score_threshold"),
    .centred = g_str_equal (telar_lower_text (l, "format"), "centre"),
  };
  TelarSurvivors result;

  if (!telar_emit_suppression (l->b, boxes, scores, &settings, &result))
    return;
  telar_lower_output (l, 0, result.boxes);
  telar_lower_output (l, 1, result.scores);
  telar_lower_output (l, 2, result.classes);
  telar_lower_output (l, 3, result.count);
}

#define PORT(port, words)                                                                          \
  {                                                                                                \
    .name = port, .kind = TELAR_PORT_TENSOR, .doc = N_ (words),                                    \
  }

static const TelarOperator suppression = {
  .name = "non_max_suppression",
  .label = N_ ("Non-maximum suppression"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Of boxes that overlap keeps the one with the best score, class by class. The results "
             "stand in one list of fixed length, the best first; what is free at its end is zero, "
             "with the class -1."),
  .formula = "intersection/union > iou_threshold: the box with the lower score goes",
  .onnx = "ArgMax, Where, TopK",
  .inputs = TELAR_PORTS (PORT ("boxes", "The boxes, four numbers each: N, boxes, 4."),
                         PORT ("scores", "A score for each class and box: N, classes, boxes.")),
  .outputs = TELAR_PORTS (PORT ("boxes", "The boxes that stay: N, classes · max_boxes, 4."),
                          PORT ("scores", "Their scores."), PORT ("classes", "Their classes."),
                          PORT ("count", "How many boxes stay in each sample.")),
  .params = TELAR_PARAMS (
      {
          .name = "max_boxes",
          .label = N_ ("Most boxes"),
          .kind = TELAR_PARAM_INT,
          .fallback = "20",
          .minimum = 1,
          .maximum = 500,
          .doc = N_ ("The most boxes for each class; each costs a round of work."),
          .prominent = TRUE,
      },
      {
          .name = "iou_threshold",
          .label = N_ ("Overlap"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "0.5",
          .minimum = 0,
          .maximum = 1,
          .doc = N_ ("How much of their union two boxes may share before the worse one goes."),
          .prominent = TRUE,
      },
      {
          .name = "score_threshold",
          .label = N_ ("Least score"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "0.5",
          .minimum = -1e9,
          .maximum = 1e9,
          .doc = N_ ("Boxes whose score is not above this do not count."),
          .prominent = TRUE,
      },
      {
          .name = "format",
          .label = N_ ("Format"),
          .kind = TELAR_PARAM_CHOICE,
          .fallback = "corners",
          .choices = TELAR_CHOICES ("corners", "centre"),
          .doc = N_ ("corners: y, x of two opposite corners, or x, y of both; centre: x, y of the "
                     "centre, width, height."),
      }),
  .lower = lower_suppression,
  .examples = TELAR_EXAMPLES (
      "f32[2,8,4]:0..1 f32[2,2,8]:0..1 max_boxes=3 iou_threshold=0.1",
      "f32[2,9,4]:0.5..1 f32[2,1,9]:0..1 max_boxes=4 score_threshold=0.2 format=centre"),
};

/* --- what was found --------------------------------------------------------------------------- */

static void
give (TelarLowering *l, const char *name, TelarValue value)
{
  g_autofree char *result = g_strdup_printf ("%s.%s", l->node->id, name);
  telar_lower_result (l, result, value);
}

static void
lower_detections (TelarLowering *l)
{
  TelarType of, at, kinds;
  TelarValue boxes = telar_lower_float (l, 0, 3, 3, &at);
  TelarValue scores = telar_lower_float (l, 1, 2, 2, &of);
  TelarValue classes = telar_lower_ranked (l, 2, 2, 2, &kinds);
  if (boxes == TELAR_NO_VALUE || scores == TELAR_NO_VALUE || classes == TELAR_NO_VALUE)
    return;
  if (at.shape.dims[2] != 4 || at.shape.dims[1] != of.shape.dims[1] ||
      !telar_shape_equal (&of.shape, &kinds.shape)) {
    telar_lower_fail (l, "each box needs four numbers, a score and a class");
    return;
  }
  give (l, "boxes", boxes);
  give (l, "scores", scores);
  give (l, "classes", classes);
}

static const TelarOperator detections = {
  .name = "detections",
  .label = N_ ("Detections"),
  .category = TELAR_CATEGORY_OUTPUT,
  .doc = N_ ("What the model has found in a picture, as its results NODE.boxes, NODE.scores and "
             "NODE.classes. telar predict lists them and draws them into the picture."),
  .inputs = TELAR_PORTS (PORT ("boxes", "The boxes, the numbers of two corners each: N, boxes, 4."),
                         PORT ("scores", "Their scores: N, boxes."),
                         PORT ("classes", "Their classes; below zero where there is no box.")),
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (
      {
          .name = "order",
          .label = N_ ("Order"),
          .kind = TELAR_PARAM_CHOICE,
          .fallback = "xyxy",
          .choices = TELAR_CHOICES ("xyxy", "yxyx"),
          .doc = N_ ("xyxy: left, top, right, bottom; yxyx: top, left, bottom, right."),
      },
      {
          .name = "unit",
          .label = N_ ("Unit"),
          .kind = TELAR_PARAM_CHOICE,
          .fallback = "share",
          .choices = TELAR_CHOICES ("share", "pixel"),
          .doc = N_ ("share: 1 is the picture's width or height; pixel: its pixels."),
      },
      {
          .name = "names",
          .label = N_ ("Names"),
          .kind = TELAR_PARAM_TEXT,
          .fallback = "",
          .doc = N_ ("The names of the classes, with commas between; their numbers without."),
          .prominent = TRUE,
      }),
  .lower = lower_detections,
  .examples = TELAR_EXAMPLES ("f32[2,3,4] f32[2,3] i64[2,3]<2 names=cat,dog"),
};

const TelarOperator *const telar_operators_boxes[] = { &suppression, &detections, NULL };
