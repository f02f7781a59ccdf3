/* Arithmetic, comparisons, reductions and activations in Keras. */
#include "engine/code/private.h"

#include <string.h>

/* --- what takes more than a line -------------------------------------------------------------- */

/* Whole numbers stay exact. */
static void
emit_floor_div (CodePiece *p)
{
  gboolean down = g_str_equal (code_text (p, "rounding"), "down");

  code_forward (p, down ? "ops.floor_divide($0, $1)"
                        : "ops.sign($0) * ops.sign($1) * (ops.abs($0) // ops.abs($1))");
}

static void
emit_mod (CodePiece *p)
{
  gboolean divisor = g_str_equal (code_text (p, "sign"), "divisor");

  code_forward (p, "ops.%s($0, $1)", divisor ? "mod" : "fmod");
}

static void
emit_cast (CodePiece *p)
{
  code_forward (p, "ops.cast($0, \"%s\")", code_dtype (code_output_type (p, 0)->dtype));
}

static void
emit_range (CodePiece *p)
{
  g_autofree char *text = code_fill (p, "ops.arange({start}, {limit}, {step}");

  code_forward (p, "%s, dtype=\"%s\")", text, code_dtype (code_output_type (p, 0)->dtype));
}

static void
emit_is_inf (CodePiece *p)
{
  gboolean up = code_bool (p, "positive"), down = code_bool (p, "negative");

  code_forward (p, up && down ? "ops.isinf($0)"
                   : up       ? "ops.isposinf($0)"
                   : down     ? "ops.isneginf($0)"
                              : "ops.zeros_like($0, dtype=\"bool\")");
}

/* One truth value for each row. */
static void
emit_if (CodePiece *p)
{
  guint rank = code_output_type (p, 0)->shape.rank;
  GString *sizes = g_string_new ("(-1,");

  for (guint i = 1; i < rank; i++)
    g_string_append (sizes, i > 1 ? ", 1" : " 1");
  code_forward (p, "ops.where(ops.reshape(ops.cast($0, \"bool\"), %s)), $1, $2)", sizes->str);
  g_string_free (sizes, TRUE);
}

static void
emit_shift (CodePiece *p)
{
  code_forward (p, "ops.%s_shift($0, $1)", code_text (p, "direction"));
}

static void
emit_gelu (CodePiece *p)
{
  gboolean exact = g_str_equal (code_text (p, "form"), "exact");

  code_forward (p, "ops.gelu($0, approximate=%s)", exact ? "False" : "True");
}

/* A slope for each channel. */
static void
emit_prelu (CodePiece *p)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  CodeCall *call = code_module (p, "", "layers.PReLU");
  CodeWeight *slope;
  gint64 sizes[TELAR_MAX_RANK] = { shape->dims[1], 1, 1, 1, 1, 1, 1, 1 };
  GString *shared = g_string_new ("[");

  for (guint axis = 2; axis < shape->rank; axis++)
    g_string_append_printf (shared, "%s%u", axis > 2 ? ", " : "", axis);
  if (shape->rank > 2)
    code_keyword (call, "shared_axes", "%s]", shared->str);
  g_string_free (shared, TRUE);
  slope = code_weight_of (p, "", "alpha");
  code_weight_add (p, slope, "slope");
  code_weight_shape (slope, sizes, shape->rank - 1);
  code_forward (p, "self.%s($0)", p->attr);
}

/* The last of several equal ones: the first of the reversed. */
static void
emit_arg (CodePiece *p)
{
  const char *function = p->node->op->name; /* argmax or argmin */
  g_autofree char *keep = code_fill (p, "{keep}");
  guint axis = code_axis (p, "axis");
  gint64 size = code_input_type (p, 0)->shape.dims[axis];

  if (g_str_equal (code_text (p, "equals"), "first"))
    code_forward (p, "ops.%s($0, axis=%u, keepdims=%s)", function, axis, keep);
  else if (size < 0)
    code_refuse (p, "how many rows there are is known to the model only when it runs");
  else
    code_forward (p, "%" G_GINT64_FORMAT " - ops.%s(ops.flip($0, %u), axis=%u, keepdims=%s)",
                  size - 1, function, axis, axis, keep);
}

/* @function with $ for what it is computed of; @neutral: what an exclusive one begins with. */
static void
emit_cumulated (CodePiece *p, const char *function, const char *neutral)
{
  guint axis = code_axis (p, "axis");
  gboolean back = code_bool (p, "reverse");
  g_autofree char *of = back ? g_strdup_printf ("ops.flip($0, %u)", axis) : g_strdup ("$0");
  g_autofree char *text = g_strdup_printf ("ops.%s(%s, %u)", function, of, axis);

  if (code_bool (p, "exclusive")) {
    g_autofree char *inner = g_steal_pointer (&text);
    code_need (p, "shifted");
    text = g_strdup_printf ("shifted(%s, %u, %s)", inner, axis, neutral);
  }
  if (back)
    code_forward (p, "ops.flip(%s, %u)", text, axis);
  else
    code_forward (p, "%s", text);
}

static void
emit_cumsum (CodePiece *p)
{
  emit_cumulated (p, "cumsum", "0");
}

static void
emit_cumprod (CodePiece *p)
{
  emit_cumulated (p, "cumprod", "1");
}

static void
emit_scanned (CodePiece *p)
{
  code_forward (p, "ops.associative_scan(ops.%s, $0, reverse=%s, axis=%u)",
                g_str_equal (p->node->op->name, "cummax") ? "maximum" : "minimum",
                code_bool (p, "reverse") ? "True" : "False", code_axis (p, "axis"));
}

static void
emit_matmul (CodePiece *p)
{
  code_forward (p, "ops.matmul(%s, %s)",
                code_bool (p, "transpose_a") ? "ops.swapaxes($0, -1, -2)" : "$0",
                code_bool (p, "transpose_b") ? "ops.swapaxes($1, -1, -2)" : "$1");
}

static void
emit_hardmax (CodePiece *p)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  guint axis = code_axis (p, "axis");

  code_forward (p, "ops.one_hot(ops.argmax($0, axis=%u), %" G_GINT64_FORMAT ", axis=%d)", axis,
                shape->dims[axis], axis + 1 == shape->rank ? -1 : (int)axis);
}

/* --- the table -------------------------------------------------------------------------------- */

#define CALL(op, function)                                                                         \
  {                                                                                                \
    op, "ops." function "($0)"                                                                     \
  }
#define BINARY(op, function)                                                                       \
  {                                                                                                \
    op, "ops." function "($0, $1)"                                                                 \
  }
#define OVER "{axes}, keepdims={keep})"
#define TRUTH(op, function)                                                                        \
  {                                                                                                \
    op, "ops." function "(ops.cast($0, \"bool\"), " OVER                                           \
  }

const CodeEntry code_keras_math[] = {
  { "add", .emit = code_emit_add },
  { "multiply", .emit = code_emit_multiply },
  { "subtract", "$0 - $1" },
  { "divide", "$0 / $1" },
  { "maximum", .emit = code_emit_nested },
  { "minimum", .emit = code_emit_nested },
  { "floor_div", .emit = emit_floor_div },
  { "mod", .emit = emit_mod },
  BINARY ("pow", "power"),
  BINARY ("atan2", "arctan2"),
  { "cast", .emit = emit_cast },
  { "scale", .emit = code_emit_scale },
  { "negate", "-$0" },
  CALL ("abs", "abs"),
  CALL ("sign", "sign"),
  CALL ("exp", "exp"),
  CALL ("expm1", "expm1"),
  CALL ("log", "log"),
  CALL ("log1p", "log1p"),
  CALL ("sqrt", "sqrt"),
  CALL ("rsqrt", "rsqrt"),
  CALL ("square", "square"),
  { "reciprocal", "1 / $0" },
  { "power", "$0 ** {exponent}" },
  { "clip", "ops.clip($0, {minimum}, {maximum})" },
  CALL ("erf", "erf"),
  CALL ("floor", "floor"),
  CALL ("ceil", "ceil"),
  CALL ("round", "round"),
  CALL ("trunc", "trunc"),
  CALL ("stop_gradient", "stop_gradient"),
  CALL ("sin", "sin"),
  CALL ("cos", "cos"),
  CALL ("tan", "tan"),
  CALL ("asin", "arcsin"),
  CALL ("acos", "arccos"),
  CALL ("atan", "arctan"),
  CALL ("sinh", "sinh"),
  CALL ("cosh", "cosh"),
  CALL ("asinh", "arcsinh"),
  CALL ("acosh", "arccosh"),
  CALL ("atanh", "arctanh"),
  BINARY ("equal", "equal"),
  BINARY ("not_equal", "not_equal"),
  BINARY ("less", "less"),
  BINARY ("less_equal", "less_equal"),
  BINARY ("greater", "greater"),
  BINARY ("greater_equal", "greater_equal"),
  BINARY ("and", "logical_and"),
  BINARY ("or", "logical_or"),
  BINARY ("xor", "logical_xor"),
  CALL ("not", "logical_not"),
  CALL ("is_nan", "isnan"),
  { "is_inf", .emit = emit_is_inf },
  { "where", "ops.where(ops.cast($0, \"bool\"), $1, $2)" },
  { "if", .emit = emit_if },
  BINARY ("bitwise_and", "bitwise_and"),
  BINARY ("bitwise_or", "bitwise_or"),
  BINARY ("bitwise_xor", "bitwise_xor"),
  CALL ("bitwise_not", "bitwise_not"),
  { "bit_shift", .emit = emit_shift },

  { "sum", "ops.sum($0, " OVER },
  { "mean", "ops.mean($0, " OVER },
  { "max", "ops.max($0, " OVER },
  { "min", "ops.min($0, " OVER },
  { "prod", "ops.prod($0, " OVER },
  { "l1_norm", "ops.sum(ops.abs($0), " OVER },
  { "l2_norm", "ops.sqrt(ops.sum(ops.square($0), " OVER ")" },
  { "sum_square", "ops.sum(ops.square($0), " OVER },
  { "log_sum", "ops.log(ops.sum($0, " OVER ")" },
  { "logsumexp", "ops.logsumexp($0, " OVER },
  TRUTH ("any", "any"),
  TRUTH ("all", "all"),
  { "var", "variance($0, {axes}, {correction}, {keep})", .helper = "variance" },
  { "std", "ops.sqrt(variance($0, {axes}, {correction}, {keep}))", .helper = "variance" },
  { "argmax", .emit = emit_arg },
  { "argmin", .emit = emit_arg },
  { "cumsum", .emit = emit_cumsum },
  { "cumprod", .emit = emit_cumprod },
  { "cummax", .emit = emit_scanned },
  { "cummin", .emit = emit_scanned },
  { "range", .emit = emit_range },
  { "matmul", .emit = emit_matmul },
  { "einsum", .emit = code_emit_einsum },
  { "outer", "ops.expand_dims($0, -1) * ops.expand_dims($1, -2)" },
  { "dot", "ops.sum($0 * $1, -1)" },
  CALL ("det", "det"),

  CALL ("relu", "relu"),
  { "leaky_relu", "ops.leaky_relu($0, {slope})" },
  { "prelu", .emit = emit_prelu },
  { "elu", "ops.elu($0, {alpha})" },
  CALL ("selu", "selu"),
  { "celu", "ops.celu($0, {alpha})" },
  { "gelu", .emit = emit_gelu },
  CALL ("silu", "silu"),
  { "mish", "$0 * ops.tanh(ops.softplus($0))" },
  CALL ("sigmoid", "sigmoid"),
  CALL ("tanh", "tanh"),
  CALL ("softplus", "softplus"),
  CALL ("softsign", "softsign"),
  CALL ("log_sigmoid", "log_sigmoid"),
  { "squared_relu", "ops.square(ops.relu($0))" },
  CALL ("tanh_shrink", "tanh_shrink"),
  { "softmax", "ops.softmax($0, axis={axis})" },
  { "log_softmax", "ops.log_softmax($0, axis={axis})" },
  { "softmin", "ops.softmax(-$0, axis={axis})" },
  { "hardmax", .emit = emit_hardmax },
  { "hard_sigmoid", "ops.clip($0 * {slope} + {offset}, 0, 1)" },
  { "hard_swish", "$0 * ops.clip($0 * {slope} + {offset}, 0, 1)" },
  { "hard_tanh", "ops.clip($0, {low}, {high})" },
  { "thresholded_relu", "ops.threshold($0, {threshold}, 0.0)" },
  { "shrink", "shrink($0, {threshold}, {bias})", .helper = "shrink" },
  { "glu", "ops.glu($0, axis={axis})" },
  { "reglu", "gated($0, {axis}, ops.relu)", .helper = "gated" },
  { "geglu", "gated($0, {axis}, gelu)", .helper = "gelu" },
  { "swiglu", "gated($0, {axis}, ops.silu)", .helper = "gated" },
  { NULL },
};
