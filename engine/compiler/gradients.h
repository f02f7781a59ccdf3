/* Gradient rules: for each primitive, a small function that emits the gradients of its inputs from
 * those of its outputs. engine/compiler/differentiate.c walks the program and calls them. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* One instruction of the program being differentiated, seen from the builder: its inputs and
 * outputs are values that the builder already has. */
typedef struct {
  TelarBuilder *b;
  const TelarInstr *instr;
  const TelarValue *inputs;
  const TelarValue *outputs;
  const TelarValue *grads; /* of the outputs; TELAR_NO_VALUE: the output does not reach the loss */
  const gboolean *wanted;  /* per input: somebody needs its gradient */
  TelarValue *results;     /* per input: what the rule gives, TELAR_NO_VALUE: zero */
} TelarAdjoint;

typedef void (*TelarGradientRule) (TelarAdjoint *a);

typedef enum {
  TELAR_GRADIENT_UNKNOWN, /* not in the table */
  TELAR_GRADIENT_ZERO,    /* integer- or bool-valued, piecewise constant, or without inputs */
  TELAR_GRADIENT_RULE,    /* has a rule, at least for its floating inputs */
  TELAR_GRADIENT_LATE,    /* arises only after differentiation; meeting it is an error */
} TelarGradientKind;

typedef struct {
  TelarGradientKind kind;
  TelarGradientRule rule;
} TelarGradient;

TelarGradient telar_gradient_of (TelarPrim prim);

/* --- for the rules ------------------------------------------------------------------------------
 */

static inline TelarValue
adjoint_unary (TelarAdjoint *a, TelarPrim prim, TelarValue x)
{
  return telar_build_unary (a->b, prim, x);
}

static inline TelarValue
adjoint_mul (TelarAdjoint *a, TelarValue x, TelarValue y)
{
  return telar_build_binary (a->b, TELAR_PRIM_MUL, x, y);
}

static inline TelarValue
adjoint_add (TelarAdjoint *a, TelarValue x, TelarValue y)
{
  return telar_build_binary (a->b, TELAR_PRIM_ADD, x, y);
}

static inline TelarValue
adjoint_sub (TelarAdjoint *a, TelarValue x, TelarValue y)
{
  return telar_build_binary (a->b, TELAR_PRIM_SUB, x, y);
}

static inline TelarValue
adjoint_scale (TelarAdjoint *a, TelarValue x, double factor)
{
  return telar_build_binary_scalar (a->b, TELAR_PRIM_MUL, x, factor);
}

static inline TelarShape
adjoint_shape (const TelarAdjoint *a, TelarValue x)
{
  return telar_builder_type (a->b, x)->shape;
}

/* A scalar constant of @x's type. */
static inline TelarValue
adjoint_scalar (TelarAdjoint *a, TelarValue x, double value)
{
  return telar_build_scalar (a->b, telar_builder_type (a->b, x)->dtype, value);
}

/* The gradient of input @i; broadcasting is undone. */
static inline void
adjoint_give (TelarAdjoint *a, guint i, TelarValue gradient)
{
  TelarShape shape = adjoint_shape (a, a->inputs[i]);
  a->results[i] = telar_build_sum_to (a->b, gradient, &shape);
}

/* [a,b,…,m,k] as [a·b·…·m, k]: one large product instead of a batch of small ones to be summed. */
TelarValue adjoint_flatten_rows (TelarAdjoint *a, TelarValue x);

#define TELAR_RULE(name) void telar_gradient_##name (TelarAdjoint *a)
/* gradients-elementwise.c */
TELAR_RULE (neg);
TELAR_RULE (abs);
TELAR_RULE (exp);
TELAR_RULE (log);
TELAR_RULE (log1p);
TELAR_RULE (sqrt);
TELAR_RULE (rsqrt);
TELAR_RULE (reciprocal);
TELAR_RULE (sin);
TELAR_RULE (cos);
TELAR_RULE (atan);
TELAR_RULE (tanh);
TELAR_RULE (sigmoid);
TELAR_RULE (softplus);
TELAR_RULE (erf);
TELAR_RULE (relu);
TELAR_RULE (cast);
TELAR_RULE (add);
TELAR_RULE (sub);
TELAR_RULE (mul);
TELAR_RULE (div);
TELAR_RULE (pow);
TELAR_RULE (maximum);
TELAR_RULE (minimum);
TELAR_RULE (mod);
TELAR_RULE (select);
/* gradients-shape.c */
TELAR_RULE (reshape);
TELAR_RULE (transpose);
TELAR_RULE (broadcast);
TELAR_RULE (slice);
TELAR_RULE (pad);
TELAR_RULE (concat);
TELAR_RULE (reverse);
TELAR_RULE (gather);
TELAR_RULE (scatter_add);
/* gradients-reduce.c */
TELAR_RULE (sum);
TELAR_RULE (mean);
TELAR_RULE (extremum);
TELAR_RULE (prod);
TELAR_RULE (cumsum);
/* gradients-product.c */
TELAR_RULE (matmul);
TELAR_RULE (conv);
TELAR_RULE (conv_input_grad);
TELAR_RULE (conv_weight_grad);
TELAR_RULE (max_pool);
TELAR_RULE (avg_pool);
TELAR_RULE (avg_pool_grad);
/* gradients-norm.c */
TELAR_RULE (softmax);
TELAR_RULE (log_softmax);
TELAR_RULE (batch_norm);
TELAR_RULE (batch_norm_train);
TELAR_RULE (layer_norm);
/* gradients-recurrent.c */
TELAR_RULE (lstm);
TELAR_RULE (gru);
#undef TELAR_RULE

G_END_DECLS
