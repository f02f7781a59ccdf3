/* Which of a document's parameters may be changed while it trains. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

/* The paths of all of them, "training.weight_decay", "drop.rate", those of the training first.
 * Caller frees with g_strfreev. */
char **telar_graph_live_settings (TelarGraph *graph);

G_END_DECLS
