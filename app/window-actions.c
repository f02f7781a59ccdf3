/* What the window's actions do: opening, undo, panels. Saving is in window-save.c. */
#include "app/window-private.h"

#include "app/project/import.h"
#include "app/ui/history.h"
#include "app/ui/library-dialog.h"
#include "app/ui/recent.h"

#include <glib/gi18n.h>

/* --- opening ---------------------------------------------------------------------------------- */

static void
open_now (TelarWindow *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDocument) document = telar_document_open (path, &error);

  if (!document) {
    telar_window_show_error (self, _ ("The project cannot be opened"), error);
    return;
  }
  telar_recent_add (path);
  telar_window_set_document (self, document);
}

static void
restore (TelarWindow *self, const char *journal)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDocument) document = telar_document_recover (journal, &error);

  if (!document) {
    telar_window_show_error (self, _ ("The unsaved edits cannot be restored"), error);
    return;
  }
  if (telar_document_path (document))
    telar_recent_add (telar_document_path (document));
  telar_window_set_document (self, document);
  telar_window_toast (self, _ ("Unsaved edits restored"));
  telar_window_look_at_disk (self);
}

typedef struct {
  TelarWindow *window;
  char *path, *journal;
} Recovery;

static void
recovery_free (gpointer data, GClosure *closure)
{
  Recovery *recovery = data;

  g_free (recovery->path);
  g_free (recovery->journal);
  g_free (recovery);
}

static void
on_recovery (AdwMessageDialog *dialog, const char *response, Recovery *recovery)
{
  if (g_str_equal (response, "restore")) {
    restore (recovery->window, recovery->journal);
  } else if (g_str_equal (response, "discard")) {
    GFile *file = g_file_new_for_path (recovery->journal);

    g_file_delete (file, NULL, NULL);
    g_object_unref (file);
    open_now (recovery->window, recovery->path);
  }
}

/* A crash left edits: they are offered, never applied unasked. */
static void
offer_recovery (TelarWindow *self, const char *path, const char *journal)
{
  g_autofree char *name = g_path_get_basename (path);
  GtkWidget *dialog =
      adw_message_dialog_new (GTK_WINDOW (self), _ ("Restore unsaved edits?"), NULL);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  Recovery *recovery = g_new0 (Recovery, 1);

  *recovery = (Recovery){ self, g_strdup (path), g_strdup (journal) };
  adw_message_dialog_format_body (
      message,
      _ ("The studio ended while “%s” had edits that were not saved. The saved file is "
         "as it was."),
      name);
  adw_message_dialog_add_responses (message, "cancel", _ ("Cancel"), "discard", _ ("Discard"),
                                    "restore", _ ("Restore"), NULL);
  adw_message_dialog_set_response_appearance (message, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (message, "restore", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "restore");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_recovery), recovery, recovery_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
telar_window_open (TelarWindow *self, const char *path)
{
  g_autofree char *journal = telar_document_find_journal (path);

  if (telar_import_is_foreign (path))
    telar_window_import (self, path);
  else if (journal)
    offer_recovery (self, path, journal);
  else
    open_now (self, path);
}

void
telar_window_open_sample (TelarWindow *self, const char *path, const char *title)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDocument) document = telar_document_open_copy (path, title, &error);

  if (document)
    telar_window_set_document (self, document);
  else
    telar_window_show_error (self, _ ("The sample cannot be opened"), error);
}

void
telar_window_recover (TelarWindow *self, const char *journal)
{
  restore (self, journal);
}

/* --- choosing a file to open ------------------------------------------------------------------ */

static void
on_open_response (GtkFileChooserNative *chooser, int response, TelarWindow *self)
{
  g_autofree char *path = telar_window_chosen_path (chooser, response);

  if (path) {
    GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
    GFile *file = g_file_new_for_path (path);

    g_application_open (application, &file, 1, "");
    g_object_unref (file);
  }
  g_object_unref (chooser);
}

static void
open_dialog (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkFileChooserNative *chooser =
      telar_window_choose_file (data, _ ("Open a Project or Model"), GTK_FILE_CHOOSER_ACTION_OPEN);

  g_signal_connect (chooser, "response", G_CALLBACK (on_open_response), data);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* --- leaving ---------------------------------------------------------------------------------- */

static void
to_start (TelarWindow *self)
{
  telar_window_set_document (self, NULL);
}

static void
close_project (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_window_leave_document (data, to_start);
}

static void
to_new (TelarWindow *self)
{
  g_autoptr (TelarDocument) document = telar_document_new (_ ("Untitled"));

  telar_window_set_document (self, document);
}

static void
new_project (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_window_leave_document (data, to_new);
}

/* --- editing and looking ---------------------------------------------------------------------- */

static void
undo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_document_undo (TELAR_WINDOW (data)->document);
}

static void
redo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_document_redo (TELAR_WINDOW (data)->document);
}

static void
history (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_history_show (GTK_WINDOW (data), TELAR_WINDOW (data)->document);
}

static void
find (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_design_page_focus_search (TELAR_WINDOW (data)->design);
}

static void
problems (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_design_page_toggle_problems (TELAR_WINDOW (data)->design);
}

static void
next_problem (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_design_page_step_problem (TELAR_WINDOW (data)->design, 1);
}

static void
previous_problem (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_design_page_step_problem (TELAR_WINDOW (data)->design, -1);
}

static void
find_node (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_design_page_find (TELAR_WINDOW (data)->design);
}

static void
bookmarks (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_design_page_bookmarks (TELAR_WINDOW (data)->design);
}

static void
go_to_bookmark (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_design_page_go_to_bookmark (TELAR_WINDOW (data)->design,
                                    (guint)g_variant_get_int32 (parameter) - 1);
}

static void
operators (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  telar_library_show (GTK_WIDGET (data));
}

static void
set_enabled (TelarWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
telar_window_update_actions (TelarWindow *self)
{
  TelarDocument *document = self->document;
  static const char *const need_document[] = { "save-as",   "export",        "code",
                                               "compare",   "close-project", "find",
                                               "find-node", "bookmarks",     "go-to-bookmark",
                                               "problems",  "next-problem",  "previous-problem" };

  for (guint i = 0; i < G_N_ELEMENTS (need_document); i++)
    set_enabled (self, need_document[i], document != NULL);
  set_enabled (self, "save",
               document &&
                   (telar_document_is_modified (document) || !telar_document_path (document)));
  set_enabled (self, "undo", document && telar_document_undo_name (document));
  set_enabled (self, "redo", document && telar_document_redo_name (document));
  set_enabled (self, "history", document && telar_document_n_edits (document));
}

void
telar_window_add_actions (TelarWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "new", .activate = new_project },
    { .name = "open", .activate = open_dialog },
    { .name = "close-project", .activate = close_project },
    { .name = "undo", .activate = undo },
    { .name = "history", .activate = history },
    { .name = "redo", .activate = redo },
    { .name = "find", .activate = find },
    { .name = "find-node", .activate = find_node },
    { .name = "bookmarks", .activate = bookmarks },
    { .name = "go-to-bookmark", .activate = go_to_bookmark, .parameter_type = "i" },
    { .name = "operators", .activate = operators },
    { .name = "problems", .activate = problems },
    { .name = "next-problem", .activate = next_problem },
    { .name = "previous-problem", .activate = previous_problem },
  };
  static const struct {
    const char *action, *property;
  } panels[] = { { "palette", "show-palette" },
                 { "inspector", "show-inspector" },
                 { "minimap", "show-minimap" },
                 { "costs", "show-costs" } };
  g_autoptr (GPropertyAction) page =
      g_property_action_new ("page", self->pages, "visible-child-name");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  telar_window_add_save_actions (self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (page));
  for (guint i = 0; i < G_N_ELEMENTS (panels); i++) {
    g_autoptr (GPropertyAction) action =
        g_property_action_new (panels[i].action, self->design, panels[i].property);

    g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
  }
}
