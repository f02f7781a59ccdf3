/* Type rules of recurrent layers. */
#include "engine/compiler/types.h"

typedef struct {
  TelarShape state; /* [N, H] */
  TelarShape all;   /* [N, T, H] */
  TelarShape gates; /* [N, T, G·H] */
  TelarShape weights;
} Sizes;

/* From input 0, batch × steps × @blocks · units. */
static gboolean
read_sizes (const TelarTypeCall *c, gint64 blocks, Sizes *s)
{
  const TelarShape *x = &c->in[0].shape;

  if (!telar_type_want_float (c, 0))
    return FALSE;
  if (x->rank != 3 || x->dims[1] < 1 || x->dims[2] < 1 || x->dims[2] % blocks != 0) {
    g_autofree char *words = telar_type_words (x);
    return telar_type_fail (
        c, "the first input must be batch × steps × %" G_GINT64_FORMAT " gates, not %s", blocks,
        words);
  }
  gint64 units = x->dims[2] / blocks;
  s->gates = *x;
  s->state = telar_shape (x->dims[0], units);
  s->all = telar_shape (x->dims[0], x->dims[1], units);
  s->weights = telar_shape (x->dims[2], units);
  return TRUE;
}

static void
give (TelarTypeCall *c, const TelarShape *a, const TelarShape *b, const TelarShape *d)
{
  c->n_out = 3;
  c->out[0] = (TelarType){ c->in[0].dtype, *a };
  c->out[1] = (TelarType){ c->in[0].dtype, *b };
  c->out[2] = (TelarType){ c->in[0].dtype, *d };
}

gboolean
telar_type_lstm (TelarTypeCall *c)
{
  Sizes s;

  if (!read_sizes (c, 4, &s) || !telar_type_want_shape (c, 1, &s.weights, "recurrent weights") ||
      !telar_type_want_shape (c, 2, &s.state, "state") ||
      !telar_type_want_shape (c, 3, &s.state, "memory"))
    return FALSE;
  give (c, &s.gates, &s.all, &s.all);
  return TRUE;
}

gboolean
telar_type_lstm_grad (TelarTypeCall *c)
{
  Sizes s;

  if (!read_sizes (c, 4, &s) || !telar_type_want_shape (c, 1, &s.all, "memories") ||
      !telar_type_want_shape (c, 2, &s.weights, "recurrent weights") ||
      !telar_type_want_shape (c, 3, &s.state, "memory") ||
      !telar_type_want_shape (c, 4, &s.all, "gradient of the states") ||
      (c->n_in > 5 && !telar_type_want_shape (c, 5, &s.all, "gradient of the memories")))
    return FALSE;
  give (c, &s.gates, &s.state, &s.state);
  return TRUE;
}

gboolean
telar_type_gru (TelarTypeCall *c)
{
  Sizes s;

  if (!read_sizes (c, 3, &s) || !telar_type_want_shape (c, 1, &s.weights, "recurrent weights"))
    return FALSE;
  TelarShape bias = telar_shape (s.weights.dims[0]);
  if (!telar_type_want_shape (c, 2, &bias, "recurrent bias") ||
      !telar_type_want_shape (c, 3, &s.state, "state"))
    return FALSE;
  give (c, &s.gates, &s.all, &s.all);
  return TRUE;
}

gboolean
telar_type_gru_grad (TelarTypeCall *c)
{
  Sizes s;

  if (!read_sizes (c, 3, &s) || !telar_type_want_shape (c, 1, &s.all, "reset product") ||
      !telar_type_want_shape (c, 2, &s.weights, "recurrent weights") ||
      !telar_type_want_shape (c, 3, &s.state, "state") ||
      !telar_type_want_shape (c, 4, &s.all, "states") ||
      !telar_type_want_shape (c, 5, &s.all, "gradient of the states"))
    return FALSE;
  give (c, &s.gates, &s.gates, &s.state);
  return TRUE;
}
