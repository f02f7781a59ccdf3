/* Groups as operators: the parameters of a node that is one of a group, and the ends of a group's
 * drawing, which pass values in and out and say what becomes of them from step to step. */
#include "engine/operators/group.h"
#include "engine/lower-private.h"
#include "engine/operators/helpers.h"
#include <string.h>

/* --- a node of a group ------------------------------------------------------------------------ */

/* The group's drawing, or a copy with what is set otherwise for this node; NULL after a problem. */
static const TelarGraph *
own_drawing (TelarLowering *l)
{
  const TelarGraph *drawing = telar_operator_drawing (l->node->op);
  const char *settings = telar_lower_text (l, "settings");
  g_autoptr (GError) error = NULL;
  if (!*settings)
    return drawing;
  TelarGraph *copy = telar_graph_copy_with (drawing, settings, &error);
  if (copy)
    g_ptr_array_add (l->state->lowered->drawings, copy);
  else
    telar_lower_fail (l, "%s", error->message);
  return copy;
}

void
telar_lower_group (TelarLowering *l)
{
  const TelarGraph *drawing = own_drawing (l);
  if (drawing)
    telar_group_run (l, drawing);
}

/* --- entries ---------------------------------------------------------------------------------- */

const TelarParam telar_group_params[] = {
  { .name = "repeat",
    .label = N_ ("Repeat"),
    .kind = TELAR_PARAM_INT,
    .fallback = "1",
    .minimum = 1,
    .maximum = 10000,
    .doc = N_ ("How often it runs, what comes out going in again. A group whose inputs are taken "
               "step by step runs once for each step."),
    .prominent = TRUE },
  { .name = "weights",
    .label = N_ ("Weights"),
    .kind = TELAR_PARAM_CHOICE,
    .fallback = "shared",
    .choices = TELAR_CHOICES ("shared", "own"),
    .doc = N_ ("shared: all nodes of the group in the same drawing learn the same weights. own: "
               "this node has weights of its own.") },
  { .name = "step_weights",
    .label = N_ ("Weights of steps"),
    .kind = TELAR_PARAM_CHOICE,
    .fallback = "own",
    .choices = TELAR_CHOICES ("own", "shared"),
    .doc = N_ ("Whether each repetition has weights of its own or all share them. The steps of a "
               "loop, whose outputs carry inputs, always share them.") },
  { .name = "settings",
    .live = TRUE,
    .label = N_ ("Settings within"),
    .kind = TELAR_PARAM_TEXT,
    .fallback = "",
    .doc = N_ ("Parameters of nodes within that are others here, apart by spaces: "
               "conv1.filters=32 conv1.stride=2.") },
  { NULL },
};

static void
lower_group_input (TelarLowering *l)
{
  const TelarOperator *op = telar_graph_group_operator (l->state->graph);
  telar_lower_output (l, 0, l->state->ends[telar_operator_find_input (op, l->node->id)]);
}

/* Where its wire comes from is read when the drawing is done. */
static void
lower_group_output (TelarLowering *l)
{
  (void)l;
}

#define STEP_AXIS(words)                                                                           \
  {                                                                                                \
    .name = "axis", .label = N_ ("Axis of steps"), .kind = TELAR_PARAM_INT, .fallback = "1",       \
    .minimum = -TELAR_MAX_RANK, .maximum = TELAR_MAX_RANK - 1, .doc = N_ (words),                  \
  }

const TelarOperator telar_group_input = {
  .name = TELAR_GROUP_INPUT,
  .label = N_ ("Group input"),
  .category = TELAR_CATEGORY_GROUP,
  .doc = N_ ("What comes into a group: one of its ports, called as this node."),
  .inputs = TELAR_NO_PORTS,
  .outputs = TELAR_PORTS ({ .name = "out",
                            .kind = TELAR_PORT_TENSOR,
                            .optional = TRUE,
                            .doc = N_ ("What is wired to the port.") }),
  .params = TELAR_PARAMS (
      TELAR_PARAM_FLAG ("each", "Step by step", "false",
                        "The group runs once for each place along the axis and is given that place "
                        "alone."),
      STEP_AXIS ("The axis whose places are the steps, counted from 0, the batch.")),
  .lower = lower_group_input,
};

const TelarOperator telar_group_output = {
  .name = TELAR_GROUP_OUTPUT,
  .label = N_ ("Group output"),
  .category = TELAR_CATEGORY_GROUP,
  .doc = N_ ("What a group gives: one of its ports, called as this node."),
  .inputs = telar_ports_in,
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS (
      { .name = "gives",
        .label = N_ ("Gives"),
        .kind = TELAR_PARAM_CHOICE,
        .fallback = "last",
        .choices = TELAR_CHOICES ("last", "every", "while"),
        .doc =
            N_ ("Of a group that runs more than once: what came out last; what came out of every "
                "step, along a new axis; or, with while, whether the loop goes on after the "
                "step, a single truth value.") },
      { .name = "carries",
        .label = N_ ("Carries"),
        .kind = TELAR_PARAM_TEXT,
        .fallback = "",
        .doc = N_ ("The group input that takes this value in the next step; in the first it takes "
                   "what is wired to its port.") },
      STEP_AXIS ("The new axis when every step is given.")),
  .lower = lower_group_output,
};
