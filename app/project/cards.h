/* How large the cards of nodes are on the canvas, and how far apart they stand; in its units. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TELAR_CARD_WIDTH  208.0f
#define TELAR_CARD_HEIGHT 72.0f /* with at most one port on each side */
#define TELAR_CARD_HEADER 54.0f /* above the rows of ports, when there are more */
#define TELAR_CARD_ROW    22.0f
#define TELAR_CARD_RADIUS 10.0f
#define TELAR_GAP         56.0f /* between columns, when arranged */
#define TELAR_GRID        8.0f

static inline float
telar_card_height (guint n_inputs, guint n_outputs)
{
  guint rows = MAX (n_inputs, n_outputs);

  return rows <= 1 ? TELAR_CARD_HEIGHT : TELAR_CARD_HEADER + TELAR_CARD_ROW * (float)rows + 10.0f;
}

G_END_DECLS
