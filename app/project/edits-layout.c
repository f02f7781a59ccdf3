/* Edits of where things stand: nodes, the bends of wires, frames and notes. */
#include "app/project/cards.h"
#include "app/project/edits-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* --- nodes ------------------------------------------------------------------------------------ */

static const TelarPlace *
find_place (const TelarPlace *places, guint n, const char *id)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (places[i].id, id))
      return &places[i];
  return NULL;
}

/* A wire whose ends go the same way takes its bends along. */
static void
move_bends (TelarDocument *document, TelarGraph *graph, const TelarPlace *places, guint n)
{
  const GPtrArray *edges = telar_graph_edges (graph);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    const TelarPlace *from = edge->bends ? find_place (places, n, edge->from) : NULL;
    const TelarPlace *to = from ? find_place (places, n, edge->to) : NULL;
    const TelarNode *a = to ? telar_graph_find_node (graph, edge->from) : NULL;
    const TelarNode *b = to ? telar_graph_find_node (graph, edge->to) : NULL;

    if (!a || from->x - a->x != to->x - b->x || from->y - a->y != to->y - b->y)
      continue;
    telar_edit_touch_input (document, graph, edge->to, edge->to_port, edge->to_slot);
    for (guint j = 0; j < edge->bends->len; j++) {
      TelarBend *at = &g_array_index (edge->bends, TelarBend, j);

      at->x += from->x - a->x;
      at->y += from->y - a->y;
    }
  }
}

static void
place_nodes (TelarDocument *document, TelarGraph *graph, const TelarPlace *places, guint n)
{
  move_bends (document, graph, places, n);
  for (guint i = 0; i < n; i++) {
    TelarNode *node = telar_graph_find_node (graph, places[i].id);

    telar_patch_touchf (telar_document_patch (document), graph, "layout/%s", places[i].id);
    node->x = places[i].x;
    node->y = places[i].y;
  }
}

static void
place_notes (TelarDocument *document, TelarGraph *graph, const TelarNotePlace *places, guint n)
{
  for (guint i = 0; i < n; i++) {
    TelarNote *note = telar_graph_find_note (graph, places[i].id);

    telar_patch_touchf (telar_document_patch (document), graph, "notes/%s", places[i].id);
    note->x = places[i].x;
    note->y = places[i].y;
    note->width = places[i].width;
    note->height = places[i].height;
  }
}

void
telar_edit_place (TelarDocument *document, const char *name, const TelarPlace *places, guint n,
                  const char *merge_key)
{
  TelarGraph *graph = telar_document_begin (document, name);

  place_nodes (document, graph, places, n);
  telar_document_commit (document, merge_key);
}

void
telar_edit_arrange (TelarDocument *document, const TelarPlace *places, guint n)
{
  TelarGraph *graph = telar_document_begin (document, _ ("Arrange"));
  const GPtrArray *edges = telar_graph_edges (graph);

  place_nodes (document, graph, places, n);
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];

    if (!edge->bends || !find_place (places, n, edge->from) || !find_place (places, n, edge->to))
      continue;
    telar_edit_touch_input (document, graph, edge->to, edge->to_port, edge->to_slot);
    telar_graph_set_bends (graph, edge->to, edge->to_port, edge->to_slot, NULL, 0);
  }
  telar_document_commit (document, NULL);
}

/* --- the end of a drag ------------------------------------------------------------------------ */

static char **
ids_of (const TelarMove *move)
{
  char **ids = g_new0 (char *, move->n_nodes + 1);

  for (guint i = 0; i < move->n_nodes; i++)
    ids[i] = g_strdup (move->nodes[i].id);
  return ids;
}

gboolean
telar_edit_move (TelarDocument *document, const TelarMove *move, GError **error)
{
  const char *name = move->wire     ? _ ("Insert into the wire")
                     : move->loosen ? _ ("Shake loose")
                                    : move->name;
  TelarGraph *graph = telar_document_begin (document, name);
  g_auto (GStrv) ids = ids_of (move);

  place_nodes (document, graph, move->nodes, move->n_nodes);
  place_notes (document, graph, move->notes, move->n_notes);
  if (move->loosen)
    telar_edit_loosen (document, graph, (const char *const *)ids);
  if (move->wire &&
      !telar_edit_put_into_wire (document, graph, telar_graph_find_node (graph, ids[0]), move->wire,
                                 error)) {
    telar_document_abort (document);
    return FALSE;
  }
  telar_document_commit (document, move->merge_key);
  return TRUE;
}

/* --- bends ------------------------------------------------------------------------------------ */

void
telar_edit_bend (TelarDocument *document, const TelarEdge *wire, const TelarBend *points, guint n,
                 const char *merge_key)
{
  guint had = wire->bends ? wire->bends->len : 0;
  const char *name = n > had   ? _ ("Bend the wire")
                     : n < had ? _ ("Straighten the wire")
                               : _ ("Move the bend");
  g_autofree char *to = g_strdup (wire->to);
  guint port = wire->to_port, slot = wire->to_slot;
  TelarGraph *graph = telar_document_begin (document, name);

  telar_edit_touch_input (document, graph, to, port, slot);
  telar_graph_set_bends (graph, to, port, slot, points, n);
  telar_document_commit (document, merge_key);
}

void
telar_edit_copy_bends (TelarGraph *graph, const TelarEdge *wire, const char *to, guint to_slot,
                       double dx, double dy)
{
  g_autoptr (GArray) bends = wire->bends ? g_array_copy (wire->bends) : NULL;

  if (!bends || !telar_graph_incoming (graph, to, wire->to_port, to_slot))
    return;
  for (guint i = 0; i < bends->len; i++) {
    TelarBend *at = &g_array_index (bends, TelarBend, i);

    *at = (TelarBend){ at->x + dx, at->y + dy };
  }
  telar_graph_set_bends (graph, to, wire->to_port, to_slot, (TelarBend *)(gpointer)bends->data,
                         bends->len);
}

/* --- frames and notes ------------------------------------------------------------------------- */

/* Between a frame and what it goes around; the title stands above that. */
#define FRAME_MARGIN 24
#define FRAME_TITLE  40

static void
surround (const TelarGraph *graph, const char *const *ids, TelarNote *frame)
{
  double left = G_MAXDOUBLE, top = G_MAXDOUBLE, right = -G_MAXDOUBLE, bottom = -G_MAXDOUBLE;

  for (guint i = 0; ids[i]; i++) {
    const TelarNode *node = telar_graph_find_node (graph, ids[i]);
    double height =
        telar_card_height (telar_operator_n_inputs (node->op), telar_operator_n_outputs (node->op));

    left = MIN (left, node->x);
    top = MIN (top, node->y);
    right = MAX (right, node->x + TELAR_CARD_WIDTH);
    bottom = MAX (bottom, node->y + height);
  }
  frame->x = left - FRAME_MARGIN;
  frame->y = top - FRAME_TITLE - FRAME_MARGIN / 2;
  frame->width = right - left + 2 * FRAME_MARGIN;
  frame->height = bottom - frame->y + FRAME_MARGIN;
}

char *
telar_edit_add_frame (TelarDocument *document, const char *const *ids)
{
  TelarGraph *graph = telar_document_begin (document, _ ("Frame"));
  TelarNote *frame = telar_graph_add_note (graph, TRUE, NULL, NULL);
  char *id = g_strdup (frame->id);

  telar_patch_touch_new (telar_document_patch (document), graph, "notes/%s", id);
  surround (graph, ids, frame);
  telar_document_commit (document, NULL);
  return id;
}

char *
telar_edit_add_note (TelarDocument *document, double x, double y)
{
  TelarGraph *graph = telar_document_begin (document, _ ("Add a note"));
  TelarNote *note = telar_graph_add_note (graph, FALSE, NULL, NULL);
  char *id = g_strdup (note->id);

  telar_patch_touch_new (telar_document_patch (document), graph, "notes/%s", id);
  note->x = x;
  note->y = y;
  telar_document_commit (document, NULL);
  return id;
}

const char *
telar_edit_copy_note (TelarDocument *document, TelarGraph *graph, const TelarNote *note, double dx,
                      double dy)
{
  TelarNote *copy = telar_graph_add_note (graph, note->frame, NULL, NULL);

  telar_patch_touch_new (telar_document_patch (document), graph, "notes/%s", copy->id);
  g_free (copy->text);
  copy->text = g_strdup (note->text);
  copy->colour = note->colour;
  copy->x = note->x + dx;
  copy->y = note->y + dy;
  copy->width = note->width;
  copy->height = note->height;
  return copy->id;
}

void
telar_edit_set_note (TelarDocument *document, const char *id, const char *text, TelarColour colour)
{
  const TelarGraph *drawing = telar_document_drawing (document);
  gboolean writes = !g_str_equal (telar_graph_find_note (drawing, id)->text, text);
  g_autofree char *key = g_strdup_printf ("note.%s.%d", id, writes);
  TelarGraph *graph =
      telar_document_begin (document, writes ? _ ("Write a note") : _ ("Colour a note"));
  TelarNote *note = telar_graph_find_note (graph, id);

  telar_patch_touchf (telar_document_patch (document), graph, "notes/%s", id);
  if (writes) {
    g_free (note->text);
    note->text = g_strdup (text);
  }
  note->colour = colour;
  telar_document_commit (document, key);
}
