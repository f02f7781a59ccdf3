/* Edits drawn by lot, of every kind that the studio offers. */
#pragma once

#include "app/project/document.h"

G_BEGIN_DECLS

/* One edit, undo, redo or jump in the history, in whatever drawing is entered; many are refused by
 * the graph, which is part of what is tried. The drawing stays below about @n_nodes. */
void test_random_edit (TelarDocument *document, GRand *rand, guint n_nodes);

G_END_DECLS
