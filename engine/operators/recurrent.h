/* Parameters that the recurrent layers share. */
#pragma once

#include "engine/emit-sequence.h"
#include "engine/operators/helpers.h"

G_BEGIN_DECLS

extern const char *const telar_gate_choices[];

/* Where the block of @gate, counted in PyTorch's order, stands in the weights. */
guint telar_gate_position (const TelarRecurrence *r, guint gate);

/* The cells as their papers have them, which are primitives; for a recurrence in PyTorch's order,
 * which telar_recurrence_reorder sees to, and @projected, W x and all biases that need not wait. */
gboolean telar_recurrence_is_common (TelarBuilder *b, const TelarRecurrence *r);
void telar_recurrence_reorder (TelarBuilder *b, TelarRecurrence *r);
TelarRecurrenceResult telar_emit_common_cell (TelarBuilder *b, const TelarRecurrence *r,
                                              TelarValue projected);

#define TELAR_PARAM_CELL                                                                           \
  {                                                                                                \
    .name = "activation", .label = N_ ("Activation"), .kind = TELAR_PARAM_CHOICE,                  \
    .fallback = "tanh", .choices = telar_gate_choices,                                             \
    .doc = N_ ("The function that makes the new state."),                                          \
  }
#define TELAR_PARAM_GATES                                                                          \
  {                                                                                                \
    .name = "gate_activation", .label = N_ ("Gates"), .kind = TELAR_PARAM_CHOICE,                  \
    .fallback = "sigmoid", .choices = telar_gate_choices,                                          \
    .doc = N_ ("The function of the gates."),                                                      \
  }
#define TELAR_PARAM_SEQUENCES                                                                      \
  {                                                                                                \
    .name = "sequences", .label = N_ ("Every step"), .kind = TELAR_PARAM_BOOL, .fallback = "true", \
    .doc = N_ ("Whether the result has every step or only the last."), .prominent = TRUE,          \
  }

G_END_DECLS
