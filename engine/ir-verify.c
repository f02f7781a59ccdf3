/* The verifier: what a finished program promises, checked from outside. The builder checks the same
 * while building; here a pass that went behind its back, or memory that was overwritten, is found.
 */
#include "engine/ir.h"
#include "engine/metric.h"

typedef struct {
  const TelarProgram *program;
  const TelarInstr *instr; /* the one at hand, or NULL */
  guint index;
  GHashTable *input_types; /* name -> TelarType of the inputs so far */
  GError **error;
} Verifier;

static gboolean fail (const Verifier *v, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (const Verifier *v, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  if (v->instr)
    telar_set_error (v->error, TELAR_ERROR_FAILED, v->instr->origin,
                     "program %s, instruction %u (%s): %s", telar_program_name (v->program),
                     v->index, telar_prim_info (v->instr->prim)->name, message);
  else
    telar_set_error (v->error, TELAR_ERROR_FAILED, NULL, "program %s: %s",
                     telar_program_name (v->program), message);
  return FALSE;
}

/* Handles are given out in order, and inputs come before what they go into. */
static gboolean
check_handles (const Verifier *v, TelarValue next)
{
  for (guint i = 0; i < v->instr->n_inputs; i++)
    if (v->instr->inputs[i] >= next)
      return fail (v, "uses %%%u before it is made", v->instr->inputs[i]);
  for (guint i = 0; i < v->instr->n_outputs; i++) {
    guint output;

    if (v->instr->outputs[i] != next + i || next + i >= telar_program_n_values (v->program))
      return fail (v, "makes %%%u where %%%u is due", v->instr->outputs[i], next + i);
    if (telar_program_maker (v->program, next + i, &output) != v->instr || output != i)
      return fail (v, "does not own its result %%%u", next + i);
  }
  return TRUE;
}

static gboolean
check_type (const Verifier *v, guint i, const TelarType *want)
{
  const TelarType *have = telar_program_type (v->program, v->instr->outputs[i]);
  g_autofree char *a = NULL, *b = NULL;

  if (telar_type_equal (have, want))
    return TRUE;
  a = telar_type_to_string (have);
  b = telar_type_to_string (want);
  return fail (v, "result %u is %s, its rule says %s", i, a, b);
}

static gboolean
check_state (const Verifier *v)
{
  const char *name = telar_instr_string (v->instr, TELAR_ATTR_NAME);
  const TelarState *state = name ? telar_program_find_state (v->program, name) : NULL;

  if (!state)
    return fail (v, "the state \"%s\" is not declared", name ? name : "");
  if (v->instr->n_inputs > 0 || v->instr->n_outputs != 1 || v->instr->n_attrs != 1)
    return fail (v, "takes no inputs and one attribute, name");
  return check_type (v, 0, &state->type);
}

static gboolean
check_rule (const Verifier *v)
{
  g_autofree TelarType *inputs = g_new (TelarType, v->instr->n_inputs + 1);
  TelarType outputs[TELAR_ANY];
  g_autoptr (GError) error = NULL;
  guint n_outputs;

  for (guint i = 0; i < v->instr->n_inputs; i++)
    inputs[i] = *telar_program_type (v->program, v->instr->inputs[i]);
  if (!telar_infer (v->instr->prim, inputs, v->instr->n_inputs, v->instr->attrs, v->instr->n_attrs,
                    v->instr->body, outputs, &n_outputs, &error))
    return fail (v, "%s", error->message);
  if (n_outputs != v->instr->n_outputs)
    return fail (v, "has %u results, its rule says %u", v->instr->n_outputs, n_outputs);
  for (guint i = 0; i < n_outputs; i++)
    if (!check_type (v, i, &outputs[i]))
      return FALSE;
  return TRUE;
}

/* An input may be read in several places, but it is one thing. */
static gboolean
check_input (const Verifier *v)
{
  const char *name = telar_instr_string (v->instr, TELAR_ATTR_NAME);
  const TelarType *type = telar_program_type (v->program, v->instr->outputs[0]);
  const TelarType *before = g_hash_table_lookup (v->input_types, name);

  if (before && !telar_type_equal (before, type))
    return fail (v, "the input \"%s\" has two types", name);
  g_hash_table_insert (v->input_types, (gpointer)name, (gpointer)type);
  return TRUE;
}

static gboolean
check_instr (const Verifier *v, TelarValue next)
{
  if (v->instr->prim >= TELAR_N_PRIMS)
    return fail (&(Verifier){ .program = v->program, .error = v->error },
                 "instruction %u is of an unknown kind", v->index);
  for (guint i = 1; i < v->instr->n_attrs; i++)
    if (v->instr->attrs[i].key <= v->instr->attrs[i - 1].key)
      return fail (v, "its attributes are not sorted");
  if (!check_handles (v, next))
    return FALSE;
  if (v->instr->prim == TELAR_PRIM_STATE)
    return check_state (v);
  if (!check_rule (v))
    return FALSE;
  if (v->instr->body && !telar_program_verify (v->instr->body, v->error))
    return FALSE;
  return v->instr->prim != TELAR_PRIM_INPUT || check_input (v);
}

static gboolean
check_results (const Verifier *v)
{
  const TelarProgram *p = v->program;
  g_autoptr (GHashTable) updated = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < telar_program_n_states (p); i++) {
    const TelarState *state = telar_program_state (p, i);

    if (telar_program_find_state (p, state->name) != state)
      return fail (v, "the state \"%s\" is declared twice", state->name);
    if (!telar_shape_is_concrete (&state->type.shape))
      return fail (v, "the state \"%s\" grows with the batch", state->name);
    if (state->fit != TELAR_NO_VALUE && state->fit >= telar_program_n_values (p))
      return fail (v, "the state \"%s\" is fitted to %%%u, which is not made", state->name,
                   state->fit);
  }
  for (guint i = 0; i < telar_program_n_outputs (p); i++) {
    const TelarOutput *output = telar_program_output (p, i);

    if (output->value >= telar_program_n_values (p))
      return fail (v, "the output \"%s\" is %%%u, which is not made", output->name, output->value);
    if (output->role == TELAR_OUTPUT_METRIC &&
        !telar_metric_fits (output->kind, telar_program_type (p, output->value)))
      return fail (v, "the metric \"%s\" cannot be made of %%%u", output->name, output->value);
  }
  for (guint i = 0; i < telar_program_n_updates (p); i++) {
    const TelarUpdate *update = telar_program_update (p, i);
    const TelarState *state = telar_program_find_state (p, update->state);

    if (!state)
      return fail (v, "updates the state \"%s\", which is not declared", update->state);
    if (update->value >= telar_program_n_values (p) ||
        !telar_type_equal (&state->type, telar_program_type (p, update->value)))
      return fail (v, "the state \"%s\" cannot become %%%u", update->state, update->value);
    if (!g_hash_table_add (updated, (gpointer)update->state))
      return fail (v, "updates the state \"%s\" twice", update->state);
  }
  return TRUE;
}

gboolean
telar_program_verify (const TelarProgram *program, GError **error)
{
  g_autoptr (GHashTable) input_types = g_hash_table_new (g_str_hash, g_str_equal);
  Verifier v = { .program = program, .input_types = input_types, .error = error };
  TelarValue next = 0;

  for (v.index = 0; v.index < telar_program_n_instrs (program); v.index++) {
    v.instr = telar_program_instr (program, v.index);
    if (!check_instr (&v, next))
      return FALSE;
    next += v.instr->n_outputs;
  }
  v.instr = NULL;
  if (next != telar_program_n_values (program))
    return fail (&v, "has values that no instruction makes");
  return check_results (&v);
}
