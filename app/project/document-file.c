/* Where a document comes from and where it goes: files, samples, and journals after a crash. */
#include "app/project/document-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- opening ---------------------------------------------------------------------------------- */

static char *
hash_text (const char *text)
{
  g_autofree char *hex = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strconcat ("sha256:", hex, NULL);
}

/* The text as it is now becomes what the next journal starts from. */
static void
rebase (TelarDocument *self)
{
  g_autofree char *text = telar_graph_to_text (self->graph);

  telar_journal_base_clear (&self->base);
  self->base.hash = hash_text (text);
  self->base.project = g_strdup (self->path);
  self->base.title = g_strdup (self->title);
  self->base.folder = g_strdup (telar_graph_folder (self->graph));
  if (!self->path)
    self->base.text = g_steal_pointer (&text);
}

static char *
title_from_path (const char *path)
{
  char *title = g_path_get_basename (path);

  if (g_str_has_suffix (title, ".telar"))
    title[strlen (title) - strlen (".telar")] = '\0';
  return title;
}

static TelarDocument *
document_for (TelarGraph *graph, const char *path, const char *title)
{
  TelarDocument *self = g_object_new (TELAR_TYPE_DOCUMENT, NULL);

  self->graph = graph;
  self->path = g_strdup (path);
  self->title = title ? g_strdup (title) : title_from_path (path);
  rebase (self);
  return self;
}

TelarDocument *
telar_document_new (const char *title)
{
  return document_for (telar_graph_new (), NULL, title);
}

TelarDocument *
telar_document_open (const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  TelarGraph *graph = telar_graph_load (absolute, error);

  return graph ? document_for (graph, absolute, NULL) : NULL;
}

/* The checksum of a data file goes along when its path is written anew. */
static void
move_hash (TelarGraph *graph, const char *old, const char *path)
{
  GHashTable *hashes = telar_graph_data_hashes (graph);
  gpointer key, hash;

  if (g_hash_table_steal_extended (hashes, old, &key, &hash)) {
    g_free (key);
    g_hash_table_insert (hashes, g_strdup (path), hash);
  }
}

/* The files that @params names, as below. */
static gboolean
rewrite_params (TelarGraph *graph, TelarParamSet *params, const char *from, const char *to,
                GError **error)
{
  g_autoptr (GFile) folder = to ? g_file_new_for_path (to) : NULL;

  for (const TelarParam *param = telar_param_set_table (params); param && param->name; param++) {
    const char *file =
        param->kind == TELAR_PARAM_FILE ? telar_param_set_text (params, param->name) : "";
    g_autoptr (GFile) target = NULL;
    g_autofree char *absolute = NULL;
    g_autofree char *relative = NULL;

    if (!file[0] || g_path_is_absolute (file))
      continue;
    absolute = g_canonicalize_filename (file, from);
    target = g_file_new_for_path (absolute);
    relative = folder ? g_file_get_relative_path (folder, target) : NULL;
    move_hash (graph, file, relative ? relative : absolute);
    if (!telar_param_set_put_text (params, param->name, relative ? relative : absolute, error))
      return FALSE;
  }
  return TRUE;
}

/* Relative paths start at the graph's folder, @from. They become relative to @to, or absolute where
 * the file lies elsewhere or @to is NULL. */
static gboolean
rewrite_files (TelarGraph *graph, const char *from, const char *to, GError **error)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);

  for (guint i = 0; i < nodes->len; i++)
    if (!rewrite_params (graph, ((const TelarNode *)nodes->pdata[i])->params, from, to, error))
      return FALSE;
  if (!rewrite_params (graph, telar_graph_training (graph), from, to, error))
    return FALSE;
  telar_graph_set_folder (graph, to);
  return TRUE;
}

TelarDocument *
telar_document_open_copy (const char *path, const char *title, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *own = title ? g_strdup (title) : title_from_path (absolute);
  g_autofree char *folder = g_path_get_dirname (absolute);
  g_autoptr (TelarGraph) graph = telar_graph_load (absolute, error);

  if (!graph || !rewrite_files (graph, folder, NULL, error))
    return NULL;
  return document_for (g_steal_pointer (&graph), NULL, own);
}

TelarDocument *
telar_document_new_imported (TelarGraph *graph, const char *title, const char *journal,
                             GError **error)
{
  g_autoptr (TelarDocument) self = document_for (graph, NULL, title);

  self->journal = telar_journal_create (journal, &self->base, error);
  if (!self->journal)
    return NULL;
  self->loose_weights = telar_journal_weights_path (journal);
  return g_steal_pointer (&self);
}

/* --- the journal ------------------------------------------------------------------------------ */

static void
journal_broke (TelarDocument *self, const GError *error)
{
  self->journal_failed = TRUE;
  g_clear_pointer (&self->journal, telar_journal_free);
  g_signal_emit_by_name (self, "journal-failed", error->message);
}

static TelarJournal *
open_journal (TelarDocument *self, GError **error)
{
  g_autofree char *path =
      self->path ? telar_journal_path (self->path) : telar_journal_path_unsaved (error);

  return path ? telar_journal_create (path, &self->base, error) : NULL;
}

void
telar_document_journal (TelarDocument *self, const char *kind, const char *name,
                        const TelarPatch *patch)
{
  g_autoptr (GError) error = NULL;

  if (self->journal_failed)
    return;
  if (!self->journal)
    self->journal = open_journal (self, &error);
  if (!self->journal ||
      !telar_journal_append (self->journal,
                             json_pack ("{s:s, s:s, s:o}", "kind", kind, "name", name, "changes",
                                        telar_patch_to_json (patch)),
                             &error))
    journal_broke (self, error);
}

static void
drop_journal (TelarDocument *self)
{
  g_clear_pointer (&self->journal, telar_journal_discard);
  self->journal_failed = FALSE;
}

/* --- recovery --------------------------------------------------------------------------------- */

char *
telar_document_find_journal (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *journal = telar_journal_path (absolute);

  return telar_journal_is_left (journal) ? g_steal_pointer (&journal) : NULL;
}

static TelarDocument *
open_base (const TelarJournalBase *base, GError **error)
{
  TelarGraph *graph;

  if (base->project) {
    TelarDocument *self = telar_document_open (base->project, error);

    if (self && !g_str_equal (self->base.hash, base->hash)) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                       "%s was changed after the edits were made; they do not fit it any more",
                       base->project);
      g_clear_object (&self);
    }
    return self;
  }
  graph = telar_graph_from_text (base->text, strlen (base->text), base->title, error);
  if (!graph)
    return NULL;
  if (base->folder)
    telar_graph_set_folder (graph, base->folder);
  return document_for (graph, NULL, base->title ? base->title : "");
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
  } else if ((undo || g_str_equal (kind, "redo")) && from->len) {
    g_ptr_array_add (to, g_ptr_array_steal_index (from, from->len - 1));
    telar_patch_free (patch);
  } else {
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
  if (!self->path)
    self->loose_weights = telar_journal_weights_path (path);
  return g_steal_pointer (&self);
}

/* --- saving ----------------------------------------------------------------------------------- */

static gboolean
move_folder (TelarDocument *self, const char *folder, GError **error)
{
  const char *old = telar_graph_folder (self->graph);

  return g_strcmp0 (old, folder) == 0 ||
         rewrite_files (self->graph, old ? old : folder, folder, error);
}

/* The stacks hold records with paths as they were; after a move they no longer fit. */
static void
forget_history (TelarDocument *self)
{
  g_ptr_array_set_size (self->undo, 0);
  g_ptr_array_set_size (self->redo, 0);
}

gboolean
telar_document_save (TelarDocument *self, const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path ? path : self->path, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);
  g_autofree char *before = telar_graph_to_text (self->graph);
  g_autofree char *after = NULL;

  if (!move_folder (self, folder, error) || !telar_document_write (self, absolute, error))
    return FALSE;
  after = telar_graph_to_text (self->graph);
  if (!g_str_equal (before, after))
    forget_history (self);
  if (!path || g_strcmp0 (self->path, absolute) != 0) {
    g_free (self->path);
    self->path = g_strdup (absolute);
    g_free (self->title);
    self->title = title_from_path (absolute);
  }
  drop_journal (self);
  self->saved_serial = telar_document_serial (self);
  rebase (self);
  telar_document_notify (self);
  return TRUE;
}

void
telar_document_close (TelarDocument *self)
{
  drop_journal (self);
  if (self->loose_weights)
    g_unlink (self->loose_weights);
  g_clear_pointer (&self->loose_weights, g_free);
}
