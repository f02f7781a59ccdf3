/* Edits that put a node where something is already: into a wire, in the place of another node. */
#include "app/project/edits-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* --- into a wire ------------------------------------------------------------------------------ */

/* The first output of @node that fits takes the place of the wire's source. */
static gboolean
take_over (TelarDocument *document, TelarGraph *graph, const TelarNode *node, const TelarEdge *wire,
           GError **error)
{
  for (guint port = 0; port < telar_operator_n_outputs (node->op); port++) {
    g_clear_error (error);
    if (telar_edit_swap_source (document, graph, wire, node->id, port, error))
      return TRUE;
  }
  if (!error || !*error)
    telar_set_error (error, TELAR_ERROR_INVALID, node->id, _ ("it has no output"));
  return FALSE;
}

/* What the wire was led through is behind the node now, where it means little. */
static void
straighten (TelarGraph *graph, const TelarEdge *wire)
{
  telar_graph_set_bends (graph, wire->to, wire->to_port, wire->to_slot, NULL, 0);
}

gboolean
telar_edit_put_into_wire (TelarDocument *document, TelarGraph *graph, TelarNode *node,
                          const TelarEdge *wire, GError **error)
{
  /* @wire may be the graph's own, which goes when another takes its place. */
  g_autofree char *from = g_strdup (wire->from);
  g_autofree char *to = g_strdup (wire->to);
  TelarEdge old = { from, to, wire->from_port, wire->to_port, wire->to_slot, NULL };
  TelarPortRef source = { from, wire->from_port, TRUE };

  if (!telar_edit_attach (document, graph, node, &source, error) ||
      !take_over (document, graph, node, &old, error))
    return FALSE;
  straighten (graph, &old);
  telar_edit_make_room (document, graph, node);
  return TRUE;
}

char *
telar_edit_insert (TelarDocument *document, const char *op, double x, double y,
                   const TelarEdge *wire, GError **error)
{
  TelarGraph *graph = telar_edit_begin_with (document, _ ("Insert %s"), op);
  TelarNode *node = telar_edit_put_node (document, graph, op, x, y, error);

  return telar_edit_end_with (
      document, node, node && telar_edit_put_into_wire (document, graph, node, wire, error));
}

/* --- in the place of another ------------------------------------------------------------------ */

/* The port of @ports that takes over from @port: of the same name, else in the same place, else the
 * first of its kind that is not @taken. -1 where there is none. */
static int
counterpart (const TelarPort *port, guint place, const TelarPort *ports, guint n, gboolean *taken)
{
  int best = -1, worth = 0;

  for (guint i = 0; i < n; i++) {
    int value = ports[i].kind != port->kind || taken[i] || (port->repeated && !ports[i].repeated)
                    ? 0
                : g_str_equal (ports[i].name, port->name) ? 3
                : i == place                              ? 2
                                                          : 1;

    if (value > worth) {
      worth = value;
      best = (int)i;
    }
  }
  if (best >= 0)
    taken[best] = TRUE;
  return best;
}

/* For each of @n ports of @ports the one of @others, or -1: not wired. FALSE: a wire has nowhere to
 * go. Caller frees. */
static int *
map_ports (const TelarPort *ports, guint n, const gboolean *wired, const TelarPort *others,
           guint n_others)
{
  g_autofree gboolean *taken = g_new0 (gboolean, n_others + 1);
  g_autofree int *map = g_new (int, n + 1);

  for (guint i = 0; i < n; i++) {
    map[i] = wired[i] ? counterpart (&ports[i], i, others, n_others, taken) : -1;
    if (wired[i] && map[i] < 0)
      return NULL;
  }
  return g_steal_pointer (&map);
}

typedef struct {
  int *inputs, *outputs;
} PortMap;

static void
port_map_clear (PortMap *map)
{
  g_free (map->inputs);
  g_free (map->outputs);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PortMap, port_map_clear)

static gboolean
map_wires (const TelarGraph *graph, const TelarNode *node, const TelarOperator *op, PortMap *map)
{
  const GPtrArray *edges = telar_graph_edges (graph);
  guint n_inputs = telar_operator_n_inputs (node->op);
  guint n_outputs = telar_operator_n_outputs (node->op);
  g_autofree gboolean *in = g_new0 (gboolean, n_inputs + 1);
  g_autofree gboolean *out = g_new0 (gboolean, n_outputs + 1);

  /* They make the ports of their group, on which the wires of all its nodes hang. */
  if (telar_operator_is_group_end (node->op) || telar_operator_is_group_end (op))
    return FALSE;
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];

    if (g_str_equal (edge->to, node->id))
      in[edge->to_port] = TRUE;
    if (g_str_equal (edge->from, node->id))
      out[edge->from_port] = TRUE;
  }
  map->inputs =
      map_ports (node->op->inputs, n_inputs, in, op->inputs, telar_operator_n_inputs (op));
  map->outputs =
      map_ports (node->op->outputs, n_outputs, out, op->outputs, telar_operator_n_outputs (op));
  return map->inputs && map->outputs;
}

/* Whether both have ports of the same kinds, which may differ in their names. */
static gboolean
same_ports (const TelarPort *a, const TelarPort *b)
{
  guint i = 0;

  for (; a && b && a[i].name && b[i].name; i++)
    if (a[i].kind != b[i].kind)
      return FALSE;
  return !(a && a[i].name) && !(b && b[i].name);
}

TelarShapeFit
telar_edit_fit (TelarDocument *document, const char *id, const TelarOperator *op)
{
  const TelarGraph *graph = telar_document_drawing (document);
  const TelarNode *node = telar_graph_find_node (graph, id);
  g_auto (PortMap) map = { NULL, NULL };

  if (op == node->op || !telar_graph_may_hold (graph, op, NULL) ||
      !map_wires (graph, node, op, &map))
    return TELAR_SHAPE_DIFFERS;
  return same_ports (node->op->inputs, op->inputs) && same_ports (node->op->outputs, op->outputs)
             ? TELAR_SHAPE_SAME
             : TELAR_SHAPE_FITS;
}

/* What was set and the other operator knows by the same name stays, as far as it is allowed there.
 */
static void
take_params (TelarParamSet *to, const TelarParamSet *from)
{
  for (const TelarParam *param = telar_param_set_table (from); param && param->name; param++) {
    const TelarParamValue *value = telar_param_set_get (from, param->name);

    if (!telar_param_set_is_default (from, param->name) && telar_param_set_get (to, param->name))
      telar_param_set_put (to, param->name, value, NULL);
  }
}

static gboolean
take_wires (TelarDocument *document, TelarGraph *graph, const char *old, const TelarNode *node,
            const PortMap *map, GError **error)
{
  const GPtrArray *edges = telar_graph_edges (graph);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];

    if (g_str_equal (edge->from, old) &&
        !telar_edit_swap_source (document, graph, edge, node->id,
                                 (guint)map->outputs[edge->from_port], error))
      return FALSE;
  }
  for (guint port = 0; port < telar_operator_n_inputs (telar_graph_find_node (graph, old)->op);
       port++) {
    const TelarEdge *edge;

    for (guint slot = 0; (edge = telar_graph_incoming (graph, old, port, slot)); slot++) {
      g_autoptr (GArray) bends = edge->bends ? g_array_copy (edge->bends) : NULL;
      guint to_port = (guint)map->inputs[port];

      if (!telar_edit_put_wire (document, graph, edge->from, edge->from_port, node->id, to_port,
                                error))
        return FALSE;
      if (bends)
        telar_graph_set_bends (graph, node->id, to_port, slot, (TelarBend *)(gpointer)bends->data,
                               bends->len);
    }
  }
  return TRUE;
}

/* Whether the id is one that was made from the operator's name, "relu12". */
static gboolean
is_made_id (const char *id, const char *made)
{
  gsize length = strlen (made);

  while (length && g_ascii_isdigit (made[length - 1]))
    length--;
  return strncmp (id, made, length) == 0 &&
         strspn (id + length, "0123456789") == strlen (id + length);
}

/* The new node, under the old one's id where a person chose that. */
static const TelarNode *
replace_one (TelarDocument *document, TelarGraph *graph, const char *id, const TelarOperator *op,
             GError **error)
{
  TelarNode *old = telar_graph_find_node (graph, id), *node, *made;
  g_auto (PortMap) map = { NULL, NULL };
  g_autofree char *twin = NULL;

  if (!map_wires (graph, old, op, &map)) {
    telar_set_error (error, TELAR_ERROR_INVALID, id, _ ("the wires do not fit %s"), _ (op->label));
    return NULL;
  }
  telar_patch_touch_node (telar_document_patch (document), graph, id);
  made = telar_edit_put_node (document, graph, old->op->name, 0, 0, error);
  twin = made ? g_strdup (made->id) : NULL;
  if (made)
    telar_graph_remove_node (graph, twin);
  node = made ? telar_edit_put_node (document, graph, op->name, old->x, old->y, error) : NULL;
  if (!node || !take_wires (document, graph, id, node, &map, error))
    return NULL;
  take_params (node->params, old->params);
  take_params (node->learning, old->learning);
  node->title = g_strdup (old->title);
  telar_edit_drop_wires (document, graph, id);
  telar_graph_remove_node (graph, id);
  if (!is_made_id (id, twin)) {
    g_autofree char *fresh = g_strdup (node->id);

    telar_patch_touch_node (telar_document_patch (document), graph, fresh);
    if (!telar_graph_rename_node (graph, fresh, id, error))
      return NULL;
    telar_edit_touch_new_node (document, graph, id);
    node = telar_graph_find_node (graph, id);
  }
  return node;
}

char **
telar_edit_replace (TelarDocument *document, const char *const *ids, const char *op, GError **error)
{
  TelarGraph *graph = telar_edit_begin_with (document, _ ("Replace by %s"), op);
  const TelarOperator *found = telar_edit_find_operator (document, op);
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (g_free);

  if (!found)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "unknown operator \"%s\"", op);
  for (guint i = 0; found && ids[i]; i++) {
    const TelarNode *node = replace_one (document, graph, ids[i], found, error);

    if (!node) {
      found = NULL;
      break;
    }
    g_ptr_array_add (made, g_strdup (node->id));
  }
  if (!found) {
    telar_document_abort (document);
    return NULL;
  }
  telar_document_commit (document, NULL);
  g_ptr_array_add (made, NULL);
  return (char **)g_ptr_array_steal (made, NULL);
}
