/* The trainer: runs plans, asks the feed, tells the monitor. The same seed, threads and device give
 * the same bits, also across stop and resume. */
#pragma once

#include "engine/monitor.h"
#include "engine/plan.h"
#include "engine/schedule.h"

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

/* Losses and metrics over a split, inference behaviour; weighted by rows. */
gboolean telar_evaluate (const TelarGraph *graph, TelarFeed *feed, TelarSplit split, gint64 batch,
                         TelarDevice *device, TelarStates *states, GArray *metrics, GError **error);

G_END_DECLS
