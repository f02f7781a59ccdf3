/* Reads and writes the ZIP archives that .npz files are. Everything that a field of the archive
 * points at is checked against the file's real size first. */
#include "data/zip.h"

#include <string.h>
#include <zlib.h>

#define LOCAL_SIZE    30
#define ENTRY_SIZE    46
#define END_SIZE      22
#define DEFLATE_RATIO 1032 /* the best that deflate can do */

typedef struct {
  const char *path;
  const guint8 *data;
  gsize length;
} Archive;

static guint
get16 (const guint8 *p)
{
  return p[0] | (guint)p[1] << 8;
}

static guint32
get32 (const guint8 *p)
{
  return get16 (p) | (guint32)get16 (p + 2) << 16;
}

static void
put (GByteArray *out, guint32 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++) {
    guint8 byte = (guint8)(value >> (8 * i));
    g_byte_array_append (out, &byte, 1);
  }
}

static gboolean
damaged (const Archive *a, const char *what, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", a->path, what);
  return FALSE;
}

TelarZipMember *
telar_zip_member_new (const char *name, GBytes *data)
{
  TelarZipMember *member = g_new0 (TelarZipMember, 1);
  member->name = g_strdup (name);
  member->data = g_bytes_ref (data);
  return member;
}

void
telar_zip_member_free (TelarZipMember *member)
{
  g_free (member->name);
  g_bytes_unref (member->data);
  g_free (member);
}

/* --- reading ------------------------------------------------------------------------------------
 */

/* The record at the end, which may have a comment of up to 64 KiB behind it. */
static const guint8 *
find_end (const Archive *a)
{
  for (gsize back = END_SIZE; back <= a->length && back <= END_SIZE + G_MAXUINT16; back++) {
    const guint8 *p = a->data + a->length - back;
    if (get32 (p) == 0x06054b50 && get16 (p + 20) == back - END_SIZE)
      return p;
  }
  return NULL;
}

static gboolean
inflate_member (const guint8 *source, gsize packed, guint8 *target, gsize size)
{
  z_stream stream = { .next_in = (Bytef *)source,
                      .avail_in = (uInt)packed,
                      .next_out = target,
                      .avail_out = (uInt)size };
  if (inflateInit2 (&stream, -MAX_WBITS) != Z_OK)
    return FALSE;
  int status = inflate (&stream, Z_FINISH);
  inflateEnd (&stream);
  return status == Z_STREAM_END && stream.avail_out == 0;
}

/* The contents of the member whose directory entry is @entry. */
static GBytes *
read_member (const Archive *a, const guint8 *entry, GError **error)
{
  guint method = get16 (entry + 10);
  gsize packed = get32 (entry + 20), size = get32 (entry + 24), start = get32 (entry + 42);
  if ((get16 (entry + 8) & 1) || (method != 0 && method != 8)) {
    damaged (a, "an encrypted member, or packed in a way that is not read", error);
    return NULL;
  }
  if (start > a->length - LOCAL_SIZE || get32 (a->data + start) != 0x04034b50) {
    damaged (a, "damaged: the directory points outside of the archive", error);
    return NULL;
  }
  gsize offset = start + LOCAL_SIZE + get16 (a->data + start + 26) + get16 (a->data + start + 28);
  if (offset > a->length || packed > a->length - offset || (method == 0 && size != packed) ||
      size / DEFLATE_RATIO > packed) {
    damaged (a, "damaged: a member claims more bytes than the archive holds", error);
    return NULL;
  }
  guint8 *data = g_try_malloc (MAX (size, 1));
  gboolean ok = data != NULL;
  if (ok && method == 0)
    memcpy (data, a->data + offset, size);
  else if (ok)
    ok = inflate_member (a->data + offset, packed, data, size);
  if (!ok || crc32_z (0, data, size) != get32 (entry + 16)) {
    g_free (data);
    damaged (a, "damaged: a member's contents do not match their checksum", error);
    return NULL;
  }
  return g_bytes_new_take (data, size);
}

static gboolean
read_directory (const Archive *a, GPtrArray *members, GError **error)
{
  const guint8 *end = find_end (a);
  if (end == NULL)
    return damaged (a, "not a ZIP archive, or cut off", error);
  gsize position = get32 (end + 16), limit = (gsize)(end - a->data);
  guint n = get16 (end + 10);
  for (guint i = 0; i < n; i++) {
    if (position > limit || limit - position < ENTRY_SIZE ||
        get32 (a->data + position) != 0x02014b50)
      return damaged (a, "damaged: its directory is not whole", error);
    const guint8 *entry = a->data + position;
    gsize name = get16 (entry + 28);
    gsize next = ENTRY_SIZE + name + get16 (entry + 30) + get16 (entry + 32);
    if (next > limit - position)
      return damaged (a, "damaged: its directory is not whole", error);
    g_autofree char *text = g_strndup ((const char *)entry + ENTRY_SIZE, name);
    g_autoptr (GBytes) data = read_member (a, entry, error);
    if (data == NULL)
      return FALSE;
    g_ptr_array_add (members, telar_zip_member_new (text, data));
    position += next;
  }
  return TRUE;
}

GPtrArray *
telar_zip_read (const char *path, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GMappedFile) file = NULL;
  if (!g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_REGULAR))
    file = g_mapped_file_new (path, FALSE, &problem);
  if (file == NULL) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", path,
                     problem != NULL ? problem->message : "not a regular file");
    return NULL;
  }
  Archive archive = { path, (const guint8 *)g_mapped_file_get_contents (file),
                      g_mapped_file_get_length (file) };
  g_autoptr (GPtrArray) members =
      g_ptr_array_new_with_free_func ((GDestroyNotify)telar_zip_member_free);
  if (!read_directory (&archive, members, error))
    return NULL;
  return g_steal_pointer (&members);
}

/* --- writing ------------------------------------------------------------------------------------
 */

/* What the local header and the directory entry have in common: version to names' length. */
static void
put_facts (GByteArray *out, const TelarZipMember *member)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (member->data, &size);
  put (out, 20, 2);      /* version needed */
  put (out, 1 << 11, 2); /* names are UTF-8 */
  put (out, 0, 2);       /* stored */
  put (out, 0, 2);       /* time */
  put (out, 0x21, 2);    /* 1980-01-01, the first date there is */
  put (out, (guint32)crc32_z (0, data, size), 4);
  put (out, (guint32)size, 4);
  put (out, (guint32)size, 4);
  put (out, (guint32)strlen (member->name), 2);
  put (out, 0, 2); /* extra field */
}

static gboolean
fits (const GPtrArray *members, GError **error)
{
  guint64 total = END_SIZE;
  gboolean ok = members->len < G_MAXUINT16;
  for (guint i = 0; ok && i < members->len; i++) {
    const TelarZipMember *member = members->pdata[i];
    ok = strlen (member->name) < G_MAXUINT16;
    total += LOCAL_SIZE + ENTRY_SIZE + 2 * strlen (member->name) + g_bytes_get_size (member->data);
  }
  if (ok && total < G_MAXINT32)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "more than 2 GiB or 65,534 members do not fit into a .npz file");
  return FALSE;
}

GByteArray *
telar_zip_build (const GPtrArray *members, GError **error)
{
  if (!fits (members, error))
    return NULL;
  GByteArray *out = g_byte_array_new ();
  g_autofree guint32 *starts = g_new (guint32, members->len);
  for (guint i = 0; i < members->len; i++) {
    const TelarZipMember *member = members->pdata[i];
    starts[i] = out->len;
    put (out, 0x04034b50, 4);
    put_facts (out, member);
    g_byte_array_append (out, (const guint8 *)member->name, (guint)strlen (member->name));
    g_byte_array_append (out, g_bytes_get_data (member->data, NULL),
                         (guint)g_bytes_get_size (member->data));
  }
  guint32 directory = out->len;
  for (guint i = 0; i < members->len; i++) {
    const TelarZipMember *member = members->pdata[i];
    put (out, 0x02014b50, 4);
    put (out, 20, 2); /* version made by */
    put_facts (out, member);
    put (out, 0, 2); /* comment */
    put (out, 0, 2); /* disk */
    put (out, 0, 2); /* attributes */
    put (out, 0, 4);
    put (out, starts[i], 4);
    g_byte_array_append (out, (const guint8 *)member->name, (guint)strlen (member->name));
  }
  guint32 size = out->len - directory;
  put (out, 0x06054b50, 4);
  put (out, 0, 4); /* disks */
  put (out, members->len, 2);
  put (out, members->len, 2);
  put (out, size, 4);
  put (out, directory, 4);
  put (out, 0, 2);
  return out;
}
