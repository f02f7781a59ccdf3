/* Pools in PyTorch. */
#include "engine/code/torch-pools.h"
#include "engine/code/window.h"

#include <string.h>

/* PyTorch pads a pool by half of its window at most. */
static gboolean
pads_itself (const CodeWindow *window)
{
  for (guint i = 0; i < window->n; i++)
    if (window->pad[i] > window->kernel[i] / 2)
      return FALSE;
  return code_window_is_even (window);
}

/* ", 2, stride=1, padding=1". Caller frees. */
static char *
window_arguments (const CodeWindow *window, gboolean ceil)
{
  g_autofree char *kernel = code_python_ints (window->kernel, window->n);
  g_autofree char *stride = code_python_ints (window->stride, window->n);
  g_autofree char *dilation = code_python_ints (window->dilation, window->n);
  g_autofree char *pad = code_python_ints (window->pad, window->n);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, ", %s", kernel);
  if (!g_str_equal (kernel, stride))
    g_string_append_printf (text, ", stride=%s", stride);
  if (pads_itself (window) && code_window_is_padded (window))
    g_string_append_printf (text, ", padding=%s", pad);
  if (!g_str_equal (dilation, "1"))
    g_string_append_printf (text, ", dilation=%s", dilation);
  if (ceil)
    g_string_append (text, ", ceil_mode=True");
  return g_string_free (text, FALSE);
}

void
code_emit_max_pool (CodePiece *p)
{
  CodeWindow window;

  code_window_read (p, &window);
  g_autofree char *arguments = window_arguments (&window, code_bool (p, "ceil"));
  g_autofree char *sides = code_window_sides (&window);
  if (pads_itself (&window))
    code_forward (p, "F.max_pool%ud($0%s)", window.n, arguments);
  else
    code_forward (p, "F.max_pool%ud(F.pad($0, %s, value=float(\"-inf\"))%s)", window.n, sides,
                  arguments);
}

void
code_emit_avg_pool (CodePiece *p)
{
  CodeWindow window;
  gboolean counts = code_bool (p, "count_pad");

  code_window_read (p, &window);
  g_autofree char *arguments = window_arguments (&window, code_bool (p, "ceil"));
  g_autofree char *sides = code_window_sides (&window);
  g_autofree char *kernel = code_python_ints (window.kernel, window.n);
  g_autofree char *stride = code_python_ints (window.stride, window.n);
  if (pads_itself (&window)) {
    code_forward (p, "F.avg_pool%ud($0%s%s)", window.n, arguments,
                  code_window_is_padded (&window) && !counts ? ", count_include_pad=False" : "");
  } else if (counts) {
    code_forward (p, "F.avg_pool%ud(F.pad($0, %s)%s)", window.n, sides, arguments);
  } else {
    code_need (p, "average_pool");
    code_forward (p, "average_pool(F.avg_pool%ud, $0, %s, %s, %s)", window.n, sides, kernel,
                  stride);
  }
}

void
code_emit_lp_pool (CodePiece *p)
{
  CodeWindow window;
  g_autofree char *power = code_fill (p, "{p}");

  code_window_read (p, &window);
  g_autofree char *kernel = code_python_ints (window.kernel, window.n);
  g_autofree char *stride = code_python_ints (window.stride, window.n);
  g_autofree char *sides = code_window_sides (&window);
  g_autofree char *input = code_window_is_padded (&window)
                               ? g_strdup_printf ("F.pad($0.abs(), %s)", sides)
                               : g_strdup ("$0.abs()");
  code_forward (p, "F.lp_pool%ud(%s, %s, %s, %s, ceil_mode=%s)", window.n, input, power, kernel,
                stride, code_bool (p, "ceil") ? "True" : "False");
}

void
code_emit_global_pool (CodePiece *p)
{
  gboolean mean = g_str_equal (p->node->op->name, "global_avg_pool");
  guint rank = code_input_type (p, 0)->shape.rank;
  gboolean keep = code_output_type (p, 0)->shape.rank == rank;
  g_autofree char *axes = code_spatial_axes (p);

  code_forward (p, "$0.%s(%s%s)", mean ? "mean" : "amax", axes, keep ? ", keepdim=True" : "");
}

void
code_emit_adaptive_pool (CodePiece *p)
{
  gboolean mean = g_str_equal (p->node->op->name, "adaptive_avg_pool");
  guint n = code_input_type (p, 0)->shape.rank - 2;
  gint64 size[TELAR_MAX_SPATIAL];

  code_ints (p, "size", n, size);
  g_autofree char *text = code_python_ints (size, n);
  code_forward (p, "F.adaptive_%s_pool%ud($0, %s)", mean ? "avg" : "max", n, text);
}

void
code_emit_global_lp_pool (CodePiece *p)
{
  g_autofree char *axes = code_spatial_axes (p), *power = code_fill (p, "{p}");
  gboolean keep = code_output_type (p, 0)->shape.rank == code_input_type (p, 0)->shape.rank;

  code_forward (p, "($0.abs() ** %s).sum(%s%s) ** (1 / %s)", power, axes,
                keep ? ", keepdim=True" : "", power);
}

void
code_emit_max_pool_places (CodePiece *p)
{
  CodeWindow window;

  code_window_read (p, &window);
  g_autofree char *arguments = window_arguments (&window, FALSE);
  if (!pads_itself (&window))
    code_refuse (p, "PyTorch pads both sides alike where it says places");
  code_forward (p, "F.max_pool%ud($0%s, return_indices=True)", window.n, arguments);
}

void
code_emit_max_unpool (CodePiece *p)
{
  const TelarShape *out = &code_output_type (p, 0)->shape;
  guint n = out->rank - 2;
  gint64 kernel[TELAR_MAX_SPATIAL], stride[TELAR_MAX_SPATIAL], pad[TELAR_MAX_SPATIAL];

  code_ints (p, "kernel", n, kernel);
  code_ints (p, "stride", n, stride);
  code_ints (p, "pad", n, pad);
  for (guint i = 0; i < n; i++)
    stride[i] = stride[i] ? stride[i] : kernel[i];
  g_autofree char *sizes = code_python_tuple (out->dims + 2, n);
  g_autofree char *k = code_python_tuple (kernel, n), *s = code_python_tuple (stride, n);
  g_autofree char *around = code_python_tuple (pad, n);
  code_need (p, "max_unpool");
  code_forward (p, "max_unpool($0, $1, %s, %s, %s, %s)", sizes, k, s, around);
}
