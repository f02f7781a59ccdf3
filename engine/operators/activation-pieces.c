/* Activations made of straight pieces, with settings for where they bend. */
#include "engine/operators/families.h"
#include "engine/operators/functions.h"

static void
lower_hard_sigmoid (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0,
                      telar_emit_hard_sigmoid (l->b, x, telar_lower_real (l, "slope"),
                                               telar_lower_real (l, "offset")));
}

/* Howard et al.: "Searching for MobileNetV3", ICCV 2019. */
static void
lower_hard_swish (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);
  TelarValue gate = telar_emit_hard_sigmoid (l->b, x, telar_lower_real (l, "slope"),
                                             telar_lower_real (l, "offset"));

  telar_lower_output (l, 0, telar_build_binary (l->b, TELAR_PRIM_MUL, x, gate));
}

static void
lower_hard_tanh (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);
  double low = telar_lower_real (l, "low"), high = telar_lower_real (l, "high");

  if (low > high) {
    telar_lower_fail (l, "low is %g and must not be above high, %g", low, high);
    return;
  }
  x = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, x, low);
  telar_lower_output (l, 0, telar_build_binary_scalar (l->b, TELAR_PRIM_MINIMUM, x, high));
}

/* Konda, Memisevic, Krueger: "Zero-bias autoencoders", ICLR 2015. */
static void
lower_thresholded_relu (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type);

  telar_lower_output (l, 0, telar_emit_thresholded (l->b, x, telar_lower_real (l, "threshold")));
}

/* What lies above the threshold, and the mirror image of that. */
static void
lower_shrink (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 1, TELAR_MAX_RANK, &type), outside, moved;
  double bias = telar_lower_real (l, "bias");
  TelarValue threshold = telar_build_scalar (l->b, type.dtype, telar_lower_real (l, "threshold"));

  moved = x;
  if (bias != 0)
    moved = telar_build_binary (
        l->b, TELAR_PRIM_SUB, x,
        telar_build_binary_scalar (l->b, TELAR_PRIM_MUL,
                                   telar_build_unary (l->b, TELAR_PRIM_SIGN, x), bias));
  outside = telar_build_binary (l->b, TELAR_PRIM_LESS, threshold,
                                telar_build_unary (l->b, TELAR_PRIM_ABS, x));
  telar_lower_output (
      l, 0, telar_build_select (l->b, outside, moved, telar_build_scalar (l->b, type.dtype, 0)));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define SLOPE                                                                                      \
  TELAR_PARAM_NUMBER ("slope", "Slope", "0.16666666666666666", -100, 100,                          \
                      "How steep the middle piece is; ONNX takes 0.2 when nothing is said.")
#define OFFSET                                                                                     \
  TELAR_PARAM_NUMBER ("offset", "Offset", "0.5", -100, 100,                                        \
                      "The height of the middle piece at zero.")

static const TelarOperator hard_sigmoid = {
  .name = "hard_sigmoid",
  .label = N_ ("Hard sigmoid"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("A sigmoid made of straight lines, cheap on small devices."),
  .formula = "y = min(max(slope·x + offset, 0), 1)",
  .onnx = "HardSigmoid",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (SLOPE, OFFSET),
  .lower = lower_hard_sigmoid,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]:-5..5", "f32[2,5]:-5..5 slope=0.2 offset=0.4"),
};

static const TelarOperator hard_swish = {
  .name = "hard_swish",
  .label = N_ ("Hard swish"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("SiLU made of straight lines, cheap on small devices."),
  .formula = "y = x·min(max(slope·x + offset, 0), 1)",
  .onnx = "HardSwish",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (SLOPE, OFFSET),
  .lower = lower_hard_swish,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]:-5..5", "f32[2,5]:-5..5 slope=0.2 offset=0.4"),
};

static const TelarOperator hard_tanh = {
  .name = "hard_tanh",
  .label = N_ ("Hard tanh"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("Cuts every number off at two limits; with 0 and 6 it is ReLU6."),
  .formula = "y = min(max(x, low), high)",
  .onnx = "Clip",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      TELAR_PARAM_NUMBER ("low", "Low", "-1", -1e6, 1e6, "What smaller numbers become."),
      TELAR_PARAM_NUMBER ("high", "High", "1", -1e6, 1e6, "What larger numbers become.")),
  .lower = lower_hard_tanh,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,5]:-3..9 low=0 high=6"),
};

static const TelarOperator thresholded_relu = {
  .name = "thresholded_relu",
  .label = N_ ("Thresholded ReLU"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc = N_ ("Keeps what is above a threshold and makes the rest zero."),
  .formula = "y = x if x > threshold, else 0",
  .onnx = "ThresholdedRelu",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (TELAR_PARAM_NUMBER ("threshold", "Threshold", "1", -1e6, 1e6,
                                              "What must be exceeded to be kept.")),
  .lower = lower_thresholded_relu,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,5] threshold=-0.5"),
};

static const TelarOperator shrink = {
  .name = "shrink",
  .label = N_ ("Shrink"),
  .category = TELAR_CATEGORY_ACTIVATION,
  .doc =
      N_ ("Makes small numbers zero and moves the others towards zero. PyTorch's hard shrink has "
          "bias 0, its soft shrink the threshold as bias."),
  .formula = "y = x - bias·sign(x) if |x| > threshold, else 0",
  .onnx = "Shrink",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      TELAR_PARAM_NUMBER ("threshold", "Threshold", "0.5", 0, 1e6,
                          "Numbers no larger than this, without their sign, become zero."),
      TELAR_PARAM_NUMBER ("bias", "Bias", "0", -1e6, 1e6, "How far the others move towards zero.")),
  .lower = lower_shrink,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,5] threshold=0.7 bias=0.7"),
};

const TelarOperator *const telar_operators_pieces[] = {
  &hard_sigmoid, &hard_swish, &hard_tanh, &thresholded_relu, &shrink, NULL,
};
