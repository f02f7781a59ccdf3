/* Counting what follows what. What this document shows counts most, then what the person did in
 * others; what is usual everywhere decides while there is neither. */
#include "app/canvas/follow.h"

#include <errno.h>

#define WEIGHT_DRAWN 8
#define WEIGHT_DONE  4
/* No habit drowns the others. */
#define MOST 10

/* The usual successors, the most usual first. */
static const struct {
  const char *from;
  const char *to[6];
} usual[] = {
  { "idx_images", { "scale", "conv2d", "flatten", "standardize" } },
  { "csv_table", { "table_columns" } },
  { "table_columns", { "standardize", "dense", "one_hot" } },
  { "standardize", { "dense", "conv2d" } },
  { "scale", { "conv2d", "flatten", "dense" } },
  { "conv1d", { "batch_norm", "relu", "max_pool1d", "conv1d" } },
  { "conv2d", { "batch_norm", "relu", "max_pool2d", "conv2d", "dropout" } },
  { "conv3d", { "batch_norm", "relu", "max_pool3d", "conv3d" } },
  { "conv2d_transpose", { "batch_norm", "relu", "concat", "conv2d" } },
  { "depthwise_conv2d", { "batch_norm", "conv2d", "relu" } },
  { "separable_conv2d", { "batch_norm", "relu", "max_pool2d" } },
  { "batch_norm", { "relu", "conv2d", "add", "dense" } },
  { "layer_norm", { "multi_head_attention", "dense", "add" } },
  { "relu", { "conv2d", "max_pool2d", "dense", "dropout", "global_avg_pool", "flatten" } },
  { "gelu", { "dense", "dropout" } },
  { "max_pool2d", { "conv2d", "dropout", "flatten" } },
  { "avg_pool2d", { "conv2d", "flatten" } },
  { "global_avg_pool", { "dense", "flatten", "dropout" } },
  { "flatten", { "dense", "dropout" } },
  { "dense", { "relu", "batch_norm", "dropout", "softmax", "dense", "cross_entropy" } },
  { "dropout", { "dense", "conv2d", "softmax" } },
  { "embedding", { "lstm", "gru", "sinusoidal_positions", "learned_positions", "dropout" } },
  { "sinusoidal_positions", { "transformer_encoder", "multi_head_attention", "dropout" } },
  { "learned_positions", { "transformer_encoder", "multi_head_attention", "dropout" } },
  { "lstm", { "dense", "lstm", "dropout" } },
  { "gru", { "dense", "gru", "dropout" } },
  { "rnn", { "dense", "rnn", "dropout" } },
  { "multi_head_attention", { "add", "layer_norm", "dropout" } },
  { "transformer_encoder", { "transformer_encoder", "global_avg_pool", "dense", "layer_norm" } },
  { "add", { "layer_norm", "relu", "conv2d" } },
  { "concat", { "conv2d", "dense" } },
  { "softmax", { "cross_entropy", "accuracy", "output" } },
  { "sigmoid", { "binary_cross_entropy", "binary_accuracy", "output" } },
};

static void
add_weight (GHashTable *table, const char *name, guint weight)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (table, name));

  g_hash_table_insert (table, g_strdup (name), GUINT_TO_POINTER (known + weight));
}

static void
add_usual (GHashTable *table, const char *op, gboolean output)
{
  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    for (guint place = 0; place < G_N_ELEMENTS (usual[i].to) && usual[i].to[place]; place++) {
      guint weight = G_N_ELEMENTS (usual[i].to) - place;

      if (output && g_str_equal (usual[i].from, op))
        add_weight (table, usual[i].to[place], weight);
      else if (!output && g_str_equal (usual[i].to[place], op))
        add_weight (table, usual[i].from, weight);
    }
}

static void
add_counted (GHashTable *table, GHashTable *counts, guint weight)
{
  GHashTableIter iter;
  gpointer name, count;

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &name, &count))
    add_weight (table, name, weight * MIN (GPOINTER_TO_UINT (count), MOST));
}

static void
add_drawn (GHashTable *table, const TelarGraph *drawing, const char *op, gboolean output)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const TelarGraph *graph;

  for (guint i = 0; (graph = telar_graph_nth_drawing (drawing, i)); i++) {
    const GPtrArray *edges = telar_graph_edges (graph);

    for (guint j = 0; j < edges->len; j++) {
      const TelarEdge *edge = edges->pdata[j];
      const char *from = telar_graph_find_node (graph, edge->from)->op->name;
      const char *to = telar_graph_find_node (graph, edge->to)->op->name;

      if (g_str_equal (output ? from : to, op))
        add_weight (counts, output ? to : from, 1);
    }
  }
  add_counted (table, counts, WEIGHT_DRAWN);
}

/* --- what was done before --------------------------------------------------------------------- */

static char *
state_file (void)
{
  return g_build_filename (g_get_user_state_dir (), "telar", "follows", NULL);
}

/* A group for each operator that wires left, a key for each that they went to. */
static GKeyFile *
read_state (void)
{
  g_autofree char *path = state_file ();
  GKeyFile *state = g_key_file_new ();

  /* Where there is none yet, there is nothing to know. */
  g_key_file_load_from_file (state, path, G_KEY_FILE_NONE, NULL);
  return state;
}

static void
add_done (GHashTable *table, const char *op, gboolean output)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GKeyFile) state = read_state ();
  g_auto (GStrv) groups = g_key_file_get_groups (state, NULL);

  for (guint i = 0; groups[i]; i++) {
    g_auto (GStrv) keys = g_key_file_get_keys (state, groups[i], NULL, NULL);

    for (guint j = 0; keys && keys[j]; j++)
      if (g_str_equal (output ? groups[i] : keys[j], op))
        add_weight (counts, output ? keys[j] : groups[i],
                    (guint)MAX (g_key_file_get_integer (state, groups[i], keys[j], NULL), 0));
  }
  add_counted (table, counts, WEIGHT_DONE);
}

GHashTable *
telar_follow_table (const TelarGraph *drawing, const char *op, gboolean output)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  add_usual (table, op, output);
  add_drawn (table, drawing, op, output);
  add_done (table, op, output);
  return table;
}

void
telar_follow_remember (const char *from, const char *to)
{
  g_autofree char *path = state_file ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GKeyFile) state = NULL;
  g_autoptr (GError) error = NULL;
  int count;

  /* Groups are the document's own. */
  if (g_str_has_prefix (from, TELAR_GROUP_PREFIX) || g_str_has_prefix (to, TELAR_GROUP_PREFIX))
    return;
  state = read_state ();
  count = g_key_file_get_integer (state, from, to, NULL);
  g_key_file_set_integer (state, from, to, CLAMP (count, 0, MOST - 1) + 1);
  if (g_mkdir_with_parents (folder, 0700) != 0 || !g_key_file_save_to_file (state, path, &error))
    g_warning ("%s: %s", path, error ? error->message : g_strerror (errno));
}
