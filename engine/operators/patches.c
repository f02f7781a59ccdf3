/* Layers that see each window of a picture as a row of numbers: unfolding, weights of their own for
 * each place. */
#include "engine/operators/patches.h"
#include "engine/operators/families.h"

gboolean
telar_patches_measure (TelarLowering *l, const TelarShape *in, TelarPatches *p)
{
  p->in = p->out = *in;
  p->places = 1;
  p->taps = telar_window_taps (&p->window);
  for (guint i = 0; i < p->window.n; i++) {
    gint64 padded = in->dims[i + 2] + p->window.pad[i] + p->window.pad[p->window.n + i];
    gint64 free = padded - telar_window_span (&p->window, i);
    if (free < 0) {
      telar_lower_fail (l, "the window is larger than axis %u with its padding", i + 2);
      return FALSE;
    }
    p->out.dims[i + 2] = free / p->window.stride[i] + 1;
    p->places *= p->out.dims[i + 2];
  }
  if (p->places > TELAR_SIZE_LIMIT / p->taps) {
    telar_lower_fail (l, "the windows hold more than %d numbers together", TELAR_SIZE_LIMIT);
    return FALSE;
  }
  return TRUE;
}

TelarValue
telar_patches_read (TelarLowering *l, guint spatial, TelarPatches *p)
{
  gint64 channels;
  TelarValue x = telar_conv_input (l, spatial, &channels, &p->window);
  TelarShape shape = telar_lower_type (l, x).shape;

  return x != TELAR_NO_VALUE && telar_patches_measure (l, &shape, p) ? x : TELAR_NO_VALUE;
}

/* Where tap @tap of the window at @place lies, counted within a plane that begins @margin before
 * the picture's low side and has @size numbers along each axis. */
static gint64
locate (const TelarPatches *p, gint64 place, gint64 tap, const gint64 *margin, const gint64 *size)
{
  gint64 at = 0, factor = 1;

  for (guint i = p->window.n; i-- > 0;) {
    gint64 out = p->out.dims[i + 2], kernel = p->window.kernel[i];
    gint64 x = place % out * p->window.stride[i] + tap % kernel * p->window.dilation[i];
    at += (x - p->window.pad[i] + margin[i]) * factor;
    factor *= size[i];
    place /= out;
    tap /= kernel;
  }
  return at;
}

TelarValue
telar_patches_places (TelarLowering *l, const TelarPatches *p, const gint64 *margin,
                      const gint64 *size)
{
  TelarShape shape = telar_shape (p->places, p->taps);
  g_autoptr (TelarTensor) table = telar_tensor_new (TELAR_I64, &shape);

  for (gint64 i = 0; i < p->places * p->taps; i++)
    ((gint64 *)table->data)[i] = locate (p, i / p->taps, i % p->taps, margin, size);
  return telar_build_constant (l->b, table);
}

TelarValue
telar_patches_gather (TelarLowering *l, TelarValue x, const TelarPatches *p, double fill)
{
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 }, size[TELAR_MAX_SPATIAL];
  guint n = p->window.n;
  TelarShape flat = telar_shape (p->in.dims[0], p->in.dims[1], 1);

  for (guint i = 0; i < n; i++) {
    low[i + 2] = p->window.pad[i];
    high[i + 2] = p->window.pad[n + i];
    size[i] = p->in.dims[i + 2] + low[i + 2] + high[i + 2];
    flat.dims[2] *= size[i];
  }
  x = telar_emit (l->b, PAD, ((TelarValue[]){ x }), TELAR_INTS (LOW, low, n + 2),
                  TELAR_INTS (HIGH, high, n + 2), TELAR_REAL (FILL, fill));
  x = telar_build_reshape (l->b, x, &flat);
  return telar_emit (l->b, GATHER,
                     ((TelarValue[]){ x, telar_patches_places (l, p, p->window.pad, size) }),
                     TELAR_INT (AXIS, 2));
}

/* --- unfolding and folding -------------------------------------------------------------------- */

static void
lower_unfold (TelarLowering *l)
{
  const gint64 perm[] = { 0, 1, 3, 2 };
  TelarPatches p;
  TelarValue x = telar_patches_read (l, 2, &p);
  TelarShape shape;

  if (x == TELAR_NO_VALUE)
    return;
  shape = telar_shape (p.in.dims[0], p.in.dims[1] * p.taps, p.places);
  x = telar_build_transpose (l->b, telar_patches_gather (l, x, &p, 0), perm);
  telar_lower_output (l, 0, telar_build_reshape (l->b, x, &shape));
}

/* The kernel [C·taps, 1, window…] whose convolution, a group for each channel, takes windows apart:
 * its gradient puts them together. */
static TelarValue
identity_kernel (TelarLowering *l, gint64 channels, const TelarPatches *p, TelarDType dtype)
{
  TelarShape shape = telar_shape (channels * p->taps, 1);
  g_autoptr (TelarTensor) kernel = NULL;

  for (guint i = 0; i < p->window.n; i++)
    shape.dims[shape.rank++] = p->window.kernel[i];
  kernel = telar_tensor_new (dtype, &shape);
  for (gint64 i = 0; i < channels * p->taps * p->taps; i++)
    telar_tensor_set (kernel, (gsize)i, i / p->taps % p->taps == i % p->taps);
  return telar_build_constant (l->b, kernel);
}

static void
lower_fold (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 3, 3, &type), y;
  guint n;
  const gint64 *size = telar_lower_ints (l, "size", &n);
  TelarPatches p;
  TelarShape shape = telar_shape (type.shape.dims[0], 1, size[0], size[n - 1]), apart;

  if (x == TELAR_NO_VALUE || !telar_window_read (l, &shape, &p.window) ||
      !telar_patches_measure (l, &shape, &p))
    return;
  if (type.shape.dims[1] % p.taps != 0 || type.shape.dims[2] != p.places) {
    g_autofree char *given = telar_type_to_string (&type);
    telar_lower_fail (l,
                      "the picture has %" G_GINT64_FORMAT " windows of %" G_GINT64_FORMAT
                      " numbers, which %s does not hold",
                      p.places, p.taps, given);
    return;
  }
  shape.dims[1] = type.shape.dims[1] / p.taps;
  apart = telar_shape (type.shape.dims[0], type.shape.dims[1], p.out.dims[2], p.out.dims[3]);
  y = telar_emit (l->b, CONV_INPUT_GRAD,
                  ((TelarValue[]){ telar_build_reshape (l->b, x, &apart),
                                   identity_kernel (l, shape.dims[1], &p, type.dtype) }),
                  TELAR_INTS (STRIDE, p.window.stride, 2), TELAR_INTS (PAD, p.window.pad, 4),
                  TELAR_INTS (DILATION, p.window.dilation, 2), TELAR_INT (GROUPS, shape.dims[1]),
                  TELAR_INTS (SHAPE, shape.dims, shape.rank));
  telar_lower_output (l, 0, y);
}

/* --- weights of their own for each place ------------------------------------------------------ */

/* The windows as [places, N, C·taps] times the kernel [places, C·taps, filters]. */
static void
lower_local (TelarLowering *l, guint spatial)
{
  const gint64 there[] = { 2, 0, 1, 3 }, back[] = { 1, 2, 0 };
  TelarPatches p;
  TelarValue x = telar_patches_read (l, spatial, &p), w;
  gint64 filters = telar_lower_int (l, "filters"), features;
  TelarShape rows, kernel, bias;

  if (x == TELAR_NO_VALUE)
    return;
  features = p.in.dims[1] * p.taps;
  rows = telar_shape (p.places, p.in.dims[0], features);
  kernel = telar_shape (p.places, features, filters);
  x = telar_build_transpose (l->b, telar_patches_gather (l, x, &p, 0), there);
  w = telar_lower_parameter (l, "kernel", &kernel, telar_lower_init (l, features, filters), TRUE);
  x = telar_build_matmul (l->b, telar_build_reshape (l->b, x, &rows), w, FALSE, FALSE);
  p.out.dims[1] = filters;
  x = telar_build_reshape (l->b, telar_build_transpose (l->b, x, back), &p.out);
  if (telar_lower_bool (l, "bias")) {
    bias = telar_shape_without (&p.out, 0);
    w = telar_lower_parameter (l, "bias", &bias, telar_lower_bias_init (l, features), FALSE);
    x = telar_build_binary (l->b, TELAR_PRIM_ADD, x, w);
  }
  telar_lower_output (l, 0, telar_emit_activation (l, telar_lower_text (l, "activation"), x));
}

static void
lower_local1d (TelarLowering *l)
{
  lower_local (l, 1);
}

static void
lower_local2d (TelarLowering *l)
{
  lower_local (l, 2);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define WINDOW(axes, kernel, padding)                                                              \
  TELAR_PARAM_KERNEL (axes, kernel), TELAR_PARAM_STRIDE (axes), TELAR_PARAM_PADDING (padding),     \
      TELAR_PARAM_PAD (axes), TELAR_PARAM_DILATION (axes)
#define LOCAL(axes, kernel)                                                                        \
  TELAR_PARAMS (TELAR_PARAM_FILTERS, WINDOW (axes, kernel, "valid"), TELAR_PARAM_BIAS,             \
                TELAR_PARAM_ACTIVATION, TELAR_PARAM_INIT)

static const TelarOperator unfold = {
  .name = "unfold",
  .label = N_ ("Unfold"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Lays the numbers of each window of a picture in a column (im2col)."),
  .formula = "y[n, c·taps + k, p] = tap k of the window p of x[n,c]",
  .onnx = "Pad, Gather, Transpose",
  .inputs = TELAR_CONV_IN ("Pictures of shape N, channels, height, width."),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (WINDOW (2, "3x3", "valid")),
  .lower = lower_unfold,
  .examples = TELAR_EXAMPLES ("f32[2,2,4,5]", "f32[1,2,5,4] kernel=2x3 stride=2 padding=same",
                              "f32[1,1,6,6] kernel=2 dilation=2 padding=explicit pad=1,0,2,1"),
};

static const TelarOperator fold = {
  .name = "fold",
  .label = N_ ("Fold"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("Puts windows that stand in columns back into a picture and adds up where they "
             "overlap (col2im)."),
  .formula = "y[n,c,i,j] = Σ of x[n, c·taps + k, p] over the taps k of windows p that lie there",
  .onnx = "ConvTranspose",
  .inputs = TELAR_PORTS ({ .name = "in",
                           .kind = TELAR_PORT_TENSOR,
                           .doc = N_ ("Columns of shape N, channels · taps, windows.") }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      {
          .name = "size",
          .label = N_ ("Size"),
          .kind = TELAR_PARAM_INTS,
          .fallback = "8x8",
          .minimum = 1,
          .maximum = 1 << 15,
          .min_items = 1,
          .max_items = 2,
          .doc = N_ ("Height and width of the picture; one number counts for both."),
          .prominent = TRUE,
      },
      WINDOW (2, "3x3", "valid")),
  .lower = lower_fold,
  .examples = TELAR_EXAMPLES ("f32[2,18,6] size=4x5", "f32[1,12,9] size=5x6 kernel=2x3 stride=2x2 "
                                                      "padding=same"),
};

static const TelarOperator local1d = {
  .name = "locally_connected1d",
  .label = N_ ("Locally connected 1D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("A convolution of a signal whose filters differ from place to place."),
  .formula = "y[n,o,i] = Σ x[n,c,i·stride + k] · kernel[i, c·taps + k, o] + bias[o,i]",
  .onnx = "Gather, MatMul",
  .inputs = TELAR_CONV_IN ("A signal of shape N, channels, length."),
  .outputs = telar_ports_out,
  .params = LOCAL (1, "3"),
  .lower = lower_local1d,
  .examples = TELAR_EXAMPLES ("f32[2,3,6] filters=2", "f32[3,2,7] filters=3 kernel=2 stride=2 "
                                                      "padding=same bias=false activation=tanh"),
};

static const TelarOperator local2d = {
  .name = "locally_connected2d",
  .label = N_ ("Locally connected 2D"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("A convolution of a picture whose filters differ from place to place."),
  .formula = "y[n,o,p] = Σ window p of x[n] · kernel[p,…,o] + bias[o,p]",
  .onnx = "Gather, MatMul",
  .inputs = TELAR_CONV_IN ("Pictures of shape N, channels, height, width."),
  .outputs = telar_ports_out,
  .params = LOCAL (2, "3x3"),
  .lower = lower_local2d,
  .examples =
      TELAR_EXAMPLES ("f32[2,2,4,5] filters=2", "f32[1,2,5,4] filters=3 kernel=2x3 stride=2 "
                                                "padding=same bias=false"),
};

const TelarOperator *const telar_operators_patches[] = {
  &unfold, &fold, &local1d, &local2d, NULL,
};
