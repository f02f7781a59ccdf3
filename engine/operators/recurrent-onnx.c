/* RNN, LSTM and GRU as the ONNX specification has them, on top of one direction at a time. */
#include "engine/emit-sequence.h"

/* The part of direction @d of a value whose directions are on @axis, without that axis. */
static TelarValue
part_of (TelarBuilder *b, TelarValue x, guint d, guint axis)
{
  TelarShape shape;

  if (x == TELAR_NO_VALUE)
    return x;
  x = telar_build_slice (b, x, axis, d, d + 1);
  if (x == TELAR_NO_VALUE)
    return x;
  shape = telar_shape_without (&telar_builder_type (b, x)->shape, axis);
  return telar_build_reshape (b, x, &shape);
}

/* The specification's default functions: what goes into the state is tanh, gates are sigmoids. */
static void
choose_functions (const TelarOnnxRecurrence *o, guint d, TelarRecurrence *r)
{
  static const guint counts[] = {
    [TELAR_CELL_RNN] = 1, [TELAR_CELL_LSTM] = 3, [TELAR_CELL_GRU] = 2
  };
  guint n = counts[o->cell];

  for (guint i = 0; i < n; i++) {
    r->functions[i] = o->functions[d * n + i];
    if (!r->functions[i].name)
      r->functions[i].name = i == 0 && n > 1 ? "sigmoid" : "tanh";
  }
}

/* The two halves of a direction's bias, for kernel and recurrent weights. */
static void
split_bias (TelarBuilder *b, TelarValue both, TelarRecurrence *r)
{
  gint64 size = telar_builder_type (b, both)->shape.dims[0] / 2;

  if (both == TELAR_NO_VALUE)
    return;
  r->bias = telar_build_slice (b, both, 0, 0, size);
  r->recurrent_bias = telar_build_slice (b, both, 0, size, 2 * size);
}

static TelarRecurrence
direction (TelarBuilder *b, const TelarOnnxRecurrence *o, guint d)
{
  TelarRecurrence r = TELAR_RECURRENCE;
  guint axis = o->batch_first ? 1 : 0;

  r.cell = o->cell;
  r.order = TELAR_GATES_ONNX;
  r.reverse = o->directions == 2 ? d == 1 : o->reverse;
  r.linear_before_reset = o->linear_before_reset;
  r.coupled = o->coupled;
  r.clip = o->clip;
  choose_functions (o, d, &r);
  r.kernel = part_of (b, o->w, d, 0);
  r.recurrent = part_of (b, o->r, d, 0);
  r.peephole = part_of (b, o->p, d, 0);
  r.lengths = o->sequence_lens;
  r.hidden = part_of (b, o->initial_h, d, axis);
  r.memory = part_of (b, o->initial_c, d, axis);
  split_bias (b, part_of (b, o->b, d, 0), &r);
  return r;
}

/* The directions' values side by side on a new axis. */
static TelarValue
stack (TelarBuilder *b, TelarValue *values, guint n, guint axis)
{
  for (guint i = 0; i < n; i++) {
    TelarShape shape;
    if (values[i] == TELAR_NO_VALUE)
      return TELAR_NO_VALUE;
    shape = telar_shape_with (&telar_builder_type (b, values[i])->shape, axis, 1);
    values[i] = telar_build_reshape (b, values[i], &shape);
  }
  return telar_build_concat (b, values, n, axis);
}

TelarOnnxRecurrenceResult
telar_emit_onnx_recurrence (TelarBuilder *b, const TelarOnnxRecurrence *recurrence)
{
  static const gint64 swap[] = { 1, 0, 2 };
  TelarValue x = recurrence->x, y[2], h[2], c[2];
  guint n = recurrence->directions, axis = recurrence->batch_first ? 1 : 0;
  TelarOnnxRecurrenceResult result;

  if (n < 1 || n > G_N_ELEMENTS (y))
    telar_builder_fail (b, "a recurrent layer has one direction or two");
  else if (!telar_builder_error (b) && telar_builder_type (b, x)->shape.rank != 3)
    telar_builder_fail (b, "a recurrent layer reads steps, batch and features");
  if (telar_builder_error (b))
    return (TelarOnnxRecurrenceResult){ TELAR_NO_VALUE, TELAR_NO_VALUE, TELAR_NO_VALUE };
  if (!recurrence->batch_first)
    x = telar_build_transpose (b, x, swap);
  for (guint d = 0; d < n; d++) {
    TelarRecurrence r = direction (b, recurrence, d);
    TelarRecurrenceResult part = telar_emit_recurrence (b, &r, x);
    y[d] = part.sequence;
    if (!recurrence->batch_first)
      y[d] = telar_build_transpose (b, y[d], swap);
    h[d] = part.hidden;
    c[d] = part.memory;
  }
  result.y = stack (b, y, n, recurrence->batch_first ? 2 : 1);
  result.y_h = stack (b, h, n, axis);
  result.y_c = stack (b, c, n, axis);
  return result;
}
