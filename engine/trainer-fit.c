/* Fitted states: means and deviations that the training rows decide before training begins. The
 * part of the program that leads to what is measured runs over the rows in file order, so the
 * result depends neither on the seed nor on the batch's order. */
#include "engine/trainer-private.h"
#include <math.h>
#include <string.h>

static gboolean
is_fitted (const TelarState *state)
{
  return state->init.kind == TELAR_INIT_FIT_MEAN || state->init.kind == TELAR_INIT_FIT_DEVIATION;
}

/* --- the part of a program -------------------------------------------------------------------- */

/* Which instructions lead to @value; by index. */
static gboolean *
find_needed (const TelarProgram *program, TelarValue value)
{
  guint n = telar_program_n_instrs (program);
  g_autofree gboolean *wanted = g_new0 (gboolean, telar_program_n_values (program) + 1);
  gboolean *needed = g_new0 (gboolean, n + 1);
  wanted[value] = TRUE;
  for (guint i = n; i-- > 0;) {
    const TelarInstr *instr = telar_program_instr (program, i);
    for (guint o = 0; o < instr->n_outputs; o++)
      needed[i] |= wanted[instr->outputs[o]];
    for (guint in = 0; in < instr->n_inputs && needed[i]; in++)
      wanted[instr->inputs[in]] = TRUE;
  }
  return needed;
}

static gboolean
reads_any (const TelarProgram *program, const gboolean *needed, GHashTable *names)
{
  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    if (needed[i] && instr->prim == TELAR_PRIM_STATE &&
        g_hash_table_contains (names, telar_instr_string (instr, TELAR_ATTR_NAME)))
      return TRUE;
  }
  return FALSE;
}

/* A program whose one result is @value. */
static TelarProgram *
extract (const TelarProgram *program, const gboolean *needed, TelarValue value, GError **error)
{
  g_autoptr (TelarBuilder) builder = telar_builder_new ("fit");
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  telar_copy_states (builder, program, map);
  for (guint i = 0; i < telar_program_n_instrs (program); i++)
    if (needed[i])
      telar_copy_instr (builder, program, telar_program_instr (program, i), map);
  telar_build_output (builder, TELAR_OUTPUT_RESULT, "fit", map[value]);
  return telar_builder_finish (builder, error);
}

/* --- measuring -------------------------------------------------------------------------------- */

typedef struct {
  gsize features;
  gint64 rows;
  double *mean, *squares; /* Welford, "Note on a method", 1962 */
} Moments;

static void
moments_init (Moments *moments, const TelarShape *shape)
{
  TelarShape row = { .rank = shape->rank - 1 };
  for (guint i = 0; i < row.rank; i++)
    row.dims[i] = shape->dims[i + 1];
  moments->features = telar_shape_elements (&row);
  moments->rows = 0;
  moments->mean = g_new0 (double, moments->features + 1);
  moments->squares = g_new0 (double, moments->features + 1);
}

static void
moments_clear (Moments *moments)
{
  g_free (moments->mean);
  g_free (moments->squares);
}

static void
add_rows (Moments *moments, const TelarTensor *tensor)
{
  for (gint64 row = 0; row < tensor->type.shape.dims[0]; row++) {
    moments->rows++;
    for (gsize i = 0; i < moments->features; i++) {
      double x = telar_tensor_get (tensor, (gsize)row * moments->features + i);
      double away = x - moments->mean[i];
      moments->mean[i] += away / (double)moments->rows;
      moments->squares[i] += away * (x - moments->mean[i]);
    }
  }
}

/* The numbers for @state, in its own type. */
static void
store (const Moments *moments, const TelarState *state, TelarTensor *tensor)
{
  for (gsize i = 0; i < moments->features; i++) {
    double deviation = sqrt (moments->squares[i] / (double)moments->rows);
    if (deviation == 0)
      deviation = 1;
    telar_tensor_set (tensor, i,
                      state->init.kind == TELAR_INIT_FIT_MEAN ? moments->mean[i] : deviation);
  }
}

static char *
node_of (const TelarState *state)
{
  return g_strndup (state->name, strcspn (state->name, "."));
}

static gboolean
check_moments (const Moments *moments, const TelarState *state, GError **error)
{
  for (gsize i = 0; i < moments->features; i++) {
    if (isfinite (moments->mean[i]) && isfinite (moments->squares[i]))
      continue;
    g_autofree char *node = node_of (state);
    telar_set_error (
        error, TELAR_ERROR_INVALID, node,
        "feature %" G_GSIZE_FORMAT " has values that are not finite in the training rows", i);
    return FALSE;
  }
  return TRUE;
}

static gboolean
measure (const TelarProgram *program, const TelarTrainer *t, Moments *moments, GError **error)
{
  TelarCompileOptions options = { .device = t->training->device };
  g_autoptr (TelarProgram) compiled = telar_compile_inference (program, &options, error);
  if (!compiled)
    return FALSE;
  g_autoptr (TelarRunner) runner =
      telar_runner_new (compiled, t->training->feed, t->training->device);
  TelarFeedPass pass = { .split = TELAR_SPLIT_TRAIN, .batch = t->batch };
  TelarRunnerStep step = { .states = t->states, .seed = t->seed };
  gint64 rows;
  if (!telar_feed_begin (t->training->feed, &pass, error))
    return FALSE;
  while ((rows = telar_runner_next (runner, &step, error)) > 0)
    add_rows (moments, runner->outputs[0]);
  return rows == 0;
}

/* Into all states of @names that are fitted to @value, which leave @names by that. */
static gboolean
store_all (const Moments *moments, const TelarProgram *program, TelarValue value,
           const TelarTrainer *t, GHashTable *names, GError **error)
{
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);
    if (state->fit != value || !g_hash_table_contains (names, state->name))
      continue;
    if (!check_moments (moments, state, error))
      return FALSE;
    store (moments, state, telar_states_get (t->states, state->name));
    g_hash_table_remove (names, state->name);
  }
  return TRUE;
}

static gboolean
fit_value (const TelarProgram *program, const gboolean *needed, TelarValue value,
           const TelarTrainer *t, GHashTable *names, GError **error)
{
  g_autoptr (TelarProgram) part = extract (program, needed, value, error);
  if (!part)
    return FALSE;
  Moments moments;
  moments_init (&moments, &telar_program_type (program, value)->shape);
  gboolean good =
      measure (part, t, &moments, error) && store_all (&moments, program, value, t, names, error);
  moments_clear (&moments);
  return good;
}

gboolean
telar_trainer_fit (const TelarProgram *program, const TelarTrainer *t, GHashTable *names,
                   GError **error)
{
  /* States are declared in the order of the nodes, so what a fit depends on comes before it and has
   * left @names by then. */
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);
    if (!is_fitted (state) || !g_hash_table_contains (names, state->name))
      continue;
    g_autofree gboolean *needed = find_needed (program, state->fit);
    if (reads_any (program, needed, names)) {
      g_autofree char *node = node_of (state);
      telar_set_error (error, TELAR_ERROR_INVALID, node,
                       "what %s is fitted to depends on a state that is fitted later", state->name);
      return FALSE;
    }
    if (!fit_value (program, needed, state->fit, t, names, error))
      return FALSE;
  }
  return TRUE;
}
