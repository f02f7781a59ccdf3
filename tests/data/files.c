/* Files for the tests of the readers. */
#include "tests/data/files.h"

#include <glib/gstdio.h>
#include <string.h>
#include <zlib.h>

static char *folder;

void
test_files_begin (void)
{
  g_autoptr (GError) error = NULL;
  folder = g_dir_make_tmp ("telar-test-XXXXXX", &error);
  g_assert_no_error (error);
}

void
test_files_end (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

const char *
test_path (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return g_intern_string (path);
}

const char *
test_file (const char *name, const void *data, gssize length)
{
  g_autoptr (GError) error = NULL;
  const char *path = test_path (name);
  g_file_set_contents (path, data, length, &error);
  g_assert_no_error (error);
  return path;
}

const char *
test_gzip_file (const char *name, const void *data, gsize length)
{
  const char *path = test_path (name);
  gzFile file = gzopen (path, "wb");
  g_assert_nonnull (file);
  g_assert_cmpint (gzwrite (file, data, (unsigned)length), ==, (int)length);
  g_assert_cmpint (gzclose (file), ==, Z_OK);
  return path;
}

char *
test_sample (const char *name)
{
  return g_build_filename (g_getenv ("TELAR_SAMPLES"), name, NULL);
}
