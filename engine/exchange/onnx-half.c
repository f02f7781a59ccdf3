/* Rewrites a program in half precision. Each value is of a kind: made of constants and states alone
 * (FREE), it is as precise as whoever takes it; made of inputs and not yet mixed with weights
 * (DATA), it stays float32; behind the first product with weights (MODEL), it is float16. */
#include "engine/exchange/onnx-half.h"

#include <math.h>

typedef enum { FREE, DATA, MODEL } Kind;

typedef struct {
  const TelarProgram *program;
  const GPtrArray *layers;
  gboolean io;
  Kind *kinds;     /* of each value */
  gboolean *wide;  /* of each FREE value: someone takes it as float32 */
  gboolean *taken; /* of each value: a layer takes it */
  TelarBuilder *b;
  TelarValue *map;  /* of each value: the new one, as it is made */
  TelarValue *cast; /* the same in the other precision, once it is asked for */
} Half;

/* --- kinds ------------------------------------------------------------------------------------ */

/* Primitives that mix their inputs with weights. */
static gboolean
mixes (const TelarInstr *instr)
{
  return instr->prim == TELAR_PRIM_MATMUL || instr->prim == TELAR_PRIM_CONV ||
         instr->prim == TELAR_PRIM_CONV_INPUT_GRAD || instr->prim == TELAR_PRIM_GATHER;
}

static gboolean
is_f32 (const TelarProgram *program, TelarValue value)
{
  return telar_program_type (program, value)->dtype == TELAR_F32;
}

static Kind
kind_of (const Half *h, const TelarInstr *instr)
{
  if (instr->prim == TELAR_PRIM_INPUT)
    return h->io || onnx_layers_at (h->layers, instr) ? MODEL : DATA;
  Kind kind = FREE;
  for (guint i = 0; i < instr->n_inputs; i++)
    kind = MAX (kind, h->kinds[instr->inputs[i]]);
  return kind == DATA && mixes (instr) && is_f32 (h->program, instr->outputs[0]) ? MODEL : kind;
}

static gboolean
is_wide (const Half *h, TelarValue value)
{
  return h->kinds[value] == DATA || (h->kinds[value] == FREE && h->wide[value]);
}

/* Users come after makers: backwards, each has been seen before what it takes. Indices are wide
 * everywhere, since half precision counts to 2048. */
static void
mark_wide (Half *h)
{
  const TelarProgram *program = h->program;
  for (guint i = 0; i < telar_program_n_outputs (program); i++) {
    const TelarOutput *output = telar_program_output (program, i);
    gboolean result = output->role == TELAR_OUTPUT_RESULT;
    h->wide[output->value] |= result && !h->io;
    h->taken[output->value] |= !result;
  }
  for (guint i = telar_program_n_instrs (program); i-- > 0;) {
    const TelarInstr *instr = telar_program_instr (program, i);
    if (instr->prim == TELAR_PRIM_IOTA)
      h->wide[instr->outputs[0]] = TRUE;
    for (guint k = 0; k < instr->n_inputs; k++)
      h->wide[instr->inputs[k]] |= is_wide (h, instr->outputs[0]);
  }
}

static void
find_kinds (Half *h)
{
  for (guint i = 0; i < telar_program_n_instrs (h->program); i++) {
    const TelarInstr *instr = telar_program_instr (h->program, i);
    Kind kind = kind_of (h, instr);
    for (guint k = 0; k < instr->n_outputs; k++)
      h->kinds[instr->outputs[k]] = kind;
  }
  mark_wide (h);
}

/* --- numbers ---------------------------------------------------------------------------------- */

static double
nearest (double value)
{
  if (!isfinite (value) || value == 0)
    return value;
  return copysign (CLAMP (fabs (value), ONNX_HALF_LEAST, ONNX_HALF_MAX), value);
}

static TelarTensor *
nearest_tensor (const TelarTensor *tensor)
{
  TelarTensor *half = telar_tensor_new (TELAR_F16, &tensor->type.shape);
  for (gsize i = 0; i < telar_tensor_elements (tensor); i++)
    telar_tensor_set (half, i, nearest (telar_tensor_get (tensor, i)));
  return half;
}

TelarTensor *
onnx_half_state (OnnxExport *e, const char *origin, const char *name, TelarTensor *tensor,
                 TelarDType dtype)
{
  TelarTensor *cast = telar_tensor_cast (tensor, dtype);
  if (dtype != TELAR_F16 || tensor->type.dtype == TELAR_F16)
    return cast;
  for (gsize i = 0; i < telar_tensor_elements (cast); i++) {
    if (isfinite (telar_tensor_get (cast, i)) || !isfinite (telar_tensor_get (tensor, i)))
      continue;
    telar_tensor_unref (cast);
    if (!e->error)
      telar_set_error (&e->error, TELAR_ERROR_INVALID, origin,
                       "%s has the number %g, and float16 ends at %g", name,
                       telar_tensor_get (tensor, i), ONNX_HALF_MAX);
    return NULL;
  }
  return cast;
}

/* --- building --------------------------------------------------------------------------------- */

/* @value in float32 or float16; others as they are. */
static TelarValue
as (Half *h, TelarValue value, TelarDType dtype)
{
  TelarValue made = h->map[value];
  if (!is_f32 (h->program, value) || telar_builder_type (h->b, made)->dtype == dtype)
    return made;
  if (h->cast[value] == TELAR_NO_VALUE)
    h->cast[value] = telar_build_cast (h->b, made, dtype);
  return h->cast[value];
}

static void
declare_state (Half *h, const TelarInstr *instr, gboolean narrow)
{
  const char *name = telar_instr_string (instr, TELAR_ATTR_NAME);
  if (telar_program_find_state (telar_builder_program (h->b), name))
    return;
  TelarState state = { .name = name,
                       .type = *telar_program_type (h->program, instr->outputs[0]),
                       .fit = TELAR_NO_VALUE };
  if (narrow && state.type.dtype == TELAR_F32)
    state.type.dtype = TELAR_F16;
  telar_build_declare_state (h->b, &state);
}

/* The attributes of @instr for a result in half precision; the caller releases *@tensor. */
static guint
narrow_attrs (const Half *h, const TelarInstr *instr, TelarAttr *attrs, TelarTensor **tensor)
{
  gboolean typed = instr->n_outputs > 0 && is_f32 (h->program, instr->outputs[0]);
  for (guint i = 0; i < instr->n_attrs; i++) {
    attrs[i] = instr->attrs[i];
    if (!typed)
      continue;
    if (attrs[i].key == TELAR_ATTR_DTYPE)
      attrs[i].integer = TELAR_F16;
    else if (attrs[i].key == TELAR_ATTR_FILL)
      attrs[i].real = nearest (attrs[i].real);
    else if (attrs[i].key == TELAR_ATTR_VALUE)
      attrs[i].tensor = *tensor = nearest_tensor (attrs[i].tensor);
  }
  return instr->n_attrs;
}

static gboolean
lacks_dtype (const Half *h, const TelarInstr *instr)
{
  return (instr->prim == TELAR_PRIM_INPUT || instr->prim == TELAR_PRIM_FILL ||
          instr->prim == TELAR_PRIM_CAST || instr->prim == TELAR_PRIM_ONE_HOT) &&
         is_f32 (h->program, instr->outputs[0]) && !telar_instr_attr (instr, TELAR_ATTR_DTYPE);
}

/* Layers find what they take made, and in half precision. */
static void
enter_outputs (Half *h, const TelarInstr *instr, TelarValue first)
{
  for (guint k = 0; k < instr->n_outputs; k++) {
    TelarValue value = instr->outputs[k];
    h->map[value] = first == TELAR_NO_VALUE ? first : first + k;
    if (h->taken[value] && first != TELAR_NO_VALUE)
      as (h, value, TELAR_F16);
  }
}

static void
build_instr (Half *h, const TelarInstr *instr)
{
  gboolean narrow = !is_wide (h, instr->outputs[0]);
  TelarAttr attrs[TELAR_N_ATTRS];
  g_autoptr (TelarTensor) tensor = NULL;
  g_autofree TelarValue *inputs = g_new (TelarValue, instr->n_inputs + 1);
  guint n_attrs = instr->n_attrs;

  telar_builder_set_origin (h->b, instr->origin);
  for (guint i = 0; i < instr->n_inputs; i++)
    inputs[i] = as (h, instr->inputs[i], narrow ? TELAR_F16 : TELAR_F32);
  if (instr->prim == TELAR_PRIM_STATE)
    declare_state (h, instr, narrow);
  if (narrow) {
    n_attrs = narrow_attrs (h, instr, attrs, &tensor);
    if (lacks_dtype (h, instr))
      attrs[n_attrs++] = TELAR_INT (DTYPE, TELAR_F16);
  }
  TelarValue first = telar_build (h->b, instr->prim, inputs, instr->n_inputs,
                                  narrow ? attrs : instr->attrs, n_attrs);
  enter_outputs (h, instr, first);
}

/* Results in the precision that is asked for. */
static void
build_outputs (Half *h)
{
  telar_builder_set_origin (h->b, NULL);
  for (guint i = 0; i < telar_program_n_outputs (h->program); i++) {
    const TelarOutput *output = telar_program_output (h->program, i);
    gboolean wide = output->role == TELAR_OUTPUT_RESULT && !h->io;
    telar_build_output_like (h->b, output, as (h, output->value, wide ? TELAR_F32 : TELAR_F16));
  }
}

TelarProgram *
onnx_half (const TelarProgram *program, const GPtrArray *layers, gboolean io, GError **error)
{
  guint n = telar_program_n_values (program) + 1;
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autofree Kind *kinds = g_new0 (Kind, n);
  g_autofree gboolean *wide = g_new0 (gboolean, n);
  g_autofree gboolean *taken = g_new0 (gboolean, n);
  g_autofree TelarValue *map = g_new (TelarValue, n);
  g_autofree TelarValue *cast = g_new (TelarValue, n);
  Half h = { program, layers, io, kinds, wide, taken, b, map, cast };
  for (guint i = 0; i < n; i++)
    cast[i] = TELAR_NO_VALUE;
  find_kinds (&h);
  for (guint i = 0; !telar_builder_error (b) && i < telar_program_n_instrs (program); i++)
    build_instr (&h, telar_program_instr (program, i));
  if (!telar_builder_error (b))
    build_outputs (&h);
  return telar_builder_finish (b, error);
}
