/* Learning-rate schedules, by the training settings (trainer.h has the table). */
#pragma once

#include "engine/param.h"

G_BEGIN_DECLS

/* What schedules there are; NULL-terminated. engine/schedule.c has the table. */
extern const char *const telar_schedule_names[];

/* The learning rate of step @step (0 at first) of @total. */
double telar_schedule_rate (const TelarParamSet *training, gint64 step, gint64 total);

/* What the plateau schedule has seen so far. */
typedef struct {
  double best;   /* loss; NaN before the first epoch */
  gint64 waited; /* epochs without a better one */
  double factor; /* of the learning rate, 1 at first */
} TelarPlateau;

#define TELAR_PLATEAU_INIT                                                                         \
  {                                                                                                \
    .best = NAN, .factor = 1                                                                       \
  }

/* The loss of an epoch; TRUE when the learning rate falls by that. As PyTorch's ReduceLROnPlateau
 * with an absolute threshold, min_delta. Does nothing unless the schedule is plateau. */
gboolean telar_plateau_see (TelarPlateau *plateau, const TelarParamSet *training, double loss);

G_END_DECLS
