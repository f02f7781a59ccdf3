/* Chunks with wall times to the bit, and the points that others of the same step replaced. */
#include "insight/bulk.h"
#include "insight/store-private.h"
#include "insight/sums.h"

/* The two blobs of some points. */
typedef struct {
  TelarPoint *points;
  GBytes *data;
  GBytes *wall; /* NULL: microseconds say it all */
} Packed;

static void
packed_clear (Packed *packed)
{
  g_free (packed->points);
  g_bytes_unref (packed->data);
  g_clear_pointer (&packed->wall, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Packed, packed_clear)

static void
pack (Packed *packed, const TelarWallPoint *points, guint n)
{
  g_autofree guint8 *wall = g_malloc ((gsize)n * TELAR_WALL_MOST);
  gboolean exact = TRUE;
  gsize size = 0;

  packed->points = g_new (TelarPoint, n);
  for (guint i = 0; i < n; i++) {
    gint64 time = telar_wall_to_time (points[i].wall);
    packed->points[i] = (TelarPoint){ points[i].step, time, points[i].value };
    guint taken = telar_wall_pack (wall + size, time, points[i].wall);
    exact = exact && wall[size] == 0; /* then it is one byte */
    size += taken;
  }
  packed->data = telar_chunk_pack (packed->points, n);
  packed->wall = exact ? NULL : g_bytes_new_take (g_steal_pointer (&wall), size);
}

gboolean
telar_store_insert_wall_chunk (TelarStore *store, gint64 tag, const TelarWallPoint *points, guint n,
                               GError **error)
{
  g_auto (Packed) packed = { 0 };
  double min, max;

  pack (&packed, points, n);
  telar_points_range (packed.points, n, &min, &max);
  return telar_store_run (
             store, error,
             "INSERT INTO chunk (tag, first_step, last_step, points, min, max, data, wall)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
             "iiiiddbb", tag, points[0].step, points[n - 1].step, (gint64)n, min, max, packed.data,
             packed.wall) &&
         telar_sums_add (store, tag, packed.points, n, error);
}

gboolean
telar_store_insert_replaced (TelarStore *store, gint64 tag, const TelarWallPoint *points, guint n,
                             GError **error)
{
  g_auto (Packed) packed = { 0 };

  pack (&packed, points, n);
  return telar_store_run (store, error,
                          "INSERT INTO replaced (tag, points, data, wall) VALUES (?, ?, ?, ?)",
                          "iibb", tag, (gint64)n, packed.data, packed.wall);
}

/* --- reading ----------------------------------------------------------------------------- */

typedef struct {
  TelarWallPointsFunc visit;
  gpointer data;
  GArray *points; /* TelarPoint */
  GArray *walls;  /* TelarWallPoint */
  gboolean more;
} Walk;

/* Unpacks the blobs in the columns 0 and 1; FALSE when they are damaged. */
static gboolean
unpack (Walk *walk, sqlite3_stmt *statement)
{
  gsize size = (gsize)sqlite3_column_bytes (statement, 0);
  const void *data = sqlite3_column_blob (statement, 0);
  gboolean exact = sqlite3_column_type (statement, 1) == SQLITE_NULL;
  const guint8 *at = sqlite3_column_blob (statement, 1);
  const guint8 *end = exact ? NULL : at + sqlite3_column_bytes (statement, 1);

  g_array_set_size (walk->points, 0);
  g_array_set_size (walk->walls, 0);
  if (!telar_chunk_unpack (data, size, G_MININT64, walk->points))
    return FALSE;
  for (guint i = 0; i < walk->points->len; i++) {
    const TelarPoint *point = &g_array_index (walk->points, TelarPoint, i);
    TelarWallPoint wall = { point->step, (double)point->time / G_USEC_PER_SEC, point->value };
    if (!exact && !telar_wall_unpack (&at, end, point->time, &wall.wall))
      return FALSE;
    g_array_append_val (walk->walls, wall);
  }
  return exact || at == end;
}

static void
hand_over (Walk *walk)
{
  walk->more = walk->walls->len == 0 || walk->visit ((const TelarWallPoint *)walk->walls->data,
                                                     walk->walls->len, walk->data);
  g_array_set_size (walk->walls, 0);
}

static gboolean
walk_blobs (TelarStore *store, Walk *walk, const char *sql, gint64 tag, GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (store, error, sql, "i", tag);

  if (statement == NULL)
    return FALSE;
  while (walk->more && telar_store_next (store, statement, &failure)) {
    if (unpack (walk, statement)) {
      hand_over (walk);
      continue;
    }
    telar_set_error (&failure, TELAR_ERROR_INVALID, NULL, "%s: the points of a curve are damaged",
                     store->path);
    break;
  }
  sqlite3_reset (statement);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

/* What still stands as rows. */
static gboolean
walk_rows (TelarStore *store, Walk *walk, gint64 tag, GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error, "SELECT step, time, value FROM point WHERE tag = ? ORDER BY step", "i", tag);

  if (statement == NULL)
    return FALSE;
  while (walk->more && telar_store_next (store, statement, &failure)) {
    TelarWallPoint point = { sqlite3_column_int64 (statement, 0),
                             (double)sqlite3_column_int64 (statement, 1) / G_USEC_PER_SEC,
                             telar_store_real (statement, 2) };
    g_array_append_val (walk->walls, point);
    if (walk->walls->len == TELAR_CHUNK_POINTS)
      hand_over (walk);
  }
  sqlite3_reset (statement);
  if (failure != NULL)
    g_propagate_error (error, failure);
  else if (walk->more)
    hand_over (walk);
  return failure == NULL;
}

gboolean
telar_store_walk_wall (TelarStore *store, gint64 tag, TelarWallPointsFunc visit, gpointer data,
                       GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  g_autoptr (GArray) walls = g_array_new (FALSE, FALSE, sizeof (TelarWallPoint));
  Walk walk = { visit, data, points, walls, TRUE };

  /* One snapshot: between two the tail may become a chunk. */
  if (!telar_store_begin_read (store, error))
    return FALSE;
  gboolean ok =
      walk_blobs (store, &walk, "SELECT data, wall FROM replaced WHERE tag = ? ORDER BY id", tag,
                  error) &&
      walk_blobs (store, &walk, "SELECT data, wall FROM chunk WHERE tag = ? ORDER BY last_step",
                  tag, error) &&
      walk_rows (store, &walk, tag, error);
  return telar_store_finish (store, ok, error);
}
