/* The painter of timelines: a row for each node, a bar for each kernel, and the memory below. */
#include "insight/chart-private.h"
#include "insight/timeline.h"

#include <math.h>

#define RIGHT     14.0
#define TOP       26.0
#define LINE      1.9  /* of a row, in font sizes */
#define NAMES     11.0 /* of the names' column, in font sizes */
#define MEMORY    84.0 /* pixels of the curve */
#define GAP       30.0
#define LEAST_BAR 1.0
#define DIM       0.62

typedef struct {
  const TelarTimeline *timeline;
  cairo_t *cr;
  const TelarChartTheme *theme;
  double x, width, line;
} Plot;

static Plot
place (const TelarTimeline *timeline, double width, const TelarChartTheme *theme)
{
  Plot plot = { .timeline = timeline, .theme = theme };

  plot.x = NAMES * theme->font_size;
  plot.width = MAX (width - plot.x - RIGHT, 1);
  plot.line = LINE * theme->font_size;
  return plot;
}

double
telar_timeline_height (const TelarTimeline *timeline, const TelarChartTheme *theme)
{
  return TOP + LINE * theme->font_size * timeline->nodes->len + GAP + MEMORY + RIGHT;
}

static double
to_x (const Plot *plot, double time)
{
  return plot->x + (plot->timeline->time > 0 ? time / plot->timeline->time : 0) * plot->width;
}

static double
row_y (const Plot *plot, guint node)
{
  return TOP + plot->line * node;
}

static void
draw_times (const Plot *plot, double bottom)
{
  g_autoptr (GArray) ticks = g_array_new (FALSE, FALSE, sizeof (TelarTick));

  telar_axis_ticks (0, plot->timeline->time * 1e-6, FALSE, TELAR_UNIT_NONE, 8, ticks);
  for (guint i = 0; i < ticks->len; i++) {
    const TelarTick *tick = &g_array_index (ticks, TelarTick, i);
    g_autofree char *text = g_strdup_printf ("%s ms", tick->label);
    double x = to_x (plot, tick->value * 1e6);
    if (*tick->label == '\0')
      continue;
    cairo_rectangle (plot->cr, round (x), TOP, 1, bottom - TOP);
    telar_set_color (plot->cr, plot->theme->text, 0.07);
    cairo_fill (plot->cr);
    telar_chart_write (plot->cr, plot->theme,
                       &(TelarLettering){ .align = TELAR_TEXT_MIDDLE, .alpha = DIM }, text, x,
                       TOP / 2);
  }
}

static void
draw_names (const Plot *plot)
{
  for (guint i = 0; i < plot->timeline->nodes->len; i++) {
    const char *name = g_array_index (plot->timeline->nodes, TelarTimelineNode, i).name;
    telar_chart_write (plot->cr, plot->theme,
                       &(TelarLettering){ .align = TELAR_TEXT_RIGHT, .alpha = 0.85 },
                       *name != '\0' ? name : "–", plot->x - 8, row_y (plot, i) + plot->line / 2);
  }
}

static void
draw_spans (const Plot *plot)
{
  for (guint i = 0; i < plot->timeline->spans->len; i++) {
    const TelarTimelineSpan *span = &g_array_index (plot->timeline->spans, TelarTimelineSpan, i);
    double x = to_x (plot, span->start);
    cairo_rectangle (plot->cr, x, row_y (plot, span->node) + 3,
                     MAX (to_x (plot, span->start + span->time) - x, LEAST_BAR), plot->line - 6);
    telar_set_color (plot->cr, telar_palette_color (span->node, plot->theme->dark), 0.9);
    cairo_fill (plot->cr);
  }
}

static void
draw_memory (const Plot *plot, const char *name, double top)
{
  double most = 1, bottom = top + MEMORY;
  char text[32];

  for (guint i = 0; i < plot->timeline->spans->len; i++)
    most = MAX (most, g_array_index (plot->timeline->spans, TelarTimelineSpan, i).live);
  cairo_move_to (plot->cr, plot->x, bottom);
  for (guint i = 0; i < plot->timeline->spans->len; i++) {
    const TelarTimelineSpan *span = &g_array_index (plot->timeline->spans, TelarTimelineSpan, i);
    double y = bottom - span->live / most * MEMORY;
    cairo_line_to (plot->cr, to_x (plot, span->start), y);
    cairo_line_to (plot->cr, to_x (plot, span->start + span->time), y);
  }
  cairo_line_to (plot->cr, plot->x + plot->width, bottom);
  cairo_close_path (plot->cr);
  telar_set_color (plot->cr, telar_palette_color (2, plot->theme->dark), 0.22);
  cairo_fill_preserve (plot->cr);
  cairo_set_line_width (plot->cr, 1.2);
  telar_set_color (plot->cr, telar_palette_color (2, plot->theme->dark), 1);
  cairo_stroke (plot->cr);
  telar_axis_format (most / 1048576, TELAR_UNIT_NONE, 3, text, sizeof text);
  g_autofree char *size = g_strdup_printf ("%s MiB", text);
  telar_chart_write (plot->cr, plot->theme,
                     &(TelarLettering){ .align = TELAR_TEXT_RIGHT, .alpha = 0.85 }, name,
                     plot->x - 8, bottom - plot->line / 2);
  telar_chart_write (plot->cr, plot->theme,
                     &(TelarLettering){ .align = TELAR_TEXT_RIGHT, .alpha = DIM }, size,
                     plot->x - 8, top + plot->line / 2);
}

void
telar_timeline_draw (const TelarTimeline *timeline, const char *memory_name, cairo_t *cr,
                     double width, double height, const TelarChartTheme *theme)
{
  Plot plot = place (timeline, width, theme);

  plot.cr = cr;
  double memory = row_y (&plot, timeline->nodes->len) + GAP;
  draw_times (&plot, MIN (memory + MEMORY, height));
  draw_names (&plot);
  draw_spans (&plot);
  draw_memory (&plot, memory_name, memory);
}

const TelarTimelineSpan *
telar_timeline_pick (const TelarTimeline *timeline, double x, double y, double width,
                     const TelarChartTheme *theme)
{
  Plot plot = place (timeline, width, theme);

  for (guint i = 0; i < timeline->spans->len; i++) {
    const TelarTimelineSpan *span = &g_array_index (timeline->spans, TelarTimelineSpan, i);
    double left = to_x (&plot, span->start), right = to_x (&plot, span->start + span->time);
    double top = row_y (&plot, span->node);
    if (x >= left - 1 && x <= MAX (right, left + LEAST_BAR) + 1 && y >= top && y < top + plot.line)
      return span;
  }
  return NULL;
}
