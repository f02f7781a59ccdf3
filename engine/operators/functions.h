/* Activation functions: by name, and those that have settings. */
#pragma once

#include "engine/operators/helpers.h"

G_BEGIN_DECLS

/* The function of that name, one of telar_activation_choices, on a builder. */
TelarValue telar_emit_function (TelarBuilder *b, const char *name, TelarValue x);

/* max(x, 0) + slope · min(x, 0) */
TelarValue telar_emit_leaky (TelarBuilder *b, TelarValue x, double slope);

/* gain · (max(x, 0) + alpha · (exp(min(x, 0) / width) - 1)) */
TelarValue telar_emit_exponential_linear (TelarBuilder *b, TelarValue x, double gain, double alpha,
                                          double width);

/* GPT-2's approximation of GELU: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))) */
TelarValue telar_emit_gelu_tanh (TelarBuilder *b, TelarValue x);

/* min(max(slope·x + offset, 0), 1) */
TelarValue telar_emit_hard_sigmoid (TelarBuilder *b, TelarValue x, double slope, double offset);

/* x where it is above @threshold, else 0 */
TelarValue telar_emit_thresholded (TelarBuilder *b, TelarValue x, double threshold);

/* A number among the parameters of an activation. */
#define TELAR_PARAM_NUMBER(param, text, value, least, most, words)                                 \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_REAL, .fallback = value,                \
    .minimum = least, .maximum = most, .doc = N_ (words), .prominent = TRUE,                       \
  }

G_END_DECLS
