/* Copying and pasting: nodes with their parameters and the wires among them, as JSON text that any
 * program can carry. */
#include "app/project/edits-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define CLIPBOARD_VERSION 1

static json_t *
params_to_json (const TelarParamSet *params)
{
  json_t *json = json_object ();

  for (const TelarParam *param = telar_param_set_table (params); param->name; param++) {
    if (!telar_param_set_is_default (params, param->name))
      json_object_set_new (json, param->name,
                           telar_param_value_to_json (telar_param_set_get (params, param->name)));
  }
  return json;
}

static json_t *
node_to_json (const TelarNode *node, double left, double top)
{
  return json_pack ("{s:s, s:s, s:s*, s:f, s:f, s:o, s:o}", "id", node->id, "op", node->op->name,
                    "title", node->title, "x", node->x - left, "y", node->y - top, "params",
                    params_to_json (node->params), "learning", params_to_json (node->learning));
}

static json_t *
edge_to_json (const TelarGraph *graph, const TelarEdge *edge)
{
  const TelarNode *from = telar_graph_find_node (graph, edge->from);
  const TelarNode *to = telar_graph_find_node (graph, edge->to);

  return json_pack ("[s, s, s, s]", edge->from, from->op->outputs[edge->from_port].name, edge->to,
                    to->op->inputs[edge->to_port].name);
}

char *
telar_edit_copy (TelarDocument *document, const char *const *ids)
{
  const TelarGraph *graph = telar_document_drawing (document);
  const GPtrArray *all = telar_graph_edges (graph);
  json_t *nodes = json_array (), *edges = json_array (), *root;
  double left = G_MAXDOUBLE, top = G_MAXDOUBLE;
  char *text, *copy;

  for (guint i = 0; ids[i]; i++) {
    const TelarNode *node = telar_graph_find_node (graph, ids[i]);

    left = MIN (left, node->x);
    top = MIN (top, node->y);
  }
  for (guint i = 0; ids[i]; i++)
    json_array_append_new (nodes, node_to_json (telar_graph_find_node (graph, ids[i]), left, top));
  for (guint i = 0; i < all->len; i++) {
    const TelarEdge *edge = all->pdata[i];

    if (g_strv_contains (ids, edge->from) && g_strv_contains (ids, edge->to))
      json_array_append_new (edges, edge_to_json (graph, edge));
  }
  root = json_pack ("{s:i, s:f, s:f, s:o, s:o}", "telar-nodes", CLIPBOARD_VERSION, "x", left, "y",
                    top, "nodes", nodes, "edges", edges);
  text = json_dumps (root, JSON_INDENT (1));
  copy = g_strdup (text);
  free (text);
  json_decref (root);
  return copy;
}

/* --- pasting ---------------------------------------------------------------------------------- */

static gboolean
paste_params (TelarParamSet *params, const json_t *members, GError **error)
{
  for (const TelarParam *param = telar_param_set_table (params); param->name; param++) {
    const json_t *json = json_object_get (members, param->name);
    TelarParamValue value = { 0 };
    gboolean ok;

    if (!json)
      continue;
    if (!telar_param_value_from_json (param, json, &value, error))
      return FALSE;
    ok = telar_param_set_put (params, param->name, &value, error);
    telar_param_value_clear (&value);
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

static gboolean
paste_node (TelarDocument *document, TelarGraph *graph, const json_t *json, double x, double y,
            GHashTable *names, GError **error)
{
  const char *id = json_string_value (json_object_get (json, "id"));
  const char *op = json_string_value (json_object_get (json, "op"));
  double dx = json_number_value (json_object_get (json, "x"));
  double dy = json_number_value (json_object_get (json, "y"));
  TelarNode *node;

  if (!id || !op || !isfinite (dx) || !isfinite (dy)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, _ ("the clipboard holds no nodes of Telar"));
    return FALSE;
  }
  node = telar_edit_put_node (document, graph, op, x + dx, y + dy, error);
  if (!node)
    return FALSE;
  node->title = g_strdup (json_string_value (json_object_get (json, "title")));
  g_hash_table_insert (names, g_strdup (id), g_strdup (node->id));
  return paste_params (node->params, json_object_get (json, "params"), error) &&
         paste_params (node->learning, json_object_get (json, "learning"), error);
}

static gboolean
paste_edge (TelarDocument *document, TelarGraph *graph, const json_t *json, GHashTable *names,
            GError **error)
{
  const char *text[4], *from, *to;
  int from_port = -1, to_port = -1;

  for (guint i = 0; i < 4; i++) {
    text[i] = json_string_value (json_array_get (json, i));
    if (!text[i])
      text[i] = "";
  }
  from = g_hash_table_lookup (names, text[0]);
  to = g_hash_table_lookup (names, text[2]);
  if (from && to) {
    from_port = telar_operator_find_output (telar_graph_find_node (graph, from)->op, text[1]);
    to_port = telar_operator_find_input (telar_graph_find_node (graph, to)->op, text[3]);
  }
  if (from_port < 0 || to_port < 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, _ ("the clipboard holds no nodes of Telar"));
    return FALSE;
  }
  return telar_edit_put_wire (document, graph, from, (guint)from_port, to, (guint)to_port, error);
}

static gboolean
paste_all (TelarDocument *document, TelarGraph *graph, const json_t *root, double x, double y,
           GHashTable *names, GError **error)
{
  const json_t *nodes = json_object_get (root, "nodes"), *edges = json_object_get (root, "edges");

  for (gsize i = 0; i < json_array_size (nodes); i++) {
    if (!paste_node (document, graph, json_array_get (nodes, i), x, y, names, error))
      return FALSE;
  }
  for (gsize i = 0; i < json_array_size (edges); i++) {
    if (!paste_edge (document, graph, json_array_get (edges, i), names, error))
      return FALSE;
  }
  return TRUE;
}

static char **
paste_as (TelarDocument *document, const char *name, const char *text, const double *at,
          double offset, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  json_t *root = json_loads (text, 0, NULL);
  TelarGraph *graph;
  double x, y;
  gboolean ok;

  if (json_integer_value (json_object_get (root, "telar-nodes")) != CLIPBOARD_VERSION) {
    json_decref (root);
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, _ ("the clipboard holds no nodes of Telar"));
    return NULL;
  }
  x = at ? at[0] : json_number_value (json_object_get (root, "x")) + offset;
  y = at ? at[1] : json_number_value (json_object_get (root, "y")) + offset;
  graph = telar_document_begin (document, name);
  ok = paste_all (document, graph, root, x, y, names, error);
  json_decref (root);
  if (!ok) {
    telar_document_abort (document);
    return NULL;
  }
  telar_document_commit (document, NULL);
  {
    g_autoptr (GPtrArray) ids = g_ptr_array_new ();
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init (&iter, names);
    while (g_hash_table_iter_next (&iter, NULL, &id))
      g_ptr_array_add (ids, g_strdup (id));
    g_ptr_array_add (ids, NULL);
    return (char **)g_ptr_array_steal (ids, NULL);
  }
}

char **
telar_edit_paste (TelarDocument *document, const char *text, double x, double y, GError **error)
{
  return paste_as (document, _ ("Paste"), text, (const double[]){ x, y }, 0, error);
}

char **
telar_edit_duplicate (TelarDocument *document, const char *const *ids, double offset,
                      GError **error)
{
  g_autofree char *text = telar_edit_copy (document, ids);

  return paste_as (document, _ ("Duplicate"), text, NULL, offset, error);
}
