/* Two dialogs over the library. */
#include "app/ui/library-dialog.h"

#include "app/canvas/theme.h"
#include "app/project/group-copy.h"
#include "app/ui/icon-button.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* --- keeping ---------------------------------------------------------------------------------- */

typedef struct {
  TelarGraph *graph; /* a copy of the document as it was asked */
  char *group;
  GtkWidget *dialog, *entry;
} Keep;

static void
keep_free (gpointer data)
{
  Keep *keep = data;

  telar_graph_free (keep->graph);
  g_free (keep->group);
  g_free (keep);
}

static const char *
title_of (Keep *keep)
{
  return gtk_editable_get_text (GTK_EDITABLE (keep->entry));
}

/* Says before it is done that an operator of this name will be replaced. */
static void
on_title_changed (Keep *keep)
{
  g_autofree char *name = telar_library_name (title_of (keep));
  const TelarLibraryEntry *entry = telar_library_find (telar_library_get (), name);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (keep->dialog);

  adw_message_dialog_set_response_enabled (dialog, "keep", title_of (keep)[0] != '\0');
  adw_message_dialog_set_response_label (dialog, "keep", entry ? _ ("_Replace") : _ ("_Keep"));
  adw_message_dialog_set_response_appearance (
      dialog, "keep", entry ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_body (
      dialog, entry ? _ ("The library has an operator of this name. It is replaced; projects that "
                         "use it keep their copies until you update them.")
                    : _ ("It appears in the palette of every project. A project that uses it gets "
                         "a copy with all that it is made of."));
}

static void
on_keep_response (AdwMessageDialog *dialog, const char *response, Keep *keep)
{
  g_autoptr (GError) error = NULL;
  GtkWidget *told;

  if (!g_str_equal (response, "keep") ||
      telar_library_keep (telar_library_get (), telar_graph_find_group (keep->graph, keep->group),
                          title_of (keep), &error))
    return;
  told = adw_message_dialog_new (gtk_window_get_transient_for (GTK_WINDOW (dialog)),
                                 _ ("The operator was not kept"), error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (told), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (told));
}

gboolean
telar_library_ask_keep (GtkWidget *parent, const TelarGraph *drawing, GError **error)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (parent));
  Keep *keep = g_new0 (Keep, 1);
  GtkWidget *dialog;

  keep->graph = telar_graph_new ();
  keep->group = telar_group_bring (keep->graph, drawing, NULL, error);
  if (!keep->group) {
    keep_free (keep);
    return FALSE;
  }
  keep->dialog = dialog = adw_message_dialog_new (window, _ ("Keep as an Operator"), NULL);
  keep->entry = gtk_entry_new ();
  gtk_editable_set_text (GTK_EDITABLE (keep->entry), telar_graph_group_title (drawing)
                                                         ? telar_graph_group_title (drawing)
                                                         : telar_graph_group_name (drawing));
  gtk_entry_set_activates_default (GTK_ENTRY (keep->entry), TRUE);
  telar_widget_set_name (keep->entry, _ ("Name of the operator"));
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), keep->entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "keep",
                                    _ ("_Keep"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_object_set_data_full (G_OBJECT (dialog), "keep", keep, keep_free);
  g_signal_connect_swapped (keep->entry, "changed", G_CALLBACK (on_title_changed), keep);
  g_signal_connect (dialog, "response", G_CALLBACK (on_keep_response), keep);
  on_title_changed (keep);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (keep->entry);
  return TRUE;
}

/* --- looking after ---------------------------------------------------------------------------- */

typedef struct {
  GtkWidget *window, *group, *problems;
  GPtrArray *rows; /* of @group; borrowed */
} Shelf;

static void
shelf_free (gpointer data)
{
  Shelf *shelf = data;

  g_signal_handlers_disconnect_by_data (telar_library_get (), shelf);
  g_ptr_array_unref (shelf->rows);
  g_free (shelf);
}

static const char *
name_at (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "operator");
}

static void
on_remove_response (AdwMessageDialog *dialog, const char *response, char *name)
{
  if (g_str_equal (response, "remove"))
    telar_library_remove (telar_library_get (), name, NULL);
}

static void
on_remove (GtkWidget *button, Shelf *shelf)
{
  const TelarLibraryEntry *entry = telar_library_find (telar_library_get (), name_at (button));
  GtkWidget *dialog;

  if (!entry)
    return;
  dialog = adw_message_dialog_new (GTK_WINDOW (shelf->window), _ ("Remove the operator?"), NULL);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _ ("“%s” leaves the library. Projects that use it keep their "
                                     "copies."),
                                  _ (entry->op.label));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "remove",
                                    _ ("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_remove_response),
                         g_strdup (entry->name), (GClosureNotify)(GCallback)g_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The file is a project: it is opened as one. */
static void
on_open (GtkWidget *button, Shelf *shelf)
{
  const TelarLibraryEntry *entry = telar_library_find (telar_library_get (), name_at (button));
  GApplication *application = g_application_get_default ();
  g_autoptr (GFile) file = entry ? g_file_new_for_path (entry->path) : NULL;

  if (file && application)
    g_application_open (application, &file, 1, "");
}

static GtkWidget *
row_button (Shelf *shelf, const char *icon, const char *label, const char *name, GCallback clicked)
{
  GtkWidget *button = telar_icon_button_new (icon, label);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (button), "operator", g_strdup (name), g_free);
  g_signal_connect (button, "clicked", clicked, shelf);
  return button;
}

static GtkWidget *
make_row (Shelf *shelf, const TelarLibraryEntry *entry)
{
  GtkWidget *row = adw_action_row_new (), *tile = telar_tile_new (entry->op.category, 32);
  g_autofree char *about = g_strdup_printf (
      _ ("%u nodes, %u inputs, %u outputs"), telar_graph_nodes (entry->drawing)->len,
      telar_operator_n_inputs (&entry->op), telar_operator_n_outputs (&entry->op));

  gtk_widget_set_valign (tile, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (entry->op.label));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), about);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), tile);
  adw_action_row_add_suffix (
      ADW_ACTION_ROW (row),
      row_button (shelf, "document-edit-symbolic", _ ("Edit"), entry->name, G_CALLBACK (on_open)));
  adw_action_row_add_suffix (
      ADW_ACTION_ROW (row),
      row_button (shelf, "user-trash-symbolic", _ ("Remove"), entry->name, G_CALLBACK (on_remove)));
  return row;
}

static void
refill (Shelf *shelf)
{
  TelarLibrary *library = telar_library_get ();
  const GPtrArray *entries = telar_library_entries (library);
  const char *problems = telar_library_problems (library);

  for (guint i = 0; i < shelf->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (shelf->group), shelf->rows->pdata[i]);
  g_ptr_array_set_size (shelf->rows, 0);
  for (guint i = 0; i < entries->len; i++) {
    GtkWidget *row = make_row (shelf, entries->pdata[i]);

    adw_preferences_group_add (ADW_PREFERENCES_GROUP (shelf->group), row);
    g_ptr_array_add (shelf->rows, row);
  }
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (shelf->group),
      entries->len ? telar_library_folder (library)
                   : _ ("Group some nodes, then choose “Keep as an Operator” in the menu of the "
                        "group's node."));
  gtk_label_set_text (GTK_LABEL (shelf->problems), problems);
  gtk_widget_set_visible (shelf->problems, problems[0] != '\0');
}

void
telar_library_show (GtkWidget *parent)
{
  GtkWidget *page = adw_preferences_page_new (), *trouble = adw_preferences_group_new ();
  Shelf *shelf = g_new0 (Shelf, 1);

  shelf->rows = g_ptr_array_new ();
  shelf->window = adw_preferences_window_new ();
  shelf->group = adw_preferences_group_new ();
  shelf->problems = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (shelf->problems), TRUE);
  gtk_label_set_xalign (GTK_LABEL (shelf->problems), 0);
  gtk_label_set_selectable (GTK_LABEL (shelf->problems), TRUE);
  gtk_widget_add_css_class (shelf->problems, "error");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (trouble), shelf->problems);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (shelf->group));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (trouble));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (shelf->window), ADW_PREFERENCES_PAGE (page));
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (shelf->window), FALSE);
  gtk_window_set_title (GTK_WINDOW (shelf->window), _ ("My Operators"));
  gtk_window_set_modal (GTK_WINDOW (shelf->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (shelf->window), 520, 480);
  gtk_window_set_transient_for (GTK_WINDOW (shelf->window),
                                GTK_WINDOW (gtk_widget_get_root (parent)));
  g_object_set_data_full (G_OBJECT (shelf->window), "shelf", shelf, shelf_free);
  g_signal_connect_swapped (telar_library_get (), "changed", G_CALLBACK (refill), shelf);
  refill (shelf);
  gtk_window_present (GTK_WINDOW (shelf->window));
}
