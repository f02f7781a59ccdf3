/* telar diff: of projects, of a run, as text and JSON, its exit statuses, and within git. */
#include "tests/app/program.h"

#include <glib/gstdio.h>
#include <string.h>

/* The sample with another number of units; valid to the end. */
static const char *
edited (void)
{
  g_autofree char *text = NULL;
  const char *sample = test_program_sample ("digits-dense.telar");

  g_assert_true (g_file_get_contents (sample, &text, NULL, NULL));
  g_auto (GStrv) halves = g_strsplit (text, "\"units\":10", 2);
  g_assert_nonnull (halves[1]);
  g_autofree char *other = g_strjoinv ("\"units\":12", halves);
  return test_program_file ("edited.telar", other, -1);
}

static void
test_statuses (void)
{
  const char *sample = test_program_sample ("digits-dense.telar"), *other = edited ();
  g_auto (TestRun) same = test_run ("diff", sample, sample, NULL);
  g_auto (TestRun) different = test_run ("diff", sample, other, NULL);
  g_auto (TestRun) json = test_run ("diff", sample, other, "--json", NULL);
  g_auto (TestRun) missing = test_run ("diff", sample, "nowhere.telar", NULL);
  g_auto (TestRun) run = test_run ("diff", sample, "no-such-run", NULL);
  g_auto (TestRun) one = test_run ("diff", sample, NULL);

  test_assert_done (same);
  g_assert_cmpstr (same.output, ==, "");
  g_assert_cmpint (different.status, ==, 1);
  g_assert_nonnull (strstr (different.output, ".units: 10 -> 12\n"));
  g_assert_cmpint (json.status, ==, 1);
  json_t *document = test_run_json (&json);
  g_assert_false (json_boolean_value (json_object_get (document, "same")));
  g_assert_cmpuint (json_array_size (json_object_get (document, "differences")), ==, 1);
  json_decref (document);
  test_assert_fails (missing, 2, "nowhere.telar");
  g_assert_cmpint (run.status, ==, 2);
  test_assert_fails (one, 2, "diff takes two");
}

/* A run keeps the project as it was trained. */
static void
test_run_side (void)
{
  const char *sample = test_program_sample ("titanic.telar");
  g_auto (TestRun) trained = test_run ("train", sample, "--run", "first", "--epochs", "1", "--set",
                                       "dense1.units=24", NULL);
  test_assert_done (trained);
  g_auto (TestRun) diff = test_run ("diff", sample, "first", NULL);
  g_assert_cmpint (diff.status, ==, 1);
  g_assert_nonnull (strstr (diff.output, "~ epochs: 40 -> 1\n"));
  g_assert_nonnull (strstr (diff.output, "~ dense1.units: 32 -> 24\n"));
}

static char *
git (const char *folder, const char *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_strdup_printf (
      "git -C '%s' -c user.name=Test -c user.email=test@example.org %s", folder, command);
  g_autofree char *errors = NULL;
  char *output = NULL;
  int status;

  g_spawn_command_line_sync (line, &output, &errors, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s: %s", line, errors);
  return output;
}

static void
put_project (const char *folder, const char *name, const char *from)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *text = NULL;

  g_assert_true (g_file_get_contents (from, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* A real repository, set up as README.md says. */
static void
test_git (void)
{
  const char *folder = test_program_path ("repository");
  g_autofree char *attributes = g_build_filename (folder, ".gitattributes", NULL);
  g_autofree char *config =
      g_strdup_printf ("config diff.telar.command '\"%s\" diff --git'", test_program_binary ());

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_free (git (folder, "init -q"));
  g_free (git (folder, config));
  g_assert_true (g_file_set_contents (attributes, "*.telar diff=telar\n", -1, NULL));
  put_project (folder, "net.telar", test_program_sample ("digits-dense.telar"));
  g_free (git (folder, "add ."));
  g_free (git (folder, "commit -q -m one"));
  put_project (folder, "net.telar", edited ());
  put_project (folder, "new.telar", test_program_sample ("titanic.telar"));
  g_free (git (folder, "add ."));
  g_autofree char *diff = git (folder, "diff --cached");
  g_assert_nonnull (strstr (diff, "net.telar\nnodes\n~ "));
  g_assert_nonnull (strstr (diff, ".units: 10 -> 12\n"));
  g_assert_nonnull (strstr (diff, "new.telar\n"));
  g_assert_nonnull (strstr (diff, "+ sigmoid: sigmoid\n"));
  g_free (git (folder, "commit -q -m two"));
  g_free (git (folder, "mv net.telar moved.telar"));
  g_autofree char *moved = git (folder, "diff --cached -M HEAD");
  g_assert_null (strstr (moved, "~"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_program_begin ();
  g_test_add_func ("/diff/statuses", test_statuses);
  g_test_add_func ("/diff/run", test_run_side);
  g_test_add_func ("/diff/git", test_git);
  int status = g_test_run ();
  test_program_end ();
  return status;
}
