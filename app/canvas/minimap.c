/* The minimap draws the scene as blocks; pressing or dragging in it moves the view there. */
#include "app/canvas/minimap.h"

#include "app/canvas/canvas-private.h"
#include "app/canvas/raster.h"

#include <glib/gi18n.h>

#define MAP_WIDTH  176
#define MAP_HEIGHT 112
#define MAP_MARGIN 10.0
/* With more nodes their wires would be one grey. */
#define MOST_WITH_WIRES 1000

typedef struct {
  double scale, x, y; /* widget = (canvas - (x, y)) * scale */
} Map;

struct _TelarMinimap {
  GtkWidget parent_instance;

  TelarCanvas *canvas;
  /* Of the scene, for as long as it looks the same: */
  GskRenderNode *picture;
  Map map;
  guint stamp;
};

G_DEFINE_FINAL_TYPE (TelarMinimap, telar_minimap, GTK_TYPE_WIDGET)

static graphene_rect_t
view_rect (TelarCanvas *canvas)
{
  double zoom = canvas->view.zoom;

  return GRAPHENE_RECT_INIT ((float)canvas->view.x, (float)canvas->view.y,
                             (float)(gtk_widget_get_width (GTK_WIDGET (canvas)) / zoom),
                             (float)(gtk_widget_get_height (GTK_WIDGET (canvas)) / zoom));
}

/* Nodes and view both fit. */
static gboolean
map_of (TelarMinimap *self, Map *map)
{
  graphene_rect_t bounds, view = view_rect (self->canvas);
  double width = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * MAP_MARGIN;
  double height = gtk_widget_get_height (GTK_WIDGET (self)) - 2 * MAP_MARGIN;

  if (!telar_scene_bounds (self->canvas->scene, &bounds) || view.size.width < 1)
    return FALSE;
  graphene_rect_union (&bounds, &view, &bounds);
  map->scale = MIN (width / bounds.size.width, height / bounds.size.height);
  map->x =
      bounds.origin.x - (MAP_MARGIN + (width - bounds.size.width * map->scale) / 2) / map->scale;
  map->y =
      bounds.origin.y - (MAP_MARGIN + (height - bounds.size.height * map->scale) / 2) / map->scale;
  return TRUE;
}

static TelarRasterRect
map_rect (const Map *map, const graphene_rect_t *rect, float smallest)
{
  return (TelarRasterRect){ (float)((rect->origin.x - map->x) * map->scale),
                            (float)((rect->origin.y - map->y) * map->scale),
                            MAX ((float)(rect->size.width * map->scale), smallest),
                            MAX ((float)(rect->size.height * map->scale), smallest) };
}

/* What is selected or wrong comes last, so that none of it is hidden. */
static void
draw_nodes (TelarMinimap *self, TelarRaster *raster, const Map *map, float smallest)
{
  const GPtrArray *nodes = telar_scene_nodes (self->canvas->scene);
  const TelarTheme *theme = &self->canvas->theme;
  guint32 colours[TELAR_N_CATEGORIES];
  guint32 error = telar_raster_colour (&theme->error);
  guint32 accent = telar_raster_colour (&theme->accent);
  guint32 found = telar_raster_colour (&theme->warning);

  for (guint i = 0; i < TELAR_N_CATEGORIES; i++)
    colours[i] = telar_raster_colour (&theme->categories[i]);
  for (gboolean marked = FALSE; marked <= TRUE; marked++) {
    for (guint i = 0; i < nodes->len; i++) {
      const TelarSceneNode *node = nodes->pdata[i];
      gboolean wrong = node->badge == TELAR_BADGE_ERROR;
      TelarRasterRect rect;

      if ((wrong || node->selected || node->marked) != marked)
        continue;
      rect = map_rect (map, telar_scene_node_rect (node), smallest * (marked ? 2 : 1));
      telar_raster_fill (raster, &rect, 0,
                         wrong            ? error
                         : node->selected ? accent
                         : node->marked   ? found
                                          : colours[node->op->category]);
    }
  }
}

static void
draw_wires (TelarMinimap *self, TelarRaster *raster, const Map *map)
{
  const GPtrArray *edges = telar_scene_edges (self->canvas->scene);
  GdkRGBA faint = telar_theme_mix (&self->canvas->theme.card, &self->canvas->theme.wire, 0.45f);
  guint32 colour = telar_raster_colour (&faint);

  for (guint i = 0; i < edges->len; i++) {
    const TelarCurve *curve = &((const TelarSceneEdge *)edges->pdata[i])->curve;
    const graphene_point_t *start = &curve->points[0], *end = &curve->points[3 * curve->n_segments];

    telar_raster_line (raster, (float)((start->x - map->x) * map->scale),
                       (float)((start->y - map->y) * map->scale),
                       (float)((end->x - map->x) * map->scale),
                       (float)((end->y - map->y) * map->scale), 1, colour);
  }
}

static void
draw_view (TelarMinimap *self, GtkSnapshot *target, const Map *map)
{
  const TelarTheme *theme = &self->canvas->theme;
  graphene_rect_t view = view_rect (self->canvas);
  GdkRGBA line = theme->accent, fill = telar_theme_alpha (&line, 0.10f);
  graphene_rect_t frame = GRAPHENE_RECT_INIT ((float)((view.origin.x - map->x) * map->scale),
                                              (float)((view.origin.y - map->y) * map->scale),
                                              MAX ((float)(view.size.width * map->scale), 4),
                                              MAX ((float)(view.size.height * map->scale), 4));
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &frame, 3);
  gtk_snapshot_append_color (target, &fill, &frame);
  gtk_snapshot_append_border (target, &round, (float[]){ 1.5f, 1.5f, 1.5f, 1.5f },
                              (GdkRGBA[]){ line, line, line, line });
}

static GskRenderNode *
draw_scene (TelarMinimap *self, const Map *map)
{
  int device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, width * device, height * device);
  TelarRaster raster = telar_raster_of (surface);
  Map pixels = { map->scale * device, map->x, map->y };
  GskRenderNode *node;

  telar_raster_clear (&raster, telar_raster_colour (&self->canvas->theme.card));
  if (telar_scene_nodes (self->canvas->scene)->len <= MOST_WITH_WIRES)
    draw_wires (self, &raster, &pixels);
  draw_nodes (self, &raster, &pixels, 1.5f * (float)device);
  cairo_surface_mark_dirty (surface);
  node = telar_raster_node (surface, &all, device);
  cairo_surface_destroy (surface);
  return node;
}

static void
forget_picture (TelarMinimap *self)
{
  g_clear_pointer (&self->picture, gsk_render_node_unref);
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *target)
{
  TelarMinimap *self = TELAR_MINIMAP (widget);
  guint stamp = telar_scene_stamp (self->canvas->scene);
  Map map;

  if (!map_of (self, &map))
    return;
  if (stamp != self->stamp || map.scale != self->map.scale || map.x != self->map.x ||
      map.y != self->map.y)
    forget_picture (self);
  if (!self->picture)
    self->picture = draw_scene (self, &map);
  self->map = map;
  self->stamp = stamp;
  gtk_snapshot_append_node (target, self->picture);
  draw_view (self, target, &map);
}

static void
on_selection_changed (TelarMinimap *self)
{
  forget_picture (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
go_to (TelarMinimap *self, double x, double y)
{
  graphene_rect_t view = view_rect (self->canvas);
  Map map;

  if (!map_of (self, &map))
    return;
  telar_canvas_set_view (self->canvas, &(TelarView){ x / map.scale + map.x - view.size.width / 2,
                                                     y / map.scale + map.y - view.size.height / 2,
                                                     self->canvas->view.zoom });
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TelarMinimap *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  go_to (self, x, y);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TelarMinimap *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  go_to (self, x + dx, y + dy);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MAP_WIDTH : MAP_HEIGHT;
  *minimum_baseline = *natural_baseline = -1;
}

static void
dispose (GObject *object)
{
  forget_picture (TELAR_MINIMAP (object));
  G_OBJECT_CLASS (telar_minimap_parent_class)->dispose (object);
}

static void
telar_minimap_class_init (TelarMinimapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_css_name (widget_class, "telar-minimap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
telar_minimap_init (TelarMinimap *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Overview"), -1);
}

GtkWidget *
telar_minimap_new (TelarCanvas *canvas)
{
  TelarMinimap *self = g_object_new (TELAR_TYPE_MINIMAP, NULL);

  self->canvas = canvas;
  g_signal_connect_object (canvas, "view-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (canvas, "selection-changed", G_CALLBACK (on_selection_changed), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
