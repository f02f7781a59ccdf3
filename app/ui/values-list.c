/* Rows of name, number or expression, and what it comes to; below them one for a new value. */
#include "app/ui/values-list.h"

#include "app/project/edits.h"
#include "app/ui/cut-label.h"
#include "app/ui/icon-button.h"

#include <glib/gi18n.h>

#define NAME "telar-name" /* of an entry or a button: the value that it is of */

struct _TelarValuesList {
  GtkWidget parent_instance;

  TelarDocument *document;
  GtkWidget *rows, *name, *error;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (TelarValuesList, telar_values_list, GTK_TYPE_WIDGET)

static void
show_error (TelarValuesList *self, const GError *error)
{
  gtk_label_set_text (GTK_LABEL (self->error), error ? error->message : "");
  gtk_widget_set_visible (self->error, error != NULL);
}

/* --- edits ------------------------------------------------------------------------------------ */

/* "64" or "4*width", which is an expression. Caller frees. */
static char *
meant (const char *typed)
{
  g_autofree char *text = g_strstrip (g_strdup (typed));
  char *end;

  g_ascii_strtod (text, &end);
  return !*text || *text == '=' || (end != text && !*end) ? g_steal_pointer (&text)
                                                          : g_strconcat ("=", text, NULL);
}

static void
commit (TelarValuesList *self, GtkWidget *entry)
{
  g_autofree char *name = g_strdup (g_object_get_data (G_OBJECT (entry), NAME));
  g_autofree char *text = meant (gtk_editable_get_text (GTK_EDITABLE (entry)));
  g_autoptr (GError) error = NULL;

  if (self->showing || !*text)
    return;
  telar_edit_set_value (self->document, name, text, &error);
  show_error (self, error);
}

static void
on_activate (GtkWidget *entry, TelarValuesList *self)
{
  commit (self, entry);
}

static void
on_leave (GtkEventControllerFocus *focus, TelarValuesList *self)
{
  commit (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (focus)));
}

static void
on_remove (GtkWidget *button, TelarValuesList *self)
{
  g_autofree char *name = g_strdup (g_object_get_data (G_OBJECT (button), NAME));

  telar_edit_set_value (self->document, name, NULL, NULL);
}

static void
on_add (TelarValuesList *self)
{
  g_autofree char *name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name)));
  g_autoptr (GError) error = NULL;

  if (!*name)
    return;
  if (telar_graph_value (telar_document_graph (self->document), name))
    telar_set_error (&error, TELAR_ERROR_INVALID, NULL, _ ("There is a value of that name."));
  else if (telar_edit_set_value (self->document, name, "1", &error))
    gtk_editable_set_text (GTK_EDITABLE (self->name), "");
  show_error (self, error);
}

/* --- rows ------------------------------------------------------------------------------------- */

static char *
result_of (const TelarParamValue *value)
{
  if (value->fault)
    return g_strdup ("= ?");
  return value->expression ? g_strdup_printf ("= %.10g", value->real) : g_strdup ("");
}

static GtkWidget *
make_row (TelarValuesList *self, const char *name)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = gtk_label_new (name);
  GtkWidget *entry = gtk_entry_new (), *result = gtk_label_new (NULL);
  GtkWidget *remove = telar_icon_button_new ("list-remove-symbolic", _ ("Remove the Value"));
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  telar_label_cut (label, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 9);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 12);
  gtk_editable_set_alignment (GTK_EDITABLE (entry), 1);
  gtk_widget_add_css_class (result, "dim-label");
  gtk_widget_add_css_class (result, "figures");
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_add_css_class (remove, "circular");
  gtk_widget_add_css_class (row, "value-row");
  g_object_set_data_full (G_OBJECT (entry), NAME, g_strdup (name), g_free);
  g_object_set_data_full (G_OBJECT (remove), NAME, g_strdup (name), g_free);
  g_signal_connect (entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (entry, focus);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), entry);
  gtk_box_append (GTK_BOX (row), result);
  gtk_box_append (GTK_BOX (row), remove);
  gtk_widget_set_name (row, name);
  return row;
}

static void
show_row (GtkWidget *row, const TelarParamValue *value)
{
  GtkWidget *entry = gtk_widget_get_next_sibling (gtk_widget_get_first_child (row));
  g_autofree char *text = telar_param_value_to_text (value), *result = result_of (value);
  const char *shown = value->expression ? value->expression : text;

  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (entry)), shown))
    gtk_editable_set_text (GTK_EDITABLE (entry), shown);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (entry)), result);
  gtk_widget_set_tooltip_text (row, value->fault);
  if (value->fault)
    gtk_widget_add_css_class (entry, "error");
  else
    gtk_widget_remove_css_class (entry, "error");
}

/* Rows are made anew from the first name that differs on. */
static void
update (TelarValuesList *self)
{
  const TelarGraph *graph = telar_document_graph (self->document);
  g_auto (GStrv) names = telar_graph_value_names (graph);
  GtkWidget *row = gtk_widget_get_first_child (self->rows);

  self->showing = TRUE;
  telar_graph_evaluate (graph);
  for (guint i = 0; names[i]; i++) {
    GtkWidget *next;

    while (row && !g_str_equal (gtk_widget_get_name (row), names[i])) {
      next = gtk_widget_get_next_sibling (row);
      gtk_box_remove (GTK_BOX (self->rows), row);
      row = next;
    }
    if (!row)
      gtk_box_append (GTK_BOX (self->rows), make_row (self, names[i]));
    show_row (row ? row : gtk_widget_get_last_child (self->rows),
              telar_graph_value (graph, names[i]));
    row = row ? gtk_widget_get_next_sibling (row) : NULL;
  }
  while (row) {
    GtkWidget *next = gtk_widget_get_next_sibling (row);

    gtk_box_remove (GTK_BOX (self->rows), row);
    row = next;
  }
  self->showing = FALSE;
}

/* --- the widget ------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  TelarValuesList *self = TELAR_VALUES_LIST (object);
  GtkWidget *child;

  self->showing = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (telar_values_list_parent_class)->dispose (object);
}

static void
telar_values_list_class_init (TelarValuesListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static GtkWidget *
build_adder (TelarValuesList *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *add = telar_icon_button_new ("list-add-symbolic", _ ("Add the Value"));

  self->name = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->name), _ ("Name of a new value"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->name), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of a new value"), -1);
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_widget_add_css_class (add, "flat");
  gtk_widget_add_css_class (row, "value-row");
  g_signal_connect_swapped (self->name, "activate", G_CALLBACK (on_add), self);
  g_signal_connect_swapped (add, "clicked", G_CALLBACK (on_add), self);
  gtk_box_append (GTK_BOX (row), self->name);
  gtk_box_append (GTK_BOX (row), add);
  return row;
}

static void
telar_values_list_init (TelarValuesList *self)
{
  gtk_orientable_set_orientation (
      GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->error = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->error), 0);
  gtk_label_set_wrap (GTK_LABEL (self->error), TRUE);
  gtk_widget_add_css_class (self->error, "error");
  gtk_widget_add_css_class (self->error, "caption");
  gtk_widget_add_css_class (self->error, "value-row");
  gtk_widget_set_visible (self->error, FALSE);
  gtk_widget_set_parent (self->rows, GTK_WIDGET (self));
  gtk_widget_set_parent (build_adder (self), GTK_WIDGET (self));
  gtk_widget_set_parent (self->error, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "param-list");
}

GtkWidget *
telar_values_list_new (TelarDocument *document)
{
  TelarValuesList *self = g_object_new (TELAR_TYPE_VALUES_LIST, NULL);

  self->document = g_object_ref (document);
  g_signal_connect_object (document, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
