/* Where a document comes from and where it goes: files, samples, and journals after a crash. */
#include "app/model/relocate.h"
#include "app/project/document-private.h"
#include "app/project/relocate.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

/* So long a disk that is full is left alone. */
#define RETRY_SECONDS 5

/* --- opening ---------------------------------------------------------------------------------- */

/* The text as it is now becomes what the next journal starts from. */
static void
rebase (TelarDocument *self)
{
  telar_journal_base_clear (&self->base);
  self->base.text = telar_graph_to_text (self->graph);
  self->base.project = g_strdup (self->path);
  self->base.hash = g_strdup (self->disk);
  self->base.title = g_strdup (self->title);
  self->base.folder = g_strdup (telar_graph_folder (self->graph));
}

static char *
title_from_path (const char *path)
{
  char *title = g_path_get_basename (path);

  if (g_str_has_suffix (title, ".telar"))
    title[strlen (title) - strlen (".telar")] = '\0';
  return title;
}

/* @disk is taken: the checksum of the file's bytes, NULL without a file. */
static TelarDocument *
document_for (TelarGraph *graph, const char *path, char *disk, const char *title)
{
  TelarDocument *self = g_object_new (TELAR_TYPE_DOCUMENT, NULL);

  self->graph = graph;
  self->path = g_strdup (path);
  self->disk = disk;
  self->title = title ? g_strdup (title) : title_from_path (path);
  rebase (self);
  telar_document_watch (self);
  return self;
}

TelarDocument *
telar_document_new (const char *title)
{
  return document_for (telar_graph_new (), NULL, NULL, title);
}

TelarDocument *
telar_document_new_draft (TelarDocument *self, const char *place)
{
  TelarDocument *draft = g_object_new (TELAR_TYPE_DOCUMENT, NULL);

  draft->graph = telar_graph_copy (self->graph);
  telar_document_enter (draft, place);
  return draft;
}

TelarDocument *
telar_document_open (const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *hash = NULL;
  TelarGraph *graph = telar_document_read (absolute, &hash, error);

  return graph ? document_for (graph, absolute, g_steal_pointer (&hash), NULL) : NULL;
}

TelarDocument *
telar_document_open_copy (const char *path, const char *title, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *own = title ? g_strdup (title) : title_from_path (absolute);
  g_autofree char *folder = g_path_get_dirname (absolute);
  g_autoptr (TelarGraph) graph = telar_graph_load (absolute, error);

  if (!graph || !telar_relocate_graph (graph, folder, NULL, error))
    return NULL;
  return document_for (g_steal_pointer (&graph), NULL, NULL, own);
}

TelarDocument *
telar_document_new_imported (TelarGraph *graph, const char *title, const char *journal,
                             GError **error)
{
  g_autoptr (TelarDocument) self = document_for (graph, NULL, NULL, title);

  self->journal = telar_journal_create (journal, &self->base, error);
  if (!self->journal)
    return NULL;
  self->loose_weights = telar_journal_weights_path (journal);
  return g_steal_pointer (&self);
}

/* --- the journal ------------------------------------------------------------------------------ */

static TelarJournal *
open_journal (TelarDocument *self, GError **error)
{
  g_autofree char *path =
      self->path ? telar_journal_path (self->path) : telar_journal_path_unsaved (error);

  return path ? telar_journal_create (path, &self->base, error) : NULL;
}

/* In their order, as far as the disk takes them. */
static gboolean
write_entries (TelarDocument *self, GError **error)
{
  if (!self->journal)
    self->journal = open_journal (self, error);
  while (self->journal && self->unwritten.length) {
    if (!telar_journal_append (self->journal, json_incref (self->unwritten.head->data), error))
      return FALSE;
    json_decref (g_queue_pop_head (&self->unwritten));
  }
  return self->journal != NULL;
}

static gboolean
write_again (gpointer data)
{
  TelarDocument *self = data;

  if (!write_entries (self, NULL))
    return G_SOURCE_CONTINUE;
  self->retry = 0;
  g_signal_emit_by_name (self, "journal-restored");
  return G_SOURCE_REMOVE;
}

void
telar_document_journal (TelarDocument *self, const char *kind, const char *name,
                        const TelarPatch *patch)
{
  g_autoptr (GError) error = NULL;

  g_queue_push_tail (&self->unwritten, json_pack ("{s:s, s:s, s:o}", "kind", kind, "name", name,
                                                  "changes", telar_patch_to_json (patch)));
  if (self->retry || write_entries (self, &error))
    return;
  self->retry = g_timeout_add_seconds (RETRY_SECONDS, write_again, self);
  g_signal_emit_by_name (self, "journal-failed", error->message);
}

void
telar_document_drop_journal (TelarDocument *self, gboolean discard)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  g_queue_clear_full (&self->unwritten, (GDestroyNotify)json_decref);
  g_clear_pointer (&self->journal, discard ? telar_journal_discard : telar_journal_free);
}

/* --- recovery --------------------------------------------------------------------------------- */

char *
telar_document_find_journal (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *journal = telar_journal_path (absolute);

  return telar_journal_is_left (journal) ? g_steal_pointer (&journal) : NULL;
}

/* The document as the edits found it, whatever the file holds by now. */
static TelarDocument *
open_base (const TelarJournalBase *base, GError **error)
{
  const char *name = base->project ? base->project : base->title;
  TelarGraph *graph = telar_graph_from_text (base->text, strlen (base->text), name, error);

  if (!graph)
    return NULL;
  if (base->folder)
    telar_graph_set_folder (graph, base->folder);
  return document_for (graph, base->project, g_strdup (base->hash), base->title ? base->title : "");
}

/* Whether the last edit of a stack is the one with these changes. */
static gboolean
is_last (GPtrArray *edits, const TelarPatch *patch)
{
  const TelarEdit *last = telar_document_last (edits);
  json_auto_t *own = last ? telar_patch_to_json (last->patch) : NULL;
  json_auto_t *other = telar_patch_to_json (patch);

  return own && json_equal (own, other);
}

/* Undo and redo move an edit between the stacks when it is there; edits from before the journal
 * began are not, and become edits of their own. */
static void
replay_history (TelarDocument *self, const char *kind, const char *name, TelarPatch *patch)
{
  gboolean undo = g_str_equal (kind, "undo");
  GPtrArray *from = undo ? self->undo : self->redo, *to = undo ? self->redo : self->undo;

  if (g_str_equal (kind, "merge") && self->undo->len) {
    telar_patch_merge (telar_document_last (self->undo)->patch, patch);
    telar_patch_free (patch);
  } else if ((undo || g_str_equal (kind, "redo")) && is_last (from, patch)) {
    g_ptr_array_add (to, g_ptr_array_steal_index (from, from->len - 1));
    telar_patch_free (patch);
  } else {
    if (undo)
      telar_patch_invert (patch);
    telar_document_push (self, g_strdup (name), NULL, patch);
  }
}

static gboolean
replay (TelarDocument *self, const json_t *entry, GError **error)
{
  const char *kind = json_string_value (json_object_get (entry, "kind"));
  const char *name = json_string_value (json_object_get (entry, "name"));
  TelarPatch *patch = telar_patch_from_json (json_object_get (entry, "changes"), error);
  gboolean back = kind && g_str_equal (kind, "undo");

  if (!patch)
    return FALSE;
  if (!kind || !name) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "a line of the journal is malformed");
    telar_patch_free (patch);
    return FALSE;
  }
  if (!telar_patch_apply (patch, self->graph, back ? TELAR_PATCH_BACK : TELAR_PATCH_FORWARD,
                          error)) {
    telar_patch_free (patch);
    return FALSE;
  }
  replay_history (self, kind, name, patch);
  return TRUE;
}

TelarDocument *
telar_document_recover (const char *path, GError **error)
{
  g_auto (TelarJournalBase) base = { 0 };
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (TelarDocument) self = NULL;
  g_autoptr (TelarJournal) journal = telar_journal_resume (path, &base, &entries, error);

  if (!journal)
    return NULL;
  self = open_base (&base, error);
  if (!self)
    return NULL;
  for (guint i = 0; i < entries->len; i++) {
    if (!replay (self, entries->pdata[i], error)) {
      g_prefix_error (error, "%s, edit %u: ", path, i + 1);
      return NULL;
    }
  }
  self->journal = g_steal_pointer (&journal);
  if (self->path)
    telar_document_find_saved (self);
  else
    self->loose_weights = telar_journal_weights_path (path);
  return g_steal_pointer (&self);
}

/* --- saving ----------------------------------------------------------------------------------- */

static void
move_edits (GPtrArray *edits, const char *from, const char *to)
{
  for (guint i = 0; i < edits->len; i++)
    telar_relocate_patch (((TelarEdit *)edits->pdata[i])->patch, from, to);
}

/* The edits that may be undone move along. */
static gboolean
move_folder (TelarDocument *self, const char *folder, GError **error)
{
  g_autofree char *old = g_strdup (telar_graph_folder (self->graph));

  if (g_strcmp0 (old, folder) == 0)
    return TRUE;
  if (!telar_relocate_graph (self->graph, old ? old : folder, folder, error))
    return FALSE;
  move_edits (self->undo, old ? old : folder, folder);
  move_edits (self->redo, old ? old : folder, folder);
  return TRUE;
}

/* Its own file is written only over what the document knows of it. */
static gboolean
may_write (TelarDocument *self, const char *path, GError **error)
{
  if (g_strcmp0 (path, self->path) != 0 || telar_document_disk_state (self) != TELAR_DISK_CHANGED)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG,
               _ ("%s was changed by another program since it was opened"), path);
  return FALSE;
}

gboolean
telar_document_save (TelarDocument *self, const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path ? path : self->path, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);
  g_autofree char *text = NULL;

  if (!may_write (self, absolute, error) || !move_folder (self, folder, error) ||
      !telar_document_write (self, absolute, error))
    return FALSE;
  if (g_strcmp0 (self->path, absolute) != 0) {
    g_free (self->path);
    self->path = g_strdup (absolute);
    g_free (self->title);
    self->title = title_from_path (absolute);
  }
  text = telar_graph_to_text (self->graph);
  g_free (self->disk);
  self->disk = telar_document_hash (text, strlen (text));
  telar_document_settle (self);
  return TRUE;
}

void
telar_document_settle (TelarDocument *self)
{
  telar_document_drop_journal (self, TRUE);
  self->saved_serial = telar_document_serial (self);
  rebase (self);
  telar_document_watch (self);
  telar_document_notify (self);
}

void
telar_document_close (TelarDocument *self)
{
  telar_document_unwatch (self);
  telar_document_drop_journal (self, TRUE);
  if (self->loose_weights)
    g_unlink (self->loose_weights);
  g_clear_pointer (&self->loose_weights, g_free);
}
