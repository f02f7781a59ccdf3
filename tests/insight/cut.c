/* Long curves cut into columns: every point is in one column, the columns are where they belong,
 * and what is summed up in the store is what the points say. */
#include "insight/cut.h"
#include "insight/bulk.h"
#include "insight/store-private.h"
#include "tests/insight/workspace.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define VERSION_WITHOUT_SUMS 7 /* of the schema */

typedef struct {
  char *workspace;
  TelarStore *store;
  gint64 run, tag;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  TelarRecording recording = { .run = "r" };
  GError *error = NULL;

  fixture->workspace = workspace_new ();
  fixture->store = telar_store_open (fixture->workspace, TRUE, &error);
  g_assert_no_error (error);
  telar_store_start_run (fixture->store, &recording, &fixture->run, &error);
  telar_store_tag (fixture->store, fixture->run, "loss", &fixture->tag, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  telar_store_close (fixture->store);
  workspace_check_integrity (fixture->workspace);
  workspace_remove (fixture->workspace);
  g_free (fixture->workspace);
}

/* Some values are no numbers. */
static double
value_of (gint64 step)
{
  return step % 1009 == 0 ? NAN : step % 2003 == 0 ? INFINITY : value_at (step);
}

/* @n points from @step on, @stride apart, as one chunk. */
static gint64
add_chunk (Fixture *fixture, gint64 step, gint64 stride, guint n)
{
  g_autofree TelarPoint *points = g_new (TelarPoint, n);
  GError *error = NULL;

  for (guint i = 0; i < n; i++, step += stride)
    points[i] = (TelarPoint){ step, 1000 * step, value_of (step) };
  telar_store_append_chunk (fixture->store, fixture->tag, points, n, &error);
  g_assert_no_error (error);
  return step;
}

static gint64
add_chunks (Fixture *fixture, guint n_chunks, gint64 step, gint64 stride)
{
  GError *error = NULL;

  telar_store_begin (fixture->store, &error);
  for (guint i = 0; i < n_chunks; i++)
    step = add_chunk (fixture, step, stride, TELAR_CHUNK_POINTS);
  telar_store_finish (fixture->store, TRUE, &error);
  g_assert_no_error (error);
  return step;
}

static TelarCut *
read_cut (Fixture *fixture, gint64 from, gint64 to, guint n)
{
  TelarStretch stretch = { fixture->run, "loss", from, to };
  g_autoptr (GError) error = NULL;
  TelarCut *cut = telar_cut_read (fixture->store, &stretch, n, &error);

  g_assert_no_error (error);
  return cut;
}

/* Whether @column says what the @points from @at on say; returns where they end. */
static guint
check_column (const TelarStepColumn *column, const GArray *points, guint at)
{
  const TelarPoint *point = &g_array_index (points, TelarPoint, at);
  TelarStepColumn right = telar_step_column_sum (point, (guint)column->points);

  g_assert_cmpint (column->first_step, ==, right.first_step);
  g_assert_cmpint (column->last_step, ==, right.last_step);
  g_assert_cmpint (column->first_time, ==, right.first_time);
  g_assert_cmpint (column->last_time, ==, right.last_time);
  g_assert_cmpmem (&column->value, 8, &right.value, 8);
  g_assert_cmpint (column->range.n, ==, right.range.n);
  g_assert_cmpfloat (column->range.min, ==, right.range.min);
  g_assert_cmpfloat (column->range.max, ==, right.range.max);
  g_assert_cmpfloat_with_epsilon (column->range.sum, right.range.sum,
                                  1e-9 * (fabs (right.range.sum) + (double)column->points));
  return at + (guint)column->points;
}

/* The cut of a stretch holds its points and no others, each once and in its place. */
static void
check_cut (Fixture *fixture, const GArray *all, gint64 from, gint64 to, guint n)
{
  g_autoptr (TelarCut) cut = read_cut (fixture, from, to, n);
  guint at = 0, end = all->len;

  while (at < all->len && g_array_index (all, TelarPoint, at).step < from)
    at++;
  while (end > at && g_array_index (all, TelarPoint, end - 1).step > to)
    end--;
  g_assert_cmpint (cut->points, ==, end - at);
  g_assert_cmpuint (cut->columns->len, <=, n);
  g_assert_cmpint (cut->whole, ==, end - at <= n);
  if (end == at)
    return;
  /* Columns share out what was asked for, also where it ends in a pause of the curve. */
  gint64 first = g_array_index (all, TelarPoint, at).step;
  gint64 last = MIN (to, g_array_index (all, TelarPoint, all->len - 1).step);
  double width = (double)(last - first + 1) / n;
  for (guint i = 0; i < cut->columns->len; i++) {
    const TelarStepColumn *column = &g_array_index (cut->columns, TelarStepColumn, i);
    at = check_column (column, all, at);
    if (!cut->whole)
      g_assert_cmpfloat ((double)(column->last_step - column->first_step), <=, 1.5 * width);
  }
  g_assert_cmpuint (at, ==, end);
}

static void
check_stretches (Fixture *fixture)
{
  static const guint columns[] = { 1, 7, 40, 900 };
  g_autoptr (GArray) all = workspace_points (fixture->store, fixture->run, "loss", -1);
  gint64 last = g_array_index (all, TelarPoint, all->len - 1).step;

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++) {
    check_cut (fixture, all, 0, G_MAXINT64, columns[i]);
    check_cut (fixture, all, 4095, 4096, columns[i]);
    check_cut (fixture, all, last + 1, last + 9, columns[i]);
    for (guint k = 0; k < 6; k++) {
      gint64 from = g_test_rand_int_range (0, (gint32)last);
      check_cut (fixture, all, from, from + g_test_rand_int_range (0, (gint32)(last - from + 9)),
                 columns[i]);
    }
  }
}

static gint64
count (Fixture *fixture, const char *sql)
{
  GError *error = NULL;
  gint64 n = -1;

  telar_store_number (fixture->store, &n, -1, &error, sql, "");
  g_assert_no_error (error);
  return n;
}

/* 300 chunks, the rows of three levels; some rows that are no chunk yet. */
static void
test_long (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;
  gint64 step = add_chunks (fixture, 300, 1, 1);

  for (guint i = 0; i < 500; i++, step++) {
    TelarPoint point = { step, 1000 * step, value_of (step) };
    telar_store_append (fixture->store, fixture->tag, &point, &error);
    g_assert_no_error (error);
  }
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM summary WHERE level = 0"), ==, 300);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM summary WHERE level = 1"), ==, 300 / 16);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM summary WHERE level = 2"), ==, 1);
  check_stretches (fixture);
}

/* Chunks of any size, steps of any stride, pauses. */
static void
test_uneven (Fixture *fixture, gconstpointer data)
{
  gint64 step = 0;

  for (guint i = 0; i < 120; i++) {
    gint64 stride = g_test_rand_int_range (1, 6);
    guint n = i % 9 == 0 ? 3 : (guint)g_test_rand_int_range (1, TELAR_CHUNK_POINTS);
    step = add_chunk (fixture, step, stride, n) + g_test_rand_int_range (0, 5000);
  }
  check_stretches (fixture);
}

static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;
  const gint64 ends[] = { 40 * TELAR_CHUNK_POINTS + 17, 20 * TELAR_CHUNK_POINTS };

  add_chunks (fixture, 70, 1, 1);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    telar_store_truncate_points (fixture->store, fixture->run, ends[i], &error);
    g_assert_no_error (error);
    check_stretches (fixture);
    telar_store_compact (fixture->store, fixture->tag, &error);
    add_chunks (fixture, 10, ends[i] + 1, 2);
    check_stretches (fixture);
  }
}

/* A run from elsewhere, with points that come late. */
static void
test_bulk (Fixture *fixture, gconstpointer data)
{
  TelarRecording recording = { .run = "bulk" };
  TelarBulkEnd end = { .status = TELAR_RUN_DONE };
  TelarBulkSummary summary;
  GError *error = NULL;
  TelarBulk *bulk = telar_bulk_new (fixture->store, &recording, &error);
  TelarBulkTag *tag = telar_bulk_tag (bulk, "loss", strlen ("loss"), &error);

  for (gint64 i = 0; i < 100000; i++) {
    TelarWallPoint point = { i == 70000 ? 3 : 2 * i, (double)i, value_of (i) };
    telar_bulk_add (bulk, tag, &point, &error);
  }
  telar_bulk_finish (bulk, &end, &summary, &error);
  g_assert_no_error (error);
  fixture->run = telar_bulk_run (bulk);
  telar_bulk_free (bulk);
  check_stretches (fixture);
}

/* Zoomed out, the points are not touched: chunks beyond the first may be anything. */
static void
test_few_rows (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;

  add_chunks (fixture, 64, 1, 1);
  telar_store_run (fixture->store, &error, "UPDATE chunk SET data = x'00' WHERE first_step > 1",
                   "");
  g_assert_no_error (error);
  g_autoptr (TelarCut) cut = read_cut (fixture, 0, G_MAXINT64, 200);
  g_assert_cmpint (cut->points, ==, 64 * TELAR_CHUNK_POINTS);
}

/* The file of a Telar that kept no sums, with @n_chunks chunks. */
static void
make_older (const char *path, guint n_chunks)
{
  g_autofree TelarPoint *points = g_new (TelarPoint, TELAR_CHUNK_POINTS);
  GError *error = NULL;
  sqlite3 *db = NULL;
  sqlite3_stmt *insert = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  telar_schema_migrate (db, path, telar_schema_scripts, VERSION_WITHOUT_SUMS, &error);
  g_assert_no_error (error);
  sqlite3_exec (db,
                "BEGIN; INSERT INTO run (name, status, pid, started) VALUES ('r', 'done', 1, 1);"
                "INSERT INTO tag (run, name) SELECT id, 'loss' FROM run",
                NULL, NULL, NULL);
  sqlite3_prepare_v2 (db,
                      "INSERT INTO chunk (tag, first_step, last_step, points, data)"
                      " SELECT id, ?, ?, ?, ? FROM tag",
                      -1, &insert, NULL);
  for (gint64 chunk = 0; chunk < n_chunks; chunk++) {
    gint64 first = 1 + chunk * TELAR_CHUNK_POINTS;
    for (guint i = 0; i < TELAR_CHUNK_POINTS; i++)
      points[i] = (TelarPoint){ first + i, 1000 * (first + i), value_of (first + i) };
    g_autoptr (GBytes) data = telar_chunk_pack (points, TELAR_CHUNK_POINTS);
    gsize size;
    const void *bytes = g_bytes_get_data (data, &size);
    sqlite3_bind_int64 (insert, 1, first);
    sqlite3_bind_int64 (insert, 2, first + TELAR_CHUNK_POINTS - 1);
    sqlite3_bind_int64 (insert, 3, TELAR_CHUNK_POINTS);
    sqlite3_bind_blob64 (insert, 4, bytes, size, SQLITE_STATIC);
    g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
    sqlite3_reset (insert);
  }
  sqlite3_finalize (insert);
  g_assert_cmpint (sqlite3_exec (db, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* The sums are made when the curve is looked at. */
static void
test_older (Fixture *fixture, gconstpointer data)
{
  g_autofree char *workspace = g_build_filename (fixture->workspace, "older", NULL);
  g_autofree char *path = g_build_filename (workspace, "telar.db", NULL);
  GError *error = NULL;

  g_assert_cmpint (g_mkdir (workspace, 0777), ==, 0);
  make_older (path, 150);
  telar_store_close (fixture->store);
  fixture->store = telar_store_open (workspace, FALSE, &error);
  g_assert_no_error (error);
  fixture->run = count (fixture, "SELECT id FROM run");
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM summary"), ==, 0);
  check_stretches (fixture);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM summary WHERE level = 0"), ==, 150);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM summary WHERE level = 1"), ==, 150 / 16);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  TelarStretch stretch = { fixture->run, "loss", 0, G_MAXINT64 };
  g_autoptr (GError) error = NULL;

  add_chunks (fixture, 20, 1, 1);
  telar_store_run (fixture->store, &error, "UPDATE summary SET data = substr (data, 1, 100)", "");
  g_assert_no_error (error);
  g_assert_null (telar_cut_read (fixture->store, &stretch, 100, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/insight/cut/long", test_long },           { "/insight/cut/uneven", test_uneven },
    { "/insight/cut/truncated", test_truncated }, { "/insight/cut/bulk", test_bulk },
    { "/insight/cut/few-rows", test_few_rows },   { "/insight/cut/older", test_older },
    { "/insight/cut/damaged", test_damaged },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
