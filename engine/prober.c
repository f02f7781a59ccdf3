/* The program of the probed wires. */
#include "engine/prober.h"

/* Plans that need more are made again each time. */
#define KEPT_ARENA ((gsize)64 << 20)
/* Looking takes at most one part in so many of the training's time. */
#define SHARE 10

TelarProber *
telar_prober_new (void)
{
  TelarProber *prober = g_new0 (TelarProber, 1);
  prober->wires = g_ptr_array_new_with_free_func (g_free);
  return prober;
}

void
telar_prober_free (TelarProber *prober)
{
  if (!prober)
    return;
  telar_prober_forget (prober);
  g_ptr_array_unref (prober->wires);
  g_free (prober);
}

void
telar_prober_forget (TelarProber *prober)
{
  g_clear_pointer (&prober->runner, telar_runner_free);
}

gboolean
telar_prober_ready (const TelarProber *prober)
{
  return prober->runner != NULL;
}

/* --- the wires -------------------------------------------------------------------------------- */

static gboolean
find (const TelarProber *prober, const char *wire, guint *place)
{
  return g_ptr_array_find_with_equal_func (prober->wires, wire, g_str_equal, place);
}

gboolean
telar_prober_add (TelarProber *prober, const TelarLowered *lowered, const char *wire,
                  GError **error)
{
  if (find (prober, wire, NULL)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s is probed already", wire);
    return FALSE;
  }
  if (prober->wires->len == TELAR_PROBER_MOST) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%d wires are probed, and no more can be",
                     TELAR_PROBER_MOST);
    return FALSE;
  }
  if (telar_lowered_wire (lowered, wire, error) == TELAR_NO_VALUE)
    return FALSE;
  g_ptr_array_add (prober->wires, g_strdup (wire));
  prober->next = 0;
  telar_prober_forget (prober);
  return TRUE;
}

gboolean
telar_prober_remove (TelarProber *prober, const char *wire, GError **error)
{
  guint place;
  if (!find (prober, wire, &place)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s is not probed", wire);
    return FALSE;
  }
  g_ptr_array_remove_index (prober->wires, place);
  telar_prober_forget (prober);
  return TRUE;
}

/* --- the program ------------------------------------------------------------------------------ */

/* What comes after the wires is not computed. */
static TelarProgram *
mark (const TelarProber *prober, const TelarLowered *lowered, GError **error)
{
  const TelarProgram *program = lowered->program;
  g_autoptr (TelarBuilder) builder = telar_builder_new ("probe");
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  telar_copy_all (builder, program, map);
  telar_builder_set_origin (builder, NULL);
  for (guint i = 0; i < prober->wires->len; i++) {
    TelarValue value = telar_lowered_wire (lowered, prober->wires->pdata[i], error);
    if (value == TELAR_NO_VALUE)
      return NULL;
    g_autofree char *name = g_strconcat (TELAR_PROBER_PREFIX, prober->wires->pdata[i], NULL);
    telar_build_output (builder, TELAR_OUTPUT_PROBE, name, map[value]);
  }
  return telar_builder_finish (builder, error);
}

gboolean
telar_prober_make (TelarProber *prober, const TelarLowered *lowered, TelarFeed *feed,
                   TelarDevice *device, GError **error)
{
  TelarCompileOptions options = { .device = device };
  g_autoptr (TelarProgram) marked = mark (prober, lowered, error);
  g_autoptr (TelarProgram) program =
      marked ? telar_compile_inference (marked, &options, error) : NULL;
  if (!program)
    return FALSE;
  prober->runner = telar_runner_new (program, feed, device);
  return TRUE;
}

gboolean
telar_prober_look (TelarProber *prober, TelarTensor *const *batch, gint64 rows,
                   const TelarRunnerStep *step, TelarMonitor *monitor, GError **error)
{
  const TelarRunner *runner = prober->runner;
  if (!telar_runner_prepare (prober->runner, rows, error))
    return FALSE;
  gint64 begun = g_get_monotonic_time ();
  gboolean good = telar_runner_run (prober->runner, batch, rows, step, error);
  for (guint i = 0; good && i < runner->n_outputs; i++)
    telar_monitor_histogram (monitor, telar_program_output (runner->program, i)->name,
                             step->step + 1, runner->outputs[i]);
  telar_runner_forget (prober->runner, KEPT_ARENA);
  gint64 now = g_get_monotonic_time ();
  prober->next = now + MAX (TELAR_PROBER_INTERVAL, SHARE * (now - begun));
  return good;
}
