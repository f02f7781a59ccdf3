/* Gradients against finite differences, in double precision on the reference device. The table has
 * at least one case for every primitive with a rule; a new primitive without one fails. */
#include "engine/compiler/gradients.h"
#include "engine/plan.h"

#include <math.h>
#include <string.h>

/* Operands, separated by spaces: sizes, then ":positive", ":bool" or ":below=N" (integers under N,
 * not differentiated); without, numbers of either sign, all different and off the kinks. */
typedef struct {
  TelarPrim prim;
  const char *operands;
  TelarAttr attrs[8];
  guint n_attrs;
} Case;

/* --- programs ----------------------------------------------------------------------------------
 */

static TelarTensor *
make_tensor (TelarDType dtype, const TelarShape *shape, double (*value) (gsize i, double extra),
             double extra)
{
  TelarTensor *tensor = telar_tensor_new (dtype, shape);
  for (gsize i = 0; i < telar_tensor_elements (tensor); i++)
    telar_tensor_set (tensor, i, value (i, extra));
  return tensor;
}

/* Neither equal nor near an integer or zero; step 0.137 modulo 3, in a scrambled order. */
static double
any_number (gsize i, double extra)
{
  double value = fmod ((double)((i + 1) * 7919 % 1009) * 0.137 + extra, 3.0) - 1.5;
  return fabs (value) < 0.05 ? value + 0.11 : value;
}

static double
positive_number (gsize i, double extra)
{
  return 0.3 + fabs (any_number (i, extra));
}

static double
integer_below (gsize i, double limit)
{
  return (double)((i * 5 + 1) % (gsize)limit);
}

static double
weight (gsize i, double extra)
{
  return cos ((double)i * 1.7 + extra) + 0.2;
}

/* Operand @index of a case: a trainable state with numbers, or a constant. */
static TelarValue
build_operand (TelarBuilder *b, const char *spec, guint index, TelarStates *states)
{
  g_auto (GStrv) parts = g_strsplit (spec, ":", 2);
  g_autofree char *name = g_strdup_printf ("s%u", index);
  TelarShape shape;
  g_assert_true (telar_shape_from_string (parts[0], &shape));
  if (parts[1] != NULL && g_str_has_prefix (parts[1], "below=")) {
    double limit = g_ascii_strtod (parts[1] + 6, NULL);
    g_autoptr (TelarTensor) constant = make_tensor (TELAR_I64, &shape, integer_below, limit);
    return telar_build_constant (b, constant);
  }
  if (g_strcmp0 (parts[1], "bool") == 0) {
    g_autoptr (TelarTensor) constant = make_tensor (TELAR_BOOL, &shape, integer_below, 2);
    return telar_build_constant (b, constant);
  }
  gboolean positive = g_strcmp0 (parts[1], "positive") == 0;
  g_autoptr (TelarTensor) value = make_tensor (
      TELAR_F64, &shape, positive ? positive_number : any_number, 0.31 * (double)index);
  TelarState state = {
    .name = name, .type = { TELAR_F64, shape }, .trainable = TRUE, .fit = TELAR_NO_VALUE
  };
  telar_build_declare_state (b, &state);
  g_assert_true (telar_states_put (states, name, value, NULL));
  return telar_build_state (b, name);
}

/* What a primitive gives for its own gradient alone, through which none goes. */
static gboolean
is_kept (TelarPrim prim, guint output)
{
  return (prim == TELAR_PRIM_LSTM && output == 0) || (prim == TELAR_PRIM_GRU && output < 2);
}

/* The weighted sum of all floating outputs: a loss that tells the elements apart. */
static TelarValue
weigh_outputs (TelarBuilder *b, TelarValue first)
{
  const TelarInstr *maker = telar_program_maker (telar_builder_program (b), first, NULL);
  TelarPrim prim = maker->prim;
  guint n = maker->n_outputs;
  TelarValue loss = telar_build_scalar (b, TELAR_F64, 0);
  for (guint i = 0; i < n; i++) {
    if (is_kept (prim, i))
      continue;
    TelarType type = *telar_builder_type (b, first + i);
    TelarValue out = telar_build_cast (b, first + i, TELAR_F64);
    g_autoptr (TelarTensor) weights = make_tensor (TELAR_F64, &type.shape, weight, i);
    TelarValue product =
        telar_build_binary (b, TELAR_PRIM_MUL, out, telar_build_constant (b, weights));
    TelarValue sum = telar_build_reduce_all (b, TELAR_PRIM_SUM, product);
    loss = telar_build_binary (b, TELAR_PRIM_ADD, loss, sum);
  }
  return loss;
}

static TelarProgram *
build_case (const Case *c, TelarStates *states)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("case");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) specs = g_strsplit (c->operands, " ", -1);
  TelarValue inputs[8];
  guint n = g_strv_length (specs);
  for (guint i = 0; i < n; i++)
    inputs[i] = build_operand (b, specs[i], i, states);
  TelarValue value = telar_build (b, c->prim, inputs, n, c->attrs, c->n_attrs);
  if (value != TELAR_NO_VALUE)
    telar_build_output (b, TELAR_OUTPUT_LOSS, "loss", weigh_outputs (b, value));
  TelarProgram *program = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  return program;
}

/* --- differences -------------------------------------------------------------------------------
 */

static double
run_loss (TelarPlan *plan, TelarStates *states)
{
  g_autoptr (GError) error = NULL;
  TelarRunContext context = { .states = states };
  TelarTensor *out = NULL;
  telar_plan_run (plan, &context, &out, &error);
  g_assert_no_error (error);
  double loss = telar_tensor_get (out, 0);
  telar_tensor_unref (out);
  return loss;
}

static void
check_state (TelarPlan *plan, TelarStates *states, const char *name, const TelarTensor *gradient,
             const char *what)
{
  const double step = 1e-5;
  TelarTensor *state = telar_states_get (states, name);
  g_assert_true (telar_type_equal (&state->type, &gradient->type));
  for (gsize i = 0; i < telar_tensor_elements (state); i++) {
    double at = telar_tensor_get (state, i);
    telar_tensor_set (state, i, at + step);
    double above = run_loss (plan, states);
    telar_tensor_set (state, i, at - step);
    double below = run_loss (plan, states);
    telar_tensor_set (state, i, at);
    double expected = (above - below) / (2 * step), got = telar_tensor_get (gradient, i);
    if (!(fabs (got - expected) <= 2e-6 * (1 + fabs (expected))))
      g_error ("%s, operand %s, element %" G_GSIZE_FORMAT ": gradient %g, differences %g", what,
               name, i, got, expected);
  }
}

static TelarPlan *
make_plan (const TelarProgram *program, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  TelarPlan *plan = telar_plan_new (program, 1, device, 0, &error);
  g_assert_no_error (error);
  return plan;
}

static void
check_case (const Case *c, TelarDevice *device)
{
  g_autoptr (TelarStates) states = telar_states_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) forward = build_case (c, states);
  g_autoptr (TelarProgram) both = telar_pass_differentiate (forward, &error);
  g_assert_no_error (error);
  g_assert_true (telar_program_verify (both, &error));
  g_autoptr (TelarPlan) plan = make_plan (forward, device);
  g_autoptr (TelarPlan) gradient_plan = make_plan (both, device);
  guint n = telar_program_n_outputs (both);
  g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, n);
  TelarRunContext context = { .states = states };
  telar_plan_run (gradient_plan, &context, outputs, &error);
  g_assert_no_error (error);
  g_autofree char *what = g_strdup_printf ("%s %s", telar_prim_info (c->prim)->name, c->operands);
  g_test_message ("%s", what);
  g_assert_cmpuint (n, ==, 1 + telar_program_n_states (forward));
  for (guint i = 1; i < n; i++) {
    const char *name = telar_program_output (both, i)->name;
    g_assert_true (g_str_has_prefix (name, "grad:"));
    check_state (plan, states, name + strlen ("grad:"), outputs[i], what);
  }
  for (guint i = 0; i < n; i++)
    telar_tensor_unref (outputs[i]);
}

/* --- the table ---------------------------------------------------------------------------------
 */

static gboolean covered[TELAR_N_PRIMS];

static void
check_cases (const Case *cases, guint n)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  for (guint i = 0; i < n; i++) {
    covered[cases[i].prim] = TRUE;
    check_case (&cases[i], device);
  }
}

#define ATTRS(...) { __VA_ARGS__ }, sizeof ((TelarAttr[]){ __VA_ARGS__ }) / sizeof (TelarAttr)
#define LIST(KEY, ...)                                                                             \
  TELAR_INTS (KEY, ((gint64[]){ __VA_ARGS__ }),                                                    \
              sizeof ((gint64[]){ __VA_ARGS__ }) / sizeof (gint64))
#define CASE(PRIM, operands, ...)                                                                  \
  {                                                                                                \
    TELAR_PRIM_##PRIM, operands, ATTRS (__VA_ARGS__)                                               \
  }
#define PLAIN(PRIM, operands)                                                                      \
  {                                                                                                \
    TELAR_PRIM_##PRIM, operands                                                                    \
  }

static void
test_elementwise (void)
{
  const Case cases[] = {
    PLAIN (NEG, "2,3"),
    PLAIN (ABS, "2,3"),
    PLAIN (EXP, "2,3"),
    PLAIN (LOG, "2,3:positive"),
    PLAIN (LOG1P, "2,3:positive"),
    PLAIN (SQRT, "2,3:positive"),
    PLAIN (RSQRT, "2,3:positive"),
    PLAIN (RECIPROCAL, "2,3:positive"),
    PLAIN (SIN, "2,3"),
    PLAIN (COS, "2,3"),
    PLAIN (ATAN, "2,3"),
    PLAIN (TANH, "2,3"),
    PLAIN (SIGMOID, "2,3"),
    PLAIN (SOFTPLUS, "2,3"),
    PLAIN (ERF, "2,3"),
    PLAIN (RELU, "2,5"),
    CASE (CAST, "2,3", TELAR_INT (DTYPE, TELAR_F64)),
    PLAIN (ADD, "2,3 2,3"),
    PLAIN (ADD, "2,1,3 4,1"),
    PLAIN (SUB, "3 2,3"),
    PLAIN (MUL, "2,3 2,1"),
    PLAIN (DIV, "2,3 3:positive"),
    PLAIN (POW, "2,3:positive 3"),
    PLAIN (MAXIMUM, "2,3 2,3"),
    PLAIN (MAXIMUM, "4,3 3"),
    PLAIN (MINIMUM, "4,1 1,3"),
    PLAIN (MOD, "2,3 3:positive"),
    PLAIN (SELECT, "2,3:bool 2,3 2,3"),
    PLAIN (SELECT, "2,1:bool 3 2,3"),
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_shape (void)
{
  const Case cases[] = {
    CASE (RESHAPE, "2,6", LIST (SHAPE, 3, 4)),
    CASE (TRANSPOSE, "2,3,4", LIST (PERM, 2, 0, 1)),
    CASE (BROADCAST, "3,1", LIST (SHAPE, 2, 3, 4)),
    CASE (SLICE, "5,7", LIST (START, 1, 0), LIST (LIMIT, 4, 7), LIST (STRIDE, 1, 3)),
    CASE (SLICE, "5,8", LIST (START, 0, 2), LIST (LIMIT, 5, 7), LIST (STRIDE, 2, 2)),
    CASE (PAD, "2,3", LIST (LOW, 1, 0), LIST (HIGH, 0, 2), LIST (INTERIOR, 0, 1)),
    CASE (CONCAT, "2,3 2,1 2,2", TELAR_INT (AXIS, 1)),
    CASE (REVERSE, "2,3,2", LIST (AXES, 0, 1)),
    CASE (GATHER, "2,5,3 4:below=5", TELAR_INT (AXIS, 1)),
    CASE (GATHER, "3,2 2,4:below=3", TELAR_INT (AXIS, 0)),
    CASE (SCATTER_ADD, "2,4,3 4:below=3", TELAR_INT (AXIS, 1), TELAR_INT (SIZE, 3)),
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_reduce (void)
{
  const Case cases[] = {
    CASE (SUM, "2,3,4", LIST (AXES, 0, 2)),
    CASE (SUM, "2,3,4", LIST (AXES, 1), TELAR_INT (KEEP, 1)),
    CASE (MEAN, "2,3,4", LIST (AXES, 0, 1)),
    CASE (MEAN, "2,3", LIST (AXES, 1), TELAR_INT (KEEP, 1)),
    CASE (MAX, "2,3,4", LIST (AXES, 0, 2)),
    CASE (MIN, "2,5", LIST (AXES, 1), TELAR_INT (KEEP, 1)),
    CASE (PROD, "2,3,2", LIST (AXES, 1)),
    CASE (CUMSUM, "2,4", TELAR_INT (AXIS, 1)),
    CASE (CUMSUM, "4,2", TELAR_INT (AXIS, 0), TELAR_INT (EXCLUSIVE, 1), TELAR_INT (REVERSE, 1)),
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_product (void)
{
  const Case cases[] = {
    PLAIN (MATMUL, "2,3 3,4"),
    CASE (MATMUL, "3,2 3,4", TELAR_INT (TRANS_A, 1)),
    CASE (MATMUL, "2,3 4,3", TELAR_INT (TRANS_B, 1)),
    CASE (MATMUL, "3,2 4,3", TELAR_INT (TRANS_A, 1), TELAR_INT (TRANS_B, 1)),
    PLAIN (MATMUL, "5,2,3 3,4"),
    CASE (MATMUL, "5,2,3 4,3", TELAR_INT (TRANS_B, 1)),
    CASE (MATMUL, "5,3,2 3,4", TELAR_INT (TRANS_A, 1)),
    PLAIN (MATMUL, "2,3 5,3,4"),
    PLAIN (MATMUL, "2,1,2,3 5,3,4"),
    CASE (MATMUL, "2,1,3,2 1,5,4,3", TELAR_INT (TRANS_A, 1), TELAR_INT (TRANS_B, 1)),
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_conv (void)
{
  const Case cases[] = {
    CASE (CONV, "2,2,5 3,2,3", LIST (STRIDE, 1)),
    CASE (CONV, "1,2,5,4 3,2,3,2", LIST (STRIDE, 2, 1), LIST (PAD, 1, 0, 1, 1)),
    CASE (CONV, "1,4,5,5 2,2,2,2", LIST (STRIDE, 1, 1), LIST (DILATION, 2, 1),
          TELAR_INT (GROUPS, 2)),
    CASE (CONV, "1,5,4,2 3,2,3,2", LIST (STRIDE, 2, 1), LIST (PAD, 1, 0, 1, 1),
          TELAR_INT (LAYOUT, 1)),
    CASE (CONV, "1,1,3,3,3 2,1,2,2,2", LIST (STRIDE, 1, 1, 1)),
    CASE (CONV_INPUT_GRAD, "1,3,3,4 3,2,3,2", LIST (STRIDE, 2, 1), LIST (PAD, 1, 0, 1, 1),
          LIST (SHAPE, 1, 2, 5, 4)),
    CASE (CONV_INPUT_GRAD, "1,2,3,4 2,2,2,2", LIST (STRIDE, 1, 1), LIST (DILATION, 2, 1),
          TELAR_INT (GROUPS, 2), LIST (SHAPE, 1, 4, 5, 5)),
    CASE (CONV_WEIGHT_GRAD, "1,2,5,4 1,3,3,4", LIST (STRIDE, 2, 1), LIST (PAD, 1, 0, 1, 1),
          LIST (SHAPE, 3, 2, 3, 2)),
    CASE (MAX_POOL, "1,2,5,4", LIST (KERNEL, 3, 2), LIST (STRIDE, 2, 2), LIST (PAD, 1, 0, 1, 0)),
    CASE (MAX_POOL, "1,5,4,2", LIST (KERNEL, 2, 2), LIST (STRIDE, 1, 2), TELAR_INT (LAYOUT, 1)),
    CASE (AVG_POOL, "1,2,5,4", LIST (KERNEL, 3, 2), LIST (STRIDE, 2, 1), LIST (PAD, 1, 0, 1, 0)),
    CASE (AVG_POOL, "1,2,5", LIST (KERNEL, 3), LIST (STRIDE, 1), LIST (PAD, 1, 1),
          TELAR_INT (COUNT_PAD, 1)),
    CASE (AVG_POOL_GRAD, "1,2,3,3", LIST (KERNEL, 3, 2), LIST (STRIDE, 2, 1),
          LIST (PAD, 1, 0, 1, 0), LIST (SHAPE, 1, 2, 5, 4)),
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_norm (void)
{
  const Case cases[] = {
    CASE (SOFTMAX, "2,4", TELAR_INT (AXIS, 1)),
    CASE (SOFTMAX, "3,2,2", TELAR_INT (AXIS, 0)),
    CASE (LOG_SOFTMAX, "2,4", TELAR_INT (AXIS, 1)),
    CASE (BATCH_NORM, "2,3,2,2 3 3 3 3:positive", TELAR_REAL (EPSILON, 1e-3)),
    CASE (BATCH_NORM, "2,2,2,3 3 3 3 3:positive", TELAR_REAL (EPSILON, 1e-3),
          TELAR_INT (LAYOUT, 1)),
    CASE (BATCH_NORM_TRAIN, "4,3 3 3", TELAR_REAL (EPSILON, 1e-3)),
    CASE (BATCH_NORM_TRAIN, "2,3,2,2 3 3", TELAR_REAL (EPSILON, 1e-3)),
    CASE (BATCH_NORM_TRAIN, "2,2,2,3 3 3", TELAR_REAL (EPSILON, 1e-3), TELAR_INT (LAYOUT, 1)),
    CASE (LAYER_NORM, "2,3,4 4 4", TELAR_INT (AXIS, 2), TELAR_REAL (EPSILON, 1e-3)),
    CASE (LAYER_NORM, "2,3,4 3,4 3,4", TELAR_INT (AXIS, 1), TELAR_REAL (EPSILON, 1e-3)),
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_recurrent (void)
{
  static const Case cases[] = {
    PLAIN (LSTM, "2,3,8 8,2 2,2 2,2"),
    CASE (LSTM, "1,4,12 12,3 1,3 1,3", TELAR_INT (REVERSE, 1)),
    PLAIN (LSTM, "2,1,8 8,2 2,2 2,2"),
    PLAIN (GRU, "2,3,6 6,2 6 2,2"),
    CASE (GRU, "1,4,9 9,3 9 1,3", TELAR_INT (REVERSE, 1)),
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

/* --- what differences cannot tell ---------------------------------------------------------------
 */

static void
expect_gradient (const char *text, const double *expected, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarProgram) forward = telar_program_from_text (text, &error);
  g_assert_no_error (error);
  g_autoptr (TelarProgram) both = telar_pass_differentiate (forward, &error);
  g_assert_no_error (error);
  g_autoptr (TelarStates) states = telar_states_new ();
  g_assert_true (telar_states_add_program (states, both, 1, &error));
  g_autoptr (TelarPlan) plan = make_plan (both, device);
  TelarRunContext context = { .states = states };
  TelarTensor *outputs[2] = { NULL };
  g_assert_cmpuint (telar_program_n_outputs (both), ==, 2);
  telar_plan_run (plan, &context, outputs, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (telar_tensor_elements (outputs[1]), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (telar_tensor_get (outputs[1], i), expected[i], 1e-12);
  telar_tensor_unref (outputs[0]);
  telar_tensor_unref (outputs[1]);
}

/* Equal maxima share; a product with zeros has the gradient of its other factors. */
static void
test_ties (void)
{
  expect_gradient ("program ties {\n"
                   "  state @s : f64[3] trainable init=constant(2)\n"
                   "  %0 = state {name=\"s\"} : f64[3]\n"
                   "  %1 = max %0 {axes=[0]} : f64[]\n"
                   "  output loss \"loss\" = %1\n"
                   "}\n",
                   (double[]){ 1 / 3.0, 1 / 3.0, 1 / 3.0 }, 3);
  expect_gradient ("program zeros {\n"
                   "  state @s : f64[2] trainable init=zeros\n"
                   "  %0 = state {name=\"s\"} : f64[2]\n"
                   "  %1 = constant {value=dense(0, 3)} : f64[2]\n"
                   "  %2 = add %0, %1 : f64[2]\n"
                   "  %3 = prod %2 {axes=[0]} : f64[]\n"
                   "  output loss \"loss\" = %3\n"
                   "}\n",
                   (double[]){ 3, 0 }, 2);
}

/* A value that is read twice by one instruction. */
static void
test_square (void)
{
  expect_gradient ("program square {\n"
                   "  state @s : f64[2] trainable init=constant(3)\n"
                   "  %0 = state {name=\"s\"} : f64[2]\n"
                   "  %1 = mul %0, %0 : f64[2]\n"
                   "  %2 = div %1, %0 : f64[2]\n"
                   "  %3 = mul %1, %2 : f64[2]\n"
                   "  %4 = sum %3 {axes=[0]} : f64[]\n"
                   "  output loss \"loss\" = %4\n"
                   "}\n",
                   (double[]){ 27, 27 }, 2);
}

/* A symbolic batch: parts of a joined batch go back to where they came from. */
static void
test_join_batches (void)
{
  const char *text = "program join {\n"
                     "  state @s : f64[2] trainable init=constant(1)\n"
                     "  %0 = state {name=\"s\"} : f64[2]\n"
                     "  %1 = iota {dtype=f64, shape=[N,2], axis=0} : f64[N,2]\n"
                     "  %2 = mul %0, %1 : f64[N,2]\n"
                     "  %3 = concat %1, %2 {axis=0} : f64[2N,2]\n"
                     "  %4 = iota {dtype=f64, shape=[2N,2], axis=0} : f64[2N,2]\n"
                     "  %5 = mul %3, %4 : f64[2N,2]\n"
                     "  %6 = sum %5 {axes=[0,1]} : f64[]\n"
                     "  output loss \"loss\" = %6\n"
                     "}\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarProgram) forward = telar_program_from_text (text, &error);
  g_assert_no_error (error);
  g_autoptr (TelarProgram) both = telar_pass_differentiate (forward, &error);
  g_assert_no_error (error);
  g_autoptr (TelarStates) states = telar_states_new ();
  g_assert_true (telar_states_add_program (states, both, 1, &error));
  g_autoptr (TelarPlan) plan = telar_plan_new (both, 3, device, 0, &error);
  g_assert_no_error (error);
  TelarRunContext context = { .states = states };
  TelarTensor *outputs[2] = { NULL };
  telar_plan_run (plan, &context, outputs, &error);
  g_assert_no_error (error);
  /* Σ over rows i of i (3 + i) */
  for (guint i = 0; i < 2; i++)
    g_assert_cmpfloat (telar_tensor_get (outputs[1], i), ==, 0 * 3 + 1 * 4 + 2 * 5);
  telar_tensor_unref (outputs[0]);
  telar_tensor_unref (outputs[1]);
}

/* Runs last: the tests above say what they covered. */
static void
test_coverage (void)
{
  for (TelarPrim prim = 0; prim < TELAR_N_PRIMS; prim++) {
    TelarGradient gradient = telar_gradient_of (prim);
    gboolean rule = gradient.kind == TELAR_GRADIENT_RULE;
    if (gradient.kind == TELAR_GRADIENT_UNKNOWN)
      g_error ("nobody has said what the gradient of %s is", telar_prim_info (prim)->name);
    g_assert_true (rule == (gradient.rule != NULL));
    if (rule != covered[prim])
      g_error ("%s %s", telar_prim_info (prim)->name,
               rule ? "has a gradient and no case" : "has a case and no gradient");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gradients/elementwise", test_elementwise);
  g_test_add_func ("/gradients/shape", test_shape);
  g_test_add_func ("/gradients/reduce", test_reduce);
  g_test_add_func ("/gradients/product", test_product);
  g_test_add_func ("/gradients/conv", test_conv);
  g_test_add_func ("/gradients/norm", test_norm);
  g_test_add_func ("/gradients/recurrent", test_recurrent);
  g_test_add_func ("/gradients/ties", test_ties);
  g_test_add_func ("/gradients/square", test_square);
  g_test_add_func ("/gradients/join-batches", test_join_batches);
  g_test_add_func ("/gradients/coverage", test_coverage);
  return g_test_run ();
}
