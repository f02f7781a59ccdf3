/* telar runs export: a run as files that other programs read. */
#include "app/cli/runs-csv.h"
#include "app/cli/runs.h"
#include "insight/events/events.h"
#include "insight/run-file.h"

#include <stdio.h>
#include <string.h>

static char *
to_events (TelarStore *store, const TelarRunRow *row, const char *output, GError **error)
{
  return telar_events_export (store, row, output != NULL ? output : ".", error);
}

/* What is written where nobody says where. */
static char *
output_path (const TelarRunRow *row, const char *output, const char *ending)
{
  return output != NULL ? g_strdup (output) : g_strconcat (row->name, ending, NULL);
}

static char *
to_csv (TelarStore *store, const TelarRunRow *row, const char *output, GError **error)
{
  g_autofree char *path = output_path (row, output, ".csv");
  return telar_run_write_csv (store, row, path, error) ? g_steal_pointer (&path) : NULL;
}

static char *
to_json (TelarStore *store, const TelarRunRow *row, const char *output, GError **error)
{
  g_autofree char *path = output_path (row, output, ".json");
  return telar_run_write_json (store, row, path, error) ? g_steal_pointer (&path) : NULL;
}

gboolean
telar_runs_export (const TelarCommand *command, TelarStore *store, GError **error)
{
  static const struct {
    const char *name;
    char *(*write) (TelarStore *store, const TelarRunRow *row, const char *output, GError **error);
  } formats[] = { { "events", to_events }, { "csv", to_csv }, { "json", to_json } };
  const char *to = telar_command_text (command, "to");
  g_autoptr (TelarRunRow) row =
      telar_store_find_run (store, telar_command_argument (command, 1), error);
  g_autofree char *path = NULL;

  if (row == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, to != NULL ? to : "events") == 0)
      path = formats[i].write (store, row, telar_command_text (command, "output"), error);
  if (path == NULL)
    return FALSE;
  if (telar_command_has (command, "json"))
    telar_print_json (json_pack ("{s:s, s:s}", "run", row->name, "path", path));
  else
    printf ("%s\n", path);
  return TRUE;
}
