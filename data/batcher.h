/* A feed over arrays in memory: shuffles, gathers rows into batches and reads ahead on a thread of
 * its own. */
#pragma once

#include "data/split.h"
#include "engine/feed.h"

G_BEGIN_DECLS

typedef struct {
  char *name;          /* of the port */
  TelarTensor *values; /* axis 0 are the rows; a reference */
  TelarDType dtype;    /* of the port: f32 over u8 values converts as it gathers */
  char **classes;      /* or NULL; owned */
} TelarFeedArray;

void telar_feed_array_clear (TelarFeedArray *array);

/* Takes over the contents of @arrays (TelarFeedArray, all with the same number of rows) and of
 * @split. A pass is shuffled by Philox with the pass's seed, its epoch as step and the stream
 * "shuffle"; at most three batches are read ahead. */
TelarFeed *telar_batcher_new (GArray *arrays, TelarSplitRows *split);

G_END_DECLS
