/* What losses refuse, and what they make of labels that are missing or cannot be. Their values and
 * slopes are judged by tests/judges/losses.py. */
#include "tests/engine/operators/example.h"

#include <math.h>
#include <string.h>

static Example *
read_example (const char *op, const char *text)
{
  g_autoptr (GError) error = NULL;
  Example *example = example_new (telar_operator_find (op), text, &error);
  g_assert_no_error (error);
  return example;
}

static void
test_refused (void)
{
  static const struct {
    const char *op, *example, *message;
  } cases[] = {
    { "cross_entropy", "f32[4,3] i64[4] class_weights=1,2",
      "class_weights must have 3 numbers or none, not 2" },
    { "cross_entropy", "f32[4,3,5] i64[4,3] axis=1", "labels is i64[N,3] and does not fit logits" },
    { "binary_cross_entropy", "f32[4,3] f32[4,3] pos_weight=1,2",
      "pos_weight must have 3 numbers or none, not 2" },
    { "gaussian_nll", "f32[4,3] f32[4,3] f32[4]", "variances is f32[N] and does not fit" },
    { "triplet", "f32[4,3] f32[4,3] f32[4,2]", "negative is f32[N,2] and does not fit anchor" },
    { "contrastive", "f32[4,3] f32[4,3] i64[4,3]", "labels is i64[N,3] and does not fit first" },
    { "info_nce", "f32[4,3,2] f32[4,3,2]", "queries must be one vector for each sample" },
    { "ctc", "f32[2,5,3] i64[2,2] blank=3", "blank must be one of the 3 classes" },
    { "ctc", "f32[2,5000,3] i64[2,2]", "at most 4096 steps can be read, not 5000" },
    { "ctc", "f32[2,5,3] i64[2]", "labels needs 2 axes" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (Example) example = read_example (cases[i].op, cases[i].example);
    g_assert_null (example_lower (example, EXAMPLE_FED, TELAR_LOWER_TRAIN, EXAMPLE_PROBE, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_cmpstr (telar_error_get_node (error), ==, "it");
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].message));
  }
}

/* --- values ----------------------------------------------------------------------------------- */

/* An example whose whole numbers are @labels, then @rest; the floats are drawn. */
typedef struct {
  const char *op, *text;
  const gint64 *labels;
  const gint64 *rest[2];
} Given;

static void
set_whole (TelarTensor *tensor, const gint64 *numbers)
{
  for (gsize i = 0; numbers && i < telar_tensor_elements (tensor); i++)
    telar_tensor_set (tensor, i, (double)numbers[i]);
}

/* What the loss of the node is on @device. */
static double
value_of (const Given *given, const char *device_name, GError **error)
{
  g_autoptr (TelarDevice) device = telar_device_open (device_name, 1, error);
  g_autoptr (Example) example = read_example (given->op, given->text);
  g_autoptr (TelarProgram) program =
      example_lower (example, EXAMPLE_FED, TELAR_LOWER_EVALUATE, EXAMPLE_PROBE, error);
  g_autoptr (GPtrArray) inputs = example_draw (example, 1);
  g_autoptr (TelarStates) states = telar_states_new ();
  g_assert_nonnull (device);
  g_assert_nonnull (program);
  for (guint i = 1; i < inputs->len; i++)
    set_whole (inputs->pdata[i], i == 1 ? given->labels : given->rest[i - 2]);
  g_autoptr (GPtrArray) outputs = example_run (example, program, device, inputs, states, error);
  for (guint i = 0; outputs && i < outputs->len; i++)
    if (g_str_equal (telar_program_output (program, i)->name, "it"))
      return telar_tensor_get (outputs->pdata[i], 0);
  g_assert_null (outputs);
  return NAN;
}

static double
expect_value (const Given *given)
{
  g_autoptr (GError) error = NULL;
  double ref = value_of (given, "ref", &error), cpu = value_of (given, "cpu", &error);
  g_assert_no_error (error);
  g_assert_true (isinf (ref) ? cpu == ref : fabs (cpu - ref) <= 1e-5 * MAX (1, fabs (ref)));
  return ref;
}

/* A label that is no class ends the run; it is not taken for another one. */
static void
check_label (const char *op, const char *text, gint64 label)
{
  static const char *const devices[] = { "ref", "cpu" };
  const gint64 labels[] = { 1, 0, label, 1 };
  const Given given = { .op = op, .text = text, .labels = labels };
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++) {
    g_autoptr (GError) error = NULL;
    value_of (&given, devices[i], &error);
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_cmpstr (telar_error_get_node (error), ==, "it");
  }
}

static void
test_labels (void)
{
  check_label ("cross_entropy", "f32[4,3] i64[4]", 3);
  check_label ("cross_entropy", "f32[4,3] i64[4]", -1);
  check_label ("nll", "f32[4,3] i64[4] class_weights=1,2,3", G_MAXINT32);
  check_label ("ctc", "f32[2,5,3] i64[2,2]", 3);
}

static void
test_nothing_kept (void)
{
  const gint64 ignored[] = { -100, -100, -100, -100 };
  const Given given = { .op = "cross_entropy",
                        .text = "f32[4,3] i64[4] label_smoothing=0.1",
                        .labels = ignored };
  g_assert_cmpfloat (expect_value (&given), ==, 0);
}

/* Negative labels say as much as lengths do, and what stands behind a length says nothing. */
static void
test_ctc_lengths (void)
{
  const gint64 padded[] = { 1, 2, 1, -1, 2, -1, -1, -1 }, junk[] = { 1, 2, 1, 9, 2, 9, -7, 9 };
  const gint64 steps[] = { 6, 6 }, lengths[] = { 3, 1 };
  const Given short_way = { .op = "ctc", .text = "f32[2,6,3] i64[2,4]", .labels = padded };
  const Given long_way = { .op = "ctc",
                           .text = "f32[2,6,3] i64[2,4] i64[2] i64[2]",
                           .labels = junk,
                           .rest = { steps, lengths } };
  g_assert_cmpfloat (expect_value (&short_way), ==, expect_value (&long_way));
}

/* A repeated label needs a blank between, and so three steps. */
static void
test_ctc_impossible (void)
{
  const gint64 labels[] = { 1, 1 };
  const Given endless = { .op = "ctc", .text = "f32[1,2,3] i64[1,2]", .labels = labels };
  const Given skipped = { .op = "ctc",
                          .text = "f32[1,2,3] i64[1,2] zero_infinity=true",
                          .labels = labels };
  g_assert_true (isinf (expect_value (&endless)));
  g_assert_cmpfloat (expect_value (&skipped), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  example_init ();
  g_test_add_func ("/losses/refused", test_refused);
  g_test_add_func ("/losses/labels", test_labels);
  g_test_add_func ("/losses/nothing-kept", test_nothing_kept);
  g_test_add_func ("/losses/ctc-lengths", test_ctc_lengths);
  g_test_add_func ("/losses/ctc-impossible", test_ctc_impossible);
  return g_test_run ();
}
