/* The rows of a project as the studio reads them: in a thread, shared by those that need them. */
#pragma once

#include "engine/feed.h"
#include "engine/graph.h"

#include <gio/gio.h>

typedef struct {
  TelarFeed *feed;
} TelarSharedFeed;

/* Everything that the feed of @graph depends on, as text: data nodes, the wires among them, the
 * seed, the folder. Empty when nothing is fed. Two graphs of the same key read the same rows.
 * Caller frees. */
char *telar_shared_feed_key (const TelarGraph *graph);

/* Opens the data of @graph, of which it makes its own copy; @source is what @done gets and is kept
 * alive until then. */
void telar_shared_feed_read (GObject *source, const TelarGraph *graph, GCancellable *cancellable,
                             GAsyncReadyCallback done, gpointer data);
/* What was read, with one reference; NULL with @error, G_IO_ERROR_CANCELLED when cancelled. */
TelarSharedFeed *telar_shared_feed_read_finish (GAsyncResult *result, GError **error);

/* Counted atomically: threads hold references. NULL for NULL. */
TelarSharedFeed *telar_shared_feed_ref (TelarSharedFeed *self);
void telar_shared_feed_unref (TelarSharedFeed *self);
