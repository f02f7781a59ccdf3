/* Every example of every operator that has results, in double precision, for gradients.py to judge:
 * a line for each, as answer.h has it, and
 *
 *   "results": [{"shape": […], "values": […], "weights": […]}]
 *
 * whose values times their weights make the loss that has the slopes. */
#include "tests/judges/answer.h"

static json_t *
result_to_json (const TelarTensor *values, guint i)
{
  g_autofree char *id = g_strdup_printf ("y%u", i);
  g_autoptr (TelarTensor) weights = example_loss_weights (id, &values->type.shape);
  json_t *shape = json_array ();

  for (guint axis = 0; axis < values->type.shape.rank; axis++)
    json_array_append_new (shape, json_integer (values->type.shape.dims[axis]));
  return json_pack ("{s:o, s:o, s:o}", "shape", shape, "values", answer_numbers (values), "weights",
                    answer_numbers (weights));
}

/* The results of the same step: what is drawn in it depends on its number alone. */
static json_t *
results_of (const Answer *answer)
{
  json_t *results = json_array ();

  for (guint i = 0; i < answer->outputs->len; i++)
    if (telar_program_output (answer->program, i)->role == TELAR_OUTPUT_PROBE)
      json_array_append_new (
          results, result_to_json (answer->outputs->pdata[i], (guint)json_array_size (results)));
  return results;
}

static gboolean
show (const TelarOperator *op, const char *text, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  Answer slopes = { NULL }, results = { NULL };
  gboolean good = answer_run (&slopes, op, text, EXAMPLE_LOSS, TRUE, device, &error) &&
                  answer_run (&results, op, text, EXAMPLE_PROBE, TRUE, device, &error);

  if (good) {
    json_auto_t *line = answer_to_json (&slopes);
    json_object_set_new (line, "results", results_of (&results));
    answer_print (line);
  } else {
    g_printerr ("%s %s: %s\n", op->name, text, error->message);
  }
  answer_clear (&slopes);
  answer_clear (&results);
  return good;
}

int
main (void)
{
  telar_operators_init ();
  g_autoptr (GPtrArray) operators =
      g_ptr_array_copy ((GPtrArray *)telar_operators_all (), NULL, NULL);
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  gboolean good = TRUE;

  example_init ();
  for (guint i = 0; i < operators->len; i++) {
    const TelarOperator *op = operators->pdata[i];
    for (guint e = 0; op->lower && telar_operator_n_outputs (op) > 0 && op->examples[e]; e++)
      good = show (op, op->examples[e], device) && good;
  }
  return good ? 0 : 1;
}
