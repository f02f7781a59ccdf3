/* Arranging a drawing: nodes in columns along the flow, each near what it is wired to; long chains
 * are folded into rows that read like text. Sugiyama et al.: "Methods for visual understanding of
 * hierarchical system structures", 1981.
 *
 * It is stable: what was arranged before and edited since keeps its rows, its order within the
 * columns and, as far as there is room, its place. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

/* The studio's cards, in canvas units. */
#define TELAR_CARD_WIDTH  208.0f
#define TELAR_CARD_HEIGHT 72.0f /* with at most one port on each side */
#define TELAR_CARD_HEADER 54.0f /* above the rows of ports, when there are more */
#define TELAR_CARD_ROW    22.0f
#define TELAR_CARD_FOOT   10.0f /* below them */
#define TELAR_GAP         56.0f /* between columns, when arranged */
#define TELAR_GRID        8.0f

static inline float
telar_card_height (guint n_inputs, guint n_outputs)
{
  guint rows = MAX (n_inputs, n_outputs);
  return rows <= 1 ? TELAR_CARD_HEIGHT
                   : TELAR_CARD_HEADER + TELAR_CARD_ROW * (float)rows + TELAR_CARD_FOOT;
}

/* How far below the card's top a port lies. */
static inline float
telar_card_port (guint n_inputs, guint n_outputs, guint port)
{
  return MAX (n_inputs, n_outputs) <= 1 ? TELAR_CARD_HEIGHT / 2
                                        : TELAR_CARD_HEADER + TELAR_CARD_ROW * ((float)port + 0.5f);
}

/* How large cards are, in canvas units. */
typedef struct {
  double width;      /* of every card */
  double column_gap; /* between columns */
  double grid;       /* places are multiples of it */
  double (*height) (const TelarNode *node, gpointer data);
  /* How far below the card's top a port lies. */
  double (*port) (const TelarNode *node, gboolean output, guint port, gpointer data);
  gpointer data;
} TelarCards;

/* The studio's. */
extern const TelarCards telar_cards;

typedef struct {
  const char *id; /* borrowed from the arrangement */
  double x, y;
} TelarArranged;

/* What is to be arranged, taken from the graph: it may go to another thread while the graph is
 * edited. */
typedef struct TelarArrangement TelarArrangement;

/* Of the nodes @ids, NULL for all. The others stay, and nothing is put on top of them. Caller
 * frees. */
TelarArrangement *telar_arrangement_new (const TelarGraph *graph, const TelarCards *cards,
                                         const char *const *ids);
void telar_arrangement_free (TelarArrangement *arrangement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarArrangement, telar_arrangement_free)

/* Finds the places. @permille, set atomically, follows how much is done; the work ends soon after
 * *@cancelled is not 0. Both may be NULL. FALSE when it was cancelled. Time grows as the wires but
 * for sorting them. */
gboolean telar_arrangement_run (TelarArrangement *arrangement, gint *permille,
                                const gint *cancelled);
/* After it has run: array of TelarArranged in topological order. Borrowed. */
const GArray *telar_arrangement_places (const TelarArrangement *arrangement);

/* Whether a drawing of several nodes has no layout: all lie in one place. */
gboolean telar_graph_is_unarranged (const TelarGraph *drawing);
/* Arranges, as the studio draws them, those of the document's drawings that have no layout. */
void telar_graph_arrange_missing (TelarGraph *graph);

G_END_DECLS
