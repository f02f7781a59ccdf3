/* The geometry of sliding windows. */
#include "engine/operators/window.h"

const char *const telar_padding_choices[] = { "same", "valid", "explicit", NULL };

/* Fills @items from a list parameter with 1 or n items. */
static gboolean
read_list (TelarLowering *l, const char *param, guint n, gint64 *items)
{
  guint given;
  const gint64 *list = telar_lower_ints (l, param, &given);

  if (given != 1 && given != n) {
    telar_lower_fail (l, "%s has %u numbers; give one, or one for each of the %u spatial axes",
                      param, given, n);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    items[i] = list[given == 1 ? 0 : i];
  return TRUE;
}

static gboolean
has_param (TelarLowering *l, const char *name)
{
  for (const TelarParam *param = l->node->op->params; param->name != NULL; param++)
    if (g_str_equal (param->name, name))
      return TRUE;
  return FALSE;
}

gint64
telar_window_span (const TelarWindow *window, guint axis)
{
  return window->dilation[axis] * (window->kernel[axis] - 1) + 1;
}

gint64
telar_window_taps (const TelarWindow *window)
{
  gint64 taps = 1;

  for (guint i = 0; i < window->n; i++)
    taps *= window->kernel[i];
  return taps;
}

/* out = ceil ((in + low + high - span) / stride) + 1, less one where that window would begin in the
 * padding at the high side. */
static void
pad_ceil (TelarWindow *window, const gint64 *in)
{
  for (guint i = 0; i < window->n; i++) {
    gint64 padded = in[i] + window->pad[i] + window->pad[window->n + i];
    gint64 free = padded - telar_window_span (window, i), stride = window->stride[i];
    gint64 start = (MAX (free, 0) + stride - 1) / stride * stride;

    if (start >= in[i] + window->pad[i])
      start -= stride;
    window->extra[i] = MAX (start - free, 0);
    window->pad[window->n + i] += window->extra[i];
  }
}

static void
pad_same (TelarWindow *window, const gint64 *in)
{
  for (guint i = 0; i < window->n; i++) {
    gint64 out = (in[i] + window->stride[i] - 1) / window->stride[i];
    gint64 total = (out - 1) * window->stride[i] + telar_window_span (window, i) - in[i];
    total = MAX (total, 0);
    window->pad[i] = total / 2;
    window->pad[window->n + i] = total - total / 2;
  }
}

static gboolean
pad_explicit (TelarLowering *l, TelarWindow *window)
{
  guint n = window->n, given;
  const gint64 *list = telar_lower_ints (l, "pad", &given);

  if (given != 1 && given != n && given != 2 * n) {
    telar_lower_fail (l, "pad has %u numbers; give 1, %u or %u", given, n, 2 * n);
    return FALSE;
  }
  for (guint i = 0; i < 2 * n; i++)
    window->pad[i] = list[i % given];
  return TRUE;
}

gboolean
telar_window_read (TelarLowering *l, const TelarShape *input, TelarWindow *window)
{
  guint n = input->rank - 2;
  const char *padding = telar_lower_text (l, "padding");
  gint64 in[TELAR_MAX_SPATIAL];

  *window = (TelarWindow){ .n = n };
  for (guint i = 0; i < n; i++) {
    window->dilation[i] = 1;
    if (!telar_lower_size (l, input, i + 2, &in[i]))
      return FALSE;
  }
  if (!read_list (l, "kernel", n, window->kernel) || !read_list (l, "stride", n, window->stride))
    return FALSE;
  if (has_param (l, "dilation") && !read_list (l, "dilation", n, window->dilation))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (window->stride[i] == 0)
      window->stride[i] = window->kernel[i];

  if (g_str_equal (padding, "same"))
    pad_same (window, in);
  else if (g_str_equal (padding, "explicit") && !pad_explicit (l, window))
    return FALSE;
  if (has_param (l, "ceil") && telar_lower_bool (l, "ceil"))
    pad_ceil (window, in);
  return TRUE;
}
