/* The pyramid of sums: written from below, read from above. */
#include "insight/sums.h"
#include "insight/store-private.h"

#define BUCKET_POINTS 256
#define FAN           16
#define FILL_CHUNKS   64 /* in a transaction */
G_STATIC_ASSERT (FAN *BUCKET_POINTS == TELAR_CHUNK_POINTS);

static gboolean
damaged (TelarStore *store, gint64 tag, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: the sums of curve %" G_GINT64_FORMAT " are damaged", store->path, tag);
  return FALSE;
}

static gboolean
unpack (TelarStore *store, gint64 tag, sqlite3_stmt *statement, int column, GArray *columns,
        GError **error)
{
  const void *data = sqlite3_column_blob (statement, column);
  gsize size = (gsize)sqlite3_column_bytes (statement, column);

  return telar_step_columns_unpack (data, size, columns) || damaged (store, tag, error);
}

/* --- writing ----------------------------------------------------------------------------- */

/* The sums of the steps beyond @after up to @last_step. */
typedef struct {
  gint64 tag, level, after, last_step;
} Place;

static gboolean
insert (TelarStore *store, const Place *place, const TelarStepColumn *columns, guint n,
        GError **error)
{
  g_autoptr (GBytes) data = telar_step_columns_pack (columns, n);

  return telar_store_run (store, error,
                          "INSERT INTO summary (tag, level, after, last_step, data)"
                          " VALUES (?, ?, ?, ?, ?)",
                          "iiiib", place->tag, place->level, place->after, place->last_step, data);
}

/* Gathers at the end of @joined, one column for each, the rows that go without a gap up to @place
 * and are not yet part of the next level; returns how many, and moves @place to the next level. */
static guint
gather (TelarStore *store, Place *place, TelarStepColumn *joined, GError **error)
{
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (TelarStepColumn));
  GError *failure = NULL;
  guint n = 0;
  gint64 end = place->last_step;
  sqlite3_stmt *statement = telar_store_query (
      store, error,
      "SELECT after, last_step, data FROM summary WHERE tag = ?1 AND level = ?2 AND last_step <= ?3"
      " AND last_step > coalesce ((SELECT max (last_step) FROM summary"
      "   WHERE tag = ?1 AND level = ?2 + 1 AND last_step <= ?3), -1)"
      " ORDER BY last_step DESC",
      "iii", place->tag, place->level, place->last_step);

  if (statement == NULL)
    return 0;
  while (n < FAN && telar_store_next (store, statement, &failure) &&
         sqlite3_column_int64 (statement, 1) == end &&
         unpack (store, place->tag, statement, 2, columns, &failure)) {
    TelarStepColumn *join = &joined[FAN - ++n];
    *join = g_array_index (columns, TelarStepColumn, 0);
    for (guint i = 1; i < columns->len; i++)
      telar_step_column_join (join, &g_array_index (columns, TelarStepColumn, i));
    g_array_set_size (columns, 0);
    end = sqlite3_column_int64 (statement, 0);
  }
  sqlite3_reset (statement);
  place->after = end;
  place->level++;
  if (failure != NULL)
    g_propagate_error (error, failure);
  return n;
}

/* The level above that of @place, if its next row is complete, and so on. */
static gboolean
raise_levels (TelarStore *store, Place place, GError **error)
{
  TelarStepColumn joined[FAN];
  GError *failure = NULL;

  while (gather (store, &place, joined, &failure) == FAN &&
         insert (store, &place, joined, FAN, &failure))
    continue;
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

gboolean
telar_sums_add (TelarStore *store, gint64 tag, const TelarPoint *points, guint n, GError **error)
{
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (TelarStepColumn));
  Place place = { .tag = tag, .last_step = points[n - 1].step };

  /* One column would not be read faster than its points. */
  if (n <= BUCKET_POINTS)
    return TRUE;
  for (guint i = 0; i < n; i += BUCKET_POINTS) {
    TelarStepColumn column = telar_step_column_sum (points + i, MIN (n - i, BUCKET_POINTS));
    g_array_append_val (columns, column);
  }
  return telar_store_number (
             store, &place.after, -1, error,
             "SELECT coalesce (max (last_step), -1) FROM chunk WHERE tag = ? AND last_step < ?",
             "ii", tag, points[0].step) &&
         insert (store, &place, (const TelarStepColumn *)(void *)columns->data, columns->len,
                 error) &&
         raise_levels (store, place, error);
}

gboolean
telar_sums_truncate (TelarStore *store, gint64 tag, gint64 step, GError **error)
{
  /* Level by level, as the index has them. */
  return telar_store_run (store, error,
                          "DELETE FROM summary WHERE tag = ?1 AND last_step > ?2 AND level IN"
                          " (SELECT DISTINCT level FROM summary WHERE tag = ?1)",
                          "ii", tag, step);
}

/* --- what an older Telar recorded -------------------------------------------------------- */

/* Some chunks of @tag that have no sums; GArray of gint64, NULL on error. */
static GArray *
chunks_to_fill (TelarStore *store, gint64 tag, GError **error)
{
  g_autoptr (GArray) chunks = g_array_new (FALSE, FALSE, sizeof (gint64));
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error,
      "SELECT id FROM chunk WHERE tag = ? AND points > ? AND NOT EXISTS (SELECT 1"
      " FROM summary WHERE summary.tag = chunk.tag AND level = 0 AND"
      " summary.last_step = chunk.last_step) ORDER BY last_step LIMIT ?",
      "iii", tag, (gint64)BUCKET_POINTS, (gint64)FILL_CHUNKS);

  if (statement == NULL)
    return NULL;
  while (telar_store_next (store, statement, &failure)) {
    gint64 id = sqlite3_column_int64 (statement, 0);
    g_array_append_val (chunks, id);
  }
  if (failure == NULL)
    return g_steal_pointer (&chunks);
  g_propagate_error (error, failure);
  return NULL;
}

static gboolean
fill_chunks (TelarStore *store, gint64 tag, gboolean *more, GError **error)
{
  g_autoptr (GArray) chunks = chunks_to_fill (store, tag, error);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));

  if (chunks == NULL)
    return FALSE;
  for (guint i = 0; i < chunks->len; i++) {
    g_array_set_size (points, 0);
    if (!telar_store_read_chunk (store, g_array_index (chunks, gint64, i), points, error) ||
        !telar_sums_add (store, tag, (const TelarPoint *)(void *)points->data, points->len, error))
      return FALSE;
  }
  *more = chunks->len == FILL_CHUNKS;
  return *more ||
         telar_store_run (store, error, "UPDATE tag SET summed = 1 WHERE id = ?", "i", tag);
}

/* A disk that is full keeps nobody from seeing the curve: without sums it only takes longer. */
static void
fill (TelarStore *store, gint64 tag)
{
  gint64 summed;
  gboolean more = TRUE;

  if (!telar_store_number (store, &summed, 1, NULL, "SELECT summed FROM tag WHERE id = ?", "i",
                           tag) ||
      summed)
    return;
  while (more && telar_store_begin (store, NULL))
    more = telar_store_finish (store, fill_chunks (store, tag, &more, NULL), NULL) && more;
}

/* --- reading ----------------------------------------------------------------------------- */

typedef struct {
  TelarStore *store;
  gint64 tag, widest;
  const TelarSumsVisitor *visitor;
} Reader;

/* A column and the step after which all points are in it. */
typedef struct {
  gint64 after;
  TelarStepColumn column;
} Bucket;

/* The buckets of a level that reach into @from to @to, in order. */
static GArray *
read_level (const Reader *reader, gint64 level, gint64 from, gint64 to, GError **error)
{
  g_autoptr (GArray) buckets = g_array_new (FALSE, FALSE, sizeof (Bucket));
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (TelarStepColumn));
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (reader->store, error,
                                               "SELECT after, data FROM summary WHERE tag = ? AND"
                                               " level = ? AND last_step >= ? ORDER BY last_step",
                                               "iii", reader->tag, level, from);

  if (statement == NULL)
    return NULL;
  while (telar_store_next (reader->store, statement, &failure)) {
    Bucket bucket = { .after = sqlite3_column_int64 (statement, 0) };
    if (bucket.after >= to || !unpack (reader->store, reader->tag, statement, 1, columns, &failure))
      break;
    for (guint i = 0; i < columns->len; i++) {
      bucket.column = g_array_index (columns, TelarStepColumn, i);
      g_array_append_val (buckets, bucket);
      bucket.after = bucket.column.last_step;
    }
    g_array_set_size (columns, 0);
  }
  sqlite3_reset (statement);
  if (failure == NULL)
    return g_steal_pointer (&buckets);
  g_propagate_error (error, failure);
  return NULL;
}

/* What the buckets of @level cannot tell is left to the level below, down to the points. */
static gboolean
walk_level (const Reader *reader, gint64 level, gint64 from, gint64 to, GError **error)
{
  TelarStretch rest = { .from = from, .to = to };

  if (level < 0)
    return telar_store_walk_tag (reader->store, reader->tag, &rest, reader->visitor->points,
                                 reader->visitor->data, error);
  g_autoptr (GArray) buckets = read_level (reader, level, from, to, error);
  if (buckets == NULL)
    return FALSE;
  for (guint i = 0; i < buckets->len; i++) {
    const Bucket *bucket = &g_array_index (buckets, Bucket, i);
    const TelarStepColumn *column = &bucket->column;
    if (column->first_step < rest.from || column->last_step > to ||
        column->last_step - column->first_step >= reader->widest)
      continue;
    if (bucket->after >= rest.from &&
        !walk_level (reader, level - 1, rest.from, bucket->after, error))
      return FALSE;
    reader->visitor->column (column, reader->visitor->data);
    rest.from = column->last_step + 1;
  }
  return rest.from > to || walk_level (reader, level - 1, rest.from, to, error);
}

gboolean
telar_sums_walk (TelarStore *store, const TelarStretch *stretch, gint64 widest,
                 const TelarSumsVisitor *visitor, GError **error)
{
  Reader reader = { store, -1, widest, visitor };
  GError *failure = NULL;
  gint64 top;

  if (!telar_store_find_tag (store, stretch->run, stretch->tag, &reader.tag, error))
    return FALSE;
  fill (store, reader.tag);
  /* One snapshot: between two the tail may become a chunk. */
  if (!telar_store_begin_read (store, error))
    return FALSE;
  if (telar_store_number (store, &top, -1, &failure,
                          "SELECT coalesce (max (level), -1) FROM summary WHERE tag = ?", "i",
                          reader.tag))
    walk_level (&reader, top, MAX (stretch->from, 0), stretch->to, &failure);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return telar_store_finish (store, failure == NULL, error);
}
