/* Generated from the registry, so that no operator escapes: its facts are complete, and for every
 * example it lowers, cpu agrees with ref, and its gradients agree with finite differences. */
#include "data/data.h"
#include "tests/engine/operators/example.h"

#include <math.h>
#include <string.h>

#define STEP    1e-5 /* of the finite differences, in double precision */
#define SAMPLES 24   /* numbers of each state whose derivative is checked */
#define SEEDS   8    /* attempts to draw values with no kink near them */

typedef struct {
  const TelarOperator *op;
  const char *text; /* NULL: the operator has no examples */
} Case;

static Example *
read_example (const Case *c)
{
  g_autoptr (GError) error = NULL;
  Example *example = example_new (c->op, c->text, &error);
  g_assert_no_error (error);
  return example;
}

static TelarProgram *
lower (const Example *example, ExampleForm form, TelarLowerMode mode, const char *end)
{
  g_autoptr (GError) error = NULL;
  TelarProgram *program = example_lower (example, form, mode, end, &error);
  g_assert_no_error (error);
  return program;
}

static GPtrArray *
run (const Example *example, const TelarProgram *program, TelarDevice *device,
     const GPtrArray *inputs, TelarStates *states)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *outputs = example_run (example, program, device, inputs, states, &error);
  g_assert_no_error (error);
  return outputs;
}

static TelarStates *
draw_states (const Example *example, const TelarProgram *program, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  TelarStates *states = example_states (example, program, seed, &error);
  g_assert_no_error (error);
  return states;
}

static TelarDevice *
open_cpu (void)
{
  g_autoptr (GError) error = NULL;
  TelarDevice *device = telar_device_cpu_new (2, &error);
  g_assert_no_error (error);
  return device;
}

/* --- comparing -------------------------------------------------------------------------------- */

/* Float32 results that were added in another order: relative to the largest number around. */
static void
assert_close (const char *what, const TelarTensor *got, const TelarTensor *expected)
{
  gsize n = telar_tensor_elements (expected);
  double largest = 1;
  g_assert_true (telar_type_equal (&got->type, &expected->type));
  for (gsize i = 0; i < n; i++)
    largest = MAX (largest, fabs (telar_tensor_get (expected, i)));
  for (gsize i = 0; i < n; i++) {
    double a = telar_tensor_get (got, i), b = telar_tensor_get (expected, i);
    if (!(fabs (a - b) <= 2e-5 * largest)) {
      g_test_message ("%s[%" G_GSIZE_FORMAT "] is %.9g, expected %.9g", what, i, a, b);
      g_test_fail ();
      return;
    }
  }
}

static void
compare_all (const TelarProgram *program, const GPtrArray *got, const GPtrArray *expected)
{
  g_assert_cmpuint (got->len, ==, expected->len);
  g_assert_cmpuint (got->len, >, 0);
  for (guint i = 0; i < got->len; i++)
    assert_close (telar_program_output (program, i)->name, got->pdata[i], expected->pdata[i]);
}

static void
compare_states (const TelarProgram *program, TelarStates *got, TelarStates *expected)
{
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const char *name = telar_program_state (program, i)->name;
    assert_close (name, telar_states_get (got, name), telar_states_get (expected, name));
  }
}

/* --- facts ------------------------------------------------------------------------------------ */

/* It may begin with the name of a choice, and so in lower case. */
static gboolean
is_sentence (const char *text)
{
  return text && g_utf8_validate (text, -1, NULL) && strlen (text) > strlen ("The x.") &&
         g_str_has_suffix (text, ".");
}

static void
check_ports (const TelarPort *ports)
{
  g_assert_nonnull (ports);
  for (const TelarPort *port = ports; port->name; port++) {
    g_assert_true (is_sentence (port->doc));
    g_assert_true (!port->repeated || !port[1].name);
  }
}

static void
check_params (const TelarOperator *op)
{
  guint prominent = 0;
  for (const TelarParam *param = op->params; param && param->name; param++) {
    g_autoptr (GError) error = NULL;
    TelarParamValue value = { 0 };
    g_test_message ("%s.%s", op->name, param->name);
    g_assert_nonnull (param->label);
    g_assert_true (is_sentence (param->doc));
    g_assert_nonnull (param->fallback);
    g_assert_true (telar_param_value_from_text (param, param->fallback, &value, &error));
    g_assert_no_error (error);
    g_assert_true ((param->kind == TELAR_PARAM_CHOICE) == (param->choices != NULL));
    telar_param_value_clear (&value);
    prominent += param->prominent;
  }
  g_assert_cmpuint (prominent, <=, 4);
}

static void
test_facts (gconstpointer data)
{
  const Case *c = data;
  g_assert_nonnull (c->op->label);
  g_assert_true (is_sentence (c->op->doc));
  g_assert_true (!c->op->formula || g_utf8_validate (c->op->formula, -1, NULL));
  g_assert_cmpint (c->op->category, <, TELAR_N_CATEGORIES);
  check_ports (c->op->inputs);
  check_ports (c->op->outputs);
  check_params (c->op);
  g_assert_true (telar_operator_find (c->op->name) == c->op);
  if (c->op->lower && !(c->op->examples && c->op->examples[0])) {
    g_test_message ("the operator %s has no examples", c->op->name);
    g_test_fail ();
  }
}

/* --- forward ---------------------------------------------------------------------------------- */

/* ref runs the program as it was lowered, cpu what the compiler made of it. */
static void
compare_devices (const Example *example, TelarLowerMode mode)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) ref = telar_device_ref_new ();
  g_autoptr (TelarDevice) cpu = open_cpu ();
  TelarCompileOptions options = { .device = cpu };
  g_autoptr (TelarProgram) program = lower (example, EXAMPLE_FED, mode, EXAMPLE_PROBE);
  g_autoptr (TelarProgram) compiled = telar_compile_inference (program, &options, &error);
  g_assert_no_error (error);

  g_autoptr (GPtrArray) inputs = example_draw (example, 1);
  g_autoptr (TelarStates) ref_states = draw_states (example, program, 1);
  g_autoptr (TelarStates) cpu_states = draw_states (example, program, 1);
  g_autoptr (GPtrArray) expected = run (example, program, ref, inputs, ref_states);
  g_autoptr (GPtrArray) got = run (example, compiled, cpu, inputs, cpu_states);
  compare_all (program, got, expected);
  compare_states (program, cpu_states, ref_states);
}

static void
test_forward (gconstpointer data)
{
  g_autoptr (Example) example = read_example (data);
  compare_devices (example, TELAR_LOWER_EVALUATE);
  compare_devices (example, TELAR_LOWER_TRAIN);
}

/* --- gradient --------------------------------------------------------------------------------- */

static double
sum_losses (const TelarProgram *program, const GPtrArray *outputs)
{
  double sum = 0;
  for (guint i = 0; i < outputs->len; i++)
    if (telar_program_output (program, i)->role == TELAR_OUTPUT_LOSS)
      sum += telar_tensor_get (outputs->pdata[i], 0);
  return sum;
}

/* A program in double precision and all that it needs to run. */
typedef struct {
  const Example *example;
  TelarDevice *ref;
  TelarProgram *forward, *backward;
  GPtrArray *inputs;
} Wide;

/* The loss with number @i of @state moved by @shift. Running may update states (running means), so
 * that they are drawn anew each time. */
static double
loss_at (const Wide *wide, guint64 seed, const char *state, gsize i, double shift)
{
  g_autoptr (TelarStates) states = draw_states (wide->example, wide->forward, seed);
  TelarTensor *tensor = telar_states_get (states, state);
  telar_tensor_set (tensor, i, telar_tensor_get (tensor, i) + shift);
  g_autoptr (GPtrArray) outputs =
      run (wide->example, wide->forward, wide->ref, wide->inputs, states);
  return sum_losses (wide->forward, outputs);
}

static double
slope_at (const Wide *wide, guint64 seed, const char *state, gsize i, double step)
{
  return (loss_at (wide, seed, state, i, step) - loss_at (wide, seed, state, i, -step)) /
         (2 * step);
}

typedef enum { AGREES, DIFFERS, KINK } Verdict;

/* A kink shows in slopes that depend on the step. */
static Verdict
judge (const Wide *wide, guint64 seed, const char *state, gsize i, double derivative)
{
  double slope = slope_at (wide, seed, state, i, STEP);
  double scale = MAX (1, fabs (derivative));
  if (fabs (slope - derivative) <= 1e-6 * scale)
    return AGREES;
  double finer = slope_at (wide, seed, state, i, STEP / 8);
  if (fabs (slope - finer) > 1e-6 * scale)
    return KINK;
  g_test_message ("the derivative by %s[%" G_GSIZE_FORMAT "] is %.9g, finite differences say %.9g",
                  state, i, derivative, slope);
  return DIFFERS;
}

/* The gradient among @outputs; NULL where the loss does not depend on the state. */
static const TelarTensor *
find_gradient (const Wide *wide, const GPtrArray *outputs, const char *state)
{
  g_autofree char *name = g_strconcat ("grad:", state, NULL);
  for (guint i = 0; i < outputs->len; i++)
    if (g_str_equal (telar_program_output (wide->backward, i)->name, name))
      return outputs->pdata[i];
  return NULL;
}

static Verdict
judge_state (const Wide *wide, guint64 seed, const TelarState *state, const TelarTensor *gradient)
{
  gsize n = telar_shape_elements (&state->type.shape), stride = MAX (n / SAMPLES, 1);
  g_assert_true (!gradient || telar_type_equal (&gradient->type, &state->type));
  for (gsize i = 0; i < n; i += stride) {
    double derivative = gradient ? telar_tensor_get (gradient, i) : 0;
    Verdict verdict = judge (wide, seed, state->name, i, derivative);
    if (verdict != AGREES)
      return verdict;
  }
  return AGREES;
}

static Verdict
judge_all (Wide *wide, guint64 seed)
{
  g_autoptr (GPtrArray) inputs = example_draw (wide->example, seed);
  g_autoptr (TelarStates) states = draw_states (wide->example, wide->forward, seed);
  g_autoptr (GPtrArray) outputs = run (wide->example, wide->backward, wide->ref, inputs, states);
  wide->inputs = inputs;
  for (guint i = 0; i < telar_program_n_states (wide->forward); i++) {
    const TelarState *state = telar_program_state (wide->forward, i);
    if (!state->trainable)
      continue;
    Verdict verdict = judge_state (wide, seed, state, find_gradient (wide, outputs, state->name));
    if (verdict != AGREES)
      return verdict;
  }
  return AGREES;
}

static TelarProgram *
widen (const TelarProgram *program)
{
  g_autoptr (GError) error = NULL;
  TelarProgram *wide = telar_pass_widen (program, &error);
  g_assert_no_error (error);
  return wide;
}

static void
compare_gradients (const Example *example, const TelarProgram *backward)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) ref = telar_device_ref_new ();
  g_autoptr (TelarDevice) cpu = open_cpu ();
  TelarCompileOptions options = { .device = cpu };
  g_autoptr (TelarProgram) compiled = telar_compile_inference (backward, &options, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) inputs = example_draw (example, 2);
  g_autoptr (TelarStates) ref_states = draw_states (example, backward, 2);
  g_autoptr (TelarStates) cpu_states = draw_states (example, backward, 2);
  g_autoptr (GPtrArray) expected = run (example, backward, ref, inputs, ref_states);
  g_autoptr (GPtrArray) got = run (example, compiled, cpu, inputs, cpu_states);
  compare_all (backward, got, expected);
}

static gboolean
has_trainable (const TelarProgram *program)
{
  for (guint i = 0; i < telar_program_n_states (program); i++)
    if (telar_program_state (program, i)->trainable)
      return TRUE;
  return FALSE;
}

static void
test_gradient (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Example) example = read_example (data);
  g_autoptr (TelarProgram) program =
      lower (example, EXAMPLE_TRAINED, TELAR_LOWER_TRAIN, EXAMPLE_LOSS);
  if (!has_trainable (program)) {
    g_test_message ("no gradient: no real numbers go in");
    return;
  }
  g_autoptr (TelarProgram) backward = telar_pass_differentiate (program, &error);
  g_assert_no_error (error);
  g_assert_true (telar_program_verify (backward, &error));
  g_assert_no_error (error);

  g_autoptr (TelarDevice) ref = telar_device_ref_new ();
  g_autoptr (TelarProgram) wide_forward = widen (program);
  g_autoptr (TelarProgram) wide_backward = widen (backward);
  Wide wide = { example, ref, wide_forward, wide_backward, NULL };
  Verdict verdict = KINK;
  for (guint64 seed = 1; verdict == KINK && seed <= SEEDS; seed++)
    verdict = judge_all (&wide, seed);
  g_assert_cmpint (verdict, ==, AGREES);
  compare_gradients (example, backward);
}

/* --- all of them ------------------------------------------------------------------------------ */

static void
add_case (const char *kind, const TelarOperator *op, guint number, GTestDataFunc test)
{
  g_autofree char *path = number == G_MAXUINT
                              ? g_strdup_printf ("/operators/%s/%s", op->name, kind)
                              : g_strdup_printf ("/operators/%s/%s/%u", op->name, kind, number);
  Case *c = g_new0 (Case, 1);
  c->op = op;
  c->text = number == G_MAXUINT ? NULL : op->examples[number];
  g_test_add_data_func_full (path, c, test, g_free);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  telar_data_init ();
  g_autoptr (GPtrArray) operators =
      g_ptr_array_copy ((GPtrArray *)telar_operators_all (), NULL, NULL);
  example_init ();
  for (guint i = 0; i < operators->len; i++) {
    const TelarOperator *op = operators->pdata[i];
    add_case ("facts", op, G_MAXUINT, test_facts);
    for (guint e = 0; op->examples && op->examples[e]; e++) {
      add_case ("forward", op, e, test_forward);
      add_case ("gradient", op, e, test_gradient);
    }
  }
  return g_test_run ();
}
