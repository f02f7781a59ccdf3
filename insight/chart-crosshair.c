/* What is drawn at the pointer: crosshair, readout, zoom box. */
#include "insight/chart-private.h"

#include <math.h>

#define MIN_BOX   8.0 /* pixels: less was no drag */
#define CARD_PAD  10.0
#define MARK_SIZE 4.0

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

/* How far a point of the readout is from the pointer. */
typedef struct {
  guint series, point;
  double distance;
} Near;

static int
compare_distances (gconstpointer a, gconstpointer b)
{
  double x = ((const Near *)a)->distance, y = ((const Near *)b)->distance;

  return x < y ? -1 : x > y;
}

static int
compare_series (gconstpointer a, gconstpointer b)
{
  return (int)((const Near *)a)->series - (int)((const Near *)b)->series;
}

/* The points at the crosshair; of many curves those that are nearest to the pointer. */
static GArray *
find_near (const TelarChart *chart)
{
  GArray *near = g_array_new (FALSE, FALSE, sizeof (Near));

  for (guint s = 0; s < chart->series->len; s++) {
    const TelarSeries *series = telar_chart_shown (chart, s);
    if (telar_series_length (series) == 0)
      continue;
    guint i = telar_series_nearest (chart, series, chart->hover_x);
    double y = telar_chart_to_py (chart, telar_series_smooth (series, i));
    Near one = { s, i, isfinite (y) ? fabs (y - chart->hover_y) : INFINITY };
    g_array_append_val (near, one);
  }
  if (near->len > TELAR_CHART_FEW) {
    g_array_sort (near, compare_distances);
    g_array_set_size (near, TELAR_CHART_FEW);
    g_array_sort (near, compare_series);
  }
  return near;
}

static void
mark_point (const TelarChart *chart, cairo_t *cr, const TelarChartTheme *theme,
            const TelarSeries *series, guint i)
{
  TelarAbscissa abscissa = telar_series_abscissa (chart, series);
  double value = telar_series_smooth (series, i);
  double x = telar_chart_to_px (chart, telar_abscissa_at (&abscissa, i));
  double y = telar_chart_to_py (chart, value);

  if (!isfinite (value) || x < chart->plot.x - 1 || x > chart->plot.x + chart->plot.width + 1 ||
      y < chart->plot.y || y > chart->plot.y + chart->plot.height)
    return;
  telar_set_color (cr, theme->background, theme->background.alpha > 0 ? 1 : 0);
  telar_draw_mark (cr, series->style, x, y, MARK_SIZE + 1.5);
  telar_set_color (cr, telar_palette_color (series->style, theme->dark), 1);
  telar_draw_mark (cr, series->style, x, y, MARK_SIZE);
}

/* "0.0912", or with a band "0.0912 (0.088 to 0.094)". */
static char *
value_text (const TelarChart *chart, const TelarSeries *series, guint i)
{
  char value[32], low[32], high[32];

  telar_axis_format (telar_pyramid_value (series->raw, i), chart->unit, 5, value, sizeof value);
  if (series->low == NULL)
    return g_strdup (value);
  telar_axis_format (telar_pyramid_value (series->low, i), chart->unit, 4, low, sizeof low);
  telar_axis_format (telar_pyramid_value (series->high, i), chart->unit, 4, high, sizeof high);
  return g_strdup_printf ("%s (%s … %s)", value, low, high);
}

/* Marks the points that the readout speaks of and makes its rows. */
static void
mark_points (TelarChart *chart, cairo_t *cr, const TelarChartTheme *theme, GArray *rows)
{
  g_autoptr (GArray) near = find_near (chart);

  for (guint n = 0; n < near->len; n++) {
    const Near *one = &g_array_index (near, Near, n);
    const TelarSeries *series = telar_chart_shown (chart, one->series);
    g_autofree char *text = value_text (chart, series, one->point);
    mark_point (chart, cr, theme, series, one->point);
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
  if (!telar_chart_box_is_high (chart)) {
    box.y = plot->y;
    box.height = plot->height;
  } else if (!telar_chart_box_is_wide (chart)) {
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
  if (!telar_chart_has_plot (chart))
    return;
  cairo_save (cr);
  if (chart->boxed)
    draw_box (chart, cr, theme);
  else if (chart->hovered && chart->hover_x >= chart->x_span.min &&
           chart->hover_x <= chart->x_span.max)
    draw_crosshair (chart, cr, theme);
  cairo_restore (cr);
}
