/* Gated linear units: one half of the channels decides how much of the other half passes.
 * Dauphin et al.: "Language modeling with gated convolutional networks", ICML 2017; Shazeer: "GLU
 * variants improve transformer", 2020. */
#include "engine/operators/families.h"
#include "engine/operators/functions.h"

/* a·@function(b), where a and b are the halves along the axis. */
static void
lower_gated (TelarLowering *l, const char *function)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type), gate;
  gint64 size;
  guint axis;

  if (x == TELAR_NO_VALUE ||
      !telar_lower_axis (l, telar_lower_int (l, "axis"), type.shape.rank, &axis) ||
      !telar_lower_size (l, &type.shape, axis, &size))
    return;
  if (size % 2 != 0) {
    telar_lower_fail (l, "axis %u has size %" G_GINT64_FORMAT " and cannot be halved", axis, size);
    return;
  }
  gate = telar_build_slice (l->b, x, axis, size / 2, size);
  x = telar_build_slice (l->b, x, axis, 0, size / 2);
  telar_lower_output (
      l, 0,
      telar_build_binary (l->b, TELAR_PRIM_MUL, x, telar_emit_function (l->b, function, gate)));
}

/* name, label, the gate's function, formula, ONNX, doc */
/* clang-format off */
#define GATED(A)                                                                                   \
  A (glu, "GLU", sigmoid, "y = a·sigmoid(b) of the halves a, b of x", "Split, Sigmoid, Mul",       \
     "Gated linear unit: the second half of the features decides how much of the first passes.")   \
  A (reglu, "ReGLU", relu, "y = a·max(b, 0) of the halves a, b of x", "Split, Relu, Mul",          \
     "Gated linear unit whose gate is a ReLU.")                                                    \
  A (geglu, "GeGLU", gelu, "y = a·gelu(b) of the halves a, b of x", "Split, Erf, Mul",             \
     "Gated linear unit whose gate is a GELU; usual in transformers.")                             \
  A (swiglu, "SwiGLU", silu, "y = a·b·sigmoid(b) of the halves a, b of x", "Split, Sigmoid, Mul",  \
     "Gated linear unit whose gate is a SiLU; usual in large language models.")

#define DEFINE(NAME, text, function, rule, becomes, words)                                         \
  static void lower_##NAME (TelarLowering *l)                                                      \
  {                                                                                                \
    lower_gated (l, #function);                                                                    \
  }                                                                                                \
  static const TelarOperator NAME = {                                                              \
    .name = #NAME, .label = N_ (text), .category = TELAR_CATEGORY_ACTIVATION, .doc = N_ (words),   \
    .formula = rule, .onnx = becomes, .inputs = telar_ports_in, .outputs = telar_ports_out,        \
    .params = TELAR_PARAMS ({                                                                      \
        .name = "axis", .label = N_ ("Axis"), .kind = TELAR_PARAM_INT, .fallback = "-1",           \
        .minimum = -TELAR_MAX_RANK, .maximum = TELAR_MAX_RANK - 1, .prominent = TRUE,              \
        .doc = N_ ("The axis that is halved; 1 is that of channels, -1 the last."),                \
    }),                                                                                            \
    .lower = lower_##NAME,                                                                         \
    .examples = TELAR_EXAMPLES ("f32[3,6]", "f32[2,4,3] axis=1"),                                  \
  };
/* clang-format on */
GATED (DEFINE)

const TelarOperator *const telar_operators_gated[] = { &glu, &reglu, &geglu, &swiglu, NULL };
