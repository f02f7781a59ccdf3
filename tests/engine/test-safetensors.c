/* Safetensors: what is written reads back, equal contents are equal bytes, and no header lies its
 * way past the reader. */
#include "engine/checkpoint.h"
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
temporary (char **folder)
{
  *folder = g_dir_make_tmp ("telar-XXXXXX", NULL);
  g_assert_nonnull (*folder);
  return g_build_filename (*folder, "x.safetensors", NULL);
}

static void
discard (char *folder, const char *path)
{
  g_unlink (path);
  /* Fails when something else was left behind. */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

static GHashTable *
sample_tensors (void)
{
  GHashTable *tensors =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)telar_tensor_unref);
  static const char *const names[TELAR_N_DTYPES] = {
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "conv1.kernel/m"
  };
  for (guint i = 0; i < TELAR_N_DTYPES; i++) {
    TelarShape shape = telar_shape (2, 3);
    if (i == TELAR_F64)
      shape = telar_shape_scalar ();
    if (i == TELAR_U8)
      shape = telar_shape (4, 0);
    TelarTensor *tensor = telar_tensor_new ((TelarDType)i, &shape);
    for (gsize j = 0; j < telar_tensor_elements (tensor); j++)
      telar_tensor_set (tensor, j, (double)j - 2);
    g_hash_table_insert (tensors, (gpointer)names[i], tensor);
  }
  return tensors;
}

static void
test_round_trip (void)
{
  char *folder;
  g_autofree char *path = temporary (&folder);
  g_autoptr (GHashTable) tensors = sample_tensors ();
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (metadata, (gpointer) "graph", (gpointer) "{\n\"ñ\"}");
  g_autoptr (GError) error = NULL;
  telar_safetensors_write (path, tensors, metadata, &error);
  g_assert_no_error (error);

  g_autoptr (GHashTable) read = NULL, strings = NULL;
  telar_safetensors_read (path, &read, &strings, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (read), ==, g_hash_table_size (tensors));
  GHashTableIter iter;
  gpointer name, tensor;
  g_hash_table_iter_init (&iter, tensors);
  while (g_hash_table_iter_next (&iter, &name, &tensor))
    g_assert_true (telar_tensor_equal (tensor, g_hash_table_lookup (read, name)));
  g_assert_cmpstr (g_hash_table_lookup (strings, "graph"), ==, "{\n\"ñ\"}");

  g_autofree char *before = NULL, *after = NULL;
  gsize n, m;
  g_assert_true (g_file_get_contents (path, &before, &n, NULL));
  g_assert_true (telar_safetensors_write (path, read, strings, NULL));
  g_assert_true (g_file_get_contents (path, &after, &m, NULL));
  g_assert_cmpmem (before, n, after, m);
  discard (folder, path);
}

/* Writes header and @data bytes of zeros; @length is what the file claims of its header. */
static void
write_file (const char *path, const char *header, guint64 length, gsize data)
{
  GString *text = g_string_new (NULL);
  guint64 claimed = GUINT64_TO_LE (length);
  g_string_append_len (text, (const char *)&claimed, sizeof claimed);
  g_string_append (text, header);
  for (gsize i = 0; i < data; i++)
    g_string_append_c (text, '\0');
  g_assert_true (g_file_set_contents (path, text->str, (gssize)text->len, NULL));
  g_string_free (text, TRUE);
}

static void
check_refused (const char *path, const char *message)
{
  g_autoptr (GHashTable) tensors = NULL, metadata = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_false (telar_safetensors_read (path, &tensors, &metadata, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_null (tensors);
  g_autofree char *want = g_strdup_printf ("%s: %s", path, message);
  g_assert_cmpstr (error->message, ==, want);
}

#define T(dtype, shape, offsets)                                                                   \
  "{\"t\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

static void
test_hostile (void)
{
  static const struct {
    const char *header;
    gsize data;
    const char *message;
  } cases[] = {
    { T ("F32", "[2]", "[0,8]"), 7, "t: ends at byte 8 of 7 bytes of data" },
    { T ("F32", "[2]", "[0,8]"), 9, "1 bytes belong to no tensor" },
    { T ("F32", "[2]", "[1,9]"), 9, "t: leaves a gap before byte 1 of the data" },
    { T ("F32", "[3]", "[0,8]"), 8, "t: f32[3] does not take 8 bytes" },
    { T ("F32", "[4611686018427387905]", "[0,4]"), 4,
      "t: f32[4611686018427387905] does not take 4 bytes" },
    { T ("F32", "[4294967296,4294967296]", "[0,0]"), 0,
      "t: f32[4294967296,4294967296] does not take 0 bytes" },
    { T ("F32", "[-2]", "[0,8]"), 8, "t: a dimension must be a whole number" },
    { T ("F32", "[2.0]", "[0,8]"), 8, "t: a dimension must be a whole number" },
    { T ("F32", "2", "[0,8]"), 8, "t: \"shape\" must be a list" },
    { T ("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]"), 8, "t: 9 dimensions, at most 8 may be" },
    { T ("F32", "[2]", "[8,0]"), 8, "t: \"data_offsets\" must be where it begins and ends" },
    { T ("F32", "[2]", "[-8,0]"), 8, "t: \"data_offsets\" must be where it begins and ends" },
    { T ("F32", "[2]", "[0]"), 8, "t: \"data_offsets\" must be where it begins and ends" },
    { T ("F32", "[2]", "[0,1152921504606846976]"), 8,
      "t: ends at byte 1152921504606846976 of 8 bytes of data" },
    { T ("F8_E4M3", "[2]", "[0,2]"), 2, "t: unknown dtype F8_E4M3" },
    { "{\"t\":[]}", 0, "t: unknown dtype (none)" },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
      "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}}",
      6, "b: overlaps the tensor before at byte 2 of the data" },
    { "{\"a\":{},\"a\":{}}", 0, "the header is not JSON: duplicate object key near '\"a\"'" },
    { "[1]", 0, "the header is not a JSON object" },
    { "{\"__metadata__\":{\"a\":1}}", 0, "the metadata \"a\" must be text" },
    { "{\"__metadata__\":[]}", 0, "\"__metadata__\" must be an object" },
    { "{\"t\"", 0, "the header is not JSON: ':' expected near end of file" },
  };
  char *folder;
  g_autofree char *path = temporary (&folder);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    write_file (path, cases[i].header, strlen (cases[i].header), cases[i].data);
    check_refused (path, cases[i].message);
  }
  discard (folder, path);
}

static void
test_lying_length (void)
{
  char *folder;
  g_autofree char *path = temporary (&folder);
  write_file (path, "{}", (guint64)1 << 60, 0);
  check_refused (path, "the header claims 1152921504606846976 bytes, the file has 10");
  write_file (path, "{}", G_MAXUINT64, 0);
  check_refused (path, "the header claims 18446744073709551615 bytes, the file has 10");
  g_assert_true (g_file_set_contents (path, "1234567", 7, NULL));
  check_refused (path, "too short for a safetensors file");
  /* A sparse file as large as it claims: its header is still too long to be one. */
  write_file (path, "{}", 200 * 1000 * 1000, 0);
  g_assert_cmpint (truncate (path, 300 * 1000 * 1000), ==, 0);
  check_refused (path, "the header claims 200000000 bytes, at most 100000000 may");
  discard (folder, path);
  g_autofree char *tmp = g_strdup (g_get_tmp_dir ());
  check_refused (tmp, "not a file");
  check_refused ("/nonexistent/x", "No such file or directory");
}

/* --- checkpoints ------------------------------------------------------------------------------ */

static TelarStates *
sample_states (void)
{
  TelarStates *states = telar_states_new ();
  g_autoptr (TelarTensor) value = telar_tensor_scalar (TELAR_F32, 0.1);
  g_assert_true (telar_states_put (states, "fc.kernel", value, NULL));
  return states;
}

static void
test_checkpoint (void)
{
  char *folder;
  g_autofree char *path = temporary (&folder);
  g_autoptr (TelarStates) states = sample_states ();
  g_autoptr (GError) error = NULL;
  TelarProgress progress = { .epoch = 3,
                             .step = 47,
                             .batch_in_epoch = 2,
                             .seed = G_MAXINT64,
                             .learning_rate_factor = 1.0 / 3.0,
                             .best_metric = NAN,
                             .best_epoch = 1,
                             .graph = g_strdup ("{}") };
  static const double sums[] = { 0.1, 1e-300, -2 };
  progress.sums = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_append_vals (progress.sums, sums, 3);
  telar_checkpoint_save (path, states, &progress, &error);
  g_assert_no_error (error);

  TelarProgress read = { 0 };
  g_autoptr (TelarStates) loaded = telar_checkpoint_load (path, &read, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read.epoch, ==, 3);
  g_assert_cmpint (read.step, ==, 47);
  g_assert_cmpint (read.batch_in_epoch, ==, 2);
  g_assert_cmpuint (read.seed, ==, G_MAXINT64);
  g_assert_cmpfloat (read.learning_rate_factor, ==, 1.0 / 3.0);
  g_assert_true (isnan (read.best_metric));
  g_assert_cmpint (read.best_epoch, ==, 1);
  g_assert_cmpstr (read.graph, ==, "{}");
  g_assert_cmpmem (read.sums->data, sizeof sums, sums, sizeof sums);
  g_assert_true (telar_tensor_equal (telar_states_get (loaded, "fc.kernel"),
                                     telar_states_get (states, "fc.kernel")));
  telar_progress_clear (&progress);
  telar_progress_clear (&read);
  discard (folder, path);
}

static void
test_no_checkpoint (void)
{
  static const char *const headers[][2] = {
    { "{}", "is no checkpoint of format 1" },
    { "{\"__metadata__\":{\"telar.checkpoint\":\"2\"}}", "is no checkpoint of format 1" },
    { "{\"__metadata__\":{\"telar.checkpoint\":\"1\"}}", "\"epoch\" is missing or malformed" },
    { "{\"__metadata__\":{\"telar.checkpoint\":\"1\",\"epoch\":\"-1\"}}",
      "\"epoch\" is missing or malformed" },
  };
  char *folder;
  g_autofree char *path = temporary (&folder);
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autoptr (GError) error = NULL;
    write_file (path, headers[i][0], strlen (headers[i][0]), 0);
    g_assert_null (telar_checkpoint_load (path, NULL, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, headers[i][1]));
  }
  discard (folder, path);
}

/* --- replacing a file ------------------------------------------------------------------------- */

static void
check_contents (const char *path, const char *want)
{
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, want);
}

static void
test_replace (void)
{
  char *folder;
  g_autofree char *path = temporary (&folder);
  g_autoptr (GError) error = NULL;
  g_assert_true (telar_file_replace (path, "one", 3, &error));
  check_contents (path, "one");
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_assert_cmpint (symlink ("x.safetensors", link), ==, 0);
  g_assert_true (telar_file_replace (link, "three", 5, &error));
  check_contents (path, "three");
  struct stat status;
  g_assert_cmpint (lstat (link, &status), ==, 0);
  g_assert_true (S_ISLNK (status.st_mode));
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0640);
  g_unlink (link);
  discard (folder, path);
}

/* No room, as on a full disk: the old contents stay, nothing is left beside them. */
static void
test_replace_full (void)
{
  char *folder;
  g_autofree char *path = temporary (&folder);
  g_autofree char *large = g_strnfill (4096, 'x');
  g_autoptr (GError) error = NULL;
  g_assert_true (telar_file_replace (path, "old", 3, &error));

  struct rlimit limit, small;
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  small = (struct rlimit){ 1024, limit.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  gboolean good = telar_file_replace (path, large, 4096, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (good);
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  check_contents (path, "old");
  discard (folder, path);
}

/* A folder where the file should be: the rename fails, nothing is left beside it. */
static void
test_replace_fails (void)
{
  char *folder;
  g_autofree char *path = temporary (&folder);
  g_autofree char *inner = g_build_filename (path, "inner", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_true (g_file_set_contents (inner, "", 0, NULL));
  g_assert_false (telar_file_replace (path, "one", 3, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_assert_true (g_str_has_prefix (error->message, "cannot write "));
  g_unlink (inner);
  g_rmdir (path);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_clear_error (&error);
  g_assert_false (telar_file_replace (path, "one", 3, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors/round-trip", test_round_trip);
  g_test_add_func ("/safetensors/hostile", test_hostile);
  g_test_add_func ("/safetensors/lying-length", test_lying_length);
  g_test_add_func ("/checkpoint/round-trip", test_checkpoint);
  g_test_add_func ("/checkpoint/refused", test_no_checkpoint);
  g_test_add_func ("/file/replace", test_replace);
  g_test_add_func ("/file/replace-full", test_replace_full);
  g_test_add_func ("/file/replace-fails", test_replace_fails);
  return g_test_run ();
}
