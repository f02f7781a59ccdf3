/* Operators of the tests' own, with the shapes that real ones have. */
#include "sample-operators.h"

static const char *const modes[] = { "fast", "slow", NULL };

static const TelarPort data_outputs[] = {
  { "image", TELAR_PORT_TENSOR },
  { "label", TELAR_PORT_TENSOR },
  { NULL },
};
static const TelarPort table_outputs[] = { { "table", TELAR_PORT_TABLE }, { NULL } };
static const TelarPort tensor_input[] = { { "in", TELAR_PORT_TENSOR }, { NULL } };
static const TelarPort tensor_output[] = { { "out", TELAR_PORT_TENSOR }, { NULL } };
static const TelarPort repeated_input[] = {
  { "in", TELAR_PORT_TENSOR, .repeated = TRUE },
  { NULL },
};
static const TelarPort pair_input[] = {
  { "in", TELAR_PORT_TENSOR },
  { "target", TELAR_PORT_TENSOR },
  { NULL },
};

static const TelarParam relu_params[] = {
  { .name = "slope", .kind = TELAR_PARAM_REAL, .fallback = "0", .minimum = 0, .maximum = 1 },
  { .name = "mode", .kind = TELAR_PARAM_CHOICE, .fallback = "fast", .choices = modes },
  { .name = "kernel",
    .kind = TELAR_PARAM_INTS,
    .fallback = "3x3",
    .minimum = 1,
    .maximum = 9,
    .min_items = 2,
    .max_items = 2 },
  { NULL },
};
static const TelarParam data_params[] = {
  { .name = "path", .kind = TELAR_PARAM_FILE, .fallback = "" },
  { NULL },
};
static const TelarParam dense_params[] = {
  { .name = "units", .kind = TELAR_PARAM_INT, .fallback = "3", .minimum = 1, .maximum = 4096 },
  { NULL },
};

static void
lower_relu (TelarLowering *l)
{
  telar_lower_output (l, 0, telar_build_unary (l->b, TELAR_PRIM_RELU, telar_lower_input (l, 0)));
}

/* @prim over two values of one type; a problem of the node otherwise. */
static TelarValue
combine (TelarLowering *l, TelarPrim prim, TelarValue x, TelarValue y)
{
  if (!telar_type_equal (telar_builder_type (l->b, x), telar_builder_type (l->b, y)))
    telar_lower_fail (l, "the inputs must have one shape");
  return telar_build_binary (l->b, prim, x, y);
}

static void
lower_sum (TelarLowering *l)
{
  TelarValue sum = telar_lower_input_at (l, 0, 0);
  for (guint i = 1; i < telar_lower_n_inputs (l, 0); i++)
    sum = combine (l, TELAR_PRIM_ADD, sum, telar_lower_input_at (l, 0, i));
  telar_lower_output (l, 0, sum);
}

static void
lower_dense (TelarLowering *l)
{
  TelarValue x = telar_lower_input (l, 0);
  const TelarShape *in = &telar_builder_type (l->b, x)->shape;
  if (in->rank != 2) {
    telar_lower_fail (l, "takes rows of features, not rank %u", in->rank);
    return;
  }
  gint64 features = in->dims[1], units = telar_lower_int (l, "units");
  TelarShape kernel_shape = telar_shape (features, units), bias_shape = telar_shape (units);
  TelarInit init = { TELAR_INIT_HE_UNIFORM, .fan_in = features, .fan_out = units };
  TelarValue kernel = telar_lower_parameter (l, "kernel", &kernel_shape, init, TRUE);
  TelarInit zeros = { TELAR_INIT_ZEROS };
  TelarValue bias = telar_lower_parameter (l, "bias", &bias_shape, zeros, FALSE);
  TelarValue y = telar_build_matmul (l->b, x, kernel, FALSE, FALSE);
  telar_lower_output (l, 0, telar_build_binary (l->b, TELAR_PRIM_ADD, y, bias));
}

/* Mean squared distance to the target. */
static void
lower_loss (TelarLowering *l)
{
  TelarValue error =
      combine (l, TELAR_PRIM_SUB, telar_lower_input (l, 0), telar_lower_input (l, 1));
  TelarValue squared = telar_build_binary (l->b, TELAR_PRIM_MUL, error, error);
  telar_lower_loss (l, telar_build_reduce_all (l->b, TELAR_PRIM_MEAN, squared));
}

static void
lower_metric (TelarLowering *l)
{
  TelarValue error =
      combine (l, TELAR_PRIM_SUB, telar_lower_input (l, 0), telar_lower_input (l, 1));
  TelarValue size = telar_build_unary (l->b, TELAR_PRIM_ABS, error);
  TelarShape one = telar_shape (1);
  TelarValue sums[] = {
    telar_build_reshape (l->b, telar_build_reduce_all (l->b, TELAR_PRIM_SUM, size), &one),
    telar_build_reshape (l->b, telar_build_reduce_all (l->b, TELAR_PRIM_COUNT, size), &one),
  };
  TelarValue both = telar_build_concat (l->b, sums, 2, 0);
  telar_lower_metric (l, "distance", "mean", telar_build_cast (l->b, both, TELAR_F64));
}

static void
lower_result (TelarLowering *l)
{
  telar_lower_result (l, NULL, telar_lower_input (l, 0));
}

static const TelarOperator test_data = {
  .name = "t-data",
  .category = TELAR_CATEGORY_DATA,
  .outputs = data_outputs,
  .params = data_params,
};
static const TelarOperator test_table = {
  .name = "t-table",
  .category = TELAR_CATEGORY_DATA,
  .outputs = table_outputs,
};
static const TelarOperator test_relu = {
  .name = "t-relu",
  .category = TELAR_CATEGORY_ACTIVATION,
  .inputs = tensor_input,
  .outputs = tensor_output,
  .params = relu_params,
  .lower = lower_relu,
};
static const TelarOperator test_sum = {
  .name = "t-sum",
  .category = TELAR_CATEGORY_MATH,
  .inputs = repeated_input,
  .outputs = tensor_output,
  .lower = lower_sum,
};
static const TelarOperator test_dense = {
  .name = "t-dense",
  .category = TELAR_CATEGORY_LAYER,
  .inputs = tensor_input,
  .outputs = tensor_output,
  .params = dense_params,
  .lower = lower_dense,
};
static const TelarOperator test_loss = {
  .name = "t-loss",
  .category = TELAR_CATEGORY_LOSS,
  .inputs = pair_input,
  .lower = lower_loss,
};
static const TelarOperator test_metric = {
  .name = "t-metric",
  .category = TELAR_CATEGORY_METRIC,
  .inputs = pair_input,
  .lower = lower_metric,
};
static const TelarOperator test_output = {
  .name = "t-output",
  .category = TELAR_CATEGORY_OUTPUT,
  .inputs = tensor_input,
  .lower = lower_result,
};

static const TelarOperator *const operators[] = {
  &test_data, &test_table,  &test_relu,   &test_sum, &test_dense,
  &test_loss, &test_metric, &test_output, NULL,
};

void
test_operators_register (void)
{
  telar_operators_register (operators);
}

void
test_graph_add (TelarGraph *graph, const char *op, const char *id)
{
  g_autoptr (GError) error = NULL;
  telar_graph_add_node (graph, op, id, &error);
  g_assert_no_error (error);
}

void
test_graph_wire (TelarGraph *graph, const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  telar_graph_wire (graph, from, to, &error);
  g_assert_no_error (error);
}

TelarGraph *
test_graph_small (void)
{
  TelarGraph *graph = telar_graph_new ();
  test_graph_add (graph, "t-data", "d");
  test_graph_add (graph, "t-dense", "fc");
  test_graph_add (graph, "t-loss", "loss1");
  test_graph_add (graph, "t-metric", "acc");
  test_graph_add (graph, "t-output", "result");
  test_graph_wire (graph, "d:image", "fc");
  test_graph_wire (graph, "fc", "loss1:in");
  test_graph_wire (graph, "d:label", "loss1:target");
  test_graph_wire (graph, "fc", "acc:in");
  test_graph_wire (graph, "d:label", "acc:target");
  test_graph_wire (graph, "fc", "result");
  return graph;
}
