/* The run store: schema, runs, scalars with their tail and chunks, requests. */
#include "insight/store-private.h"
#include "tests/insight/workspace.h"

#include <glib/gstdio.h>
#include <math.h>
#include <unistd.h>

typedef struct {
  char *workspace;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->workspace = workspace_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  workspace_remove (fixture->workspace);
  g_free (fixture->workspace);
}

static TelarStore *
create (Fixture *fixture)
{
  GError *error = NULL;
  TelarStore *store = telar_store_open (fixture->workspace, TRUE, &error);

  g_assert_no_error (error);
  return store;
}

/* A run whose process is this one, and a tag of it. */
static gint64
start_run (TelarStore *store, const char *name, gint64 *tag)
{
  TelarRecording recording = { .run = name, .graph = "the graph", .settings = "{}" };
  GError *error = NULL;
  gint64 run;

  telar_store_start_run (store, &recording, &run, &error);
  g_assert_no_error (error);
  if (tag != NULL)
    telar_store_tag (store, run, "loss", tag, &error);
  g_assert_no_error (error);
  return run;
}

static void
finish_run (TelarStore *store, gint64 run, const char *status)
{
  GError *error = NULL;

  telar_store_run (store, &error, "UPDATE run SET status = ? WHERE id = ?", "si", status, run);
  g_assert_no_error (error);
}

/* --- opening and schema ------------------------------------------------------------------ */

static void
test_open (Fixture *fixture, gconstpointer data)
{
  g_autofree char *deep = g_build_filename (fixture->workspace, "a", "b", NULL);
  g_autofree char *file = g_build_filename (deep, "telar.db", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (telar_store_open (deep, FALSE, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, file));
  g_assert_false (g_file_test (deep, G_FILE_TEST_EXISTS));
  g_clear_error (&error);

  g_autoptr (TelarStore) store = telar_store_open (deep, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (telar_store_workspace (store), ==, deep);
  g_autoptr (TelarStore) again = telar_store_open (deep, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (telar_store_workspace (again), ==, deep);
}

static void
test_not_a_store (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->workspace, "telar.db", NULL);
  g_autofree char *text = g_strnfill (5000, 'x');
  g_autoptr (GError) error = NULL;
  sqlite3 *db;

  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  g_assert_null (telar_store_open (fixture->workspace, TRUE, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, file));
  g_clear_error (&error);

  /* Somebody else's database is not taken over. */
  g_unlink (file);
  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE mine (x)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_null (telar_store_open (fixture->workspace, TRUE, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

static void
test_newer_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->workspace, "telar.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;
  gsize size_before, size_after;

  TelarStore *store = create (fixture);
  telar_store_run (store, &error, "PRAGMA user_version = 1000", "");
  g_assert_no_error (error);
  telar_store_close (store);
  g_file_get_contents (file, &before, &size_before, NULL);

  g_assert_null (telar_store_open (fixture->workspace, TRUE, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, file));
  g_assert_nonnull (strstr (error->message, "newer"));
  g_file_get_contents (file, &after, &size_after, NULL);
  g_assert_cmpmem (before, size_before, after, size_after);
}

static int
count_rows (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    return -1;
  sqlite3_step (statement);
  int n = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return n;
}

static void
test_migration (Fixture *fixture, gconstpointer data)
{
  static const char *const scripts[] = {
    "CREATE TABLE a (x); INSERT INTO a VALUES (1), (2)",
    "CREATE TABLE b (x); INSERT INTO b SELECT x FROM a",
    "INSERT INTO b VALUES (3); INSERT INTO nowhere VALUES (1)",
  };
  static const char *const mended[] = { "", "", "INSERT INTO b VALUES (4)" };
  g_autofree char *file = g_build_filename (fixture->workspace, "telar.db", NULL);
  g_autoptr (GError) error = NULL;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  g_assert_true (telar_schema_migrate (db, file, scripts, 1, &error));
  g_assert_cmpint (count_rows (db, "SELECT count(*) FROM a"), ==, 2);
  g_assert_cmpint (count_rows (db, "SELECT count(*) FROM b"), ==, -1);

  /* The third script fails in the middle: nothing of the second stays either. */
  g_assert_false (telar_schema_migrate (db, file, scripts, 3, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, file));
  g_clear_error (&error);
  g_assert_cmpint (count_rows (db, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (count_rows (db, "SELECT count(*) FROM b"), ==, -1);

  g_assert_true (telar_schema_migrate (db, file, scripts, 2, &error));
  g_assert_cmpint (count_rows (db, "SELECT count(*) FROM b"), ==, 2);
  /* Scripts that ran are not run again. */
  g_assert_true (telar_schema_migrate (db, file, mended, 3, &error));
  g_assert_cmpint (count_rows (db, "SELECT count(*) FROM b"), ==, 3);
  g_assert_cmpint (count_rows (db, "PRAGMA user_version"), ==, 3);
  sqlite3_close (db);
}

static gpointer
open_and_close (gpointer workspace)
{
  GError *error = NULL;
  TelarStore *store = telar_store_open (workspace, TRUE, &error);

  g_assert_no_error (error);
  telar_store_close (store);
  return NULL;
}

static void
test_made_at_once_by_many (Fixture *fixture, gconstpointer data)
{
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("open", open_and_close, fixture->workspace);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  workspace_check_integrity (fixture->workspace);
}

/* --- runs -------------------------------------------------------------------------------- */

static void
test_runs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarStore) store = create (fixture);
  g_autoptr (GError) error = NULL;

  g_autofree char *first = telar_store_free_name (store, "digits", &error);
  g_assert_cmpstr (first, ==, "digits-1");
  gint64 run = start_run (store, first, NULL);
  start_run (store, "digits-7", NULL);
  start_run (store, "digits-x", NULL);
  g_autofree char *next = telar_store_free_name (store, "digits", &error);
  g_assert_cmpstr (next, ==, "digits-8");
  g_autofree char *odd = telar_store_free_name (store, "a/b", &error);
  g_assert_cmpstr (odd, ==, "a-b-1");
  g_autofree char *empty = telar_store_free_name (store, "", &error);
  g_assert_cmpstr (empty, ==, "run-1");

  g_autoptr (GPtrArray) runs = telar_store_runs (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, 3);
  const TelarRunRow *newest = g_ptr_array_index (runs, 0);
  g_assert_cmpstr (newest->name, ==, "digits-x");
  g_assert_cmpstr (newest->status, ==, "running");
  g_assert_cmpint (newest->pid, ==, getpid ());
  g_assert_cmpstr (newest->settings, ==, "{}");

  g_autofree char *graph = telar_store_graph (store, run, &error);
  g_assert_cmpstr (graph, ==, "the graph");
  g_assert_null (telar_store_graph (store, 999, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (telar_store_find_run (store, "nobody", &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = { "", "../x", "a/b", ".hidden", "two\nlines", "\xff" };
  g_autoptr (TelarStore) store = create (fixture);
  gint64 run;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    TelarRecording recording = { .run = bad[i] };
    g_assert_false (telar_store_start_run (store, &recording, &run, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
  }
  start_run (store, "dígitos 1", NULL);

  g_autoptr (GError) error = NULL;
  TelarRecording twice = { .run = "dígitos 1" };
  g_assert_false (telar_store_start_run (store, &twice, &run, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
}

static void
test_rename_and_delete (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarStore) store = create (fixture);
  g_autoptr (GError) error = NULL;
  gint64 tag, run = start_run (store, "old", &tag);
  g_autofree char *folder = g_build_filename (fixture->workspace, "runs", "old", NULL);
  g_autofree char *moved = g_build_filename (fixture->workspace, "runs", "new", NULL);
  g_autofree char *checkpoint = g_build_filename (folder, "checkpoint.safetensors", NULL);
  g_autofree char *moved_checkpoint = g_build_filename (moved, "checkpoint.safetensors", NULL);
  g_autofree char *kept = telar_store_keep_path (store, checkpoint);
  TelarPoint point = { 1, 2, 3 };

  g_assert_cmpstr (kept, ==, "runs/old/checkpoint.safetensors");
  g_mkdir_with_parents (folder, 0777);
  g_assert_true (g_file_set_contents (checkpoint, "x", -1, NULL));
  telar_store_run (store, &error, "UPDATE run SET checkpoint = ? WHERE id = ?", "si", kept, run);
  telar_store_append (store, tag, &point, &error);
  g_assert_no_error (error);

  g_assert_false (telar_store_rename_run (store, run, "new", &error)); /* in progress */
  g_clear_error (&error);
  g_assert_false (telar_store_delete_run (store, run, &error));
  g_clear_error (&error);
  finish_run (store, run, "done");
  start_run (store, "taken", NULL);
  g_assert_false (telar_store_rename_run (store, run, "taken", &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
  g_clear_error (&error);

  g_assert_true (telar_store_rename_run (store, run, "new", &error));
  g_autoptr (TelarRunRow) row = workspace_run (store, "new");
  g_assert_cmpstr (row->checkpoint, ==, moved_checkpoint);
  g_assert_true (g_file_test (moved_checkpoint, G_FILE_TEST_EXISTS));

  g_assert_true (telar_store_delete_run (store, run, &error));
  g_assert_false (g_file_test (moved, G_FILE_TEST_EXISTS));
  g_assert_cmpint (count_rows (store->db, "SELECT count(*) FROM point"), ==, 0);
  g_assert_cmpint (count_rows (store->db, "SELECT count(*) FROM tag"), ==, 0);
  g_assert_cmpint (count_rows (store->db, "SELECT count(*) FROM run"), ==, 1);
}

static void
test_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarStore) store = create (fixture);
  g_autoptr (GError) error = NULL;
  gint64 run = start_run (store, "r", NULL);

  g_autoptr (TelarRunRow) alive = workspace_run (store, "r");
  g_assert_cmpstr (alive->status, ==, "running");

  /* The same pid with another start: a process that has nothing to do with the run. */
  telar_store_run (store, &error, "UPDATE run SET process = 'boot:1' WHERE id = ?", "i", run);
  g_autoptr (TelarRunRow) reused = workspace_run (store, "r");
  g_assert_cmpstr (reused->status, ==, "lost");
  g_assert_false (telar_store_request (store, run, TELAR_REQUEST_STOP, 0, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);

  finish_run (store, run, "done");
  g_autoptr (TelarRunRow) done = workspace_run (store, "r");
  g_assert_cmpstr (done->status, ==, "done");
}

/* --- scalars ----------------------------------------------------------------------------- */

static void
test_chunk_layouts (void)
{
  static const TelarPoint cases[][4] = {
    { { 1, 10, 1 }, { 2, 11, NAN }, { 3, 12, INFINITY }, { 4, 13, -0.0 } }, /* one stride */
    { { 5, 10, 1 }, { 7, 9, 2 }, { 8, -12, 3 }, { 1000, 13, 4 } },          /* a clock set back */
    { { 0, 0, 1 },
      { 1, 1, 2 },
      { G_GINT64_CONSTANT (1) << 40, 2, 3 },
      { G_GINT64_CONSTANT (1) << 41, G_GINT64_CONSTANT (1) << 45, 4 } },
  };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++) {
    for (guint n = 1; n <= 4; n++) {
      g_autoptr (GBytes) packed = telar_chunk_pack (cases[c], n);
      g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
      gsize size;
      const void *bytes = g_bytes_get_data (packed, &size);
      g_assert_true (telar_chunk_unpack (bytes, size, G_MININT64, points));
      g_assert_cmpmem (points->data, points->len * sizeof (TelarPoint), cases[c],
                       n * sizeof (TelarPoint));
      for (gsize cut = 0; cut < size; cut++)
        g_assert_false (telar_chunk_unpack (bytes, cut, G_MININT64, points));
    }
  }
}

static void
append_steps (TelarStore *store, gint64 tag, gint64 from, gint64 to)
{
  GError *error = NULL;

  telar_store_begin (store, &error);
  for (gint64 step = from; step <= to; step++) {
    TelarPoint point = { step, step * 1000, value_at (step) };
    telar_store_append (store, tag, &point, &error);
    if (step % TELAR_CHUNK_POINTS == 0)
      telar_store_compact (store, tag, &error);
  }
  telar_store_finish (store, TRUE, &error);
  g_assert_no_error (error);
}

static void
assert_steps (const GArray *points, gint64 from, gint64 to)
{
  g_assert_cmpint (points->len, ==, to - from + 1);
  for (guint i = 0; i < points->len; i++) {
    const TelarPoint *point = &g_array_index (points, TelarPoint, i);
    g_assert_cmpint (point->step, ==, from + i);
    g_assert_cmpint (point->time, ==, point->step * 1000);
    g_assert_cmpfloat (point->value, ==, value_at (point->step));
  }
}

static void
test_cursor (Fixture *fixture, gconstpointer data)
{
  static const gint64 cursors[] = { 0, 1, 4094, 4095, 4096, 4097, 8191, 8192, 8193, 9999 };
  g_autoptr (TelarStore) store = create (fixture);
  gint64 tag, run = start_run (store, "r", &tag);

  append_steps (store, tag, 1, 10000);
  g_assert_cmpint (count_rows (store->db, "SELECT count(*) FROM chunk"), ==, 2);
  g_assert_cmpint (count_rows (store->db, "SELECT count(*) FROM point"), ==, 10000 - 8192);
  for (guint i = 0; i < G_N_ELEMENTS (cursors); i++) {
    g_autoptr (GArray) points = workspace_points (store, run, "loss", cursors[i]);
    assert_steps (points, cursors[i] + 1, 10000);
  }
  g_autoptr (GArray) none = workspace_points (store, run, "loss", 10000);
  g_assert_cmpuint (none->len, ==, 0);
  g_autoptr (GArray) unknown = workspace_points (store, run, "nothing", 0);
  g_assert_cmpuint (unknown->len, ==, 0);

  g_autoptr (GPtrArray) tags = telar_store_tags (store, run, NULL);
  g_assert_cmpuint (tags->len, ==, 1);
  g_assert_cmpint (((TelarTag *)g_ptr_array_index (tags, 0))->points, ==, 10000);
}

static void
test_truncate (Fixture *fixture, gconstpointer data)
{
  static const gint64 steps[] = { 10000, 9000, 8193, 8192, 8191, 5000, 4096, 4095, 1, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree char *workspace = g_strdup_printf ("%s/%u", fixture->workspace, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (TelarStore) store = telar_store_open (workspace, TRUE, &error);
    gint64 tag, other, last, tail, run = start_run (store, "r", &tag);
    gint64 sibling = start_run (store, "s", &other);

    append_steps (store, tag, 1, 10000);
    append_steps (store, other, 1, 5000);
    g_assert_true (telar_store_truncate_points (store, run, steps[i], &error));
    g_autoptr (GArray) points = workspace_points (store, run, "loss", 0);
    assert_steps (points, 1, steps[i]);
    g_autoptr (GArray) untouched = workspace_points (store, sibling, "loss", 0);
    assert_steps (untouched, 1, 5000);

    telar_store_tag_state (store, tag, &last, &tail, &error);
    g_assert_no_error (error);
    g_assert_cmpint (last, ==, steps[i] == 0 ? -1 : steps[i]);
    g_assert_cmpint (tail, ==, steps[i] % TELAR_CHUNK_POINTS);
  }
}

static void
test_damaged_chunk (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarStore) store = create (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  gint64 tag, run = start_run (store, "r", &tag);

  append_steps (store, tag, 1, 8192);
  telar_store_run (store, &error, "UPDATE chunk SET data = x'0102' WHERE last_step = 8192", "");
  g_assert_false (telar_store_read (store, run, "loss", 0, points, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, store->path));
  g_assert_cmpuint (points->len, ==, 0);
  /* Nothing stays open: the store goes on working. */
  g_clear_error (&error);
  g_assert_true (telar_store_begin (store, &error));
  g_assert_true (telar_store_finish (store, TRUE, &error));
}

static void
test_not_a_number (Fixture *fixture, gconstpointer data)
{
  static const double values[] = { NAN, INFINITY, -INFINITY, 1.5 };
  g_autoptr (TelarStore) store = create (fixture);
  g_autoptr (GError) error = NULL;
  gint64 tag, run = start_run (store, "r", &tag);

  for (guint compacted = 0; compacted < 2; compacted++) {
    if (compacted)
      g_assert_true (telar_store_compact (store, tag, &error));
    else
      for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
        TelarPoint point = { i + 1, 0, values[i] };
        g_assert_true (telar_store_append (store, tag, &point, &error));
      }
    g_autoptr (GArray) points = workspace_points (store, run, "loss", 0);
    g_assert_cmpuint (points->len, ==, G_N_ELEMENTS (values));
    g_assert_true (isnan (g_array_index (points, TelarPoint, 0).value));
    for (guint i = 1; i < G_N_ELEMENTS (values); i++)
      g_assert_cmpfloat (g_array_index (points, TelarPoint, i).value, ==, values[i]);
  }
  g_assert_cmpint (count_rows (store->db, "SELECT max = 9e999 AND min = -9e999 FROM chunk"), ==, 1);
}

/* --- requests ---------------------------------------------------------------------------- */

static void
test_requests (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarStore) store = create (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (TelarRequest));
  gint64 run = start_run (store, "r", NULL), other = start_run (store, "s", NULL);

  g_assert_true (telar_store_request (store, run, TELAR_REQUEST_PAUSE, 0, &error));
  g_assert_true (telar_store_request (store, other, TELAR_REQUEST_STOP, 0, &error));
  g_assert_true (telar_store_request (store, run, TELAR_REQUEST_LEARNING_RATE, 1e-3, &error));
  g_assert_false (telar_store_request (store, run, TELAR_REQUEST_LEARNING_RATE, NAN, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_false (telar_store_request (store, run, TELAR_REQUEST_STEP, 0, &error));
  g_clear_error (&error);
  g_assert_false (telar_store_request (store, run, TELAR_REQUEST_NONE, 0, &error));
  g_clear_error (&error);
  g_assert_false (telar_store_request (store, 77, TELAR_REQUEST_STOP, 0, &error));
  g_clear_error (&error);

  g_assert_true (telar_store_waiting_requests (store, run, 0, waiting, &error));
  g_assert_cmpuint (waiting->len, ==, 2);
  TelarRequest first = g_array_index (waiting, TelarRequest, 0);
  g_assert_cmpint (first.kind, ==, TELAR_REQUEST_PAUSE);
  g_assert_cmpfloat (g_array_index (waiting, TelarRequest, 1).value, ==, 1e-3);

  g_assert_true (telar_store_answer (store, first.id, 12, NULL, &error));
  g_array_set_size (waiting, 0);
  g_assert_true (telar_store_waiting_requests (store, run, 0, waiting, &error));
  g_assert_cmpuint (waiting->len, ==, 1);
  g_assert_true (telar_store_drop_requests (store, run, "over", &error));
  g_array_set_size (waiting, 0);
  g_assert_true (telar_store_waiting_requests (store, run, 0, waiting, &error));
  g_assert_cmpuint (waiting->len, ==, 0);
  g_assert_cmpint (count_rows (store->db, "SELECT count(*) FROM request WHERE outcome = 'done'"
                                          " AND step = 12"),
                   ==, 1);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/insight/store/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("open", test_open);
  ADD ("not-a-store", test_not_a_store);
  ADD ("newer-is-refused", test_newer_is_refused);
  ADD ("migration", test_migration);
  ADD ("made-at-once-by-many", test_made_at_once_by_many);
  ADD ("runs", test_runs);
  ADD ("names", test_names);
  ADD ("rename-and-delete", test_rename_and_delete);
  ADD ("lost", test_lost);
  g_test_add_func ("/insight/store/chunk-layouts", test_chunk_layouts);
  ADD ("cursor", test_cursor);
  ADD ("truncate", test_truncate);
  ADD ("damaged-chunk", test_damaged_chunk);
  ADD ("not-a-number", test_not_a_number);
  ADD ("requests", test_requests);
  return g_test_run ();
}
