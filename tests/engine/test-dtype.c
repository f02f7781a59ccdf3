/* Conversions of element types against bits that IEEE 754 prescribes. */
#include "engine/dtype.h"
#include <math.h>

static void
test_names (void)
{
  for (guint i = 0; i < TELAR_N_DTYPES; i++) {
    TelarDType found;
    g_assert_true (telar_dtype_from_name (telar_dtype_name ((TelarDType)i), &found));
    g_assert_cmpuint (found, ==, i);
  }
  TelarDType none;
  g_assert_false (telar_dtype_from_name ("float", &none));
  g_assert_cmpuint (telar_dtype_size (TELAR_BF16), ==, 2);
  g_assert_cmpuint (telar_dtype_size (TELAR_I64), ==, 8);
}

/* Every bit of 64, wrapping like C's conversions. */
static void
test_bits (void)
{
  guint64 wide = 0;
  guint16 narrow = 0;
  telar_element_set_bits (TELAR_U64, &wide, 0, -1);
  g_assert_cmpuint (wide, ==, G_MAXUINT64);
  g_assert_cmpint (telar_element_get_bits (TELAR_U64, &wide, 0), ==, -1);
  g_assert_cmpfloat (telar_element_get (TELAR_U64, &wide, 0), ==, 0x1p64);
  telar_element_set_bits (TELAR_U16, &narrow, 0, 65536 + 7);
  g_assert_cmpint (telar_element_get_bits (TELAR_U16, &narrow, 0), ==, 7);
  telar_element_set_bits (TELAR_I16, &narrow, 0, -3);
  g_assert_cmpint (telar_element_get_bits (TELAR_I16, &narrow, 0), ==, -3);
  telar_element_set (TELAR_U32, &wide, 0, 5e9);
  g_assert_cmpint (telar_element_get_bits (TELAR_U32, &wide, 0), ==, G_MAXUINT32);
  telar_element_set (TELAR_U64, &wide, 0, -1);
  g_assert_cmpuint (wide, ==, 0);
}

static void
test_f16 (void)
{
  static const struct {
    float value;
    guint16 bits;
  } cases[] = {
    { 0.0f, 0x0000 },
    { -0.0f, 0x8000 },
    { 1.0f, 0x3c00 },
    { -2.0f, 0xc000 },
    { 65504.0f, 0x7bff },
    { 65519.996f, 0x7bff },
    { 65520.0f, 0x7c00 }, /* the tie goes to even, which is infinity */
    { INFINITY, 0x7c00 },
    { 0x1p-14f, 0x0400 },
    { 0x1p-24f, 0x0001 },
    { 0x1p-25f, 0x0000 }, /* tie to even */
    { 0x1.8p-25f, 0x0001 },
    { 0x1.ff8p-15f, 0x03ff },
    { 0x1.ffcp-15f, 0x0400 }, /* the tie rounds up into the normal numbers */
    { 1.0f + 0x1p-11f, 0x3c00 },
    { 1.0f + 0x1.8p-10f, 0x3c02 },
    { 0.333333343f, 0x3555 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmphex (telar_f16_from_f32 (cases[i].value), ==, cases[i].bits);
  g_assert_true (isnan (telar_f16_to_f32 (telar_f16_from_f32 (NAN))));
}

/* Every finite half is a float and comes back; NaN stays NaN. */
static void
test_f16_round_trip (void)
{
  for (guint bits = 0; bits <= 0xffff; bits++) {
    float value = telar_f16_to_f32 ((guint16)bits);
    if ((bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0)
      g_assert_true (isnan (value));
    else
      g_assert_cmphex (telar_f16_from_f32 (value), ==, bits);
  }
  g_assert_cmpfloat (telar_f16_to_f32 (0x03ff), ==, 0x1.ff8p-15f);
}

static void
test_bf16 (void)
{
  g_assert_cmphex (telar_bf16_from_f32 (1.0f), ==, 0x3f80);
  g_assert_cmphex (telar_bf16_from_f32 (1.0f + 0x1p-8f), ==, 0x3f80);
  g_assert_cmphex (telar_bf16_from_f32 (1.0f + 0x1.8p-7f), ==, 0x3f82);
  g_assert_cmphex (telar_bf16_from_f32 (3.40282347e38f), ==, 0x7f80);
  g_assert_true (isnan (telar_bf16_to_f32 (telar_bf16_from_f32 (NAN))));
  for (guint bits = 0; bits <= 0xffff; bits++) {
    float value = telar_bf16_to_f32 ((guint16)bits);
    if (!isnan (value))
      g_assert_cmphex (telar_bf16_from_f32 (value), ==, bits);
  }
}

static void
test_elements (void)
{
  guint64 room;
  static const struct {
    TelarDType dtype;
    double set, get;
  } cases[] = {
    { TELAR_I8, 300, 127 },
    { TELAR_I8, -300, -128 },
    { TELAR_I8, -1.9, -1 },
    { TELAR_U8, -1, 0 },
    { TELAR_U8, 255.9, 255 },
    { TELAR_I32, 1e12, G_MAXINT32 },
    { TELAR_I64, -1e30, (double)G_MININT64 },
    { TELAR_I32, NAN, 0 },
    { TELAR_BOOL, 0.5, 1 },
    { TELAR_BOOL, NAN, 0 },
    { TELAR_F16, 1e9, INFINITY },
    { TELAR_F64, 0.1, 0.1 },
    { TELAR_F32, 0.1, (double)0.1f },
    { TELAR_BF16, -3.5, -3.5 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    telar_element_set (cases[i].dtype, &room, 0, cases[i].set);
    g_assert_cmpfloat (telar_element_get (cases[i].dtype, &room, 0), ==, cases[i].get);
  }
  telar_element_set (TELAR_I64, &room, 0, 1e30);
  g_assert_cmpint ((gint64)room, ==, G_MAXINT64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtype/names", test_names);
  g_test_add_func ("/dtype/bits", test_bits);
  g_test_add_func ("/dtype/f16", test_f16);
  g_test_add_func ("/dtype/f16-round-trip", test_f16_round_trip);
  g_test_add_func ("/dtype/bf16", test_bf16);
  g_test_add_func ("/dtype/elements", test_elements);
  return g_test_run ();
}
