/* Reading safetensors. The header is a stranger's word: every size in it is checked against the
 * file and the machine before anything of that size is allocated. */
#include "engine/checkpoint.h"
#include "engine/safetensors.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As in the reference implementation. */
#define LARGEST_HEADER (100 * 1000 * 1000)

typedef struct {
  const char *name; /* the header's */
  TelarType type;
  guint64 begin, end; /* in the data, behind the header */
} Entry;

typedef struct {
  const char *path;
  int fd;
  guint64 size;
  guint64 data; /* where the tensors' bytes begin */
  json_t *header;
  GArray *entries; /* Entry, by place */
} Reader;

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (const Reader *reader, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", reader->path, text);
  return FALSE;
}

static gboolean
read_at (const Reader *reader, guint64 offset, void *target, gsize length, GError **error)
{
  char *at = target;
  while (length > 0) {
    ssize_t got = pread (reader->fd, at, MIN (length, (gsize)1 << 30), (off_t)offset);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return refuse (reader, error, "%s", g_strerror (errno));
    if (got == 0)
      return refuse (reader, error, "the file became shorter while it was read");
    at += got;
    offset += (guint64)got;
    length -= (gsize)got;
  }
  return TRUE;
}

static gboolean
open_file (Reader *reader, GError **error)
{
  struct stat status;
  reader->fd = open (reader->path, O_RDONLY | O_CLOEXEC);
  if (reader->fd < 0 || fstat (reader->fd, &status) != 0)
    return refuse (reader, error, "%s", g_strerror (errno));
  if (!S_ISREG (status.st_mode))
    return refuse (reader, error, "not a file");
  reader->size = (guint64)status.st_size;
  return TRUE;
}

static gboolean
read_header (Reader *reader, GError **error)
{
  guint64 length;
  if (reader->size < sizeof length)
    return refuse (reader, error, "too short for a safetensors file");
  if (!read_at (reader, 0, &length, sizeof length, error))
    return FALSE;
  length = GUINT64_FROM_LE (length);
  if (length > reader->size - sizeof length)
    return refuse (reader, error,
                   "the header claims %" G_GUINT64_FORMAT " bytes, the file has %" G_GUINT64_FORMAT,
                   length, reader->size);
  if (length > LARGEST_HEADER)
    return refuse (reader, error, "the header claims %" G_GUINT64_FORMAT " bytes, at most %d may",
                   length, LARGEST_HEADER);
  reader->data = sizeof length + length;

  g_autofree char *text = g_malloc (length + 1);
  json_error_t where;
  if (!read_at (reader, sizeof length, text, length, error))
    return FALSE;
  reader->header = json_loadb (text, length, JSON_REJECT_DUPLICATES, &where);
  if (!reader->header)
    return refuse (reader, error, "the header is not JSON: %s", where.text);
  if (!json_is_object (reader->header))
    return refuse (reader, error, "the header is not a JSON object");
  return TRUE;
}

/* --- entries ---------------------------------------------------------------------------------- */

static gboolean
read_shape (const Reader *reader, Entry *entry, const json_t *json, GError **error)
{
  gsize rank = json_array_size (json);
  if (!json_is_array (json))
    return refuse (reader, error, "%s: \"shape\" must be a list", entry->name);
  if (rank > TELAR_MAX_RANK)
    return refuse (reader, error, "%s: %" G_GSIZE_FORMAT " dimensions, at most %d may be",
                   entry->name, rank, TELAR_MAX_RANK);
  entry->type.shape.rank = (guint)rank;
  for (gsize i = 0; i < rank; i++) {
    const json_t *size = json_array_get (json, i);
    if (!json_is_integer (size) || json_integer_value (size) < 0)
      return refuse (reader, error, "%s: a dimension must be a whole number", entry->name);
    entry->type.shape.dims[i] = json_integer_value (size);
  }
  return TRUE;
}

static gboolean
read_offsets (const Reader *reader, Entry *entry, const json_t *json, GError **error)
{
  const json_t *begin = json_array_get (json, 0), *end = json_array_get (json, 1);
  if (json_array_size (json) != 2 || !json_is_integer (begin) || !json_is_integer (end) ||
      json_integer_value (begin) < 0 || json_integer_value (end) < json_integer_value (begin))
    return refuse (reader, error, "%s: \"data_offsets\" must be where it begins and ends",
                   entry->name);
  entry->begin = (guint64)json_integer_value (begin);
  entry->end = (guint64)json_integer_value (end);
  if (entry->end > reader->size - reader->data)
    return refuse (reader, error,
                   "%s: ends at byte %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes of data",
                   entry->name, entry->end, reader->size - reader->data);
  return TRUE;
}

static gboolean
read_entry (const Reader *reader, Entry *entry, const json_t *json, GError **error)
{
  const char *dtype = json_string_value (json_object_get (json, "dtype"));
  if (!dtype || !telar_safetensors_dtype (dtype, &entry->type.dtype))
    return refuse (reader, error, "%s: unknown dtype %s", entry->name, dtype ? dtype : "(none)");
  if (!read_shape (reader, entry, json_object_get (json, "shape"), error) ||
      !read_offsets (reader, entry, json_object_get (json, "data_offsets"), error))
    return FALSE;
  gint64 count, bytes;
  if (!telar_shape_count (&entry->type.shape, &count) ||
      __builtin_mul_overflow (count, (gint64)telar_dtype_size (entry->type.dtype), &bytes) ||
      (guint64)bytes != entry->end - entry->begin) {
    g_autofree char *type = telar_type_to_string (&entry->type);
    return refuse (reader, error, "%s: %s does not take %" G_GUINT64_FORMAT " bytes", entry->name,
                   type, entry->end - entry->begin);
  }
  return TRUE;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *x = a, *y = b;
  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

/* The tensors fill the data from its first byte to its last, each byte once. */
static gboolean
check_places (Reader *reader, GError **error)
{
  guint64 at = 0;
  g_array_sort (reader->entries, compare_entries);
  for (guint i = 0; i < reader->entries->len; i++) {
    const Entry *entry = &g_array_index (reader->entries, Entry, i);
    if (entry->begin != at)
      return refuse (reader, error, "%s: %s byte %" G_GUINT64_FORMAT " of the data", entry->name,
                     entry->begin < at ? "overlaps the tensor before at" : "leaves a gap before",
                     entry->begin);
    at = entry->end;
  }
  if (at != reader->size - reader->data)
    return refuse (reader, error, "%" G_GUINT64_FORMAT " bytes belong to no tensor",
                   reader->size - reader->data - at);
  return TRUE;
}

static gboolean
read_entries (Reader *reader, GError **error)
{
  const char *name;
  json_t *json;
  json_object_foreach (reader->header, name, json)
  {
    if (strcmp (name, "__metadata__") == 0)
      continue;
    Entry entry = { .name = name };
    if (!read_entry (reader, &entry, json, error))
      return FALSE;
    g_array_append_val (reader->entries, entry);
  }
  return check_places (reader, error);
}

/* --- what is handed out ----------------------------------------------------------------------- */

static GHashTable *
read_tensors (const Reader *reader, GError **error)
{
  g_autoptr (GHashTable) tensors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);
  for (guint i = 0; i < reader->entries->len; i++) {
    const Entry *entry = &g_array_index (reader->entries, Entry, i);
    TelarTensor *tensor = telar_tensor_try_new (entry->type.dtype, &entry->type.shape, error);
    if (!tensor)
      return NULL;
    g_hash_table_insert (tensors, g_strdup (entry->name), tensor);
    if (!read_at (reader, reader->data + entry->begin, tensor->data, tensor->bytes, error))
      return NULL;
  }
  return g_steal_pointer (&tensors);
}

static GHashTable *
read_metadata (const Reader *reader, GError **error)
{
  g_autoptr (GHashTable) metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  json_t *json = json_object_get (reader->header, "__metadata__"), *value;
  const char *key;
  if (json && !json_is_object (json)) {
    refuse (reader, error, "\"__metadata__\" must be an object");
    return NULL;
  }
  json_object_foreach (json, key, value)
  {
    if (!json_is_string (value)) {
      refuse (reader, error, "the metadata \"%s\" must be text", key);
      return NULL;
    }
    g_hash_table_insert (metadata, g_strdup (key), g_strdup (json_string_value (value)));
  }
  return g_steal_pointer (&metadata);
}

static gboolean
read_all (Reader *reader, GHashTable **tensors, GHashTable **metadata, GError **error)
{
  if (!open_file (reader, error) || !read_header (reader, error) || !read_entries (reader, error))
    return FALSE;
  g_autoptr (GHashTable) strings = read_metadata (reader, error);
  if (!strings)
    return FALSE;
  *tensors = read_tensors (reader, error);
  if (!*tensors)
    return FALSE;
  if (metadata)
    *metadata = g_steal_pointer (&strings);
  return TRUE;
}

gboolean
telar_safetensors_read (const char *path, GHashTable **tensors, GHashTable **metadata,
                        GError **error)
{
  Reader reader = { .path = path, .fd = -1 };
  reader.entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  gboolean good = read_all (&reader, tensors, metadata, error);
  if (reader.fd >= 0)
    close (reader.fd);
  json_decref (reader.header);
  g_array_unref (reader.entries);
  return good;
}
