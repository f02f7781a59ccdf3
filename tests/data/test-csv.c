/* The CSV reader: what RFC 4180 allows, what comes besides, and what is refused. */
#include "data/csv.h"
#include "tests/data/files.h"

#include <string.h>

/* Reads all of it as "a|b/c|d/" so that a test is one comparison. */
static char *
flatten (const char *path, char separator, GError **error)
{
  g_autoptr (TelarCsv) csv = telar_csv_open (path, separator, error);
  if (csv == NULL)
    return NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  int got;
  do {
    for (guint i = 0; i < telar_csv_n_fields (csv); i++)
      g_string_append_printf (text, "%s%s", i > 0 ? "|" : "", telar_csv_field (csv, i));
    g_string_append_c (text, '/');
    got = telar_csv_next (csv, error);
  } while (got == 1);
  return got == 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
check (const char *bytes, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = flatten (test_file ("case.csv", bytes, -1), 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
refuse (const void *bytes, gssize length, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (flatten (test_file ("bad.csv", bytes, length), 0, &error));
  test_assert_invalid (error, expected);
}

static void
test_rfc (void)
{
  check ("a,b\n1,2\n", "a|b/1|2/");
  check ("a,b\r\n1,2\r\n", "a|b/1|2/");
  check ("a,b\r1,2\r", "a|b/1|2/");
  check ("a,b\n1,2", "a|b/1|2/"); /* no line end at the end */
  check ("a,b\n,\n", "a|b/|/");
  check ("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", "a|b/x,y|say \"hi\"/");
  check ("a,b\n\"two\nlines\",\"\"\n", "a|b/two\nlines|/");
  check ("a,b\n1 \"q\",2\n", "a|b/1 \"q\"|2/"); /* a quote inside is a character */
  check ("\xef\xbb\xbf"
         "a,b\n1,2\n",
         "a|b/1|2/");
  check ("\xef\xbb\xbf\"a\",b\n1,2\n", "a|b/1|2/");
  check ("name\n\xc3\xb1\n", "name/\xc3\xb1/");
  check ("a,b\n\n1,2\n\n", "a|b/1|2/"); /* lines with nothing on them */
}

static void
test_separators (void)
{
  check ("a;b\n1,5;2\n", "a|b/1,5|2/");
  check ("a\tb\n1\t2\n", "a|b/1|2/");
  check ("\"a;b;c\",d\n1,2\n", "a;b;c|d/1|2/"); /* quoted ones do not count */
  g_autoptr (GError) error = NULL;
  g_autofree char *text = flatten (test_file ("given.csv", "a;b,c\n1;2,3\n", -1), ',', &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "a;b|c/1;2|3/");
}

static void
test_ragged (void)
{
  refuse ("a,b,c\n1,2,3\n1,2\n", -1, "bad.csv:3: 2 fields where the header has 3");
  refuse ("a,b\n\"x\ny\",2\n1,2,3\n", -1, "bad.csv:4: 3 fields where the header has 2");
  refuse ("a,b\n1\n", -1, "bad.csv:2: 1 field where the header has 2");
}

static void
test_hostile (void)
{
  refuse ("", 0, "bad.csv: empty");
  refuse ("\n\n\n", -1, "bad.csv: empty");
  refuse ("a,b\n1,\0\n", 8, "bad.csv:2: a NUL byte");
  refuse ("a,b\n1,\xff\n", -1, "bad.csv:2: not UTF-8");
  refuse ("a,b\n1,2\n\"x,2\n3,4\n", -1, "bad.csv:3: a quote is opened here");
  refuse ("a,b\n\"x\"y,2\n", -1, "bad.csv:2: text between a closing quote");
  g_autofree char *commas = g_strnfill (70000, ',');
  refuse (commas, -1, "bad.csv:1: more than 65,536 fields");
  g_autofree char *large = g_strnfill ((17 << 20), 'x');
  refuse (large, -1, "bad.csv:1: a record of more than 16 MiB");
}

static void
test_gzip (void)
{
  static const char text[] = "a,b\n1,2\n3,4\n";
  g_autoptr (GError) error = NULL;
  const char *path = test_gzip_file ("packed.csv.gz", text, sizeof text - 1);
  g_autofree char *flat = flatten (path, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (flat, ==, "a|b/1|2/3|4/");
  g_autofree char *packed = NULL;
  gsize size = 0;
  g_assert_true (g_file_get_contents (path, &packed, &size, NULL));
  g_assert_null (flatten (test_file ("cut.csv.gz", packed, (gssize)size - 9), 0, &error));
  test_assert_invalid (error, "cut.csv.gz:");
}

/* Records that straddle the reader's buffer keep their bytes and their lines. */
static void
test_long_file (void)
{
  g_autoptr (GString) text = g_string_new ("n,word\n");
  for (int i = 0; i < 40000; i++)
    g_string_append_printf (text, "%d,\"word \"\"%d\"\"\"\r\n", i, i * 7);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarCsv) csv =
      telar_csv_open (test_file ("long.csv", text->str, (gssize)text->len), 0, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 40000; i++) {
    g_autofree char *expected = g_strdup_printf ("word \"%d\"", i * 7);
    g_assert_cmpint (telar_csv_next (csv, &error), ==, 1);
    g_assert_cmpuint (telar_csv_line (csv), ==, (guint)i + 2);
    g_assert_cmpstr (telar_csv_field (csv, 1), ==, expected);
  }
  g_assert_cmpint (telar_csv_next (csv, &error), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_files_begin ();
  g_test_add_func ("/csv/rfc-4180", test_rfc);
  g_test_add_func ("/csv/separators", test_separators);
  g_test_add_func ("/csv/ragged", test_ragged);
  g_test_add_func ("/csv/hostile", test_hostile);
  g_test_add_func ("/csv/gzip", test_gzip);
  g_test_add_func ("/csv/long-file", test_long_file);
  int status = g_test_run ();
  test_files_end ();
  return status;
}
