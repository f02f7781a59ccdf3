/* The trainer: runs plans, asks the feed, tells the monitor. The same seed, threads and device give
 * the same bits, also across stop and resume. */
#pragma once

#include "engine/judged.h"
#include "engine/monitor.h"
#include "engine/plan.h"
#include "engine/schedule.h"
#include "engine/tally.h"

G_BEGIN_DECLS

/* The table behind the project's "training" block. */
extern const TelarParam telar_training_params[];

/* The optimizer that the settings describe. */
TelarOptimizer telar_training_optimizer (const TelarParamSet *training);

typedef struct {
  TelarGraph *graph;
  TelarFeed *feed;
  TelarDevice *device;
  TelarMonitor *monitor;  /* may be NULL */
  const char *run;        /* its name */
  const char *folder;     /* of the run: checkpoints go here; NULL: none are written */
  const char *resume;     /* a checkpoint to go on from, or NULL */
  const char *fork;       /* a checkpoint, of whatever graph, to begin at with another run; or NULL.
                           * States of the same name and type are taken over, the others begin as
                           * usual; it goes on at the step of the checkpoint where the batches are
                           * the same, otherwise at the beginning of its epoch */
  TelarStates *states;    /* initial weights, or NULL: drawn from the seed */
  const int *interrupted; /* becomes non-zero when the user wants to stop (a signal); may be NULL */
} TelarTraining;

typedef struct {
  TelarRunStatus status;
  gint64 epochs, steps;
  GArray *metrics;  /* TelarMetricValue of the last epoch, names interned */
  char *checkpoint; /* path, or NULL */
  TelarStates *states;
} TelarTrainingResult;

void telar_training_result_clear (TelarTrainingResult *result);

/* FALSE only when it could not run; stopping on request is a result. */
gboolean telar_train (const TelarTraining *training, TelarTrainingResult *result, GError **error);

/* What the learning-rate finder saw. */
typedef struct {
  GArray *rates, *losses; /* double, one of each for every step; losses smoothed */
  double suggestion;      /* NaN when the loss never fell */
} TelarRateCurve;

void telar_rate_curve_clear (TelarRateCurve *curve);

/* Trains for up to @steps steps while the learning rate grows from @from to @to by the same factor
 * each step, and stops once the loss has become four times its least. Suggests the rate at which
 * the loss fell fastest (Smith: "Cyclical learning rates for training neural networks", 2017, as
 * fastai does). The monitor is told losses and rates; no weights are kept. */
gboolean telar_find_rate (const TelarTraining *training, double from, double to, gint64 steps,
                          TelarRateCurve *curve, GError **error);

/* What an evaluation gives. */
typedef struct {
  GArray *metrics;    /* TelarMetricValue, names interned */
  GPtrArray *figures; /* TelarFigure * */
  GPtrArray *curves;  /* TelarJudgedCurve *; empty where nothing is classified */
} TelarMeasured;

void telar_measured_clear (TelarMeasured *measured);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarMeasured, telar_measured_clear)

/* Losses (means over rows) and metrics over a split, inference behaviour; @measured is filled. */
gboolean telar_evaluate (const TelarGraph *graph, TelarFeed *feed, TelarSplit split, gint64 batch,
                         TelarDevice *device, TelarStates *states, TelarMeasured *measured,
                         GError **error);

G_END_DECLS
