/* The type rules: for every primitive what they accept and infer, and what they refuse in which
 * words. A primitive without a case of each kind fails the test. */
#include "engine/ir.h"

#include <string.h>

/* @inputs are types apart by blanks, @expected the results, or "!" and the message. */
typedef struct {
  const char *prim, *inputs, *attrs, *expected;
} Case;

#define BODY_EXP                                                                                   \
  "{\n%0 = input {name=\"0\", dtype=f32, shape=[N,4]} : f32[N,4]\n%1 = exp %0 : f32[N,4]\n"

/* clang-format off */
static const Case cases[] = {
  /* sources */
  { "input", "", "{name=\"x\", dtype=u8, shape=[N,28,28]}", "u8[N,28,28]" },
  { "input", "", "{dtype=u8, shape=[N]}", "!input: needs the attribute \"name\"" },
  { "input", "", "{name=\"x\", dtype=u8, shape=[N,N]}", "!input: the result N,N is too large or has the batch in two axes" },
  { "input", "", "{name=\"x\", dtype=u8, shape=[2000000000000]}", "!input: shape cannot be 2000000000000" },
  { "input", "", "{name=\"x\", dtype=u8, shape=[1000000000,1000000000,1000000000]}", "!input: the result 1000000000,1000000000,1000000000 is too large or has the batch in two axes" },
  { "state", "", "{name=\"w\"}", "f32[4]" },
  { "state", "", "{name=\"v\"}", "!state: \"v\" is not declared" },
  { "state", "", "", "!state: takes no inputs and one attribute, name" },
  { "constant", "", "{value=dense(1, 2)}", "f64[2]" },
  { "constant", "", "", "!constant: needs the attribute \"value\"" },
  { "fill", "", "{fill=nan, dtype=f16, shape=[2N]}", "f16[2N]" },
  { "fill", "", "{shape=[2]}", "!fill: needs the attribute \"dtype\"" },
  { "iota", "", "{dtype=i32, shape=[N,3], axis=1}", "i32[N,3]" },
  { "iota", "", "{dtype=i32, shape=[N,3], axis=2}", "!iota: there is no axis 2 in a tensor of 2 axes" },
  { "iota", "", "{dtype=bool, shape=[N,3], axis=0}", "!iota: counts in numbers, not in bool" },
  { "uniform", "", "{shape=[N,3], stream=4294967295}", "f32[N,3]" },
  { "uniform", "", "{shape=[3], stream=4294967296}", "!uniform: stream cannot be 4294967296" },
  { "normal", "", "{shape=[3], stream=1, dtype=f64}", "f64[3]" },
  { "normal", "", "{shape=[3], stream=1, dtype=i32}", "!normal: draws floating-point numbers, not i32" },
  /* elementwise, one input */
  { "neg", "i8[3]", "", "i8[3]" },
  { "neg", "bool[3]", "", "!neg: needs numbers, not bool" },
  { "abs", "f32[N]", "", "f32[N]" },
  { "abs", "bool[]", "", "!abs: needs numbers, not bool" },
  { "sign", "i64[N]", "", "i64[N]" },
  { "sign", "bool[]", "", "!sign: needs numbers, not bool" },
  { "exp", "bf16[N,2]", "", "bf16[N,2]" },
  { "exp", "i32[N,2]", "", "!exp: needs floating-point numbers, not i32" },
  { "exp", "f32[2] f32[2]", "", "!exp: takes 1 input, not 2" },
  { "exp", "f32[2]", "{axis=0}", "!exp: knows no attribute \"axis\"" },
  { "log", "f32[]", "", "f32[]" },
  { "log", "u8[]", "", "!log: needs floating-point numbers, not u8" },
  { "log1p", "f32[2]", "", "f32[2]" },
  { "log1p", "u8[]", "", "!log1p: needs floating-point numbers, not u8" },
  { "sqrt", "f32[2]", "", "f32[2]" },
  { "sqrt", "i32[]", "", "!sqrt: needs floating-point numbers, not i32" },
  { "rsqrt", "f32[2]", "", "f32[2]" },
  { "rsqrt", "i32[]", "", "!rsqrt: needs floating-point numbers, not i32" },
  { "reciprocal", "f32[2]", "", "f32[2]" },
  { "reciprocal", "i32[]", "", "!reciprocal: needs floating-point numbers, not i32" },
  { "sin", "f64[2]", "", "f64[2]" },
  { "sin", "i32[]", "", "!sin: needs floating-point numbers, not i32" },
  { "cos", "f16[2]", "", "f16[2]" },
  { "cos", "i32[]", "", "!cos: needs floating-point numbers, not i32" },
  { "atan", "f32[2]", "", "f32[2]" },
  { "atan", "i32[]", "", "!atan: needs floating-point numbers, not i32" },
  { "tanh", "f32[2]", "", "f32[2]" },
  { "tanh", "i32[]", "", "!tanh: needs floating-point numbers, not i32" },
  { "sigmoid", "f32[2]", "", "f32[2]" },
  { "sigmoid", "i32[]", "", "!sigmoid: needs floating-point numbers, not i32" },
  { "softplus", "f32[2]", "", "f32[2]" },
  { "softplus", "i32[]", "", "!softplus: needs floating-point numbers, not i32" },
  { "erf", "f32[2]", "", "f32[2]" },
  { "erf", "i32[]", "", "!erf: needs floating-point numbers, not i32" },
  { "floor", "f32[2]", "", "f32[2]" },
  { "floor", "i32[]", "", "!floor: needs floating-point numbers, not i32" },
  { "ceil", "f32[2]", "", "f32[2]" },
  { "ceil", "i32[]", "", "!ceil: needs floating-point numbers, not i32" },
  { "round", "f32[2]", "", "f32[2]" },
  { "round", "i32[]", "", "!round: needs floating-point numbers, not i32" },
  { "relu", "i8[2]", "", "i8[2]" },
  { "relu", "bool[2]", "", "!relu: needs numbers, not bool" },
  { "not", "bool[N]", "", "bool[N]" },
  { "not", "f32[N]", "", "!not: needs bool, not f32" },
  { "isnan", "f32[N]", "", "bool[N]" },
  { "isnan", "i32[N]", "", "!isnan: needs floating-point numbers, not i32" },
  { "cast", "bool[N,3]", "{dtype=f32}", "f32[N,3]" },
  { "cast", "bool[N,3]", "", "!cast: needs the attribute \"dtype\"" },
  /* elementwise, two inputs */
  { "add", "f32[N,3] f32[3]", "", "f32[N,3]" },
  { "add", "f32[N,1] f32[3]", "", "f32[N,3]" },
  { "add", "f32[2,3] f32[N,1]", "", "!add: 2,3 and N,1 do not fit: sizes must be equal or 1, from the right" },
  { "add", "f32[N,3] f32[4]", "", "!add: N,3 and 4 do not fit: sizes must be equal or 1, from the right" },
  { "add", "f32[N] f32[2N]", "", "!add: N and 2N do not fit: sizes must be equal or 1, from the right" },
  { "add", "f32[N] f32[N,1]", "", "!add: the result N,N is too large or has the batch in two axes" },
  { "add", "f32[3] i32[3]", "", "!add: f32 and i32 do not mix; cast one of them" },
  { "add", "bool[3] bool[3]", "", "!add: input 1 must be numbers, not bool" },
  { "sub", "i32[] i32[2]", "", "i32[2]" },
  { "sub", "f32[2] f32[3]", "", "!sub: 2 and 3 do not fit: sizes must be equal or 1, from the right" },
  { "mul", "f32[5,1] f32[1,4]", "", "f32[5,4]" },
  { "mul", "f32[5]", "", "!mul: takes 2 inputs, not 1" },
  { "div", "i32[2] i32[2]", "", "i32[2]" },
  { "div", "i32[2] bool[2]", "", "!div: input 2 must be numbers, not bool" },
  { "pow", "f32[2] f32[]", "", "f32[2]" },
  { "pow", "f32[2] f64[]", "", "!pow: f32 and f64 do not mix; cast one of them" },
  { "maximum", "f32[2] f32[]", "", "f32[2]" },
  { "maximum", "bool[2] bool[]", "", "!maximum: input 1 must be numbers, not bool" },
  { "minimum", "u8[2] u8[2]", "", "u8[2]" },
  { "minimum", "u8[2] i8[2]", "", "!minimum: u8 and i8 do not mix; cast one of them" },
  { "mod", "i64[2] i64[]", "", "i64[2]" },
  { "mod", "bool[2] i64[]", "", "!mod: input 1 must be numbers, not bool" },
  { "equal", "bool[2] bool[N,2]", "", "bool[N,2]" },
  { "equal", "f32[2] i32[2]", "", "!equal: f32 and i32 do not mix; cast one of them" },
  { "less", "f32[2] f32[]", "", "bool[2]" },
  { "less", "bool[2] bool[]", "", "!less: input 1 must be numbers, not bool" },
  { "less_equal", "i8[2] i8[2]", "", "bool[2]" },
  { "less_equal", "i8[2] i8[3]", "", "!less_equal: 2 and 3 do not fit: sizes must be equal or 1, from the right" },
  { "and", "bool[2] bool[]", "", "bool[2]" },
  { "and", "bool[2] u8[]", "", "!and: input 2 must be bool, not u8" },
  { "or", "bool[2] bool[1]", "", "bool[2]" },
  { "or", "f32[2] bool[]", "", "!or: input 1 must be bool, not f32" },
  { "stop", "bf16[N,2]", "", "bf16[N,2]" },
  { "stop", "f32[2] f32[2]", "", "!stop: takes 1 input, not 2" },
  { "bit_not", "u16[N,2]", "", "u16[N,2]" },
  { "bit_not", "bool[2]", "", "!bit_not: input 1 must be whole numbers, not bool" },
  { "bit_and", "i32[N,2] i32[]", "", "i32[N,2]" },
  { "bit_and", "i32[2] bool[2]", "", "!bit_and: input 2 must be whole numbers, not bool" },
  { "bit_or", "u8[2,1] u8[3]", "", "u8[2,3]" },
  { "bit_or", "u8[2] i8[2]", "", "!bit_or: u8 and i8 do not mix; cast one of them" },
  { "bit_xor", "i64[2] i64[2]", "", "i64[2]" },
  { "bit_xor", "f32[2] f32[2]", "", "!bit_xor: input 1 must be whole numbers, not f32" },
  { "shift_left", "i64[2] i64[]", "", "i64[2]" },
  { "shift_left", "i64[2] i64[3]", "", "!shift_left: 2 and 3 do not fit: sizes must be equal or 1, from the right" },
  { "shift_right", "i8[2] i8[]", "", "i8[2]" },
  { "shift_right", "i8[2] i64[]", "", "!shift_right: i8 and i64 do not mix; cast one of them" },
  { "select", "bool[N,1] f32[3] f32[]", "", "f32[N,3]" },
  { "select", "f32[N] f32[N] f32[N]", "", "!select: the condition must be bool, not f32" },
  { "select", "bool[2] f32[3] f32[3]", "", "!select: the condition 2 does not fit the values 3" },
  { "select", "bool[3] f32[3] f32[2]", "", "!select: 3 and 2 do not fit: sizes must be equal or 1, from the right" },
  /* shape */
  { "reshape", "f32[N,12,7,7]", "{shape=[N,588]}", "f32[N,588]" },
  { "reshape", "f32[N,28,4]", "{shape=[28N,4]}", "f32[28N,4]" },
  { "reshape", "f32[1,1]", "{shape=[]}", "f32[]" },
  { "reshape", "f32[N,3]", "{shape=[N,4]}", "!reshape: N,3 cannot become N,4: the number of elements differs" },
  { "reshape", "f32[N,3]", "{shape=[3]}", "!reshape: N,3 cannot become 3: the number of elements differs" },
  { "reshape", "f32[4]", "{shape=[N,N]}", "!reshape: the new shape is too large or has the batch in two axes" },
  { "reshape", "f32[4]", "{shape=[1,1,1,1,1,1,1,1,4]}", "!reshape: a tensor has at most 8 axes" },
  { "transpose", "f32[N,2,3]", "{perm=[2,0,1]}", "f32[3,N,2]" },
  { "transpose", "f32[N,2]", "{perm=[0,0]}", "!transpose: perm must name each of the 2 axes once" },
  { "transpose", "f32[N,2]", "{perm=[0]}", "!transpose: perm has 1 numbers for 2 axes" },
  { "broadcast", "f32[4,1]", "{shape=[N,4,5]}", "f32[N,4,5]" },
  { "broadcast", "f32[4]", "{shape=[4,1]}", "!broadcast: 4 cannot be repeated into 4,1" },
  { "broadcast", "f32[]", "{shape=[N]}", "f32[N]" },
  { "slice", "f32[N,10]", "{start=[0,1], limit=[-1,10], stride=[1,4]}", "f32[N,3]" },
  { "slice", "f32[4]", "{start=[4], limit=[4], stride=[1]}", "f32[0]" },
  { "slice", "f32[N,10]", "{start=[1,0], limit=[-1,10], stride=[1,1]}", "!slice: axis 0 grows with the batch and must stay whole" },
  { "slice", "f32[10]", "{start=[2], limit=[11], stride=[1]}", "!slice: from 2 to 11 does not lie in axis 0 of 10" },
  { "slice", "f32[10]", "{start=[2], limit=[4], stride=[0]}", "!slice: stride must be at least 1" },
  { "slice", "f32[10]", "{start=[2], limit=[4]}", "!slice: needs the attribute \"stride\"" },
  { "slice", "f32[10]", "{start=[2,0], limit=[4], stride=[1]}", "!slice: start needs 1 numbers, not 2" },
  { "pad", "f32[N,3]", "{low=[0,1], high=[0,2], interior=[0,1]}", "f32[N,8]" },
  { "pad", "f32[N,3]", "{low=[1,0], high=[0,0]}", "!pad: axis 0 grows with the batch and cannot be padded" },
  { "pad", "f32[1000000]", "{low=[0], high=[0], interior=[2147483647]}", "!pad: axis 0 becomes too large" },
  { "pad", "f32[3]", "{low=[-1], high=[0]}", "!pad: low cannot be -1" },
  { "concat", "f32[N,3] f32[N,4] f32[N,0]", "{axis=1}", "f32[N,7]" },
  { "concat", "f32[N,3] f32[2N,3]", "{axis=0}", "f32[3N,3]" },
  { "concat", "f32[N,3] f32[2,3]", "{axis=0}", "!concat: f32[N,3] and f32[2,3] cannot be joined along axis 0" },
  { "concat", "f32[N,3] f32[N,3,1]", "{axis=1}", "!concat: f32[N,3] and f32[N,3,1] cannot be joined along axis 1" },
  { "concat", "f32[N,3] i32[N,3]", "{axis=1}", "!concat: f32[N,3] and i32[N,3] cannot be joined along axis 1" },
  { "concat", "", "{axis=1}", "!concat: takes 1 to 255 inputs, not 0" },
  { "reverse", "f32[N,3]", "{axes=[0,1]}", "f32[N,3]" },
  { "reverse", "f32[N,3]", "{axes=[1,0]}", "!reverse: axes must be sorted, each named once" },
  { "gather", "f32[10,4] i64[N,3]", "{axis=0}", "f32[N,3,4]" },
  { "gather", "f32[10,4] i32[]", "{axis=1}", "f32[10]" },
  { "gather", "f32[10,4] f32[3]", "{axis=0}", "!gather: input 2 must be indices (i32 or i64), not f32" },
  { "gather", "f32[1,1,1,1,1] i32[1,1,1,1,1]", "{axis=0}", "!gather: the result would have more than 8 axes" },
  { "scatter_add", "f32[N,3,4] i64[N,3]", "{axis=0, size=10}", "f32[10,4]" },
  { "scatter_add", "f32[5,N] i64[N]", "{axis=1, size=N}", "f32[5,N]" },
  { "scatter_add", "f32[N,4] i64[N,3]", "{axis=0, size=10}", "!scatter_add: the indices N,3 do not stand at axis 0 of the updates N,4" },
  { "one_hot", "i64[N]", "{size=10, dtype=f32}", "f32[N,10]" },
  { "one_hot", "f32[N]", "{size=10, dtype=f32}", "!one_hot: needs indices (i32 or i64), not f32" },
  { "one_hot", "i64[N]", "{size=0, dtype=f32}", "!one_hot: the number of classes must be at least 1" },
  { "one_hot", "i64[1,1,1,1,1,1,1,1]", "{size=1, dtype=f32}", "!one_hot: the result would have more than 8 axes" },
  /* reductions */
  { "sum", "f32[N,3,4]", "{axes=[0,2]}", "f32[3]" },
  { "sum", "f32[N,3,4]", "{axes=[0,2], keep=1}", "f32[1,3,1]" },
  { "sum", "f32[N,3]", "{axes=[2]}", "!sum: there is no axis 2 in a tensor of 2 axes" },
  { "sum", "bool[N]", "{axes=[0]}", "!sum: needs numbers, not bool" },
  { "sum", "f32[N]", "{axes=[0], keep=2}", "!sum: keep cannot be 2" },
  { "mean", "f32[N,3]", "{axes=[0,1]}", "f32[]" },
  { "mean", "f32[N,3]", "", "!mean: needs the attribute \"axes\"" },
  { "max", "i32[N,3]", "{axes=[1]}", "i32[N]" },
  { "max", "f32[N,0]", "{axes=[1]}", "!max: axis 1 is empty" },
  { "min", "f32[N,3]", "{axes=[]}", "f32[N,3]" },
  { "min", "f32[N,3]", "{axes=[0,0]}", "!min: axes must be sorted, each named once" },
  { "prod", "f32[N,3]", "{axes=[1]}", "f32[N]" },
  { "prod", "bool[N,3]", "{axes=[1]}", "!prod: needs numbers, not bool" },
  { "argmax", "f32[N,10]", "{axis=1}", "i64[N]" },
  { "argmax", "f32[N,10]", "{axis=1, keep=1}", "i64[N,1]" },
  { "argmax", "f32[N,10]", "{axis=2}", "!argmax: there is no axis 2 in a tensor of 2 axes" },
  { "argmin", "i8[10]", "{axis=0}", "i64[]" },
  { "argmin", "i8[0]", "{axis=0}", "!argmin: axis 0 is empty" },
  { "argsort", "f32[N,3]", "{axis=1, reverse=1}", "i64[N,3]" },
  { "argsort", "bool[3]", "{axis=0}", "!argsort: needs numbers, not bool" },
  { "cumsum", "f32[N,3]", "{axis=1, exclusive=1, reverse=1}", "f32[N,3]" },
  { "cumsum", "f32[]", "{axis=0}", "!cumsum: there is no axis 0 in a tensor of 0 axes" },
  { "count", "f32[N,3]", "{axes=[0]}", "f32[]" },
  { "count", "bool[N,3]", "{axes=[0]}", "!count: needs numbers, not bool" },
  /* products */
  { "matmul", "f32[N,784] f32[784,10]", "", "f32[N,10]" },
  { "matmul", "f32[N,784] f32[N,10]", "{trans_a=1}", "f32[784,10]" },
  { "matmul", "f32[N,4] f32[3,4] f32[3]", "{trans_b=1, activation=relu}", "f32[N,3]" },
  { "matmul", "f32[N,1,5,6] f32[8,6,7]", "", "f32[N,8,5,7]" },
  { "matmul", "f32[N,784] f32[512,10]", "", "!matmul: N,784 and 512,10 do not fit: 784 is not 512" },
  { "matmul", "f32[3] f32[3,4]", "", "!matmul: 3 and 3,4: both must have at least two axes" },
  { "matmul", "f32[2,5,6] f32[3,6,7]", "", "!matmul: 2,5,6 and 3,6,7 do not fit: the axes before the matrices differ" },
  { "matmul", "f32[N,4] f32[4,3] f32[4]", "", "!matmul: the bias must be f32[3], not f32[4]" },
  { "matmul", "f32[N,4] f64[4,3]", "", "!matmul: f32 and f64 do not mix; cast one of them" },
  { "matmul", "f32[N,4] f32[4,3]", "{activation=add}", "!matmul: activation must be a function of one number" },
  { "conv", "f32[N,1,28,28] f32[24,1,6,6]", "{stride=[2,2], pad=[2,2,2,2]}", "f32[N,24,14,14]" },
  { "conv", "f32[N,28,28,1] f32[24,1,6,6] f32[24]", "{stride=[2,2], pad=[2,2,2,2], layout=1, activation=relu}", "f32[N,14,14,24]" },
  { "conv", "f32[N,4,9] f32[6,2,3]", "{stride=[1], dilation=[2], groups=2}", "f32[N,6,5]" },
  { "conv", "f32[2,3,8,8,8] f32[4,3,2,2,2]", "{stride=[2,2,2]}", "f32[2,4,4,4,4]" },
  { "conv", "f32[N,1,3,3] f32[2,1,5,5]", "{stride=[1,1]}", "!conv: the kernel 5x5 does not fit into 3x3" },
  { "conv", "f32[N,3,8,8] f32[4,1,3,3]", "{stride=[1,1]}", "!conv: the kernel is for 1 channels, the input has 3" },
  { "conv", "f32[N,4,8,8] f32[4,4,3,3]", "{stride=[1,1], groups=2}", "!conv: the kernel is for 4 channels a group, the input has 4 in 2 groups" },
  { "conv", "f32[N,3,8,8] f32[4,1,3,3]", "{stride=[1,1], groups=2}", "!conv: 3 channels and 4 filters do not part into 2 groups" },
  { "conv", "f32[N,3,8,8] f32[4,3,3,3]", "{stride=[1,1], groups=0}", "!conv: groups must be at least 1" },
  { "conv", "f32[N,3,8,8] f32[4,3,3]", "{stride=[1,1]}", "!conv: the input N,3,8,8 needs a kernel of 4 numbers, not 4,3,3" },
  { "conv", "f32[N,3] f32[4,3]", "{stride=[]}", "!conv: needs batch, channels and one to three spatial axes, not N,3" },
  { "conv", "f32[2,3,N] f32[4,3,3]", "{stride=[1]}", "!conv: only the first axis may grow with the batch, not so in 2,3,N" },
  { "conv", "f32[N,3,8,8] f32[4,3,3,3]", "{stride=[1]}", "!conv: stride needs 2 numbers, not 1" },
  { "conv", "f32[N,3,8,8] f32[4,3,3,3]", "{stride=[1,1], pad=[1,1]}", "!conv: pad needs 4 numbers, not 2" },
  { "conv_input_grad", "f32[N,4,6,6] f32[4,3,3,3]", "{stride=[1,1], shape=[N,3,8,8]}", "f32[N,3,8,8]" },
  { "conv_input_grad", "f32[N,4,7,7] f32[4,3,3,3]", "{stride=[1,1], shape=[N,3,8,8]}", "!conv_input_grad: the gradient of the result must be N,4,6,6, not N,4,7,7" },
  { "conv_weight_grad", "f32[N,3,8,8] f32[N,4,6,6]", "{stride=[1,1], shape=[4,3,3,3]}", "f32[4,3,3,3]" },
  { "conv_weight_grad", "f32[N,3,8,8] f32[N,4,6,6]", "{stride=[1,1], shape=[4,3,5,5]}", "!conv_weight_grad: the gradient of the result must be N,4,4,4, not N,4,6,6" },
  { "max_pool", "f32[N,4,8,8]", "{kernel=[2,2], stride=[2,2]}", "f32[N,4,4,4]" },
  { "max_pool", "f32[N,8,8,4]", "{kernel=[3,3], stride=[2,2], pad=[1,1,1,1], layout=1}", "f32[N,4,4,4]" },
  { "max_pool", "f32[N,4,2,2]", "{kernel=[2,2], stride=[2,2], dilation=[2,2]}", "!max_pool: the kernel 3x3 does not fit into 2x2" },
  { "max_pool", "f32[N,4,8,8]", "{kernel=[2], stride=[2,2]}", "!max_pool: kernel needs 2 numbers, not 1" },
  { "max_pool_grad", "f32[N,4,8,8] f32[N,4,4,4] f32[N,4,4,4]", "{kernel=[2,2], stride=[2,2]}", "f32[N,4,8,8]" },
  { "max_pool_grad", "f32[N,4,8,8] f32[N,4,3,3] f32[N,4,4,4]", "{kernel=[2,2], stride=[2,2]}", "!max_pool_grad: the result must be f32[N,4,4,4], not f32[N,4,3,3]" },
  { "max_pool_grad", "f32[N,4,8,8] f32[N,4,4,4] f32[N,4,4]", "{kernel=[2,2], stride=[2,2]}", "!max_pool_grad: input 3 must be f32[N,4,4,4] as input 2 is, not f32[N,4,4]" },
  { "avg_pool", "f32[N,4,9]", "{kernel=[3], stride=[3], pad=[0,1], count_pad=1}", "f32[N,4,3]" },
  { "avg_pool", "i32[N,4,9]", "{kernel=[3], stride=[3]}", "!avg_pool: needs floating-point numbers, not i32" },
  { "avg_pool_grad", "f32[N,4,3]", "{kernel=[3], stride=[3], shape=[N,4,9]}", "f32[N,4,9]" },
  { "avg_pool_grad", "f32[N,4,4]", "{kernel=[3], stride=[3], shape=[N,4,9]}", "!avg_pool_grad: the gradient of the result must be N,4,3, not N,4,4" },
  /* normalisation and probability */
  { "softmax", "f32[N,10]", "{axis=1}", "f32[N,10]" },
  { "softmax", "i32[N,10]", "{axis=1}", "!softmax: needs floating-point numbers, not i32" },
  { "log_softmax", "f64[N,10]", "{axis=0}", "f64[N,10]" },
  { "log_softmax", "f64[N,10]", "{axis=7}", "!log_softmax: there is no axis 7 in a tensor of 2 axes" },
  { "batch_norm", "f32[N,3,8] f32[3] f32[3] f32[3] f32[3]", "{epsilon=0.001}", "f32[N,3,8]" },
  { "batch_norm", "f32[N,8,3] f32[3] f32[3] f32[3] f32[3]", "{epsilon=0.001, layout=1}", "f32[N,8,3]" },
  { "batch_norm", "f32[N,3,8] f32[3] f32[3] f32[3] f32[8]", "{epsilon=0.001}", "!batch_norm: the variance must be f32[3], not f32[8]" },
  { "batch_norm", "f32[N,3,8] f32[3] f32[3] f32[3] f32[3]", "{epsilon=inf}", "!batch_norm: epsilon must be a finite number" },
  { "batch_norm_train", "f32[N,3] f32[3] f32[3]", "{epsilon=0.001}", "f32[N,3], f32[3], f32[3]" },
  { "batch_norm_train", "f32[N] f32[3] f32[3]", "{epsilon=0.001}", "!batch_norm_train: needs a batch and channels, not N" },
  { "batch_norm_train", "f32[3,N] f32[3] f32[3]", "{epsilon=0.001}", "!batch_norm_train: the channels cannot grow with the batch" },
  { "batch_norm_grad", "f32[N,3] f32[N,3] f32[3] f32[3] f32[3]", "{epsilon=0.001}", "f32[N,3], f32[3], f32[3]" },
  { "batch_norm_grad", "f32[N,3] f32[N,4] f32[3] f32[3] f32[3]", "{epsilon=0.001}", "!batch_norm_grad: input 2 must be f32[N,3] as input 1 is, not f32[N,4]" },
  { "layer_norm", "f32[N,5,6] f32[5,6] f32[5,6]", "{axis=1, epsilon=0.001}", "f32[N,5,6], f32[N], f32[N]" },
  { "layer_norm", "f32[N,6] f32[5] f32[6]", "{axis=1, epsilon=0.001}", "!layer_norm: the scale must be f32[6], not f32[5]" },
  { "layer_norm", "f32[N,6] f32[6] f32[6]", "{axis=0, epsilon=0.001}", "!layer_norm: the axes that are normalised cannot grow with the batch" },
  { "layer_norm_grad", "f32[N,6] f32[N,6] f32[6] f32[N] f32[N]", "{axis=1}", "f32[N,6], f32[6], f32[6]" },
  { "lstm", "f32[N,3,20] f32[20,5] f32[N,5] f32[N,5]", "{reverse=1}", "f32[N,3,20], f32[N,3,5], f32[N,3,5]" },
  { "lstm", "f32[N,3,21] f32[21,5] f32[N,5] f32[N,5]", "", "!lstm: the first input must be batch × steps × 4 gates, not N,3,21" },
  { "lstm", "f32[N,3,20] f32[20,6] f32[N,5] f32[N,5]", "", "!lstm: the recurrent weights must be f32[20,5], not f32[20,6]" },
  { "lstm_grad", "f32[N,3,20] f32[N,3,5] f32[20,5] f32[N,5] f32[N,3,5]", "", "f32[N,3,20], f32[N,5], f32[N,5]" },
  { "lstm_grad", "f32[N,3,20] f32[N,3,5] f32[20,5] f32[N,5] f32[N,3,5] f32[N,5]", "", "!lstm_grad: the gradient of the memories must be f32[N,3,5], not f32[N,5]" },
  { "gru", "f32[N,3,15] f32[15,5] f32[15] f32[N,5]", "", "f32[N,3,15], f32[N,3,5], f32[N,3,5]" },
  { "gru", "f32[N,3,15] f32[15,5] f32[5] f32[N,5]", "", "!gru: the recurrent bias must be f32[15], not f32[5]" },
  { "gru_grad", "f32[N,3,15] f32[N,3,5] f32[15,5] f32[N,5] f32[N,3,5] f32[N,2,5]", "", "!gru_grad: the gradient of the states must be f32[N,3,5], not f32[N,2,5]" },
  { "gru_grad", "f32[N,3,15] f32[N,3,5] f32[15,5] f32[N,5] f32[N,3,5] f32[N,3,5]", "", "f32[N,3,15], f32[N,3,15], f32[N,5]" },
  { "layer_norm_grad", "f32[N,6] f32[N,6] f32[6] f32[N] f32[6]", "{axis=1}", "!layer_norm_grad: the reciprocal deviation must be f32[N], not f32[6]" },
  /* optimizers */
  { "sgd", "f32[3] f32[3] f32[3] f32[]", "{momentum=0.9, nesterov=1}", "f32[3], f32[3]" },
  { "sgd", "f32[3] f32[4] f32[3] f32[]", "", "!sgd: input 2 must be f32[3] as input 1 is, not f32[4]" },
  { "adam", "f32[3] f32[3] f32[3] f32[3] f32[] f32[]", "{beta1=0.9, beta2=0.999, epsilon=1e-08}", "f32[3], f32[3], f32[3]" },
  { "adam", "f32[3] f32[3] f32[3] f32[3] f32[] i32[]", "{beta1=0.9, beta2=0.999, epsilon=1e-08}", "!adam: input 6 must be a floating-point scalar, not i32[]" },
  { "adam", "f32[3] f32[3] f32[3] f32[3] f32[] f32[]", "{beta1=0.9, epsilon=1e-08}", "!adam: needs the attribute \"beta2\"" },
  /* regions */
  { "fused", "f32[N,4]", "", "f32[N,4] " BODY_EXP "output result \"0\" = %1\n}" },
  { "fused", "f32[N,4]", "", "f32[N,4], f32[N,4] " BODY_EXP "output result \"0\" = %1\noutput result \"1\" = %0\n}" },
  { "fused", "f32[N,4]", "", "!fused: needs a body" },
  { "fused", "f32[N,5]", "", "!fused: input 0 of the body is f32[N,4], not f32[N,5]@" BODY_EXP "output result \"0\" = %1\n}" },
  { "fused", "f32[N,4] f32[N,4]", "", "!fused: the body begins with its 2 inputs@" BODY_EXP "output result \"0\" = %1\n}" },
  { "fused", "f32[N,4]", "", "!fused: the body has 0 results; it needs 1 to 255@" BODY_EXP "}" },
  { "fused", "f32[N,4]", "", "!fused: sum cannot stand in the body@" BODY_EXP "%2 = sum %1 {axes=[0]} : f32[4]\noutput result \"0\" = %2\n}" },
  { "fused", "f32[N,4]", "", "!fused: a body has no states@{\nstate @s : f32[] init=zeros\n}" },
  { "exp", "f32[N,4]", "", "!exp: takes no body@" BODY_EXP "}" },
};

/* clang-format on */

/* A program of inputs and the instruction, which says that it gives @results. */
static char *
case_text (const Case *c, const char *results, guint n_results)
{
  g_auto (GStrv) inputs = g_strsplit (c->inputs, " ", -1);
  guint n = *c->inputs ? g_strv_length (inputs) : 0;
  GString *text = g_string_new ("program t {\nstate @w : f32[4] init=zeros\n");

  for (guint i = 0; i < n; i++) {
    g_auto (GStrv) parts = g_strsplit_set (inputs[i], "[]", 3);

    g_string_append_printf (text, "%%%u = input {name=\"%u\", dtype=%s, shape=[%s]} : %s\n", i, i,
                            parts[0], parts[1], inputs[i]);
  }
  for (guint i = 0; i < n_results; i++)
    g_string_append_printf (text, "%s%%%u", i > 0 ? ", " : "", n + i);
  g_string_append_printf (text, " = %s ", c->prim);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%%%u", i > 0 ? ", " : "", i);
  g_string_append_printf (text, " %s : %s\n}\n", c->attrs, results);
  return g_string_free (text, FALSE);
}

static void
check_good (const Case *c)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = NULL;
  g_autofree char *types = g_strndup (c->expected, strcspn (c->expected, "{"));
  g_autofree char *text = NULL;
  guint n = 0;

  for (const char *p = types; *p; p++)
    n += *p == '[';
  text = case_text (c, c->expected, n);
  program = telar_program_from_text (text, &error);
  if (error)
    g_test_message ("%s", text);
  g_assert_no_error (error);
  g_assert_true (telar_program_verify (program, &error));
}

/* After "@" in the expectation comes the body. */
static void
check_bad (const Case *c)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = NULL;
  g_auto (GStrv) parts = g_strsplit (c->expected + 1, "@{", 2);
  g_autofree char *results = parts[1] ? g_strconcat ("f32[] {", parts[1], NULL) : NULL;
  g_autofree char *text = case_text (c,
                                     results                             ? results
                                     : g_str_equal (c->prim, "constant") ? "f64[2]"
                                                                         : "f32[]",
                                     1);
  const char *message;

  program = telar_program_from_text (text, &error);
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  message = strstr (error->message, ": ");
  g_assert_nonnull (message);
  g_assert_cmpstr (message + 2, ==, parts[0]);
}

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (cases[i].expected[0] == '!')
      check_bad (&cases[i]);
    else
      check_good (&cases[i]);
}

static void
test_every_primitive (void)
{
  for (guint prim = 0; prim < TELAR_N_PRIMS; prim++) {
    const char *name = telar_prim_info (prim)->name;
    gboolean good = FALSE, bad = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      if (g_str_equal (cases[i].prim, name)) {
        good |= cases[i].expected[0] != '!';
        bad |= cases[i].expected[0] == '!';
      }
    if (!good || !bad)
      g_error ("%s has no case that is %s", name, good ? "refused" : "accepted");
  }
}

/* What the table of primitives promises about names and numbers. */
static void
test_tables (void)
{
  for (guint prim = 0; prim < TELAR_N_PRIMS; prim++) {
    const TelarPrimInfo *info = telar_prim_info (prim);

    g_assert_cmpint (telar_prim_from_name (info->name), ==, prim);
    g_assert_cmpuint (info->least_inputs, <=, info->most_inputs);
    g_assert_cmpint ((info->flags & TELAR_PRIM_SOURCE) != 0, ==, info->most_inputs == 0);
  }
  for (guint key = 0; key < TELAR_N_ATTRS; key++)
    g_assert_cmpint (telar_attr_from_name (telar_attr_name (key)), ==, key);
  g_assert_cmpint (telar_prim_from_name ("none"), ==, TELAR_PRIM_NONE);
  g_assert_cmpint (telar_attr_from_name ("colour"), ==, TELAR_N_ATTRS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/tables", test_tables);
  g_test_add_func ("/types/cases", test_cases);
  g_test_add_func ("/types/every-primitive", test_every_primitive);
  return g_test_run ();
}
