/* What the files of the chart share: the model (chart.c), the scale between values and pixels
 * (chart-scale.c), the painter (chart-draw.c, chart-curve.c) and what follows the pointer
 * (chart-pointer.c). */
#pragma once

#include "insight/chart.h"
#include "insight/pyramid.h"

#include <pango/pangocairo.h>

G_BEGIN_DECLS

typedef struct {
  char *name;
  guint style;
  GArray *steps; /* double */
  GArray *times; /* double, µs since 1970; never falls, so that it can be searched */
  TelarPyramid *raw;
  TelarPyramid *smooth;
  TelarSmoother smoother;
} TelarSeries;

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
} TelarSpan;

struct TelarChart {
  char *title, *empty_text, *x_name;
  GPtrArray *series;  /* TelarSeries */
  GPtrArray *markers; /* TelarMarker, by step */
  guint64 serial;

  TelarChartX x;
  gint64 steps_per_epoch, start_time;
  gboolean log;
  TelarUnit unit;
  double smoothing;

  gboolean x_zoomed, y_zoomed;
  TelarSpan x_zoom, y_zoom;

  /* As last drawn: what positions of the pointer mean. */
  double width, height;
  TelarBox plot;
  TelarSpan x_span, y_span;

  gboolean hovered;
  double hover_x, hover_y; /* the crosshair's place, hover_x in the unit of the axis */
  gboolean boxed;
  double box[4];
};

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
guint telar_series_length (const TelarSeries *series);

/* All points; FALSE without one. */
gboolean telar_chart_full_x (const TelarChart *chart, TelarSpan *span);
/* What is shown: the zoom, else all points; FALSE without a point. */
gboolean telar_chart_visible_x (const TelarChart *chart, TelarSpan *span);
TelarSpan telar_chart_visible_y (const TelarChart *chart, const TelarSpan *x);

double telar_chart_to_px (const TelarChart *chart, double x);
double telar_chart_to_py (const TelarChart *chart, double y);
double telar_chart_from_px (const TelarChart *chart, double px);
double telar_chart_from_py (const TelarChart *chart, double py);
TelarUnit telar_chart_x_unit (const TelarChart *chart);

/* --- painter (chart-text.c, chart-curve.c)
 * ------------------------------------------------------- */

TelarColor telar_palette_color (guint style, gboolean dark);
void telar_set_color (cairo_t *cr, TelarColor color, double alpha);
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
/* @y is the middle of the line. */
void telar_draw_layout (cairo_t *cr, PangoLayout *layout, double x, double y, TelarTextAlign align);

void telar_chart_draw_series (const TelarChart *chart, cairo_t *cr, const TelarSeries *series,
                              const TelarChartTheme *theme);

G_END_DECLS
