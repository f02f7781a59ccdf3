/* The bends of wires: made with a double click or a key, dragged, stepped through, taken out. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define NEAR 8.0f

void
telar_canvas_hit_bend (TelarCanvas *self, const graphene_point_t *at, TelarHit *hit)
{
  float nearest = (float)(TELAR_REACH / self->view.zoom);

  for (guint i = 0; i < hit->edge->n_bends; i++) {
    const graphene_point_t *bend = &hit->edge->bends[i];
    float distance = hypotf (bend->x - at->x, bend->y - at->y);

    if (distance > nearest)
      continue;
    nearest = distance;
    hit->kind = TELAR_HIT_BEND;
    hit->port = i;
  }
}

/* Tells the document; the scene follows it. */
static void
commit (TelarCanvas *self, const TelarSceneEdge *edge, const graphene_point_t *points, guint n,
        const char *merge_key)
{
  g_autofree TelarBend *bends = g_new (TelarBend, n + 1);
  const TelarEdge *wire = telar_graph_incoming (telar_document_drawing (self->document),
                                                edge->to->id, edge->to_port, edge->to_slot);
  int current = self->current_bend;

  for (guint i = 0; i < n; i++)
    bends[i] = (TelarBend){ points[i].x, points[i].y };
  telar_edit_bend (self->document, wire, bends, n, merge_key);
  self->current_bend = MIN (current, (int)n - 1);
}

/* --- dragging --------------------------------------------------------------------------------- */

void
telar_canvas_bend_begin (TelarCanvas *self)
{
  self->current_bend = (int)self->pressed.port;
  self->drag = TELAR_DRAG_BEND;
}

static void
add_sibling (GArray *siblings, const graphene_point_t *point)
{
  graphene_rect_t rect = GRAPHENE_RECT_INIT (point->x, point->y, 0, 0);

  g_array_append_val (siblings, rect);
}

/* What the wire comes from and goes to at the bend: in line with these it runs straight. */
static void
find_siblings (GArray *siblings, const TelarSceneEdge *edge, guint index)
{
  graphene_point_t from = telar_scene_port (edge->from, TRUE, edge->from_port);
  graphene_point_t to = telar_scene_port (edge->to, FALSE, edge->to_port);

  add_sibling (siblings, index > 0 ? &edge->bends[index - 1] : &from);
  add_sibling (siblings, index + 1 < edge->n_bends ? &edge->bends[index + 1] : &to);
}

void
telar_canvas_bend_update (TelarCanvas *self)
{
  TelarSceneEdge *edge = self->pressed.edge;
  g_autoptr (GArray) siblings = g_array_new (FALSE, FALSE, sizeof (graphene_rect_t));
  graphene_point_t at = telar_canvas_from_widget (self, self->drag_now.x, self->drag_now.y);
  graphene_rect_t rect = GRAPHENE_RECT_INIT (at.x, at.y, 0, 0);

  find_siblings (siblings, edge, self->pressed.port);
  telar_snap (siblings, NEAR / (float)self->view.zoom, telar_canvas_grid (), &rect,
              self->moving.guides);
  telar_scene_move_bend (self->scene, edge, self->pressed.port, rect.origin.x, rect.origin.y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
telar_canvas_bend_end (TelarCanvas *self)
{
  const TelarSceneEdge *edge = self->pressed.edge;
  g_autofree graphene_point_t *points =
      g_memdup2 (edge->bends, edge->n_bends * sizeof (graphene_point_t));

  g_array_set_size (self->moving.guides, 0);
  commit (self, edge, points, edge->n_bends, NULL);
}

/* --- making and taking out -------------------------------------------------------------------- */

/* Which segment of the wire is nearest: a bend there comes after so many others. */
static guint
segment_at (const TelarSceneEdge *edge, float x, float y)
{
  float nearest = G_MAXFLOAT;
  guint best = 0;

  for (guint segment = 0; edge->n_bends && segment < edge->curve.n_segments; segment++)
    for (guint step = 0; step <= 16; step++) {
      graphene_point_t at = telar_curve_point (&edge->curve, segment, (float)step / 16);
      float distance = hypotf (at.x - x, at.y - y);

      if (distance < nearest) {
        nearest = distance;
        best = segment;
      }
    }
  return best;
}

void
telar_canvas_add_bend (TelarCanvas *self, TelarSceneEdge *edge, float x, float y)
{
  graphene_point_t points[TELAR_MAX_BENDS];
  guint place = segment_at (edge, x, y);

  if (edge->n_bends == TELAR_MAX_BENDS) {
    g_autoptr (GError) error = NULL;

    telar_set_error (&error, TELAR_ERROR_INVALID, NULL, _ ("a wire bends at %d places at most"),
                     TELAR_MAX_BENDS);
    telar_canvas_message (self, error);
    return;
  }
  for (guint i = 0; i <= edge->n_bends; i++)
    points[i] = i < place    ? edge->bends[i]
                : i == place ? GRAPHENE_POINT_INIT (telar_canvas_snap (x), telar_canvas_snap (y))
                             : edge->bends[i - 1];
  telar_canvas_select_edge (self, edge);
  self->current_bend = (int)place;
  commit (self, edge, points, edge->n_bends + 1, NULL);
  self->current_bend = (int)place;
}

void
telar_canvas_remove_bend (TelarCanvas *self, TelarSceneEdge *edge, guint index)
{
  graphene_point_t points[TELAR_MAX_BENDS];
  guint n = 0;

  for (guint i = 0; i < edge->n_bends; i++)
    if (i != index)
      points[n++] = edge->bends[i];
  telar_canvas_select_edge (self, edge);
  commit (self, edge, points, n, NULL);
}

void
telar_canvas_straighten (TelarCanvas *self)
{
  if (self->selected_edge && self->selected_edge->n_bends)
    commit (self, self->selected_edge, NULL, 0, NULL);
}

/* --- by key ----------------------------------------------------------------------------------- */

void
telar_canvas_bend_by_key (TelarCanvas *self)
{
  graphene_point_t at;

  if (!self->selected_edge)
    return;
  at = telar_curve_middle (&self->selected_edge->curve);
  telar_canvas_add_bend (self, self->selected_edge, at.x, at.y);
}

void
telar_canvas_step_bend (TelarCanvas *self)
{
  const TelarSceneEdge *edge = self->selected_edge;

  if (!edge || edge->n_bends == 0)
    return;
  self->current_bend = (self->current_bend + 1) % (int)edge->n_bends;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
telar_canvas_nudge_bend (TelarCanvas *self, double dx, double dy)
{
  const TelarSceneEdge *edge = self->selected_edge;
  g_autofree graphene_point_t *points = NULL;
  g_autofree char *key = NULL;

  if (!edge || self->current_bend < 0 || (guint)self->current_bend >= edge->n_bends)
    return FALSE;
  points = g_memdup2 (edge->bends, edge->n_bends * sizeof (graphene_point_t));
  points[self->current_bend].x += (float)dx;
  points[self->current_bend].y += (float)dy;
  key = g_strdup_printf ("bend %s.%u.%u %d", edge->to->id, edge->to_port, edge->to_slot,
                         self->current_bend);
  commit (self, edge, points, edge->n_bends, key);
  return TRUE;
}

/* --- drawing ---------------------------------------------------------------------------------- */

/* Where a wire that is near at hand can be held. */
void
telar_canvas_snapshot_bends (TelarCanvas *self, GtkSnapshot *snapshot)
{
  const TelarSceneEdge *edges[] = { self->selected_edge, self->hover.edge };

  for (guint i = 0; i < G_N_ELEMENTS (edges); i++) {
    if (!edges[i] || (i && edges[i] == edges[0]))
      continue;
    for (guint j = 0; j < edges[i]->n_bends; j++) {
      const graphene_point_t *bend = &edges[i]->bends[j];
      graphene_point_t at = telar_canvas_to_widget (self, bend->x, bend->y);
      gboolean current = i == 0 && (int)j == self->current_bend;
      float radius = current ? 7 : 5.5f;
      graphene_rect_t place =
          GRAPHENE_RECT_INIT (at.x - radius, at.y - radius, 2 * radius, 2 * radius);
      GdkRGBA line = self->theme.accent, ground = current ? line : self->theme.card;
      GskRoundedRect round;

      gsk_rounded_rect_init_from_rect (&round, &place, radius);
      gtk_snapshot_push_rounded_clip (snapshot, &round);
      gtk_snapshot_append_color (snapshot, &ground, &place);
      gtk_snapshot_pop (snapshot);
      gtk_snapshot_append_border (snapshot, &round, (float[]){ 2, 2, 2, 2 },
                                  (GdkRGBA[]){ line, line, line, line });
    }
  }
}
