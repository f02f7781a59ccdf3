/* Control flow: If, Loop and Scan. A branch or body is traced into the program under construction,
 * which is as long as all turns of a loop together; how often it turns must be known. */
#include "engine/exchange/onnx/canvas.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

#include <string.h>

/* A file may ask for no more turns, all loops of a run together. */
#define MOST_TURNS (1 << 16)
/* And of a loop whose turns are drawn, one beside the other. */
#define MOST_DRAWN 64
/* From so many instructions on the program is run and begun anew. */
#define MOST_INSTRS 20000

static const Onnx__GraphProto *
graph_attr (OnnxCall *call, const char *name)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, name);
  if (attr && attr->g)
    return attr->g;
  onnx_call_fail (call, "it has no graph %s", name);
  return NULL;
}

/* The truth value of @value, which is run for when it is not known. */
static gboolean
is_true (OnnxCall *call, TelarOnnxValue *value)
{
  if (value->kind != TELAR_ONNX_TENSOR) {
    onnx_call_fail (call, "its condition is a %s", telar_onnx_kind_name (value->kind));
    return FALSE;
  }
  const TelarTensor *tensor = onnx_call_settle (call, value);
  return tensor && telar_tensor_elements (tensor) > 0 && telar_tensor_get (tensor, 0) != 0;
}

/* Before each turn. */
static gboolean
begin_turn (OnnxCall *call)
{
  if (call->trace->turns++ >= MOST_TURNS) {
    onnx_call_fail (call, "the loops turn more than %d times", MOST_TURNS);
    return FALSE;
  }
  if (call->trace->canvas && call->trace->turns > MOST_DRAWN) {
    onnx_call_fail (call, "its loops turn more than %d times, too often to draw each turn",
                    MOST_DRAWN);
    return FALSE;
  }
  if (telar_program_n_instrs (telar_builder_program (call->b)) < MOST_INSTRS)
    return TRUE;
  gboolean good = onnx_trace_settle (call->trace, &call->error);
  call->b = call->trace->b;
  return good;
}

static void
drop (TelarOnnxValue **values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_clear_pointer (&values[i], telar_onnx_value_unref);
}

/* What failed because only a run knows the condition can be drawn once its numbers are given. */
static void
ask_for_condition (OnnxCall *call, guint input)
{
  if (!call->error || !onnx_draw_is_drawn (call, input))
    return;
  g_autoptr (GError) why = g_steal_pointer (&call->error);
  onnx_call_numbers (call, input);
  g_prefix_error (&call->error, "%s: ", why->message);
}

/* --- If --------------------------------------------------------------------------------------- */

/* Both branches stand on the canvas where only a run knows the condition. */
static void
draw_both (OnnxCall *call)
{
  const Onnx__GraphProto *then = graph_attr (call, "then_branch");
  const Onnx__GraphProto *other = then ? graph_attr (call, "else_branch") : NULL;
  if (!other)
    return;
  if (then->n_output != other->n_output) {
    onnx_call_fail (call, "its branches give different numbers of results");
    return;
  }
  g_autofree TelarOnnxValue **yes = g_new0 (TelarOnnxValue *, then->n_output + 1);
  g_autofree TelarOnnxValue **no = g_new0 (TelarOnnxValue *, then->n_output + 1);
  gboolean good =
      onnx_call_graph (call, then, NULL, 0, yes) && onnx_call_graph (call, other, NULL, 0, no);
  for (guint i = 0; good && i < then->n_output; i++) {
    TelarOnnxValue *chosen = onnx_draw_chosen (call, call->inputs[0], yes[i], no[i]);
    good = chosen != NULL;
    if (good)
      onnx_call_give (call, i, chosen);
  }
  drop (yes, then->n_output);
  drop (no, then->n_output);
}

static void
trace_if (OnnxCall *call)
{
  if (!onnx_call_has (call, 0)) {
    onnx_call_fail (call, "its condition is missing");
    return;
  }
  if (onnx_trace_is_drawn (call->trace, call->inputs[0])) {
    draw_both (call);
    ask_for_condition (call, 0);
    return;
  }
  gboolean yes = is_true (call, call->inputs[0]);
  const Onnx__GraphProto *branch =
      onnx_call_failed (call) ? NULL : graph_attr (call, yes ? "then_branch" : "else_branch");
  if (!branch)
    return;
  g_autofree TelarOnnxValue **outputs = g_new0 (TelarOnnxValue *, branch->n_output + 1);
  if (onnx_call_graph (call, branch, NULL, 0, outputs))
    for (guint i = 0; i < branch->n_output; i++)
      onnx_call_give (call, i, g_steal_pointer (&outputs[i]));
  drop (outputs, branch->n_output);
}

/* --- Loop ------------------------------------------------------------------------------------- */

typedef struct {
  const Onnx__GraphProto *body;
  guint n_carried, n_scanned;
  TelarOnnxValue **inputs;  /* of the body: turn, condition, carried values */
  TelarOnnxValue **outputs; /* condition, carried values, scanned values */
  GPtrArray **scanned;      /* each scanned output of all turns */
} Loop;

static void
loop_clear (Loop *loop)
{
  drop (loop->inputs, loop->n_carried + 2);
  drop (loop->outputs, loop->body->n_output);
  for (guint i = 0; i < loop->n_scanned; i++)
    g_ptr_array_unref (loop->scanned[i]);
  g_free (loop->scanned);
  g_free (loop->inputs);
  g_free (loop->outputs);
}

static void
loop_init (Loop *loop, const Onnx__GraphProto *body, guint n_carried, guint n_scanned)
{
  *loop = (Loop){ .body = body, .n_carried = n_carried, .n_scanned = n_scanned };
  loop->inputs = g_new0 (TelarOnnxValue *, n_carried + 3);
  loop->outputs = g_new0 (TelarOnnxValue *, body->n_output + 1);
  loop->scanned = g_new0 (GPtrArray *, n_scanned + 1);
  for (guint i = 0; i < n_scanned; i++)
    loop->scanned[i] = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_onnx_value_unref);
}

/* All turns' values of a scanned output, one after the other along a new axis @axis. */
static TelarOnnxValue *
stack (OnnxCall *call, GPtrArray *values, guint axis, gboolean reversed)
{
  if (onnx_draw_has_drawn (call, values))
    return onnx_draw_joined (call, values, axis, TRUE, reversed);
  g_autofree TelarValue *parts = g_new (TelarValue, values->len + 1);
  for (guint i = 0; i < values->len; i++) {
    TelarOnnxValue *value = values->pdata[reversed ? values->len - 1 - i : i];
    if (value->kind != TELAR_ONNX_TENSOR || value->type.shape.rank >= TELAR_MAX_RANK ||
        axis > value->type.shape.rank) {
      onnx_call_fail (call, "what its body gives cannot be stacked");
      return NULL;
    }
    TelarShape shape = value->type.shape;
    memmove (&shape.dims[axis + 1], &shape.dims[axis], (shape.rank - axis) * sizeof shape.dims[0]);
    shape.dims[axis] = 1;
    shape.rank++;
    parts[i] = telar_build_reshape (call->b, onnx_trace_emit (call->trace, value), &shape);
  }
  TelarValue all =
      telar_build (call->b, TELAR_PRIM_CONCAT, parts, values->len, &TELAR_INT (AXIS, axis), 1);
  return onnx_call_failed (call) ? NULL : onnx_call_wrap (call, all);
}

/* What a loop that never turns gives for a scanned output: an empty tensor of the declared type. */
static TelarOnnxValue *
stack_none (OnnxCall *call, const Onnx__ValueInfoProto *port)
{
  TelarType type = { TELAR_F32, telar_shape (0) };
  if (!onnx_declared_type (port, &type) || type.shape.rank >= TELAR_MAX_RANK) {
    type.shape = telar_shape (0);
  } else {
    memmove (&type.shape.dims[1], &type.shape.dims[0], type.shape.rank * sizeof type.shape.dims[0]);
    type.shape.dims[0] = 0;
    type.shape.rank++;
    for (guint i = 1; i < type.shape.rank; i++)
      type.shape.dims[i] = MAX (type.shape.dims[i], 0);
  }
  g_autoptr (TelarTensor) tensor = telar_tensor_try_new (type.dtype, &type.shape, &call->error);
  return tensor ? telar_onnx_value_tensor (tensor, FALSE) : NULL;
}

/* One turn: the body's results become its next inputs. */
static gboolean
turn (OnnxCall *call, Loop *loop, gint64 number)
{
  TelarOnnxValue *inputs[2];
  g_autoptr (TelarTensor) counter = telar_tensor_scalar (TELAR_I64, (double)number);
  inputs[0] = telar_onnx_value_tensor (counter, TRUE);
  g_clear_pointer (&loop->inputs[0], telar_onnx_value_unref);
  loop->inputs[0] = inputs[0];
  if (!begin_turn (call) ||
      !onnx_call_graph (call, loop->body, loop->inputs, loop->n_carried + 2, loop->outputs))
    return FALSE;
  for (guint i = 0; i <= loop->n_carried; i++) {
    telar_onnx_value_unref (loop->inputs[1 + i]);
    loop->inputs[1 + i] = g_steal_pointer (&loop->outputs[i]);
  }
  for (guint i = 0; i < loop->n_scanned; i++)
    g_ptr_array_add (loop->scanned[i], g_steal_pointer (&loop->outputs[1 + loop->n_carried + i]));
  return TRUE;
}

/* Where only a run knows whether the loop still turns: what the turn gives counts if it does. */
static gboolean
turn_perhaps (OnnxCall *call, Loop *loop, gint64 number)
{
  guint n = loop->n_carried + 1; /* the condition and what is carried */
  g_autofree TelarOnnxValue **before = g_new (TelarOnnxValue *, n);
  for (guint i = 0; i < n; i++)
    before[i] = telar_onnx_value_ref (loop->inputs[1 + i]);
  gboolean good = turn (call, loop, number);
  for (guint i = 0; good && i < n; i++) {
    TelarOnnxValue *chosen = onnx_draw_chosen (call, before[0], loop->inputs[1 + i], before[i]);
    good = chosen != NULL;
    if (good) {
      telar_onnx_value_unref (loop->inputs[1 + i]);
      loop->inputs[1 + i] = chosen;
    }
  }
  drop (before, n);
  return good;
}

/* Whether all turns that a loop may have can be drawn. */
static gboolean
can_draw_turns (OnnxCall *call, const Loop *loop, gint64 turns)
{
  if (turns > MOST_DRAWN)
    onnx_call_fail (call,
                    "how often it turns only a run knows, and it may be more than the %d times "
                    "that can be drawn",
                    MOST_DRAWN);
  for (guint i = 0; i < loop->n_scanned; i++)
    if (onnx_call_wants (call, loop->n_carried + i))
      onnx_call_fail (call, "how many turns' values it gives only a run knows");
  return !onnx_call_failed (call);
}

static void
give_loop (OnnxCall *call, Loop *loop)
{
  for (guint i = 0; i < loop->n_carried; i++)
    onnx_call_give (call, i, telar_onnx_value_ref (loop->inputs[2 + i]));
  for (guint i = 0; i < loop->n_scanned && !onnx_call_failed (call); i++) {
    guint output = loop->n_carried + i;
    if (onnx_call_wants (call, output))
      onnx_call_give (call, output,
                      loop->scanned[i]->len > 0
                          ? stack (call, loop->scanned[i], 0, FALSE)
                          : stack_none (call, loop->body->output[1 + output]));
  }
}

static TelarOnnxValue *
true_value (void)
{
  g_autoptr (TelarTensor) yes = telar_tensor_scalar (TELAR_BOOL, 1);
  return telar_onnx_value_tensor (yes, TRUE);
}

static void
run_loop (OnnxCall *call, Loop *loop, gint64 turns)
{
  for (gint64 number = 0; number < turns && !onnx_call_failed (call); number++)
    if (onnx_trace_is_drawn (call->trace, loop->inputs[1])) {
      if (!can_draw_turns (call, loop, turns) || !turn_perhaps (call, loop, number))
        break;
    } else if (!is_true (call, loop->inputs[1]) || !turn (call, loop, number)) {
      break;
    }
  if (!onnx_call_failed (call))
    give_loop (call, loop);
}

static void
trace_loop (OnnxCall *call)
{
  Loop loop;
  const Onnx__GraphProto *body = graph_attr (call, "body");
  guint n_carried = call->n_inputs > 2 ? call->n_inputs - 2 : 0;
  if (!body)
    return;
  if (body->n_output < n_carried + 1 || body->n_input != n_carried + 2) {
    onnx_call_fail (call, "its body does not fit its inputs");
    return;
  }
  gint64 turns = (gint64)onnx_call_number (call, 0, (double)G_MAXINT32);
  loop_init (&loop, body, n_carried, (guint)body->n_output - 1 - n_carried);
  loop.inputs[1] = onnx_call_has (call, 1) ? telar_onnx_value_ref (call->inputs[1]) : true_value ();
  for (guint i = 0; i < n_carried; i++)
    if (onnx_call_has (call, 2 + i))
      loop.inputs[2 + i] = telar_onnx_value_ref (call->inputs[2 + i]);
    else
      onnx_call_fail (call, "input %u is missing", 2 + i);
  if (!onnx_call_failed (call))
    run_loop (call, &loop, turns);
  ask_for_condition (call, 1);
  loop_clear (&loop);
}

/* --- Scan ------------------------------------------------------------------------------------- */

typedef struct {
  guint n_states, n_inputs, n_outputs;
  gint64 in_axes[TELAR_MAX_RANK], out_axes[TELAR_MAX_RANK];
  gint64 in_back[TELAR_MAX_RANK], out_back[TELAR_MAX_RANK]; /* directions */
  gint64 turns;
} Scan;

static gboolean
read_scan (OnnxCall *call, const Onnx__GraphProto *body, guint first, Scan *scan)
{
  guint n;
  gint64 n_inputs = onnx_call_attr_int (call, "num_scan_inputs", 0);
  *scan = (Scan){ .turns = -1 };
  if (n_inputs < 1 || n_inputs > TELAR_MAX_RANK || n_inputs + first > call->n_inputs ||
      body->n_input != call->n_inputs - first) {
    onnx_call_fail (call, "its body does not fit its inputs");
    return FALSE;
  }
  scan->n_inputs = (guint)n_inputs;
  scan->n_states = call->n_inputs - first - scan->n_inputs;
  if (body->n_output < scan->n_states || body->n_output - scan->n_states > TELAR_MAX_RANK) {
    onnx_call_fail (call, "its body gives too few or too many results");
    return FALSE;
  }
  scan->n_outputs = (guint)body->n_output - scan->n_states;
  onnx_call_attr_ints (call, "scan_input_axes", scan->in_axes, TELAR_MAX_RANK, &n);
  onnx_call_attr_ints (call, "scan_output_axes", scan->out_axes, TELAR_MAX_RANK, &n);
  onnx_call_attr_ints (call, first > 0 ? "directions" : "scan_input_directions", scan->in_back,
                       TELAR_MAX_RANK, &n);
  onnx_call_attr_ints (call, "scan_output_directions", scan->out_back, TELAR_MAX_RANK, &n);
  return !onnx_call_failed (call);
}

/* Step @number of @value along @axis, without that axis. */
static TelarOnnxValue *
step_of (OnnxCall *call, TelarOnnxValue *value, guint axis, gint64 number)
{
  gint64 start[TELAR_MAX_RANK] = { 0 }, limit[TELAR_MAX_RANK], stride[TELAR_MAX_RANK];
  TelarShape shape = value->type.shape;
  guint rank = shape.rank;
  if (onnx_trace_is_drawn (call->trace, value))
    return onnx_draw_taken (call, value, axis, number, 1, FALSE);
  for (guint i = 0; i < rank; i++) {
    limit[i] = shape.dims[i];
    stride[i] = 1;
  }
  start[axis] = number;
  limit[axis] = number + 1;
  memmove (&shape.dims[axis], &shape.dims[axis + 1], (rank - axis - 1) * sizeof shape.dims[0]);
  shape.rank--;
  TelarValue part =
      telar_emit (call->b, SLICE, ((TelarValue[]){ onnx_trace_emit (call->trace, value) }),
                  TELAR_INTS (START, start, rank), TELAR_INTS (LIMIT, limit, rank),
                  TELAR_INTS (STRIDE, stride, rank));
  part = telar_build_reshape (call->b, part, &shape);
  return onnx_call_failed (call) ? NULL : onnx_call_wrap (call, part);
}

/* How many steps the scanned inputs have. */
static gboolean
count_turns (OnnxCall *call, TelarOnnxValue *const *inputs, Scan *scan)
{
  guint axis;
  for (guint i = 0; i < scan->n_inputs; i++) {
    const TelarOnnxValue *value = inputs[scan->n_states + i];
    if (!value || value->kind != TELAR_ONNX_TENSOR) {
      onnx_call_fail (call, "what it scans must be tensors");
      return FALSE;
    }
    if (!onnx_call_axis (call, scan->in_axes[i], value->type.shape.rank, &axis))
      return FALSE;
    scan->in_axes[i] = axis;
    if (scan->turns >= 0 && scan->turns != value->type.shape.dims[axis])
      onnx_call_fail (call, "what it scans has different lengths");
    scan->turns = value->type.shape.dims[axis];
  }
  return !onnx_call_failed (call);
}

static gboolean
scan_turn (OnnxCall *call, Loop *loop, const Scan *scan, TelarOnnxValue *const *inputs,
           gint64 number)
{
  guint n = scan->n_states;
  g_autofree TelarOnnxValue **given = g_new0 (TelarOnnxValue *, n + scan->n_inputs + 1);
  gboolean good = begin_turn (call);
  for (guint i = 0; i < n; i++)
    given[i] = telar_onnx_value_ref (loop->inputs[i]);
  for (guint i = 0; good && i < scan->n_inputs; i++) {
    gint64 step = scan->in_back[i] ? scan->turns - 1 - number : number;
    given[n + i] = step_of (call, inputs[n + i], (guint)scan->in_axes[i], step);
    good = given[n + i] != NULL;
  }
  good = good && onnx_call_graph (call, loop->body, given, n + scan->n_inputs, loop->outputs);
  drop (given, n + scan->n_inputs);
  for (guint i = 0; good && i < n; i++) {
    telar_onnx_value_unref (loop->inputs[i]);
    loop->inputs[i] = g_steal_pointer (&loop->outputs[i]);
  }
  for (guint i = 0; good && i < scan->n_outputs; i++)
    g_ptr_array_add (loop->scanned[i], g_steal_pointer (&loop->outputs[n + i]));
  return good;
}

/* A whole scan over @inputs; @results receives states and stacked outputs. */
static void
run_scan (OnnxCall *call, const Onnx__GraphProto *body, Scan *scan, TelarOnnxValue *const *inputs,
          TelarOnnxValue **results)
{
  Loop loop;
  for (guint i = 0; i < scan->n_states; i++)
    if (!inputs[i])
      onnx_call_fail (call, "state %u is missing", i);
  if (onnx_call_failed (call) || !count_turns (call, inputs, scan))
    return;
  loop_init (&loop, body, scan->n_states, scan->n_outputs);
  for (guint i = 0; i < scan->n_states; i++)
    loop.inputs[i] = telar_onnx_value_ref (inputs[i]);
  for (gint64 number = 0; number < scan->turns; number++)
    if (!scan_turn (call, &loop, scan, inputs, number))
      break;
  for (guint i = 0; i < scan->n_states && !onnx_call_failed (call); i++)
    results[i] = telar_onnx_value_ref (loop.inputs[i]);
  for (guint i = 0; i < scan->n_outputs && !onnx_call_failed (call); i++)
    results[scan->n_states + i] =
        loop.scanned[i]->len > 0 ? stack (call, loop.scanned[i], (guint)MAX (scan->out_axes[i], 0),
                                          scan->out_back[i] != 0)
                                 : stack_none (call, body->output[scan->n_states + i]);
  loop_clear (&loop);
}

static void
trace_scan (OnnxCall *call)
{
  Scan scan;
  const Onnx__GraphProto *body = graph_attr (call, "body");
  if (!body || !read_scan (call, body, 0, &scan))
    return;
  g_autofree TelarOnnxValue **results = g_new0 (TelarOnnxValue *, body->n_output + 1);
  run_scan (call, body, &scan, call->inputs, results);
  for (guint i = 0; i < body->n_output; i++)
    if (results[i])
      onnx_call_give (call, i, results[i]);
}

/* Version 8: everything has a batch as its first axis, and each of its rows is scanned by itself.
 */
static void
trace_scan_8 (OnnxCall *call)
{
  Scan scan;
  const Onnx__GraphProto *body = graph_attr (call, "body");
  if (!body || !read_scan (call, body, 1, &scan))
    return;
  if (onnx_call_has (call, 0)) {
    onnx_call_fail (call, "sequences of different lengths are not scanned by Telar");
    return;
  }
  guint n = call->n_inputs - 1;
  gint64 rows =
      onnx_call_type (call, 1).shape.rank > 0 ? onnx_call_type (call, 1).shape.dims[0] : 0;
  g_autofree GPtrArray **all = g_new0 (GPtrArray *, body->n_output + 1);
  for (guint i = 0; i < body->n_output; i++)
    all[i] = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_onnx_value_unref);
  for (gint64 row = 0; row < rows && !onnx_call_failed (call); row++) {
    g_autofree TelarOnnxValue **inputs = g_new0 (TelarOnnxValue *, n + 1);
    g_autofree TelarOnnxValue **results = g_new0 (TelarOnnxValue *, body->n_output + 1);
    Scan of_row = scan;
    for (guint i = 0; i < n && !onnx_call_failed (call); i++)
      if (onnx_call_type (call, i + 1).shape.rank < 1 ||
          onnx_call_type (call, i + 1).shape.dims[0] != rows)
        onnx_call_fail (call, "the batches of its inputs differ");
      else
        inputs[i] = step_of (call, call->inputs[i + 1], 0, row);
    if (!onnx_call_failed (call))
      run_scan (call, body, &of_row, inputs, results);
    for (guint i = 0; i < body->n_output; i++)
      if (results[i])
        g_ptr_array_add (all[i], results[i]);
    drop (inputs, n);
  }
  for (guint i = 0; i < body->n_output; i++) {
    if (!onnx_call_failed (call) && all[i]->len > 0)
      onnx_call_give (call, i, stack (call, all[i], 0, FALSE));
    g_ptr_array_unref (all[i]);
  }
}

const OnnxOperator onnx_operators_control[] = {
  { "If", trace_if, .flags = ONNX_VALUES },
  { "Loop", trace_loop, .flags = ONNX_VALUES },
  { "Scan", trace_scan_8, .last = 8, .flags = ONNX_VALUES },
  { "Scan", trace_scan, .first = 9, .flags = ONNX_VALUES },
  { NULL },
};
