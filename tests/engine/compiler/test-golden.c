/* Runs every file of golden/: a program, a line "--- PASS…" and the program that the passes make of
 * it. With TELAR_GOLDEN_UPDATE=1 the expectation is written anew, for a person to review. */
#include "engine/compiler.h"

#include <string.h>

#define SEPARATOR "--- "

static TelarProgram *
bind_three (const TelarProgram *program, GError **error)
{
  return telar_program_bind (program, 3, error);
}

static TelarProgram *
optimize_plain (const TelarProgram *program, GError **error)
{
  TelarOptimizer optimizer = { .name = "sgd", .weight_decay = 0.01 };

  return telar_pass_optimize (program, &optimizer, error);
}

static TelarProgram *
optimize_momentum (const TelarProgram *program, GError **error)
{
  TelarOptimizer optimizer = {
    .name = "sgd", .momentum = 0.9, .nesterov = TRUE, .weight_decay = 0.01
  };

  return telar_pass_optimize (program, &optimizer, error);
}

static TelarProgram *
optimize_adamw (const TelarProgram *program, GError **error)
{
  TelarOptimizer optimizer = { .name = "adamw",
                               .beta1 = 0.5,
                               .beta2 = 0.75,
                               .epsilon = 0.125,
                               .weight_decay = 0.25,
                               .clip_norm = 2 };

  return telar_pass_optimize (program, &optimizer, error);
}

/* With what the states begin with. */
static TelarProgram *
freeze (const TelarProgram *program, GError **error)
{
  g_autoptr (TelarStates) states = telar_states_new ();

  if (!telar_states_add_program (states, program, 1, error))
    return NULL;
  return telar_pass_freeze (program, states, error);
}

static const struct {
  const char *name;
  TelarProgram *(*run) (const TelarProgram *program, GError **error);
} passes[] = {
  { "bind-3", bind_three },
  { "fold", telar_pass_fold },
  { "fold-norm", telar_pass_fold_norm },
  { "freeze", freeze },
  { "simplify", telar_pass_simplify },
  { "cse", telar_pass_cse },
  { "dce", telar_pass_dce },
  { "widen", telar_pass_widen },
  { "differentiate", telar_pass_differentiate },
  { "optimize-plain", optimize_plain },
  { "optimize-momentum", optimize_momentum },
  { "optimize-adamw", optimize_adamw },
  { "fuse", telar_pass_fuse },
  { "layout", telar_pass_layout },
  { "schedule", telar_pass_schedule },
};

static char *
golden_folder (void)
{
  return g_build_filename (g_getenv ("G_TEST_SRCDIR"), "engine", "compiler", "golden", NULL);
}

static TelarProgram *
run_pass (const char *name, const TelarProgram *program)
{
  g_autoptr (GError) error = NULL;
  TelarProgram *result;

  for (guint i = 0; i < G_N_ELEMENTS (passes); i++)
    if (g_str_equal (passes[i].name, name)) {
      result = passes[i].run (program, &error);
      g_assert_no_error (error);
      telar_program_verify (result, &error);
      g_assert_no_error (error);
      return result;
    }
  g_error ("there is no pass \"%s\"", name);
}

/* A pass keeps the types of outputs and updates, but for those that are there to change them. */
static void
assert_same_results (const char *pass, const TelarProgram *before, const TelarProgram *after)
{
  if (g_str_equal (pass, "widen") || g_str_has_prefix (pass, "bind") ||
      g_str_equal (pass, "differentiate") || g_str_has_prefix (pass, "optimize"))
    return;
  g_assert_cmpuint (telar_program_n_outputs (before), ==, telar_program_n_outputs (after));
  for (guint i = 0; i < telar_program_n_outputs (before); i++)
    g_assert_true (
        telar_type_equal (telar_program_type (before, telar_program_output (before, i)->value),
                          telar_program_type (after, telar_program_output (after, i)->value)));
}

static void
check_text (const char *path, const char *input, const char *names, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = telar_program_from_text (input, &error);
  g_auto (GStrv) list = g_strsplit (names, " ", -1);
  g_autofree char *printed = NULL, *result = NULL;

  g_assert_no_error (error);
  telar_program_verify (program, &error);
  g_assert_no_error (error);
  printed = telar_program_to_text (program, TRUE);
  g_assert_cmpstr (printed, ==, input);
  for (guint i = 0; list[i]; i++) {
    TelarProgram *next = run_pass (list[i], program);

    assert_same_results (list[i], program, next);
    telar_program_unref (program);
    program = next;
  }
  result = telar_program_to_text (program, TRUE);
  if (g_getenv ("TELAR_GOLDEN_UPDATE")) {
    g_autofree char *whole = g_strconcat (input, SEPARATOR, names, "\n", result, NULL);

    g_file_set_contents (path, whole, -1, &error);
    g_assert_no_error (error);
    return;
  }
  g_assert_cmpstr (result, ==, expected);
}

static void
test_file (gconstpointer data)
{
  const char *path = data;
  g_autofree char *text = NULL, *names = NULL;
  g_autoptr (GError) error = NULL;
  char *separator, *end;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  separator = strstr (text, "\n" SEPARATOR);
  g_assert_nonnull (separator);
  names = g_strdup (separator + 1 + strlen (SEPARATOR));
  separator[1] = '\0';
  end = strchr (names, '\n');
  g_assert_nonnull (end);
  *end = '\0';
  check_text (path, text, names, end + 1);
}

static void
add_files (const char *folder)
{
  g_autoptr (GError) error = NULL;
  GDir *dir = g_dir_open (folder, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir))) {
    char *path = g_build_filename (folder, name, NULL);

    if (g_str_has_suffix (name, ".ir")) {
      g_autofree char *test = g_strdup_printf ("/golden/%s", name);

      g_test_add_data_func_full (test, path, test_file, g_free);
    } else {
      g_free (path);
    }
  }
  g_dir_close (dir);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = golden_folder ();

  g_test_init (&argc, &argv, NULL);
  add_files (folder);
  return g_test_run ();
}
