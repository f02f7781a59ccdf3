/* What is wrong with a project, in the order in which it was found and by node. */
#pragma once

#include "engine/lower.h"

typedef struct _TelarProblemList TelarProblemList;

TelarProblemList *telar_problem_list_new (void);
void telar_problem_list_free (TelarProblemList *self);
void telar_problem_list_clear (TelarProblemList *self);

/* @node: the path of a node, or NULL for what concerns the whole; the texts are copied. */
void telar_problem_list_add (TelarProblemList *self, const char *node, TelarSeverity severity,
                             const char *message);

/* TelarProblem *, borrowed. */
const GPtrArray *telar_problem_list_all (const TelarProblemList *self);
/* The worst of a node or, for a group, of anything within; NULL when there is none. */
const TelarProblem *telar_problem_list_find (const TelarProblemList *self, const char *path);
guint telar_problem_list_n_errors (const TelarProblemList *self);
