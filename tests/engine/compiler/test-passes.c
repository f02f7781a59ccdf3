/* What every pass promises, over random programs and the golden ones: the results stay what they
 * were, the program stays valid, running the pass again changes nothing more. And: no rewrite rule
 * goes without a golden program, no pass gives way to large programs. */
#include "engine/compiler.h"
#include "engine/compiler/simplify.h"
#include "engine/random.h"
#include "tests/support/random-program.h"

#include <math.h>
#include <string.h>

enum { N_PROGRAMS = 150, SIZE = 60, BATCH = 3, LARGE = 10000 };

typedef TelarProgram *(*Pass) (const TelarProgram *program, GError **error);

/* Everything in the driver's order for a device that wants all of it. */
static TelarProgram *
compile_all (const TelarProgram *program, GError **error)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  TelarCompileOptions options = { .device = device };

  device->fuses = device->channels_last = TRUE;
  return telar_compile_inference (program, &options, error);
}

static const struct {
  const char *name;
  Pass run;
  gboolean settles; /* a second run finds nothing to do */
} passes[] = {
  { "fold", telar_pass_fold, TRUE },
  { "simplify", telar_pass_simplify, FALSE },
  { "cse", telar_pass_cse, TRUE },
  { "dce", telar_pass_dce, TRUE },
  { "layout", telar_pass_layout, FALSE },
  { "fuse", telar_pass_fuse, FALSE },
  { "schedule", telar_pass_schedule, FALSE },
  { "all", compile_all, FALSE },
};

static TelarProgram *
run_pass (guint i, const TelarProgram *program)
{
  g_autoptr (GError) error = NULL;
  TelarProgram *result = passes[i].run (program, &error);

  g_assert_no_error (error);
  telar_program_verify (result, &error);
  g_assert_no_error (error);
  return result;
}

/* --- running -------------------------------------------------------------------------------- */

/* Inputs of every name and type a program asks for, the same for the same name. */
static GArray *
make_inputs (const TelarProgram *program)
{
  GArray *inputs = g_array_new (FALSE, FALSE, sizeof (TelarBinding));

  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    const TelarType *type = telar_program_type (program, instr->outputs[0]);
    TelarBinding binding = { .name = telar_instr_string (instr, TELAR_ATTR_NAME) };
    TelarRandom random = { .seed = 5 };

    if (instr->prim != TELAR_PRIM_INPUT)
      continue;
    random.stream = telar_random_stream (binding.name);
    binding.tensor = telar_tensor_new (type->dtype, &type->shape);
    for (gsize j = 0; j < telar_tensor_elements (binding.tensor); j++)
      telar_tensor_set (binding.tensor, j,
                        telar_dtype_is_float (type->dtype)
                            ? telar_random_normal (&random, j)
                            : (double)(telar_random_uniform (&random, j) < 0.5f));
    g_array_append_val (inputs, binding);
  }
  return inputs;
}

/* The outputs of @program, bound to a batch, and after them its updated states by name. */
static GPtrArray *
run (const TelarProgram *program, const TelarProgram *original)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) bound = telar_program_bind (program, BATCH, &error);
  g_autoptr (TelarStates) states = telar_states_new ();
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GArray) inputs = NULL;
  GPtrArray *results;

  g_assert_no_error (error);
  telar_states_add_program (states, original, 7, &error);
  g_assert_no_error (error);
  inputs = make_inputs (bound);
  results = test_run_plainly (bound, (const TelarBinding *)(gpointer)inputs->data, inputs->len,
                              states, 11, 2);
  names = telar_states_names (states);
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (results,
                     telar_tensor_ref (telar_states_get (states, g_ptr_array_index (names, i))));
  for (guint i = 0; i < inputs->len; i++)
    telar_tensor_unref (g_array_index (inputs, TelarBinding, i).tensor);
  return results;
}

/* Equal to rounding: rules may join two roundings into one. */
static void
assert_close (const GPtrArray *a, const GPtrArray *b, double tolerance)
{
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++) {
    const TelarTensor *x = g_ptr_array_index (a, i), *y = g_ptr_array_index (b, i);

    g_assert_true (telar_type_equal (&x->type, &y->type));
    for (gsize j = 0; j < telar_tensor_elements (x); j++) {
      double p = telar_tensor_get (x, j), q = telar_tensor_get (y, j);

      if (isfinite (p) && isfinite (q))
        g_assert_cmpfloat (fabs (p - q), <=, tolerance * MAX (1, fabs (p)));
      else
        g_assert_true (isfinite (p) == isfinite (q) && isnan (p) == isnan (q));
    }
  }
}

/* --- random programs ------------------------------------------------------------------------ */

static void
test_pass (gconstpointer data)
{
  guint pass = GPOINTER_TO_UINT (data);

  for (guint seed = 0; seed < N_PROGRAMS; seed++) {
    g_autoptr (TelarProgram) narrow = test_random_program (seed, SIZE);
    g_autoptr (TelarProgram) program = telar_pass_widen (narrow, NULL);
    g_autoptr (TelarProgram) result = run_pass (pass, program);
    g_autoptr (GPtrArray) before = run (program, program), after = run (result, program);

    assert_close (before, after, 1e-9);
    if (passes[pass].settles) {
      g_autoptr (TelarProgram) again = run_pass (pass, result);
      g_autofree char *once = telar_program_to_text (result, TRUE);
      g_autofree char *twice = telar_program_to_text (again, TRUE);

      g_assert_cmpstr (once, ==, twice);
    }
  }
}

/* Widening changes types and nothing else. */
static void
test_widen (void)
{
  for (guint seed = 0; seed < N_PROGRAMS; seed++) {
    g_autoptr (TelarProgram) program = test_random_program (seed, SIZE);
    g_autoptr (TelarProgram) wide = telar_pass_widen (program, NULL);
    g_autofree char *after = telar_program_to_text (wide, TRUE);

    g_assert_null (strstr (after, "f32"));
    g_assert_cmpuint (telar_program_n_values (program), ==, telar_program_n_values (wide));
    for (guint i = 0; i < telar_program_n_instrs (wide); i++)
      g_assert_cmpint (telar_program_instr (program, i)->prim, ==,
                       telar_program_instr (wide, i)->prim);
    for (TelarValue v = 0; v < telar_program_n_values (wide); v++)
      g_assert_true (telar_shape_equal (&telar_program_type (program, v)->shape,
                                        &telar_program_type (wide, v)->shape));
  }
}

/* --- golden programs ------------------------------------------------------------------------ */

static char *
golden_path (const char *name)
{
  return g_build_filename (g_getenv ("G_TEST_SRCDIR"), "engine", "compiler", "golden", name, NULL);
}

/* The program in front of the separator and the passes behind it. */
static TelarProgram *
read_golden (const char *name, char **names)
{
  g_autofree char *path = golden_path (name), *text = NULL;
  g_autoptr (GError) error = NULL;
  char *separator;
  TelarProgram *program;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  separator = strstr (text, "\n--- ");
  g_assert_nonnull (separator);
  *names = g_strndup (separator + 5, strcspn (separator + 5, "\n"));
  separator[1] = '\0';
  program = telar_program_from_text (text, &error);
  g_assert_no_error (error);
  return program;
}

/* The hand-written programs compute what they computed, each through every pass. */
static void
test_golden_values (void)
{
  g_autofree char *folder = golden_path ("");
  GDir *dir = g_dir_open (folder, 0, NULL);
  guint checked = 0;
  const char *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree char *names = NULL;
    g_autoptr (TelarProgram) program = NULL;

    /* a program that fails when it runs has no values */
    if (!g_str_has_suffix (name, ".ir") || strstr (name, "failing"))
      continue;
    program = read_golden (name, &names);
    for (guint i = 0; i < G_N_ELEMENTS (passes); i++) {
      g_autoptr (TelarProgram) result = run_pass (i, program);
      g_autoptr (GPtrArray) before = run (program, program), after = run (result, program);

      assert_close (before, after, 1e-5);
    }
    checked++;
  }
  g_dir_close (dir);
  g_assert_cmpuint (checked, >, 60);
}

/* Every rule has a program of its own that it changes. */
static void
test_rules (void)
{
  const TelarRule *const tables[] = { telar_rules_arithmetic, telar_rules_shape,
                                      telar_rules_uniform, telar_rules_join };

  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    for (const TelarRule *rule = tables[t]; rule->name; rule++) {
      g_autofree char *name = g_strdup_printf ("simplify-%s.ir", rule->name), *names = NULL;
      g_autoptr (TelarProgram) program = read_golden (name, &names);
      g_autoptr (TelarProgram) result = telar_pass_simplify (program, NULL);
      g_autofree char *before = telar_program_to_text (program, TRUE);
      g_autofree char *after = telar_program_to_text (result, TRUE);

      g_assert_cmpstr (before, !=, after);
    }
}

/* --- large programs ------------------------------------------------------------------------- */

static TelarProgram *
large_program (guint kind)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("large");
  TelarType type = { TELAR_F32, telar_shape (TELAR_DIM_BATCH, 4) };
  TelarValue x = telar_build_input (b, "x", &type), c = telar_build_scalar (b, TELAR_F32, 1);

  for (guint i = 0; i < LARGE; i++)
    if (kind == 0) /* all known */
      c = telar_build_unary (b, i % 2 ? TELAR_PRIM_SIN : TELAR_PRIM_NEG, c);
    else if (kind == 1) /* pairs that vanish */
      x = telar_build_unary (b, TELAR_PRIM_NEG, x);
    else if (kind == 2) /* many readers of few values */
      c = telar_build_binary (b, TELAR_PRIM_ADD, c, telar_build_unary (b, TELAR_PRIM_TANH, x));
    else /* a long chain */
      x = telar_build_unary (b, i % 2 ? TELAR_PRIM_TANH : TELAR_PRIM_SIN, x);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "c", c);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "x", x);
  return telar_builder_finish (b, NULL);
}

static void
test_large (void)
{
  static const guint expected[] = { 2, 1, LARGE + 3, LARGE + 2 };

  for (guint kind = 0; kind < G_N_ELEMENTS (expected); kind++) {
    g_autoptr (TelarProgram) program = large_program (kind);

    for (guint pass = 0; pass < 4; pass++) {
      TelarProgram *next = run_pass (pass, program);

      telar_program_unref (program);
      program = next;
    }
    /* the constant 1 of the kinds that do not use it is their second output */
    g_assert_cmpuint (telar_program_n_instrs (program), ==, expected[kind] + (kind == 1));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (passes); i++) {
    g_autofree char *name = g_strdup_printf ("/passes/random/%s", passes[i].name);

    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_pass);
  }
  g_test_add_func ("/passes/random/widen", test_widen);
  g_test_add_func ("/passes/golden-values", test_golden_values);
  g_test_add_func ("/passes/rules", test_rules);
  g_test_add_func ("/passes/large", test_large);
  return g_test_run ();
}
