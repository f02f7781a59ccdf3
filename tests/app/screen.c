/* What the tests with a window share. */
#include "tests/app/screen.h"

#include <string.h>

GtkWidget *
test_find (GtkWidget *root, TestMatch matches, const char *what)
{
  if (!gtk_widget_get_child_visible (root) || !gtk_widget_get_visible (root))
    return NULL;
  if (matches (root, what))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = test_find (child, matches, what);
    if (found != NULL)
      return found;
  }
  return NULL;
}

GtkWidget *
test_wait_for (GtkWidget *root, TestMatch matches, const char *what)
{
  GtkWidget *found;

  while ((found = test_find (root, matches, what)) == NULL)
    g_main_context_iteration (NULL, TRUE);
  return found;
}

static GtkWidget *
find_in_others (GtkWidget *besides, TestMatch matches, const char *what)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (windows) && found == NULL; i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

    if (window != besides)
      found = test_find (window, matches, what);
  }
  return found;
}

GtkWidget *
test_wait_for_dialog (GtkWidget *besides, TestMatch matches, const char *what)
{
  GtkWidget *found;

  while ((found = find_in_others (besides, matches, what)) == NULL)
    g_main_context_iteration (NULL, TRUE);
  return found;
}

gboolean
test_is_label (GtkWidget *widget, const char *text)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
}

gboolean
test_is_button (GtkWidget *widget, const char *label)
{
  return GTK_IS_BUTTON (widget) &&
         (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0 ||
          g_strcmp0 (gtk_widget_get_tooltip_text (widget), label) == 0);
}

static GdkTexture *
render (GtkWidget *window)
{
  GdkPaintable *paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int width = gtk_widget_get_width (window), height = gtk_widget_get_height (window);

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
  GdkTexture *texture = gsk_renderer_render_texture (
      renderer, node, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  gsk_render_node_unref (node);
  g_object_unref (paintable);
  return texture;
}

void
test_picture (GtkWidget *window, const char *name)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_FORCE_DARK,
                                            ADW_COLOR_SCHEME_FORCE_LIGHT };
  const char *folder = g_getenv ("TELAR_PICTURES");

  if (folder == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++) {
    g_autofree char *path =
        g_strdup_printf ("%s/%s-%s.png", folder, name, i == 0 ? "dark" : "light");
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[i]);
    gtk_test_widget_wait_for_draw (window);
    g_autoptr (GdkTexture) texture = render (window);
    gdk_texture_save_to_png (texture, path);
  }
}
