/* A run that was recorded elsewhere, put into the store as a whole: millions of points a second,
 * because they go into chunks and never stand as rows.
 *
 * Nothing is lost: wall times keep every bit, and of points that repeat a step the curve shows the
 * last, while the ones that it replaced are kept beside it. */
#pragma once

#include "insight/store.h"

G_BEGIN_DECLS

/* A point as other programs keep it. */
typedef struct {
  gint64 step;
  double wall; /* seconds since 1970 */
  double value;
} TelarWallPoint;

/* --- in
 * ---------------------------------------------------------------------------------------- */

typedef struct TelarBulk TelarBulk;
typedef struct TelarBulkTag TelarBulkTag;

/* A run that is told as running until it is finished. The store must outlive it; meanwhile nothing
 * that is put into it (store-media.h) is thinned. */
TelarBulk *telar_bulk_new (TelarStore *store, const TelarRecording *recording, GError **error);
/* A run that was not finished is removed. */
void telar_bulk_free (TelarBulk *bulk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarBulk, telar_bulk_free)
gint64 telar_bulk_run (const TelarBulk *bulk);

/* The curve of a name (@size bytes, valid UTF-8), made when it is new; NULL on error. Tags come in
 * the same order again and again, which is what makes the look-up cheap. Owned by @bulk. */
TelarBulkTag *telar_bulk_tag (TelarBulk *bulk, const char *name, gsize size, GError **error);
/* Points in any order. A negative step is refused. */
gboolean telar_bulk_add (TelarBulk *bulk, TelarBulkTag *tag, const TelarWallPoint *point,
                         GError **error);

/* Before something besides points (events, store-media.h) is put into the run: many such things
 * become one transaction, which also takes the chunks that are ready meanwhile. */
gboolean telar_bulk_hold (TelarBulk *bulk, GError **error);

typedef struct {
  gint64 points;   /* all that were added */
  gint64 replaced; /* those of them that a later one of the same step replaced */
  guint tags;
  gint64 last_step;             /* -1 without a point */
  double first_wall, last_wall; /* of all points; NaN without one */
} TelarBulkSummary;

/* How the run ended. */
typedef struct {
  TelarRunStatus status;
  const char *settings;     /* JSON; NULL: as the recording had them */
  const GPtrArray *metrics; /* names of the curves whose last values are its metrics; NULL: of the
                             * first few that came */
} TelarBulkEnd;

/* Puts in what is left. */
gboolean telar_bulk_finish (TelarBulk *bulk, const TelarBulkEnd *end, TelarBulkSummary *summary,
                            GError **error);

/* --- out
 * --------------------------------------------------------------------------------------- */

/* Given some points, each time; FALSE: enough. Must leave the store alone. */
typedef gboolean (*TelarWallPointsFunc) (const TelarWallPoint *points, guint n, gpointer data);
/* Visits all points of a tag: first those that others replaced, as they came, then the curve. What
 * is read in this order gives the same curve again. */
gboolean telar_store_walk_wall (TelarStore *store, gint64 tag, TelarWallPointsFunc visit,
                                gpointer data, GError **error);

/* --- between bulk.c and store-walls.c
 * --------------------------------------------------------------------------------- */

/* @n points of rising steps become a chunk of @tag. */
gboolean telar_store_insert_wall_chunk (TelarStore *store, gint64 tag, const TelarWallPoint *points,
                                        guint n, GError **error);
/* Points that others replaced, as they came. */
gboolean telar_store_insert_replaced (TelarStore *store, gint64 tag, const TelarWallPoint *points,
                                      guint n, GError **error);

G_END_DECLS
