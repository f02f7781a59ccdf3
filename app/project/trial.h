/* Trying edits before they are made: whether a wire would fit, and whether what a quick fix does
 * really mends its node. What is tried is lowered with the types that the analysis knows, a few
 * nodes at a time, so that an answer takes well under a frame. */
#pragma once

#include "app/project/analysis.h"

G_BEGIN_DECLS

/* Whether the wire may be drawn and what it carries suits the input: the rules of
 * telar_edit_can_connect, and lowering the node with it. FALSE with what the canvas shows. What is
 * not known yet is not refused. @result becomes what the node's first output would give then, where
 * @known says that this is known; both may be NULL. */
gboolean telar_trial_wire (TelarDocument *document, TelarAnalysis *analysis, const TelarEdge *wire,
                           TelarType *result, gboolean *known, GError **error);

/* --- candidates -------------------------------------------------------------------------------
 */

/* A draft of a document, in the drawing where the node at @path stands, on which one edit after
 * another is tried and taken back. */
typedef struct TelarTrial TelarTrial;

/* @path as problems name nodes, "stage/0/conv1"; NULL: the main drawing. */
TelarTrial *telar_trial_new (TelarDocument *document, TelarAnalysis *analysis, const char *path);
void telar_trial_free (TelarTrial *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarTrial, telar_trial_free)

/* The draft, for the edits of edits-private.h. */
TelarDocument *telar_trial_draft (TelarTrial *self);
const TelarGraph *telar_trial_drawing (TelarTrial *self);
/* What an output of a node of the drawing gives before anything is tried, or NULL. */
const TelarType *telar_trial_type (TelarTrial *self, const char *node, guint port);
const TelarProblem *telar_trial_problem (TelarTrial *self, const char *node);

typedef enum {
  TELAR_TRIAL_FAILS,   /* the node, or one that was well before, cannot be lowered */
  TELAR_TRIAL_UNKNOWN, /* types are missing to tell */
  TELAR_TRIAL_FITS,
} TelarTrialAnswer;

/* What the edit that was begun in the draft would do to @node. */
TelarTrialAnswer telar_trial_ask (TelarTrial *self, const char *node);
/* Takes the edit back; what it changed, to be made of the document itself. */
TelarPatch *telar_trial_end (TelarTrial *self);

G_END_DECLS
