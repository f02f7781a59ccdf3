/* All parameters as one vector, for optimizers that look at them together; and the line search
 * along a direction of theirs. */
#pragma once

#include "engine/compiler/optimizers.h"

G_BEGIN_DECLS

typedef TelarValue *TelarVector; /* a value for each parameter */

typedef struct {
  TelarBuilder *b;
  TelarOptimizerStep *steps;
  guint n;
  TelarDType dtype;
  GPtrArray *vectors; /* all of them, owned */
} TelarJoint;

TelarVector telar_joint_vector (TelarJoint *j);
TelarVector telar_joint_each (TelarJoint *j, TelarPrim prim, const TelarValue *x,
                              const TelarValue *y);
TelarVector telar_joint_times (TelarJoint *j, const TelarValue *x, TelarValue factor);
/* x + factor · y. */
TelarVector telar_joint_plus (TelarJoint *j, const TelarValue *x, TelarValue factor,
                              const TelarValue *y);
TelarVector telar_joint_choose (TelarJoint *j, TelarValue condition, const TelarValue *x,
                                const TelarValue *y);
TelarValue telar_joint_sum (TelarJoint *j, const TelarValue *x);
TelarValue telar_joint_dot (TelarJoint *j, const TelarValue *x, const TelarValue *y);
TelarValue telar_joint_scalar (const TelarJoint *j, double value);
TelarValue telar_joint_two (const TelarJoint *j, TelarPrim prim, TelarValue x, TelarValue y);
/* x / y, where @is_above; else @otherwise. */
TelarValue telar_joint_divide (const TelarJoint *j, TelarValue x, TelarValue y, TelarValue is_above,
                               double otherwise);

/* The slots @name of all parameters, and what they hold after the step. */
TelarVector telar_joint_slots (TelarJoint *j, const char *name);
void telar_joint_keep (TelarJoint *j, const char *name, const TelarValue *values);
/* The history @name0, @name1, …, the latest last, once @latest is in it where @accepted. */
void telar_joint_remember (TelarJoint *j, const char *name, TelarValue accepted, TelarVector latest,
                           TelarVector *history, guint m);

/* --- line search ------------------------------------------------------------------------------ */

typedef struct {
  TelarValue begins; /* whether this run is the first of a search */
  TelarValue f; /* the function where the parameters stand, and its slope along the direction */
  TelarValue slope;
  TelarValue first;  /* the length to begin with */
  TelarValue widest; /* the largest number of the direction */
} TelarLineSearch;

/* Whether a search begins; scalar truth value. */
TelarValue telar_optimizer_line_begins (TelarOptimizerStep *s);
/* The length to go from where the search began: to try it or, in the last run of a search, for
 * good. The probe "searching" tells whether the program is to be run again on the same batch. */
TelarValue telar_optimizer_line_search (TelarOptimizerStep *s, const TelarLineSearch *line);

G_END_DECLS
