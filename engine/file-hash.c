/* SHA-256 of a file, read in pieces. */
#include "engine/file-hash.h"

#include <errno.h>
#include <stdio.h>

char *
telar_file_hash (const char *path, gint64 *bytes, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: not a regular file", path);
    return NULL;
  }
  FILE *file = fopen (path, "rbe");
  if (file == NULL) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", path, g_strerror (errno));
    return NULL;
  }
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guchar buffer[1 << 14];
  gint64 total = 0;
  gsize got;
  while ((got = fread (buffer, 1, sizeof buffer, file)) > 0) {
    g_checksum_update (checksum, buffer, (gssize)got);
    total += (gint64)got;
  }
  int failure = ferror (file) ? errno : 0;
  fclose (file);
  if (failure != 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", path, g_strerror (failure));
    return NULL;
  }
  if (bytes != NULL)
    *bytes = total;
  return g_strconcat ("sha256:", g_checksum_get_string (checksum), NULL);
}
