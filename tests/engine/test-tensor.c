/* Tensors: memory, references, conversion, and sizes that a file may lie about. */
#include "engine/error.h"
#include "engine/tensor.h"
#include <math.h>

static void
count_free (gpointer data)
{
  (*(guint *)data)++;
}

static void
test_memory (void)
{
  TelarShape shape = telar_shape (3, 5);
  g_autoptr (TelarTensor) tensor = telar_tensor_new (TELAR_F32, &shape);
  g_assert_cmpuint ((gsize)tensor->data % TELAR_ALIGNMENT, ==, 0);
  g_assert_cmpuint (tensor->bytes, ==, 60);
  for (gsize i = 0; i < telar_tensor_elements (tensor); i++)
    g_assert_cmpfloat (telar_tensor_get (tensor, i), ==, 0.0);

  float values[4] = { 1, 2, 3, 4 };
  guint freed = 0;
  TelarShape four = telar_shape (4);
  TelarTensor *wrapped = telar_tensor_wrap (TELAR_F32, &four, values, count_free, &freed);
  telar_tensor_ref (wrapped);
  telar_tensor_unref (wrapped);
  g_assert_cmpuint (freed, ==, 0);
  g_autoptr (TelarTensor) copy = telar_tensor_copy (wrapped);
  g_assert_true (telar_tensor_equal (copy, wrapped));
  telar_tensor_set (copy, 0, 9);
  g_assert_false (telar_tensor_equal (copy, wrapped));
  telar_tensor_unref (wrapped);
  g_assert_cmpuint (freed, ==, 1);

  TelarShape empty = telar_shape (0, 7);
  g_autoptr (TelarTensor) none = telar_tensor_new (TELAR_I64, &empty);
  g_assert_cmpuint (none->bytes, ==, 0);
  g_assert_nonnull (none->data);
}

static void
test_cast (void)
{
  TelarShape shape = telar_shape (3);
  g_autoptr (TelarTensor) big = telar_tensor_new (TELAR_I64, &shape);
  ((gint64 *)big->data)[0] = G_MAXINT64;
  ((gint64 *)big->data)[1] = -7;
  ((gint64 *)big->data)[2] = G_MININT64;
  g_autoptr (TelarTensor) narrow = telar_tensor_cast (big, TELAR_I32);
  g_assert_cmpint (((gint32 *)narrow->data)[0], ==, G_MAXINT32);
  g_assert_cmpint (((gint32 *)narrow->data)[1], ==, -7);
  g_assert_cmpint (((gint32 *)narrow->data)[2], ==, G_MININT32);
  g_autoptr (TelarTensor) same = telar_tensor_cast (big, TELAR_I64);
  g_assert_true (same == big);
  g_autoptr (TelarTensor) scalar = telar_tensor_scalar (TELAR_F32, -0.75);
  g_autoptr (TelarTensor) half = telar_tensor_cast (scalar, TELAR_F16);
  g_assert_cmpfloat (telar_tensor_get (half, 0), ==, -0.75);
}

static void
test_sizes (void)
{
  const TelarShape bad[] = {
    telar_shape ((gint64)1 << 60),
    telar_shape ((gint64)1 << 40, (gint64)1 << 40),
    telar_shape (G_MAXINT64),
    telar_shape (TELAR_DIM_BATCH, 4),
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (telar_tensor_try_new (TELAR_F64, &bad[i], &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  }
  TelarShape good = telar_shape (2, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarTensor) tensor = telar_tensor_try_new (TELAR_F64, &good, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tensor->bytes, ==, 32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/memory", test_memory);
  g_test_add_func ("/tensor/cast", test_cast);
  g_test_add_func ("/tensor/sizes", test_sizes);
  return g_test_run ();
}
