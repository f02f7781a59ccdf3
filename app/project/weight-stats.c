/* Measuring weights. The last checkpoint is kept, for a person who looks at one node after another.
 */
#include "app/project/weight-stats.h"

#include "engine/checkpoint.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* --- one tensor ------------------------------------------------------------------------------- */

static void
count_bins (const TelarTensor *tensor, TelarWeightStats *stats)
{
  double width = (stats->high - stats->low) / TELAR_WEIGHT_BINS;

  for (gsize i = 0; i < telar_tensor_elements (tensor); i++) {
    double x = telar_tensor_get (tensor, i);
    gint64 bin;

    if (!isfinite (x))
      continue;
    bin = width > 0 ? (gint64)((x - stats->low) / width) : TELAR_WEIGHT_BINS / 2;
    stats->bins[CLAMP (bin, 0, TELAR_WEIGHT_BINS - 1)]++;
  }
}

/* Two passes, so that a large mean does not drown a small deviation. */
void
telar_weight_stats_measure (const TelarTensor *tensor, TelarWeightStats *stats)
{
  double sum = 0, squares = 0;
  guint64 good;

  *stats =
      (TelarWeightStats){ .n = telar_tensor_elements (tensor), .low = INFINITY, .high = -INFINITY };
  for (gsize i = 0; i < stats->n; i++) {
    double x = telar_tensor_get (tensor, i);

    stats->zeros += x == 0;
    stats->bad += !isfinite (x);
    if (!isfinite (x))
      continue;
    sum += x;
    stats->low = MIN (stats->low, x);
    stats->high = MAX (stats->high, x);
  }
  good = stats->n - stats->bad;
  if (good == 0) {
    stats->low = stats->high = 0;
    return;
  }
  stats->mean = sum / (double)good;
  for (gsize i = 0; i < stats->n; i++) {
    double x = telar_tensor_get (tensor, i);

    squares += isfinite (x) ? (x - stats->mean) * (x - stats->mean) : 0;
  }
  stats->deviation = sqrt (squares / (double)good);
  count_bins (tensor, stats);
}

/* --- the checkpoint --------------------------------------------------------------------------- */

static GMutex kept_lock;
static struct {
  char *path;
  gint64 modified;
  TelarStates *states;
} kept;

/* A new reference. */
static TelarStates *
load (const char *path, GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&kept_lock);
  TelarProgress progress = { 0 };
  GStatBuf info;
  TelarStates *states;

  if (g_stat (path, &info) == 0 && g_strcmp0 (path, kept.path) == 0 &&
      (gint64)info.st_mtime == kept.modified)
    return telar_states_ref (kept.states);
  states = telar_checkpoint_load_model (path, &progress, error);
  if (!states)
    return NULL;
  telar_progress_clear (&progress);
  g_clear_pointer (&kept.states, telar_states_unref);
  g_free (kept.path);
  kept.path = g_strdup (path);
  kept.modified = info.st_mtime;
  kept.states = telar_states_ref (states);
  return states;
}

static void
entry_free (gpointer data)
{
  TelarWeightEntry *entry = data;

  g_free (entry->place);
  g_free (entry->role);
  g_free (entry->shape);
  g_free (entry);
}

/* The role in "conv1.kernel" of the prefix "conv1"; NULL for states of others and for what an
 * optimizer keeps of them. */
static const char *
role_of (const char *name, const char *prefix)
{
  gsize length = strlen (prefix);

  if (strncmp (name, prefix, length) != 0 || name[length] != '.' || strchr (name + length, '/'))
    return NULL;
  return name + length + 1;
}

GPtrArray *
telar_weight_stats_read (const char *checkpoint, const char *const *prefixes,
                         const char *const *places, GError **error)
{
  g_autoptr (TelarStates) states = load (checkpoint, error);
  g_autoptr (GPtrArray) names = states ? telar_states_names (states) : NULL;
  GPtrArray *entries = states ? g_ptr_array_new_with_free_func (entry_free) : NULL;

  for (guint p = 0; names && prefixes[p]; p++) {
    for (guint i = 0; i < names->len; i++) {
      const char *role = role_of (names->pdata[i], prefixes[p]);
      const TelarTensor *tensor = role ? telar_states_get (states, names->pdata[i]) : NULL;
      TelarWeightEntry *entry;

      if (!tensor)
        continue;
      entry = g_new0 (TelarWeightEntry, 1);
      entry->place = g_strdup (places[p]);
      entry->role = g_strdup (role);
      entry->shape = telar_shape_to_string (&tensor->type.shape);
      telar_weight_stats_measure (tensor, &entry->stats);
      g_ptr_array_add (entries, entry);
    }
  }
  return entries;
}
