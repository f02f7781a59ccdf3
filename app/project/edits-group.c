/* Groups as edits: several nodes become one of a new group, and the other way round. */
#include "app/project/cards.h"
#include "app/project/edits-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define COLUMN (TELAR_CARD_WIDTH + TELAR_GAP) /* from a card to the next */
#define ROW    112

/* --- what hangs on the ends of a group -------------------------------------------------------- */

typedef void (*EachUse) (TelarDocument *document, const TelarGraph *graph, const TelarEdge *edge);

/* The wires at all nodes of the group, in whatever drawing they are. */
static void
each_wire_of_uses (TelarDocument *document, const TelarGraph *drawing, EachUse each)
{
  const TelarOperator *op = telar_graph_group_operator (drawing);
  const TelarGraph *graph;

  for (guint i = 0; (graph = telar_graph_nth_drawing (drawing, i)); i++) {
    const GPtrArray *edges = telar_graph_edges (graph);

    for (guint j = 0; j < edges->len; j++) {
      const TelarEdge *edge = edges->pdata[j];

      if (telar_graph_find_node (graph, edge->to)->op == op ||
          telar_graph_find_node (graph, edge->from)->op == op)
        each (document, graph, edge);
    }
  }
}

static void
touch_wire (TelarDocument *document, const TelarGraph *graph, const TelarEdge *edge)
{
  telar_edit_touch_input (document, graph, edge->to, edge->to_port, edge->to_slot);
}

static void
touch_new_wire (TelarDocument *document, const TelarGraph *graph, const TelarEdge *edge)
{
  const TelarNode *to = telar_graph_find_node (graph, edge->to);

  telar_patch_touch_new (telar_document_patch (document), graph, "edges/%s:%s.%u", edge->to,
                         to->op->inputs[edge->to_port].name, edge->to_slot);
}

static gboolean
is_end (const TelarGraph *graph, const char *id)
{
  const TelarNode *node = telar_graph_find_node (graph, id);

  return node && telar_operator_is_group_end (node->op);
}

void
telar_edit_touch_uses (TelarDocument *document, const TelarGraph *graph, const char *id)
{
  if (is_end (graph, id))
    each_wire_of_uses (document, graph, touch_wire);
}

void
telar_edit_touch_new_uses (TelarDocument *document, const TelarGraph *graph, const char *id)
{
  if (is_end (graph, id))
    each_wire_of_uses (document, graph, touch_new_wire);
}

/* --- grouping --------------------------------------------------------------------------------- */

typedef struct {
  TelarDocument *document;
  TelarGraph *graph;   /* where the nodes are */
  TelarGraph *drawing; /* where they go */
  const char *const *ids;
  GHashTable *ends; /* "NODE:PORT" -> id of the end in the drawing */
  double left, right, top;
  guint n_inputs, n_outputs;
} Grouping;

static char *
free_group_name (const TelarGraph *graph)
{
  for (guint number = 1;; number++) {
    char *name = g_strdup_printf ("group%u", number);

    if (!telar_graph_find_group (graph, name))
      return name;
    g_free (name);
  }
}

static gboolean
copy_record (Grouping *g, const char *path, GError **error)
{
  g_autofree char *record = telar_graph_get_record (g->graph, path);

  if (!record)
    return TRUE;
  telar_patch_touch_new (telar_document_patch (g->document), g->drawing, "%s", path);
  return telar_graph_set_record (g->drawing, path, record, error);
}

static gboolean
copy_node (Grouping *g, const char *id, GError **error)
{
  const TelarNode *node = telar_graph_find_node (g->graph, id);
  g_autofree char *path = g_strdup_printf ("nodes/%s", id);
  g_autofree char *place = g_strdup_printf ("layout/%s", id);

  g->left = MIN (g->left, node->x);
  g->right = MAX (g->right, node->x);
  g->top = MIN (g->top, node->y);
  return copy_record (g, path, error) && copy_record (g, place, error);
}

/* The end of the drawing that stands for the output of @from outside or inside; made when it is
 * first asked for. */
static const char *
find_end (Grouping *g, const char *op, const char *from, guint port)
{
  gboolean input = g_str_equal (op, TELAR_GROUP_INPUT);
  guint number = input ? ++g->n_inputs : ++g->n_outputs;
  g_autofree char *key = g_strdup_printf ("%s:%u", from, port);
  g_autofree char *id = g_strdup_printf (number > 1 ? "%s%u" : "%s", input ? "in" : "out", number);
  const char *known = g_hash_table_lookup (g->ends, key);
  TelarNode *end;

  if (known) {
    *(input ? &g->n_inputs : &g->n_outputs) -= 1;
    return known;
  }
  end = telar_graph_add_node (g->drawing, op, id, NULL);
  if (!end) /* a node of the group is called so */
    end = telar_graph_add_node (g->drawing, op, NULL, NULL);
  end->x = input ? g->left - COLUMN : g->right + COLUMN;
  end->y = g->top + ROW * (number - 1);
  telar_patch_touch_new (telar_document_patch (g->document), g->drawing, "nodes/%s", end->id);
  telar_patch_touch_new (telar_document_patch (g->document), g->drawing, "layout/%s", end->id);
  g_hash_table_insert (g->ends, g_steal_pointer (&key), g_strdup (end->id));
  return end->id;
}

/* The wire within the drawing that @edge becomes, from @from. */
static gboolean
draw_wire (Grouping *g, const char *from, guint from_port, const char *to, guint to_port,
           guint to_slot, GError **error)
{
  telar_edit_touch_input (g->document, g->drawing, to, to_port, to_slot);
  return telar_graph_connect (g->drawing, from, from_port, to, to_port, to_slot, error) != NULL;
}

static gboolean
copy_wires (Grouping *g, GError **error)
{
  const GPtrArray *edges = telar_graph_edges (g->graph);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    gboolean from_within = g_strv_contains (g->ids, edge->from);
    gboolean to_within = g_strv_contains (g->ids, edge->to);

    if (to_within) {
      const char *from =
          from_within ? edge->from : find_end (g, TELAR_GROUP_INPUT, edge->from, edge->from_port);

      if (!draw_wire (g, from, from_within ? edge->from_port : 0, edge->to, edge->to_port,
                      edge->to_slot, error))
        return FALSE;
      if (from_within)
        telar_edit_copy_bends (g->drawing, edge, edge->to, edge->to_slot, 0, 0);
    } else if (from_within) {
      const char *end = find_end (g, TELAR_GROUP_OUTPUT, edge->from, edge->from_port);

      if (!telar_graph_incoming (g->drawing, end, 0, 0) &&
          !draw_wire (g, edge->from, edge->from_port, end, 0, 0, error))
        return FALSE;
    }
  }
  return TRUE;
}

/* The wires outside that went to the nodes go to @node, those that came from them come from it. */
static gboolean
rewire_outside (Grouping *g, const TelarNode *node, GError **error)
{
  g_autoptr (GPtrArray) edges = g_ptr_array_new ();
  const GPtrArray *all = telar_graph_edges (g->graph);

  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (edges, all->pdata[i]);
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    gboolean from_within = g_strv_contains (g->ids, edge->from);
    g_autofree char *key = g_strdup_printf ("%s:%u", edge->from, edge->from_port);
    const char *end = g_hash_table_lookup (g->ends, key);

    if (from_within == g_strv_contains (g->ids, edge->to))
      continue;
    if (from_within) {
      guint port = (guint)telar_operator_find_output (node->op, end);

      if (!telar_edit_swap_source (g->document, g->graph, edge, node->id, port, error))
        return FALSE;
    } else {
      guint port = (guint)telar_operator_find_input (node->op, end);

      if (!telar_graph_incoming (g->graph, node->id, port, 0) &&
          !telar_edit_put_wire (g->document, g->graph, edge->from, edge->from_port, node->id, port,
                                error))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_members (Grouping *g, GError **error)
{
  for (guint i = 0; g->ids[i]; i++) {
    const TelarNode *node = telar_graph_find_node (g->graph, g->ids[i]);

    if (is_end (g->graph, node->id)) {
      telar_set_error (error, TELAR_ERROR_INVALID, node->id, _ ("the ends of a group stay in it"));
      return FALSE;
    }
    if (!telar_graph_may_hold (g->drawing, node->op, error)) {
      telar_error_set_node (error, node->id);
      return FALSE;
    }
  }
  return TRUE;
}

static const TelarNode *
make_group (Grouping *g, GError **error)
{
  const TelarOperator *op = telar_graph_group_operator (g->drawing);
  const TelarNode *node;

  if (!check_members (g, error))
    return NULL;
  for (guint i = 0; g->ids[i]; i++)
    telar_patch_touch_node (telar_document_patch (g->document), g->graph, g->ids[i]);
  for (guint i = 0; g->ids[i]; i++)
    if (!copy_node (g, g->ids[i], error))
      return NULL;
  if (!copy_wires (g, error))
    return NULL;
  node = telar_edit_put_node (g->document, g->graph, op->name, g->left, g->top, error);
  if (!node || !rewire_outside (g, node, error))
    return NULL;
  for (guint i = 0; g->ids[i]; i++) {
    telar_edit_drop_wires (g->document, g->graph, g->ids[i]);
    telar_graph_remove_node (g->graph, g->ids[i]);
  }
  return node;
}

char *
telar_edit_group (TelarDocument *document, const char *const *ids, GError **error)
{
  TelarGraph *graph = telar_document_begin (document, _ ("Group"));
  TelarGraph *main = (TelarGraph *)telar_document_graph (document);
  g_autofree char *name = free_group_name (graph);
  g_autoptr (GHashTable) ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Grouping g = { .document = document,
                 .graph = graph,
                 .drawing = telar_graph_add_group (main, name, error),
                 .ids = ids,
                 .ends = ends,
                 .left = G_MAXDOUBLE,
                 .right = -G_MAXDOUBLE,
                 .top = G_MAXDOUBLE };
  const TelarNode *node = NULL;
  char *id;

  if (g.drawing) {
    telar_patch_touch_new (telar_document_patch (document), main, "groups/%s", name);
    node = make_group (&g, error);
  }
  if (!node) {
    telar_document_abort (document);
    return NULL;
  }
  id = g_strdup (node->id);
  telar_document_commit (document, NULL);
  return id;
}

/* --- ungrouping ------------------------------------------------------------------------------- */

typedef struct {
  TelarDocument *document;
  TelarGraph *graph;
  const TelarGraph *drawing; /* as it is set for the node */
  const char *id;            /* of the node that is dissolved */
  GHashTable *names;         /* id in the drawing -> id in the graph */
  double dx, dy;             /* from a place in the drawing to that in the graph */
} Ungrouping;

/* Where a wire from @edge's source comes from in the graph: from a copied node or, through an end,
 * from what is wired to the group's node; FALSE where nothing is. */
static gboolean
find_source (Ungrouping *u, const TelarEdge *edge, const char **from, guint *port)
{
  const TelarNode *source = telar_graph_find_node (u->drawing, edge->from);
  const TelarOperator *op = telar_graph_group_operator (u->drawing);
  const TelarEdge *outside;

  if (!g_str_equal (source->op->name, TELAR_GROUP_INPUT)) {
    *from = g_hash_table_lookup (u->names, edge->from);
    *port = edge->from_port;
    return TRUE;
  }
  outside =
      telar_graph_incoming (u->graph, u->id, (guint)telar_operator_find_input (op, source->id), 0);
  if (!outside)
    return FALSE;
  *from = outside->from;
  *port = outside->from_port;
  return TRUE;
}

static gboolean
copy_out (Ungrouping *u, const TelarNode *node, GError **error)
{
  gboolean taken = telar_graph_find_node (u->graph, node->id) != NULL;
  TelarNode *copy = telar_graph_add_node (u->graph, node->op->name, taken ? NULL : node->id, error);

  if (!copy)
    return FALSE;
  telar_edit_touch_new_node (u->document, u->graph, copy->id);
  telar_param_set_free (copy->params);
  copy->params = telar_param_set_copy (node->params);
  telar_param_set_free (copy->learning);
  copy->learning = telar_param_set_copy (node->learning);
  copy->title = g_strdup (node->title);
  copy->x = node->x + u->dx;
  copy->y = node->y + u->dy;
  g_hash_table_insert (u->names, g_strdup (node->id), g_strdup (copy->id));
  return TRUE;
}

static gboolean
copy_nodes_out (Ungrouping *u, GError **error)
{
  const TelarNode *place = telar_graph_find_node (u->graph, u->id);
  const GPtrArray *nodes = telar_graph_nodes (u->drawing);
  double left = G_MAXDOUBLE, top = G_MAXDOUBLE, x = place->x, y = place->y;

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];

    if (is_end (u->drawing, node->id))
      continue;
    left = MIN (left, node->x);
    top = MIN (top, node->y);
  }
  u->dx = x - left;
  u->dy = y - top;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];

    if (!is_end (u->drawing, node->id) && !copy_out (u, node, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
wire_copies (Ungrouping *u, GError **error)
{
  const GPtrArray *edges = telar_graph_edges (u->drawing);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    const char *to = g_hash_table_lookup (u->names, edge->to), *from;
    guint port;

    if (!to || !find_source (u, edge, &from, &port))
      continue;
    if (!telar_edit_put_wire (u->document, u->graph, from, port, to, edge->to_port, error))
      return FALSE;
    telar_edit_copy_bends (u->graph, edge, to, edge->to_slot, u->dx, u->dy);
  }
  return TRUE;
}

/* What the drawing says beside its nodes is said where they go. */
static void
copy_notes_out (Ungrouping *u)
{
  const GPtrArray *notes = telar_graph_notes (u->drawing);

  for (guint i = 0; i < notes->len; i++)
    telar_edit_copy_note (u->document, u->graph, notes->pdata[i], u->dx, u->dy);
}

static gboolean
rewire_consumers (Ungrouping *u, GError **error)
{
  const GPtrArray *edges = telar_graph_edges (u->graph);
  const TelarOperator *op = telar_graph_group_operator (u->drawing);

  for (guint i = edges->len; i-- > 0;) {
    const TelarEdge *edge = edges->pdata[i];
    const TelarEdge *within;
    const char *from;
    guint port;

    if (!g_str_equal (edge->from, u->id))
      continue;
    within = telar_graph_incoming (u->drawing, op->outputs[edge->from_port].name, 0, 0);
    if (within && find_source (u, within, &from, &port) &&
        !telar_edit_swap_source (u->document, u->graph, edge, from, port, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
runs_once (const TelarGraph *drawing, const TelarNode *node)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing);

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *end = nodes->pdata[i];

    if ((g_str_equal (end->op->name, TELAR_GROUP_INPUT) &&
         telar_param_set_bool (end->params, "each")) ||
        (g_str_equal (end->op->name, TELAR_GROUP_OUTPUT) &&
         *telar_param_set_text (end->params, "carries")))
      return FALSE;
  }
  return telar_param_set_int (node->params, "repeat") == 1;
}

static gboolean
dissolve (Ungrouping *u, GError **error)
{
  TelarPatch *patch = telar_document_patch (u->document);
  const TelarNode *node = telar_graph_find_node (u->graph, u->id);
  const TelarGraph *drawing = telar_operator_drawing (node->op);
  const char *settings = telar_param_set_text (node->params, "settings");
  g_autoptr (TelarGraph) own = telar_graph_copy_with (drawing, settings, error);

  u->drawing = own;
  telar_patch_touch_node (patch, u->graph, u->id);
  if (!own || !copy_nodes_out (u, error) || !wire_copies (u, error) || !rewire_consumers (u, error))
    return FALSE;
  copy_notes_out (u);
  telar_edit_drop_wires (u->document, u->graph, u->id);
  telar_graph_remove_node (u->graph, u->id);
  if (telar_graph_find_use (drawing))
    return TRUE;
  telar_patch_touch_group (patch, drawing);
  return telar_graph_remove_group (u->graph, telar_graph_group_name (drawing), error);
}

char **
telar_edit_ungroup (TelarDocument *document, const char *id, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  TelarGraph *graph = telar_document_begin (document, _ ("Ungroup"));
  const TelarNode *node = telar_graph_find_node (graph, id);
  const TelarGraph *drawing = node ? telar_operator_drawing (node->op) : NULL;
  Ungrouping u = { document, graph, NULL, id, names };
  GHashTableIter iter;
  gpointer name;
  gboolean good = FALSE;

  if (!drawing)
    telar_set_error (error, TELAR_ERROR_INVALID, id, _ ("the node is not one of a group"));
  else if (!runs_once (drawing, node))
    telar_set_error (error, TELAR_ERROR_INVALID, id,
                     _ ("a group that runs more than once cannot be dissolved"));
  else
    good = dissolve (&u, error);
  if (!good) {
    telar_document_abort (document);
    return NULL;
  }
  telar_document_commit (document, NULL);
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, NULL, &name))
    g_ptr_array_add (ids, g_strdup (name));
  g_ptr_array_add (ids, NULL);
  return (char **)g_ptr_array_steal (ids, NULL);
}
