/* Writing safetensors: eight bytes of header length, the header as JSON, the tensors' bytes. Equal
 * contents give equal bytes: tensors stand by falling element size, then by name, as in the
 * reference implementation, which keeps each of them aligned. */
#include "engine/checkpoint.h"
#include "engine/safetensors.h"
#include "engine/text.h"
#include <string.h>

static const char *const names[TELAR_N_DTYPES] = {
  [TELAR_F32] = "F32",   [TELAR_F64] = "F64", [TELAR_F16] = "F16", [TELAR_BF16] = "BF16",
  [TELAR_I8] = "I8",     [TELAR_U8] = "U8",   [TELAR_I16] = "I16", [TELAR_U16] = "U16",
  [TELAR_I32] = "I32",   [TELAR_U32] = "U32", [TELAR_I64] = "I64", [TELAR_U64] = "U64",
  [TELAR_BOOL] = "BOOL",
};

const char *
telar_safetensors_dtype_name (TelarDType dtype)
{
  return names[dtype];
}

gboolean
telar_safetensors_dtype (const char *name, TelarDType *dtype)
{
  for (guint i = 0; i < TELAR_N_DTYPES; i++)
    if (strcmp (names[i], name) == 0) {
      *dtype = (TelarDType)i;
      return TRUE;
    }
  return FALSE;
}

typedef struct {
  const char *name;
  const TelarTensor *tensor;
} Item;

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *x = a, *y = b;
  gsize sizes[] = { telar_dtype_size (x->tensor->type.dtype),
                    telar_dtype_size (y->tensor->type.dtype) };
  if (sizes[0] != sizes[1])
    return sizes[0] > sizes[1] ? -1 : 1;
  return strcmp (x->name, y->name);
}

static GArray *
sorted_items (GHashTable *tensors)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));
  GHashTableIter iter;
  gpointer name, tensor;
  g_hash_table_iter_init (&iter, tensors);
  while (g_hash_table_iter_next (&iter, &name, &tensor)) {
    Item item = { name, tensor };
    g_array_append_val (items, item);
  }
  g_array_sort (items, compare_items);
  return items;
}

static json_t *
metadata_to_json (GHashTable *metadata)
{
  json_t *object = json_object ();
  g_autoptr (GList) keys = g_hash_table_get_keys (metadata);
  keys = g_list_sort (keys, (GCompareFunc)strcmp);
  for (const GList *key = keys; key; key = key->next)
    json_object_set_new (object, key->data,
                         json_string (g_hash_table_lookup (metadata, key->data)));
  return object;
}

static json_t *
item_to_json (const Item *item, gsize begin)
{
  const TelarShape *shape = &item->tensor->type.shape;
  json_t *dims = json_array ();
  for (guint i = 0; i < shape->rank; i++)
    json_array_append_new (dims, json_integer (shape->dims[i]));
  json_t *object = json_object ();
  json_object_set_new (object, "dtype",
                       json_string (telar_safetensors_dtype_name (item->tensor->type.dtype)));
  json_object_set_new (object, "shape", dims);
  json_object_set_new (
      object, "data_offsets",
      json_pack ("[II]", (json_int_t)begin, (json_int_t)(begin + item->tensor->bytes)));
  return object;
}

/* The header with its length in front, padded so that the data begin at a multiple of eight. */
static GString *
make_header (const GArray *items, GHashTable *metadata, gsize *data)
{
  json_auto_t *header = json_object ();
  if (metadata)
    json_object_set_new (header, "__metadata__", metadata_to_json (metadata));
  *data = 0;
  for (guint i = 0; i < items->len; i++) {
    const Item *item = &g_array_index (items, Item, i);
    json_object_set_new (header, item->name, item_to_json (item, *data));
    *data += item->tensor->bytes;
  }
  GString *text = g_string_new ("12345678");
  telar_json_append (text, header);
  while (text->len % 8 != 0)
    g_string_append_c (text, ' ');
  guint64 length = GUINT64_TO_LE (text->len - 8);
  memcpy (text->str, &length, sizeof length);
  return text;
}

gboolean
telar_safetensors_write (const char *path, GHashTable *tensors, GHashTable *metadata,
                         GError **error)
{
  g_autoptr (GArray) items = sorted_items (tensors);
  gsize data;
  GString *header = make_header (items, metadata, &data);
  gsize length = header->len + data;
  g_autofree char *bytes = g_try_malloc (length);
  if (!bytes) {
    g_string_free (header, TRUE);
    telar_set_error (error, TELAR_ERROR_FAILED, NULL,
                     "no memory is left to write %" G_GSIZE_FORMAT " bytes to %s", length, path);
    return FALSE;
  }
  char *at = memcpy (bytes, header->str, header->len);
  at += header->len;
  g_string_free (header, TRUE);
  for (guint i = 0; i < items->len; i++) {
    const TelarTensor *tensor = g_array_index (items, Item, i).tensor;
    memcpy (at, tensor->data, tensor->bytes);
    at += tensor->bytes;
  }
  return telar_file_replace (path, bytes, length, error);
}
