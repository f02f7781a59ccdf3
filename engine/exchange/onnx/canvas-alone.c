/* Tracing a node alone, as it is for a run. Where the batch is open it is traced for two sizes of
 * it: what is the same multiple of both is that multiple of the batch, and a node that does not
 * compute the same for both is refused. */
#include "engine/exchange/onnx/canvas-alone.h"
#include "engine/compiler.h"

#include <string.h>

/* The two batches. */
static const gint64 batches[] = { 7, 11 };
static void
traced_clear (OnnxAlone *traced)
{
  g_clear_pointer (&traced->program, telar_program_unref);
  g_clear_pointer (&traced->states, telar_states_unref);
  for (guint i = 0; i < traced->n_outputs; i++)
    telar_onnx_value_unref (traced->known[i]);
  g_clear_pointer (&traced->known, g_free);
}

/* --- tracing alone ---------------------------------------------------------------------------- */

static TelarType
for_batch (const TelarType *type, gint64 batch)
{
  TelarType bound = *type;
  for (guint i = 0; i < bound.shape.rank; i++)
    if (bound.shape.dims[i] < 0)
      bound.shape.dims[i] *= -batch;
  return bound;
}

/* What is drawn is an input "xN" of the program. */
static TelarOnnxValue **
bind_inputs (OnnxCall *call, OnnxTrace *alone, gint64 batch)
{
  TelarOnnxValue **inputs = g_new0 (TelarOnnxValue *, call->n_inputs + 1);
  for (guint i = 0; i < call->n_inputs; i++) {
    if (!call->inputs[i])
      continue;
    if (!onnx_draw_is_drawn (call, i)) {
      inputs[i] = telar_onnx_value_ref (call->inputs[i]);
      continue;
    }
    g_autofree char *name = g_strdup_printf ("x%u", i);
    TelarType type = for_batch (&call->inputs[i]->type, batch);
    TelarValue value = telar_build_input (alone->b, name, &type);
    inputs[i] = telar_onnx_value_traced (value, &type, alone->traced);
  }
  return inputs;
}

typedef TelarProgram *(*Pass) (const TelarProgram *program, GError **error);

/* What is computed of constants alone, or twice, or for nothing, is not worth a node. */
static TelarProgram *
tidy (TelarProgram *program, GError **error)
{
  static const Pass passes[] = { telar_pass_fold, telar_pass_simplify, telar_pass_cse,
                                 telar_pass_dce };
  for (guint i = 0; program && i < G_N_ELEMENTS (passes); i++) {
    TelarProgram *next = passes[i](program, error);
    telar_program_unref (program);
    program = next;
  }
  return program;
}

static void
take_outputs (OnnxCall *own, OnnxTrace *alone, OnnxAlone *traced)
{
  for (guint i = 0; i < own->n_outputs; i++) {
    TelarOnnxValue *value = own->outputs[i];
    if (!value)
      continue;
    if (value->kind != TELAR_ONNX_TENSOR)
      onnx_call_fail (own, "it gives a %s, which no wire of the canvas carries",
                      telar_onnx_kind_name (value->kind));
    else if (value->tensor)
      traced->known[i] = telar_onnx_value_ref (value);
    else {
      g_autofree char *name = g_strdup_printf ("y%u", i);
      telar_build_output (alone->b, TELAR_OUTPUT_RESULT, name, value->traced);
    }
  }
}

static gboolean
trace_alone (OnnxCall *call, const OnnxOperator *op, gint64 batch, OnnxAlone *traced)
{
  const OnnxTrace *outer = call->trace;
  OnnxTrace alone;
  OnnxCall own = *call;
  onnx_trace_init (&alone, outer->model, outer->folder, outer->device, outer->constants);
  alone.depth = outer->depth;
  alone.turns = outer->turns;
  alone.memory_limit = outer->memory_limit;
  alone.sealed = TRUE;
  own.trace = &alone;
  own.inputs = bind_inputs (call, &alone, batch);
  own.outputs = g_new0 (TelarOnnxValue *, call->n_outputs + 1);
  traced->n_outputs = call->n_outputs;
  traced->known = g_new0 (TelarOnnxValue *, call->n_outputs + 1);
  if (onnx_call_run (&own, op)) {
    take_outputs (&own, &alone, traced);
    TelarProgram *program = own.error ? NULL : telar_builder_finish (alone.b, &own.error);
    traced->program = program ? tidy (program, &own.error) : NULL;
    traced->states = telar_states_ref (alone.states);
  }
  for (guint i = 0; i < call->n_inputs; i++)
    telar_onnx_value_unref (own.inputs[i]);
  for (guint i = 0; i < call->n_outputs; i++)
    telar_onnx_value_unref (own.outputs[i]);
  g_free (own.inputs);
  g_free (own.outputs);
  onnx_trace_clear (&alone);
  call->error = own.error;
  return !call->error;
}

/* --- one program of two ----------------------------------------------------------------------- */

/* The size that is @a in the first program and @b in the second; FALSE where it depends on the
 * batch otherwise. */
static gboolean
unite_size (gint64 a, gint64 b, gint64 *size)
{
  gboolean multiple =
      a % batches[0] == 0 && b % batches[1] == 0 && a / batches[0] == b / batches[1] && a > 0;
  *size = a == b ? a : -a / batches[0];
  return a == b || multiple;
}

static gboolean
unite_type (const OnnxAlonePair *pair, TelarValue value, TelarType *type)
{
  const TelarType *a = telar_program_type (pair->first.program, value);
  const TelarType *b = telar_program_type (pair->second.program, value);
  gboolean same = a->dtype == b->dtype && a->shape.rank == b->shape.rank;
  *type = *a;
  for (guint i = 0; same && i < a->shape.rank; i++)
    same = unite_size (a->shape.dims[i], b->shape.dims[i], &type->shape.dims[i]);
  return same;
}

/* Lists of sizes may differ by the batch, which the types tell. */
static gboolean
same_attr (const TelarAttr *a, const TelarAttr *b)
{
  gint64 size;
  if (a->key != b->key)
    return FALSE;
  switch (telar_attr_kind (a->key)) {
  case TELAR_ATTR_KIND_TENSOR:
    return telar_tensor_equal (a->tensor, b->tensor);
  case TELAR_ATTR_KIND_REAL:
    return a->real == b->real;
  case TELAR_ATTR_KIND_STRING:
    return g_str_equal (a->string, b->string);
  case TELAR_ATTR_KIND_INTS:
    for (guint i = 0; a->n == b->n && i < a->n; i++)
      if (!unite_size (a->ints[i], b->ints[i], &size))
        return FALSE;
    return a->n == b->n;
  default:
    return a->integer == b->integer;
  }
}

static gboolean
same_instr (const OnnxAlonePair *pair, const TelarInstr *a, const TelarInstr *b)
{
  TelarType type;
  gboolean same = a->prim == b->prim && a->n_inputs == b->n_inputs && a->n_attrs == b->n_attrs &&
                  a->n_outputs == b->n_outputs &&
                  memcmp (a->inputs, b->inputs, a->n_inputs * sizeof *a->inputs) == 0;
  for (guint i = 0; same && i < a->n_attrs; i++)
    same = same_attr (&a->attrs[i], &b->attrs[i]);
  for (guint i = 0; same && i < a->n_outputs; i++)
    same = a->outputs[i] == b->outputs[i] && unite_type (pair, a->outputs[i], &type);
  return same;
}

static gboolean
same_known (const TelarOnnxValue *a, const TelarOnnxValue *b)
{
  return !a == !b && (!a || telar_tensor_equal (a->tensor, b->tensor));
}

/* Whether both programs compute the same, whatever the batch. */
static gboolean
agree (const OnnxAlonePair *pair)
{
  const TelarProgram *a = pair->first.program, *b = pair->second.program;
  guint n = telar_program_n_instrs (a);
  gboolean same = n == telar_program_n_instrs (b) &&
                  telar_program_n_values (a) == telar_program_n_values (b) &&
                  telar_program_n_outputs (a) == telar_program_n_outputs (b);
  for (guint i = 0; same && i < n; i++)
    same = same_instr (pair, telar_program_instr (a, i), telar_program_instr (b, i));
  for (guint i = 0; same && i < telar_program_n_outputs (a); i++)
    same = telar_program_output (a, i)->value == telar_program_output (b, i)->value;
  for (guint i = 0; same && i < telar_program_n_states (a); i++) {
    const char *name = telar_program_state (a, i)->name;
    same = telar_program_find_state (b, name) &&
           telar_tensor_equal (telar_states_get (pair->first.states, name),
                               telar_states_get (pair->second.states, name));
  }
  for (guint i = 0; same && i < pair->first.n_outputs; i++)
    same = same_known (pair->first.known[i], pair->second.known[i]);
  return same;
}

/* Whether an input has the batch; fails where one is counts of it, or has more numbers than an
 * operator could make tables of. */
static gboolean
has_batch (OnnxCall *call)
{
  gboolean open = FALSE;
  for (guint i = 0; i < call->n_inputs; i++)
    if (onnx_draw_is_drawn (call, i))
      open |= onnx_draw_fits (call, &call->inputs[i]->type.shape) &&
              !telar_shape_is_concrete (&call->inputs[i]->type.shape);
    else if (call->inputs[i])
      onnx_draw_is_fixed (call, i);
  return open;
}

gboolean
onnx_alone_trace (OnnxCall *call, const OnnxOperator *op, OnnxAlonePair *pair)
{
  *pair = (OnnxAlonePair){ .open = has_batch (call) };
  if (call->error || !trace_alone (call, op, batches[0], &pair->first))
    return FALSE;
  if (!pair->open)
    return TRUE;
  if (trace_alone (call, op, batches[1], &pair->second) && !agree (pair))
    onnx_call_fail (call, "what it computes depends on the size of the batch");
  return !call->error;
}

void
onnx_alone_clear (OnnxAlonePair *pair)
{
  traced_clear (&pair->first);
  traced_clear (&pair->second);
}

TelarType
onnx_alone_type (const OnnxAlonePair *pair, TelarValue value)
{
  TelarType type = *telar_program_type (pair->first.program, value);
  if (pair->open)
    unite_type (pair, value, &type);
  return type;
}

TelarTensor *
onnx_alone_state (const OnnxAlonePair *pair, const char *name)
{
  return telar_states_get (pair->first.states, name);
}
