/* TelarAnalysis: what the engine says of a document as it is edited: shapes at ports, problems at
 * nodes, parameters, and what a training step will cost.
 *
 * Nodes are those of the drawing that the document edits; of a group that is used or runs more than
 * once, as they are where it was entered, in its first run.
 *
 * Lowering runs in the main thread soon after each edit; reading data files and planning run in
 * threads of their own, on copies. */
#pragma once

#include "app/project/cost.h"
#include "app/project/document.h"
#include "engine/lower.h"

G_BEGIN_DECLS

#define TELAR_TYPE_ANALYSIS (telar_analysis_get_type ())
G_DECLARE_FINAL_TYPE (TelarAnalysis, telar_analysis, TELAR, ANALYSIS, GObject)

/* Signal "changed": something below is different now. */
TelarAnalysis *telar_analysis_new (TelarDocument *document);

/* Borrowed. */
TelarDocument *telar_analysis_document (TelarAnalysis *self);
/* Data is being read or a plan made. */
gboolean telar_analysis_is_busy (TelarAnalysis *self);

/* What an output of a node of the drawing gives; NULL when unknown. Borrowed until "changed". */
const TelarType *telar_analysis_type (TelarAnalysis *self, const char *node, const char *port);
/* The same of any node, by the path that problems name it with: "stage/0/conv1". */
const TelarType *telar_analysis_find_type (TelarAnalysis *self, const char *path, const char *port);
/* "N,12,28,28" with the element type in front where it is not f32; NULL when unknown. Caller frees.
 */
char *telar_analysis_shape (TelarAnalysis *self, const char *node, const char *port);
/* The path of a node of the drawing that is edited, as problems name it. Caller frees. */
char *telar_analysis_path (TelarAnalysis *self, const char *node);
/* TelarProblem *, borrowed until the next "changed". */
const GPtrArray *telar_analysis_problems (TelarAnalysis *self);
/* The worst problem of a node, or NULL; by a path as above. */
const TelarProblem *telar_analysis_problem (TelarAnalysis *self, const char *node);
const TelarProblem *telar_analysis_find_problem (TelarAnalysis *self, const char *path);
guint telar_analysis_n_errors (TelarAnalysis *self);
/* The document as a model in use, with the data that was read so far. Caller frees. */
TelarLowered *telar_analysis_lower_model (TelarAnalysis *self);
/* Trainable numbers of a node, or with NULL of all; -1 when unknown. */
gint64 telar_analysis_parameters (TelarAnalysis *self, const char *node);

/* Of a training step; NULL while it is unknown. Borrowed until the next "changed". */
const TelarStepCost *telar_analysis_cost (TelarAnalysis *self);
/* Where a step does not fit into memory, a batch with which it would; 0 otherwise. */
gint64 telar_analysis_fitting_batch (TelarAnalysis *self);
/* Of a node with all that stands in it, in one step; NULL when unknown. Borrowed likewise. */
const TelarPartCost *telar_analysis_node_cost (TelarAnalysis *self, const char *node);
/* What the names of a node's states begin with, one for each place where it runs: @prefixes, and
 * the paths of these places, @places. Caller frees both with g_strfreev. */
void telar_analysis_states (TelarAnalysis *self, const char *node, char ***prefixes,
                            char ***places);
/* Rows of the feed's splits, -1 when unknown. */
gint64 telar_analysis_rows (TelarAnalysis *self, TelarSplit split);

G_END_DECLS
