/* The family of a run: its first ancestor, and all that was forked from it. */
#include "insight/lineage.h"

#include <string.h>

typedef struct {
  TelarStore *store;
  GPtrArray *runs; /* TelarRunRow, the newest first */
  const char *asked;
  TelarLineage *lineage;
  GHashTable *data; /* hash -> node + 1 */
  GHashTable *seen; /* names of runs: one may bear that of an ancestor that is gone */
} Reading;

static void
node_free (gpointer data)
{
  TelarLineageNode *node = data;

  g_free (node->name);
  g_free (node->detail);
  g_free (node->sha256);
  g_free (node->path);
  g_free (node);
}

void
telar_lineage_free (TelarLineage *lineage)
{
  if (lineage == NULL)
    return;
  g_ptr_array_unref (lineage->nodes);
  g_array_unref (lineage->edges);
  g_free (lineage);
}

/* Takes @name. Returns its number. */
static guint
add_node (Reading *reading, TelarLineageKind kind, char *name, const char *detail, guint depth)
{
  TelarLineageNode *node = g_new0 (TelarLineageNode, 1);

  node->kind = kind;
  node->name = name;
  node->detail = g_strdup (detail);
  node->depth = depth;
  node->step = -1;
  g_ptr_array_add (reading->lineage->nodes, node);
  return reading->lineage->nodes->len - 1;
}

static void
add_edge (Reading *reading, guint from, guint to)
{
  TelarLineageEdge edge = { from, to };

  g_array_append_val (reading->lineage->edges, edge);
}

static const TelarRunRow *
find_row (const Reading *reading, const char *name)
{
  for (guint i = 0; i < reading->runs->len; i++)
    if (g_strcmp0 (((const TelarRunRow *)reading->runs->pdata[i])->name, name) == 0)
      return reading->runs->pdata[i];
  return NULL;
}

/* A run that names itself, by way of others or not, is its own root. */
static const char *
find_root (const Reading *reading, const char *name)
{
  for (guint i = 0; i < reading->runs->len; i++) {
    const TelarRunRow *row = find_row (reading, name);
    if (row == NULL || row->parent == NULL)
      return name;
    name = row->parent;
  }
  return name;
}

static TelarLineageNode *
node_at (const Reading *reading, guint i)
{
  return reading->lineage->nodes->pdata[i];
}

static gboolean
add_data (Reading *reading, const TelarRunRow *row, guint node, GError **error)
{
  g_autoptr (GPtrArray) sources = telar_store_sources (reading->store, row->id, error);

  for (guint i = 0; sources != NULL && i < sources->len; i++) {
    const TelarSourceRow *source = sources->pdata[i];
    guint known = GPOINTER_TO_UINT (g_hash_table_lookup (reading->data, source->sha256));
    if (known == 0) {
      known = 1 + add_node (reading, TELAR_LINEAGE_DATA, g_path_get_basename (source->path),
                            source->node, 0);
      node_at (reading, known - 1)->sha256 = g_strdup (source->sha256);
      node_at (reading, known - 1)->bytes = source->bytes;
      node_at (reading, known - 1)->path = g_strdup (source->path);
      node_at (reading, known - 1)->time = row->started;
      g_hash_table_insert (reading->data, g_strdup (source->sha256), GUINT_TO_POINTER (known));
    }
    add_edge (reading, known - 1, node);
  }
  return sources != NULL;
}

static gboolean
add_artifacts (Reading *reading, gint64 run, guint node, GError **error)
{
  g_autoptr (GPtrArray) artifacts = telar_store_artifacts (reading->store, run, error);
  guint depth = node_at (reading, node)->depth + 1;

  for (guint i = 0; artifacts != NULL && i < artifacts->len; i++) {
    const TelarArtifactRow *artifact = artifacts->pdata[i];
    guint made = add_node (reading, TELAR_LINEAGE_ARTIFACT, g_path_get_basename (artifact->path),
                           artifact->kind, depth);
    node_at (reading, made)->sha256 = g_strdup (artifact->sha256);
    node_at (reading, made)->bytes = artifact->bytes;
    node_at (reading, made)->path = g_strdup (artifact->path);
    node_at (reading, made)->time = artifact->time;
    node_at (reading, made)->step = artifact->step;
    add_edge (reading, node, made);
  }
  return artifacts != NULL;
}

static gboolean add_run (Reading *reading, const char *name, guint parent, guint depth,
                         GError **error);

/* The oldest fork first. */
static gboolean
add_forks (Reading *reading, const char *name, guint node, guint depth, GError **error)
{
  for (guint i = reading->runs->len; i-- > 0;) {
    const TelarRunRow *row = reading->runs->pdata[i];
    if (g_strcmp0 (row->parent, name) == 0 && !g_str_equal (row->name, name) &&
        !add_run (reading, row->name, node, depth + 1, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_run (Reading *reading, const char *name, guint parent, guint depth, GError **error)
{
  const TelarRunRow *row = find_row (reading, name);

  if (g_hash_table_size (reading->seen) >= TELAR_LINEAGE_MOST_RUNS ||
      !g_hash_table_add (reading->seen, g_strdup (name)))
    return TRUE;
  guint node = add_node (reading, row != NULL ? TELAR_LINEAGE_RUN : TELAR_LINEAGE_GONE,
                         g_strdup (name), row != NULL ? row->status : "", depth);
  node_at (reading, node)->asked = g_str_equal (name, reading->asked);
  if (parent != G_MAXUINT) {
    node_at (reading, node)->step = row != NULL ? row->parent_step : -1;
    add_edge (reading, parent, node);
  }
  return (row == NULL || (add_data (reading, row, node, error) &&
                          add_artifacts (reading, row->id, node, error))) &&
         add_forks (reading, name, node, depth, error);
}

TelarLineage *
telar_lineage_read (TelarStore *store, const char *name, GError **error)
{
  Reading reading = { .store = store, .asked = name };

  g_autoptr (TelarRunRow) row = telar_store_find_run (store, name, error);
  reading.runs = row != NULL ? telar_store_runs (store, error) : NULL;
  if (reading.runs == NULL)
    return NULL;
  reading.lineage = g_new0 (TelarLineage, 1);
  reading.lineage->nodes = g_ptr_array_new_with_free_func (node_free);
  reading.lineage->edges = g_array_new (FALSE, FALSE, sizeof (TelarLineageEdge));
  reading.data = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reading.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean good = add_run (&reading, find_root (&reading, name), G_MAXUINT, 1, error);
  g_hash_table_unref (reading.data);
  g_hash_table_unref (reading.seen);
  g_ptr_array_unref (reading.runs);
  if (!good)
    g_clear_pointer (&reading.lineage, telar_lineage_free);
  return reading.lineage;
}
