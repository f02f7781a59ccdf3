/* What the files of the edits share: changes of the graph whose records are touched. */
#pragma once

#include "app/project/edits.h"

G_BEGIN_DECLS

/* Within an edit: the group that stands for an operator of the library, "group:res_block"; copied
 * where the document has none that is drawn the same. Caller frees. */
char *telar_edit_bring (TelarDocument *document, const char *op, GError **error);

TelarNode *telar_edit_put_node (TelarDocument *document, TelarGraph *graph, const char *op,
                                double x, double y, GError **error);
/* Begins an edit whose name is @format with the label of @op for "%s". */
TelarGraph *telar_edit_begin_with (TelarDocument *document, const char *format, const char *op);
/* Ends an edit that made @node, whose id is returned: commits when @ok, else takes it back. */
char *telar_edit_end_with (TelarDocument *document, const TelarNode *node, gboolean ok);
/* Wires the first port of @node that fits @attach. */
gboolean telar_edit_attach (TelarDocument *document, TelarGraph *graph, const TelarNode *node,
                            const TelarPortRef *attach, GError **error);
/* The wire ends at @node and goes on from it; what stands behind it makes room. */
gboolean telar_edit_put_into_wire (TelarDocument *document, TelarGraph *graph, TelarNode *node,
                                   const TelarEdge *wire, GError **error);
/* Cards behind a node that was put into a wire move out of its way (room.c). The node itself may
 * move; its place has been touched. */
void telar_edit_make_room (TelarDocument *document, TelarGraph *graph, TelarNode *node);
/* Takes off all wires between @ids and others; what fed them goes on to what they fed. */
void telar_edit_loosen (TelarDocument *document, TelarGraph *graph, const char *const *ids);
/* The wire at @to, an input that @wire has a counterpart of in another drawing, bends as that does,
 * moved by (@dx, @dy). It has been touched. */
void telar_edit_copy_bends (TelarGraph *graph, const TelarEdge *wire, const char *to, guint to_slot,
                            double dx, double dy);
/* Adds a copy of a note of another drawing; returns its id, borrowed. */
const char *telar_edit_copy_note (TelarDocument *document, TelarGraph *graph, const TelarNote *note,
                                  double dx, double dy);
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
/* Takes the wire off a single input, to try another there; NULL when there is none. It is laid back
 * as it was, bends and all, before anybody looks. */
TelarEdge *telar_edit_lift (TelarGraph *graph, const char *to, guint port);
void telar_edit_lay_back (TelarGraph *graph, TelarEdge *lifted);
/* Takes all wires off @id. */
void telar_edit_drop_wires (TelarDocument *document, TelarGraph *graph, const char *id);
/* The records of all groups that the nodes are of, path by path; a new reference. */
json_t *telar_edit_copy_groups (TelarDocument *document, const char *const *ids);
/* Brings the groups of a clipboard that are not here yet; @names gets what each is called here. */
gboolean telar_edit_paste_groups (TelarDocument *document, const json_t *root, GHashTable *names,
                                  GError **error);
/* Where the node is the end of a group: touches the wires at all nodes of the group, which follow
 * their ports; the second after the node has got a new id. */
void telar_edit_touch_uses (TelarDocument *document, const TelarGraph *graph, const char *id);
void telar_edit_touch_new_uses (TelarDocument *document, const TelarGraph *graph, const char *id);
/* The records of a node that was just made or renamed, wires included. */
void telar_edit_touch_new_node (TelarDocument *document, const TelarGraph *graph, const char *id);

G_END_DECLS
