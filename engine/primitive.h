/* The primitives of the IR. Each one's facts stand once, in the table below; its type rule is in
 * engine/compiler/types.c, its gradient in engine/compiler/gradients-*.c, its specification in
 * engine/devices/ref.
 *
 * Columns: NAME, text name, least and most inputs (255: any), outputs, flags.
 * Flags: E elementwise (binary ones broadcast as NumPy does), C commutative, I may write its result
 * over its first input, R random, S source (no inputs), B layout-sensitive (attribute layout). */
#pragma once

#include "engine/tensor.h"

G_BEGIN_DECLS

/* clang-format off */
#define TELAR_PRIMITIVES(P)                                                                        \
  /* sources */                                                                                    \
  P (INPUT, "input", 0, 0, 1, S)       /* name, dtype, shape: what the caller or feed gives */     \
  P (STATE, "state", 0, 0, 1, S)       /* name: a parameter, buffer or optimizer slot */           \
  P (CONSTANT, "constant", 0, 0, 1, S) /* value */                                                 \
  P (FILL, "fill", 0, 0, 1, S)         /* fill, dtype, shape */                                    \
  P (IOTA, "iota", 0, 0, 1, S)         /* dtype, shape, axis: the index along axis */              \
  P (UNIFORM, "uniform", 0, 0, 1, S | R) /* shape, stream: [0,1) f32, Philox */                    \
  P (NORMAL, "normal", 0, 0, 1, S | R)   /* shape, stream: N(0,1) f32, Philox */                   \
  /* elementwise, one input */                                                                     \
  P (NEG, "neg", 1, 1, 1, E | I)                                                                   \
  P (ABS, "abs", 1, 1, 1, E | I)                                                                   \
  P (SIGN, "sign", 1, 1, 1, E | I)                                                                 \
  P (EXP, "exp", 1, 1, 1, E | I)                                                                   \
  P (LOG, "log", 1, 1, 1, E | I)                                                                   \
  P (LOG1P, "log1p", 1, 1, 1, E | I)                                                               \
  P (SQRT, "sqrt", 1, 1, 1, E | I)                                                                 \
  P (RSQRT, "rsqrt", 1, 1, 1, E | I)                                                               \
  P (RECIPROCAL, "reciprocal", 1, 1, 1, E | I)                                                     \
  P (SIN, "sin", 1, 1, 1, E | I)                                                                   \
  P (COS, "cos", 1, 1, 1, E | I)                                                                   \
  P (ATAN, "atan", 1, 1, 1, E | I)                                                                 \
  P (TANH, "tanh", 1, 1, 1, E | I)                                                                 \
  P (SIGMOID, "sigmoid", 1, 1, 1, E | I)                                                           \
  P (SOFTPLUS, "softplus", 1, 1, 1, E | I)                                                         \
  P (ERF, "erf", 1, 1, 1, E | I)                                                                   \
  P (FLOOR, "floor", 1, 1, 1, E | I)                                                               \
  P (CEIL, "ceil", 1, 1, 1, E | I)                                                                 \
  P (ROUND, "round", 1, 1, 1, E | I) /* half to even */                                            \
  P (RELU, "relu", 1, 1, 1, E | I)                                                                 \
  P (NOT, "not", 1, 1, 1, E | I)                                                                   \
  P (BIT_NOT, "bit_not", 1, 1, 1, E | I)                                                           \
  P (ISNAN, "isnan", 1, 1, 1, E)                                                                   \
  P (CAST, "cast", 1, 1, 1, E) /* dtype */                                                         \
  P (STOP, "stop", 1, 1, 1, E | I) /* the same numbers, through which no gradient goes */          \
  /* elementwise, two or three inputs, broadcasting */                                             \
  P (ADD, "add", 2, 2, 1, E | C | I)                                                               \
  P (SUB, "sub", 2, 2, 1, E | I)                                                                   \
  P (MUL, "mul", 2, 2, 1, E | C | I)                                                               \
  P (DIV, "div", 2, 2, 1, E | I)                                                                   \
  P (POW, "pow", 2, 2, 1, E | I)                                                                   \
  P (MAXIMUM, "maximum", 2, 2, 1, E | C | I)                                                       \
  P (MINIMUM, "minimum", 2, 2, 1, E | C | I)                                                       \
  P (MOD, "mod", 2, 2, 1, E | I) /* sign of the divisor, as NumPy */                               \
  P (EQUAL, "equal", 2, 2, 1, E | C)                                                               \
  P (LESS, "less", 2, 2, 1, E)                                                                     \
  P (LESS_EQUAL, "less_equal", 2, 2, 1, E)                                                         \
  P (AND, "and", 2, 2, 1, E | C)                                                                   \
  P (OR, "or", 2, 2, 1, E | C)                                                                     \
  P (BIT_AND, "bit_and", 2, 2, 1, E | C | I)                                                       \
  P (BIT_OR, "bit_or", 2, 2, 1, E | C | I)                                                         \
  P (BIT_XOR, "bit_xor", 2, 2, 1, E | C | I)                                                       \
  P (SHIFT_LEFT, "shift_left", 2, 2, 1, E | I)   /* by all bits or more: 0 */                      \
  P (SHIFT_RIGHT, "shift_right", 2, 2, 1, E | I) /* the sign moves in */                           \
  P (SELECT, "select", 3, 3, 1, E) /* condition ? a : b */                                         \
  /* shape */                                                                                      \
  P (RESHAPE, "reshape", 1, 1, 1, I)     /* shape */                                               \
  P (TRANSPOSE, "transpose", 1, 1, 1, 0) /* perm: output axis i is input axis perm[i] */           \
  P (BROADCAST, "broadcast", 1, 1, 1, 0) /* shape, as NumPy's broadcast_to */                      \
  P (SLICE, "slice", 1, 1, 1, 0) /* start, limit, stride per axis; a symbolic axis whole */        \
  P (PAD, "pad", 1, 1, 1, 0)     /* low, high, interior per axis, fill */                          \
  P (CONCAT, "concat", 1, 255, 1, 0) /* axis */                                                    \
  P (REVERSE, "reverse", 1, 1, 1, 0) /* axes */                                                    \
  P (GATHER, "gather", 2, 2, 1, 0) /* data, indices; axis: data[:axis] + indices + data[axis+1:] */ \
  P (SCATTER_ADD, "scatter_add", 2, 2, 1, 0) /* updates, indices; axis, size: gather's gradient */ \
  P (ONE_HOT, "one_hot", 1, 1, 1, 0) /* indices; size, dtype: a new last axis */                   \
  /* reductions */                                                                                 \
  P (SUM, "sum", 1, 1, 1, 0)   /* axes, keep */                                                    \
  P (MEAN, "mean", 1, 1, 1, 0) /* axes, keep */                                                    \
  P (MAX, "max", 1, 1, 1, 0)   /* axes, keep */                                                    \
  P (MIN, "min", 1, 1, 1, 0)   /* axes, keep */                                                    \
  P (PROD, "prod", 1, 1, 1, 0) /* axes, keep */                                                    \
  P (ARGMAX, "argmax", 1, 1, 1, 0) /* axis, keep: i64, the first of equals */                      \
  P (ARGMIN, "argmin", 1, 1, 1, 0) /* axis, keep */                                                \
  P (CUMSUM, "cumsum", 1, 1, 1, 0) /* axis, exclusive, reverse */                                  \
  P (ARGSORT, "argsort", 1, 1, 1, 0) /* axis, reverse: i64, the places in ascending (reverse:      \
                                        descending) order, equals as they stand, NaN as largest */ \
  P (COUNT, "count", 1, 1, 1, 0)   /* axes: number of elements over them, scalar of x's type */    \
  /* products. A third input is a bias; activation is none or an elementwise primitive */          \
  P (MATMUL, "matmul", 2, 3, 1, 0) /* trans_a, trans_b, activation; batch axes broadcast */        \
  P (CONV, "conv", 2, 3, 1, B) /* x, w[out,in/groups,k…]; stride, pad (low…, high…), dilation,     \
                                  groups, activation */                                            \
  P (CONV_INPUT_GRAD, "conv_input_grad", 2, 2, 1, B)   /* dy, w; as conv, and shape of x */        \
  P (CONV_WEIGHT_GRAD, "conv_weight_grad", 2, 2, 1, B) /* x, dy; as conv, and shape of w */        \
  P (MAX_POOL, "max_pool", 1, 1, 1, B) /* kernel, stride, pad, dilation */                         \
  P (MAX_POOL_GRAD, "max_pool_grad", 3, 3, 1, B) /* x, y, dy: to the first maximum */              \
  P (AVG_POOL, "avg_pool", 1, 1, 1, B) /* kernel, stride, pad, count_pad */                        \
  P (AVG_POOL_GRAD, "avg_pool_grad", 1, 1, 1, B) /* dy; as avg_pool, and shape of x */             \
  /* normalisation and probability */                                                              \
  P (SOFTMAX, "softmax", 1, 1, 1, I)         /* axis */                                            \
  P (LOG_SOFTMAX, "log_softmax", 1, 1, 1, I) /* axis */                                            \
  P (BATCH_NORM, "batch_norm", 5, 5, 1, B)   /* x, scale, bias, mean, variance; epsilon */         \
  P (BATCH_NORM_TRAIN, "batch_norm_train", 3, 3, 3, B) /* x, scale, bias; epsilon -> y, mean,      \
                                                          biased variance */                       \
  P (BATCH_NORM_GRAD, "batch_norm_grad", 5, 5, 3, B) /* x, dy, scale, mean, variance; epsilon ->   \
                                                        dx, dscale, dbias */                       \
  P (LAYER_NORM, "layer_norm", 3, 3, 3, 0) /* x, scale, bias; axis (first of those normalised),    \
                                              epsilon -> y, mean, 1/deviation (axes before) */     \
  P (LAYER_NORM_GRAD, "layer_norm_grad", 5, 5, 3, 0) /* x, dy, scale, mean, 1/deviation; axis ->   \
                                                        dx, dscale, dbias */                       \
  /* recurrent layers in one direction, batch × steps × features. x is the product with the inputs and \
     its biases, w [G·H, H] the recurrent weights, in PyTorch's order of gates; states [N, H] */     \
  P (LSTM, "lstm", 4, 4, 3, I)      /* x, w, h, c; reverse -> gates [N, T, 4·H], h and c of all      \
                                       steps, [N, T, H] */                                           \
  P (LSTM_GRAD, "lstm_grad", 5, 6, 3, I) /* gates, c of all steps, w, c, dh, (dc of all steps);      \
                                            reverse -> dx, dh, dc */                                 \
  P (GRU, "gru", 4, 4, 3, 0)        /* x, w, b [3·H], h; reverse -> gates [N, T, 3·H], what the      \
                                       reset gate multiplies [N, T, H], h of all steps */            \
  P (GRU_GRAD, "gru_grad", 6, 6, 3, I) /* gates, that, w, h, h of all steps, dh; reverse -> dx,      \
                                          gradient of w·h + b, dh */                                 \
  /* optimizers: parameter, gradient, slots…, learning rate -> new parameter, new slots */         \
  P (SGD, "sgd", 4, 4, 2, I)  /* p, g, velocity, lr; momentum, nesterov, weight_decay */           \
  P (ADAM, "adam", 6, 6, 3, I) /* p, g, m, v, lr, t (f32, 1 at first); beta1, beta2, epsilon,      \
                                  weight_decay, decoupled */                                       \
  /* regions */                                                                                    \
  P (FUSED, "fused", 1, 255, 255, 0) /* body: elementwise primitives and scalar \
                                        constants, one pass over memory; results of one shape */

/* clang-format on */

typedef enum {
#define P(NAME, text, least, most, outputs, flags) TELAR_PRIM_##NAME,
  TELAR_PRIMITIVES (P)
#undef P
      TELAR_N_PRIMS
} TelarPrim;
#define TELAR_PRIM_NONE TELAR_N_PRIMS

typedef enum {
  TELAR_PRIM_ELEMENTWISE = 1 << 0,
  TELAR_PRIM_COMMUTATIVE = 1 << 1,
  TELAR_PRIM_IN_PLACE = 1 << 2,
  TELAR_PRIM_RANDOM = 1 << 3,
  TELAR_PRIM_SOURCE = 1 << 4,
  TELAR_PRIM_LAYOUT = 1 << 5,
} TelarPrimFlags;

#define TELAR_ANY 255

typedef struct {
  const char *name;
  guint8 least_inputs, most_inputs, outputs; /* outputs TELAR_ANY: as many as the body returns */
  TelarPrimFlags flags;
} TelarPrimInfo;

const TelarPrimInfo *telar_prim_info (TelarPrim prim);
/* TELAR_PRIM_NONE when there is none of that name. */
TelarPrim telar_prim_from_name (const char *name);

/* --- attributes ------------------------------------------------------------------------------- */

/* NAME, text name, kind. An attribute that is absent has the default in the comment. */
/* clang-format off */
#define TELAR_ATTRS(A)                                                                             \
  A (NAME, "name", STRING)                                                                         \
  A (VALUE, "value", TENSOR)                                                                       \
  A (FILL, "fill", REAL) /* 0 */                                                                   \
  A (DTYPE, "dtype", DTYPE)                                                                        \
  A (SHAPE, "shape", INTS) /* may be symbolic */                                                   \
  A (AXIS, "axis", INT)    /* never negative in the IR */                                          \
  A (AXES, "axes", INTS)   /* sorted, never negative */                                            \
  A (KEEP, "keep", INT)    /* 0 */                                                                 \
  A (PERM, "perm", INTS)                                                                           \
  A (START, "start", INTS)                                                                         \
  A (LIMIT, "limit", INTS) /* -1 on a symbolic axis: to its end */                                 \
  A (STRIDE, "stride", INTS)                                                                       \
  A (LOW, "low", INTS)                                                                             \
  A (HIGH, "high", INTS)                                                                           \
  A (INTERIOR, "interior", INTS) /* zeros */                                                       \
  A (PAD, "pad", INTS)           /* zeros; low of each spatial axis, then high of each */          \
  A (DILATION, "dilation", INTS) /* ones */                                                        \
  A (KERNEL, "kernel", INTS)                                                                       \
  A (GROUPS, "groups", INT) /* 1 */                                                                \
  A (LAYOUT, "layout", INT) /* 0 channels first (N,C,…), 1 channels last (N,…,C) */                \
  A (TRANS_A, "trans_a", INT) /* 0 */                                                              \
  A (TRANS_B, "trans_b", INT) /* 0 */                                                              \
  A (ACTIVATION, "activation", PRIM) /* none */                                                    \
  A (COUNT_PAD, "count_pad", INT)    /* 0 */                                                       \
  A (SIZE, "size", INT)                                                                            \
  A (EXCLUSIVE, "exclusive", INT) /* 0 */                                                          \
  A (REVERSE, "reverse", INT)     /* 0 */                                                          \
  A (STREAM, "stream", INT)                                                                        \
  A (EPSILON, "epsilon", REAL)                                                                     \
  A (MOMENTUM, "momentum", REAL) /* 0 */                                                           \
  A (NESTEROV, "nesterov", INT) /* 0 */                                                            \
  A (WEIGHT_DECAY, "weight_decay", REAL) /* 0 */                                                   \
  A (DECOUPLED, "decoupled", INT) /* 0 */                                                          \
  A (BETA1, "beta1", REAL)                                                                         \
  A (BETA2, "beta2", REAL)

/* clang-format on */

typedef enum {
#define A(NAME, text, kind) TELAR_ATTR_##NAME,
  TELAR_ATTRS (A)
#undef A
      TELAR_N_ATTRS
} TelarAttrKey;

typedef enum {
  TELAR_ATTR_KIND_INT,
  TELAR_ATTR_KIND_INTS,
  TELAR_ATTR_KIND_REAL,
  TELAR_ATTR_KIND_STRING,
  TELAR_ATTR_KIND_TENSOR,
  TELAR_ATTR_KIND_DTYPE,
  TELAR_ATTR_KIND_PRIM,
} TelarAttrKind;

typedef struct {
  TelarAttrKey key;
  guint n; /* of ints */
  union {
    gint64 integer; /* INT, DTYPE, PRIM */
    double real;
    const gint64 *ints;
    const char *string;
    TelarTensor *tensor; /* the program holds a reference */
  };
} TelarAttr;

const char *telar_attr_name (TelarAttrKey key);
TelarAttrKind telar_attr_kind (TelarAttrKey key);
/* TELAR_N_ATTRS when there is none of that name. */
TelarAttrKey telar_attr_from_name (const char *name);

/* For writing attribute lists in place: TELAR_INTS (STRIDE, stride, 2), TELAR_INT (AXIS, 1), … */
#define TELAR_INT(KEY, v)  ((TelarAttr){ .key = TELAR_ATTR_##KEY, .integer = (v) })
#define TELAR_REAL(KEY, v) ((TelarAttr){ .key = TELAR_ATTR_##KEY, .real = (v) })
#define TELAR_INTS(KEY, v, count)                                                                  \
  ((TelarAttr){ .key = TELAR_ATTR_##KEY, .n = (guint)(count), .ints = (v) })
#define TELAR_STRING(KEY, v) ((TelarAttr){ .key = TELAR_ATTR_##KEY, .string = (v) })

G_END_DECLS
