/* The edits that the studio offers, each one step of undo. What the graph refuses changes nothing
 * and comes back as an error that can be shown. */
#pragma once

#include "app/project/document.h"
#include "engine/bookmark.h"

G_BEGIN_DECLS

/* One end of a wire. @output: an output port, else an input. */
typedef struct {
  const char *node;
  guint port;
  gboolean output;
} TelarPortRef;

/* Adds a node of @op and, with @attach, wires its first fitting port there. Returns the new id;
 * caller frees. */
char *telar_edit_add (TelarDocument *document, const char *op, double x, double y,
                      const TelarPortRef *attach, GError **error);
/* Puts a new node of @op into a wire: the wire ends at it and goes on from it, and the nodes behind
 * it make room. */
char *telar_edit_insert (TelarDocument *document, const char *op, double x, double y,
                         const TelarEdge *wire, GError **error);
/* With @reconnect what fed the nodes goes on to what they fed, along inputs and outputs of a kind.
 */
void telar_edit_remove (TelarDocument *document, const char *const *ids, gboolean reconnect);
/* Nodes and notes in one step. */
void telar_edit_remove_all (TelarDocument *document, const char *const *ids,
                            const char *const *notes, gboolean reconnect);

/* What feeds the output @port of @id, one of @ids, from outside of them and takes its place when
 * they are removed and reconnected; NULL where nothing does. Borrowed. */
const TelarEdge *telar_edit_find_feed (TelarDocument *document, const char *const *ids,
                                       const char *id, guint port);

typedef enum {
  TELAR_SHAPE_DIFFERS,
  TELAR_SHAPE_FITS, /* its ports take all wires that the node has */
  TELAR_SHAPE_SAME, /* it has ports of the same kinds */
} TelarShapeFit;

/* Whether a node of @op could stand in the place of @id; DIFFERS also where it is one already. */
TelarShapeFit telar_edit_fit (TelarDocument *document, const char *id, const TelarOperator *op);
/* Nodes of @op take over places, wires, titles, and those parameters that both operators know by
 * the same name; ids that were made from the operator's name are made anew. Returns the ids; caller
 * frees. */
char **telar_edit_replace (TelarDocument *document, const char *const *ids, const char *op,
                           GError **error);

/* Whether telar_edit_connect would do it: the graph's rules, save that a wire at an input that
 * takes only one is replaced. */
gboolean telar_edit_can_connect (TelarDocument *document, const char *from, guint from_port,
                                 const char *to, guint to_port, GError **error);
gboolean telar_edit_connect (TelarDocument *document, const char *from, guint from_port,
                             const char *to, guint to_port, GError **error);
/* The wire at an input; the later wires of a repeated input move up. */
void telar_edit_disconnect (TelarDocument *document, const char *to, guint port, guint slot);
/* Takes off all of the wires, of which only where they end is read. */
void telar_edit_cut (TelarDocument *document, const TelarEdge *wires, guint n);
/* Takes the wire off one input and puts it on another in one step. */
gboolean telar_edit_rewire (TelarDocument *document, const TelarEdge *wire, const char *to,
                            guint to_port, GError **error);

typedef struct {
  const char *id;
  double x, y;
} TelarPlace;

/* @name: what undo shows; @merge_key as in telar_document_commit. */
void telar_edit_place (TelarDocument *document, const char *name, const TelarPlace *places, guint n,
                       const char *merge_key);
/* The same under the name of "Arrange"; wires among the nodes no longer bend. */
void telar_edit_arrange (TelarDocument *document, const TelarPlace *places, guint n);

typedef struct {
  const char *id;
  double x, y, width, height;
} TelarNotePlace;

/* How a drag ends. */
typedef struct {
  const char *name; /* what undo shows where nothing but places changes */
  const TelarPlace *nodes;
  guint n_nodes;
  const TelarNotePlace *notes;
  guint n_notes;
  gboolean loosen;       /* takes the nodes out of what they are wired to, which is bridged */
  const TelarEdge *wire; /* into which the first node goes, or NULL */
  const char *merge_key; /* as in telar_document_commit */
} TelarMove;

gboolean telar_edit_move (TelarDocument *document, const TelarMove *move, GError **error);

/* Leads the wire through @points; TELAR_MAX_BENDS at most. */
void telar_edit_bend (TelarDocument *document, const TelarEdge *wire, const TelarBend *points,
                      guint n, const char *merge_key);

/* A frame around the nodes. Caller frees the id. */
char *telar_edit_add_frame (TelarDocument *document, const char *const *ids);
char *telar_edit_add_note (TelarDocument *document, double x, double y);
void telar_edit_set_note (TelarDocument *document, const char *id, const char *text,
                          TelarColour colour);

/* One value for all of @ids, which have the parameter. */
gboolean telar_edit_set_param (TelarDocument *document, const char *const *ids, const char *param,
                               const char *text, GError **error);
void telar_edit_reset_param (TelarDocument *document, const char *const *ids, const char *param);
/* All parameters of the nodes, also those of learning. */
void telar_edit_reset_params (TelarDocument *document, const char *const *ids);
/* A named value of the document; with @text NULL it is removed. */
gboolean telar_edit_set_value (TelarDocument *document, const char *name, const char *text,
                               GError **error);
/* NULL or empty: the operator's label. */
void telar_edit_set_title (TelarDocument *document, const char *id, const char *title);
gboolean telar_edit_rename (TelarDocument *document, const char *id, const char *new_id,
                            GError **error);
gboolean telar_edit_set_training (TelarDocument *document, const char *param, const char *text,
                                  GError **error);
void telar_edit_reset_training (TelarDocument *document, const char *param);
void telar_edit_set_seed (TelarDocument *document, guint64 seed);

/* Makes a group of the nodes, whose wires to others become its ports, and a node of it in their
 * place, which is returned; caller frees. */
char *telar_edit_group (TelarDocument *document, const char *const *ids, GError **error);
/* Puts what is drawn in the node's group in its place and returns the ids; the group goes with its
 * last node. Caller frees. */
char **telar_edit_ungroup (TelarDocument *document, const char *id, GError **error);

/* An operator by the name that edits take: as the drawing knows it, or one of the user's library,
 * "library:res_block". Adding or inserting that copies its group into the document. Borrowed. */
const TelarOperator *telar_edit_find_operator (TelarDocument *document, const char *name);
/* Draws the group anew as @drawing, a group of any document, is drawn. Wires at its nodes stay
 * where there still is such a port. */
gboolean telar_edit_update_group (TelarDocument *document, const char *group,
                                  const TelarGraph *drawing, GError **error);

/* One of the same name is replaced. */
gboolean telar_edit_set_bookmark (TelarDocument *document, const TelarBookmark *bookmark,
                                  GError **error);
void telar_edit_remove_bookmark (TelarDocument *document, const char *name);
void telar_edit_rename_bookmark (TelarDocument *document, const char *name, const char *new_name);

/* Nodes and the wires among them as text for the clipboard, with the groups that they are of.
 * Caller frees. */
char *telar_edit_copy (TelarDocument *document, const char *const *ids);
/* Notes and frames, too. */
char *telar_edit_copy_all (TelarDocument *document, const char *const *ids,
                           const char *const *notes);
/* Adds what telar_edit_copy wrote, its top left at (@x, @y), with new ids, which are returned. It
 * may come from another document: groups that are the same here are used again, others come along;
 * files go on being the same. */
char **telar_edit_paste (TelarDocument *document, const char *text, double x, double y,
                         GError **error);
/* Copies in place, @offset to the right and down. */
char **telar_edit_duplicate (TelarDocument *document, const char *const *ids, double offset,
                             GError **error);
/* The same with the ids of the notes that were made, which the caller frees. */
char **telar_edit_paste_all (TelarDocument *document, const char *text, double x, double y,
                             char ***notes, GError **error);
char **telar_edit_duplicate_all (TelarDocument *document, const char *const *ids,
                                 const char *const *notes, double offset, char ***made_notes,
                                 GError **error);

G_END_DECLS
