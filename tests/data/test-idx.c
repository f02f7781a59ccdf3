/* The IDX reader on the shipped digits and on files that lie. */
#include "data/idx.h"
#include "tests/data/files.h"

#include <string.h>

/* Two rows of 2 x 3 bytes. */
static const guint8 small[] = { 0, 0, 0x08, 3, 0, 0, 0, 2, 0, 0, 0, 2,  0,  0,
                                0, 3, 1,    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

static void
test_digits (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *images_path = test_sample ("digits/t10k-images-idx3-ubyte.gz");
  g_autofree char *labels_path = test_sample ("digits/t10k-labels-idx1-ubyte.gz");
  g_autoptr (TelarTensor) images = telar_idx_read (images_path, &error);
  g_assert_no_error (error);
  g_autoptr (TelarTensor) labels = telar_idx_read (labels_path, &error);
  g_assert_no_error (error);
  TelarShape expected = telar_shape (10000, 28, 28);
  g_assert_true (telar_shape_equal (&images->type.shape, &expected));
  g_assert_cmpint (images->type.dtype, ==, TELAR_U8);
  /* The first ten labels of the file, and how often each digit comes. */
  static const int first[] = { 7, 2, 1, 0, 4, 1, 4, 9, 5, 9 };
  static const int counts[] = { 980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009 };
  int seen[10] = { 0 };
  for (gsize i = 0; i < 10000; i++)
    seen[((const guint8 *)labels->data)[i]]++;
  for (gsize i = 0; i < 10; i++) {
    g_assert_cmpint (((const guint8 *)labels->data)[i], ==, first[i]);
    g_assert_cmpint (seen[i], ==, counts[i]);
  }
}

static void
check_small (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarTensor) tensor = telar_idx_read (path, &error);
  g_assert_no_error (error);
  TelarShape expected = telar_shape (2, 2, 3);
  g_assert_true (telar_shape_equal (&tensor->type.shape, &expected));
  for (gsize i = 0; i < 12; i++)
    g_assert_cmpfloat (telar_tensor_get (tensor, i), ==, (double)i + 1);
}

static void
test_plain_and_gzip (void)
{
  check_small (test_file ("small.idx", small, sizeof small));
  check_small (test_gzip_file ("small.idx.gz", small, sizeof small));
}

/* One value of each type: bytes in the file, value. */
static void
test_types (void)
{
  static const struct {
    guint8 code, size, bytes[8];
    TelarDType dtype;
    double value;
  } cases[] = {
    { 0x08, 1, { 0xff }, TELAR_U8, 255 },
    { 0x09, 1, { 0xff }, TELAR_I8, -1 },
    { 0x0B, 2, { 0xff, 0xfe }, TELAR_I32, -2 },
    { 0x0C, 4, { 0x00, 0x01, 0x00, 0x02 }, TELAR_I32, 65538 },
    { 0x0D, 4, { 0x3f, 0xc0, 0x00, 0x00 }, TELAR_F32, 1.5 },
    { 0x0E, 8, { 0xc0, 0x04, 0, 0, 0, 0, 0, 0 }, TELAR_F64, -2.5 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    guint8 file[8 + 3 * 8] = { 0, 0, cases[i].code, 1, 0, 0, 0, 3 };
    for (gsize k = 0; k < 3; k++)
      memcpy (file + 8 + k * cases[i].size, cases[i].bytes, cases[i].size);
    const char *path = test_file ("type.idx", file, 8 + 3 * cases[i].size);
    g_autoptr (TelarTensor) tensor = telar_idx_read (path, &error);
    g_assert_no_error (error);
    g_assert_cmpint (tensor->type.dtype, ==, cases[i].dtype);
    for (gsize k = 0; k < 3; k++)
      g_assert_cmpfloat (telar_tensor_get (tensor, k), ==, cases[i].value);
  }
}

/* Cut at every byte, plain and packed: always an error that names the file. */
static void
test_truncated (void)
{
  g_autoptr (GError) error = NULL;
  for (gsize length = 0; length < sizeof small; length++) {
    g_assert_null (telar_idx_read (test_file ("cut.idx", small, (gssize)length), &error));
    test_assert_invalid (error, "cut.idx: cut off");
  }
  g_autofree char *packed = NULL;
  gsize size = 0;
  const char *path = test_gzip_file ("whole.gz", small, sizeof small);
  g_assert_true (g_file_get_contents (path, &packed, &size, NULL));
  for (gsize length = 0; length < size; length++) {
    g_assert_null (telar_idx_read (test_file ("cut.gz", packed, (gssize)length), &error));
    test_assert_invalid (error, "cut.gz: ");
  }
}

static void
test_says_what_is_missing (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (telar_idx_read (test_gzip_file ("short.gz", small, sizeof small - 5), &error));
  test_assert_invalid (error, "12 bytes expected, 7 are there (5 missing)");
}

/* A header may claim anything; nothing is allocated for it. */
static void
test_huge_claims (void)
{
  static const guint8 headers[][20] = {
    { 0, 0, 0x08, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
    { 0, 0, 0x0E, 3, 0x7f, 0xff, 0xff, 0xff, 0, 1, 0, 0, 0, 0, 0, 1 },
    { 0, 0, 0x08, 1, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3, 4 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (telar_idx_read (test_file ("huge.idx", headers[i], 20), &error));
    test_assert_invalid (error, "huge.idx: cut off: the header claims");
    g_assert_null (telar_idx_read (test_gzip_file ("huge.gz", headers[i], 20), &error));
    test_assert_invalid (error, "huge.gz: cut off: the header claims");
  }
}

static void
refuse (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (telar_idx_read (path, &error));
  test_assert_invalid (error, text);
}

static void
test_not_idx (void)
{
  static const guint8 no_type[] = { 0, 0, 0x07, 1, 0, 0, 0, 1, 1 };
  static const guint8 no_rank[] = { 0, 0, 0x08, 0, 1 };
  static const guint8 many[] = { 0, 0, 0x08, 9, 0, 0, 0, 1 };
  static const guint8 none[] = { 0, 0, 0x08, 1, 0, 0, 0, 0 };
  guint8 longer[sizeof small + 1] = { 0 };
  memcpy (longer, small, sizeof small);
  refuse (test_file ("text.idx", "hello, world", -1), "not an IDX file");
  refuse (test_file ("type.idx", no_type, sizeof no_type), "not an IDX file");
  refuse (test_file ("rank.idx", no_rank, sizeof no_rank), "0 dimensions");
  refuse (test_file ("rank9.idx", many, sizeof many), "9 dimensions");
  refuse (test_file ("none.idx", none, sizeof none), "holds no values");
  refuse (test_file ("long.idx", longer, sizeof longer), "goes on beyond");
  refuse (test_path ("nowhere.idx"), "nowhere.idx: No such file");
  refuse (g_get_tmp_dir (), "not a regular file");
}

/* Damage inside packed data is seen through gzip's checksum or its structure. */
static void
test_damaged_gzip (void)
{
  g_autofree char *packed = NULL;
  gsize size = 0;
  g_assert_true (
      g_file_get_contents (test_gzip_file ("d.gz", small, sizeof small), &packed, &size, NULL));
  packed[size - 6] ^= 1;
  refuse (test_file ("damaged.gz", packed, (gssize)size), "damaged.gz: ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_files_begin ();
  g_test_add_func ("/idx/digits", test_digits);
  g_test_add_func ("/idx/plain-and-gzip", test_plain_and_gzip);
  g_test_add_func ("/idx/types", test_types);
  g_test_add_func ("/idx/truncated", test_truncated);
  g_test_add_func ("/idx/says-what-is-missing", test_says_what_is_missing);
  g_test_add_func ("/idx/huge-claims", test_huge_claims);
  g_test_add_func ("/idx/not-idx", test_not_idx);
  g_test_add_func ("/idx/damaged-gzip", test_damaged_gzip);
  int status = g_test_run ();
  test_files_end ();
  return status;
}
