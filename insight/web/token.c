/* The secret that a client must know: 256 random bits in a file that only its owner reads. */
#include "insight/web/web-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES  32
#define DIGITS (2 * BYTES)

gboolean
telar_same_secret (const char *a, const char *b)
{
  gsize n = strlen (b);
  gboolean same_length = strlen (a) == n;
  guint different = !same_length;

  /* Every digit is looked at, so that the time tells nothing. */
  for (gsize i = 0; i < n; i++)
    different |= (guint)(a[same_length ? i : 0] ^ b[i]);
  return !different;
}

/* NULL when the file is not there, not ours alone, or holds something else. */
static char *
read_token (const char *path)
{
  g_autofree char *text = NULL;
  struct stat status;
  gsize length;

  if (stat (path, &status) != 0 || !S_ISREG (status.st_mode) || status.st_uid != geteuid () ||
      (status.st_mode & 077) != 0 || !g_file_get_contents (path, &text, &length, NULL))
    return NULL;
  g_strchomp (text);
  if (strlen (text) != DIGITS || strspn (text, "0123456789abcdef") != DIGITS)
    return NULL;
  return g_steal_pointer (&text);
}

static char *
random_token (void)
{
  guint8 bytes[BYTES];
  GString *text = g_string_new (NULL);

  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    g_error ("the kernel gives no random numbers"); /* cannot happen for 256 bytes or fewer */
  for (guint i = 0; i < BYTES; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

char *
telar_web_token (const char *workspace, GError **error)
{
  g_autofree char *path = g_build_filename (workspace, "serve.token", NULL);
  char *token = read_token (path);
  GError *failure = NULL;

  if (token != NULL)
    return token;
  token = random_token ();
  if (g_file_set_contents_full (path, token, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &failure) &&
      g_chmod (path, 0600) == 0)
    return token;
  telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: %s", path,
                   failure != NULL ? failure->message : g_strerror (errno));
  g_clear_error (&failure);
  g_free (token);
  return NULL;
}
