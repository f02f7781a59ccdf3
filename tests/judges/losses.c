/* Every example of every loss in the registry, and what regularisers add to the loss, for losses.py
 * to judge: a line for each, as answer.h has it. */
#include "tests/judges/answer.h"

/* The result is no loss: what an operator adds to the loss is all there is. */
static gboolean
show (const TelarOperator *op, const char *text, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  Answer answer = { NULL };
  gboolean good = answer_run (&answer, op, text, EXAMPLE_RESULT, FALSE, device, &error);

  if (good) {
    json_auto_t *line = answer_to_json (&answer);
    answer_print (line);
  } else {
    g_printerr ("%s %s: %s\n", op->name, text, error->message);
  }
  answer_clear (&answer);
  return good;
}

/* Of layers with kernels one will do: lower-node.c penalises all of them. */
static gboolean
show_regularisers (TelarDevice *device)
{
  static const char *const kernels[] = { "f32[4,3] units=2 kernel_l1=0.3",
                                         "f32[4,3] units=2 kernel_l2=0.2",
                                         "f32[4,3] units=2 kernel_l1=0.3 kernel_l2=0.2" };
  const TelarOperator *activity = telar_operator_find ("activity_penalty");
  gboolean good = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (kernels); i++)
    good = show (telar_operator_find ("dense"), kernels[i], device) && good;
  for (guint i = 0; activity->examples[i]; i++)
    good = show (activity, activity->examples[i], device) && good;
  return good;
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  telar_operators_init ();
  g_autoptr (GPtrArray) operators =
      g_ptr_array_copy ((GPtrArray *)telar_operators_all (), NULL, NULL);
  example_init ();
  g_autoptr (TelarDevice) device = telar_device_cpu_new (1, &error);
  g_assert_no_error (error);
  gboolean good = show_regularisers (device);
  for (guint i = 0; i < operators->len; i++) {
    const TelarOperator *op = operators->pdata[i];
    for (guint e = 0; op->category == TELAR_CATEGORY_LOSS && op->examples[e]; e++)
      good = show (op, op->examples[e], device) && good;
  }
  return good ? 0 : 1;
}
