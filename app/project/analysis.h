/* TelarAnalysis: what the engine says of a document as it is edited: shapes at ports, problems at
 * nodes, parameters, and what a training step will cost.
 *
 * Nodes are those of the drawing that the document edits; of a group that is used or runs more than
 * once, as they are where it was entered, in its first run.
 *
 * Lowering runs in the main thread soon after each edit; reading data files and planning run in
 * threads of their own, on copies. */
#pragma once

#include "app/project/document.h"
#include "engine/lower.h"

G_BEGIN_DECLS

#define TELAR_TYPE_ANALYSIS (telar_analysis_get_type ())
G_DECLARE_FINAL_TYPE (TelarAnalysis, telar_analysis, TELAR, ANALYSIS, GObject)

/* Signal "changed": something below is different now. */
TelarAnalysis *telar_analysis_new (TelarDocument *document);

/* Data is being read or a plan made. */
gboolean telar_analysis_is_busy (TelarAnalysis *self);

/* "N,12,28,28" with the element type in front where it is not f32; NULL when unknown. Caller frees.
 */
char *telar_analysis_shape (TelarAnalysis *self, const char *node, const char *port);
/* TelarProblem *, borrowed until the next "changed". */
const GPtrArray *telar_analysis_problems (TelarAnalysis *self);
/* The worst problem of a node, or NULL. */
const TelarProblem *telar_analysis_problem (TelarAnalysis *self, const char *node);
guint telar_analysis_n_errors (TelarAnalysis *self);
/* Trainable numbers of a node, or with NULL of all; -1 when unknown. */
gint64 telar_analysis_parameters (TelarAnalysis *self, const char *node);

typedef struct {
  gint64 batch;
  double flops;      /* of a training step */
  gsize total_bytes; /* what training holds */
  gsize state_bytes; /* weights and the optimizer's slots */
} TelarAnalysisCost;

/* FALSE while it is unknown. */
gboolean telar_analysis_cost (TelarAnalysis *self, TelarAnalysisCost *cost);
/* FLOPs of a node in one training step, -1 when unknown. */
double telar_analysis_flops (TelarAnalysis *self, const char *node);
/* Rows of the feed's splits, -1 when unknown. */
gint64 telar_analysis_rows (TelarAnalysis *self, TelarSplit split);

G_END_DECLS
