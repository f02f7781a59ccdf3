/* Copies go record by record: what a record of a drawing says holds in any document, but for the
 * names of the groups that its nodes are of. */
#include "app/project/group-copy.h"

#include <jansson.h>
#include <string.h>

/* --- comparing -------------------------------------------------------------------------------- */

/* A node's record without the name of its group, which may differ. */
static char *
plain_record (const TelarGraph *drawing, const TelarNode *node)
{
  g_autofree char *path = g_strconcat ("nodes/", node->id, NULL);
  char *line = telar_graph_get_record (drawing, path);
  json_t *json;
  char *text;

  if (!telar_operator_drawing (node->op))
    return line;
  json = json_loads (line, 0, NULL);
  g_free (line);
  json_object_set_new (json, "op", json_string (TELAR_GROUP_PREFIX));
  text = json_dumps (json, JSON_SORT_KEYS | JSON_COMPACT);
  line = g_strdup (text);
  free (text);
  json_decref (json);
  return line;
}

static gboolean
same_nodes (const TelarGraph *drawing, const TelarGraph *other)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing), *others = telar_graph_nodes (other);

  if (nodes->len != others->len)
    return FALSE;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *a = nodes->pdata[i], *b = others->pdata[i];
    const TelarGraph *inner = telar_operator_drawing (a->op);
    const TelarGraph *other_inner = telar_operator_drawing (b->op);
    g_autofree char *record = plain_record (drawing, a);
    g_autofree char *other_record = plain_record (other, b);

    if (!inner != !other_inner || !g_str_equal (record, other_record) ||
        (inner && !telar_group_is_same (inner, other_inner)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
same_edges (const TelarGraph *drawing, const TelarGraph *other)
{
  const GPtrArray *edges = telar_graph_edges (drawing), *others = telar_graph_edges (other);

  if (edges->len != others->len)
    return FALSE;
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *a = edges->pdata[i], *b = others->pdata[i];

    if (!g_str_equal (a->from, b->from) || !g_str_equal (a->to, b->to) ||
        a->from_port != b->from_port || a->to_port != b->to_port || a->to_slot != b->to_slot)
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_group_is_same (const TelarGraph *drawing, const TelarGraph *other)
{
  return drawing == other || (same_nodes (drawing, other) && same_edges (drawing, other));
}

/* --- copying ---------------------------------------------------------------------------------- */

static void
touch (TelarPatch *patch, const TelarGraph *graph, const char *path)
{
  if (patch)
    telar_patch_touch (patch, graph, path);
}

static gboolean
put (TelarGraph *to, TelarPatch *patch, const char *path, const char *record, GError **error)
{
  touch (patch, to, path);
  return telar_graph_set_record (to, path, record, error);
}

/* The node's record as it is in @to, where the group that it is of may have another name. */
static char *
node_record (TelarGraph *to, const TelarGraph *drawing, const TelarNode *node, TelarPatch *patch,
             GError **error)
{
  const TelarGraph *inner = telar_operator_drawing (node->op);
  g_autofree char *path = g_strconcat ("nodes/", node->id, NULL);
  g_autofree char *line = telar_graph_get_record (drawing, path), *op = NULL, *name = NULL;
  json_t *json;
  char *text, *copy;

  if (!inner)
    return g_steal_pointer (&line);
  name = telar_group_bring (to, inner, patch, error);
  if (!name)
    return NULL;
  op = g_strconcat (TELAR_GROUP_PREFIX, name, NULL);
  json = json_loads (line, 0, NULL);
  json_object_set_new (json, "op", json_string (op));
  text = json_dumps (json, JSON_COMPACT);
  copy = g_strdup (text);
  free (text);
  json_decref (json);
  return copy;
}

/* Whether the text has @name as a word of its own. */
static gboolean
mentions (const char *text, const char *name)
{
  gsize length = strlen (name);

  for (const char *at = strstr (text, name); at; at = strstr (at + 1, name)) {
    gboolean begins = at == text || !(g_ascii_isalnum (at[-1]) || at[-1] == '_');

    if (begins && !(g_ascii_isalnum (at[length]) || at[length] == '_'))
      return TRUE;
  }
  return FALSE;
}

/* The named values that the drawing's parameters refer to and @to does not have, and those that
 * they refer to in turn. */
static gboolean
bring_values (TelarGraph *to, const TelarGraph *drawing, TelarPatch *patch, GError **error)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing);
  g_auto (GStrv) names = telar_graph_value_names (drawing);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; names[0] && i < nodes->len; i++) {
    g_autofree char *path = g_strconcat ("nodes/", ((const TelarNode *)nodes->pdata[i])->id, NULL);
    g_autofree char *line = telar_graph_get_record (drawing, path);

    g_string_append (text, line);
  }
  for (guint i = 0; names[i]; i++) {
    g_autofree char *path = g_strconcat ("values/", names[i], NULL), *record = NULL;

    if (telar_graph_value (to, names[i]) || !mentions (text->str, names[i]))
      continue;
    record = telar_graph_get_record (drawing, path);
    if (!put (to, patch, path, record, error))
      return FALSE;
    g_string_append (text, record);
    i = G_MAXUINT; /* once more from the first: it may be one that this refers to */
  }
  return TRUE;
}

/* Whether it is one of the records that a drawing has of its own. */
static gboolean
is_drawn (const char *path)
{
  return !g_str_has_prefix (path, "groups/") && !g_str_has_prefix (path, "training/") &&
         !g_str_has_prefix (path, "data/") && !g_str_has_prefix (path, "bookmarks/") &&
         !g_str_has_prefix (path, "values/") && !g_str_equal (path, "seed");
}

/* All records of a drawing: nodes first, then the others in the order of their paths. */
static gboolean
fill (TelarGraph *to, const char *name, const TelarGraph *drawing, TelarPatch *patch,
      GError **error)
{
  g_auto (GStrv) paths = telar_graph_record_paths (drawing);
  const GPtrArray *nodes = telar_graph_nodes (drawing);

  if (!bring_values (to, drawing, patch, error))
    return FALSE;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    g_autofree char *record = node_record (to, drawing, node, patch, error);
    g_autofree char *path = g_strdup_printf ("groups/%s/nodes/%s", name, node->id);

    if (!record || !put (to, patch, path, record, error))
      return FALSE;
  }
  for (guint i = 0; paths[i]; i++) {
    g_autofree char *path = g_strdup_printf ("groups/%s/%s", name, paths[i]);
    g_autofree char *record = telar_graph_get_record (drawing, paths[i]);

    if (!is_drawn (paths[i]) || g_str_has_prefix (paths[i], "nodes/"))
      continue;
    if (!put (to, patch, path, record, error))
      return FALSE;
  }
  return TRUE;
}

/* The least number behind the name that makes it free. Caller frees. */
static char *
free_name (const TelarGraph *to, const char *name)
{
  for (guint number = 1;; number++) {
    char *free = number == 1 ? g_strdup (name) : g_strdup_printf ("%s_%u", name, number);

    if (!telar_graph_find_group (to, free))
      return free;
    g_free (free);
  }
}

/* A group of @to that is drawn the same, by preference that of the same name. */
static const TelarGraph *
find_same (const TelarGraph *to, const TelarGraph *drawing)
{
  const GPtrArray *groups = telar_graph_groups (to);
  const TelarGraph *named = telar_graph_find_group (to, telar_graph_group_name (drawing));

  if (named && telar_group_is_same (named, drawing))
    return named;
  for (guint i = 0; i < groups->len; i++) {
    const TelarGraph *group = groups->pdata[i];

    if (g_str_has_prefix (telar_graph_group_name (group), telar_graph_group_name (drawing)) &&
        telar_group_is_same (group, drawing))
      return group;
  }
  return NULL;
}

char *
telar_group_bring (TelarGraph *to, const TelarGraph *drawing, TelarPatch *patch, GError **error)
{
  const TelarGraph *same = find_same (to, drawing);
  g_autofree char *path = NULL, *record = NULL, *name = NULL;

  if (same)
    return g_strdup (telar_graph_group_name (same));
  name = free_name (to, telar_graph_group_name (drawing));
  path = g_strconcat ("groups/", telar_graph_group_name (drawing), NULL);
  record = telar_graph_get_record (drawing, path);
  g_free (path);
  path = g_strconcat ("groups/", name, NULL);
  if (!put (to, patch, path, record, error) || !fill (to, name, drawing, patch, error))
    return NULL;
  return g_steal_pointer (&name);
}

/* --- drawing anew ----------------------------------------------------------------------------- */

/* A wire at a node of the group, by the names of its ends, which outlive the ports. */
typedef struct {
  TelarGraph *graph;
  char *from, *to;
} Wire;

static void
clear_wire (gpointer data)
{
  Wire *wire = data;

  g_free (wire->from);
  g_free (wire->to);
}

static char *
edge_path (const TelarGraph *graph, const TelarEdge *edge)
{
  const TelarNode *target = telar_graph_find_node (graph, edge->to);

  return g_strdup_printf ("edges/%s:%s.%u", edge->to, target->op->inputs[edge->to_port].name,
                          edge->to_slot);
}

/* The wires at all nodes of the operator; they are touched. */
static GArray *
wires_of_uses (TelarGraph *to, const TelarOperator *op, TelarPatch *patch)
{
  GArray *wires = g_array_new (FALSE, FALSE, sizeof (Wire));
  TelarGraph *graph;

  g_array_set_clear_func (wires, clear_wire);
  for (guint i = 0; (graph = telar_graph_nth_drawing (to, i)); i++) {
    const GPtrArray *edges = telar_graph_edges (graph);

    for (guint j = 0; j < edges->len; j++) {
      const TelarEdge *edge = edges->pdata[j];
      const TelarNode *source = telar_graph_find_node (graph, edge->from);
      const TelarNode *target = telar_graph_find_node (graph, edge->to);
      g_autofree char *path = edge_path (graph, edge);
      Wire wire = { graph, NULL, NULL };

      if (source->op != op && target->op != op)
        continue;
      touch (patch, graph, path);
      wire.from = g_strdup_printf ("%s:%s", edge->from, source->op->outputs[edge->from_port].name);
      wire.to = g_strdup_printf ("%s:%s", edge->to, target->op->inputs[edge->to_port].name);
      g_array_append_val (wires, wire);
    }
  }
  return wires;
}

gboolean
telar_group_redraw (TelarGraph *to, const char *name, const TelarGraph *drawing, TelarPatch *patch,
                    GError **error)
{
  TelarGraph *group = telar_graph_find_group (to, name);
  const TelarOperator *op = telar_graph_group_operator (group);
  const GPtrArray *nodes = telar_graph_nodes (group);
  g_autoptr (GArray) wires = wires_of_uses (to, op, patch);

  if (patch)
    telar_patch_touch_group (patch, group);
  while (nodes->len > 0)
    telar_graph_remove_node (group, ((const TelarNode *)nodes->pdata[0])->id);
  if (!fill (to, name, drawing, patch, error))
    return FALSE;
  /* A wire whose port is no more is gone. */
  for (guint i = 0; i < wires->len; i++) {
    const Wire *wire = &g_array_index (wires, Wire, i);

    telar_graph_wire (wire->graph, wire->from, wire->to, NULL);
  }
  g_array_unref (wires_of_uses (to, op, patch));
  return TRUE;
}
