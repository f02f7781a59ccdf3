/* Counts the readers of values. */
#include "engine/ir-uses.h"

guint *
telar_program_count_uses (const TelarProgram *program)
{
  guint *uses = g_new0 (guint, telar_program_n_values (program) + 1);
  for (guint t = 0; t < telar_program_n_instrs (program); t++) {
    const TelarInstr *instr = telar_program_instr (program, t);
    for (guint i = 0; i < instr->n_inputs; i++)
      uses[instr->inputs[i]]++;
  }
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    uses[telar_program_output (program, i)->value]++;
  for (guint i = 0; i < telar_program_n_updates (program); i++)
    uses[telar_program_update (program, i)->value]++;
  for (guint i = 0; i < telar_program_n_states (program); i++)
    if (telar_program_state (program, i)->fit != TELAR_NO_VALUE)
      uses[telar_program_state (program, i)->fit]++;
  return uses;
}
