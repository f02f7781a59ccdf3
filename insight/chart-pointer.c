/* What follows the pointer: crosshair with readout, picking, zooming. */
#include "insight/chart-private.h"

#include <math.h>

#define MIN_BOX   8.0 /* pixels: less was no drag */
#define FLAT_BOX  16.0
#define CARD_PAD  10.0
#define MARK_SIZE 4.0

static gboolean
has_plot (const TelarChart *chart)
{
  TelarSpan span;

  return chart->plot.width > 1 && telar_chart_full_x (chart, &span);
}

/* --- crosshair --------------------------------------------------------------------------- */

/* The point of @series nearest to @x along the axis. */
static guint
nearest (const TelarChart *chart, const TelarSeries *series, double x)
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
    const TelarSeries *series = g_ptr_array_index (chart->series, i);
    if (telar_series_length (series) == 0)
      continue;
    TelarAbscissa abscissa = telar_series_abscissa (chart, series);
    double position = telar_abscissa_at (&abscissa, nearest (chart, series, x));
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
  gboolean inside = has_plot (chart) && x >= plot->x - 4 && x <= plot->x + plot->width + 4 &&
                    y >= plot->y - 4 && y <= plot->y + plot->height + 4 &&
                    snap (chart, telar_chart_from_px (chart, x), &at);

  if (!inside)
    return telar_chart_leave (chart);
  gboolean changed = !chart->hovered || at != chart->hover_x || y != chart->hover_y;
  chart->hovered = TRUE;
  chart->hover_x = at;
  chart->hover_y = y;
  return changed;
}

/* Times differ from series to series, so that the one that has the step says where it is. */
gboolean
telar_chart_hover_step (TelarChart *chart, gint64 step)
{
  for (guint i = 0; has_plot (chart) && i < chart->series->len; i++) {
    const TelarSeries *series = g_ptr_array_index (chart->series, i);
    guint low = 0, high = telar_series_length (series);
    while (low < high) {
      guint middle = low + (high - low) / 2;
      if (g_array_index (series->steps, double, middle) < (double)step)
        low = middle + 1;
      else
        high = middle;
    }
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
    const TelarSeries *series = g_ptr_array_index (chart->series, i);
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
  if (!has_plot (chart) || by == 0)
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

  if (!has_plot (chart))
    return FALSE;
  for (guint s = 0; s < chart->series->len; s++) {
    const TelarSeries *series = g_ptr_array_index (chart->series, s);
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

  chart->boxed = has_plot (chart);
  chart->box[0] = CLAMP (MIN (x0, x1), plot->x, plot->x + plot->width);
  chart->box[1] = CLAMP (MIN (y0, y1), plot->y, plot->y + plot->height);
  chart->box[2] = CLAMP (MAX (x0, x1), plot->x, plot->x + plot->width);
  chart->box[3] = CLAMP (MAX (y0, y1), plot->y, plot->y + plot->height);
}

static gboolean
box_is_wide (const TelarChart *chart)
{
  return chart->box[2] - chart->box[0] >= FLAT_BOX;
}

static gboolean
box_is_high (const TelarChart *chart)
{
  return chart->box[3] - chart->box[1] >= FLAT_BOX;
}

gboolean
telar_chart_take_zoom_box (TelarChart *chart)
{
  const double *box = chart->box;
  gboolean boxed = chart->boxed;
  TelarSpan x = { telar_chart_from_px (chart, box[0]), telar_chart_from_px (chart, box[2]) };
  TelarSpan y = { telar_chart_from_py (chart, box[3]), telar_chart_from_py (chart, box[1]) };

  chart->boxed = FALSE;
  if (!boxed || (!box_is_wide (chart) && !box_is_high (chart)))
    return FALSE;
  if (box_is_wide (chart)) {
    chart->x_zoom = x;
    chart->x_zoomed = TRUE;
  }
  if (box_is_high (chart)) {
    chart->y_zoom = y;
    chart->y_zoomed = TRUE;
  }
  chart->serial++;
  return TRUE;
}

/* Within what there is; all of it is no zoom. */
static void
set_x_zoom (TelarChart *chart, TelarSpan span)
{
  TelarSpan full;

  if (!telar_chart_full_x (chart, &full))
    return;
  double width = span.max - span.min, full_width = full.max - full.min;
  /* No finer than doubles can tell. */
  if (width < full_width * 1e-9)
    return;
  span.min = CLAMP (span.min, full.min, MAX (full.max - width, full.min));
  span.max = MIN (span.min + width, full.max);
  chart->x_zoomed = width < full_width * (1 - 1e-9);
  chart->x_zoom = span;
  chart->serial++;
}

void
telar_chart_zoom_at (TelarChart *chart, double x, double factor)
{
  if (!has_plot (chart) || !(factor > 0))
    return;
  double at =
      telar_chart_from_px (chart, CLAMP (x, chart->plot.x, chart->plot.x + chart->plot.width));
  set_x_zoom (chart, (TelarSpan){ at - (at - chart->x_span.min) / factor,
                                  at + (chart->x_span.max - at) / factor });
}

void
telar_chart_pan (TelarChart *chart, double part)
{
  double by = part * (chart->x_zoom.max - chart->x_zoom.min);

  if (chart->x_zoomed)
    set_x_zoom (chart, (TelarSpan){ chart->x_zoom.min + by, chart->x_zoom.max + by });
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

/* --- drawing ----------------------------------------------------------------------------- */

typedef struct {
  PangoLayout *name, *value;
  guint style;
} Row;

static void
row_clear (gpointer data)
{
  Row *row = data;

  g_object_unref (row->name);
  g_object_unref (row->value);
}

/* Marks the points that the readout speaks of and makes its rows. */
static void
mark_points (TelarChart *chart, cairo_t *cr, const TelarChartTheme *theme, GArray *rows)
{
  for (guint s = 0; s < chart->series->len; s++) {
    const TelarSeries *series = g_ptr_array_index (chart->series, s);
    TelarAbscissa abscissa = telar_series_abscissa (chart, series);
    char text[32];
    if (telar_series_length (series) == 0)
      continue;
    guint i = nearest (chart, series, chart->hover_x);
    double value = telar_pyramid_value (series->smooth, i);
    double x = telar_chart_to_px (chart, telar_abscissa_at (&abscissa, i));
    double y = telar_chart_to_py (chart, value);
    if (isfinite (value) && x >= chart->plot.x - 1 && x <= chart->plot.x + chart->plot.width + 1 &&
        y >= chart->plot.y && y <= chart->plot.y + chart->plot.height) {
      telar_set_color (cr, theme->background, theme->background.alpha > 0 ? 1 : 0);
      telar_draw_mark (cr, series->style, x, y, MARK_SIZE + 1.5);
      telar_set_color (cr, telar_palette_color (series->style, theme->dark), 1);
      telar_draw_mark (cr, series->style, x, y, MARK_SIZE);
    }
    telar_axis_format (telar_pyramid_value (series->raw, i), chart->unit, 5, text, sizeof text);
    Row row = { telar_chart_layout (cr, theme, 1, FALSE, series->name),
                telar_chart_layout (cr, theme, 1, TRUE, text), series->style };
    g_array_append_val (rows, row);
  }
}

static void
rounded_rectangle (cairo_t *cr, const TelarBox *box, double radius)
{
  double right = box->x + box->width, bottom = box->y + box->height;

  cairo_new_sub_path (cr);
  cairo_arc (cr, right - radius, box->y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, right - radius, bottom - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, box->x + radius, bottom - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, box->x + radius, box->y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

static PangoLayout *
head_layout (const TelarChart *chart, cairo_t *cr, const TelarChartTheme *theme)
{
  char position[32];

  telar_axis_format (chart->hover_x, telar_chart_x_unit (chart),
                     chart->x == TELAR_CHART_EPOCH ? 4 : 12, position, sizeof position);
  g_autofree char *text = chart->x_name != NULL ? g_strdup_printf ("%s %s", chart->x_name, position)
                                                : g_strdup (position);
  return telar_chart_layout (cr, theme, 1, FALSE, text);
}

/* The card's size, and where it does not hide the crosshair. */
static TelarBox
place_card (const TelarChart *chart, PangoLayout *head, const GArray *rows, double line,
            double *value_width)
{
  const TelarBox *plot = &chart->plot;
  double width, height, name_width = 0, head_width;
  TelarBox card;

  *value_width = 0;
  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);
    telar_layout_size (row->name, &width, &height);
    name_width = MAX (name_width, width);
    telar_layout_size (row->value, &width, &height);
    *value_width = MAX (*value_width, width);
  }
  telar_layout_size (head, &head_width, &height);
  card.width = 2 * CARD_PAD + MAX (head_width, 2 * MARK_SIZE + 8 + name_width + 16 + *value_width);
  card.height = 2 * CARD_PAD + line * (rows->len + 1);
  double x = telar_chart_to_px (chart, chart->hover_x);
  card.x = x + 14 + card.width <= plot->x + plot->width ? x + 14 : x - 14 - card.width;
  card.x = round (CLAMP (card.x, 4, MAX (chart->width - card.width - 4, 4)));
  card.y = round (CLAMP (chart->hover_y - card.height / 2, plot->y,
                         MAX (plot->y + plot->height - card.height, plot->y)));
  return card;
}

static void
draw_readout (TelarChart *chart, cairo_t *cr, const TelarChartTheme *theme, const GArray *rows)
{
  PangoLayout *head = head_layout (chart, cr, theme);
  double line = ceil (theme->font_size * 1.65), value_width;
  TelarBox card = place_card (chart, head, rows, line, &value_width);
  double y = card.y + CARD_PAD + line / 2;

  rounded_rectangle (cr, &card, 8);
  TelarColor opaque = theme->background;
  opaque.alpha = 1;
  telar_set_color (cr, opaque, 0.96);
  cairo_fill_preserve (cr);
  telar_set_color (cr, theme->text, theme->dark ? 0.06 : 0.02);
  cairo_fill (cr);
  TelarBox border = { card.x + 0.5, card.y + 0.5, card.width - 1, card.height - 1 };
  rounded_rectangle (cr, &border, 7.5);
  telar_set_color (cr, theme->text, 0.16);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);

  telar_set_color (cr, theme->text, 0.62);
  telar_draw_layout (cr, head, card.x + CARD_PAD, y, TELAR_TEXT_LEFT);
  g_object_unref (head);
  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);
    y += line;
    telar_set_color (cr, telar_palette_color (row->style, theme->dark), 1);
    telar_draw_mark (cr, row->style, card.x + CARD_PAD + MARK_SIZE, y, MARK_SIZE);
    telar_set_color (cr, theme->text, 0.9);
    telar_draw_layout (cr, row->name, card.x + CARD_PAD + 2 * MARK_SIZE + 8, y, TELAR_TEXT_LEFT);
    telar_draw_layout (cr, row->value, card.x + card.width - CARD_PAD, y, TELAR_TEXT_RIGHT);
  }
}

static void
draw_crosshair (TelarChart *chart, cairo_t *cr, const TelarChartTheme *theme)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  double x = floor (telar_chart_to_px (chart, chart->hover_x)) + 0.5;

  g_array_set_clear_func (rows, row_clear);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, x, chart->plot.y);
  cairo_line_to (cr, x, chart->plot.y + chart->plot.height);
  telar_set_color (cr, theme->text, 0.4);
  cairo_stroke (cr);
  mark_points (chart, cr, theme, rows);
  draw_readout (chart, cr, theme, rows);
}

/* The box as it will be taken: over the whole height when flat, the whole width when narrow. */
static void
draw_box (TelarChart *chart, cairo_t *cr, const TelarChartTheme *theme)
{
  const TelarBox *plot = &chart->plot;
  TelarBox box = { chart->box[0], chart->box[1], chart->box[2] - chart->box[0],
                   chart->box[3] - chart->box[1] };

  if (box.width < MIN_BOX && box.height < MIN_BOX)
    return;
  if (!box_is_high (chart)) {
    box.y = plot->y;
    box.height = plot->height;
  } else if (!box_is_wide (chart)) {
    box.x = plot->x;
    box.width = plot->width;
  }
  cairo_rectangle (cr, floor (box.x) + 0.5, floor (box.y) + 0.5, floor (box.width),
                   floor (box.height));
  telar_set_color (cr, theme->accent, 0.14);
  cairo_fill_preserve (cr);
  telar_set_color (cr, theme->accent, 0.8);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

void
telar_chart_draw_pointer (TelarChart *chart, cairo_t *cr, const TelarChartTheme *theme)
{
  if (!has_plot (chart))
    return;
  cairo_save (cr);
  if (chart->boxed)
    draw_box (chart, cr, theme);
  else if (chart->hovered && chart->hover_x >= chart->x_span.min &&
           chart->hover_x <= chart->x_span.max)
    draw_crosshair (chart, cr, theme);
  cairo_restore (cr);
}
