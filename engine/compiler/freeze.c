/* Freezing: states whose numbers stay become constants, which kernels may pack when a plan is made.
 *
 * Requires: a verified program. Preserves: values, as long as the states keep their numbers. The
 * tensors are shared, not copied. States that the program changes, and those that are not there,
 * stay states. */
#include "engine/compiler.h"

#include <string.h>

static gboolean
is_changed (const TelarProgram *program, const char *name)
{
  for (guint i = 0; i < telar_program_n_updates (program); i++)
    if (strcmp (telar_program_update (program, i)->state, name) == 0)
      return TRUE;
  return FALSE;
}

/* The numbers that the instruction always gives, or NULL. */
static TelarTensor *
find_numbers (const TelarProgram *program, const TelarInstr *instr, const TelarStates *states)
{
  if (instr->prim != TELAR_PRIM_STATE)
    return NULL;
  const char *name = telar_instr_string (instr, TELAR_ATTR_NAME);
  TelarTensor *tensor = telar_states_get (states, name);
  const TelarType *type = telar_program_type (program, instr->outputs[0]);
  return tensor != NULL && telar_type_equal (&tensor->type, type) && !is_changed (program, name)
             ? tensor
             : NULL;
}

TelarProgram *
telar_pass_freeze (const TelarProgram *program, const TelarStates *states, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);

  telar_copy_states (b, program, map);
  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    TelarTensor *tensor = find_numbers (program, instr, states);

    telar_builder_set_origin (b, instr->origin);
    if (tensor != NULL)
      map[instr->outputs[0]] = telar_build_constant (b, tensor);
    else
      telar_copy_instr (b, program, instr, map);
  }
  telar_copy_results (b, program, map);
  return telar_builder_finish (b, error);
}
