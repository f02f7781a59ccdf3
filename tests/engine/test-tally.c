/* Metrics and their sums: what each kind makes of numbers that are easy to check by hand, where
 * nothing is divided by nothing, and that sums survive being saved. scikit-learn judges the rest in
 * tests/judges/metrics.py. */
#include "engine/metric.h"
#include "engine/tally.h"
#include <math.h>
#include <string.h>

/* --- kinds --------------------------------------------------------------------------------------
 */

static double
finish (const char *name, const TelarShape *shape, const double *sums)
{
  const TelarMetricKind *kind = telar_metric_kind (name);
  TelarType type = { TELAR_F64, *shape };
  double number = -7;
  g_assert_nonnull (kind);
  g_assert_true (telar_metric_fits (name, &type));
  g_assert_cmpuint (telar_metric_n_numbers (kind, shape), ==, 1);
  kind->finish (kind, shape, sums, &number);
  return number;
}

static void
test_confusion (void)
{
  static const double sums[] = { 3, 1, 2, 4 };
  const TelarShape square = telar_shape (2, 2);
  const struct {
    const char *kind;
    double want;
  } cases[] = {
    { "precision_binary", 4.0 / 5 },
    { "recall_binary", 4.0 / 6 },
    { "f1_binary", 8.0 / 11 },
    { "iou_binary", 4.0 / 7 },
    { "precision_macro", (3.0 / 5 + 4.0 / 5) / 2 },
    { "recall_weighted", (4 * 3.0 / 4 + 6 * 4.0 / 6) / 10 },
    { "f1_micro", 0.7 },
    { "balanced_accuracy", (3.0 / 4 + 4.0 / 6) / 2 },
    { "mcc", (3 * 4 - 1 * 2) / sqrt (5.0 * 6 * 4 * 5) },
    { "kappa", (0.7 - 0.5) / (1 - 0.5) },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].kind);
    g_assert_cmpfloat_with_epsilon (finish (cases[i].kind, &square, sums), cases[i].want, 1e-12);
  }
}

/* Class 1 is never right nor answered; class 2 is answered, but never right. */
static void
test_missing_classes (void)
{
  static const double sums[] = { 3, 0, 1, 0, 0, 0, 0, 0, 0 };
  static const double nothing[9];
  const TelarShape square = telar_shape (3, 3);
  double each[3];
  g_assert_cmpfloat (finish ("precision_macro", &square, sums), ==, 0.5);
  g_assert_cmpfloat (finish ("recall_macro", &square, sums), ==, 0.75 / 2);
  g_assert_cmpfloat (finish ("balanced_accuracy", &square, sums), ==, 0.75);
  g_assert_cmpfloat (finish ("mcc", &square, sums), ==, 0);
  g_assert_true (isnan (finish ("f1_macro", &square, nothing)));
  g_assert_true (isnan (finish ("kappa", &square, nothing)));

  const TelarMetricKind *kind = telar_metric_kind ("precision_each");
  g_assert_cmpuint (telar_metric_n_numbers (kind, &square), ==, 3);
  kind->finish (kind, &square, sums, each);
  g_assert_cmpfloat (each[0], ==, 1);
  g_assert_cmpfloat (each[1], ==, 0);
  g_assert_cmpfloat (each[2], ==, 0);
  g_autofree char *name = telar_metric_number_name (kind, "precision.node", 2);
  g_assert_cmpstr (name, ==, "precision.node_2");
}

/* Constant targets have nothing to explain; 0.1 has rounding in its squares. */
static void
test_constant_targets (void)
{
  const TelarShape shape = telar_shape (TELAR_N_MOMENTS, 1);
  const double right[] = { 3, 0.1 + 0.1 + 0.1, 0.1 * 0.1 * 3, 0, 0 };
  const double wrong[] = { 3, 0.1 + 0.1 + 0.1, 0.1 * 0.1 * 3, 6, 12 };
  g_assert_cmpfloat (finish ("r2", &shape, right), ==, 1);
  g_assert_cmpfloat (finish ("r2", &shape, wrong), ==, 0);
  /* The error is always 2. */
  g_assert_cmpfloat (finish ("explained_variance", &shape, wrong), ==, 1);
}

static void
test_areas (void)
{
  static const double scores[] = { 0.9, 1, 0.1, 0, 0.5, 1, 0.5, 0, 0.7, 0, 0.2, 1 };
  static const double one_class[] = { 0.9, 1, 0.1, 1 };
  static const double no_number[] = { NAN, 1, 0.1, 0 };
  const TelarShape six = telar_shape (6, 1, 2), two = telar_shape (2, 1, 2);
  /* Positives 0.9, 0.5, 0.2 beat 3, 1½ and 1 of the negatives 0.7, 0.5, 0.1. */
  g_assert_cmpfloat_with_epsilon (finish ("roc_scores", &six, scores), 5.5 / 9, 1e-12);
  g_assert_cmpfloat_with_epsilon (finish ("pr_scores", &six, scores), (1 + 2.0 / 4 + 3.0 / 5) / 3,
                                  1e-12);
  g_assert_true (isnan (finish ("roc_scores", &two, one_class)));
  g_assert_cmpfloat (finish ("pr_scores", &two, one_class), ==, 1);
  g_assert_true (isnan (finish ("roc_scores", &two, no_number)));
  /* The same scores in bins of a tenth. */
  static const double bins[20] = {
    [1 * 2] = 1, [2 * 2 + 1] = 1, [5 * 2] = 1, [5 * 2 + 1] = 1, [7 * 2] = 1, [9 * 2 + 1] = 1,
  };
  const TelarShape ten = telar_shape (10, 1, 2);
  g_assert_cmpfloat_with_epsilon (finish ("roc_bins", &ten, bins), 5.5 / 9, 1e-12);
}

static void
test_fits (void)
{
  TelarType pair = { TELAR_F64, telar_shape (2) }, single = { TELAR_F32, telar_shape (2) };
  TelarType oblong = { TELAR_F64, telar_shape (2, 3) }, square = { TELAR_F64, telar_shape (3, 3) };
  TelarType scores = { TELAR_F64, telar_shape (28 * TELAR_DIM_BATCH, 1, 2) };
  g_assert_true (telar_metric_fits ("mean", &pair));
  g_assert_false (telar_metric_fits ("mean", &single));
  g_assert_false (telar_metric_fits ("mean", &square));
  g_assert_false (telar_metric_fits ("no such", &pair));
  g_assert_false (telar_metric_fits (NULL, &pair));
  g_assert_true (telar_metric_fits ("mcc", &square));
  g_assert_false (telar_metric_fits ("mcc", &oblong));
  g_assert_false (telar_metric_fits ("f1_binary", &square));
  g_assert_true (telar_metric_fits ("roc_scores", &scores));
  g_assert_false (telar_metric_fits ("roc_bins", &scores));
}

/* --- tallies ------------------------------------------------------------------------------------
 */

/* Two losses, a mean, a confusion matrix and a collected area. */
static TelarProgram *
make_program (void)
{
  static const char text[] = "program p {\n"
                             "  %0 = input {name=\"x\", dtype=f32, shape=[N]} : f32[N]\n"
                             "  %1 = sum %0 {axes=[0]} : f32[]\n"
                             "  %2 = fill {fill=1, dtype=f64, shape=[2]} : f64[2]\n"
                             "  %3 = fill {fill=1, dtype=f64, shape=[2,2]} : f64[2,2]\n"
                             "  %4 = fill {fill=1, dtype=f64, shape=[N,1,2]} : f64[N,1,2]\n"
                             "  output loss \"a\" = %1\n"
                             "  output metric \"m\" mean = %2\n"
                             "  output metric \"matrix\" confusion = %3\n"
                             "  output loss \"b\" = %1\n"
                             "  output metric \"area\" roc_scores = %4\n"
                             "}\n";
  g_autoptr (GError) error = NULL;
  TelarProgram *program = telar_program_from_text (text, &error);
  g_assert_no_error (error);
  g_assert_true (telar_program_verify (program, &error));
  return program;
}

static TelarTensor *
make_tensor (const TelarShape *shape, const double *values)
{
  TelarTensor *tensor = telar_tensor_new (TELAR_F64, shape);
  memcpy (tensor->data, values, tensor->bytes);
  return tensor;
}

static void
add_batch (TelarTally *tally, double loss, gint64 rows)
{
  const TelarShape shapes[] = { telar_shape (2), telar_shape (2, 2), telar_shape (rows, 1, 2) };
  const double losses[] = { loss, loss / 4, loss * 3 / 4 };
  const double numbers[3][4] = { { loss, 1 }, { 0, loss, 0, 0 }, { loss, 1, -loss, 0 } };
  TelarTensor *metrics[3];
  for (guint i = 0; i < 3; i++)
    metrics[i] = make_tensor (&shapes[i], numbers[i]);
  telar_tally_add (tally, losses, metrics, rows);
  for (guint i = 0; i < 3; i++)
    telar_tensor_unref (metrics[i]);
}

static void
assert_numbers (const TelarTally *tally)
{
  double numbers[5];
  telar_tally_finish (tally, FALSE, numbers);
  g_assert_cmpfloat (numbers[0], ==, (1.0 * 2 + 4 * 1) / 3);
  g_assert_cmpfloat (numbers[1], ==, (0.25 * 2 + 1 * 1) / 3);
  g_assert_cmpfloat (numbers[3], ==, (1.0 + 4) / 2);
  /* Positives 1 and 4, the negative -1. */
  g_assert_cmpfloat (numbers[4], ==, 1);
  g_autoptr (GPtrArray) figures = telar_tally_figures (tally);
  g_assert_cmpuint (figures->len, ==, 1);
  const TelarFigure *figure = figures->pdata[0];
  g_assert_cmpstr (figure->name, ==, "matrix");
  g_assert_cmpfloat (telar_tensor_get (figure->values, 1), ==, 5);
  g_assert_cmpfloat (telar_tensor_get (figure->values, 2), ==, 0);
}

static void
test_tally (void)
{
  static const char *const names[] = { "loss", "a", "b", "m", "area" };
  g_autoptr (TelarProgram) program = make_program ();
  g_autoptr (TelarTally) tally = telar_tally_new (program);
  g_assert_cmpuint (tally->n, ==, G_N_ELEMENTS (names));
  g_assert_cmpuint (tally->n_losses, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_assert_cmpstr (tally->names[i], ==, names[i]);
    g_assert_cmpint (telar_tally_is_slow (tally, i), ==, i == 4);
  }
  add_batch (tally, 9, 2);
  telar_tally_clear (tally);
  add_batch (tally, 1, 2);
  add_batch (tally, 4, 1);
  assert_numbers (tally);

  /* What takes long is left out while the epoch runs. */
  double running[5] = { 0, 0, 0, 0, -7 };
  telar_tally_finish (tally, TRUE, running);
  g_assert_cmpfloat (running[3], ==, 2.5);
  g_assert_cmpfloat (running[4], ==, -7);
}

static void
test_saved (void)
{
  g_autoptr (TelarProgram) program = make_program ();
  g_autoptr (TelarTally) tally = telar_tally_new (program), other = telar_tally_new (program);
  add_batch (tally, 1, 2);
  g_autoptr (GArray) saved = telar_tally_save (tally);
  add_batch (other, 9, 2);
  g_assert_true (telar_tally_load (other, saved));
  add_batch (other, 4, 1);
  assert_numbers (other);

  /* Sums of other metrics, cut or too many, are refused and change nothing. */
  const guint count_at = 1 + 3 + 2 + 4; /* behind rows, losses, mean and matrix */
  const double wrong[] = { 3, -1, 1e300, NAN, 6 };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GArray) bad = g_array_copy (saved);
    g_array_index (bad, double, count_at) = wrong[i];
    g_assert_false (telar_tally_load (other, bad));
  }
  for (guint n = 0; n < saved->len; n++) {
    g_autoptr (GArray) bad = g_array_copy (saved);
    g_array_set_size (bad, n);
    g_assert_false (telar_tally_load (other, bad));
  }
  g_array_append_val (saved, wrong[0]);
  g_assert_false (telar_tally_load (other, saved));
  assert_numbers (other);
}

static void
test_limit (void)
{
  g_autoptr (TelarProgram) program = make_program ();
  g_autoptr (TelarTally) tally = telar_tally_new (program);
  g_autoptr (GError) error = NULL;
  g_assert_true (telar_tally_check (tally, TELAR_TALLY_LIMIT / 2, &error));
  g_assert_no_error (error);
  g_assert_false (telar_tally_check (tally, TELAR_TALLY_LIMIT / 2 + 1, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "area would keep all scores"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metric/confusion", test_confusion);
  g_test_add_func ("/metric/missing-classes", test_missing_classes);
  g_test_add_func ("/metric/constant-targets", test_constant_targets);
  g_test_add_func ("/metric/areas", test_areas);
  g_test_add_func ("/metric/fits", test_fits);
  g_test_add_func ("/tally/numbers", test_tally);
  g_test_add_func ("/tally/saved", test_saved);
  g_test_add_func ("/tally/limit", test_limit);
  return g_test_run ();
}
