/* telar predict with an ONNX file: its inputs from files, its outputs into files. */
#include "app/cli/predict-onnx.h"

#include "app/cli/tensors.h"
#include "engine/exchange/onnx.h"

#include <string.h>

typedef struct {
  TelarOnnx *model;
  GPtrArray *inputs; /* TelarOnnxValue *, in the model's order */
  GArray *results;   /* TelarResult */
} OnnxPredict;

static void
clear_result (gpointer data)
{
  TelarResult *result = data;
  g_free (result->name);
  g_clear_pointer (&result->tensor, telar_tensor_unref);
  g_clear_pointer (&result->words, g_strfreev);
}

static void
unref_value (gpointer value)
{
  telar_onnx_value_unref (value);
}

static void
onnx_predict_clear (OnnxPredict *p)
{
  g_clear_pointer (&p->model, telar_onnx_free);
  g_clear_pointer (&p->inputs, g_ptr_array_unref);
  g_clear_pointer (&p->results, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OnnxPredict, onnx_predict_clear)

/* --- inputs ------------------------------------------------------------------------------------
 */

static char *
list_names (const TelarOnnx *model, guint n, const char *(*name) (const TelarOnnx *, guint))
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", name (model, i));
  return g_string_free (text, FALSE);
}

/* Splits "NAME=FILE" at one of the model's @n names; without one, the only name goes with all. */
static const char *
split (const TelarOnnx *model, const char *text, guint n,
       const char *(*name) (const TelarOnnx *, guint), guint *index, GError **error)
{
  for (guint i = 0; i < n; i++) {
    gsize length = strlen (name (model, i));
    if (strncmp (text, name (model, i), length) == 0 && text[length] == '=') {
      *index = i;
      return text + length + 1;
    }
  }
  *index = 0;
  if (n == 1)
    return text;
  g_autofree char *known = list_names (model, n, name);
  telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                   "\"%s\": NAME=FILE is needed, with NAME one of %s", text, known);
  return NULL;
}

static TelarOnnxValue *
read_pb (const TelarOnnx *model, guint index, const char *path, GError **error)
{
  g_autofree char *data = NULL;
  gsize length;
  g_autoptr (GError) why = NULL;
  if (!g_file_get_contents (path, &data, &length, &why)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s", why->message);
    return NULL;
  }
  const guint8 *bytes = (const guint8 *)data;
  switch (telar_onnx_input_kind (model, index)) {
  case TELAR_ONNX_SEQUENCE:
    return telar_onnx_sequence_from_bytes (bytes, length, path, error);
  case TELAR_ONNX_OPTIONAL:
    return telar_onnx_optional_from_bytes (bytes, length, path, error);
  default:
    return telar_onnx_tensor_from_bytes (bytes, length, path, error);
  }
}

static TelarOnnxValue *
read_value (const TelarOnnx *model, guint index, const char *path, GError **error)
{
  TelarType type;
  gboolean declared = telar_onnx_input_type (model, index, &type);
  if (g_str_has_suffix (path, ".pb"))
    return read_pb (model, index, path, error);
  g_autoptr (TelarTensor) tensor = telar_input_read_shaped (
      telar_onnx_input_name (model, index), declared ? &type.shape : NULL, path, error);
  if (tensor == NULL)
    return NULL;
  g_autoptr (TelarTensor) cast =
      declared ? telar_tensor_cast (tensor, type.dtype) : telar_tensor_ref (tensor);
  return telar_onnx_value_tensor (cast, FALSE);
}

static gboolean
read_inputs (const TelarCommand *command, OnnxPredict *p, GError **error)
{
  const GPtrArray *files = telar_command_list (command, "input");
  guint n = telar_onnx_n_inputs (p->model);
  p->inputs = g_ptr_array_new_with_free_func (unref_value);
  g_ptr_array_set_size (p->inputs, (int)n);
  for (guint i = 0; files != NULL && i < files->len; i++) {
    guint index;
    const char *path = split (p->model, files->pdata[i], n, telar_onnx_input_name, &index, error);
    if (path == NULL)
      return FALSE;
    if (index >= n) {
      telar_set_error (error, TELAR_ERROR_USAGE, NULL, "the model takes no input");
      return FALSE;
    }
    unref_value (p->inputs->pdata[index]);
    p->inputs->pdata[index] = read_value (p->model, index, path, error);
    if (p->inputs->pdata[index] == NULL)
      return FALSE;
  }
  for (guint i = 0; i < n; i++)
    if (p->inputs->pdata[i] == NULL && telar_onnx_input_kind (p->model, i) != TELAR_ONNX_OPTIONAL) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "no input is given for %s",
                       telar_onnx_input_name (p->model, i));
      return FALSE;
    }
  return TRUE;
}

/* --- running -----------------------------------------------------------------------------------
 */

/* How many rows a run takes: a model whose first axis is fixed gets the file piece by piece. */
static gint64
rows_of_a_run (const OnnxPredict *p, gint64 *all)
{
  const TelarOnnxValue *first = p->inputs->len > 0 ? p->inputs->pdata[0] : NULL;
  TelarType type;
  *all = 1;
  if (p->inputs->len != 1 || first->kind != TELAR_ONNX_TENSOR || first->type.shape.rank == 0)
    return 1;
  *all = first->type.shape.dims[0];
  if (!telar_onnx_input_type (p->model, 0, &type) || type.shape.rank == 0 ||
      type.shape.dims[0] < 1 || *all % type.shape.dims[0] != 0)
    return *all;
  return type.shape.dims[0];
}

static TelarOnnxValue *
take_rows (const TelarOnnxValue *whole, gint64 first, gint64 n)
{
  TelarShape shape = whole->type.shape;
  gsize each = whole->tensor->bytes / (gsize)MAX (shape.dims[0], 1);
  shape.dims[0] = n;
  g_autoptr (TelarTensor) part = telar_tensor_wrap (
      whole->type.dtype, &shape, (char *)whole->tensor->data + (gsize)first * each, NULL, NULL);
  return telar_onnx_value_tensor (part, FALSE);
}

/* Adds the strings of a run to those that are there. */
static void
collect_words (GArray *results, guint index, const char *name, const TelarOnnxValue *output)
{
  if (index == results->len) {
    TelarResult fresh = { .name = g_strdup (name), .shape = output->type.shape };
    fresh.words = g_strdupv (output->strings);
    g_array_append_val (results, fresh);
    return;
  }
  TelarResult *result = &g_array_index (results, TelarResult, index);
  guint has = g_strv_length (result->words), more = g_strv_length (output->strings);
  result->words = g_renew (char *, result->words, has + more + 1);
  for (guint i = 0; i <= more; i++)
    result->words[has + i] = g_strdup (output->strings[i]);
  if (result->shape.rank > 0)
    result->shape.dims[0] += output->type.shape.dims[0];
}

/* Adds the outputs of rows @first … to the results, whose first axis grows with the runs. */
static gboolean
collect (OnnxPredict *p, TelarOnnxValue *const *outputs, gint64 first, gint64 n, gint64 all,
         GError **error)
{
  for (guint i = 0; i < telar_onnx_n_outputs (p->model); i++) {
    const TelarOnnxValue *output = outputs[i];
    const char *name = telar_onnx_output_name (p->model, i);
    if (output->kind == TELAR_ONNX_STRINGS) {
      collect_words (p->results, i, name, output);
      continue;
    }
    if (output->kind != TELAR_ONNX_TENSOR) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                       "the output %s is a %s, which no file holds yet", name,
                       telar_onnx_kind_name (output->kind));
      return FALSE;
    }
    if (first == 0) {
      TelarResult result = { .name = g_strdup (name) };
      TelarShape shape = output->type.shape;
      if (n != all && shape.rank > 0)
        shape.dims[0] *= all / n;
      result.tensor = telar_tensor_try_new (output->type.dtype, &shape, error);
      g_array_append_val (p->results, result);
      if (result.tensor == NULL)
        return FALSE;
    }
    TelarTensor *whole = g_array_index (p->results, TelarResult, i).tensor;
    gsize at = n > 0 ? (gsize)(first / n) * output->tensor->bytes : 0;
    if (at + output->tensor->bytes > whole->bytes) {
      telar_set_error (error, TELAR_ERROR_FAILED, NULL,
                       "the output %s changes its size from run to run", name);
      return FALSE;
    }
    if (output->tensor->bytes > 0)
      memcpy ((char *)whole->data + at, output->tensor->data, output->tensor->bytes);
  }
  return TRUE;
}

static gboolean
run_all (OnnxPredict *p, TelarDevice *device, GError **error)
{
  guint n_outputs = telar_onnx_n_outputs (p->model);
  g_autofree TelarOnnxValue **outputs = g_new0 (TelarOnnxValue *, n_outputs + 1);
  gint64 all, rows = rows_of_a_run (p, &all);
  gboolean good = TRUE;
  p->results = g_array_new (FALSE, FALSE, sizeof (TelarResult));
  g_array_set_clear_func (p->results, clear_result);
  for (gint64 first = 0; good && (first < all || first == 0); first += MAX (rows, 1)) {
    g_autoptr (TelarOnnxValue) part =
        rows != all ? take_rows (p->inputs->pdata[0], first, rows) : NULL;
    TelarOnnxValue *single[] = { part };
    good =
        telar_onnx_run (p->model, device, part ? single : (TelarOnnxValue *const *)p->inputs->pdata,
                        outputs, error) &&
        collect (p, outputs, first, rows, all, error);
    for (guint i = 0; i < n_outputs; i++)
      g_clear_pointer (&outputs[i], telar_onnx_value_unref);
  }
  return good;
}

/* --- results -----------------------------------------------------------------------------------
 */

static gboolean
write_outputs (const TelarCommand *command, const OnnxPredict *p, GError **error)
{
  const GPtrArray *files = telar_command_list (command, "output");
  for (guint i = 0; files != NULL && i < files->len; i++) {
    const char *text = files->pdata[i];
    guint index = 0;
    gboolean all = g_str_has_suffix (text, ".npz") && strchr (text, '=') == NULL;
    const char *path = all ? text
                           : split (p->model, text, telar_onnx_n_outputs (p->model),
                                    telar_onnx_output_name, &index, error);
    if (path == NULL)
      return FALSE;
    g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (TelarResult));
    g_array_append_val (one, g_array_index (p->results, TelarResult, index));
    if (!telar_results_write (path, all ? p->results : one, error))
      return FALSE;
  }
  return TRUE;
}

int
telar_predict_onnx (const TelarCommand *command, TelarDevice *device, GError **error)
{
  g_auto (OnnxPredict)
      p = { .model = telar_onnx_load (telar_command_argument (command, 0), error) };
  if (p.model == NULL || !read_inputs (command, &p, error))
    return 3;
  if (!run_all (&p, device, error))
    return g_error_matches (*error, TELAR_ERROR, TELAR_ERROR_INVALID) ? 3 : 1;
  return write_outputs (command, &p, error) ? 0 : 1;
}
