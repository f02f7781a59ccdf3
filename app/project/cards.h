/* How the cards of nodes look on the canvas, in its units. */
#pragma once

#include "engine/arrange.h"

G_BEGIN_DECLS

#define TELAR_CARD_RADIUS 10.0f

G_END_DECLS
