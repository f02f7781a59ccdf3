/* Whole models that others made: the outputs they are known for, and digits that are recognised. */
#include "data/idx.h"
#include "engine/exchange/onnx.h"

#include <math.h>
#include <string.h>

static TelarDevice *device;
static const char *models;

static TelarOnnx *
load (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (models, name, NULL);
  TelarOnnx *model = telar_onnx_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (telar_onnx_n_inputs (model), ==, 1);
  return model;
}

static TelarOnnxValue *
run (TelarOnnx *model, TelarTensor *tensor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarOnnxValue) input = telar_onnx_value_tensor (tensor, FALSE);
  TelarOnnxValue *inputs[] = { input }, *outputs[1] = { NULL };
  g_assert_cmpuint (telar_onnx_n_outputs (model), ==, 1);
  telar_onnx_run (model, device, inputs, outputs, &error);
  g_assert_no_error (error);
  return outputs[0];
}

static TelarTensor *
ramp (const TelarOnnx *model)
{
  TelarType type;
  g_assert_true (telar_onnx_input_type (model, 0, &type));
  TelarTensor *tensor = telar_tensor_new (type.dtype, &type.shape);
  gsize n = telar_tensor_elements (tensor);
  for (gsize i = 0; i < n; i++)
    telar_tensor_set (tensor, i, (double)i / (double)n);
  return tensor;
}

static TelarOnnxValue *
expected (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strdup_printf ("light/light_%s_output_0.pb", name);
  g_autofree char *path = g_build_filename (models, file, NULL), *data = NULL;
  gsize length;
  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  TelarOnnxValue *value = telar_onnx_tensor_from_bytes ((const guint8 *)data, length, path, &error);
  g_assert_no_error (error);
  return value;
}

static void
test_light (gconstpointer data)
{
  const char *name = data;
  g_autofree char *file = g_strdup_printf ("light/light_%s.onnx", name);
  g_autoptr (TelarOnnx) model = load (file);
  g_autoptr (TelarTensor) input = ramp (model);
  g_autoptr (TelarOnnxValue) got = run (model, input), want = expected (name);
  g_assert_true (telar_type_equal (&got->type, &want->type));
  for (gsize i = 0; i < telar_tensor_elements (want->tensor); i++) {
    double x = telar_tensor_get (got->tensor, i), y = telar_tensor_get (want->tensor, i);
    g_assert_cmpfloat (fabs (x - y), <=, 1e-7 + 1e-4 * fabs (y));
  }
}

/* The first 300 digits one by one: the file's batch is 1. */
static void
test_mnist (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarOnnx) model = load ("mnist.onnx");
  const char *samples = g_getenv ("TELAR_SAMPLES");
  g_autofree char *images_path =
      g_build_filename (samples, "digits", "t10k-images-idx3-ubyte.gz", NULL);
  g_autofree char *labels_path =
      g_build_filename (samples, "digits", "t10k-labels-idx1-ubyte.gz", NULL);
  g_autoptr (TelarTensor) images = telar_idx_read (images_path, &error);
  g_assert_no_error (error);
  g_autoptr (TelarTensor) labels = telar_idx_read (labels_path, &error);
  g_assert_no_error (error);
  TelarShape shape = telar_shape (1, 1, 28, 28);
  guint right = 0;
  for (gsize i = 0; i < 300; i++) {
    g_autoptr (TelarTensor) image = telar_tensor_new (TELAR_F32, &shape);
    for (gsize k = 0; k < 784; k++)
      telar_tensor_set (image, k, telar_tensor_get (images, i * 784 + k));
    g_autoptr (TelarOnnxValue) scores = run (model, image);
    gsize best = 0;
    for (gsize k = 1; k < 10; k++)
      if (telar_tensor_get (scores->tensor, k) > telar_tensor_get (scores->tensor, best))
        best = k;
    right += best == (gsize)telar_tensor_get (labels, i);
  }
  g_assert_cmpuint (right, >=, 294);
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { "bvlc_alexnet", "densenet121", "inception_v1",
                                       "inception_v2", "resnet50",    "shufflenet",
                                       "squeezenet",   "vgg19",       "zfnet512" };
  g_autoptr (GError) error = NULL;
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  models = argv[1];
  device = telar_device_open ("cpu", 0, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_strconcat ("/models/light/", names[i], NULL);
    g_test_add_data_func (path, names[i], test_light);
  }
  g_test_add_func ("/models/mnist", test_mnist);
  int status = g_test_run ();
  telar_device_free (device);
  return status;
}
