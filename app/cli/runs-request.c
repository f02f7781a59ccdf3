/* telar runs request: asks something of a run that is training and says what came of it. */
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"

#include <stdio.h>
#include <string.h>

/* A batch may take long; a run whose process is gone is told at once. */
#define LOOK_EVERY (20 * G_TIME_SPAN_MILLISECOND)

/* Whether a request of @kind takes a value: -1 none, 0 one or none, 1 one. */
static int
takes_value (TelarRequestKind kind)
{
  switch (kind) {
  case TELAR_REQUEST_STEP:
    return 0;
  case TELAR_REQUEST_LEARNING_RATE:
  case TELAR_REQUEST_SET:
  case TELAR_REQUEST_PROBE:
  case TELAR_REQUEST_UNPROBE:
    return 1;
  case TELAR_REQUEST_NONE:
  case TELAR_REQUEST_PAUSE:
  case TELAR_REQUEST_RESUME:
  case TELAR_REQUEST_STOP:
  case TELAR_REQUEST_CHECKPOINT:
  case TELAR_REQUEST_STOP_EPOCH:
  case TELAR_REQUEST_PROFILE:
  case TELAR_N_REQUESTS:
    break;
  }
  return -1;
}

static gboolean
is_text (TelarRequestKind kind)
{
  return kind == TELAR_REQUEST_SET || kind == TELAR_REQUEST_PROBE || kind == TELAR_REQUEST_UNPROBE;
}

static gboolean
read_value (const char *value, TelarRequest *request, GError **error)
{
  char *end = NULL;
  if (is_text (request->kind)) {
    if (g_strlcpy (request->text, value, sizeof request->text) < sizeof request->text)
      return TRUE;
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "what is asked for is too long");
    return FALSE;
  }
  request->value = g_ascii_strtod (value, &end);
  if (*value != '\0' && *end == '\0')
    return TRUE;
  telar_set_error (error, TELAR_ERROR_USAGE, NULL, "\"%s\" is no number", value);
  return FALSE;
}

static gboolean
read_request (const TelarCommand *command, TelarRequest *request, GError **error)
{
  const char *name = telar_command_argument (command, 2);
  const char *value = telar_command_argument (command, 3);
  request->kind = telar_request_find (name);
  request->value = 1;
  if (request->kind == TELAR_REQUEST_NONE) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "a run can be asked to pause, resume, step, stop, stop-after-epoch, "
                     "learning-rate, set, checkpoint, profile, probe or unprobe, not \"%s\"",
                     name != NULL ? name : "");
    return FALSE;
  }
  int takes = takes_value (request->kind);
  if (takes == (value != NULL ? -1 : 1)) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "telar runs request RUN %s takes %s", name,
                     takes < 0 ? "nothing more" : "a value");
    return FALSE;
  }
  return value == NULL || read_value (value, request, error);
}

static gboolean
check_alive (TelarStore *store, const char *name, GError **error)
{
  g_autoptr (TelarRunRow) row = telar_store_find_run (store, name, error);
  if (row != NULL && strcmp (row->status, "lost") == 0)
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "the process of the run %s is gone", name);
  return row != NULL && strcmp (row->status, "lost") != 0;
}

/* Waits until the trainer has answered, or is gone. */
static gboolean
wait_for_outcome (TelarStore *store, const char *run, gint64 id, gint64 *step, char **outcome,
                  GError **error)
{
  for (;;) {
    if (!telar_store_outcome (store, id, step, outcome, error))
      return FALSE;
    if (*outcome != NULL)
      return TRUE;
    if (!check_alive (store, run, error))
      return FALSE;
    g_usleep (LOOK_EVERY);
  }
}

int
telar_runs_request (const TelarCommand *command, GError **error)
{
  TelarRequest request = { 0 };
  g_autofree char *outcome = NULL;
  gint64 step = 0;
  if (!read_request (command, &request, error))
    return 2;
  g_autoptr (TelarStore) store = telar_command_store (command, error);
  g_autoptr (TelarRunRow) row =
      store != NULL ? telar_store_find_run (store, telar_command_argument (command, 1), error)
                    : NULL;
  gint64 id = row != NULL ? telar_store_put_request (store, row->id, &request, error) : 0;
  if (id == 0 || !wait_for_outcome (store, row->name, id, &step, &outcome, error))
    return 1;
  if (telar_command_has (command, "json"))
    telar_print_json_document (json_pack ("{s:s, s:I, s:s}", "run", row->name, "step",
                                          (json_int_t)step, "outcome", outcome));
  else
    printf ("%s: %s at step %" G_GINT64_FORMAT "\n", row->name, outcome, step);
  return strcmp (outcome, "done") == 0 ? 0 : 1;
}
