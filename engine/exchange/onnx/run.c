/* Running a model: the program for the types of its inputs is traced and compiled at the first run
 * and kept. */
#include "engine/exchange/onnx/model-private.h"
#include "engine/exchange/onnx/read.h"

/* Programs that are kept; the oldest goes when one more is needed. */
#define MOST_PROGRAMS 8

/* A trace that holds for every run with the same input types. */
typedef struct {
  char *signature;
  TelarPlan *plan;
  TelarStates *states;
  GArray *bindings;         /* TelarBinding; the first n_inputs are the model's inputs */
  TelarOnnxValue **outputs; /* where one is not known, `traced` is the number of a result */
  guint n_inputs, n_outputs, n_results;
} Compiled;

static void
free_compiled (gpointer data)
{
  Compiled *compiled = data;
  for (guint i = 0; i < compiled->n_outputs; i++)
    telar_onnx_value_unref (compiled->outputs[i]);
  g_free (compiled->outputs);
  g_clear_pointer (&compiled->plan, telar_plan_free);
  g_clear_pointer (&compiled->states, telar_states_unref);
  g_clear_pointer (&compiled->bindings, g_array_unref);
  g_free (compiled->signature);
  g_free (compiled);
}

void
onnx_model_forget_programs (TelarOnnx *model)
{
  g_queue_clear_full (&model->compiled, free_compiled);
}

/* --- what a program is good for --------------------------------------------------------------- */

/* Device and input types. NULL when an input is no tensor of numbers: then nothing is kept. */
static char *
signature_of (const TelarOnnx *model, const TelarDevice *device, TelarOnnxValue *const *inputs)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "%p", (const void *)device);
  for (guint i = 0; i < model->n_inputs; i++) {
    if (!inputs[i] || inputs[i]->kind != TELAR_ONNX_TENSOR)
      return NULL;
    g_autofree char *type = telar_type_to_string (&inputs[i]->type);
    g_string_append_printf (text, " %s", type);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static Compiled *
find_compiled (TelarOnnx *model, const char *signature)
{
  for (GList *link = model->compiled.head; signature && link; link = link->next)
    if (g_str_equal (((Compiled *)link->data)->signature, signature))
      return link->data;
  return NULL;
}

/* --- running a compiled one ------------------------------------------------------------------- */

/* @template with the results of a run in the places of its traced tensors. */
static TelarOnnxValue *
fill (TelarOnnxValue *template, TelarTensor *const *results)
{
  switch (template->kind) {
  case TELAR_ONNX_TENSOR:
    if (!template->tensor)
      return telar_onnx_value_tensor (results[template->traced], FALSE);
    break;
  case TELAR_ONNX_SEQUENCE: {
    TelarOnnxValue *sequence = telar_onnx_value_sequence ();
    for (guint i = 0; i < template->items->len; i++)
      g_ptr_array_add (sequence->items, fill (template->items->pdata[i], results));
    return sequence;
  }
  case TELAR_ONNX_OPTIONAL:
    if (template->inner) {
      g_autoptr (TelarOnnxValue) inner = fill (template->inner, results);
      return telar_onnx_value_optional (inner);
    }
    break;
  case TELAR_ONNX_STRINGS:
    break;
  }
  return telar_onnx_value_ref (template);
}

static gboolean
run_compiled (Compiled *compiled, TelarOnnxValue *const *inputs, TelarOnnxValue **outputs,
              GError **error)
{
  g_autofree TelarTensor **results = g_new0 (TelarTensor *, compiled->n_results + 1);
  for (guint i = 0; i < compiled->n_inputs; i++) {
    TelarBinding *binding = &g_array_index (compiled->bindings, TelarBinding, i);
    telar_tensor_unref (binding->tensor);
    binding->tensor = telar_tensor_ref (inputs[i]->tensor);
  }
  TelarRunContext context = { .inputs = (const TelarBinding *)(gpointer)compiled->bindings->data,
                              .n_inputs = compiled->bindings->len,
                              .states = compiled->states };
  if (!telar_plan_run (compiled->plan, &context, results, error))
    return FALSE;
  for (guint i = 0; i < compiled->n_outputs; i++)
    outputs[i] = fill (compiled->outputs[i], results);
  for (guint i = 0; i < compiled->n_results; i++)
    telar_tensor_unref (results[i]);
  return TRUE;
}

/* --- tracing ---------------------------------------------------------------------------------- */

static void
put_inputs (const TelarOnnx *model, OnnxTrace *trace, OnnxScope *scope,
            TelarOnnxValue *const *inputs)
{
  for (guint i = 0; i < model->n_inputs; i++) {
    const char *name = model->inputs[i]->name;
    if (!inputs[i])
      onnx_scope_put (scope, name, telar_onnx_value_optional (NULL));
    else if (inputs[i]->kind == TELAR_ONNX_TENSOR) {
      TelarOnnxValue *value = onnx_trace_input (trace, name, inputs[i]->tensor);
      value->narrow = onnx_declared_narrow (model->inputs[i]);
      onnx_scope_put (scope, name, value);
    } else
      onnx_scope_put (scope, name, telar_onnx_value_ref (inputs[i]));
  }
}

static gboolean
trace_model (const TelarOnnx *model, OnnxTrace *trace, TelarOnnxValue *const *inputs,
             TelarOnnxValue **outputs, GError **error)
{
  OnnxScope scope;
  OnnxModelInfo versions = { model->proto->opset_import, model->proto->n_opset_import };
  onnx_scope_init (&scope, NULL);
  scope.versions = &versions;
  put_inputs (model, trace, &scope, inputs);
  gboolean good = onnx_trace_graph (trace, model->proto->graph, &scope, outputs, error);
  onnx_scope_clear (&scope);
  return good;
}

/* What a run needs of the trace besides the plan; takes over @outputs. */
static Compiled *
take_trace (OnnxTrace *trace, const TelarOnnx *model, const TelarProgram *program,
            TelarOnnxValue **outputs)
{
  guint n_outputs = telar_onnx_n_outputs (model);
  Compiled *compiled = g_new0 (Compiled, 1);
  if (telar_program_n_states (program) > 0)
    compiled->states = telar_states_ref (trace->states);
  compiled->bindings = g_array_ref (trace->bindings);
  compiled->n_inputs = model->n_inputs;
  compiled->n_outputs = n_outputs;
  compiled->n_results = trace->traced->len;
  compiled->outputs = g_memdup2 (outputs, n_outputs * sizeof *outputs);
  for (guint i = 0; i < n_outputs; i++)
    outputs[i] = NULL;
  for (guint i = 0; i < trace->traced->len; i++) {
    TelarOnnxValue *value = trace->traced->pdata[i];
    value->traced = i;
    value->traces = NULL;
  }
  g_ptr_array_set_size (trace->traced, 0);
  return compiled;
}

/* Weights may be half of the memory: what only the trace holds of them goes before they are
 * packed. */
static Compiled *
compile (OnnxTrace *trace, const TelarOnnx *model, TelarOnnxValue **outputs, GError **error)
{
  TelarProgram *program = onnx_trace_finish (trace, error);
  if (!program)
    return NULL;
  Compiled *compiled = take_trace (trace, model, program, outputs);
  onnx_trace_let_go (trace);
  compiled->plan = telar_plan_take (program, 1, trace->device, trace->memory_limit, error);
  if (!compiled->plan)
    g_clear_pointer (&compiled, free_compiled);
  return compiled;
}

static void
keep (TelarOnnx *model, Compiled *compiled, const char *signature)
{
  compiled->signature = g_strdup (signature);
  g_queue_push_head (&model->compiled, compiled);
  if (g_queue_get_length (&model->compiled) > MOST_PROGRAMS)
    free_compiled (g_queue_pop_tail (&model->compiled));
}

static void
drop_outputs (TelarOnnxValue **outputs, guint n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&outputs[i], telar_onnx_value_unref);
}

static gboolean
run_traced (TelarOnnx *model, OnnxTrace *trace, const char *signature,
            TelarOnnxValue *const *inputs, TelarOnnxValue **outputs, GError **error)
{
  if (!trace_model (model, trace, inputs, outputs, error))
    return FALSE;
  if (trace->dynamic || !signature)
    return onnx_trace_settle (trace, error);
  Compiled *compiled = compile (trace, model, outputs, error);
  if (!compiled)
    return FALSE;
  keep (model, compiled, signature);
  return run_compiled (compiled, inputs, outputs, error);
}

/* The same element type and as many axes; sizes where they are declared. */
static gboolean
is_as_declared (const TelarType *has, const TelarType *wants)
{
  gboolean good = has->dtype == wants->dtype && has->shape.rank == wants->shape.rank;
  for (guint i = 0; good && i < wants->shape.rank; i++)
    good = wants->shape.dims[i] < 0 || wants->shape.dims[i] == has->shape.dims[i];
  return good;
}

static gboolean
check_inputs (const TelarOnnx *model, TelarOnnxValue *const *inputs, GError **error)
{
  for (guint i = 0; i < model->n_inputs; i++) {
    TelarType type;
    if (inputs[i] && inputs[i]->kind == TELAR_ONNX_TENSOR &&
        telar_onnx_input_type (model, i, &type) && !is_as_declared (&inputs[i]->type, &type)) {
      g_autofree char *wants = telar_type_to_string (&type);
      g_autofree char *has = telar_type_to_string (&inputs[i]->type);
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the input %s is %s and was given %s",
                       model->inputs[i]->name, wants, has);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
telar_onnx_run (TelarOnnx *model, TelarDevice *device, TelarOnnxValue *const *inputs,
                TelarOnnxValue **outputs, GError **error)
{
  OnnxTrace trace;
  if (!check_inputs (model, inputs, error))
    return FALSE;
  g_autofree char *signature = signature_of (model, device, inputs);
  Compiled *compiled = find_compiled (model, signature);
  if (compiled)
    return run_compiled (compiled, inputs, outputs, error);
  guint n = telar_onnx_n_outputs (model);
  for (guint i = 0; i < n; i++)
    outputs[i] = NULL;
  onnx_trace_init (&trace, model->proto, model->folder, device, model->constants);
  trace.memory_limit = model->memory_limit;
  gboolean good = run_traced (model, &trace, signature, inputs, outputs, error);
  if (!good)
    drop_outputs (outputs, n);
  onnx_trace_clear (&trace);
  return good;
}

double
telar_onnx_flops (const TelarOnnx *model)
{
  const Compiled *newest = model->compiled.head ? model->compiled.head->data : NULL;
  return newest ? telar_plan_cost (newest->plan)->flops : 0;
}

void
telar_onnx_set_memory_limit (TelarOnnx *model, gsize bytes)
{
  model->memory_limit = bytes;
}
