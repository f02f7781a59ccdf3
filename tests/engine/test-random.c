/* Philox against the known answers of its authors (Random123, kat_vectors), and what is drawn. */
#include "engine/random.h"
#include <math.h>

static void
check_block (guint64 seed, guint64 block, guint32 step, guint32 stream, const guint32 want[4])
{
  TelarRandom random = { seed, step, stream };
  guint32 out[4];
  telar_random_block (&random, block, out);
  for (guint i = 0; i < 4; i++)
    g_assert_cmphex (out[i], ==, want[i]);
}

static void
test_known_answers (void)
{
  check_block (0, 0, 0, 0, (const guint32[]){ 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 });
  check_block (G_MAXUINT64, G_MAXUINT64, G_MAXUINT32, G_MAXUINT32,
               (const guint32[]){ 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd });
  /* Digits of pi: counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0. */
  check_block (0x299f31d0a4093822, 0x85a308d3243f6a88, 0x13198a2e, 0x03707344,
               (const guint32[]){ 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 });
}

/* A fill gives the same bits as one element at a time, wherever it starts, also where the index
 * crosses 2^34 and so the low word of the counter. */
static void
test_fill (void)
{
  static const guint64 starts[] = { 0, 1, 3, 4, 63, 1000, (G_GUINT64_CONSTANT (1) << 34) - 70 };
  TelarRandom random = { 42, 7, telar_random_stream ("dropout1") };
  float uniform[333], normal[333];
  for (guint s = 0; s < G_N_ELEMENTS (starts); s++) {
    for (gsize n = 0; n <= 333; n += 37) {
      telar_random_fill_uniform (&random, starts[s], n, uniform);
      telar_random_fill_normal (&random, starts[s], n, normal);
      for (gsize i = 0; i < n; i++) {
        g_assert_cmpfloat (uniform[i], ==, telar_random_uniform (&random, starts[s] + i));
        g_assert_cmpfloat (normal[i], ==, telar_random_normal (&random, starts[s] + i));
      }
    }
  }
}

static void
test_moments (void)
{
  enum { N = 1 << 18 };
  g_autofree float *values = g_new (float, N);
  TelarRandom random = { 1, 0, 2 };
  double sum = 0, squares = 0;
  telar_random_fill_uniform (&random, 0, N, values);
  for (guint i = 0; i < N; i++) {
    g_assert_true (values[i] >= 0.0f && values[i] < 1.0f);
    sum += (double)values[i];
    squares += (double)values[i] * (double)values[i];
  }
  g_assert_cmpfloat_with_epsilon (sum / N, 0.5, 0.003);
  g_assert_cmpfloat_with_epsilon (squares / N, 1.0 / 3.0, 0.003);

  double fourth = 0;
  sum = squares = 0;
  telar_random_fill_normal (&random, 0, N, values);
  for (guint i = 0; i < N; i++) {
    double x = (double)values[i];
    g_assert_true (isfinite (x));
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }
  g_assert_cmpfloat_with_epsilon (sum / N, 0.0, 0.01);
  g_assert_cmpfloat_with_epsilon (squares / N, 1.0, 0.015);
  g_assert_cmpfloat_with_epsilon (fourth / N, 3.0, 0.1);
}

static void
test_permutation (void)
{
  enum { N = 1000 };
  guint32 order[N], again[N], other[N];
  gboolean seen[N] = { FALSE };
  TelarRandom random = { 5, 0, 9 };
  telar_random_permutation (&random, N, order);
  telar_random_permutation (&random, N, again);
  random.step = 1;
  telar_random_permutation (&random, N, other);
  guint same_place = 0, differ = 0;
  for (guint i = 0; i < N; i++) {
    g_assert_cmpuint (order[i], <, N);
    g_assert_false (seen[order[i]]);
    seen[order[i]] = TRUE;
    g_assert_cmpuint (order[i], ==, again[i]);
    same_place += order[i] == i;
    differ += order[i] != other[i];
  }
  g_assert_cmpuint (same_place, <, 10);
  g_assert_cmpuint (differ, >, 900);
}

static void
test_stream (void)
{
  /* FNV-1a, from its authors' test suite. */
  g_assert_cmphex (telar_random_stream (""), ==, 0x811c9dc5);
  g_assert_cmphex (telar_random_stream ("a"), ==, 0xe40c292c);
  g_assert_cmphex (telar_random_stream ("foobar"), ==, 0xbf9cf968);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/known-answers", test_known_answers);
  g_test_add_func ("/random/fill", test_fill);
  g_test_add_func ("/random/moments", test_moments);
  g_test_add_func ("/random/permutation", test_permutation);
  g_test_add_func ("/random/stream", test_stream);
  return g_test_run ();
}
