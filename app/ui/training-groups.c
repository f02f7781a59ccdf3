/* Which settings belong together, and which of them count when. */
#include "app/ui/training-groups.h"

#include <glib/gi18n.h>
#include <string.h>

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

const TelarTrainingGroup telar_training_groups[] = {
  { N_ ("Optimizer"), NAMES ("momentum", "nesterov", "beta1", "beta2", "rho", "epsilon", "centred",
                             "history", "line_search", "weight_decay") },
  { N_ ("Learning Rate"), NAMES ("schedule", "step_epochs", "milestones", "gamma", "power",
                                 "restart_factor", "plateau_epochs", "end_factor", "warm_up") },
  { N_ ("Gradients"), NAMES ("accumulate", "clip_value", "clip_norm", "gradient_noise") },
  { N_ ("Averaged Weights"), NAMES ("average", "average_decay", "average_from") },
  { N_ ("Stopping and Checkpoints"),
    NAMES ("patience", "min_delta", "checkpoint_every", "checkpoint_steps") },
  { N_ ("Watchpoints"), NAMES ("watch") },
  { N_ ("Records"), NAMES ("record_every", "record_steps") },
  { N_ ("Data and Initial Weights"), NAMES ("shuffle", "weights") },
  { NULL },
};

/* A setting that counts with some choices of another; what is not here always counts. */
static const struct {
  const char *setting, *choice;
  const char *const *values;
} conditions[] = {
  { "momentum", "optimizer", NAMES ("sgd", "rmsprop") },
  { "nesterov", "optimizer", NAMES ("sgd") },
  { "beta1", "optimizer", NAMES ("adam", "adamw", "amsgrad", "nadam", "radam", "lion", "lamb") },
  { "beta2", "optimizer", NAMES ("adam", "adamw", "amsgrad", "nadam", "radam", "lion", "lamb") },
  { "rho", "optimizer", NAMES ("rmsprop", "adadelta") },
  { "epsilon", "optimizer",
    NAMES ("adam", "adamw", "amsgrad", "nadam", "radam", "rmsprop", "adagrad", "adadelta",
           "lamb") },
  { "centred", "optimizer", NAMES ("rmsprop") },
  { "history", "optimizer", NAMES ("lbfgs") },
  { "line_search", "optimizer", NAMES ("lbfgs") },
  { "step_epochs", "schedule", NAMES ("step", "cosine-restarts") },
  { "milestones", "schedule", NAMES ("multi-step") },
  { "gamma", "schedule", NAMES ("step", "multi-step", "exponential", "plateau") },
  { "power", "schedule", NAMES ("polynomial") },
  { "restart_factor", "schedule", NAMES ("cosine-restarts") },
  { "plateau_epochs", "schedule", NAMES ("plateau") },
  { "end_factor", "schedule",
    NAMES ("linear", "polynomial", "cosine", "cosine-restarts", "plateau") },
  { "warm_up", "schedule",
    NAMES ("constant", "step", "multi-step", "exponential", "linear", "polynomial", "cosine",
           "cosine-restarts", "plateau") },
  { "average_decay", "average", NAMES ("ema") },
  { "average_from", "average", NAMES ("ema", "swa") },
};

/* Improvement is asked for by early stopping and by the plateau alone. */
static gboolean
watches_loss (const TelarParamSet *training)
{
  return telar_param_set_int (training, "patience") > 0 ||
         strcmp (telar_param_set_text (training, "schedule"), "plateau") == 0;
}

gboolean
telar_training_counts (const TelarParamSet *training, const char *setting)
{
  if (strcmp (setting, "min_delta") == 0)
    return watches_loss (training);
  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    if (strcmp (conditions[i].setting, setting) == 0)
      return g_strv_contains (conditions[i].values,
                              telar_param_set_text (training, conditions[i].choice));
  return TRUE;
}
