/* What the pointer means: crosshair, picking, zooming. */
#include "insight/chart-private.h"

#include <math.h>

#define FLAT_BOX 16.0 /* pixels: less was not meant along that axis */

gboolean
telar_chart_has_plot (const TelarChart *chart)
{
  TelarInterval span;

  return chart->plot.width > 1 && telar_chart_full_x (chart, &span);
}

/* --- crosshair --------------------------------------------------------------------------- */

/* The point of @series nearest to @x along the axis. */
guint
telar_series_nearest (const TelarChart *chart, const TelarSeries *series, double x)
{
  TelarAbscissa abscissa = telar_series_abscissa (chart, series);
  guint length = telar_series_length (series);
  guint i = telar_series_find (chart, series, x);

  if (i == length)
    return length - 1;
  if (i > 0 && x - telar_abscissa_at (&abscissa, i - 1) < telar_abscissa_at (&abscissa, i) - x)
    i--;
  return i;
}

/* Sets @at to the position of a point, that of all series nearest to @x and in view. */
static gboolean
snap (const TelarChart *chart, double x, double *at)
{
  double best = INFINITY;

  for (guint i = 0; i < chart->series->len; i++) {
    const TelarSeries *series = telar_chart_shown (chart, i);
    if (telar_series_length (series) == 0)
      continue;
    TelarAbscissa abscissa = telar_series_abscissa (chart, series);
    double position = telar_abscissa_at (&abscissa, telar_series_nearest (chart, series, x));
    if (position < chart->x_span.min || position > chart->x_span.max || fabs (position - x) >= best)
      continue;
    best = fabs (position - x);
    *at = position;
  }
  return best < INFINITY;
}

gboolean
telar_chart_hover (TelarChart *chart, double x, double y)
{
  const TelarBox *plot = &chart->plot;
  double at = 0;
  gboolean inside = telar_chart_has_plot (chart) && x >= plot->x - 4 &&
                    x <= plot->x + plot->width + 4 && y >= plot->y - 4 &&
                    y <= plot->y + plot->height + 4 &&
                    snap (chart, telar_chart_from_px (chart, x), &at);

  if (!inside)
    return telar_chart_leave (chart);
  gboolean changed = !chart->hovered || at != chart->hover_x || y != chart->hover_y;
  chart->hovered = TRUE;
  chart->hover_x = at;
  chart->hover_y = y;
  return changed;
}

/* The first point that is not before @step; along a metric steps come in any order. */
static guint
first_step (const TelarChart *chart, const TelarSeries *series, double step)
{
  const double *steps = (const double *)series->steps->data;
  guint length = telar_series_length (series), best = length;

  if (chart->x != TELAR_CHART_METRIC)
    return telar_first_not_before (steps, length, step);
  for (guint i = 0; i < length; i++)
    if (steps[i] >= step && (best == length || steps[i] < steps[best]))
      best = i;
  return best;
}

/* Times differ from series to series, so that the one that has the step says where it is. */
gboolean
telar_chart_hover_step (TelarChart *chart, gint64 step)
{
  for (guint i = 0; telar_chart_has_plot (chart) && i < chart->series->len; i++) {
    const TelarSeries *series = telar_chart_shown (chart, i);
    guint low = first_step (chart, series, (double)step);
    if (low == telar_series_length (series))
      continue;
    TelarAbscissa abscissa = telar_series_abscissa (chart, series);
    return telar_chart_hover (chart, telar_chart_to_px (chart, telar_abscissa_at (&abscissa, low)),
                              chart->plot.y + chart->plot.height / 2);
  }
  return FALSE;
}

gboolean
telar_chart_hovered_step (const TelarChart *chart, gint64 *step)
{
  double nearest = INFINITY;

  for (guint i = 0; chart->hovered && i < chart->series->len; i++) {
    const TelarSeries *series = telar_chart_shown (chart, i);
    TelarAbscissa abscissa = telar_series_abscissa (chart, series);
    guint at = telar_series_find (chart, series, chart->hover_x);
    for (guint j = at > 0 ? at - 1 : 0; j < MIN (at + 1, telar_series_length (series)); j++) {
      double distance = fabs (telar_abscissa_at (&abscissa, j) - chart->hover_x);
      if (distance >= nearest)
        continue;
      nearest = distance;
      *step = (gint64)g_array_index (series->steps, double, j);
    }
  }
  return isfinite (nearest);
}

gboolean
telar_chart_leave (TelarChart *chart)
{
  gboolean changed = chart->hovered;

  chart->hovered = FALSE;
  return changed;
}

gboolean
telar_chart_move_crosshair (TelarChart *chart, int by)
{
  if (!telar_chart_has_plot (chart) || by == 0)
    return FALSE;
  double at = chart->hovered ? chart->hover_x : chart->x_span.max;
  double px = telar_chart_to_px (chart, at), before = at;
  /* Where points are denser than pixels a step is a pixel; else it is a point. */
  for (double moved = by; telar_chart_from_px (chart, px + moved) >= chart->x_span.min &&
                          telar_chart_from_px (chart, px + moved) <= chart->x_span.max;
       moved += by > 0 ? 1 : -1)
    if (snap (chart, telar_chart_from_px (chart, px + moved), &at) && at != before)
      break;
  return telar_chart_hover (chart, telar_chart_to_px (chart, at),
                            chart->plot.y + chart->plot.height / 2);
}

gboolean
telar_chart_pick (TelarChart *chart, double x, double y, double reach, TelarChartPick *pick)
{
  double best = reach;
  gboolean found = FALSE;

  if (!telar_chart_has_plot (chart))
    return FALSE;
  for (guint s = 0; s < chart->series->len; s++) {
    const TelarSeries *series = telar_chart_shown (chart, s);
    TelarAbscissa abscissa = telar_series_abscissa (chart, series);
    guint to = telar_series_find (chart, series, telar_chart_from_px (chart, x + reach));
    for (guint i = telar_series_find (chart, series, telar_chart_from_px (chart, x - reach));
         i < to; i++) {
      double value = telar_pyramid_value (series->raw, i);
      double px = telar_chart_to_px (chart, telar_abscissa_at (&abscissa, i));
      double py = telar_chart_to_py (chart, value);
      if (!isfinite (value) || hypot (px - x, py - y) > best)
        continue;
      best = hypot (px - x, py - y);
      found = TRUE;
      *pick = (TelarChartPick){ s,
                                { (gint64)g_array_index (series->steps, double, i),
                                  (gint64)g_array_index (series->times, double, i), value },
                                px,
                                py };
    }
  }
  return found;
}

/* --- zoom -------------------------------------------------------------------------------- */

void
telar_chart_set_zoom_box (TelarChart *chart, double x0, double y0, double x1, double y1)
{
  const TelarBox *plot = &chart->plot;

  chart->boxed = telar_chart_has_plot (chart);
  chart->box[0] = CLAMP (MIN (x0, x1), plot->x, plot->x + plot->width);
  chart->box[1] = CLAMP (MIN (y0, y1), plot->y, plot->y + plot->height);
  chart->box[2] = CLAMP (MAX (x0, x1), plot->x, plot->x + plot->width);
  chart->box[3] = CLAMP (MAX (y0, y1), plot->y, plot->y + plot->height);
}

gboolean
telar_chart_box_is_wide (const TelarChart *chart)
{
  return chart->box[2] - chart->box[0] >= FLAT_BOX;
}

gboolean
telar_chart_box_is_high (const TelarChart *chart)
{
  return chart->box[3] - chart->box[1] >= FLAT_BOX;
}

gboolean
telar_chart_take_zoom_box (TelarChart *chart)
{
  const double *box = chart->box;
  gboolean boxed = chart->boxed;
  TelarInterval x = { telar_chart_from_px (chart, box[0]), telar_chart_from_px (chart, box[2]) };
  TelarInterval y = { telar_chart_from_py (chart, box[3]), telar_chart_from_py (chart, box[1]) };

  chart->boxed = FALSE;
  if (!boxed || (!telar_chart_box_is_wide (chart) && !telar_chart_box_is_high (chart)))
    return FALSE;
  if (telar_chart_box_is_wide (chart)) {
    chart->x_zoom = x;
    chart->x_zoomed = TRUE;
  }
  if (telar_chart_box_is_high (chart)) {
    chart->y_zoom = y;
    chart->y_zoomed = TRUE;
  }
  chart->serial++;
  return TRUE;
}

/* Within what there is; all of it is no zoom. */
static void
set_x_zoom (TelarChart *chart, TelarInterval span)
{
  TelarInterval full;

  if (!telar_chart_full_x (chart, &full))
    return;
  double width = telar_chart_width_of (chart, span);
  double full_width = telar_chart_width_of (chart, full);
  /* No finer than doubles can tell. */
  if (!(width >= full_width * 1e-9))
    return;
  if (width >= full_width * (1 - 1e-9)) {
    span = full;
  } else if (span.min < full.min) {
    span = telar_chart_moved (
        chart, span, telar_chart_width_of (chart, (TelarInterval){ span.min, full.min }) / width);
  } else if (span.max > full.max) {
    span = telar_chart_moved (
        chart, span, -telar_chart_width_of (chart, (TelarInterval){ full.max, span.max }) / width);
  }
  chart->x_zoomed = width < full_width * (1 - 1e-9);
  chart->x_zoom = span;
  chart->serial++;
}

void
telar_chart_zoom_at (TelarChart *chart, double x, double factor)
{
  if (!telar_chart_has_plot (chart) || !(factor > 0))
    return;
  double at =
      telar_chart_from_px (chart, CLAMP (x, chart->plot.x, chart->plot.x + chart->plot.width));
  set_x_zoom (chart, telar_chart_scaled (chart, chart->x_span, at, factor));
}

void
telar_chart_pan (TelarChart *chart, double part)
{
  if (chart->x_zoomed)
    set_x_zoom (chart, telar_chart_moved (chart, chart->x_zoom, part));
}

void
telar_chart_reset_view (TelarChart *chart)
{
  chart->x_zoomed = chart->y_zoomed = FALSE;
  chart->serial++;
}

gboolean
telar_chart_is_zoomed (const TelarChart *chart)
{
  return chart->x_zoomed || chart->y_zoomed;
}
