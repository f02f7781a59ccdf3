/* What becomes of a node of the file: it is computed, drawn or refused. */
#include "engine/exchange/onnx/canvas.h"

#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

#include <string.h>

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
gboolean
onnx_draw_is_poison (const OnnxCall *call, const TelarOnnxValue *value)
{
  if (value && value->kind == TELAR_ONNX_OPTIONAL)
    return onnx_draw_is_poison (call, value->inner);
  for (guint i = 0; value && value->kind == TELAR_ONNX_SEQUENCE && i < value->items->len; i++)
    if (onnx_draw_is_poison (call, value->items->pdata[i]))
      return TRUE;
  return onnx_trace_is_drawn (call->trace, value) &&
         !onnx_canvas_wire (call->trace->canvas, value)->node;
}

static gboolean
has_poison (const OnnxCall *call)
{
  for (guint i = 0; i < call->n_inputs; i++)
    if (onnx_draw_is_poison (call, call->inputs[i]))
      return TRUE;
  return FALSE;
}

static void
give_poison (OnnxCall *call)
{
  const TelarType scalar = { .dtype = TELAR_F32 };
  for (guint i = 0; i < call->n_outputs; i++) {
    telar_onnx_value_unref (call->outputs[i]);
    call->outputs[i] = onnx_canvas_add_wire (call->trace->canvas, NULL, 0, &scalar);
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

/* How often a loop turns at most is not left to a run. */
static void
check_turns (OnnxCall *call)
{
  if (g_str_equal (call->node->op_type, "Loop") && onnx_draw_is_drawn (call, 0))
    onnx_call_numbers (call, 0);
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
  check_turns (call);
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
