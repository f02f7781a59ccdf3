/* Scalars: a tail of rows per tag, compacted into packed chunks; read by cursor. */
#include "insight/store-private.h"
#include "insight/sums.h"

#include <math.h>

static void
tag_free (gpointer data)
{
  TelarTag *tag = data;

  g_free (tag->name);
  g_free (tag);
}

GPtrArray *
telar_store_tags (TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func (tag_free);
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error,
      "SELECT id, name, (SELECT coalesce (sum (points), 0) FROM chunk WHERE tag = tag.id)"
      "  + (SELECT count (*) FROM point WHERE tag = tag.id)"
      " FROM tag WHERE run = ? ORDER BY name",
      "i", run);

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure)) {
    TelarTag *tag = g_new0 (TelarTag, 1);
    tag->id = sqlite3_column_int64 (statement, 0);
    tag->name = telar_store_text (statement, 1);
    tag->points = sqlite3_column_int64 (statement, 2);
    g_ptr_array_add (tags, tag);
  }
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return NULL;
  }
  return g_steal_pointer (&tags);
}

gboolean
telar_store_find_tag (TelarStore *store, gint64 run, const char *name, gint64 *tag, GError **error)
{
  return telar_store_number (store, tag, -1, error, "SELECT id FROM tag WHERE run = ? AND name = ?",
                             "is", run, name);
}

gboolean
telar_store_tag (TelarStore *store, gint64 run, const char *name, gint64 *tag, GError **error)
{
  return telar_store_run (store, error, "INSERT OR IGNORE INTO tag (run, name) VALUES (?, ?)", "is",
                          run, name) &&
         telar_store_find_tag (store, run, name, tag, error);
}

gboolean
telar_store_tag_state (TelarStore *store, gint64 tag, gint64 *last_step, gint64 *tail,
                       GError **error)
{
  return telar_store_number (store, tail, 0, error, "SELECT count (*) FROM point WHERE tag = ?",
                             "i", tag) &&
         telar_store_number (
             store, last_step, -1, error,
             "SELECT max (coalesce ((SELECT max (step) FROM point WHERE tag = ?1), -1),"
             "  coalesce ((SELECT max (last_step) FROM chunk WHERE tag = ?1), -1))",
             "i", tag);
}

gboolean
telar_store_append (TelarStore *store, gint64 tag, const TelarPoint *point, GError **error)
{
  return telar_store_run (store, error,
                          "INSERT INTO point (tag, step, time, value) VALUES (?, ?, ?, ?)", "iiid",
                          tag, point->step, point->time, point->value);
}

/* --- reading ----------------------------------------------------------------------------- */

static gboolean
damaged (TelarStore *store, gint64 chunk, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: chunk %" G_GINT64_FORMAT " of the scalars is damaged", store->path, chunk);
  return FALSE;
}

static gboolean
read_chunks (TelarStore *store, gint64 tag, gint64 after, GArray *points, GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error, "SELECT data, id FROM chunk WHERE tag = ? AND last_step > ? ORDER BY last_step",
      "ii", tag, after);

  if (statement == NULL)
    return FALSE;
  while (telar_store_next (store, statement, &failure)) {
    const void *data = sqlite3_column_blob (statement, 0);
    gsize size = (gsize)sqlite3_column_bytes (statement, 0);
    if (!telar_chunk_unpack (data, size, after, points)) {
      damaged (store, sqlite3_column_int64 (statement, 1), &failure);
      sqlite3_reset (statement);
      break;
    }
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

static gboolean
read_tail (TelarStore *store, gint64 tag, gint64 after, GArray *points, GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error, "SELECT step, time, value FROM point WHERE tag = ? AND step > ? ORDER BY step",
      "ii", tag, after);

  if (statement == NULL)
    return FALSE;
  while (telar_store_next (store, statement, &failure)) {
    TelarPoint point = { sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1),
                         telar_store_real (statement, 2) };
    g_array_append_val (points, point);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

gboolean
telar_store_read_chunk (TelarStore *store, gint64 chunk, GArray *points, GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement =
      telar_store_query (store, error, "SELECT data FROM chunk WHERE id = ?", "i", chunk);

  if (statement == NULL)
    return FALSE;
  if (telar_store_next (store, statement, &failure) &&
      !telar_chunk_unpack (sqlite3_column_blob (statement, 0),
                           (gsize)sqlite3_column_bytes (statement, 0), G_MININT64, points))
    damaged (store, chunk, &failure);
  sqlite3_reset (statement);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

/* Hands the points of a chunk, or the gathered rows of the tail, to the visitor. */
typedef struct {
  const TelarStretch *stretch;
  GArray *points; /* gathered so far */
  TelarPointsFunc visit;
  gpointer data;
} Walk;

/* FALSE when the visitor has had enough. */
static gboolean
hand_over (Walk *walk)
{
  guint n = walk->points->len;

  while (n > 0 && g_array_index (walk->points, TelarPoint, n - 1).step > walk->stretch->to)
    n--;
  gboolean more = n == 0 || walk->visit ((const TelarPoint *)walk->points->data, n, walk->data);
  g_array_set_size (walk->points, 0);
  return more;
}

/* FALSE on an error or, without one, when the visitor has had enough. */
static gboolean
walk_chunks (TelarStore *store, gint64 tag, Walk *walk, GError **error)
{
  GError *failure = NULL;
  gboolean more = TRUE;
  sqlite3_stmt *statement =
      telar_store_query (store, error,
                         "SELECT data, id, first_step FROM chunk WHERE tag = ? AND last_step >= ?"
                         " ORDER BY last_step",
                         "ii", tag, walk->stretch->from);

  if (statement == NULL)
    return FALSE;
  while (more && telar_store_next (store, statement, &failure)) {
    const void *data = sqlite3_column_blob (statement, 0);
    gsize size = (gsize)sqlite3_column_bytes (statement, 0);
    if (sqlite3_column_int64 (statement, 2) > walk->stretch->to)
      break;
    more = telar_chunk_unpack (data, size, walk->stretch->from - 1, walk->points)
               ? hand_over (walk)
               : damaged (store, sqlite3_column_int64 (statement, 1), &failure);
  }
  sqlite3_reset (statement);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return more && failure == NULL;
}

static gboolean
walk_tail (TelarStore *store, gint64 tag, Walk *walk, GError **error)
{
  GError *failure = NULL;
  gboolean more = TRUE;
  sqlite3_stmt *statement = telar_store_query (
      store, error,
      "SELECT step, time, value FROM point WHERE tag = ? AND step BETWEEN ? AND ?"
      " ORDER BY step",
      "iii", tag, walk->stretch->from, walk->stretch->to);

  if (statement == NULL)
    return FALSE;
  while (more && telar_store_next (store, statement, &failure)) {
    TelarPoint point = { sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1),
                         telar_store_real (statement, 2) };
    g_array_append_val (walk->points, point);
    more = walk->points->len < TELAR_CHUNK_POINTS || hand_over (walk);
  }
  sqlite3_reset (statement);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return more && failure == NULL && hand_over (walk);
}

gboolean
telar_store_walk_tag (TelarStore *store, gint64 tag, const TelarStretch *stretch,
                      TelarPointsFunc visit, gpointer data, GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  TelarStretch from_start = *stretch;
  Walk walk = { &from_start, points, visit, data };
  GError *failure = NULL;

  from_start.from = MAX (stretch->from, 0);
  if (walk_chunks (store, tag, &walk, &failure))
    walk_tail (store, tag, &walk, &failure);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

gboolean
telar_store_walk (TelarStore *store, const TelarStretch *stretch, TelarPointsFunc visit,
                  gpointer data, GError **error)
{
  gint64 id;

  /* One snapshot: between two the tail may become a chunk. */
  if (!telar_store_begin_read (store, error))
    return FALSE;
  gboolean ok = telar_store_find_tag (store, stretch->run, stretch->tag, &id, error) &&
                telar_store_walk_tag (store, id, stretch, visit, data, error);
  return telar_store_finish (store, ok, error);
}

static gboolean
append_points (const TelarPoint *points, guint n, gpointer data)
{
  g_array_append_vals (data, points, n);
  return TRUE;
}

gboolean
telar_store_read (TelarStore *store, gint64 run, const char *tag, gint64 after, GArray *points,
                  GError **error)
{
  TelarStretch stretch = { run, tag, after < 0 ? 0 : after + 1, G_MAXINT64 };
  guint n_before = points->len;

  if (telar_store_walk (store, &stretch, append_points, points, error))
    return TRUE;
  g_array_set_size (points, n_before);
  return FALSE;
}

gboolean
telar_store_last_step (TelarStore *store, gint64 run, const char *tag, gint64 *step, GError **error)
{
  gint64 id, tail;

  return telar_store_find_tag (store, run, tag, &id, error) &&
         telar_store_tag_state (store, id, step, &tail, error);
}

gboolean
telar_store_count_tags (TelarStore *store, gint64 run, gint64 *n, GError **error)
{
  return telar_store_number (store, n, 0, error, "SELECT count (*) FROM tag WHERE run = ?", "i",
                             run);
}

/* --- chunks ------------------------------------------------------------------------------ */

void
telar_points_range (const TelarPoint *points, guint n, double *min, double *max)
{
  *min = *max = NAN;
  for (guint i = 0; i < n; i++) {
    double value = points[i].value;
    if (!(value >= *min))
      *min = isnan (value) ? *min : value;
    if (!(value <= *max))
      *max = isnan (value) ? *max : value;
  }
}

gboolean
telar_store_append_chunk (TelarStore *store, gint64 tag, const TelarPoint *points, guint n,
                          GError **error)
{
  g_autoptr (GBytes) data = telar_chunk_pack (points, n);
  double min, max;

  telar_points_range (points, n, &min, &max);
  return telar_store_run (store, error,
                          "INSERT INTO chunk (tag, first_step, last_step, points, min, max, data)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?)",
                          "iiiiddb", tag, points[0].step, points[n - 1].step, (gint64)n, min, max,
                          data) &&
         telar_sums_add (store, tag, points, n, error);
}

gboolean
telar_store_forget_chunks (TelarStore *store, gint64 tag, GError **error)
{
  return telar_store_run (store, error, "DELETE FROM chunk WHERE tag = ?", "i", tag) &&
         telar_sums_truncate (store, tag, -1, error);
}

gboolean
telar_store_compact (TelarStore *store, gint64 tag, GError **error)
{
  g_autoptr (GArray) points =
      g_array_sized_new (FALSE, FALSE, sizeof (TelarPoint), TELAR_CHUNK_POINTS);

  if (!read_tail (store, tag, G_MININT64, points, error))
    return FALSE;
  return points->len == 0 ||
         (telar_store_append_chunk (store, tag, (const TelarPoint *)(void *)points->data,
                                    points->len, error) &&
          telar_store_run (store, error, "DELETE FROM point WHERE tag = ?", "i", tag));
}

/* Cuts the one chunk that reaches across @step; what stays of it becomes tail again. */
static gboolean
cut_chunk (TelarStore *store, gint64 tag, gint64 step, GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  gint64 last_whole;

  if (!telar_store_number (store, &last_whole, -1, error,
                           "SELECT max (last_step) FROM chunk WHERE tag = ? AND last_step <= ?",
                           "ii", tag, step) ||
      !read_chunks (store, tag, last_whole, points, error) ||
      !telar_store_run (store, error, "DELETE FROM chunk WHERE tag = ? AND last_step > ?", "ii",
                        tag, step) ||
      !telar_sums_truncate (store, tag, step, error) ||
      !telar_store_run (store, error, "DELETE FROM point WHERE tag = ? AND step > ?", "ii", tag,
                        step))
    return FALSE;
  for (guint i = 0; i < points->len; i++) {
    const TelarPoint *point = &g_array_index (points, TelarPoint, i);
    if (point->step > step)
      break;
    if (!telar_store_append (store, tag, point, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_store_truncate_points (TelarStore *store, gint64 run, gint64 step, GError **error)
{
  g_autoptr (GPtrArray) tags = telar_store_tags (store, run, error);

  if (tags == NULL)
    return FALSE;
  for (guint i = 0; i < tags->len; i++) {
    const TelarTag *tag = g_ptr_array_index (tags, i);
    if (!cut_chunk (store, tag->id, step, error))
      return FALSE;
  }
  return TRUE;
}
