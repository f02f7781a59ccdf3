/* Signs: one glyph for each category of operators, one form for each kind of port. Drawn as paths,
 * so that they stay sharp at every zoom. */
#include "app/canvas/theme.h"

#include <math.h>

void
telar_rounded_path (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  double r = MIN (radius, MIN (width, height) / 2);

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - r, y + r, r, -G_PI_2, 0);
  cairo_arc (cr, x + width - r, y + height - r, r, 0, G_PI_2);
  cairo_arc (cr, x + r, y + height - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

static void
polyline (cairo_t *cr, const double *points, guint n)
{
  cairo_move_to (cr, points[0], points[1]);
  for (guint i = 1; i < n; i++)
    cairo_line_to (cr, points[2 * i], points[2 * i + 1]);
}

/* All glyphs live in a square from 0 to 16. */

static void
draw_data (cairo_t *cr) /* a drum of records */
{
  for (int i = 0; i < 3; i++) {
    double y = 3.5 + 4.5 * i;

    cairo_save (cr);
    cairo_translate (cr, 8, y);
    cairo_scale (cr, 5.5, 2);
    cairo_new_sub_path (cr);
    cairo_arc (cr, 0, 0, 1, i == 0 ? 0 : 0, i == 0 ? 2 * G_PI : G_PI);
    cairo_restore (cr);
  }
  polyline (cr, (const double[]){ 2.5, 3.5, 2.5, 12.5 }, 2);
  polyline (cr, (const double[]){ 13.5, 3.5, 13.5, 12.5 }, 2);
}

static void
draw_layer (cairo_t *cr) /* sheets */
{
  polyline (cr, (const double[]){ 8, 1.5, 14.5, 5, 8, 8.5, 1.5, 5 }, 4);
  cairo_close_path (cr);
  polyline (cr, (const double[]){ 1.5, 8.2, 8, 11.7, 14.5, 8.2 }, 3);
  polyline (cr, (const double[]){ 1.5, 11.2, 8, 14.7, 14.5, 11.2 }, 3);
}

static void
draw_shape (cairo_t *cr) /* a frame whose corner is pulled */
{
  cairo_rectangle (cr, 2, 6, 8, 8);
  polyline (cr, (const double[]){ 7, 2, 14, 2, 14, 9 }, 3);
  polyline (cr, (const double[]){ 8, 8, 13.5, 2.5 }, 2);
}

static void
draw_activation (cairo_t *cr) /* a ramp */
{
  polyline (cr, (const double[]){ 1.5, 12, 7.5, 12, 13.5, 3 }, 3);
  polyline (cr, (const double[]){ 1.5, 14.7, 14.5, 14.7 }, 2);
}

static void
draw_norm (cairo_t *cr) /* a bell */
{
  cairo_move_to (cr, 1.5, 13);
  cairo_curve_to (cr, 6, 13, 5.5, 3, 8, 3);
  cairo_curve_to (cr, 10.5, 3, 10, 13, 14.5, 13);
  polyline (cr, (const double[]){ 8, 6, 8, 13 }, 2);
}

static void
draw_math (cairo_t *cr) /* plus and times */
{
  polyline (cr, (const double[]){ 1.5, 5, 7.5, 5 }, 2);
  polyline (cr, (const double[]){ 4.5, 2, 4.5, 8 }, 2);
  polyline (cr, (const double[]){ 9, 9, 14, 14 }, 2);
  polyline (cr, (const double[]){ 14, 9, 9, 14 }, 2);
}

static void
draw_loss (cairo_t *cr) /* a descent */
{
  polyline (cr, (const double[]){ 2, 1.5, 2, 14, 14.5, 14 }, 3);
  cairo_move_to (cr, 4.5, 3);
  cairo_curve_to (cr, 5.5, 9, 8.5, 11, 14, 11);
}

static void
draw_metric (cairo_t *cr) /* a gauge */
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, 8, 10.5, 6.5, G_PI, 2 * G_PI);
  polyline (cr, (const double[]){ 8, 10.5, 11.2, 6.6 }, 2);
  polyline (cr, (const double[]){ 1.5, 13.5, 14.5, 13.5 }, 2);
}

static void
draw_classical (cairo_t *cr) /* a tree of decisions */
{
  polyline (cr, (const double[]){ 8, 4.5, 8, 7.5 }, 2);
  polyline (cr, (const double[]){ 3.5, 11, 3.5, 7.5, 12.5, 7.5, 12.5, 11 }, 4);
  cairo_rectangle (cr, 6.2, 1.2, 3.6, 3.4);
  cairo_rectangle (cr, 1.7, 11, 3.6, 3.4);
  cairo_rectangle (cr, 10.7, 11, 3.6, 3.4);
}

static void
draw_group (cairo_t *cr) /* cards upon cards */
{
  cairo_rectangle (cr, 1.5, 5.5, 9, 9);
  polyline (cr, (const double[]){ 5, 5.5, 5, 1.5, 14.5, 1.5, 14.5, 11, 10.5, 11 }, 5);
}

static void
draw_output (cairo_t *cr) /* out of a frame */
{
  polyline (cr, (const double[]){ 9, 2, 2, 2, 2, 14, 9, 14 }, 4);
  polyline (cr, (const double[]){ 6, 8, 14.5, 8 }, 2);
  polyline (cr, (const double[]){ 11, 4.5, 14.5, 8, 11, 11.5 }, 3);
}

void
telar_glyph_draw (cairo_t *cr, TelarCategory category, double x, double y, double size)
{
  static void (*const glyphs[TELAR_N_CATEGORIES]) (cairo_t *) = {
    [TELAR_CATEGORY_DATA] = draw_data,     [TELAR_CATEGORY_LAYER] = draw_layer,
    [TELAR_CATEGORY_SHAPE] = draw_shape,   [TELAR_CATEGORY_ACTIVATION] = draw_activation,
    [TELAR_CATEGORY_NORM] = draw_norm,     [TELAR_CATEGORY_MATH] = draw_math,
    [TELAR_CATEGORY_GROUP] = draw_group,   [TELAR_CATEGORY_LOSS] = draw_loss,
    [TELAR_CATEGORY_METRIC] = draw_metric, [TELAR_CATEGORY_CLASSICAL] = draw_classical,
    [TELAR_CATEGORY_OUTPUT] = draw_output,
  };

  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, size / 16, size / 16);
  cairo_set_line_width (cr, 1.6);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_new_path (cr);
  glyphs[category](cr);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
port_path (cairo_t *cr, TelarPortKind kind, double x, double y, double r)
{
  cairo_new_path (cr);
  switch (kind) {
  case TELAR_PORT_TENSOR:
    cairo_arc (cr, x, y, r, 0, 2 * G_PI);
    break;
  case TELAR_PORT_TABLE:
    telar_rounded_path (cr, x - r, y - r, 2 * r, 2 * r, r * 0.4);
    break;
  case TELAR_PORT_MODEL:
    polyline (
        cr, (const double[]){ x, y - r * 1.2, x + r * 1.2, y, x, y + r * 1.2, x - r * 1.2, y }, 4);
    cairo_close_path (cr);
    break;
  case TELAR_PORT_METRICS:
    polyline (cr, (const double[]){ x - r, y - r, x + r * 1.2, y, x - r, y + r }, 3);
    cairo_close_path (cr);
    break;
  }
}

void
telar_port_draw (cairo_t *cr, const TelarTheme *theme, const TelarPort *port, double x, double y,
                 double radius)
{
  const GdkRGBA *colour = &theme->kinds[port->kind];

  port_path (cr, port->kind, x, y, radius + 1.5);
  telar_theme_set (cr, &theme->card);
  cairo_fill (cr);
  port_path (cr, port->kind, x, y, port->optional ? radius - 0.8 : radius);
  telar_theme_set (cr, colour);
  if (port->optional) {
    cairo_set_line_width (cr, 1.6);
    cairo_stroke (cr);
  } else {
    cairo_fill (cr);
  }
}
