/* A chart: curves over the steps of a run, drawn with cairo. One painter serves the studio, the web
 * page and exported figures.
 *
 * A chart keeps every point. Drawn are at most a column of range and mean per pixel, so that a
 * million points cost as much as a thousand. Positions and sizes are in the units of the cairo
 * context that it is drawn to (pixels of the widget). Not shared between threads. */
#pragma once

#include "insight/axis.h"
#include "insight/smooth.h"
#include "insight/store.h"

#include <cairo.h>

G_BEGIN_DECLS

typedef enum {
  TELAR_CHART_STEP,
  TELAR_CHART_EPOCH,
  TELAR_CHART_TIME, /* since the run began */
  TELAR_CHART_WALL, /* by the clock */
  /* A metric of the same run (telar_chart_set_metric): the points stand in its order. */
  TELAR_CHART_METRIC,
} TelarChartX;

typedef struct {
  double red, green, blue, alpha;
} TelarColor;

/* The colours and the font of the place where the chart stands. */
typedef struct {
  gboolean dark;         /* which palette the curves take */
  TelarColor background; /* under the chart; with alpha 0 it is only the readout's */
  TelarColor text;
  TelarColor accent; /* of the zoom box */
  const char *font;  /* family */
  double font_size;  /* of tick labels, in pixels */
} TelarChartTheme;

void telar_chart_theme_init (TelarChartTheme *theme, gboolean dark);

typedef struct TelarChart TelarChart;

TelarChart *telar_chart_new (const char *title);
void telar_chart_free (TelarChart *chart);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarChart, telar_chart_free)
const char *telar_chart_title (const TelarChart *chart);

/* --- contents
 * ----------------------------------------------------------------------------------------- */

/* Colour and shape come from the palette at @style. Returns the number of the series. */
guint telar_chart_add_series (TelarChart *chart, const char *name, guint style);
guint telar_chart_n_series (const TelarChart *chart);
const char *telar_chart_series_name (const TelarChart *chart, guint series);
/* Points in the order of their steps, each beyond those that are there. */
void telar_chart_append (TelarChart *chart, guint series, const TelarPoint *points, guint n);
/* The same with a band around each point, from @low to @high: a deviation, an interval, the range
 * of what the point stands for. A series has one or has none. */
void telar_chart_append_band (TelarChart *chart, guint series, const TelarPoint *points,
                              const double *low, const double *high, guint n);
/* Removes the points of one series, to give it others. */
void telar_chart_clear_series (TelarChart *chart, guint series);
/* Removes all series. */
void telar_chart_remove_series (TelarChart *chart);
/* When its run began (µs since 1970) and how many steps its epochs have, where charts show several
 * runs; 0: as the chart. */
void telar_chart_set_series_run (TelarChart *chart, guint series, gint64 start_time,
                                 gint64 steps_per_epoch);
/* A series that holds a stretch of its curve reaches from @first to @last, so that all of it can be
 * zoomed out to. */
void telar_chart_set_extent (TelarChart *chart, guint series, const TelarPoint *first,
                             const TelarPoint *last);
/* The steps of a series that are in view, as far as its points tell; all of its extent where it is
 * not zoomed. FALSE when it has none. */
gboolean telar_chart_visible_steps (const TelarChart *chart, guint series, gint64 *from,
                                    gint64 *to);
/* The steps that are in view of any series, and as many again at each side for smoothing. */
gboolean telar_chart_steps_in_view (const TelarChart *chart, gint64 *from, gint64 *to);
/* What runs along x with TELAR_CHART_METRIC: @points in the order of their steps. A point of the
 * series stands where the last of them before or at its step is; without one it is not shown. */
void telar_chart_set_metric (TelarChart *chart, guint series, const TelarPoint *points, guint n);
/* A vertical hairline with @label at @step. */
void telar_chart_add_marker (TelarChart *chart, gint64 step, gint64 time, const char *label);
void telar_chart_clear_markers (TelarChart *chart);
/* Removes points and markers, keeps the series. */
void telar_chart_clear (TelarChart *chart);
/* The last point of a series, FALSE when it has none. */
gboolean telar_chart_last (const TelarChart *chart, guint series, TelarPoint *point);
/* Grows with each change that a drawing would show, but for the pointer. */
guint64 telar_chart_serial (const TelarChart *chart);

/* --- settings
 * ----------------------------------------------------------------------------------------- */

void telar_chart_set_x (TelarChart *chart, TelarChartX x);
void telar_chart_set_steps_per_epoch (TelarChart *chart, gint64 steps);
/* Where relative time begins (µs since 1970); else with the first point. */
void telar_chart_set_start_time (TelarChart *chart, gint64 time);
void telar_chart_set_log (TelarChart *chart, gboolean log);
void telar_chart_set_log_x (TelarChart *chart, gboolean log);
/* Of the numbers along x with TELAR_CHART_METRIC. */
void telar_chart_set_metric_unit (TelarChart *chart, TelarUnit unit);
/* Leaves out of the height of the chart what this part of the curves' values lies below, and above:
 * 0.01 for percentiles 1 to 99; 0 shows all. Of long curves 16,384 points are asked, evenly. */
void telar_chart_set_clip (TelarChart *chart, double part);
void telar_chart_set_unit (TelarChart *chart, TelarUnit unit);
/* The weight of the moving average, 0 to 1; the range of the raw values stays visible behind, up to
 * a dozen curves. Windows have telar_smoothing_window. */
void telar_chart_set_smoothing (TelarChart *chart, double weight);
void telar_chart_set_smoothing_kind (TelarChart *chart, TelarSmoothing kind);
/* Shown while there is no point; NULL: nothing. */
void telar_chart_set_empty_text (TelarChart *chart, const char *text);
/* "step", "epoch", "time" in the language of the caller. */
void telar_chart_set_x_name (TelarChart *chart, const char *name);

/* --- drawing
 * ----------------------------------------------------------------------------------------- */

/* Draws all but what follows the pointer, into @width times @height at the origin. */
void telar_chart_draw (TelarChart *chart, cairo_t *cr, double width, double height,
                       const TelarChartTheme *theme);
/* Draws crosshair, readout and zoom box on top; after telar_chart_draw of the same size. */
void telar_chart_draw_pointer (TelarChart *chart, cairo_t *cr, const TelarChartTheme *theme);

/* --- pointer and view; positions as in the last drawing
 * ----------------------------------------------- */

/* TRUE when something that telar_chart_draw_pointer shows has changed. */
gboolean telar_chart_hover (TelarChart *chart, double x, double y);
gboolean telar_chart_leave (TelarChart *chart);
/* Puts the crosshair at a step, where it is in view. */
gboolean telar_chart_hover_step (TelarChart *chart, gint64 step);
/* The step at which the crosshair stands; FALSE when it is away. */
gboolean telar_chart_hovered_step (const TelarChart *chart, gint64 *step);
/* Moves the crosshair to the next point that is at least @by pixels later (earlier). */
gboolean telar_chart_move_crosshair (TelarChart *chart, int by);

typedef struct {
  guint series;
  TelarPoint point;
  double x, y;
} TelarChartPick;

/* The point nearest to the position, no further than @reach pixels. */
gboolean telar_chart_pick (TelarChart *chart, double x, double y, double reach,
                           TelarChartPick *pick);

/* The box from corner to corner that is being dragged; drawn with the pointer. */
void telar_chart_set_zoom_box (TelarChart *chart, double x0, double y0, double x1, double y1);
/* Zooms to the box, when it is large enough to be meant: a flat one only along x, a narrow one only
 * along y. Forgets the box; FALSE when nothing was zoomed. */
gboolean telar_chart_take_zoom_box (TelarChart *chart);
/* @factor above 1 shows less. Around a position; keeps y automatic when it is. */
void telar_chart_zoom_at (TelarChart *chart, double x, double factor);
/* Moves what is shown by a part of its width: 0.1 shows what comes later. */
void telar_chart_pan (TelarChart *chart, double part);
void telar_chart_reset_view (TelarChart *chart);
gboolean telar_chart_is_zoomed (const TelarChart *chart);

/* The last values in words, for those who do not see the chart. Caller frees. */
char *telar_chart_describe (const TelarChart *chart);

G_END_DECLS
