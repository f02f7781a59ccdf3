/* Histograms over time. As ridges each is a filled outline, drawn from the oldest at the back to
 * the newest in front; densities, not counts, so that bins of different widths can be compared. As
 * bands the percentiles of a normal distribution's deviations are shaded: 0, 7, 16, 31, 50, 69, 84,
 * 93 and 100 %. */
#include "insight/histogram-draw.h"
#include "insight/chart-private.h"

#include <math.h>

#define LEFT        14.0
#define RIGHT       62.0 /* where steps, or numbers, are written */
#define TOP         38.0
#define BOTTOM      26.0
#define RIDGE_PART  0.42 /* of the height, for the highest ridge */
#define TITLE_SCALE 1.18
#define DIM         0.62

typedef struct {
  const TelarHistogramDrawing *drawing;
  cairo_t *cr;
  const TelarChartTheme *theme;
  double x, y, width, height; /* of the plot */
  double low, high;           /* of the numbers */
} Plot;

/* --- which ------------------------------------------------------------------------------- */

/* The histograms that are drawn are spread evenly, with the newest among them. */
static guint
n_ridges (const TelarHistogramDrawing *drawing)
{
  return MIN (drawing->histograms->len, TELAR_HISTOGRAM_MOST_RIDGES);
}

static const TelarHistogram *
ridge (const TelarHistogramDrawing *drawing, guint i)
{
  guint n = n_ridges (drawing), last = drawing->histograms->len - 1;

  return drawing->histograms->pdata[n > 1 ? (guint)((guint64)i * last / (n - 1)) : last];
}

static double
density (const TelarHistogram *histogram, guint bin)
{
  double width = histogram->edges[bin + 1] - histogram->edges[bin];

  return width > 0 && histogram->n > 0 ? histogram->counts[bin] / histogram->n / width : 0;
}

static void
measure (Plot *plot)
{
  const GPtrArray *histograms = plot->drawing->histograms;

  plot->low = INFINITY;
  plot->high = -INFINITY;
  for (guint i = 0; i < histograms->len; i++) {
    const TelarHistogram *histogram = histograms->pdata[i];
    if (!(histogram->n > 0))
      continue;
    plot->low = MIN (plot->low, histogram->min);
    plot->high = MAX (plot->high, histogram->max);
  }
  if (!(plot->low < plot->high)) {
    double middle = isfinite (plot->low) ? plot->low : 0;
    plot->low = middle - 1;
    plot->high = middle + 1;
  }
}

/* Within the plot: where all numbers are the same their one bin reaches beyond. */
static double
place (const Plot *plot, double value)
{
  return CLAMP ((value - plot->low) / (plot->high - plot->low), 0, 1);
}

/* --- text -------------------------------------------------------------------------------- */

static void
write_step (const Plot *plot, gint64 step, double x, double y, TelarTextAlign align)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, step);

  telar_chart_write (plot->cr, plot->theme, &(TelarLettering){ .align = align, .alpha = DIM }, text,
                     x, y);
}

static void
draw_line (const Plot *plot, double x0, double y0, double x1, double y1, double alpha)
{
  cairo_move_to (plot->cr, x0, y0);
  cairo_line_to (plot->cr, x1, y1);
  cairo_set_line_width (plot->cr, 1);
  telar_set_color (plot->cr, plot->theme->text, alpha);
  cairo_stroke (plot->cr);
}

static void
value_ticks (const Plot *plot, gboolean across)
{
  g_autoptr (GArray) ticks = g_array_new (FALSE, FALSE, sizeof (TelarTick));

  telar_axis_ticks (plot->low, plot->high, FALSE, TELAR_UNIT_NONE, across ? 5 : 4, ticks);
  for (guint i = 0; i < ticks->len; i++) {
    const TelarTick *tick = &g_array_index (ticks, TelarTick, i);
    double part = place (plot, tick->value);
    double x = plot->x + part * plot->width, y = plot->y + (1 - part) * plot->height;
    if (*tick->label == '\0')
      continue;
    if (across) {
      draw_line (plot, x, plot->y, x, plot->y + plot->height, 0.07);
      telar_chart_write (plot->cr, plot->theme,
                         &(TelarLettering){ .align = TELAR_TEXT_MIDDLE, .alpha = DIM }, tick->label,
                         x, plot->y + plot->height + BOTTOM / 2);
    } else {
      draw_line (plot, plot->x, y, plot->x + plot->width, y, 0.07);
      telar_chart_write (plot->cr, plot->theme, &(TelarLettering){ .alpha = DIM }, tick->label,
                         plot->x + plot->width + 8, y);
    }
  }
}

/* --- ridges ------------------------------------------------------------------------------ */

static double
base_of (const Plot *plot, guint i, guint n)
{
  double room = plot->height * (n > 1 ? 1 - RIDGE_PART : 0);

  return plot->y + plot->height - room + (n > 1 ? room * i / (n - 1) : 0);
}

static double
densest (const TelarHistogram *histogram)
{
  double most = 0;

  for (guint bin = 0; bin < histogram->n_bins; bin++)
    most = MAX (most, density (histogram, bin));
  return most > 0 ? most : 1;
}

/* Each is as high as the others: where one is spread widely and another narrowly, both can be seen.
 */
static void
outline (const Plot *plot, const TelarHistogram *histogram, double base)
{
  double most = densest (histogram);

  cairo_move_to (plot->cr, plot->x + place (plot, histogram->edges[0]) * plot->width, base);
  for (guint bin = 0; bin < histogram->n_bins; bin++) {
    double middle = (histogram->edges[bin] + histogram->edges[bin + 1]) / 2;
    /* The root shows thin tails beside a high middle. */
    double part = sqrt (density (histogram, bin) / most);
    cairo_line_to (plot->cr, plot->x + place (plot, middle) * plot->width,
                   base - part * plot->height * RIDGE_PART);
  }
  cairo_line_to (plot->cr,
                 plot->x + place (plot, histogram->edges[histogram->n_bins]) * plot->width, base);
}

static void
draw_ridge (const Plot *plot, guint i, guint n)
{
  const TelarHistogram *histogram = ridge (plot->drawing, i);
  TelarColor color = telar_palette_color (0, plot->theme->dark);
  double base = base_of (plot, i, n), age = n > 1 ? (double)i / (n - 1) : 1;
  gboolean chosen = histogram->step == plot->drawing->step;

  if (chosen)
    color = telar_palette_color (1, plot->theme->dark);
  outline (plot, histogram, base);
  telar_set_color (plot->cr, color, chosen ? 0.7 : 0.12 + 0.38 * age);
  cairo_fill_preserve (plot->cr);
  cairo_set_line_width (plot->cr, chosen ? 1.6 : 0.9);
  telar_set_color (plot->cr, color, chosen ? 1 : 0.45 + 0.55 * age);
  cairo_stroke (plot->cr);
}

static void
draw_ridges (const Plot *plot)
{
  guint n = n_ridges (plot->drawing), stride = MAX (1, (n + 4) / 5);

  value_ticks (plot, TRUE);
  for (guint i = 0; i < n; i++) {
    draw_ridge (plot, i, n);
    if ((n - 1 - i) % stride == 0)
      write_step (plot, ridge (plot->drawing, i)->step, plot->x + plot->width + 8,
                  base_of (plot, i, n), TELAR_TEXT_LEFT);
  }
}

/* --- bands ------------------------------------------------------------------------------- */

static const double percentiles[] = { 0, 0.0668, 0.1587, 0.3085, 0.5, 0.6915, 0.8413, 0.9332, 1 };

static double
step_place (const Plot *plot, guint i)
{
  const GPtrArray *histograms = plot->drawing->histograms;
  gint64 first = ((TelarHistogram *)histograms->pdata[0])->step;
  gint64 last = ((TelarHistogram *)histograms->pdata[histograms->len - 1])->step;
  gint64 step = ((TelarHistogram *)histograms->pdata[i])->step;

  return plot->x + (last > first ? plot->width * (double)(step - first) / (double)(last - first)
                                 : plot->width * (histograms->len > 1 ? 0 : 1));
}

static double
height_at (const Plot *plot, guint i, double q)
{
  double value = telar_histogram_quantile (plot->drawing->histograms->pdata[i], q);

  return plot->y + (1 - (isnan (value) ? 0.5 : place (plot, value))) * plot->height;
}

static void
draw_band (const Plot *plot, double from, double to, double alpha)
{
  guint n = plot->drawing->histograms->len;

  for (guint i = 0; i < n; i++)
    cairo_line_to (plot->cr, step_place (plot, i), height_at (plot, i, from));
  for (guint i = n; i-- > 0;)
    cairo_line_to (plot->cr, step_place (plot, i), height_at (plot, i, to));
  cairo_close_path (plot->cr);
  telar_set_color (plot->cr, telar_palette_color (0, plot->theme->dark), alpha);
  cairo_fill (plot->cr);
}

static void
draw_bands (const Plot *plot)
{
  const GPtrArray *histograms = plot->drawing->histograms;
  guint n = histograms->len, k = G_N_ELEMENTS (percentiles);

  value_ticks (plot, FALSE);
  for (guint i = 0; i < k / 2; i++)
    draw_band (plot, percentiles[i], percentiles[k - 1 - i], 0.16);
  for (guint i = 0; i < n; i++)
    cairo_line_to (plot->cr, step_place (plot, i), height_at (plot, i, 0.5));
  cairo_set_line_width (plot->cr, 1.6);
  telar_set_color (plot->cr, telar_palette_color (0, plot->theme->dark), 1);
  cairo_stroke (plot->cr);
  write_step (plot, ((TelarHistogram *)histograms->pdata[0])->step, plot->x,
              plot->y + plot->height + BOTTOM / 2, TELAR_TEXT_LEFT);
  write_step (plot, ((TelarHistogram *)histograms->pdata[n - 1])->step, plot->x + plot->width,
              plot->y + plot->height + BOTTOM / 2, TELAR_TEXT_RIGHT);
  for (guint i = 0; i < n; i++)
    if (((TelarHistogram *)histograms->pdata[i])->step == plot->drawing->step)
      draw_line (plot, step_place (plot, i), plot->y, step_place (plot, i), plot->y + plot->height,
                 0.5);
}

/* --- all --------------------------------------------------------------------------------- */

static void
place_plot (Plot *plot, double width, double height)
{
  plot->x = LEFT;
  plot->y = TOP;
  plot->width = MAX (width - LEFT - RIGHT, 1);
  plot->height = MAX (height - TOP - BOTTOM, 1);
}

void
telar_histograms_draw (const TelarHistogramDrawing *drawing, cairo_t *cr, double width,
                       double height, const TelarChartTheme *theme)
{
  Plot plot = { .drawing = drawing, .cr = cr, .theme = theme };

  place_plot (&plot, width, height);
  telar_chart_write (plot.cr, plot.theme,
                     &(TelarLettering){ .scale = TITLE_SCALE, .bold = TRUE, .alpha = 1 },
                     drawing->title, LEFT, TOP / 2);
  if (drawing->histograms->len == 0)
    return;
  measure (&plot);
  if (drawing->style == TELAR_HISTOGRAM_RIDGES)
    draw_ridges (&plot);
  else
    draw_bands (&plot);
}

const TelarHistogram *
telar_histograms_pick (const TelarHistogramDrawing *drawing, double x, double y, double width,
                       double height)
{
  Plot plot = { .drawing = drawing };
  gboolean ridges = drawing->style == TELAR_HISTOGRAM_RIDGES;
  guint n = ridges ? n_ridges (drawing) : drawing->histograms->len, nearest = 0;
  double least = INFINITY;

  place_plot (&plot, width, height);
  if (x < plot.x || x > plot.x + plot.width || y < plot.y || y > plot.y + plot.height)
    return NULL;
  for (guint i = 0; i < n; i++) {
    double distance = ridges ? fabs (base_of (&plot, i, n) - y) : fabs (step_place (&plot, i) - x);
    if (distance < least) {
      least = distance;
      nearest = i;
    }
  }
  if (n == 0)
    return NULL;
  return ridges ? ridge (drawing, nearest) : drawing->histograms->pdata[nearest];
}
