/* The breadcrumb is made anew whenever another drawing is entered or a name may have changed. */
#include "app/ui/breadcrumb.h"

#include <glib/gi18n.h>
#include <string.h>

struct _TelarBreadcrumb {
  GtkWidget parent_instance;

  TelarDocument *document;
};

G_DEFINE_FINAL_TYPE (TelarBreadcrumb, telar_breadcrumb, GTK_TYPE_WIDGET)

static void
on_clicked (GtkButton *button, TelarBreadcrumb *self)
{
  const char *place = g_object_get_data (G_OBJECT (button), "telar-place");

  telar_document_enter (self->document, place);
}

static void
clear (TelarBreadcrumb *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
}

/* @place: where the button leads. */
static void
add_button (TelarBreadcrumb *self, const char *label, const char *place, gboolean here)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  g_autofree char *tooltip = g_strdup_printf (_ ("Go to the drawing of %s"), label);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_sensitive (button, !here);
  gtk_widget_set_tooltip_text (button, here ? _ ("The drawing shown") : tooltip);
  g_object_set_data_full (G_OBJECT (button), "telar-place", g_strdup (place), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
  gtk_widget_set_parent (button, GTK_WIDGET (self));
}

static void
add_arrow (TelarBreadcrumb *self)
{
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  gtk_widget_add_css_class (arrow, "dim-label");
  gtk_widget_set_parent (arrow, GTK_WIDGET (self));
}

/* A button for each node on the way in, called as its card is. */
static void
add_way (TelarBreadcrumb *self, const char *place)
{
  const TelarGraph *graph = telar_document_graph (self->document);

  for (gsize end = strcspn (place, "/");; end += 1 + strcspn (place + end + 1, "/")) {
    g_autofree char *way = g_strndup (place, end);
    const TelarNode *node = telar_graph_find_node (graph, way);

    add_arrow (self);
    add_button (self, node->title ? node->title : node->op->label, way, !place[end]);
    if (!place[end])
      return;
  }
}

static void
update (TelarBreadcrumb *self)
{
  const char *place = self->document ? telar_document_place (self->document) : "";

  clear (self);
  gtk_widget_set_visible (GTK_WIDGET (self), *place != '\0');
  if (!*place)
    return;
  add_button (self, telar_document_title (self->document), "", FALSE);
  add_way (self, place);
}

void
telar_breadcrumb_set_document (TelarBreadcrumb *self, TelarDocument *document)
{
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  if (document) {
    g_signal_connect_object (document, "entered", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (document, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  }
  update (self);
}

static void
dispose (GObject *object)
{
  TelarBreadcrumb *self = TELAR_BREADCRUMB (object);

  clear (self);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (telar_breadcrumb_parent_class)->dispose (object);
}

static void
telar_breadcrumb_class_init (TelarBreadcrumbClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
telar_breadcrumb_init (TelarBreadcrumb *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "canvas-tools");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Drawing"), -1);
  update (self);
}

GtkWidget *
telar_breadcrumb_new (void)
{
  return g_object_new (TELAR_TYPE_BREADCRUMB, NULL);
}
