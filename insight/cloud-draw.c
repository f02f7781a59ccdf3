/* The painter of clouds: what is behind is drawn first, smaller and paler; the names of the classes
 * stand at the right. */
#include "insight/chart-private.h"
#include "insight/cloud-private.h"

#include <math.h>

#define MARGIN      14.0
#define TITLE_SCALE 1.18
#define RADIUS      3.2 /* of a mark, where there are few */
#define LEAST       1.6
#define LEGEND_GAP  18.0
#define MARK_GAP    14.0
#define PALE        0.13 /* what a search did not find */
#define FILL        0.94 /* of the plot's half, at zoom 1 */
#define FRAME       0.14

typedef struct {
  TelarCloud *cloud;
  cairo_t *cr;
  const TelarChartTheme *theme;
  double line;
} Painting;

/* --- where points are seen --------------------------------------------------------------- */

static void
see_point (const TelarCloud *cloud, const double *place, double *seen)
{
  double half = FILL * cloud->zoom * MIN (cloud->width, cloud->height) / 2;
  double turned = place[0] * cos (cloud->yaw) + place[2] * sin (cloud->yaw);
  double away = place[2] * cos (cloud->yaw) - place[0] * sin (cloud->yaw);

  /* A cube's corner is farther than its side. */
  half /= cloud->k > 2 ? 1.35 : 1;
  seen[0] = cloud->left + cloud->width / 2 + cloud->dx + half * turned;
  seen[1] = cloud->top + cloud->height / 2 + cloud->dy -
            half * (place[1] * cos (cloud->pitch) + away * sin (cloud->pitch));
  seen[2] = place[1] * sin (cloud->pitch) - away * cos (cloud->pitch);
}

static int
compare_depths (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *seen = data;
  double x = seen[3 * *(const guint *)a + 2], y = seen[3 * *(const guint *)b + 2];

  return (x > y) - (x < y);
}

static guint *
order_points (const TelarCloud *cloud)
{
  guint *order = g_new (guint, cloud->n);

  for (guint i = 0; i < cloud->n; i++)
    order[i] = i;
  if (cloud->k > 2)
    g_qsort_with_data (order, (int)cloud->n, sizeof *order, compare_depths, cloud->seen);
  return order;
}

/* --- points ------------------------------------------------------------------------------ */

static void
draw_point (const Painting *p, guint i, double radius)
{
  const TelarCloud *cloud = p->cloud;
  const double *seen = cloud->seen + 3 * i;
  guint style = cloud->styles[i];
  double near = cloud->k > 2 ? CLAMP (0.5 + seen[2] / 2.4, 0, 1) : 1;
  double alpha = cloud->found != NULL && !cloud->found[i] ? PALE : 0.45 + 0.4 * near;

  telar_set_color (p->cr, telar_palette_color (style, p->theme->dark), alpha);
  telar_draw_mark (p->cr, style, seen[0], seen[1], radius * (0.7 + 0.3 * near));
  if ((int)i != cloud->marked)
    return;
  telar_set_color (p->cr, p->theme->text, 1);
  cairo_set_line_width (p->cr, 1.5);
  cairo_arc (p->cr, seen[0], seen[1], radius + 3, 0, 2 * G_PI);
  cairo_stroke (p->cr);
}

static void
draw_points (const Painting *p)
{
  TelarCloud *cloud = p->cloud;
  double crowd = sqrt (cloud->width * cloud->height / MAX (cloud->n, 1));
  double radius = CLAMP (crowd / 4, LEAST, RADIUS) * CLAMP (sqrt (cloud->zoom), 0.8, 1.8);

  for (guint i = 0; i < cloud->n; i++)
    see_point (cloud, cloud->places + 3 * i, cloud->seen + 3 * i);
  g_autofree guint *order = order_points (cloud);
  cairo_save (p->cr);
  cairo_rectangle (p->cr, cloud->left, cloud->top, cloud->width, cloud->height);
  cairo_clip (p->cr);
  for (guint i = 0; i < cloud->n; i++)
    draw_point (p, order[i], radius);
  cairo_restore (p->cr);
}

/* The edges of the cube show how it is turned; in two dimensions there are lines through the
 * middle. */
static void
draw_frame (const Painting *p)
{
  const TelarCloud *cloud = p->cloud;

  telar_set_color (p->cr, p->theme->text, FRAME);
  cairo_set_line_width (p->cr, 1);
  cairo_save (p->cr);
  cairo_rectangle (p->cr, cloud->left, cloud->top, cloud->width, cloud->height);
  cairo_clip (p->cr);
  for (guint axis = 0; axis < cloud->k; axis++)
    for (guint side = 0; side < (cloud->k > 2 ? 4u : 1u); side++) {
      double from[3] = { 0 }, to[3] = { 0 }, a[3], b[3];

      for (guint i = 0; i < 2 && cloud->k > 2; i++)
        from[(axis + 1 + i) % 3] = to[(axis + 1 + i) % 3] = side >> i & 1 ? 1 : -1;
      from[axis] = -1;
      to[axis] = 1;
      see_point (cloud, from, a);
      see_point (cloud, to, b);
      cairo_move_to (p->cr, a[0], a[1]);
      cairo_line_to (p->cr, b[0], b[1]);
    }
  cairo_stroke (p->cr);
  cairo_restore (p->cr);
}

/* --- words ------------------------------------------------------------------------------- */

static double
legend_width (const Painting *p)
{
  double most = 0;

  for (guint i = 0; i < p->cloud->kinds->len; i++) {
    g_autofree char *name =
        telar_cloud_class_name (p->cloud, g_array_index (p->cloud->kinds, int, i));
    most = MAX (most, telar_chart_text_width (p->cr, p->theme, 1, FALSE, name));
  }
  return p->cloud->kinds->len > 0 ? most + MARK_GAP + LEGEND_GAP : 0;
}

/* As many as there is room for; of the rest it is said that they are there. */
static void
draw_legend (const Painting *p, double x, double bottom)
{
  double step = 1.5 * p->line, y = p->cloud->top + p->line;

  for (guint i = 0; i < p->cloud->kinds->len; i++, y += step) {
    g_autofree char *name =
        telar_cloud_class_name (p->cloud, g_array_index (p->cloud->kinds, int, i));

    if (y + 2 * step > bottom && i + 1 < p->cloud->kinds->len) {
      telar_set_color (p->cr, p->theme->text, 0.6);
      telar_chart_write (p->cr, p->theme, &(TelarLettering){ 0 }, "…", x + MARK_GAP, y);
      return;
    }
    telar_set_color (p->cr, telar_palette_color (i, p->theme->dark), 1);
    telar_draw_mark (p->cr, i, x + 4, y, 4);
    telar_set_color (p->cr, p->theme->text, 0.85);
    telar_chart_write (p->cr, p->theme, &(TelarLettering){ 0 }, name, x + MARK_GAP, y);
  }
}

void
telar_cloud_draw (TelarCloud *cloud, cairo_t *cr, double width, double height,
                  const TelarChartTheme *theme)
{
  Painting p = { cloud, cr, theme, theme->font_size * 1.3 };
  double legend = legend_width (&p), head = MARGIN + 2 * p.line;

  cloud->left = MARGIN;
  cloud->top = head;
  cloud->width = MAX (width - 2 * MARGIN - legend, 1);
  cloud->height = MAX (height - head - MARGIN, 1);
  telar_set_color (cr, theme->background, 1);
  cairo_paint (cr);
  telar_set_color (cr, theme->text, 1);
  telar_chart_write (p.cr, p.theme, &(TelarLettering){ .scale = TITLE_SCALE, .bold = TRUE },
                     cloud->title, MARGIN, MARGIN + p.line / 2);
  draw_frame (&p);
  draw_points (&p);
  draw_legend (&p, width - MARGIN - legend + LEGEND_GAP, height);
}
