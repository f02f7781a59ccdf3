/* The geometry of convolutions and pools: a part of the input with its padding, the window at its
 * first two places, and the numbers of the result that they make. A transposed convolution is the
 * same the other way round: each number of its input is spread over a window of the result, and
 * what it pads is cut away. Of volumes the last two axes are shown. */
#include "app/ui/picture.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define HEIGHT 152
#define MOST   13 /* cells of the input that are shown along an axis, padding included */

typedef struct {
  gint64 kernel, stride, dilation, low, high; /* along one axis */
  gint64 in, out;                             /* -1: unknown */
} Axis;

typedef struct {
  Axis across, down;
  gboolean flat;    /* one spatial axis */
  gboolean spreads; /* the window lies on the result: @across and @down are of it */
  char *caption;
} Window;

static void
window_free (gpointer data)
{
  g_free (((Window *)data)->caption);
  g_free (data);
}

/* --- reading the node ------------------------------------------------------------------------- */

/* The number of the list for the axis; one number counts for all. @fallback without the parameter.
 */
static gint64
item (const TelarNode *node, const char *param, guint axis, gint64 fallback)
{
  const TelarParamValue *value = telar_param_set_get (node->params, param);

  if (!value || value->kind != TELAR_PARAM_INTS || value->ints.n == 0)
    return fallback;
  return value->ints.items[axis < value->ints.n ? axis : 0];
}

static gint64
size_of (const TelarType *type, guint axis, guint axes)
{
  return type && type->shape.rank == axes + 2 ? type->shape.dims[2 + axis] : -1;
}

/* As engine/operators/window.h has it. */
static void
read_padding (const TelarNode *node, guint axis, guint axes, gboolean spreads, Axis *a)
{
  const TelarParamValue *padding = telar_param_set_get (node->params, "padding");
  const TelarParamValue *pad = telar_param_set_get (node->params, "pad");
  gint64 span = a->dilation * (a->kernel - 1) + 1;

  if (padding && g_str_equal (padding->text, "same") && spreads) {
    gint64 total = MAX (span - a->stride, 0);

    a->low = total / 2;
    a->high = total - a->low;
  } else if (padding && g_str_equal (padding->text, "same") && a->in > 0) {
    gint64 out = (a->in + a->stride - 1) / a->stride;
    gint64 total = MAX ((out - 1) * a->stride + span - a->in, 0);

    a->low = total / 2;
    a->high = total - a->low;
  } else if (padding && g_str_equal (padding->text, "explicit") && pad && pad->ints.n) {
    a->low = a->high = pad->ints.items[axis < pad->ints.n ? axis : 0];
    if (pad->ints.n == 2 * axes)
      a->high = pad->ints.items[axes + axis];
  }
}

/* @in: where the window moves. */
static Axis
read_axis (const TelarNode *node, guint axis, guint axes, gboolean spreads, const TelarType *in,
           const TelarType *out)
{
  Axis a = { .in = -1, .out = -1 };

  a.kernel = item (node, "kernel", axis, 1);
  a.stride = item (node, "stride", axis, 1);
  a.stride = a.stride > 0 ? a.stride : a.kernel;
  a.dilation = item (node, "dilation", axis, 1);
  a.in = size_of (in, axis, axes);
  a.out = size_of (out, axis, axes);
  read_padding (node, axis, axes, spreads, &a);
  return a;
}

/* "4×28×28", "" where a size is not known. Caller frees. */
static char *
sizes_text (const TelarType *type, guint axes)
{
  GString *text = g_string_new (NULL);

  for (guint axis = 0; axis < axes; axis++) {
    gint64 size = size_of (type, axis, axes);

    if (size < 0) {
      g_string_set_size (text, 0);
      break;
    }
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, axis ? "×" : "", size);
  }
  return g_string_free (text, FALSE);
}

static char *
make_caption (const TelarType *in, const TelarType *out, guint axes)
{
  g_autofree char *from = sizes_text (in, axes), *to = sizes_text (out, axes);

  return *from && *to ? g_strdup_printf ("%s → %s", from, to) : g_strdup ("");
}

/* --- drawing ---------------------------------------------------------------------------------- */

/* How many cells along the axis are shown, and whether more follow. */
static guint
shown_cells (const Axis *axis, gboolean *more)
{
  gint64 span = axis->dilation * (axis->kernel - 1) + 1;
  gint64 all =
      axis->in > 0 ? axis->low + axis->in + axis->high : axis->low + span + 2 * axis->stride;

  *more = all > MOST || axis->in < 0;
  return (guint)CLAMP (all, 1, MOST);
}

static void
cell (cairo_t *cr, double x, double y, double size)
{
  cairo_rectangle (cr, x + 0.5, y + 0.5, size - 1, size - 1);
}

/* Real numbers are solid, padding is hollow. */
static void
draw_input (cairo_t *cr, const Window *w, guint columns, guint rows, double size,
            const TelarTheme *theme)
{
  GdkRGBA fill = telar_theme_alpha (&theme->text, 0.10f),
          line = telar_theme_alpha (&theme->text, 0.22f);

  for (guint row = 0; row < rows; row++) {
    for (guint column = 0; column < columns; column++) {
      gboolean real = column >= w->across.low && row >= w->down.low &&
                      (w->across.in < 0 || column < w->across.low + w->across.in) &&
                      (w->down.in < 0 || row < w->down.low + w->down.in);

      cell (cr, column * size, row * size, size);
      if (real) {
        telar_theme_set (cr, &fill);
        cairo_fill (cr);
      } else {
        telar_theme_set (cr, &line);
        cairo_set_line_width (cr, 1);
        cairo_set_dash (cr, (const double[]){ 2, 2 }, 2, 0);
        cairo_stroke (cr);
        cairo_set_dash (cr, NULL, 0, 0);
      }
    }
  }
}

/* The window's numbers at its place @step along the first axis, as far as they are shown. */
static void
draw_window (cairo_t *cr, const Window *w, guint columns, guint rows, double size, guint step,
             const GdkRGBA *colour)
{
  GdkRGBA tap = telar_theme_alpha (colour, step ? 0.25f : 0.55f);
  double left = (double)w->across.stride * step * size;
  double width = (double)(w->across.dilation * (w->across.kernel - 1) + 1) * size;
  double height = (double)(w->down.dilation * (w->down.kernel - 1) + 1) * size;

  for (gint64 i = 0; i < w->down.kernel; i++) {
    for (gint64 j = 0; j < w->across.kernel; j++) {
      gint64 row = i * w->down.dilation, column = w->across.stride * step + j * w->across.dilation;

      if (row >= rows || column >= columns)
        continue;
      cell (cr, (double)column * size, (double)row * size, size);
      telar_theme_set (cr, &tap);
      cairo_fill (cr);
    }
  }
  cairo_save (cr);
  cairo_rectangle (cr, -2, -2, columns * size + 4, rows * size + 4);
  cairo_clip (cr);
  telar_theme_set (cr, colour);
  cairo_set_line_width (cr, 1.6);
  if (step)
    cairo_set_dash (cr, (const double[]){ 4, 3 }, 2, 0);
  cairo_rectangle (cr, left + 0.8, 0.8, width - 1.6, height - 1.6);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_output (cairo_t *cr, const Window *w, guint columns, guint rows, double size,
             const TelarTheme *theme, const GdkRGBA *colour)
{
  GdkRGBA fill = telar_theme_alpha (&theme->text, 0.10f);

  for (guint row = 0; row < rows; row++) {
    for (guint column = 0; column < columns; column++) {
      GdkRGBA first = telar_theme_alpha (colour, column ? 0.3f : 0.7f);

      cell (cr, column * size, row * size, size);
      telar_theme_set (cr, row == 0 && column < 2 ? &first : &fill);
      cairo_fill (cr);
    }
  }
}

/* Three points where there is more than is shown. */
static void
draw_more (cairo_t *cr, double x, double y, gboolean across, const TelarTheme *theme)
{
  telar_theme_set (cr, &theme->dim);
  for (int i = 0; i < 3; i++) {
    cairo_arc (cr, x + (across ? 4.0 * i : 0), y + (across ? 0 : 4.0 * i), 1.1, 0, 2 * G_PI);
    cairo_fill (cr);
  }
}

static void
draw_arrow (cairo_t *cr, double x, double y, const TelarTheme *theme)
{
  telar_theme_set (cr, &theme->dim);
  cairo_set_line_width (cr, 1.4);
  cairo_move_to (cr, x - 8, y);
  cairo_line_to (cr, x + 8, y);
  cairo_move_to (cr, x + 4, y - 4);
  cairo_line_to (cr, x + 8, y);
  cairo_line_to (cr, x + 4, y + 4);
  cairo_stroke (cr);
}

static void
draw (cairo_t *cr, double width, double height, const TelarTheme *theme, PangoContext *context,
      gconstpointer data)
{
  const Window *w = data;
  const GdkRGBA *colour = &theme->categories[TELAR_CATEGORY_LAYER];
  gboolean more_across, more_down;
  guint columns = shown_cells (&w->across, &more_across), rows = shown_cells (&w->down, &more_down);
  guint out_columns = w->across.out > 0 ? (guint)MIN (w->across.out, 6) : 3;
  guint out_rows = w->flat ? 1 : w->down.out > 0 ? (guint)MIN (w->down.out, 6) : 3;
  double size = floor (MIN ((height - 30) / rows, (width - 56) / (columns + out_columns)));
  double left, out_left;

  size = MIN (size, 18);
  left = floor ((width - (columns + out_columns) * size - 46) / 2);
  out_left = left + columns * size + 46;
  if (w->spreads) {
    out_left = left;
    left += out_columns * size + 46;
  }
  cairo_save (cr);
  cairo_translate (cr, MAX (left, 2), 4);
  draw_input (cr, w, columns, rows, size, theme);
  draw_window (cr, w, columns, rows, size, 1, colour);
  draw_window (cr, w, columns, rows, size, 0, colour);
  if (more_across)
    draw_more (cr, columns * size + 4, rows * size / 2, TRUE, theme);
  if (more_down && !w->flat)
    draw_more (cr, columns * size / 2, rows * size + 4, FALSE, theme);
  cairo_restore (cr);
  draw_arrow (cr, MAX (left, out_left) - 18, 4 + rows * size / 2, theme);
  cairo_save (cr);
  cairo_translate (cr, out_left, 4 + MAX (0, floor ((rows * size - out_rows * size) / 2)));
  draw_output (cr, w, out_columns, out_rows, size, theme, colour);
  cairo_restore (cr);
  telar_theme_set (cr, &theme->dim);
  telar_picture_text (cr, context, w->caption, width / 2, height - 9, 0.5);
}

/* What comes into the node's first input. */
static const TelarType *
input_type (const TelarNode *node, TelarAnalysis *analysis)
{
  const TelarGraph *graph = telar_document_drawing (telar_analysis_document (analysis));
  const TelarEdge *edge = telar_graph_incoming (graph, node->id, 0, 0);
  const TelarNode *from = edge ? telar_graph_find_node (graph, edge->from) : NULL;

  return from ? telar_analysis_type (analysis, from->id, from->op->outputs[edge->from_port].name)
              : NULL;
}

GtkWidget *
telar_window_picture_new (const TelarNode *node, TelarAnalysis *analysis)
{
  const TelarParamValue *kernel =
      node->params ? telar_param_set_get (node->params, "kernel") : NULL;
  const TelarType *in, *out, *over, *other;
  g_autofree char *words = NULL;
  guint axes = 0;
  Window *w;

  if (!kernel || kernel->kind != TELAR_PARAM_INTS || !telar_param_set_get (node->params, "stride"))
    return NULL;
  for (const TelarParam *param = node->op->params; param->name; param++) {
    if (g_str_equal (param->name, "kernel"))
      axes = param->max_items;
  }
  if (axes < 1 || axes > 3)
    return NULL;
  in = input_type (node, analysis);
  out = telar_analysis_type (analysis, node->id, node->op->outputs[0].name);
  w = g_new0 (Window, 1);
  w->flat = axes == 1;
  w->spreads = strstr (node->op->name, "transpose") != NULL;
  w->caption = make_caption (in, out, axes);
  over = w->spreads ? out : in;
  other = w->spreads ? in : out;
  w->across = read_axis (node, axes - 1, axes, w->spreads, over, other);
  w->down = w->flat ? (Axis){ 1, 1, 1, 0, 0, 1, 1 }
                    : read_axis (node, axes - 2, axes, w->spreads, over, other);
  words =
      g_strdup_printf (w->spreads ? _ ("Each number is spread over %d by %d, %d and %d apart: %s")
                                  : _ ("A window of %d by %d numbers that moves by %d and %d: %s"),
                       (int)w->down.kernel, (int)w->across.kernel, (int)w->down.stride,
                       (int)w->across.stride, w->caption);
  return telar_picture_new (w->flat ? 64 : HEIGHT, words, draw, w, window_free);
}
