/* Which node of one drawing is which of another. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

/* Ids of nodes of @before to ids of @after: borrowed strings. Nodes without a counterpart are left
 * out. */
GHashTable *telar_diff_match (const TelarGraph *before, const TelarGraph *after);

/* "conv1:out -> bn1:in", "add:in.1": the wire as text, with the ids that @names (or NULL) has for
 * those of @graph. Caller frees. */
char *telar_diff_wire_text (const TelarGraph *graph, const TelarEdge *edge, GHashTable *names);

G_END_DECLS
