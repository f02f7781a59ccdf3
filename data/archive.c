/* Reads and writes the ZIP archives that .npz files are. libzip knows the format; what is here
 * keeps a hostile archive from making us allocate more than its bytes can hold. */
#include "data/archive.h"

#include <zip.h>

#define DEFLATE_RATIO 1032 /* the best that deflate can do */

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

static void
damaged (const char *path, const char *what, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: damaged: %s", path, what);
}

static gboolean
plausible (const zip_stat_t *stat, guint64 archive_bytes)
{
  const guint64 needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  if ((stat->valid & needed) != needed || stat->comp_size > archive_bytes)
    return FALSE;
  return stat->size / DEFLATE_RATIO <= stat->comp_size && stat->size <= G_MAXSSIZE;
}

static GBytes *
read_member (zip_t *archive, guint64 index, const zip_stat_t *stat, const char *path,
             GError **error)
{
  zip_file_t *file = zip_fopen_index (archive, index, 0);
  if (file == NULL) {
    damaged (path, zip_strerror (archive), error);
    return NULL;
  }
  /* One byte more than it claims: reading on to the end is what checks the checksum. */
  guint8 *data = g_try_malloc (stat->size + 1);
  gint64 got = data != NULL ? zip_fread (file, data, stat->size + 1) : -1;
  zip_fclose (file);
  if (got == (gint64)stat->size)
    return g_bytes_new_take (data, stat->size);
  g_free (data);
  damaged (path, "a member's contents do not match its size or checksum", error);
  return NULL;
}

static gboolean
read_members (zip_t *archive, const char *path, guint64 bytes, GPtrArray *members, GError **error)
{
  gint64 n = zip_get_num_entries (archive, 0);
  for (gint64 i = 0; i < n; i++) {
    zip_stat_t stat;
    if (zip_stat_index (archive, (guint64)i, 0, &stat) != 0 || !plausible (&stat, bytes)) {
      damaged (path, "a member claims more bytes than the archive holds", error);
      return FALSE;
    }
    g_autoptr (GBytes) data = read_member (archive, (guint64)i, &stat, path, error);
    if (data == NULL)
      return FALSE;
    g_ptr_array_add (members, telar_zip_member_new (stat.name, data));
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
  gsize length = g_mapped_file_get_length (file);
  if (length == 0) { /* which libzip would take for an archive without members */
    damaged (path, "the file is empty", error);
    return NULL;
  }
  zip_error_t reason;
  zip_error_init (&reason);
  zip_source_t *source =
      zip_source_buffer_create (g_mapped_file_get_contents (file), length, 0, &reason);
  zip_t *archive =
      source != NULL ? zip_open_from_source (source, ZIP_RDONLY | ZIP_CHECKCONS, &reason) : NULL;
  g_autoptr (GPtrArray) members =
      g_ptr_array_new_with_free_func ((GDestroyNotify)telar_zip_member_free);
  gboolean ok = archive != NULL && read_members (archive, path, length, members, error);
  if (archive == NULL) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: not a ZIP archive, or cut off: %s",
                     path, zip_error_strerror (&reason));
    zip_source_free (source);
  }
  zip_discard (archive);
  zip_error_fini (&reason);
  return ok ? g_steal_pointer (&members) : NULL;
}

/* --- writing ------------------------------------------------------------------------------------
 */

static gboolean
add_member (zip_t *archive, const TelarZipMember *member)
{
  gsize size = 0;
  const void *data = g_bytes_get_data (member->data, &size);
  zip_source_t *source = zip_source_buffer (archive, data, size, 0);
  gint64 index =
      source != NULL ? zip_file_add (archive, member->name, source, ZIP_FL_ENC_UTF_8) : -1;
  if (index < 0) {
    zip_source_free (source);
    return FALSE;
  }
  /* 1980-01-01, the first date there is. */
  return zip_set_file_compression (archive, (guint64)index, ZIP_CM_STORE, 0) == 0 &&
         zip_file_set_dostime (archive, (guint64)index, 0, 0x21, 0) == 0;
}

static GByteArray *
source_bytes (zip_source_t *source)
{
  zip_stat_t stat;
  if (zip_source_stat (source, &stat) != 0 || stat.size > G_MAXUINT ||
      zip_source_open (source) != 0)
    return NULL;
  GByteArray *bytes = g_byte_array_sized_new ((guint)stat.size);
  g_byte_array_set_size (bytes, (guint)stat.size);
  gint64 got = zip_source_read (source, bytes->data, stat.size);
  zip_source_close (source);
  if (got == (gint64)stat.size)
    return bytes;
  g_byte_array_unref (bytes);
  return NULL;
}

GByteArray *
telar_zip_build (const GPtrArray *members, GError **error)
{
  zip_error_t reason;
  zip_error_init (&reason);
  zip_source_t *target = zip_source_buffer_create (NULL, 0, 0, &reason);
  zip_t *archive = target != NULL ? zip_open_from_source (target, ZIP_TRUNCATE, &reason) : NULL;
  gboolean ok = archive != NULL;
  GByteArray *bytes = NULL;
  for (guint i = 0; ok && i < members->len; i++)
    ok = add_member (archive, members->pdata[i]);
  if (ok) {
    zip_source_keep (target);
    ok = zip_close (archive) == 0;
    bytes = ok ? source_bytes (target) : NULL;
    zip_source_free (target);
  }
  if (bytes == NULL)
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "writing a .npz file: %s",
                     archive != NULL && !ok ? zip_strerror (archive)
                                            : zip_error_strerror (&reason));
  if (archive != NULL && !ok)
    zip_discard (archive);
  zip_error_fini (&reason);
  return bytes;
}
