/* Type rules of products and pools.
 *
 * A window of extent dilation·(k-1) + 1 moves over low + in + high positions in steps of stride:
 * out = floor ((low + in + high - extent) / stride) + 1. */
#include "engine/compiler/types.h"

/* --- matrix product ------------------------------------------------------------------------- */

/* The bias of a product lies along @axis of the result. */
static gboolean
check_bias (const TelarTypeCall *c, gint64 size)
{
  TelarShape shape = telar_shape (size);

  return c->n_in < 3 || telar_type_want_shape (c, 2, &shape, "bias");
}

static gboolean
check_factors (const TelarTypeCall *c)
{
  if (!telar_type_want_number (c, 0))
    return FALSE;
  if (c->in[0].dtype != c->in[1].dtype)
    return telar_type_fail (c, "%s and %s do not mix; cast one of them",
                            telar_dtype_name (c->in[0].dtype), telar_dtype_name (c->in[1].dtype));
  if (telar_instr_attr (&c->instr, TELAR_ATTR_ACTIVATION))
    return telar_type_want_float (c, 0);
  return TRUE;
}

gboolean
telar_type_matmul (TelarTypeCall *c)
{
  TelarShape a = c->in[0].shape, b = c->in[1].shape, batch;
  guint trans_a = telar_instr_int (&c->instr, TELAR_ATTR_TRANS_A, 0) != 0;
  guint trans_b = telar_instr_int (&c->instr, TELAR_ATTR_TRANS_B, 0) != 0;
  g_autofree char *x = telar_type_words (&a), *y = telar_type_words (&b);
  gint64 rows, columns, inner_a, inner_b;

  if (!check_factors (c))
    return FALSE;
  if (a.rank < 2 || b.rank < 2)
    return telar_type_fail (c, "%s and %s: both must have at least two axes", x, y);
  rows = a.dims[a.rank - 2 + trans_a];
  inner_a = a.dims[a.rank - 1 - trans_a];
  inner_b = b.dims[b.rank - 2 + trans_b];
  columns = b.dims[b.rank - 1 - trans_b];
  if (inner_a != inner_b) {
    g_autofree char *i = telar_type_dim_words (inner_a), *j = telar_type_dim_words (inner_b);

    return telar_type_fail (c, "%s and %s do not fit: %s is not %s", x, y, i, j);
  }
  a.rank -= 2;
  b.rank -= 2;
  if (!telar_shape_broadcast (&a, &b, &batch))
    return telar_type_fail (c, "%s and %s do not fit: the axes before the matrices differ", x, y);
  batch.dims[batch.rank++] = rows;
  batch.dims[batch.rank++] = columns;
  c->out[0] = (TelarType){ c->in[0].dtype, batch };
  return check_bias (c, columns);
}

/* --- windows -------------------------------------------------------------------------------- */

/* Where the axes of an image stand in its layout. */
typedef struct {
  guint spatial; /* how many */
  guint first;   /* the first of them */
  guint channel;
} Axes;

static gboolean
image_axes (const TelarTypeCall *c, const TelarShape *shape, Axes *axes)
{
  gboolean last = telar_instr_int (&c->instr, TELAR_ATTR_LAYOUT, 0) != 0;

  if (shape->rank < 3 || shape->rank > 5) {
    g_autofree char *text = telar_type_words (shape);

    return telar_type_fail (c, "needs batch, channels and one to three spatial axes, not %s", text);
  }
  axes->spatial = shape->rank - 2;
  axes->first = last ? 1 : 2;
  axes->channel = last ? shape->rank - 1 : 1;
  for (guint i = 1; i < shape->rank; i++)
    if (shape->dims[i] < 0) {
      g_autofree char *text = telar_type_words (shape);

      return telar_type_fail (c, "only the first axis may grow with the batch, not so in %s", text);
    }
  return TRUE;
}

/* "5x5" */
static char *
window_words (const gint64 *dims, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "x" : "", dims[i]);
  return g_string_free (text, FALSE);
}

/* Moves a window of @kernel over the spatial axes of @x; @out has those of the result. */
static gboolean
slide (const TelarTypeCall *c, const TelarShape *x, const Axes *axes, const gint64 *kernel,
       gint64 *out)
{
  guint n = axes->spatial;
  gint64 padded[3], extent[3];
  gboolean fits = TRUE;
  g_autofree char *a = NULL, *b = NULL;

  if (!telar_type_want_items (c, TELAR_ATTR_STRIDE, n, 1) ||
      !telar_type_want_items (c, TELAR_ATTR_DILATION, n, 1) ||
      !telar_type_want_items (c, TELAR_ATTR_PAD, 2 * n, 0))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    gint64 low = telar_instr_item (&c->instr, TELAR_ATTR_PAD, i, 0);
    gint64 high = telar_instr_item (&c->instr, TELAR_ATTR_PAD, n + i, 0);

    if (kernel[i] < 1 || kernel[i] > TELAR_MAX_SETTING)
      return telar_type_fail (c, "a kernel cannot be %" G_GINT64_FORMAT " wide", kernel[i]);
    padded[i] = low + x->dims[axes->first + i] + high;
    extent[i] = telar_instr_item (&c->instr, TELAR_ATTR_DILATION, i, 1) * (kernel[i] - 1) + 1;
    out[i] = (padded[i] - extent[i]) / telar_instr_item (&c->instr, TELAR_ATTR_STRIDE, i, 1) + 1;
    fits = fits && padded[i] >= extent[i];
  }
  if (fits)
    return TRUE;
  a = window_words (extent, n);
  b = window_words (padded, n);
  return telar_type_fail (c, "the kernel %s does not fit into %s", a, b);
}

/* --- convolution ---------------------------------------------------------------------------- */

static gboolean
check_channels (const TelarTypeCall *c, const TelarShape *x, const TelarShape *w, const Axes *axes)
{
  gint64 groups = telar_instr_int (&c->instr, TELAR_ATTR_GROUPS, 1);
  gint64 channels = x->dims[axes->channel];

  if (groups < 1)
    return telar_type_fail (c, "groups must be at least 1");
  if (channels % groups != 0 || w->dims[0] % groups != 0)
    return telar_type_fail (c,
                            "%" G_GINT64_FORMAT " channels and %" G_GINT64_FORMAT
                            " filters do not part into %" G_GINT64_FORMAT " groups",
                            channels, w->dims[0], groups);
  if (w->dims[1] == channels / groups)
    return TRUE;
  if (groups == 1)
    return telar_type_fail (
        c, "the kernel is for %" G_GINT64_FORMAT " channels, the input has %" G_GINT64_FORMAT,
        w->dims[1], channels);
  return telar_type_fail (c,
                          "the kernel is for %" G_GINT64_FORMAT
                          " channels a group, the input has %" G_GINT64_FORMAT
                          " in %" G_GINT64_FORMAT " groups",
                          w->dims[1], channels, groups);
}

static gboolean
conv_shape (const TelarTypeCall *c, const TelarShape *x, const TelarShape *w, TelarShape *y)
{
  Axes axes;

  if (!image_axes (c, x, &axes))
    return FALSE;
  if (w->rank != x->rank || !telar_shape_is_concrete (w)) {
    g_autofree char *a = telar_type_words (x), *b = telar_type_words (w);

    return telar_type_fail (c, "the input %s needs a kernel of %u numbers, not %s", a, x->rank, b);
  }
  *y = *x;
  if (!check_channels (c, x, w, &axes) || !slide (c, x, &axes, w->dims + 2, y->dims + axes.first))
    return FALSE;
  y->dims[axes.channel] = w->dims[0];
  return TRUE;
}

gboolean
telar_type_conv (TelarTypeCall *c)
{
  c->out[0].dtype = c->in[0].dtype;
  return check_factors (c) && conv_shape (c, &c->in[0].shape, &c->in[1].shape, &c->out[0].shape) &&
         check_bias (c, c->in[1].shape.dims[0]);
}

/* Checks that @dy is what the forward instruction gives. */
static gboolean
check_gradient (const TelarTypeCall *c, const TelarShape *dy, const TelarShape *y)
{
  g_autofree char *a = NULL, *b = NULL;

  if (telar_shape_equal (dy, y))
    return TRUE;
  a = telar_type_words (dy);
  b = telar_type_words (y);
  return telar_type_fail (c, "the gradient of the result must be %s, not %s", b, a);
}

gboolean
telar_type_conv_input_grad (TelarTypeCall *c)
{
  TelarShape x = telar_instr_shape (&c->instr, TELAR_ATTR_SHAPE), y;

  c->out[0] = (TelarType){ c->in[0].dtype, x };
  return check_factors (c) && conv_shape (c, &x, &c->in[1].shape, &y) &&
         check_gradient (c, &c->in[0].shape, &y);
}

gboolean
telar_type_conv_weight_grad (TelarTypeCall *c)
{
  TelarShape w = telar_instr_shape (&c->instr, TELAR_ATTR_SHAPE), y;

  c->out[0] = (TelarType){ c->in[0].dtype, w };
  return check_factors (c) && conv_shape (c, &c->in[0].shape, &w, &y) &&
         check_gradient (c, &c->in[1].shape, &y);
}

/* --- pools ---------------------------------------------------------------------------------- */

static gboolean
pool_shape (const TelarTypeCall *c, const TelarShape *x, TelarShape *y)
{
  const TelarAttr *kernel = telar_instr_attr (&c->instr, TELAR_ATTR_KERNEL);
  Axes axes;

  *y = *x;
  return telar_type_want_number (c, 0) && image_axes (c, x, &axes) &&
         telar_type_want_items (c, TELAR_ATTR_KERNEL, axes.spatial, 1) &&
         slide (c, x, &axes, kernel->ints, y->dims + axes.first);
}

gboolean
telar_type_pool (TelarTypeCall *c)
{
  if (c->instr.prim == TELAR_PRIM_AVG_POOL && !telar_type_want_float (c, 0))
    return FALSE;
  c->out[0].dtype = c->in[0].dtype;
  return pool_shape (c, &c->in[0].shape, &c->out[0].shape);
}

gboolean
telar_type_max_pool_grad (TelarTypeCall *c)
{
  TelarShape y;

  c->out[0] = c->in[0];
  return telar_type_want_float (c, 0) && pool_shape (c, &c->in[0].shape, &y) &&
         telar_type_want_shape (c, 1, &y, "result") && telar_type_want_same (c, 2, 1);
}

gboolean
telar_type_avg_pool_grad (TelarTypeCall *c)
{
  TelarShape x = telar_instr_shape (&c->instr, TELAR_ATTR_SHAPE), y;

  c->out[0] = (TelarType){ c->in[0].dtype, x };
  return telar_type_want_float (c, 0) && pool_shape (c, &x, &y) &&
         check_gradient (c, &c->in[0].shape, &y);
}
