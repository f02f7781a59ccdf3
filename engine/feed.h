/* Where batches come from. data implements it; the engine knows only this. */
#pragma once

#include "engine/error.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

typedef enum { TELAR_SPLIT_TRAIN, TELAR_SPLIT_VALIDATION, TELAR_SPLIT_ALL } TelarSplit;

typedef struct {
  const char *name; /* "digits.images": node id, dot, port */
  TelarType type;   /* axis 0 is the symbolic batch */
  const char *const
      *classes; /* names of the classes of an integer label, or of the features; or NULL */
} TelarFeedPort;

/* One way through the rows of a split. Rows are ordered by Philox (seed, epoch) when shuffled, in
 * file order otherwise; the last batch may be shorter. */
typedef struct {
  TelarSplit split;
  gint64 batch;
  gboolean shuffle;
  guint64 seed;
  guint32 epoch;
  gint64 skip_batches; /* to resume in the middle of an epoch */
} TelarFeedPass;

typedef struct TelarFeed TelarFeed;

typedef struct {
  void (*free) (TelarFeed *feed);
  gint64 (*rows) (const TelarFeed *feed, TelarSplit split);
  gboolean (*begin) (TelarFeed *feed, const TelarFeedPass *pass, GError **error);
  /* Fills @tensors (one per port, references for the caller). Rows in the batch, 0 at the end of
   * the pass, -1 on error. May have been read ahead by a thread of the feed's own. */
  gint64 (*next) (TelarFeed *feed, TelarTensor **tensors, GError **error);
} TelarFeedClass;

struct TelarFeed {
  const TelarFeedClass *klass;
  const TelarFeedPort *ports;
  guint n_ports;
};

void telar_feed_free (TelarFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarFeed, telar_feed_free)
gint64 telar_feed_rows (const TelarFeed *feed, TelarSplit split);
gboolean telar_feed_begin (TelarFeed *feed, const TelarFeedPass *pass, GError **error);
gint64 telar_feed_next (TelarFeed *feed, TelarTensor **tensors, GError **error);
/* NULL when it has no such port. */
const TelarFeedPort *telar_feed_find_port (const TelarFeed *feed, const char *name);

G_END_DECLS
