/* TelarDocument: a graph that is edited by patches, with undo, redo, a saved state and a journal.
 *
 * All changes go through begin, touch and commit; app/project/edits.h has the edits that the studio
 * offers. Used from the main thread only. */
#pragma once

#include "app/project/patch.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TELAR_TYPE_DOCUMENT (telar_document_get_type ())
G_DECLARE_FINAL_TYPE (TelarDocument, telar_document, TELAR, DOCUMENT, GObject)

/* Signals
 *   "changed" (TelarPatch *patch, TelarPatchDirection direction): records have changed.
 *   "entered": another drawing is being edited.
 *   "disk-changed": another program wrote, moved or removed the file; see
 *     telar_document_disk_state.
 *   "journal-failed" (const char *message): edits are not safe from a crash for the time being; the
 *     journal is tried again, and what it has not taken is kept for it.
 *   "journal-restored": they are again, all of them.
 * Properties (read only, with notify): "title", "path", "modified", "undo-name", "redo-name". */

TelarDocument *telar_document_new (const char *title);
TelarDocument *telar_document_open (const char *path, GError **error);
/* The document of a sample: its contents, but no file of its own until it is saved. */
TelarDocument *telar_document_open_copy (const char *path, const char *title, GError **error);
/* The document of an imported @graph, which is taken over: no file of its own until it is saved.
 * The weights that it names lie beside @journal, a free path in the state folder where its edits
 * go; saving puts them beside the project, closing removes them. */
TelarDocument *telar_document_new_imported (TelarGraph *graph, const char *title,
                                            const char *journal, GError **error);
/* A copy in which edits can be tried, each begun and aborted; nothing of it is kept. It edits the
 * drawing at @place, as telar_document_enter takes it. */
TelarDocument *telar_document_new_draft (TelarDocument *self, const char *place);
/* What a crash left: the journal at @journal over the document that it starts from, which is kept
 * in it. When the file was changed since, it is as if another program had done so while it was
 * open. */
TelarDocument *telar_document_recover (const char *journal, GError **error);
/* The journal that a crash left beside @path, or NULL. Caller frees. */
char *telar_document_find_journal (const char *path);

/* Writes to @path, or with NULL to its own, which fails with G_IO_ERROR_WRONG_ETAG when another
 * program has written it since. Paths of data files are rewritten when the folder
 * changes, so that they go on naming the same files. The weights of an import go beside it, under
 * a name that is free. */
gboolean telar_document_save (TelarDocument *self, const char *path, GError **error);

/* The file beside what the document knows of it. Reads the file. */
typedef enum { TELAR_DISK_SAME, TELAR_DISK_CHANGED, TELAR_DISK_GONE } TelarDiskState;
TelarDiskState telar_document_disk_state (TelarDocument *self);
/* What the file holds by now may be written over: the document counts as edited. */
void telar_document_keep_mine (TelarDocument *self);
/* Makes the document what the file holds, as an edit that can be undone. */
gboolean telar_document_reload (TelarDocument *self, GError **error);

/* Gives up what is not saved: the journal is removed. Without this call it stays. */
void telar_document_close (TelarDocument *self);

const TelarGraph *telar_document_graph (TelarDocument *self);
const char *telar_document_title (TelarDocument *self);
const char *telar_document_path (TelarDocument *self); /* NULL: not saved yet */
gboolean telar_document_is_modified (TelarDocument *self);

/* --- drawings ----------------------------------------------------------------------------------
 */

/* The drawing that edits go to: the main one, or that of the group that was entered. */
const TelarGraph *telar_document_drawing (TelarDocument *self);
/* The path of the node that was entered, "stage" or "stage/block1"; "" in the main drawing. */
const char *telar_document_place (TelarDocument *self);
/* Enters the group of the node at the path; "" goes back to the main drawing. FALSE when it is not
 * a group's node. */
gboolean telar_document_enter (TelarDocument *self, const char *place);

/* --- editing ---------------------------------------------------------------------------------- */

/* Starts an edit and gives the drawing to change, whose records must be touched before they change.
 * @name is what the menu shows: "Move". */
TelarGraph *telar_document_begin (TelarDocument *self, const char *name);
TelarPatch *telar_document_patch (TelarDocument *self);
/* Ends the edit. With a @merge_key that equals that of the edit before, within a second, both
 * become one for undo. FALSE when nothing changed. */
gboolean telar_document_commit (TelarDocument *self, const char *merge_key);
/* Puts everything touched back. */
void telar_document_abort (TelarDocument *self);

void telar_document_undo (TelarDocument *self);
void telar_document_redo (TelarDocument *self);
/* NULL when there is nothing to undo, redo. Borrowed. */
const char *telar_document_undo_name (TelarDocument *self);
const char *telar_document_redo_name (TelarDocument *self);

/* --- history ---------------------------------------------------------------------------------- */

/* All edits that can be undone or redone, oldest first; how many of them are done. */
guint telar_document_n_edits (TelarDocument *self);
guint telar_document_n_done (TelarDocument *self);
/* What the edit at @index is called. Borrowed. */
const char *telar_document_edit_name (TelarDocument *self, guint index);
/* Undoes or redoes until @n_done edits are done. */
void telar_document_jump (TelarDocument *self, guint n_done);

G_END_DECLS
