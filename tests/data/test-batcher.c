/* Splits and batches: disjoint, reproducible, in the order that the seed says, across resumption.
 */
#include "data/batcher.h"

#include <string.h>

#define ROWS 103

static TelarFeed *
make_feed (double validation)
{
  g_autoptr (GError) error = NULL;
  TelarSplitSpec spec = { .kind = TELAR_SPLIT_RANDOM, .validation = validation, .seed = 7 };
  TelarSplitRows split = { 0 };
  g_assert_true (telar_split_rows (&spec, ROWS, NULL, &split, &error));
  g_assert_no_error (error);
  TelarShape image = telar_shape (ROWS, 1, 2, 2), label = telar_shape (ROWS);
  TelarFeedArray arrays[] = {
    { g_strdup ("d.images"), telar_tensor_new (TELAR_U8, &image), TELAR_F32, NULL },
    { g_strdup ("d.labels"), telar_tensor_new (TELAR_I64, &label), TELAR_I64,
      g_strsplit ("zero,one", ",", -1) },
  };
  for (gsize i = 0; i < ROWS; i++) {
    for (gsize k = 0; k < 4; k++)
      telar_tensor_set (arrays[0].values, 4 * i + k, (double)(2 * i + k));
    telar_tensor_set (arrays[1].values, i, (double)i);
  }
  g_autoptr (GArray) array = g_array_new (FALSE, TRUE, sizeof (TelarFeedArray));
  g_array_set_clear_func (array, (GDestroyNotify)telar_feed_array_clear);
  g_array_append_vals (array, arrays, 2);
  return telar_batcher_new (array, &split);
}

/* The labels, which are the row numbers, in the order of a pass; checks each image too. */
static GArray *
run_pass (TelarFeed *feed, const TelarFeedPass *pass)
{
  g_autoptr (GError) error = NULL;
  GArray *order = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_assert_true (telar_feed_begin (feed, pass, &error));
  TelarTensor *tensors[2];
  gint64 rows;
  while ((rows = telar_feed_next (feed, tensors, &error)) > 0) {
    g_assert_cmpint (tensors[0]->type.dtype, ==, TELAR_F32);
    g_assert_cmpint (tensors[0]->type.shape.dims[0], ==, rows);
    const gint64 *labels = tensors[1]->data;
    const float *pixels = tensors[0]->data;
    for (gint64 i = 0; i < rows; i++)
      for (gint64 k = 0; k < 4; k++)
        g_assert_cmpfloat ((double)pixels[4 * i + k], ==, (double)(2 * labels[i] + k));
    g_array_append_vals (order, labels, (guint)rows);
    telar_tensor_unref (tensors[0]);
    telar_tensor_unref (tensors[1]);
  }
  g_assert_no_error (error);
  g_assert_cmpint (rows, ==, 0);
  return order;
}

static void
assert_same (const GArray *a, guint skip, const GArray *b)
{
  g_assert_cmpuint (a->len - skip, ==, b->len);
  g_assert_true (memcmp (a->data + skip * sizeof (gint64), b->data, b->len * sizeof (gint64)) == 0);
}

static void
test_ports (void)
{
  g_autoptr (TelarFeed) feed = make_feed (0.25);
  const TelarFeedPort *port = telar_feed_find_port (feed, "d.images");
  g_autofree char *type = telar_type_to_string (&port->type);
  g_assert_cmpstr (type, ==, "f32[N,1,2,2]");
  g_assert_cmpstr (telar_feed_find_port (feed, "d.labels")->classes[1], ==, "one");
  g_assert_cmpint (telar_feed_rows (feed, TELAR_SPLIT_TRAIN), ==, 77);
  g_assert_cmpint (telar_feed_rows (feed, TELAR_SPLIT_VALIDATION), ==, 26);
  g_assert_cmpint (telar_feed_rows (feed, TELAR_SPLIT_ALL), ==, ROWS);
}

/* Every row of the split once, no row of the other. */
static void
test_passes (void)
{
  g_autoptr (TelarFeed) feed = make_feed (26);
  int seen[ROWS] = { 0 };
  static const TelarSplit splits[] = { TELAR_SPLIT_TRAIN, TELAR_SPLIT_VALIDATION };
  for (gsize s = 0; s < 2; s++) {
    TelarFeedPass pass = { .split = splits[s], .batch = 10, .shuffle = s == 0, .seed = 3 };
    g_autoptr (GArray) order = run_pass (feed, &pass);
    for (guint i = 0; i < order->len; i++)
      seen[g_array_index (order, gint64, i)]++;
  }
  for (gsize i = 0; i < ROWS; i++)
    g_assert_cmpint (seen[i], ==, 1);
  TelarFeedPass all = { .split = TELAR_SPLIT_ALL, .batch = 1000 };
  g_autoptr (GArray) order = run_pass (feed, &all);
  for (guint i = 0; i < ROWS; i++)
    g_assert_cmpint (g_array_index (order, gint64, i), ==, i);
}

static void
test_order (void)
{
  g_autoptr (TelarFeed) feed = make_feed (26), again = make_feed (26);
  TelarFeedPass pass = { .batch = 8, .shuffle = TRUE, .seed = 5, .epoch = 2 };
  g_autoptr (GArray) order = run_pass (feed, &pass);
  g_autoptr (GArray) same = run_pass (again, &pass);
  assert_same (order, 0, same);
  TelarFeedPass next = pass;
  next.epoch = 3;
  g_autoptr (GArray) other = run_pass (feed, &next);
  g_assert_true (memcmp (order->data, other->data, order->len * sizeof (gint64)) != 0);
  /* The order does not depend on the batch. */
  next = pass;
  next.batch = 13;
  g_autoptr (GArray) wide = run_pass (feed, &next);
  assert_same (order, 0, wide);
}

/* Going on after k batches is the same as never having stopped. */
static void
test_skip (void)
{
  g_autoptr (TelarFeed) feed = make_feed (26);
  TelarFeedPass pass = { .batch = 8, .shuffle = TRUE, .seed = 5, .epoch = 1 };
  g_autoptr (GArray) order = run_pass (feed, &pass);
  for (gint64 k = 0; k <= 12; k++) {
    pass.skip_batches = k;
    g_autoptr (GArray) rest = run_pass (feed, &pass);
    assert_same (order, (guint)MIN (k * 8, order->len), rest);
  }
}

/* Passes that are left in the middle, and feeds that are freed in the middle, end their thread. */
static void
test_abandoned (void)
{
  g_autoptr (GError) error = NULL;
  for (int i = 0; i < 50; i++) {
    g_autoptr (TelarFeed) feed = make_feed (0);
    TelarFeedPass pass = { .batch = 2, .shuffle = TRUE, .epoch = (guint32)i };
    for (int k = 0; k < 3; k++) {
      TelarTensor *tensors[2];
      g_assert_true (telar_feed_begin (feed, &pass, &error));
      for (int n = 0; n < k; n++) {
        g_assert_cmpint (telar_feed_next (feed, tensors, &error), ==, 2);
        telar_tensor_unref (tensors[0]);
        telar_tensor_unref (tensors[1]);
      }
    }
  }
  g_autoptr (GDir) threads = g_dir_open ("/proc/self/task", 0, NULL);
  int n = 0;
  while (g_dir_read_name (threads) != NULL)
    n++;
  g_assert_cmpint (n, <=, 2); /* this one, and what a sanitizer may add */
}

static void
test_refused (void)
{
  g_autoptr (TelarFeed) feed = make_feed (0);
  g_autoptr (GError) error = NULL;
  TelarFeedPass pass = { .batch = 0 };
  g_assert_false (telar_feed_begin (feed, &pass, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

/* --- splits -------------------------------------------------------------------------------------
 */

static void
check_partition (const TelarSplitRows *split, gsize rows, guint validation)
{
  g_autofree guint8 *seen = g_new0 (guint8, rows);
  const GArray *sides[] = { split->train, split->validation };
  for (gsize s = 0; s < 2; s++)
    for (guint i = 0; i < sides[s]->len; i++)
      seen[g_array_index (sides[s], guint32, i)]++;
  for (gsize i = 0; i < rows; i++)
    g_assert_cmpint (seen[i], ==, 1);
  g_assert_cmpuint (split->validation->len, ==, validation);
}

static void
test_split_sizes (void)
{
  static const struct {
    double validation;
    guint expected;
  } cases[] = {
    { 0, 0 }, { 0.15, 150 }, { 150, 150 }, { 0.0001, 1 }, { 0.9999, 999 }, { 999, 999 }
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int kind = 0; kind <= TELAR_SPLIT_LAST; kind++) {
      g_autoptr (GError) error = NULL;
      gint64 labels[1000];
      for (gsize k = 0; k < 1000; k++)
        labels[k] = (gint64)(k * k % 7);
      TelarSplitSpec spec = { (TelarSplitKind)kind, cases[i].validation, 11 };
      TelarSplitRows split = { 0 }, again = { 0 };
      g_assert_true (telar_split_rows (&spec, 1000, labels, &split, &error));
      g_assert_true (telar_split_rows (&spec, 1000, labels, &again, &error));
      check_partition (&split, 1000, cases[i].expected);
      g_assert_true (memcmp (split.train->data, again.train->data, split.train->len * 4) == 0);
      telar_split_rows_clear (&split);
      telar_split_rows_clear (&again);
    }
}

static void
test_split_kinds (void)
{
  g_autoptr (GError) error = NULL;
  TelarSplitSpec spec = { TELAR_SPLIT_LAST, 3, 0 };
  TelarSplitRows split = { 0 };
  g_assert_true (telar_split_rows (&spec, 10, NULL, &split, &error));
  g_assert_cmpuint (g_array_index (split.validation, guint32, 0), ==, 7);
  telar_split_rows_clear (&split);
  /* 60 of class 0, 30 of class 1, 10 of class 2; a fifth of each. */
  gint64 labels[100];
  for (gsize i = 0; i < 100; i++)
    labels[i] = i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2;
  spec = (TelarSplitSpec){ TELAR_SPLIT_STRATIFIED, 0.2, 5 };
  g_assert_true (telar_split_rows (&spec, 100, labels, &split, &error));
  guint counts[3] = { 0 };
  for (guint i = 0; i < split.validation->len; i++)
    counts[labels[g_array_index (split.validation, guint32, i)]]++;
  g_assert_cmpuint (counts[0], ==, 12);
  g_assert_cmpuint (counts[1], ==, 6);
  g_assert_cmpuint (counts[2], ==, 2);
  telar_split_rows_clear (&split);
  /* Another seed, other rows. */
  TelarSplitRows one = { 0 }, two = { 0 };
  spec = (TelarSplitSpec){ TELAR_SPLIT_RANDOM, 0.5, 1 };
  g_assert_true (telar_split_rows (&spec, 100, NULL, &one, &error));
  spec.seed = 2;
  g_assert_true (telar_split_rows (&spec, 100, NULL, &two, &error));
  g_assert_true (memcmp (one.train->data, two.train->data, 200) != 0);
  telar_split_rows_clear (&one);
  telar_split_rows_clear (&two);
}

static void
test_split_refused (void)
{
  static const double bad[] = { 10, 11, 1e9, 2.5 };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    TelarSplitSpec spec = { TELAR_SPLIT_RANDOM, bad[i], 0 };
    TelarSplitRows split = { 0 };
    g_assert_false (telar_split_rows (&spec, 10, NULL, &split, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_null (split.train);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batcher/ports", test_ports);
  g_test_add_func ("/batcher/passes", test_passes);
  g_test_add_func ("/batcher/order", test_order);
  g_test_add_func ("/batcher/skip", test_skip);
  g_test_add_func ("/batcher/abandoned", test_abandoned);
  g_test_add_func ("/batcher/refused", test_refused);
  g_test_add_func ("/split/sizes", test_split_sizes);
  g_test_add_func ("/split/kinds", test_split_kinds);
  g_test_add_func ("/split/refused", test_split_refused);
  return g_test_run ();
}
