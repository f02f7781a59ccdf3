/* Reference kernels of matrix products and convolutions. */
#include "engine/devices/ref/ref.h"

static TelarPrim
activation_of (const TelarCall *call)
{
  return (TelarPrim)telar_instr_int (call->instr, TELAR_ATTR_ACTIVATION, TELAR_PRIM_NONE);
}

/* Batch axes broadcast; the last two are rows and columns. */
gboolean
ref_matmul (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  const TelarShape *shape = &out->type.shape;
  TelarShape a = call->inputs[0].type.shape, b = call->inputs[1].type.shape;
  gboolean trans_a = telar_instr_int (call->instr, TELAR_ATTR_TRANS_A, 0) != 0;
  gboolean trans_b = telar_instr_int (call->instr, TELAR_ATTR_TRANS_B, 0) != 0;
  gint64 depth = a.dims[a.rank - (trans_a ? 2 : 1)], at[TELAR_MAX_RANK];
  gint64 a_columns = a.dims[a.rank - 1], b_columns = b.dims[b.rank - 1];
  g_autofree double *x = ref_load (&call->inputs[0]), *y = ref_load (&call->inputs[1]);
  g_autofree double *bias = call->instr->n_inputs > 2 ? ref_load (&call->inputs[2]) : NULL;
  gsize n = ref_count (out);

  /* As if one matrix each: what is left for broadcasting are the batch axes. */
  gint64 a_size = a.dims[a.rank - 2] * a_columns, b_size = b.dims[b.rank - 2] * b_columns;
  TelarShape batch = *shape;
  a.rank -= 2, b.rank -= 2, batch.rank -= 2;

  for (gsize i = 0; i < n; i++) {
    double sum = 0;

    ref_unravel (shape, i, at);
    gint64 row = at[batch.rank], column = at[batch.rank + 1];
    gint64 a_base = (gint64)ref_broadcast_flat (&batch, at, &a) * a_size;
    gint64 b_base = (gint64)ref_broadcast_flat (&batch, at, &b) * b_size;
    for (gint64 k = 0; k < depth; k++)
      sum += x[a_base + (trans_a ? k * a_columns + row : row * a_columns + k)] *
             y[b_base + (trans_b ? column * b_columns + k : k * b_columns + column)];
    if (bias != NULL)
      sum += bias[ref_broadcast_flat (shape, at, &call->inputs[2].type.shape)];
    sum = ref_scalar (activation_of (call), (double[3]){ sum });
    telar_element_set (out->type.dtype, out->data, i, sum);
  }
  return TRUE;
}

/* The three tensors of a convolution: y[n,o,p] = sum over c, k of x[n,c,p·stride - pad +
 * k·dilation] w[o,c,k]. Whichever of them is the result, the products visited are the same. */
typedef struct {
  RefGrid x, y, w; /* of w: batch = output channels, channels = inputs per group, size = kernel */
  gint64 stride[3], pad[3], dilation[3], groups;
  const double *x_values, *y_values, *w_values;
  double *result;
  TelarPrim prim;
} Convolution;

static void
visit (const Convolution *c, gint64 x, gint64 w, gint64 y)
{
  if (c->prim == TELAR_PRIM_CONV)
    c->result[y] += c->x_values[x] * c->w_values[w];
  else if (c->prim == TELAR_PRIM_CONV_INPUT_GRAD)
    c->result[x] += c->y_values[y] * c->w_values[w];
  else
    c->result[w] += c->x_values[x] * c->y_values[y];
}

/* The element of x under tap @k of the output position @p; FALSE in the padding. */
static gboolean
under_tap (const Convolution *c, const gint64 p[3], const gint64 k[3], gint64 *offset)
{
  *offset = 0;
  for (guint s = 0; s < c->x.n_spatial; s++) {
    gint64 at = p[s] * c->stride[s] - c->pad[s] + k[s] * c->dilation[s];
    if (at < 0 || at >= c->x.size[s])
      return FALSE;
    *offset += at * c->x.stride[s];
  }
  return TRUE;
}

static void
visit_window (const Convolution *c, gint64 image, gint64 out, const gint64 p[3])
{
  gint64 group = out / (c->w.batch / c->groups);
  gint64 y = image * c->y.batch_stride + out * c->y.channel_stride;
  gint64 offset, k[3];

  for (guint s = 0; s < c->y.n_spatial; s++)
    y += p[s] * c->y.stride[s];
  for (k[0] = 0; k[0] < c->w.size[0]; k[0]++)
    for (k[1] = 0; k[1] < c->w.size[1]; k[1]++)
      for (k[2] = 0; k[2] < c->w.size[2]; k[2]++) {
        if (!under_tap (c, p, k, &offset))
          continue;
        for (gint64 in = 0; in < c->w.channels; in++)
          visit (c,
                 image * c->x.batch_stride + (group * c->w.channels + in) * c->x.channel_stride +
                     offset,
                 out * c->w.batch_stride + in * c->w.channel_stride + k[0] * c->w.stride[0] +
                     k[1] * c->w.stride[1] + k[2] * c->w.stride[2],
                 y);
      }
}

static void
visit_all (const Convolution *c)
{
  gint64 p[3];

  for (gint64 image = 0; image < c->y.batch; image++)
    for (gint64 out = 0; out < c->y.channels; out++)
      for (p[0] = 0; p[0] < c->y.size[0]; p[0]++)
        for (p[1] = 0; p[1] < c->y.size[1]; p[1]++)
          for (p[2] = 0; p[2] < c->y.size[2]; p[2]++)
            visit_window (c, image, out, p);
}

static void
finish_conv (const TelarCall *call, const Convolution *c)
{
  const TelarView *out = &call->outputs[0];
  g_autofree double *bias = call->instr->n_inputs > 2 ? ref_load (&call->inputs[2]) : NULL;
  gsize n = ref_count (out);

  for (gsize i = 0; call->instr->prim == TELAR_PRIM_CONV && i < n; i++) {
    gint64 channel = (gint64)i / c->y.channel_stride % c->y.channels;
    double value = c->result[i] + (bias != NULL ? bias[channel] : 0);
    c->result[i] = ref_scalar (activation_of (call), (double[3]){ value });
  }
  ref_store (out, c->result);
}

/* NULL for the result, which holds nothing yet. */
static double *
load_operand (const TelarCall *call, const TelarView *view)
{
  return view == &call->outputs[0] ? NULL : ref_load (view);
}

gboolean
ref_conv (const TelarCall *call, GError **error)
{
  const TelarInstr *instr = call->instr;
  gboolean last = telar_instr_int (instr, TELAR_ATTR_LAYOUT, 0) != 0;
  TelarPrim prim = instr->prim;
  const TelarView *x = prim == TELAR_PRIM_CONV_INPUT_GRAD ? &call->outputs[0] : &call->inputs[0];
  const TelarView *w = prim == TELAR_PRIM_CONV_WEIGHT_GRAD ? &call->outputs[0] : &call->inputs[1];
  const TelarView *y = prim == TELAR_PRIM_CONV
                           ? &call->outputs[0]
                           : &call->inputs[prim == TELAR_PRIM_CONV_INPUT_GRAD ? 0 : 1];
  g_autofree double *x_values = load_operand (call, x), *w_values = load_operand (call, w);
  g_autofree double *y_values = load_operand (call, y);
  g_autofree double *result = g_new0 (double, ref_count (&call->outputs[0]) + 1);
  Convolution c = {
    .x = ref_grid (&x->type.shape, last),
    .y = ref_grid (&y->type.shape, last),
    .w = ref_grid (&w->type.shape, FALSE),
    .groups = telar_instr_int (instr, TELAR_ATTR_GROUPS, 1),
    .x_values = x_values,
    .y_values = y_values,
    .w_values = w_values,
    .result = result,
    .prim = prim,
  };

  for (guint s = 0; s < c.x.n_spatial; s++) {
    c.stride[s] = telar_instr_item (instr, TELAR_ATTR_STRIDE, s, 1);
    c.pad[s] = telar_instr_item (instr, TELAR_ATTR_PAD, s, 0);
    c.dilation[s] = telar_instr_item (instr, TELAR_ATTR_DILATION, s, 1);
  }
  visit_all (&c);
  finish_conv (call, &c);
  return TRUE;
}
