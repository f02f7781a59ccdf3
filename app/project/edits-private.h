/* What the files of the edits share: changes of the graph whose records are touched. */
#pragma once

#include "app/project/edits.h"

G_BEGIN_DECLS

TelarNode *telar_edit_put_node (TelarDocument *document, TelarGraph *graph, const char *op,
                                double x, double y, GError **error);
/* Appends at a repeated input. */
gboolean telar_edit_put_wire (TelarDocument *document, TelarGraph *graph, const char *from,
                              guint from_port, const char *to, guint to_port, GError **error);
void telar_edit_touch_input (TelarDocument *document, const TelarGraph *graph, const char *to,
                             guint port, guint slot);
/* The wire keeps its place at the input and comes from elsewhere. */
gboolean telar_edit_swap_source (TelarDocument *document, TelarGraph *graph, const TelarEdge *wire,
                                 const char *from, guint from_port, GError **error);
/* Takes a wire off; later ones of a repeated input move up. Touches all that changes. */
void telar_edit_drop_wire (TelarDocument *document, TelarGraph *graph, const char *to, guint port,
                           guint slot);
/* Takes all wires off @id. */
void telar_edit_drop_wires (TelarDocument *document, TelarGraph *graph, const char *id);
/* Where the node is the end of a group: touches the wires at all nodes of the group, which follow
 * their ports; the second after the node has got a new id. */
void telar_edit_touch_uses (TelarDocument *document, const TelarGraph *graph, const char *id);
void telar_edit_touch_new_uses (TelarDocument *document, const TelarGraph *graph, const char *id);
/* The records of a node that was just made or renamed, wires included. */
void telar_edit_touch_new_node (TelarDocument *document, const TelarGraph *graph, const char *id);

G_END_DECLS
