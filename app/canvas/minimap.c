/* The minimap draws the scene as blocks; pressing or dragging in it moves the view there. */
#include "app/canvas/minimap.h"

#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>

#define MAP_WIDTH  176
#define MAP_HEIGHT 112
#define MAP_MARGIN 10.0

struct _TelarMinimap {
  GtkWidget parent_instance;

  TelarCanvas *canvas;
};

G_DEFINE_FINAL_TYPE (TelarMinimap, telar_minimap, GTK_TYPE_WIDGET)

typedef struct {
  double scale, x, y; /* widget = (canvas - (x, y)) * scale */
} Map;

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

static void
draw_nodes (TelarMinimap *self, cairo_t *cr, const Map *map)
{
  const GPtrArray *nodes = telar_scene_nodes (self->canvas->scene);
  const TelarTheme *theme = &self->canvas->theme;

  for (guint i = 0; i < nodes->len; i++) {
    const TelarSceneNode *node = nodes->pdata[i];
    const graphene_rect_t *rect = telar_scene_node_rect (node);
    const GdkRGBA *colour = node->badge == TELAR_BADGE_ERROR ? &theme->error
                            : node->selected                 ? &theme->accent
                                             : &theme->categories[node->op->category];

    cairo_rectangle (
        cr, (rect->origin.x - map->x) * map->scale, (rect->origin.y - map->y) * map->scale,
        MAX (rect->size.width * map->scale, 1.5), MAX (rect->size.height * map->scale, 1.5));
    telar_theme_set (cr, colour);
    cairo_fill (cr);
  }
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *target)
{
  TelarMinimap *self = TELAR_MINIMAP (widget);
  graphene_rect_t view = view_rect (self->canvas);
  const TelarTheme *theme = &self->canvas->theme;
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget),
                                            (float)gtk_widget_get_height (widget));
  cairo_t *cr;
  GdkRGBA fill = telar_theme_alpha (&theme->accent, 0.10f);
  Map map;

  if (!map_of (self, &map))
    return;
  cr = gtk_snapshot_append_cairo (target, &all);
  draw_nodes (self, cr, &map);
  telar_rounded_path (cr, (view.origin.x - map.x) * map.scale, (view.origin.y - map.y) * map.scale,
                      view.size.width * map.scale, view.size.height * map.scale, 3);
  telar_theme_set (cr, &fill);
  cairo_fill_preserve (cr);
  telar_theme_set (cr, &theme->accent);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
  cairo_destroy (cr);
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
telar_minimap_class_init (TelarMinimapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

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
  g_signal_connect_object (canvas, "selection-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
