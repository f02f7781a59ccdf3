/* Simplification: identities that hold for every input, applied wherever they make the program
 * smaller. The rules are tables (simplify-*.c), one small function each. The program is rebuilt
 * once in order, so a rule sees inputs that are simple already; what it emits goes through the
 * rules too.
 *
 * Floating point: results may differ where a rule joins two roundings into one or treats -0 as 0;
 * NaN and infinity go through unchanged (x·0 stays).
 *
 * Requires: a verified program. Preserves: types, states, outputs, updates. Leaves what nobody uses
 * any more, for dce. */
#include "engine/compiler/simplify.h"
#include "engine/compiler.h"

#include <math.h>

static const TelarRule *const tables[] = { telar_rules_uniform, telar_rules_arithmetic,
                                           telar_rules_shape, telar_rules_join };

/* --- looking at values ---------------------------------------------------------------------- */

const TelarInstr *
telar_match_maker (const TelarMatch *m, TelarValue value)
{
  return telar_program_maker (telar_builder_program (m->b), value, NULL);
}

const TelarInstr *
telar_match_is (const TelarMatch *m, TelarValue value, TelarPrim prim)
{
  const TelarInstr *maker = telar_match_maker (m, value);

  return maker->prim == prim ? maker : NULL;
}

const TelarAttr *
telar_match_attr (const TelarMatch *m, TelarAttrKey key)
{
  for (guint i = 0; i < m->n_attrs; i++)
    if (m->attrs[i].key == key)
      return &m->attrs[i];
  return NULL;
}

gboolean
telar_match_uniform (const TelarMatch *m, TelarValue value, double *number)
{
  const TelarInstr *maker = telar_match_maker (m, value);
  const TelarTensor *tensor;

  if (maker->prim == TELAR_PRIM_FILL) {
    *number = telar_instr_real (maker, TELAR_ATTR_FILL, 0);
  } else if (maker->prim == TELAR_PRIM_CONSTANT) {
    tensor = telar_instr_attr (maker, TELAR_ATTR_VALUE)->tensor;
    if (telar_tensor_elements (tensor) != 1)
      return FALSE;
    *number = telar_tensor_get (tensor, 0);
  } else {
    return FALSE;
  }
  return !telar_dtype_is_integer (telar_builder_type (m->b, value)->dtype) ||
         fabs (*number) <= 9007199254740992.0;
}

gboolean
telar_match_is_number (const TelarMatch *m, TelarValue value, double number)
{
  double found;

  return telar_match_uniform (m, value, &found) && found == number;
}

TelarValue
telar_match_widen (const TelarMatch *m, TelarValue value)
{
  if (telar_shape_equal (&telar_builder_type (m->b, value)->shape, &m->type->shape))
    return value;
  return telar_simplify_build (m->b, TELAR_PRIM_BROADCAST, &value, 1,
                               &TELAR_INTS (SHAPE, m->type->shape.dims, m->type->shape.rank), 1);
}

TelarValue
telar_match_scalar (const TelarMatch *m, double number)
{
  g_autoptr (TelarTensor) tensor = telar_tensor_scalar (m->type->dtype, number);
  double held = telar_tensor_get (tensor, 0);

  if (telar_dtype_is_float (m->type->dtype) ? !isnormal ((float)held) : held != number)
    return TELAR_NO_VALUE;
  return telar_build_constant (m->b, tensor);
}

/* --- the walk ------------------------------------------------------------------------------- */

static TelarValue
apply_rules (const TelarMatch *m)
{
  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    for (const TelarRule *rule = tables[t]; rule->name; rule++)
      if (rule->prim == m->prim || rule->prim == TELAR_PRIM_NONE) {
        TelarValue value = rule->apply (m);

        if (value != TELAR_NO_VALUE)
          return value;
      }
  return TELAR_NO_VALUE;
}

TelarValue
telar_simplify_build (TelarBuilder *b, TelarPrim prim, const TelarValue *in, guint n_in,
                      const TelarAttr *attrs, guint n_attrs)
{
  g_autofree TelarType *types = g_new (TelarType, n_in + 1);
  TelarType results[TELAR_ANY];
  TelarMatch match = { b, prim, in, n_in, attrs, n_attrs, results };
  guint n_results;
  TelarValue value;

  for (guint i = 0; i < n_in; i++) {
    if (in[i] == TELAR_NO_VALUE)
      return TELAR_NO_VALUE;
    types[i] = *telar_builder_type (b, in[i]);
  }
  if (!telar_infer (prim, types, n_in, attrs, n_attrs, NULL, results, &n_results, NULL))
    return telar_build (b, prim, in, n_in, attrs, n_attrs); /* which has the error */
  value = n_results == 1 ? apply_rules (&match) : TELAR_NO_VALUE;
  return value != TELAR_NO_VALUE ? value : telar_build (b, prim, in, n_in, attrs, n_attrs);
}

static void
simplify_instr (TelarBuilder *b, const TelarProgram *program, const TelarInstr *instr,
                TelarValue *map)
{
  g_autofree TelarValue *in = NULL;

  if (instr->body || instr->n_inputs == 0 || instr->n_outputs != 1) {
    telar_copy_instr (b, program, instr, map);
    return;
  }
  in = g_new (TelarValue, instr->n_inputs);
  for (guint i = 0; i < instr->n_inputs; i++)
    in[i] = map[instr->inputs[i]];
  telar_builder_set_origin (b, instr->origin);
  map[instr->outputs[0]] =
      telar_simplify_build (b, instr->prim, in, instr->n_inputs, instr->attrs, instr->n_attrs);
}

TelarProgram *
telar_pass_simplify (const TelarProgram *program, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);

  telar_copy_states (b, program, map);
  for (guint i = 0; i < telar_program_n_instrs (program); i++)
    simplify_instr (b, program, telar_program_instr (program, i), map);
  telar_builder_set_origin (b, NULL);
  telar_copy_results (b, program, map);
  return telar_builder_finish (b, error);
}
