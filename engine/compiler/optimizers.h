/* What the optimize pass and its table of optimizers share. An optimizer is one entry in
 * optimizers.c: its name and the function that builds one parameter's step, or that of all. */
#pragma once

#include "engine/compiler.h"

G_BEGIN_DECLS

/* One parameter's step on its way into the program. */
typedef struct {
  TelarBuilder *b;
  const TelarOptimizer *settings;
  const TelarState *state;
  TelarValue p, g; /* parameter and gradient, of one type */
  TelarValue rate,
      step;        /* scalars; the rate is the parameter's own where the optimizer takes one
                    * at a time; the step is 1 at first, TELAR_NO_VALUE unless it is counted */
  double decay;    /* weight decay of this parameter */
  TelarValue loss; /* the sum of the losses, scalar, where the optimizer searches along a line */
  TelarValue next; /* out: what the parameter becomes */
  TelarValue searching; /* out, of the first parameter: whether that is only tried, a truth value;
                         * TELAR_NO_VALUE where nothing is */
} TelarOptimizerStep;

typedef struct {
  const char *name;
  gboolean counts;                                       /* needs the number of the step */
  void (*emit) (TelarOptimizerStep *s);                  /* also says how the slots change */
  void (*emit_all) (TelarOptimizerStep *steps, guint n); /* in place of that, all parameters in one
                                                          * call; there is at least one */
} TelarOptimizerClass;

/* --- for the optimizers ----------------------------------------------------------------------- */

/* The slot STATE/@suffix, of the parameter's type and zeros at first; what it holds after the step;
 * what the parameter becomes. */
TelarValue telar_optimizer_slot (TelarOptimizerStep *s, const char *suffix);
/* Likewise of one number in double precision, @initial at first. */
TelarValue telar_optimizer_scalar (TelarOptimizerStep *s, const char *suffix, double initial);
void telar_optimizer_keep (TelarOptimizerStep *s, const char *suffix, TelarValue value);
void telar_optimizer_become (TelarOptimizerStep *s, TelarValue next);
/* g + λ p: decay as part of the gradient. */
TelarValue telar_optimizer_gradient (TelarOptimizerStep *s);

void telar_optimizer_lbfgs (TelarOptimizerStep *steps, guint n);

/* NULL when there is none of that name. */
const TelarOptimizerClass *telar_optimizer_find (const char *name);

G_END_DECLS
