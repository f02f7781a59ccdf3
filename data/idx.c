/* The IDX reader. The header is believed only as far as the file can hold what it claims. */
#include "data/idx.h"

#include "data/stream.h"

typedef struct {
  guint8 code;
  guint size; /* bytes in the file */
  TelarDType dtype;
} IdxType;

static const IdxType idx_types[] = {
  { 0x08, 1, TELAR_U8 },  { 0x09, 1, TELAR_I8 },  { 0x0B, 2, TELAR_I32 },
  { 0x0C, 4, TELAR_I32 }, { 0x0D, 4, TELAR_F32 }, { 0x0E, 8, TELAR_F64 },
};

static const IdxType *
find_type (guint8 code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (idx_types); i++)
    if (idx_types[i].code == code)
      return &idx_types[i];
  return NULL;
}

static gboolean
cut_off (TelarStream *stream, const char *what, guint64 expected, guint64 found, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: cut off in the %s: %" G_GUINT64_FORMAT " bytes expected, %" G_GUINT64_FORMAT
                   " are there (%" G_GUINT64_FORMAT " missing)",
                   telar_stream_path (stream), what, expected, found, expected - found);
  return FALSE;
}

static gboolean
read_exactly (TelarStream *stream, const char *what, void *buffer, gsize size, GError **error)
{
  gssize got = telar_stream_read (stream, buffer, size, error);
  if (got < 0)
    return FALSE;
  return (gsize)got == size || cut_off (stream, what, size, (guint64)got, error);
}

static const IdxType *
read_header (TelarStream *stream, TelarShape *shape, GError **error)
{
  guint8 magic[4];
  if (!read_exactly (stream, "header", magic, sizeof magic, error))
    return NULL;
  const IdxType *type = find_type (magic[2]);
  if (magic[0] != 0 || magic[1] != 0 || type == NULL) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: not an IDX file",
                     telar_stream_path (stream));
    return NULL;
  }
  guint rank = magic[3];
  if (rank == 0 || rank > TELAR_MAX_RANK) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %u dimensions where 1 to %d are read",
                     telar_stream_path (stream), rank, TELAR_MAX_RANK);
    return NULL;
  }
  guint32 sizes[TELAR_MAX_RANK];
  if (!read_exactly (stream, "header", sizes, rank * sizeof (guint32), error))
    return NULL;
  shape->rank = rank;
  for (guint i = 0; i < rank; i++)
    shape->dims[i] = (gint64)GUINT32_FROM_BE (sizes[i]);
  return type;
}

/* Whether the file can hold what its header claims. */
static gboolean
check_claim (TelarStream *stream, const TelarShape *shape, guint size, gsize *bytes, GError **error)
{
  guint64 header = 4 + 4 * (guint64)shape->rank;
  guint64 limit = telar_stream_limit (stream);
  guint64 available = limit > header ? limit - header : 0;
  gint64 count = 0;
  g_autofree char *text = telar_shape_to_string (shape);
  if (!telar_shape_count (shape, &count) || (guint64)count > G_MAXSSIZE / size ||
      (guint64)count * size > available) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: cut off: the header claims %s values of %u bytes, the file holds at most "
                     "%" G_GUINT64_FORMAT " bytes of them",
                     telar_stream_path (stream), text, size, available);
    return FALSE;
  }
  if (count == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: holds no values (%s)",
                     telar_stream_path (stream), text);
    return FALSE;
  }
  *bytes = (gsize)count * size;
  return TRUE;
}

static void
swap_values (void *data, gsize count, guint size)
{
  if (size == 4)
    for (gsize i = 0; i < count; i++)
      ((guint32 *)data)[i] = GUINT32_FROM_BE (((guint32 *)data)[i]);
  else if (size == 8)
    for (gsize i = 0; i < count; i++)
      ((guint64 *)data)[i] = GUINT64_FROM_BE (((guint64 *)data)[i]);
}

/* The file's values stand at the end of the wider array: each is read before it is written over. */
static void
widen_shorts (gint32 *values, gsize count)
{
  const guint8 *source = (const guint8 *)values + count * 2;
  for (gsize i = 0; i < count; i++)
    values[i] = (gint16)(guint16)((source[2 * i] << 8) | source[2 * i + 1]);
}

static gboolean
read_values (TelarStream *stream, TelarTensor *tensor, gsize bytes, guint size, GError **error)
{
  gsize count = bytes / size;
  char *start = (char *)tensor->data + (tensor->bytes - bytes);
  gssize got = telar_stream_read (stream, start, bytes, error);
  if (got < 0)
    return FALSE;
  if ((gsize)got < bytes)
    return cut_off (stream, "values", bytes, (guint64)got, error);
  guint8 extra;
  got = telar_stream_read (stream, &extra, 1, error);
  if (got < 0)
    return FALSE;
  if (got > 0 || telar_stream_cut_off (stream)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     got > 0 ? "%s: goes on beyond the %" G_GSIZE_FORMAT
                               " bytes of values that its header claims"
                             : "%s: cut off after the %" G_GSIZE_FORMAT " bytes of values",
                     telar_stream_path (stream), bytes);
    return FALSE;
  }
  if (size == 2)
    widen_shorts (tensor->data, count);
  else
    swap_values (tensor->data, count, size);
  return TRUE;
}

TelarTensor *
telar_idx_read (const char *path, GError **error)
{
  g_autoptr (TelarStream) stream = telar_stream_open (path, error);
  if (stream == NULL)
    return NULL;
  TelarShape shape;
  gsize bytes = 0;
  const IdxType *type = read_header (stream, &shape, error);
  if (type == NULL || !check_claim (stream, &shape, type->size, &bytes, error))
    return NULL;
  g_autoptr (TelarTensor) tensor = telar_tensor_try_new (type->dtype, &shape, error);
  if (tensor == NULL) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  if (!read_values (stream, tensor, bytes, type->size, error))
    return NULL;
  return g_steal_pointer (&tensor);
}
