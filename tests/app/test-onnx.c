/* ONNX files on the command line: predict and bench, and what they refuse. */
#include "data/npy.h"
#include "engine/exchange/onnx.h"
#include "tests/app/program.h"

#include <math.h>
#include <string.h>

static char *model;

/* A blank picture with one bright row, as a TensorProto or an array. */
static TelarTensor *
picture (gint64 rows, gint64 side)
{
  TelarShape shape = telar_shape (rows, 1, side, side);
  TelarTensor *tensor = telar_tensor_new (TELAR_F32, &shape);
  for (gint64 i = 0; i < rows * side; i++)
    telar_tensor_set (tensor, (gsize)(i / side * side * side + i % side + 5 * side), 255);
  return tensor;
}

static const char *
write_pb (const char *name, const TelarTensor *tensor)
{
  gsize length;
  g_autofree guint8 *bytes = telar_onnx_tensor_to_bytes (tensor, "x", &length);
  return test_program_file (name, bytes, (gssize)length);
}

static TelarTensor *
predict (const char *input, const char *output)
{
  g_autoptr (GError) error = NULL;
  g_auto (TestRun) run =
      test_run ("predict", model, "--input", input, "--output", test_program_path (output), NULL);
  test_assert_done (run);
  if (g_str_has_suffix (output, ".npy")) {
    TelarTensor *tensor = telar_npy_read (test_program_path (output), &error);
    g_assert_no_error (error);
    return tensor;
  }
  g_autofree char *data = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (test_program_path (output), &data, &length, NULL));
  g_autoptr (TelarOnnxValue) value =
      telar_onnx_tensor_from_bytes ((const guint8 *)data, length, output, &error);
  g_assert_no_error (error);
  return telar_tensor_ref (value->tensor);
}

/* The same numbers whatever the files, and a file of several rows for a model that takes one. */
static void
test_predict (void)
{
  g_autoptr (TelarTensor) one = picture (1, 28), three = picture (3, 28);
  g_autoptr (GError) error = NULL;
  telar_npy_write (test_program_path ("three.npy"), three, &error);
  g_assert_no_error (error);
  g_autoptr (TelarTensor) a = predict (write_pb ("one.pb", one), "a.npy");
  g_autoptr (TelarTensor) b = predict (test_program_path ("one.pb"), "b.pb");
  g_autoptr (TelarTensor) c = predict (test_program_path ("three.npy"), "c.npy");
  g_assert_cmpint (a->type.shape.dims[1], ==, 10);
  g_assert_true (telar_tensor_equal (a, b));
  g_assert_cmpint (c->type.shape.dims[0], ==, 3);
  for (gsize i = 0; i < 30; i++)
    g_assert_cmpfloat (telar_tensor_get (c, i), ==, telar_tensor_get (a, i % 10));
  double sum = 0;
  for (gsize i = 0; i < 10; i++)
    sum += fabs (telar_tensor_get (a, i));
  g_assert_cmpfloat (sum, >, 1);
}

/* The project @name with @nodes and @edges before its own. */
static void
extend_project (const char *name, const char *nodes, const char *edges)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_file_get_contents (test_program_path (name), &text, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GString) project = g_string_new (text);
  g_string_replace (project, "\"nodes\": [", nodes, 1);
  g_string_replace (project, "\"edges\": [", edges, 1);
  test_program_file (name, project->str, (gssize)project->len);
}

/* An imported model gives what the file gives. */
static void
test_import (void)
{
  g_autoptr (TelarTensor) three = picture (3, 28);
  g_autoptr (GError) error = NULL;
  telar_npy_write (test_program_path ("pictures.npy"), three, &error);
  g_assert_no_error (error);
  g_auto (TestRun) import = test_run ("import", model, "-o", test_program_path ("m.telar"), NULL);
  test_assert_done (import);
  g_auto (TestRun) check = test_run ("check", test_program_path ("m.telar"), NULL);
  g_assert_null (strstr (check.errors, "no data to read"));
  g_assert_nonnull (strstr (check.errors, "Input3: it is given nothing to learn from"));
  g_auto (TestRun) run = test_run ("predict", test_program_path ("m.telar"), "--input",
                                   test_program_path ("pictures.npy"), "--output",
                                   test_program_path ("imported.npy"), NULL);
  test_assert_done (run);
  g_autoptr (TelarTensor) wanted = predict (test_program_path ("pictures.npy"), "wanted.npy");
  g_autoptr (TelarTensor) given = telar_npy_read (test_program_path ("imported.npy"), &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < telar_tensor_elements (wanted); i++)
    g_assert_cmpfloat_with_epsilon (telar_tensor_get (given, i), telar_tensor_get (wanted, i),
                                    1e-2);
}

/* Training goes on from the imported weights: where it changes nothing, what the model knew when it
 * was imported shows. */
static void
test_import_and_train (void)
{
  g_autofree char *samples = g_path_get_dirname (test_program_sample ("digits-cnn.telar"));
  g_autofree char *nodes = g_strdup_printf (
      "\"nodes\": [{\"id\":\"digits\",\"op\":\"idx_images\",\"params\":{"
      "\"images\":\"%s/digits/t10k-images-idx3-ubyte.gz\","
      "\"labels\":\"%s/digits/t10k-labels-idx1-ubyte.gz\"}},"
      "{\"id\":\"loss\",\"op\":\"cross_entropy\"},{\"id\":\"right\",\"op\":\"accuracy\"},",
      samples, samples);
  g_auto (TestRun) import = test_run ("import", model, "-o", test_program_path ("t.telar"), NULL);
  test_assert_done (import);
  extend_project ("t.telar", nodes,
                  "\"edges\": [{\"from\":\"digits:images\",\"to\":\"Input3:data\"},"
                  "{\"from\":\"Times212:out\",\"to\":\"loss:logits\"},"
                  "{\"from\":\"digits:labels\",\"to\":\"loss:labels\"},"
                  "{\"from\":\"Times212:out\",\"to\":\"right:logits\"},"
                  "{\"from\":\"digits:labels\",\"to\":\"right:labels\"},");
  g_auto (TestRun) run = test_run ("train", test_program_path ("t.telar"), "--epochs", "1", "--set",
                                   "training.learning_rate=0", "--json", NULL);
  test_assert_done (run);
  json_t *lines = test_run_json_lines (&run);
  json_t *last = json_array_get (lines, json_array_size (lines) - 1);
  double accuracy =
      json_number_value (json_object_get (json_object_get (last, "metrics"), "val_accuracy"));
  g_assert_cmpfloat (accuracy, >, 0.95);
  json_decref (lines);
  /* In use it begins at its input again, whatever fed it. */
  g_auto (TestRun) use = test_run ("predict", test_program_path ("t.telar"), "--input",
                                   test_program_path ("pictures.npy"), "--output",
                                   test_program_path ("trained.npy"), NULL);
  test_assert_done (use);
  g_auto (TestRun) again =
      test_run ("export", test_program_path ("t.telar"), "-o", test_program_path ("t.onnx"), NULL);
  test_assert_done (again);
}

static void
test_refused (void)
{
  g_autoptr (TelarTensor) wide = picture (1, 32);
  g_autofree char *data = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (model, &data, &length, NULL));
  const char *cut = test_program_file ("cut.onnx", data, (gssize)length / 2);
  const char *input = write_pb ("wide.pb", wide), *output = test_program_path ("never.npy");
  g_auto (TestRun) damaged = test_run ("predict", cut, "--input", input, "--output", output, NULL);
  test_assert_fails (damaged, 3, "cut.onnx");
  g_auto (TestRun) size = test_run ("predict", model, "--input", input, "--output", output, NULL);
  test_assert_fails (size, 3, "f32[1,1,32,32]");
  g_auto (TestRun) none =
      test_run ("predict", "nowhere.onnx", "--input", input, "--output", output, NULL);
  test_assert_fails (none, 3, "nowhere.onnx");
  g_auto (TestRun) text = test_run ("predict", model, "--input", cut, "--output", output, NULL);
  test_assert_fails (text, 3, "cut.onnx");
  g_assert_false (g_file_test (output, G_FILE_TEST_EXISTS));
}

static void
test_bench (void)
{
  g_auto (TestRun) run = test_run ("bench", model, "--threads", "1", "--json", NULL);
  test_assert_done (run);
  json_t *result = test_run_json (&run);
  g_assert_cmpstr (json_string_value (json_object_get (result, "model")), ==, "mnist.onnx");
  g_assert_cmpint (json_integer_value (json_object_get (result, "batch")), ==, 1);
  g_assert_cmpfloat (json_number_value (json_object_get (result, "median_ms")), >, 0);
  g_assert_cmpfloat (json_number_value (json_object_get (result, "gflops")), >, 0);
  json_decref (result);
  g_auto (TestRun) train = test_run ("bench", model, "--train", NULL);
  test_assert_fails (train, 2, "in use only");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_program_begin ();
  model = g_build_filename (g_getenv ("TELAR_MODELS"), "mnist.onnx", NULL);
  g_test_add_func ("/onnx/predict", test_predict);
  g_test_add_func ("/onnx/import", test_import);
  g_test_add_func ("/onnx/import-and-train", test_import_and_train);
  g_test_add_func ("/onnx/refused", test_refused);
  g_test_add_func ("/onnx/bench", test_bench);
  int status = g_test_run ();
  g_free (model);
  test_program_end ();
  return status;
}
