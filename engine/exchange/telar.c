/* The library's face (telar.h): plain C around the ONNX models of the engine. */
#include "engine/exchange/telar.h"

#include "engine/exchange/onnx.h"

#include <string.h>

struct telar_model {
  TelarOnnx *onnx;
  TelarDevice *device;
};

/* telar.h numbers the types by itself, so that the engine's own may change. */
static const TelarDType dtypes[] = {
  [TELAR_FLOAT32] = TELAR_F32,   [TELAR_FLOAT64] = TELAR_F64, [TELAR_FLOAT16] = TELAR_F16,
  [TELAR_BFLOAT16] = TELAR_BF16, [TELAR_INT8] = TELAR_I8,     [TELAR_UINT8] = TELAR_U8,
  [TELAR_INT16] = TELAR_I16,     [TELAR_UINT16] = TELAR_U16,  [TELAR_INT32] = TELAR_I32,
  [TELAR_UINT32] = TELAR_U32,    [TELAR_INT64] = TELAR_I64,   [TELAR_UINT64] = TELAR_U64,
  [TELAR_TRUTH] = TELAR_BOOL,
};

/* Hands @why to a caller who does not know GLib. */
static void
tell (char **error, GError *why)
{
  if (error)
    *error = g_strdup (why ? why->message : "unknown failure");
  g_clear_error (&why);
}

telar_model *
telar_model_load (const char *path, int threads, char **error)
{
  GError *why = NULL;
  TelarDevice *device = telar_device_open ("cpu", threads > 0 ? (guint)threads : 0, &why);
  TelarOnnx *onnx = device ? telar_onnx_load (path, &why) : NULL;
  if (!onnx) {
    telar_device_free (device);
    tell (error, why);
    return NULL;
  }
  telar_model *model = g_new (telar_model, 1);
  *model = (telar_model){ onnx, device };
  return model;
}

void
telar_model_free (telar_model *model)
{
  if (!model)
    return;
  telar_onnx_free (model->onnx);
  telar_device_free (model->device);
  g_free (model);
}

int
telar_model_inputs (const telar_model *model)
{
  return (int)telar_onnx_n_inputs (model->onnx);
}

int
telar_model_outputs (const telar_model *model)
{
  return (int)telar_onnx_n_outputs (model->onnx);
}

const char *
telar_model_input_name (const telar_model *model, int index)
{
  return index >= 0 && index < telar_model_inputs (model)
             ? telar_onnx_input_name (model->onnx, (guint)index)
             : NULL;
}

const char *
telar_model_output_name (const telar_model *model, int index)
{
  return index >= 0 && index < telar_model_outputs (model)
             ? telar_onnx_output_name (model->onnx, (guint)index)
             : NULL;
}

/* --- arrays ------------------------------------------------------------------------------------
 */

static gboolean
check_array (const telar_array *array, const char *name, GError **error)
{
  gboolean good = array->type >= TELAR_FLOAT32 && array->type <= TELAR_TRUTH && array->rank >= 0 &&
                  array->rank <= TELAR_MOST_AXES;
  gint64 count;
  if (good) {
    TelarShape shape = telar_shape_new (array->shape, (gsize)array->rank);
    good = telar_shape_is_concrete (&shape) && telar_shape_count (&shape, &count) &&
           (array->data || count == 0);
  }
  if (!good)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the array for %s is impossible", name);
  return good;
}

/* Borrows the array's data, which need not be aligned as the engine wants it: then it is copied. */
static TelarOnnxValue *
wrap (const telar_array *array)
{
  TelarShape shape = telar_shape_new (array->shape, (gsize)array->rank);
  TelarDType dtype = dtypes[array->type];
  g_autoptr (TelarTensor) borrowed = telar_tensor_wrap (dtype, &shape, array->data, NULL, NULL);
  if (((guintptr)array->data & (TELAR_ALIGNMENT - 1)) == 0)
    return telar_onnx_value_tensor (borrowed, FALSE);
  g_autoptr (TelarTensor) copy = telar_tensor_copy (borrowed);
  return telar_onnx_value_tensor (copy, FALSE);
}

static gboolean
give (const TelarOnnxValue *value, const char *name, telar_array *array, GError **error)
{
  if (value->kind != TELAR_ONNX_TENSOR) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the output %s is a %s", name,
                     telar_onnx_kind_name (value->kind));
    return FALSE;
  }
  const TelarTensor *tensor = value->tensor;
  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++)
    if (dtypes[i] == tensor->type.dtype)
      array->type = (telar_type)i;
  array->rank = (int)tensor->type.shape.rank;
  for (guint i = 0; i < tensor->type.shape.rank; i++)
    array->shape[i] = tensor->type.shape.dims[i];
  array->data = g_memdup2 (tensor->data, tensor->bytes);
  return TRUE;
}

size_t
telar_array_bytes (const telar_array *array)
{
  size_t bytes = telar_dtype_size (dtypes[array->type]);
  for (int i = 0; i < array->rank; i++)
    bytes *= (size_t)array->shape[i];
  return bytes;
}

void
telar_array_clear (telar_array *array)
{
  g_clear_pointer (&array->data, g_free);
}

void
telar_error_free (char *error)
{
  g_free (error);
}

/* --- running -----------------------------------------------------------------------------------
 */

static gboolean
run (telar_model *model, const telar_array *inputs, telar_array *outputs, GError **error)
{
  guint n = telar_onnx_n_inputs (model->onnx), n_outputs = telar_onnx_n_outputs (model->onnx);
  g_autofree TelarOnnxValue **results = g_new0 (TelarOnnxValue *, n_outputs + 1);
  g_autoptr (GPtrArray) values =
      g_ptr_array_new_with_free_func ((GDestroyNotify)telar_onnx_value_unref);
  for (guint i = 0; i < n; i++) {
    if (!check_array (&inputs[i], telar_onnx_input_name (model->onnx, i), error))
      return FALSE;
    g_ptr_array_add (values, wrap (&inputs[i]));
  }
  gboolean good = telar_onnx_run (model->onnx, model->device,
                                  (TelarOnnxValue *const *)values->pdata, results, error);
  for (guint i = 0; i < n_outputs; i++) {
    good = good && give (results[i], telar_onnx_output_name (model->onnx, i), &outputs[i], error);
    telar_onnx_value_unref (results[i]);
  }
  return good;
}

int
telar_model_run (telar_model *model, const telar_array *inputs, int n_inputs, telar_array *outputs,
                 int n_outputs, char **error)
{
  GError *why = NULL;
  for (int i = 0; i < n_outputs; i++)
    outputs[i] = (telar_array){ TELAR_FLOAT32, 0, { 0 }, NULL };
  if (n_inputs != telar_model_inputs (model) || n_outputs != telar_model_outputs (model))
    telar_set_error (&why, TELAR_ERROR_USAGE, NULL,
                     "the model has %d inputs and %d outputs, not %d and %d",
                     telar_model_inputs (model), telar_model_outputs (model), n_inputs, n_outputs);
  else if (run (model, inputs, outputs, &why))
    return 1;
  for (int i = 0; i < n_outputs; i++)
    telar_array_clear (&outputs[i]);
  tell (error, why);
  return 0;
}
