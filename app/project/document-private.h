/* What document.c (editing) and document-file.c (opening, saving, recovering) share. */
#pragma once

#include "app/project/document.h"
#include "app/project/journal.h"

G_BEGIN_DECLS

typedef struct {
  char *name;
  char *merge_key;
  TelarPatch *patch;
  gint64 time;    /* monotonic, 0: never merges */
  guint64 serial; /* names the state after this edit */
} TelarEdit;

struct _TelarDocument {
  GObject parent_instance;

  TelarGraph *graph;
  char *place; /* the path of the node whose group is edited; "" */
  char *path;
  char *title;
  char *disk; /* checksum of the file's bytes as they were read or written here; NULL: no file */
  GFileMonitor *monitor;
  guint look;          /* source: the file is looked at soon */
  char *loose_weights; /* of an import that is not saved yet, in the state folder; or NULL */

  GPtrArray *undo, *redo; /* TelarEdit *, the next one last */
  guint64 next_serial;
  guint64 saved_serial; /* the state that the file holds */

  char *pending_name; /* between begin and commit */
  TelarPatch *pending;

  TelarJournalBase base; /* what the journal starts from */
  TelarJournal *journal; /* made by the first edit */
  GQueue unwritten;      /* json_t *, entries that the journal has not taken yet */
  guint retry;           /* source: they are written when the disk takes them; 0: all are written */
};

/* The last edit of a stack, or NULL. */
TelarEdit *telar_document_last (GPtrArray *edits);
/* Takes name and patch; forgets what could be redone. */
void telar_document_push (TelarDocument *self, char *name, const char *merge_key,
                          TelarPatch *patch);
/* The state that the graph is in: that after the last edit, 0 before the first. */
guint64 telar_document_serial (TelarDocument *self);
void telar_document_notify (TelarDocument *self);
/* An edit that has been applied: tells the others and may be undone. Takes @patch. */
void telar_document_record (TelarDocument *self, const char *name, TelarPatch *patch);

/* @kind is "edit", "merge", "undo" or "redo"; the changes are written as they were made, so that
 * replaying needs no history. */
void telar_document_journal (TelarDocument *self, const char *kind, const char *name,
                             const TelarPatch *patch);

/* Gives up the journal, its file with it when @discard, and what was not written. */
void telar_document_drop_journal (TelarDocument *self, gboolean discard);

/* What is in the graph is what the file holds: the journal goes, and the next one starts here. */
void telar_document_settle (TelarDocument *self);

/* --- document-disk.c -------------------------------------------------------------------------- */

/* "sha256:…" of bytes. Caller frees. */
char *telar_document_hash (const char *bytes, gsize length);
/* Reads a project and, of the same bytes, the checksum. */
TelarGraph *telar_document_read (const char *path, char **hash, GError **error);
/* Watches the file that the document has now. */
void telar_document_watch (TelarDocument *self);
void telar_document_unwatch (TelarDocument *self);
/* After a recovery: a crash between saving and giving up the journal leaves both. */
void telar_document_find_saved (TelarDocument *self);

/* Writes the project's file, and beside it the weights that lie loose. */
gboolean telar_document_write (TelarDocument *self, const char *path, GError **error);

G_END_DECLS
