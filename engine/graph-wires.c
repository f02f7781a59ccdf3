/* Wires of the graph document: what may be wired to what, and keeping the sorted list of all wires
 * and each node's own in step. */
#include "engine/graph-private.h"
#include <string.h>

const GPtrArray *
telar_graph_edges (const TelarGraph *graph)
{
  return graph->edges;
}

/* --- the sorted list -------------------------------------------------------------------------- */

static int
compare_place (const TelarEdge *edge, const char *to, guint port, guint slot)
{
  int order = strcmp (edge->to, to);
  if (order == 0)
    order = (edge->to_port > port) - (edge->to_port < port);
  if (order == 0)
    order = (edge->to_slot > slot) - (edge->to_slot < slot);
  return order;
}

static guint
place_of (const TelarGraph *graph, const char *to, guint port, guint slot)
{
  guint low = 0, high = graph->edges->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (compare_place (graph->edges->pdata[middle], to, port, slot) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const TelarEdge *
telar_graph_incoming (const TelarGraph *graph, const char *to, guint to_port, guint to_slot)
{
  guint place = place_of (graph, to, to_port, to_slot);
  if (place == graph->edges->len)
    return NULL;
  const TelarEdge *edge = graph->edges->pdata[place];
  return compare_place (edge, to, to_port, to_slot) == 0 ? edge : NULL;
}

static void
insert_incoming (TelarGraphEntry *to, TelarEdge *edge)
{
  guint place = to->in->len;
  while (place > 0 &&
         compare_place (to->in->pdata[place - 1], edge->to, edge->to_port, edge->to_slot) > 0)
    place--;
  g_ptr_array_insert (to->in, (gint)place, edge);
}

TelarEdge *
telar_graph_insert_edge (TelarGraph *graph, const TelarWire *wire)
{
  TelarEdge *edge = g_new0 (TelarEdge, 1);
  edge->from = g_strdup (wire->from->node.id);
  edge->to = g_strdup (wire->to->node.id);
  edge->from_port = wire->from_port;
  edge->to_port = wire->to_port;
  edge->to_slot = wire->to_slot;
  guint place = place_of (graph, edge->to, edge->to_port, edge->to_slot);
  g_ptr_array_insert (graph->edges, (gint)place, edge);
  insert_incoming (wire->to, edge);
  g_ptr_array_add (wire->from->out, edge);
  return edge;
}

void
telar_graph_delete_edge (TelarGraph *graph, TelarEdge *edge)
{
  g_ptr_array_remove (telar_graph_entry (graph, edge->to)->in, edge);
  g_ptr_array_remove_fast (telar_graph_entry (graph, edge->from)->out, edge);
  guint place = place_of (graph, edge->to, edge->to_port, edge->to_slot);
  g_ptr_array_remove_index (graph->edges, place);
}

static int
compare_edges (gconstpointer a, gconstpointer b)
{
  const TelarEdge *left = *(TelarEdge *const *)a, *right = *(TelarEdge *const *)b;
  return compare_place (left, right->to, right->to_port, right->to_slot);
}

void
telar_graph_sort_edges (TelarGraph *graph)
{
  g_ptr_array_sort (graph->edges, compare_edges);
  for (guint i = 0; i < graph->nodes->len; i++)
    g_ptr_array_sort (((TelarGraphEntry *)graph->nodes->pdata[i])->in, compare_edges);
}

void
telar_graph_rename_edges (TelarGraph *graph, const TelarGraphEntry *entry)
{
  for (guint i = 0; i < entry->out->len; i++) {
    TelarEdge *edge = entry->out->pdata[i];
    g_free (edge->from);
    edge->from = g_strdup (entry->node.id);
  }
  for (guint i = 0; i < entry->in->len; i++) {
    TelarEdge *edge = entry->in->pdata[i];
    g_free (edge->to);
    edge->to = g_strdup (entry->node.id);
  }
  g_ptr_array_sort (graph->edges, compare_edges);
}

/* --- ends as text ----------------------------------------------------------------------------- */

char *
telar_graph_edge_from (const TelarGraph *graph, const TelarEdge *edge)
{
  const TelarNode *node = telar_graph_find_node (graph, edge->from);
  return g_strdup_printf ("%s:%s", edge->from, node->op->outputs[edge->from_port].name);
}

char *
telar_graph_edge_to (const TelarGraph *graph, const TelarEdge *edge)
{
  const TelarNode *node = telar_graph_find_node (graph, edge->to);
  const TelarPort *port = &node->op->inputs[edge->to_port];
  if (port->repeated)
    return g_strdup_printf ("%s:%s.%u", edge->to, port->name, edge->to_slot);
  return g_strdup_printf ("%s:%s", edge->to, port->name);
}

TelarEdge *
telar_graph_edge_at (const TelarGraph *graph, const char *place)
{
  const char *colon = strchr (place, ':'), *dot = colon ? strrchr (colon, '.') : NULL;
  if (!colon)
    return NULL;
  g_autofree char *id = g_strndup (place, (gsize)(colon - place));
  g_autofree char *port =
      dot ? g_strndup (colon + 1, (gsize)(dot - colon - 1)) : g_strdup (colon + 1);
  const TelarNode *node = telar_graph_find_node (graph, id);
  int index = node ? telar_operator_find_input (node->op, port) : -1;
  guint64 slot = 0;
  if (index < 0 || (dot && !g_ascii_string_to_unsigned (dot + 1, 10, 0, G_MAXINT, &slot, NULL)))
    return NULL;
  return (TelarEdge *)telar_graph_incoming (graph, id, (guint)index, (guint)slot);
}

/* The node in front of the colon, the port behind it, or NULL. Caller frees. */
static TelarGraphEntry *
split_end (const TelarGraph *graph, const char *text, char **port, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *id = colon ? g_strndup (text, (gsize)(colon - text)) : g_strdup (text);
  TelarGraphEntry *entry = telar_graph_entry (graph, id);
  if (!entry) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no node \"%s\"", id);
    return NULL;
  }
  *port = colon ? g_strdup (colon + 1) : NULL;
  return entry;
}

/* The index of @port among @ports, which may be left out when there is but one. */
static gboolean
find_port (const TelarGraphEntry *entry, const TelarPort *ports, const char *port, const char *what,
           guint *index, GError **error)
{
  guint n = 0;
  for (; ports && ports[n].name; n++)
    if (port && strcmp (ports[n].name, port) == 0) {
      *index = n;
      return TRUE;
    }
  *index = 0;
  if (!port && n == 1)
    return TRUE;
  if (!port)
    telar_set_error (error, TELAR_ERROR_INVALID, entry->node.id, "%s has %u %ss; say which",
                     entry->node.op->name, n, what);
  else
    telar_set_error (error, TELAR_ERROR_INVALID, entry->node.id, "%s has no %s \"%s\"",
                     entry->node.op->name, what, port);
  return FALSE;
}

/* Cuts ".1" off @port. */
static gboolean
cut_slot (const char *id, char *port, guint *slot, GError **error)
{
  *slot = G_MAXUINT;
  char *dot = port ? strchr (port, '.') : NULL;
  if (!dot)
    return TRUE;
  guint64 number;
  if (!g_ascii_string_to_unsigned (dot + 1, 10, 0, G_MAXINT, &number, NULL)) {
    telar_set_error (error, TELAR_ERROR_INVALID, id, "\"%s\" is not a port and its slot", port);
    return FALSE;
  }
  *slot = (guint)number;
  *dot = '\0';
  return TRUE;
}

gboolean
telar_graph_resolve (const TelarGraph *graph, const char *from, const char *to, TelarWire *wire,
                     GError **error)
{
  g_autofree char *from_port = NULL, *to_port = NULL;
  wire->from = split_end (graph, from, &from_port, error);
  if (!wire->from || !find_port (wire->from, wire->from->node.op->outputs, from_port, "output",
                                 &wire->from_port, error))
    return FALSE;
  wire->to = split_end (graph, to, &to_port, error);
  if (!wire->to || !cut_slot (wire->to->node.id, to_port, &wire->to_slot, error) ||
      !find_port (wire->to, wire->to->node.op->inputs, to_port, "input", &wire->to_port, error))
    return FALSE;
  if (wire->to_slot == G_MAXUINT && !wire->to->node.op->inputs[wire->to_port].repeated)
    wire->to_slot = 0;
  return TRUE;
}

/* --- checks ----------------------------------------------------------------------------------- */

/* One past the last slot in use. */
static guint
next_slot (const TelarGraphEntry *to, guint port)
{
  guint next = 0;
  for (guint i = 0; i < to->in->len; i++) {
    const TelarEdge *edge = to->in->pdata[i];
    if (edge->to_port == port)
      next = edge->to_slot + 1;
  }
  return next;
}

gboolean
telar_graph_check_wire (const TelarGraph *graph, const TelarWire *wire, GError **error)
{
  static const char *const kinds[] = {
    [TELAR_PORT_TENSOR] = "a tensor",
    [TELAR_PORT_TABLE] = "a table",
    [TELAR_PORT_MODEL] = "a model",
    [TELAR_PORT_METRICS] = "metrics",
  };
  const char *id = wire->to->node.id;
  const TelarPort *from = &wire->from->node.op->outputs[wire->from_port];
  const TelarPort *to = &wire->to->node.op->inputs[wire->to_port];
  if (from->kind != to->kind) {
    telar_set_error (error, TELAR_ERROR_INVALID, id, "%s takes %s, but %s:%s gives %s", to->name,
                     kinds[to->kind], wire->from->node.id, from->name, kinds[from->kind]);
    return FALSE;
  }
  if (!to->repeated && wire->to_slot != 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, id, "%s takes a single wire", to->name);
    return FALSE;
  }
  if (telar_graph_incoming (graph, id, wire->to_port, wire->to_slot)) {
    telar_set_error (error, TELAR_ERROR_INVALID, id, "%s has a wire already", to->name);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_cycle (const TelarGraph *graph, const TelarWire *wire, GError **error)
{
  if (!telar_graph_reaches (graph, wire->to, wire->from))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, wire->to->node.id,
                   "a wire from %s would close a cycle", wire->from->node.id);
  return FALSE;
}

/* By ids and numbers to the ends. */
static gboolean
wire_of (const TelarGraph *graph, const char *from, guint from_port, const char *to, guint to_port,
         TelarWire *wire, GError **error)
{
  *wire = (TelarWire){ telar_graph_entry (graph, from), telar_graph_entry (graph, to), from_port,
                       to_port, 0 };
  if (!wire->from || !wire->to) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no node \"%s\"",
                     wire->from ? to : from);
    return FALSE;
  }
  if (from_port >= telar_operator_n_outputs (wire->from->node.op) ||
      to_port >= telar_operator_n_inputs (wire->to->node.op)) {
    telar_set_error (error, TELAR_ERROR_INVALID, to, "there is no such port to wire with %s", from);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_new_wire (const TelarGraph *graph, TelarWire *wire, GError **error)
{
  const TelarPort *port = &wire->to->node.op->inputs[wire->to_port];
  guint next = next_slot (wire->to, wire->to_port);
  if (wire->to_slot == G_MAXUINT)
    wire->to_slot = port->repeated ? next : 0;
  if (port->repeated && wire->to_slot > next) {
    telar_set_error (error, TELAR_ERROR_INVALID, wire->to->node.id,
                     "%s has %u wires, so the next slot is %u and not %u", port->name, next, next,
                     wire->to_slot);
    return FALSE;
  }
  return telar_graph_check_wire (graph, wire, error) && check_cycle (graph, wire, error);
}

/* --- changes ---------------------------------------------------------------------------------- */

gboolean
telar_graph_can_connect (const TelarGraph *graph, const char *from, guint from_port, const char *to,
                         guint to_port, GError **error)
{
  TelarWire wire;
  if (!wire_of (graph, from, from_port, to, to_port, &wire, error))
    return FALSE;
  wire.to_slot = G_MAXUINT;
  return check_new_wire (graph, &wire, error);
}

TelarEdge *
telar_graph_connect (TelarGraph *graph, const char *from, guint from_port, const char *to,
                     guint to_port, guint to_slot, GError **error)
{
  TelarWire wire;
  if (!wire_of (graph, from, from_port, to, to_port, &wire, error))
    return NULL;
  wire.to_slot = to_slot;
  if (!check_new_wire (graph, &wire, error))
    return NULL;
  return telar_graph_insert_edge (graph, &wire);
}

gboolean
telar_graph_wire (TelarGraph *graph, const char *from, const char *to, GError **error)
{
  TelarWire wire;
  if (!telar_graph_resolve (graph, from, to, &wire, error) || !check_new_wire (graph, &wire, error))
    return FALSE;
  telar_graph_insert_edge (graph, &wire);
  return TRUE;
}

void
telar_graph_disconnect (TelarGraph *graph, const char *to, guint to_port, guint to_slot)
{
  TelarGraphEntry *entry = telar_graph_entry (graph, to);
  TelarEdge *edge = (TelarEdge *)telar_graph_incoming (graph, to, to_port, to_slot);
  g_return_if_fail (entry && edge);
  telar_graph_delete_edge (graph, edge);
  /* Those behind it move up; the order of the list does not change by that. */
  for (guint i = 0; i < entry->in->len; i++) {
    TelarEdge *other = entry->in->pdata[i];
    if (other->to_port == to_port && other->to_slot > to_slot)
      other->to_slot--;
  }
}

void
telar_graph_set_bends (TelarGraph *graph, const char *to, guint to_port, guint to_slot,
                       const TelarBend *points, guint n)
{
  TelarEdge *edge = (TelarEdge *)telar_graph_incoming (graph, to, to_port, to_slot);
  g_return_if_fail (edge && n <= TELAR_MAX_BENDS);
  g_clear_pointer (&edge->bends, g_array_unref);
  if (n == 0)
    return;
  edge->bends = g_array_sized_new (FALSE, FALSE, sizeof (TelarBend), n);
  g_array_append_vals (edge->bends, points, n);
}
