/* Rebuilds a program instruction by instruction with changed types and attributes. */
#include "engine/compiler/rewrite.h"

#include <string.h>

static void
rewrite_region (TelarBuilder *b, const TelarInstr *instr, const TelarRewrite *rewrite)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) body = telar_rewrite (instr->body, rewrite, &error);

  if (body)
    telar_build_region (b, instr->prim, instr->inputs, instr->n_inputs, body);
  else
    telar_builder_fail (b, "%s", error->message);
}

static void
rewrite_instr (TelarBuilder *b, const TelarProgram *program, const TelarInstr *instr,
               const TelarRewrite *rewrite)
{
  TelarRewriteInstr at;

  at.program = program;
  at.instr = instr;
  at.n_attrs = instr->n_attrs;
  at.tensor = NULL;
  for (guint i = 0; i < instr->n_attrs; i++) {
    at.attrs[i] = instr->attrs[i];
    if (telar_attr_kind (instr->attrs[i].key) != TELAR_ATTR_KIND_INTS)
      continue;
    if (instr->attrs[i].n > 0)
      memcpy (at.lists[i], instr->attrs[i].ints, instr->attrs[i].n * sizeof (gint64));
    at.attrs[i].ints = at.lists[i];
  }
  rewrite->attrs (&at, rewrite->data);
  telar_build (b, instr->prim, instr->inputs, instr->n_inputs, at.attrs, at.n_attrs);
  g_clear_pointer (&at.tensor, telar_tensor_unref);
}

/* Values keep their handles, so states are fitted to the same ones; the check that they exist
 * waits for telar_copy_results. */
static void
rewrite_states (TelarBuilder *b, const TelarProgram *program, const TelarRewrite *rewrite)
{
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    TelarState state = *telar_program_state (program, i);

    if (rewrite->state)
      rewrite->state (&state, rewrite->data);
    telar_build_declare_state (b, &state);
  }
}

TelarProgram *
telar_rewrite (const TelarProgram *program, const TelarRewrite *rewrite, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *same = g_new (TelarValue, telar_program_n_values (program) + 1);

  rewrite_states (b, program, rewrite);
  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);

    telar_builder_set_origin (b, instr->origin);
    if (instr->body)
      rewrite_region (b, instr, rewrite);
    else
      rewrite_instr (b, program, instr, rewrite);
  }
  for (TelarValue v = 0; v < telar_program_n_values (program); v++)
    same[v] = v;
  telar_builder_set_origin (b, NULL);
  telar_copy_results (b, program, same);
  return telar_builder_finish (b, error);
}
