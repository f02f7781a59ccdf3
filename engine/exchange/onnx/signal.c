/* Signals: windows, discrete Fourier transforms, mel filters. A transform is a product with the
 * matrix of its roots of unity, in f64. */
#include "engine/exchange/onnx/operators.h"

#include <math.h>

/* Larger windows and matrices are refused: 256 MiB. */
#define MOST_IN_MATRIX ((gint64)1 << 25)

/* --- windows ---------------------------------------------------------------------------------- */

/* a - b cos (2π n / N) + c cos (4π n / N), with N one less where the window is symmetric.
 * Harris, "On the use of windows for harmonic analysis", 1978; Hamming's with the exact 25/46. */
static const struct {
  const char *name;
  double a, b, c;
} windows[] = {
  { "BlackmanWindow", 0.42, 0.5, 0.08 },
  { "HammingWindow", 25.0 / 46, 21.0 / 46, 0 },
  { "HannWindow", 0.5, 0.5, 0 },
};

static void
trace_window (OnnxCall *call)
{
  double size = onnx_call_number (call, 0, 0);
  TelarDType dtype = onnx_call_attr_dtype (call, "output_datatype", TELAR_F32);
  gboolean periodic = onnx_call_attr_int (call, "periodic", 1) != 0;
  guint w = 0;
  if (!(size >= 0 && size <= (double)MOST_IN_MATRIX))
    onnx_call_fail (call, "a window of %g numbers is impossible", size);
  if (onnx_call_failed (call))
    return;
  while (!g_str_equal (windows[w].name, call->node->op_type))
    w++;
  TelarShape shape = telar_shape ((gint64)size);
  TelarTensor *result = telar_tensor_try_new (dtype, &shape, &call->error);
  double period = MAX (periodic ? size : size - 1, 1);
  for (gsize i = 0; result && i < (gsize)size; i++) {
    double angle = 2 * G_PI * (double)i / period;
    telar_tensor_set (result, i,
                      windows[w].a - windows[w].b * cos (angle) + windows[w].c * cos (2 * angle));
  }
  if (result)
    onnx_call_give_numbers (call, 0, result);
}

/* --- transforms ------------------------------------------------------------------------------- */

typedef struct {
  gint64 length;   /* of the transform */
  gint64 in, out;  /* numbers that it reads and gives, real or complex */
  gint64 parts_in; /* 1: real, 2: complex */
  gint64 parts_out;
  gboolean inverse;
  gboolean onesided; /* half of the spectrum stands for all */
} Transform;

/* How much of the input's part @q at @k goes to part @p of number @m: the real or imaginary part of
 * a root of unity. Back from half a spectrum, all but its ends count twice. */
static double
weight (const Transform *t, gint64 k, gint64 q, gint64 m, gint64 p)
{
  double angle = 2 * G_PI * (double)(k * m % t->length) / (double)t->length;
  double imaginary = t->inverse ? sin (angle) : -sin (angle);
  double w = p == q ? cos (angle) : q == 0 ? imaginary : -imaginary;
  if (!t->inverse)
    return w;
  if (t->onesided && k != 0 && 2 * k != t->length)
    w *= 2;
  return w / (double)t->length;
}

/* [in · parts_in, out · parts_out]; NULL and an error where it would be too large. */
static TelarTensor *
transform_matrix (OnnxCall *call, const Transform *t)
{
  TelarShape shape = telar_shape (t->in * t->parts_in, t->out * t->parts_out);
  if (shape.dims[0] > MOST_IN_MATRIX / shape.dims[1]) {
    onnx_call_fail (call, "a transform of length %" G_GINT64_FORMAT " is not computed by Telar",
                    t->length);
    return NULL;
  }
  TelarTensor *matrix = telar_tensor_try_new (TELAR_F64, &shape, &call->error);
  double *numbers = matrix ? matrix->data : NULL;
  for (gint64 i = 0; matrix && i < shape.dims[0]; i++)
    for (gint64 j = 0; j < shape.dims[1]; j++)
      *numbers++ = weight (t, i / t->parts_in, i % t->parts_in, j / t->parts_out, j % t->parts_out);
  return matrix;
}

/* What becomes of inputs of @parts_in parts; FALSE and an error where that is impossible. */
static gboolean
plan_transform (OnnxCall *call, gint64 length, gint64 parts_in, gboolean inverse, gboolean onesided,
                Transform *t)
{
  gint64 half = length / 2 + 1;
  *t = (Transform){ .length = length,
                    .in = length,
                    .out = length,
                    .parts_in = parts_in,
                    .parts_out = 2,
                    .inverse = inverse,
                    .onesided = onesided };
  if (onesided && inverse) {
    t->in = half;
    t->parts_out = 1;
  } else if (onesided)
    t->out = half;
  if (length < 1 || length > MOST_IN_MATRIX || (parts_in != 1 && parts_in != 2)) {
    onnx_call_fail (call,
                    "a transform of length %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                    " parts is impossible",
                    length, parts_in);
    return FALSE;
  }
  return TRUE;
}

/* The first t->in places along @axis, zeros where there are fewer. */
static TelarValue
fit_length (OnnxCall *call, TelarValue x, guint axis, gint64 length)
{
  TelarShape shape = telar_builder_type (call->b, x)->shape;
  gint64 low[TELAR_MAX_RANK] = { 0 }, high[TELAR_MAX_RANK] = { 0 };
  if (shape.dims[axis] > length)
    return telar_build_slice (call->b, x, axis, 0, length);
  high[axis] = length - shape.dims[axis];
  return telar_emit (call->b, PAD, ((TelarValue[]){ x }), TELAR_INTS (LOW, low, shape.rank),
                     TELAR_INTS (HIGH, high, shape.rank));
}

/* Transforms @x (f64, parts along the last axis) along @axis. */
static TelarValue
transform (OnnxCall *call, TelarValue x, guint axis, const Transform *t)
{
  g_autoptr (TelarTensor) matrix = transform_matrix (call, t);
  if (!matrix)
    return TELAR_NO_VALUE;
  x = fit_length (call, x, axis, t->in);
  TelarShape shape = telar_builder_type (call->b, x)->shape, moved = shape;
  gint64 perm[TELAR_MAX_RANK], rows = 1;
  guint last = shape.rank - 1;
  for (guint i = 0, k = 0; i < shape.rank; i++)
    if (i != axis && i != last) {
      moved.dims[k] = shape.dims[i];
      rows *= shape.dims[i];
      perm[k++] = i;
    }
  perm[last - 1] = axis;
  perm[last] = last;
  moved.dims[last - 1] = t->out;
  moved.dims[last] = t->parts_out;
  TelarShape flat = telar_shape (rows, t->in * t->parts_in);
  x = telar_build_reshape (call->b, telar_build_transpose (call->b, x, perm), &flat);
  x = telar_build_matmul (call->b, x, telar_build_constant (call->b, matrix), FALSE, FALSE);
  x = telar_build_reshape (call->b, x, &moved);
  gint64 back[TELAR_MAX_RANK];
  for (guint i = 0; i < shape.rank; i++)
    back[perm[i]] = i;
  return telar_build_transpose (call->b, x, back);
}

/* The axis is an attribute before version 20, an input since. */
static void
trace_dft (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  gboolean inverse = onnx_call_attr_int (call, "inverse", 0) != 0;
  gboolean onesided = onnx_call_attr_int (call, "onesided", 0) != 0;
  guint axis, rank = type.shape.rank;
  gint64 given =
      call->version < 20 ? onnx_call_attr_int (call, "axis", 1) : onnx_call_integer (call, 2, -2);
  if (!onnx_call_axis (call, given, rank, &axis))
    return;
  if (axis == rank - 1) {
    onnx_call_fail (call, "the last axis holds the parts of a number");
    return;
  }
  gint64 size = type.shape.dims[axis];
  gint64 length = onnx_call_integer (call, 1, inverse && onesided ? 2 * (size - 1) : size);
  Transform t;
  if (onnx_call_failed (call) ||
      !plan_transform (call, length, type.shape.dims[rank - 1], inverse, onesided, &t))
    return;
  TelarValue x = telar_build_cast (call->b, onnx_call_in (call, 0), TELAR_F64);
  x = transform (call, x, axis, &t);
  onnx_call_out (call, 0, telar_build_cast (call->b, x, type.dtype));
}

/* [batch, frames, length, parts]: every @step numbers a frame begins. */
static TelarValue
cut_frames (OnnxCall *call, TelarValue x, const TelarShape *shape, gint64 length, gint64 step)
{
  TelarShape places = telar_shape ((shape->dims[1] - length) / step + 1, length);
  TelarValue at[2];
  for (guint i = 0; i < 2; i++)
    at[i] = telar_build_iota (call->b, &places, i);
  at[0] = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, at[0], (double)step);
  at[0] = telar_build_binary (call->b, TELAR_PRIM_ADD, at[0], at[1]);
  return telar_emit (call->b, GATHER, ((TelarValue[]){ x, at[0] }), TELAR_INT (AXIS, 1));
}

/* Transforms of the frames of a signal, weighted by a window. */
static void
trace_stft (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  TelarShape shape = type.shape;
  gint64 step = onnx_call_integer (call, 1, 0);
  gboolean has_window = onnx_call_has (call, 2);
  gint64 window = has_window ? onnx_call_type (call, 2).shape.dims[0] : 0;
  if (shape.rank == 2)
    shape = telar_shape (shape.dims[0], shape.dims[1], 1);
  gint64 length = onnx_call_integer (call, 3, has_window ? window : shape.dims[1]);
  Transform t;
  if (shape.rank != 3 || step < 1 || length < 1 || length > shape.dims[1] ||
      (has_window && window != length)) {
    onnx_call_fail (call, "frames of %" G_GINT64_FORMAT " do not fit the signal or the window",
                    length);
    return;
  }
  if (onnx_call_failed (call) ||
      !plan_transform (call, length, shape.dims[2], FALSE,
                       onnx_call_attr_int (call, "onesided", 1) != 0, &t))
    return;
  TelarValue x = telar_build_cast (call->b, onnx_call_in (call, 0), TELAR_F64);
  x = cut_frames (call, telar_build_reshape (call->b, x, &shape), &shape, length, step);
  if (has_window) {
    TelarShape column = telar_shape (length, 1);
    TelarValue w = telar_build_cast (call->b, onnx_call_in (call, 2), TELAR_F64);
    x = telar_build_binary (call->b, TELAR_PRIM_MUL, x, telar_build_reshape (call->b, w, &column));
  }
  x = transform (call, x, 2, &t);
  onnx_call_out (call, 0, telar_build_cast (call->b, x, type.dtype));
}

/* --- mel filters ------------------------------------------------------------------------------ */

typedef struct {
  gint64 bands, length; /* of the transform */
  double rate, low, high;
} Mel;

/* The bin of the transform in which edge @i of the triangles lies. Their middles are equally far
 * apart on the mel scale, 2595 log10 (1 + hertz / 700) (O'Shaughnessy, "Speech communication"). */
static gint64
edge_bin (const Mel *mel, gint64 i)
{
  double from = log1p (mel->low / 700), to = log1p (mel->high / 700);
  double hertz = 700 * expm1 (from + (to - from) * (double)i / (double)(mel->bands + 2));
  return (gint64)CLAMP (floor ((double)(mel->length + 1) * hertz / mel->rate), 0,
                        (double)(mel->length / 2 + 1));
}

/* Band @band of the filters: it rises from one edge to the next and falls to the one after. */
static void
set_band (const Mel *mel, gint64 band, TelarTensor *filters)
{
  gint64 left = edge_bin (mel, band), middle = edge_bin (mel, band + 1);
  gint64 right = edge_bin (mel, band + 2), bins = filters->type.shape.dims[0];
  for (gint64 bin = left; bin < MIN (MAX (right, middle + 1), bins); bin++) {
    double height = 1;
    if (bin < middle)
      height = (double)(bin - left) / (double)(middle - left);
    else if (right > middle)
      height = (double)(right - bin) / (double)(right - middle);
    telar_tensor_set (filters, (gsize)(bin * mel->bands + band), height);
  }
}

static void
trace_mel_weights (OnnxCall *call)
{
  double bands = onnx_call_number (call, 0, 0), length = onnx_call_number (call, 1, 0);
  Mel mel = { .rate = onnx_call_number (call, 2, 0),
              .low = onnx_call_number (call, 3, 0),
              .high = onnx_call_number (call, 4, 0) };
  TelarDType dtype = onnx_call_attr_dtype (call, "output_datatype", TELAR_F32);
  if (!(bands >= 1 && bands <= G_MAXINT32 && length >= 1 && length <= G_MAXINT32 && mel.rate > 0 &&
        mel.low >= 0 && mel.high >= mel.low))
    onnx_call_fail (call, "there is no such filter");
  else if ((length / 2 + 1) * bands > (double)MOST_IN_MATRIX)
    onnx_call_fail (call, "%g filters are too many", bands);
  if (onnx_call_failed (call))
    return;
  mel.bands = (gint64)bands;
  mel.length = (gint64)length;
  TelarShape shape = telar_shape (mel.length / 2 + 1, mel.bands);
  TelarTensor *filters = telar_tensor_try_new (dtype, &shape, &call->error);
  for (gint64 band = 0; filters && band < mel.bands; band++)
    set_band (&mel, band, filters);
  if (filters)
    onnx_call_give_numbers (call, 0, filters);
}

const OnnxOperator onnx_operators_signal[] = {
  { "BlackmanWindow", trace_window, .flags = ONNX_VALUES },
  { "DFT", trace_dft },
  { "HammingWindow", trace_window, .flags = ONNX_VALUES },
  { "HannWindow", trace_window, .flags = ONNX_VALUES },
  { "MelWeightMatrix", trace_mel_weights, .flags = ONNX_VALUES },
  { "STFT", trace_stft },
  { NULL },
};
