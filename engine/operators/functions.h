/* Activation functions with settings; those without are reached by name through
 * telar_emit_activation. */
#pragma once

#include "engine/operators/helpers.h"

G_BEGIN_DECLS

/* max(x, 0) + slope · min(x, 0) */
TelarValue telar_emit_leaky (TelarLowering *l, TelarValue x, double slope);

/* gain · (max(x, 0) + alpha · (exp(min(x, 0) / width) - 1)) */
TelarValue telar_emit_exponential_linear (TelarLowering *l, TelarValue x, double gain, double alpha,
                                          double width);

/* GPT-2's approximation of GELU: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))) */
TelarValue telar_emit_gelu_tanh (TelarLowering *l, TelarValue x);

G_END_DECLS
