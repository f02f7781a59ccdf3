/* The file beside the document: other programs may write it, too. What they wrote is never lost:
 * the document notices, is made the same by an edit, or goes on over it when told so. */
#include "app/project/document-private.h"

#include "engine/arrange.h"

#include <glib/gi18n.h>
#include <string.h>

#define SETTLE_MS 300

char *
telar_document_hash (const char *bytes, gsize length)
{
  g_autofree char *hex =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)bytes, length);

  return g_strconcat ("sha256:", hex, NULL);
}

TelarGraph *
telar_document_read (const char *path, char **hash, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path), *text = NULL;
  g_autoptr (GError) problem = NULL;
  TelarGraph *graph;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &problem)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, _ ("the project cannot be read: %s"),
                     problem->message);
    return NULL;
  }
  graph = telar_graph_from_text (text, length, path, error);
  if (!graph)
    return NULL;
  telar_graph_set_folder (graph, folder);
  /* A file that was not drawn in the studio may say nothing of places. */
  telar_graph_arrange_missing (graph);
  *hash = telar_document_hash (text, length);
  return graph;
}

/* --- what the file holds ---------------------------------------------------------------------- */

/* NULL when it cannot be read. Caller frees. */
static char *
hash_file (const char *path)
{
  g_autofree char *text = NULL;
  gsize length;

  return g_file_get_contents (path, &text, &length, NULL) ? telar_document_hash (text, length)
                                                          : NULL;
}

TelarDiskState
telar_document_disk_state (TelarDocument *self)
{
  g_autofree char *hash = self->path ? hash_file (self->path) : NULL;

  if (!self->path || g_strcmp0 (hash, self->disk) == 0)
    return TELAR_DISK_SAME;
  return hash ? TELAR_DISK_CHANGED : TELAR_DISK_GONE;
}

void
telar_document_find_saved (TelarDocument *self)
{
  g_autofree char *text = telar_graph_to_text (self->graph);
  g_autofree char *mine = telar_document_hash (text, strlen (text));
  g_autofree char *theirs = hash_file (self->path);

  if (g_strcmp0 (mine, theirs) == 0) {
    g_free (self->disk);
    self->disk = g_steal_pointer (&mine);
    self->saved_serial = telar_document_serial (self);
  }
  telar_document_watch (self);
}

/* --- answers ---------------------------------------------------------------------------------- */

void
telar_document_keep_mine (TelarDocument *self)
{
  char *hash = self->path ? hash_file (self->path) : NULL;

  g_free (self->disk);
  self->disk = hash;
  self->saved_serial = G_MAXUINT64; /* no state that undo reaches */
  telar_document_notify (self);
}

/* Whether @patch can be applied is tried on a copy: it is all or nothing. */
static gboolean
apply_whole (TelarDocument *self, const TelarPatch *patch, GError **error)
{
  g_autoptr (TelarGraph) trial = telar_graph_copy (self->graph);

  return telar_patch_apply (patch, trial, TELAR_PATCH_FORWARD, error) &&
         telar_patch_apply (patch, self->graph, TELAR_PATCH_FORWARD, error);
}

gboolean
telar_document_reload (TelarDocument *self, GError **error)
{
  g_autofree char *hash = NULL;
  g_autoptr (TelarGraph) graph = telar_document_read (self->path, &hash, error);
  TelarPatch *patch;

  if (!graph)
    return FALSE;
  patch = telar_patch_between (self->graph, graph);
  if (!apply_whole (self, patch, error)) {
    telar_patch_free (patch);
    return FALSE;
  }
  g_free (self->disk);
  self->disk = g_steal_pointer (&hash);
  if (telar_patch_changes (patch)->len)
    telar_document_record (self, _ ("Reload"), patch);
  else
    telar_patch_free (patch);
  telar_document_settle (self);
  return TRUE;
}

/* --- noticing --------------------------------------------------------------------------------- */

static gboolean
look (gpointer data)
{
  TelarDocument *self = data;

  self->look = 0;
  if (telar_document_disk_state (self) != TELAR_DISK_SAME)
    g_signal_emit_by_name (self, "disk-changed");
  return G_SOURCE_REMOVE;
}

/* Many programs remove a file and write it anew: what it holds is looked at once that is over. Our
 * own saving comes by here, too, and left what is known. */
static void
on_event (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
          TelarDocument *self)
{
  g_clear_handle_id (&self->look, g_source_remove);
  self->look = g_timeout_add (SETTLE_MS, look, self);
}

void
telar_document_unwatch (TelarDocument *self)
{
  g_clear_handle_id (&self->look, g_source_remove);
  g_clear_object (&self->monitor);
}

void
telar_document_watch (TelarDocument *self)
{
  g_autoptr (GFile) file = self->path ? g_file_new_for_path (self->path) : NULL;

  telar_document_unwatch (self);
  if (file)
    self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_event), self, 0);
}
