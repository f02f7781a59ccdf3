/* Runs the real telar and keeps what it said. */
#include "tests/app/program.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

void
test_program_begin (void)
{
  g_autoptr (GError) error = NULL;
  folder = g_dir_make_tmp ("telar-cli-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *workspace = g_build_filename (folder, "workspace", NULL);
  g_setenv ("TELAR_WORKSPACE", workspace, TRUE);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir =
      g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    remove_all (child);
  }
  g_remove (path);
}

void
test_program_end (void)
{
  remove_all (folder);
  g_clear_pointer (&folder, g_free);
}

const char *
test_program_path (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return g_intern_string (path);
}

const char *
test_program_file (const char *name, const void *data, gssize length)
{
  g_autoptr (GError) error = NULL;
  const char *path = test_program_path (name);
  g_file_set_contents (path, data, length, &error);
  g_assert_no_error (error);
  return path;
}

const char *
test_program_sample (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TELAR_SAMPLES"), name, NULL);
  return g_intern_string (path);
}

const char *
test_program_binary (void)
{
  const char *binary = g_getenv ("TELAR_CLI");
  g_assert_nonnull (binary);
  return binary;
}

/* --- running ------------------------------------------------------------------------------------
 */

void
test_run_clear (TestRun *run)
{
  g_clear_pointer (&run->output, g_free);
  g_clear_pointer (&run->errors, g_free);
}

static int
exit_status (int wait_status)
{
  return WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : 128 + WTERMSIG (wait_status);
}

static GPtrArray *
full_argv (const char *const *arguments)
{
  GPtrArray *argv = g_ptr_array_new ();
  g_ptr_array_add (argv, (gpointer)test_program_binary ());
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (argv, (gpointer)*arguments);
  g_ptr_array_add (argv, NULL);
  return argv;
}

TestRun
test_run_argv (const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = full_argv (arguments);
  TestRun run = { 0 };
  int status = 0;
  g_spawn_sync (NULL, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &run.output,
                &run.errors, &status, &error);
  g_assert_no_error (error);
  run.status = exit_status (status);
  return run;
}

TestRun
test_run (const char *argument, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  va_list list;
  va_start (list, argument);
  for (; argument != NULL; argument = va_arg (list, const char *))
    g_ptr_array_add (arguments, (gpointer)argument);
  va_end (list);
  g_ptr_array_add (arguments, NULL);
  return test_run_argv ((const char *const *)arguments->pdata);
}

GPid
test_program_start (const char *const *arguments, int *output)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = full_argv (arguments);
  GPid pid = 0;
  g_spawn_async_with_pipes (NULL, (char **)argv->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                            &pid, NULL, output, NULL, &error);
  g_assert_no_error (error);
  return pid;
}

int
test_program_wait (GPid pid)
{
  int status = 0;
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return exit_status (status);
}

/* --- what it said -------------------------------------------------------------------------------
 */

void
test_check_fails (const char *where, const TestRun *run, int status, const char *text)
{
  const char *end = strchr (run->errors, '\n');
  if (run->status != status || strstr (run->errors, text) == NULL || end == NULL ||
      end[1] != '\0' || run->output[0] != '\0')
    g_error ("%s: status %d where %d was expected, output \"%s\", errors \"%s\" where one line "
             "with \"%s\" was expected",
             where, run->status, status, run->output, run->errors, text);
}

void
test_check_done (const char *where, const TestRun *run)
{
  if (run->status != 0)
    g_error ("%s: status %d: %s", where, run->status, run->errors);
}

json_t *
test_run_json (const TestRun *run)
{
  json_error_t error;
  json_t *json = json_loads (run->output, JSON_REJECT_DUPLICATES, &error);
  if (json == NULL)
    g_error ("%s in %s", error.text, run->output);
  return json;
}

json_t *
test_run_json_lines (const TestRun *run)
{
  json_t *array = json_array ();
  g_auto (GStrv) lines = g_strsplit (run->output, "\n", -1);
  for (char **line = lines; *line != NULL && **line != '\0'; line++) {
    json_error_t error;
    json_t *json = json_loads (*line, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL)
      g_error ("%s in %s", error.text, *line);
    json_array_append_new (array, json);
  }
  return array;
}

guint
test_count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    n += 1 + test_count_files (child);
  }
  return n;
}
