/* Shorthand for emitting the common instructions, and the copying that every pass does. */
#include "engine/ir.h"

TelarValue
telar_build_input (TelarBuilder *b, const char *name, const TelarType *type)
{
  return telar_build (b, TELAR_PRIM_INPUT, NULL, 0,
                      (TelarAttr[]){
                          TELAR_STRING (NAME, name),
                          TELAR_INT (DTYPE, type->dtype),
                          TELAR_INTS (SHAPE, type->shape.dims, type->shape.rank),
                      },
                      3);
}

TelarValue
telar_build_state (TelarBuilder *b, const char *name)
{
  return telar_build (b, TELAR_PRIM_STATE, NULL, 0, &TELAR_STRING (NAME, name), 1);
}

TelarValue
telar_build_constant (TelarBuilder *b, TelarTensor *value)
{
  TelarAttr attr = { .key = TELAR_ATTR_VALUE, .tensor = value };

  return telar_build (b, TELAR_PRIM_CONSTANT, NULL, 0, &attr, 1);
}

TelarValue
telar_build_scalar (TelarBuilder *b, TelarDType dtype, double value)
{
  g_autoptr (TelarTensor) tensor = telar_tensor_scalar (dtype, value);

  return telar_build_constant (b, tensor);
}

TelarValue
telar_build_fill (TelarBuilder *b, const TelarType *type, double value)
{
  return telar_build (b, TELAR_PRIM_FILL, NULL, 0,
                      (TelarAttr[]){
                          TELAR_REAL (FILL, value),
                          TELAR_INT (DTYPE, type->dtype),
                          TELAR_INTS (SHAPE, type->shape.dims, type->shape.rank),
                      },
                      3);
}

TelarValue
telar_build_iota (TelarBuilder *b, const TelarShape *shape, guint axis)
{
  return telar_build (b, TELAR_PRIM_IOTA, NULL, 0,
                      (TelarAttr[]){
                          TELAR_INT (DTYPE, TELAR_I64),
                          TELAR_INTS (SHAPE, shape->dims, shape->rank),
                          TELAR_INT (AXIS, axis),
                      },
                      3);
}

TelarValue
telar_build_unary (TelarBuilder *b, TelarPrim prim, TelarValue x)
{
  return telar_build (b, prim, &x, 1, NULL, 0);
}

TelarValue
telar_build_binary (TelarBuilder *b, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_build (b, prim, (TelarValue[]){ x, y }, 2, NULL, 0);
}

TelarValue
telar_build_binary_scalar (TelarBuilder *b, TelarPrim prim, TelarValue x, double y)
{
  if (x == TELAR_NO_VALUE)
    return x;
  return telar_build_binary (b, prim, x,
                             telar_build_scalar (b, telar_builder_type (b, x)->dtype, y));
}

TelarValue
telar_build_select (TelarBuilder *b, TelarValue condition, TelarValue x, TelarValue y)
{
  return telar_build (b, TELAR_PRIM_SELECT, (TelarValue[]){ condition, x, y }, 3, NULL, 0);
}

TelarValue
telar_build_cast (TelarBuilder *b, TelarValue x, TelarDType dtype)
{
  return telar_build (b, TELAR_PRIM_CAST, &x, 1, &TELAR_INT (DTYPE, dtype), 1);
}

TelarValue
telar_build_reshape (TelarBuilder *b, TelarValue x, const TelarShape *shape)
{
  return telar_build (b, TELAR_PRIM_RESHAPE, &x, 1, &TELAR_INTS (SHAPE, shape->dims, shape->rank),
                      1);
}

TelarValue
telar_build_transpose (TelarBuilder *b, TelarValue x, const gint64 *perm)
{
  guint rank = telar_builder_type (b, x)->shape.rank;

  return telar_build (b, TELAR_PRIM_TRANSPOSE, &x, 1, &TELAR_INTS (PERM, perm, rank), 1);
}

TelarValue
telar_build_broadcast (TelarBuilder *b, TelarValue x, const TelarShape *shape)
{
  return telar_build (b, TELAR_PRIM_BROADCAST, &x, 1, &TELAR_INTS (SHAPE, shape->dims, shape->rank),
                      1);
}

TelarValue
telar_build_slice (TelarBuilder *b, TelarValue x, guint axis, gint64 start, gint64 limit)
{
  TelarShape shape = telar_builder_type (b, x)->shape;
  gint64 starts[TELAR_MAX_RANK] = { 0 }, limits[TELAR_MAX_RANK], strides[TELAR_MAX_RANK];

  if (x == TELAR_NO_VALUE)
    return x;
  if (axis >= shape.rank) {
    telar_builder_fail (b, "there is no axis %u to cut", axis);
    return TELAR_NO_VALUE;
  }
  for (guint i = 0; i < shape.rank; i++) {
    limits[i] = shape.dims[i] < 0 ? -1 : shape.dims[i];
    strides[i] = 1;
  }
  starts[axis] = start;
  limits[axis] = limit;
  return telar_emit (b, SLICE, ((TelarValue[]){ x }), TELAR_INTS (START, starts, shape.rank),
                     TELAR_INTS (LIMIT, limits, shape.rank),
                     TELAR_INTS (STRIDE, strides, shape.rank));
}

/* More values than an instruction takes are joined in groups first. */
TelarValue
telar_build_concat (TelarBuilder *b, const TelarValue *values, guint n, guint axis)
{
  guint most = telar_prim_info (TELAR_PRIM_CONCAT)->most_inputs, n_groups = (n + most - 1) / most;
  g_autofree TelarValue *groups = NULL;

  if (n <= most)
    return telar_build (b, TELAR_PRIM_CONCAT, values, n, &TELAR_INT (AXIS, axis), 1);
  groups = g_new (TelarValue, n_groups);
  for (guint i = 0; i < n_groups; i++)
    groups[i] = telar_build_concat (b, values + i * most, MIN (most, n - i * most), axis);
  return telar_build_concat (b, groups, n_groups, axis);
}

TelarValue
telar_build_reduce (TelarBuilder *b, TelarPrim prim, TelarValue x, const gint64 *axes, guint n_axes,
                    gboolean keep)
{
  TelarAttr attrs[] = { TELAR_INTS (AXES, axes, n_axes), TELAR_INT (KEEP, 1) };

  return telar_build (b, prim, &x, 1, attrs, keep ? 2 : 1);
}

TelarValue
telar_build_reduce_all (TelarBuilder *b, TelarPrim prim, TelarValue x)
{
  static const gint64 axes[TELAR_MAX_RANK] = { 0, 1, 2, 3, 4, 5, 6, 7 };

  return telar_build_reduce (b, prim, x, axes, telar_builder_type (b, x)->shape.rank, FALSE);
}

TelarValue
telar_build_matmul (TelarBuilder *b, TelarValue x, TelarValue y, gboolean trans_x, gboolean trans_y)
{
  TelarAttr attrs[2];
  guint n_attrs = 0;

  if (trans_x)
    attrs[n_attrs++] = TELAR_INT (TRANS_A, 1);
  if (trans_y)
    attrs[n_attrs++] = TELAR_INT (TRANS_B, 1);
  return telar_build (b, TELAR_PRIM_MATMUL, (TelarValue[]){ x, y }, 2, attrs, n_attrs);
}

TelarValue
telar_build_sum_to (TelarBuilder *b, TelarValue x, const TelarShape *shape)
{
  const TelarShape *from = &telar_builder_type (b, x)->shape;
  gint64 axes[TELAR_MAX_RANK];
  guint n_axes = 0, extra;

  if (x == TELAR_NO_VALUE || telar_shape_equal (from, shape))
    return x;
  if (shape->rank > from->rank) {
    telar_builder_fail (b, "a sum cannot gain axes");
    return TELAR_NO_VALUE;
  }
  extra = from->rank - shape->rank;
  for (guint i = 0; i < from->rank; i++)
    if (i < extra || (shape->dims[i - extra] == 1 && from->dims[i] != 1))
      axes[n_axes++] = i;
  return telar_build_reshape (b, telar_build_reduce (b, TELAR_PRIM_SUM, x, axes, n_axes, FALSE),
                              shape);
}

/* --- copying -------------------------------------------------------------------------------- */

void
telar_copy_states (TelarBuilder *builder, const TelarProgram *from, TelarValue *map)
{
  for (guint i = 0; i < telar_program_n_values (from); i++)
    map[i] = TELAR_NO_VALUE;
  for (guint i = 0; i < telar_program_n_states (from); i++) {
    TelarState state = *telar_program_state (from, i);

    state.fit = TELAR_NO_VALUE;
    telar_build_declare_state (builder, &state);
  }
}

TelarValue
telar_copy_instr (TelarBuilder *builder, const TelarProgram *from, const TelarInstr *instr,
                  TelarValue *map)
{
  g_autofree TelarValue *inputs = g_new (TelarValue, instr->n_inputs + 1);
  TelarValue first;

  for (guint i = 0; i < instr->n_inputs; i++)
    inputs[i] = map[instr->inputs[i]];
  telar_builder_set_origin (builder, instr->origin);
  if (instr->body)
    first = telar_build_region (builder, instr->prim, inputs, instr->n_inputs,
                                (TelarProgram *)instr->body);
  else
    first =
        telar_build (builder, instr->prim, inputs, instr->n_inputs, instr->attrs, instr->n_attrs);
  for (guint i = 0; i < instr->n_outputs; i++)
    map[instr->outputs[i]] = first == TELAR_NO_VALUE ? first : first + i;
  return first;
}

void
telar_copy_all (TelarBuilder *builder, const TelarProgram *from, TelarValue *map)
{
  telar_copy_states (builder, from, map);
  for (guint i = 0; i < telar_program_n_instrs (from); i++)
    telar_copy_instr (builder, from, telar_program_instr (from, i), map);
}

void
telar_copy_results (TelarBuilder *builder, const TelarProgram *from, const TelarValue *map)
{
  for (guint i = 0; i < telar_program_n_states (from); i++) {
    const TelarState *state = telar_program_state (from, i);

    if (state->fit != TELAR_NO_VALUE &&
        telar_program_find_state (telar_builder_program (builder), state->name))
      telar_build_set_fit (builder, state->name, map[state->fit]);
  }
  for (guint i = 0; i < telar_program_n_outputs (from); i++) {
    const TelarOutput *output = telar_program_output (from, i);

    telar_build_output_like (builder, output, map[output->value]);
  }
  for (guint i = 0; i < telar_program_n_updates (from); i++) {
    const TelarUpdate *update = telar_program_update (from, i);

    telar_build_update (builder, update->state, map[update->value]);
  }
}
