/* Dead code: what no output, update or fitted state needs goes, and states that nobody reads or
 * updates with it.
 *
 * Requires: a verified program. Preserves: the order of what stays, all outputs and updates. */
#include "engine/compiler.h"

static void
mark (TelarValue value, gboolean *needed)
{
  if (value != TELAR_NO_VALUE)
    needed[value] = TRUE;
}

static gboolean
any_output_needed (const TelarInstr *instr, const gboolean *needed)
{
  for (guint i = 0; i < instr->n_outputs; i++)
    if (needed[instr->outputs[i]])
      return TRUE;
  return FALSE;
}

/* The names of the states that stay. What a state is fitted to matters only while it does. */
static GHashTable *
find_live_states (const TelarProgram *program, gboolean *needed)
{
  GHashTable *live = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < telar_program_n_updates (program); i++)
    g_hash_table_add (live, (gpointer)telar_program_update (program, i)->state);
  for (guint i = telar_program_n_instrs (program); i-- > 0;) {
    const TelarInstr *instr = telar_program_instr (program, i);

    if (!any_output_needed (instr, needed))
      continue;
    for (guint j = 0; j < instr->n_inputs; j++)
      mark (instr->inputs[j], needed);
    if (instr->prim == TELAR_PRIM_STATE)
      g_hash_table_add (live, (gpointer)telar_instr_string (instr, TELAR_ATTR_NAME));
  }
  return live;
}

static void
mark_fits (const TelarProgram *program, GHashTable *live, gboolean *needed)
{
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);

    if (g_hash_table_contains (live, state->name))
      mark (state->fit, needed);
  }
}

static void
copy_live (TelarBuilder *b, const TelarProgram *program, GHashTable *live, const gboolean *needed)
{
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);

  for (TelarValue v = 0; v < telar_program_n_values (program); v++)
    map[v] = TELAR_NO_VALUE;
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    if (g_hash_table_contains (live, telar_program_state (program, i)->name)) {
      TelarState state = *telar_program_state (program, i);

      state.fit = TELAR_NO_VALUE; /* set when its value has been copied */
      telar_build_declare_state (b, &state);
    }
  }
  for (guint i = 0; i < telar_program_n_instrs (program); i++)
    if (any_output_needed (telar_program_instr (program, i), needed))
      telar_copy_instr (b, program, telar_program_instr (program, i), map);
  telar_builder_set_origin (b, NULL);
  telar_copy_results (b, program, map);
}

TelarProgram *
telar_pass_dce (const TelarProgram *program, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autofree gboolean *needed = g_new0 (gboolean, telar_program_n_values (program) + 1);
  g_autoptr (GHashTable) live = NULL;
  guint before = 0;

  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    mark (telar_program_output (program, i)->value, needed);
  for (guint i = 0; i < telar_program_n_updates (program); i++)
    mark (telar_program_update (program, i)->value, needed);

  /* A fitted state needs the value it is fitted to, which may need another fitted state. */
  live = find_live_states (program, needed);
  while (g_hash_table_size (live) != before) {
    before = g_hash_table_size (live);
    mark_fits (program, live, needed);
    g_hash_table_unref (live);
    live = find_live_states (program, needed);
  }
  copy_live (b, program, live, needed);
  return telar_builder_finish (b, error);
}
