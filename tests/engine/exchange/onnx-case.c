/* Running one of ONNX's test cases and comparing its results. */
#include "tests/engine/exchange/onnx-case.h"

#include "engine/exchange/onnx.h"

#include <math.h>
#include <string.h>

#define RELATIVE 1e-3
#define ABSOLUTE 1e-7

/* --- files --------------------------------------------------------------------------------------
 */

static TelarOnnxValue *
read_value (const char *path, TelarOnnxKind kind, GError **error)
{
  g_autofree char *data = NULL;
  gsize length;
  if (!g_file_get_contents (path, &data, &length, error))
    return NULL;
  const guint8 *bytes = (const guint8 *)data;
  if (kind == TELAR_ONNX_SEQUENCE)
    return telar_onnx_sequence_from_bytes (bytes, length, path, error);
  if (kind == TELAR_ONNX_OPTIONAL)
    return telar_onnx_optional_from_bytes (bytes, length, path, error);
  return telar_onnx_tensor_from_bytes (bytes, length, path, error);
}

typedef struct {
  const char *stem; /* of the files' names */
  TelarOnnxKind (*kind) (const TelarOnnx *, guint);
  gboolean (*type) (const TelarOnnx *, guint, TelarType *);
} Ports;

static const Ports input_ports = { "input", telar_onnx_input_kind, telar_onnx_input_type };
static const Ports output_ports = { "output", telar_onnx_output_kind, telar_onnx_output_type };

/* NumPy has no bfloat16: the files of ONNX's cases call its bits uint16. */
static TelarOnnxValue *
as_declared (TelarOnnxValue *value, const Ports *ports, const TelarOnnx *model, guint index)
{
  TelarType type;
  if (value->kind != TELAR_ONNX_TENSOR || value->type.dtype != TELAR_U16 ||
      !ports->type (model, index, &type) || type.dtype != TELAR_BF16)
    return value;
  g_autoptr (TelarTensor) tensor = telar_tensor_new (TELAR_BF16, &value->type.shape);
  memcpy (tensor->data, value->tensor->data, tensor->bytes);
  telar_onnx_value_unref (value);
  return telar_onnx_value_tensor (tensor, FALSE);
}

static GPtrArray *
read_values (const char *folder, const Ports *ports, guint n, const TelarOnnx *model,
             GError **error)
{
  g_autoptr (GPtrArray) values =
      g_ptr_array_new_with_free_func ((GDestroyNotify)telar_onnx_value_unref);
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("%s_%u.pb", ports->stem, i);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    TelarOnnxValue *value = read_value (path, ports->kind (model, i), error);
    if (!value)
      return NULL;
    g_ptr_array_add (values, as_declared (value, ports, model, i));
  }
  return g_steal_pointer (&values);
}

/* --- comparing ----------------------------------------------------------------------------------
 */

static gboolean
complain (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s", message);
  return FALSE;
}

/* The cases cut numbers off to bfloat16 where Telar rounds them: a unit in the last place. */
static double
tolerance_of (TelarDType dtype)
{
  return dtype == TELAR_BF16 ? 0x1p-7 : RELATIVE;
}

static gboolean
is_near (double got, double want, double relative)
{
  return got == want || (isnan (got) && isnan (want)) ||
         fabs (got - want) <= ABSOLUTE + relative * fabs (want);
}

static gboolean
compare_tensors (const TelarTensor *got, const TelarTensor *want, GError **error)
{
  if (!telar_type_equal (&got->type, &want->type)) {
    g_autofree char *has = telar_type_to_string (&got->type);
    g_autofree char *wants = telar_type_to_string (&want->type);
    return complain (error, "the result is %s where %s is expected", has, wants);
  }
  for (gsize i = 0; i < telar_tensor_elements (want); i++)
    if (!is_near (telar_tensor_get (got, i), telar_tensor_get (want, i),
                  tolerance_of (want->type.dtype)))
      return complain (error, "number %zu is %g where %g is expected", i, telar_tensor_get (got, i),
                       telar_tensor_get (want, i));
  return TRUE;
}

static gboolean
compare_strings (const TelarOnnxValue *got, const TelarOnnxValue *want, GError **error)
{
  if (!telar_shape_equal (&got->type.shape, &want->type.shape))
    return complain (error, "the strings have another shape than expected");
  for (gsize i = 0; i < telar_shape_elements (&want->type.shape); i++)
    if (strcmp (got->strings[i], want->strings[i]) != 0)
      return complain (error, "string %zu is \"%s\" where \"%s\" is expected", i, got->strings[i],
                       want->strings[i]);
  return TRUE;
}

static gboolean
compare (const TelarOnnxValue *got, const TelarOnnxValue *want, GError **error)
{
  if (want->kind != got->kind)
    return complain (error, "the result is a %s where a %s is expected",
                     telar_onnx_kind_name (got->kind), telar_onnx_kind_name (want->kind));
  switch (want->kind) {
  case TELAR_ONNX_TENSOR:
    return compare_tensors (got->tensor, want->tensor, error);
  case TELAR_ONNX_STRINGS:
    return compare_strings (got, want, error);
  case TELAR_ONNX_SEQUENCE:
    if (got->items->len != want->items->len)
      return complain (error, "the sequence has %u members where %u are expected", got->items->len,
                       want->items->len);
    for (guint i = 0; i < want->items->len; i++)
      if (!compare (got->items->pdata[i], want->items->pdata[i], error))
        return FALSE;
    return TRUE;
  case TELAR_ONNX_OPTIONAL:
    if (!got->inner != !want->inner)
      return complain (error, "the optional is %s", got->inner ? "full" : "empty");
    return !want->inner || compare (got->inner, want->inner, error);
  }
  return FALSE;
}

/* --- cases --------------------------------------------------------------------------------------
 */

static gboolean
run_set (TelarOnnx *model, TelarDevice *device, const char *folder, GError **error)
{
  guint n = telar_onnx_n_outputs (model);
  g_autoptr (GPtrArray) inputs =
      read_values (folder, &input_ports, telar_onnx_n_inputs (model), model, error);
  if (!inputs)
    return FALSE;
  g_autoptr (GPtrArray) expected = read_values (folder, &output_ports, n, model, error);
  if (!expected)
    return FALSE;
  g_autofree TelarOnnxValue **outputs = g_new0 (TelarOnnxValue *, n + 1);
  gboolean good =
      telar_onnx_run (model, device, (TelarOnnxValue *const *)inputs->pdata, outputs, error);
  for (guint i = 0; i < n; i++) {
    good = good && compare (outputs[i], expected->pdata[i], error);
    telar_onnx_value_unref (outputs[i]);
  }
  return good;
}

gboolean
onnx_case_run (const char *folder, TelarDevice *device, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL);
  g_autoptr (TelarOnnx) model = telar_onnx_load (path, error);
  if (!model)
    return FALSE;
  for (guint i = 0;; i++) {
    g_autofree char *name = g_strdup_printf ("test_data_set_%u", i);
    g_autofree char *set = g_build_filename (folder, name, NULL);
    if (!g_file_test (set, G_FILE_TEST_IS_DIR))
      return i > 0 || complain (error, "the case has no data");
    if (!run_set (model, device, set, error))
      return FALSE;
  }
}
