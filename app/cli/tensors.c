/* Reads inputs and writes results of predict, by the ending of the file's name. */
#include "app/cli/tensors.h"

#include "data/csv.h"
#include "data/data.h"
#include "data/image.h"
#include "data/npy.h"
#include "engine/checkpoint.h"
#include "engine/exchange/onnx.h"
#include <math.h>
#include <string.h>

static gboolean
ends_in (const char *path, const char *const *endings)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);
  for (; *endings != NULL; endings++)
    if (g_str_has_suffix (lower, *endings))
      return TRUE;
  return FALSE;
}

#define ENDS_IN(path, ...) ends_in (path, (const char *const[]){ __VA_ARGS__, NULL })

/* --- inputs -------------------------------------------------------------------------------------
 */

static TelarTensor *
read_npz (const char *port, const char *path, GError **error)
{
  g_autoptr (GHashTable) arrays = telar_npz_read (path, error);
  if (arrays == NULL)
    return NULL;
  TelarTensor *tensor = g_hash_table_lookup (arrays, port);
  if (tensor == NULL && g_hash_table_size (arrays) == 1) {
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init (&iter, arrays);
    g_hash_table_iter_next (&iter, NULL, &value);
    tensor = value;
  }
  if (tensor == NULL)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: none of its %u arrays is called %s",
                     path, g_hash_table_size (arrays), port);
  return tensor != NULL ? telar_tensor_ref (tensor) : NULL;
}

/* The shape of a row of pictures, which only the project's data knows. */
static gboolean
find_picture_shape (TelarGraph *graph, const char *port, const char *path, TelarShape *shape,
                    GError **error)
{
  g_autoptr (TelarFeed) feed = telar_data_open (graph, error);
  if (feed == NULL)
    return FALSE;
  const TelarFeedPort *found = telar_feed_find_port (feed, port);
  if (found == NULL || found->type.shape.rank != 4) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s does not take pictures", path, port);
    return FALSE;
  }
  *shape = found->type.shape;
  return TRUE;
}

/* @shape: what the model takes, [N, C, H, W]; a negative size is any. */
static TelarTensor *
read_image (const TelarShape *shape, const char *path, GError **error)
{
  g_autoptr (TelarTensor) image = telar_image_read (path, error);
  if (image == NULL)
    return NULL;
  const gint64 *dims = image->type.shape.dims;
  if ((shape->dims[2] < 0 || dims[0] == shape->dims[2]) &&
      (shape->dims[3] < 0 || dims[1] == shape->dims[3]))
    return telar_image_to_planes (image, shape->dims[1] < 0 ? 3 : (guint)shape->dims[1], error);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                   " pixels where the model takes %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT,
                   path, dims[1], dims[0], shape->dims[3], shape->dims[2]);
  return NULL;
}

static TelarTensor *
read_project_image (TelarGraph *graph, const char *port, const char *path, GError **error)
{
  TelarShape shape = { 0 };
  return find_picture_shape (graph, port, path, &shape, error) ? read_image (&shape, path, error)
                                                               : NULL;
}

/* The fields of the record as numbers, appended. */
static gboolean
append_numbers (const TelarCsv *csv, const char *path, GArray *values, GError **error)
{
  for (guint i = 0; i < telar_csv_n_fields (csv); i++) {
    const char *field = telar_csv_field (csv, i);
    char *end = NULL;
    double value = g_ascii_strtod (field, &end);
    float single = (float)value;
    if (end == field || *end != '\0') {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s:%u: \"%s\" is not a number", path,
                       telar_csv_line (csv), field);
      return FALSE;
    }
    g_array_append_val (values, single);
  }
  return TRUE;
}

/* f32[rows, fields]; the first line names the columns. */
static TelarTensor *
read_numbers (const char *path, GError **error)
{
  g_autoptr (TelarCsv) csv = telar_csv_open (path, 0, error);
  if (csv == NULL)
    return NULL;
  guint fields = telar_csv_n_fields (csv);
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (float));
  int got;
  while ((got = telar_csv_next (csv, error)) == 1)
    if (!append_numbers (csv, path, values, error))
      return NULL;
  if (got < 0)
    return NULL;
  TelarShape shape = telar_shape (values->len / fields, fields);
  TelarTensor *tensor = telar_tensor_try_new (TELAR_F32, &shape, error);
  if (tensor != NULL && values->len > 0)
    memcpy (tensor->data, values->data, tensor->bytes);
  return tensor;
}

static gboolean
port_has_table (const TelarGraph *graph, const char *port)
{
  g_autofree char *id = g_strndup (port, strcspn (port, "."));
  const TelarNode *node = telar_graph_find_node (graph, id);
  return node != NULL && node->op->inputs != NULL && node->op->inputs[0].name != NULL &&
         node->op->inputs[0].kind == TELAR_PORT_TABLE;
}

static TelarTensor *
read_any (TelarGraph *graph, const char *port, const char *path, GError **error)
{
  if (ENDS_IN (path, ".npy"))
    return telar_npy_read (path, error);
  if (ENDS_IN (path, ".npz"))
    return read_npz (port, path, error);
  if (ENDS_IN (path, ".png", ".jpg", ".jpeg", ".webp"))
    return read_project_image (graph, port, path, error);
  if (ENDS_IN (path, ".csv", ".csv.gz") && !port_has_table (graph, port))
    return read_numbers (path, error);
  return telar_data_read_port (graph, port, path, error);
}

TelarTensor *
telar_input_read (TelarGraph *graph, const char *port, const char *path, GError **error)
{
  g_autoptr (TelarTensor) tensor = read_any (graph, port, path, error);
  if (tensor == NULL)
    return NULL;
  if (tensor->type.shape.rank == 0 || tensor->type.shape.dims[0] == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: holds no rows", path);
    return NULL;
  }
  return telar_tensor_cast (tensor, TELAR_F32);
}

TelarTensor *
telar_input_read_shaped (const char *name, const TelarShape *shape, const char *path,
                         GError **error)
{
  static const TelarShape any = { 4, { -1, -1, -1, -1 } };
  if (ENDS_IN (path, ".npy"))
    return telar_npy_read (path, error);
  if (ENDS_IN (path, ".npz"))
    return read_npz (name, path, error);
  if (ENDS_IN (path, ".csv", ".csv.gz"))
    return read_numbers (path, error);
  if (ENDS_IN (path, ".png", ".jpg", ".jpeg", ".webp"))
    return read_image (shape != NULL && shape->rank == 4 ? shape : &any, path, error);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: inputs are read from .npy, .npz, .csv, .pb and pictures", path);
  return NULL;
}

/* --- results ------------------------------------------------------------------------------------
 */

static const char *
format_number (double value, char *buffer, gsize size, TelarDType dtype)
{
  /* Nine digits give every float32 back. */
  return dtype == TELAR_F32 ? g_ascii_formatd (buffer, (int)size, "%.9g", value)
                            : g_ascii_dtostr (buffer, (int)size, value);
}

static void
append_element (GString *text, const TelarResult *result, gsize i)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  if (result->words != NULL) {
    g_autofree char *field = telar_csv_quote (result->words[i]);
    g_string_append (text, field);
    return;
  }
  g_string_append (text, format_number (telar_tensor_get (result->tensor, i), number, sizeof number,
                                        result->tensor->type.dtype));
}

/* A row of the result per line, its elements as columns "NAME_0", "NAME_1", …. */
static gboolean
write_csv (const char *path, const TelarResult *result, GError **error)
{
  const TelarShape *shape = result->words != NULL ? &result->shape : &result->tensor->type.shape;
  gsize rows = shape->rank > 0 ? (gsize)shape->dims[0] : 1;
  gsize columns = telar_shape_elements (shape) / MAX (rows, 1);
  g_autoptr (GString) text = g_string_new (NULL);
  for (gsize c = 0; c < columns; c++)
    g_string_append_printf (text, "%s%s_%" G_GSIZE_FORMAT, c > 0 ? "," : "", result->name, c);
  g_string_append_c (text, '\n');
  for (gsize i = 0; i < rows * columns; i++) {
    append_element (text, result, i);
    g_string_append_c (text, (i + 1) % columns == 0 ? '\n' : ',');
  }
  return telar_file_replace (path, text->str, text->len, error);
}

static gboolean
write_npz (const char *path, const GArray *results, GError **error)
{
  g_autoptr (GHashTable) tensors = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < results->len; i++) {
    const TelarResult *result = &g_array_index (results, TelarResult, i);
    g_hash_table_insert (tensors, result->name, result->tensor);
  }
  return telar_npz_write (path, tensors, error);
}

static gboolean
write_pb (const char *path, const TelarResult *result, GError **error)
{
  gsize length;
  g_autofree guint8 *bytes = telar_onnx_tensor_to_bytes (result->tensor, result->name, &length);
  return telar_file_replace (path, bytes, length, error);
}

gboolean
telar_results_write (const char *path, const GArray *results, GError **error)
{
  const TelarResult *first = &g_array_index (results, TelarResult, 0);
  for (guint i = 0; i < results->len; i++)
    if (first[i].words != NULL && !ENDS_IN (path, ".csv")) {
      telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                       "%s: the output %s is text, which goes into a .csv", path, first[i].name);
      return FALSE;
    }
  if (ENDS_IN (path, ".npz"))
    return write_npz (path, results, error);
  if (results->len != 1) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "%s: the model gives %u results; name one with NAME=FILE, or write a .npz",
                     path, results->len);
    return FALSE;
  }
  if (ENDS_IN (path, ".npy"))
    return telar_npy_write (path, first->tensor, error);
  if (ENDS_IN (path, ".csv"))
    return write_csv (path, first, error);
  if (ENDS_IN (path, ".pb"))
    return write_pb (path, first, error);
  telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                   "%s: results are written as .npy, .npz, .csv or .pb", path);
  return FALSE;
}
