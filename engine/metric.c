/* The table of metric kinds, and those that are a line of arithmetic. */
#include "engine/metric-private.h"
#include <math.h>
#include <string.h>

/* --- ratios ----------------------------------------------------------------------------------- */

static void
finish_mean (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
             double *numbers)
{
  (void)kind;
  (void)shape;
  numbers[0] = sums[0] / sums[1];
}

static void
finish_root (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
             double *numbers)
{
  finish_mean (kind, shape, sums, numbers);
  numbers[0] = sqrt (numbers[0]);
}

static void
finish_exponential (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
                    double *numbers)
{
  finish_mean (kind, shape, sums, numbers);
  numbers[0] = exp (numbers[0]);
}

/* --- moments ---------------------------------------------------------------------------------- */

/* Below this part of Σ y² the spread of the targets is rounding. */
#define CONSTANT 1e-14

/* 1 - @unexplained / the spread of the targets; for constant targets 1 or 0, as scikit-learn. */
static double
explained (double unexplained, double n, double y, double yy)
{
  double spread = yy - y * y / n;
  if (spread > CONSTANT * yy)
    return 1 - unexplained / spread;
  return unexplained > 0 ? 0 : 1;
}

/* The mean over the columns; without @biased a constant error is forgiven. */
static double
mean_explained (const TelarShape *shape, const double *sums, gboolean biased)
{
  gsize columns = (gsize)shape->dims[1];
  double sum = 0;
  for (gsize k = 0; k < columns; k++) {
    double m[TELAR_N_MOMENTS];
    for (guint i = 0; i < TELAR_N_MOMENTS; i++)
      m[i] = sums[i * columns + k];
    double mean_square = m[TELAR_MOMENT_E] * m[TELAR_MOMENT_E] / m[TELAR_MOMENT_COUNT];
    double unexplained = m[TELAR_MOMENT_EE] - (biased ? 0 : mean_square);
    if (unexplained <= CONSTANT * m[TELAR_MOMENT_EE])
      unexplained = 0;
    sum += explained (unexplained, m[TELAR_MOMENT_COUNT], m[TELAR_MOMENT_Y], m[TELAR_MOMENT_YY]);
  }
  return sum / (double)columns;
}

static void
finish_r2 (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
           double *numbers)
{
  (void)kind;
  numbers[0] = mean_explained (shape, sums, TRUE);
}

static void
finish_explained_variance (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
                           double *numbers)
{
  (void)kind;
  numbers[0] = mean_explained (shape, sums, FALSE);
}

/* --- n-grams ---------------------------------------------------------------------------------- */

/* Papineni et al.: "BLEU: a method for automatic evaluation of machine translation", 2002, over
 * the whole corpus and without smoothing: from 0 to 1. */
static void
finish_bleu (const TelarMetricKind *kind, const TelarShape *shape, const double *sums,
             double *numbers)
{
  double candidate = sums[TELAR_NGRAM_CANDIDATE], reference = sums[TELAR_NGRAM_REFERENCE];
  double logs = 0;
  (void)kind;
  (void)shape;
  numbers[0] = 0;
  for (guint n = 0; n < TELAR_NGRAM_ORDERS; n++) {
    if (!(sums[TELAR_NGRAM_MATCHES + n] > 0))
      return;
    logs += log (sums[TELAR_NGRAM_MATCHES + n] / sums[TELAR_NGRAM_TOTALS + n]);
  }
  double brevity = fmin (0, 1 - reference / candidate);
  numbers[0] = exp (brevity + logs / TELAR_NGRAM_ORDERS);
}

/* --- the table -------------------------------------------------------------------------------- */

#define RATIO(text, function)                                                                      \
  {                                                                                                \
    .name = text, .form = TELAR_SUMS_RATIO, .finish = function                                     \
  }
#define CONFUSION(text, function)                                                                  \
  {                                                                                                \
    .name = text, .form = TELAR_SUMS_CONFUSION, .finish = function                                 \
  }
#define MOMENTS(text, function)                                                                    \
  {                                                                                                \
    .name = text, .form = TELAR_SUMS_MOMENTS, .finish = function                                   \
  }
#define SHARE(text, WHAT, HOW, ...)                                                                \
  {                                                                                                \
    .name = text, .form = TELAR_SUMS_CONFUSION, .finish = telar_finish_share,                      \
    .share = TELAR_SHARE_##WHAT, .average = TELAR_AVERAGE_##HOW, __VA_ARGS__                       \
  }
#define SHARES(text, WHAT)                                                                         \
  SHARE (text "_binary", WHAT, BINARY), SHARE (text "_macro", WHAT, MACRO),                        \
      SHARE (text "_micro", WHAT, MICRO), SHARE (text "_weighted", WHAT, WEIGHTED),                \
      SHARE (text "_each", WHAT, EACH, .each = TRUE)

static const TelarMetricKind kinds[] = {
  RATIO ("mean", finish_mean),
  RATIO ("root_mean", finish_root),
  RATIO ("exp_mean", finish_exponential),
  SHARES ("precision", PRECISION),
  SHARES ("recall", RECALL),
  SHARES ("f1", F1),
  SHARES ("iou", IOU),
  CONFUSION ("balanced_accuracy", telar_finish_balanced_accuracy),
  CONFUSION ("mcc", telar_finish_mcc),
  CONFUSION ("kappa", telar_finish_kappa),
  { .name = "confusion", .form = TELAR_SUMS_CONFUSION, .matrix = TRUE },
  MOMENTS ("r2", finish_r2),
  MOMENTS ("explained_variance", finish_explained_variance),
  { .name = "bleu", .form = TELAR_SUMS_NGRAMS, .finish = finish_bleu },
  { .name = "roc_bins", .form = TELAR_SUMS_BINS, .finish = telar_finish_roc_bins },
  { .name = "pr_bins", .form = TELAR_SUMS_BINS, .finish = telar_finish_pr_bins },
  { .name = "roc_scores", .form = TELAR_SUMS_SCORES, .finish = telar_finish_roc_scores },
  { .name = "pr_scores", .form = TELAR_SUMS_SCORES, .finish = telar_finish_pr_scores },
};

const TelarMetricKind *
telar_metric_kind (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, name) == 0)
      return &kinds[i];
  return NULL;
}

/* --- forms ------------------------------------------------------------------------------------ */

/* The axes of each form; 0 is any size. */
static const TelarShape forms[] = {
  [TELAR_SUMS_RATIO] = { 1, { 2 } },
  [TELAR_SUMS_CONFUSION] = { 2, { 0, 0 } },
  [TELAR_SUMS_MOMENTS] = { 2, { TELAR_N_MOMENTS, 0 } },
  [TELAR_SUMS_NGRAMS] = { 1, { TELAR_N_NGRAM_SUMS } },
  [TELAR_SUMS_BINS] = { 3, { 0, 0, 2 } },
  [TELAR_SUMS_SCORES] = { 3, { 0, 0, 2 } },
};

gboolean
telar_metric_fits (const char *name, const TelarType *type)
{
  const TelarMetricKind *kind = name ? telar_metric_kind (name) : NULL;
  const TelarShape *shape = &type->shape;
  if (!kind || type->dtype != TELAR_F64 || shape->rank != forms[kind->form].rank)
    return FALSE;
  for (guint axis = 0; axis < shape->rank; axis++) {
    gint64 size = shape->dims[axis], expected = forms[kind->form].dims[axis];
    gboolean grows = axis == 0 && telar_metric_collects (kind);
    if ((size <= 0 && !grows) || (expected != 0 && size != expected))
      return FALSE;
  }
  if (kind->form != TELAR_SUMS_CONFUSION)
    return TRUE;
  return shape->dims[0] == shape->dims[1] &&
         (kind->finish != telar_finish_share || kind->average != TELAR_AVERAGE_BINARY ||
          shape->dims[0] == 2);
}

gboolean
telar_metric_collects (const TelarMetricKind *kind)
{
  return kind->form == TELAR_SUMS_SCORES;
}

guint
telar_metric_n_numbers (const TelarMetricKind *kind, const TelarShape *shape)
{
  if (kind->matrix)
    return 0;
  return kind->each ? (guint)shape->dims[0] : 1;
}

char *
telar_metric_number_name (const TelarMetricKind *kind, const char *output, guint index)
{
  return kind->each ? g_strdup_printf ("%s_%u", output, index) : g_strdup (output);
}
