/* Pools in Keras. Its layers pad alike at both sides or not at all and leave out what does not fill
 * a window: what else there is, is padded before. */
#include "engine/code/keras-pools.h"
#include "engine/code/window.h"

#include <string.h>

/* Padding so that windows that lie within the padded picture are just those of the result. */
static void
read_window (const CodePiece *p, CodeWindow *window)
{
  const gint64 *in = code_input_type (p, 0)->shape.dims + 2;
  const gint64 *out = code_output_type (p, 0)->shape.dims + 2;

  code_window_read (p, window);
  for (guint i = 0; i < window->n; i++) {
    gint64 needed = (out[i] - 1) * window->stride[i] + code_window_span (window, i) - in[i];
    window->pad[window->n + i] = MAX (needed - window->pad[i], 0);
  }
}

static void
add_pool (CodePiece *p, const char *kind, const CodeWindow *window, gboolean same,
          const char *given)
{
  g_autofree char *klass = g_strdup_printf ("layers.%sPooling%uD", kind, window->n);
  g_autofree char *kernel = code_python_ints (window->kernel, window->n);
  g_autofree char *stride = code_python_ints (window->stride, window->n);
  CodeCall *call = code_module (p, "", klass);

  code_positional (call, "pool_size", "%s", kernel);
  if (!g_str_equal (kernel, stride))
    code_keyword (call, "strides", "%s", stride);
  if (same)
    code_keyword (call, "padding", "\"same\"");
  code_keyword (call, "data_format", "\"channels_first\"");
  code_forward (p, "self.%s(%s)", p->attr, given);
}

void
code_keras_max_pool (CodePiece *p)
{
  CodeWindow window;

  read_window (p, &window);
  g_autofree char *pairs = code_window_pairs (&window);
  g_autofree char *padded =
      code_window_is_padded (&window)
          ? g_strdup_printf ("ops.pad($0, %s, constant_values=-float(\"inf\"))", pairs)
          : g_strdup ("$0");
  if (code_ints_are (window.dilation, window.n, 1)) {
    gboolean same = g_str_equal (code_text (p, "padding"), "same");
    add_pool (p, "Max", &window, same, same ? "$0" : padded);
    return;
  }
  g_autofree char *kernel = code_python_tuple (window.kernel, window.n);
  g_autofree char *stride = code_python_tuple (window.stride, window.n);
  g_autofree char *dilation = code_python_tuple (window.dilation, window.n);
  code_need (p, "dilated_max_pool");
  code_forward (p, "dilated_max_pool(%s, %s, %s, %s)", padded, kernel, stride, dilation);
}

/* The mean of what counts: of what was padded, where it does, all but what stands beyond. */
void
code_keras_avg_pool (CodePiece *p)
{
  CodeWindow window, counted;

  read_window (p, &window);
  if (!code_window_is_padded (&window)) {
    add_pool (p, "Average", &window, FALSE, "$0");
    return;
  }
  if (code_bool (p, "count_pad"))
    code_window_read (p, &counted);
  else
    counted = (CodeWindow){ .n = window.n };
  for (guint i = 0; i < window.n; i++) {
    counted.pad[i] = MIN (counted.pad[i], window.pad[i]);
    counted.pad[window.n + i] = MIN (counted.pad[window.n + i], window.pad[window.n + i]);
  }
  g_autofree char *kernel = code_python_ints (window.kernel, window.n);
  g_autofree char *stride = code_python_ints (window.stride, window.n);
  g_autofree char *pad = code_window_pairs (&window), *counts = code_window_pairs (&counted);
  if (g_str_equal (pad, counts)) {
    g_autofree char *padded = g_strdup_printf ("ops.pad($0, %s)", pad);
    add_pool (p, "Average", &window, FALSE, padded);
    return;
  }
  code_need (p, "average_pool");
  code_forward (p, "average_pool($0, %s, %s, %s, %s)", kernel, stride, pad, counts);
}

void
code_keras_lp_pool (CodePiece *p)
{
  CodeWindow window;
  g_autofree char *power = code_fill (p, "{p}");
  gint64 places = 1;

  read_window (p, &window);
  for (guint i = 0; i < window.n; i++)
    places *= window.kernel[i];
  g_autofree char *pairs = code_window_pairs (&window);
  g_autofree char *powers = code_window_is_padded (&window)
                                ? g_strdup_printf ("ops.pad(ops.abs($0) ** %s, %s)", power, pairs)
                                : g_strdup_printf ("ops.abs($0) ** %s", power);
  add_pool (p, "Average", &window, FALSE, powers);
  g_autofree char *means = g_steal_pointer (&p->forward);
  code_forward (p, "(%" G_GINT64_FORMAT " * %s) ** (1 / %s)", places, means, power);
}

void
code_keras_global_pool (CodePiece *p)
{
  gboolean mean = g_str_equal (p->node->op->name, "global_avg_pool");
  guint rank = code_input_type (p, 0)->shape.rank;
  g_autofree char *klass =
      g_strdup_printf ("layers.Global%sPooling%uD", mean ? "Average" : "Max", rank - 2);
  CodeCall *call = code_module (p, "", klass);

  code_keyword (call, "data_format", "\"channels_first\"");
  if (code_output_type (p, 0)->shape.rank == rank)
    code_keyword (call, "keepdims", "True");
  code_forward (p, "self.%s($0)", p->attr);
}

void
code_keras_adaptive_pool (CodePiece *p)
{
  gboolean mean = g_str_equal (p->node->op->name, "adaptive_avg_pool");
  guint n = code_input_type (p, 0)->shape.rank - 2;
  gint64 size[TELAR_MAX_SPATIAL];
  g_autofree char *klass =
      g_strdup_printf ("layers.Adaptive%sPooling%uD", mean ? "Average" : "Max", n);
  CodeCall *call = code_module (p, "", klass);

  code_ints (p, "size", n, size);
  g_autofree char *text = code_python_ints (size, n);
  code_positional (call, "output_size", "%s", text);
  code_keyword (call, "data_format", "\"channels_first\"");
  code_forward (p, "self.%s($0)", p->attr);
}

void
code_keras_global_lp_pool (CodePiece *p)
{
  guint rank = code_input_type (p, 0)->shape.rank;
  gboolean keep = code_output_type (p, 0)->shape.rank == rank;
  g_autofree char *over = code_spatial_axes (p), *power = code_fill (p, "{p}");

  code_forward (p, "ops.sum(ops.abs($0) ** %s, %s%s) ** (1 / %s)", power, over,
                keep ? ", keepdims=True" : "", power);
}
