/* The functions in a recurrent cell. */
#include "engine/emit-sequence.h"
#include "engine/operators/functions.h"

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
  return telar_emit_hard_sigmoid (b, x, f->alpha, f->beta);
}

static TelarValue
scaled_tanh (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  x = telar_build_unary (b, TELAR_PRIM_TANH, with (b, TELAR_PRIM_MUL, x, f->beta));
  return with (b, TELAR_PRIM_MUL, x, f->alpha);
}

static TelarValue
leaky_relu (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  return telar_emit_leaky (b, x, f->alpha);
}

static TelarValue
elu (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  return telar_emit_exponential_linear (b, x, 1, f->alpha, 1);
}

static TelarValue
thresholded_relu (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  return telar_emit_thresholded (b, x, f->alpha);
}

/* One without settings. */
static TelarValue
plain (TelarBuilder *b, const TelarGateFunction *f, TelarValue x)
{
  return telar_emit_function (b, f->name, x);
}

/* The defaults of alpha and beta are ONNX's. */
static const struct {
  const char *name, *onnx;
  TelarValue (*emit) (TelarBuilder *b, const TelarGateFunction *f, TelarValue x);
  guint settings;
  double alpha, beta;
} functions[] = {
  { "tanh", "Tanh", plain, 0, 0, 0 },
  { "sigmoid", "Sigmoid", plain, 0, 0, 0 },
  { "relu", "Relu", plain, 0, 0, 0 },
  { "softplus", "Softplus", plain, 0, 0, 0 },
  { "softsign", "Softsign", plain, 0, 0, 0 },
  { "elu", "Elu", elu, 1, 1, 0 },
  { "leaky_relu", "LeakyRelu", leaky_relu, 1, 0.01, 0 },
  { "thresholded_relu", "ThresholdedRelu", thresholded_relu, 1, 1, 0 },
  { "affine", "Affine", affine, 2, 1, 0 },
  { "scaled_tanh", "ScaledTanh", scaled_tanh, 2, 1, 1 },
  { "hard_sigmoid", "HardSigmoid", hard_sigmoid, 2, 0.2, 0.5 },
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

/* Its place in the table, or the table's end. */
static guint
find (const TelarGateFunction *function)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (functions) && !g_str_equal (functions[i].name, function->name))
    i++;
  return i;
}

guint
telar_gate_function_settings (const TelarGateFunction *function)
{
  guint i = find (function);

  return i < G_N_ELEMENTS (functions) ? functions[i].settings : 0;
}

TelarValue
telar_emit_gate_function (TelarBuilder *b, const TelarGateFunction *function, TelarValue x)
{
  guint i = find (function);

  if (x == TELAR_NO_VALUE)
    return x;
  if (i < G_N_ELEMENTS (functions))
    return functions[i].emit (b, function, x);
  telar_builder_fail (b, "a gate has no function \"%s\"", function->name);
  return TELAR_NO_VALUE;
}
