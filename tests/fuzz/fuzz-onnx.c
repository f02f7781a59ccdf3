/* Any bytes whatever, read as an ONNX model: they are refused, or the model loads; then it is run
 * on small inputs, where it fails with an error or gives its results. */
#include "tests/fuzz/fuzz.h"

#include "engine/exchange/onnx.h"

/* What a model of some bytes may need; a larger plan is refused. */
#define MEMORY  ((gsize)64 << 20)
#define LARGEST 4096 /* elements of an input */

static TelarOnnxValue *
make_input (const TelarOnnx *model, guint index)
{
  TelarType type;
  gint64 n;
  if (!telar_onnx_input_type (model, index, &type))
    return NULL;
  for (guint i = 0; i < type.shape.rank; i++)
    if (type.shape.dims[i] < 0)
      type.shape.dims[i] = 2;
  if (!telar_shape_count (&type.shape, &n) || n > LARGEST)
    return NULL;
  g_autoptr (TelarTensor) tensor = telar_tensor_new (type.dtype, &type.shape);
  for (gsize i = 0; i < (gsize)n; i++)
    telar_tensor_set (tensor, i, (double)(i % 3));
  return telar_onnx_value_tensor (tensor, FALSE);
}

static void
run (TelarOnnx *model)
{
  guint n = telar_onnx_n_inputs (model), n_outputs = telar_onnx_n_outputs (model);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autofree TelarOnnxValue **outputs = g_new0 (TelarOnnxValue *, n_outputs + 1);
  g_autoptr (GPtrArray) inputs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)telar_onnx_value_unref);
  for (guint i = 0; i < n; i++) {
    TelarOnnxValue *input = make_input (model, i);
    if (!input)
      return;
    g_ptr_array_add (inputs, input);
  }
  telar_onnx_set_memory_limit (model, MEMORY);
  if (!telar_onnx_run (model, device, (TelarOnnxValue *const *)inputs->pdata, outputs, &error))
    g_assert_nonnull (error);
  for (guint i = 0; i < n_outputs; i++)
    telar_onnx_value_unref (outputs[i]);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarOnnx) model = telar_onnx_from_bytes (data, size, NULL, "fuzzed", &error);
  if (model)
    run (model);
  else
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  return 0;
}
