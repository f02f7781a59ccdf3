/* A patch: the records of a graph that one edit changed, with what they were and what they became.
 * Undo, redo, the journal and the canvas all live on it. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

typedef struct {
  char *path;   /* as in telar_graph_get_record */
  char *before; /* one line of JSON, or NULL when there was no such record */
  char *after;
} TelarChange;

typedef struct TelarPatch TelarPatch;

TelarPatch *telar_patch_new (void);
void telar_patch_free (TelarPatch *patch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarPatch, telar_patch_free)

/* Notes what @path holds now, unless it was noted before, and of a wire where it bends. Call it
 * before changing the record. Where
 * @graph is the drawing of a group, @path is one of its own: "nodes/conv1". */
void telar_patch_touch (TelarPatch *patch, const TelarGraph *graph, const char *path);
void telar_patch_touchf (TelarPatch *patch, const TelarGraph *graph, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* For a record that the edit has just made: there was none before. */
void telar_patch_touch_new (TelarPatch *patch, const TelarGraph *graph, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* Touches the node, its place and all its wires. */
void telar_patch_touch_node (TelarPatch *patch, const TelarGraph *graph, const char *id);

/* Touches the group and all that is drawn in it. */
void telar_patch_touch_group (TelarPatch *patch, const TelarGraph *drawing);

/* Reads what the touched records became and forgets those that stayed; @graph is the main drawing.
 */
void telar_patch_finish (TelarPatch *patch, const TelarGraph *graph);

/* TelarChange *, borrowed, sorted by path. */
const GPtrArray *telar_patch_changes (const TelarPatch *patch);

typedef enum { TELAR_PATCH_FORWARD, TELAR_PATCH_BACK } TelarPatchDirection;

/* Makes every record what it was after (or before) the edit, in an order in which no step is
 * refused: wires go first and come last. */
gboolean telar_patch_apply (const TelarPatch *patch, TelarGraph *graph,
                            TelarPatchDirection direction, GError **error);

/* @patch becomes both edits in one; a record that came back to what it was is forgotten. */
void telar_patch_merge (TelarPatch *patch, const TelarPatch *later);

/* What was before is after, and the other way round. */
void telar_patch_invert (TelarPatch *patch);
/* What makes of one main drawing, and all that is in its document, the other. */
TelarPatch *telar_patch_between (const TelarGraph *before, const TelarGraph *after);

/* [[path, before, after], …]; a new reference. */
json_t *telar_patch_to_json (const TelarPatch *patch);
TelarPatch *telar_patch_from_json (const json_t *json, GError **error);

G_END_DECLS
