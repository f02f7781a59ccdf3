/* What comes in: opens the data nodes of a graph as one feed.
 *
 * The data operators (category DATA) are described here and registered with the engine's registry;
 * their tensor outputs become the feed's ports "NODE.PORT", their table wires stay inside. */
#pragma once

#include "engine/feed.h"
#include "engine/graph.h"

G_BEGIN_DECLS

/* Registers the data operators; idempotent. */
void telar_data_init (void);

/* Reads the sources of @graph's data nodes (relative to the graph's folder), splits rows with the
 * graph's seed, and gives one feed over them. All sources must have the same number of rows. Errors
 * name node, file and line. */
TelarFeed *telar_data_open (TelarGraph *graph, GError **error);

/* The same with other files: @replacements maps "NODE.PARAM" or a node id (its first file) to a
 * path (evaluate --data). May be NULL. Replaced files are not split: all their rows are training
 * rows, to be read with TELAR_SPLIT_ALL. Categories, classes and the fillings of gaps stay those of
 * the graph's own table, which is read for them. */
TelarFeed *telar_data_open_with (TelarGraph *graph, GHashTable *replacements, GError **error);

/* One file as the tensor that the data port "NODE.PORT" gives, all rows in order (predict): an IDX
 * file as images or labels, a CSV file as features; the target's column need not be there. A gap
 * that would drop a row is an error. */
TelarTensor *telar_data_read_port (const TelarGraph *graph, const char *port, const char *path,
                                   GError **error);

/* Writes the names of source files whose hash differs from the one the graph records, one per
 * element. NULL when a file cannot be read. */
GPtrArray *telar_data_changed_sources (TelarGraph *graph, GError **error);

/* "sha256:…" of each source file into the graph's data hashes. FALSE when one cannot be read. */
gboolean telar_data_hash_sources (TelarGraph *graph, GError **error);

G_END_DECLS
