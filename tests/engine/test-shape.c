/* Shapes with a symbolic batch: their arithmetic, their text, and what is refused. */
#include "engine/shape.h"

static void
test_count (void)
{
  gint64 count;
  TelarShape shape = telar_shape (TELAR_DIM_BATCH, 28, 28);
  g_assert_true (telar_shape_count (&shape, &count));
  g_assert_cmpint (count, ==, -784);
  shape = telar_shape_scalar ();
  g_assert_true (telar_shape_count (&shape, &count));
  g_assert_cmpint (count, ==, 1);
  shape = telar_shape (TELAR_DIM_BATCH, -2);
  g_assert_false (telar_shape_count (&shape, &count));
  shape = telar_shape ((gint64)1 << 32, (gint64)1 << 32);
  g_assert_false (telar_shape_count (&shape, &count));
  shape = telar_shape ((gint64)1 << 32, (gint64)1 << 32, 0);
  g_assert_true (telar_shape_count (&shape, &count));
  g_assert_cmpint (count, ==, 0);
}

static void
test_bind (void)
{
  TelarShape shape = telar_shape (-28, 3), want = telar_shape (28 * 5, 3);
  g_assert_false (telar_shape_is_concrete (&shape));
  TelarShape bound = telar_shape_bind (&shape, 5);
  g_assert_true (telar_shape_equal (&bound, &want));
  g_assert_true (telar_shape_is_concrete (&bound));
  g_assert_cmpuint (telar_shape_elements (&bound), ==, 420);
}

static void
check_broadcast (const char *a, const char *b, const char *want)
{
  TelarShape x, y, z;
  g_assert_true (telar_shape_from_string (a, &x));
  g_assert_true (telar_shape_from_string (b, &y));
  gboolean fits = telar_shape_broadcast (&x, &y, &z);
  g_assert_true (fits == (want != NULL));
  g_assert_true (telar_shape_broadcast (&y, &x, &z) == fits);
  if (!fits)
    return;
  g_autofree char *text = telar_shape_to_string (&z);
  g_assert_cmpstr (text, ==, want);
}

static void
test_broadcast (void)
{
  check_broadcast ("N,12,28,28", "12,1,1", "N,12,28,28");
  check_broadcast ("4,1", "5", "4,5");
  check_broadcast ("", "2,N", "2,N");
  check_broadcast ("1,3", "N,1", "N,3");
  check_broadcast ("N,3", "2N,3", NULL);
  check_broadcast ("N,3", "4,3", NULL);
  check_broadcast ("0", "1", "0");
  check_broadcast ("2,3", "3,2", NULL);
}

static gboolean
is (const TelarShape *shape, TelarShape expected)
{
  return telar_shape_equal (shape, &expected);
}

static void
test_axes (void)
{
  TelarShape shape = telar_shape (TELAR_DIM_BATCH, 3, 4), other;
  other = telar_shape_without (&shape, 1);
  g_assert_true (is (&other, telar_shape (TELAR_DIM_BATCH, 4)));
  other = telar_shape_without (&other, 1);
  other = telar_shape_without (&other, 0);
  g_assert_cmpuint (other.rank, ==, 0);
  other = telar_shape_with (&shape, 0, 7);
  g_assert_true (is (&other, telar_shape (7, TELAR_DIM_BATCH, 3, 4)));
  other = telar_shape_with (&shape, 3, 1);
  g_assert_true (is (&other, telar_shape (TELAR_DIM_BATCH, 3, 4, 1)));
}

static void
test_strides (void)
{
  gint64 strides[TELAR_MAX_RANK];
  TelarShape shape = telar_shape (2, 3, 4);
  telar_shape_strides (&shape, strides);
  g_assert_cmpint (strides[0], ==, 12);
  g_assert_cmpint (strides[1], ==, 4);
  g_assert_cmpint (strides[2], ==, 1);
}

static void
test_text (void)
{
  static const char *const good[] = { "", "0", "N", "28N", "N,12,28,28", "1,2,3,4,5,6,7,8" };
  static const char *const bad[] = {
    ",", "N,", "-1", "3x3", " 3", "N,N28", "0N", "99999999999999999999", "1,2,3,4,5,6,7,8,9",
  };
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    TelarShape shape;
    g_assert_true (telar_shape_from_string (good[i], &shape));
    g_autofree char *text = telar_shape_to_string (&shape);
    g_assert_cmpstr (text, ==, good[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    TelarShape shape;
    g_assert_false (telar_shape_from_string (bad[i], &shape));
  }
  TelarType type = { TELAR_F32, telar_shape (TELAR_DIM_BATCH, 12) };
  g_autofree char *text = telar_type_to_string (&type);
  g_assert_cmpstr (text, ==, "f32[N,12]");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape/count", test_count);
  g_test_add_func ("/shape/bind", test_bind);
  g_test_add_func ("/shape/broadcast", test_broadcast);
  g_test_add_func ("/shape/axes", test_axes);
  g_test_add_func ("/shape/strides", test_strides);
  g_test_add_func ("/shape/text", test_text);
  return g_test_run ();
}
