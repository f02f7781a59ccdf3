/* The geometry of windows as the operators have it (engine/operators/window.c). */
#include "engine/code/window.h"

#include <string.h>

static void
read_sizes (const CodePiece *p, guint n, CodeWindow *window)
{
  *window = (CodeWindow){ .n = n };
  code_ints (p, "kernel", window->n, window->kernel);
  code_ints (p, "stride", window->n, window->stride);
  for (guint i = 0; i < window->n; i++) {
    window->dilation[i] = 1;
    window->stride[i] = window->stride[i] ? window->stride[i] : window->kernel[i];
  }
  if (code_has (p, "dilation"))
    code_ints (p, "dilation", window->n, window->dilation);
  if (g_str_equal (code_text (p, "padding"), "explicit"))
    code_ints (p, "pad", 2 * window->n, window->pad);
}

gint64
code_window_span (const CodeWindow *window, guint axis)
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

/* As many results as steps of the stride. */
static void
pad_same (CodeWindow *window, const gint64 *in)
{
  for (guint i = 0; i < window->n; i++) {
    gint64 out = (in[i] + window->stride[i] - 1) / window->stride[i];
    share (window, i, (out - 1) * window->stride[i] + code_window_span (window, i) - in[i]);
  }
}

void
code_window_read_over (const CodePiece *p, guint n, const gint64 *in, CodeWindow *window)
{
  read_sizes (p, n, window);
  if (g_str_equal (code_text (p, "padding"), "same"))
    pad_same (window, in);
}

gboolean
code_window_is_same (const CodeWindow *window, const gint64 *in)
{
  CodeWindow same = *window;

  pad_same (&same, in);
  return memcmp (same.pad, window->pad, 2 * window->n * sizeof window->pad[0]) == 0;
}

void
code_window_read (const CodePiece *p, CodeWindow *window)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;

  code_window_read_over (p, shape->rank - 2, shape->dims + 2, window);
}

void
code_window_read_transposed (const CodePiece *p, CodeWindow *window)
{
  read_sizes (p, code_input_type (p, 0)->shape.rank - 2, window);
  if (g_str_equal (code_text (p, "padding"), "same"))
    for (guint i = 0; i < window->n; i++)
      share (window, i, code_window_span (window, i) - window->stride[i]);
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

gboolean
code_window_is_padded (const CodeWindow *window)
{
  return !code_ints_are (window->pad, 2 * window->n, 0);
}

char *
code_window_pairs (const CodeWindow *window)
{
  GString *text = g_string_new ("((0, 0), (0, 0)");

  for (guint i = 0; i < window->n; i++)
    g_string_append_printf (text, ", (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")", window->pad[i],
                            window->pad[window->n + i]);
  return g_string_free (g_string_append_c (text, ')'), FALSE);
}

char *
code_window_part (const gint64 *low, const gint64 *size, guint n)
{
  GString *text = g_string_new ("[:, :");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, ", %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, low[i],
                            low[i] + size[i]);
  return g_string_free (g_string_append_c (text, ']'), FALSE);
}

char *
code_spatial_axes (const CodePiece *p)
{
  gint64 axes[TELAR_MAX_RANK];
  guint rank = code_input_type (p, 0)->shape.rank;

  for (guint axis = 2; axis < rank; axis++)
    axes[axis - 2] = axis;
  return code_python_tuple (axes, rank - 2);
}
