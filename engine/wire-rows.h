/* What a trained model has on one of its wires, for the rows of a data set: a row of numbers for
 * each sample, with its class and its picture where the data have them. */
#pragma once

#include "engine/compiler.h"
#include "engine/feed.h"
#include "engine/graph.h"

G_BEGIN_DECLS

#define TELAR_WIRE_ROWS_BYTES                                                                      \
  (1 << 30) /* of the values, at most; pictures have a quarter of it                               \
             */

typedef struct {
  TelarTensor *values;   /* f32 [rows, numbers of the wire] */
  gint64 *places;        /* [rows], of the split; ascending */
  int *classes;          /* [rows]; NULL where no loss compares with classes */
  char **names;          /* of the classes; NULL-terminated; NULL: they are numbers */
  TelarTensor *pictures; /* f32 [rows, channels, height, width]; NULL without */
} TelarWireRows;

void telar_wire_rows_clear (TelarWireRows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarWireRows, telar_wire_rows_clear)

typedef struct {
  const TelarGraph *graph;
  TelarFeed *feed;
  TelarStates *states;
  TelarDevice *device;
  TelarSplit split;
  const char *wire; /* "dense1", or "node.port"; of a node in a group its path */
  gint64 most;      /* rows: of more, so many evenly spread ones are taken */
  /* @share of the rows is done; FALSE ends it with TELAR_ERROR_INTERRUPTED. May be NULL. */
  gboolean (*progress) (double share, gpointer data);
  gpointer data;
} TelarWireQuery;

/* FALSE with an error of the node where the wire is not there or has no row for each sample. */
gboolean telar_wire_rows_read (const TelarWireQuery *query, TelarWireRows *rows, GError **error);

G_END_DECLS
