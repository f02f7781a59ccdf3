/* Edits that take nodes out, with the wires that went through them going on without them. */
#include "app/project/edits-private.h"

#include <glib/gi18n.h>

/* What feeds the output @port of @id from outside of @ids: through each node that input is followed
 * which is the first wired one of the output's kind. NULL where nothing does. */
static const TelarEdge *
find_feed (const TelarGraph *graph, const char *const *ids, const char *id, guint port)
{
  for (;;) {
    const TelarNode *node = telar_graph_find_node (graph, id);
    const TelarEdge *feed = NULL;

    for (guint in = 0; !feed && in < telar_operator_n_inputs (node->op); in++)
      if (node->op->inputs[in].kind == node->op->outputs[port].kind)
        feed = telar_graph_incoming (graph, id, in, 0);
    if (!feed || !g_strv_contains (ids, feed->from))
      return feed;
    id = feed->from;
    port = feed->from_port;
  }
}

const TelarEdge *
telar_edit_find_feed (TelarDocument *document, const char *const *ids, const char *id, guint port)
{
  return find_feed (telar_document_drawing (document), ids, id, port);
}

/* The wires that leave @ids come from what feeds them instead, where there is such a thing. */
static void
bridge (TelarDocument *document, TelarGraph *graph, const char *const *ids)
{
  const GPtrArray *edges = telar_graph_edges (graph);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    const TelarEdge *feed = g_strv_contains (ids, edge->from) && !g_strv_contains (ids, edge->to)
                                ? find_feed (graph, ids, edge->from, edge->from_port)
                                : NULL;
    g_autofree char *from = feed ? g_strdup (feed->from) : NULL;

    if (from)
      telar_edit_swap_source (document, graph, edge, from, feed->from_port, NULL);
  }
}

void
telar_edit_loosen (TelarDocument *document, TelarGraph *graph, const char *const *ids)
{
  const GPtrArray *edges = telar_graph_edges (graph);

  bridge (document, graph, ids);
  /* Sorted by slot: from the end, no later wire moves into a place that was already seen. */
  for (guint i = edges->len; i-- > 0;) {
    const TelarEdge *edge = edges->pdata[i];

    if (g_strv_contains (ids, edge->from) != g_strv_contains (ids, edge->to)) {
      g_autofree char *to = g_strdup (edge->to);

      telar_edit_drop_wire (document, graph, to, edge->to_port, edge->to_slot);
    }
  }
}

static char *
name_removal (guint n_nodes, guint n_notes)
{
  if (n_notes == 0)
    return g_strdup_printf (ngettext ("Remove %u node", "Remove %u nodes", n_nodes), n_nodes);
  if (n_nodes == 0)
    return g_strdup_printf (ngettext ("Remove %u note", "Remove %u notes", n_notes), n_notes);
  return g_strdup_printf (_ ("Remove %u things"), n_nodes + n_notes);
}

void
telar_edit_remove_all (TelarDocument *document, const char *const *ids, const char *const *notes,
                       gboolean reconnect)
{
  guint n = g_strv_length ((char **)ids), n_notes = g_strv_length ((char **)notes);
  g_autofree char *name = name_removal (n, n_notes);
  TelarGraph *graph = telar_document_begin (document, name);

  for (guint i = 0; i < n; i++) {
    telar_patch_touch_node (telar_document_patch (document), graph, ids[i]);
    telar_edit_touch_uses (document, graph, ids[i]);
  }
  if (reconnect)
    bridge (document, graph, ids);
  for (guint i = 0; i < n; i++) {
    telar_edit_drop_wires (document, graph, ids[i]);
    telar_graph_remove_node (graph, ids[i]);
  }
  for (guint i = 0; i < n_notes; i++) {
    telar_patch_touchf (telar_document_patch (document), graph, "notes/%s", notes[i]);
    telar_graph_remove_note (graph, notes[i]);
  }
  telar_document_commit (document, NULL);
}

void
telar_edit_remove (TelarDocument *document, const char *const *ids, gboolean reconnect)
{
  telar_edit_remove_all (document, ids, (const char *const[]){ NULL }, reconnect);
}
