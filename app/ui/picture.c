/* The widget behind the pictures. */
#include "app/ui/picture.h"

#include <adwaita.h>

struct _TelarPicture {
  GtkWidget parent_instance;

  int height;
  TelarPictureDraw draw;
  gpointer data;
  GDestroyNotify free_data;
};

G_DEFINE_FINAL_TYPE (TelarPicture, telar_picture, GTK_TYPE_WIDGET)

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TelarPicture *self = TELAR_PICTURE (widget);
  float width = (float)gtk_widget_get_width (widget),
        height = (float)gtk_widget_get_height (widget);
  TelarTheme theme;
  cairo_t *cr;

  telar_theme_load (&theme);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  self->draw (cr, width, height, &theme, gtk_widget_get_pango_context (widget), self->data);
  cairo_destroy (cr);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = across ? 160 : TELAR_PICTURE (widget)->height;
  *natural = across ? 260 : TELAR_PICTURE (widget)->height;
}

static void
finalize (GObject *object)
{
  TelarPicture *self = TELAR_PICTURE (object);

  if (self->free_data)
    self->free_data (self->data);
  G_OBJECT_CLASS (telar_picture_parent_class)->finalize (object);
}

static void
telar_picture_class_init (TelarPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_css_name (widget_class, "telar-picture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
telar_picture_init (TelarPicture *self)
{
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
telar_picture_new (int height, const char *words, TelarPictureDraw draw, gpointer data,
                   GDestroyNotify free_data)
{
  TelarPicture *self = g_object_new (TELAR_TYPE_PICTURE, NULL);

  self->height = height;
  self->draw = draw;
  self->data = data;
  self->free_data = free_data;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  return GTK_WIDGET (self);
}

void
telar_picture_text (cairo_t *cr, PangoContext *context, const char *text, double x, double y,
                    double align)
{
  g_autoptr (PangoLayout) layout = pango_layout_new (context);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width, height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.82));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (cr, x - align * width, y - height / 2.0);
  pango_cairo_show_layout (cr, layout);
}
