/* Elementwise operators: arithmetic, comparison, logic, activations. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>
#include <string.h>

/* --- one primitive ---------------------------------------------------------------------------- */

/* clang-format off */
#define DIRECT(D)                                                                                  \
  D (Abs, ABS) \
  D (Add, ADD) \
  D (And, AND) \
  D (Atan, ATAN) \
  D (Ceil, CEIL) \
  D (Cos, COS) \
  D (Div, DIV) \
  D (Erf, ERF) \
  D (Exp, EXP) \
  D (Floor, FLOOR) \
  D (IsNaN, ISNAN) \
  D (Less, LESS) \
  D (LessOrEqual, LESS_EQUAL) \
  D (Log, LOG) \
  D (Mul, MUL) \
  D (Neg, NEG) \
  D (Not, NOT) \
  D (Or, OR) \
  D (Reciprocal, RECIPROCAL) \
  D (Relu, RELU) \
  D (Round, ROUND) \
  D (Sigmoid, SIGMOID) \
  D (Sign, SIGN) \
  D (Sin, SIN) \
  D (Softplus, SOFTPLUS) \
  D (Sqrt, SQRT) \
  D (Sub, SUB) \
  D (Tanh, TANH)
/* clang-format on */

static void
trace_primitive (OnnxCall *call, TelarPrim prim)
{
  guint n = telar_prim_info (prim)->least_inputs;
  TelarValue inputs[2] = { onnx_call_in (call, 0), n > 1 ? onnx_call_in (call, 1) : 0 };
  onnx_call_out (call, 0, telar_build (call->b, prim, inputs, n, NULL, 0));
}

#define DEFINE(name, PRIM)                                                                         \
  static void trace_##name (OnnxCall *call)                                                        \
  {                                                                                                \
    trace_primitive (call, TELAR_PRIM_##PRIM);                                                     \
  }
DIRECT (DEFINE)
#undef DEFINE

/* --- comparison and logic --------------------------------------------------------------------- */

/* Of numbers, or of strings. */
static void
trace_equal (OnnxCall *call)
{
  if (onnx_call_has (call, 0) && call->inputs[0]->kind == TELAR_ONNX_STRINGS)
    onnx_equal_strings (call);
  else
    trace_primitive (call, TELAR_PRIM_EQUAL);
}

static void
trace_greater (OnnxCall *call)
{
  TelarPrim prim =
      g_str_equal (call->node->op_type, "Greater") ? TELAR_PRIM_LESS : TELAR_PRIM_LESS_EQUAL;
  TelarValue x = onnx_call_in (call, 0), y = onnx_call_in (call, 1);
  onnx_call_out (call, 0, telar_build_binary (call->b, prim, y, x));
}

static void
trace_xor (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0), y = onnx_call_in (call, 1);
  onnx_call_out (call, 0, telar_emit_xor (call->b, x, y));
}

static void
trace_where (OnnxCall *call)
{
  TelarValue condition = onnx_call_in (call, 0);
  TelarValue x = onnx_call_in (call, 1), y = onnx_call_in (call, 2);
  onnx_call_out (call, 0, telar_build_select (call->b, condition, x, y));
}

static void
trace_is_inf (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  onnx_call_out (call, 0,
                 telar_emit_is_inf (call->b, x,
                                    onnx_call_attr_int (call, "detect_positive", 1) != 0,
                                    onnx_call_attr_int (call, "detect_negative", 1) != 0));
}

/* --- arithmetic ------------------------------------------------------------------------------- */

/* The exponent may be of another type. */
static void
trace_pow (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0), y = onnx_call_in (call, 1);
  onnx_call_out (call, 0, telar_emit_pow (call->b, x, y));
}

static void
trace_mod (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0), y = onnx_call_in (call, 1);
  onnx_call_out (call, 0,
                 telar_emit_mod (call->b, x, y, onnx_call_attr_int (call, "fmod", 0) != 0));
}

/* Any number of inputs, two by two. */
static void
trace_many (OnnxCall *call)
{
  const char *op = call->node->op_type;
  TelarPrim prim = g_str_equal (op, "Max")   ? TELAR_PRIM_MAXIMUM
                   : g_str_equal (op, "Min") ? TELAR_PRIM_MINIMUM
                                             : TELAR_PRIM_ADD;
  TelarValue result = onnx_call_in (call, 0);
  for (guint i = 1; i < call->n_inputs; i++)
    result = telar_build_binary (call->b, prim, result, onnx_call_in (call, i));
  if (g_str_equal (op, "Mean"))
    result = telar_build_binary_scalar (call->b, TELAR_PRIM_DIV, result, call->n_inputs);
  onnx_call_out (call, 0, result);
}

/* Limits are attributes before version 11, inputs since. */
static void
trace_clip (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  if (call->version < 11) {
    if (onnx_call_attr (call, "min"))
      x = telar_build_binary_scalar (call->b, TELAR_PRIM_MAXIMUM, x,
                                     onnx_call_attr_real (call, "min", 0));
    if (onnx_call_attr (call, "max"))
      x = telar_build_binary_scalar (call->b, TELAR_PRIM_MINIMUM, x,
                                     onnx_call_attr_real (call, "max", 0));
  } else {
    if (onnx_call_has (call, 1))
      x = telar_build_binary (call->b, TELAR_PRIM_MAXIMUM, x, onnx_call_in (call, 1));
    if (onnx_call_has (call, 2))
      x = telar_build_binary (call->b, TELAR_PRIM_MINIMUM, x, onnx_call_in (call, 2));
  }
  onnx_call_out (call, 0, x);
}

/* x · sigmoid (alpha · x); SwiGLU multiplies that by its second input. */
static void
trace_swish (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  TelarValue gate = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, x,
                                               onnx_call_attr_real (call, "alpha", 1));
  gate = telar_build_unary (call->b, TELAR_PRIM_SIGMOID, gate);
  x = telar_build_binary (call->b, TELAR_PRIM_MUL, x, gate);
  if (g_str_equal (call->node->op_type, "SwiGLU"))
    x = telar_build_binary (call->b, TELAR_PRIM_MUL, x, onnx_call_in (call, 1));
  onnx_call_out (call, 0, x);
}

/* x · tanh (softplus x); Misra, "Mish: a self regularized non-monotonic activation function", 2019.
 */
static void
trace_mish (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  TelarValue gate = telar_build_unary (call->b, TELAR_PRIM_SOFTPLUS, x);
  gate = telar_build_unary (call->b, TELAR_PRIM_TANH, gate);
  onnx_call_out (call, 0, telar_build_binary (call->b, TELAR_PRIM_MUL, x, gate));
}

/* x/2 · (1 + erf (x/√2)), or with tanh (√(2/π) (x + 0.044715 x³)) in place of erf; Hendrycks,
 * Gimpel, "Gaussian error linear units", 2016. */
static void
trace_gelu (OnnxCall *call)
{
  g_autofree char *approximate = onnx_call_attr_text (call, "approximate", "none");
  TelarValue x = onnx_call_in (call, 0), gate;
  if (g_str_equal (approximate, "tanh")) {
    gate = telar_build_binary (call->b, TELAR_PRIM_MUL, x, x);
    gate = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, gate, 0.044715);
    gate = telar_build_binary_scalar (call->b, TELAR_PRIM_ADD, gate, 1);
    gate = telar_build_binary (call->b, TELAR_PRIM_MUL, gate, x);
    gate = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, gate, M_SQRT1_2 * M_2_SQRTPI);
    gate = telar_build_unary (call->b, TELAR_PRIM_TANH, gate);
  } else {
    gate = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, x, M_SQRT1_2);
    gate = telar_build_unary (call->b, TELAR_PRIM_ERF, gate);
  }
  gate = telar_build_binary_scalar (call->b, TELAR_PRIM_ADD, gate, 1);
  x = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, x, 0.5);
  onnx_call_out (call, 0, telar_build_binary (call->b, TELAR_PRIM_MUL, x, gate));
}

/* --- activations ------------------------------------------------------------------------------ */

static void
trace_leaky_relu (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  TelarValue below = telar_build_binary_scalar (call->b, TELAR_PRIM_MINIMUM, x, 0);
  below = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, below,
                                     onnx_call_attr_real (call, "alpha", 0.01));
  onnx_call_out (call, 0,
                 telar_build_binary (call->b, TELAR_PRIM_ADD, below,
                                     telar_build_unary (call->b, TELAR_PRIM_RELU, x)));
}

/* The slopes broadcast from the right; before version 7 a list of them is one for each channel. */
static TelarValue
slopes_of (OnnxCall *call)
{
  TelarShape x = onnx_call_type (call, 0).shape, slope = onnx_call_type (call, 1).shape;
  TelarValue value = onnx_call_in (call, 1);
  if (call->version >= 7 || slope.rank != 1 || x.rank < 2 || slope.dims[0] != x.dims[1])
    return value;
  for (guint i = 0; i < x.rank; i++)
    x.dims[i] = i == 1 ? slope.dims[0] : 1;
  return telar_build_reshape (call->b, value, &x);
}

static void
trace_prelu (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  TelarValue below = telar_build_binary_scalar (call->b, TELAR_PRIM_MINIMUM, x, 0);
  below = telar_build_binary (call->b, TELAR_PRIM_MUL, below, slopes_of (call));
  onnx_call_out (call, 0,
                 telar_build_binary (call->b, TELAR_PRIM_ADD, below,
                                     telar_build_unary (call->b, TELAR_PRIM_RELU, x)));
}

/* gain · (max(x, 0) + alpha · (exp(min(x, 0) / width) - 1)): ELU, SELU, CELU. */
static void
trace_exponential_linear (OnnxCall *call)
{
  const char *op = call->node->op_type;
  gboolean selu = g_str_equal (op, "Selu"), celu = g_str_equal (op, "Celu");
  double alpha = onnx_call_attr_real (call, "alpha", selu ? 1.67326319217681884765625 : 1);
  double gain = selu ? onnx_call_attr_real (call, "gamma", 1.05070102214813232421875) : 1;
  TelarValue x = onnx_call_in (call, 0);
  TelarValue below = telar_build_binary_scalar (call->b, TELAR_PRIM_MINIMUM, x, 0);
  if (celu)
    below = telar_build_binary_scalar (call->b, TELAR_PRIM_DIV, below, alpha);
  below = telar_build_unary (call->b, TELAR_PRIM_EXP, below);
  below = telar_build_binary_scalar (call->b, TELAR_PRIM_SUB, below, 1);
  below = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, below, alpha);
  x = telar_build_binary (call->b, TELAR_PRIM_ADD, below,
                          telar_build_unary (call->b, TELAR_PRIM_RELU, x));
  onnx_call_out (call, 0, telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, x, gain));
}

static TelarValue
hard_sigmoid (OnnxCall *call, TelarValue x, double alpha, double beta)
{
  x = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, x, alpha);
  x = telar_build_binary_scalar (call->b, TELAR_PRIM_ADD, x, beta);
  x = telar_build_binary_scalar (call->b, TELAR_PRIM_MAXIMUM, x, 0);
  return telar_build_binary_scalar (call->b, TELAR_PRIM_MINIMUM, x, 1);
}

static void
trace_hard (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  if (g_str_equal (call->node->op_type, "HardSwish"))
    x = telar_build_binary (call->b, TELAR_PRIM_MUL, x, hard_sigmoid (call, x, 1.0 / 6, 0.5));
  else
    x = hard_sigmoid (call, x, onnx_call_attr_real (call, "alpha", 0.2),
                      onnx_call_attr_real (call, "beta", 0.5));
  onnx_call_out (call, 0, x);
}

static void
trace_softsign (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  TelarValue below = telar_build_binary_scalar (call->b, TELAR_PRIM_ADD,
                                                telar_build_unary (call->b, TELAR_PRIM_ABS, x), 1);
  onnx_call_out (call, 0, telar_build_binary (call->b, TELAR_PRIM_DIV, x, below));
}

static void
trace_thresholded_relu (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  TelarDType dtype = onnx_call_type (call, 0).dtype;
  TelarValue alpha = telar_build_scalar (call->b, dtype, onnx_call_attr_real (call, "alpha", 1));
  TelarValue above = telar_build_binary (call->b, TELAR_PRIM_LESS, alpha, x);
  onnx_call_out (call, 0,
                 telar_build_select (call->b, above, x, telar_build_scalar (call->b, dtype, 0)));
}

/* x + bias below -lambd, x - bias above lambd, 0 between. */
static void
trace_shrink (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  double bias = onnx_call_attr_real (call, "bias", 0),
         lambd = onnx_call_attr_real (call, "lambd", 0.5);
  TelarValue x = telar_build_cast (call->b, onnx_call_in (call, 0), TELAR_F32);
  TelarValue low = telar_build_scalar (call->b, TELAR_F32, -lambd);
  TelarValue high = telar_build_scalar (call->b, TELAR_F32, lambd);
  TelarValue result =
      telar_build_select (call->b, telar_build_binary (call->b, TELAR_PRIM_LESS, high, x),
                          telar_build_binary_scalar (call->b, TELAR_PRIM_SUB, x, bias),
                          telar_build_scalar (call->b, TELAR_F32, 0));
  result =
      telar_build_select (call->b, telar_build_binary (call->b, TELAR_PRIM_LESS, x, low),
                          telar_build_binary_scalar (call->b, TELAR_PRIM_ADD, x, bias), result);
  onnx_call_out (call, 0, telar_build_cast (call->b, result, type.dtype));
}

static void
trace_identity (OnnxCall *call)
{
  if (!onnx_call_has (call, 0))
    onnx_call_fail (call, "input 0 is missing");
  else
    onnx_call_give (call, 0, telar_onnx_value_ref (call->inputs[0]));
}

const OnnxOperator onnx_operators_elementwise[] = {
#define ENTRY(name, PRIM) { #name, trace_##name },
  DIRECT (ENTRY)
#undef ENTRY
      { "Celu", trace_exponential_linear },
  { "Clip", trace_clip },
  { "Elu", trace_exponential_linear },
  { "Equal", trace_equal },
  { "Gelu", trace_gelu },
  { "Greater", trace_greater },
  { "GreaterOrEqual", trace_greater },
  { "HardSigmoid", trace_hard },
  { "HardSwish", trace_hard },
  { "Identity", trace_identity, .flags = ONNX_VALUES },
  { "IsInf", trace_is_inf },
  { "LeakyRelu", trace_leaky_relu },
  { "Max", trace_many },
  { "Mean", trace_many },
  { "Min", trace_many },
  { "Mish", trace_mish },
  { "Mod", trace_mod },
  { "Pow", trace_pow },
  { "PRelu", trace_prelu },
  { "Selu", trace_exponential_linear },
  { "Shrink", trace_shrink },
  { "Softsign", trace_softsign },
  { "Sum", trace_many },
  { "SwiGLU", trace_swish },
  { "Swish", trace_swish },
  { "ThresholdedRelu", trace_thresholded_relu },
  { "Where", trace_where },
  { "Xor", trace_xor },
  { NULL },
};
