/* The ring around what has the keyboard: a node, a wire, a port, a note, or the canvas while it has
 * no current node. Those of nodes and wires lie under the cards and are drawn with them. */
#include "app/canvas/proxy-parts.h"

#define PORT_RING 9.0f

TelarSceneNode *
telar_canvas_ringed (TelarCanvas *self)
{
  TelarSceneNode *node = self->current;
  GtkWidget *widget = node && node->proxy ? GTK_WIDGET (node->proxy) : GTK_WIDGET (self);

  return node && gtk_widget_has_visible_focus (widget) ? node : NULL;
}

TelarSceneEdge *
telar_canvas_ringed_wire (TelarCanvas *self)
{
  TelarSceneEdge *edge = self->selected_edge;
  GtkWidget *proxy = edge ? g_hash_table_lookup (self->wire_proxies, edge) : NULL;

  return proxy && gtk_widget_has_visible_focus (proxy) ? edge : NULL;
}

/* Two lines, so that one of them is seen on any ground. */
static void
draw_ring (TelarCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *around, float radius)
{
  const GdkRGBA *line = &self->theme.text, *gap = &self->theme.background;
  graphene_rect_t place = *around;
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &place, radius);
  gtk_snapshot_append_border (snapshot, &round, (float[]){ 2, 2, 2, 2 },
                              (GdkRGBA[]){ *line, *line, *line, *line });
  graphene_rect_inset (&place, 2, 2);
  gsk_rounded_rect_init_from_rect (&round, &place, MAX (radius - 2, 0));
  gtk_snapshot_append_border (snapshot, &round, (float[]){ 1, 1, 1, 1 },
                              (GdkRGBA[]){ *gap, *gap, *gap, *gap });
}

static void
ring_canvas (TelarCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *all)
{
  const GdkRGBA *line = &self->theme.accent;
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, all, 0);
  gtk_snapshot_append_border (snapshot, &round, (float[]){ 2, 2, 2, 2 },
                              (GdkRGBA[]){ *line, *line, *line, *line });
}

static void
ring_port (TelarCanvas *self, GtkSnapshot *snapshot, const graphene_point_t *centre)
{
  graphene_point_t at = telar_canvas_to_widget (self, centre->x, centre->y);
  float reach = MAX (PORT_RING, PORT_RING * (float)self->view.zoom);

  draw_ring (self, snapshot, &GRAPHENE_RECT_INIT (at.x - reach, at.y - reach, 2 * reach, 2 * reach),
             reach);
}

static void
ring_note (TelarCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *rect)
{
  graphene_point_t at = telar_canvas_to_widget (self, rect->origin.x, rect->origin.y);
  float zoom = (float)self->view.zoom;
  graphene_rect_t place =
      GRAPHENE_RECT_INIT (at.x, at.y, rect->size.width * zoom, rect->size.height * zoom);

  graphene_rect_inset (&place, -7, -7);
  draw_ring (self, snapshot, &place, 14);
}

void
telar_canvas_snapshot_focus (TelarCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *all)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;
  graphene_point_t centre;
  guint index;

  if (!focus || !gtk_widget_has_visible_focus (focus))
    return;
  if (focus == GTK_WIDGET (self) && !self->current)
    ring_canvas (self, snapshot, all);
  else if (g_ptr_array_find (self->note_proxies, focus, &index))
    ring_note (self, snapshot, &((const TelarNoteItem *)self->notes->pdata[index])->rect);
  else if (gtk_widget_is_ancestor (focus, GTK_WIDGET (self)) &&
           telar_port_proxy_place (focus, &centre))
    ring_port (self, snapshot, &centre);
}
