/* The functions in a recurrent cell. */
#include "engine/emit-sequence.h"

static TelarValue
with (TelarBuilder *b, TelarPrim prim, TelarValue x, double number)
{
  return telar_build_binary_scalar (b, prim, x, number);
}

static TelarValue
affine (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  return with (b, TELAR_PRIM_ADD, with (b, TELAR_PRIM_MUL, x, f->alpha), f->beta);
}

static TelarValue
hard_sigmoid (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  return with (b, TELAR_PRIM_MINIMUM, with (b, TELAR_PRIM_MAXIMUM, affine (b, f, x), 0), 1);
}

static TelarValue
scaled_tanh (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  x = telar_build_unary (b, TELAR_PRIM_TANH, with (b, TELAR_PRIM_MUL, x, f->beta));
  return with (b, TELAR_PRIM_MUL, x, f->alpha);
}

/* max(x, 0) + alpha·@below(min(x, 0)) */
static TelarValue
joined_at_zero (TelarBuilder *b, const TelarGateFunction *f, TelarValue x, TelarValue below)
{
  return telar_build_binary (b, TELAR_PRIM_ADD, telar_build_unary (b, TELAR_PRIM_RELU, x),
                             with (b, TELAR_PRIM_MUL, below, f->alpha));
}

static TelarValue
leaky_relu (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  return joined_at_zero (b, f, x, with (b, TELAR_PRIM_MINIMUM, x, 0));
}

static TelarValue
elu (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  TelarValue grown = telar_build_unary (b, TELAR_PRIM_EXP, with (b, TELAR_PRIM_MINIMUM, x, 0));

  return joined_at_zero (b, f, x, with (b, TELAR_PRIM_SUB, grown, 1));
}

static TelarValue
thresholded_relu (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  TelarDType dtype = telar_builder_type (b, x)->dtype;
  TelarValue above =
      telar_build_binary (b, TELAR_PRIM_LESS, telar_build_scalar (b, dtype, f->alpha), x);

  return telar_build_select (b, above, x, telar_build_scalar (b, dtype, 0));
}

static TelarValue
softsign (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  (void)f;
  return telar_build_binary (b, TELAR_PRIM_DIV, x,
                             with (b, TELAR_PRIM_ADD, telar_build_unary (b, TELAR_PRIM_ABS, x), 1));
}

/* The defaults of alpha and beta are ONNX's. */
static const struct {
  const char *name, *onnx;
  TelarPrim prim; /* or, where there is none of its own, */
  TelarValue (*emit) (TelarBuilder *b, const TelarGateFunction *f, TelarValue x);
  double alpha, beta;
} functions[] = {
  { "tanh", "Tanh", TELAR_PRIM_TANH, NULL, 0, 0 },
  { "sigmoid", "Sigmoid", TELAR_PRIM_SIGMOID, NULL, 0, 0 },
  { "relu", "Relu", TELAR_PRIM_RELU, NULL, 0, 0 },
  { "softplus", "Softplus", TELAR_PRIM_SOFTPLUS, NULL, 0, 0 },
  { "softsign", "Softsign", TELAR_PRIM_NONE, softsign, 0, 0 },
  { "elu", "Elu", TELAR_PRIM_NONE, elu, 1, 0 },
  { "leaky_relu", "LeakyRelu", TELAR_PRIM_NONE, leaky_relu, 0.01, 0 },
  { "thresholded_relu", "ThresholdedRelu", TELAR_PRIM_NONE, thresholded_relu, 1, 0 },
  { "affine", "Affine", TELAR_PRIM_NONE, affine, 1, 0 },
  { "scaled_tanh", "ScaledTanh", TELAR_PRIM_NONE, scaled_tanh, 1, 1 },
  { "hard_sigmoid", "HardSigmoid", TELAR_PRIM_NONE, hard_sigmoid, 0.2, 0.5 },
};

gboolean
telar_gate_function_from_onnx (const char *name, TelarGateFunction *function)
{
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (g_ascii_strcasecmp (functions[i].onnx, name) == 0) {
      *function = (TelarGateFunction){ functions[i].name, functions[i].alpha, functions[i].beta };
      return TRUE;
    }
  return FALSE;
}

TelarValue
telar_emit_gate_function (TelarBuilder *b, const TelarGateFunction *function, TelarValue x)
{
  if (x == TELAR_NO_VALUE)
    return x;
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (g_str_equal (functions[i].name, function->name))
      return functions[i].emit ? functions[i].emit (b, function, x)
                               : telar_build_unary (b, functions[i].prim, x);
  telar_builder_fail (b, "a gate has no function \"%s\"", function->name);
  return TELAR_NO_VALUE;
}
