/* Evaluation: losses and metrics over a split, with the behaviour of a model in use. */
#include "engine/runner.h"
#include "engine/trainer.h"

static TelarRunner *
make_runner (const TelarGraph *graph, TelarFeed *feed, TelarDevice *device,
             const TelarStates *states, GError **error)
{
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, TELAR_LOWER_EVALUATE);
  if (!telar_lowered_ok (lowered, error))
    return NULL;
  TelarCompileOptions options = { .device = device, .states = states };
  g_autoptr (TelarProgram) program = telar_compile_inference (lowered->program, &options, error);
  return program ? telar_runner_new (program, feed, device) : NULL;
}

gboolean
telar_evaluate (const TelarGraph *graph, TelarFeed *feed, TelarSplit split, gint64 batch,
                TelarDevice *device, TelarStates *states, TelarMeasured *measured, GError **error)
{
  if (telar_feed_rows (feed, split) == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there are no rows to evaluate on");
    return FALSE;
  }
  g_autoptr (TelarRunner) runner = make_runner (graph, feed, device, states, error);
  if (!runner)
    return FALSE;
  TelarRunnerStep step = { .states = states, .seed = telar_graph_seed (graph) };
  g_autoptr (TelarTally) tally = telar_runner_measure (runner, split, batch, &step, error);
  if (!tally)
    return FALSE;
  g_autofree double *numbers = g_new (double, tally->n + 1);
  telar_tally_finish (tally, FALSE, numbers);
  measured->metrics = g_array_new (FALSE, FALSE, sizeof (TelarMetricValue));
  for (guint i = 0; i < tally->n; i++) {
    TelarMetricValue value = { tally->names[i], numbers[i] };
    g_array_append_val (measured->metrics, value);
  }
  measured->figures = telar_tally_figures (tally);
  return TRUE;
}

void
telar_measured_clear (TelarMeasured *measured)
{
  g_clear_pointer (&measured->metrics, g_array_unref);
  g_clear_pointer (&measured->figures, g_ptr_array_unref);
}
