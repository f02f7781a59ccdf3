/* Programs: building with sticking errors, reading back, copying, binding the batch. */
#include "engine/ir.h"

#include <string.h>

static const TelarType image = { TELAR_F32, { 2, { TELAR_DIM_BATCH, 784 } } };

/* A dense layer with a loss and an update: one of everything that a program holds. */
static TelarProgram *
build_step (void)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("step");
  g_autoptr (GError) error = NULL;
  TelarShape kernel = telar_shape (784, 10);
  TelarState state = { .name = "dense.kernel",
                       .type = { TELAR_F32, kernel },
                       .init = { .kind = TELAR_INIT_HE_UNIFORM, .fan_in = 784 },
                       .trainable = TRUE,
                       .decay = TRUE };
  TelarValue x, w, y, loss;
  TelarProgram *program;

  telar_build_declare_state (b, &state);
  telar_builder_set_origin (b, "digits");
  x = telar_build_input (b, "digits.images", &image);
  telar_builder_set_origin (b, "dense");
  w = telar_build_state (b, "dense.kernel");
  y = telar_build_matmul (b, x, w, FALSE, FALSE);
  telar_builder_set_origin (b, NULL);
  loss = telar_build_reduce_all (b, TELAR_PRIM_MEAN, y);
  telar_build_output (b, TELAR_OUTPUT_LOSS, "loss", loss);
  telar_build_update (b, "dense.kernel", telar_build_binary (b, TELAR_PRIM_SUB, w, loss));
  program = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  return program;
}

static void
test_build (void)
{
  g_autoptr (TelarProgram) p = build_step ();
  g_autoptr (GError) error = NULL;
  const TelarInstr *matmul = telar_program_maker (p, 2, NULL);
  g_autofree char *type = telar_type_to_string (telar_program_type (p, 2));

  g_assert_cmpstr (telar_program_name (p), ==, "step");
  g_assert_cmpuint (telar_program_n_instrs (p), ==, 5);
  g_assert_cmpuint (telar_program_n_values (p), ==, 5);
  g_assert_cmpint (matmul->prim, ==, TELAR_PRIM_MATMUL);
  g_assert_cmpstr (matmul->origin, ==, "dense");
  g_assert_cmpstr (type, ==, "f32[N,10]");
  g_assert_null (telar_program_instr (p, 3)->origin);
  g_assert_cmpuint (telar_program_n_states (p), ==, 1);
  g_assert_cmpuint (telar_program_find_state (p, "dense.kernel")->fit, ==, TELAR_NO_VALUE);
  g_assert_null (telar_program_find_state (p, "dense.bias"));
  g_assert_cmpstr (telar_program_output (p, 0)->name, ==, "loss");
  g_assert_cmpuint (telar_program_update (p, 0)->value, ==, 4);
  g_assert_true (telar_program_verify (p, &error));
  g_assert_no_error (error);
}

/* After the first error nothing happens, and the error names the node that was at fault. */
static void
test_errors_stick (void)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("bad");
  g_autoptr (GError) error = NULL;
  TelarType other = { TELAR_F32, telar_shape (512, 10) };
  TelarValue x, w, y;

  x = telar_build_input (b, "x", &image);
  w = telar_build_input (b, "w", &other);
  telar_builder_set_origin (b, "dense1");
  y = telar_build_matmul (b, x, w, FALSE, FALSE);
  g_assert_cmpuint (y, ==, TELAR_NO_VALUE);
  telar_builder_set_origin (b, "later");
  y = telar_build_unary (b, TELAR_PRIM_EXP, telar_build_reduce_all (b, TELAR_PRIM_SUM, y));
  g_assert_cmpuint (y, ==, TELAR_NO_VALUE);
  g_assert_cmpuint (telar_build_unary (b, TELAR_PRIM_EXP, x), ==, TELAR_NO_VALUE);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "y", y);
  telar_builder_fail (b, "a second error");
  g_assert_nonnull (telar_builder_error (b));
  g_assert_null (telar_builder_finish (b, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (telar_error_get_node (error), ==, "dense1");
  g_assert_cmpstr (error->message, ==,
                   "dense1: matmul: N,784 and 512,10 do not fit: 784 is not 512");
}

/* Taking the error lets building go on; values that were not made stay without effect. */
static void
test_errors_taken (void)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("taken");
  g_autoptr (TelarProgram) p = NULL;
  g_autoptr (GError) error = NULL;
  TelarValue x = telar_build_input (b, "x", &image);
  TelarValue bad = telar_build_unary (b, TELAR_PRIM_NOT, x);
  GError *taken = telar_builder_take_error (b);

  g_assert_nonnull (taken);
  g_clear_error (&taken);
  g_assert_cmpuint (telar_build_unary (b, TELAR_PRIM_NOT, bad), ==, TELAR_NO_VALUE);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "bad", bad);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "x", x);
  p = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (telar_program_n_outputs (p), ==, 1);
  g_assert_cmpuint (telar_builder_type (b, bad)->shape.rank, ==, 0);
}

static void
test_refusals (void)
{
  TelarState state = { .name = "s", .type = { TELAR_F32, { 0 } } };
  TelarState growing = { .name = "g", .type = image };
  const struct {
    const char *what;
    const char *message;
  } cases[] = {
    { "undeclared", "state: \"t\" is not declared" },
    { "twice", "the state \"s\" is declared twice" },
    { "growing", "the state \"g\" cannot grow with the batch: f32[N,784]" },
    { "update", "the state \"s\" is f32[] and cannot become f32[N,784]" },
    { "updates", "the state \"s\" is updated twice" },
    { "unknown", "update of \"u\" with %1: the state is not declared" },
    { "value", "exp: there is no value %9 yet" },
    { "output", "the output \"o\" is %9, which does not exist" },
    { "attribute", "exp: knows no attribute \"axis\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TelarBuilder) b = telar_builder_new ("refused");
    TelarValue x = telar_build_input (b, "x", &image), s;

    telar_build_declare_state (b, &state);
    s = telar_build_state (b, "s");
    if (i == 0)
      telar_build_state (b, "t");
    else if (i == 1)
      telar_build_declare_state (b, &state);
    else if (i == 2)
      telar_build_declare_state (b, &growing);
    else if (i == 3)
      telar_build_update (b, "s", x);
    else if (i == 4)
      telar_build_update (b, "s", s), telar_build_update (b, "s", s);
    else if (i == 5)
      telar_build_update (b, "u", s);
    else if (i == 6)
      telar_build_unary (b, TELAR_PRIM_EXP, 9);
    else if (i == 7)
      telar_build_output (b, TELAR_OUTPUT_RESULT, "o", 9);
    else
      telar_emit (b, EXP, ((TelarValue[]){ x }), TELAR_INT (AXIS, 0));
    g_assert_nonnull (telar_builder_error (b));
    g_assert_cmpstr (telar_builder_error (b)->message, ==, cases[i].message);
  }
}

static void
test_sum_to (void)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("sum");
  TelarType type = { TELAR_F32, telar_shape (TELAR_DIM_BATCH, 3, 4) };
  TelarShape shapes[] = { telar_shape (4), telar_shape (3, 1), telar_shape (1, 3, 4),
                          telar_shape_scalar (), type.shape };
  TelarValue x = telar_build_input (b, "x", &type);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    TelarValue y = telar_build_sum_to (b, x, &shapes[i]);

    g_assert_no_error (telar_builder_error (b));
    g_assert_true (telar_shape_equal (&telar_builder_type (b, y)->shape, &shapes[i]));
  }
  g_assert_cmpuint (telar_build_sum_to (b, x, &type.shape), ==, x);
}

/* A copy keeps every byte of the text: states, origins, attributes, outputs, updates. */
static void
test_copy (void)
{
  g_autoptr (TelarProgram) p = build_step ();
  g_autoptr (TelarProgram) q = NULL;
  g_autoptr (TelarBuilder) b = telar_builder_new ("step");
  g_autoptr (GError) error = NULL;
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (p));
  g_autofree char *before = NULL, *after = NULL;

  telar_copy_states (b, p, map);
  for (guint i = 0; i < telar_program_n_instrs (p); i++)
    telar_copy_instr (b, p, telar_program_instr (p, i), map);
  telar_copy_results (b, p, map);
  q = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  before = telar_program_to_text (p, TRUE);
  after = telar_program_to_text (q, TRUE);
  g_assert_cmpstr (before, ==, after);
}

/* What a state is fitted to is declared before it exists and set when it does. */
static void
test_fit (void)
{
  const char *text = "program fit {\n"
                     "  state @scale.mean : f32[784] init=fit_mean fit=%0\n"
                     "  %0 = input {name=\"x\", dtype=f32, shape=[N,784]} : f32[N,784]\n"
                     "  %1 = state {name=\"scale.mean\"} : f32[784]\n"
                     "  %2 = sub %0, %1 : f32[N,784]\n"
                     "  output result \"y\" = %2\n"
                     "}\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) p = telar_program_from_text (text, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (telar_program_state (p, 0)->fit, ==, 0);
  again = telar_program_to_text (p, FALSE);
  g_assert_cmpstr (again, ==, text);
}

static void
test_bind (void)
{
  const char *text = "program bound {\n"
                     "  %0 = input {name=\"x\", dtype=f32, shape=[N,28,4]} : f32[N,28,4]\n"
                     "  %1 = reshape %0 {shape=[28N,4]} : f32[28N,4]\n"
                     "  %2 = slice %1 {start=[0,1], limit=[-1,3], stride=[1,1]} : f32[28N,2]\n"
                     "  %3 = fused %2 : f32[28N,2] {\n"
                     "    %0 = input {name=\"0\", dtype=f32, shape=[28N,2]} : f32[28N,2]\n"
                     "    %1 = exp %0 : f32[28N,2]\n"
                     "    output result \"0\" = %1\n"
                     "  }\n"
                     "  %4 = sum %3 {axes=[0]} : f32[2]\n"
                     "  output result \"y\" = %4\n"
                     "}\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) p = telar_program_from_text (text, &error);
  g_autoptr (TelarProgram) bound = NULL;
  g_autofree char *result = NULL;

  g_assert_no_error (error);
  bound = telar_program_bind (p, 3, &error);
  g_assert_no_error (error);
  g_assert_true (telar_program_verify (bound, &error));
  result = telar_program_to_text (bound, FALSE);
  g_assert_null (strstr (result, "N"));
  g_assert_nonnull (strstr (result, "limit=[84,3]"));
  for (TelarValue v = 0; v < telar_program_n_values (bound); v++) {
    TelarShape expected = telar_shape_bind (&telar_program_type (p, v)->shape, 3);

    g_assert_true (telar_shape_equal (&expected, &telar_program_type (bound, v)->shape));
  }
  g_assert_null (telar_program_bind (p, 0, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

/* A batch that makes an axis overflow is refused before anything is made. */
static void
test_bind_too_large (void)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("large");
  g_autoptr (TelarProgram) p = NULL;
  g_autoptr (GError) error = NULL;
  TelarType type = { TELAR_F32, telar_shape (-1000000000) };

  telar_builder_set_origin (b, "table");
  telar_build_output (b, TELAR_OUTPUT_RESULT, "x", telar_build_input (b, "x", &type));
  p = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  g_assert_null (telar_program_bind (p, 2000000000, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (telar_error_get_node (error), ==, "table");
}

/* Ten thousand instructions in a row: built, printed, read, bound, verified. */
static void
test_large (void)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("large");
  g_autoptr (TelarProgram) p = NULL, q = NULL, bound = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *again = NULL;
  TelarValue x = telar_build_input (b, "x", &image);

  for (guint i = 0; i < 10000; i++)
    x = telar_build_unary (b, i % 2 ? TELAR_PRIM_EXP : TELAR_PRIM_TANH, x);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "y", x);
  p = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  text = telar_program_to_text (p, TRUE);
  q = telar_program_from_text (text, &error);
  g_assert_no_error (error);
  again = telar_program_to_text (q, TRUE);
  g_assert_cmpstr (text, ==, again);
  bound = telar_program_bind (q, 64, &error);
  g_assert_no_error (error);
  g_assert_true (telar_program_verify (bound, &error));
  g_assert_cmpuint (telar_program_n_instrs (bound), ==, 10001);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ir/build", test_build);
  g_test_add_func ("/ir/errors-stick", test_errors_stick);
  g_test_add_func ("/ir/errors-taken", test_errors_taken);
  g_test_add_func ("/ir/refusals", test_refusals);
  g_test_add_func ("/ir/sum-to", test_sum_to);
  g_test_add_func ("/ir/copy", test_copy);
  g_test_add_func ("/ir/fit", test_fit);
  g_test_add_func ("/ir/bind", test_bind);
  g_test_add_func ("/ir/bind-too-large", test_bind_too_large);
  g_test_add_func ("/ir/large", test_large);
  return g_test_run ();
}
