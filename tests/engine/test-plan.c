/* Plans: the same bits as running plainly, updates, partial batches, randomness, what is missing or
 * of the wrong type, and the refusal of what does not fit. */
#include "engine/plan.h"
#include "tests/support/random-program.h"

#include <string.h>

enum { N_PROGRAMS = 200, WIDTH = 6 };

static TelarProgram *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  TelarProgram *program = telar_program_from_text (text, &error);
  g_assert_no_error (error);
  return program;
}

static TelarPlan *
make_plan (const TelarProgram *program, gint64 batch, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  TelarPlan *plan = telar_plan_new (program, batch, device, 0, &error);
  g_assert_no_error (error);
  return plan;
}

static TelarStates *
make_states (const TelarProgram *program, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  TelarStates *states = telar_states_new ();
  g_assert_true (telar_states_add_program (states, program, seed, &error));
  g_assert_no_error (error);
  return states;
}

static TelarTensor *
make_input (gint64 batch)
{
  TelarShape shape = telar_shape (batch, WIDTH);
  TelarTensor *x = telar_tensor_new (TELAR_F32, &shape);
  for (gsize i = 0; i < telar_tensor_elements (x); i++)
    telar_tensor_set (x, i, (double)(i * 37 % 23) * 0.1 - 1.1);
  return x;
}

static TelarStates *
copy_states (const TelarStates *states)
{
  TelarStates *copy = telar_states_new ();
  g_autoptr (GPtrArray) names = telar_states_names (states);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    g_assert_true (telar_states_put (copy, name, telar_states_get (states, name), NULL));
  }
  return copy;
}

static void
assert_same_states (const TelarStates *a, const TelarStates *b)
{
  g_autoptr (GPtrArray) names = telar_states_names (a);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    g_assert_true (telar_tensor_equal (telar_states_get (a, name), telar_states_get (b, name)));
  }
}

/* --- the same as plainly -----------------------------------------------------------------------
 */

/* Simplification may round otherwise. */
static void
assert_near (const TelarTensor *a, const TelarTensor *b)
{
  g_assert_true (telar_type_equal (&a->type, &b->type));
  for (gsize i = 0; i < telar_tensor_elements (a); i++) {
    double x = telar_tensor_get (a, i), y = telar_tensor_get (b, i);
    if (x != y)
      g_assert_cmpfloat_with_epsilon (x, y, 1e-4 * (1 + ABS (x)));
  }
}

/* What the plan runs, run plainly, gives the same bits; what it was made from gives the same up to
 * rounding. */
static void
compare_runs (const TelarProgram *program, gint64 batch, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) bound = telar_program_bind (program, batch, &error);
  g_assert_no_error (error);
  g_autoptr (TelarPlan) plan = make_plan (program, batch, device);
  g_autoptr (TelarStates) planned = make_states (program, 5), plain = make_states (program, 5);
  g_autoptr (TelarTensor) x = make_input (batch);
  g_autoptr (TelarTensor) unchanged = telar_tensor_copy (x);
  TelarBinding binding = { "x", x };
  guint n = telar_program_n_outputs (program);
  for (guint step = 1; step <= 3; step++) {
    g_autoptr (TelarStates) original = copy_states (plain);
    TelarRunContext context = {
      .inputs = &binding, .n_inputs = 1, .states = planned, .seed = 1, .step = step
    };
    g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, n + 1);
    g_assert_true (telar_plan_run (plan, &context, outputs, &error));
    g_autoptr (GPtrArray) same =
        test_run_plainly (telar_plan_program (plan), &binding, 1, plain, 1, step);
    g_autoptr (GPtrArray) near = test_run_plainly (bound, &binding, 1, original, 1, step);
    for (guint i = 0; i < n; i++) {
      g_assert_true (telar_tensor_equal (outputs[i], g_ptr_array_index (same, i)));
      assert_near (outputs[i], g_ptr_array_index (near, i));
      telar_tensor_unref (outputs[i]);
    }
    assert_same_states (planned, plain);
  }
  g_assert_true (telar_tensor_equal (x, unchanged));
}

/* Sharing memory, working in place and another order change nothing. */
static void
test_random_programs (void)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  for (guint seed = 0; seed < N_PROGRAMS; seed++) {
    g_autoptr (TelarProgram) program = test_random_program (seed, 10 + seed % 50);
    g_test_message ("program %u", seed);
    compare_runs (program, 1 + seed % 7, device);
  }
}

/* --- a step of training ------------------------------------------------------------------------
 */

static const char dense[] = "program dense {\n"
                            "  state @dense.kernel : f32[6,3] trainable decay init=he_uniform(6)\n"
                            "  state @dense.bias : f32[3] trainable init=zeros\n"
                            "  %0 = input {name=\"x\", dtype=f32, shape=[N,6]} : f32[N,6]\n"
                            "  %1 = input {name=\"y\", dtype=f32, shape=[N,3]} : f32[N,3]\n"
                            "  %2 = state {name=\"dense.kernel\"} : f32[6,3]  !dense\n"
                            "  %3 = state {name=\"dense.bias\"} : f32[3]  !dense\n"
                            "  %4 = matmul %0, %2 : f32[N,3]  !dense\n"
                            "  %5 = add %4, %3 : f32[N,3]  !dense\n"
                            "  %6 = sub %5, %1 : f32[N,3]  !loss\n"
                            "  %7 = mul %6, %6 : f32[N,3]  !loss\n"
                            "  %8 = mean %7 {axes=[0,1]} : f32[]  !loss\n"
                            "  output loss \"loss\" = %8\n"
                            "}\n";

static const TelarOptimizer adam = {
  .name = "adam", .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8
};

static double
train (TelarPlan *plan, TelarStates *states, gint64 batch, guint steps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarTensor) x = make_input (batch);
  TelarShape shape = telar_shape (batch, 3);
  g_autoptr (TelarTensor) y = telar_tensor_new (TELAR_F32, &shape);
  g_autoptr (TelarTensor) rate = telar_tensor_scalar (TELAR_F32, 0.05);
  double loss = 0;
  for (gsize i = 0; i < telar_tensor_elements (y); i++)
    telar_tensor_set (y, i, telar_tensor_get (x, i / 3 * WIDTH) + (double)(i % 3));
  for (guint step = 1; step <= steps; step++) {
    g_autoptr (TelarTensor) count = telar_tensor_scalar (TELAR_F32, step);
    TelarBinding inputs[] = {
      { "x", x }, { "y", y }, { "learning_rate", rate }, { "step", count }
    };
    TelarRunContext context = { inputs, G_N_ELEMENTS (inputs), states, 1, step };
    TelarTensor *out = NULL;
    g_assert_true (telar_plan_run (plan, &context, &out, &error));
    loss = telar_tensor_get (out, 0);
    telar_tensor_unref (out);
  }
  return loss;
}

/* One compiled step learns, also when the batches have other sizes, and the same twice. */
static void
test_training (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarProgram) lowered = parse (dense);
  g_autoptr (TelarProgram) program = telar_compile_training (lowered, &adam, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TelarPlan) whole = make_plan (program, 8, device);
  g_autoptr (TelarPlan) part = make_plan (program, 3, device);
  g_autoptr (TelarStates) states = make_states (program, 1), again = make_states (program, 1);
  g_assert_nonnull (telar_states_get (states, "dense.kernel/m"));
  double before = train (whole, states, 8, 1);
  train (part, states, 3, 20);
  double after = train (whole, states, 8, 200);
  g_assert_cmpfloat (after, <, before / 100);
  train (whole, again, 8, 1);
  train (part, again, 3, 20);
  g_assert_cmpfloat (train (whole, again, 8, 200), ==, after);
  assert_same_states (states, again);
}

/* Without clipping and with a limit that is never reached the bits are the same; with a small limit
 * the norm of what is applied is the limit. */
static void
test_clipping (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarProgram) lowered = parse (dense);
  const double limits[] = { 0, 1e9, 0.25 };
  TelarStates *results[3] = { NULL };
  g_autoptr (TelarStates) start = make_states (lowered, 1);
  for (guint i = 0; i < 3; i++) {
    TelarOptimizer sgd = { .name = "sgd", .clip_norm = limits[i] };
    g_autoptr (TelarProgram) program = telar_compile_training (lowered, &sgd, NULL, &error);
    g_assert_no_error (error);
    g_autoptr (TelarPlan) plan = make_plan (program, 8, device);
    results[i] = make_states (program, 1);
    g_autoptr (TelarTensor) x = make_input (8);
    TelarShape shape = telar_shape (8, 3);
    g_autoptr (TelarTensor) y = telar_tensor_new (TELAR_F32, &shape);
    g_autoptr (TelarTensor) rate = telar_tensor_scalar (TELAR_F32, 1);
    TelarBinding inputs[] = { { "x", x }, { "y", y }, { "learning_rate", rate } };
    TelarRunContext context = { inputs, 3, results[i], 1, 1 };
    g_assert_true (telar_plan_run (plan, &context, NULL, &error));
  }
  assert_same_states (results[0], results[1]);
  double sum = 0;
  g_autoptr (GPtrArray) names = telar_states_names (start);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    const TelarTensor *a = telar_states_get (start, name), *b = telar_states_get (results[2], name);
    for (gsize k = 0; k < telar_tensor_elements (a); k++) {
      double moved = telar_tensor_get (a, k) - telar_tensor_get (b, k);
      sum += moved * moved;
    }
  }
  g_assert_cmpfloat_with_epsilon (sum, 0.25 * 0.25, 1e-5);
  for (guint i = 0; i < 3; i++)
    g_clear_pointer (&results[i], telar_states_unref);
}

/* --- randomness --------------------------------------------------------------------------------
 */

static TelarTensor *
draw (guint64 seed, guint32 step)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarProgram) program =
      parse ("program random {\n"
             "  %0 = uniform {dtype=f32, shape=[N,6], stream=7} : f32[N,6]\n"
             "  output result \"u\" = %0\n"
             "}\n");
  g_autoptr (TelarPlan) plan = make_plan (program, 5, device);
  TelarRunContext context = { .seed = seed, .step = step };
  TelarTensor *out = NULL;
  g_assert_true (telar_plan_run (plan, &context, &out, &error));
  return out;
}

static void
test_random (void)
{
  g_autoptr (TelarTensor) a = draw (1, 2), same = draw (1, 2);
  g_autoptr (TelarTensor) step = draw (1, 3), seed = draw (2, 2);
  g_assert_true (telar_tensor_equal (a, same));
  g_assert_false (telar_tensor_equal (a, step));
  g_assert_false (telar_tensor_equal (a, seed));
}

/* --- states ------------------------------------------------------------------------------------
 */

/* Drawn from the seed and the name alone: another program with the same state begins the same. */
static void
test_state_init (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program =
      parse ("program init {\n"
             "  state @a.k : f32[64,64] trainable init=he_uniform(64)\n"
             "  state @b.k : f32[64,64] trainable init=normal(0.5)\n"
             "  state @c.k : f32[4] init=constant(3)\n"
             "}\n");
  g_autoptr (TelarProgram) other = parse ("program other {\n"
                                          "  state @z.k : f32[2] init=normal(1)\n"
                                          "  state @a.k : f32[64,64] init=he_uniform(64)\n"
                                          "}\n");
  g_autoptr (TelarStates) states = make_states (program, 9), others = make_states (other, 9);
  g_autoptr (TelarStates) seeded = make_states (program, 10);
  const TelarTensor *a = telar_states_get (states, "a.k"), *b = telar_states_get (states, "b.k");
  double bound = 0.30619, sum = 0, squares = 0, most = 0; /* sqrt (6 / 64) */
  for (gsize i = 0; i < 4096; i++) {
    most = MAX (most, ABS (telar_tensor_get (a, i)));
    sum += telar_tensor_get (b, i);
    squares += telar_tensor_get (b, i) * telar_tensor_get (b, i);
  }
  g_assert_cmpfloat (most, <=, bound);
  g_assert_cmpfloat (most, >, 0.99 * bound);
  g_assert_cmpfloat_with_epsilon (sum / 4096, 0, 0.03);
  g_assert_cmpfloat_with_epsilon (squares / 4096, 0.25, 0.02);
  g_assert_cmpfloat (telar_tensor_get (telar_states_get (states, "c.k"), 3), ==, 3);
  g_assert_true (telar_tensor_equal (a, telar_states_get (others, "a.k")));
  g_assert_false (telar_tensor_equal (a, telar_states_get (seeded, "a.k")));

  g_autoptr (TelarProgram) clash = parse ("program clash {\n"
                                          "  state @new.k : f32[2] init=zeros\n"
                                          "  state @a.k : f32[64] init=zeros\n"
                                          "}\n");
  g_assert_false (telar_states_add_program (states, clash, 9, &error));
  g_assert_cmpstr (error->message, ==, "a: the state a.k is f32[64,64] where f32[64] is needed");
  g_assert_null (telar_states_get (states, "new.k"));
}

static void
test_state_put (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarStates) states = telar_states_new ();
  g_autoptr (TelarTensor) two = telar_tensor_scalar (TELAR_F32, 2);
  g_autoptr (TelarTensor) whole = telar_tensor_scalar (TELAR_I64, 2);
  g_assert_true (telar_states_put (states, "b", two, &error));
  g_assert_true (telar_states_put (states, "a", two, &error));
  const TelarTensor *kept = telar_states_get (states, "a");
  g_assert_true (kept != two);
  g_assert_false (telar_states_put (states, "a", whole, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_autoptr (TelarTensor) three = telar_tensor_scalar (TELAR_F32, 3);
  g_assert_true (telar_states_put (states, "a", three, NULL));
  g_assert_true (telar_states_get (states, "a") == kept);
  g_assert_cmpfloat (telar_tensor_get (kept, 0), ==, 3);
  g_autoptr (GPtrArray) names = telar_states_names (states);
  g_assert_cmpuint (names->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (names, 0), ==, "a");
}

/* --- refusals ----------------------------------------------------------------------------------
 */

static void
test_missing (void)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarProgram) program = parse (dense);
  g_autoptr (TelarPlan) plan = make_plan (program, 4, device);
  g_autoptr (TelarStates) states = make_states (program, 1), none = telar_states_new ();
  g_autoptr (TelarTensor) x = make_input (4), wrong = make_input (3);
  TelarShape shape = telar_shape (4, 3);
  g_autoptr (TelarTensor) y = telar_tensor_new (TELAR_F32, &shape);
  const struct {
    TelarBinding inputs[2];
    TelarStates *states;
    const char *message;
  } cases[] = {
    { { { "x", x }, { "z", y } }, states, "y: the input y is missing" },
    { { { "x", wrong }, { "y", y } },
      states,
      "x: the input x is f32[3,6] where f32[4,6] is needed" },
    { { { "x", x }, { "y", y } }, none, "dense: the state dense.kernel is missing" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    TelarRunContext context = { cases[i].inputs, 2, cases[i].states, 1, 1 };
    g_assert_false (telar_plan_run (plan, &context, NULL, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, cases[i].message);
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (telar_plan_new (program, 0, device, 0, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

static void
test_memory_limit (void)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarProgram) program =
      parse ("program large {\n"
             "  %0 = input {name=\"x\", dtype=f32, shape=[N,6]} : f32[N,6]\n"
             "  %1 = exp %0 : f32[N,6]  !small\n"
             "  %2 = concat %1, %1, %1, %1 {axis=1} : f32[N,24]  !wide\n"
             "  %3 = sum %2 {axes=[0,1]} : f32[]\n"
             "  output result \"y\" = %3\n"
             "}\n");
  g_autoptr (TelarPlan) plan = make_plan (program, 1000, device);
  const TelarPlanCost *cost = telar_plan_cost (plan);
  g_assert_cmpuint (cost->total_bytes, >=, 120000);
  g_assert_cmpuint (cost->total_bytes, <, 130000);
  g_assert_cmpuint (cost->nodes->len, ==, 3);
  g_assert_cmpfloat (cost->flops, ==, 6000 + 24000);

  g_autoptr (GError) error = NULL;
  g_assert_null (telar_plan_new (program, 1000, device, cost->total_bytes - 1, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (telar_error_get_node (error), ==, "wide");
}

/* Without a limit it is the machine's memory that counts; nothing is allocated to find out. */
static void
test_machine_memory (void)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarProgram) program =
      parse ("program huge {\n"
             "  %0 = input {name=\"x\", dtype=f32, shape=[N,6]} : f32[N,6]\n"
             "  %1 = exp %0 : f32[N,6]  !small\n"
             "  %2 = pad %1 {low=[0,0], high=[0,1000000]} : f32[N,1000006]  !wide\n"
             "  %3 = max %2 {axes=[0,1]} : f32[]\n"
             "  output result \"y\" = %3\n"
             "}\n");
  g_autoptr (GError) error = NULL;
  g_assert_null (telar_plan_new (program, G_MAXINT32, device, 0, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (telar_error_get_node (error), ==, "wide");
}

static void
test_text_and_timing (void)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarProgram) program = parse (dense);
  g_autoptr (TelarPlan) plan = make_plan (program, 4, device);
  g_autofree char *text = telar_plan_to_text (plan);
  g_assert_nonnull (strstr (text, "plan dense, batch 4, device ref\n"));
  g_assert_nonnull (strstr (text, "@dense.kernel"));
  g_assert_nonnull (strstr (text, "f32[4,3] [0+48]"));
  guint n;
  telar_plan_timing (plan, &n);
  g_assert_cmpuint (n, ==, 0);

  g_autoptr (TelarStates) states = make_states (program, 1);
  g_autoptr (TelarTensor) x = make_input (4);
  TelarShape shape = telar_shape (4, 3);
  g_autoptr (TelarTensor) y = telar_tensor_new (TELAR_F32, &shape);
  TelarBinding inputs[] = { { "x", x }, { "y", y } };
  TelarRunContext context = { inputs, 2, states, 1, 1 };
  telar_plan_set_timing (plan, TRUE);
  g_assert_true (telar_plan_run (plan, &context, NULL, NULL));
  const gint64 *nanoseconds = telar_plan_timing (plan, &n);
  g_assert_cmpuint (n, ==, telar_program_n_instrs (telar_plan_program (plan)));
  gint64 total = 0;
  for (guint i = 0; i < n; i++)
    total += nanoseconds[i];
  g_assert_cmpint (total, >, 0);
}

/* --- a program that nobody else needs ----------------------------------------------------------
 */

#define FEATURES 16

static void
note_freed (gpointer data)
{
  *(gboolean *)data = TRUE;
}

/* y = relu (x · w) with w where @weights stand, which are noted when they are freed. */
static TelarProgram *
frozen_program (float *weights, gboolean *freed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarBuilder) b = telar_builder_new ("frozen");
  TelarType type = { TELAR_F32, { .rank = 2, .dims = { TELAR_DIM_BATCH, FEATURES } } };
  TelarShape square = { .rank = 2, .dims = { FEATURES, FEATURES } };
  g_autoptr (TelarTensor) w = telar_tensor_wrap (TELAR_F32, &square, weights, note_freed, freed);
  TelarValue x = telar_build_input (b, "x", &type);
  TelarValue y = telar_build_matmul (b, x, telar_build_constant (b, w), FALSE, FALSE);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "y", telar_build_unary (b, TELAR_PRIM_RELU, y));
  TelarProgram *program = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  return program;
}

static TelarTensor *
run_once (TelarPlan *plan, TelarTensor *x)
{
  g_autoptr (GError) error = NULL;
  TelarBinding binding = { "x", x };
  TelarRunContext context = { .inputs = &binding, .n_inputs = 1 };
  TelarTensor *y = NULL;
  g_assert_true (telar_plan_run (plan, &context, &y, &error));
  return y;
}

/* The weights of a plan that takes its program go when they are packed, and not before. */
static void
test_take (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 1, &error);
  float weights[FEATURES * FEATURES];
  gboolean freed = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    weights[i] = (float)(i * 7 % 13) - 6;
  TelarShape shape = { .rank = 2, .dims = { 3, FEATURES } };
  g_autoptr (TelarTensor) x = telar_tensor_new (TELAR_F32, &shape);
  for (gsize i = 0; i < telar_tensor_elements (x); i++)
    telar_tensor_set (x, i, (double)(i % 5) - 2);

  TelarProgram *program = frozen_program (weights, &freed);
  g_autoptr (TelarPlan) keeps = telar_plan_new (program, 3, device, 0, &error);
  g_assert_no_error (error);
  g_autoptr (TelarTensor) kept = run_once (keeps, x);
  g_clear_pointer (&keeps, telar_plan_free);
  g_assert_false (freed);
  g_autoptr (TelarPlan) takes = telar_plan_take (program, 3, device, 0, &error);
  g_assert_no_error (error);
  g_assert_true (freed);
  g_autoptr (TelarTensor) first = run_once (takes, x), second = run_once (takes, x);
  g_assert_true (telar_tensor_equal (kept, first));
  g_assert_true (telar_tensor_equal (kept, second));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/random-programs", test_random_programs);
  g_test_add_func ("/plan/training", test_training);
  g_test_add_func ("/plan/clipping", test_clipping);
  g_test_add_func ("/plan/random", test_random);
  g_test_add_func ("/plan/state-init", test_state_init);
  g_test_add_func ("/plan/state-put", test_state_put);
  g_test_add_func ("/plan/missing", test_missing);
  g_test_add_func ("/plan/memory-limit", test_memory_limit);
  g_test_add_func ("/plan/machine-memory", test_machine_memory);
  g_test_add_func ("/plan/text-and-timing", test_text_and_timing);
  g_test_add_func ("/plan/take", test_take);
  return g_test_run ();
}
