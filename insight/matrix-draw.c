/* The painter of confusion matrices. */
#include "insight/chart-private.h"
#include "insight/matrix-private.h"

#include <math.h>

#define MARGIN      12.0
#define GAP         6.0
#define CELL_GAP    1.0  /* between cells, where they are large */
#define LARGE       12.0 /* pixels of such a cell */
#define MOST_CELL   64.0
#define WIDEST      2.2 /* of a cell, in heights: numbers are wide */
#define DIM         0.62
#define TITLE_SCALE 1.18
#define SMALL_SCALE 0.82
#define STRONGEST   0.92 /* of the shade of a whole row */
#define WEAKEST     0.06 /* so that empty cells are seen as cells */

enum { RIGHT_STYLE = 0, WRONG_STYLE = 1 };

typedef struct {
  TelarMatrix *matrix;
  cairo_t *cr;
  const TelarChartTheme *theme;
  double line; /* height of a line of labels */
} Painting;

static double
text_width (const Painting *p, const char *text, double scale)
{
  return telar_chart_text_width (p->cr, p->theme, scale, FALSE, text);
}

static char *
percent_of (double share)
{
  return g_strdup_printf (share > 0 && share < 0.1 ? "%.1f %%" : "%.0f %%", 100 * share);
}

/* --- cells ------------------------------------------------------------------------------- */

/* Small shares are what one looks for: the root lifts them. */
static double
shade_of (double share)
{
  return share > 0 ? WEAKEST + (STRONGEST - WEAKEST) * sqrt (share) : 0;
}

/* On a strong shade text takes the colour of paper. */
static void
set_text_color (const Painting *p, double shade)
{
  gboolean light = shade > 0.55 && !p->theme->dark;
  gboolean black = shade > 0.55 && p->theme->dark;
  TelarColor color = p->theme->text;

  if (light)
    color = (TelarColor){ 1, 1, 1, 1 };
  if (black)
    color = (TelarColor){ 0.08, 0.08, 0.08, 1 };
  telar_set_color (p->cr, color, 1);
}

/* The count, and below it the share of the row where both fit. */
static void
write_cell (const Painting *p, double x, double y, guint right, guint answer)
{
  const TelarMatrix *matrix = p->matrix;
  double count = telar_matrix_count (matrix, right, answer);
  double share = telar_matrix_share (matrix, right, answer);
  double width = matrix->cell_width - 4, middle = x + matrix->cell_width / 2;
  g_autofree char *number = g_strdup_printf ("%.0f", count);
  g_autofree char *percent = percent_of (share);
  gboolean both =
      matrix->cell_height > 2.4 * p->line && text_width (p, percent, SMALL_SCALE) < width;
  double scale = text_width (p, number, 1) < width ? 1 : SMALL_SCALE;

  y += matrix->cell_height / 2;
  if (count == 0 || matrix->cell_height < 0.9 * p->line || text_width (p, number, scale) > width)
    return;
  set_text_color (p, shade_of (share));
  telar_chart_write (p->cr, p->theme,
                     &(TelarLettering){ .scale = scale, .align = TELAR_TEXT_MIDDLE }, number,
                     middle, y - (both ? 0.45 * p->line : 0));
  if (both)
    telar_chart_write (p->cr, p->theme,
                       &(TelarLettering){ .scale = SMALL_SCALE, .align = TELAR_TEXT_MIDDLE },
                       percent, middle, y + 0.5 * p->line);
}

static void
draw_cell (const Painting *p, guint right, guint answer)
{
  const TelarMatrix *matrix = p->matrix;
  double gap = matrix->cell_height >= LARGE ? CELL_GAP : 0;
  double x = matrix->x + answer * matrix->cell_width, y = matrix->y + right * matrix->cell_height;
  double shade = shade_of (telar_matrix_share (matrix, right, answer));
  guint style = right == answer ? RIGHT_STYLE : WRONG_STYLE;

  cairo_rectangle (p->cr, x, y, matrix->cell_width - gap, matrix->cell_height - gap);
  telar_set_color (p->cr, p->theme->text, 0.05);
  cairo_fill_preserve (p->cr);
  telar_set_color (p->cr, telar_palette_color (style, p->theme->dark), shade);
  cairo_fill (p->cr);
  write_cell (p, x, y, right, answer);
}

/* --- labels ------------------------------------------------------------------------------ */

static double
widest_class (const Painting *p)
{
  double widest = 0;

  for (guint i = 0; i < p->matrix->n; i++) {
    g_autofree char *name = telar_matrix_class (p->matrix, i);
    widest = MAX (widest, text_width (p, name, 1));
  }
  return widest;
}

/* Every so many classes are named that their names stand apart. */
static guint
stride_of (double needed, double cell)
{
  return MAX (1, (guint)ceil (needed / cell));
}

/* At the right of a row its share of right answers. */
static void
write_classes (const Painting *p, double widest)
{
  const TelarMatrix *matrix = p->matrix;
  double bottom = matrix->y + matrix->n * matrix->cell_height + GAP + p->line / 2;
  double end = matrix->x + matrix->n * matrix->cell_width + GAP;
  guint down = stride_of (p->line, matrix->cell_height);
  guint across = stride_of (widest + GAP, matrix->cell_width);

  telar_set_color (p->cr, p->theme->text, DIM);
  for (guint i = 0; i < matrix->n; i++) {
    g_autofree char *name = telar_matrix_class (matrix, i);
    g_autofree char *percent = percent_of (telar_matrix_share (matrix, i, i));
    double middle = matrix->y + (i + 0.5) * matrix->cell_height;
    if (i % down == 0) {
      telar_chart_write (p->cr, p->theme, &(TelarLettering){ .align = TELAR_TEXT_RIGHT }, name,
                         matrix->x - GAP, middle);
      telar_chart_write (p->cr, p->theme, &(TelarLettering){ 0 }, percent, end, middle);
    }
    if (i % across == 0)
      telar_chart_write (p->cr, p->theme, &(TelarLettering){ .align = TELAR_TEXT_MIDDLE }, name,
                         matrix->x + (i + 0.5) * matrix->cell_width, bottom);
  }
}

static void
write_axes (const Painting *p, double left, double bottom)
{
  const TelarMatrix *matrix = p->matrix;

  telar_set_color (p->cr, p->theme->text, DIM);
  telar_chart_write (p->cr, p->theme, &(TelarLettering){ .align = TELAR_TEXT_MIDDLE },
                     matrix->answer_name, matrix->x + matrix->n * matrix->cell_width / 2, bottom);
  cairo_save (p->cr);
  cairo_translate (p->cr, left, matrix->y + matrix->n * matrix->cell_height / 2);
  cairo_rotate (p->cr, -G_PI / 2);
  telar_chart_write (p->cr, p->theme, &(TelarLettering){ .align = TELAR_TEXT_MIDDLE },
                     matrix->right_name, 0, 0);
  cairo_restore (p->cr);
}

static double
draw_title (const Painting *p)
{
  PangoLayout *layout = telar_chart_layout (p->cr, p->theme, TITLE_SCALE, TRUE, p->matrix->title);
  double width, height;

  telar_layout_size (layout, &width, &height);
  telar_set_color (p->cr, p->theme->text, 1);
  telar_draw_layout (p->cr, layout, MARGIN, MARGIN + height / 2, TELAR_TEXT_LEFT);
  g_object_unref (layout);
  return MARGIN + height + GAP;
}

/* Cells as large as fit beside the labels; FALSE when there is no room at all. */
static gboolean
place_cells (const Painting *p, double widest, double top, double width, double height)
{
  TelarMatrix *matrix = p->matrix;
  double left = MARGIN + p->line + GAP + widest + GAP;
  double beside = GAP + text_width (p, "100 %", 1) + MARGIN;
  double below = 2 * p->line + 2 * GAP + MARGIN;
  double room = width - left - beside, tall = height - top - below;

  matrix->cell_width = matrix->cell_height = 0;
  if (room <= 0 || tall <= 0)
    return FALSE;
  double cell = MIN (MIN (tall / matrix->n, room / matrix->n), MOST_CELL);
  double wide = MIN (room / matrix->n, MIN (WIDEST * cell, MAX (cell, MOST_CELL)));
  matrix->cell_height = cell >= LARGE ? floor (cell) : cell;
  matrix->cell_width = cell >= LARGE ? floor (wide) : wide;
  matrix->x = round (left + (room - matrix->n * matrix->cell_width) / 2);
  matrix->y = round (top);
  return TRUE;
}

void
telar_matrix_draw (TelarMatrix *matrix, cairo_t *cr, double width, double height,
                   const TelarChartTheme *theme)
{
  Painting p = { matrix, cr, theme, telar_chart_line_height (cr, theme) };

  double top = draw_title (&p), widest = widest_class (&p);
  if (matrix->n == 0 || !place_cells (&p, widest, top, width, height))
    return;
  for (guint right = 0; right < matrix->n; right++)
    for (guint answer = 0; answer < matrix->n; answer++)
      draw_cell (&p, right, answer);
  write_classes (&p, widest);
  write_axes (&p, matrix->x - widest - 2 * GAP - p.line / 2,
              matrix->y + matrix->n * matrix->cell_height + 2 * GAP + 1.5 * p.line);
}

void
telar_matrix_draw_cursor (const TelarMatrix *matrix, cairo_t *cr, guint right, guint answer,
                          const TelarChartTheme *theme)
{
  if (right >= matrix->n || answer >= matrix->n || matrix->cell_width <= 0)
    return;
  cairo_rectangle (cr, matrix->x + answer * matrix->cell_width - 1,
                   matrix->y + right * matrix->cell_height - 1, matrix->cell_width + 1,
                   matrix->cell_height + 1);
  telar_set_color (cr, theme->accent, 1);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
}
