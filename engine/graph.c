/* The graph document: nodes, settings and the document's own life. Wires are in graph-wires.c, what
 * follows from their direction in graph-order.c, the file in graph-file.c. */
#include "engine/bookmark-private.h"
#include "engine/graph-private.h"
#include "engine/trainer.h"
#include <string.h>

/* --- life ------------------------------------------------------------------------------------- */

static void
free_edge (gpointer data)
{
  TelarEdge *edge = data;
  g_free (edge->from);
  g_free (edge->to);
  g_clear_pointer (&edge->bends, g_array_unref);
  g_free (edge);
}

static void
free_entry (gpointer data)
{
  TelarGraphEntry *entry = data;
  g_free (entry->node.id);
  g_free (entry->node.title);
  telar_param_set_free (entry->node.params);
  telar_param_set_free (entry->node.learning);
  g_ptr_array_unref (entry->in);
  g_ptr_array_unref (entry->out);
  g_free (entry);
}

TelarGraph *
telar_graph_new (void)
{
  TelarGraph *graph = g_new0 (TelarGraph, 1);
  graph->main = graph;
  graph->groups = g_ptr_array_new_with_free_func (telar_group_free);
  graph->drawings = g_ptr_array_new ();
  graph->nodes = g_ptr_array_new_with_free_func (free_entry);
  graph->edges = g_ptr_array_new_with_free_func (free_edge);
  graph->notes = g_ptr_array_new_with_free_func (telar_note_free);
  graph->bookmarks = g_ptr_array_new_with_free_func (telar_bookmark_free);
  graph->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  graph->next_number = g_hash_table_new (g_str_hash, g_str_equal);
  graph->training = telar_param_set_new (telar_training_params);
  graph->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, telar_graph_free_value);
  graph->data_hashes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return graph;
}

void
telar_graph_free (TelarGraph *graph)
{
  if (!graph)
    return;
  g_hash_table_unref (graph->by_id);
  g_hash_table_unref (graph->next_number);
  g_hash_table_unref (graph->data_hashes);
  telar_param_set_free (graph->training);
  g_hash_table_unref (graph->values);
  g_ptr_array_unref (graph->edges);
  g_ptr_array_unref (graph->notes);
  g_ptr_array_unref (graph->nodes);
  g_ptr_array_unref (graph->drawings);
  g_ptr_array_unref (graph->groups);
  g_ptr_array_unref (graph->bookmarks);
  g_free (graph->folder);
  g_free (graph);
}

/* --- nodes ------------------------------------------------------------------------------------ */

TelarGraphEntry *
telar_graph_entry (const TelarGraph *graph, const char *id)
{
  return g_hash_table_lookup (graph->by_id, id);
}

/* The entry that the path goes through first, and what of it is left. */
static TelarGraphEntry *
find_step (const TelarGraph *graph, const char *path, const char **rest)
{
  const char *slash = strchr (path, '/');
  if (!slash)
    return NULL;
  g_autofree char *id = g_strndup (path, (gsize)(slash - path));
  *rest = slash + 1;
  /* ids do not begin with a digit */
  while (g_ascii_isdigit (**rest) && (slash = strchr (*rest, '/')))
    *rest = slash + 1;
  return telar_graph_entry (graph, id);
}

TelarNode *
telar_graph_find_node (const TelarGraph *graph, const char *id)
{
  TelarGraphEntry *entry = telar_graph_entry (graph, id);
  const char *rest = NULL;
  if (entry)
    return &entry->node;
  entry = find_step (graph, id, &rest);
  const TelarGraph *drawing = entry ? telar_operator_drawing (entry->node.op) : NULL;
  return drawing ? telar_graph_find_node (drawing, rest) : NULL;
}

const GPtrArray *
telar_graph_nodes (const TelarGraph *graph)
{
  return graph->nodes;
}

/* Where @id stands, or would stand, among the sorted nodes. */
static guint
place_of (const TelarGraph *graph, const char *id)
{
  guint low = 0, high = graph->nodes->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    const TelarNode *node = graph->nodes->pdata[middle];
    if (strcmp (node->id, id) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void
insert_entry (TelarGraph *graph, TelarGraphEntry *entry)
{
  g_ptr_array_insert (graph->nodes, (gint)place_of (graph, entry->node.id), entry);
  g_hash_table_insert (graph->by_id, entry->node.id, entry);
}

TelarGraphEntry *
telar_graph_insert_entry (TelarGraph *graph, const TelarOperator *op, char *id)
{
  TelarGraphEntry *entry = g_new0 (TelarGraphEntry, 1);
  entry->node.id = id;
  entry->node.op = op;
  entry->node.params = telar_param_set_new (op->params);
  entry->node.learning = telar_param_set_new (telar_learning_params);
  entry->in = g_ptr_array_new ();
  entry->out = g_ptr_array_new ();
  insert_entry (graph, entry);
  return entry;
}

gboolean
telar_graph_check_id (const char *id, GError **error)
{
  gboolean good = g_ascii_isalpha (*id) || *id == '_';
  for (const char *c = id; *c && good; c++)
    good = g_ascii_isalnum (*c) || *c == '_' || *c == '-';
  if (!good) {
    g_autofree char *shown = g_strescape (id, NULL);
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "\"%s\" is not an id: letters, digits, _ and - are, and no digit or - first",
                     shown);
  }
  return good;
}

static gboolean
check_free_id (const TelarGraph *graph, const char *id, GError **error)
{
  if (!telar_graph_check_id (id, error))
    return FALSE;
  if (telar_graph_entry (graph, id)) {
    telar_set_error (error, TELAR_ERROR_INVALID, id, "there is a node of this id already");
    return FALSE;
  }
  return TRUE;
}

/* conv2d_1, relu1, relu2, and of a group its name: the first number that is free. Numbers below the
 * one remembered are known to be taken, so that adding many nodes does not search from 1 each time.
 */
static char *
free_id (TelarGraph *graph, const TelarOperator *op)
{
  const TelarGraph *drawing = telar_operator_drawing (op);
  const char *name = drawing ? drawing->group->name : op->name;
  const char *gap = g_ascii_isdigit (name[strlen (name) - 1]) ? "_" : "";
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (graph->next_number, op->name));
  for (number = MAX (number, 1);; number++) {
    char *id = g_strdup_printf ("%s%s%u", name, gap, number);
    if (!telar_graph_entry (graph, id)) {
      g_hash_table_insert (graph->next_number, (gpointer)op->name, GUINT_TO_POINTER (number));
      return id;
    }
    g_free (id);
  }
}

TelarNode *
telar_graph_add_node (TelarGraph *graph, const char *op, const char *id, GError **error)
{
  const TelarOperator *found = telar_graph_find_operator (graph, op);
  if (!found) {
    telar_set_error (error, TELAR_ERROR_INVALID, id, "unknown operator \"%s\"", op);
    return NULL;
  }
  if (!telar_graph_may_hold (graph, found, error)) {
    telar_error_set_node (error, id);
    return NULL;
  }
  if (id && !check_free_id (graph, id, error))
    return NULL;
  TelarGraphEntry *entry =
      telar_graph_insert_entry (graph, found, id ? g_strdup (id) : free_id (graph, found));
  if (telar_operator_is_group_end (found))
    telar_group_refresh (graph, NULL, NULL);
  return &entry->node;
}

void
telar_graph_remove_node (TelarGraph *graph, const char *id)
{
  TelarGraphEntry *entry = telar_graph_entry (graph, id);
  g_return_if_fail (entry);
  while (entry->in->len > 0)
    telar_graph_delete_edge (graph, entry->in->pdata[entry->in->len - 1]);
  while (entry->out->len > 0) {
    const TelarEdge *edge = entry->out->pdata[entry->out->len - 1];
    telar_graph_disconnect (graph, edge->to, edge->to_port, edge->to_slot);
  }
  gboolean is_end = telar_operator_is_group_end (entry->node.op);
  g_hash_table_remove_all (graph->next_number);
  g_hash_table_remove (graph->by_id, entry->node.id);
  g_ptr_array_remove_index (graph->nodes, place_of (graph, entry->node.id));
  if (is_end)
    telar_group_refresh (graph, NULL, NULL);
}

gboolean
telar_graph_rename_node (TelarGraph *graph, const char *id, const char *new_id, GError **error)
{
  TelarGraphEntry *entry = telar_graph_entry (graph, id);
  if (!entry) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no node \"%s\"", id);
    return FALSE;
  }
  if (strcmp (id, new_id) == 0)
    return TRUE;
  if (!check_free_id (graph, new_id, error))
    return FALSE;

  g_hash_table_remove_all (graph->next_number);
  g_hash_table_remove (graph->by_id, entry->node.id);
  g_ptr_array_steal_index (graph->nodes, place_of (graph, entry->node.id));
  g_autofree char *old_id = entry->node.id; /* @id may be the node's own string */
  entry->node.id = g_strdup (new_id);
  insert_entry (graph, entry);
  telar_graph_rename_edges (graph, entry);
  if (telar_operator_is_group_end (entry->node.op))
    telar_group_refresh (graph, old_id, new_id);
  return TRUE;
}

/* --- settings --------------------------------------------------------------------------------- */

TelarParamSet *
telar_graph_training (TelarGraph *graph)
{
  return graph->training;
}

guint64
telar_graph_seed (const TelarGraph *graph)
{
  return graph->seed;
}

void
telar_graph_set_seed (TelarGraph *graph, guint64 seed)
{
  g_return_if_fail (seed <= G_MAXINT64);
  graph->seed = seed;
}

static gboolean
set_seed_text (TelarGraph *graph, const char *value, GError **error)
{
  guint64 seed;
  if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &seed, NULL)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "seed must be a whole number from 0 to 2^63 - 1, not \"%s\"", value);
    return FALSE;
  }
  graph->seed = seed;
  return TRUE;
}

/* An expression that was just put must come to a number. */
static gboolean
check_set_value (const TelarGraph *graph, const TelarParamSet *set, const char *name,
                 GError **error)
{
  const TelarParamValue *value = telar_param_set_get (set, name);
  if (!value->expression)
    return TRUE;
  telar_graph_evaluate (graph);
  if (value->fault)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s", value->fault);
  return !value->fault;
}

TelarParamSet *
telar_graph_find_setting (TelarGraph *graph, const char *path, const char **name, GError **error)
{
  const char *dot = strchr (path, '.');
  if (!dot) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "\"%s\" is neither NODE.PARAM nor training.PARAM nor values.NAME nor seed",
                     path);
    return NULL;
  }
  g_autofree char *id = g_strndup (path, (gsize)(dot - path));
  const TelarNode *node = telar_graph_find_node (graph, id);
  *name = dot + 1;
  if (node)
    return telar_node_params (node, *name);
  if (strcmp (id, "training") == 0)
    return graph->training;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no node \"%s\" to set \"%s\" of", id,
                   *name);
  return NULL;
}

gboolean
telar_graph_set (TelarGraph *graph, const char *path, const char *value, GError **error)
{
  const char *name;
  if (strcmp (path, "seed") == 0)
    return set_seed_text (graph, value, error);
  if (strncmp (path, "values.", strlen ("values.")) == 0)
    return telar_graph_set_value (graph, path + strlen ("values."), value, error);
  TelarParamSet *set = telar_graph_find_setting (graph, path, &name, error);
  if (!set)
    return FALSE;
  gboolean good = telar_param_set_put_text (set, name, value, error) &&
                  check_set_value (graph, set, name, error);
  if (!good && set != graph->training) {
    g_autofree char *id = g_strndup (path, (gsize)(name - 1 - path));
    telar_error_set_node (error, id);
  }
  return good;
}

GHashTable *
telar_graph_data_hashes (TelarGraph *graph)
{
  return graph->data_hashes;
}

const char *
telar_graph_folder (const TelarGraph *graph)
{
  return graph->folder;
}

void
telar_graph_set_folder (TelarGraph *graph, const char *folder)
{
  char *copy = g_strdup (folder);
  g_free (graph->folder);
  graph->folder = copy;
}

/* --- copy ------------------------------------------------------------------------------------- */

static void
copy_node (TelarGraph *copy, const TelarNode *node)
{
  const TelarOperator *op = telar_graph_find_operator (copy, node->op->name);
  TelarGraphEntry *entry = telar_graph_insert_entry (copy, op, g_strdup (node->id));
  telar_param_set_free (entry->node.params);
  entry->node.params = telar_param_set_copy (node->params);
  telar_param_set_free (entry->node.learning);
  entry->node.learning = telar_param_set_copy (node->learning);
  entry->node.title = g_strdup (node->title);
  entry->node.x = node->x;
  entry->node.y = node->y;
}

void
telar_graph_copy_nodes (TelarGraph *to, const TelarGraph *from)
{
  for (guint i = 0; i < from->nodes->len; i++)
    copy_node (to, from->nodes->pdata[i]);
}

void
telar_graph_copy_edges (TelarGraph *to, const TelarGraph *from)
{
  for (guint i = 0; i < from->edges->len; i++) {
    const TelarEdge *edge = from->edges->pdata[i];
    TelarWire wire = { telar_graph_entry (to, edge->from), telar_graph_entry (to, edge->to),
                       edge->from_port, edge->to_port, edge->to_slot };
    TelarEdge *copy = telar_graph_insert_edge (to, &wire);
    copy->bends = edge->bends ? g_array_copy (edge->bends) : NULL;
  }
}

TelarGraph *
telar_graph_copy (const TelarGraph *graph)
{
  TelarGraph *copy = telar_graph_new ();
  if (graph->group) { /* a drawing apart, which knows the same groups */
    copy->main = graph->main;
    copy->group = graph->group;
  } else {
    telar_group_copy_all (copy, graph);
  }
  telar_graph_copy_nodes (copy, graph);
  telar_graph_copy_edges (copy, graph);
  telar_graph_copy_notes (copy, graph);
  telar_param_set_free (copy->training);
  copy->training = telar_param_set_copy (graph->training);
  telar_graph_copy_values (copy, graph);
  copy->seed = graph->seed;
  telar_graph_set_folder (copy, graph->folder);
  if (graph->main == graph)
    telar_graph_copy_bookmarks (copy, graph);

  GHashTableIter iter;
  gpointer path, hash;
  g_hash_table_iter_init (&iter, graph->data_hashes);
  while (g_hash_table_iter_next (&iter, &path, &hash))
    g_hash_table_insert (copy->data_hashes, g_strdup (path), g_strdup (hash));
  return copy;
}
