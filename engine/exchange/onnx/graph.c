/* Walking graphs: scopes, the order of nodes, functions, when a value is last needed. */
#include "engine/exchange/onnx/canvas.h"
#include "engine/exchange/onnx/read.h"
#include "engine/exchange/onnx/trace.h"

/* Graphs within graphs, functions within functions: a file may ask for no more. */
#define MOST_DEPTH 64

/* --- scopes ----------------------------------------------------------------------------------- */

void
onnx_scope_init (OnnxScope *scope, OnnxScope *outer)
{
  *scope = (OnnxScope){ .outer = outer, .versions = outer ? outer->versions : NULL };
  scope->values =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)telar_onnx_value_unref);
}

void
onnx_scope_clear (OnnxScope *scope)
{
  g_clear_pointer (&scope->values, g_hash_table_unref);
}

void
onnx_scope_put (OnnxScope *scope, const char *name, TelarOnnxValue *value)
{
  g_hash_table_replace (scope->values, (char *)name, value);
}

TelarOnnxValue *
onnx_scope_find (const OnnxScope *scope, const char *name)
{
  for (; scope; scope = scope->outer) {
    TelarOnnxValue *value = g_hash_table_lookup (scope->values, name);
    if (value)
      return value;
  }
  return NULL;
}

/* --- how long values live --------------------------------------------------------------------- */

static void note_graph_uses (GHashTable *last, const Onnx__GraphProto *graph, guint index);

static void
note_uses (GHashTable *last, const Onnx__NodeProto *node, guint index)
{
  for (gsize i = 0; i < node->n_input; i++)
    g_hash_table_replace (last, node->input[i], GUINT_TO_POINTER (index + 1));
  for (gsize i = 0; i < node->n_attribute; i++) {
    const Onnx__AttributeProto *attr = node->attribute[i];
    if (attr->g)
      note_graph_uses (last, attr->g, index);
    for (gsize k = 0; k < attr->n_graphs; k++)
      note_graph_uses (last, attr->graphs[k], index);
  }
}

static void
note_graph_uses (GHashTable *last, const Onnx__GraphProto *graph, guint index)
{
  for (gsize i = 0; i < graph->n_node; i++)
    note_uses (last, graph->node[i], index);
  for (gsize i = 0; i < graph->n_output; i++)
    g_hash_table_replace (last, graph->output[i]->name, GUINT_TO_POINTER (index + 1));
}

/* Drops what no later node needs, so that it is not kept when values must become known. */
static void
drop_dead (OnnxScope *scope, GHashTable *last, const Onnx__NodeProto *node, guint index)
{
  for (gsize i = 0; i < node->n_input; i++)
    if (GPOINTER_TO_UINT (g_hash_table_lookup (last, node->input[i])) == index + 1)
      g_hash_table_remove (scope->values, node->input[i]);
  for (gsize i = 0; i < node->n_output; i++)
    if (!g_hash_table_contains (last, node->output[i]))
      g_hash_table_remove (scope->values, node->output[i]);
}

/* --- nodes ------------------------------------------------------------------------------------ */

static const char *
domain_of (const Onnx__NodeProto *node)
{
  const char *domain = node->domain ? node->domain : "";
  return g_str_equal (domain, "ai.onnx") ? "" : domain;
}

static int
version_of (const OnnxScope *scope, const char *domain)
{
  for (gsize i = 0; scope->versions && i < scope->versions->n_opsets; i++) {
    const Onnx__OperatorSetIdProto *opset = scope->versions->opsets[i];
    const char *name = opset->domain ? opset->domain : "";
    if (g_str_equal (g_str_equal (name, "ai.onnx") ? "" : name, domain))
      return (int)CLAMP (opset->version, 1, 1000);
  }
  return 1;
}

static const Onnx__FunctionProto *
find_function (const Onnx__ModelProto *model, const Onnx__NodeProto *node)
{
  for (gsize i = 0; i < model->n_functions; i++)
    if (g_strcmp0 (model->functions[i]->name, node->op_type) == 0 &&
        g_strcmp0 (model->functions[i]->domain ? model->functions[i]->domain : "",
                   node->domain ? node->domain : "") == 0)
      return model->functions[i];
  return NULL;
}

/* Names the node: "conv1: Conv of version 11: …". */
static void
explain (const OnnxCall *call, GError **error)
{
  const Onnx__NodeProto *node = call->node;
  if (telar_error_get_node (call->error))
    g_propagate_error (error, g_error_copy (call->error));
  else
    telar_set_error (error, (TelarErrorCode)call->error->code, onnx_node_label (node),
                     "%s of version %d: %s", node->op_type, call->version, call->error->message);
}

static gboolean
read_inputs (OnnxCall *call)
{
  for (guint i = 0; i < call->n_inputs; i++) {
    const char *name = call->node->input[i];
    if (!*name)
      continue;
    TelarOnnxValue *value = onnx_scope_find (call->scope, name);
    if (!value)
      onnx_call_fail (call, "its input %s is computed nowhere before it", name);
    else
      call->inputs[i] = telar_onnx_value_ref (value);
  }
  return !call->error;
}

static gboolean trace_nodes (OnnxTrace *trace, Onnx__NodeProto **nodes, gsize n, OnnxScope *scope,
                             GHashTable *last, GError **error);

static void
run_function (OnnxCall *call, const Onnx__FunctionProto *function)
{
  OnnxScope scope;
  OnnxModelInfo versions = { function->opset_import, function->n_opset_import };
  g_autoptr (GHashTable) last = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < function->n_node; i++)
    note_uses (last, function->node[i], (guint)i);
  for (gsize i = 0; i < function->n_output; i++)
    g_hash_table_replace (last, function->output[i], GUINT_TO_POINTER (G_MAXUINT));

  onnx_scope_init (&scope, NULL);
  scope.versions = &versions;
  scope.function = call->node;
  scope.function_scope = call->scope;
  for (guint i = 0; i < call->n_inputs && i < function->n_input; i++)
    if (call->inputs[i])
      onnx_scope_put (&scope, function->input[i], telar_onnx_value_ref (call->inputs[i]));
  if (trace_nodes (call->trace, function->node, function->n_node, &scope, last, &call->error))
    for (guint i = 0; i < call->n_outputs && i < function->n_output; i++) {
      TelarOnnxValue *value = onnx_scope_find (&scope, function->output[i]);
      if (value)
        onnx_call_give (call, i, telar_onnx_value_ref (value));
    }
  onnx_scope_clear (&scope);
}

static void
run_node (OnnxCall *call)
{
  const char *domain = domain_of (call->node);
  const Onnx__FunctionProto *function = find_function (call->trace->model, call->node);
  call->version = version_of (call->scope, domain);
  if (!read_inputs (call))
    return;
  if (function) {
    run_function (call, function);
    return;
  }
  const OnnxOperator *op = onnx_operator_find (domain, call->node->op_type, call->version);
  if (call->trace->canvas)
    onnx_canvas_call (call, op);
  else if (op)
    onnx_call_run (call, op);
  else
    onnx_call_fail (call, "Telar does not have this operator");
}

static gboolean
trace_node (OnnxTrace *trace, const Onnx__NodeProto *node, OnnxScope *scope, GError **error)
{
  OnnxCall call = { .node = node,
                    .b = trace->b,
                    .n_inputs = (guint)node->n_input,
                    .n_outputs = (guint)node->n_output,
                    .trace = trace,
                    .scope = scope };
  call.inputs = g_new0 (TelarOnnxValue *, node->n_input + 1);
  call.outputs = g_new0 (TelarOnnxValue *, node->n_output + 1);
  telar_builder_set_origin (trace->b, node->name && *node->name ? node->name : NULL);
  run_node (&call);
  if (call.error)
    explain (&call, error);
  gboolean good = !call.error;
  g_clear_error (&call.error);
  for (guint i = 0; i < call.n_inputs; i++)
    telar_onnx_value_unref (call.inputs[i]);
  for (guint i = 0; i < call.n_outputs; i++)
    if (good && call.outputs[i])
      onnx_scope_put (scope, node->output[i], call.outputs[i]);
    else
      telar_onnx_value_unref (call.outputs[i]);
  g_free (call.inputs);
  g_free (call.outputs);
  return good;
}

static gboolean
trace_nodes (OnnxTrace *trace, Onnx__NodeProto **nodes, gsize n, OnnxScope *scope, GHashTable *last,
             GError **error)
{
  gboolean good = TRUE;
  if (trace->depth >= MOST_DEPTH) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "graphs and functions nest more than %d deep", MOST_DEPTH);
    return FALSE;
  }
  trace->depth++;
  for (gsize i = 0; i < n && good; i++) {
    gboolean tells = trace->canvas && trace->depth == 1;
    good = (!tells || onnx_canvas_goes_on (trace->canvas, i, n, error)) &&
           trace_node (trace, nodes[i], scope, error);
    if (good)
      drop_dead (scope, last, nodes[i], (guint)i);
  }
  trace->depth--;
  return good;
}

/* --- graphs ----------------------------------------------------------------------------------- */

static gboolean
read_initializers (OnnxTrace *trace, const Onnx__GraphProto *graph, OnnxScope *scope,
                   GError **error)
{
  for (gsize i = 0; i < graph->n_initializer; i++) {
    Onnx__TensorProto *proto = graph->initializer[i];
    if (g_hash_table_contains (scope->values, proto->name))
      continue; /* an input of the same name has been given */
    TelarOnnxValue *value = onnx_trace_constant (trace, proto, error);
    if (!value)
      return FALSE;
    onnx_scope_put (scope, proto->name, value);
  }
  for (gsize i = 0; i < graph->n_sparse_initializer; i++) {
    const Onnx__SparseTensorProto *proto = graph->sparse_initializer[i];
    const char *name = proto->values ? proto->values->name : "";
    TelarOnnxValue *value = onnx_sparse_tensor_read (proto, trace->folder, name, error);
    if (!value)
      return FALSE;
    onnx_scope_put (scope, name, value);
  }
  return TRUE;
}

gboolean
onnx_trace_graph (OnnxTrace *trace, const Onnx__GraphProto *graph, OnnxScope *scope,
                  TelarOnnxValue **outputs, GError **error)
{
  g_autoptr (GHashTable) last = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < graph->n_node; i++)
    note_uses (last, graph->node[i], (guint)i);
  for (gsize i = 0; i < graph->n_output; i++)
    g_hash_table_replace (last, graph->output[i]->name, GUINT_TO_POINTER (G_MAXUINT));
  if (!read_initializers (trace, graph, scope, error) ||
      !trace_nodes (trace, graph->node, graph->n_node, scope, last, error))
    return FALSE;
  for (gsize i = 0; i < graph->n_output; i++) {
    TelarOnnxValue *value = onnx_scope_find (scope, graph->output[i]->name);
    if (!value) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the output %s is computed nowhere",
                       graph->output[i]->name);
      for (gsize k = 0; k < i; k++)
        g_clear_pointer (&outputs[k], telar_onnx_value_unref);
      return FALSE;
    }
    outputs[i] = telar_onnx_value_ref (value);
  }
  return TRUE;
}

gboolean
onnx_call_graph (OnnxCall *call, const Onnx__GraphProto *graph, TelarOnnxValue *const *inputs,
                 guint n_inputs, TelarOnnxValue **outputs)
{
  OnnxScope scope;
  if (onnx_call_failed (call))
    return FALSE;
  if (graph->n_input > n_inputs) {
    onnx_call_fail (call, "its graph wants %zu inputs and gets %u", graph->n_input, n_inputs);
    return FALSE;
  }
  onnx_scope_init (&scope, call->scope);
  for (gsize i = 0; i < graph->n_input; i++)
    onnx_scope_put (&scope, graph->input[i]->name, telar_onnx_value_ref (inputs[i]));
  gboolean good = onnx_trace_graph (call->trace, graph, &scope, outputs, &call->error);
  call->b = call->trace->b;
  onnx_scope_clear (&scope);
  return good;
}
