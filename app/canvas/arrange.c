/* Arranging what is on the canvas: the engine's layout with the sizes that the cards have here. */
#include "app/canvas/arrange.h"

#include "app/project/edits.h"
#include "engine/arrange.h"

static double
card_height (const TelarNode *node, gpointer data)
{
  return telar_scene_find (data, node->id)->item.bounds.size.height;
}

void
telar_arrange (TelarDocument *document, const TelarScene *scene)
{
  TelarCards cards = { TELAR_CARD_WIDTH, TELAR_GAP, TELAR_GRID, card_height, (gpointer)scene };
  g_autoptr (GArray) arranged = telar_graph_arrange (telar_document_drawing (document), &cards);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (TelarPlace));

  for (guint i = 0; i < arranged->len; i++) {
    const TelarArranged *item = &g_array_index (arranged, TelarArranged, i);
    TelarPlace place = { item->id, item->x, item->y };

    g_array_append_val (places, place);
  }
  /* Ids belong to the graph, which follows the edit: they are copied by the patch first. */
  telar_edit_arrange (document, (const TelarPlace *)(gconstpointer)places->data, places->len);
}
