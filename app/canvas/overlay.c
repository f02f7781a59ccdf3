/* Drawing what a gesture is about to do: guides, the cut, the wire that a node will go into, the
 * wires that will close behind one that was shaken loose. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

static void
to_screen (TelarCanvas *self, cairo_t *cr)
{
  cairo_scale (cr, self->view.zoom, self->view.zoom);
  cairo_translate (cr, -self->view.x, -self->view.y);
}

/* --- guides ----------------------------------------------------------------------------------- */

/* A line of pixels, along the other axis than @axis. */
static void
line (TelarCanvas *self, GtkSnapshot *snapshot, guint axis, double at, double from, double to)
{
  float thick = self->theme.high_contrast ? 2 : 1;
  graphene_rect_t place = GRAPHENE_RECT_INIT ((float)at, (float)from, thick, (float)(to - from));

  if (axis != 0)
    place = GRAPHENE_RECT_INIT ((float)from, (float)at, (float)(to - from), thick);
  gtk_snapshot_append_color (snapshot, &self->theme.guide, &place);
}

static void
draw_guide (TelarCanvas *self, GtkSnapshot *snapshot, const TelarGuide *guide)
{
  const double beyond = 14, tick = 5;
  double zoom = self->view.zoom;
  double start_x = guide->axis == 0 ? self->view.x : self->view.y;
  double start_y = guide->axis == 0 ? self->view.y : self->view.x;
  double at, from, to;

  if (guide->gap) {
    from = round ((guide->from - start_x) * zoom);
    to = round ((guide->to - start_x) * zoom) - 1;
    at = round ((guide->at - start_y) * zoom);
    line (self, snapshot, 1 - guide->axis, at, from, to + 1);
    line (self, snapshot, guide->axis, from, at - tick, at + tick + 1);
    line (self, snapshot, guide->axis, to, at - tick, at + tick + 1);
  } else {
    at = round ((guide->at - start_x) * zoom);
    from = round ((guide->from - start_y) * zoom - beyond);
    to = round ((guide->to - start_y) * zoom + beyond);
    line (self, snapshot, guide->axis, at, from, to);
  }
}

static void
draw_guides (TelarCanvas *self, GtkSnapshot *snapshot)
{
  for (guint i = 0; i < self->moving.guides->len; i++)
    draw_guide (self, snapshot, &g_array_index (self->moving.guides, TelarGuide, i));
}

/* --- wires ------------------------------------------------------------------------------------ */

static void
draw_curve (TelarCanvas *self, cairo_t *cr, const TelarCurve *curve, const GdkRGBA *colour,
            double width, gboolean dashed)
{
  cairo_save (cr);
  to_screen (self, cr);
  cairo_new_path (cr);
  telar_wire_path (cr, curve);
  cairo_restore (cr);
  telar_theme_set (cr, colour);
  cairo_set_line_width (cr, width);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_dash (cr, (const double[]){ 7, 7 }, dashed ? 2 : 0, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
draw_target (TelarCanvas *self, cairo_t *cr)
{
  GdkRGBA glow = telar_theme_alpha (&self->theme.accent, 0.3f);

  draw_curve (self, cr, &self->drop_edge->curve, &glow, 10, FALSE);
  draw_curve (self, cr, &self->drop_edge->curve, &self->theme.accent, 3, FALSE);
}

/* The card that what is dragged would take the place of. */
static void
draw_replaced (TelarCanvas *self, GtkSnapshot *snapshot)
{
  const graphene_rect_t *rect = telar_scene_node_rect (self->drop_node);
  graphene_point_t at = telar_canvas_to_widget (self, rect->origin.x, rect->origin.y);
  float zoom = (float)self->view.zoom;
  graphene_rect_t place = GRAPHENE_RECT_INIT (at.x - 4, at.y - 4, rect->size.width * zoom + 8,
                                              rect->size.height * zoom + 8);
  GdkRGBA line = self->theme.accent;
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &place, TELAR_CARD_RADIUS * zoom + 4);
  gtk_snapshot_append_border (snapshot, &round, (float[]){ 3, 3, 3, 3 },
                              (GdkRGBA[]){ line, line, line, line });
}

/* From what fed a node that was shaken loose to what it fed. */
static void
draw_bridges (TelarCanvas *self, cairo_t *cr)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < self->moving.nodes->len; i++)
    g_ptr_array_add (ids, g_array_index (self->moving.nodes, TelarHeld, i).node->id);
  g_ptr_array_add (ids, NULL);
  for (guint i = 0; i + 1 < ids->len; i++) {
    const TelarSceneNode *node = g_array_index (self->moving.nodes, TelarHeld, i).node;

    for (guint j = 0; j < node->edges->len; j++) {
      const TelarSceneEdge *edge = node->edges->pdata[j];
      const TelarEdge *feed =
          edge->from == node && !g_hash_table_contains (self->moving.held, edge->to)
              ? telar_edit_find_feed (self->document, (const char *const *)ids->pdata, node->id,
                                      edge->from_port)
              : NULL;
      graphene_point_t from, to;
      TelarCurve curve;

      if (!feed)
        continue;
      from = telar_scene_port (telar_scene_find (self->scene, feed->from), TRUE, feed->from_port);
      to = telar_scene_port (edge->to, FALSE, edge->to_port);
      telar_curve_between (&from, &to, telar_scene_node_rect (edge->to), &curve);
      draw_curve (self, cr, &curve, &self->theme.kinds[edge->kind], 2.5, TRUE);
    }
  }
}

/* --- the cut ---------------------------------------------------------------------------------- */

static void
draw_cut (TelarCanvas *self, cairo_t *cr)
{
  GdkRGBA halo = telar_theme_alpha (&self->theme.background, 0.8f);
  GHashTableIter iter;
  gpointer edge;

  g_hash_table_iter_init (&iter, self->cut_wires);
  while (g_hash_table_iter_next (&iter, &edge, NULL)) {
    draw_curve (self, cr, &((TelarSceneEdge *)edge)->curve, &halo, 4, FALSE);
    draw_curve (self, cr, &((TelarSceneEdge *)edge)->curve, &self->theme.error, 2.5, TRUE);
  }
  cairo_new_path (cr);
  for (guint i = 0; i < self->cut_line->len; i++) {
    const graphene_point_t *point = &g_array_index (self->cut_line, graphene_point_t, i);
    graphene_point_t at = telar_canvas_to_widget (self, point->x, point->y);

    cairo_line_to (cr, at.x, at.y);
  }
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  telar_theme_set (cr, &halo);
  cairo_set_line_width (cr, 5);
  cairo_stroke_preserve (cr);
  telar_theme_set (cr, &self->theme.error);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
}

static void
say (TelarCanvas *self, GtkSnapshot *snapshot, const char *text, const GdkRGBA *ground)
{
  telar_pill_snapshot (snapshot, gtk_widget_get_pango_context (GTK_WIDGET (self)), text,
                       self->drag_now.x, self->drag_now.y + 30, ground, &self->theme.card);
}

static void
draw_words (TelarCanvas *self, GtkSnapshot *snapshot)
{
  guint n_cut = g_hash_table_size (self->cut_wires);

  if (self->drag == TELAR_DRAG_CUT && n_cut) {
    g_autofree char *text =
        g_strdup_printf (ngettext ("Cut %u wire", "Cut %u wires", n_cut), n_cut);

    say (self, snapshot, text, &self->theme.error);
  } else if (self->drag == TELAR_DRAG_MOVE && self->drop_edge) {
    say (self, snapshot, _ ("Insert into the wire"), &self->theme.accent);
  } else if (self->drag == TELAR_DRAG_MOVE && self->moving.loose) {
    say (self, snapshot, _ ("Shaken loose"), &self->theme.accent);
  }
}

void
telar_canvas_snapshot_overlay (TelarCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *all)
{
  gboolean moving = self->drag == TELAR_DRAG_MOVE, cutting = self->drag == TELAR_DRAG_CUT;
  cairo_t *cr;

  if (self->drop_node)
    draw_replaced (self, snapshot);
  telar_canvas_snapshot_bends (self, snapshot);
  if (self->drop_edge || cutting || (moving && self->moving.loose)) {
    cr = gtk_snapshot_append_cairo (snapshot, all);
    if (self->drop_edge)
      draw_target (self, cr);
    if (cutting)
      draw_cut (self, cr);
    else if (moving && self->moving.loose)
      draw_bridges (self, cr);
    cairo_destroy (cr);
  }
  if (moving || self->drag == TELAR_DRAG_BEND)
    draw_guides (self, snapshot);
  draw_words (self, snapshot);
}
