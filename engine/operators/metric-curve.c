/* Areas under curves over all thresholds. */
#include "engine/operators/families.h"
#include "engine/operators/metric-sums.h"

/* @x as [rows, columns]: the last axis are columns where the scores have several, for classes or
 * for labels of their own each. */
static TelarShape
as_columns (const TelarScored *scored, TelarShape shape)
{
  gboolean columns = !scored->binary || shape.rank == 2;
  TelarShape flat = telar_shape (shape.dims[0], columns ? shape.dims[shape.rank - 1] : 1);

  for (guint axis = 1; axis < shape.rank - columns; axis++)
    flat.dims[0] *= shape.dims[axis];
  return flat;
}

/* Scores and whether they are of a positive, both [rows, columns]; probabilities where they must
 * be: to be put into bins, or to compare the scores of one class over the rows. */
static gboolean
read_columns (TelarLowering *l, gboolean bins, TelarValue *scores, TelarValue *positive)
{
  TelarScored scored;
  TelarType type;
  TelarShape flat;
  gboolean done = telar_lower_bool (l, "probabilities");

  if (!telar_lower_scored (l, &scored))
    return FALSE;
  type = telar_lower_type (l, scored.scores);
  *scores = scored.scores;
  if (scored.binary) {
    *positive = telar_build_binary (l->b, TELAR_PRIM_LESS,
                                    telar_build_scalar (l->b, type.dtype, 0.5), scored.labels);
    if (bins && !done)
      *scores = telar_build_unary (l->b, TELAR_PRIM_SIGMOID, *scores);
  } else {
    TelarClassified classified = { scored.scores, scored.labels, scored.classes };
    *positive = telar_emit_right_class (l, &classified);
    if (!done)
      *scores = telar_emit (l->b, SOFTMAX, ((TelarValue[]){ *scores }),
                            TELAR_INT (AXIS, type.shape.rank - 1));
  }
  flat = as_columns (&scored, type.shape);
  *scores = telar_build_reshape (l->b, *scores, &flat);
  *positive = telar_build_reshape (l->b, *positive, &flat);
  return TRUE;
}

/* [rows, columns, 2] */
static TelarValue
collect (TelarLowering *l, TelarValue scores, TelarValue positive)
{
  TelarShape pair = telar_lower_type (l, scores).shape;
  TelarValue both[2];

  pair.dims[pair.rank++] = 1;
  both[0] = telar_build_reshape (l->b, telar_build_cast (l->b, scores, TELAR_F64), &pair);
  both[1] = telar_build_reshape (l->b, telar_build_cast (l->b, positive, TELAR_F64), &pair);
  return telar_build_concat (l->b, both, 2, 2);
}

/* [bins, columns, 2] */
static TelarValue
count_bins (TelarLowering *l, TelarValue scores, TelarValue positive, gint64 bins)
{
  TelarShape shape = telar_lower_type (l, scores).shape;
  gint64 columns = shape.dims[1];
  TelarShape sums = telar_shape (bins, columns, 2);
  TelarValue place = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, scores, (double)bins);

  place = telar_build_unary (l->b, TELAR_PRIM_FLOOR, place);
  place = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, place, 0);
  place = telar_build_binary_scalar (l->b, TELAR_PRIM_MINIMUM, place, (double)bins - 1);
  place = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL,
                                     telar_build_cast (l->b, place, TELAR_I64), (double)columns);
  place = telar_build_binary (l->b, TELAR_PRIM_ADD, place, telar_build_iota (l->b, &shape, 1));
  place = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, place, 2);
  place = telar_build_binary (l->b, TELAR_PRIM_ADD, place,
                              telar_build_cast (l->b, positive, TELAR_I64));
  return telar_build_reshape (l->b, telar_emit_histogram (l, place, bins * columns * 2), &sums);
}

static void
lower_area (TelarLowering *l, const char *name, const char *exact, const char *binned)
{
  gint64 bins = telar_lower_int (l, "bins");
  TelarValue scores, positive;

  if (!read_columns (l, bins > 0, &scores, &positive))
    return;
  if (bins > 0)
    telar_lower_metric (l, name, binned, count_bins (l, scores, positive, bins));
  else
    telar_lower_metric (l, name, exact, collect (l, scores, positive));
}

static void
lower_roc_auc (TelarLowering *l)
{
  lower_area (l, "roc_auc", "roc_scores", "roc_bins");
}

static void
lower_pr_auc (TelarLowering *l)
{
  lower_area (l, "pr_auc", "pr_scores", "pr_bins");
}

/* --- entries ---------------------------------------------------------------------------------- */

#define AREA_PARAMS                                                                                \
  TELAR_PARAMS (                                                                                   \
      { .name = "probabilities",                                                                   \
        .label = N_ ("Probabilities"),                                                             \
        .kind = TELAR_PARAM_BOOL,                                                                  \
        .fallback = "false",                                                                       \
        .doc = N_ ("The scores are probabilities already and not before the softmax or sigmoid."), \
        .prominent = TRUE },                                                                       \
      { .name = "bins",                                                                            \
        .label = N_ ("Bins"),                                                                      \
        .kind = TELAR_PARAM_INT,                                                                   \
        .fallback = "0",                                                                           \
        .minimum = 0,                                                                              \
        .maximum = 1 << 20,                                                                        \
        .doc = N_ ("0 keeps every score of the epoch and is exact, for up to eight million "       \
                   "scores. Otherwise probabilities are counted in this many bins, such as 4096, " \
                   "which is off by no more than half of the share of pairs of a positive and a "  \
                   "negative within one bin.") },                                                  \
      TELAR_PARAM_CLASS_AXIS)

static const TelarOperator roc_auc = {
  .name = "roc_auc",
  .label = N_ ("ROC area"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("How likely a positive sample scores higher than a negative one. For classes the mean "
             "over each of them against the rest; for several labels the mean over them."),
  .formula = "P (score of a positive > score of a negative) + P (equal) / 2",
  .inputs = TELAR_SCORED_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = AREA_PARAMS,
  .lower = lower_roc_auc,
  .examples = TELAR_EXAMPLES ("f32[9,3] i64[9]<3", "f32[8,1] i64[8]<2", "f32[6,2] i64[6,2]<2",
                              "f32[9,3] i64[9]<3 bins=64"),
};

static const TelarOperator pr_auc = {
  .name = "pr_auc",
  .label = N_ ("Precision-recall area"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("The mean precision over all recalls, known as average precision: of more use than "
             "the ROC area where positives are rare. For classes and for several labels the mean."),
  .formula = "Σ (recall - recall before) · precision",
  .inputs = TELAR_SCORED_PORTS,
  .outputs = TELAR_NO_PORTS,
  .params = AREA_PARAMS,
  .lower = lower_pr_auc,
  .examples = TELAR_EXAMPLES ("f32[9,3] i64[9]<3", "f32[8]:0..1 i64[8]<2 probabilities=true",
                              "f32[8,1] i64[8]<2 bins=64"),
};

const TelarOperator *const telar_operators_metric_curve[] = { &roc_auc, &pr_auc, NULL };
