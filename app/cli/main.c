/* telar: the command line. Finds the verb, parses by its table, runs it, and turns errors into
 * messages and exit statuses. */
#include "app/cli/command.h"
#include "app/cli/verbs.h"
#include "data/data.h"
#include "engine/operator.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

const TelarVerb *const telar_verbs[] = {
  &telar_verb_new,     &telar_verb_train,     &telar_verb_check,   &telar_verb_evaluate,
  &telar_verb_predict, &telar_verb_export,    &telar_verb_import,  &telar_verb_diff,
  &telar_verb_runs,    &telar_verb_embed,     &telar_verb_serve,   &telar_verb_compile,
  &telar_verb_bench,   &telar_verb_operators, &telar_verb_devices, NULL,
};

int
telar_exit_status (const GError *error)
{
  if (error->domain != TELAR_ERROR)
    return 1;
  switch ((TelarErrorCode)error->code) {
  case TELAR_ERROR_FAILED:
    return 1;
  case TELAR_ERROR_USAGE:
    return 2;
  case TELAR_ERROR_INVALID:
    return 3;
  case TELAR_ERROR_NO_DEVICE:
    return 4;
  case TELAR_ERROR_INTERRUPTED:
    return 130;
  }
  return 1;
}

static void
print_json (json_t *json, gsize flags)
{
  json_dumpf (json, stdout, flags);
  putchar ('\n');
  fflush (stdout);
  json_decref (json);
}

void
telar_print_json (json_t *json)
{
  print_json (json, JSON_COMPACT);
}

void
telar_print_json_document (json_t *json)
{
  print_json (json, JSON_INDENT (2));
}

static const TelarVerb *
find_verb (const char *name)
{
  for (const TelarVerb *const *verb = telar_verbs; *verb != NULL; verb++)
    if (strcmp ((*verb)->name, name) == 0)
      return *verb;
  return NULL;
}

static gboolean
wants_help (char **argv)
{
  for (; *argv != NULL && strcmp (*argv, "--") != 0; argv++)
    if (strcmp (*argv, "--help") == 0 || strcmp (*argv, "-h") == 0)
      return TRUE;
  return FALSE;
}

static int
run_verb (const TelarVerb *verb, char **argv)
{
  g_autoptr (GError) error = NULL;
  int status = 0;
  if (wants_help (argv)) {
    telar_print_help (verb);
    return 0;
  }
  g_autoptr (TelarCommand) command = telar_command_parse (verb, argv, &error);
  if (command != NULL)
    status = verb->run (command, &error);
  if (error != NULL) {
    fprintf (stderr, "telar: %s\n", error->message);
    status = telar_exit_status (error);
  }
  return status;
}

static int
run (char **argv)
{
  if (argv[1] == NULL) {
    fputs ("telar: a verb is missing; telar --help lists them\n", stderr);
    return 2;
  }
  const TelarVerb *verb = find_verb (argv[1]);
  if (verb != NULL)
    return run_verb (verb, argv + 2);
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    telar_print_usage ();
  else if (strcmp (argv[1], "--version") == 0)
    puts ("telar " TELAR_VERSION);
  else if (strcmp (argv[1], "--man-page") == 0)
    telar_print_man_page ();
  else if (strcmp (argv[1], "--bash-completion") == 0)
    telar_print_bash_completion ();
  else {
    fprintf (stderr, "telar: there is no verb %s; telar --help lists them\n", argv[1]);
    return 2;
  }
  return 0;
}

int
main (int argc, char **argv)
{
  (void)argc;
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C"); /* numbers are read and written the same everywhere */
  /* Who reads the output may go away; a training goes on without. */
  signal (SIGPIPE, SIG_IGN);
  telar_operators_init ();
  telar_data_init ();
  int status = run (argv);
  if ((fflush (stdout) != 0 || ferror (stdout)) && status == 0) {
    fprintf (stderr, "telar: standard output: %s\n", g_strerror (errno));
    status = 1;
  }
  return status;
}
