/* Large drawings for the canvas's benchmark. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

/* @n_nodes nodes without places: residual blocks one after the other, now and then a branch of
 * parallel convolutions that are joined, as in the networks that people import. */
TelarGraph *bench_graph (guint n_nodes);

G_END_DECLS
