/* The table behind the project's "training" block, and the optimizer that it describes. */
#include "engine/i18n.h"
#include "engine/trainer.h"
#include <string.h>

static const char *const searches[] = { "none", "strong-wolfe", NULL };
static const char *const averages[] = { "none", "ema", "swa", NULL };

#define MANY 1e9

/* clang-format off */
const TelarParam telar_training_params[] = {
  { .name = "batch", .unit = N_ ("rows"), .label = N_ ("Batch"), .kind = TELAR_PARAM_INT, .fallback = "64",
    .minimum = 1, .maximum = MANY, .prominent = TRUE,
    .doc = N_ ("Rows in one step.") },
  { .name = "accumulate", .label = N_ ("Batches in a step"), .kind = TELAR_PARAM_INT,
    .fallback = "1", .minimum = 1, .maximum = 1e6,
    .doc = N_ ("Batches whose gradients are added up before the weights change: as one batch that "
               "is so many times larger, in the memory of one.") },
  { .name = "epochs", .label = N_ ("Epochs"), .kind = TELAR_PARAM_INT, .fallback = "10",
    .minimum = 1, .maximum = MANY, .prominent = TRUE,
    .doc = N_ ("How often all training rows are seen.") },
  { .name = "shuffle", .label = N_ ("Shuffle"), .kind = TELAR_PARAM_BOOL, .fallback = "true",
    .doc = N_ ("Whether each epoch sees the rows in another order, drawn from the seed.") },
  { .name = "optimizer", .label = N_ ("Optimizer"), .kind = TELAR_PARAM_CHOICE,
    .fallback = "adam", .choices = telar_optimizer_names, .prominent = TRUE,
    .doc = N_ ("How gradients change the weights.") },
  { .name = "learning_rate", .label = N_ ("Learning rate"), .kind = TELAR_PARAM_REAL,
    .fallback = "0.001", .minimum = 0, .maximum = 1e6, .prominent = TRUE,
    .doc = N_ ("The size of a step; with the one-cycle schedule its peak.") },
  { .name = "schedule", .label = N_ ("Schedule"), .kind = TELAR_PARAM_CHOICE,
    .fallback = "constant", .choices = telar_schedule_names,
    .doc = N_ ("How the learning rate changes from step to step.") },
  { .name = "step_epochs", .unit = N_ ("epochs"), .label = N_ ("Step epochs"), .kind = TELAR_PARAM_INT, .fallback = "10",
    .minimum = 1, .maximum = MANY,
    .doc = N_ ("With the step schedule: the rate is multiplied by gamma each so many epochs; with "
               "cosine restarts: the epochs of the first fall.") },
  { .name = "milestones", .label = N_ ("Milestones"), .kind = TELAR_PARAM_INTS,
    .fallback = "30,60,90", .minimum = 1, .maximum = MANY, .min_items = 1,
    .max_items = TELAR_PARAM_MAX_ITEMS,
    .doc = N_ ("With the multi-step schedule: the epochs after which the rate is multiplied by "
               "gamma.") },
  { .name = "gamma", .label = N_ ("Gamma"), .kind = TELAR_PARAM_REAL, .fallback = "0.1",
    .minimum = 0, .maximum = 1,
    .live = TRUE, .doc = N_ ("With the step, multi-step and plateau schedules: the factor of the learning rate; "
               "with the exponential one its factor each epoch.") },
  { .name = "power", .label = N_ ("Power"), .kind = TELAR_PARAM_REAL, .fallback = "1",
    .minimum = 0, .maximum = 100,
    .doc = N_ ("With the polynomial schedule: the power of what remains of the training.") },
  { .name = "restart_factor", .label = N_ ("Restart factor"), .kind = TELAR_PARAM_INT,
    .fallback = "1", .minimum = 1, .maximum = 1000,
    .doc = N_ ("With cosine restarts: how many times longer each fall is than the one before.") },
  { .name = "plateau_epochs", .unit = N_ ("epochs"), .label = N_ ("Plateau epochs"), .kind = TELAR_PARAM_INT,
    .fallback = "10", .minimum = 0, .maximum = MANY,
    .live = TRUE, .doc = N_ ("With the plateau schedule: so many epochs without a better validation loss are "
               "borne; the next multiplies the rate by gamma.") },
  { .name = "end_factor", .label = N_ ("End factor"), .kind = TELAR_PARAM_REAL, .fallback = "0",
    .minimum = 0, .maximum = 1,
    .live = TRUE, .doc = N_ ("With the linear, polynomial, cosine and plateau schedules: the part of the "
               "learning rate below which they do not go.") },
  { .name = "warm_up", .unit = N_ ("steps"), .label = N_ ("Warm-up steps"), .kind = TELAR_PARAM_INT, .fallback = "0",
    .minimum = 0, .maximum = MANY,
    .doc = N_ ("Steps in which the learning rate rises linearly to that of the schedule; the "
               "one-cycle schedule has a rise of its own and ignores it.") },
  { .name = "momentum", .label = N_ ("Momentum"), .kind = TELAR_PARAM_REAL, .fallback = "0.9",
    .minimum = 0, .maximum = 1,
    .live = TRUE, .doc = N_ ("Of SGD and RMSProp: how much of the last step is kept.") },
  { .name = "nesterov", .label = N_ ("Nesterov"), .kind = TELAR_PARAM_BOOL, .fallback = "false",
    .live = TRUE, .doc = N_ ("Of SGD: look ahead along the momentum.") },
  { .name = "beta1", .label = N_ ("Beta 1"), .kind = TELAR_PARAM_REAL, .fallback = "0.9",
    .minimum = 0, .maximum = 1,
    .live = TRUE, .doc = N_ ("Of Adam, its kin and Lion: decay of the mean of gradients.") },
  { .name = "beta2", .label = N_ ("Beta 2"), .kind = TELAR_PARAM_REAL, .fallback = "0.999",
    .minimum = 0, .maximum = 1,
    .live = TRUE, .doc = N_ ("Of Adam and its kin: decay of the mean of squared gradients; of Lion: decay of its "
               "momentum.") },
  { .name = "epsilon", .label = N_ ("Epsilon"), .kind = TELAR_PARAM_REAL, .fallback = "1e-08",
    .minimum = 0, .maximum = 1,
    .live = TRUE, .doc = N_ ("Of all optimizers but SGD, Lion and L-BFGS: keeps the division finite.") },
  { .name = "weight_decay", .label = N_ ("Weight decay"), .kind = TELAR_PARAM_REAL,
    .fallback = "0", .minimum = 0, .maximum = 1e3,
    .live = TRUE, .doc = N_ ("Pulls kernels towards zero.") },
  { .name = "rho", .label = N_ ("Rho"), .kind = TELAR_PARAM_REAL, .fallback = "0.9",
    .minimum = 0, .maximum = 1,
    .live = TRUE, .doc = N_ ("Of RMSProp and Adadelta: decay of the mean of squared gradients.") },
  { .name = "centred", .label = N_ ("Centred"), .kind = TELAR_PARAM_BOOL, .fallback = "false",
    .live = TRUE, .doc = N_ ("Of RMSProp: divide by the deviation of gradients instead of their size.") },
  { .name = "history", .label = N_ ("History"), .kind = TELAR_PARAM_INT, .fallback = "10",
    .minimum = 1, .maximum = 100,
    .doc = N_ ("Of L-BFGS: from how many steps it learns the curvature; it wants all rows in each "
               "step, and two copies of the weights for each that it remembers.") },
  { .name = "line_search", .label = N_ ("Line search"), .kind = TELAR_PARAM_CHOICE,
    .fallback = "none", .choices = searches,
    .doc = N_ ("Of L-BFGS: none goes as far as the learning rate says; strong-wolfe begins with "
               "that and tries lengths, each a pass over the batch, until the loss falls enough "
               "and its slope is small.") },
  { .name = "clip_value", .label = N_ ("Clip value"), .kind = TELAR_PARAM_REAL, .fallback = "0",
    .minimum = 0, .maximum = 1e12,
    .live = TRUE, .doc = N_ ("Each number of a gradient is kept within plus and minus this; 0 for none.") },
  { .name = "clip_norm", .label = N_ ("Clip norm"), .kind = TELAR_PARAM_REAL, .fallback = "0",
    .minimum = 0, .maximum = 1e12,
    .live = TRUE, .doc = N_ ("Gradients whose global norm is larger are scaled down to it; 0 for none.") },
  { .name = "gradient_noise", .label = N_ ("Gradient noise"), .kind = TELAR_PARAM_REAL,
    .fallback = "0", .minimum = 0, .maximum = 1e6,
    .live = TRUE, .doc = N_ ("Variance of noise that is added to gradients at first and fades with the steps; 0 "
               "for none.") },
  { .name = "average", .label = N_ ("Average weights"), .kind = TELAR_PARAM_CHOICE,
    .fallback = "none", .choices = averages,
    .doc = N_ ("Validation and the trained model use averaged weights: ema, exponentially over the "
               "steps; swa, evenly over the ends of the epochs.") },
  { .name = "average_decay", .label = N_ ("Average decay"), .kind = TELAR_PARAM_REAL,
    .fallback = "0.999", .minimum = 0, .maximum = 1,
    .live = TRUE, .doc = N_ ("With ema: how much of the average each step keeps.") },
  { .name = "average_from", .label = N_ ("Average from"), .kind = TELAR_PARAM_INT,
    .fallback = "0", .minimum = 0, .maximum = MANY,
    .doc = N_ ("Epochs before the average begins.") },
  { .name = "weights", .label = N_ ("Initial weights"), .kind = TELAR_PARAM_FILE, .fallback = "",
    .doc = N_ ("A safetensors file that the model's numbers begin with, by their names; what it "
               "does not have begins as usual. Empty: everything does.") },
  { .name = "patience", .unit = N_ ("epochs"), .label = N_ ("Patience"), .kind = TELAR_PARAM_INT, .fallback = "0",
    .minimum = 0, .maximum = MANY,
    .live = TRUE, .doc = N_ ("Early stopping: epochs without a better validation loss before training ends and "
               "the best weights are taken; 0 for never.") },
  { .name = "min_delta", .label = N_ ("Least improvement"), .kind = TELAR_PARAM_REAL,
    .fallback = "0", .minimum = 0, .maximum = 1e6,
    .live = TRUE, .doc = N_ ("Early stopping and plateau: by how much a loss must be smaller to count as "
               "better.") },
  { .name = "watch", .label = N_ ("Watchpoints"), .kind = TELAR_PARAM_TEXT, .fallback = "",
    .live = TRUE,
    .doc = N_ ("What is looked for at each step, as KIND:WHERE:LIMIT:ACTION, apart by blanks, such "
               "as nan:pause or vanishing:conv1:1e-8.") },
  { .name = "checkpoint_every", .label = N_ ("Checkpoint every"), .kind = TELAR_PARAM_INT,
    .fallback = "1", .minimum = 1, .maximum = MANY,
    .live = TRUE, .doc = N_ ("Epochs from one checkpoint to the next; there is always one at the end.") },
  { .name = "checkpoint_steps", .label = N_ ("Checkpoint steps"), .kind = TELAR_PARAM_INT,
    .fallback = "0", .minimum = 0, .maximum = MANY,
    .live = TRUE, .doc = N_ ("Steps from one checkpoint to the next within an epoch; 0 for none.") },
  { .name = "record_every", .unit = N_ ("epochs"), .label = N_ ("Record every"), .kind = TELAR_PARAM_INT,
    .fallback = "1", .minimum = 0, .maximum = MANY,
    .live = TRUE, .doc = N_ ("Epochs from one record of weights, gradients, outputs and pictures to the next, "
               "but never less than 16 steps; 0 for none.") },
  { .name = "record_steps", .unit = N_ ("steps"), .label = N_ ("Record steps"), .kind = TELAR_PARAM_INT,
    .fallback = "0", .minimum = 0, .maximum = MANY,
    .live = TRUE, .doc = N_ ("Steps from one such record to the next within an epoch; 0 for none.") },
  { NULL },
};
/* clang-format on */

TelarOptimizer
telar_training_optimizer (const TelarParamSet *training)
{
  return (TelarOptimizer){
    .name = telar_param_set_text (training, "optimizer"),
    .momentum = telar_param_set_real (training, "momentum"),
    .nesterov = telar_param_set_bool (training, "nesterov"),
    .beta1 = telar_param_set_real (training, "beta1"),
    .beta2 = telar_param_set_real (training, "beta2"),
    .epsilon = telar_param_set_real (training, "epsilon"),
    .weight_decay = telar_param_set_real (training, "weight_decay"),
    .rho = telar_param_set_real (training, "rho"),
    .centred = telar_param_set_bool (training, "centred"),
    .history = (guint)telar_param_set_int (training, "history"),
    .searches = strcmp (telar_param_set_text (training, "line_search"), "none") != 0 &&
                strcmp (telar_param_set_text (training, "optimizer"), "lbfgs") == 0,
    .clip_value = telar_param_set_real (training, "clip_value"),
    .clip_norm = telar_param_set_real (training, "clip_norm"),
    .noise = telar_param_set_real (training, "gradient_noise"),
    .batch =
        telar_param_set_int (training, "accumulate") > 1 ? TELAR_BATCH_LAST : TELAR_BATCH_WHOLE,
    .averages = strcmp (telar_param_set_text (training, "average"), "none") != 0,
  };
}
