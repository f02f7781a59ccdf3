/* Cuts texts and series into windows. The windows of a long file that lie close together can be far
 * more than the file: their tensors say so before they are filled. */
#include "data/windows.h"

#include "data/stream.h"

#define CHUNK (1 << 16)

/* How many windows there are of @places when @behind more have to follow each. */
static gint64
count_windows (const char *path, const TelarWindows *windows, gint64 places, gint64 behind,
               GError **error)
{
  if (places >= windows->length + behind)
    return (places - windows->length - behind) / windows->step + 1;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: %" G_GINT64_FORMAT " places where a window of %" G_GINT64_FORMAT
                   " and what follows it take %" G_GINT64_FORMAT,
                   path, places, windows->length, windows->length + behind);
  return 0;
}

static TelarTensor *
new_tensor (const char *path, TelarDType dtype, const TelarShape *shape, GError **error)
{
  TelarTensor *tensor = telar_tensor_try_new (dtype, shape, error);
  if (tensor == NULL)
    g_prefix_error (error, "%s: ", path);
  return tensor;
}

/* --- text ------------------------------------------------------------------------------------- */

static GByteArray *
read_bytes (const char *path, GError **error)
{
  g_autoptr (TelarStream) stream = telar_stream_open (path, error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 chunk[CHUNK];
  gssize got = stream != NULL ? 1 : -1;
  while (got > 0) {
    got = telar_stream_read (stream, chunk, CHUNK, error);
    if (got > 0 && bytes->len > G_MAXINT - CHUNK) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: a text has at most %d bytes", path,
                       G_MAXINT - CHUNK);
      return NULL;
    }
    if (got > 0)
      g_byte_array_append (bytes, chunk, (guint)got);
  }
  if (got == 0 && telar_stream_cut_off (stream)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: cut off after %u bytes", path,
                     bytes->len);
    return NULL;
  }
  return got == 0 ? g_steal_pointer (&bytes) : NULL;
}

TelarTensor *
telar_windows_of_text (const char *path, const TelarWindows *windows, TelarTensor **next,
                       GError **error)
{
  g_autoptr (GByteArray) bytes = read_bytes (path, error);
  gint64 n = bytes != NULL ? count_windows (path, windows, bytes->len, 1, error) : 0;
  if (n == 0)
    return NULL;
  TelarShape shape = telar_shape (n, windows->length);
  g_autoptr (TelarTensor) text = new_tensor (path, TELAR_I64, &shape, error);
  g_autoptr (TelarTensor) after = text != NULL ? new_tensor (path, TELAR_I64, &shape, error) : NULL;
  if (after == NULL)
    return NULL;
  gint64 *now = text->data, *then = after->data;
  for (gint64 i = 0; i < n; i++)
    for (gint64 t = 0; t < windows->length; t++) {
      *now++ = bytes->data[i * windows->step + t];
      *then++ = bytes->data[i * windows->step + t + 1];
    }
  *next = g_steal_pointer (&after);
  return g_steal_pointer (&text);
}

/* --- series ----------------------------------------------------------------------------------- */

static gboolean
add_column (GPtrArray *columns, const TelarTable *table, const TelarColumn *column, GError **error)
{
  if (column->type > TELAR_COLUMN_BOOLEAN) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: column \"%s\" is %s where a series has numbers", table->path,
                     column->name, telar_column_type_name (column->type));
    return FALSE;
  }
  for (gsize row = 0; column->n_missing > 0 && row < table->rows; row++)
    if (telar_column_is_missing (column, row)) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s:%u: no value in column \"%s\"",
                       table->path, table->lines[row], column->name);
      return FALSE;
    }
  g_ptr_array_add (columns, (gpointer)column);
  return TRUE;
}

static GPtrArray *
find_columns (const TelarTable *table, const char *list, GError **error)
{
  g_autoptr (GPtrArray) columns = g_ptr_array_new ();
  g_auto (GStrv) names = g_strsplit (list, ",", -1);
  for (guint i = 0; names[i] != NULL; i++) {
    const TelarColumn *column = telar_table_find (table, g_strstrip (names[i]), error);
    if (column == NULL || !add_column (columns, table, column, error))
      return NULL;
  }
  for (guint i = 0; names[0] == NULL && i < table->columns->len; i++)
    if (!add_column (columns, table, table->columns->pdata[i], error))
      return NULL;
  return g_steal_pointer (&columns);
}

static float *
copy_row (float *target, const GPtrArray *columns, gsize row)
{
  for (guint c = 0; c < columns->len; c++)
    *target++ = (float)telar_column_number (columns->pdata[c], row);
  return target;
}

TelarTensor *
telar_windows_of_series (const TelarTable *table, const char *names, const TelarWindows *windows,
                         gint64 ahead, TelarTensor **next, GError **error)
{
  g_autoptr (GPtrArray) columns = find_columns (table, names, error);
  gint64 n =
      columns != NULL ? count_windows (table->path, windows, (gint64)table->rows, ahead, error) : 0;
  if (n == 0)
    return NULL;
  TelarShape shape = telar_shape (n, windows->length, columns->len);
  TelarShape one = telar_shape (n, columns->len);
  g_autoptr (TelarTensor) values = new_tensor (table->path, TELAR_F32, &shape, error);
  g_autoptr (TelarTensor) after =
      values != NULL ? new_tensor (table->path, TELAR_F32, &one, error) : NULL;
  if (after == NULL)
    return NULL;
  float *now = values->data, *then = after->data;
  for (gint64 i = 0; i < n; i++) {
    gint64 first = i * windows->step, end = first + windows->length;
    for (gint64 row = first; row < end; row++)
      now = copy_row (now, columns, (gsize)row);
    then = copy_row (then, columns, (gsize)(end + ahead - 1));
  }
  *next = g_steal_pointer (&after);
  return g_steal_pointer (&values);
}
