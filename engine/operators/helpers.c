/* Reading parameters and emitting the small pieces that many operators are made of. */
#include "engine/operators/helpers.h"

#include <math.h>

const char *const telar_dtype_choices[] = {
  "f32", "f64", "f16", "bf16", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool", NULL,
};

const TelarPort telar_ports_in[] = {
  { .name = "in", .kind = TELAR_PORT_TENSOR, .doc = N_ ("The tensor to work on.") },
  { NULL },
};

const TelarPort telar_ports_out[] = {
  { .name = "out", .kind = TELAR_PORT_TENSOR, .doc = N_ ("The result.") },
  { NULL },
};

const char *const telar_init_choices[] = {
  "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "pytorch", NULL,
};

TelarType
telar_lower_type (TelarLowering *l, TelarValue value)
{
  if (value == TELAR_NO_VALUE)
    return (TelarType){ .dtype = TELAR_F32 };
  return *telar_builder_type (l->b, value);
}

TelarValue
telar_lower_ranked (TelarLowering *l, guint port, guint least, guint most, TelarType *type)
{
  TelarValue value = telar_lower_input (l, port);
  guint rank;

  *type = telar_lower_type (l, value);
  if (value == TELAR_NO_VALUE)
    return value;

  rank = type->shape.rank;
  if (rank < least || rank > most) {
    g_autofree char *given = telar_type_to_string (type);
    if (least == most)
      telar_lower_fail (l, "%s needs %u axes, the batch included, but is %s",
                        l->node->op->inputs[port].name, least, given);
    else
      telar_lower_fail (l, "%s needs %u to %u axes, the batch included, but is %s",
                        l->node->op->inputs[port].name, least, most, given);
    return TELAR_NO_VALUE;
  }
  return value;
}

TelarValue
telar_lower_float (TelarLowering *l, guint port, guint least, guint most, TelarType *type)
{
  TelarValue value = telar_lower_ranked (l, port, least, most, type);

  if (value == TELAR_NO_VALUE || telar_dtype_is_float (type->dtype))
    return value;
  type->dtype = TELAR_F32;
  return telar_build_cast (l->b, value, TELAR_F32);
}

gboolean
telar_lower_axis (TelarLowering *l, gint64 axis, guint rank, guint *result)
{
  gint64 counted = axis < 0 ? axis + rank : axis;

  if (counted < 0 || counted >= rank) {
    telar_lower_fail (l, "axis %" G_GINT64_FORMAT " is not one of the %u axes of the input", axis,
                      rank);
    return FALSE;
  }
  *result = (guint)counted;
  return TRUE;
}

gboolean
telar_lower_axis_param (TelarLowering *l, guint rank, guint *axis)
{
  return telar_lower_axis (l, telar_lower_int (l, "axis"), rank, axis);
}

gboolean
telar_lower_size (TelarLowering *l, const TelarShape *shape, guint axis, gint64 *size)
{
  if (shape->dims[axis] < 0) {
    telar_lower_fail (l, "axis %u must have a fixed size, not one that depends on the batch", axis);
    return FALSE;
  }
  *size = shape->dims[axis];
  return TRUE;
}

static double
pytorch_bound (gint64 fan_in)
{
  return 1 / sqrt ((double)MAX (fan_in, 1));
}

TelarInit
telar_lower_init (TelarLowering *l, gint64 fan_in, gint64 fan_out)
{
  static const struct {
    const char *name;
    TelarInitKind kind;
  } kinds[] = {
    { "glorot_uniform", TELAR_INIT_GLOROT_UNIFORM }, { "glorot_normal", TELAR_INIT_GLOROT_NORMAL },
    { "he_uniform", TELAR_INIT_HE_UNIFORM },         { "he_normal", TELAR_INIT_HE_NORMAL },
    { "lecun_uniform", TELAR_INIT_LECUN_UNIFORM },   { "pytorch", TELAR_INIT_UNIFORM },
  };
  TelarInit init = { .fan_in = fan_in, .fan_out = fan_out };
  const char *name = telar_lower_text (l, "init");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, name))
      init.kind = kinds[i].kind;
  if (init.kind == TELAR_INIT_UNIFORM)
    init.scale = pytorch_bound (fan_in);
  return init;
}

TelarInit
telar_lower_bias_init (TelarLowering *l, gint64 fan_in)
{
  if (g_str_equal (telar_lower_text (l, "init"), "pytorch"))
    return (TelarInit){ .kind = TELAR_INIT_UNIFORM, .scale = pytorch_bound (fan_in) };
  return (TelarInit){ .kind = TELAR_INIT_ZEROS };
}

TelarInit
telar_init_constant (double value)
{
  return (TelarInit){ .kind = TELAR_INIT_CONSTANT, .scale = value };
}

TelarValue
telar_emit_per_channel (TelarLowering *l, TelarValue x, guint rank)
{
  TelarShape shape = telar_lower_type (l, x).shape;

  if (x == TELAR_NO_VALUE || rank <= 2)
    return x;
  shape.rank = rank - 1;
  for (guint i = 1; i < shape.rank; i++)
    shape.dims[i] = 1;
  return telar_build_reshape (l->b, x, &shape);
}

TelarValue
telar_emit_reduce_from (TelarLowering *l, TelarPrim prim, TelarValue x, guint first, gboolean keep)
{
  gint64 axes[TELAR_MAX_RANK];
  guint n = 0;
  guint rank = telar_lower_type (l, x).shape.rank;

  for (guint axis = first; axis < rank; axis++)
    axes[n++] = axis;
  return telar_build_reduce (l->b, prim, x, axes, n, keep);
}
