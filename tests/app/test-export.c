/* Exporting from the studio: which models there are, how they are written, what is said when they
 * cannot be. */
#include "app/application.h"
#include "app/model/model.h"
#include "app/project/import.h"
#include "app/ui/export-dialog.h"
#include "app/ui/export-models.h"
#include "app/window-private.h"
#include "engine/exchange/onnx.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"

#include <string.h>

static TelarApplication *application;
static char *folder, *workspace;

/* A run of the titanic, by the real program. */
static void
train (const char *run, const char *epochs)
{
  g_autofree char *project = g_build_filename (g_getenv ("TELAR_SAMPLES"), "titanic.telar", NULL);
  const char *argv[] = {
    g_getenv ("TELAR_CLI"), "train", project, "--run", run, "--epochs", epochs, "--json", NULL
  };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

typedef struct {
  TelarWindow *window;
  GtkWidget *dialog;
} Fixture;

static void
open_sample (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TELAR_SAMPLES"), name, NULL);

  f->window = telar_window_new (application);
  gtk_window_present (GTK_WINDOW (f->window));
  telar_window_open_sample (f->window, path, NULL);
}

/* By the action that menu and key have. */
static void
open_dialog (Fixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.export", NULL);
  f->dialog = GTK_WIDGET (gtk_widget_get_root (
      test_wait_for_dialog (GTK_WIDGET (f->window), test_is_button, "Export")));
  gtk_test_widget_wait_for_draw (f->dialog);
}

static void
close_all (Fixture *f)
{
  TelarWindow *window = g_object_ref (f->window);

  gtk_window_destroy (GTK_WINDOW (window));
  test_finalizes (window);
}

static gboolean
is_combo (GtkWidget *widget, const char *title)
{
  return ADW_IS_COMBO_ROW (widget) &&
         g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title);
}

static gboolean
is_action (GtkWidget *widget, const char *title)
{
  return ADW_IS_ACTION_ROW (widget) &&
         g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title);
}

static void
choose (Fixture *f, const char *title, guint item)
{
  adw_combo_row_set_selected (ADW_COMBO_ROW (test_wait_for (f->dialog, is_combo, title)), item);
}

static GtkWidget *
control (Fixture *f, const char *title)
{
  return adw_action_row_get_activatable_widget (
      ADW_ACTION_ROW (test_wait_for (f->dialog, is_action, title)));
}

static void
press (Fixture *f, const char *label)
{
  g_signal_emit_by_name (test_wait_for (f->dialog, test_is_button, label), "clicked");
}

/* --- what there is ---------------------------------------------------------------------------- */

static const TelarExportModel *
model_at (const GPtrArray *models, guint i)
{
  return models->pdata[i];
}

static void
test_models (void)
{
  g_autofree char *nowhere = g_build_filename (folder, "nowhere", NULL);
  TelarDocument *document = test_sample ("titanic.telar");
  g_autoptr (GPtrArray) none = telar_export_models (document, nowhere);
  g_autoptr (GPtrArray) models = telar_export_models (document, workspace);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (models->len, ==, 5); /* latest, best, and three by name */
  g_assert_cmpstr (model_at (models, 0)->run, ==, "titanic-2");
  g_assert_true (g_str_has_prefix (model_at (models, 0)->label, "Latest run: titanic-2, "));
  g_assert_cmpstr (model_at (models, 1)->run, ==, "titanic");
  g_assert_true (g_str_has_prefix (model_at (models, 1)->label, "Best run: titanic, "));
  g_assert_cmpstr (model_at (models, 4)->run, ==, "titanic-other");
  telar_document_close (document);
  test_finalizes (document);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void
test_written (void)
{
  g_autofree char *path = g_build_filename (folder, "out.onnx", NULL);
  g_autoptr (GError) error = NULL;
  TelarType type;
  Fixture f;

  open_sample (&f, "titanic.telar");
  open_dialog (&f);
  test_picture (f.dialog, "export");
  telar_export_dialog_set_file (TELAR_EXPORT_DIALOG (f.dialog), path);
  choose (&f, "Model", 1);
  choose (&f, "Rows at once", 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (control (&f, "Number of rows")), 3);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (control (&f, "Operator set")), 17);
  press (&f, "Export");
  GtkWidget *button = test_wait_for (GTK_WIDGET (f.window), test_is_button, "Open Folder");
  g_assert_nonnull (test_find (GTK_WIDGET (f.window), test_is_label, "“out.onnx” is exported"));
  g_assert_cmpstr (
      g_variant_get_string (gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button)), NULL),
      ==, path);
  test_wait (300);
  test_picture (GTK_WIDGET (f.window), "export-done");
  g_autoptr (TelarOnnx) model = telar_onnx_load (path, &error);
  g_assert_no_error (error);
  g_assert_true (telar_onnx_input_type (model, 0, &type));
  g_assert_cmpint (type.shape.dims[0], ==, 3);
  close_all (&f);
}

/* Weights alone have another ending and none of ONNX's rows. */
static void
test_safetensors (void)
{
  g_autofree char *path = g_build_filename (folder, "plain.onnx", NULL);
  g_autofree char *written = g_build_filename (folder, "plain.safetensors", NULL);
  Fixture f;

  open_sample (&f, "titanic.telar");
  open_dialog (&f);
  telar_export_dialog_set_file (TELAR_EXPORT_DIALOG (f.dialog), path);
  choose (&f, "Format", 1);
  g_assert_null (test_find (f.dialog, is_action, "Operator set"));
  press (&f, "Export");
  test_wait_for (GTK_WIDGET (f.window), test_is_label, "“plain.safetensors” is exported");
  g_assert_true (g_file_test (written, G_FILE_TEST_EXISTS));
  close_all (&f);
}

/* What cannot be written is said in the dialog, which stays for another try. */
static void
test_fails (void)
{
  g_autofree char *path = g_build_filename (folder, "second.onnx", NULL);
  Fixture f;

  open_sample (&f, "titanic.telar");
  open_dialog (&f);
  telar_export_dialog_set_file (TELAR_EXPORT_DIALOG (f.dialog), "/proc/model.onnx");
  press (&f, "Export");
  test_wait_for (f.dialog, test_is_label, "cannot write /proc/model.onnx");
  test_picture (f.dialog, "export-fails");
  telar_export_dialog_set_file (TELAR_EXPORT_DIALOG (f.dialog), path);
  press (&f, "Export");
  test_wait_for (GTK_WIDGET (f.window), test_is_label, "“second.onnx” is exported");
  close_all (&f);
}

/* Without a run there is nothing to write, and what to do is said. */
static void
test_untrained (void)
{
  Fixture f;

  open_sample (&f, "digits-dense.telar");
  g_setenv ("TELAR_WORKSPACE", folder, TRUE);
  open_dialog (&f);
  g_assert_false (gtk_widget_get_sensitive (test_find (f.dialog, test_is_button, "Export")));
  g_assert_nonnull (test_find (f.dialog, test_is_label, "Nothing is trained yet"));
  test_picture (f.dialog, "export-untrained");
  close_all (&f);
  g_setenv ("TELAR_WORKSPACE", workspace, TRUE);
}

/* An import that is neither trained nor saved goes out again with its weights. */
static void
test_imported (void)
{
  g_autofree char *model = g_build_filename (g_getenv ("TELAR_MODELS"), "mnist.onnx", NULL);
  g_autofree char *path = g_build_filename (folder, "again.onnx", NULL);
  g_autoptr (GError) error = NULL;
  Fixture f;

  f.window = telar_window_new (application);
  gtk_window_present (GTK_WINDOW (f.window));
  telar_window_open (f.window, model);
  while (!f.window->document)
    g_main_context_iteration (NULL, TRUE);
  open_dialog (&f);
  g_assert_nonnull (test_find (f.dialog, test_is_label, "The imported weights"));
  telar_export_dialog_set_file (TELAR_EXPORT_DIALOG (f.dialog), path);
  press (&f, "Export");
  test_wait_for (GTK_WIDGET (f.window), test_is_label, "“again.onnx” is exported");
  g_autoptr (TelarOnnx) again = telar_onnx_load (path, &error);
  g_assert_no_error (error);
  g_assert_nonnull (again);
  telar_document_close (f.window->document);
  close_all (&f);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  test_init ();
  folder = test_folder ();
  workspace = g_build_filename (folder, "workspace", NULL);
  g_setenv ("TELAR_WORKSPACE", workspace, TRUE);
  train ("titanic-other", "1");
  train ("titanic", "12");
  train ("titanic-2", "1");
  application = telar_application_new ();
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func ("/export/models", test_models);
  g_test_add_func ("/export/written", test_written);
  g_test_add_func ("/export/safetensors", test_safetensors);
  g_test_add_func ("/export/fails", test_fails);
  g_test_add_func ("/export/untrained", test_untrained);
  g_test_add_func ("/export/imported", test_imported);
  status = g_test_run ();
  g_object_unref (application);
  test_remove (folder);
  g_free (workspace);
  g_free (folder);
  return status;
}
