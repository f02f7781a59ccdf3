/* Evaluation: losses and metrics over a split, with the behaviour of a model in use. */
#include "engine/judge.h"
#include "engine/runner.h"
#include "engine/trainer.h"

static TelarRunner *
make_runner (const TelarGraph *graph, TelarFeed *feed, TelarDevice *device,
             const TelarStates *states, TelarJudge **judge, GError **error)
{
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, TELAR_LOWER_EVALUATE);
  if (!telar_lowered_ok (lowered, error))
    return NULL;
  *judge = telar_judge_new (lowered, feed);
  TelarCompileOptions options = { .device = device, .states = states };
  g_autoptr (TelarProgram) judged = *judge ? telar_judge_mark (*judge, lowered->program, error)
                                           : telar_program_ref (lowered->program);
  g_autoptr (TelarProgram) program =
      judged ? telar_compile_inference (judged, &options, error) : NULL;
  TelarRunner *runner = program ? telar_runner_new (program, feed, device) : NULL;
  if (runner && *judge)
    telar_runner_set_seen (runner, telar_judge_see, *judge);
  return runner;
}

/* What a tally and a judge, which may be NULL, have gathered. */
static void
take_measured (const TelarTally *tally, const TelarJudge *judge, TelarMeasured *measured)
{
  g_autofree double *numbers = g_new (double, tally->n + 1);
  telar_tally_finish (tally, FALSE, numbers);
  measured->metrics = g_array_new (FALSE, FALSE, sizeof (TelarMetricValue));
  for (guint i = 0; i < tally->n; i++) {
    TelarMetricValue value = { tally->names[i], numbers[i] };
    g_array_append_val (measured->metrics, value);
  }
  measured->figures = telar_tally_figures (tally);
  measured->curves = judge ? telar_judged_curves (judge->judged)
                           : g_ptr_array_new_with_free_func (telar_judged_curve_free);
}

gboolean
telar_evaluate (const TelarGraph *graph, TelarFeed *feed, TelarSplit split, gint64 batch,
                TelarDevice *device, TelarStates *states, TelarMeasured *measured, GError **error)
{
  if (telar_feed_rows (feed, split) == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there are no rows to evaluate on");
    return FALSE;
  }
  TelarJudge *judge = NULL;
  g_autoptr (TelarRunner) runner = make_runner (graph, feed, device, states, &judge, error);
  TelarRunnerStep step = { .states = states, .seed = telar_graph_seed (graph) };
  g_autoptr (TelarTally) tally =
      runner ? telar_runner_measure (runner, split, batch, &step, error) : NULL;
  if (tally)
    take_measured (tally, judge, measured);
  telar_judge_free (judge);
  return tally != NULL;
}

void
telar_measured_clear (TelarMeasured *measured)
{
  g_clear_pointer (&measured->metrics, g_array_unref);
  g_clear_pointer (&measured->figures, g_ptr_array_unref);
  g_clear_pointer (&measured->curves, g_ptr_array_unref);
}
