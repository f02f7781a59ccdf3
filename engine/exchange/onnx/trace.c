/* Programs under construction: what goes into them, how they end and run. */
#include "engine/exchange/onnx/trace.h"

#include "engine/exchange/onnx/read.h"

/* Constant tensors of up to so many elements stand in the program, where passes see their numbers;
 * larger ones are states. */
#define MOST_IN_PROGRAM 16

/* --- programs --------------------------------------------------------------------------------- */

static void
clear_binding (gpointer data)
{
  telar_tensor_unref (((TelarBinding *)data)->tensor);
}

static void
begin_program (OnnxTrace *trace)
{
  trace->b = telar_builder_new ("onnx");
  trace->bindings = g_array_new (FALSE, FALSE, sizeof (TelarBinding));
  g_array_set_clear_func (trace->bindings, clear_binding);
  trace->emitted = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)telar_tensor_unref, NULL);
}

static void
end_program (OnnxTrace *trace)
{
  g_clear_pointer (&trace->b, telar_builder_free);
  g_clear_pointer (&trace->bindings, g_array_unref);
  g_clear_pointer (&trace->emitted, g_hash_table_unref);
}

void
onnx_trace_init (OnnxTrace *trace, const Onnx__ModelProto *model, const char *folder,
                 TelarDevice *device, GHashTable *constants)
{
  *trace =
      (OnnxTrace){ .model = model, .folder = folder, .device = device, .constants = constants };
  trace->states = telar_states_new ();
  trace->state_names =
      g_hash_table_new_full (NULL, NULL, (GDestroyNotify)telar_tensor_unref, g_free);
  trace->traced = g_ptr_array_new ();
  begin_program (trace);
}

void
onnx_trace_let_go (OnnxTrace *trace)
{
  g_clear_pointer (&trace->states, telar_states_unref);
  g_clear_pointer (&trace->state_names, g_hash_table_unref);
  end_program (trace);
}

void
onnx_trace_clear (OnnxTrace *trace)
{
  for (guint i = 0; i < trace->traced->len; i++)
    ((TelarOnnxValue *)trace->traced->pdata[i])->traces = NULL;
  g_clear_pointer (&trace->traced, g_ptr_array_unref);
  onnx_trace_let_go (trace);
}

TelarOnnxValue *
onnx_trace_constant (OnnxTrace *trace, Onnx__TensorProto *proto, GError **error)
{
  TelarOnnxValue *value = g_hash_table_lookup (trace->constants, proto);
  if (value)
    return telar_onnx_value_ref (value);
  value =
      onnx_tensor_read (proto, trace->folder, proto->name ? proto->name : "without a name", error);
  if (value) {
    g_hash_table_insert (trace->constants, proto, telar_onnx_value_ref (value));
    onnx_tensor_forget (proto);
  }
  return value;
}

TelarOnnxValue *
onnx_trace_input (OnnxTrace *trace, const char *name, TelarTensor *tensor)
{
  TelarBinding binding = { g_intern_string (name), telar_tensor_ref (tensor) };
  g_array_append_val (trace->bindings, binding);
  TelarValue value = telar_build_input (trace->b, binding.name, &tensor->type);
  return telar_onnx_value_traced (value, &tensor->type, trace->traced);
}

/* The state that holds a constant tensor. The table keeps the tensor, so that its address stays
 * its own. */
static const char *
state_of (OnnxTrace *trace, TelarTensor *tensor)
{
  const char *name = g_hash_table_lookup (trace->state_names, tensor);
  if (name)
    return name;
  char *fresh = g_strdup_printf ("w%u", g_hash_table_size (trace->state_names));
  telar_states_share (trace->states, fresh, tensor);
  g_hash_table_insert (trace->state_names, telar_tensor_ref (tensor), fresh);
  return fresh;
}

static TelarValue
emit_state (OnnxTrace *trace, TelarTensor *tensor)
{
  TelarState state = { .name = state_of (trace, tensor), .type = tensor->type };
  telar_build_declare_state (trace->b, &state);
  return telar_build_state (trace->b, state.name);
}

static TelarValue
emit_known (OnnxTrace *trace, const TelarOnnxValue *value)
{
  if (value->constant && telar_tensor_elements (value->tensor) <= MOST_IN_PROGRAM)
    return telar_build_constant (trace->b, value->tensor);
  if (value->constant)
    return emit_state (trace, value->tensor);
  g_autofree char *name = g_strdup_printf ("known%u", trace->bindings->len);
  g_autoptr (TelarOnnxValue) input = onnx_trace_input (trace, name, value->tensor);
  return input->traced;
}

TelarValue
onnx_trace_emit (OnnxTrace *trace, TelarOnnxValue *value)
{
  if (onnx_trace_is_drawn (trace, value)) {
    telar_builder_fail (trace->b, "it computes with what stands on the canvas");
    return TELAR_NO_VALUE;
  }
  if (!value->tensor)
    return value->traced;
  gpointer found = g_hash_table_lookup (trace->emitted, value->tensor);
  if (found)
    return GPOINTER_TO_UINT (found) - 1;
  TelarValue emitted = emit_known (trace, value);
  if (emitted != TELAR_NO_VALUE)
    g_hash_table_insert (trace->emitted, telar_tensor_ref (value->tensor),
                         GUINT_TO_POINTER (emitted + 1));
  return emitted;
}

TelarProgram *
onnx_trace_finish (OnnxTrace *trace, GError **error)
{
  for (guint i = 0; i < trace->traced->len; i++) {
    const TelarOnnxValue *value = trace->traced->pdata[i];
    g_autofree char *name = g_strdup_printf ("out%u", i);
    telar_build_output (trace->b, TELAR_OUTPUT_RESULT, name, value->traced);
  }
  g_autoptr (TelarProgram) program = telar_builder_finish (trace->b, error);
  if (!program)
    return NULL;
  TelarCompileOptions options = { .device = trace->device, .states = trace->states };
  return telar_compile_inference (program, &options, error);
}

/* --- running what is there -------------------------------------------------------------------- */

static gboolean
run_program (OnnxTrace *trace, const TelarProgram *program, TelarTensor **results, GError **error)
{
  g_autoptr (TelarPlan) plan =
      telar_plan_new (program, 1, trace->device, trace->memory_limit, error);
  if (!plan)
    return FALSE;
  TelarRunContext context = { .inputs = (const TelarBinding *)(gpointer)trace->bindings->data,
                              .n_inputs = trace->bindings->len,
                              .states = trace->states };
  return telar_plan_run (plan, &context, results, error);
}

/* Leaves the list in its order: settling removes from it. */
static void
settle_all (GPtrArray *traced, TelarTensor **results, gboolean constant)
{
  g_autoptr (GPtrArray) members = g_ptr_array_copy (traced, NULL, NULL);
  for (guint i = 0; i < members->len; i++) {
    TelarOnnxValue *value = members->pdata[i];
    value->constant = constant;
    telar_onnx_value_settle (value, results[i]);
    telar_tensor_unref (results[i]);
  }
}

static gboolean
settle (OnnxTrace *trace, gboolean constant, GError **error)
{
  g_autoptr (TelarProgram) program = onnx_trace_finish (trace, error);
  g_autofree TelarTensor **results = g_new0 (TelarTensor *, trace->traced->len + 1);
  gboolean good = program && run_program (trace, program, results, error);
  if (good)
    settle_all (trace->traced, results, constant);
  end_program (trace);
  begin_program (trace);
  return good;
}

gboolean
onnx_trace_settle (OnnxTrace *trace, GError **error)
{
  if (trace->sealed) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "it needs numbers that only a run gives, not the canvas");
    return FALSE;
  }
  trace->dynamic = TRUE;
  return settle (trace, FALSE, error);
}

/* --- one node --------------------------------------------------------------------------------- */

gboolean
onnx_call_all_known (const OnnxCall *call)
{
  for (guint i = 0; i < call->n_inputs; i++)
    if (call->inputs[i] && !telar_onnx_value_is_known (call->inputs[i]))
      return FALSE;
  return TRUE;
}

static gboolean
all_constant (const OnnxCall *call)
{
  for (guint i = 0; i < call->n_inputs; i++)
    if (call->inputs[i] && !telar_onnx_value_is_constant (call->inputs[i]))
      return FALSE;
  return TRUE;
}

static gboolean
check_outputs (OnnxCall *call)
{
  for (guint i = 0; i < call->n_outputs; i++)
    if (onnx_call_wants (call, i) && !call->outputs[i])
      onnx_call_fail (call, "output %u is not computed by Telar", i);
  return !call->error;
}

static gboolean
trace_call (OnnxCall *call, const OnnxOperator *op)
{
  call->b = call->trace->b;
  op->trace (call);
  if (!call->error)
    call->error = telar_builder_take_error (call->b);
  return !call->error && check_outputs (call);
}

/* A node whose inputs are all known is run at once, in a program of its own. */
static gboolean
compute_call (OnnxCall *call, const OnnxOperator *op)
{
  OnnxTrace *trace = call->trace, aside;
  gboolean good;
  onnx_trace_init (&aside, trace->model, trace->folder, trace->device, trace->constants);
  aside.depth = trace->depth;
  aside.turns = trace->turns;
  aside.memory_limit = trace->memory_limit;
  call->trace = &aside;
  good = trace_call (call, op) && settle (&aside, all_constant (call), &call->error);
  if (!good)
    for (guint i = 0; i < call->n_outputs; i++)
      g_clear_pointer (&call->outputs[i], telar_onnx_value_unref);
  trace->turns = aside.turns;
  onnx_trace_clear (&aside);
  call->trace = trace;
  return good;
}

gboolean
onnx_call_run (OnnxCall *call, const OnnxOperator *op)
{
  if (op->flags & ONNX_VALUES || !onnx_call_all_known (call))
    return trace_call (call, op);
  return compute_call (call, op);
}
