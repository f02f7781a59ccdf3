/* Lines from axis to axis. */
#include "insight/parallel.h"

#include "insight/chart-private.h"

#include <math.h>

#define TOP    58.0 /* for the titles */
#define BOTTOM 20.0
#define SIDE   70.0
#define REACH  24.0 /* pixels from an axis that still mean it */
#define LEAST  3.0
#define BRUSH  14.0
#define FAINT  0.10

struct TelarParallel {
  TelarRunAxes *axes; /* NULL: none */
  GArray *shown;      /* guint */
  double width, height;
};

TelarParallel *
telar_parallel_new (void)
{
  TelarParallel *parallel = g_new0 (TelarParallel, 1);

  parallel->shown = g_array_new (FALSE, FALSE, sizeof (guint));
  return parallel;
}

void
telar_parallel_free (TelarParallel *parallel)
{
  if (parallel == NULL)
    return;
  g_array_unref (parallel->shown);
  g_free (parallel);
}

void
telar_parallel_show (TelarParallel *parallel, TelarRunAxes *axes, const GArray *shown)
{
  parallel->axes = axes;
  g_array_set_size (parallel->shown, 0);
  if (axes != NULL)
    g_array_append_vals (parallel->shown, shown->data, shown->len);
}

static const TelarRunAxis *
axis_at (const TelarParallel *parallel, guint place)
{
  return telar_run_axes_get (parallel->axes, g_array_index (parallel->shown, guint, place));
}

/* --- brushes ----------------------------------------------------------------------------- */

static double
axis_x (const TelarParallel *parallel, guint place)
{
  guint gaps = MAX (parallel->shown->len, 2) - 1;

  return SIDE + (parallel->width - 2 * SIDE) * place / gaps;
}

static double
part_y (const TelarParallel *parallel, double part)
{
  return TOP + (1 - part) * (parallel->height - TOP - BOTTOM);
}

int
telar_parallel_axis_at (const TelarParallel *parallel, double x, double y)
{
  for (guint i = 0; i < parallel->shown->len; i++)
    if (fabs (axis_x (parallel, i) - x) <= REACH && y >= TOP - LEAST &&
        y <= parallel->height - BOTTOM + LEAST)
      return (int)g_array_index (parallel->shown, guint, i);
  return -1;
}

void
telar_parallel_brush (TelarParallel *parallel, guint axis, double y0, double y1)
{
  double height = MAX (parallel->height - TOP - BOTTOM, 1);

  if (fabs (y1 - y0) < LEAST)
    telar_run_axes_unbrush (parallel->axes, axis);
  else
    telar_run_axes_brush (parallel->axes, axis, 1 - (y0 - TOP) / height, 1 - (y1 - TOP) / height);
}

/* --- drawing ----------------------------------------------------------------------------- */

static void
draw_row (const TelarParallel *parallel, cairo_t *cr, guint row)
{
  gboolean pen_down = FALSE;
  double last_x = 0, last_y = 0;

  cairo_new_path (cr);
  for (guint i = 0; i < parallel->shown->len; i++) {
    const TelarRunAxis *axis = axis_at (parallel, i);
    double x = axis_x (parallel, i), y = part_y (parallel, axis->parts[row]);
    if (isnan (y)) {
      pen_down = FALSE;
      continue;
    }
    if (pen_down)
      cairo_curve_to (cr, (last_x + x) / 2, last_y, (last_x + x) / 2, y, x, y);
    else
      cairo_move_to (cr, x, y);
    pen_down = TRUE;
    last_x = x;
    last_y = y;
  }
  cairo_stroke (cr);
}

static void
draw_rows (const TelarParallel *parallel, cairo_t *cr, const TelarChartTheme *theme,
           gboolean passing)
{
  int color = telar_run_axes_color (parallel->axes);
  guint runs = telar_run_axes_n_runs (parallel->axes);
  double alpha = CLAMP (30.0 / MAX (runs, 1), 0.25, 0.85);

  cairo_set_line_width (cr, passing ? 1.6 : 1);
  for (guint row = 0; row < runs; row++) {
    if (telar_run_axes_passes (parallel->axes, row) != passing)
      continue;
    double part = color >= 0 ? telar_run_axes_get (parallel->axes, (guint)color)->parts[row] : NAN;
    if (passing && !isnan (part))
      telar_set_color (cr, telar_ramp_color (CLAMP (part, 0, 1), theme->dark), alpha);
    else
      telar_set_color (cr, theme->text, passing ? alpha * 0.5 : FAINT);
    draw_row (parallel, cr, row);
  }
}

static void
draw_text (cairo_t *cr, const TelarChartTheme *theme, const char *text, double x, double y,
           TelarTextAlign align, gboolean bold, double alpha)
{
  PangoLayout *layout = telar_chart_layout (cr, theme, 1, bold, text);
  TelarColor ground = theme->background;
  double width, height;

  if (align == TELAR_TEXT_RIGHT) { /* lines may run behind it */
    telar_layout_size (layout, &width, &height);
    ground.alpha = 1;
    telar_set_color (cr, ground, 0.75);
    cairo_rectangle (cr, x - width - 2, y - height / 2, width + 4, height);
    cairo_fill (cr);
  }
  telar_set_color (cr, theme->text, alpha);
  telar_draw_layout (cr, layout, x, y, align);
  g_object_unref (layout);
}

/* Title, strength as a bar and a number, line, ticks, brush. */
static void
draw_axis (const TelarParallel *parallel, cairo_t *cr, guint number, const TelarChartTheme *theme)
{
  const TelarRunAxis *axis = axis_at (parallel, number);
  double x = floor (axis_x (parallel, number)) + 0.5;

  draw_text (cr, theme, axis->title, x, 16, TELAR_TEXT_MIDDLE, TRUE, 0.95);
  if (!isnan (axis->strength)) {
    char text[32];
    telar_axis_format (axis->strength, TELAR_UNIT_NONE, 2, text, sizeof text);
    telar_set_color (cr, telar_palette_color (axis->strength < 0 ? 1 : 0, theme->dark), 0.9);
    cairo_rectangle (cr, x - 30, 38, 60 * fabs (axis->strength), 4);
    cairo_fill (cr);
    draw_text (cr, theme, text, x + 36, 40, TELAR_TEXT_LEFT, FALSE, 0.62);
  }
  cairo_set_line_width (cr, 1);
  telar_set_color (cr, theme->text, 0.5);
  cairo_move_to (cr, x, TOP);
  cairo_line_to (cr, x, parallel->height - BOTTOM);
  cairo_stroke (cr);
  for (guint i = 0; i < axis->ticks->len; i++) {
    const TelarTick *tick = &g_array_index (axis->ticks, TelarTick, i);
    double y = part_y (parallel, tick->value);
    if (*tick->label == '\0' || tick->value < -0.001 || tick->value > 1.001)
      continue;
    draw_text (cr, theme, tick->label, x - 8, y, TELAR_TEXT_RIGHT, FALSE, 0.72);
  }
  if (!axis->brushed)
    return;
  cairo_rectangle (cr, x - BRUSH / 2, part_y (parallel, axis->high), BRUSH,
                   part_y (parallel, axis->low) - part_y (parallel, axis->high));
  telar_set_color (cr, theme->accent, 0.25);
  cairo_fill_preserve (cr);
  telar_set_color (cr, theme->accent, 0.9);
  cairo_stroke (cr);
}

void
telar_parallel_draw (TelarParallel *parallel, cairo_t *cr, double width, double height,
                     const TelarChartTheme *theme)
{
  parallel->width = width;
  parallel->height = height;
  cairo_save (cr);
  telar_chart_draw_paper (cr, theme, width, height);
  if (parallel->axes != NULL) {
    draw_rows (parallel, cr, theme, FALSE);
    draw_rows (parallel, cr, theme, TRUE);
  }
  for (guint i = 0; i < parallel->shown->len; i++)
    draw_axis (parallel, cr, i, theme);
  cairo_restore (cr);
}
