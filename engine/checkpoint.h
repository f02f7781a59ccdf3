/* Checkpoints: the states of a run and where it stands, in one safetensors file, written beside,
 * synced and renamed. Nothing in it depends on the clock, so equal runs give equal bytes. */
#pragma once

#include "engine/plan.h"
#include "engine/schedule.h"

G_BEGIN_DECLS

typedef struct {
  gint64 epoch;          /* finished epochs */
  gint64 step;           /* finished steps */
  gint64 batch_in_epoch; /* finished batches of the epoch under way */
  guint64 seed;
  double learning_rate_factor; /* what live requests made of the schedule */
  double best_metric;          /* for early stopping; NaN when there is none */
  gint64 best_epoch;
  TelarPlateau plateau;
  GArray *sums; /* double: what telar_tally_save gave in the middle of an epoch; may be NULL */
  char *graph;  /* the project's text at the time, live edits included; owned */
  char *edits;  /* what was set live: JSON, [[path, before, now], …]; NULL: nothing; owned */
} TelarProgress;

void telar_progress_clear (TelarProgress *progress);

gboolean telar_checkpoint_save (const char *path, const TelarStates *states,
                                const TelarProgress *progress, GError **error);
/* @progress may be NULL. */
TelarStates *telar_checkpoint_load (const char *path, TelarProgress *progress, GError **error);

/* The model that the checkpoint holds: with the averages of the parameters, where the training
 * keeps them, in the parameters' places. */
TelarStates *telar_checkpoint_load_model (const char *path, TelarProgress *progress,
                                          GError **error);

/* The safetensors file itself: a map of names to tensors and a map of strings. A header that lies
 * about sizes, overlaps or reaches beyond the file is refused before anything is allocated. */
gboolean telar_safetensors_write (const char *path,
                                  GHashTable *tensors /* char * -> TelarTensor * */,
                                  GHashTable *metadata /* char * -> char *, or NULL */,
                                  GError **error);
/* Both maps are new; @metadata may be NULL. */
gboolean telar_safetensors_read (const char *path, GHashTable **tensors, GHashTable **metadata,
                                 GError **error);

/* Writes @length bytes beside @path, syncs, renames; on any failure the old file stays and nothing
 * is left beside it. Used by all that saves. */
gboolean telar_file_replace (const char *path, const void *data, gsize length, GError **error);

/* The same for a file of several parts, in ascending order; what is between them is zero. */
typedef struct {
  guint64 offset;
  const void *data;
  gsize length;
} TelarFilePart;

gboolean telar_file_replace_parts (const char *path, const TelarFilePart *parts, guint n_parts,
                                   GError **error);

G_END_DECLS
