/* What passes must not change: random programs and a training step of a small convolutional network
 * give the same numbers fused and apart, channels first and last, on ref and on cpu. */
#include "engine/compiler/fuse.h"
#include "engine/plan.h"
#include "tests/support/random-program.h"

#include <math.h>

enum { N_PROGRAMS = 200, BATCH = 5 };

typedef TelarProgram *(*Pass) (const TelarProgram *program, GError **error);

static void
assert_near (const TelarTensor *a, const TelarTensor *b, double tolerance)
{
  g_assert_true (telar_type_equal (&a->type, &b->type));
  for (gsize i = 0; i < telar_tensor_elements (a); i++) {
    double x = telar_tensor_get (a, i), y = telar_tensor_get (b, i);
    gboolean same = x == y || (isnan (x) && isnan (y));
    if (!same && !(fabs (x - y) <= tolerance * (1 + fabs (x))))
      g_error ("element %" G_GSIZE_FORMAT " is %.9g and %.9g", i, x, y);
  }
}

static void
assert_near_states (const TelarStates *a, const TelarStates *b, double tolerance)
{
  g_autoptr (GPtrArray) names = telar_states_names (a);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    assert_near (telar_states_get (a, name), telar_states_get (b, name), tolerance);
  }
}

static TelarTensor *
make_tensor (TelarDType dtype, const TelarShape *shape, double limit)
{
  TelarTensor *x = telar_tensor_new (dtype, shape);
  for (gsize i = 0; i < telar_tensor_elements (x); i++)
    telar_tensor_set (x, i, fmod ((double)(i * 7919 % 1009) * 0.137, limit));
  return x;
}

/* --- random programs ---------------------------------------------------------------------------
 */

static void
compare_pass (const TelarProgram *program, Pass pass, double tolerance)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) bound = telar_program_bind (program, BATCH, &error);
  g_autoptr (TelarProgram) changed = pass (program, &error);
  g_assert_no_error (error);
  g_assert_true (telar_program_verify (changed, &error));
  g_autoptr (TelarProgram) changed_bound = telar_program_bind (changed, BATCH, &error);
  g_assert_no_error (error);
  g_autoptr (TelarStates) before = telar_states_new (), after = telar_states_new ();
  g_assert_true (telar_states_add_program (before, program, 3, NULL));
  g_assert_true (telar_states_add_program (after, program, 3, NULL));
  TelarShape shape = telar_shape (BATCH, 6);
  g_autoptr (TelarTensor) x = make_tensor (TELAR_F32, &shape, 2.5);
  TelarBinding binding = { "x", x };
  g_autoptr (GPtrArray) a = test_run_plainly (bound, &binding, 1, before, 1, 1);
  g_autoptr (GPtrArray) b = test_run_plainly (changed_bound, &binding, 1, after, 1, 1);
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    assert_near (g_ptr_array_index (a, i), g_ptr_array_index (b, i), tolerance);
  assert_near_states (before, after, tolerance);
}

static guint
count_prim (const TelarProgram *program, TelarPrim prim)
{
  guint n = 0;
  for (guint i = 0; i < telar_program_n_instrs (program); i++)
    n += telar_program_instr (program, i)->prim == prim;
  return n;
}

/* A region computes what its parts did, to the bit; regions that exist already stay. A product with
 * its epilogue rounds once. */
static void
test_random_fused (void)
{
  guint regions = 0;
  for (guint seed = 0; seed < N_PROGRAMS; seed++) {
    g_autoptr (TelarProgram) program = test_random_program (seed, 10 + seed % 60);
    g_autoptr (TelarProgram) fused = telar_pass_fuse (program, NULL);
    g_test_message ("program %u", seed);
    compare_pass (program, telar_fuse_regions, 0);
    compare_pass (program, telar_pass_fuse, 1e-4);
    regions += count_prim (fused, TELAR_PRIM_FUSED) - count_prim (program, TELAR_PRIM_FUSED);
  }
  g_assert_cmpuint (regions, >, N_PROGRAMS);
}

static void
test_random_scheduled (void)
{
  for (guint seed = 0; seed < N_PROGRAMS; seed++) {
    g_autoptr (TelarProgram) program = test_random_program (seed, 10 + seed % 60);
    compare_pass (program, telar_pass_schedule, 0);
  }
}

/* --- a convolutional network -------------------------------------------------------------------
 */

static const char network[] =
    "program network {\n"
    "  state @c.kernel : f32[4,1,3,3] trainable decay init=he_uniform(9)\n"
    "  state @c.bias : f32[4] trainable init=uniform(0.1)\n"
    "  state @n.scale : f32[4] trainable init=constant(1)\n"
    "  state @n.bias : f32[4] trainable init=zeros\n"
    "  state @n.mean : f32[4] init=zeros\n"
    "  state @e.kernel : f32[6,4,3,3] trainable decay init=he_uniform(36)\n"
    "  state @d.kernel : f32[96,3] trainable decay init=glorot_uniform(96, 3)\n"
    "  state @d.bias : f32[3] trainable init=zeros\n"
    "  %0 = input {name=\"x\", dtype=f32, shape=[N,1,8,8]} : f32[N,1,8,8]\n"
    "  %1 = input {name=\"y\", dtype=i64, shape=[N]} : i64[N]\n"
    "  %2 = state {name=\"c.kernel\"} : f32[4,1,3,3]\n"
    "  %3 = conv %0, %2 {stride=[1,1], pad=[1,1,1,1]} : f32[N,4,8,8]\n"
    "  %4 = state {name=\"c.bias\"} : f32[4]\n"
    "  %5 = reshape %4 {shape=[4,1,1]} : f32[4,1,1]\n"
    "  %6 = add %3, %5 : f32[N,4,8,8]\n"
    "  %7 = state {name=\"n.scale\"} : f32[4]\n"
    "  %8 = state {name=\"n.bias\"} : f32[4]\n"
    "  %9, %10, %11 = batch_norm_train %6, %7, %8 {epsilon=0.001} : f32[N,4,8,8], f32[4], f32[4]\n"
    "  %12 = relu %9 : f32[N,4,8,8]\n"
    "  %13 = max_pool %12 {stride=[2,2], kernel=[2,2]} : f32[N,4,4,4]\n"
    "  %14 = state {name=\"e.kernel\"} : f32[6,4,3,3]\n"
    "  %15 = conv %13, %14 {stride=[1,1], pad=[1,1,1,1]} : f32[N,6,4,4]\n"
    "  %16 = sigmoid %15 : f32[N,6,4,4]\n"
    "  %17 = uniform {dtype=f32, shape=[N,6,4,4], stream=5} : f32[N,6,4,4]\n"
    "  %18 = constant {value=dense(0.25)} : f32[]\n"
    "  %19 = less %18, %17 : bool[N,6,4,4]\n"
    "  %20 = constant {value=dense(0)} : f32[]\n"
    "  %21 = select %19, %16, %20 : f32[N,6,4,4]\n"
    "  %22 = mean %21 {axes=[2,3], keep=1} : f32[N,6,1,1]\n"
    "  %23 = mul %21, %22 : f32[N,6,4,4]\n"
    "  %24 = reshape %23 {shape=[N,96]} : f32[N,96]\n"
    "  %25 = state {name=\"d.kernel\"} : f32[96,3]\n"
    "  %26 = state {name=\"d.bias\"} : f32[3]\n"
    "  %27 = matmul %24, %25 : f32[N,3]\n"
    "  %28 = add %27, %26 : f32[N,3]\n"
    "  %29 = log_softmax %28 {axis=1} : f32[N,3]\n"
    "  %30 = one_hot %1 {dtype=f32, size=3} : f32[N,3]\n"
    "  %31 = mul %29, %30 : f32[N,3]\n"
    "  %32 = sum %31 {axes=[1]} : f32[N]\n"
    "  %33 = mean %32 {axes=[0]} : f32[]\n"
    "  %34 = neg %33 : f32[]\n"
    "  output loss \"loss\" = %34\n"
    "  output result \"image\" = %23\n"
    "  update @n.mean = %10\n"
    "}\n";

typedef struct {
  TelarDevice *device;
  TelarTensor *x, *y;
} Fixture;

/* Losses and images of a few steps, and the states they end in. */
static TelarStates *
train (const TelarProgram *lowered, Fixture *f, TelarDevice *compile_for, GPtrArray *outputs)
{
  const TelarOptimizer optimizer = { .name = "adamw",
                                     .beta1 = 0.9,
                                     .beta2 = 0.999,
                                     .epsilon = 1e-4,
                                     .weight_decay = 0.01,
                                     .clip_norm = 0.5 };
  g_autoptr (GError) error = NULL;
  TelarCompileOptions options = { .device = compile_for };
  g_autoptr (TelarProgram) program = telar_compile_training (lowered, &optimizer, &options, &error);
  g_assert_no_error (error);
  g_autoptr (TelarPlan) plan = telar_plan_new (program, BATCH, f->device, 0, &error);
  g_assert_no_error (error);
  TelarStates *states = telar_states_new ();
  g_assert_true (telar_states_add_program (states, program, 3, &error));
  g_autoptr (TelarTensor) rate = telar_tensor_scalar (TELAR_F32, 0.01);
  for (guint step = 1; step <= 4; step++) {
    g_autoptr (TelarTensor) count = telar_tensor_scalar (TELAR_F32, step);
    TelarBinding inputs[] = {
      { "x", f->x }, { "y", f->y }, { "learning_rate", rate }, { "step", count }
    };
    TelarRunContext context = { inputs, G_N_ELEMENTS (inputs), states, 11, step };
    TelarTensor *results[3] = { NULL };
    g_assert_true (telar_plan_run (plan, &context, results, &error));
    for (guint i = 0; i < 3; i++)
      g_ptr_array_add (outputs, results[i]);
  }
  return states;
}

static void
compare_training (TelarDevice *device, TelarDevice *compile_for)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) ref = telar_device_ref_new ();
  g_autoptr (TelarProgram) lowered = telar_program_from_text (network, &error);
  g_assert_no_error (error);
  TelarShape image = telar_shape (BATCH, 1, 8, 8), label = telar_shape (BATCH);
  g_autoptr (TelarTensor) x = make_tensor (TELAR_F32, &image, 2);
  g_autoptr (TelarTensor) y = make_tensor (TELAR_I64, &label, 3);
  Fixture plain = { ref, x, y }, tested = { device, x, y };
  g_autoptr (GPtrArray) a = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  g_autoptr (GPtrArray) b = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  g_autoptr (TelarStates) before = train (lowered, &plain, NULL, a);
  g_autoptr (TelarStates) after = train (lowered, &tested, compile_for, b);
  for (guint i = 0; i < a->len; i++)
    assert_near (g_ptr_array_index (a, i), g_ptr_array_index (b, i), 1e-4);
  assert_near_states (before, after, 1e-4);
}

static void
test_training_passes (void)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  TelarDevice both = *device;
  const gboolean settings[][2] = { { FALSE, TRUE }, { TRUE, FALSE }, { TRUE, TRUE } };
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    both.channels_last = settings[i][0];
    both.fuses = settings[i][1];
    compare_training (device, &both);
  }
}

static void
test_training_cpu (void)
{
  for (guint threads = 1; threads <= 2; threads++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TelarDevice) device = telar_device_cpu_new (threads, &error);
    g_assert_no_error (error);
    compare_training (device, NULL);
    compare_training (device, device);
  }
}

/* Between its ends, a chain of convolutions has no transposes of images: in the whole step there
 * are those of dropout's mask, of the flattened image on its way there and of its gradient. */
static void
test_few_transposes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) ref = telar_device_ref_new ();
  TelarDevice device = *ref;
  device.channels_last = TRUE;
  TelarCompileOptions options = { .device = &device };
  g_autoptr (TelarProgram) lowered = telar_program_from_text (network, &error);
  const TelarOptimizer sgd = { .name = "sgd" };
  g_autoptr (TelarProgram) program = telar_compile_training (lowered, &sgd, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_prim (program, TELAR_PRIM_TRANSPOSE), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/equivalence/random-fused", test_random_fused);
  g_test_add_func ("/equivalence/random-scheduled", test_random_scheduled);
  g_test_add_func ("/equivalence/training-passes", test_training_passes);
  g_test_add_func ("/equivalence/training-cpu", test_training_cpu);
  g_test_add_func ("/equivalence/few-transposes", test_few_transposes);
  return g_test_run ();
}
