/* Pills by their text, in two tables: plain and chosen. */
#include "app/canvas/pills.h"

#include "app/canvas/card.h"

#include <math.h>

/* Drawings have few shapes that differ; more than so many are forgotten at once. */
#define MOST 1000

struct TelarPills {
  GHashTable *surfaces[2]; /* text -> cairo_surface_t * */
  int device;
};

TelarPills *
telar_pills_new (void)
{
  TelarPills *pills = g_new0 (TelarPills, 1);

  for (guint i = 0; i < G_N_ELEMENTS (pills->surfaces); i++)
    pills->surfaces[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                (GDestroyNotify)cairo_surface_destroy);
  return pills;
}

void
telar_pills_free (TelarPills *pills)
{
  for (guint i = 0; i < G_N_ELEMENTS (pills->surfaces); i++)
    g_hash_table_unref (pills->surfaces[i]);
  g_free (pills);
}

void
telar_pills_clear (TelarPills *pills)
{
  for (guint i = 0; i < G_N_ELEMENTS (pills->surfaces); i++)
    g_hash_table_remove_all (pills->surfaces[i]);
}

static cairo_surface_t *
draw (PangoContext *context, const TelarTheme *theme, int device, const char *text, gboolean chosen)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  graphene_rect_t bounds;
  cairo_surface_t *surface;
  GskRenderNode *node;
  cairo_t *cr;

  telar_pill_snapshot (snapshot, context, text, 0, 0, &theme->background,
                       chosen ? &theme->text : &theme->dim);
  node = gtk_snapshot_free_to_node (snapshot);
  gsk_render_node_get_bounds (node, &bounds);
  surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)ceilf (bounds.size.width) * device,
                                  (int)ceilf (bounds.size.height) * device);
  cr = cairo_create (surface);
  cairo_scale (cr, device, device);
  cairo_translate (cr, -bounds.origin.x, -bounds.origin.y);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  gsk_render_node_unref (node);
  return surface;
}

cairo_surface_t *
telar_pills_get (TelarPills *pills, PangoContext *context, const TelarTheme *theme, int device,
                 const char *text, gboolean chosen)
{
  GHashTable *surfaces = pills->surfaces[chosen ? 1 : 0];
  cairo_surface_t *surface;

  if (device != pills->device || g_hash_table_size (surfaces) > MOST)
    telar_pills_clear (pills);
  pills->device = device;
  surface = g_hash_table_lookup (surfaces, text);
  if (!surface) {
    surface = draw (context, theme, device, text, chosen);
    g_hash_table_insert (surfaces, g_strdup (text), surface);
  }
  return surface;
}
