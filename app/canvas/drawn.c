/* Following what is drawn: what in the scene has moved, what is selected, has the focus or is under
 * the pointer, each against what the tiles show. */
#include "app/canvas/tiles.h"

/* When more nodes than these are selected or no longer are, all is drawn anew. */
#define MOST 200

/* With all that is drawn over the edges of what lies there. */
static void
damage (TelarCanvas *self, const graphene_rect_t *area)
{
  float reach = self->drawn.detail == TELAR_DETAIL_FULL ? TELAR_SHAPE_REACH : TELAR_HALO_REACH;
  graphene_rect_t wide = *area;

  reach = TELAR_CARD_MARGIN + reach / (float)self->view.zoom;
  graphene_rect_inset (&wide, -reach, -reach);
  telar_tiles_damage (self->tiles, &wide);
}

static void
damage_edge (TelarCanvas *self, const TelarSceneEdge *edge)
{
  if (edge)
    damage (self, &edge->item.bounds);
}

/* Those of @nodes that are not among @others. */
static guint
damage_missing (TelarCanvas *self, GHashTable *nodes, GHashTable *others)
{
  GHashTableIter iter;
  gpointer node;
  guint n = 0;

  g_hash_table_iter_init (&iter, nodes);
  while (n <= MOST && g_hash_table_iter_next (&iter, &node, NULL)) {
    if (g_hash_table_contains (others, node))
      continue;
    damage (self, telar_scene_node_rect (node));
    n++;
  }
  return n;
}

static gboolean
follow_selection (TelarCanvas *self)
{
  guint more = damage_missing (self, self->selection, self->drawn.selection);
  guint fewer = damage_missing (self, self->drawn.selection, self->selection);

  if (more > MOST || fewer > MOST)
    telar_tiles_forget (self->tiles);
  return more > 0 || fewer > 0;
}

static void
remember_selection (TelarCanvas *self)
{
  GHashTableIter iter;
  gpointer node;

  g_hash_table_remove_all (self->drawn.selection);
  g_hash_table_iter_init (&iter, self->selection);
  while (g_hash_table_iter_next (&iter, &node, NULL))
    g_hash_table_add (self->drawn.selection, node);
}

static void
follow_focus (TelarCanvas *self, TelarSceneNode *focus)
{
  if (focus == self->drawn.focus)
    return;
  if (self->drawn.focus)
    damage (self, telar_scene_node_rect (self->drawn.focus));
  if (focus)
    damage (self, telar_scene_node_rect (focus));
}

static void
follow_wires (TelarCanvas *self, gboolean ringed)
{
  if (self->selected_edge != self->drawn.wire) {
    damage_edge (self, self->drawn.wire);
    damage_edge (self, self->selected_edge);
  } else if (ringed != self->drawn.wire_ringed) {
    damage_edge (self, self->selected_edge);
  }
  if (self->hover.edge != self->drawn.hover) {
    damage_edge (self, self->drawn.hover);
    damage_edge (self, self->hover.edge);
  }
}

void
telar_canvas_update_tiles (TelarCanvas *self, TelarDetail detail)
{
  TelarDrawn *drawn = &self->drawn;
  TelarSceneNode *focus = telar_canvas_ringed (self);
  gboolean ringed = telar_canvas_ringed_wire (self) != NULL;
  guint notes = telar_canvas_notes_stamp (self);
  g_autoptr (GArray) areas = g_array_new (FALSE, FALSE, sizeof (graphene_rect_t));
  gboolean known = telar_scene_take_changes (self->scene, areas);

  if (known && detail == drawn->detail && notes == drawn->notes &&
      self->moving.loose == drawn->loose && self->wiring.moved == drawn->moved) {
    for (guint i = 0; i < areas->len; i++)
      damage (self, &g_array_index (areas, graphene_rect_t, i));
    if (follow_selection (self))
      remember_selection (self);
    follow_focus (self, focus);
    follow_wires (self, ringed);
  } else {
    telar_tiles_forget (self->tiles);
    remember_selection (self);
  }
  drawn->detail = detail;
  drawn->notes = notes;
  drawn->loose = self->moving.loose;
  drawn->moved = self->wiring.moved;
  drawn->focus = focus;
  drawn->wire = self->selected_edge;
  drawn->wire_ringed = ringed;
  drawn->hover = self->hover.edge;
}
