/* What the files of the chart share: the model (chart.c), the scale between values and pixels
 * (chart-scale.c), the painter (chart-draw.c, chart-curve.c, chart-raster.c) and what follows the
 * pointer (chart-pointer.c, chart-crosshair.c). */
#pragma once

#include "insight/chart.h"
#include "insight/pyramid.h"

#include <pango/pangocairo.h>

G_BEGIN_DECLS

typedef struct TelarSeries TelarSeries;
struct TelarSeries {
  char *name;
  guint style;
  GArray *steps; /* double */
  GArray *times; /* double, µs since 1970; never falls, so that it can be searched */
  TelarPyramid *raw;
  TelarPyramid *low, *high; /* the band; NULL: none */
  GArray *smooth;           /* double; windows are smoothed when the chart is drawn */
  TelarSmoother smoother;
  gint64 start_time, steps_per_epoch; /* 0: the chart's */
  gboolean has_extent;
  TelarPoint first, last;

  GArray *metric;         /* TelarPoint; NULL: none */
  GArray *across;         /* double: where the points stand along the metric; of @by_metric alone */
  TelarSeries *by_metric; /* the same points in the order of the metric, as last drawn */
  gboolean stale;         /* they have changed since */
};

typedef struct {
  gint64 step, time;
  char *label;
} TelarMarker;

typedef struct {
  double x, y, width, height;
} TelarBox;

/* A stretch of an axis in the unit of the axis. */
typedef struct {
  double min, max;
} TelarInterval;

struct TelarChart {
  char *title, *empty_text, *x_name;
  GPtrArray *series;  /* TelarSeries */
  GPtrArray *markers; /* TelarMarker, by step */
  guint64 serial;

  TelarChartX x;
  gint64 steps_per_epoch, start_time;
  gboolean log, log_x;
  TelarUnit unit, metric_unit;
  double smoothing, clip;
  TelarSmoothing smoothing_kind;

  gboolean x_zoomed, y_zoomed;
  TelarInterval x_zoom, y_zoom;

  /* As last drawn: what positions of the pointer mean. */
  double width, height;
  TelarBox plot;
  TelarInterval x_span, y_span;

  gboolean hovered;
  double hover_x, hover_y; /* the crosshair's place, hover_x in the unit of the axis */
  gboolean boxed;
  double box[4];
};

/* A chart of more curves than this shows no raw values behind, no values at their ends, and no
 * more names. */
#define TELAR_CHART_FEW 12

/* --- series (chart-series.c)
 * --------------------------------------------------------------------- */

TelarSeries *telar_series_new (const char *name, guint style);
void telar_series_free (TelarSeries *series);
guint telar_series_length (const TelarSeries *series);
double telar_series_smooth (const TelarSeries *series, guint i);
/* What is drawn of a series: its points in the order of what runs along x. */
const TelarSeries *telar_chart_shown (const TelarChart *chart, guint series);
/* Brings up to date what is only needed for a drawing. */
void telar_chart_settle (TelarChart *chart);

/* --- scale (chart-scale.c)
 * ---------------------------------------------------------------------- */

/* Positions of @series along the axis are @scale * (@column - @origin). */
typedef struct {
  const double *column;
  double origin, scale;
} TelarAbscissa;

TelarAbscissa telar_series_abscissa (const TelarChart *chart, const TelarSeries *series);
static inline double
telar_abscissa_at (const TelarAbscissa *abscissa, guint i)
{
  return (abscissa->column[i] - abscissa->origin) * abscissa->scale;
}
/* The first of the series' points that is not before @x. */
guint telar_series_find (const TelarChart *chart, const TelarSeries *series, double x);
double telar_marker_x (const TelarChart *chart, const TelarMarker *marker);
/* Moves a span by a part of its width, or makes it narrower around a position, evenly in pixels. */
TelarInterval telar_chart_moved (const TelarChart *chart, TelarInterval span, double part);
TelarInterval telar_chart_scaled (const TelarChart *chart, TelarInterval span, double at,
                                  double factor);
/* The width of a span as it is seen: of decades on a logarithmic axis. */
double telar_chart_width_of (const TelarChart *chart, TelarInterval span);

/* All points; FALSE without one. */
gboolean telar_chart_full_x (const TelarChart *chart, TelarInterval *span);
/* What is shown: the zoom, else all points; FALSE without a point. */
gboolean telar_chart_visible_x (const TelarChart *chart, TelarInterval *span);
TelarInterval telar_chart_visible_y (const TelarChart *chart, const TelarInterval *x);

double telar_chart_to_px (const TelarChart *chart, double x);
double telar_chart_to_py (const TelarChart *chart, double y);
double telar_chart_from_px (const TelarChart *chart, double px);
double telar_chart_from_py (const TelarChart *chart, double py);
TelarUnit telar_chart_x_unit (const TelarChart *chart);

/* --- pointer (chart-pointer.c)
 * -------------------------------------------------------------------- */

gboolean telar_chart_has_plot (const TelarChart *chart);
/* The point of @series nearest to @x along the axis; the series has points. */
guint telar_series_nearest (const TelarChart *chart, const TelarSeries *series, double x);
/* Whether the zoom box is large enough along an axis to be meant. */
gboolean telar_chart_box_is_wide (const TelarChart *chart);
gboolean telar_chart_box_is_high (const TelarChart *chart);

/* --- painter (chart-text.c, chart-curve.c)
 * ------------------------------------------------------- */

TelarColor telar_palette_color (guint style, gboolean dark);
/* From blue over grey to orange, the ends of the palette of curves, for a @part from 0 to 1: told
 * apart with each common kind of colour blindness, and by lightness too. */
TelarColor telar_ramp_color (double part, gboolean dark);
void telar_set_color (cairo_t *cr, TelarColor color, double alpha);
/* The background, where the theme has one. */
void telar_chart_draw_paper (cairo_t *cr, const TelarChartTheme *theme, double width,
                             double height);
/* The mark of a style (circle, square, triangle, diamond), so that colour is never alone. */
void telar_draw_mark (cairo_t *cr, guint style, double x, double y, double radius);

typedef enum {
  TELAR_TEXT_LEFT, /* x is the left edge */
  TELAR_TEXT_MIDDLE,
  TELAR_TEXT_RIGHT,
} TelarTextAlign;

/* A layout in the chart's font, figures of equal width. Caller unrefs. */
PangoLayout *telar_chart_layout (cairo_t *cr, const TelarChartTheme *theme, double scale,
                                 gboolean bold, const char *text);
void telar_layout_size (PangoLayout *layout, double *width, double *height);
/* Of a line of text, and of any line at scale 1. */
double telar_chart_text_width (cairo_t *cr, const TelarChartTheme *theme, double scale,
                               gboolean bold, const char *text);
double telar_chart_line_height (cairo_t *cr, const TelarChartTheme *theme);
typedef struct {
  double scale; /* of the font; 0: 1 */
  gboolean bold;
  TelarTextAlign align;
  double alpha; /* of the theme's text; 0: the colour that is set */
} TelarLettering;

/* A line of text: a number at an axis, a name, a title. @y is its middle. */
void telar_chart_write (cairo_t *cr, const TelarChartTheme *theme, const TelarLettering *lettering,
                        const char *text, double x, double y);
/* @y is the middle of the line. */
void telar_draw_layout (cairo_t *cr, PangoLayout *layout, double x, double y, TelarTextAlign align);

/* The visible stretch of @series in @n columns of equal width in pixels. Caller frees. */
TelarColumn *telar_series_columns (const TelarChart *chart, const TelarSeries *series, guint n);
/* Where the line of a column is: its mean or what is smoothed; NaN without a finite value. */
double telar_column_value (const TelarChart *chart, const TelarSeries *series,
                           const TelarColumn *column);
void telar_chart_draw_series_band (const TelarChart *chart, cairo_t *cr, const TelarSeries *series,
                                   const TelarChartTheme *theme);
/* All curves at once, many of them on pixels (chart-raster.c); FALSE where @cr has none. */
gboolean telar_chart_draw_lines (const TelarChart *chart, cairo_t *cr,
                                 const TelarChartTheme *theme);
void telar_chart_draw_series (const TelarChart *chart, cairo_t *cr, const TelarSeries *series,
                              const TelarChartTheme *theme);

G_END_DECLS
