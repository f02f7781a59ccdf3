/* ONNX models in the studio: opened in a thread, kept safe until they are saved, refused all at
 * once. */
#include "app/application.h"
#include "app/project/edits.h"
#include "app/project/import.h"
#include "app/project/journal.h"
#include "app/ui/recent.h"
#include "app/window-private.h"
#include "engine/weights.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"

#include <glib/gstdio.h>
#include <string.h>

static char *
model_path (const char *name)
{
  return g_build_filename (g_getenv ("TELAR_MODELS"), name, NULL);
}

/* --- the document ----------------------------------------------------------------------------- */

typedef struct {
  TelarDocument *document;
  TelarImportTrouble trouble;
  GError *error;
  gboolean done;
} Outcome;

static void
on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->document = telar_document_import_finish (result, &outcome->trouble, &outcome->error);
  outcome->done = TRUE;
}

static void
import (const char *path, gboolean cancel, Outcome *outcome)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint permille = 0;

  *outcome = (Outcome){ 0 };
  telar_document_import_async (path, NULL, &permille, cancellable, on_imported, outcome);
  if (cancel)
    g_cancellable_cancel (cancellable);
  while (!outcome->done)
    g_main_context_iteration (NULL, TRUE);
}

static TelarDocument *
import_mnist (void)
{
  g_autofree char *path = model_path ("mnist.onnx");
  Outcome outcome;

  import (path, FALSE, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_null (outcome.trouble.refused);
  g_assert_null (outcome.trouble.open);
  return outcome.document;
}

static const char *
named_weights (TelarDocument *document)
{
  return telar_param_set_text (telar_graph_training ((TelarGraph *)telar_document_graph (document)),
                               "weights");
}

/* Files in the state folder besides the list of recent ones. */
static guint
n_left (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "telar", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    n += !g_str_equal (name, "recent");
  return n;
}

static void
assert_has_weights (const char *project)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = telar_graph_load (project, &error);

  g_assert_no_error (error);
  g_autoptr (TelarStates) states = telar_weights_load (graph, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) names = telar_states_names (states);
  g_assert_cmpuint (names->len, >, 0);
}

/* An import is a project without a file; saving puts its weights beside it, and never over
 * another's. */
static void
test_saved (void)
{
  g_autofree char *folder = test_folder ();
  g_autofree char *project = g_build_filename (folder, "mine.telar", NULL);
  g_autofree char *weights = g_build_filename (folder, "mine.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  TelarDocument *document = import_mnist ();

  g_assert_cmpstr (telar_document_title (document), ==, "mnist");
  g_assert_null (telar_document_path (document));
  g_assert_false (telar_document_is_modified (document));
  g_assert_true (g_file_test (named_weights (document), G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (weights, "of another", -1, NULL));
  telar_edit_set_seed (document, 7);
  telar_document_undo (document);
  g_assert_cmpint ((gint)telar_document_save (document, project, &error), ==, TRUE);
  g_assert_no_error (error);
  g_assert_cmpstr (named_weights (document), ==, "mine-2.safetensors");
  assert_has_weights (project);
  g_assert_cmpuint (n_left (), ==, 0);

  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (weights, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "of another");
  /* From now on it is a project like any other. */
  telar_edit_set_seed (document, 8);
  telar_document_save (document, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (named_weights (document), ==, "mine-2.safetensors");
  telar_document_close (document);
  assert_has_weights (project);
  test_finalizes (document);
  test_remove (folder);
}

/* A place that cannot be written changes nothing: the next try works. */
static void
test_save_fails (void)
{
  g_autofree char *folder = test_folder ();
  g_autofree char *project = g_build_filename (folder, "mine.telar", NULL);
  g_autoptr (GError) error = NULL;
  TelarDocument *document = import_mnist ();

  g_assert_false (telar_document_save (document, "/proc/mine.telar", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  telar_document_save (document, project, &error);
  g_assert_no_error (error);
  assert_has_weights (project);
  telar_document_close (document);
  test_finalizes (document);
  test_remove (folder);
}

static void
test_closed (void)
{
  TelarDocument *document = import_mnist ();

  g_assert_cmpuint (n_left (), ==, 2);
  telar_document_close (document);
  g_assert_cmpuint (n_left (), ==, 0);
  test_finalizes (document);
}

/* What a crash leaves is the journal and the weights: both come back, or go together. */
static void
test_recovered (void)
{
  g_autofree char *folder = test_folder ();
  g_autofree char *project = g_build_filename (folder, "back.telar", NULL);
  g_autoptr (GError) error = NULL;

  for (guint round = 0; round < 2; round++) {
    test_finalizes (import_mnist ());
    g_autoptr (GPtrArray) journals = telar_journal_list_unsaved ();
    g_assert_cmpuint (journals->len, ==, 1);
    if (round == 1) {
      telar_journal_remove_unsaved (journals->pdata[0]);
      break;
    }
    TelarDocument *document = telar_document_recover (journals->pdata[0], &error);
    g_assert_no_error (error);
    g_assert_cmpstr (telar_document_title (document), ==, "mnist");
    telar_document_save (document, project, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (named_weights (document), ==, "back.safetensors");
    assert_has_weights (project);
    telar_document_close (document);
    test_finalizes (document);
  }
  g_assert_cmpuint (n_left (), ==, 0);
  test_remove (folder);
}

static void
test_cancelled (void)
{
  g_autofree char *path = model_path ("light/light_densenet121.onnx");
  Outcome outcome;

  import (path, TRUE, &outcome);
  g_assert_null (outcome.document);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&outcome.error);
  g_assert_cmpuint (n_left (), ==, 0);
}

/* --- the window ------------------------------------------------------------------------------- */

static TelarApplication *application;

typedef struct {
  TelarWindow *window;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->window = telar_window_new (application);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (f->window));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  TelarWindow *window = g_object_ref (f->window);

  gtk_window_close (GTK_WINDOW (window));
  test_finalizes (window);
  g_assert_cmpuint (n_left (), ==, 0);
}

static void
wait_for_document (Fixture *f)
{
  while (!f->window->document)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_opens (Fixture *f, gconstpointer data)
{
  g_autofree char *path = model_path ("light/light_squeezenet.onnx");
  GtkWidget *window = GTK_WIDGET (f->window);

  telar_window_open (f->window, path);
  g_assert_true (telar_window_has_document (f->window)); /* another file takes another window */
  wait_for_document (f);
  g_assert_cmpuint (telar_graph_nodes (telar_document_graph (f->window->document))->len, >, 60);
  test_wait_for (window, test_is_label, "light_squeezenet");
  test_wait_for (window, test_is_label, "Not saved yet");
  while (telar_analysis_is_busy (f->window->analysis))
    test_wait (20);
  /* Data and a loss are what it lacks. */
  g_assert_cmpuint (telar_analysis_n_errors (f->window->analysis), ==, 2);
  test_wait (400);
  test_picture (window, "import-canvas");
  g_auto (GStrv) recent = telar_recent_list ();
  g_assert_cmpstr (recent[0], ==, path);
  gtk_widget_activate_action (window, "win.close-project", NULL);
  test_wait_for (window, test_is_label, "light_squeezenet.onnx");
  test_wait (300);
  test_picture (window, "import-recent");
}

/* A larger model tells how far it is and can be stopped. */
static void
test_stops (Fixture *f, gconstpointer data)
{
  g_autofree char *path = model_path ("light/light_densenet121.onnx");
  GtkWidget *window = GTK_WIDGET (f->window), *cancel;

  telar_window_open (f->window, path);
  cancel = test_wait_for_dialog (window, test_is_button, "Cancel");
  test_picture (GTK_WIDGET (gtk_widget_get_root (cancel)), "import-progress");
  g_signal_emit_by_name (cancel, "clicked");
  while (telar_window_has_document (f->window))
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (f->window->document);
}

static void
test_dropped (Fixture *f, gconstpointer data)
{
  g_autofree char *path = model_path ("mnist.onnx");
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (f->window));
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, g_slist_append (NULL, g_object_ref (file)));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_DROP_TARGET (controller))
      g_signal_emit_by_name (controller, "drop", &value, 10.0, 10.0, &taken);
  }
  g_assert_true (taken);
  wait_for_document (f);
  g_assert_cmpstr (telar_document_title (f->window->document), ==, "mnist");
}

/* --- what is refused -------------------------------------------------------------------------- */

/* Protocol buffers by hand: a field of bytes. */
static void
put (GByteArray *bytes, guint field, const void *data, gsize length)
{
  const guint8 head[] = { (guint8)(field << 3 | 2), (guint8)length };

  g_assert_cmpuint (length, <, 128);
  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, data, (guint)length);
}

static void
put_text (GByteArray *bytes, guint field, const char *text)
{
  put (bytes, field, text, strlen (text));
}

static void
put_message (GByteArray *bytes, guint field, GByteArray *message)
{
  put (bytes, field, message->data, message->len);
  g_byte_array_unref (message);
}

/* x is two floats, or as many in a row as nobody says. */
static GByteArray *
input_x (gboolean open)
{
  static const guint8 two[] = { 0x0a, 8, 0x08, 1, 0x12, 4, 0x0a, 2, 0x08, 2 };
  static const guint8 many[] = { 0x0a, 8, 0x08, 1, 0x12, 4, 0x0a, 0, 0x0a, 0 };
  GByteArray *input = g_byte_array_new ();

  put_text (input, 1, "x");
  put (input, 2, open ? many : two, open ? sizeof many : sizeof two);
  return input;
}

static GByteArray *
node (const char *name, const char *op, const char *output)
{
  GByteArray *bytes = g_byte_array_new ();

  put_text (bytes, 1, "x");
  put_text (bytes, 2, output);
  put_text (bytes, 3, name);
  put_text (bytes, 4, op);
  return bytes;
}

/* A model of operator set 17 with the two nodes. */
static char *
write_model (const char *folder, const char *first, const char *second, gboolean open)
{
  static const guint8 version[] = { 0x10, 17 };
  g_autoptr (GByteArray) model = g_byte_array_new ();
  GByteArray *graph = g_byte_array_new (), *output = g_byte_array_new ();
  char *path = g_build_filename (folder, "strange.onnx", NULL);

  put_text (output, 1, "a");
  put_message (graph, 1, node ("first", first, "a"));
  put_message (graph, 1, node ("second", second, "b"));
  put_message (graph, 11, input_x (open));
  put_message (graph, 12, output);
  put_message (model, 7, graph);
  put (model, 8, version, sizeof version);
  g_assert_true (g_file_set_contents (path, (const char *)model->data, model->len, NULL));
  return path;
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **)data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  static const char *const ops[][2] = { { "Warp", "Weft" }, { "Warp", "NonZero" } };
  GtkWidget *window = GTK_WIDGET (f->window);
  g_autofree char *folder = test_folder ();

  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    g_autofree char *path = write_model (folder, ops[i][0], ops[i][1], FALSE);
    g_autofree char *text = NULL;
    g_autofree char *label = g_strdup_printf ("%s, version 17", ops[i][1]);

    telar_window_open (f->window, path);
    GtkWidget *dialog =
        GTK_WIDGET (gtk_widget_get_root (test_wait_for_dialog (window, test_is_label, "first")));
    g_assert_nonnull (test_find (dialog, test_is_label, "2 nodes of the model"));
    g_assert_nonnull (test_find (dialog, test_is_label, "second"));
    g_assert_nonnull (test_find (dialog, test_is_label, label));
    test_picture (dialog, "import-refused");
    g_signal_emit_by_name (test_find (dialog, test_is_button, "Copy All"), "clicked");
    gdk_clipboard_read_text_async (gtk_widget_get_clipboard (dialog), NULL, on_text, &text);
    while (!text)
      g_main_context_iteration (NULL, TRUE);
    g_assert_nonnull (strstr (text, "first\t"));
    g_assert_nonnull (strstr (text, ops[i][1]));
    gtk_window_destroy (GTK_WINDOW (dialog));
    g_assert_false (telar_window_has_document (f->window));
  }
  test_remove (folder);
}

static gboolean
is_entry (GtkWidget *widget, const char *name)
{
  return ADW_IS_ENTRY_ROW (widget) && g_str_equal (gtk_widget_get_name (widget), name);
}

/* Sizes that the file leaves open are asked for. */
static void
test_open_shapes (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = test_folder ();
  g_autofree char *path = write_model (folder, "Relu", "Sigmoid", TRUE);
  GtkWidget *window = GTK_WIDGET (f->window);

  telar_window_open (f->window, path);
  GtkWidget *entry = test_wait_for_dialog (window, is_entry, "x");
  GtkWidget *dialog = GTK_WIDGET (gtk_widget_get_root (entry));
  test_picture (dialog, "import-shapes");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "1x?");
  g_assert_false (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "import"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "1 × 7");
  g_assert_true (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "import"));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "import");
  gtk_window_close (GTK_WINDOW (dialog));
  wait_for_document (f);
  const TelarNode *node = telar_graph_find_node (telar_document_graph (f->window->document), "x");
  guint n;
  const gint64 *sizes = telar_param_set_ints (node->params, "shape", &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (sizes[0], ==, 7);
  g_assert_true (telar_param_set_bool (node->params, "batch")); /* any */
  test_remove (folder);
}

/* A file that is no model is an error like any other. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = test_folder ();
  g_autofree char *path = g_build_filename (folder, "damaged.onnx", NULL);
  GtkWidget *close;

  g_assert_true (g_file_set_contents (path, "not a model", -1, NULL));
  telar_window_open (f->window, path);
  test_wait_for_dialog (GTK_WIDGET (f->window), test_is_label, "The model cannot be imported");
  close = test_wait_for_dialog (GTK_WIDGET (f->window), test_is_button, "Close");
  gtk_window_close (GTK_WINDOW (gtk_widget_get_root (close)));
  test_remove (folder);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  test_init ();
  application = telar_application_new ();
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func ("/import/saved", test_saved);
  g_test_add_func ("/import/save-fails", test_save_fails);
  g_test_add_func ("/import/closed", test_closed);
  g_test_add_func ("/import/recovered", test_recovered);
  g_test_add_func ("/import/cancelled", test_cancelled);
#define TEST(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  TEST ("/import/window/opens", test_opens);
  TEST ("/import/window/stops", test_stops);
  TEST ("/import/window/dropped", test_dropped);
  TEST ("/import/window/refused", test_refused);
  TEST ("/import/window/open-shapes", test_open_shapes);
  TEST ("/import/window/damaged", test_damaged);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
