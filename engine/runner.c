/* Runs a program over a feed's batches. Everything that a step needs is made once; the step itself
 * only points at the new batch. */
#include "engine/runner.h"
#include <string.h>

/* --- what the program tells ------------------------------------------------------------------- */

static guint
count_role (const TelarProgram *program, TelarOutputRole role)
{
  guint n = 0;
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    n += telar_program_output (program, i)->role == role;
  return n;
}

static gboolean
is_probe (const TelarOutput *output, const char *name)
{
  return output->role == TELAR_OUTPUT_PROBE && strcmp (output->name, name) == 0;
}

/* The numbers of the last batch; "loss" is the sum of all losses, several follow it. */
static void
read_outputs (TelarRunner *runner)
{
  const TelarProgram *program = runner->program;
  guint next_loss = count_role (program, TELAR_OUTPUT_LOSS) > 1, next_metric = 0;
  runner->losses[0] = 0;
  for (guint i = 0; i < runner->n_outputs; i++) {
    const TelarOutput *output = telar_program_output (program, i);
    if (output->role == TELAR_OUTPUT_LOSS) {
      double value = telar_tensor_get (runner->outputs[i], 0);
      runner->losses[0] += value;
      if (next_loss > 0)
        runner->losses[next_loss++] = value;
    } else if (output->role == TELAR_OUTPUT_METRIC) {
      runner->metrics[next_metric++] = runner->outputs[i];
    } else if (is_probe (output, "gradient_norm")) {
      runner->gradient_norm = telar_tensor_get (runner->outputs[i], 0);
    }
  }
}

/* --- life ------------------------------------------------------------------------------------- */

static const char *const scalar_names[] = { "learning_rate", "step", "share", "average_weight" };

TelarRunner *
telar_runner_new (TelarProgram *program, TelarFeed *feed, TelarDevice *device)
{
  TelarRunner *runner = g_new0 (TelarRunner, 1);
  runner->program = telar_program_ref (program);
  runner->feed = feed;
  runner->device = device;
  runner->plans =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)telar_plan_free);
  runner->batch = g_new0 (TelarTensor *, feed->n_ports + 1);
  runner->bindings = g_new0 (TelarBinding, feed->n_ports + G_N_ELEMENTS (scalar_names));
  runner->n_outputs = telar_program_n_outputs (program);
  runner->outputs = g_new0 (TelarTensor *, runner->n_outputs + 1);
  for (guint i = 0; i < feed->n_ports; i++)
    runner->bindings[i].name = feed->ports[i].name;
  for (guint i = 0; i < G_N_ELEMENTS (scalar_names); i++) {
    runner->scalars[i] = telar_tensor_scalar (TELAR_F32, 0);
    runner->bindings[feed->n_ports + i] = (TelarBinding){ scalar_names[i], runner->scalars[i] };
  }
  for (guint i = 0; i < runner->n_outputs; i++)
    runner->clipped |= is_probe (telar_program_output (program, i), "gradient_norm");
  runner->search = -1;
  for (guint i = 0; i < runner->n_outputs; i++)
    if (is_probe (telar_program_output (program, i), "searching"))
      runner->search = (int)i;
  runner->losses = g_new0 (double, count_role (program, TELAR_OUTPUT_LOSS) + 2);
  runner->metrics = g_new0 (TelarTensor *, count_role (program, TELAR_OUTPUT_METRIC) + 1);
  return runner;
}

static void
drop (TelarTensor **tensors, guint n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&tensors[i], telar_tensor_unref);
}

void
telar_runner_free (TelarRunner *runner)
{
  if (!runner)
    return;
  drop (runner->batch, runner->feed->n_ports);
  drop (runner->outputs, runner->n_outputs);
  drop (runner->scalars, G_N_ELEMENTS (scalar_names));
  g_hash_table_unref (runner->plans);
  telar_program_unref (runner->program);
  g_free (runner->batch);
  g_free (runner->bindings);
  g_free (runner->outputs);
  g_free (runner->losses);
  g_free (runner->metrics);
  g_free (runner);
}

/* --- running ---------------------------------------------------------------------------------- */

TelarPlan *
telar_runner_plan (TelarRunner *runner, gint64 rows, GError **error)
{
  TelarPlan *plan = g_hash_table_lookup (runner->plans, &rows);
  if (plan)
    return plan;
  plan = telar_plan_new (runner->program, rows, runner->device, 0, error);
  if (plan)
    g_hash_table_insert (runner->plans, g_memdup2 (&rows, sizeof rows), plan);
  return plan;
}

gboolean
telar_runner_prepare (TelarRunner *runner, gint64 rows, GError **error)
{
  return telar_runner_plan (runner, rows, error) != NULL;
}

/* Whether the step is not taken yet: a line search wants the program run again. */
static gboolean
is_searching (const TelarRunner *runner, TelarTensor *const *outputs)
{
  return runner->search >= 0 && telar_tensor_get (outputs[runner->search], 0) != 0;
}

/* The rest of a search, on the same batch. What is told of the batch is what its first run said. */
static gboolean
search_on (TelarRunner *runner, TelarPlan *plan, const TelarRunContext *context, GError **error)
{
  g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, runner->n_outputs + 1);
  gboolean searching = is_searching (runner, runner->outputs);
  while (searching) {
    if (!telar_plan_run (plan, context, outputs, error))
      return FALSE;
    searching = is_searching (runner, outputs);
    drop (outputs, runner->n_outputs);
  }
  return TRUE;
}

static gboolean
run (TelarRunner *runner, gint64 rows, const TelarRunnerStep *step, GError **error)
{
  TelarPlan *plan = telar_runner_plan (runner, rows, error);
  if (!plan)
    return FALSE;
  guint n_ports = runner->feed->n_ports;
  for (guint i = 0; i < n_ports; i++)
    runner->bindings[i].tensor = runner->batch[i];
  const double scalars[] = { step->learning_rate, (double)step->step + 1, step->share,
                             step->average_weight };
  for (guint i = 0; i < G_N_ELEMENTS (scalars); i++)
    telar_tensor_set (runner->scalars[i], 0, scalars[i]);
  gint64 draw = step->step * MAX (step->parts, 1) + step->part;
  TelarRunContext context = { .inputs = runner->bindings,
                              .n_inputs = n_ports + G_N_ELEMENTS (scalars),
                              .states = step->states,
                              .seed = step->seed,
                              .step = (guint32)draw };
  drop (runner->outputs, runner->n_outputs);
  if (!telar_plan_run (plan, &context, runner->outputs, error))
    return FALSE;
  read_outputs (runner);
  return search_on (runner, plan, &context, error);
}

gint64
telar_runner_next (TelarRunner *runner, const TelarRunnerStep *step, GError **error)
{
  gint64 rows = telar_feed_next (runner->feed, runner->batch, error);
  if (rows > 0 && !run (runner, rows, step, error))
    rows = -1;
  if (rows > 0 && runner->seen)
    runner->seen (runner, rows, runner->seen_data);
  /* The feed may reuse what nobody holds. */
  drop (runner->batch, runner->feed->n_ports);
  return rows;
}

gboolean
telar_runner_run (TelarRunner *runner, TelarTensor *const *batch, gint64 rows,
                  const TelarRunnerStep *step, GError **error)
{
  for (guint i = 0; i < runner->feed->n_ports; i++)
    runner->batch[i] = telar_tensor_ref (batch[i]);
  gboolean good = run (runner, rows, step, error);
  drop (runner->batch, runner->feed->n_ports);
  return good;
}

void
telar_runner_set_seen (TelarRunner *runner,
                       void (*seen) (const TelarRunner *runner, gint64 rows, gpointer data),
                       gpointer data)
{
  runner->seen = seen;
  runner->seen_data = data;
}

static gboolean
is_larger (gpointer rows, gpointer plan, gpointer limit)
{
  return telar_plan_cost (plan)->arena_bytes > GPOINTER_TO_SIZE (limit);
}

void
telar_runner_forget (TelarRunner *runner, gsize limit)
{
  drop (runner->outputs, runner->n_outputs);
  g_hash_table_foreach_remove (runner->plans, is_larger, GSIZE_TO_POINTER (limit));
}

TelarTally *
telar_runner_tally (const TelarRunner *runner)
{
  return telar_tally_new (runner->program);
}

TelarTally *
telar_runner_measure (TelarRunner *runner, TelarSplit split, gint64 batch,
                      const TelarRunnerStep *step, GError **error)
{
  TelarFeedPass pass = { .split = split, .batch = batch };
  g_autoptr (TelarTally) tally = telar_runner_tally (runner);
  gint64 rows;
  if (!telar_tally_check (tally, telar_feed_rows (runner->feed, split), error) ||
      !telar_feed_begin (runner->feed, &pass, error))
    return NULL;
  while ((rows = telar_runner_next (runner, step, error)) > 0)
    telar_tally_add (tally, runner->losses, runner->metrics, rows);
  return rows == 0 ? g_steal_pointer (&tally) : NULL;
}
