/* The journal: what was edited since the last save, beside the saved file and never over it.
 *
 * One JSON line per edit, written before the edit's call returns and synced by a thread of its own.
 * The first line says which document the edits start from. A crash leaves the file; the next start
 * reads it and offers the edits. A last line that was cut off is left out. */
#pragma once

#include "engine/error.h"
#include <jansson.h>

G_BEGIN_DECLS

/* What the edits start from. The text is kept whole: whatever becomes of the file, the edits fit.
 */
typedef struct {
  char *project; /* path of the saved file, or NULL */
  char *hash;    /* "sha256:…" of that file's bytes, or NULL */
  char *text;    /* the document as it is saved */
  char *title;
  char *folder; /* where relative paths start, or NULL */
} TelarJournalBase;

void telar_journal_base_clear (TelarJournalBase *base);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarJournalBase, telar_journal_base_clear)

typedef struct TelarJournal TelarJournal;

/* ".NAME.telar.journal" beside @project. Caller frees. */
char *telar_journal_path (const char *project);
/* A free path for a document without a file, in the user's state folder, which is made. */
char *telar_journal_path_unsaved (GError **error);
/* Where the weights of such a document lie, beside its journal. Caller frees. */
char *telar_journal_weights_path (const char *journal);
/* Gives up what a crash left of such a document: the journal at @path and the weights beside it. */
void telar_journal_remove_unsaved (const char *path);
/* The journals of documents without a file that nobody has open: paths. */
GPtrArray *telar_journal_list_unsaved (void);

/* Starts a journal; an older file at @path is replaced. */
TelarJournal *telar_journal_create (const char *path, const TelarJournalBase *base, GError **error);
/* Whether a journal lies at @path that no running program holds. */
gboolean telar_journal_is_left (const char *path);
/* Reads a journal and goes on writing it: @entries gets json_t * (owned by the array), one for each
 * whole line; what follows the last whole line is cut off. */
TelarJournal *telar_journal_resume (const char *path, TelarJournalBase *base, GPtrArray **entries,
                                    GError **error);

/* Takes the reference. */
gboolean telar_journal_append (TelarJournal *journal, json_t *entry, GError **error);
/* Waits until everything is on the disk. */
void telar_journal_sync (TelarJournal *journal);

/* Closes; the file stays, as after a crash. */
void telar_journal_free (TelarJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarJournal, telar_journal_free)
/* Closes and removes the file: the edits are saved, or given up. */
void telar_journal_discard (TelarJournal *journal);

G_END_DECLS
