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
is_norm (const TelarOutput *output)
{
  return output->role == TELAR_OUTPUT_PROBE && strcmp (output->name, "gradient_norm") == 0;
}

/* "loss" is the sum of all losses; several are told one by one behind it. */
static void
name_series (TelarRunner *runner)
{
  const TelarProgram *program = runner->program;
  guint losses = count_role (program, TELAR_OUTPUT_LOSS);
  guint metrics = count_role (program, TELAR_OUTPUT_METRIC);
  runner->names = g_new (const char *, losses + metrics + 1);
  runner->values = g_new0 (double, losses + metrics + 1);
  if (losses > 0)
    runner->names[runner->n++] = g_intern_static_string ("loss");
  for (guint i = 0; i < telar_program_n_outputs (program) && losses > 1; i++)
    if (telar_program_output (program, i)->role == TELAR_OUTPUT_LOSS)
      runner->names[runner->n++] = g_intern_string (telar_program_output (program, i)->name);
  for (guint i = 0; i < telar_program_n_outputs (program); i++) {
    const TelarOutput *output = telar_program_output (program, i);
    if (output->role == TELAR_OUTPUT_METRIC)
      runner->names[runner->n++] = g_intern_string (output->name);
    runner->clipped |= is_norm (output);
  }
}

/* The numbers of the last batch, in the order of name_series. */
static void
read_series (TelarRunner *runner)
{
  const TelarProgram *program = runner->program;
  guint losses = count_role (program, TELAR_OUTPUT_LOSS);
  guint next_loss = losses > 1 ? 1 : 0, next_metric = losses > 1 ? losses + 1 : losses;
  if (losses > 0)
    runner->values[0] = 0;
  for (guint i = 0; i < runner->n_outputs; i++) {
    const TelarOutput *output = telar_program_output (program, i);
    if (output->role == TELAR_OUTPUT_LOSS) {
      double value = telar_tensor_get (runner->outputs[i], 0);
      runner->values[0] += value;
      if (losses > 1)
        runner->values[next_loss++] = value;
    } else if (output->role == TELAR_OUTPUT_METRIC) {
      runner->values[next_metric++] = telar_tensor_get (runner->outputs[i], 0);
    } else if (is_norm (output)) {
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
  name_series (runner);
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
  g_free (runner->names);
  g_free (runner->values);
  g_free (runner);
}

/* --- running ---------------------------------------------------------------------------------- */

static TelarPlan *
plan_for (TelarRunner *runner, gint64 rows, GError **error)
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
  return plan_for (runner, rows, error) != NULL;
}

static gboolean
run (TelarRunner *runner, gint64 rows, const TelarRunnerStep *step, GError **error)
{
  TelarPlan *plan = plan_for (runner, rows, error);
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
  read_series (runner);
  return TRUE;
}

gint64
telar_runner_next (TelarRunner *runner, const TelarRunnerStep *step, GError **error)
{
  gint64 rows = telar_feed_next (runner->feed, runner->batch, error);
  if (rows > 0 && !run (runner, rows, step, error))
    rows = -1;
  /* The feed may reuse what nobody holds. */
  drop (runner->batch, runner->feed->n_ports);
  return rows;
}

gboolean
telar_runner_measure (TelarRunner *runner, TelarSplit split, gint64 batch,
                      const TelarRunnerStep *step, double *means, GError **error)
{
  TelarFeedPass pass = { .split = split, .batch = batch };
  gint64 rows, total = 0;
  for (guint i = 0; i < runner->n; i++)
    means[i] = 0;
  if (!telar_feed_begin (runner->feed, &pass, error))
    return FALSE;
  while ((rows = telar_runner_next (runner, step, error)) > 0) {
    total += rows;
    for (guint i = 0; i < runner->n; i++)
      means[i] += runner->values[i] * (double)rows;
  }
  for (guint i = 0; i < runner->n && total > 0; i++)
    means[i] /= (double)total;
  return rows == 0;
}
