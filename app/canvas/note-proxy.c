/* What accessibility tools see of frames and notes: for each a widget that draws nothing, says what
 * is written there, and takes the focus. */
#include "app/canvas/proxy-parts.h"

#include <glib/gi18n.h>

#define TELAR_TYPE_NOTE_PROXY (telar_note_proxy_get_type ())
G_DECLARE_FINAL_TYPE (TelarNoteProxy, telar_note_proxy, TELAR, NOTE_PROXY, GtkWidget)

struct _TelarNoteProxy {
  GtkWidget parent_instance;

  char *id;
};

G_DEFINE_FINAL_TYPE (TelarNoteProxy, telar_note_proxy, GTK_TYPE_WIDGET)

static TelarCanvas *
canvas_of (GtkWidget *widget)
{
  return TELAR_CANVAS (gtk_widget_get_parent (widget));
}

static TelarNoteItem *
item_of (GtkWidget *widget)
{
  return telar_canvas_find_note (canvas_of (widget), TELAR_NOTE_PROXY (widget)->id);
}

static void
proxy_select (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_select_note (canvas_of (widget), item_of (widget), FALSE);
}

static void
proxy_edit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_edit_note (canvas_of (widget), item_of (widget));
}

static void
proxy_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autofree char *id = g_strdup (TELAR_NOTE_PROXY (widget)->id);

  telar_edit_remove_all (canvas_of (widget)->document, (const char *const[]){ NULL },
                         (const char *const[]){ id, NULL }, FALSE);
}

static void
proxy_finalize (GObject *object)
{
  g_free (TELAR_NOTE_PROXY (object)->id);
  G_OBJECT_CLASS (telar_note_proxy_parent_class)->finalize (object);
}

static void
telar_note_proxy_class_init (TelarNoteProxyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = proxy_finalize;
  telar_proxy_class_init (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
  gtk_widget_class_install_action (widget_class, "note.select", NULL, proxy_select);
  gtk_widget_class_install_action (widget_class, "note.edit", NULL, proxy_edit);
  gtk_widget_class_install_action (widget_class, "note.remove", NULL, proxy_remove);
}

static void
telar_note_proxy_init (TelarNoteProxy *self)
{
  telar_proxy_init (GTK_WIDGET (self));
}

static GtkWidget *
make_proxy (TelarCanvas *canvas, const TelarNoteItem *item)
{
  TelarNoteProxy *proxy = g_object_new (TELAR_TYPE_NOTE_PROXY, NULL);
  g_autofree char *label =
      g_strdup_printf (item->frame ? _ ("Frame: %s") : _ ("Note: %s"), item->text);

  proxy->id = g_strdup (item->id);
  gtk_accessible_update_property (GTK_ACCESSIBLE (proxy), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, item->id, -1);
  gtk_widget_set_parent (GTK_WIDGET (proxy), GTK_WIDGET (canvas));
  return GTK_WIDGET (proxy);
}

void
telar_canvas_drop_note_proxies (TelarCanvas *self)
{
  while (self->note_proxies->len)
    gtk_widget_unparent (g_ptr_array_steal_index (self->note_proxies, self->note_proxies->len - 1));
}

/* In the order of the notes. */
void
telar_canvas_update_note_proxies (TelarCanvas *self)
{
  telar_canvas_drop_note_proxies (self);
  for (guint i = 0; i < self->notes->len; i++)
    g_ptr_array_add (self->note_proxies, make_proxy (self, self->notes->pdata[i]));
}

void
telar_canvas_allocate_note_proxies (TelarCanvas *self)
{
  for (guint i = 0; i < self->note_proxies->len; i++) {
    const graphene_rect_t *rect = &((const TelarNoteItem *)self->notes->pdata[i])->rect;
    graphene_point_t at = telar_canvas_to_widget (self, rect->origin.x, rect->origin.y);
    GtkAllocation place = { (int)at.x, (int)at.y, (int)(rect->size.width * self->view.zoom),
                            (int)(rect->size.height * self->view.zoom) };

    gtk_widget_size_allocate (self->note_proxies->pdata[i], &place, -1);
  }
}

void
telar_canvas_focus_note (TelarCanvas *self)
{
  guint index;

  if (self->current_note && g_ptr_array_find (self->notes, self->current_note, &index))
    gtk_widget_grab_focus (self->note_proxies->pdata[index]);
}
