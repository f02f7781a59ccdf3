/* The checkpoints of a run: one that is written again and again, and those that were asked for. */
#include "insight/store-private.h"

#include <string.h>

static const char prefix[] = "checkpoint-", suffix[] = ".safetensors";

static void
checkpoint_free (gpointer data)
{
  TelarCheckpoint *checkpoint = data;

  g_free (checkpoint->path);
  g_free (checkpoint);
}

static void
add (GPtrArray *checkpoints, gint64 step, const char *path, gboolean newest)
{
  TelarCheckpoint *checkpoint = g_new (TelarCheckpoint, 1);

  *checkpoint = (TelarCheckpoint){ step, g_strdup (path), newest };
  g_ptr_array_add (checkpoints, checkpoint);
}

/* The N of "checkpoint-N.safetensors"; -1 when @name is another. */
static gint64
step_of (const char *name)
{
  gint64 step;

  if (!g_str_has_prefix (name, prefix) || !g_str_has_suffix (name, suffix))
    return -1;
  g_autofree char *number =
      g_strndup (name + strlen (prefix), strlen (name) - strlen (prefix) - strlen (suffix));
  return g_ascii_string_to_signed (number, 10, 0, G_MAXINT64, &step, NULL) ? step : -1;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const TelarCheckpoint *one = *(TelarCheckpoint *const *)a, *other = *(TelarCheckpoint *const *)b;

  if (one->step == other->step)
    return one->newest - other->newest;
  return one->step < other->step ? 1 : -1;
}

/* A run without a folder has none. */
static void
add_kept (GPtrArray *checkpoints, const char *folder)
{
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;

  while (files != NULL && (name = g_dir_read_name (files)) != NULL) {
    gint64 step = step_of (name);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (step >= 0)
      add (checkpoints, step, path, FALSE);
  }
}

GPtrArray *
telar_store_checkpoints (TelarStore *store, const TelarRunRow *row, GError **error)
{
  g_autofree char *folder = telar_store_run_folder (store, row->name);
  g_autoptr (GPtrArray) checkpoints = g_ptr_array_new_with_free_func (checkpoint_free);
  gint64 step;

  if (!telar_store_number (store, &step, -1, error,
                           "SELECT step FROM event WHERE run = ? AND kind = 'checkpoint'"
                           " ORDER BY id DESC LIMIT 1",
                           "i", row->id))
    return NULL;
  add_kept (checkpoints, folder);
  if (step >= 0 && row->checkpoint != NULL && g_file_test (row->checkpoint, G_FILE_TEST_EXISTS))
    add (checkpoints, step, row->checkpoint, TRUE);
  g_ptr_array_sort (checkpoints, compare);
  /* One that was asked for where the newest stands is the same, and stays. */
  for (guint i = 1; i < checkpoints->len; i++)
    if (((TelarCheckpoint *)checkpoints->pdata[i])->step ==
        ((TelarCheckpoint *)checkpoints->pdata[i - 1])->step)
      g_ptr_array_remove_index (checkpoints, i--);
  return g_steal_pointer (&checkpoints);
}
