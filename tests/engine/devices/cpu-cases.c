/* The table of cases: odd sizes, axes of size 1, broadcasting patterns, both layouts, strides,
 * pads, dilations and groups; and sizes large enough that two threads share the work. */
#include "tests/engine/devices/cpu-cases.h"

#include <string.h>

/* clang-format off */
static const char *const fixed[] = {
  /* half precision, by kernels of float32 */
  "conv f16[2,3,9,8] f16[4,3,3,3] {stride=[2,1], pad=[1,1,1,1], dilation=[1,1]}",
  "matmul f16[5,7] f16[7,3]",
  "matmul bf16[70,33] bf16[33,65]",
  "add f16[300,70] f16[70]",
  "tanh bf16[70001]",
  "sum f16[4,5,6] {axes=[1]}",
  "cast f16[9] {dtype=f32}",
  "cast f32[9] {dtype=f16}",
  /* shape */
  "reshape f32[3,4] {shape=[2,6]}",
  "reshape u8[300,400] {shape=[120000]}",
  "transpose f32[5,7] {perm=[1,0]}",
  "transpose f32[2,3,5,7] {perm=[0,2,3,1]}",
  "transpose f32[33,65,47] {perm=[2,0,1]}",
  "transpose u8[4,28,28,3] {perm=[0,3,1,2]}",
  "transpose f64[3,1,5] {perm=[2,1,0]}",
  "transpose i64[6,1] {perm=[1,0]}",
  "transpose f16[9,70,3] {perm=[1,0,2]}",
  "transpose f32[4,5,6] {perm=[0,1,2]}",
  "transpose f32[2,3,4,5,6] {perm=[4,2,0,3,1]}",
  "broadcast f32[5] {shape=[3,5]}",
  "broadcast f32[3,1] {shape=[3,700]}",
  "broadcast f32[] {shape=[4,5]}",
  "broadcast f32[1,12,1,1] {shape=[64,12,28,28]}",
  "broadcast bool[2,1,3] {shape=[4,2,5,3]}",
  "slice f32[7,9] {start=[1,2], limit=[6,9], stride=[2,3]}",
  "slice i64[5,4] {start=[0,3], limit=[5,4], stride=[1,1]}",
  "slice f32[300,500] {start=[10,0], limit=[290,500], stride=[1,1]}",
  "slice u8[8,8,3] {start=[0,0,2], limit=[8,8,3], stride=[3,1,1]}",
  "pad f32[3,4] {low=[1,0], high=[2,3], fill=-1.5}",
  "pad f32[4,5] {low=[0,1], high=[1,0], interior=[2,1]}",
  "pad i32[6] {low=[2], high=[2], fill=7}",
  "pad f32[64,28,28,3] {low=[0,2,2,0], high=[0,3,3,0]}",
  "concat f32[2,3] f32[2,1] f32[2,4] {axis=1}",
  "concat u8[2,3] u8[5,3] {axis=0}",
  "concat f32[100,300] f32[100,200] {axis=1}",
  "concat f32[2,3,4] f32[2,2,4] {axis=1}",
  "reverse f32[3,5] {axes=[0]}",
  "reverse f32[3,5,2] {axes=[0,1]}",
  "reverse bool[70001] {axes=[0]}",
  "gather f32[5,4] i64[3] {axis=0}",
  "gather f32[2,4,3] i64[5,2] {axis=1}",
  "gather i32[3,3] i32[4] {axis=1}",
  "gather f32[3,400] i64[600] {axis=0}",
  "scatter_add f32[5,4] i64[5] {axis=0, size=4}",
  "scatter_add f32[2,6,3] i64[6] {axis=1, size=3}",
  "scatter_add f32[3,4,2] i32[3,4] {axis=0, size=5}",
  "scatter_add f32[900,128] i64[900] {axis=0, size=3}",
  "one_hot i64[7] {size=4, dtype=f32}",
  "one_hot i32[3,2] {size=3, dtype=i64}",
  "one_hot i64[5] {size=2, dtype=u8}",
  "fill {fill=2.5, dtype=f32, shape=[300,301]}",
  "fill {fill=1, dtype=bool, shape=[3]}",
  "fill {fill=-7, dtype=i64, shape=[]}",
  "iota {dtype=i64, shape=[4,5,3], axis=1}",
  "iota {dtype=f32, shape=[7], axis=0}",
  "iota {dtype=i32, shape=[3,1000], axis=1}",
  "uniform {shape=[7,11], stream=3}",
  "uniform {shape=[100003], stream=4000000000}",
  "normal {shape=[5,13], stream=9}",
  "normal {shape=[4099], stream=1}",
  /* reductions that stand alone */
  "argmax f32[5,7] {axis=1}",
  "argmax f32[5,7,3] {axis=1, keep=1}",
  "argmax f32[3000,10] {axis=1}",
  "argmin f32[4,6] {axis=0}",
  "argmin f32[1] {axis=0}",
  "argsort f32[5,7] {axis=1}",
  "argsort f32[5,40,3] {axis=1, reverse=1}",
  "argsort f32[3000,10] {axis=0}",
  "argsort i64[4,6] {axis=1}",
  "cumsum f32[3,9] {axis=1}",
  "cumsum f32[3,9,2] {axis=1, exclusive=1}",
  "cumsum f32[500,90] {axis=0, reverse=1}",
  "count f32[3,5,7] {axes=[0,2]}",
  "count i64[3] {axes=[]}",
  /* products */
  "matmul f32[3,4] f32[4,5]",
  "matmul f32[1,784] f32[784,33]",
  "matmul f32[1,70] f32[70,200]",
  "matmul f32[1,900] f32[900,200]",
  "matmul f32[1,900] f32[150,900] f32[150] {trans_b=1}",
  "matmul f32[3,900] f32[900,200]",
  "matmul f32[40,900] f32[900,200]",
  "matmul f32[65,130] f32[130,47]",
  "matmul f32[130,65] f32[130,47] {trans_a=1}",
  "matmul f32[65,130] f32[47,130] {trans_b=1}",
  "matmul f32[130,65] f32[47,130] {trans_a=1, trans_b=1}",
  "matmul f32[9,5] f32[7,9] {trans_a=1, trans_b=1}",
  "matmul f32[2,3,4] f32[2,4,5]",
  "matmul f32[2,3,40,30] f32[30,50]",
  "matmul f32[3,40,30] f32[2,1,30,50]",
  "matmul f32[5,1,3,4] f32[6,4,2]",
  "matmul f32[2,3,30,40] f32[2,3,50,30] {trans_a=1, trans_b=1}",
  "matmul f32[128,784] f32[784,512] f32[512] {activation=relu}",
  "matmul f32[6,4] f32[4,3] f32[3]",
  "matmul f32[2,30,40] f32[40,50] f32[50] {activation=tanh}",
  "matmul f32[3,8] f32[8,2] f32[2] {activation=sigmoid}",
  "matmul f32[40,50] f32[50,60] {activation=exp}",
  "matmul f64[65,30] f64[30,47] f64[47] {activation=relu}",
  "matmul f64[3,7,5] f64[2,1,6,5] {trans_b=1}",
  "matmul f64[300,90] f64[300,80] {trans_a=1}",
  "matmul f32[1,1] f32[1,1]",
  "matmul f32[130,65] f32[65,47]",
  "matmul f32[130,65] f32[70,65] {trans_b=1}",
  "matmul f32[2,60,40] f32[40,50] f32[50] {activation=tanh}",
  "matmul f32[2,3,100,30] f32[2,3,30,50]",
  "matmul f32[3,100,30] f32[2,1,50,30] {trans_b=1}",
  "matmul f32[2,1,100,30] f32[3,30,20]",
  "matmul f32[400,70] f32[400,130] {trans_a=1}",
  "matmul f32[400,130] f32[400,70] {trans_a=1}",
  "matmul f32[2,1,193,50] f32[3,193,64] {trans_a=1}",
  "matmul f32[200,1050] f32[200,50] {trans_a=1}",
  "matmul f32[200,50] f32[200,1050] {trans_a=1}",
  /* normalisation */
  "softmax f32[5,10] {axis=1}",
  "softmax f32[3,7,4] {axis=1}",
  "softmax f32[700,33] {axis=1}",
  "softmax f32[1] {axis=0}",
  "log_softmax f32[5,10] {axis=1}",
  "log_softmax f32[300,40,3] {axis=1}",
  "log_softmax f32[128,1000] {axis=1}",
  "layer_norm f32[5,12] f32[12] f32[12] {axis=1, epsilon=1e-5}",
  "layer_norm f32[3,4,7] f32[4,7] f32[4,7] {axis=1, epsilon=1e-3}",
  "layer_norm f32[200,130] f32[130] f32[130] {axis=1, epsilon=1e-5}",
  "layer_norm_grad f32[5,12] f32[5,12] f32[12] f32[5] f32[5] {axis=1}",
  "layer_norm_grad f32[3,4,7] f32[3,4,7] f32[4,7] f32[3] f32[3] {axis=1}",
  "layer_norm_grad f32[200,130] f32[200,130] f32[130] f32[200] f32[200] {axis=1}",
  /* recurrent layers: few and many rows, units that fill a panel and others, both directions */
  "lstm f32[2,3,20] f32[20,5] f32[2,5] f32[2,5]",
  "lstm f32[1,2,160] f32[160,40] f32[1,40] f32[1,40] {reverse=1}",
  "lstm f32[13,4,528] f32[528,132] f32[13,132] f32[13,132]",
  "lstm_grad f32[2,3,20] f32[2,3,5] f32[20,5] f32[2,5] f32[2,3,5]",
  "lstm_grad f32[1,2,160] f32[1,2,40] f32[160,40] f32[1,40] f32[1,2,40] f32[1,2,40] {reverse=1}",
  "lstm_grad f32[13,4,528] f32[13,4,132] f32[528,132] f32[13,132] f32[13,4,132]",
  "gru f32[2,3,15] f32[15,5] f32[15] f32[2,5]",
  "gru f32[1,2,120] f32[120,40] f32[120] f32[1,40] {reverse=1}",
  "gru f32[13,4,396] f32[396,132] f32[396] f32[13,132]",
  "gru_grad f32[2,3,15] f32[2,3,5] f32[15,5] f32[2,5] f32[2,3,5] f32[2,3,5]",
  "gru_grad f32[1,2,120] f32[1,2,40] f32[120,40] f32[1,40] f32[1,2,40] f32[1,2,40] {reverse=1}",
  "gru_grad f32[13,4,396] f32[13,4,132] f32[396,132] f32[13,132] f32[13,4,132] f32[13,4,132]",
  /* optimizers */
  "sgd f32[7] f32[7] f32[7] f32[] {momentum=0.9}",
  "sgd f32[33,7] f32[33,7] f32[33,7] f32[] {momentum=0.9, nesterov=1, weight_decay=0.01}",
  "sgd f32[300,201] f32[300,201] f32[300,201] f32[] {momentum=0}",
  "adam f32[7] f32[7] f32[7] f32[7] f32[] f32[] {beta1=0.9, beta2=0.999, epsilon=1e-8}",
  "adam f32[129] f32[129] f32[129] f32[129] f32[] f32[] {beta1=0.9, beta2=0.99, epsilon=1e-7, weight_decay=0.1}",
  "adam f32[300,201] f32[300,201] f32[300,201] f32[300,201] f32[] f32[] {beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.1, decoupled=1}",
  /* pools beyond the generated ones */
  "max_pool f32[2,9,3] {kernel=[3], stride=[2], pad=[1,1], layout=1}",
  "max_pool f32[2,3,9] {kernel=[2], stride=[2], dilation=[2]}",
  "max_pool f32[1,2,5,6,4] {kernel=[2,3,2], stride=[1,2,2], pad=[1,0,1,0,1,1]}",
  "max_pool f32[64,28,28,24] {kernel=[2,2], stride=[2,2], layout=1}",
  "max_pool f32[2,5,5,3] {kernel=[2,2], stride=[1,1], pad=[0,0,3,3], layout=1}",
  "avg_pool f32[2,3,9] {kernel=[4], stride=[3], pad=[1,2]}",
  "avg_pool f32[2,4,5,6,3] {kernel=[2,2,3], stride=[2,1,2], pad=[0,1,1,1,0,1], layout=1}",
  "avg_pool f32[64,28,28,24] {kernel=[7,7], stride=[7,7], layout=1}",
  /* single convolutions beyond the generated ones */
  "conv f32[2,3,9] f32[4,3,3] {stride=[2], pad=[1,1]}",
  "conv f32[2,9,3] f32[4,3,3] f32[4] {stride=[1], pad=[0,2], layout=1, activation=relu}",
  "conv f32[1,2,5,6,4] f32[3,2,2,3,2] {stride=[1,2,2], pad=[1,0,1,0,1,1]}",
  "conv f32[1,5,6,4,2] f32[3,2,2,3,2] {stride=[1,2,2], pad=[1,0,1,0,1,1], layout=1}",
  "conv f32[2,6,6,8] f32[8,8,1,1] f32[8] {stride=[1,1], layout=1, activation=tanh}",
  "conv f32[1,20,3] f32[16,3,5] f32[16] {stride=[2], pad=[2,1], layout=1}",
  "conv f32[2,17,18,9] f32[24,9,3,4] {stride=[1,2], pad=[3,2,0,1], dilation=[2,3], layout=1}",
  "conv f32[1,9,10,32] f32[48,32,3,3] f32[48] {stride=[1,1], pad=[1,1,1,1], layout=1}",
  "conv f32[2,13,14,64] f32[32,64,3,3] {stride=[1,1], layout=1}",
  "conv f32[3,5,21,32] f32[32,32,3,3] f32[32] {stride=[1,1], pad=[2,0,0,2], layout=1}",
  "conv f32[1,30,30,112] f32[80,112,3,3] {stride=[1,1], pad=[1,1,1,1], layout=1}",
  "conv f32[2,13,14,32] f32[48,32,3,3] f32[48] {stride=[1,1], pad=[1,1,1,1], layout=1, activation=relu}",
  "conv_input_grad f32[2,13,14,48] f32[48,32,3,3] {stride=[1,1], pad=[1,1,1,1], layout=1, shape=[2,13,14,32]}",
  "conv_input_grad f32[3,5,21,32] f32[32,48,3,3] {stride=[1,1], pad=[2,0,0,2], layout=1, shape=[3,5,21,48]}",
  "conv_input_grad f32[3,13,15,32] f32[32,32,3,3] {stride=[1,1], pad=[0,3,0,2], layout=1, shape=[3,15,12,32]}",
  "conv_weight_grad f32[3,5,21,48] f32[3,5,21,32] {stride=[1,1], pad=[2,0,0,2], layout=1, shape=[32,48,3,3]}",
  "conv_weight_grad f32[3,33,34,32] f32[3,33,34,48] {stride=[1,1], pad=[1,1,1,1], layout=1, shape=[48,32,3,3]}",
  "conv f32[5,19,21,64] f32[32,64,3,3] f32[32] {stride=[2,2], pad=[1,1,1,1], layout=1, activation=relu}",
  "conv f32[3,10,11,64] f32[64,64,1,1] {stride=[1,1], layout=1}",
  "conv_weight_grad f32[5,19,21,64] f32[5,10,11,32] {stride=[2,2], pad=[1,1,1,1], layout=1, shape=[32,64,3,3]}",
  "conv_weight_grad f32[4,16,16,3] f32[4,16,16,64] {stride=[1,1], pad=[2,1,2,2], dilation=[2,3], layout=1, shape=[64,3,3,2]}",
  "conv_weight_grad f32[2,300,3] f32[2,150,32] {stride=[2], pad=[1,1], layout=1, shape=[32,3,3]}",
};

/* Elementwise cases: primitives, and the types they take beside float32. */
static const char *const unary[] = {
  "neg", "abs", "sign", "exp", "log", "log1p", "sqrt", "rsqrt", "reciprocal", "sin", "cos", "atan", "tanh",
  "sigmoid", "softplus", "erf", "floor", "ceil", "round", "relu", "isnan",
};
static const char *const binary[] = {
  "add", "sub", "mul", "div", "pow", "maximum", "minimum", "mod", "equal", "less", "less_equal",
};
static const char *const unary_types[] = { "f32[]", "f32[1]", "f32[7,33]", "f32[70001]", "f64[29]" };

/* Same shape, scalars, trailing, leading and middle axes, long and short rows. */
static const char *const binary_shapes[][2] = {
  { "[]", "[]" },             { "[5,7]", "[5,7]" },         { "[5,7]", "[]" },
  { "[1,1]", "[5,7]" },       { "[64,512]", "[512]" },      { "[300,12]", "[12]" },
  { "[300,12]", "[300,1]" },  { "[4,12,30,30]", "[12,1,1]" }, { "[3,1,5]", "[4,1]" },
  { "[2,3,4,5]", "[3,1,5]" }, { "[200,1]", "[1,300]" },     { "[1,7]", "[9,1]" },
  { "[70001]", "[70001]" },   { "[2,250]", "[2,1]" },       { "[4,1,5]", "[4,300,5]" },
};

static const char *const typed[] = {
  "add f64[3,5] f64[5]", "sub f64[70] f64[70]", "mul f64[9] f64[]", "maximum f64[4,4] f64[4,4]",
  "less f64[33] f64[33]", "add i32[5,3] i32[3]", "mul i32[7] i32[7]", "sub i32[7] i32[]",
  "minimum i64[11] i64[11]", "equal i64[128,1] i64[128,1]", "less i64[9] i64[]",
  "less_equal i32[9] i32[9]", "equal u8[300] u8[300]", "less u8[5] u8[]",
  "div i32[70] i32[70]", "mod i32[70] i32[70]", "div i64[70] i64[70]", "mod i64[70] i64[]",
  "div u8[70] u8[70]", "mod u8[70] u8[70]", "div i8[70] i8[70]", "mod i8[70] i8[70]",
  "div i16[70] i16[70]", "mod u16[70] u16[70]", "div u32[70] u32[70]", "mod u64[70] u64[70]",
  "equal bool[77] bool[77]", "and bool[5,200] bool[200]", "or bool[9] bool[9]", "not bool[77]",
  "bit_and i64[5,70] i64[70]", "bit_and u8[300] u8[]", "bit_or i32[9,1] i32[9,5]",
  "bit_or i8[70] i8[70]", "bit_xor i64[] i64[33]", "bit_xor u16[9] u16[9]", "bit_not i64[77]",
  "stop f32[7,33]", "stop f64[9]", "stop bool[5]", "stop u32[9]",
  "bit_not i8[77]", "bit_not u32[9]", "shift_left i32[70] i32[70]", "shift_left u8[70] u8[]",
  "shift_right i64[70] i64[70]", "shift_right u64[70] u64[70]", "shift_right i8[9,8] i8[8]",
  "select bool[33] f32[33] f32[33]", "select bool[5,300] f32[] f32[5,300]",
  "select bool[5,300] f32[300] f32[]", "select bool[4,12] f32[] f32[]",
  "select bool[3,1] f32[3,7] f32[7]", "select bool[] f32[9] f32[9]",
  "select bool[9] i64[9] i64[9]", "select bool[9] u8[9] u8[9]", "select bool[9] f16[9] f16[9]",
};
/* clang-format on */

static void add (GPtrArray *cases, const char *format, ...) G_GNUC_PRINTF (2, 3);
static void
add (GPtrArray *cases, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (cases, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
add_elementwise (GPtrArray *cases)
{
  static const char *const casts[] = {
    "f32", "f64", "f16", "bf16", "i8", "u8", "i32", "i64", "bool"
  };

  for (guint i = 0; i < G_N_ELEMENTS (unary); i++)
    for (guint k = 0; k < G_N_ELEMENTS (unary_types); k++)
      add (cases, "%s %s", unary[i], unary_types[k]);
  for (guint i = 0; i < G_N_ELEMENTS (binary); i++)
    for (guint k = 0; k < G_N_ELEMENTS (binary_shapes); k++)
      add (cases, "%s f32%s f32%s", binary[i], binary_shapes[k][0], binary_shapes[k][1]);
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    add (cases, "%s", typed[i]);
  for (guint i = 0; i < G_N_ELEMENTS (casts); i++)
    for (guint k = 0; k < G_N_ELEMENTS (casts); k++)
      add (cases, "cast %s[3,67] {dtype=%s}", casts[i], casts[k]);
  add (cases, "cast u8[64,784] {dtype=f32}");
}

static void
add_reductions (GPtrArray *cases)
{
  static const char *const prims[] = { "sum", "mean", "max", "min", "prod" };
  static const char *const shapes[][2] = {
    { "[7]", "[0]" },          { "[5,7]", "[0]" },          { "[5,7]", "[1]" },
    { "[5,7]", "[0,1]" },      { "[5,7]", "[]" },           { "[3,4,5]", "[1]" },
    { "[3,4,5]", "[0,2]" },    { "[2,3,4,5]", "[1,3]" },    { "[2,1,4,1]", "[1,2]" },
    { "[1,1]", "[0,1]" },      { "[4,12,9,9]", "[0,2,3]" }, { "[900,48]", "[0]" },
    { "[48,900]", "[1]" },     { "[100003]", "[0]" },       { "[60,3,401]", "[0,2]" },
    { "[2000,3,5]", "[0,1]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (prims); i++)
    for (guint k = 0; k < G_N_ELEMENTS (shapes); k++) {
      add (cases, "%s f32%s {axes=%s}", prims[i], shapes[k][0], shapes[k][1]);
      add (cases, "%s f32%s {axes=%s, keep=1}", prims[i], shapes[k][0], shapes[k][1]);
    }
}

/* --- images ----------------------------------------------------------------------------------- */

typedef struct {
  int batch, in, out, height, width, kernel[2], stride[2], pad[4], dilation[2], groups;
} Conv;

static const Conv convs[] = {
  { 2, 3, 4, 5, 7, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 }, 1 },
  { 1, 1, 12, 9, 9, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 }, 1 },
  { 3, 5, 2, 8, 6, { 3, 2 }, { 2, 1 }, { 0, 1, 1, 0 }, { 1, 1 }, 1 },
  { 2, 12, 24, 14, 14, { 6, 6 }, { 2, 2 }, { 2, 2, 2, 2 }, { 1, 1 }, 1 },
  { 2, 16, 16, 6, 6, { 1, 1 }, { 1, 1 }, { 0, 0, 0, 0 }, { 1, 1 }, 1 },
  { 1, 4, 6, 11, 9, { 3, 3 }, { 1, 1 }, { 2, 2, 2, 2 }, { 2, 2 }, 1 },
  { 2, 6, 4, 7, 7, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 }, 2 },
  { 2, 8, 8, 7, 7, { 3, 3 }, { 2, 2 }, { 1, 1, 1, 1 }, { 1, 1 }, 8 },
  { 1, 3, 9, 6, 6, { 3, 3 }, { 1, 1 }, { 0, 0, 2, 2 }, { 1, 1 }, 3 },
  { 1, 2, 2, 1, 9, { 1, 4 }, { 1, 3 }, { 0, 2, 0, 3 }, { 1, 1 }, 1 },
  /* Gradients of weights that are summed over several runs of oneDNN. */
  { 12, 3, 10, 19, 17, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 }, 1 },
  { 7, 8, 8, 16, 16, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 }, 2 },
  { 5, 1, 12, 28, 28, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 }, 1 },
};

/* "f32[2,3,5,7]" in the layout. */
static char *
image (const Conv *c, int channels, const int size[2], int layout)
{
  return layout ? g_strdup_printf ("[%d,%d,%d,%d]", c->batch, size[0], size[1], channels)
                : g_strdup_printf ("[%d,%d,%d,%d]", c->batch, channels, size[0], size[1]);
}

static char *
window (const Conv *c, gboolean pool, int layout)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "stride=[%d,%d], pad=[%d,%d,%d,%d], layout=%d", c->stride[0],
                          c->stride[1], c->pad[0], c->pad[1], c->pad[2], c->pad[3], layout);
  if (pool)
    g_string_append_printf (text, ", kernel=[%d,%d]", c->kernel[0], c->kernel[1]);
  else
    g_string_append_printf (text, ", dilation=[%d,%d], groups=%d", c->dilation[0], c->dilation[1],
                            c->groups);
  return g_string_free (text, FALSE);
}

static void
result_size (const Conv *c, int size[2])
{
  const int in[2] = { c->height, c->width };

  for (guint a = 0; a < 2; a++)
    size[a] = (in[a] + c->pad[a] + c->pad[a + 2] - (c->kernel[a] - 1) * c->dilation[a] - 1) /
                  c->stride[a] +
              1;
}

static void
add_conv (GPtrArray *cases, const Conv *c, int layout)
{
  int y_size[2];
  g_autofree char *x = image (c, c->in, (const int[2]){ c->height, c->width }, layout);
  g_autofree char *attrs = window (c, FALSE, layout);

  result_size (c, y_size);
  g_autofree char *y = image (c, c->out, y_size, layout);
  g_autofree char *w =
      g_strdup_printf ("[%d,%d,%d,%d]", c->out, c->in / c->groups, c->kernel[0], c->kernel[1]);
  add (cases, "conv f32%s f32%s {%s}", x, w, attrs);
  add (cases, "conv f32%s f32%s f32[%d] {%s, activation=relu}", x, w, c->out, attrs);
  add (cases, "conv_input_grad f32%s f32%s {%s, shape=%s}", y, w, attrs, x);
  add (cases, "conv_weight_grad f32%s f32%s {%s, shape=%s}", x, y, attrs, w);
}

static void
add_pool (GPtrArray *cases, const Conv *conv, int layout)
{
  Conv c = *conv;
  int y_size[2];
  g_autofree char *x = image (&c, c.in, (const int[2]){ c.height, c.width }, layout);

  c.dilation[0] = c.dilation[1] = 1;
  for (guint i = 0; i < 4; i++)
    c.pad[i] = MIN (c.pad[i], c.kernel[i % 2] / 2);
  result_size (&c, y_size);
  g_autofree char *attrs = window (&c, TRUE, layout);
  g_autofree char *y = image (&c, c.in, y_size, layout);
  add (cases, "max_pool f32%s {%s}", x, attrs);
  add (cases, "max_pool_grad f32%s f32%s f32%s {%s}", x, y, y, attrs);
  for (int count = 0; count < 2; count++) {
    add (cases, "avg_pool f32%s {%s, count_pad=%d}", x, attrs, count);
    add (cases, "avg_pool_grad f32%s {%s, count_pad=%d, shape=%s}", y, attrs, count, x);
  }
}

static void
add_norm (GPtrArray *cases, const char *shape, int channels, int layout)
{
  add (cases, "batch_norm f32%s f32[%d] f32[%d] f32[%d] f32[%d] {epsilon=1e-3, layout=%d}", shape,
       channels, channels, channels, channels, layout);
  add (cases, "batch_norm_train f32%s f32[%d] f32[%d] {epsilon=1e-5, layout=%d}", shape, channels,
       channels, layout);
  add (cases, "batch_norm_grad f32%s f32%s f32[%d] f32[%d] f32[%d] {epsilon=1e-5, layout=%d}",
       shape, shape, channels, channels, channels, layout);
}

static void
add_images (GPtrArray *cases)
{
  static const struct {
    const char *shape;
    int channels, layout;
  } norms[] = {
    { "[3,5]", 5, 0 },         { "[3,5]", 5, 1 },         { "[2,3,4,5]", 3, 0 },
    { "[2,4,5,3]", 3, 1 },     { "[8,28,28,12]", 12, 1 }, { "[8,12,28,28]", 12, 0 },
    { "[7,14,14,24]", 24, 1 }, { "[129,200]", 200, 0 },   { "[2,3,700]", 3, 0 },
    { "[2,3,700]", 700, 1 },   { "[1,1,1,4]", 4, 1 },     { "[40,7,7,64]", 64, 1 },
  };

  for (int layout = 0; layout < 2; layout++)
    for (guint i = 0; i < G_N_ELEMENTS (convs); i++) {
      add_conv (cases, &convs[i], layout);
      add_pool (cases, &convs[i], layout);
    }
  for (guint i = 0; i < G_N_ELEMENTS (norms); i++)
    add_norm (cases, norms[i].shape, norms[i].channels, norms[i].layout);
}

/* --- regions ---------------------------------------------------------------------------------- */

/* A region over operands of the given shapes: two results, one of them read again; a comparison, a
 * selection, constants, and values smaller than the whole. */
static void
add_region (GPtrArray *cases, const char *whole, const char *part)
{
  add (cases,
       "program region {\n"
       "  %%0 = input {name=\"0\", dtype=f32, shape=%s} : f32%s\n"
       "  %%1 = input {name=\"1\", dtype=f32, shape=%s} : f32%s\n"
       "  %%2, %%3, %%4 = fused %%0, %%1 : f32%s, bool%s, f32%s {\n"
       "    %%0 = input {name=\"0\", dtype=f32, shape=%s} : f32%s\n"
       "    %%1 = input {name=\"1\", dtype=f32, shape=%s} : f32%s\n"
       "    %%2 = constant {value=dense(0.5)} : f32[]\n"
       "    %%3 = mul %%1, %%2 : f32%s\n"
       "    %%4 = exp %%3 : f32%s\n"
       "    %%5 = add %%0, %%4 : f32%s\n"
       "    %%6 = less %%0, %%5 : bool%s\n"
       "    %%7 = relu %%0 : f32%s\n"
       "    %%8 = select %%6, %%7, %%2 : f32%s\n"
       "    %%9 = tanh %%8 : f32%s\n"
       "    output result \"0\" = %%5\n"
       "    output result \"1\" = %%6\n"
       "    output result \"2\" = %%9\n"
       "  }\n"
       "  output result \"y\" = %%2\n"
       "}\n",
       whole, whole, part, part, whole, whole, whole, whole, whole, part, part, part, part, whole,
       whole, whole, whole, whole);
}

/* Products and recurrent layers again with weights that are known when the kernel is prepared. */
static void
add_constant_weights (GPtrArray *cases)
{
  guint n = cases->len;

  for (guint i = 0; i < n; i++) {
    const char *text = cases->pdata[i];
    if (g_str_has_prefix (text, "conv f") || g_str_has_prefix (text, "matmul f") ||
        g_str_has_prefix (text, "lstm f") || g_str_has_prefix (text, "gru f"))
      add (cases, "constant %s", text);
  }
}

GPtrArray *
cpu_cases (void)
{
  GPtrArray *cases = g_ptr_array_new_with_free_func (g_free);
  static const char *const regions[][2] = {
    { "[7]", "[7]" },        { "[]", "[]" },           { "[64,12]", "[12]" },
    { "[64,12]", "[64,1]" }, { "[5,300]", "[5,1]" },   { "[5,300]", "[300]" },
    { "[90,900]", "[]" },    { "[3,4,5]", "[3,1,5]" }, { "[8,28,28,12]", "[12]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    add (cases, "%s", fixed[i]);
  add_elementwise (cases);
  add_reductions (cases);
  add_images (cases);
  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    add_region (cases, regions[i][0], regions[i][1]);
  add_constant_weights (cases);
  return cases;
}
