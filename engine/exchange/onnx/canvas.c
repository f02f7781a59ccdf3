/* The canvas that an ONNX graph is drawn on: its nodes, wires and weights. */
#include "engine/exchange/onnx/canvas.h"

#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

#include <math.h>
#include <string.h>

OnnxCanvas *
onnx_draw_canvas (const OnnxCall *call)
{
  return call->trace->canvas;
}

const TelarShape *
onnx_draw_shape (const OnnxCall *call, guint input)
{
  return &call->inputs[input]->type.shape;
}

/* --- wires ------------------------------------------------------------------------------------ */

TelarOnnxValue *
onnx_canvas_add_wire (OnnxCanvas *canvas, TelarNode *node, guint port, const TelarType *type)
{
  OnnxWire wire = { node, port };
  g_array_append_val (canvas->wires, wire);
  return telar_onnx_value_traced (canvas->wires->len - 1, type, canvas->drawn);
}

const OnnxWire *
onnx_canvas_wire (const OnnxCanvas *canvas, const TelarOnnxValue *value)
{
  return &g_array_index (canvas->wires, OnnxWire, value->traced);
}

gboolean
onnx_trace_is_drawn (const OnnxTrace *trace, const TelarOnnxValue *value)
{
  return trace->canvas && value && !value->tensor && value->traces == trace->canvas->drawn;
}

gboolean
onnx_draw_is_drawn (const OnnxCall *call, guint input)
{
  return onnx_call_has (call, input) && onnx_trace_is_drawn (call->trace, call->inputs[input]);
}

/* The one input of the model that @node is computed from, or NULL. */
static const TelarNode *
find_origin (const TelarGraph *graph, const TelarNode *node)
{
  const TelarNode *origin = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) todo = g_ptr_array_new ();
  const GPtrArray *edges = telar_graph_edges (graph);
  g_ptr_array_add (todo, node->id);
  while (todo->len > 0) {
    const char *id = g_ptr_array_steal_index_fast (todo, todo->len - 1);
    const TelarNode *at = telar_graph_find_node (graph, id);
    gboolean is_input = g_str_equal (at->op->name, TELAR_OPERATOR_INPUT);
    if (!g_hash_table_add (seen, (gpointer)id))
      continue;
    if (is_input && origin)
      return NULL;
    origin = is_input ? at : origin;
    for (guint e = 0; e < edges->len; e++) {
      const TelarEdge *edge = edges->pdata[e];
      if (g_str_equal (edge->to, id))
        g_ptr_array_add (todo, edge->from);
    }
  }
  return origin;
}

const char *
onnx_canvas_origin (const OnnxCall *call, guint input)
{
  const OnnxCanvas *canvas = call->trace->canvas;
  const OnnxWire *wire = onnx_canvas_wire (canvas, call->inputs[input]);
  const TelarNode *origin = wire->node ? find_origin (canvas->graph, wire->node) : NULL;
  const TelarType *type = origin ? telar_lower_walk_port (canvas->walk, origin, 0) : NULL;
  return type && type->shape.rank < 2 ? origin->id : call->node->input[input];
}

/* --- ids -------------------------------------------------------------------------------------- */

char *
onnx_canvas_id (const OnnxCanvas *canvas, const char *name)
{
  g_autoptr (GString) id = g_string_new (NULL);
  for (const char *at = name; *at; at++)
    if (g_ascii_isalnum (*at) || *at == '_' || *at == '-')
      g_string_append_c (id, *at);
    else if (id->len > 0 && id->str[id->len - 1] != '_')
      g_string_append_c (id, '_');
  while (id->len > 0 && id->str[id->len - 1] == '_')
    g_string_truncate (id, id->len - 1);
  if (id->len == 0 || !(g_ascii_isalpha (id->str[0]) || id->str[0] == '_'))
    g_string_prepend (id, "node_");
  gsize length = id->len;
  for (guint number = 2; telar_graph_find_node (canvas->graph, id->str); number++) {
    g_string_truncate (id, length);
    g_string_append_printf (id, "_%u", number);
  }
  return g_string_free (g_steal_pointer (&id), FALSE);
}

static char *
call_id (const OnnxCall *call)
{
  const Onnx__NodeProto *node = call->node;
  if (node->name && *node->name)
    return onnx_canvas_id (call->trace->canvas, node->name);
  g_autofree char *kind = g_ascii_strdown (node->op_type, -1);
  return onnx_canvas_id (call->trace->canvas, kind);
}

/* --- nodes ------------------------------------------------------------------------------------ */

TelarNode *
onnx_draw_node (OnnxCall *call, const char *op)
{
  if (call->error)
    return NULL;
  g_autofree char *id = call_id (call);
  return telar_graph_add_node (call->trace->canvas->graph, op, id, &call->error);
}

void
onnx_draw_set (OnnxCall *call, TelarNode *node, const char *param, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  if (!call->error)
    telar_param_set_put_text (node->params, param, text, &call->error);
}

void
onnx_draw_set_ints (OnnxCall *call, TelarNode *node, const char *param, const gint64 *items,
                    guint n)
{
  TelarParamValue value = { .kind = TELAR_PARAM_INTS, .ints.n = n };
  if (call->error)
    return;
  if (n > TELAR_PARAM_MAX_ITEMS) {
    onnx_call_fail (call, "%s has %u numbers, at most %d are possible", param, n,
                    TELAR_PARAM_MAX_ITEMS);
    return;
  }
  memcpy (value.ints.items, items, n * sizeof *items);
  telar_param_set_put (node->params, param, &value, &call->error);
}

double
onnx_shortest_real (double number)
{
  static const char *const formats[] = { "%.0e", "%.1e", "%.2e", "%.3e", "%.4e",
                                         "%.5e", "%.6e", "%.7e", "%.8e" };
  char text[32];
  float wanted = (float)number;
  if ((double)wanted != number || !isfinite (number))
    return number;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_ascii_formatd (text, sizeof text, formats[i], number);
    if ((float)g_ascii_strtod (text, NULL) == wanted)
      break;
  }
  return g_ascii_strtod (text, NULL);
}

void
onnx_draw_set_real (OnnxCall *call, TelarNode *node, const char *param, double number)
{
  TelarParamValue value = { .kind = TELAR_PARAM_REAL, .real = onnx_shortest_real (number) };
  if (!call->error)
    telar_param_set_put (node->params, param, &value, &call->error);
}

static void
connect (OnnxCall *call, const OnnxWire *wire, TelarNode *node, guint port)
{
  guint slot = node->op->inputs[port].repeated ? G_MAXUINT : 0;
  if (!call->error)
    telar_graph_connect (call->trace->canvas->graph, wire->node->id, wire->port, node->id, port,
                         slot, &call->error);
}

void
onnx_draw_join (OnnxCall *call, TelarNode *from, TelarNode *node, guint port)
{
  onnx_draw_join_from (call, from, 0, node, port);
}

void
onnx_draw_join_from (OnnxCall *call, TelarNode *from, guint from_port, TelarNode *node, guint port)
{
  OnnxWire wire = { from, from_port };
  if (!call->error && onnx_draw_step (call, from, from_port))
    connect (call, &wire, node, port);
}

const TelarType *
onnx_draw_step (OnnxCall *call, TelarNode *node, guint port)
{
  OnnxCanvas *canvas = call->trace->canvas;
  if (call->error)
    return NULL;
  const TelarType *type = telar_lower_walk_port (canvas->walk, node, port);
  if (!type && telar_lower_walk_node (canvas->walk, node, &call->error))
    type = telar_lower_walk_port (canvas->walk, node, port);
  if (!type && !call->error)
    onnx_call_fail (call, "%s does not give its output %u", node->op->name, port);
  return type;
}

TelarOnnxValue *
onnx_draw_result (OnnxCall *call, TelarNode *node, guint port)
{
  const TelarType *type = onnx_draw_step (call, node, port);
  return type ? onnx_canvas_add_wire (call->trace->canvas, node, port, type) : NULL;
}

void
onnx_draw_give (OnnxCall *call, guint output, TelarNode *node, guint port)
{
  TelarOnnxValue *value = onnx_draw_result (call, node, port);
  if (value)
    onnx_call_give (call, output, value);
}

void
onnx_draw_unary (OnnxCall *call, TelarNode *node)
{
  if (!node)
    return;
  onnx_draw_wire (call, 0, node, 0);
  onnx_draw_give (call, 0, node, 0);
}

void
onnx_draw_pass (OnnxCall *call, guint input, guint output)
{
  if (!call->error && onnx_call_has (call, input))
    onnx_call_give (call, output, telar_onnx_value_ref (call->inputs[input]));
}

gboolean
onnx_draw_is_read (const OnnxCall *call, guint output)
{
  return onnx_call_wants (call, output) &&
         (call->scope->outer || call->scope->function ||
          g_hash_table_contains (call->trace->canvas->uses, call->node->output[output]));
}

TelarNode *
onnx_draw_maker (OnnxCall *call, guint input)
{
  OnnxCanvas *canvas = call->trace->canvas;
  if (!onnx_draw_is_drawn (call, input) || call->scope->outer || call->scope->function ||
      GPOINTER_TO_UINT (g_hash_table_lookup (canvas->uses, call->node->input[input])) != 1)
    return NULL;
  return onnx_canvas_wire (canvas, call->inputs[input])->node;
}

/* --- wires to a node ----------------------------------------------------------------------------
 */

/* The node and port that @value comes from; no node when the call has failed. */
static OnnxWire
source_of (OnnxCall *call, TelarOnnxValue *value, const char *name)
{
  OnnxCanvas *canvas = call->trace->canvas;
  OnnxWire wire = { NULL, 0 };
  if (call->error)
    return wire;
  if (value->kind != TELAR_ONNX_TENSOR)
    onnx_call_fail (call, "%s is a %s, which no wire of the canvas carries", name,
                    telar_onnx_kind_name (value->kind));
  else if (onnx_trace_is_drawn (call->trace, value))
    wire = *onnx_canvas_wire (canvas, value);
  else if (g_hash_table_contains (canvas->symbolic, value))
    onnx_call_fail (call, "it computes with the size of the batch");
  else if (onnx_call_settle (call, value))
    wire.node = onnx_draw_known (call, name, value->tensor);
  /* What a loop's turn was to give where its drawing has failed. */
  if (!call->error && !wire.node)
    onnx_call_fail (call, "%s is not on the canvas", name);
  return wire;
}

void
onnx_draw_value (OnnxCall *call, TelarOnnxValue *value, const char *name, TelarNode *node,
                 guint port)
{
  OnnxWire wire = source_of (call, value, name);
  if (!call->error)
    connect (call, &wire, node, port);
}

OnnxWire
onnx_draw_source (OnnxCall *call, guint input)
{
  if (!onnx_call_has (call, input))
    onnx_call_fail (call, "its input %u is missing", input);
  return call->error ? (OnnxWire){ NULL, 0 }
                     : source_of (call, call->inputs[input], call->node->input[input]);
}

void
onnx_draw_wire (OnnxCall *call, guint input, TelarNode *node, guint port)
{
  if (call->error)
    return;
  if (onnx_call_has (call, input))
    onnx_draw_value (call, call->inputs[input], call->node->input[input], node, port);
  else if (!node->op->inputs[port].optional)
    onnx_call_fail (call, "its input %u is missing", input);
}

TelarNode *
onnx_draw_after (OnnxCall *call, const char *op, TelarNode *before)
{
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return NULL;
  if (before)
    onnx_draw_join (call, before, node, 0);
  else
    onnx_draw_wire (call, 0, node, 0);
  return node;
}

TelarNode *
onnx_draw_cast (OnnxCall *call, TelarNode *before, TelarDType dtype)
{
  const TelarType *type = onnx_draw_step (call, before, 0);
  if (!type || type->dtype == dtype)
    return before;
  TelarNode *node = onnx_draw_after (call, "cast", before);
  onnx_draw_set (call, node, "type", "%s", telar_dtype_name (dtype));
  return node;
}

TelarNode *
onnx_draw_both (OnnxCall *call, const char *op, TelarNode *a, TelarNode *b)
{
  TelarNode *node = onnx_draw_node (call, op);
  if (!node)
    return NULL;
  onnx_draw_join (call, a, node, 0);
  onnx_draw_join (call, b, node, node->op->inputs[0].repeated ? 0 : 1);
  return node;
}

/* --- the model's face ------------------------------------------------------------------------- */

TelarOnnxValue *
onnx_canvas_input (OnnxCanvas *canvas, const char *name, const TelarType *type, GError **error)
{
  const TelarShape *shape = &type->shape;
  gboolean batch = shape->rank > 0 && shape->dims[0] < 0;
  g_autofree char *id = onnx_canvas_id (canvas, name);
  TelarNode *node = telar_graph_add_node (canvas->graph, TELAR_OPERATOR_INPUT, id, error);
  TelarParamValue sizes = { .kind = TELAR_PARAM_INTS, .ints.n = shape->rank - batch };
  if (!node)
    return NULL;
  memcpy (sizes.ints.items, shape->dims + batch, sizes.ints.n * sizeof (gint64));
  if (!telar_param_set_put (node->params, "shape", &sizes, error) ||
      !telar_param_set_put_text (node->params, "type", telar_dtype_name (type->dtype), error) ||
      !telar_param_set_put_text (node->params, "batch", batch ? "true" : "false", error) ||
      !telar_lower_walk_node (canvas->walk, node, error))
    return NULL;
  return onnx_canvas_add_wire (canvas, node, 0, type);
}

gboolean
onnx_canvas_output (OnnxCanvas *canvas, const char *name, TelarOnnxValue *value, GError **error)
{
  OnnxWire wire = { NULL, 0 };
  if (value->kind != TELAR_ONNX_TENSOR || g_hash_table_contains (canvas->symbolic, value)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the result %s is %s, which no wire of the canvas carries", name,
                     value->kind == TELAR_ONNX_TENSOR ? "the size of the batch"
                                                      : telar_onnx_kind_name (value->kind));
    return FALSE;
  }
  g_autofree char *id = onnx_canvas_id (canvas, name);
  TelarNode *node = telar_graph_add_node (canvas->graph, "output", id, error);
  if (!node)
    return FALSE;
  if (value->traces == canvas->drawn)
    wire = *onnx_canvas_wire (canvas, value);
  else
    wire.node = onnx_canvas_known (canvas, name, value->tensor, error);
  return wire.node &&
         telar_graph_connect (canvas->graph, wire.node->id, wire.port, node->id, 0, 0, error);
}
