/* Where values begin: what the model is given, and tensors that it has of its own. */
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"
#include <string.h>

/* The type that the node's parameters describe; FALSE where they have too many sizes. */
static gboolean
described_type (const TelarNode *node, gboolean batch, TelarType *type)
{
  guint n;
  const gint64 *sizes = telar_param_set_ints (node->params, "shape", &n);
  *type = (TelarType){ 0 };
  if (n + batch > TELAR_MAX_RANK)
    return FALSE;
  telar_dtype_from_name (telar_param_set_text (node->params, "type"), &type->dtype);
  if (batch)
    type->shape.dims[type->shape.rank++] = TELAR_DIM_BATCH;
  for (guint i = 0; i < n; i++)
    type->shape.dims[type->shape.rank++] = sizes[i];
  return TRUE;
}

gboolean
telar_node_input_type (const TelarNode *node, TelarType *type)
{
  return strcmp (node->op->name, TELAR_OPERATOR_INPUT) == 0 &&
         described_type (node, telar_param_set_bool (node->params, "batch"), type);
}

static gboolean
read_type (TelarLowering *l, gboolean batch, TelarType *type)
{
  if (described_type (l->node, batch, type))
    return TRUE;
  telar_lower_fail (l, "the shape has more than the %d sizes that are possible",
                    TELAR_MAX_RANK - batch);
  return FALSE;
}

/* The first two axes of pictures are samples and channels, and the others sizes. */
static void
take_sizes (TelarType *type, const TelarType *has)
{
  for (guint i = 2; i < type->shape.rank && has->shape.rank == type->shape.rank; i++)
    type->shape.dims[i] = has->shape.dims[i];
}

/* Whether data of type @has may be given where @wants is asked for; a batch takes any number. */
static gboolean
accepts (const TelarType *wants, const TelarType *has)
{
  TelarType type = *has;
  if (wants->shape.rank > 0 && wants->shape.dims[0] == TELAR_DIM_BATCH && type.shape.rank > 0)
    type.shape.dims[0] = TELAR_DIM_BATCH;
  return telar_type_equal (wants, &type);
}

static void
lower_input (TelarLowering *l)
{
  TelarType type;
  TelarValue data = telar_lower_input (l, 0);
  if (!read_type (l, telar_lower_bool (l, "batch"), &type))
    return;
  if (data != TELAR_NO_VALUE && telar_lower_bool (l, "any_size"))
    take_sizes (&type, telar_builder_type (l->b, data));
  if (data != TELAR_NO_VALUE && !accepts (&type, telar_builder_type (l->b, data))) {
    g_autofree char *has = telar_type_to_string (telar_builder_type (l->b, data));
    g_autofree char *wants = telar_type_to_string (&type);
    telar_lower_fail (l, "the data are %s where the model takes %s", has, wants);
    return;
  }
  telar_lower_output (l, 0, telar_lower_model_input (l, &type, data));
}

/* The listed numbers in the shape of @type; a problem where they are not as many. */
static TelarValue
listed_numbers (TelarLowering *l, const TelarType *type, const double *numbers, guint n)
{
  gint64 count;
  if (!telar_shape_count (&type->shape, &count) || count != n) {
    g_autofree char *text = telar_type_to_string (type);
    telar_lower_fail (l, "%u numbers are listed, which do not fill %s", n, text);
    return TELAR_NO_VALUE;
  }
  g_autoptr (TelarTensor) tensor = telar_tensor_new (type->dtype, &type->shape);
  for (guint i = 0; i < n; i++)
    telar_tensor_set (tensor, i, numbers[i]);
  return telar_build_constant (l->b, tensor);
}

static TelarValue
one_number (TelarLowering *l, const TelarType *type, double number)
{
  return type->shape.rank == 0 ? telar_build_scalar (l->b, type->dtype, number)
                               : telar_build_fill (l->b, type, number);
}

static void
lower_constant (TelarLowering *l)
{
  TelarType type;
  guint n;
  const double *numbers = telar_lower_reals (l, "numbers", &n);
  if (!read_type (l, FALSE, &type))
    return;
  telar_lower_output (l, 0,
                      telar_lower_bool (l, "stored") ? telar_lower_stored (l, "value", &type)
                      : n > 0                        ? listed_numbers (l, &type, numbers, n)
                              : one_number (l, &type, telar_lower_real (l, "value")));
}

/* One number for each sample of what is wired. */
static void
lower_full (TelarLowering *l)
{
  TelarType like, type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &like);
  if (x == TELAR_NO_VALUE || !read_type (l, TRUE, &type))
    return;
  type.shape.dims[0] = like.shape.dims[0];
  telar_lower_output (l, 0, telar_build_fill (l->b, &type, telar_lower_real (l, "value")));
}

static void
lower_parameter (TelarLowering *l)
{
  TelarType type;
  TelarInit init = telar_init_constant (telar_lower_real (l, "initial"));
  double deviation = telar_lower_real (l, "deviation");
  guint n;
  const gint64 *sizes = telar_lower_ints (l, "shape", &n);
  type = (TelarType){ .dtype = TELAR_F32, .shape = { .rank = n } };
  memcpy (type.shape.dims, sizes, n * sizeof *sizes);
  if (deviation > 0)
    init = (TelarInit){ .kind = TELAR_INIT_NORMAL, .scale = deviation };
  telar_lower_output (
      l, 0, telar_lower_parameter (l, "value", &type.shape, init, telar_lower_bool (l, "decay")));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define SHAPE(text, given)                                                                         \
  {                                                                                                \
    .name = "shape", .label = N_ ("Shape"), .kind = TELAR_PARAM_INTS, .fallback = given,           \
    .minimum = 0, .maximum = TELAR_SIZE_LIMIT, .min_items = 0, .max_items = TELAR_MAX_RANK,        \
    .doc = N_ (text), .prominent = TRUE,                                                           \
  }
#define TYPE                                                                                       \
  {                                                                                                \
    .name = "type", .label = N_ ("Type"), .kind = TELAR_PARAM_CHOICE, .fallback = "f32",           \
    .choices = telar_dtype_choices, .doc = N_ ("The type of its numbers."),                        \
  }

static const TelarOperator input = {
  .name = TELAR_OPERATOR_INPUT,
  .label = N_ ("Input"),
  .category = TELAR_CATEGORY_DATA,
  .doc = N_ ("What the model is given when it is used; exported files call it by the node's name. "
             "To train, wire data to it. What stands before it is no part of the finished model."),
  .inputs = TELAR_PORTS ({ .name = "data",
                           .kind = TELAR_PORT_TENSOR,
                           .optional = TRUE,
                           .doc = N_ ("Where the numbers come from while training.") }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      SHAPE ("The sizes of one sample, such as 3x224x224.", "1"), TYPE,
      { .name = "batch",
        .label = N_ ("Batch"),
        .kind = TELAR_PARAM_BOOL,
        .fallback = "true",
        .doc = N_ ("Whether any number of samples comes at once, along an axis before "
                   "those of the shape.") },
      { .name = "any_size",
        .label = N_ ("Any size"),
        .kind = TELAR_PARAM_BOOL,
        .fallback = "false",
        .doc = N_ ("Whether pictures of other heights and widths are taken as they are, for a "
                   "Resize behind the input to bring to one size. Exported files have the size of "
                   "the shape.") }),
  .lower = lower_input,
  .examples = TELAR_EXAMPLES ("f32[2,3] shape=3", "f32[2,1,4,5] shape=1x4x5 any_size=true",
                              "i64[2,4,1]<5 shape=4x1 type=i64"),
};

static const TelarOperator full = {
  .name = "full",
  .label = N_ ("One number for each sample"),
  .category = TELAR_CATEGORY_SHAPE,
  .doc = N_ ("The same number everywhere, for as many samples as another tensor has: zeros for a "
             "state to begin with, ones to count."),
  .formula = "y[n,…] = value",
  .onnx = "Expand",
  .inputs = TELAR_PORTS ({ .name = "like",
                           .kind = TELAR_PORT_TENSOR,
                           .doc = N_ ("A tensor with the batch that is wanted.") }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (SHAPE ("The sizes of one sample; none for a single number.", "1"), TYPE,
                          { .name = "value",
                            .label = N_ ("Value"),
                            .kind = TELAR_PARAM_REAL,
                            .fallback = "0",
                            .doc = N_ ("The number that stands everywhere."),
                            .prominent = TRUE }),
  .lower = lower_full,
  .examples = TELAR_EXAMPLES ("f32[2,3] shape=4 value=1.5", "f32[3,2] shape=2x3 type=i64 value=1"),
};

static const TelarOperator constant = {
  .name = "constant",
  .label = N_ ("Constant"),
  .category = TELAR_CATEGORY_DATA,
  .doc = N_ ("Numbers that stay as they are: one everywhere, a list, or those of the file of "
             "weights."),
  .inputs = TELAR_NO_PORTS,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      SHAPE ("Its sizes; none for a single number.", ""), TYPE,
      { .name = "value",
        .label = N_ ("Value"),
        .kind = TELAR_PARAM_REAL,
        .fallback = "0",
        .doc = N_ ("The number that stands everywhere."),
        .prominent = TRUE },
      { .name = "numbers",
        .label = N_ ("Numbers"),
        .kind = TELAR_PARAM_REALS,
        .fallback = "",
        .doc = N_ ("All its numbers, the last axis running fastest, instead of one everywhere.") },
      { .name = "stored",
        .label = N_ ("Stored"),
        .kind = TELAR_PARAM_BOOL,
        .fallback = "false",
        .doc = N_ ("Whether the numbers are those that the project's file of weights has under the "
                   "node's name, instead of one number everywhere.") }),
  .lower = lower_constant,
  .examples = TELAR_EXAMPLES ("shape=2x3 value=1.5", "shape=4 type=i64 value=3", "value=2",
                              "shape=2x3 numbers=1,0.5,-2,3,0,1"),
};

static const TelarOperator parameter = {
  .name = "parameter",
  .label = N_ ("Parameter"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("A tensor that is learned, for layers that you build yourself."),
  .inputs = TELAR_NO_PORTS,
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      SHAPE ("Its sizes; none for a single number.", "1"),
      { .name = "initial",
        .label = N_ ("Initial value"),
        .kind = TELAR_PARAM_REAL,
        .fallback = "0",
        .doc = N_ ("The number that it begins with everywhere, where the deviation is 0.") },
      { .name = "deviation",
        .label = N_ ("Deviation"),
        .kind = TELAR_PARAM_REAL,
        .fallback = "0",
        .minimum = 0,
        .maximum = 1e6,
        .doc = N_ ("Above 0 it begins with normal random numbers of this standard deviation.") },
      { .name = "decay",
        .label = N_ ("Decays"),
        .kind = TELAR_PARAM_BOOL,
        .fallback = "true",
        .doc = N_ ("Whether weight decay applies.") }),
  .lower = lower_parameter,
  .examples = TELAR_EXAMPLES ("shape=2x3 deviation=0.5", "shape=4 initial=2"),
};

const TelarOperator *const telar_operators_source[] = { &input, &constant, &full, &parameter,
                                                        NULL };
