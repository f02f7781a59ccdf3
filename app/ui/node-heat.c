/* From the tags of nodes to heats of cards. */
#include "app/ui/node-heat.h"

#include "engine/watch.h"
#include "insight/axis.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define RECENT 32 /* points of the small curve */

const char *
telar_node_stat_title (TelarNodeStat stat)
{
  static const char *const titles[TELAR_N_NODE_STATS] = {
    [TELAR_NODE_SIGNAL] = N_ ("Signal"),
    [TELAR_NODE_GRADIENT] = N_ ("Gradient norm"),
    [TELAR_NODE_DEAD] = N_ ("Dead units"),
    [TELAR_NODE_TIME] = N_ ("Time"),
  };

  return _ (titles[stat]);
}

char *
telar_node_stat_text (TelarNodeStat stat, double value)
{
  char text[32];

  if (stat == TELAR_NODE_TIME) {
    telar_axis_format (1000 * value, TELAR_UNIT_NONE, 3, text, sizeof text);
    return g_strdup_printf ("%s\u202fms", text);
  }
  telar_axis_format (value, stat == TELAR_NODE_DEAD ? TELAR_UNIT_PERCENT : TELAR_UNIT_NONE, 3, text,
                     sizeof text);
  return g_strdup (text);
}

/* --- reading ----------------------------------------------------------------------------- */

/* The newest values of a node, or of all within a group. */
typedef struct {
  double recent[RECENT]; /* the latest last */
  guint n;
} Values;

static gboolean
take_points (const TelarPoint *points, guint n, gpointer data)
{
  Values *values = data;

  for (guint i = 0; i < n; i++) {
    if (values->n == RECENT)
      memmove (values->recent, values->recent + 1, (RECENT - 1) * sizeof (double));
    else
      values->n++;
    values->recent[values->n - 1] = points[i].value;
  }
  return TRUE;
}

/* Only so far back as the small curve reaches, going by how often the tag is told. */
static gboolean
read_values (TelarStore *store, const TelarHeatQuery *query, const TelarTag *tag, Values *values,
             GError **error)
{
  gint64 last;

  if (!telar_store_last_step (store, query->run, tag->name, &last, error))
    return FALSE;
  gint64 every = tag->points > 0 ? MAX (last / tag->points, 1) : 1;
  gint64 from = MIN (query->step, last) - every * (RECENT + 2);
  TelarStretch stretch = { query->run, tag->name, MAX (from, 0), query->step };
  return telar_store_walk (store, &stretch, take_points, values, error);
}

static double
join (TelarNodeStat stat, double a, double b)
{
  return stat == TELAR_NODE_TIME ? a + b : fmax (a, b);
}

/* Nodes of a group are told at the same steps: the curves end together. */
static void
add_values (Values *into, const Values *from, TelarNodeStat stat)
{
  guint n = MIN (into->n, from->n);

  if (into->n == 0) {
    *into = *from;
    return;
  }
  for (guint i = 1; i <= n; i++)
    into->recent[into->n - i] = join (stat, into->recent[into->n - i], from->recent[from->n - i]);
}

/* The node of the drawing that the tag's node is, or is in; NULL when it is elsewhere. */
static char *
find_id (const char *node, const char *place)
{
  g_autofree char *path = telar_watch_plain_path (node);
  gsize length = strlen (place);
  const char *rest = path;

  if (length > 0) {
    if (!g_str_has_prefix (path, place) || path[length] != '/')
      return NULL;
    rest = path + length + 1;
  }
  return g_strndup (rest, strcspn (rest, "/"));
}

/* id -> Values. */
static GHashTable *
collect (TelarStore *store, const TelarHeatQuery *query, GError **error)
{
  g_autoptr (GPtrArray) tags = telar_store_tags (store, query->run, error);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (tags == NULL)
    return NULL;
  for (guint i = 0; i < tags->len; i++) {
    const TelarTag *tag = tags->pdata[i];
    g_autofree char *node = NULL;
    TelarNodeStat stat;
    Values values = { .n = 0 };
    if (!telar_node_stat_parse (tag->name, &node, &stat) || stat != query->stat)
      continue;
    g_autofree char *id = find_id (node, query->place);
    if (id == NULL)
      continue;
    if (!read_values (store, query, tag, &values, error))
      return NULL;
    Values *known = g_hash_table_lookup (found, id);
    if (known == NULL && values.n > 0)
      g_hash_table_insert (found, g_steal_pointer (&id), g_memdup2 (&values, sizeof values));
    else if (known != NULL && values.n > 0)
      add_values (known, &values, query->stat);
  }
  return g_steal_pointer (&found);
}

/* --- heat -------------------------------------------------------------------------------- */

/* Where a value stands between the least and the greatest: sizes by their order of magnitude, parts
 * as they are, times as parts of the longest. */
static float
place_between (TelarNodeStat stat, double value, double low, double high)
{
  if (!isfinite (value))
    return 1;
  if (stat == TELAR_NODE_DEAD)
    return (float)value;
  if (stat == TELAR_NODE_TIME)
    return high > 0 ? (float)(value / high) : 0;
  if (!(value > 0))
    return 0;
  if (!(high > low) || !(low > 0))
    return high > 0 ? (float)(value / high) : 0;
  return (float)((log (value) - log (low)) / (log (high) - log (low)));
}

/* The curve in its own range, so that it is seen whether it rises. */
static float *
scale_recent (const Values *values)
{
  double low = INFINITY, high = -INFINITY;
  float *scaled = g_new (float, values->n);

  for (guint i = 0; i < values->n; i++) {
    low = fmin (low, values->recent[i]);
    high = fmax (high, values->recent[i]);
  }
  for (guint i = 0; i < values->n; i++)
    scaled[i] = high > low ? (float)((values->recent[i] - low) / (high - low)) : 0.5f;
  return scaled;
}

static double
newest (const Values *values)
{
  return values->recent[values->n - 1];
}

static void
find_range (GHashTable *found, TelarHeatMap *map)
{
  GHashTableIter iter;
  gpointer value;

  map->low = map->high = NAN;
  g_hash_table_iter_init (&iter, found);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    double now = newest (value);
    if (!isfinite (now))
      continue;
    map->high = fmax (map->high, now);
    map->low = now > 0 ? fmin (map->low, now) : map->low;
  }
}

void
telar_heat_map_clear (TelarHeatMap *map)
{
  g_clear_pointer (&map->heats, g_hash_table_unref);
}

gboolean
telar_heat_map_read (TelarStore *store, const TelarHeatQuery *query, TelarHeatMap *map,
                     GError **error)
{
  g_autoptr (GHashTable) found = collect (store, query, error);
  GHashTableIter iter;
  gpointer id, value;

  if (found == NULL)
    return FALSE;
  find_range (found, map);
  map->heats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, telar_heat_free);
  g_hash_table_iter_init (&iter, found);
  while (g_hash_table_iter_next (&iter, &id, &value)) {
    TelarHeat *heat = g_new (TelarHeat, 1);
    double now = newest (value);
    *heat = (TelarHeat){ place_between (query->stat, now, map->low, map->high),
                         telar_node_stat_text (query->stat, now), scale_recent (value),
                         ((const Values *)value)->n };
    g_hash_table_insert (map->heats, g_strdup (id), heat);
  }
  return TRUE;
}
