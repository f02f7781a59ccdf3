/* An imported model as a project file with its weights beside it. */
#include "engine/arrange.h"
#include "engine/checkpoint.h"
#include "engine/exchange/import.h"

#include <glib/gstdio.h>
#include <string.h>

/* About what the studio draws, which measures its cards anew when it arranges them. */
#define CARD_WIDTH  208
#define CARD_GAP    56
#define CARD_GRID   8
#define CARD_HEIGHT 72
#define CARD_HEADER 54
#define CARD_ROW    22

static double
card_height (const TelarNode *node, gpointer data)
{
  (void)data;
  guint rows = MAX (telar_operator_n_inputs (node->op), telar_operator_n_outputs (node->op));
  return rows > 1 ? CARD_HEADER + CARD_ROW * rows : CARD_HEIGHT;
}

void
telar_import_arrange (TelarGraph *graph)
{
  static const TelarCards cards = { CARD_WIDTH, CARD_GAP, CARD_GRID, card_height, NULL };
  g_autoptr (GArray) places = telar_graph_arrange (graph, &cards);
  for (guint i = 0; i < places->len; i++) {
    const TelarArranged *place = &g_array_index (places, TelarArranged, i);
    TelarNode *node = telar_graph_find_node (graph, place->id);
    node->x = place->x;
    node->y = place->y;
  }
}

/* The weights first: a project without its weights is worth nothing. What a failure leaves of a new
 * project is removed. */
static gboolean
write_both (TelarGraph *graph, GHashTable *weights, const char *project, const char *weights_path,
            GError **error)
{
  gboolean existed = g_file_test (project, G_FILE_TEST_EXISTS);
  if (!telar_safetensors_write (weights_path, weights, NULL, error))
    return FALSE;
  if (telar_graph_save (graph, project, error))
    return TRUE;
  if (!existed)
    g_unlink (weights_path);
  return FALSE;
}

gboolean
telar_import_project (const char *path, const TelarImportOptions *options, const char *project,
                      guint *n_nodes, GError **error)
{
  g_autoptr (GHashTable) weights = NULL;
  g_autoptr (TelarGraph) graph = telar_import_onnx (path, options, &weights, error);
  if (!graph)
    return FALSE;
  gsize stem = strlen (project) - (g_str_has_suffix (project, ".telar") ? strlen (".telar") : 0);
  g_autofree char *weights_path = g_strdup_printf ("%.*s.safetensors", (int)stem, project);
  g_autofree char *weights_name = g_path_get_basename (weights_path);
  if (!telar_graph_set (graph, "training.weights", weights_name, error))
    return FALSE;
  telar_import_arrange (graph);
  if (n_nodes)
    *n_nodes = telar_graph_nodes (graph)->len;
  return write_both (graph, weights, project, weights_path, error);
}
