/* Arithmetic, comparisons, reductions and activations in PyTorch. */
#include "engine/code/private.h"

#include <math.h>
#include <string.h>

/* --- what takes more than a line -------------------------------------------------------------- */

static void
emit_floor_div (CodePiece *p)
{
  gboolean down = g_str_equal (code_text (p, "rounding"), "down");

  code_forward (p,
                down ? "torch.floor_divide($0, $1)" : "torch.div($0, $1, rounding_mode=\"trunc\")");
}

static void
emit_mod (CodePiece *p)
{
  gboolean divisor = g_str_equal (code_text (p, "sign"), "divisor");

  code_forward (p, "torch.%s($0, $1)", divisor ? "remainder" : "fmod");
}

static void
emit_cast (CodePiece *p)
{
  code_forward (p, "$0.to(torch.%s)", code_dtype (code_output_type (p, 0)->dtype));
}

static void
emit_range (CodePiece *p)
{
  g_autofree char *text = code_fill (p, "torch.arange({start}, {limit}, {step})");

  code_forward (p, "%s.to(torch.%s)", text, code_dtype (code_output_type (p, 0)->dtype));
}

static void
emit_is_inf (CodePiece *p)
{
  gboolean up = code_bool (p, "positive"), down = code_bool (p, "negative");

  code_forward (p, up && down ? "torch.isinf($0)"
                   : up       ? "torch.isposinf($0)"
                   : down     ? "torch.isneginf($0)"
                              : "torch.zeros_like($0, dtype=torch.bool)");
}

/* One truth value for each row. */
static void
emit_if (CodePiece *p)
{
  guint rank = code_output_type (p, 0)->shape.rank;
  GString *sizes = g_string_new ("-1");

  for (guint i = 1; i < rank; i++)
    g_string_append (sizes, ", 1");
  code_forward (p, "torch.where($0.bool().reshape(%s), $1, $2)", sizes->str);
  g_string_free (sizes, TRUE);
}

static void
emit_shift (CodePiece *p)
{
  code_forward (p, "$0 %s $1", g_str_equal (code_text (p, "direction"), "left") ? "<<" : ">>");
}

static void
emit_gelu (CodePiece *p)
{
  gboolean exact = g_str_equal (code_text (p, "form"), "exact");

  code_forward (p, exact ? "F.gelu($0)" : "F.gelu($0, approximate=\"tanh\")");
}

static void
emit_prelu (CodePiece *p)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  CodeCall *call = code_module (p, "", "nn.PReLU");
  g_autofree char *initial = code_python_real (code_real (p, "initial"));

  code_positional (call, "num_parameters", "%" G_GINT64_FORMAT, shape->dims[1]);
  code_keyword (call, "init", "%s", initial);
  code_weight (p, "", "weight", "slope", CODE_AS_IS);
  code_forward (p, "self.%s($0)", p->attr);
}

/* Over several axes one after the other, from the last. */
static void
emit_prod (CodePiece *p)
{
  guint n;
  const gint64 *axes = telar_param_set_ints (p->lowered->node->params, "axes", &n);
  gint64 rank = code_input_type (p, 0)->shape.rank;
  GString *text = g_string_new ("$0");

  for (gint64 axis = rank - 1; axis >= 0; axis--)
    for (guint i = 0; i < n; i++)
      if (axes[i] == axis || axes[i] + rank == axis)
        g_string_append_printf (text, ".prod(%" G_GINT64_FORMAT ", keepdim=%s)", axis,
                                code_bool (p, "keep") ? "True" : "False");
  p->forward = g_string_free (text, FALSE);
}

/* The last of several equal ones: the first of the reversed. */
static void
emit_arg (CodePiece *p, const char *function)
{
  g_autofree char *axis = code_fill (p, "{axis}"), *keep = code_fill (p, "{keep}");

  if (g_str_equal (code_text (p, "equals"), "first"))
    code_forward (p, "$0.%s(%s, keepdim=%s)", function, axis, keep);
  else
    code_forward (p, "$0.size(%s) - 1 - $0.flip(%s).%s(%s, keepdim=%s)", axis, axis, function, axis,
                  keep);
}

static void
emit_argmax (CodePiece *p)
{
  emit_arg (p, "argmax");
}

static void
emit_argmin (CodePiece *p)
{
  emit_arg (p, "argmin");
}

static void
emit_cumulated (CodePiece *p, const char *function, const char *neutral)
{
  g_autofree char *axis = code_fill (p, "{axis}");
  gboolean back = code_bool (p, "reverse");
  g_autofree char *turn = back ? g_strdup_printf (".flip(%s)", axis) : g_strdup ("");

  if (code_has (p, "exclusive") && code_bool (p, "exclusive")) {
    code_need (p, "shifted");
    code_forward (p, "shifted($0%s.%s(%s), %s, %s)%s", turn, function, axis, axis, neutral, turn);
    return;
  }
  code_forward (p, "$0%s.%s(%s)%s%s", turn, function, axis, neutral ? "" : ".values", turn);
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
emit_cummax (CodePiece *p)
{
  emit_cumulated (p, "cummax", NULL);
}

static void
emit_cummin (CodePiece *p)
{
  emit_cumulated (p, "cummin", NULL);
}

static void
emit_matmul (CodePiece *p)
{
  code_forward (p, "$0%s @ $1%s", code_bool (p, "transpose_a") ? ".mT" : "",
                code_bool (p, "transpose_b") ? ".mT" : "");
}

/* --- the table -------------------------------------------------------------------------------- */

#define CALL(op, function)                                                                         \
  {                                                                                                \
    op, function "($0)"                                                                            \
  }
#define BINARY(op, sign)                                                                           \
  {                                                                                                \
    op, "$0 " sign " $1"                                                                           \
  }
#define REDUCE(op, text)                                                                           \
  {                                                                                                \
    op, text                                                                                       \
  }
#define KEEP "{axes}, keepdim={keep})"

const CodeEntry code_torch_math[] = {
  { "add", .emit = code_emit_add },
  { "multiply", .emit = code_emit_multiply },
  BINARY ("subtract", "-"),
  BINARY ("divide", "/"),
  { "maximum", .emit = code_emit_nested },
  { "minimum", .emit = code_emit_nested },
  { "floor_div", .emit = emit_floor_div },
  { "mod", .emit = emit_mod },
  BINARY ("pow", "**"),
  { "atan2", "torch.atan2($0, $1)" },
  { "cast", .emit = emit_cast },
  { "scale", .emit = code_emit_scale },
  { "negate", "-$0" },
  CALL ("abs", "torch.abs"),
  CALL ("sign", "torch.sign"),
  CALL ("exp", "torch.exp"),
  CALL ("expm1", "torch.expm1"),
  CALL ("log", "torch.log"),
  CALL ("log1p", "torch.log1p"),
  CALL ("sqrt", "torch.sqrt"),
  CALL ("rsqrt", "torch.rsqrt"),
  CALL ("square", "torch.square"),
  CALL ("reciprocal", "torch.reciprocal"),
  { "power", "$0 ** {exponent}" },
  { "clip", "$0.clamp({minimum}, {maximum})" },
  CALL ("erf", "torch.erf"),
  CALL ("floor", "torch.floor"),
  CALL ("ceil", "torch.ceil"),
  CALL ("round", "torch.round"),
  CALL ("trunc", "torch.trunc"),
  { "stop_gradient", "$0.detach()" },
  CALL ("sin", "torch.sin"),
  CALL ("cos", "torch.cos"),
  CALL ("tan", "torch.tan"),
  CALL ("asin", "torch.asin"),
  CALL ("acos", "torch.acos"),
  CALL ("atan", "torch.atan"),
  CALL ("sinh", "torch.sinh"),
  CALL ("cosh", "torch.cosh"),
  CALL ("asinh", "torch.asinh"),
  CALL ("acosh", "torch.acosh"),
  CALL ("atanh", "torch.atanh"),
  BINARY ("equal", "=="),
  BINARY ("not_equal", "!="),
  BINARY ("less", "<"),
  BINARY ("less_equal", "<="),
  BINARY ("greater", ">"),
  BINARY ("greater_equal", ">="),
  { "and", "torch.logical_and($0, $1)" },
  { "or", "torch.logical_or($0, $1)" },
  { "xor", "torch.logical_xor($0, $1)" },
  CALL ("not", "torch.logical_not"),
  CALL ("is_nan", "torch.isnan"),
  { "is_inf", .emit = emit_is_inf },
  { "where", "torch.where($0.bool(), $1, $2)" },
  { "if", .emit = emit_if },
  BINARY ("bitwise_and", "&"),
  BINARY ("bitwise_or", "|"),
  BINARY ("bitwise_xor", "^"),
  { "bitwise_not", "~$0" },
  { "bit_shift", .emit = emit_shift },

  REDUCE ("sum", "$0.sum(" KEEP),
  REDUCE ("mean", "$0.mean(" KEEP),
  REDUCE ("max", "$0.amax(" KEEP),
  REDUCE ("min", "$0.amin(" KEEP),
  { "prod", .emit = emit_prod },
  REDUCE ("l1_norm", "$0.abs().sum(" KEEP),
  REDUCE ("l2_norm", "$0.square().sum(" KEEP ".sqrt()"),
  REDUCE ("sum_square", "$0.square().sum(" KEEP),
  REDUCE ("log_sum", "$0.sum(" KEEP ".log()"),
  REDUCE ("logsumexp", "$0.logsumexp(" KEEP),
  REDUCE ("any", "$0.bool().any(" KEEP),
  REDUCE ("all", "$0.bool().all(" KEEP),
  REDUCE ("var", "$0.var({axes}, correction={correction}, keepdim={keep})"),
  REDUCE ("std", "$0.std({axes}, correction={correction}, keepdim={keep})"),
  { "argmax", .emit = emit_argmax },
  { "argmin", .emit = emit_argmin },
  { "cumsum", .emit = emit_cumsum },
  { "cumprod", .emit = emit_cumprod },
  { "cummax", .emit = emit_cummax },
  { "cummin", .emit = emit_cummin },
  { "range", .emit = emit_range },
  { "matmul", .emit = emit_matmul },
  { "einsum", .emit = code_emit_einsum },
  { "outer", "$0.unsqueeze(-1) * $1.unsqueeze(-2)" },
  { "dot", "($0 * $1).sum(-1)" },
  CALL ("det", "torch.linalg.det"),

  CALL ("relu", "F.relu"),
  { "leaky_relu", "F.leaky_relu($0, {slope})" },
  { "prelu", .emit = emit_prelu },
  { "elu", "F.elu($0, {alpha})" },
  CALL ("selu", "F.selu"),
  { "celu", "F.celu($0, {alpha})" },
  { "gelu", .emit = emit_gelu },
  CALL ("silu", "F.silu"),
  CALL ("mish", "F.mish"),
  CALL ("sigmoid", "torch.sigmoid"),
  CALL ("tanh", "torch.tanh"),
  CALL ("softplus", "F.softplus"),
  CALL ("softsign", "F.softsign"),
  CALL ("log_sigmoid", "F.logsigmoid"),
  { "squared_relu", "F.relu($0).square()" },
  CALL ("tanh_shrink", "F.tanhshrink"),
  { "softmax", "F.softmax($0, dim={axis})" },
  { "log_softmax", "F.log_softmax($0, dim={axis})" },
  { "softmin", "F.softmin($0, dim={axis})" },
  { "hardmax", "hardmax($0, {axis})", .helper = "hardmax" },
  { "hard_sigmoid", "($0 * {slope} + {offset}).clamp(0, 1)" },
  { "hard_swish", "$0 * ($0 * {slope} + {offset}).clamp(0, 1)" },
  { "hard_tanh", "F.hardtanh($0, {low}, {high})" },
  { "thresholded_relu", "F.threshold($0, {threshold}, 0.0)" },
  { "shrink", "shrink($0, {threshold}, {bias})", .helper = "shrink" },
  { "glu", "F.glu($0, {axis})" },
  { "reglu", "gated($0, {axis}, F.relu)", .helper = "gated" },
  { "geglu", "gated($0, {axis}, F.gelu)", .helper = "gated" },
  { "swiglu", "gated($0, {axis}, F.silu)", .helper = "gated" },
  { NULL },
};
