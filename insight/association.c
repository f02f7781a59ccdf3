/* Both measures are of ranks, so that neither units nor outliers matter. */
#include "insight/association.h"

#include <math.h>

#define FEWEST 3

typedef struct {
  double value;
  guint at;
} Entry;

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  double x = ((const Entry *)a)->value, y = ((const Entry *)b)->value;

  return x < y ? -1 : x > y;
}

/* Caller frees. */
static double *
ranks_of (const double *values, guint n)
{
  g_autoptr (GArray) entries = g_array_sized_new (FALSE, FALSE, sizeof (Entry), n);
  double *ranks = g_new (double, n);

  for (guint i = 0; i < n; i++) {
    Entry entry = { values[i], i };
    g_array_append_val (entries, entry);
  }
  g_array_sort (entries, compare_entries);
  for (guint i = 0, next; i < n; i = next) {
    for (next = i; next < n && g_array_index (entries, Entry, next).value ==
                                   g_array_index (entries, Entry, i).value;)
      next++;
    for (guint j = i; j < next; j++)
      ranks[g_array_index (entries, Entry, j).at] = (i + next - 1) / 2.0;
  }
  return ranks;
}

static double
pearson (const double *x, const double *y, guint n)
{
  double mean = (n - 1) / 2.0, xy = 0, xx = 0, yy = 0; /* of any ranks */

  for (guint i = 0; i < n; i++) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xx > 0 && yy > 0 ? xy / sqrt (xx * yy) : 0;
}

double
telar_rank_correlation (const double *x, const double *y, guint n)
{
  g_autofree double *pairs = g_new (double, 2 * (gsize)n);
  guint kept = 0;

  for (guint i = 0; i < n; i++) {
    if (isnan (x[i]) || isnan (y[i]))
      continue;
    pairs[kept] = x[i];
    pairs[n + kept++] = y[i];
  }
  if (kept < FEWEST)
    return NAN;
  g_autofree double *one = ranks_of (pairs, kept), *other = ranks_of (pairs + n, kept);
  return pearson (one, other, kept);
}

typedef struct {
  double sum;
  guint n;
} Group;

/* The sum of squares between the groups of @words, of ranks around their mean. */
static double
between_groups (const char *const *words, const double *ranks, guint n)
{
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  double between = 0;
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < n; i++) {
    Group *group = g_hash_table_lookup (groups, words[i]);
    if (group == NULL)
      g_hash_table_insert (groups, (gpointer)words[i], group = g_new0 (Group, 1));
    group->sum += ranks[i] - (n - 1) / 2.0;
    group->n++;
  }
  g_hash_table_iter_init (&iter, groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Group *group = value;
    between += group->sum * group->sum / group->n;
  }
  return between;
}

double
telar_rank_ratio (const char *const *words, const double *y, guint n)
{
  g_autofree const char **kept_words = g_new (const char *, n);
  g_autofree double *values = g_new (double, n);
  double total = 0;
  guint kept = 0;

  for (guint i = 0; i < n; i++) {
    if (words[i] == NULL || isnan (y[i]))
      continue;
    kept_words[kept] = words[i];
    values[kept++] = y[i];
  }
  if (kept < FEWEST)
    return NAN;
  g_autofree double *ranks = ranks_of (values, kept);
  for (guint i = 0; i < kept; i++)
    total += (ranks[i] - (kept - 1) / 2.0) * (ranks[i] - (kept - 1) / 2.0);
  return total > 0 ? sqrt (between_groups (kept_words, ranks, kept) / total) : 0;
}
