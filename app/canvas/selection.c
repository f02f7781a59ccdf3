/* What is selected on the canvas: nodes, frames and notes, or one wire. */
#include "app/canvas/canvas-private.h"

void
telar_canvas_selection_changed (TelarCanvas *self)
{
  telar_canvas_update_proxies (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit_by_name (self, "selection-changed");
}

static void
set_selected_edge (TelarCanvas *self, TelarSceneEdge *edge)
{
  TelarSceneEdge *ends[] = { self->selected_edge, edge };

  self->selected_edge = edge;
  self->current_bend = -1;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    if (ends[i])
      ends[i]->selected = ends[i] == edge;
  }
}

void
telar_canvas_deselect (TelarCanvas *self)
{
  GHashTableIter iter;
  gpointer node;

  g_hash_table_iter_init (&iter, self->selection);
  while (g_hash_table_iter_next (&iter, &node, NULL))
    ((TelarSceneNode *)node)->selected = FALSE;
  g_hash_table_remove_all (self->selection);
  for (guint i = 0; i < self->notes->len; i++)
    ((TelarNoteItem *)self->notes->pdata[i])->selected = FALSE;
  self->current_note = NULL;
  set_selected_edge (self, NULL);
}

void
telar_canvas_clear_selection (TelarCanvas *self)
{
  if (g_hash_table_size (self->selection) == 0 && !self->selected_edge && !self->current_note)
    return;
  telar_canvas_deselect (self);
  telar_canvas_selection_changed (self);
}

void
telar_canvas_select_node (TelarCanvas *self, TelarSceneNode *node, gboolean extend)
{
  gboolean remove = extend && node->selected;

  if (!extend)
    telar_canvas_deselect (self);
  set_selected_edge (self, NULL);
  node->selected = !remove;
  if (remove)
    g_hash_table_remove (self->selection, node);
  else
    g_hash_table_add (self->selection, node);
  self->current = node;
  telar_canvas_selection_changed (self);
}

void
telar_canvas_select_edge (TelarCanvas *self, TelarSceneEdge *edge)
{
  telar_canvas_deselect (self);
  set_selected_edge (self, edge);
  telar_canvas_selection_changed (self);
}

void
telar_canvas_select (TelarCanvas *self, const char *const *ids)
{
  telar_canvas_deselect (self);
  for (guint i = 0; ids && ids[i]; i++) {
    TelarSceneNode *node = telar_scene_find (self->scene, ids[i]);

    if (!node)
      continue;
    node->selected = TRUE;
    g_hash_table_add (self->selection, node);
    self->current = node;
  }
  telar_canvas_selection_changed (self);
}

char **
telar_canvas_selection (TelarCanvas *self)
{
  const GPtrArray *nodes = telar_scene_nodes (self->scene);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < nodes->len; i++) {
    const TelarSceneNode *node = nodes->pdata[i];

    if (node->selected)
      g_ptr_array_add (ids, g_strdup (node->id));
  }
  g_ptr_array_add (ids, NULL);
  return (char **)g_ptr_array_steal (ids, NULL);
}

gboolean
telar_canvas_selected_wire (TelarCanvas *self, TelarEdge *wire)
{
  const TelarSceneEdge *edge = self->selected_edge;

  if (!edge)
    return FALSE;
  *wire = telar_scene_edge_ends (edge);
  return TRUE;
}

graphene_point_t
telar_canvas_selection_place (TelarCanvas *self)
{
  graphene_point_t at;

  if (self->selected_edge) {
    at = telar_curve_middle (&self->selected_edge->curve);
  } else if (self->current_note) {
    const graphene_rect_t *rect = &self->current_note->rect;

    at = GRAPHENE_POINT_INIT (rect->origin.x + rect->size.width / 2, rect->origin.y);
  } else if (self->current) {
    const graphene_rect_t *rect = telar_scene_node_rect (self->current);

    at = GRAPHENE_POINT_INIT (rect->origin.x + rect->size.width / 2,
                              rect->origin.y + rect->size.height);
  } else {
    return GRAPHENE_POINT_INIT ((float)gtk_widget_get_width (GTK_WIDGET (self)) / 2,
                                (float)gtk_widget_get_height (GTK_WIDGET (self)) / 2);
  }
  return telar_canvas_to_widget (self, at.x, at.y);
}
