/* Regions of pictures, cut out for what looks at each on its own. */
#include "engine/emit-spatial.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

/* [N, R, 4] as [N · R, 4], and for each box the sample that it stands in. */
static TelarValue
flatten_boxes (TelarLowering *l, TelarValue boxes, TelarValue *pictures)
{
  TelarShape shape = telar_lower_type (l, boxes).shape, pairs = shape, flat, row;

  pairs.rank = 2;
  flat = telar_shape (shape.dims[0] * shape.dims[1], 4);
  row = telar_shape (flat.dims[0]);
  *pictures = telar_build_reshape (l->b, telar_build_iota (l->b, &pairs, 0), &row);
  return telar_build_reshape (l->b, boxes, &flat);
}

static void
lower_roi_align (TelarLowering *l)
{
  guint n;
  const gint64 *size = telar_lower_ints (l, "size", &n);
  TelarType type, of_boxes, of_samples;
  TelarRoiAlign settings = {
    .height = size[0],
    .width = size[n - 1],
    .samples = telar_lower_int (l, "sampling"),
    .scale = telar_lower_real (l, "scale"),
    .largest = g_str_equal (telar_lower_text (l, "mode"), "max"),
    .half_pixel = g_str_equal (telar_lower_text (l, "coordinates"), "half_pixel"),
  };
  TelarValue x = telar_lower_float (l, 0, 4, 4, &type);
  TelarValue pictures = telar_lower_input (l, 2), y;
  guint rank = pictures == TELAR_NO_VALUE ? 3 : 2;
  TelarValue boxes = telar_lower_float (l, 1, rank, rank, &of_boxes);
  TelarShape apart;

  if (x == TELAR_NO_VALUE || boxes == TELAR_NO_VALUE)
    return;
  if (of_boxes.shape.dims[rank - 1] != 4 || (rank == 3 && of_boxes.shape.dims[1] < 0)) {
    telar_lower_fail (l, "a box has four numbers: x and y of two opposite corners");
    return;
  }
  if (rank == 2)
    pictures = telar_lower_ranked (l, 2, 1, 1, &of_samples);
  else
    boxes = flatten_boxes (l, boxes, &pictures);
  y = telar_emit_roi_align (l->b, &settings, x, boxes, pictures);
  apart = telar_shape (of_boxes.shape.dims[0], of_boxes.shape.dims[1], type.shape.dims[1],
                       settings.height, settings.width);
  telar_lower_output (l, 0, rank == 3 ? telar_build_reshape (l->b, y, &apart) : y);
}

#define PORT(port, words)                                                                          \
  {                                                                                                \
    .name = port, .kind = TELAR_PORT_TENSOR, .doc = N_ (words),                                    \
  }

static const TelarOperator roi_align = {
  .name = "roi_align",
  .label = N_ ("Regions of a picture"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Cuts boxes out of pictures, or of what a network made of them, and brings all to one "
             "size by bilinear samples, as Mask R-CNN does. The gradient goes to the pictures."),
  .formula = "y[c,i,j] = the mean of sampling² samples in cell (i, j) of the box",
  .onnx = "RoiAlign",
  .inputs = TELAR_PORTS (
      PORT ("in", "Pictures of shape N, channels, height, width."),
      PORT ("boxes", "x and y of two opposite corners: N, boxes, 4, or, with samples, boxes, 4."),
      { .name = "samples",
        .kind = TELAR_PORT_TENSOR,
        .optional = TRUE,
        .doc = N_ ("Which sample each box lies in, where the boxes of all stand in one list.") }),
  .outputs = TELAR_PORTS (
      PORT ("out", "The regions: N, boxes, channels, height, width, or without the N.")),
  .params = TELAR_PARAMS (
      TELAR_PARAM_LIST ("size", "Size", "7", 1, 2, "Height and width of the result, in cells."),
      {
          .name = "mode",
          .label = N_ ("Mode"),
          .kind = TELAR_PARAM_CHOICE,
          .fallback = "avg",
          .choices = TELAR_CHOICES ("avg", "max"),
          .doc = N_ ("avg: the mean of the samples of a cell; max: the largest of the weighted "
                     "pixels that they are made of, as ONNX has it."),
          .prominent = TRUE,
      },
      {
          .name = "sampling",
          .label = N_ ("Samples"),
          .kind = TELAR_PARAM_INT,
          .fallback = "2",
          .minimum = 1,
          .maximum = 64,
          .doc = N_ ("Samples of a cell along each axis."),
      },
      {
          .name = "scale",
          .label = N_ ("Scale"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "1",
          .minimum = 1e-6,
          .maximum = 1e6,
          .doc = N_ ("What the boxes' numbers are multiplied by: 0.0625 where they count pixels of "
                     "a picture sixteen times as large."),
          .prominent = TRUE,
      },
      {
          .name = "coordinates",
          .label = N_ ("Coordinates"),
          .kind = TELAR_PARAM_CHOICE,
          .fallback = "half_pixel",
          .choices = TELAR_CHOICES ("half_pixel", "output_half_pixel"),
          .doc = N_ ("half_pixel: the centre of the first pixel is at 0.5; output_half_pixel: at "
                     "0, and boxes have at least one pixel, as the first versions had it."),
      }),
  .lower = lower_roi_align,
  .examples =
      TELAR_EXAMPLES ("f32[2,2,6,7] f32[2,3,4]:0..6 size=3",
                      "f32[2,3,5,5] f32[2,4]:0..9 i64[2]<2 size=2x3 sampling=1 scale=0.5",
                      "f32[2,1,6,6] f32[2,2,4]:-2..7 size=2 mode=max coordinates=output_half_pixel",
                      "f32[2,2,6,6] f32[2,4]:1..5 i64[2]<2 size=2x2 mode=max sampling=3"),
};

const TelarOperator *const telar_operators_regions[] = { &roi_align, NULL };
