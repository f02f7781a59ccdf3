/* Finds the nodes that prepare data, and what of theirs the network takes. */
#include "engine/exchange/onnx-prepared.h"

#include <string.h>

struct OnnxPrepared {
  GHashTable *nodes; /* const char * of the graph */
  GHashTable *names; /* TelarValue of the lowered program -> char *, "NODE.PORT" */
};

/* --- finding ---------------------------------------------------------------------------------- */

static gboolean
learns (const TelarProgram *program, const char *node)
{
  gsize length = strlen (node);
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);
    if (strncmp (state->name, node, length) == 0 && state->name[length] == '.' &&
        state->init.kind != TELAR_INIT_FIT_MEAN && state->init.kind != TELAR_INIT_FIT_DEVIATION)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_source (const TelarOperator *op)
{
  return telar_operator_is_fed (op) || g_str_equal (op->name, TELAR_OPERATOR_INPUT);
}

static gboolean
prepares (const OnnxPrepared *prepared, const TelarGraph *graph, const TelarProgram *program,
          const TelarNode *node)
{
  const GPtrArray *edges = telar_graph_edges (graph);
  gboolean takes = FALSE;
  if (is_source (node->op) || !node->op->lower || node->op->category == TELAR_CATEGORY_ACTIVATION ||
      telar_operator_n_outputs (node->op) == 0 || learns (program, node->id))
    return FALSE;
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    if (!g_str_equal (edge->to, node->id))
      continue;
    const TelarNode *from = telar_graph_find_node (graph, edge->from);
    if (!is_source (from->op) && !onnx_prepared_has (prepared, from->id))
      return FALSE;
    takes = TRUE;
  }
  return takes;
}

static gboolean
feeds_one (const OnnxPrepared *prepared, const TelarGraph *graph, const TelarNode *node)
{
  const GPtrArray *edges = telar_graph_edges (graph);
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    if (g_str_equal (edge->from, node->id) && onnx_prepared_has (prepared, edge->to))
      return TRUE;
  }
  return FALSE;
}

static void
name_results (OnnxPrepared *prepared, const TelarLowered *lowered, const TelarNode *node)
{
  for (guint port = 0; port < telar_operator_n_outputs (node->op); port++) {
    TelarValue value = telar_lowered_value (lowered, node->id, port);
    if (value != TELAR_NO_VALUE)
      g_hash_table_insert (prepared->names, GUINT_TO_POINTER (value),
                           g_strdup_printf ("%s.%s", node->id, node->op->outputs[port].name));
  }
}

OnnxPrepared *
onnx_prepared_find (const TelarGraph *graph, const TelarLowered *lowered)
{
  g_autoptr (GPtrArray) ordered = telar_graph_topological (graph);
  OnnxPrepared *prepared = g_new (OnnxPrepared, 1);
  prepared->nodes = g_hash_table_new (g_str_hash, g_str_equal);
  prepared->names = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  for (guint i = 0; i < ordered->len; i++) {
    const TelarNode *node = ordered->pdata[i];
    if (prepares (prepared, graph, lowered->program, node))
      g_hash_table_add (prepared->nodes, node->id);
  }
  for (guint i = ordered->len; i-- > 0;) {
    const TelarNode *node = ordered->pdata[i];
    if (node->op->category == TELAR_CATEGORY_SHAPE && !feeds_one (prepared, graph, node))
      g_hash_table_remove (prepared->nodes, node->id);
    else if (onnx_prepared_has (prepared, node->id))
      name_results (prepared, lowered, node);
  }
  return prepared;
}

void
onnx_prepared_free (OnnxPrepared *prepared)
{
  if (!prepared)
    return;
  g_hash_table_unref (prepared->nodes);
  g_hash_table_unref (prepared->names);
  g_free (prepared);
}

gboolean
onnx_prepared_has (const OnnxPrepared *prepared, const char *node)
{
  return node && g_hash_table_contains (prepared->nodes, node);
}

/* --- programs without and with them ----------------------------------------------------------- */

void
onnx_prepared_take (const OnnxPrepared *prepared, TelarBuilder *b, const TelarProgram *program,
                    TelarValue value, TelarValue *map)
{
  const TelarInstr *maker = telar_program_maker (program, value, NULL);
  const char *name = g_hash_table_lookup (prepared->names, GUINT_TO_POINTER (value));
  if (map[value] != TELAR_NO_VALUE || !name || !onnx_prepared_has (prepared, maker->origin))
    return;
  g_autofree char *origin = g_strdup (telar_builder_origin (b));
  telar_builder_set_origin (b, maker->origin);
  map[value] = telar_build_input (b, name, telar_program_type (program, value));
  telar_builder_set_origin (b, origin);
}

TelarProgram *
onnx_prepared_show (const OnnxPrepared *prepared, const TelarProgram *program, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  GHashTableIter iter;
  gpointer value, name;
  telar_copy_all (b, program, map);
  telar_copy_results (b, program, map);
  g_hash_table_iter_init (&iter, prepared->names);
  while (g_hash_table_iter_next (&iter, &value, &name))
    telar_build_output (b, TELAR_OUTPUT_PROBE, name, map[GPOINTER_TO_UINT (value)]);
  return telar_builder_finish (b, error);
}
