/* What the families of fixes share. */
#pragma once

#include "app/project/edits-private.h"
#include "app/project/fixes.h"
#include "app/project/trial.h"

G_BEGIN_DECLS

#define TELAR_FIXES_MOST 6

typedef struct {
  TelarTrial *trial;
  TelarDocument *draft;
  TelarAnalysis *analysis;
  const TelarProblem *problem;
  const char *node; /* its id in the drawing; NULL: the problem is of the whole graph */
  GPtrArray *fixes; /* TelarFix * */
} TelarFixer;

/* Starts a candidate; gives the drawing to change. */
TelarGraph *telar_fixer_begin (TelarFixer *f);
typedef enum {
  TELAR_PROOF_NEEDED,
  TELAR_PROOF_IF_KNOWN, /* what is not known may go */
} TelarProof;
/* Ends it: with @done it is kept if it mends @node. Takes over @label. TRUE when it was kept. */
gboolean telar_fixer_end (TelarFixer *f, gboolean done, const char *node, TelarProof proof,
                          char *label);

/* A new node of @op in a wire, with "filters=8 kernel=1" set; neighbours make room. */
gboolean telar_fixer_insert (TelarFixer *f, TelarGraph *graph, const char *op, const char *settings,
                             const TelarEdge *wire);
/* Sets a parameter of a node of the drawing. */
gboolean telar_fixer_set (TelarFixer *f, TelarGraph *graph, const char *node, const char *param,
                          const char *text);
/* Ends a candidate that needs no proof. Takes over @label. */
void telar_fixer_keep (TelarFixer *f, char *label);
/* What a person calls the node. */
const char *telar_fixer_name (const TelarNode *node);

/* fixes-shape.c: what an input brings is made to suit. */
void telar_fix_shapes (TelarFixer *f);
/* fixes-params.c: other values of parameters. */
void telar_fix_params (TelarFixer *f);
/* fixes-params.c: a batch with which a step fits into memory. */
void telar_fix_memory (TelarFixer *f);
/* fixes-missing.c: wires, data, losses and outputs that are not there. */
void telar_fix_missing (TelarFixer *f);

G_END_DECLS
