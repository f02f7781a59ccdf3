/* Any bytes whatever, as an event file, and as an event whose checksums are right: they are refused
 * with an error, or become a run that is whole and can be written out again. */
#include "tests/fuzz/fuzz.h"

#include "insight/events/events.h"
#include "insight/events/record.h"

#include <glib/gstdio.h>
#include <stdlib.h>

static char *folder;

static void
remove_folder (void)
{
  const char *argv[] = { "rm", "-rf", folder, NULL };

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* One store for all inputs; each run is deleted again. */
static TelarStore *
get_store (void)
{
  static TelarStore *store;

  if (store == NULL) {
    folder = g_dir_make_tmp ("telar-fuzz-XXXXXX", NULL);
    atexit (remove_folder);
    store = telar_store_open (folder, TRUE, NULL);
    g_assert_nonnull (store);
  }
  return store;
}

static void
write_out (TelarStore *store, const char *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarRunRow) row = telar_store_find_run (store, run, &error);
  g_assert_no_error (error);
  g_autofree char *path = telar_events_export (store, row, folder, &error);

  g_assert_no_error (error);
  g_unlink (path);
  g_assert_true (telar_store_delete_run (store, row->id, &error));
}

static void
import (const char *path)
{
  TelarStore *store = get_store ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = telar_events_import (store, path, "r", &error);

  if (all != NULL)
    write_out (store, ((const TelarImported *)all->pdata[0])->run);
  else
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  get_store ();
  g_autofree char *path = g_build_filename (folder, "x.tfevents", NULL);
  FILE *file = g_fopen (path, "wb");
  fwrite (data, 1, size, file);
  fclose (file);
  import (path);
  file = g_fopen (path, "wb");
  telar_record_write (file, data, size);
  fclose (file);
  import (path);
  return 0;
}
