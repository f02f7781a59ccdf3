/* Cards and wires as render nodes: drawn once, then only moved and scaled. */
#include "app/canvas/card.h"

#include <math.h>
#include <string.h>

#define TEXT_LEFT 52.0f
#define PAD       12.0f
/* Of what a title measures, near and from further away. */
#define SMALLEST_TITLE 0.84
#define SMALLEST_BRIEF 0.7
/* The shadow, as rings that fade: cheaper than a blur and as soft at this size. */
#define SHADOW 5

TelarDetail
telar_detail_for (double zoom, guint n_visible)
{
  if (zoom >= 0.46)
    return TELAR_DETAIL_FULL;
  if (zoom >= 0.14 && n_visible <= 160)
    return TELAR_DETAIL_BRIEF;
  return TELAR_DETAIL_BLOCK;
}

/* --- text ------------------------------------------------------------------------------------- */

typedef struct {
  double scale;
  PangoWeight weight;
  float width;
  PangoAlignment alignment;
} TextStyle;

static PangoLayout *
make_text (PangoContext *context, const char *text, const TextStyle *style)
{
  PangoLayout *layout = pango_layout_new (context);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (style->scale));
  pango_attr_list_insert (attributes, pango_attr_weight_new (style->weight));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_set_text (layout, text, -1);
  if (style->width > 0) {
    pango_layout_set_width (layout, (int)(style->width * PANGO_SCALE));
    pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  }
  pango_layout_set_alignment (layout, style->alignment);
  return layout;
}

/* Draws @text with its first line centred on @middle. */
static void
put_text (GtkSnapshot *snapshot, PangoContext *context, const char *text, float x, float middle,
          const TextStyle *style, const GdkRGBA *colour)
{
  g_autoptr (PangoLayout) layout = NULL;
  int height;

  if (!text || !text[0])
    return;
  layout = make_text (context, text, style);
  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, middle - (float)height / 2));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

/* --- cards ------------------------------------------------------------------------------------ */

static void
draw_body (cairo_t *cr, const TelarSceneNode *node, const TelarTheme *theme)
{
  double width = node->item.bounds.size.width, height = node->item.bounds.size.height;
  const GdkRGBA *colour = &theme->categories[node->op->category];

  for (int i = SHADOW; i > 0 && !theme->high_contrast; i--) {
    GdkRGBA shade = telar_theme_alpha (&theme->shadow, 0.05f * (float)(SHADOW + 2 - i));

    telar_rounded_path (cr, -i + 1.0, -i + 2.0, width + 2 * i - 2, height + 2 * i - 1,
                        TELAR_CARD_RADIUS + i);
    telar_theme_set (cr, &shade);
    cairo_fill (cr);
  }
  telar_rounded_path (cr, 0, 0, width, height, TELAR_CARD_RADIUS);
  telar_theme_set (cr, &theme->card);
  cairo_fill_preserve (cr);
  cairo_save (cr);
  cairo_clip (cr);
  cairo_rectangle (cr, 0, 0, 4, height);
  telar_theme_set (cr, colour);
  cairo_fill (cr);
  cairo_restore (cr);
  telar_rounded_path (cr, 0.5, 0.5, width - 1, height - 1, TELAR_CARD_RADIUS - 0.5);
  telar_theme_set (cr, &theme->border);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
draw_tile (cairo_t *cr, const TelarSceneNode *node, const TelarTheme *theme, double x, double y,
           double size)
{
  const GdkRGBA *colour = &theme->categories[node->op->category];
  GdkRGBA tint = telar_theme_alpha (colour, theme->dark ? 0.22f : 0.13f);

  telar_rounded_path (cr, x, y, size, size, size * 0.25);
  telar_theme_set (cr, &tint);
  cairo_fill (cr);
  telar_theme_set (cr, colour);
  telar_glyph_draw (cr, node->op->category, x + size * 0.2, y + size * 0.2, size * 0.6);
}

static void
draw_ports (cairo_t *cr, const TelarSceneNode *node, const TelarTheme *theme, double radius)
{
  const graphene_point_t *origin = &node->item.bounds.origin;

  for (int output = 0; output < 2; output++) {
    const TelarPort *ports = output ? node->op->outputs : node->op->inputs;
    guint n = output ? node->n_outputs : node->n_inputs;

    for (guint i = 0; i < n; i++) {
      graphene_point_t at = telar_scene_port (node, output, i);

      telar_port_draw (cr, theme, &ports[i], at.x - origin->x, at.y - origin->y, radius);
    }
  }
}

/* A triangle for a warning, a disc for an error: form and colour both tell. */
static void
draw_badge (cairo_t *cr, const TelarSceneNode *node, const TelarTheme *theme, double x, double y,
            double r)
{
  gboolean error = node->badge == TELAR_BADGE_ERROR;

  cairo_new_path (cr);
  if (error) {
    cairo_arc (cr, x, y, r, 0, 2 * G_PI);
  } else {
    cairo_move_to (cr, x, y - r);
    cairo_line_to (cr, x + r * 1.1, y + r * 0.9);
    cairo_line_to (cr, x - r * 1.1, y + r * 0.9);
    cairo_close_path (cr);
  }
  telar_theme_set (cr, error ? &theme->error : &theme->warning);
  cairo_fill (cr);
  telar_theme_set (cr, &theme->card);
  cairo_set_line_width (cr, r * 0.3);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, x, y - r * 0.42);
  cairo_line_to (cr, x, y + r * 0.1);
  cairo_move_to (cr, x, y + r * 0.52);
  cairo_line_to (cr, x, y + r * 0.53);
  cairo_stroke (cr);
}

static cairo_t *
begin_shapes (GtkSnapshot *snapshot, const TelarSceneNode *node)
{
  const graphene_size_t *size = &node->item.bounds.size;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (-TELAR_CARD_MARGIN, -TELAR_CARD_MARGIN,
                                               size->width + 2 * TELAR_CARD_MARGIN,
                                               size->height + 2 * TELAR_CARD_MARGIN);

  return gtk_snapshot_append_cairo (snapshot, &bounds);
}

static const char *
output_shape (const TelarSceneNode *node, guint port)
{
  return node->shapes && port < g_strv_length (node->shapes) ? node->shapes[port] : "";
}

/* A title that is a little too long is written smaller before it is cut. */
static double
title_scale (PangoContext *context, const char *text, const TextStyle *style, double smallest)
{
  TextStyle whole = { style->scale, style->weight, 0, style->alignment };
  g_autoptr (PangoLayout) layout = make_text (context, text, &whole);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return style->scale * CLAMP (style->width / MAX (width, 1), smallest, 1);
}

/* The rows of a card with several ports: names at the ports, shapes beside the outputs. */
static void
put_rows (GtkSnapshot *snapshot, PangoContext *context, const TelarSceneNode *node,
          const TelarTheme *theme)
{
  float half = TELAR_CARD_WIDTH / 2 - PAD - 4;
  TextStyle left = { 0.82, PANGO_WEIGHT_NORMAL, half, PANGO_ALIGN_LEFT };
  TextStyle right = { 0.82, PANGO_WEIGHT_NORMAL, half, PANGO_ALIGN_RIGHT };

  if (node->n_inputs == 0)
    right.width = TELAR_CARD_WIDTH - 2 * PAD - 4;
  for (guint i = 0; i < node->n_inputs; i++) {
    float y = TELAR_CARD_HEADER + TELAR_CARD_ROW * ((float)i + 0.5f);

    put_text (snapshot, context, node->op->inputs[i].name, PAD + 4, y, &left, &theme->dim);
  }
  for (guint i = 0; i < node->n_outputs; i++) {
    float y = TELAR_CARD_HEADER + TELAR_CARD_ROW * ((float)i + 0.5f);
    const char *shape = output_shape (node, i);
    g_autofree char *text = shape[0] ? g_strdup_printf ("%s  %s", node->op->outputs[i].name, shape)
                                     : g_strdup (node->op->outputs[i].name);

    put_text (snapshot, context, text, TELAR_CARD_WIDTH - PAD - right.width, y, &right,
              &theme->dim);
  }
}

static GskRenderNode *
render_full (const TelarSceneNode *node, const TelarTheme *theme, PangoContext *context)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gboolean rows = MAX (node->n_inputs, node->n_outputs) > 1;
  float width = TELAR_CARD_WIDTH - TEXT_LEFT - PAD;
  TextStyle title = { 1.0, PANGO_WEIGHT_SEMIBOLD, width, PANGO_ALIGN_LEFT };
  TextStyle line = { 0.85, PANGO_WEIGHT_NORMAL, width, PANGO_ALIGN_LEFT };
  const char *shape = output_shape (node, 0);
  gboolean third = !rows && shape[0];
  float first = rows ? 20 : third ? 18 : 27;
  cairo_t *cr = begin_shapes (snapshot, node);

  draw_body (cr, node, theme);
  draw_tile (cr, node, theme, 14, rows ? 12 : 22, 28);
  draw_ports (cr, node, theme, 5);
  if (node->badge != TELAR_BADGE_NONE)
    draw_badge (cr, node, theme, TELAR_CARD_WIDTH - 17, 17, 8);
  cairo_destroy (cr);
  if (node->badge != TELAR_BADGE_NONE)
    title.width -= 18;
  if (!node->summary[0] && !third)
    first = rows ? 26 : TELAR_CARD_HEIGHT / 2;
  title.scale = title_scale (context, node->title, &title, SMALLEST_TITLE);
  put_text (snapshot, context, node->title, TEXT_LEFT, first, &title, &theme->text);
  put_text (snapshot, context, node->summary, TEXT_LEFT, first + 18, &line, &theme->dim);
  if (third)
    put_text (snapshot, context, shape, TEXT_LEFT, node->summary[0] ? first + 36 : first + 20,
              &line, &theme->dim);
  if (rows)
    put_rows (snapshot, context, node, theme);
  return gtk_snapshot_free_to_node (snapshot);
}

static GskRenderNode *
render_brief (const TelarSceneNode *node, const TelarTheme *theme, PangoContext *context)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  TextStyle title = { 1.9, PANGO_WEIGHT_SEMIBOLD, TELAR_CARD_WIDTH - 28, PANGO_ALIGN_CENTER };
  cairo_t *cr = begin_shapes (snapshot, node);
  GdkRGBA tint = telar_theme_alpha (&theme->categories[node->op->category], 0.10f);
  double height = node->item.bounds.size.height;

  draw_body (cr, node, theme);
  telar_rounded_path (cr, 0, 0, TELAR_CARD_WIDTH, height, TELAR_CARD_RADIUS);
  telar_theme_set (cr, &tint);
  cairo_fill (cr);
  draw_ports (cr, node, theme, 6);
  if (node->badge != TELAR_BADGE_NONE)
    draw_badge (cr, node, theme, TELAR_CARD_WIDTH - 6, 6, 16);
  cairo_destroy (cr);
  title.scale = title_scale (context, node->title, &title, SMALLEST_BRIEF);
  put_text (snapshot, context, node->title, 16, (float)height / 2, &title, &theme->text);
  return gtk_snapshot_free_to_node (snapshot);
}

GskRenderNode *
telar_card_render (TelarSceneNode *node, TelarDetail detail, const TelarTheme *theme,
                   PangoContext *context)
{
  if (detail == TELAR_DETAIL_FULL) {
    if (!node->card)
      node->card = render_full (node, theme, context);
    return node->card;
  }
  if (!node->brief)
    node->brief = render_brief (node, theme, context);
  return node->brief;
}

static cairo_surface_t *
rasterise (GskRenderNode *drawing, const graphene_size_t *size, double scale)
{
  int width = (int)ceil ((size->width + 2 * TELAR_CARD_MARGIN) * scale);
  int height = (int)ceil ((size->height + 2 * TELAR_CARD_MARGIN) * scale);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, scale, scale);
  cairo_translate (cr, TELAR_CARD_MARGIN, TELAR_CARD_MARGIN);
  gsk_render_node_draw (drawing, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

cairo_surface_t *
telar_card_pixels (TelarSceneNode *node, TelarDetail detail, const TelarTheme *theme,
                   PangoContext *context, double scale, gboolean stale)
{
  gboolean brief = detail == TELAR_DETAIL_BRIEF;

  if (node->pixels && (stale || (node->pixels_scale == scale && node->pixels_brief == brief)))
    return node->pixels;
  g_clear_pointer (&node->pixels, cairo_surface_destroy);
  node->pixels =
      rasterise (telar_card_render (node, detail, theme, context), &node->item.bounds.size, scale);
  node->pixels_scale = scale;
  node->pixels_brief = brief;
  return node->pixels;
}

/* --- wires ------------------------------------------------------------------------------------ */

void
telar_wire_path (cairo_t *cr, const TelarCurve *curve)
{
  const graphene_point_t *p = curve->points;

  cairo_move_to (cr, p[0].x, p[0].y);
  for (guint i = 1; i < 3 * curve->n_segments; i += 3)
    cairo_curve_to (cr, p[i].x, p[i].y, p[i + 1].x, p[i + 1].y, p[i + 2].x, p[i + 2].y);
}

void
telar_pill_snapshot (GtkSnapshot *snapshot, PangoContext *context, const char *text, float x,
                     float y, const GdkRGBA *ground, const GdkRGBA *ink)
{
  TextStyle style = { 0.82, PANGO_WEIGHT_NORMAL, 0, PANGO_ALIGN_LEFT };
  g_autoptr (PangoLayout) layout = make_text (context, text, &style);
  graphene_rect_t bounds;
  int width, height;
  cairo_t *cr;

  pango_layout_get_pixel_size (layout, &width, &height);
  bounds = GRAPHENE_RECT_INIT (x - (float)width / 2 - 7, y - (float)height / 2 - 2,
                               (float)width + 14, (float)height + 4);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  telar_rounded_path (cr, bounds.origin.x, bounds.origin.y, bounds.size.width, bounds.size.height,
                      bounds.size.height / 2);
  telar_theme_set (cr, ground);
  cairo_fill (cr);
  cairo_destroy (cr);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (bounds.origin.x + 7, bounds.origin.y + 2));
  gtk_snapshot_append_layout (snapshot, layout, ink);
  gtk_snapshot_restore (snapshot);
}
