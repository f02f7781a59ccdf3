/* Cutting wires with a stroke: what it crosses is cut when it is let go. */
#include "app/canvas/canvas-private.h"

#include <math.h>

/* A curve's segment is followed in so many steps. */
#define STEPS 16

void
telar_canvas_cut_begin (TelarCanvas *self)
{
  graphene_point_t at = telar_canvas_from_widget (self, self->drag_start.x, self->drag_start.y);

  telar_canvas_cut_clear (self);
  g_array_append_val (self->cut_line, at);
  self->drag = TELAR_DRAG_CUT;
}

void
telar_canvas_cut_clear (TelarCanvas *self)
{
  g_array_set_size (self->cut_line, 0);
  g_hash_table_remove_all (self->cut_wires);
}

static float
side (const graphene_point_t *a, const graphene_point_t *b, const graphene_point_t *p)
{
  return (b->x - a->x) * (p->y - a->y) - (b->y - a->y) * (p->x - a->x);
}

/* A point on the line counts to one side of it, so that no crossing falls between two pieces. */
static gboolean
cross (const graphene_point_t *a, const graphene_point_t *b, const graphene_point_t *c,
       const graphene_point_t *d)
{
  return (side (a, b, c) < 0) != (side (a, b, d) < 0) &&
         (side (c, d, a) < 0) != (side (c, d, b) < 0);
}

static gboolean
crosses_curve (const TelarCurve *curve, const graphene_point_t *a, const graphene_point_t *b)
{
  graphene_point_t last = curve->points[0];

  for (guint i = 1; i <= STEPS * curve->n_segments; i++) {
    graphene_point_t at =
        telar_curve_point (curve, (i - 1) / STEPS, (float)((i - 1) % STEPS + 1) / STEPS);

    if (cross (a, b, &last, &at))
      return TRUE;
    last = at;
  }
  return FALSE;
}

void
telar_canvas_cut_update (TelarCanvas *self)
{
  graphene_point_t last = g_array_index (self->cut_line, graphene_point_t, self->cut_line->len - 1);
  graphene_point_t at = telar_canvas_from_widget (self, self->drag_now.x, self->drag_now.y);
  graphene_rect_t area = GRAPHENE_RECT_INIT (MIN (last.x, at.x), MIN (last.y, at.y),
                                             fabsf (at.x - last.x), fabsf (at.y - last.y));
  g_autoptr (GPtrArray) edges = g_ptr_array_new ();

  telar_scene_query (self->scene, &area, NULL, edges);
  for (guint i = 0; i < edges->len; i++)
    if (crosses_curve (&((TelarSceneEdge *)edges->pdata[i])->curve, &last, &at))
      g_hash_table_add (self->cut_wires, edges->pdata[i]);
  g_array_append_val (self->cut_line, at);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
telar_canvas_cut_end (TelarCanvas *self)
{
  g_autoptr (GArray) wires = g_array_new (FALSE, FALSE, sizeof (TelarEdge));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->cut_wires);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    TelarEdge wire = telar_scene_edge_ends (key);

    g_array_append_val (wires, wire);
  }
  telar_canvas_cut_clear (self);
  if (wires->len)
    telar_edit_cut (self->document, (const TelarEdge *)(gconstpointer)wires->data, wires->len);
}
