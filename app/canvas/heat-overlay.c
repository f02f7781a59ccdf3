/* What a run says of its nodes, over their cards: a tint, and below it the number with the curve of
 * what it was lately. The number stands there too, so that colour is never alone. */
#include "app/canvas/canvas-private.h"

#include <math.h>

#define READABLE 0.5 /* the zoom from which on numbers are written */

/* The curve, in pixels. */
#define CURVE_WIDTH  44.0f
#define CURVE_HEIGHT 12.0f

void
telar_heat_free (gpointer data)
{
  TelarHeat *heat = data;

  g_free (heat->text);
  g_free (heat->recent);
  g_free (heat);
}

/* From cold to hot. */
static GdkRGBA
colour_of (const TelarTheme *theme, float heat)
{
  return telar_theme_mix (&theme->accent, &theme->error, CLAMP (heat, 0, 1));
}

void
telar_canvas_tint (TelarCanvas *self, GtkSnapshot *snapshot, const TelarSceneNode *node,
                   const GdkRGBA *colour)
{
  const graphene_rect_t *rect = telar_scene_node_rect (node);
  graphene_point_t at = telar_canvas_to_widget (self, rect->origin.x, rect->origin.y);
  float zoom = (float)self->view.zoom;
  graphene_rect_t card =
      GRAPHENE_RECT_INIT (at.x, at.y, rect->size.width * zoom, rect->size.height * zoom);
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &card, TELAR_CARD_RADIUS * zoom);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, colour, &card);
  gtk_snapshot_pop (snapshot);
}

static void
draw_curve (cairo_t *cr, const TelarHeat *heat, const GdkRGBA *colour, double x, double y)
{
  gboolean pen = FALSE;

  for (guint i = 0; i < heat->n_recent; i++) {
    double px = x + CURVE_WIDTH * i / MAX (heat->n_recent - 1, 1u);
    double py = y + CURVE_HEIGHT * (1 - CLAMP (heat->recent[i], 0, 1));

    if (!isfinite (heat->recent[i]))
      pen = FALSE;
    else if (pen)
      cairo_line_to (cr, px, py);
    else
      cairo_move_to (cr, px, py);
    pen = isfinite (heat->recent[i]);
  }
  telar_theme_set (cr, colour);
  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
}

/* The number and the curve on one pill, below the card. */
static void
write_heat (TelarCanvas *self, GtkSnapshot *snapshot, const TelarSceneNode *node,
            const TelarHeat *heat)
{
  const graphene_rect_t *rect = telar_scene_node_rect (node);
  graphene_point_t at = telar_canvas_to_widget (self, rect->origin.x + rect->size.width / 2,
                                                rect->origin.y + rect->size.height);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), heat->text);
  float curve = heat->n_recent > 1 ? CURVE_WIDTH + 7 : 0;
  GdkRGBA colour = colour_of (&self->theme, heat->heat);
  graphene_rect_t pill;
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  pill = GRAPHENE_RECT_INIT (roundf (at.x - ((float)width + curve) / 2 - 9), roundf (at.y + 4),
                             (float)width + curve + 18, (float)height + 4);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &pill);
  telar_rounded_path (cr, pill.origin.x + 0.5, pill.origin.y + 0.5, pill.size.width - 1,
                      pill.size.height - 1, (pill.size.height - 1) / 2);
  telar_theme_set (cr, &self->theme.card);
  cairo_fill_preserve (cr);
  telar_theme_set (cr, &self->theme.border);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  if (curve > 0)
    draw_curve (cr, heat, &colour, pill.origin.x + 9 + (float)width + 7,
                pill.origin.y + (pill.size.height - CURVE_HEIGHT) / 2);
  cairo_destroy (cr);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (pill.origin.x + 9, pill.origin.y + 2));
  gtk_snapshot_append_layout (snapshot, layout, &self->theme.text);
  gtk_snapshot_restore (snapshot);
}

void
telar_canvas_draw_heats (TelarCanvas *self, GtkSnapshot *snapshot, const GPtrArray *nodes)
{
  for (guint i = 0; self->heats && i < nodes->len; i++) {
    const TelarSceneNode *node = nodes->pdata[i];
    const TelarHeat *heat = g_hash_table_lookup (self->heats, node->id);

    if (!heat)
      continue;
    GdkRGBA colour = colour_of (&self->theme, heat->heat);
    colour = telar_theme_alpha (&colour, 0.12f + 0.38f * CLAMP (heat->heat, 0, 1));
    telar_canvas_tint (self, snapshot, node, &colour);
    if (self->view.zoom >= READABLE)
      write_heat (self, snapshot, node, heat);
  }
}

void
telar_canvas_set_heats (TelarCanvas *self, GHashTable *heats)
{
  g_return_if_fail (TELAR_IS_CANVAS (self));
  g_clear_pointer (&self->heats, g_hash_table_unref);
  self->heats = heats ? g_hash_table_ref (heats) : NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

GHashTable *
telar_canvas_heats (TelarCanvas *self)
{
  g_return_val_if_fail (TELAR_IS_CANVAS (self), NULL);
  return self->heats;
}
