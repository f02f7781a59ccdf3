/* The painter: where things stand, the grid, markers, labels; all but what follows the pointer. */
#include "insight/chart-private.h"

#include <math.h>

#define MARGIN        12.0
#define LABEL_GAP     8.0  /* between ticks' labels and plot, curve's end and its label */
#define TICK_SPACING  44.0 /* pixels for each tick up the side */
#define DIM           0.62 /* alpha of text that is not read first */
#define GRID          0.10
#define MINOR_GRID    0.05
#define TITLE_SCALE   1.18
#define END_RADIUS    3.4
#define LEGEND_RADIUS 4.0
#define LEGEND_SPACE  16.0
#define LEGEND_LINES  3
#define MOST_STROKED  24 /* curves that cairo draws in time */

/* The value at a curve's end, written beside it. */
typedef struct {
  PangoLayout *layout;
  guint style;
  double x, y; /* the curve's end */
  double label_y;
} EndLabel;

typedef struct {
  TelarChart *chart;
  cairo_t *cr;
  const TelarChartTheme *theme;
  double line; /* height of a line of labels */
  GArray *x_ticks, *y_ticks;
  GArray *ends; /* EndLabel */
} Painting;

/* --- measuring --------------------------------------------------------------------------- */

static double
text_width (const Painting *painting, const char *text)
{
  return telar_chart_text_width (painting->cr, painting->theme, 1, FALSE, text);
}

static double
widest_label (const Painting *painting, const GArray *ticks)
{
  double widest = 0;

  for (guint i = 0; i < ticks->len; i++)
    widest = MAX (widest, text_width (painting, g_array_index (ticks, TelarTick, i).label));
  return widest;
}

static void
end_label_clear (gpointer data)
{
  g_object_unref (((EndLabel *)data)->layout);
}

/* The curves' ends that are in view; returns the width of the widest label. */
static double
find_ends (Painting *painting)
{
  TelarChart *chart = painting->chart;
  double widest = 0;

  if (chart->series->len > TELAR_CHART_FEW)
    return 0;
  for (guint i = 0; i < chart->series->len; i++) {
    const TelarSeries *series = telar_chart_shown (chart, i);
    TelarAbscissa abscissa = telar_series_abscissa (chart, series);
    guint last = telar_series_length (series);
    char text[32];
    double width, height;
    if (last == 0)
      continue;
    double x = telar_abscissa_at (&abscissa, last - 1);
    double y = telar_series_smooth (series, last - 1);
    if (x < chart->x_span.min || x > chart->x_span.max ||
        (isfinite (y) && (y < chart->y_span.min || y > chart->y_span.max)))
      continue;
    telar_axis_format (y, chart->unit, 4, text, sizeof text);
    EndLabel end = { telar_chart_layout (painting->cr, painting->theme, 1, TRUE, text),
                     series->style, x, y, 0 };
    g_array_append_val (painting->ends, end);
    telar_layout_size (end.layout, &width, &height);
    widest = MAX (widest, width);
  }
  return widest;
}

static int
compare_ends (gconstpointer a, gconstpointer b)
{
  double x = ((const EndLabel *)a)->y, y = ((const EndLabel *)b)->y;

  return x < y ? -1 : x > y;
}

/* Puts the ends where they are drawn and moves labels apart that would touch. */
static void
place_ends (Painting *painting)
{
  const TelarChart *chart = painting->chart;
  double top = chart->plot.y + painting->line / 2;
  double bottom = chart->plot.y + chart->plot.height - painting->line / 2;
  GArray *ends = painting->ends;

  for (guint i = 0; i < ends->len; i++) {
    EndLabel *end = &g_array_index (ends, EndLabel, i);
    end->x = telar_chart_to_px (chart, end->x);
    end->y = isfinite (end->y) ? telar_chart_to_py (chart, end->y) : top;
    end->label_y = CLAMP (end->y, top, bottom);
  }
  g_array_sort (ends, compare_ends);
  for (guint i = 1; i < ends->len; i++) {
    EndLabel *above = &g_array_index (ends, EndLabel, i - 1);
    EndLabel *end = &g_array_index (ends, EndLabel, i);
    end->label_y = MAX (end->label_y, above->label_y + painting->line);
  }
  /* What was pushed out below moves up again. */
  for (guint i = ends->len; i > 0; i--) {
    EndLabel *end = &g_array_index (ends, EndLabel, i - 1);
    double limit =
        i == ends->len ? bottom : g_array_index (ends, EndLabel, i).label_y - painting->line;
    end->label_y = MIN (end->label_y, limit);
  }
}

static void
arrange (Painting *painting, double header)
{
  TelarChart *chart = painting->chart;
  TelarBox *plot = &chart->plot;

  chart->y_span = telar_chart_visible_y (chart, &chart->x_span);
  if (chart->markers->len > 0)
    header += painting->line; /* for their labels */
  plot->y = header;
  plot->height = MAX (chart->height - header - painting->line - LABEL_GAP - MARGIN / 2, 1);
  telar_axis_ticks (chart->y_span.min, chart->y_span.max, chart->log, chart->unit,
                    (guint)MAX (plot->height / TICK_SPACING, 2), painting->y_ticks);

  /* Room for the usual label at least, so that the plot does not jump while the run goes on. */
  double usual = text_width (painting, "0.000");
  double ends = find_ends (painting), labels = widest_label (painting, painting->y_ticks);
  double right = MAX (ends, usual) + LABEL_GAP + END_RADIUS + MARGIN;
  plot->x = MARGIN + MAX (labels, usual) + LABEL_GAP;
  plot->width = MAX (chart->width - plot->x - right, 1);

  /* As many ticks as have room for their labels. */
  double room =
      2.4 * text_width (painting, chart->x == TELAR_CHART_TIME || chart->x == TELAR_CHART_WALL
                                      ? "10 min 30 s"
                                      : "10000");
  telar_axis_ticks (chart->x_span.min, chart->x_span.max, chart->log_x, telar_chart_x_unit (chart),
                    (guint)MAX (plot->width / room, 1), painting->x_ticks);
  place_ends (painting);
}

/* --- grid and markers -------------------------------------------------------------------- */

/* Hairlines lie on whole pixels, or they would be two grey ones. */
static double
crisp (double position)
{
  return floor (position) + 0.5;
}

static void
draw_grid (const Painting *painting)
{
  const TelarChart *chart = painting->chart;
  const TelarBox *plot = &chart->plot;
  cairo_t *cr = painting->cr;

  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < painting->y_ticks->len; i++) {
    const TelarTick *tick = &g_array_index (painting->y_ticks, TelarTick, i);
    double y = telar_chart_to_py (chart, tick->value);
    cairo_move_to (cr, plot->x, crisp (y));
    cairo_line_to (cr, plot->x + plot->width, crisp (y));
    telar_set_color (cr, painting->theme->text, *tick->label != '\0' ? GRID : MINOR_GRID);
    cairo_stroke (cr);
    if (*tick->label != '\0')
      telar_chart_write (painting->cr, painting->theme,
                         &(TelarLettering){ .align = TELAR_TEXT_RIGHT, .alpha = DIM }, tick->label,
                         plot->x - LABEL_GAP, y);
  }

  double y = plot->y + plot->height + LABEL_GAP + painting->line / 2;
  double name_width = chart->x_name != NULL ? text_width (painting, chart->x_name) : 0;
  double name_x = chart->width - MARGIN - name_width;
  for (guint i = 0; i < painting->x_ticks->len; i++) {
    const TelarTick *tick = &g_array_index (painting->x_ticks, TelarTick, i);
    double half = text_width (painting, tick->label) / 2;
    double x = telar_chart_to_px (chart, tick->value);
    if (x + half > name_x - LABEL_GAP)
      break;
    telar_chart_write (painting->cr, painting->theme,
                       &(TelarLettering){ .align = TELAR_TEXT_MIDDLE, .alpha = DIM }, tick->label,
                       x, y);
  }
  if (chart->x_name != NULL)
    telar_chart_write (painting->cr, painting->theme, &(TelarLettering){ .alpha = DIM },
                       chart->x_name, name_x, y);
}

static void
draw_hairline (const Painting *painting, double x, double top)
{
  static const double dashes[] = { 2, 3 };
  const TelarBox *plot = &painting->chart->plot;
  cairo_t *cr = painting->cr;

  cairo_save (cr);
  cairo_set_line_width (cr, 1);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_move_to (cr, x, top);
  cairo_line_to (cr, x, plot->y + plot->height);
  telar_set_color (cr, painting->theme->text, 0.45);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* Above the plot, where no curve can be, at the right of its hairline or, near the edge, at its
 * left. FALSE where the label before still stands; else @free_from moves beyond this one. */
static gboolean
draw_marker_label (const Painting *painting, const char *label, double x, double *free_from)
{
  const TelarChart *chart = painting->chart;
  double width = label != NULL ? text_width (painting, label) : 0;
  gboolean right = x + 5 + width <= chart->width - MARGIN;
  double from = right ? x + 5 : x - 5 - width;

  if (width == 0 || (right ? x : from) < *free_from)
    return FALSE;
  telar_chart_write (painting->cr, painting->theme, &(TelarLettering){ .alpha = DIM }, label, from,
                     chart->plot.y - painting->line / 2);
  *free_from = MAX (x, from + width) + LABEL_GAP;
  return TRUE;
}

static void
draw_markers (const Painting *painting)
{
  const TelarChart *chart = painting->chart;
  double free_from = MARGIN;

  for (guint i = 0; i < chart->markers->len; i++) {
    const TelarMarker *marker = g_ptr_array_index (chart->markers, i);
    double x = telar_marker_x (chart, marker);
    if (!(x >= chart->x_span.min && x <= chart->x_span.max))
      continue;
    double px = crisp (telar_chart_to_px (chart, x));
    gboolean labelled = draw_marker_label (painting, marker->label, px, &free_from);
    draw_hairline (painting, px, chart->plot.y - (labelled ? painting->line : 0));
  }
}

/* --- labels ------------------------------------------------------------------------------ */

static void
draw_ends (const Painting *painting)
{
  const TelarChart *chart = painting->chart;

  for (guint i = 0; i < painting->ends->len; i++) {
    const EndLabel *end = &g_array_index (painting->ends, EndLabel, i);
    telar_set_color (painting->cr, telar_palette_color (end->style, painting->theme->dark), 1);
    telar_draw_mark (painting->cr, end->style, end->x, end->y, END_RADIUS);
    telar_draw_layout (painting->cr, end->layout,
                       chart->plot.x + chart->plot.width + LABEL_GAP + END_RADIUS, end->label_y,
                       TELAR_TEXT_LEFT);
  }
}

/* "+488": what has no room in the legend. */
static char *
rest_of_legend (const TelarChart *chart)
{
  return chart->series->len > TELAR_CHART_FEW
             ? g_strdup_printf ("+%u", chart->series->len - TELAR_CHART_FEW)
             : NULL;
}

static double
legend_width (const Painting *painting, guint n, const char *rest)
{
  double width = rest != NULL ? text_width (painting, rest) + LEGEND_SPACE : 0;

  for (guint i = 0; i < n; i++)
    width += 2 * LEGEND_RADIUS + 6 + LEGEND_SPACE +
             text_width (painting, telar_chart_shown (painting->chart, i)->name);
  return width - LEGEND_SPACE;
}

/* Names from @from on, as many as there is room for from @x on; returns the first that has none. */
static guint
draw_legend_line (const Painting *painting, guint from, guint to, double x, double y)
{
  const TelarChart *chart = painting->chart;
  cairo_t *cr = painting->cr;
  guint i;

  for (i = from; i < to; i++) {
    const TelarSeries *series = telar_chart_shown (chart, i);
    double width = 2 * LEGEND_RADIUS + 6 + text_width (painting, series->name);
    if (i > from && x + width > chart->width - MARGIN)
      break;
    telar_set_color (cr, telar_palette_color (series->style, painting->theme->dark), 1);
    telar_draw_mark (cr, series->style, x + LEGEND_RADIUS, y, LEGEND_RADIUS);
    telar_chart_write (painting->cr, painting->theme, &(TelarLettering){ .alpha = 0.85 },
                       series->name, x + 2 * LEGEND_RADIUS + 6, y);
    x += width + LEGEND_SPACE;
  }
  g_autofree char *rest = i == to ? rest_of_legend (chart) : NULL;
  if (rest != NULL)
    telar_chart_write (painting->cr, painting->theme, &(TelarLettering){ .alpha = DIM }, rest, x,
                       y);
  return i;
}

/* Title at the left, names at the right, on lines below where there is no room for them. Returns
 * the height that both take. */
static double
draw_header (const Painting *painting)
{
  const TelarChart *chart = painting->chart;
  PangoLayout *title = telar_chart_layout (painting->cr, painting->theme, TITLE_SCALE, TRUE,
                                           chart->title ? chart->title : "");
  guint shown = MIN (chart->series->len, TELAR_CHART_FEW);
  g_autofree char *rest = rest_of_legend (chart);
  double title_width, title_height;

  telar_layout_size (title, &title_width, &title_height);
  double y = MARGIN + title_height / 2;
  telar_set_color (painting->cr, painting->theme->text, 1);
  telar_draw_layout (painting->cr, title, MARGIN, y, TELAR_TEXT_LEFT);
  g_object_unref (title);
  if (chart->series->len < 2) /* the title says it */
    return MARGIN + title_height + MARGIN;

  double legend = legend_width (painting, shown, rest);
  if (2 * MARGIN + title_width + 24 + legend < chart->width) {
    draw_legend_line (painting, 0, shown, chart->width - MARGIN - legend, y);
    return MARGIN + title_height + MARGIN;
  }
  y += title_height / 2 + 6 - painting->line / 2;
  for (guint i = 0, lines = 0; i < shown && lines < LEGEND_LINES; lines++) {
    y += painting->line;
    i = draw_legend_line (painting, i, shown, MARGIN, y);
  }
  return y + painting->line / 2 + MARGIN;
}

static void
draw_empty (const Painting *painting, double header)
{
  const TelarChart *chart = painting->chart;

  if (chart->empty_text != NULL)
    telar_chart_write (painting->cr, painting->theme,
                       &(TelarLettering){ .align = TELAR_TEXT_MIDDLE, .alpha = DIM },
                       chart->empty_text, chart->width / 2, (header + chart->height) / 2);
}

static void
draw_contents (Painting *painting, double header)
{
  TelarChart *chart = painting->chart;
  cairo_t *cr = painting->cr;

  arrange (painting, header);
  draw_grid (painting);
  draw_markers (painting);

  /* A line at the very edge may be whole. */
  cairo_save (cr);
  cairo_rectangle (cr, chart->plot.x - 2, chart->plot.y - 3, chart->plot.width + 4,
                   chart->plot.height + 6);
  cairo_clip (cr);
  if (chart->series->len <= MOST_STROKED || !telar_chart_draw_lines (chart, cr, painting->theme))
    for (guint i = chart->series->len; i > 0; i--) /* the first lies on top */
      telar_chart_draw_series (chart, cr, telar_chart_shown (chart, i - 1), painting->theme);
  cairo_restore (cr);
  draw_ends (painting);
}

void
telar_chart_draw (TelarChart *chart, cairo_t *cr, double width, double height,
                  const TelarChartTheme *theme)
{
  Painting painting = { .chart = chart, .cr = cr, .theme = theme };

  painting.x_ticks = g_array_new (FALSE, FALSE, sizeof (TelarTick));
  painting.y_ticks = g_array_new (FALSE, FALSE, sizeof (TelarTick));
  painting.ends = g_array_new (FALSE, FALSE, sizeof (EndLabel));
  g_array_set_clear_func (painting.ends, end_label_clear);
  painting.line = ceil (theme->font_size * 1.4);
  chart->width = width;
  chart->height = height;

  cairo_save (cr);
  telar_chart_draw_paper (cr, theme, width, height);
  telar_chart_settle (chart);
  double header = draw_header (&painting);
  if (telar_chart_visible_x (chart, &chart->x_span))
    draw_contents (&painting, header);
  else
    draw_empty (&painting, header);
  cairo_restore (cr);

  g_array_unref (painting.x_ticks);
  g_array_unref (painting.y_ticks);
  g_array_unref (painting.ends);
}
