/* The geometry of windows as the operators have it (engine/operators/window.c), and pools. */
#include "engine/code/torch-window.h"

#include <string.h>

static void
read_sizes (const CodePiece *p, CodeWindow *window)
{
  const TelarParamSet *params = p->lowered->node->params;

  *window = (CodeWindow){ .n = code_input_type (p, 0)->shape.rank - 2 };
  code_ints (p, "kernel", window->n, window->kernel);
  code_ints (p, "stride", window->n, window->stride);
  for (guint i = 0; i < window->n; i++) {
    window->dilation[i] = 1;
    window->stride[i] = window->stride[i] ? window->stride[i] : window->kernel[i];
  }
  if (telar_param_set_get (params, "dilation"))
    code_ints (p, "dilation", window->n, window->dilation);
  if (g_str_equal (code_text (p, "padding"), "explicit"))
    code_ints (p, "pad", 2 * window->n, window->pad);
}

static gint64
span_of (const CodeWindow *window, guint axis)
{
  return window->dilation[axis] * (window->kernel[axis] - 1) + 1;
}

static void
share (CodeWindow *window, guint axis, gint64 total)
{
  total = MAX (total, 0);
  window->pad[axis] = total / 2;
  window->pad[window->n + axis] = total - total / 2;
}

void
code_window_read (const CodePiece *p, CodeWindow *window)
{
  const gint64 *in = code_input_type (p, 0)->shape.dims + 2;

  read_sizes (p, window);
  if (!g_str_equal (code_text (p, "padding"), "same"))
    return;
  for (guint i = 0; i < window->n; i++) {
    gint64 out = (in[i] + window->stride[i] - 1) / window->stride[i];
    share (window, i, (out - 1) * window->stride[i] + span_of (window, i) - in[i]);
  }
}

void
code_window_read_transposed (const CodePiece *p, CodeWindow *window)
{
  read_sizes (p, window);
  if (g_str_equal (code_text (p, "padding"), "same"))
    for (guint i = 0; i < window->n; i++)
      share (window, i, span_of (window, i) - window->stride[i]);
}

gboolean
code_window_is_even (const CodeWindow *window)
{
  return memcmp (window->pad, window->pad + window->n, window->n * sizeof window->pad[0]) == 0;
}

char *
code_window_sides (const CodeWindow *window)
{
  gint64 sides[2 * TELAR_MAX_SPATIAL];

  for (guint i = 0; i < window->n; i++) {
    sides[2 * i] = window->pad[window->n - 1 - i];
    sides[2 * i + 1] = window->pad[2 * window->n - 1 - i];
  }
  return code_python_tuple (sides, 2 * window->n);
}

/* --- pools ------------------------------------------------------------------------------------ */

static gboolean
is_padded (const CodeWindow *window)
{
  for (guint i = 0; i < 2 * window->n; i++)
    if (window->pad[i] != 0)
      return TRUE;
  return FALSE;
}

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
  if (pads_itself (window) && is_padded (window))
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
                  is_padded (&window) && !counts ? ", count_include_pad=False" : "");
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
  g_autofree char *input =
      is_padded (&window) ? g_strdup_printf ("F.pad($0.abs(), %s)", sides) : g_strdup ("$0.abs()");
  code_forward (p, "F.lp_pool%ud(%s, %s, %s, %s, ceil_mode=%s)", window.n, input, power, kernel,
                stride, code_bool (p, "ceil") ? "True" : "False");
}

void
code_emit_global_pool (CodePiece *p)
{
  gboolean mean = g_str_equal (p->node->op->name, "global_avg_pool");
  guint rank = code_input_type (p, 0)->shape.rank;
  gboolean keep = code_output_type (p, 0)->shape.rank == rank;
  GString *axes = g_string_new ("(");

  for (guint axis = 2; axis < rank; axis++)
    g_string_append_printf (axes, "%s%u", axis > 2 ? ", " : "", axis);
  g_string_append (axes, rank == 3 ? ",)" : ")");
  code_forward (p, "$0.%s(%s%s)", mean ? "mean" : "amax", axes->str, keep ? ", keepdim=True" : "");
  g_string_free (axes, TRUE);
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
