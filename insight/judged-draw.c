/* The painter of a classifier's curves. */
#include "insight/judged-chart-private.h"

#include <math.h>

#define MARGIN      12.0
#define GAP         8.0
#define TICK        0.25
#define TITLE_SCALE 1.18
#define DIM         0.62
#define KEY         22.0 /* width of a line in the legend */
#define LEAST       60.0 /* pixels of a plot */
#define COLORS      6    /* before lines are dashed */
#define FAINT       0.16 /* of lines behind the one that is picked out */
#define CLASS       0.38 /* of a class's calibration, which few rows make noisy */

typedef struct {
  TelarJudgedChart *chart;
  cairo_t *cr;
  const TelarChartTheme *theme;
  double line; /* height of a line of text */
} Painting;

static double
text_width (const Painting *p, const char *text, gboolean bold)
{
  return telar_chart_text_width (p->cr, p->theme, 1, bold, text);
}

static const TelarJudgedLine *
line_at (const Painting *p, guint i)
{
  return p->chart->lines->pdata[i];
}

/* All together are drawn in the colour of text: they are no class. */
static void
set_line (const Painting *p, guint i)
{
  static const double dashes[][2] = { { 6, 3 }, { 2, 3 }, { 10, 4 } };
  const TelarJudgedLine *line = line_at (p, i);
  gboolean picked = p->chart->picked == (int)i;
  gboolean noisy = p->chart->kind == TELAR_JUDGED_CALIBRATION && line->class >= 0;
  double alpha = picked ? 1 : p->chart->picked >= 0 ? FAINT : noisy ? CLASS : 1;
  guint turn = line->class < COLORS ? 0 : (guint)line->class / COLORS;

  cairo_set_dash (p->cr, NULL, 0, 0);
  if (line->class >= 0) {
    telar_set_color (p->cr, telar_palette_color ((guint)line->class, p->theme->dark), alpha);
    if (turn > 0)
      cairo_set_dash (p->cr, dashes[(turn - 1) % G_N_ELEMENTS (dashes)], 2, 0);
  } else {
    telar_set_color (p->cr, p->theme->text, alpha * (line->class == -2 ? 0.9 : 0.6));
  }
  cairo_set_line_width (p->cr, line->class == -2 || picked ? 2.4 : noisy ? 1.2 : 1.6);
}

static double
px (const Painting *p, double x)
{
  return p->chart->plot.x + p->chart->plot.width * x;
}

static double
py (const Painting *p, double y)
{
  return p->chart->plot.y + p->chart->plot.height * (1 - y);
}

/* --- the square -------------------------------------------------------------------------- */

static void
draw_grid (const Painting *p)
{
  cairo_set_dash (p->cr, NULL, 0, 0);
  cairo_set_line_width (p->cr, 1);
  for (double tick = 0; tick <= 1; tick += TICK) {
    char label[16];
    double x = floor (px (p, tick)) + 0.5, y = floor (py (p, tick)) + 0.5;
    telar_axis_format (tick, TELAR_UNIT_NONE, 2, label, sizeof label);
    telar_set_color (p->cr, p->theme->text, tick == 0 ? 0.4 : 0.1);
    cairo_move_to (p->cr, x, p->chart->plot.y);
    cairo_line_to (p->cr, x, p->chart->plot.y + p->chart->plot.height);
    cairo_move_to (p->cr, p->chart->plot.x, y);
    cairo_line_to (p->cr, p->chart->plot.x + p->chart->plot.width, y);
    cairo_stroke (p->cr);
    telar_set_color (p->cr, p->theme->text, DIM);
    telar_chart_write (p->cr, p->theme, &(TelarLettering){ .align = TELAR_TEXT_MIDDLE }, label, x,
                       p->chart->plot.y + p->chart->plot.height + p->line * 0.75);
    telar_chart_write (p->cr, p->theme, &(TelarLettering){ .align = TELAR_TEXT_RIGHT }, label,
                       p->chart->plot.x - GAP, y);
  }
}

static void
write_axes (const Painting *p)
{
  const TelarBox *plot = &p->chart->plot;

  telar_set_color (p->cr, p->theme->text, DIM);
  telar_chart_write (p->cr, p->theme, &(TelarLettering){ .align = TELAR_TEXT_MIDDLE },
                     p->chart->x_name, plot->x + plot->width / 2,
                     plot->y + plot->height + 2 * p->line);
  cairo_save (p->cr);
  cairo_translate (p->cr, MARGIN + p->line / 2, plot->y + plot->height / 2);
  cairo_rotate (p->cr, -G_PI / 2);
  telar_chart_write (p->cr, p->theme, &(TelarLettering){ .align = TELAR_TEXT_MIDDLE },
                     p->chart->y_name, 0, 0);
  cairo_restore (p->cr);
}

/* Where chance, or a perfect calibration, lies. */
static void
draw_diagonal (const Painting *p)
{
  if (p->chart->kind == TELAR_JUDGED_PRECISION_RECALL)
    return;
  cairo_set_dash (p->cr, (double[]){ 4, 4 }, 2, 0);
  cairo_set_line_width (p->cr, 1);
  telar_set_color (p->cr, p->theme->text, 0.45);
  cairo_move_to (p->cr, px (p, 0), py (p, 0));
  cairo_line_to (p->cr, px (p, 1), py (p, 1));
  cairo_stroke (p->cr);
  cairo_set_dash (p->cr, NULL, 0, 0);
}

/* --- lines ------------------------------------------------------------------------------- */

static void
draw_line (const Painting *p, guint i)
{
  const TelarCurve *curve = line_at (p, i)->values;

  cairo_new_path (p->cr);
  for (guint k = 0; k < curve->n; k++)
    cairo_line_to (p->cr, px (p, curve->x[k]), py (p, curve->y[k]));
  set_line (p, i);
  cairo_set_line_join (p->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (p->cr);
  cairo_set_dash (p->cr, NULL, 0, 0);
  if (p->chart->kind != TELAR_JUDGED_CALIBRATION)
    return;
  for (guint k = 0; k < curve->n; k++)
    telar_draw_mark (p->cr, (guint)MAX (line_at (p, i)->class, 0), px (p, curve->x[k]),
                     py (p, curve->y[k]), 3);
}

/* The one that is picked out last, and before it all together, so that they lie on top. */
static void
draw_lines (const Painting *p)
{
  const TelarBox *plot = &p->chart->plot;

  cairo_save (p->cr);
  cairo_rectangle (p->cr, plot->x - 4, plot->y - 4, plot->width + 8, plot->height + 8);
  cairo_clip (p->cr);
  for (guint i = p->chart->lines->len; i-- > 0;)
    if (p->chart->picked != (int)i)
      draw_line (p, i);
  if (p->chart->picked >= 0)
    draw_line (p, (guint)p->chart->picked);
  cairo_restore (p->cr);
}

/* A dot, and what it says in a box beside it. */
static void
draw_point (const Painting *p)
{
  const TelarCurve *curve = line_at (p, (guint)p->chart->picked)->values;
  g_autofree char *name = telar_judged_line_name (p->chart, (guint)p->chart->picked);
  guint i = MIN (p->chart->point, curve->n - 1);
  g_autofree char *text = g_strdup_printf ("%s\n%s %.3f\n%s %.3f", name, p->chart->x_name,
                                           curve->x[i], p->chart->y_name, curve->y[i]);
  PangoLayout *layout = telar_chart_layout (p->cr, p->theme, 1, FALSE, text);
  TelarColor paper = p->theme->background;
  double x = px (p, curve->x[i]), y = py (p, curve->y[i]), width, height;

  telar_layout_size (layout, &width, &height);
  paper.alpha = 1;
  set_line (p, (guint)p->chart->picked);
  cairo_arc (p->cr, x, y, 4.5, 0, 2 * G_PI);
  cairo_fill (p->cr);
  double left = x + 12 + width > px (p, 1) ? x - 22 - width : x + 12;
  double top = CLAMP (y - height / 2, py (p, 1), MAX (py (p, 1), py (p, 0) - height - 12));
  cairo_rectangle (p->cr, left, top, width + 12, height + 10);
  telar_set_color (p->cr, paper, 0.92);
  cairo_fill_preserve (p->cr);
  telar_set_color (p->cr, p->theme->text, 0.25);
  cairo_set_line_width (p->cr, 1);
  cairo_stroke (p->cr);
  telar_set_color (p->cr, p->theme->text, 1);
  telar_draw_layout (p->cr, layout, left + 6, top + 5 + height / 2, TELAR_TEXT_LEFT);
  g_object_unref (layout);
}

/* --- legend ------------------------------------------------------------------------------ */

static char *
legend_text (const Painting *p, guint i)
{
  g_autofree char *name = telar_judged_line_name (p->chart, i);

  return g_strdup_printf ("%s  %.3f", name, line_at (p, i)->values->area);
}

static double
legend_width (const Painting *p)
{
  double widest = text_width (p, p->chart->area_name, FALSE);

  for (guint i = 0; i < p->chart->lines->len; i++) {
    g_autofree char *text = legend_text (p, i);
    widest = MAX (widest, KEY + GAP + text_width (p, text, line_at (p, i)->class == -2));
  }
  return widest;
}

/* As many rows as have room; the last one says how many have none. */
static void
draw_legend (const Painting *p, double x, double height)
{
  TelarJudgedChart *chart = p->chart;
  double row = 1.45 * p->line, y = chart->plot.y + p->line / 2;
  guint room = (guint)MAX ((height - y - MARGIN - row) / row, 1), n = chart->lines->len;

  telar_set_color (p->cr, p->theme->text, DIM);
  telar_chart_write (p->cr, p->theme, &(TelarLettering){ 0 }, chart->area_name, x, y);
  y += row;
  chart->legend_x = x;
  chart->legend_y = y - row / 2;
  chart->legend_row = row;
  chart->legend_n = n <= room ? n : room - 1;
  for (guint i = 0; i < chart->legend_n; i++, y += row) {
    g_autofree char *text = legend_text (p, i);
    set_line (p, i);
    cairo_move_to (p->cr, x, y);
    cairo_line_to (p->cr, x + KEY, y);
    cairo_stroke (p->cr);
    cairo_set_dash (p->cr, NULL, 0, 0);
    telar_set_color (p->cr, p->theme->text, chart->picked < 0 || chart->picked == (int)i ? 1 : DIM);
    telar_chart_write (p->cr, p->theme, &(TelarLettering){ .bold = line_at (p, i)->class == -2 },
                       text, x + KEY + GAP, y);
  }
  if (chart->legend_n == n)
    return;
  g_autofree char *rest = g_strdup_printf ("+%u", n - chart->legend_n);
  telar_set_color (p->cr, p->theme->text, DIM);
  telar_chart_write (p->cr, p->theme, &(TelarLettering){ 0 }, rest, x + KEY + GAP, y);
}

/* --- all of it --------------------------------------------------------------------------- */

/* The square is as large as fits beside the legend; FALSE when there is no room. */
static gboolean
place_plot (const Painting *p, double width, double height, double legend)
{
  double left = MARGIN + p->line + GAP + text_width (p, "0.75", FALSE) + GAP;
  double top = MARGIN + 2 * p->line, bottom = height - MARGIN - 2.5 * p->line;
  double room = width - left - GAP - legend - 2 * MARGIN;
  double side = MIN (room, bottom - top);

  p->chart->plot = (TelarBox){ round (left), round (top), floor (side), floor (side) };
  return side >= LEAST;
}

void
telar_judged_chart_draw (TelarJudgedChart *chart, cairo_t *cr, double width, double height,
                         const TelarChartTheme *theme)
{
  Painting p = { chart, cr, theme, telar_chart_line_height (cr, theme) };

  chart->legend_n = 0;
  cairo_save (cr);
  telar_chart_draw_paper (cr, theme, width, height);
  telar_set_color (cr, theme->text, 1);
  telar_chart_write (p.cr, p.theme, &(TelarLettering){ .scale = TITLE_SCALE, .bold = TRUE },
                     chart->title, MARGIN, MARGIN + p.line / 2);
  double legend = legend_width (&p);
  if (place_plot (&p, width, height, legend)) {
    draw_grid (&p);
    write_axes (&p);
    draw_diagonal (&p);
    draw_lines (&p);
    draw_legend (&p, chart->plot.x + chart->plot.width + 2 * GAP, height);
    if (chart->picked >= 0 && chart->pointed)
      draw_point (&p);
  }
  cairo_restore (cr);
}
