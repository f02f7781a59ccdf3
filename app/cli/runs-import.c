/* telar runs import: what other programs recorded, into the workspace. */
#include "app/cli/runs-csv.h"
#include "app/cli/runs.h"
#include "insight/events/events.h"
#include "insight/run-file.h"

#include <stdio.h>
#include <string.h>

static void
print_text (const TelarImported *imported)
{
  const TelarBulkSummary *summary = &imported->summary;

  printf ("%s: %" G_GINT64_FORMAT " points of %u curves", imported->run, summary->points,
          summary->tags);
  if (imported->media > 0)
    printf (", %" G_GINT64_FORMAT " histograms, images, texts and curves", imported->media);
  puts ("");
  if (summary->replaced > 0)
    printf ("  %" G_GINT64_FORMAT " points repeat a step: the last one of each is shown, the "
            "others are kept for export\n",
            summary->replaced);
  if (imported->unfinished > 0)
    printf ("  the last record is not whole: %" G_GINT64_FORMAT " bytes were left\n",
            imported->unfinished);
  for (guint i = 0; i < TELAR_N_LEFT; i++)
    if (imported->left_out[i] > 0)
      printf ("  left out: %" G_GINT64_FORMAT " %s\n", imported->left_out[i],
              telar_left_out_names[i]);
}

static json_t *
to_json (const TelarImported *imported)
{
  const TelarBulkSummary *summary = &imported->summary;
  json_t *left = json_object ();

  for (guint i = 0; i < TELAR_N_LEFT; i++)
    if (imported->left_out[i] > 0)
      json_object_set_new (left, telar_left_out_names[i],
                           json_integer ((json_int_t)imported->left_out[i]));
  return json_pack ("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "run", imported->run, "points",
                    (json_int_t)summary->points, "replaced", (json_int_t)summary->replaced,
                    "curves", (json_int_t)summary->tags, "media", (json_int_t)imported->media,
                    "files", (json_int_t)imported->files, "bytes", (json_int_t)imported->bytes,
                    "unfinished", (json_int_t)imported->unfinished, "left_out", left);
}

typedef char *(*ReadFunc) (TelarStore *store, const char *path, const char *name,
                           TelarBulkSummary *summary, GError **error);

/* A file that holds one run. */
static GPtrArray *
import_file (TelarStore *store, ReadFunc read, const char *path, const char *name, GError **error)
{
  g_autoptr (TelarImported) imported = g_new0 (TelarImported, 1);

  imported->run = read (store, path, name, &imported->summary, error);
  imported->files = 1;
  if (imported->run == NULL)
    return NULL;
  GPtrArray *all =
      g_ptr_array_new_with_free_func ((GDestroyNotify)(void (*) (void))telar_imported_free);
  g_ptr_array_add (all, g_steal_pointer (&imported));
  return all;
}

static GPtrArray *
import_path (const TelarCommand *command, TelarStore *store, GError **error)
{
  const char *path = telar_command_argument (command, 1);
  const char *name = telar_command_text (command, "run");

  if (g_str_has_suffix (path, ".csv"))
    return import_file (store, telar_run_read_csv, path, name, error);
  if (g_str_has_suffix (path, ".json"))
    return import_file (store, telar_run_read_json, path, name, error);
  return telar_events_import (store, path, name, error);
}

gboolean
telar_runs_import (const TelarCommand *command, TelarStore *store, GError **error)
{
  g_autoptr (GPtrArray) all = import_path (command, store, error);
  json_t *list = json_array ();

  for (guint i = 0; all != NULL && i < all->len; i++) {
    if (telar_command_has (command, "json"))
      json_array_append_new (list, to_json (all->pdata[i]));
    else
      print_text (all->pdata[i]);
  }
  if (all != NULL && telar_command_has (command, "json"))
    telar_print_json_document (json_pack ("{s:O}", "runs", list));
  json_decref (list);
  return all != NULL;
}
