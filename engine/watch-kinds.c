/* The kinds of watchpoints: their names, limits and advice. */
#include "engine/i18n.h"
#include "engine/watch.h"

static const TelarWatchInfo kinds[TELAR_N_WATCHES] = {
  [TELAR_WATCH_NAN] = { .name = "nan",
                        .label = N_ ("Not a number"),
                        .measure = "count",
                        .doc = N_ ("Outputs, gradients or new weights hold NaN."),
                        .advice = N_ ("Look at the first node that is named: a logarithm or root "
                                      "of a negative number, "
                                      "a division by 0 or infinity minus infinity. Check the data "
                                      "for gaps, use the "
                                      "losses that take logits, lower the learning rate or set "
                                      "clip_norm to 1.") },
  [TELAR_WATCH_OVERFLOW] = { .name = "overflow",
                             .label = N_ ("Overflow"),
                             .measure = "count",
                             .doc = N_ ("Outputs, gradients or new weights are infinite."),
                             .advice = N_ ("Numbers have outgrown what 32 bits hold. Standardize "
                                           "the inputs, lower the "
                                           "learning rate, set clip_norm to 1, or put a "
                                           "normalization before the node.") },
  [TELAR_WATCH_VANISHING] = { .name = "vanishing",
                              .label = N_ ("Vanishing gradient"),
                              .measure = "mean size",
                              .below = TRUE,
                              .limit = 1e-9,
                              .doc = N_ ("A gradient is so small that the node hardly learns."),
                              .advice = N_ ("Little reaches this node from the loss. Replace "
                                            "sigmoid and tanh by ReLU or "
                                            "GELU, begin with He's or Glorot's weights, add "
                                            "normalization or a connection "
                                            "past the layers behind it.") },
  [TELAR_WATCH_EXPLODING] = { .name = "exploding",
                              .label = N_ ("Exploding gradient"),
                              .measure = "norm",
                              .limit = 1e3,
                              .doc = N_ ("The norm of a gradient is very large."),
                              .advice = N_ (
                                  "Set clip_norm to 1, lower the learning rate or let it warm up, "
                                  "and standardize "
                                  "inputs and targets. In recurrent layers prefer LSTM or GRU.") },
  [TELAR_WATCH_UNCHANGED] = { .name = "unchanged",
                              .label = N_ ("Unchanged weights"),
                              .measure = "largest change of a weight's size",
                              .below = TRUE,
                              .limit = 1e-7,
                              .doc = N_ ("A step leaves the weights of a node as they were."),
                              .advice = N_ ("See whether the node is frozen, the schedule has "
                                            "brought the learning rate to "
                                            "0, or no gradient reaches it: watch it with vanishing "
                                            "as well. Otherwise raise "
                                            "the learning rate or the node's rate factor.") },
  [TELAR_WATCH_UPDATE_LARGE] = { .name = "update-large",
                                 .label = N_ ("Updates too large"),
                                 .measure = "change of the weights",
                                 .limit = 0.1,
                                 .doc = N_ ("A step changes the weights of a kernel by a large "
                                            "part of their size."),
                                 .advice = N_ ("Divide the learning rate by 3 to 10, or add "
                                               "warm-up steps. A healthy step "
                                               "changes weights by about a thousandth.") },
  [TELAR_WATCH_UPDATE_SMALL] = { .name = "update-small",
                                 .label = N_ ("Updates too small"),
                                 .measure = "change of the weights",
                                 .below = TRUE,
                                 .limit = 1e-4,
                                 .doc = N_ ("A step changes the weights of a kernel by a very "
                                            "small part of their size."),
                                 .advice = N_ (
                                     "Multiply the learning rate by 3 to 10; telar train --find-lr "
                                     "suggests one. At "
                                     "the end of a schedule small steps are as they should be.") },
  [TELAR_WATCH_DEAD] = { .name = "dead",
                         .label = N_ ("Dead units"),
                         .measure = "share of units",
                         .limit = 0.5,
                         .steps = 20,
                         .doc = N_ ("Units of an output are 0 for every row, step after step."),
                         .advice = N_ ("Such units no longer learn. Lower the learning rate, begin "
                                       "with He's weights, "
                                       "replace ReLU by leaky ReLU or GELU, or add normalization "
                                       "before it.") },
  [TELAR_WATCH_SATURATED] = { .name = "saturated",
                              .label = N_ ("Saturated activations"),
                              .measure = "share of numbers",
                              .limit = 0.9,
                              .doc = N_ ("Outputs of sigmoid, tanh and their kin stand at the ends "
                                         "of their range."),
                              .advice = N_ ("There the gradient is almost 0. Standardize the "
                                            "inputs, begin with smaller "
                                            "(Glorot) weights, put a normalization before the "
                                            "activation, or use ReLU.") },
  [TELAR_WATCH_RANGE] = { .name = "range",
                          .label = N_ ("Out of range"),
                          .measure = "value",
                          .limit = 1e4,
                          .doc = N_ ("Outputs leave the range that you give."),
                          .advice = N_ ("See what feeds the node: raw inputs that need scaling, "
                                        "missing normalization, "
                                        "or a sum over too much. If the range is as it should be, "
                                        "widen the limit.") },
  [TELAR_WATCH_LOSS_STUCK] = { .name = "loss-stuck",
                               .label = N_ ("Loss stuck"),
                               .measure = "change of the loss",
                               .below = TRUE,
                               .on_run = TRUE,
                               .limit = 0.005,
                               .steps = 50,
                               .doc = N_ ("The loss has stayed the same for many steps."),
                               .advice = N_ ("Try another learning rate (telar train --find-lr), "
                                             "check that labels belong to "
                                             "their rows, and see whether the network is too "
                                             "small. Later in a training it may "
                                             "have learned all that it can: then stop.") },
  [TELAR_WATCH_OVERFITTING] = { .name = "over-fitting",
                                .label = N_ ("Over-fitting"),
                                .measure = "rise of the validation loss",
                                .on_run = TRUE,
                                .limit = 0.05,
                                .doc =
                                    N_ ("The validation loss rises while the training loss falls."),
                                .advice = N_ (
                                    "Stop here and take the best epoch (patience does that), add "
                                    "dropout, weight "
                                    "decay or augmentation, use a smaller network or more data.") },
};

const TelarWatchInfo *
telar_watch_info (TelarWatchKind kind)
{
  return &kinds[kind];
}

const char *
telar_watch_action_name (TelarWatchAction action)
{
  static const char *const names[] = { "mark", "notify", "pause" };
  return names[action];
}
