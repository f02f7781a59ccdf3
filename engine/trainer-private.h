/* What the files of the trainer share: the run under way. */
#pragma once

#include "engine/checkpoint.h"
#include "engine/runner.h"
#include "engine/trainer.h"

G_BEGIN_DECLS

typedef struct {
  const TelarTraining *training;
  const TelarParamSet *settings;
  guint64 seed;
  TelarStates *states;
  TelarStates *best; /* of the best epoch; NULL without early stopping */
  TelarRunner *runner;
  TelarRunner *validation; /* NULL without validation rows */
  TelarProgress progress;
  gint64 batch, epochs, steps_per_epoch;
  gint64 parameters;
  double learning_rate; /* of the last step */
  GArray *metrics;      /* TelarMetricValue of the last epoch */
  char *checkpoint;     /* path of the last one written */
  gint64 allowed_steps; /* while paused: what a request to step has left */
  gboolean paused;
} TelarTrainer;

/* Everything up to the first step. */
gboolean telar_trainer_prepare (TelarTrainer *trainer, GError **error);

/* Zeroes the sums of the epoch: one per loss and metric, the last counts rows. */
void telar_trainer_clear_sums (TelarTrainer *trainer);

/* Fits the states of @program that the feed decides (mean, deviation) and that are in @names, in
 * the order in which they depend on each other. */
gboolean telar_trainer_fit (const TelarProgram *program, const TelarTrainer *trainer,
                            GHashTable *names, GError **error);

/* Writes checkpoint.safetensors into the run's folder and tells the monitor; nothing without a
 * folder. */
gboolean telar_trainer_save (TelarTrainer *trainer, GError **error);

/* The learning rate of the step that comes next, live requests included. */
double telar_trainer_rate (const TelarTrainer *trainer);

typedef enum { TELAR_GO_ON, TELAR_GO_STOP, TELAR_GO_FAILED } TelarGo;

/* At a batch boundary: obeys what was asked for, and waits here while the run is paused. */
TelarGo telar_trainer_obey (TelarTrainer *trainer, GError **error);

G_END_DECLS
