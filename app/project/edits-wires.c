/* Edits of wires. A repeated input keeps its wires in slots 0, 1, …: taking one off moves the later
 * ones up, and all of their records belong to the edit. */
#include "app/project/edits-private.h"

#include <glib/gi18n.h>
#include <string.h>

void
telar_edit_touch_input (TelarDocument *document, const TelarGraph *graph, const char *to,
                        guint port, guint slot)
{
  const TelarNode *node = telar_graph_find_node (graph, to);

  telar_patch_touchf (telar_document_patch (document), graph, "edges/%s:%s.%u", to,
                      node->op->inputs[port].name, slot);
}

static guint
count_wires (const TelarGraph *graph, const char *to, guint port)
{
  guint n = 0;

  while (telar_graph_incoming (graph, to, port, n))
    n++;
  return n;
}

static gboolean
is_repeated (const TelarGraph *graph, const char *to, guint port)
{
  const TelarNode *node = telar_graph_find_node (graph, to);

  return node && port < telar_operator_n_inputs (node->op) && node->op->inputs[port].repeated;
}

static void
touch_slots (TelarDocument *document, const TelarGraph *graph, const char *to, guint port)
{
  guint n = count_wires (graph, to, port);

  for (guint slot = 0; slot < n; slot++)
    telar_edit_touch_input (document, graph, to, port, slot);
}

gboolean
telar_edit_swap_source (TelarDocument *document, TelarGraph *graph, const TelarEdge *wire,
                        const char *from, guint from_port, GError **error)
{
  const TelarNode *source = telar_graph_find_node (graph, from);
  const TelarNode *to = telar_graph_find_node (graph, wire->to);
  const TelarPort *port = &to->op->inputs[wire->to_port];
  g_autofree char *place = g_strdup_printf ("%s:%s.%u", to->id, port->name, wire->to_slot);
  g_autofree char *path = g_strdup_printf ("edges/%s", place);
  g_autofree char *json =
      port->repeated ? g_strdup_printf ("{\"from\":\"%s:%s\",\"to\":\"%s\"}", from,
                                        source->op->outputs[from_port].name, place)
                     : g_strdup_printf ("{\"from\":\"%s:%s\",\"to\":\"%s:%s\"}", from,
                                        source->op->outputs[from_port].name, to->id, port->name);

  telar_patch_touch (telar_document_patch (document), graph, path);
  return telar_graph_set_record (graph, path, json, error);
}

gboolean
telar_edit_put_wire (TelarDocument *document, TelarGraph *graph, const char *from, guint from_port,
                     const char *to, guint to_port, GError **error)
{
  guint slot = is_repeated (graph, to, to_port) ? count_wires (graph, to, to_port) : 0;

  if (!telar_graph_can_connect (graph, from, from_port, to, to_port, error))
    return FALSE;
  telar_edit_touch_input (document, graph, to, to_port, slot);
  return telar_graph_connect (graph, from, from_port, to, to_port, slot, error) != NULL;
}

void
telar_edit_drop_wire (TelarDocument *document, TelarGraph *graph, const char *to, guint port,
                      guint slot)
{
  touch_slots (document, graph, to, port);
  telar_graph_disconnect (graph, to, port, slot);
}

void
telar_edit_drop_wires (TelarDocument *document, TelarGraph *graph, const char *id)
{
  const GPtrArray *edges = telar_graph_edges (graph);

  /* Sorted by slot: from the end, no later wire moves into a place that was already seen. */
  for (guint i = edges->len; i-- > 0;) {
    const TelarEdge *edge = edges->pdata[MIN (i, edges->len - 1)];

    if (g_str_equal (edge->from, id) || g_str_equal (edge->to, id)) {
      g_autofree char *to = g_strdup (edge->to);

      telar_edit_drop_wire (document, graph, to, edge->to_port, edge->to_slot);
    }
  }
}

void
telar_edit_touch_new_node (TelarDocument *document, const TelarGraph *graph, const char *id)
{
  TelarPatch *patch = telar_document_patch (document);
  const GPtrArray *edges = telar_graph_edges (graph);

  telar_patch_touch_new (patch, graph, "nodes/%s", id);
  telar_patch_touch_new (patch, graph, "layout/%s", id);
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    const TelarNode *to = telar_graph_find_node (graph, edge->to);

    if (g_str_equal (edge->to, id))
      telar_patch_touch_new (patch, graph, "edges/%s:%s.%u", id, to->op->inputs[edge->to_port].name,
                             edge->to_slot);
  }
}

/* --- the edits -------------------------------------------------------------------------------- */

/* A wire that occupies a single input is taken off for the moment; nobody sees it go. */
TelarEdge *
telar_edit_lift (TelarGraph *graph, const char *to, guint port)
{
  const TelarEdge *old =
      is_repeated (graph, to, port) ? NULL : telar_graph_incoming (graph, to, port, 0);
  TelarEdge *lifted;

  if (!old)
    return NULL;
  lifted = g_new (TelarEdge, 1);
  *lifted = (TelarEdge){ .from = g_strdup (old->from),
                         .to = g_strdup (old->to),
                         .from_port = old->from_port,
                         .to_port = port,
                         .bends = old->bends ? g_array_ref (old->bends) : NULL };
  telar_graph_disconnect (graph, to, port, 0);
  return lifted;
}

void
telar_edit_lay_back (TelarGraph *graph, TelarEdge *lifted)
{
  if (!lifted)
    return;
  telar_graph_connect (graph, lifted->from, lifted->from_port, lifted->to, lifted->to_port, 0,
                       NULL);
  if (lifted->bends)
    telar_graph_set_bends (graph, lifted->to, lifted->to_port, 0,
                           (const TelarBend *)(gpointer)lifted->bends->data, lifted->bends->len);
  g_clear_pointer (&lifted->bends, g_array_unref);
  g_free (lifted->from);
  g_free (lifted->to);
  g_free (lifted);
}

gboolean
telar_edit_can_connect (TelarDocument *document, const char *from, guint from_port, const char *to,
                        guint to_port, GError **error)
{
  TelarGraph *graph = (TelarGraph *)telar_document_drawing (document);
  TelarEdge *old = telar_edit_lift (graph, to, to_port);
  gboolean can = telar_graph_can_connect (graph, from, from_port, to, to_port, error);

  telar_edit_lay_back (graph, old);
  return can;
}

static gboolean
finish (TelarDocument *document, gboolean ok)
{
  if (ok)
    telar_document_commit (document, NULL);
  else
    telar_document_abort (document);
  return ok;
}

/* A single input gives up the wire it has. */
static void
make_room (TelarDocument *document, TelarGraph *graph, const char *to, guint to_port)
{
  if (!is_repeated (graph, to, to_port) && telar_graph_incoming (graph, to, to_port, 0))
    telar_edit_drop_wire (document, graph, to, to_port, 0);
}

gboolean
telar_edit_connect (TelarDocument *document, const char *from, guint from_port, const char *to,
                    guint to_port, GError **error)
{
  TelarGraph *graph = telar_document_begin (document, _ ("Connect"));

  make_room (document, graph, to, to_port);
  return finish (document,
                 telar_edit_put_wire (document, graph, from, from_port, to, to_port, error));
}

void
telar_edit_disconnect (TelarDocument *document, const char *to, guint port, guint slot)
{
  TelarGraph *graph = telar_document_begin (document, _ ("Disconnect"));
  g_autofree char *id = g_strdup (to);

  telar_edit_drop_wire (document, graph, id, port, slot);
  telar_document_commit (document, NULL);
}

static int
compare_from_end (gconstpointer a, gconstpointer b)
{
  const TelarEdge *x = a, *y = b;
  int order = strcmp (y->to, x->to);

  if (order == 0)
    order = x->to_port < y->to_port ? 1 : -(x->to_port > y->to_port);
  if (order == 0)
    order = x->to_slot < y->to_slot ? 1 : -(x->to_slot > y->to_slot);
  return order;
}

/* From the last slot on, so that no wire moves into a place that is still to come. */
void
telar_edit_cut (TelarDocument *document, const TelarEdge *wires, guint n)
{
  g_autofree char *name = g_strdup_printf (ngettext ("Cut %u wire", "Cut %u wires", n), n);
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (TelarEdge));
  g_autoptr (GStringChunk) texts = g_string_chunk_new (256);
  TelarGraph *graph;

  g_array_append_vals (sorted, wires, n);
  for (guint i = 0; i < n; i++) /* the wires may be the graph's own */
    g_array_index (sorted, TelarEdge, i).to = g_string_chunk_insert (texts, wires[i].to);
  g_array_sort (sorted, compare_from_end);
  graph = telar_document_begin (document, name);
  for (guint i = 0; i < n; i++) {
    const TelarEdge *wire = &g_array_index (sorted, TelarEdge, i);

    telar_edit_drop_wire (document, graph, wire->to, wire->to_port, wire->to_slot);
  }
  telar_document_commit (document, NULL);
}

gboolean
telar_edit_rewire (TelarDocument *document, const TelarEdge *wire, const char *to, guint to_port,
                   GError **error)
{
  g_autofree char *from = g_strdup (wire->from);
  g_autofree char *old = g_strdup (wire->to);
  guint from_port = wire->from_port, old_port = wire->to_port, old_slot = wire->to_slot;
  TelarGraph *graph;

  if (g_str_equal (old, to) && old_port == to_port)
    return TRUE;
  graph = telar_document_begin (document, _ ("Connect"));
  telar_edit_drop_wire (document, graph, old, old_port, old_slot);
  make_room (document, graph, to, to_port);
  return finish (document,
                 telar_edit_put_wire (document, graph, from, from_port, to, to_port, error));
}
