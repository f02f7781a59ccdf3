/* The table behind the project's "training" block, and the optimizer that it describes. */
#include "engine/i18n.h"
#include "engine/trainer.h"
#include <string.h>

static const char *const optimizers[] = { "sgd", "adam", "adamw", NULL };
static const char *const schedules[] = { "constant", "step", "cosine", "one-cycle", NULL };

#define MANY 1e9

/* clang-format off */
const TelarParam telar_training_params[] = {
  { .name = "batch", .label = N_ ("Batch"), .kind = TELAR_PARAM_INT, .fallback = "64",
    .minimum = 1, .maximum = MANY, .prominent = TRUE,
    .doc = N_ ("Rows in one step.") },
  { .name = "epochs", .label = N_ ("Epochs"), .kind = TELAR_PARAM_INT, .fallback = "10",
    .minimum = 1, .maximum = MANY, .prominent = TRUE,
    .doc = N_ ("How often all training rows are seen.") },
  { .name = "shuffle", .label = N_ ("Shuffle"), .kind = TELAR_PARAM_BOOL, .fallback = "true",
    .doc = N_ ("Whether each epoch sees the rows in another order, drawn from the seed.") },
  { .name = "optimizer", .label = N_ ("Optimizer"), .kind = TELAR_PARAM_CHOICE,
    .fallback = "adam", .choices = optimizers, .prominent = TRUE,
    .doc = N_ ("How gradients change the weights.") },
  { .name = "learning_rate", .label = N_ ("Learning rate"), .kind = TELAR_PARAM_REAL,
    .fallback = "0.001", .minimum = 0, .maximum = 1e6, .prominent = TRUE,
    .doc = N_ ("The size of a step; with the one-cycle schedule its peak.") },
  { .name = "schedule", .label = N_ ("Schedule"), .kind = TELAR_PARAM_CHOICE,
    .fallback = "constant", .choices = schedules,
    .doc = N_ ("How the learning rate changes from step to step.") },
  { .name = "step_epochs", .label = N_ ("Step epochs"), .kind = TELAR_PARAM_INT, .fallback = "10",
    .minimum = 1, .maximum = MANY,
    .doc = N_ ("With the step schedule: the rate is multiplied by gamma each so many epochs.") },
  { .name = "gamma", .label = N_ ("Gamma"), .kind = TELAR_PARAM_REAL, .fallback = "0.1",
    .minimum = 0, .maximum = 1,
    .doc = N_ ("With the step schedule: the factor of the learning rate.") },
  { .name = "warm_up", .label = N_ ("Warm-up steps"), .kind = TELAR_PARAM_INT, .fallback = "0",
    .minimum = 0, .maximum = MANY,
    .doc = N_ ("Steps in which the learning rate rises linearly to that of the schedule; the "
               "one-cycle schedule has a rise of its own and ignores it.") },
  { .name = "momentum", .label = N_ ("Momentum"), .kind = TELAR_PARAM_REAL, .fallback = "0.9",
    .minimum = 0, .maximum = 1,
    .doc = N_ ("Of SGD: how much of the last step is kept.") },
  { .name = "nesterov", .label = N_ ("Nesterov"), .kind = TELAR_PARAM_BOOL, .fallback = "false",
    .doc = N_ ("Of SGD: look ahead along the momentum.") },
  { .name = "beta1", .label = N_ ("Beta 1"), .kind = TELAR_PARAM_REAL, .fallback = "0.9",
    .minimum = 0, .maximum = 1,
    .doc = N_ ("Of Adam: decay of the mean of gradients.") },
  { .name = "beta2", .label = N_ ("Beta 2"), .kind = TELAR_PARAM_REAL, .fallback = "0.999",
    .minimum = 0, .maximum = 1,
    .doc = N_ ("Of Adam: decay of the mean of squared gradients.") },
  { .name = "epsilon", .label = N_ ("Epsilon"), .kind = TELAR_PARAM_REAL, .fallback = "1e-08",
    .minimum = 0, .maximum = 1,
    .doc = N_ ("Of Adam: keeps the division finite.") },
  { .name = "weight_decay", .label = N_ ("Weight decay"), .kind = TELAR_PARAM_REAL,
    .fallback = "0", .minimum = 0, .maximum = 1e3,
    .doc = N_ ("Pulls kernels towards zero.") },
  { .name = "clip_norm", .label = N_ ("Clip norm"), .kind = TELAR_PARAM_REAL, .fallback = "0",
    .minimum = 0, .maximum = 1e12,
    .doc = N_ ("Gradients whose global norm is larger are scaled down to it; 0 for none.") },
  { .name = "patience", .label = N_ ("Patience"), .kind = TELAR_PARAM_INT, .fallback = "0",
    .minimum = 0, .maximum = MANY,
    .doc = N_ ("Early stopping: epochs without a better validation loss before training ends and "
               "the best weights are taken; 0 for never.") },
  { .name = "min_delta", .label = N_ ("Least improvement"), .kind = TELAR_PARAM_REAL,
    .fallback = "0", .minimum = 0, .maximum = 1e6,
    .doc = N_ ("Early stopping: by how much a loss must be smaller to count as better.") },
  { .name = "checkpoint_every", .label = N_ ("Checkpoint every"), .kind = TELAR_PARAM_INT,
    .fallback = "1", .minimum = 1, .maximum = MANY,
    .doc = N_ ("Epochs from one checkpoint to the next; there is always one at the end.") },
  { .name = "checkpoint_steps", .label = N_ ("Checkpoint steps"), .kind = TELAR_PARAM_INT,
    .fallback = "0", .minimum = 0, .maximum = MANY,
    .doc = N_ ("Steps from one checkpoint to the next within an epoch; 0 for none.") },
  { NULL },
};
/* clang-format on */

TelarOptimizer
telar_training_optimizer (const TelarParamSet *training)
{
  const char *name = telar_param_set_text (training, "optimizer");
  TelarOptimizer optimizer = {
    .kind = strcmp (name, "sgd") == 0    ? TELAR_OPTIMIZER_SGD
            : strcmp (name, "adam") == 0 ? TELAR_OPTIMIZER_ADAM
                                         : TELAR_OPTIMIZER_ADAMW,
    .momentum = telar_param_set_real (training, "momentum"),
    .nesterov = telar_param_set_bool (training, "nesterov"),
    .beta1 = telar_param_set_real (training, "beta1"),
    .beta2 = telar_param_set_real (training, "beta2"),
    .epsilon = telar_param_set_real (training, "epsilon"),
    .weight_decay = telar_param_set_real (training, "weight_decay"),
    .clip_norm = telar_param_set_real (training, "clip_norm"),
  };
  return optimizer;
}
