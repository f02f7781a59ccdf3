/* The menu of a run that is training. */
#include "app/ui/steer-menu.h"

#include "engine/graph-live.h"
#include "engine/monitor.h"

#include <glib/gi18n.h>
#include <string.h>

struct _TelarSteerMenu {
  GtkPopover parent_instance;

  TelarDocument *document;
  GtkWidget *settings; /* all that sets a parameter */
  GtkDropDown *path;
  GtkStringList *paths; /* "drop.rate", "training.weight_decay" */
  GtkEntry *value;
  GtkWidget *set;
};

G_DEFINE_FINAL_TYPE (TelarSteerMenu, telar_steer_menu, GTK_TYPE_POPOVER)

static guint request_signal;

static void
ask (TelarSteerMenu *menu, TelarRequestKind kind, const char *text)
{
  gtk_popover_popdown (GTK_POPOVER (menu));
  g_signal_emit (menu, request_signal, 0, (int)kind, text);
}

/* --- parameters -------------------------------------------------------------------------- */

/* NULL without a document. */
static TelarGraph *
get_graph (TelarSteerMenu *menu)
{
  return menu->document != NULL ? (TelarGraph *)telar_document_graph (menu->document) : NULL;
}

static void
list_paths (TelarSteerMenu *menu)
{
  gtk_string_list_splice (menu->paths, 0, g_list_model_get_n_items (G_LIST_MODEL (menu->paths)),
                          NULL);
  gtk_widget_set_visible (menu->settings, menu->document != NULL);
  if (menu->document == NULL)
    return;
  g_auto (GStrv) paths = telar_graph_live_settings (get_graph (menu));
  for (guint i = 0; paths[i] != NULL; i++)
    /* Watchpoints have a place of their own. */
    if (strcmp (paths[i], "training.watch") != 0)
      gtk_string_list_append (menu->paths, paths[i]);
}

static const char *
get_path (TelarSteerMenu *menu)
{
  guint i = gtk_drop_down_get_selected (menu->path);

  return i != GTK_INVALID_LIST_POSITION ? gtk_string_list_get_string (menu->paths, i) : NULL;
}

/* The value of the project stands there to be changed. */
static void
on_path (TelarSteerMenu *menu)
{
  const char *path = get_path (menu), *name;
  TelarParamSet *set = path != NULL && menu->document != NULL
                           ? telar_graph_find_setting (get_graph (menu), path, &name, NULL)
                           : NULL;
  const TelarParamValue *value = set != NULL ? telar_param_set_get (set, name) : NULL;
  g_autofree char *text = value != NULL ? telar_param_value_to_text (value) : g_strdup ("");

  gtk_editable_set_text (GTK_EDITABLE (menu->value), text);
}

/* Only what the parameter takes can be asked for. */
static void
on_value (TelarSteerMenu *menu)
{
  const char *path = get_path (menu);
  g_autoptr (TelarGraph) copy = menu->document != NULL ? telar_graph_copy (get_graph (menu)) : NULL;
  gboolean good =
      path != NULL && copy != NULL &&
      telar_graph_set (copy, path, gtk_editable_get_text (GTK_EDITABLE (menu->value)), NULL);

  gtk_widget_set_sensitive (menu->set, good);
  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (menu->value), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (menu->value), "error");
}

static void
on_set (TelarSteerMenu *menu)
{
  const char *path = get_path (menu);

  if (path == NULL || !gtk_widget_get_sensitive (menu->set))
    return;
  g_autofree char *text =
      g_strdup_printf ("%s=%s", path, gtk_editable_get_text (GTK_EDITABLE (menu->value)));
  ask (menu, TELAR_REQUEST_SET, text);
}

static void
on_stop_epoch (TelarSteerMenu *menu)
{
  ask (menu, TELAR_REQUEST_STOP_EPOCH, NULL);
}

static void
on_checkpoint (TelarSteerMenu *menu)
{
  ask (menu, TELAR_REQUEST_CHECKPOINT, NULL);
}

void
telar_steer_menu_set_document (TelarSteerMenu *menu, TelarDocument *document)
{
  g_set_object (&menu->document, document);
}

static void
on_show (TelarSteerMenu *menu)
{
  list_paths (menu);
  on_path (menu);
  on_value (menu);
}

/* --- building ---------------------------------------------------------------------------- */

static void
add_button (TelarSteerMenu *menu, GtkWidget *box, const char *name,
            void (*clicked) (TelarSteerMenu *))
{
  GtkWidget *button = gtk_button_new_with_label (name);

  gtk_widget_add_css_class (button, "flat");
  gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 0);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked), menu);
  gtk_box_append (GTK_BOX (box), button);
}

static GtkWidget *
build_settings (TelarSteerMenu *menu)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *title = gtk_label_new (_ ("Change while it trains"));
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  menu->paths = gtk_string_list_new (NULL);
  menu->path = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (menu->paths), NULL));
  menu->value = GTK_ENTRY (gtk_entry_new ());
  menu->set = gtk_button_new_with_label (_ ("Set"));
  gtk_widget_add_css_class (title, "heading");
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_editable_set_width_chars (GTK_EDITABLE (menu->value), 10);
  gtk_accessible_update_property (GTK_ACCESSIBLE (menu->path), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Parameter"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (menu->value), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("New value"), -1);
  g_signal_connect_swapped (menu->path, "notify::selected", G_CALLBACK (on_path), menu);
  g_signal_connect_swapped (menu->value, "changed", G_CALLBACK (on_value), menu);
  g_signal_connect_swapped (menu->value, "activate", G_CALLBACK (on_set), menu);
  g_signal_connect_swapped (menu->set, "clicked", G_CALLBACK (on_set), menu);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (menu->path));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (menu->value));
  gtk_box_append (GTK_BOX (row), menu->set);
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), row);
  return box;
}

static void
telar_steer_menu_dispose (GObject *object)
{
  g_clear_object (&TELAR_STEER_MENU (object)->document);
  G_OBJECT_CLASS (telar_steer_menu_parent_class)->dispose (object);
}

static void
telar_steer_menu_class_init (TelarSteerMenuClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = telar_steer_menu_dispose;
  request_signal = g_signal_new ("request", TELAR_TYPE_STEER_MENU, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
}

static void
telar_steer_menu_init (TelarSteerMenu *menu)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_margin_start (box, 6);
  gtk_widget_set_margin_end (box, 6);
  add_button (menu, box, _ ("Stop After This Epoch"), on_stop_epoch);
  add_button (menu, box, _ ("Take a Checkpoint"), on_checkpoint);
  menu->settings = build_settings (menu);
  gtk_box_append (GTK_BOX (box), menu->settings);
  gtk_popover_set_child (GTK_POPOVER (menu), box);
  g_signal_connect_swapped (menu, "show", G_CALLBACK (on_show), menu);
}

GtkWidget *
telar_steer_menu_new (void)
{
  return g_object_new (TELAR_TYPE_STEER_MENU, NULL);
}
