/* How large the cards of nodes are on the canvas; in its units. */
#pragma once

#include "engine/arrange.h"

G_BEGIN_DECLS

#define TELAR_CARD_RADIUS 10.0f

static inline float
telar_card_height (guint n_inputs, guint n_outputs)
{
  guint rows = MAX (n_inputs, n_outputs);

  return rows <= 1 ? TELAR_CARD_HEIGHT
                   : TELAR_CARD_HEADER + TELAR_CARD_ROW * (float)rows + TELAR_CARD_FOOT;
}

G_END_DECLS
