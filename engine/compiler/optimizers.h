/* What the optimize pass and its table of optimizers share. An optimizer is one entry in
 * optimizers.c: its name and the function that builds one parameter's step. */
#pragma once

#include "engine/compiler.h"

G_BEGIN_DECLS

/* One parameter's step on its way into the program. */
typedef struct {
  TelarBuilder *b;
  const TelarOptimizer *settings;
  const TelarState *state;
  TelarValue p, g;       /* parameter and gradient, of one type */
  TelarValue rate, step; /* scalars; the step is 1 at first, TELAR_NO_VALUE unless it is counted */
  double decay;          /* weight decay of this parameter */
  TelarValue next;       /* out: what the parameter becomes */
} TelarOptimizerStep;

typedef struct {
  const char *name;
  gboolean counts;                      /* needs the number of the step */
  void (*emit) (TelarOptimizerStep *s); /* also says how the slots change */
} TelarOptimizerClass;

/* NULL when there is none of that name. */
const TelarOptimizerClass *telar_optimizer_find (const char *name);

G_END_DECLS
