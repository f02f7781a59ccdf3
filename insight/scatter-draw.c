/* The painter of the scatter matrix. */
#include "insight/scatter-private.h"

#include <math.h>

#define MARGIN  10.0
#define GAP     6.0
#define SMALL   0.9
#define DIM     0.66
#define FAINT   0.10
#define WIDEST  84.0 /* pixels of a label beside the rows */
#define LEAST   34.0 /* pixels of a cell that shows anything */
#define RADIUS  3.2
#define BARS    12
#define RAMP    120.0 /* width of the bar that explains the colours */
#define READOUT 0.94  /* how opaque what is told of a run is */

typedef struct {
  TelarScatter *scatter;
  cairo_t *cr;
  const TelarChartTheme *theme;
  double line;
} Painting;

/* --- text -------------------------------------------------------------------------------- */

/* Shortened to @width. */
static void
write_short (const Painting *p, const TelarLettering *lettering, const char *text, double width,
             double x, double y)
{
  PangoLayout *layout = telar_chart_layout (
      p->cr, p->theme, lettering->scale > 0 ? lettering->scale : 1, lettering->bold, text);
  double natural, height;

  telar_layout_size (layout, &natural, &height);
  if (natural > width) {
    pango_layout_set_width (layout, (int)(MAX (width, 0) * PANGO_SCALE));
    pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  }
  telar_set_color (p->cr, p->theme->text, lettering->alpha);
  /* A layout of a set width tells that as its own, whatever is in it. */
  double shift = lettering->align == TELAR_TEXT_LEFT     ? 0
                 : lettering->align == TELAR_TEXT_MIDDLE ? MIN (natural, width) / 2
                                                         : MIN (natural, width);
  telar_draw_layout (p->cr, layout, x - shift, y, TELAR_TEXT_LEFT);
  g_object_unref (layout);
}

static double
widest_tick (const Painting *p)
{
  double widest = 0;

  for (guint i = 0; i < p->scatter->shown->len; i++) {
    const GArray *ticks = telar_scatter_axis (p->scatter, i)->ticks;
    for (guint t = 0; t < ticks->len; t++)
      widest = MAX (widest, telar_chart_text_width (p->cr, p->theme, SMALL, FALSE,
                                                    g_array_index (ticks, TelarTick, t).label));
  }
  return MIN (widest, WIDEST);
}

/* --- cells ------------------------------------------------------------------------------- */

static TelarBox
cell_at (const Painting *p, guint column, guint row)
{
  const TelarScatter *scatter = p->scatter;

  return (TelarBox){ scatter->plot.x + column * scatter->cell_width,
                     scatter->plot.y + row * scatter->cell_height, scatter->cell_width,
                     scatter->cell_height };
}

static void
frame_cell (const Painting *p, const TelarBox *cell)
{
  cairo_set_line_width (p->cr, 1);
  telar_set_color (p->cr, p->theme->text, 0.16);
  cairo_rectangle (p->cr, floor (cell->x) + 0.5, floor (cell->y) + 0.5, floor (cell->width),
                   floor (cell->height));
  cairo_stroke (p->cr);
}

static gboolean
is_visible (const TelarTick *tick)
{
  return *tick->label != '\0' && tick->value > -0.001 && tick->value < 1.001;
}

/* Lines between bands of words, hairlines at ticks of numbers. */
static void
draw_grid (const Painting *p, guint column, guint row)
{
  TelarBox cell = cell_at (p, column, row);
  double left, right, bottom, top;

  telar_scatter_column (p->scatter, column, &left, &right);
  telar_scatter_row (p->scatter, row, &bottom, &top);
  cairo_set_line_width (p->cr, 1);
  telar_set_color (p->cr, p->theme->text, 0.07);
  for (int turn = 0; turn < 2; turn++) {
    const TelarRunAxis *axis = telar_scatter_axis (p->scatter, turn == 0 ? column : row);
    for (guint i = 0; i < axis->ticks->len; i++) {
      const TelarTick *tick = &g_array_index (axis->ticks, TelarTick, i);
      double part = axis->n_words > 0 ? tick->value + 0.5 / axis->n_words : tick->value;
      if (!is_visible (tick) || (axis->n_words > 0 && i + 1 == axis->ticks->len))
        continue;
      double x = floor (left + part * (right - left)) + 0.5;
      double y = floor (bottom + part * (top - bottom)) + 0.5;
      cairo_move_to (p->cr, turn == 0 ? x : cell.x, turn == 0 ? cell.y : y);
      cairo_line_to (p->cr, turn == 0 ? x : cell.x + cell.width,
                     turn == 0 ? cell.y + cell.height : y);
    }
  }
  cairo_stroke (p->cr);
}

static void
set_run_color (const Painting *p, guint run, double alpha)
{
  const TelarRunAxes *axes = p->scatter->axes;
  int color = telar_run_axes_color (axes);
  double part = color >= 0 ? telar_run_axes_get (axes, (guint)color)->parts[run] : NAN;

  if (isnan (part))
    telar_set_color (p->cr, p->theme->text, alpha * 0.5);
  else
    telar_set_color (p->cr, telar_ramp_color (CLAMP (part, 0, 1), p->theme->dark), alpha);
}

static void
draw_points (const Painting *p, guint column, guint row, gboolean passing)
{
  const TelarRunAxes *axes = p->scatter->axes;
  guint n = telar_run_axes_n_runs (axes);
  double alpha = CLAMP (60.0 / MAX (n, 1), 0.4, 0.9), radius = n > 300 ? RADIUS * 0.7 : RADIUS;

  for (guint i = 0; i < n; i++) {
    double x = telar_scatter_x (p->scatter, column, i), y = telar_scatter_y (p->scatter, row, i);
    if (isnan (x) || isnan (y) || telar_run_axes_passes (axes, i) != passing)
      continue;
    if (passing)
      set_run_color (p, i, alpha);
    else
      telar_set_color (p->cr, p->theme->text, FAINT);
    cairo_new_path (p->cr);
    cairo_arc (p->cr, x, y, passing ? radius : radius * 0.8, 0, 2 * G_PI);
    cairo_fill (p->cr);
  }
}

/* A ring, and the point over all others. */
static void
draw_picked (const Painting *p, guint column, guint row)
{
  guint run = (guint)p->scatter->picked;
  double x = telar_scatter_x (p->scatter, column, run), y = telar_scatter_y (p->scatter, row, run);

  if (isnan (x) || isnan (y))
    return;
  cairo_new_path (p->cr);
  cairo_arc (p->cr, x, y, RADIUS + 1, 0, 2 * G_PI);
  set_run_color (p, run, 1);
  cairo_fill_preserve (p->cr);
  cairo_set_line_width (p->cr, 1.6);
  telar_set_color (p->cr, p->theme->text, 0.95);
  cairo_stroke (p->cr);
}

static void
draw_brush (const Painting *p, guint column, guint row)
{
  const TelarRunAxis *across = telar_scatter_axis (p->scatter, column);
  const TelarRunAxis *up = telar_scatter_axis (p->scatter, row);
  TelarBox cell = cell_at (p, column, row);
  double left, right, bottom, top;

  if (!across->brushed && (!up->brushed || column == row))
    return;
  telar_scatter_column (p->scatter, column, &left, &right);
  telar_scatter_row (p->scatter, row, &bottom, &top);
  double x0 = across->brushed ? left + across->low * (right - left) : cell.x;
  double x1 = across->brushed ? left + across->high * (right - left) : cell.x + cell.width;
  double y0 = up->brushed && column != row ? bottom + up->high * (top - bottom) : cell.y;
  double y1 =
      up->brushed && column != row ? bottom + up->low * (top - bottom) : cell.y + cell.height;
  x0 = MAX (x0, cell.x);
  y0 = MAX (y0, cell.y);
  cairo_rectangle (p->cr, x0, y0, MIN (x1, cell.x + cell.width) - x0,
                   MIN (y1, cell.y + cell.height) - y0);
  /* The cell where both meet is what was drawn; the others show its sides. */
  gboolean both = across->brushed && up->brushed;
  telar_set_color (p->cr, p->theme->accent, both ? 0.16 : 0.07);
  cairo_fill_preserve (p->cr);
  telar_set_color (p->cr, p->theme->accent, both ? 0.8 : 0.25);
  cairo_set_line_width (p->cr, 1);
  cairo_stroke (p->cr);
}

/* --- the diagonal ------------------------------------------------------------------------ */

/* How many runs there are in each bar, all of them and those that pass. */
static guint
count_bars (const Painting *p, const TelarRunAxis *axis, guint n, guint *all, guint *passing)
{
  guint most = 1;

  for (guint i = 0; i < telar_run_axes_n_runs (p->scatter->axes); i++) {
    if (isnan (axis->parts[i]))
      continue;
    guint bar = MIN ((guint)(CLAMP (axis->parts[i], 0, 1) * n), n - 1);
    all[bar]++;
    most = MAX (most, all[bar]);
    passing[bar] += telar_run_axes_passes (p->scatter->axes, i) ? 1 : 0;
  }
  return most;
}

static void
draw_distribution (const Painting *p, guint i)
{
  const TelarRunAxis *axis = telar_scatter_axis (p->scatter, i);
  TelarBox cell = cell_at (p, i, i);
  guint n = axis->n_words > 0 ? axis->n_words : BARS;
  g_autofree guint *all = g_new0 (guint, n), *passing = g_new0 (guint, n);
  guint most = count_bars (p, axis, n, all, passing);
  double left, right, room = cell.height - 2 * p->line - 3 * GAP;

  telar_scatter_column (p->scatter, i, &left, &right);
  double wide = (right - left) / n, base = cell.y + cell.height - 1;
  for (guint bar = 0; room > 4 && bar < n; bar++)
    for (int turn = 0; turn < 2; turn++) {
      double height = room * (turn == 0 ? all : passing)[bar] / most;
      telar_set_color (p->cr, p->theme->text, turn == 0 ? 0.12 : 0.34);
      cairo_rectangle (p->cr, left + bar * wide + 0.5, base - height, MAX (wide - 1, 1), height);
      cairo_fill (p->cr);
    }
  write_short (p, &(TelarLettering){ .bold = TRUE, .align = TELAR_TEXT_MIDDLE, .alpha = 0.95 },
               axis->title, cell.width - 2 * GAP, cell.x + cell.width / 2,
               cell.y + GAP + p->line / 2);
  if (isnan (axis->strength))
    return;
  char text[32];
  telar_axis_format (axis->strength, TELAR_UNIT_NONE, 2, text, sizeof text);
  write_short (p, &(TelarLettering){ .scale = SMALL, .align = TELAR_TEXT_MIDDLE, .alpha = DIM },
               text, cell.width - 2 * GAP, cell.x + cell.width / 2, cell.y + GAP + 1.5 * p->line);
}

/* --- around the cells -------------------------------------------------------------------- */

/* Labels that would touch the one before are left out. */
static void
write_ticks (const Painting *p, guint i, gboolean beside)
{
  const TelarRunAxis *axis = telar_scatter_axis (p->scatter, i);
  TelarLettering lettering = { .scale = SMALL,
                               .align = beside ? TELAR_TEXT_RIGHT : TELAR_TEXT_MIDDLE,
                               .alpha = DIM };
  double from, to, last = NAN;

  if (beside)
    telar_scatter_row (p->scatter, i, &from, &to);
  else
    telar_scatter_column (p->scatter, i, &from, &to);
  for (guint t = 0; t < axis->ticks->len; t++) {
    const TelarTick *tick = &g_array_index (axis->ticks, TelarTick, t);
    double at = from + tick->value * (to - from);
    double size =
        beside ? p->line : telar_chart_text_width (p->cr, p->theme, SMALL, FALSE, tick->label);
    double room = axis->n_words > 0 && !beside ? fabs (to - from) / axis->n_words : WIDEST;
    size = MIN (size, room);
    if (!is_visible (tick) || (!isnan (last) && fabs (at - last) < size + (beside ? 0 : GAP)))
      continue;
    last = at;
    if (beside)
      write_short (p, &lettering, tick->label, WIDEST, p->scatter->plot.x - GAP, at);
    else
      write_short (p, &lettering, tick->label, room, at,
                   p->scatter->plot.y + p->scatter->plot.height + GAP + p->line / 2);
  }
}

/* What the colours mean. */
static void
draw_ramp (const Painting *p, double width)
{
  int color = telar_run_axes_color (p->scatter->axes);
  double y = MARGIN + p->line / 2;

  if (color < 0)
    return;
  const TelarRunAxis *axis = telar_run_axes_get (p->scatter->axes, (guint)color);
  const char *ends[2] = { NULL, NULL };
  double low = INFINITY, high = -INFINITY;
  for (guint i = 0; i < telar_run_axes_n_runs (p->scatter->axes); i++) {
    if (axis->parts[i] < low)
      ends[0] = axis->texts[i];
    if (axis->parts[i] > high)
      ends[1] = axis->texts[i];
    low = fmin (low, axis->parts[i]);
    high = fmax (high, axis->parts[i]);
  }
  if (ends[0] == NULL)
    return;
  TelarLettering dim = { .scale = SMALL, .alpha = DIM };
  double right = width - MARGIN - telar_chart_text_width (p->cr, p->theme, SMALL, FALSE, ends[1]);
  double from = right - GAP - RAMP;
  cairo_pattern_t *colors = cairo_pattern_create_linear (from, 0, from + RAMP, 0);
  for (int i = 0; i <= 2; i++) {
    TelarColor c = telar_ramp_color (i / 2.0, p->theme->dark);
    cairo_pattern_add_color_stop_rgb (colors, i / 2.0, c.red, c.green, c.blue);
  }
  cairo_rectangle (p->cr, from, y - 4, RAMP, 8);
  cairo_set_source (p->cr, colors);
  cairo_fill (p->cr);
  cairo_pattern_destroy (colors);
  telar_chart_write (p->cr, p->theme, &dim, ends[1], right, y);
  dim.align = TELAR_TEXT_RIGHT;
  telar_chart_write (p->cr, p->theme, &dim, ends[0], from - GAP, y);
  from -= 3 * GAP + telar_chart_text_width (p->cr, p->theme, SMALL, FALSE, ends[0]);
  write_short (p, &(TelarLettering){ .bold = TRUE, .align = TELAR_TEXT_RIGHT, .alpha = 0.9 },
               axis->title, MAX (from - MARGIN, 0), from, y);
}

/* What is told of the run that is picked out, beside the pointer's cell. */
static void
draw_readout (const Painting *p, double width, double height)
{
  const TelarScatter *scatter = p->scatter;
  guint run = (guint)scatter->picked;
  g_autoptr (GString) text = g_string_new (telar_run_axes_name (scatter->axes, run));
  TelarColor paper = p->theme->background;
  double wide, high;

  for (guint i = 0; i < scatter->shown->len; i++) {
    const TelarRunAxis *axis = telar_scatter_axis (scatter, i);
    if (axis->texts[run] != NULL)
      g_string_append_printf (text, "\n%s  %s", axis->title, axis->texts[run]);
  }
  PangoLayout *layout = telar_chart_layout (p->cr, p->theme, 1, FALSE, text->str);
  telar_layout_size (layout, &wide, &high);
  guint last = scatter->shown->len - 1;
  double x = telar_scatter_x (scatter, scatter->column >= 0 ? (guint)scatter->column : last, run);
  double y = telar_scatter_y (scatter, scatter->row >= 0 ? (guint)scatter->row : 0, run);
  x = isnan (x) ? width : x;
  y = isnan (y) ? 0 : y;
  double left = x + 14 + wide + 12 > width ? x - 26 - wide : x + 14;
  double top = CLAMP (y - high / 2, 2, MAX (height - high - 12, 2));
  left = MAX (left, 2);
  cairo_rectangle (p->cr, left, top, wide + 12, high + 10);
  paper.alpha = 1;
  telar_set_color (p->cr, paper, READOUT);
  cairo_fill_preserve (p->cr);
  telar_set_color (p->cr, p->theme->text, 0.25);
  cairo_set_line_width (p->cr, 1);
  cairo_stroke (p->cr);
  telar_set_color (p->cr, p->theme->text, 1);
  telar_draw_layout (p->cr, layout, left + 6, top + 5 + high / 2, TELAR_TEXT_LEFT);
  g_object_unref (layout);
}

/* --- all of it --------------------------------------------------------------------------- */

static gboolean
place_cells (const Painting *p, double width, double height)
{
  TelarScatter *scatter = p->scatter;
  double left = MARGIN + widest_tick (p) + GAP, top = MARGIN + p->line + 2 * GAP;
  double bottom = height - MARGIN - p->line - GAP;
  guint n = scatter->shown->len;

  scatter->cell_width = floor ((width - MARGIN - left) / n);
  scatter->cell_height = floor ((bottom - top) / n);
  scatter->plot =
      (TelarBox){ ceil (left), ceil (top), n * scatter->cell_width, n * scatter->cell_height };
  if (scatter->cell_width >= LEAST && scatter->cell_height >= LEAST)
    return TRUE;
  scatter->cell_width = scatter->cell_height = 0;
  return FALSE;
}

static void
draw_cell (const Painting *p, guint column, guint row)
{
  TelarBox cell = cell_at (p, column, row);

  cairo_save (p->cr);
  cairo_rectangle (p->cr, cell.x, cell.y, cell.width, cell.height);
  cairo_clip (p->cr);
  if (column == row) {
    draw_distribution (p, column);
  } else {
    draw_grid (p, column, row);
    draw_points (p, column, row, FALSE);
    draw_points (p, column, row, TRUE);
  }
  draw_brush (p, column, row);
  if (column != row && p->scatter->picked >= 0)
    draw_picked (p, column, row);
  cairo_restore (p->cr);
  frame_cell (p, &cell);
}

void
telar_scatter_draw (TelarScatter *scatter, cairo_t *cr, double width, double height,
                    const TelarChartTheme *theme)
{
  Painting p = { scatter, cr, theme, telar_chart_line_height (cr, theme) };
  guint n = scatter->axes != NULL ? scatter->shown->len : 0;

  cairo_save (cr);
  telar_chart_draw_paper (cr, theme, width, height);
  scatter->cell_width = scatter->cell_height = 0;
  if (n > 0 && place_cells (&p, width, height)) {
    draw_ramp (&p, width);
    for (guint i = 0; i < n; i++) {
      write_ticks (&p, i, FALSE);
      if (n > 1) /* one alone has its distribution, which has no such axis */
        write_ticks (&p, i, TRUE);
      for (guint column = 0; column < n; column++)
        draw_cell (&p, column, i);
    }
    if (scatter->picked >= 0)
      draw_readout (&p, width, height);
  }
  cairo_restore (cr);
}
