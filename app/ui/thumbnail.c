/* The thumbnail lays out the graph with the canvas's own geometry and draws it in blocks. */
#include "app/ui/thumbnail.h"

#include "app/canvas/card.h"
#include "app/canvas/scene.h"

#include <adwaita.h>

#define MARGIN 16.0

struct _TelarThumbnail {
  GtkWidget parent_instance;

  TelarScene *scene;
  int width, height;
};

G_DEFINE_FINAL_TYPE (TelarThumbnail, telar_thumbnail, GTK_TYPE_WIDGET)

static void
draw_scene (TelarThumbnail *self, cairo_t *cr, const TelarTheme *theme)
{
  const GPtrArray *nodes = telar_scene_nodes (self->scene);
  const GPtrArray *edges = telar_scene_edges (self->scene);

  for (guint i = 0; i < edges->len; i++) {
    const TelarSceneEdge *edge = edges->pdata[i];

    telar_wire_path (cr, &edge->curve);
    telar_theme_set (cr, &theme->kinds[edge->kind]);
    cairo_set_line_width (cr, 8);
    cairo_stroke (cr);
  }
  for (guint i = 0; i < nodes->len; i++) {
    const TelarSceneNode *node = nodes->pdata[i];
    const graphene_rect_t *rect = telar_scene_node_rect (node);
    GdkRGBA fill = telar_theme_mix (&theme->card, &theme->categories[node->op->category], 0.35f);

    telar_rounded_path (cr, rect->origin.x, rect->origin.y, rect->size.width, rect->size.height,
                        24);
    telar_theme_set (cr, &fill);
    cairo_fill_preserve (cr);
    telar_theme_set (cr, &theme->categories[node->op->category]);
    cairo_set_line_width (cr, 6);
    cairo_stroke (cr);
  }
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *target)
{
  TelarThumbnail *self = TELAR_THUMBNAIL (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), scale;
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height), bounds;
  TelarTheme theme;
  cairo_t *cr;

  telar_theme_load (&theme);
  gtk_snapshot_append_color (target, &theme.background, &all);
  if (!telar_scene_bounds (self->scene, &bounds))
    return;
  scale =
      MIN ((width - 2 * MARGIN) / bounds.size.width, (height - 2 * MARGIN) / bounds.size.height);
  scale = MIN (scale, 0.35);
  cr = gtk_snapshot_append_cairo (target, &all);
  cairo_translate (cr, (width - bounds.size.width * scale) / 2,
                   (height - bounds.size.height * scale) / 2);
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, -bounds.origin.x, -bounds.origin.y);
  draw_scene (self, cr, &theme);
  cairo_destroy (cr);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  TelarThumbnail *self = TELAR_THUMBNAIL (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? self->width : self->height;
  *minimum_baseline = *natural_baseline = -1;
}

static void
finalize (GObject *object)
{
  telar_scene_free (TELAR_THUMBNAIL (object)->scene);
  G_OBJECT_CLASS (telar_thumbnail_parent_class)->finalize (object);
}

static void
telar_thumbnail_class_init (TelarThumbnailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_css_name (widget_class, "telar-thumbnail");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
telar_thumbnail_init (TelarThumbnail *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
telar_thumbnail_new (const TelarGraph *graph, int width, int height)
{
  TelarThumbnail *self = g_object_new (TELAR_TYPE_THUMBNAIL, NULL);

  self->scene = telar_scene_new ();
  telar_scene_sync (self->scene, graph);
  self->width = width;
  self->height = height;
  return GTK_WIDGET (self);
}
