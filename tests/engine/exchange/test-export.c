/* What the judges do not see: errors that name the node and leave no file, and safetensors. */
#include "engine/checkpoint.h"
#include "engine/exchange/export.h"
#include "tests/engine/operators/example.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("telar-export-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "model", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_remove (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static TelarProgram *
lower (const char *op, const char *text, TelarLowerMode mode)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Example) example = example_new (telar_operator_find (op), text, &error);
  g_assert_no_error (error);
  TelarProgram *program =
      example_lower (example, EXAMPLE_FED, mode,
                     mode == TELAR_LOWER_INFER ? EXAMPLE_RESULT : EXAMPLE_PROBE, &error);
  g_assert_no_error (error);
  return program;
}

static TelarStates *
draw_states (const TelarProgram *program)
{
  g_autoptr (GError) error = NULL;
  TelarStates *states = example_states (NULL, program, 1, &error);
  g_assert_no_error (error);
  return states;
}

static void
test_training_program (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = lower ("dropout", "f32[2,3]", TELAR_LOWER_TRAIN);
  g_autoptr (TelarStates) states = draw_states (program);
  g_assert_false (telar_export_onnx (program, states, NULL, fixture->path, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (telar_error_get_node (error), ==, "it");
  g_assert_nonnull (strstr (error->message, "uniform"));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_missing_state (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = lower ("dense", "f32[2,3]", TELAR_LOWER_INFER);
  g_autoptr (TelarStates) states = telar_states_new ();
  g_assert_false (telar_export_onnx (program, states, NULL, fixture->path, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (telar_error_get_node (error), ==, "it");
  g_clear_error (&error);
  g_assert_false (telar_export_safetensors (program, states, NULL, fixture->path, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = lower ("relu", "f32[2,3]", TELAR_LOWER_INFER);
  g_autoptr (TelarStates) states = draw_states (program);
  g_autofree char *path = g_build_filename (fixture->folder, "none", "model.onnx", NULL);
  g_assert_false (telar_export_onnx (program, states, NULL, path, &error));
  g_assert_nonnull (error);
}

/* The same model gives the same bytes. */
static void
test_same_bytes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = lower ("conv2d", "f32[2,3,6,6]", TELAR_LOWER_INFER);
  g_autoptr (TelarStates) states = draw_states (program);
  g_autofree char *first = NULL, *second = NULL;
  gsize n_first, n_second;
  g_assert_true (telar_export_onnx (program, states, NULL, fixture->path, &error));
  g_assert_true (g_file_get_contents (fixture->path, &first, &n_first, NULL));
  g_assert_true (telar_export_onnx (program, states, NULL, fixture->path, &error));
  g_assert_true (g_file_get_contents (fixture->path, &second, &n_second, NULL));
  g_assert_cmpuint (n_first, ==, n_second);
  g_assert_true (memcmp (first, second, n_first) == 0);
}

/* Weights go into a file of their own exactly where one file would be too large for them. */
static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = lower ("dense", "f32[2,40] units=30", TELAR_LOWER_INFER);
  g_autoptr (TelarStates) states = draw_states (program);
  g_autofree char *beside = g_strconcat (fixture->path, ".data", NULL);
  TelarExportOptions options = { 0 };
  GStatBuf whole, message, weights;

  g_assert_cmpuint (TELAR_ONNX_LARGEST, ==, (G_GUINT64_CONSTANT (1) << 31) - 1);
  g_assert_true (telar_export_onnx (program, states, &options, fixture->path, &error));
  g_assert_cmpint (g_stat (fixture->path, &whole), ==, 0);
  options.largest = (gsize)whole.st_size;
  g_assert_true (telar_export_onnx (program, states, &options, fixture->path, &error));
  g_assert_false (g_file_test (beside, G_FILE_TEST_EXISTS));
  options.largest--;
  g_assert_true (telar_export_onnx (program, states, &options, fixture->path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (fixture->path, &message), ==, 0);
  g_assert_cmpint (g_stat (beside, &weights), ==, 0);
  g_assert_cmpint (weights.st_size, ==, 40 * 30 * 4); /* the bias is too small to be moved */
  g_assert_cmpint (message.st_size, <, whole.st_size - weights.st_size + 200);
  g_remove (beside);
}

/* States by their names, and nothing that only training needs. */
static void
test_safetensors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = lower ("dense", "f32[2,3] units=4", TELAR_LOWER_INFER);
  g_autoptr (TelarStates) states = draw_states (program);
  g_autoptr (GHashTable) tensors = NULL, metadata = NULL;
  TelarExportOptions options = { .project = "digits", .data_hash = "sha256:00" };
  g_autoptr (TelarTensor) slot = telar_tensor_scalar (TELAR_F32, 1);
  g_assert_true (telar_states_put (states, "it.kernel/m", slot, &error));
  g_assert_true (telar_export_safetensors (program, states, &options, fixture->path, &error));
  g_assert_no_error (error);
  g_assert_true (telar_safetensors_read (fixture->path, &tensors, &metadata, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (tensors), ==, 2);
  g_assert_true (telar_tensor_equal (g_hash_table_lookup (tensors, "it.kernel"),
                                     telar_states_get (states, "it.kernel")));
  g_assert_true (telar_tensor_equal (g_hash_table_lookup (tensors, "it.bias"),
                                     telar_states_get (states, "it.bias")));
  g_assert_cmpstr (g_hash_table_lookup (metadata, "telar.project"), ==, "digits");
  g_assert_cmpstr (g_hash_table_lookup (metadata, "telar.data"), ==, "sha256:00");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  example_init ();
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/export/onnx/training-program", test_training_program);
  ADD ("/export/onnx/missing-state", test_missing_state);
  ADD ("/export/onnx/no-folder", test_no_folder);
  ADD ("/export/onnx/same-bytes", test_same_bytes);
  ADD ("/export/onnx/too-large", test_too_large);
  ADD ("/export/safetensors", test_safetensors);
#undef ADD
  return g_test_run ();
}
