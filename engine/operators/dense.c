/* Layers that multiply by a matrix or look up its rows. */
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

TelarValue
telar_lower_linear (TelarLowering *l, TelarValue x, const char *prefix, gint64 units, gboolean bias)
{
  TelarShape shape = telar_lower_type (l, x).shape, kernel_shape, bias_shape = telar_shape (units);
  g_autofree char *kernel = g_strconcat (prefix, "kernel", NULL);
  g_autofree char *offset = g_strconcat (prefix, "bias", NULL);
  gint64 in;
  TelarValue y;

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &shape, shape.rank - 1, &in))
    return TELAR_NO_VALUE;
  kernel_shape = telar_shape (in, units);
  y = telar_build_matmul (
      l->b, x, telar_lower_kernel (l, kernel, &kernel_shape, telar_lower_init (l, in, units), 1),
      FALSE, FALSE);
  if (!bias)
    return y;
  return telar_build_binary (
      l->b, TELAR_PRIM_ADD, y,
      telar_lower_parameter (l, offset, &bias_shape, telar_lower_bias_init (l, in), FALSE));
}

/* Keras' Dense and PyTorch's Linear: the last axis is transformed, the others are kept. The kernel
 * has shape [in, units]. */
static void
lower_dense (TelarLowering *l)
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK, &type);
  TelarValue y =
      telar_lower_linear (l, x, "", telar_lower_int (l, "units"), telar_lower_bool (l, "bias"));

  telar_lower_output (l, 0, telar_emit_activation (l, telar_lower_text (l, "activation"), y));
}

static const TelarOperator dense = {
  .name = "dense",
  .label = N_ ("Dense"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Connects every input feature with every unit. Works on the last axis; flatten "
             "pictures first."),
  .formula = "y = activation(x · kernel + bias)",
  .onnx = "Gemm, MatMul",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      {
          .name = "units",
          .label = N_ ("Units"),
          .kind = TELAR_PARAM_INT,
          .fallback = "64",
          .minimum = 1,
          .maximum = TELAR_SIZE_LIMIT,
          .doc = N_ ("Number of output features."),
          .prominent = TRUE,
      },
      {
          .name = "activation",
          .label = N_ ("Activation"),
          .kind = TELAR_PARAM_CHOICE,
          .fallback = "none",
          .choices = telar_activation_choices,
          .doc = N_ ("The function applied to the result; none leaves it as it is."),
          .prominent = TRUE,
      },
      TELAR_PARAM_BIAS, TELAR_PARAM_INIT, TELAR_PARAM_NORMALISE),
  .lower = lower_dense,
  .examples = TELAR_EXAMPLES ("f32[3,5] units=4", "f32[2,3,4] units=2 activation=tanh bias=false",
                              "f32[3,5] units=4 activation=relu init=pytorch",
                              "f32[3,5] units=4 normalise_weights=weight",
                              "f32[3,1] units=4 normalise_weights=spectral"),
};

/* PyTorch's Bilinear; the kernel has its shape, [units, first, second]. */
static void
lower_bilinear (TelarLowering *l)
{
  TelarType left, right;
  TelarValue x = telar_lower_float (l, 0, 2, TELAR_MAX_RANK - 1, &left);
  TelarValue y = telar_lower_float (l, 1, 2, TELAR_MAX_RANK - 1, &right), kernel;
  gint64 units = telar_lower_int (l, "units"), first, second, last = left.shape.rank;
  const gint64 perm[] = { 1, 0, 2 };
  TelarShape shape, flat, apart, row;

  if (x == TELAR_NO_VALUE || y == TELAR_NO_VALUE ||
      !telar_lower_size (l, &left.shape, left.shape.rank - 1, &first) ||
      !telar_lower_size (l, &right.shape, right.shape.rank - 1, &second))
    return;
  row = telar_shape_with (&right.shape, right.shape.rank - 1, 1);
  right.shape.dims[right.shape.rank - 1] = first;
  if (!telar_shape_equal (&left.shape, &right.shape)) {
    telar_lower_fail (l, "the inputs may differ in their last axis only");
    return;
  }
  shape = telar_shape (units, first, second);
  flat = telar_shape (first, units * second);
  apart = telar_shape_with (&left.shape, left.shape.rank - 1, units);
  apart.dims[left.shape.rank] = second;
  kernel = telar_lower_parameter (l, "kernel", &shape, telar_lower_init (l, first, units), TRUE);
  kernel = telar_build_reshape (l->b, telar_build_transpose (l->b, kernel, perm), &flat);
  x = telar_build_reshape (l->b, telar_build_matmul (l->b, x, kernel, FALSE, FALSE), &apart);
  x = telar_build_binary (l->b, TELAR_PRIM_MUL, x, telar_build_reshape (l->b, y, &row));
  x = telar_build_reduce (l->b, TELAR_PRIM_SUM, x, &last, 1, FALSE);
  if (telar_lower_bool (l, "bias")) {
    shape = telar_shape (units);
    kernel = telar_lower_parameter (l, "bias", &shape, telar_lower_bias_init (l, first), FALSE);
    x = telar_build_binary (l->b, TELAR_PRIM_ADD, x, kernel);
  }
  telar_lower_output (l, 0, telar_emit_activation (l, telar_lower_text (l, "activation"), x));
}

static const TelarOperator bilinear = {
  .name = "bilinear",
  .label = N_ ("Bilinear"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Connects every pair of features, one from each input, with every unit."),
  .formula = "y[o] = activation(Σ a[i] · kernel[o,i,j] · b[j] + bias[o])",
  .onnx = "MatMul, Mul, ReduceSum",
  .inputs = TELAR_PORTS ({ .name = "a", .kind = TELAR_PORT_TENSOR, .doc = N_ ("The first input.") },
                         { .name = "b",
                           .kind = TELAR_PORT_TENSOR,
                           .doc = N_ ("The second input; its last axis may have another size.") }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      {
          .name = "units",
          .label = N_ ("Units"),
          .kind = TELAR_PARAM_INT,
          .fallback = "64",
          .minimum = 1,
          .maximum = 1 << 16,
          .doc = N_ ("Number of output features."),
          .prominent = TRUE,
      },
      TELAR_PARAM_BIAS, TELAR_PARAM_ACTIVATION, TELAR_PARAM_INIT),
  .lower = lower_bilinear,
  .examples = TELAR_EXAMPLES ("f32[3,4] f32[3,5] units=2",
                              "f32[2,3,2] f32[2,3,4] units=3 activation=tanh bias=false",
                              "f32[3,2] f32[3,2] units=3 init=pytorch"),
};

/* The table has shape [vocabulary, size]; indices outside of it are the data's fault and are
 * refused by the device. */
static void
lower_embedding (TelarLowering *l)
{
  TelarType type;
  TelarValue indices = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK - 1, &type);
  TelarShape shape = telar_shape (telar_lower_int (l, "vocabulary"), telar_lower_int (l, "size"));
  TelarInit init = { .kind = TELAR_INIT_NORMAL, .scale = telar_lower_real (l, "deviation") };
  TelarValue table;

  if (indices == TELAR_NO_VALUE)
    return;
  table = telar_lower_parameter (l, "table", &shape, init, FALSE);
  telar_lower_output (
      l, 0, telar_emit (l->b, GATHER, ((TelarValue[]){ table, indices }), TELAR_INT (AXIS, 0)));
}

static const TelarOperator embedding = {
  .name = "embedding",
  .label = N_ ("Embedding"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Gives each whole number, such as a word's index, a trained vector of its own."),
  .formula = "y[…, :] = table[x[…], :]",
  .onnx = "Gather",
  .inputs = TELAR_PORTS ({
      .name = "in",
      .kind = TELAR_PORT_TENSOR,
      .doc = N_ ("Indices, whole numbers from 0 to vocabulary - 1."),
  }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      {
          .name = "vocabulary",
          .label = N_ ("Vocabulary"),
          .kind = TELAR_PARAM_INT,
          .fallback = "1000",
          .minimum = 1,
          .maximum = TELAR_SIZE_LIMIT,
          .doc = N_ ("How many different indices there are."),
          .prominent = TRUE,
      },
      {
          .name = "size",
          .label = N_ ("Size"),
          .kind = TELAR_PARAM_INT,
          .fallback = "64",
          .minimum = 1,
          .maximum = TELAR_SIZE_LIMIT,
          .doc = N_ ("Length of each vector."),
          .prominent = TRUE,
      },
      {
          .name = "deviation",
          .label = N_ ("Initial deviation"),
          .kind = TELAR_PARAM_REAL,
          .fallback = "0.05",
          .minimum = 0,
          .maximum = 100,
          .doc = N_ ("Standard deviation of the normal distribution that the vectors are drawn "
                     "from; PyTorch takes 1."),
      }),
  .lower = lower_embedding,
  .examples = TELAR_EXAMPLES ("i64[4]<10 vocabulary=10 size=3", "i64[2,5]<7 vocabulary=7 size=4"),
};

const TelarOperator *const telar_operators_dense[] = { &dense, &bilinear, &embedding, NULL };
