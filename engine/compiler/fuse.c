/* The fuse pass: fewer passes over memory.
 *
 * Needs a program after differentiation and layout. First the epilogues, because a product with its
 * bias and activation is one call of a library; then regions from what elementwise work is left.
 * Values, outputs and updates stay what they were, up to the rounding of the products. */
#include "engine/compiler/fuse.h"
#include "engine/compiler.h"

guint *
telar_fuse_count_uses (const TelarProgram *program)
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

TelarProgram *
telar_pass_fuse (const TelarProgram *program, GError **error)
{
  g_autoptr (TelarProgram) products = telar_fuse_epilogues (program, error);
  return products != NULL ? telar_fuse_regions (products, error) : NULL;
}
