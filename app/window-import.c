/* Importing into the window: a thread works, a dialog tells how far it is once that takes a moment.
 */
#include "app/window-private.h"

#include "app/project/import.h"
#include "app/ui/recent.h"
#include "app/ui/refusals.h"
#include "app/ui/shapes-dialog.h"

#include <glib/gi18n.h>

#define TICK_MS    100
#define SHOW_AFTER 5 /* ticks: what is done by then needs no dialog */

typedef struct {
  TelarWindow *window; /* a reference: it may be closed before the thread has ended */
  GCancellable *cancellable;
  char *path, *name;
  gint permille; /* written by the thread */
  guint ticks, timer;
  GtkWidget *dialog; /* NULL before it is shown and after it is closed */
  GtkProgressBar *bar;
} Importing;

static void
importing_free (Importing *importing)
{
  g_clear_handle_id (&importing->timer, g_source_remove);
  g_clear_weak_pointer (&importing->dialog);
  g_object_unref (importing->cancellable);
  g_object_unref (importing->window);
  g_free (importing->path);
  g_free (importing->name);
  g_free (importing);
}

static void
show_dialog (Importing *importing)
{
  g_autofree char *heading = g_strdup_printf (_ ("Importing “%s”"), importing->name);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (importing->window), heading, NULL);
  GtkWidget *bar = gtk_progress_bar_new ();

  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, heading, -1);
  gtk_widget_set_size_request (bar, 320, -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), bar);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (g_cancellable_cancel),
                           importing->cancellable, G_CONNECT_SWAPPED);
  g_set_weak_pointer (&importing->dialog, dialog);
  importing->bar = GTK_PROGRESS_BAR (bar);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Reading the file and writing the weights is not measured: the bar only moves then. */
static gboolean
on_tick (gpointer data)
{
  Importing *importing = data;
  gint done = g_atomic_int_get (&importing->permille);

  if (++importing->ticks == SHOW_AFTER && !g_cancellable_is_cancelled (importing->cancellable))
    show_dialog (importing);
  if (!importing->dialog)
    return G_SOURCE_CONTINUE;
  if (done > 0 && done < 990)
    gtk_progress_bar_set_fraction (importing->bar, done / 1000.0);
  else
    gtk_progress_bar_pulse (importing->bar);
  return G_SOURCE_CONTINUE;
}

static void
show_refused (Importing *importing, GPtrArray *refused)
{
  GtkWindow *window = GTK_WINDOW (importing->window);

  gtk_window_present (GTK_WINDOW (telar_refusals_new (window, importing->name, refused)));
}

static void start (TelarWindow *self, const char *path, const char *const *shapes);

typedef struct {
  TelarWindow *window;
  char *path;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_free (question->path);
  g_free (question);
}

static void
on_shapes (AdwMessageDialog *dialog, const char *response, Question *question)
{
  if (!g_str_equal (response, "import"))
    return;
  g_auto (GStrv) shapes = telar_shapes_dialog_get (GTK_WIDGET (dialog));
  start (question->window, question->path, (const char *const *)shapes);
}

static void
ask_shapes (Importing *importing, const GPtrArray *open)
{
  GtkWidget *dialog = telar_shapes_dialog_new (GTK_WINDOW (importing->window), open);
  Question *question = g_new (Question, 1);

  *question = (Question){ importing->window, g_strdup (importing->path) };
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_shapes), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* What can be answered is asked, the rest is told. */
static void
show_trouble (Importing *importing, const TelarImportTrouble *trouble, const GError *error)
{
  if (trouble->open)
    ask_shapes (importing, trouble->open);
  else if (trouble->refused)
    show_refused (importing, trouble->refused);
  else
    telar_window_show_error (importing->window, _ ("The model cannot be imported"), error);
}

static void
on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  Importing *importing = data;
  TelarWindow *self = importing->window;
  g_auto (TelarImportTrouble) trouble = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDocument) document = telar_document_import_finish (result, &trouble, &error);

  if (self->importing == importing->cancellable)
    g_clear_object (&self->importing);
  if (importing->dialog)
    gtk_window_destroy (GTK_WINDOW (importing->dialog));
  if (document) {
    telar_recent_add (importing->path);
    telar_window_set_document (self, document);
  } else if (!g_cancellable_is_cancelled (importing->cancellable)) {
    show_trouble (importing, &trouble, error);
  }
  importing_free (importing);
}

static void
start (TelarWindow *self, const char *path, const char *const *shapes)
{
  Importing *importing = g_new0 (Importing, 1);

  telar_window_stop_import (self);
  self->importing = g_cancellable_new ();
  importing->window = g_object_ref (self);
  importing->cancellable = g_object_ref (self->importing);
  importing->path = g_strdup (path);
  importing->name = g_path_get_basename (path);
  importing->timer = g_timeout_add (TICK_MS, on_tick, importing);
  telar_document_import_async (path, shapes, &importing->permille, importing->cancellable,
                               on_imported, importing);
}

void
telar_window_import (TelarWindow *self, const char *path)
{
  start (self, path, NULL);
}

void
telar_window_stop_import (TelarWindow *self)
{
  if (self->importing)
    g_cancellable_cancel (self->importing);
  g_clear_object (&self->importing);
}

/* --- dropping --------------------------------------------------------------------------------- */

/* Files from a file manager: each opens as it would from the command line. */
static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, TelarWindow *self)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  GSList *files = g_value_get_boxed (value);

  for (GSList *l = files; l; l = l->next) {
    GFile *file = l->data;

    g_application_open (application, &file, 1, "");
  }
  return files != NULL;
}

void
telar_window_add_drop_target (TelarWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
