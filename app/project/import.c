/* Importing: the thread makes the graph and writes the weights, the main thread the document. */
#include "app/project/import.h"

#include "app/project/journal.h"
#include "engine/checkpoint.h"
#include "engine/exchange/import.h"

#include <glib/gstdio.h>
#include <string.h>

#define ENDING ".onnx"

typedef struct {
  char *path;
  char **shapes;
  gint *permille;
  GCancellable *cancellable;

  TelarGraph *graph;
  TelarImportTrouble trouble;
  char *journal; /* where the document's edits will go */
  char *weights; /* a file that is to be removed unless a document takes it; or NULL */
} Import;

void
telar_import_trouble_clear (TelarImportTrouble *trouble)
{
  g_clear_pointer (&trouble->refused, g_ptr_array_unref);
  g_clear_pointer (&trouble->open, g_ptr_array_unref);
}

static void
import_free (gpointer data)
{
  Import *import = data;

  if (import->weights)
    g_unlink (import->weights);
  g_clear_pointer (&import->graph, telar_graph_free);
  telar_import_trouble_clear (&import->trouble);
  g_strfreev (import->shapes);
  g_clear_object (&import->cancellable);
  g_free (import->weights);
  g_free (import->journal);
  g_free (import->path);
  g_free (import);
}

gboolean
telar_import_is_foreign (const char *path)
{
  gsize length = strlen (path);

  return length > strlen (ENDING) &&
         g_ascii_strcasecmp (path + length - strlen (ENDING), ENDING) == 0;
}

/* --- in the thread ---------------------------------------------------------------------------- */

static gboolean
on_progress (double done, gpointer data)
{
  Import *import = data;

  g_atomic_int_set (import->permille, (int)(done * 1000));
  return !g_cancellable_is_cancelled (import->cancellable);
}

static gboolean
write_weights (Import *import, GHashTable *weights, GError **error)
{
  import->journal = telar_journal_path_unsaved (error);
  if (!import->journal)
    return FALSE;
  if (g_hash_table_size (weights) == 0)
    return TRUE;
  import->weights = telar_journal_weights_path (import->journal);
  return telar_safetensors_write (import->weights, weights, NULL, error) &&
         telar_graph_set (import->graph, "training.weights", import->weights, error);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  TelarImportOptions options = { .shapes = (const char *const *)import->shapes,
                                 .progress = on_progress,
                                 .progress_data = import,
                                 .open = import->trouble.open,
                                 .refused = import->trouble.refused };
  g_autoptr (GHashTable) weights = NULL;
  GError *error = NULL;

  import->graph = telar_import_onnx (import->path, &options, &weights, &error);
  if (!import->graph || !write_weights (import, weights, &error)) {
    g_task_return_error (task, error);
    return;
  }
  telar_import_arrange (import->graph);
  g_task_return_boolean (task, TRUE);
}

/* --- in the main thread ----------------------------------------------------------------------- */

void
telar_document_import_async (const char *path, const char *const *shapes, gint *permille,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Import *import = g_new0 (Import, 1);

  import->path = g_strdup (path);
  import->permille = permille;
  import->cancellable = g_object_ref (cancellable);
  import->shapes = g_strdupv ((char **)shapes);
  import->trouble.refused = g_ptr_array_new_with_free_func (telar_import_refusal_free);
  import->trouble.open = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, import, import_free);
  g_task_run_in_thread (task, run);
}

static char *
title_of (const char *path)
{
  char *title = g_path_get_basename (path);

  title[strlen (title) - strlen (ENDING)] = '\0';
  return title;
}

/* A reference, or NULL where the list is empty. */
static GPtrArray *
known (GPtrArray *list)
{
  return list->len ? g_ptr_array_ref (list) : NULL;
}

TelarDocument *
telar_document_import_finish (GAsyncResult *result, TelarImportTrouble *trouble, GError **error)
{
  Import *import = g_task_get_task_data (G_TASK (result));
  g_autofree char *title = title_of (import->path);
  TelarDocument *document;

  *trouble = (TelarImportTrouble){ known (import->trouble.refused), known (import->trouble.open) };
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  document =
      telar_document_new_imported (g_steal_pointer (&import->graph), title, import->journal, error);
  if (document)
    g_clear_pointer (&import->weights, g_free);
  return document;
}
