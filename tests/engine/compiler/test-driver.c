/* The driver: which passes run for which device, in which order, and what it says when a program
 * cannot be trained. */
#include "engine/compiler.h"

static const char dense[] = "program dense {\n"
                            "  state @d.kernel : f32[6,3] trainable decay init=he_uniform(6)\n"
                            "  %0 = input {name=\"x\", dtype=f32, shape=[N,6]} : f32[N,6]\n"
                            "  %1 = state {name=\"d.kernel\"} : f32[6,3]  !d\n"
                            "  %2 = matmul %0, %1 : f32[N,3]  !d\n"
                            "  %3 = mul %2, %2 : f32[N,3]  !loss\n"
                            "  %4 = mean %3 {axes=[0,1]} : f32[]  !loss\n"
                            "  output loss \"loss\" = %4\n"
                            "}\n";

static const TelarOptimizer sgd = { .name = "sgd" };

static TelarProgram *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  TelarProgram *program = telar_program_from_text (text, &error);
  g_assert_no_error (error);
  return program;
}

static void
note_pass (const char *pass, const TelarProgram *program, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (telar_program_verify (program, &error));
  g_string_append_printf (data, "%s ", pass);
}

static char *
passes_for (gboolean training, gboolean channels_last, gboolean fuses)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) passes = g_string_new (NULL);
  g_autoptr (TelarProgram) lowered = parse (dense);
  g_autoptr (TelarDevice) ref = telar_device_ref_new ();
  TelarDevice device = *ref;
  device.channels_last = channels_last;
  device.fuses = fuses;
  TelarCompileOptions options = { .device = &device, .dump = note_pass, .dump_data = passes };
  g_autoptr (TelarProgram) program = training
                                         ? telar_compile_training (lowered, &sgd, &options, &error)
                                         : telar_compile_inference (lowered, &options, &error);
  g_assert_no_error (error);
  g_assert_nonnull (program);
  return g_strdup (passes->str);
}

static void
test_order (void)
{
  g_autofree char *plain = passes_for (FALSE, FALSE, FALSE);
  g_autofree char *all = passes_for (TRUE, TRUE, TRUE);
  g_assert_cmpstr (plain, ==, "fold simplify cse dce ");
  g_assert_cmpstr (all, ==,
                   "fold simplify cse dce differentiate optimize fold simplify cse dce "
                   "layout simplify cse dce fuse dce ");
}

/* Without options: as for any device. */
static void
test_no_options (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) lowered = parse (dense);
  g_autoptr (TelarProgram) program = telar_compile_training (lowered, &sgd, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (telar_program_n_updates (program), ==, 1);
  g_assert_cmpuint (telar_program_n_outputs (program), ==, 1);
}

static void
test_refusals (void)
{
  const struct {
    const char *text, *message;
  } cases[] = {
    { "program none {\n"
      "  %0 = input {name=\"x\", dtype=f32, shape=[N,6]} : f32[N,6]\n"
      "  output result \"y\" = %0\n"
      "}\n",
      "there is no loss to train on; add one to the graph" },
    { "program rows {\n"
      "  %0 = input {name=\"x\", dtype=f32, shape=[N,6]} : f32[N,6]\n"
      "  %1 = exp %0 : f32[N,6]  !bad\n"
      "  output loss \"y\" = %1\n"
      "}\n",
      "bad: a loss must be one number, not f32[N,6]" },
    { "program late {\n"
      "  state @s : f32[] trainable init=zeros\n"
      "  %0 = state {name=\"s\"} : f32[]\n"
      "  %1, %2 = sgd %0, %0, %0, %0 : f32[], f32[]  !inner\n"
      "  output loss \"y\" = %1\n"
      "}\n",
      "inner: sgd cannot be differentiated: it arises only after differentiation" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TelarProgram) lowered = parse (cases[i].text);
    g_assert_null (telar_compile_training (lowered, &sgd, NULL, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, cases[i].message);
  }
}

/* Counted by hand. */
static void
test_flops (void)
{
  static const struct {
    const char *line;
    double flops;
  } cases[] = {
    { "matmul %0, %1 {trans_a=1} : f32[8,2]", 2 * 4 * 8 * 2 },
    { "conv %2, %3 {stride=[1,1]} : f32[1,6,3,3]", 2 * 54 * 16 },
    { "conv_weight_grad %2, %4 {shape=[6,4,2,2], stride=[1,1]} : f32[6,4,2,2]", 2 * 54 * 16 },
    { "max_pool %2 {stride=[2,2], kernel=[2,2]} : f32[1,4,2,2]", 16 * 4 },
    { "exp %0 : f32[4,8]", 32 },
    { "sum %0 {axes=[0]} : f32[8]", 32 },
    { "transpose %0 {perm=[1,0]} : f32[8,4]", 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text =
        g_strdup_printf ("program flops {\n"
                         "  %%0 = input {name=\"a\", dtype=f32, shape=[4,8]} : f32[4,8]\n"
                         "  %%1 = input {name=\"b\", dtype=f32, shape=[4,2]} : f32[4,2]\n"
                         "  %%2 = input {name=\"x\", dtype=f32, shape=[1,4,4,4]} : f32[1,4,4,4]\n"
                         "  %%3 = input {name=\"w\", dtype=f32, shape=[6,4,2,2]} : f32[6,4,2,2]\n"
                         "  %%4 = input {name=\"y\", dtype=f32, shape=[1,6,3,3]} : f32[1,6,3,3]\n"
                         "  %%5 = %s\n"
                         "}\n",
                         cases[i].line);
    g_autoptr (TelarProgram) program = parse (text);
    g_assert_cmpfloat (telar_instr_flops (program, telar_program_instr (program, 5)), ==,
                       cases[i].flops);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver/order", test_order);
  g_test_add_func ("/driver/no-options", test_no_options);
  g_test_add_func ("/driver/refusals", test_refusals);
  g_test_add_func ("/driver/flops", test_flops);
  return g_test_run ();
}
