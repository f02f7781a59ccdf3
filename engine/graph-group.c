/* Groups: drawings that stand as one node. A group's operator is made from its drawing and changes
 * with it; the nodes that are one of the group keep pointing at it, so that only their wires have
 * to follow. */
#include "engine/graph-private.h"
#include "engine/i18n.h"
#include "engine/lower.h"
#include <string.h>

/* Walks through groups in groups recur. */
enum { MOST_GROUPS = 1000 };

static void
no_ports (TelarOperator *op)
{
  op->inputs = g_new0 (TelarPort, 1);
  op->outputs = g_new0 (TelarPort, 1);
}

static void
free_ports (const TelarPort *ports)
{
  for (const TelarPort *port = ports; port->name; port++)
    g_free ((char *)port->name);
  g_free ((TelarPort *)ports);
}

/* --- the groups of a document ----------------------------------------------------------------- */

/* Where the group @name stands, or would stand. */
static guint
place_of (const TelarGraph *main, const char *name)
{
  guint place = 0;
  while (place < main->groups->len &&
         strcmp (((const TelarGroup *)main->groups->pdata[place])->name, name) < 0)
    place++;
  return place;
}

TelarGraph *
telar_graph_find_group (const TelarGraph *graph, const char *name)
{
  const GPtrArray *groups = graph->main->groups;
  guint place = place_of (graph->main, name);
  const TelarGroup *group = place < groups->len ? groups->pdata[place] : NULL;
  return group && strcmp (group->name, name) == 0 ? group->drawing : NULL;
}

static void
name_operator (TelarGroup *group)
{
  group->op.label = group->title ? group->title : group->name;
}

TelarGraph *
telar_graph_add_group (TelarGraph *graph, const char *name, GError **error)
{
  TelarGraph *main = graph->main;
  if (!telar_graph_check_id (name, error))
    return NULL;
  if (telar_graph_find_group (main, name)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is a group \"%s\" already", name);
    return NULL;
  }
  if (main->groups->len == MOST_GROUPS) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "a project has at most %d groups",
                     MOST_GROUPS);
    return NULL;
  }
  TelarGroup *group = g_new0 (TelarGroup, 1);
  group->name = g_strdup (name);
  group->op = (TelarOperator){
    .name = g_strconcat (TELAR_GROUP_PREFIX, name, NULL),
    .category = TELAR_CATEGORY_GROUP,
    .doc = N_ ("A group of the project: what is drawn in it, as one node."),
    .params = telar_group_params,
    .lower = telar_lower_group,
  };
  no_ports (&group->op);
  name_operator (group);
  group->drawing = telar_graph_new ();
  group->drawing->main = main;
  group->drawing->group = group;
  g_ptr_array_insert (main->drawings, (gint)place_of (main, name), group->drawing);
  g_ptr_array_insert (main->groups, (gint)place_of (main, name), group);
  return group->drawing;
}

void
telar_group_free (gpointer data)
{
  TelarGroup *group = data;
  telar_graph_free (group->drawing);
  free_ports (group->op.inputs);
  free_ports (group->op.outputs);
  g_free ((char *)group->op.name);
  g_free (group->name);
  g_free (group->title);
  g_free (group);
}

TelarGraph *
telar_graph_nth_drawing (const TelarGraph *graph, guint i)
{
  const GPtrArray *groups = graph->main->drawings;
  return i < groups->len ? groups->pdata[i] : i == groups->len ? graph->main : NULL;
}

static const TelarNode *
find_use_in (const TelarGraph *drawing, const TelarGroup *group)
{
  for (guint i = 0; i < drawing->nodes->len; i++) {
    const TelarNode *node = drawing->nodes->pdata[i];
    if (node->op == &group->op)
      return node;
  }
  return NULL;
}

const TelarNode *
telar_graph_find_use (const TelarGraph *drawing)
{
  const TelarGraph *where;
  const TelarNode *use = NULL;
  for (guint i = 0; !use && (where = telar_graph_nth_drawing (drawing, i)); i++)
    use = find_use_in (where, drawing->group);
  return use;
}

gboolean
telar_graph_remove_group (TelarGraph *graph, const char *name, GError **error)
{
  TelarGraph *main = graph->main;
  const TelarGraph *drawing = telar_graph_find_group (main, name);
  if (!drawing) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no group \"%s\"", name);
    return FALSE;
  }
  const TelarNode *use = telar_graph_find_use (drawing);
  if (use) {
    telar_set_error (error, TELAR_ERROR_INVALID, use->id,
                     "the group \"%s\" cannot go while the node is one of it", name);
    return FALSE;
  }
  guint place = place_of (main, name);
  g_ptr_array_remove_index (main->drawings, place);
  g_ptr_array_remove_index (main->groups, place);
  return TRUE;
}

const GPtrArray *
telar_graph_groups (const TelarGraph *graph)
{
  return graph->main->drawings;
}

const char *
telar_graph_group_name (const TelarGraph *drawing)
{
  return drawing->group ? drawing->group->name : NULL;
}

const char *
telar_graph_group_title (const TelarGraph *drawing)
{
  return drawing->group->title;
}

void
telar_graph_set_group_title (TelarGraph *drawing, const char *title)
{
  char *copy = g_strdup (title);
  g_free (drawing->group->title);
  drawing->group->title = copy;
  name_operator (drawing->group);
}

void
telar_group_copy_all (TelarGraph *to, const TelarGraph *from)
{
  for (guint i = 0; i < from->groups->len; i++) {
    const TelarGroup *group = from->groups->pdata[i];
    telar_graph_set_group_title (telar_graph_add_group (to, group->name, NULL), group->title);
  }
  for (guint i = 0; i < from->groups->len; i++) {
    telar_graph_copy_nodes (to->drawings->pdata[i], from->drawings->pdata[i]);
    telar_group_refresh (to->drawings->pdata[i], NULL, NULL);
  }
  for (guint i = 0; i < from->groups->len; i++) {
    telar_graph_copy_edges (to->drawings->pdata[i], from->drawings->pdata[i]);
    telar_graph_copy_notes (to->drawings->pdata[i], from->drawings->pdata[i]);
  }
}

/* --- operators -------------------------------------------------------------------------------- */

const TelarOperator *
telar_graph_group_operator (const TelarGraph *drawing)
{
  return &drawing->group->op;
}

TelarGraph *
telar_operator_drawing (const TelarOperator *op)
{
  return op->lower == telar_lower_group ? ((const TelarGroup *)op)->drawing : NULL;
}

const TelarOperator *
telar_graph_find_operator (const TelarGraph *graph, const char *name)
{
  if (g_str_has_prefix (name, TELAR_GROUP_PREFIX)) {
    const TelarGraph *drawing = telar_graph_find_group (graph, name + strlen (TELAR_GROUP_PREFIX));
    return drawing ? &drawing->group->op : NULL;
  }
  if (strcmp (name, TELAR_GROUP_INPUT) == 0)
    return &telar_group_input;
  if (strcmp (name, TELAR_GROUP_OUTPUT) == 0)
    return &telar_group_output;
  return telar_operator_find (name);
}

gboolean
telar_operator_is_group_end (const TelarOperator *op)
{
  return op == &telar_group_input || op == &telar_group_output;
}

/* Whether @drawing is that of @group or has a node that leads there; @seen: the drawings that do
 * not. */
static gboolean
leads_to (const TelarGraph *drawing, const TelarGroup *group, GHashTable *seen)
{
  if (drawing->group == group)
    return TRUE;
  if (!g_hash_table_add (seen, (gpointer)drawing))
    return FALSE;
  for (guint i = 0; i < drawing->nodes->len; i++) {
    const TelarGraphEntry *entry = drawing->nodes->pdata[i];
    const TelarGraph *inner = telar_operator_drawing (entry->node.op);
    if (inner && leads_to (inner, group, seen))
      return TRUE;
  }
  return FALSE;
}

gboolean
telar_graph_may_hold (const TelarGraph *graph, const TelarOperator *op, GError **error)
{
  const TelarGraph *inner = telar_operator_drawing (op);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  const char *why = NULL;
  if (!graph->group && telar_operator_is_group_end (op))
    why = "%s is the end of a group and stands in groups alone";
  else if (graph->group && (telar_operator_is_fed (op) || op->category == TELAR_CATEGORY_OUTPUT ||
                            strcmp (op->name, TELAR_OPERATOR_INPUT) == 0))
    why = "%s cannot stand in a group: what comes in and goes out passes its ends";
  else if (graph->group && inner && leads_to (inner, graph->group, seen))
    why = "%s cannot stand in a group that it is made of";
  if (why) {
    g_autofree char *text = g_strdup_printf (why, op->name);
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s", text);
  }
  return why == NULL;
}

/* --- ports ------------------------------------------------------------------------------------ */

/* The drawing's nodes of the operator @end as ports. */
static TelarPort *
make_ports (const TelarGraph *drawing, const TelarOperator *end)
{
  GArray *ports = g_array_new (TRUE, TRUE, sizeof (TelarPort));
  for (guint i = 0; i < drawing->nodes->len; i++) {
    const TelarNode *node = drawing->nodes->pdata[i];
    TelarPort port = { .name = node->id, .kind = TELAR_PORT_TENSOR };
    if (node->op != end)
      continue;
    port.name = g_strdup (node->id);
    g_array_append_val (ports, port);
  }
  return (TelarPort *)g_array_free (ports, FALSE);
}

/* Where each of the @old ports is among @ports; -1 where it is gone. */
static int *
follow_ports (const TelarPort *old, const TelarPort *ports, const char *old_id, const char *new_id)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (int));
  for (; old->name; old++) {
    const char *name = old_id && strcmp (old->name, old_id) == 0 ? new_id : old->name;
    int place = -1;
    for (int i = 0; ports[i].name && place < 0; i++)
      if (strcmp (ports[i].name, name) == 0)
        place = i;
    g_array_append_val (places, place);
  }
  return (int *)g_array_free (places, FALSE);
}

static void
drop_lost_edges (TelarGraph *graph, const TelarOperator *op, const int *inputs, const int *outputs)
{
  for (guint i = graph->edges->len; i-- > 0;) {
    TelarEdge *edge = graph->edges->pdata[i];
    gboolean lost = telar_graph_entry (graph, edge->to)->node.op == op && inputs[edge->to_port] < 0;
    lost |= telar_graph_entry (graph, edge->from)->node.op == op && outputs[edge->from_port] < 0;
    if (lost)
      telar_graph_delete_edge (graph, edge);
  }
}

static void
move_edges (TelarGraph *graph, const TelarOperator *op, const int *inputs, const int *outputs)
{
  for (guint i = 0; i < graph->edges->len; i++) {
    TelarEdge *edge = graph->edges->pdata[i];
    if (telar_graph_entry (graph, edge->to)->node.op == op)
      edge->to_port = (guint)inputs[edge->to_port];
    if (telar_graph_entry (graph, edge->from)->node.op == op)
      edge->from_port = (guint)outputs[edge->from_port];
  }
  telar_graph_sort_edges (graph);
}

void
telar_group_refresh (TelarGraph *graph, const char *old_id, const char *new_id)
{
  TelarGroup *group = graph->group;
  if (!group)
    return;
  TelarGraph *drawing;
  const TelarPort *old_inputs = group->op.inputs, *old_outputs = group->op.outputs;
  TelarPort *new_inputs = make_ports (graph, &telar_group_input);
  TelarPort *new_outputs = make_ports (graph, &telar_group_output);
  g_autofree int *inputs = follow_ports (old_inputs, new_inputs, old_id, new_id);
  g_autofree int *outputs = follow_ports (old_outputs, new_outputs, old_id, new_id);
  for (guint i = 0; (drawing = telar_graph_nth_drawing (graph, i)); i++) {
    if (!find_use_in (drawing, group))
      continue;
    drop_lost_edges (drawing, &group->op, inputs, outputs);
    move_edges (drawing, &group->op, inputs, outputs);
  }
  group->op.inputs = new_inputs;
  group->op.outputs = new_outputs;
  free_ports (old_inputs);
  free_ports (old_outputs);
}

gboolean
telar_group_port_is_wired (const TelarGraph *drawing, const char *id)
{
  const TelarOperator *op = &drawing->group->op;
  const TelarGraph *other;
  int input = telar_operator_find_input (op, id), output = telar_operator_find_output (op, id);
  for (guint i = 0; (other = telar_graph_nth_drawing (drawing, i)); i++) {
    for (guint j = 0; j < other->edges->len; j++) {
      const TelarEdge *edge = other->edges->pdata[j];
      if ((int)edge->to_port == input && telar_graph_entry (other, edge->to)->node.op == op)
        return TRUE;
      if ((int)edge->from_port == output && telar_graph_entry (other, edge->from)->node.op == op)
        return TRUE;
    }
  }
  return FALSE;
}

/* --- paths ------------------------------------------------------------------------------------ */

gboolean
telar_node_is_within (const char *id, const char *node)
{
  gsize length = strlen (node);
  return strncmp (id, node, length) == 0 && (id[length] == '\0' || id[length] == '/');
}

gboolean
telar_node_leave (char *id)
{
  char *slash;
  while ((slash = strrchr (id, '/'))) {
    *slash = '\0';
    const char *last = strrchr (id, '/');
    if (!g_ascii_isdigit (last ? last[1] : *id)) /* numbers of repetitions are no nodes */
      return TRUE;
  }
  return FALSE;
}

/* --- settings within -------------------------------------------------------------------------- */

/* One word: "conv1.filters=32". */
static gboolean
apply_setting (TelarGraph *drawing, const char *word, GError **error)
{
  const char *equals = strchr (word, '=');
  g_autofree char *path = equals ? g_strndup (word, (gsize)(equals - word)) : NULL;
  if (path && strchr (path, '.') && !strchr (path, '/'))
    return telar_graph_set (drawing, path, equals + 1, error);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "\"%s\" is not a setting of a node within, such as conv1.filters=32", word);
  return FALSE;
}

TelarGraph *
telar_graph_copy_with (const TelarGraph *drawing, const char *settings, GError **error)
{
  g_autoptr (TelarGraph) copy = telar_graph_copy (drawing);
  g_auto (GStrv) words = g_strsplit_set (settings, " \t\n", -1);
  for (char **word = words; *word; word++)
    if (**word && !apply_setting (copy, *word, error))
      return NULL;
  telar_graph_evaluate (copy);
  return g_steal_pointer (&copy);
}
