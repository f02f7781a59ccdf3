/* TensorBoard's event files, in and out: what tf.summary and torch.utils.tensorboard write and
 * TensorBoard shows. */
#pragma once

#include "insight/bulk.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_LEFT_GRAPH, /* drawings of a model */
  TELAR_LEFT_AUDIO,
  TELAR_LEFT_METADATA, /* profiles of a session */
  TELAR_LEFT_PICTURE,  /* no PNG, or too large for the store */
  TELAR_LEFT_OTHER,    /* tensors of plugins that Telar has no view for */
  TELAR_N_LEFT
} TelarLeftOut;
/* "graphs" */
extern const char *const telar_left_out_names[TELAR_N_LEFT];

/* What came of one run. */
typedef struct {
  char *run;
  TelarBulkSummary summary;
  gint64 media; /* histograms, images, texts and curves, one by one */
  guint files;
  gint64 bytes;                  /* of the files */
  gint64 unfinished;             /* bytes of last records that were not whole */
  gint64 left_out[TELAR_N_LEFT]; /* values that are not kept */
} TelarImported;
void telar_imported_free (TelarImported *imported);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarImported, telar_imported_free)

/* Reads an event file, or a folder: each folder in it that has event files becomes a run, its files
 * one after another in the order of their names. A run is called as its folder is (@name, when it
 * is given, in place of the uppermost), with a number behind it when that is taken. Returns
 * TelarImported *; runs before one that cannot be read stay. NULL on error, which names file and
 * byte. */
GPtrArray *telar_events_import (TelarStore *store, const char *path, const char *name,
                                GError **error);

/* Writes a run as one event file, FOLDER/RUN/events.out.tfevents.…; returns its path, which the
 * caller frees. What f32 rounds is kept beside (summary.h), so that import gives the same bits. */
char *telar_events_export (TelarStore *store, const TelarRunRow *row, const char *folder,
                           GError **error);

G_END_DECLS
