/* Statistics of weights: right numbers, of the right states. */
#include "app/project/weight-stats.h"
#include "engine/checkpoint.h"
#include "tests/app/support.h"

#include <math.h>

static TelarTensor *
make (const double *values, guint n)
{
  TelarShape shape = telar_shape (n);
  TelarTensor *tensor = telar_tensor_new (TELAR_F32, &shape);

  for (guint i = 0; i < n; i++)
    telar_tensor_set (tensor, i, values[i]);
  return tensor;
}

static void
test_measure (void)
{
  const double values[] = { -1, 0, 1, 4, NAN, INFINITY };
  g_autoptr (TelarTensor) tensor = make (values, G_N_ELEMENTS (values));
  const double same[] = { 3, 3 };
  g_autoptr (TelarTensor) flat = make (same, G_N_ELEMENTS (same));
  TelarWeightStats stats;
  guint64 counted = 0;

  telar_weight_stats_measure (tensor, &stats);
  g_assert_cmpuint (stats.n, ==, 6);
  g_assert_cmpuint (stats.zeros, ==, 1);
  g_assert_cmpuint (stats.bad, ==, 2);
  g_assert_cmpfloat (stats.mean, ==, 1);
  g_assert_cmpfloat_with_epsilon (stats.deviation, sqrt (3.5), 1e-12);
  g_assert_cmpfloat (stats.low, ==, -1);
  g_assert_cmpfloat (stats.high, ==, 4);
  for (guint i = 0; i < TELAR_WEIGHT_BINS; i++)
    counted += stats.bins[i];
  g_assert_cmpuint (counted, ==, 4);
  g_assert_cmpuint (stats.bins[0], ==, 1);
  g_assert_cmpuint (stats.bins[TELAR_WEIGHT_BINS - 1], ==, 1);
  telar_weight_stats_measure (flat, &stats);
  g_assert_cmpfloat (stats.deviation, ==, 0);
  g_assert_cmpuint (stats.bins[TELAR_WEIGHT_BINS / 2], ==, 2);
}

/* Repetitions are told apart; slots of the optimizer and nodes of a like name are left out. */
static void
test_read (void)
{
  static const char *const names[] = { "stage/0/conv1.kernel", "stage/1/conv1.kernel",
                                       "stage/1/conv1.bias", "stage/1/conv1.kernel/m",
                                       "stage/1/conv10.kernel" };
  const char *const prefixes[] = { "stage/0/conv1", "stage/1/conv1", NULL };
  g_autofree char *folder = test_folder ();
  g_autofree char *path = g_build_filename (folder, "checkpoint.safetensors", NULL);
  g_autoptr (TelarStates) states = telar_states_new ();
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;
  TelarProgress progress = { .graph = g_strdup ("{}") };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const double number = i;
    g_autoptr (TelarTensor) tensor = make (&number, 1);

    g_assert_true (telar_states_put (states, names[i], tensor, &error));
  }
  g_assert_true (telar_checkpoint_save (path, states, &progress, &error));
  g_assert_no_error (error);
  entries = telar_weight_stats_read (path, prefixes, prefixes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 3);
  for (guint i = 0; i < entries->len; i++) {
    const TelarWeightEntry *entry = entries->pdata[i];
    const char *const roles[] = { "kernel", "bias", "kernel" };
    const double numbers[] = { 0, 2, 1 };

    g_assert_cmpstr (entry->place, ==, prefixes[i > 0]);
    g_assert_cmpstr (entry->role, ==, roles[i]);
    g_assert_cmpstr (entry->shape, ==, "1");
    g_assert_cmpfloat (entry->stats.mean, ==, numbers[i]);
  }
  g_clear_pointer (&entries, g_ptr_array_unref);
  g_assert_null (telar_weight_stats_read ("/nowhere", prefixes, prefixes, &error));
  g_assert_nonnull (error);
  telar_progress_clear (&progress);
  test_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_init ();
  g_test_add_func ("/weights/measure", test_measure);
  g_test_add_func ("/weights/read", test_read);
  return g_test_run ();
}
