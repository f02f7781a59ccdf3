/* Gradients of softmax and of the normalisations. */
#include "engine/compiler/gradients.h"

/* --- probability -------------------------------------------------------------------------------
 */

static TelarValue
sum_along (TelarAdjoint *a, TelarValue x)
{
  gint64 axis = telar_instr_int (a->instr, TELAR_ATTR_AXIS, 0);
  return telar_build_reduce (a->b, TELAR_PRIM_SUM, x, &axis, 1, TRUE);
}

/* y (dy - Σ y dy) */
void
telar_gradient_softmax (TelarAdjoint *a)
{
  TelarValue y = a->outputs[0], dy = a->grads[0];
  TelarValue inner = sum_along (a, adjoint_mul (a, y, dy));
  a->results[0] = adjoint_mul (a, y, adjoint_sub (a, dy, inner));
}

/* dy - exp (y) Σ dy */
void
telar_gradient_log_softmax (TelarAdjoint *a)
{
  TelarValue probability = adjoint_unary (a, TELAR_PRIM_EXP, a->outputs[0]), dy = a->grads[0];
  a->results[0] = adjoint_sub (a, dy, adjoint_mul (a, probability, sum_along (a, dy)));
}

/* --- batch normalisation -----------------------------------------------------------------------
 */

typedef struct {
  TelarShape channel; /* [1,C,1,…]: how a vector of channels broadcasts against x */
  gint64 axes[TELAR_MAX_RANK];
  guint n_axes; /* all but the channels */
} Channels;

static Channels
channels_of (const TelarAdjoint *a)
{
  TelarShape shape = adjoint_shape (a, a->inputs[0]);
  gboolean last = telar_instr_int (a->instr, TELAR_ATTR_LAYOUT, 0) != 0;
  guint axis = last ? shape.rank - 1 : 1;
  Channels channels = { .channel = { .rank = shape.rank } };
  for (guint i = 0; i < shape.rank; i++) {
    channels.channel.dims[i] = i == axis ? shape.dims[i] : 1;
    if (i != axis)
      channels.axes[channels.n_axes++] = i;
  }
  return channels;
}

static TelarValue
per_channel (TelarAdjoint *a, const Channels *channels, TelarValue vector)
{
  return telar_build_reshape (a->b, vector, &channels->channel);
}

static TelarValue
sum_channels (TelarAdjoint *a, const Channels *channels, TelarValue x)
{
  return telar_build_reduce (a->b, TELAR_PRIM_SUM, x, channels->axes, channels->n_axes, FALSE);
}

/* y = (x - mean) scale r + bias, r = (variance + ε)^(-1/2), the moments given. */
void
telar_gradient_batch_norm (TelarAdjoint *a)
{
  Channels channels = channels_of (a);
  TelarValue x = a->inputs[0], scale = a->inputs[1], dy = a->grads[0];
  double epsilon = telar_instr_real (a->instr, TELAR_ATTR_EPSILON, 0);
  TelarValue shifted = telar_build_binary_scalar (a->b, TELAR_PRIM_ADD, a->inputs[4], epsilon);
  TelarValue r = adjoint_unary (a, TELAR_PRIM_RSQRT, shifted);
  TelarValue slope = adjoint_mul (a, scale, r);
  TelarValue sum = a->wanted[2] || a->wanted[3] ? sum_channels (a, &channels, dy) : TELAR_NO_VALUE;
  if (a->wanted[0])
    a->results[0] = adjoint_mul (a, dy, per_channel (a, &channels, slope));
  if (a->wanted[2])
    a->results[2] = sum;
  if (a->wanted[3])
    a->results[3] = adjoint_unary (a, TELAR_PRIM_NEG, adjoint_mul (a, sum, slope));
  if (!a->wanted[1] && !a->wanted[4])
    return;
  TelarValue centred = adjoint_sub (a, x, per_channel (a, &channels, a->inputs[3]));
  TelarValue moment = sum_channels (a, &channels, adjoint_mul (a, dy, centred));
  if (a->wanted[1])
    a->results[1] = adjoint_mul (a, moment, r);
  if (a->wanted[4]) { /* dr / dvariance = -1/2 r³ */
    TelarValue cube = adjoint_mul (a, slope, adjoint_mul (a, r, r));
    a->results[4] = adjoint_scale (a, adjoint_mul (a, moment, cube), -0.5);
  }
}

/* What reaches x through the batch's mean and variance when these are used themselves:
 * dmean / n + dvariance 2 (x - mean) / n. */
static TelarValue
through_moments (TelarAdjoint *a, const Channels *channels)
{
  TelarValue x = a->inputs[0], result = TELAR_NO_VALUE, inputs[] = { x };
  TelarValue count =
      telar_emit (a->b, COUNT, inputs, TELAR_INTS (AXES, channels->axes, channels->n_axes));
  if (a->grads[1] != TELAR_NO_VALUE)
    result =
        per_channel (a, channels, telar_build_binary (a->b, TELAR_PRIM_DIV, a->grads[1], count));
  if (a->grads[2] != TELAR_NO_VALUE) {
    TelarValue share =
        telar_build_binary (a->b, TELAR_PRIM_DIV, adjoint_scale (a, a->grads[2], 2), count);
    TelarValue centred = adjoint_sub (a, x, per_channel (a, channels, a->outputs[1]));
    TelarValue part = adjoint_mul (a, centred, per_channel (a, channels, share));
    result = result == TELAR_NO_VALUE ? part : adjoint_add (a, part, result);
  }
  return result;
}

/* @extra may broadcast to the shape of x; @dx may be missing. */
static void
give_with_moments (TelarAdjoint *a, TelarValue dx, TelarValue extra)
{
  if (extra == TELAR_NO_VALUE) {
    a->results[0] = dx;
    return;
  }
  TelarShape shape = adjoint_shape (a, a->inputs[0]);
  a->results[0] = dx == TELAR_NO_VALUE ? telar_build_broadcast (a->b, extra, &shape)
                                       : adjoint_add (a, dx, extra);
}

static void
give_three (TelarAdjoint *a, TelarValue first)
{
  for (guint i = 1; i < 3; i++)
    if (a->wanted[i] && first != TELAR_NO_VALUE)
      a->results[i] = first + i;
}

void
telar_gradient_batch_norm_train (TelarAdjoint *a)
{
  Channels channels = channels_of (a);
  TelarValue dx = TELAR_NO_VALUE;
  if (a->grads[0] != TELAR_NO_VALUE) {
    TelarValue inputs[] = { a->inputs[0], a->grads[0], a->inputs[1], a->outputs[1], a->outputs[2] };
    TelarAttr attrs[] = { TELAR_REAL (EPSILON, telar_instr_real (a->instr, TELAR_ATTR_EPSILON, 0)),
                          TELAR_INT (LAYOUT, 1) };
    gboolean last = telar_instr_int (a->instr, TELAR_ATTR_LAYOUT, 0) != 0;
    dx = telar_build (a->b, TELAR_PRIM_BATCH_NORM_GRAD, inputs, G_N_ELEMENTS (inputs), attrs,
                      last ? 2 : 1);
    give_three (a, dx);
  }
  if (a->wanted[0])
    give_with_moments (a, dx, through_moments (a, &channels));
}

/* --- layer normalisation -----------------------------------------------------------------------
 */

/* mean and r = 1/deviation as outputs of their own: dmean / n - dr r³ (x - mean) / n. */
static TelarValue
through_row_moments (TelarAdjoint *a)
{
  TelarShape shape = adjoint_shape (a, a->inputs[0]), kept = shape;
  gint64 axes[TELAR_MAX_RANK];
  guint n_axes = 0;
  for (guint i = (guint)telar_instr_int (a->instr, TELAR_ATTR_AXIS, 0); i < shape.rank; i++) {
    axes[n_axes++] = i;
    kept.dims[i] = 1;
  }
  TelarValue x = a->inputs[0], result = TELAR_NO_VALUE, inputs[] = { x };
  TelarValue count = telar_emit (a->b, COUNT, inputs, TELAR_INTS (AXES, axes, n_axes));
  if (a->grads[1] != TELAR_NO_VALUE) {
    TelarValue share = telar_build_binary (a->b, TELAR_PRIM_DIV, a->grads[1], count);
    result = telar_build_reshape (a->b, share, &kept);
  }
  if (a->grads[2] != TELAR_NO_VALUE) {
    TelarValue r = a->outputs[2];
    TelarValue cube = adjoint_mul (a, adjoint_mul (a, r, r), r);
    TelarValue share =
        telar_build_binary (a->b, TELAR_PRIM_DIV, adjoint_mul (a, a->grads[2], cube), count);
    TelarValue mean = telar_build_reshape (a->b, a->outputs[1], &kept);
    TelarValue centred = adjoint_sub (a, mean, x);
    TelarValue part = adjoint_mul (a, centred, telar_build_reshape (a->b, share, &kept));
    result = result == TELAR_NO_VALUE ? part : adjoint_add (a, part, result);
  }
  return result;
}

void
telar_gradient_layer_norm (TelarAdjoint *a)
{
  TelarValue dx = TELAR_NO_VALUE;
  if (a->grads[0] != TELAR_NO_VALUE) {
    TelarValue inputs[] = { a->inputs[0], a->grads[0], a->inputs[1], a->outputs[1], a->outputs[2] };
    dx = telar_emit (a->b, LAYER_NORM_GRAD, inputs,
                     TELAR_INT (AXIS, telar_instr_int (a->instr, TELAR_ATTR_AXIS, 0)));
    give_three (a, dx);
  }
  if (a->wanted[0])
    give_with_moments (a, dx, through_row_moments (a));
}
