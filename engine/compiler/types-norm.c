/* Type rules of normalisation and probability. */
#include "engine/compiler/types.h"

gboolean
telar_type_softmax (TelarTypeCall *c)
{
  guint axis;

  c->out[0] = c->in[0];
  return telar_type_want_float (c, 0) && telar_type_axis (c, &axis);
}

/* --- batch normalisation: statistics for each channel --------------------------------------- */

/* The shape of scale, bias, mean and variance. */
static gboolean
channel_shape (const TelarTypeCall *c, TelarShape *shape)
{
  const TelarShape *x = &c->in[0].shape;
  gboolean last = telar_instr_int (&c->instr, TELAR_ATTR_LAYOUT, 0) != 0;

  if (!telar_type_want_float (c, 0))
    return FALSE;
  if (x->rank < 2) {
    g_autofree char *text = telar_type_words (x);

    return telar_type_fail (c, "needs a batch and channels, not %s", text);
  }
  *shape = telar_shape (x->dims[last ? x->rank - 1 : 1]);
  if (shape->dims[0] < 0)
    return telar_type_fail (c, "the channels cannot grow with the batch");
  return TRUE;
}

gboolean
telar_type_batch_norm (TelarTypeCall *c)
{
  TelarShape s;

  c->out[0] = c->in[0];
  return channel_shape (c, &s) && telar_type_want_shape (c, 1, &s, "scale") &&
         telar_type_want_shape (c, 2, &s, "bias") && telar_type_want_shape (c, 3, &s, "mean") &&
         telar_type_want_shape (c, 4, &s, "variance");
}

gboolean
telar_type_batch_norm_train (TelarTypeCall *c)
{
  TelarShape s;

  if (!channel_shape (c, &s) || !telar_type_want_shape (c, 1, &s, "scale") ||
      !telar_type_want_shape (c, 2, &s, "bias"))
    return FALSE;
  c->n_out = 3;
  c->out[0] = c->in[0];
  c->out[1] = c->out[2] = c->in[1];
  return TRUE;
}

gboolean
telar_type_batch_norm_grad (TelarTypeCall *c)
{
  TelarShape s;

  if (!channel_shape (c, &s) || !telar_type_want_same (c, 1, 0) ||
      !telar_type_want_shape (c, 2, &s, "scale") || !telar_type_want_shape (c, 3, &s, "mean") ||
      !telar_type_want_shape (c, 4, &s, "variance"))
    return FALSE;
  c->n_out = 3;
  c->out[0] = c->in[0];
  c->out[1] = c->out[2] = c->in[2];
  return TRUE;
}

/* --- layer normalisation: statistics over the last axes ------------------------------------- */

/* The axes before AXIS, which the statistics keep, and those from it on, which they span. */
static gboolean
split_shape (const TelarTypeCall *c, TelarShape *before, TelarShape *spanned)
{
  const TelarShape *x = &c->in[0].shape;
  guint axis;

  if (!telar_type_want_float (c, 0) || !telar_type_axis (c, &axis))
    return FALSE;
  *before = telar_shape_new (x->dims, axis);
  *spanned = telar_shape_new (x->dims + axis, x->rank - axis);
  if (!telar_shape_is_concrete (spanned))
    return telar_type_fail (c, "the axes that are normalised cannot grow with the batch");
  return TRUE;
}

gboolean
telar_type_layer_norm (TelarTypeCall *c)
{
  TelarShape before, spanned;

  if (!split_shape (c, &before, &spanned) || !telar_type_want_shape (c, 1, &spanned, "scale") ||
      !telar_type_want_shape (c, 2, &spanned, "bias"))
    return FALSE;
  c->n_out = 3;
  c->out[0] = c->in[0];
  c->out[1] = c->out[2] = (TelarType){ c->in[0].dtype, before };
  return TRUE;
}

gboolean
telar_type_layer_norm_grad (TelarTypeCall *c)
{
  TelarShape before, spanned;

  if (!split_shape (c, &before, &spanned) || !telar_type_want_same (c, 1, 0) ||
      !telar_type_want_shape (c, 2, &spanned, "scale") ||
      !telar_type_want_shape (c, 3, &before, "mean") ||
      !telar_type_want_shape (c, 4, &before, "reciprocal deviation"))
    return FALSE;
  c->n_out = 3;
  c->out[0] = c->in[0];
  c->out[1] = c->out[2] = c->in[2];
  return TRUE;
}
