/* What the families of losses share. Each loss is a mean over the batch (and over all other
 * elements it looks at), times its weight; several losses are summed. */
#pragma once

#include "engine/operators/target.h"

G_BEGIN_DECLS

/* The node's loss: the scalar @value, or the mean of @x, times the parameter "weight". */
void telar_lower_give_loss (TelarLowering *l, TelarValue value);
void telar_lower_give_mean (TelarLowering *l, TelarValue x);

/* Over the last axis, which goes. */
TelarValue telar_emit_sum_last (TelarLowering *l, TelarValue x);
/* Along the last axis. */
TelarValue telar_emit_log_softmax (TelarLowering *l, TelarValue x);
/* 1 / (1 + exp (-x)) is p where p is the chance of yes: log p of a score is -softplus (-x). */
TelarValue telar_emit_softplus (TelarLowering *l, TelarValue x);

/* What a focal loss weighs by: @doubt^gamma, which never becomes 0, so that its slope stays finite.
 */
TelarValue telar_emit_focus (TelarLowering *l, TelarValue doubt, double gamma);
/* The same indices, i64; one outside 0 … @size - 1 is an error of the run. */
TelarValue telar_emit_checked (TelarLowering *l, TelarValue indices, gint64 size);
/* The list of numbers @param as a vector of @size; TELAR_NO_VALUE when it is empty, or has another
 * length, which is reported. */
TelarValue telar_lower_numbers (TelarLowering *l, const char *param, gint64 size, TelarDType dtype);

/* Truth values: where @x is above 0; where @x is @number. */
TelarValue telar_emit_positive (TelarLowering *l, TelarValue x);
TelarValue telar_emit_is (TelarLowering *l, TelarValue x, double number);

/* --- vectors along the last axis ----------------------------------------------------------------
 */

/* Port @port and the next, of one shape [N, …, features]. */
gboolean telar_lower_two (TelarLowering *l, guint port, TelarType *type, TelarValue *first,
                          TelarValue *second);
/* A number at @port for each vector of @type: [N, …] or [N, …, 1]. */
gboolean telar_lower_per_vector (TelarLowering *l, guint port, const TelarType *type,
                                 TelarValue *value);
/* Of length 1; a vector of zeros stays. */
TelarValue telar_emit_unit (TelarLowering *l, TelarValue x);
/* x·y / (|x||y|); a vector of zeros resembles none. */
TelarValue telar_emit_cosine (TelarLowering *l, TelarValue x, TelarValue y);
/* Σ (x - y)² */
TelarValue telar_emit_squared_distance (TelarLowering *l, TelarValue x, TelarValue y);
/* √Σ (x - y + 1e-6)², whose slope stays finite where both are the same; as PyTorch's. */
TelarValue telar_emit_distance (TelarLowering *l, TelarValue x, TelarValue y);

/* --- arithmetic in place ------------------------------------------------------------------------
 */

static inline TelarValue
add (TelarLowering *l, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, TELAR_PRIM_ADD, x, y);
}

static inline TelarValue
subtract (TelarLowering *l, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, TELAR_PRIM_SUB, x, y);
}

static inline TelarValue
multiply (TelarLowering *l, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, TELAR_PRIM_MUL, x, y);
}

static inline TelarValue
divide (TelarLowering *l, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, TELAR_PRIM_DIV, x, y);
}

static inline TelarValue
square (TelarLowering *l, TelarValue x)
{
  return multiply (l, x, x);
}

static inline TelarValue
shift (TelarLowering *l, TelarValue x, double number)
{
  return number == 0 ? x : telar_build_binary_scalar (l->b, TELAR_PRIM_ADD, x, number);
}

static inline TelarValue
scale (TelarLowering *l, TelarValue x, double factor)
{
  return factor == 1 ? x : telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, factor);
}

static inline TelarValue
at_least (TelarLowering *l, TelarValue x, double least)
{
  return telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, x, least);
}

static inline TelarValue
negate (TelarLowering *l, TelarValue x)
{
  return telar_build_unary (l->b, TELAR_PRIM_NEG, x);
}

/* @number - x */
static inline TelarValue
less_from (TelarLowering *l, double number, TelarValue x)
{
  return shift (l, negate (l, x), number);
}

static inline TelarValue
relu (TelarLowering *l, TelarValue x)
{
  return telar_build_unary (l->b, TELAR_PRIM_RELU, x);
}

static inline TelarValue
logarithm (TelarLowering *l, TelarValue x)
{
  return telar_build_unary (l->b, TELAR_PRIM_LOG, x);
}

/* --- entries ------------------------------------------------------------------------------------
 */

#define TELAR_PARAM_WEIGHT                                                                         \
  {                                                                                                \
    .name = "weight", .live = TRUE, .label = N_ ("Weight"), .kind = TELAR_PARAM_REAL,              \
    .fallback = "1", .minimum = 0, .maximum = 1e9,                                                 \
    .doc = N_ ("Factor of this loss before it is added to the others."),                           \
  }
#define TELAR_PARAM_AMOUNT(param, text, value, least, most, words)                                 \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_REAL, .fallback = value,                \
    .minimum = least, .maximum = most, .doc = N_ (words), .prominent = TRUE,                       \
  }
#define TELAR_PARAM_MARGIN(value, least, words)                                                    \
  TELAR_PARAM_AMOUNT ("margin", "Margin", value, least, 1e6, words)
#define TELAR_PARAM_GAMMA                                                                          \
  TELAR_PARAM_AMOUNT ("gamma", "Gamma", "2", 0, 16,                                                \
                      "How far the loss looks away from what is easy; 0 looks at all alike.")
#define TELAR_QUANTITY_PORTS                                                                       \
  TELAR_PAIR_PORTS ("predictions", "What the model says.", "targets", "What is right.")
#define TELAR_BINARY_PORTS                                                                         \
  TELAR_PAIR_PORTS ("logits", "Scores before the sigmoid; positive means yes.", "labels",          \
                    "1 for yes, 0 for no.")

/* The entry of a loss: its name, which is that of its function lower_NAME, label, documentation,
 * formula, inputs, parameters, examples. */
#define TELAR_LOSS(op, words, text, rule, ports, table, ...)                                       \
  static const TelarOperator op##_operator = {                                                     \
    .name = #op,                                                                                   \
    .label = N_ (words),                                                                           \
    .category = TELAR_CATEGORY_LOSS,                                                               \
    .doc = N_ (text),                                                                              \
    .formula = rule,                                                                               \
    .inputs = ports,                                                                               \
    .outputs = TELAR_NO_PORTS,                                                                     \
    .params = table,                                                                               \
    .lower = lower_##op,                                                                           \
    .examples = TELAR_EXAMPLES (__VA_ARGS__),                                                      \
  }

G_END_DECLS
