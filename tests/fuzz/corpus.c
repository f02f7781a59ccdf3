/* Runs a fuzz target without libFuzzer: over every part of every file of a folder, and over some
 * thousand damaged copies, the same ones each time. Usage: PROGRAM --tap FOLDER. */
#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <string.h>

enum { COPIES = 200 };

static const char *folder;

static void
run (const GString *text)
{
  LLVMFuzzerTestOneInput ((const uint8_t *)text->str, text->len);
}

/* Pieces that mean something, put where they may not. */
static const char *const pieces[] = {
  "0",
  "1",
  "-1",
  "7",
  "9223372036854775807",
  "-9223372036854775808",
  "1e400",
  "nan",
  "N",
  "2N",
  "{",
  "}",
  "[",
  "]",
  "%0",
  "%1",
  ",",
  "=",
  "f64",
  "i8",
  "bool",
  "\"",
  "\\x",
  "4294967295",
  "1048577",
};

static void
damage (GString *text, GRand *rand)
{
  gint32 at = g_rand_int_range (rand, 0, (gint32)text->len + 1);
  gint32 n = g_rand_int_range (rand, 0, MIN ((gint32)text->len - at, 12) + 1);

  switch (g_rand_int_range (rand, 0, 6)) {
  case 0:
    g_string_truncate (text, (gsize)at);
    break;
  case 1:
    g_string_erase (text, at, n);
    break;
  case 2: {
    g_autofree char *copy = g_memdup2 (text->str + at, (gsize)n);

    g_string_insert_len (text, g_rand_int_range (rand, 0, (gint32)text->len + 1), copy, n);
    break;
  }
  case 3:
    g_string_insert_c (text, at, (char)g_rand_int_range (rand, 0, 256));
    break;
  case 4: /* lengths stay right, which a binary format needs to get anywhere */
    if ((gsize)at < text->len)
      text->str[at] = (char)g_rand_int_range (rand, 0, 256);
    break;
  default:
    g_string_erase (text, at, MIN (n, 2));
    g_string_insert (text, at, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
    break;
  }
}

static void
run_copies (const char *start, gsize length, GRand *rand)
{
  for (guint copy = 0; copy < COPIES; copy++) {
    g_autoptr (GString) damaged = g_string_new_len (start, (gssize)length);

    for (guint hurt = copy; hurt > 0; hurt /= 8)
      damage (damaged, rand);
    run (damaged);
  }
}

/* A text may hold several cases, each begun by a line "--- TITLE". */
static void
run_file (const char *path)
{
  static const char mark[] = "\n--- ";
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;
  GRand *rand = g_rand_new_with_seed (g_str_hash (path + strlen (folder)));

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  const char *start = text, *end = text + length;
  while (start) {
    const char *next = memmem (start, (gsize)(end - start), mark, strlen (mark));

    run_copies (start, (gsize)((next ? next : end) - start), rand);
    start = next ? memchr (next + 1, '\n', (gsize)(end - next - 1)) : NULL;
  }
  g_rand_free (rand);
}

static void
test_corpus (void)
{
  g_autoptr (GError) error = NULL;
  GDir *dir = g_dir_open (folder, 0, &error);
  guint n = 0;
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    run_file (path);
    n++;
  }
  g_dir_close (dir);
  g_assert_cmpuint (n, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("usage: %s FOLDER", argv[0]);
  folder = argv[1];
  g_test_add_func ("/fuzz/corpus", test_corpus);
  return g_test_run ();
}
