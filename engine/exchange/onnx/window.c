/* Sliding windows as ONNX describes them. */
#include "engine/exchange/onnx/window.h"

#include <string.h>

gboolean
onnx_window_list (OnnxCall *call, const char *name, gint64 *items, guint n, gint64 fallback)
{
  guint given;
  if (!onnx_call_attr_ints (call, name, items, n, &given)) {
    for (guint i = 0; i < n; i++)
      items[i] = fallback;
    return !onnx_call_failed (call);
  }
  if (given != n)
    onnx_call_fail (call, "%s has %u numbers where %u are needed", name, given, n);
  return given == n;
}

/* SAME_UPPER and SAME_LOWER: as many outputs as ceil (size / stride), the odd element of padding at
 * the end or the beginning. */
static void
pad_same (OnnxWindow *window, const gint64 *sizes, gboolean lower)
{
  for (guint i = 0; i < window->n; i++) {
    gint64 outputs = (sizes[i] + window->stride[i] - 1) / window->stride[i];
    gint64 reach = (window->kernel[i] - 1) * window->dilation[i] + 1;
    gint64 pad = MAX ((outputs - 1) * window->stride[i] + reach - sizes[i], 0);
    window->pad[i] = lower ? (pad + 1) / 2 : pad / 2;
    window->pad[window->n + i] = pad - window->pad[i];
  }
}

/* With ceil_mode the last window may begin inside and end outside: more padding at the end. */
static void
pad_ceil (OnnxWindow *window, const gint64 *sizes)
{
  for (guint i = 0; i < window->n; i++) {
    gint64 reach = (window->kernel[i] - 1) * window->dilation[i] + 1;
    gint64 room = sizes[i] + window->pad[i] + window->pad[window->n + i] - reach;
    gint64 outputs = (room + window->stride[i] - 1) / window->stride[i] + 1;
    if ((outputs - 1) * window->stride[i] >= sizes[i] + window->pad[i])
      outputs--;
    window->pad[window->n + i] += MAX ((outputs - 1) * window->stride[i] - room, 0);
  }
}

gboolean
onnx_window_read (OnnxCall *call, const TelarShape *x, const gint64 *kernel, OnnxWindow *window)
{
  if (x->rank < 3 || x->rank > 5) {
    onnx_call_fail (call, "a tensor of %u axes has no 1 to 3 spatial ones", x->rank);
    return FALSE;
  }
  window->n = x->rank - 2;
  if (kernel)
    memcpy (window->kernel, kernel, window->n * sizeof *kernel);
  else if (!onnx_window_list (call, "kernel_shape", window->kernel, window->n, 1))
    return FALSE;
  if (!onnx_window_list (call, "strides", window->stride, window->n, 1) ||
      !onnx_window_list (call, "dilations", window->dilation, window->n, 1) ||
      !onnx_window_list (call, "pads", window->pad, 2 * window->n, 0))
    return FALSE;
  for (guint i = 0; i < window->n; i++)
    if (window->kernel[i] < 1 || window->stride[i] < 1 || window->dilation[i] < 1) {
      onnx_call_fail (call, "kernel, stride and dilation must be positive");
      return FALSE;
    }
  return TRUE;
}

void
onnx_window_fit (OnnxCall *call, const TelarShape *x, OnnxWindow *window)
{
  g_autofree char *automatic = onnx_call_attr_text (call, "auto_pad", "NOTSET");
  if (g_str_has_prefix (automatic, "SAME_"))
    pad_same (window, x->dims + 2, g_str_equal (automatic, "SAME_LOWER"));
  if (onnx_call_attr_int (call, "ceil_mode", 0))
    pad_ceil (window, x->dims + 2);
}

gboolean
onnx_window_has_holes (const OnnxWindow *window)
{
  for (guint i = 0; i < window->n; i++)
    if (window->kernel[i] > 1 && window->dilation[i] > 1)
      return TRUE;
  return FALSE;
}

/* A convolution of each channel with ones. */
TelarValue
onnx_window_sum (TelarBuilder *b, TelarValue x, const OnnxWindow *window)
{
  TelarType type = *telar_builder_type (b, x), ones = { type.dtype, type.shape };
  if (telar_builder_error (b))
    return TELAR_NO_VALUE;
  TelarShape apart = type.shape, together;
  apart.dims[0] *= type.shape.dims[1];
  apart.dims[1] = ones.shape.dims[0] = ones.shape.dims[1] = 1;
  for (guint i = 0; i < window->n; i++)
    ones.shape.dims[2 + i] = window->kernel[i];
  TelarValue sum = telar_emit (
      b, CONV,
      ((TelarValue[]){ telar_build_reshape (b, x, &apart), telar_build_fill (b, &ones, 1) }),
      TELAR_INTS (STRIDE, window->stride, window->n), TELAR_INTS (PAD, window->pad, 2 * window->n),
      TELAR_INTS (DILATION, window->dilation, window->n));
  together = telar_builder_type (b, sum)->shape;
  if (telar_builder_error (b))
    return TELAR_NO_VALUE;
  together.dims[0] = type.shape.dims[0];
  together.dims[1] = type.shape.dims[1];
  return telar_build_reshape (b, sum, &together);
}
