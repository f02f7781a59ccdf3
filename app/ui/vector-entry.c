/* One entry for each axis. The arrow keys and the wheel step the number under them. */
#include "app/ui/vector-entry.h"

#include <glib/gi18n.h>

#define MOST 3

struct _TelarVectorEntry {
  GtkWidget parent_instance;

  const TelarParam *param;
  guint n;
  GtkWidget *entries[MOST], *link;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (TelarVectorEntry, telar_vector_entry, GTK_TYPE_WIDGET)

enum { EDIT, N_SIGNALS };

static guint signals[N_SIGNALS];

gboolean
telar_vector_entry_suits (const TelarParam *param)
{
  return param->kind == TELAR_PARAM_INTS && param->max_items >= 2 && param->max_items <= MOST &&
         param->min_items >= 1;
}

static const char *
text_of (TelarVectorEntry *self, guint axis)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entries[axis]));
}

static gboolean
are_linked (TelarVectorEntry *self)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->link));
}

/* "3" where all are alike, else "3x5", or what it is with commas where one is no number. */
static void
tell (TelarVectorEntry *self)
{
  GString *text = g_string_new (NULL);
  gboolean numbers = TRUE, alike = self->param->min_items <= 1;

  for (guint i = 0; i < self->n; i++) {
    numbers =
        numbers && g_ascii_string_to_signed (text_of (self, i), 10, G_MININT, G_MAXINT, NULL, NULL);
    alike = alike && g_str_equal (text_of (self, i), text_of (self, 0));
  }
  for (guint i = 0; i < (alike ? 1 : self->n); i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : numbers ? "x" : ",", text_of (self, i));
  if (text->len && !self->showing)
    g_signal_emit (self, signals[EDIT], 0, text->str);
  g_string_free (text, TRUE);
}

static void
set_text (TelarVectorEntry *self, guint axis, const char *text)
{
  if (!g_str_equal (text_of (self, axis), text))
    gtk_editable_set_text (GTK_EDITABLE (self->entries[axis]), text);
}

/* What was typed into one goes into all, where they are linked. */
static void
commit (TelarVectorEntry *self, GtkWidget *entry)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)));

  if (self->showing)
    return;
  for (guint i = 0; are_linked (self) && i < self->n; i++)
    set_text (self, i, text);
  tell (self);
}

static void
on_activate (GtkEntry *entry, TelarVectorEntry *self)
{
  commit (self, GTK_WIDGET (entry));
}

static void
on_leave (GtkEventControllerFocus *focus, TelarVectorEntry *self)
{
  commit (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (focus)));
}

static void
step (TelarVectorEntry *self, GtkWidget *entry, gint64 by)
{
  gint64 number;
  g_autofree char *text = NULL;

  if (!g_ascii_string_to_signed (gtk_editable_get_text (GTK_EDITABLE (entry)), 10, G_MININT,
                                 G_MAXINT, &number, NULL))
    return;
  number += by;
  if (self->param->minimum != self->param->maximum)
    number = CLAMP (number, (gint64)self->param->minimum, (gint64)self->param->maximum);
  text = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_editable_set_position (GTK_EDITABLE (entry), -1);
  commit (self, entry);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        TelarVectorEntry *self)
{
  GtkWidget *entry = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));

  if (key != GDK_KEY_Up && key != GDK_KEY_Down)
    return FALSE;
  step (self, entry, key == GDK_KEY_Up ? 1 : -1);
  return TRUE;
}

static void
on_link (GtkToggleButton *link, TelarVectorEntry *self)
{
  gtk_button_set_icon_name (GTK_BUTTON (link), gtk_toggle_button_get_active (link)
                                                   ? "changes-prevent-symbolic"
                                                   : "changes-allow-symbolic");
  if (!self->showing && gtk_toggle_button_get_active (link))
    commit (self, self->entries[0]);
}

void
telar_vector_entry_show (TelarVectorEntry *self, const TelarParamValue *value)
{
  gboolean alike = TRUE;

  self->showing = TRUE;
  for (guint i = 0; i < self->n; i++) {
    gint64 item = value && value->ints.n ? value->ints.items[i < value->ints.n ? i : 0] : 0;
    g_autofree char *text = value ? g_strdup_printf ("%" G_GINT64_FORMAT, item) : g_strdup ("");

    alike = alike && value && item == value->ints.items[0];
    set_text (self, i, text);
  }
  /* A link that a person opened stays open while the numbers happen to be alike. */
  if (!alike)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->link), FALSE);
  self->showing = FALSE;
}

/* --- the widget ------------------------------------------------------------------------------- */

static GtkWidget *
make_entry (TelarVectorEntry *self, guint axis)
{
  static const char *const names[MOST][MOST] = { { N_ ("Along the axis") },
                                                 { N_ ("Height"), N_ ("Width") },
                                                 { N_ ("Depth"), N_ ("Height"), N_ ("Width") } };
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  const char *name = _ (names[self->n - 1][axis]);

  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 3);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 4);
  gtk_editable_set_alignment (GTK_EDITABLE (entry), 0.5);
  gtk_widget_add_css_class (entry, "figures");
  gtk_widget_set_tooltip_text (entry, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (entry, focus);
  gtk_widget_add_controller (entry, keys);
  return entry;
}

static void
dispose (GObject *object)
{
  GtkWidget *child;

  /* Taking the focus out of an entry would be an edit. */
  TELAR_VECTOR_ENTRY (object)->showing = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (telar_vector_entry_parent_class)->dispose (object);
}

static void
telar_vector_entry_class_init (TelarVectorEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "vector-entry");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[EDIT] = g_signal_new ("edit", TELAR_TYPE_VECTOR_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_vector_entry_init (TelarVectorEntry *self)
{
}

GtkWidget *
telar_vector_entry_new (const TelarParam *param)
{
  TelarVectorEntry *self = g_object_new (TELAR_TYPE_VECTOR_ENTRY, NULL);
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  self->param = param;
  self->n = param->max_items;
  gtk_box_layout_set_spacing (layout, 4);
  self->link = gtk_toggle_button_new ();
  gtk_widget_add_css_class (self->link, "flat");
  gtk_widget_add_css_class (self->link, "circular");
  gtk_widget_set_valign (self->link, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->link, _ ("The Same for All Axes"));
  self->showing = TRUE;
  g_signal_connect (self->link, "toggled", G_CALLBACK (on_link), self);
  for (guint i = 0; i < self->n; i++) {
    if (i > 0)
      gtk_widget_set_parent (gtk_label_new ("×"), GTK_WIDGET (self));
    self->entries[i] = make_entry (self, i);
    gtk_widget_set_parent (self->entries[i], GTK_WIDGET (self));
  }
  gtk_widget_set_parent (self->link, GTK_WIDGET (self));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->link), TRUE);
  self->showing = FALSE;
  return GTK_WIDGET (self);
}
