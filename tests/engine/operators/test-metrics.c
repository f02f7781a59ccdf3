/* What metrics refuse, in words. What they measure is judged by tests/judges/metrics.py. */
#include "tests/engine/operators/example.h"

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
    { "f1", "f32[4,3] i64[4] average=binary", "average=binary is for two classes, there are 3" },
    { "mcc", "f32[2,5000] i64[2]", "a confusion matrix has at most 4096 classes, not 5000" },
    { "precision", "f32[4,3] i64[4,2]", "labels is i64[N,2] and does not fit logits" },
    { "roc_auc", "f32[4,3] i64[4] axis=2", "axis 2 is not one of the 2 axes" },
    { "iou", "f32[4,3,5] i64[4,5]", "does not fit logits, which is f32[N,3,5]" },
    { "accuracy", "f32[4,3,5] i64[4,3] axis=1", "does not fit logits" },
    { "bleu", "f32[4,9] i64[4]", "references needs 2 axes" },
    { "r2", "f32[4,3] f32[4]", "targets is f32[N] and does not fit predictions" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (Example) example = read_example (cases[i].op, cases[i].example);
    g_assert_null (
        example_lower (example, EXAMPLE_FED, TELAR_LOWER_EVALUATE, EXAMPLE_PROBE, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_cmpstr (telar_error_get_node (error), ==, "it");
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].message));
  }
}

/* A label that is no class ends the run; it is not counted as something else. */
static void
check_label (gint64 label)
{
  static const char *const devices[] = { "ref", "cpu" };
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TelarDevice) device = telar_device_open (devices[i], 1, &error);
    g_assert_no_error (error);
    g_autoptr (Example) example = read_example ("f1", "f32[4,3] i64[4]<3");
    g_autoptr (TelarProgram) program =
        example_lower (example, EXAMPLE_FED, TELAR_LOWER_EVALUATE, EXAMPLE_PROBE, &error);
    g_assert_no_error (error);
    g_autoptr (GPtrArray) inputs = example_draw (example, 1);
    g_autoptr (TelarStates) states = telar_states_new ();
    telar_tensor_set (inputs->pdata[1], 2, (double)label);
    g_assert_null (example_run (example, program, device, inputs, states, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_cmpstr (telar_error_get_node (error), ==, "it");
  }
}

static void
test_labels (void)
{
  check_label (3);
  check_label (-1);
  check_label (G_MAXINT32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  example_init ();
  g_test_add_func ("/metrics/refused", test_refused);
  g_test_add_func ("/metrics/labels", test_labels);
  return g_test_run ();
}
