/* Widening: every f32 becomes f64, so that tests can compare gradients with finite differences.
 *
 * Requires: a verified program. Preserves: everything but types; instruction i stays instruction i.
 * Random values are the same numbers, now exact in f64. */
#include "engine/compiler.h"
#include "engine/compiler/rewrite.h"

static void
widen_state (TelarState *state, gconstpointer data)
{
  if (state->type.dtype == TELAR_F32)
    state->type.dtype = TELAR_F64;
}

static void
widen_attrs (TelarRewriteInstr *at, gconstpointer data)
{
  gboolean random = (telar_prim_info (at->instr->prim)->flags & TELAR_PRIM_RANDOM) != 0;

  for (guint i = 0; i < at->n_attrs; i++) {
    TelarAttr *attr = &at->attrs[i];

    if (attr->key == TELAR_ATTR_DTYPE && attr->integer == TELAR_F32)
      attr->integer = TELAR_F64;
    if (attr->key == TELAR_ATTR_VALUE && attr->tensor->type.dtype == TELAR_F32)
      attr->tensor = at->tensor = telar_tensor_cast (attr->tensor, TELAR_F64);
  }
  if (random && !telar_instr_attr (at->instr, TELAR_ATTR_DTYPE))
    at->attrs[at->n_attrs++] = TELAR_INT (DTYPE, TELAR_F64);
}

TelarProgram *
telar_pass_widen (const TelarProgram *program, GError **error)
{
  return telar_rewrite (program, &(TelarRewrite){ .state = widen_state, .attrs = widen_attrs },
                        error);
}
