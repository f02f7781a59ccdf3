/* LSTM and GRU as primitives: a kernel takes the states through all steps. */
#include "engine/operators/recurrent.h"

static gboolean
is_function (const TelarGateFunction *function, const char *name)
{
  return g_str_equal (function->name, name);
}

gboolean
telar_recurrence_is_common (TelarBuilder *b, const TelarRecurrence *r)
{
  const TelarGateFunction *f = r->functions;

  if (r->cell == TELAR_CELL_RNN || r->clip > 0 || r->coupled || r->peephole != TELAR_NO_VALUE ||
      r->lengths != TELAR_NO_VALUE || telar_builder_type (b, r->recurrent)->shape.rank != 2)
    return FALSE;
  if (r->kernel == TELAR_NO_VALUE && r->order != TELAR_GATES_PYTORCH)
    return FALSE;
  if (!is_function (&f[0], "sigmoid") || !is_function (&f[1], "tanh"))
    return FALSE;
  return r->cell == TELAR_CELL_LSTM ? is_function (&f[2], "tanh") : r->linear_before_reset;
}

/* The gates' rows of @x in PyTorch's order. */
static TelarValue
reorder (TelarBuilder *b, const TelarRecurrence *r, TelarValue x)
{
  guint gates = telar_cell_gates (r->cell);
  TelarValue blocks[4];

  if (x == TELAR_NO_VALUE)
    return x;
  gint64 units = telar_builder_type (b, x)->shape.dims[0] / gates;
  for (guint gate = 0; gate < gates; gate++) {
    gint64 first = telar_gate_position (r, gate) * units;
    blocks[gate] = telar_build_slice (b, x, 0, first, first + units);
  }
  return telar_build_concat (b, blocks, gates, 0);
}

void
telar_recurrence_reorder (TelarBuilder *b, TelarRecurrence *r)
{
  if (r->order == TELAR_GATES_PYTORCH)
    return;
  r->kernel = reorder (b, r, r->kernel);
  r->recurrent = reorder (b, r, r->recurrent);
  r->bias = reorder (b, r, r->bias);
  r->recurrent_bias = reorder (b, r, r->recurrent_bias);
  r->order = TELAR_GATES_PYTORCH;
}

static TelarValue
or_zeros (TelarBuilder *b, TelarValue x, const TelarType *type)
{
  return x == TELAR_NO_VALUE ? telar_build_fill (b, type, 0) : x;
}

/* The states of the step that is done last. */
static TelarValue
last_of (TelarBuilder *b, const TelarRecurrence *r, TelarValue all)
{
  TelarShape shape = telar_builder_type (b, all)->shape;
  gint64 t = r->reverse ? 0 : shape.dims[1] - 1;

  shape = telar_shape_without (&shape, 1);
  return telar_build_reshape (b, telar_build_slice (b, all, 1, t, t + 1), &shape);
}

TelarRecurrenceResult
telar_emit_common_cell (TelarBuilder *b, const TelarRecurrence *r, TelarValue projected)
{
  TelarRecurrenceResult result = { TELAR_NO_VALUE, TELAR_NO_VALUE, TELAR_NO_VALUE };
  gboolean lstm = r->cell == TELAR_CELL_LSTM;
  TelarType x = *telar_builder_type (b, projected);
  gint64 units = telar_builder_type (b, r->recurrent)->shape.dims[1];
  TelarType state = { x.dtype, telar_shape (x.shape.dims[0], units) };
  TelarType bias = { x.dtype, telar_shape (x.shape.dims[2]) };
  TelarValue hidden = or_zeros (b, r->hidden, &state);
  TelarValue inputs[] = { projected, r->recurrent,
                          lstm ? hidden : or_zeros (b, r->recurrent_bias, &bias),
                          lstm ? or_zeros (b, r->memory, &state) : hidden };
  TelarAttr attrs[] = { TELAR_INT (REVERSE, r->reverse) };
  TelarValue first = telar_build (b, lstm ? TELAR_PRIM_LSTM : TELAR_PRIM_GRU, inputs,
                                  G_N_ELEMENTS (inputs), attrs, G_N_ELEMENTS (attrs));

  if (first == TELAR_NO_VALUE)
    return result;
  result.sequence = lstm ? first + 1 : first + 2;
  result.hidden = last_of (b, r, result.sequence);
  if (lstm)
    result.memory = last_of (b, r, first + 2);
  return result;
}
