/* Saving: where to, what to do when another program wrote the file meanwhile, and the question
 * before edits are given up. */
#include "app/window-private.h"

#include "app/ui/recent.h"

#include <glib/gi18n.h>

/* --- choosing files --------------------------------------------------------------------------- */

/* The chooser holds it. */
static void
add_filter (GtkFileChooserNative *chooser, const char *name, gboolean projects, gboolean models)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  if (projects)
    gtk_file_filter_add_suffix (filter, "telar");
  if (models)
    gtk_file_filter_add_suffix (filter, "onnx");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
}

GtkFileChooserNative *
telar_window_choose_file (TelarWindow *self, const char *title, GtkFileChooserAction action)
{
  GtkFileChooserNative *chooser =
      gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, NULL, NULL);

  if (action == GTK_FILE_CHOOSER_ACTION_OPEN)
    add_filter (chooser, _ ("Telar projects and ONNX models"), TRUE, TRUE);
  add_filter (chooser, _ ("Telar projects"), TRUE, FALSE);
  if (action == GTK_FILE_CHOOSER_ACTION_OPEN)
    add_filter (chooser, _ ("ONNX models"), FALSE, TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  return chooser;
}

char *
telar_window_chosen_path (GtkFileChooserNative *chooser, int response)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

  return response == GTK_RESPONSE_ACCEPT && file ? g_file_get_path (file) : NULL;
}

/* --- saving ----------------------------------------------------------------------------------- */

typedef struct {
  TelarWindow *window;
  void (*done) (TelarWindow *self); /* may be NULL */
} Saving;

static void
saving_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

static void save (TelarWindow *self, void (*done) (TelarWindow *self));
static void save_as (TelarWindow *self, void (*done) (TelarWindow *self));
static void ask_about_disk (TelarWindow *self, void (*done) (TelarWindow *self));

/* @path NULL: its own file. */
static void
save_to (TelarWindow *self, const char *path, void (*done) (TelarWindow *self))
{
  g_autoptr (GError) error = NULL;

  if (telar_document_save (self->document, path, &error)) {
    telar_recent_add (telar_document_path (self->document));
    if (done)
      done (self);
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG)) {
    ask_about_disk (self, done);
  } else {
    telar_window_show_error (self, _ ("The project cannot be saved"), error);
  }
}

/* --- another program wrote the file ----------------------------------------------------------- */

static void
reload (TelarWindow *self)
{
  g_autoptr (GError) error = NULL;

  if (telar_document_reload (self->document, &error))
    telar_window_toast (self, _ ("Reloaded; Undo brings your version back"));
  else
    telar_window_show_error (self, _ ("The project cannot be reloaded"), error);
}

static void
on_disk_response (AdwMessageDialog *dialog, const char *response, Saving *saving)
{
  TelarWindow *self = saving->window;

  if (!self->document)
    return;
  if (g_str_equal (response, "reload")) {
    reload (self);
  } else if (g_str_equal (response, "save-as")) {
    save_as (self, saving->done);
  } else if (g_str_equal (response, "keep")) {
    telar_document_keep_mine (self->document);
    if (saving->done)
      save (self, saving->done);
  }
}

/* @done: what was to follow when the user was saving, else NULL. */
static void
ask_about_disk (TelarWindow *self, void (*done) (TelarWindow *self))
{
  gboolean edited = telar_document_is_modified (self->document);
  AdwMessageDialog *message;
  Saving *saving;

  if (self->disk_dialog)
    return;
  saving = g_new (Saving, 1);
  *saving = (Saving){ self, done };
  g_set_weak_pointer (&self->disk_dialog,
                      adw_message_dialog_new (GTK_WINDOW (self),
                                              _ ("The file was changed by another program"), NULL));
  message = ADW_MESSAGE_DIALOG (self->disk_dialog);
  adw_message_dialog_format_body (
      message,
      edited ? _ ("“%s” has edits of yours, too. Reload takes what the file holds now, and Undo "
                  "brings your edits back; Keep Mine writes over the file when you save.")
             : _ ("“%s” is not what is open here any more. Reload takes what the file holds now; "
                  "Keep Mine writes over it when you save."),
      telar_document_title (self->document));
  adw_message_dialog_add_responses (message, "save-as", _ ("Save As…"), "keep", _ ("Keep Mine"),
                                    "reload", _ ("Reload"), NULL);
  adw_message_dialog_set_response_appearance (message, "keep", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (message, "reload", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "reload");
  adw_message_dialog_set_close_response (message, "later");
  g_signal_connect_data (message, "response", G_CALLBACK (on_disk_response), saving, saving_free,
                         0);
  gtk_window_present (GTK_WINDOW (message));
}

void
telar_window_look_at_disk (TelarWindow *self)
{
  switch (telar_document_disk_state (self->document)) {
  case TELAR_DISK_CHANGED:
    ask_about_disk (self, NULL);
    break;
  case TELAR_DISK_GONE:
    telar_document_keep_mine (self->document);
    telar_window_toast (self, _ ("The file was moved or removed; saving writes it again"));
    break;
  case TELAR_DISK_SAME:
    break;
  }
}

/* --- choosing where --------------------------------------------------------------------------- */

static void
on_save_response (GtkFileChooserNative *chooser, int response, Saving *saving)
{
  g_autofree char *path = telar_window_chosen_path (chooser, response);
  TelarWindow *self = saving->window;
  void (*done) (TelarWindow *) = saving->done;

  if (path && !g_str_has_suffix (path, ".telar")) {
    char *full = g_strconcat (path, ".telar", NULL);

    g_free (path);
    path = full;
  }
  if (path)
    save_to (self, path, done);
  g_object_unref (chooser);
}

static void
save_as (TelarWindow *self, void (*done) (TelarWindow *self))
{
  GtkFileChooserNative *chooser =
      telar_window_choose_file (self, _ ("Save the Project"), GTK_FILE_CHOOSER_ACTION_SAVE);
  g_autofree char *name = g_strdup_printf ("%s.telar", telar_document_title (self->document));
  Saving *saving = g_new (Saving, 1);

  *saving = (Saving){ self, done };
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_signal_connect_data (chooser, "response", G_CALLBACK (on_save_response), saving, saving_free,
                         0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
save (TelarWindow *self, void (*done) (TelarWindow *self))
{
  if (!telar_document_path (self->document))
    save_as (self, done);
  else
    save_to (self, NULL, done);
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  save (data, NULL);
}

static void
on_save_as (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  save_as (data, NULL);
}

/* --- leaving ---------------------------------------------------------------------------------- */

static void
on_leave_response (AdwMessageDialog *dialog, const char *response, Saving *saving)
{
  if (g_str_equal (response, "save"))
    save (saving->window, saving->done);
  else if (g_str_equal (response, "discard"))
    saving->done (saving->window);
}

void
telar_window_leave_document (TelarWindow *self, void (*done) (TelarWindow *self))
{
  GtkWidget *dialog;
  AdwMessageDialog *message;
  Saving *saving;

  if (!self->document || !telar_document_is_modified (self->document)) {
    done (self);
    return;
  }
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Save the edits?"), NULL);
  message = ADW_MESSAGE_DIALOG (dialog);
  saving = g_new (Saving, 1);
  *saving = (Saving){ self, done };
  adw_message_dialog_format_body (message, _ ("“%s” has edits that are not saved."),
                                  telar_document_title (self->document));
  adw_message_dialog_add_responses (message, "cancel", _ ("Cancel"), "discard", _ ("Discard"),
                                    "save", _ ("Save"), NULL);
  adw_message_dialog_set_response_appearance (message, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (message, "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "save");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_leave_response), saving, saving_free,
                         0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
telar_window_add_save_actions (TelarWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "save", .activate = on_save },
    { .name = "save-as", .activate = on_save_as },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
