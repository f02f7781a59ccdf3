/* Sums over the points of long curves, kept in the store beside their chunks, so that a picture of
 * millions of points reads some thousands of rows.
 *
 * Level 0 sums up 256 points at a time, each further level 16 columns of the one below; a row holds
 * 16 columns. Rows are made when a chunk is closed. They hasten reading and never decide what is
 * read: where there is none (the last stretch of a curve, the file of an older Telar, which is
 * summed up when a curve is first looked at) the points themselves are visited. */
#pragma once

#include "insight/step-column.h"

G_BEGIN_DECLS

/* Writes the sums of a chunk that was put into the store, in the same transaction. */
gboolean telar_sums_add (TelarStore *store, gint64 tag, const TelarPoint *points, guint n,
                         GError **error);
/* Removes those that reach beyond @step, as their points are. */
gboolean telar_sums_truncate (TelarStore *store, gint64 tag, gint64 step, GError **error);

typedef struct {
  TelarPointsFunc points;
  void (*column) (const TelarStepColumn *column, gpointer data);
  gpointer data;
} TelarSumsVisitor;

/* Visits all points of a stretch once and in order, each as itself or within a column that reaches
 * over no more than @widest steps. */
gboolean telar_sums_walk (TelarStore *store, const TelarStretch *stretch, gint64 widest,
                          const TelarSumsVisitor *visitor, GError **error);

G_END_DECLS
