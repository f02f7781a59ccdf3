/* Type rules of sources, of elementwise primitives, of optimizers and of the region. */
#include "engine/compiler/types.h"

/* --- sources -------------------------------------------------------------------------------- */

gboolean
telar_type_input (TelarTypeCall *c)
{
  c->out[0].dtype = (TelarDType)telar_instr_int (&c->instr, TELAR_ATTR_DTYPE, TELAR_F32);
  c->out[0].shape = telar_instr_shape (&c->instr, TELAR_ATTR_SHAPE);
  return TRUE;
}

gboolean
telar_type_constant (TelarTypeCall *c)
{
  c->out[0] = telar_instr_attr (&c->instr, TELAR_ATTR_VALUE)->tensor->type;
  return TRUE;
}

gboolean
telar_type_iota (TelarTypeCall *c)
{
  guint axis = (guint)telar_instr_int (&c->instr, TELAR_ATTR_AXIS, 0);

  telar_type_input (c);
  if (!telar_type_is_number (c->out[0].dtype))
    return telar_type_fail (c, "counts in numbers, not in %s", telar_dtype_name (c->out[0].dtype));
  if (axis >= c->out[0].shape.rank)
    return telar_type_fail (c, "there is no axis %u in a tensor of %u axes", axis,
                            c->out[0].shape.rank);
  return TRUE;
}

gboolean
telar_type_random (TelarTypeCall *c)
{
  telar_type_input (c);
  if (!telar_dtype_is_float (c->out[0].dtype))
    return telar_type_fail (c, "draws floating-point numbers, not %s",
                            telar_dtype_name (c->out[0].dtype));
  return TRUE;
}

/* --- one input ------------------------------------------------------------------------------ */

gboolean
telar_type_unary_float (TelarTypeCall *c)
{
  c->out[0] = c->in[0];
  return telar_type_want_float (c, 0);
}

gboolean
telar_type_unary_number (TelarTypeCall *c)
{
  c->out[0] = c->in[0];
  return telar_type_want_number (c, 0);
}

gboolean
telar_type_not (TelarTypeCall *c)
{
  c->out[0] = c->in[0];
  if (c->in[0].dtype != TELAR_BOOL)
    return telar_type_fail (c, "needs bool, not %s", telar_dtype_name (c->in[0].dtype));
  return TRUE;
}

gboolean
telar_type_isnan (TelarTypeCall *c)
{
  c->out[0] = (TelarType){ TELAR_BOOL, c->in[0].shape };
  return telar_type_want_float (c, 0);
}

gboolean
telar_type_stop (TelarTypeCall *c)
{
  c->out[0] = c->in[0];
  return TRUE;
}

gboolean
telar_type_cast (TelarTypeCall *c)
{
  c->out[0].dtype = (TelarDType)telar_instr_int (&c->instr, TELAR_ATTR_DTYPE, TELAR_F32);
  c->out[0].shape = c->in[0].shape;
  return TRUE;
}

/* --- two and three inputs ------------------------------------------------------------------- */

/* Inputs @i and @i + 1 against each other: equal types, shapes broadcast into output 0. */
static gboolean
join (TelarTypeCall *c, guint i)
{
  const TelarType *a = &c->in[i], *b = &c->in[i + 1];
  g_autofree char *x = NULL, *y = NULL;

  if (a->dtype != b->dtype)
    return telar_type_fail (c, "%s and %s do not mix; cast one of them",
                            telar_dtype_name (a->dtype), telar_dtype_name (b->dtype));
  c->out[0].dtype = a->dtype;
  if (telar_shape_broadcast (&a->shape, &b->shape, &c->out[0].shape))
    return TRUE;
  x = telar_type_words (&a->shape);
  y = telar_type_words (&b->shape);
  return telar_type_fail (c, "%s and %s do not fit: sizes must be equal or 1, from the right", x,
                          y);
}

gboolean
telar_type_binary (TelarTypeCall *c)
{
  return telar_type_want_number (c, 0) && telar_type_want_number (c, 1) && join (c, 0);
}

gboolean
telar_type_equal_rule (TelarTypeCall *c)
{
  if (!join (c, 0))
    return FALSE;
  c->out[0].dtype = TELAR_BOOL;
  return TRUE;
}

gboolean
telar_type_compare (TelarTypeCall *c)
{
  if (!telar_type_binary (c))
    return FALSE;
  c->out[0].dtype = TELAR_BOOL;
  return TRUE;
}

gboolean
telar_type_logic (TelarTypeCall *c)
{
  for (guint i = 0; i < 2; i++)
    if (c->in[i].dtype != TELAR_BOOL)
      return telar_type_fail (c, "input %u must be bool, not %s", i + 1,
                              telar_dtype_name (c->in[i].dtype));
  return join (c, 0);
}

/* One or two whole numbers. */
gboolean
telar_type_bits (TelarTypeCall *c)
{
  c->out[0] = c->in[0];
  for (guint i = 0; i < c->n_in; i++)
    if (!telar_dtype_is_integer (c->in[i].dtype))
      return telar_type_fail (c, "input %u must be whole numbers, not %s", i + 1,
                              telar_dtype_name (c->in[i].dtype));
  return c->n_in == 1 || join (c, 0);
}

gboolean
telar_type_select (TelarTypeCall *c)
{
  TelarShape values;
  g_autofree char *x = NULL, *y = NULL;

  if (c->in[0].dtype != TELAR_BOOL)
    return telar_type_fail (c, "the condition must be bool, not %s",
                            telar_dtype_name (c->in[0].dtype));
  if (!join (c, 1))
    return FALSE;
  values = c->out[0].shape;
  if (telar_shape_broadcast (&c->in[0].shape, &values, &c->out[0].shape))
    return TRUE;
  x = telar_type_words (&c->in[0].shape);
  y = telar_type_words (&values);
  return telar_type_fail (c, "the condition %s does not fit the values %s", x, y);
}

/* --- optimizers ----------------------------------------------------------------------------- */

/* Inputs 1 to @slots have the parameter's type, those after it are scalars. */
static gboolean
optimizer (TelarTypeCall *c, guint slots)
{
  if (!telar_type_want_float (c, 0))
    return FALSE;
  for (guint i = 1; i <= slots; i++)
    if (!telar_type_want_same (c, i, 0))
      return FALSE;
  for (guint i = slots + 1; i < c->n_in; i++)
    if (c->in[i].shape.rank != 0 || !telar_dtype_is_float (c->in[i].dtype)) {
      g_autofree char *text = telar_type_to_string (&c->in[i]);

      return telar_type_fail (c, "input %u must be a floating-point scalar, not %s", i + 1, text);
    }
  c->n_out = slots;
  for (guint i = 0; i < slots; i++)
    c->out[i] = c->in[0];
  return TRUE;
}

gboolean
telar_type_sgd (TelarTypeCall *c)
{
  return optimizer (c, 2);
}

gboolean
telar_type_adam (TelarTypeCall *c)
{
  return optimizer (c, 3);
}

/* --- the region ----------------------------------------------------------------------------- */

/* Instruction @i of the body: inputs first, in order, of the types they are given. */
static gboolean
check_body_instr (const TelarTypeCall *c, const TelarInstr *instr, guint i)
{
  const TelarPrimInfo *info = telar_prim_info (instr->prim);
  const TelarType *type = telar_program_type (c->instr.body, instr->outputs[0]);
  g_autofree char *name = g_strdup_printf ("%u", i);

  if (i < c->n_in) {
    if (instr->prim != TELAR_PRIM_INPUT)
      return telar_type_fail (c, "the body begins with its %u inputs", c->n_in);
    if (g_strcmp0 (telar_instr_string (instr, TELAR_ATTR_NAME), name) != 0)
      return telar_type_fail (c, "input %s of the body has another name", name);
    if (!telar_type_equal (type, &c->in[i])) {
      g_autofree char *have = telar_type_to_string (&c->in[i]);
      g_autofree char *want = telar_type_to_string (type);

      return telar_type_fail (c, "input %s of the body is %s, not %s", name, want, have);
    }
    return TRUE;
  }
  if (info->flags & TELAR_PRIM_ELEMENTWISE)
    return TRUE;
  if (instr->prim == TELAR_PRIM_CONSTANT && type->shape.rank == 0)
    return TRUE;
  return telar_type_fail (c, "%s cannot stand in the body", info->name);
}

gboolean
telar_type_fused (TelarTypeCall *c)
{
  const TelarProgram *body = c->instr.body;

  if (telar_program_n_states (body) > 0 || telar_program_n_updates (body) > 0)
    return telar_type_fail (c, "a body has no states");
  if (telar_program_n_instrs (body) < c->n_in)
    return telar_type_fail (c, "the body begins with its %u inputs", c->n_in);
  for (guint i = 0; i < telar_program_n_instrs (body); i++)
    if (!check_body_instr (c, telar_program_instr (body, i), i))
      return FALSE;

  c->n_out = telar_program_n_outputs (body);
  if (c->n_out == 0 || c->n_out > TELAR_ANY)
    return telar_type_fail (c, "the body has %u results; it needs 1 to %d", c->n_out, TELAR_ANY);
  for (guint i = 0; i < c->n_out; i++) {
    c->out[i] = *telar_program_type (body, telar_program_output (body, i)->value);
    if (!telar_shape_equal (&c->out[i].shape, &c->out[0].shape))
      return telar_type_fail (c, "the results of the body must have one shape");
  }
  return TRUE;
}
