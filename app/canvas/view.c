/* How the canvas is looked at: place and zoom of the view, and what moves it. */
#include "app/canvas/canvas-private.h"

#include "app/project/settings.h"

#include <math.h>

graphene_point_t
telar_canvas_to_widget (TelarCanvas *self, double x, double y)
{
  return GRAPHENE_POINT_INIT ((float)((x - self->view.x) * self->view.zoom),
                              (float)((y - self->view.y) * self->view.zoom));
}

graphene_point_t
telar_canvas_from_widget (TelarCanvas *self, double x, double y)
{
  return GRAPHENE_POINT_INIT ((float)(x / self->view.zoom + self->view.x),
                              (float)(y / self->view.zoom + self->view.y));
}

float
telar_canvas_grid (void)
{
  return telar_settings_bool (TELAR_SETTING_SNAP, TRUE) ? TELAR_GRID : 1;
}

float
telar_canvas_snap (double value)
{
  double grid = telar_canvas_grid ();

  return (float)(round (value / grid) * grid);
}

double
telar_canvas_zoom (TelarCanvas *self)
{
  return self->view.zoom;
}

graphene_rect_t
telar_canvas_visible (TelarCanvas *self)
{
  return telar_view_area (GTK_WIDGET (self), &self->view);
}

void
telar_canvas_set_view (TelarCanvas *self, const TelarView *view)
{
  self->view = *view;
  self->placed = TRUE;
  self->untouched = FALSE;
  telar_canvas_update_proxies (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit_by_name (self, "view-changed");
}

void
telar_canvas_animate (double t, gpointer data)
{
  TelarCanvas *self = data;
  const TelarView *a = &self->animate_from, *b = &self->animate_to;
  double zoom = a->zoom * pow (b->zoom / a->zoom, t);

  telar_canvas_set_view (self,
                         &(TelarView){ a->x + (b->x - a->x) * t, a->y + (b->y - a->y) * t, zoom });
}

void
telar_canvas_animate_to (TelarCanvas *self, const TelarView *view)
{
  self->animate_from = self->view;
  self->animate_to = *view;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self))) {
    telar_canvas_set_view (self, view);
    return;
  }
  adw_animation_reset (self->animation);
  adw_animation_play (self->animation);
}

static void
stop_animation (TelarCanvas *self)
{
  adw_animation_pause (self->animation);
}

void
telar_canvas_zoom_about (TelarCanvas *self, double zoom, double x, double y)
{
  TelarView view = telar_view_zoomed (&self->view, zoom, x, y);

  stop_animation (self);
  telar_canvas_set_view (self, &view);
}

PangoContext *
telar_canvas_card_context (TelarCanvas *self)
{
  if (!self->card_context)
    self->card_context = telar_view_card_context (GTK_WIDGET (self));
  return self->card_context;
}

void
telar_canvas_fit (TelarCanvas *self, gboolean animated)
{
  graphene_rect_t bounds;
  TelarView view;

  if (!telar_scene_bounds (self->scene, &bounds))
    return;
  telar_canvas_notes_bounds (self, &bounds);
  view = telar_view_around (GTK_WIDGET (self), &bounds, TELAR_ZOOM_MIN);
  if (animated)
    telar_canvas_animate_to (self, &view);
  else
    telar_canvas_set_view (self, &view);
}

void
telar_canvas_fit_selection (TelarCanvas *self)
{
  GHashTableIter iter;
  gpointer node;
  graphene_rect_t bounds;
  gboolean any = FALSE;
  TelarView view;

  g_hash_table_iter_init (&iter, self->selection);
  while (g_hash_table_iter_next (&iter, &node, NULL)) {
    const graphene_rect_t *rect = telar_scene_node_rect (node);

    if (any)
      graphene_rect_union (&bounds, rect, &bounds);
    else
      bounds = *rect;
    any = TRUE;
  }
  if (!any) {
    telar_canvas_fit (self, TRUE);
    return;
  }
  view = telar_view_around (GTK_WIDGET (self), &bounds, TELAR_ZOOM_MIN);
  telar_canvas_animate_to (self, &view);
}

void
telar_canvas_look_at (TelarCanvas *self, double x, double y, double zoom)
{
  double clamped = CLAMP (zoom, TELAR_ZOOM_MIN, TELAR_ZOOM_MAX);

  telar_canvas_animate_to (
      self, &(TelarView){ x - gtk_widget_get_width (GTK_WIDGET (self)) / clamped / 2,
                          y - gtk_widget_get_height (GTK_WIDGET (self)) / clamped / 2, clamped });
}

void
telar_canvas_looked_at (TelarCanvas *self, double *x, double *y, double *zoom)
{
  *x = self->view.x + gtk_widget_get_width (GTK_WIDGET (self)) / self->view.zoom / 2;
  *y = self->view.y + gtk_widget_get_height (GTK_WIDGET (self)) / self->view.zoom / 2;
  *zoom = self->view.zoom;
}

void
telar_canvas_show_start (TelarCanvas *self)
{
  const double readable = 0.47 * telar_view_life_size (GTK_WIDGET (self));
  graphene_rect_t bounds;
  TelarView view;

  if (!telar_scene_bounds (self->scene, &bounds)) {
    telar_canvas_set_view (self, &(TelarView){ 0, 0, telar_view_life_size (GTK_WIDGET (self)) });
    return;
  }
  view = telar_view_around (GTK_WIDGET (self), &bounds, self->whole ? TELAR_ZOOM_MIN : readable);
  if (bounds.size.width * view.zoom > gtk_widget_get_width (GTK_WIDGET (self)))
    view.x = bounds.origin.x - TELAR_FIT_MARGIN / view.zoom;
  if (bounds.size.height * view.zoom > gtk_widget_get_height (GTK_WIDGET (self)))
    view.y = bounds.origin.y - TELAR_FIT_MARGIN / view.zoom;
  telar_canvas_set_view (self, &view);
  self->untouched = TRUE;
}

void
telar_canvas_start_whole (TelarCanvas *self)
{
  self->whole = TRUE;
}

void
telar_canvas_show_rect (TelarCanvas *self, const graphene_rect_t *rect)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)) / self->view.zoom;
  double height = gtk_widget_get_height (GTK_WIDGET (self)) / self->view.zoom;
  double margin = 32 / self->view.zoom;
  TelarView view = self->view;

  view.x = MIN (view.x, rect->origin.x - margin);
  view.y = MIN (view.y, rect->origin.y - margin);
  view.x = MAX (view.x, rect->origin.x + rect->size.width + margin - width);
  view.y = MAX (view.y, rect->origin.y + rect->size.height + margin - height);
  if (view.x != self->view.x || view.y != self->view.y)
    telar_canvas_animate_to (self, &view);
}

void
telar_canvas_ensure_visible (TelarCanvas *self, TelarSceneNode *node)
{
  telar_canvas_show_rect (self, telar_scene_node_rect (node));
}

void
telar_canvas_reveal (TelarCanvas *self, const char *id)
{
  TelarSceneNode *node = telar_scene_find (self->scene, id);

  if (!node)
    return;
  if (self->view.zoom < 0.5) {
    const graphene_rect_t *rect = telar_scene_node_rect (node);
    double width = gtk_widget_get_width (GTK_WIDGET (self));
    double height = gtk_widget_get_height (GTK_WIDGET (self));

    telar_canvas_animate_to (
        self, &(TelarView){ rect->origin.x + rect->size.width / 2 - width / 2,
                            rect->origin.y + rect->size.height / 2 - height / 2, 1 });
  } else {
    telar_canvas_ensure_visible (self, node);
  }
  telar_canvas_select_node (self, node, FALSE);
}
