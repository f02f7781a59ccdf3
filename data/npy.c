/* Reads and writes NumPy's array files. */
#include "data/npy.h"

#include "data/archive.h"
#include "engine/checkpoint.h"
#include <string.h>

#define HEADER_LIMIT 65536

typedef struct {
  const char *name; /* without the byte order */
  TelarDType dtype; /* what it becomes */
  guint size;       /* bytes in the file */
  gboolean written; /* the name under which @dtype is written */
} NpyType;

static const NpyType npy_types[] = {
  { "f4", TELAR_F32, 4, TRUE }, { "f8", TELAR_F64, 8, TRUE },  { "f2", TELAR_F16, 2, TRUE },
  { "i1", TELAR_I8, 1, TRUE },  { "u1", TELAR_U8, 1, TRUE },   { "i4", TELAR_I32, 4, TRUE },
  { "i8", TELAR_I64, 8, TRUE }, { "b1", TELAR_BOOL, 1, TRUE }, { "i2", TELAR_I16, 2, TRUE },
  { "u2", TELAR_U16, 2, TRUE }, { "u4", TELAR_U32, 4, TRUE },  { "u8", TELAR_U64, 8, TRUE },
};

typedef struct {
  const NpyType *type;
  gboolean big_endian, fortran;
  TelarShape shape;
} NpyHeader;

static gboolean
damaged (const char *name, const char *what, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", name, what);
  return FALSE;
}

/* --- reading ------------------------------------------------------------------------------------
 */

/* What follows 'key': in the header's dictionary, or NULL. */
static const char *
find_key (const char *header, const char *key)
{
  g_autofree char *quoted = g_strdup_printf ("'%s'", key);
  const char *p = strstr (header, quoted);
  if (p == NULL)
    return NULL;
  p += strlen (quoted);
  p += strspn (p, " ");
  if (*p != ':')
    return NULL;
  p++;
  return p + strspn (p, " ");
}

static gboolean
parse_type (const char *text, NpyHeader *header)
{
  if (text == NULL || text[0] != '\'' || strlen (text) < 5 || text[4] != '\'' ||
      strchr ("<>|=", text[1]) == NULL)
    return FALSE;
  header->big_endian = text[1] == '>';
  for (gsize i = 0; i < G_N_ELEMENTS (npy_types); i++)
    if (strncmp (npy_types[i].name, text + 2, 2) == 0)
      header->type = &npy_types[i];
  return header->type != NULL;
}

static gboolean
parse_shape (const char *text, TelarShape *shape)
{
  if (text == NULL || *text != '(')
    return FALSE;
  text++;
  shape->rank = 0;
  for (;;) {
    text += strspn (text, " ,");
    if (*text == ')')
      return TRUE;
    char *end = NULL;
    guint64 size = g_ascii_isdigit (*text) ? g_ascii_strtoull (text, &end, 10) : 0;
    if (end == NULL || size > G_MAXINT64 / 2 || shape->rank == TELAR_MAX_RANK)
      return FALSE;
    shape->dims[shape->rank++] = (gint64)size;
    text = end;
  }
}

/* The header, and where the values begin. */
static gboolean
parse_header (const char *name, const guint8 *data, gsize length, NpyHeader *header, gsize *start,
              GError **error)
{
  if (length < 10 || memcmp (data, "\x93NUMPY", 6) != 0 || data[6] < 1 || data[6] > 3)
    return damaged (name, "not an .npy file", error);
  gsize prefix = data[6] == 1 ? 10 : 12;
  if (length < prefix)
    return damaged (name, "cut off in the header", error);
  gsize size = data[8] | (gsize)data[9] << 8;
  if (prefix == 12)
    size |= (gsize)data[10] << 16 | (gsize)data[11] << 24;
  if (size > HEADER_LIMIT || size > length - prefix)
    return damaged (name, "cut off in the header", error);
  g_autofree char *text = g_strndup ((const char *)data + prefix, size);
  if (!parse_type (find_key (text, "descr"), header))
    return damaged (name, "its type of elements has no counterpart here", error);
  const char *fortran = find_key (text, "fortran_order");
  header->fortran = fortran != NULL && g_str_has_prefix (fortran, "True");
  if (fortran == NULL || !parse_shape (find_key (text, "shape"), &header->shape))
    return damaged (name, "damaged: its header has no order or shape that can be read", error);
  *start = prefix + size;
  return TRUE;
}

/* The element at @source as the tensor's element @index. */
static void
put_element (TelarTensor *tensor, gsize index, const NpyHeader *header, const guint8 *source)
{
  guint size = header->type->size;
  guint8 bytes[8];
  for (guint i = 0; i < size; i++)
    bytes[i] = source[header->big_endian ? size - 1 - i : i];
  if (telar_dtype_size (header->type->dtype) == size) {
    memcpy ((guint8 *)tensor->data + index * size, bytes, size);
    return;
  }
  guint32 value = bytes[0] | (guint32)bytes[1] << 8;
  if (size == 4)
    value |= (guint32)bytes[2] << 16 | (guint32)bytes[3] << 24;
  gboolean sign = strcmp (header->type->name, "i2") == 0;
  telar_tensor_set (tensor, index, sign ? (double)(gint16)value : (double)value);
}

static void
put_elements (TelarTensor *tensor, const NpyHeader *header, const guint8 *source)
{
  const TelarShape *shape = &header->shape;
  gsize count = telar_tensor_elements (tensor);
  guint size = header->type->size;
  if (!header->fortran && !header->big_endian && telar_dtype_size (header->type->dtype) == size) {
    memcpy (tensor->data, source, tensor->bytes);
    return;
  }
  gint64 position[TELAR_MAX_RANK] = { 0 };
  for (gsize i = 0; i < count; i++) {
    gsize from = i;
    if (header->fortran) {
      from = 0;
      for (guint k = shape->rank; k-- > 0;)
        from = from * (gsize)shape->dims[k] + (gsize)position[k];
    }
    put_element (tensor, i, header, source + from * size);
    for (guint k = shape->rank; k-- > 0 && ++position[k] == shape->dims[k];)
      position[k] = 0;
  }
}

static TelarTensor *
parse (const char *name, const guint8 *data, gsize length, GError **error)
{
  NpyHeader header = { 0 };
  gsize start = 0;
  if (!parse_header (name, data, length, &header, &start, error))
    return NULL;
  gint64 count = 0;
  gsize there = length - start;
  g_autofree char *shape = telar_shape_to_string (&header.shape);
  if (!telar_shape_count (&header.shape, &count) || (guint64)count > there / header.type->size) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: cut off: the header claims [%s] values of %u bytes, %" G_GSIZE_FORMAT
                     " bytes are there",
                     name, shape, header.type->size, there);
    return NULL;
  }
  TelarTensor *tensor = telar_tensor_try_new (header.type->dtype, &header.shape, error);
  if (tensor != NULL)
    put_elements (tensor, &header, data + start);
  return tensor;
}

TelarTensor *
telar_npy_read (const char *path, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GMappedFile) file = NULL;
  if (!g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_REGULAR))
    file = g_mapped_file_new (path, FALSE, &problem);
  if (file == NULL) {
    damaged (path, problem != NULL ? problem->message : "not a regular file", error);
    return NULL;
  }
  return parse (path, (const guint8 *)g_mapped_file_get_contents (file),
                g_mapped_file_get_length (file), error);
}

GHashTable *
telar_npz_read (const char *path, GError **error)
{
  g_autoptr (GPtrArray) members = telar_zip_read (path, error);
  if (members == NULL)
    return NULL;
  g_autoptr (GHashTable) tensors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);
  for (guint i = 0; i < members->len; i++) {
    const TelarZipMember *member = members->pdata[i];
    gsize length = 0;
    const guint8 *data = g_bytes_get_data (member->data, &length);
    g_autofree char *name = g_strdup_printf ("%s: %s", path, member->name);
    TelarTensor *tensor = parse (name, data, length, error);
    if (tensor == NULL)
      return NULL;
    gsize stem = strlen (member->name);
    if (g_str_has_suffix (member->name, ".npy"))
      stem -= 4;
    g_hash_table_replace (tensors, g_strndup (member->name, stem), tensor);
  }
  return g_steal_pointer (&tensors);
}

/* --- writing ------------------------------------------------------------------------------------
 */

static const char *
written_name (TelarDType dtype)
{
  for (gsize i = 0; i < G_N_ELEMENTS (npy_types); i++)
    if (npy_types[i].dtype == dtype && npy_types[i].written)
      return npy_types[i].name;
  return NULL;
}

/* Header (padded to 64 bytes, as NumPy does) and values. */
static GByteArray *
build (TelarTensor *given, GError **error)
{
  g_autoptr (TelarTensor) tensor = given->type.dtype == TELAR_BF16
                                       ? telar_tensor_cast (given, TELAR_F32)
                                       : telar_tensor_ref (given);
  const TelarShape *shape = &tensor->type.shape;
  if (tensor->bytes > G_MAXINT32) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "an array of more than 2 GiB");
    return NULL;
  }
  g_autoptr (GString) header = g_string_new (NULL);
  gboolean single = telar_dtype_size (tensor->type.dtype) == 1;
  g_string_append_printf (header, "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
                          single ? '|' : '<', written_name (tensor->type.dtype));
  for (guint i = 0; i < shape->rank; i++)
    g_string_append_printf (header, "%" G_GINT64_FORMAT "%s", shape->dims[i],
                            shape->rank == 1      ? ","
                            : i + 1 < shape->rank ? ", "
                                                  : "");
  g_string_append (header, "), }");
  while ((10 + header->len + 1) % 64 != 0)
    g_string_append_c (header, ' ');
  g_string_append_c (header, '\n');
  GByteArray *out = g_byte_array_new ();
  guint8 prefix[10] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0 };
  prefix[8] = (guint8)header->len;
  prefix[9] = (guint8)(header->len >> 8);
  g_byte_array_append (out, prefix, sizeof prefix);
  g_byte_array_append (out, (const guint8 *)header->str, (guint)header->len);
  g_byte_array_append (out, tensor->data, (guint)tensor->bytes);
  return out;
}

gboolean
telar_npy_write (const char *path, TelarTensor *tensor, GError **error)
{
  g_autoptr (GByteArray) bytes = build (tensor, error);
  return bytes != NULL && telar_file_replace (path, bytes->data, bytes->len, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

gboolean
telar_npz_write (const char *path, GHashTable *tensors, GError **error)
{
  g_autoptr (GPtrArray) members =
      g_ptr_array_new_with_free_func ((GDestroyNotify)telar_zip_member_free);
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (tensors), compare_names);
  for (GList *l = names; l != NULL; l = l->next) {
    GByteArray *array = build (g_hash_table_lookup (tensors, l->data), error);
    if (array == NULL)
      return FALSE;
    g_autofree char *name = g_strconcat (l->data, ".npy", NULL);
    g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (array);
    g_ptr_array_add (members, telar_zip_member_new (name, bytes));
  }
  g_autoptr (GByteArray) archive = telar_zip_build (members, error);
  return archive != NULL && telar_file_replace (path, archive->data, archive->len, error);
}
