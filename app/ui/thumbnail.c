/* The thumbnail lays out the graph with the canvas's own geometry and draws it in blocks. Of the
 * graph it keeps no more than that; it reads the file once the window has nothing better to do. */
#include "app/ui/thumbnail.h"

#include "app/canvas/card.h"
#include "app/canvas/scene.h"

#include <adwaita.h>

#define MARGIN 16.0

typedef struct {
  graphene_rect_t rect;
  TelarCategory category;
} Block;

typedef struct {
  TelarCurve curve;
  TelarPortKind kind;
} Wire;

struct _TelarThumbnail {
  GtkWidget parent_instance;

  char *path;             /* NULL once it was read */
  guint idle;             /* that will read it */
  graphene_rect_t bounds; /* of what is drawn */
  GArray *blocks, *wires;
  int width, height;
};

G_DEFINE_FINAL_TYPE (TelarThumbnail, telar_thumbnail, GTK_TYPE_WIDGET)

static void
take_scene (TelarThumbnail *self, TelarScene *scene)
{
  const GPtrArray *nodes = telar_scene_nodes (scene), *edges = telar_scene_edges (scene);

  for (guint i = 0; i < edges->len; i++) {
    const TelarSceneEdge *edge = edges->pdata[i];
    Wire wire = { edge->curve, edge->kind };

    g_array_append_val (self->wires, wire);
  }
  for (guint i = 0; i < nodes->len; i++) {
    const TelarSceneNode *node = nodes->pdata[i];
    Block block = { *telar_scene_node_rect (node), node->op->category };

    g_array_append_val (self->blocks, block);
  }
  telar_scene_bounds (scene, &self->bounds);
}

static void
take_graph (TelarThumbnail *self, const TelarGraph *graph)
{
  g_autoptr (TelarScene) scene = telar_scene_new ();

  telar_scene_sync (scene, graph);
  take_scene (self, scene);
}

/* A file that cannot be read leaves the picture empty; who opens it is told why. */
static gboolean
on_idle (gpointer data)
{
  TelarThumbnail *self = data;
  g_autofree char *path = g_steal_pointer (&self->path);
  g_autoptr (TelarGraph) graph = telar_graph_load (path, NULL);

  self->idle = 0;
  if (graph) {
    take_graph (self, graph);
    gtk_widget_queue_draw (GTK_WIDGET (self));
  }
  return G_SOURCE_REMOVE;
}

static void
map (GtkWidget *widget)
{
  TelarThumbnail *self = TELAR_THUMBNAIL (widget);

  GTK_WIDGET_CLASS (telar_thumbnail_parent_class)->map (widget);
  /* Frames come first. */
  if (self->path && !self->idle)
    self->idle = g_idle_add_full (G_PRIORITY_LOW, on_idle, self, NULL);
}

static void
draw_blocks (TelarThumbnail *self, cairo_t *cr, const TelarTheme *theme)
{
  for (guint i = 0; i < self->wires->len; i++) {
    const Wire *wire = &g_array_index (self->wires, Wire, i);

    telar_wire_path (cr, &wire->curve);
    telar_theme_set (cr, &theme->kinds[wire->kind]);
    cairo_set_line_width (cr, 8);
    cairo_stroke (cr);
  }
  for (guint i = 0; i < self->blocks->len; i++) {
    const Block *block = &g_array_index (self->blocks, Block, i);
    const graphene_rect_t *rect = &block->rect;
    GdkRGBA fill = telar_theme_mix (&theme->card, &theme->categories[block->category], 0.35f);

    telar_rounded_path (cr, rect->origin.x, rect->origin.y, rect->size.width, rect->size.height,
                        24);
    telar_theme_set (cr, &fill);
    cairo_fill_preserve (cr);
    telar_theme_set (cr, &theme->categories[block->category]);
    cairo_set_line_width (cr, 6);
    cairo_stroke (cr);
  }
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *target)
{
  TelarThumbnail *self = TELAR_THUMBNAIL (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), scale;
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  const graphene_rect_t *bounds = &self->bounds;
  TelarTheme theme;
  cairo_t *cr;

  telar_theme_load (&theme);
  gtk_snapshot_append_color (target, &theme.background, &all);
  if (self->blocks->len == 0)
    return;
  scale =
      MIN ((width - 2 * MARGIN) / bounds->size.width, (height - 2 * MARGIN) / bounds->size.height);
  scale = MIN (scale, 0.35);
  cr = gtk_snapshot_append_cairo (target, &all);
  cairo_translate (cr, (width - bounds->size.width * scale) / 2,
                   (height - bounds->size.height * scale) / 2);
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, -bounds->origin.x, -bounds->origin.y);
  draw_blocks (self, cr, &theme);
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
  TelarThumbnail *self = TELAR_THUMBNAIL (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_free (self->path);
  g_array_unref (self->blocks);
  g_array_unref (self->wires);
  G_OBJECT_CLASS (telar_thumbnail_parent_class)->finalize (object);
}

static void
telar_thumbnail_class_init (TelarThumbnailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget_class->map = map;
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_css_name (widget_class, "telar-thumbnail");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
telar_thumbnail_init (TelarThumbnail *self)
{
  self->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  self->wires = g_array_new (FALSE, FALSE, sizeof (Wire));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
telar_thumbnail_new (const char *path, int width, int height)
{
  TelarThumbnail *self = g_object_new (TELAR_TYPE_THUMBNAIL, NULL);

  self->path = g_strdup (path);
  self->width = width;
  self->height = height;
  return GTK_WIDGET (self);
}

GtkWidget *
telar_thumbnail_new_for_graph (const TelarGraph *graph, int width, int height)
{
  TelarThumbnail *self = TELAR_THUMBNAIL (telar_thumbnail_new (NULL, width, height));

  take_graph (self, graph);
  return GTK_WIDGET (self);
}
