/* NumPy's files, judged by NumPy itself, and files that lie. */
#include "data/npy.h"
#include "tests/data/files.h"

#include <string.h>

/* Runs a line of Python with NumPy; paths in it are relative to the folder of the files. */
static void
run_numpy (const char *code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *fallback =
      g_build_filename (g_get_home_dir (), ".cache", "telar", "judges", "bin", "python", NULL);
  const char *python = g_getenv ("TELAR_JUDGES");
  g_autofree char *script = g_strconcat ("import numpy as np\n", code, NULL);
  const char *argv[] = { python != NULL && *python ? python : fallback, "-c", script, NULL };
  int status = 0;
  g_autofree char *errors = NULL;
  g_assert_true (g_spawn_sync (test_path (""), (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                               NULL, &errors, &status, &error));
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s", errors);
}

static void
check_counting (const char *name, TelarDType dtype)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarTensor) tensor = telar_npy_read (test_path (name), &error);
  g_assert_no_error (error);
  TelarShape expected = telar_shape (2, 3, 4);
  g_assert_true (telar_shape_equal (&tensor->type.shape, &expected));
  g_assert_cmpstr (telar_dtype_name (tensor->type.dtype), ==, telar_dtype_name (dtype));
  for (gsize i = 0; i < 24; i++)
    g_assert_cmpfloat (telar_tensor_get (tensor, i), ==, (double)i);
}

static void
test_read (void)
{
  run_numpy ("for t in ['<f4','>f4','<f8','<f2','|i1','|u1','<i2','<u2','>i4','<u4','<i8','>i8']:\n"
             "    a = np.arange(24).reshape(2,3,4).astype(t)\n"
             "    np.save(t[1:] + ('be' if t[0] == '>' else '') + '.npy', a)\n"
             "np.save('fortran.npy', np.asfortranarray(np.arange(24.0).reshape(2,3,4)))\n"
             "np.save('scalar.npy', np.float32(2.5))\n"
             "np.save('bool.npy', np.array([True, False]))\n"
             "np.save('complex.npy', np.zeros(3, complex))\n"
             "np.save('empty.npy', np.zeros((0, 3), np.float32))");
  static const struct {
    const char *name;
    TelarDType dtype;
  } cases[] = { { "f4.npy", TELAR_F32 },     { "f4be.npy", TELAR_F32 }, { "f8.npy", TELAR_F64 },
                { "f2.npy", TELAR_F16 },     { "i1.npy", TELAR_I8 },    { "u1.npy", TELAR_U8 },
                { "i2.npy", TELAR_I16 },     { "u2.npy", TELAR_U16 },   { "i4be.npy", TELAR_I32 },
                { "u4.npy", TELAR_U32 },     { "i8.npy", TELAR_I64 },   { "i8be.npy", TELAR_I64 },
                { "fortran.npy", TELAR_F64 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_counting (cases[i].name, cases[i].dtype);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarTensor) scalar = telar_npy_read (test_path ("scalar.npy"), &error);
  g_autoptr (TelarTensor) flags = telar_npy_read (test_path ("bool.npy"), &error);
  g_autoptr (TelarTensor) empty = telar_npy_read (test_path ("empty.npy"), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scalar->type.shape.rank, ==, 0);
  g_assert_cmpfloat (telar_tensor_get (scalar, 0), ==, 2.5);
  g_assert_cmpint (flags->type.dtype, ==, TELAR_BOOL);
  g_assert_cmpint (empty->type.shape.dims[0], ==, 0);
  g_assert_null (telar_npy_read (test_path ("complex.npy"), &error));
  test_assert_invalid (error, "no counterpart");
}

static TelarTensor *
counting (TelarDType dtype)
{
  TelarShape shape = telar_shape (2, 3);
  TelarTensor *tensor = telar_tensor_new (dtype, &shape);
  for (gsize i = 0; i < 6; i++)
    telar_tensor_set (tensor, i, (double)i);
  return tensor;
}

static void
test_write (void)
{
  g_autoptr (GError) error = NULL;
  for (int dtype = 0; dtype < TELAR_N_DTYPES; dtype++) {
    g_autoptr (TelarTensor) tensor = counting ((TelarDType)dtype);
    g_autofree char *name = g_strdup_printf ("out-%s.npy", telar_dtype_name ((TelarDType)dtype));
    g_assert_true (telar_npy_write (test_path (name), tensor, &error));
    g_assert_no_error (error);
  }
  g_autoptr (TelarTensor) one = telar_tensor_scalar (TELAR_F32, 2.5);
  g_assert_true (telar_npy_write (test_path ("out-scalar.npy"), one, &error));
  run_numpy ("names = dict(f32='f4', f64='f8', f16='f2', bf16='f4', i8='i1', u8='u1', i32='i4',\n"
             "             i64='i8', bool='?')\n"
             "for name, t in names.items():\n"
             "    a = np.load('out-' + name + '.npy')\n"
             "    assert a.dtype == np.dtype(t), name\n"
             "    assert (a == np.arange(6).reshape(2, 3).astype(t)).all(), name\n"
             "a = np.load('out-scalar.npy')\n"
             "assert a.shape == () and a == 2.5");
}

static void
test_npz (void)
{
  run_numpy ("np.savez('stored.npz', x=np.arange(6.0).reshape(2,3), y=np.int64(7))\n"
             "np.savez_compressed('packed.npz', x=np.arange(6.0).reshape(2,3), y=np.int64(7))");
  static const char *const names[] = { "stored.npz", "packed.npz" };
  g_autoptr (GError) error = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GHashTable) arrays = telar_npz_read (test_path (names[i]), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_hash_table_size (arrays), ==, 2);
    TelarTensor *x = g_hash_table_lookup (arrays, "x");
    g_assert_cmpint (x->type.shape.dims[1], ==, 3);
    g_assert_cmpfloat (telar_tensor_get (x, 5), ==, 5);
    g_assert_cmpfloat (telar_tensor_get (g_hash_table_lookup (arrays, "y"), 0), ==, 7);
  }
  g_autoptr (GHashTable) tensors =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)telar_tensor_unref);
  g_hash_table_insert (tensors, (gpointer) "a", counting (TELAR_F32));
  g_hash_table_insert (tensors, (gpointer) "b", counting (TELAR_I64));
  g_assert_true (telar_npz_write (test_path ("ours.npz"), tensors, &error));
  g_assert_no_error (error);
  run_numpy ("z = np.load('ours.npz')\n"
             "assert sorted(z.files) == ['a', 'b']\n"
             "assert (z['a'] == np.arange(6).reshape(2,3)).all() and z['b'].dtype == np.int64");
}

/* Cut or changed at any byte, a file is read rightly or refused; it never crashes the reader. */
static void
test_damaged (void)
{
  static const char *const names[] = { "out-f32.npy", "packed.npz" };
  for (gsize n = 0; n < G_N_ELEMENTS (names); n++) {
    g_autofree char *bytes = NULL;
    gsize length = 0;
    gboolean zip = g_str_has_suffix (names[n], ".npz");
    g_assert_true (g_file_get_contents (test_path (names[n]), &bytes, &length, NULL));
    for (gsize cut = 0; cut < length; cut++) {
      g_autoptr (GError) error = NULL;
      const char *path = test_file ("cut", bytes, (gssize)cut);
      if (zip)
        g_assert_null (telar_npz_read (path, &error));
      else
        g_assert_null (telar_npy_read (path, &error));
      test_assert_invalid (error, "cut: ");
    }
    for (gsize i = 0; i < length; i++) {
      g_autoptr (GError) error = NULL;
      bytes[i] ^= (char)0xff;
      const char *path = test_file ("changed", bytes, (gssize)length);
      g_autoptr (GHashTable) arrays = zip ? telar_npz_read (path, &error) : NULL;
      g_autoptr (TelarTensor) array = zip ? NULL : telar_npy_read (path, &error);
      g_assert_true ((error != NULL) == (arrays == NULL && array == NULL));
      bytes[i] ^= (char)0xff;
    }
  }
}

static void
test_huge_claims (void)
{
  static const char *const shapes[] = { "(1152921504606846976, 16)", "(99999999999999999999,)",
                                        "(4000000000,)" };
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *header =
        g_strdup_printf ("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }\n", shapes[i]);
    g_autoptr (GString) file = g_string_new_len ("\x93NUMPY\x01\x00", 8);
    g_string_append_c (file, (char)strlen (header));
    g_string_append_c (file, '\0');
    g_string_append (file, header);
    g_assert_null (telar_npy_read (test_file ("huge.npy", file->str, (gssize)file->len), &error));
    test_assert_invalid (error, "huge.npy: ");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_files_begin ();
  g_test_add_func ("/npy/read", test_read);
  g_test_add_func ("/npy/write", test_write);
  g_test_add_func ("/npy/npz", test_npz);
  g_test_add_func ("/npy/damaged", test_damaged);
  g_test_add_func ("/npy/huge-claims", test_huge_claims);
  int status = g_test_run ();
  test_files_end ();
  return status;
}
