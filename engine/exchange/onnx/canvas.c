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

static TelarOnnxValue *
add_wire (OnnxCanvas *canvas, TelarNode *node, guint port, const TelarType *type)
{
  OnnxWire wire = { node, port };
  g_array_append_val (canvas->wires, wire);
  return telar_onnx_value_traced (canvas->wires->len - 1, type, canvas->drawn);
}

static const OnnxWire *
wire_of (const OnnxCanvas *canvas, const TelarOnnxValue *value)
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
  const OnnxWire *wire = wire_of (canvas, call->inputs[input]);
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
  return type ? add_wire (call->trace->canvas, node, port, type) : NULL;
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
  return wire_of (canvas, call->inputs[input])->node;
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
    wire = *wire_of (canvas, value);
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

/* --- calls ------------------------------------------------------------------------------------ */

static const OnnxDrawing *
find_drawing (const char *name)
{
  static const OnnxDrawing *const tables[] = {
    onnx_drawings_attention, onnx_drawings_recurrent, onnx_drawings_norms,
    onnx_drawings_layers,    onnx_drawings_products,  onnx_drawings_shapes,
    onnx_drawings_parts,     onnx_drawings_pictures,  onnx_drawings_reduce,
    onnx_drawings_math,      onnx_drawings_losses,    onnx_drawings_activations,
    onnx_drawings_quantize,  onnx_drawings_places,    onnx_drawings_random,
  };
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const OnnxDrawing *drawing = tables[i]; drawing->name; drawing++)
      if (g_str_equal (drawing->name, name))
        return drawing;
  return NULL;
}

/* Whether something in it could not be drawn. */
static gboolean
is_poison (const OnnxCall *call, const TelarOnnxValue *value)
{
  if (value && value->kind == TELAR_ONNX_OPTIONAL)
    return is_poison (call, value->inner);
  for (guint i = 0; value && value->kind == TELAR_ONNX_SEQUENCE && i < value->items->len; i++)
    if (is_poison (call, value->items->pdata[i]))
      return TRUE;
  return onnx_trace_is_drawn (call->trace, value) && !wire_of (call->trace->canvas, value)->node;
}

static gboolean
has_poison (const OnnxCall *call)
{
  for (guint i = 0; i < call->n_inputs; i++)
    if (is_poison (call, call->inputs[i]))
      return TRUE;
  return FALSE;
}

static void
give_poison (OnnxCall *call)
{
  const TelarType scalar = { .dtype = TELAR_F32 };
  for (guint i = 0; i < call->n_outputs; i++) {
    telar_onnx_value_unref (call->outputs[i]);
    call->outputs[i] = add_wire (call->trace->canvas, NULL, 0, &scalar);
  }
}

gboolean
onnx_canvas_goes_on (const OnnxCanvas *canvas, gsize done, gsize n, GError **error)
{
  const TelarImportOptions *options = canvas->options;
  if (!options || !options->progress ||
      options->progress ((double)done / (double)n, options->progress_data))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INTERRUPTED, NULL, "the import was stopped");
  return FALSE;
}

static void
refuse (OnnxCall *call)
{
  OnnxCanvas *canvas = call->trace->canvas;
  const Onnx__NodeProto *node = call->node;
  TelarImportRefusal *refusal = g_new (TelarImportRefusal, 1);
  *refusal = (TelarImportRefusal){ g_strdup (onnx_node_label (node)), g_strdup (node->op_type),
                                   call->version, g_strdup (call->error->message) };
  g_ptr_array_add (canvas->refused, refusal);
  g_clear_error (&call->error);
  give_poison (call);
}

/* Operators that only move and count, so that the batch among their numbers stays what it is; and
 * products and quotients, for a shape's negative sizes are multiples of the batch. */
static gboolean
keeps_batch (const OnnxCall *call)
{
  static const char *const names[] = { "Gather",  "Slice",   "Concat", "Unsqueeze",
                                       "Squeeze", "Reshape", "Cast",   "Identity",
                                       "Mul",     "Div",     NULL };
  return g_strv_contains (names, call->node->op_type);
}

/* Known numbers for each sample of the batch. */
static gboolean
is_repeating (const OnnxCall *call)
{
  return g_str_equal (call->node->op_type, "Expand") && call->inputs[0]->tensor &&
         !g_hash_table_contains (call->trace->canvas->symbolic, call->inputs[0]);
}

static void
repeat (OnnxCall *call)
{
  gint64 sizes[TELAR_MAX_RANK];
  gboolean symbolic, fits;
  guint n;
  if (!onnx_draw_ints (call, 1, sizes, TELAR_MAX_RANK, &n, &symbolic))
    return;
  fits = n > 0 && sizes[0] < 0 && n >= call->inputs[0]->type.shape.rank;
  for (guint i = 1; i < n; i++)
    fits = fits && sizes[i] > 0;
  if (fits)
    onnx_draw_repeated (call, sizes, n);
  else
    onnx_call_fail (call, "it computes with the size of the batch");
}

/* Everything is known: computed now, by what runs the operator. */
static void
fold (OnnxCall *call, const OnnxOperator *op)
{
  OnnxCanvas *canvas = call->trace->canvas;
  gboolean symbolic = FALSE;
  for (guint i = 0; i < call->n_inputs; i++)
    symbolic |= call->inputs[i] && g_hash_table_contains (canvas->symbolic, call->inputs[i]);
  if (symbolic && is_repeating (call)) {
    repeat (call);
    return;
  }
  if (symbolic && !keeps_batch (call)) {
    onnx_call_fail (call, "it computes with the size of the batch");
    return;
  }
  if (!onnx_call_run (call, op) || !onnx_trace_settle (call->trace, &call->error))
    return;
  for (guint i = 0; i < call->n_outputs && symbolic; i++)
    if (call->outputs[i])
      g_hash_table_add (canvas->symbolic, telar_onnx_value_ref (call->outputs[i]));
}

/* The sizes of what is drawn are known, but for the batch. */
static void
draw_shape (OnnxCall *call)
{
  const TelarShape *shape = &call->inputs[0]->type.shape;
  gint64 rank = shape->rank, start = onnx_call_attr_int (call, "start", 0);
  gint64 end = onnx_call_attr_int (call, "end", rank);
  start = CLAMP (start < 0 ? start + rank : start, 0, rank);
  end = CLAMP (end < 0 ? end + rank : end, start, rank);
  TelarShape of = telar_shape (end - start);
  g_autoptr (TelarTensor) sizes = telar_tensor_new (TELAR_I64, &of);
  memcpy (sizes->data, shape->dims + start, (gsize)(end - start) * sizeof (gint64));
  TelarOnnxValue *value = telar_onnx_value_tensor (sizes, TRUE);
  for (gint64 i = start; i < end; i++)
    if (shape->dims[i] < 0)
      g_hash_table_add (onnx_draw_canvas (call)->symbolic, telar_onnx_value_ref (value));
  onnx_call_give (call, 0, value);
}

/* What an operator around this one (a loop that is unrolled) computes is no wire: it becomes known.
 */
static void
settle_inputs (OnnxCall *call)
{
  for (guint i = 0; i < call->n_inputs && !call->error; i++)
    if (call->inputs[i] && !onnx_draw_is_drawn (call, i) &&
        !telar_onnx_value_is_known (call->inputs[i]))
      onnx_trace_settle (call->trace, &call->error);
  call->b = call->trace->b;
}

/* Operators that handle values as they are, or graphs of their own, which are drawn in their place,
 * turn after turn. */
static gboolean
handles_values (const OnnxCall *call)
{
  static const char *const names[] = { "If",
                                       "Loop",
                                       "Scan",
                                       "ConcatFromSequence",
                                       "Optional",
                                       "OptionalGetElement",
                                       "OptionalHasElement",
                                       "SequenceAt",
                                       "SequenceConstruct",
                                       "SequenceErase",
                                       "SequenceInsert",
                                       "SequenceLength",
                                       "SequenceMap",
                                       "SplitToSequence",
                                       NULL };
  return g_strv_contains (names, call->node->op_type);
}

/* Which branch is taken, and how often a loop turns, is not left to a run. */
static void
check_conditions (OnnxCall *call)
{
  guint n = g_str_equal (call->node->op_type, "If")     ? 1
            : g_str_equal (call->node->op_type, "Loop") ? 2
                                                        : 0;
  for (guint i = 0; i < n; i++)
    if (onnx_draw_is_drawn (call, i))
      onnx_call_numbers (call, i);
}

/* Numbers that are drawn at random anew in each step are no constant. */
static gboolean
is_random (const OnnxCall *call)
{
  return g_str_has_prefix (call->node->op_type, "Random");
}

/* What a user can do about operators that no drawing says. */
static const char *
find_advice (const OnnxCall *call)
{
  static const char *const advices[][2] = {
    { "NonMaxSuppression", "how many boxes stay only a run tells: put the palette's Non-maximum "
                           "suppression, which gives a fixed number, behind boxes and scores" },
    { "NonZero", "how many places it finds only a run tells: the palette's Places of numbers "
                 "gives a fixed number" },
    { "Unique", "how many numbers it finds only a run tells: the palette's Unique numbers gives "
                "a fixed number" },
    { "Adam", "it trains within the model: on the canvas the settings of the training do" },
    { "Adagrad", "it trains within the model: on the canvas the settings of the training do" },
    { "Momentum", "it trains within the model: on the canvas the settings of the training do" },
    { "Gradient", "it trains within the model: on the canvas the settings of the training do" },
    { "ZipMap", "it gives a list of tables, which no wire carries: its input has the scores" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (advices); i++)
    if (g_str_equal (advices[i][0], call->node->op_type))
      return advices[i][1];
  return NULL;
}

static void
drop_outputs (OnnxCall *call)
{
  for (guint i = 0; i < call->n_outputs; i++)
    g_clear_pointer (&call->outputs[i], telar_onnx_value_unref);
}

/* By the palette's operators, or else by primitives; where neither can, why the first cannot. What
 * is left of a drawing that failed is read by nothing and goes in the end. */
static void
draw (OnnxCall *call, const OnnxDrawing *drawing, const OnnxOperator *op)
{
  const char *advice = find_advice (call);
  if (advice)
    onnx_call_fail (call, "%s", advice);
  else if (drawing && call->n_outputs > 0 && (onnx_call_has (call, 0) || is_random (call)))
    drawing->draw (call, drawing->op);
  else
    onnx_call_fail (call, "the canvas has no operator for it");
  if (!call->error || advice)
    return;
  g_autoptr (GError) why = g_steal_pointer (&call->error);
  drop_outputs (call);
  onnx_draw_primitives (call, op);
  if (!call->error)
    return;
  drop_outputs (call);
  if (drawing) {
    g_clear_error (&call->error);
    call->error = g_steal_pointer (&why);
  } else {
    g_prefix_error (&call->error, "%s, and ", why->message);
  }
}

void
onnx_canvas_call (OnnxCall *call, const OnnxOperator *op)
{
  const OnnxDrawing *drawing = find_drawing (call->node->op_type);
  settle_inputs (call);
  if (op && has_poison (call)) {
    give_poison (call);
    return;
  }
  check_conditions (call);
  if (!op)
    onnx_call_fail (call, "Telar does not have this operator");
  else if (!call->error && drawing && is_random (call))
    draw (call, drawing, op);
  else if (!call->error && (onnx_call_all_known (call) || handles_values (call)))
    fold (call, op);
  else if (!call->error && g_str_equal (call->node->op_type, "Shape") &&
           onnx_draw_is_drawn (call, 0))
    draw_shape (call);
  else if (!call->error)
    draw (call, drawing, op);
  if (call->error)
    refuse (call);
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
  return add_wire (canvas, node, 0, type);
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
    wire = *wire_of (canvas, value);
  else
    wire.node = onnx_canvas_known (canvas, name, value->tensor, error);
  return wire.node &&
         telar_graph_connect (canvas->graph, wire.node->id, wire.port, node->id, 0, 0, error);
}
