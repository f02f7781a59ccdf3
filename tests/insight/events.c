/* Event files, CSV's bulk way and JSON: what goes out comes in again, bit for bit; damaged files
 * are refused with their byte. */
#include "insight/events/events.h"
#include "insight/events/crc32c.h"
#include "insight/events/protobuf.h"
#include "insight/events/record.h"
#include "insight/run-file.h"
#include "tests/insight/workspace.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* --- checksums --------------------------------------------------------------------------- */

static void
test_crc (void)
{
  guint8 zeros[32] = { 0 };
  const gsize size = 3 * 8192 + 77;
  g_autofree guint8 *bytes = g_malloc (size);

  /* RFC 3720, B.4, and the usual check value */
  g_assert_cmphex (telar_crc32c ("123456789", 9), ==, 0xe3069283);
  g_assert_cmphex (telar_crc32c (zeros, sizeof zeros), ==, 0x8a9136aa);
  g_assert_cmphex (telar_crc32c (NULL, 0), ==, 0);
  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8)g_test_rand_int ();
  for (gsize n = 0; n < size; n += 1 + n / 16)
    for (gsize from = 0; from < 3 && from < n; from++)
      g_assert_cmphex (telar_crc32c (bytes + from, n - from), ==,
                       telar_crc32c_portable (bytes + from, n - from));
}

/* --- a run that came from elsewhere ------------------------------------------------------ */

static void
add (TelarBulk *bulk, const char *tag, gint64 step, double wall, double value)
{
  g_autoptr (GError) error = NULL;
  TelarBulkTag *curve = telar_bulk_tag (bulk, tag, strlen (tag), &error);
  TelarWallPoint point = { step, wall, value };

  g_assert_no_error (error);
  g_assert_true (telar_bulk_add (bulk, curve, &point, &error));
  g_assert_no_error (error);
}

static double
wall_at (gint64 i)
{
  return 1764321000.0 + (double)i * 0.0123456789;
}

/* 10,000 points of one curve, a restart, steps that repeat, numbers that are none. */
static TelarBulkSummary
make_run (TelarStore *store, const char *name)
{
  TelarRecording recording = { .run = name, .settings = "{\"lr\":0.1,\"net\":{\"size\":3}}" };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarBulk) bulk = telar_bulk_new (store, &recording, &error);
  TelarBulkEnd end = { .status = TELAR_RUN_DONE };
  TelarBulkSummary summary;

  g_assert_no_error (error);
  for (gint64 i = 0; i < 10000; i++) {
    add (bulk, "loss", i, wall_at (i), (double)(float)value_at (i));
    add (bulk, "epoch/accuracy", 3 * i, wall_at (i), value_at (i));
  }
  for (gint64 i = 5000; i < 5100; i++) /* taken up again from a checkpoint */
    add (bulk, "loss", i, wall_at (i + 20000), -1);
  for (int i = 0; i < 3; i++)
    add (bulk, "no step", 0, i * 0.5, i);
  add (bulk, "odd", 1, -3.25, NAN);
  add (bulk, "odd", 2, 1e300, INFINITY);
  add (bulk, "odd", 3, NAN, -INFINITY);
  g_assert_true (telar_bulk_finish (bulk, &end, &summary, &error));
  g_assert_no_error (error);
  return summary;
}

static gboolean
gather (const TelarWallPoint *points, guint n, gpointer data)
{
  g_array_append_vals (data, points, n);
  return TRUE;
}

static GArray *
points_of (TelarStore *store, const char *run, const char *name)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (TelarWallPoint));
  g_autoptr (TelarRunRow) row = workspace_run (store, run);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tags = telar_store_tags (store, row->id, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < tags->len; i++) {
    const TelarTag *tag = tags->pdata[i];
    if (g_str_equal (tag->name, name))
      telar_store_walk_wall (store, tag->id, gather, points, &error);
  }
  g_assert_no_error (error);
  return points;
}

static void
assert_same_bits (double a, double b)
{
  if (isnan (a) && isnan (b))
    return;
  g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
}

static void
assert_same_run (TelarStore *store, const char *a, const char *b)
{
  static const char *const tags[] = { "loss", "epoch/accuracy", "no step", "odd" };

  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++) {
    g_autoptr (GArray) x = points_of (store, a, tags[i]);
    g_autoptr (GArray) y = points_of (store, b, tags[i]);
    g_assert_cmpuint (x->len, >, 0);
    g_assert_cmpuint (x->len, ==, y->len);
    for (guint j = 0; j < x->len; j++) {
      const TelarWallPoint *p = &g_array_index (x, TelarWallPoint, j);
      const TelarWallPoint *q = &g_array_index (y, TelarWallPoint, j);
      g_assert_cmpint (p->step, ==, q->step);
      assert_same_bits (p->wall, q->wall);
      assert_same_bits (p->value, q->value);
    }
  }
}

static void
test_bulk (void)
{
  g_autofree char *workspace = workspace_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (workspace, TRUE, &error);
  TelarBulkSummary summary = make_run (store, "r");
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");
  g_autoptr (GArray) shown = workspace_points (store, row->id, "loss", -1);
  g_autoptr (GArray) all = points_of (store, "r", "loss");

  g_assert_cmpint (summary.points, ==, 20000 + 100 + 3 + 3);
  g_assert_cmpint (summary.replaced, ==, 102);
  g_assert_cmpstr (row->status, ==, "done");
  g_assert_cmpint (row->step, ==, 3 * 9999);
  /* The curve: each step once, the later value where there were two. */
  g_assert_cmpuint (shown->len, ==, 10000);
  for (guint i = 0; i < shown->len; i++) {
    const TelarPoint *point = &g_array_index (shown, TelarPoint, i);
    g_assert_cmpint (point->step, ==, i);
    g_assert_cmpfloat (point->value, ==, i >= 5000 && i < 5100 ? -1 : (double)(float)value_at (i));
  }
  /* All of it: what was replaced comes first, then the curve, with every bit of the time. */
  g_assert_cmpuint (all->len, ==, 10100);
  assert_same_bits (g_array_index (all, TelarWallPoint, 0).wall, wall_at (5000));
  assert_same_bits (g_array_index (all, TelarWallPoint, 100 + 7777).wall, wall_at (7777));
  workspace_check_integrity (workspace);
  workspace_remove (workspace);
}

/* A run that is given up leaves nothing. */
static void
test_bulk_given_up (void)
{
  g_autofree char *workspace = workspace_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (workspace, TRUE, &error);
  TelarRecording recording = { .run = "r" };
  TelarBulk *bulk = telar_bulk_new (store, &recording, &error);
  TelarWallPoint back = { -1, 0, 0 };

  for (gint64 i = 0; i < 300000; i++)
    add (bulk, "x", i, 0, 0);
  g_assert_false (telar_bulk_add (bulk, telar_bulk_tag (bulk, "x", 1, NULL), &back, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  telar_bulk_free (bulk);
  g_assert_null (telar_store_find_run (store, "r", NULL));
  workspace_remove (workspace);
}

/* --- event files ------------------------------------------------------------------------- */

static char *
export_run (TelarStore *store, const char *run, const char *folder)
{
  g_autoptr (TelarRunRow) row = workspace_run (store, run);
  g_autoptr (GError) error = NULL;
  char *path = telar_events_export (store, row, folder, &error);

  g_assert_no_error (error);
  return path;
}

static void
test_round_trip (void)
{
  g_autofree char *workspace = workspace_new ();
  g_autofree char *logs = g_build_filename (workspace, "logs", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (workspace, TRUE, &error);
  TelarBulkSummary made = make_run (store, "r");
  g_autofree char *path G_GNUC_UNUSED = export_run (store, "r", logs);
  g_autoptr (GPtrArray) all = telar_events_import (store, logs, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 1);
  const TelarImported *imported = all->pdata[0];
  g_assert_cmpstr (imported->run, ==, "r-1");
  g_assert_cmpint (imported->summary.points, ==, made.points);
  g_assert_cmpint (imported->summary.replaced, ==, made.replaced);
  g_assert_cmpint (imported->unfinished, ==, 0);
  for (guint i = 0; i < TELAR_N_LEFT; i++)
    g_assert_cmpint (imported->left_out[i], ==, 0);
  assert_same_run (store, "r", "r-1");
  g_autoptr (TelarRunRow) row = workspace_run (store, "r-1");
  g_assert_cmpstr (row->settings, ==, "{\"lr\":0.1,\"net.size\":3.0}");
  workspace_remove (workspace);
}

/* A small event file: its bytes. */
static GBytes *
small_file (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "small.tfevents", NULL);
  g_autoptr (GByteArray) event = g_byte_array_new ();
  g_autoptr (GByteArray) value = g_byte_array_new ();
  g_autoptr (GByteArray) summary = g_byte_array_new ();
  FILE *file = g_fopen (path, "wb");
  char *bytes;
  gsize size;

  for (int i = 0; i < 5; i++) {
    telar_proto_put_double (event, 1, wall_at (i));
    telar_proto_put_varint (event, 2, (guint64)i);
    telar_proto_put_text (value, 1, "loss");
    telar_proto_put_float (value, 2, (float)i);
    telar_proto_put_message (summary, 1, value);
    telar_proto_put_message (event, 5, summary);
    telar_record_write (file, event->data, event->len);
    g_byte_array_set_size (event, 0);
  }
  fclose (file);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_unlink (path);
  return g_bytes_new_take (bytes, size);
}

static GPtrArray *
import_bytes (TelarStore *store, const char *bytes, gsize size, GError **error)
{
  g_autofree char *path = g_build_filename (telar_store_workspace (store), "x.tfevents", NULL);

  g_assert_true (g_file_set_contents (path, bytes, (gssize)size, NULL));
  return telar_events_import (store, path, "cut", error);
}

/* Whole records are taken, the rest is told. */
static void
test_cut_off (void)
{
  g_autofree char *workspace = workspace_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (workspace, TRUE, &error);
  g_autoptr (GBytes) file = small_file (workspace);
  gsize size;
  const char *bytes = g_bytes_get_data (file, &size);

  g_assert_cmpuint (size % 5, ==, 0);
  for (gsize n = 0; n <= size; n++) {
    g_autoptr (GPtrArray) all = import_bytes (store, bytes, n, &error);
    g_assert_no_error (error);
    const TelarImported *imported = all->pdata[0];
    g_assert_cmpint (imported->summary.points, ==, (gint64)(n / (size / 5)));
    g_assert_cmpint (imported->unfinished, ==, (gint64)(n % (size / 5)));
  }
  workspace_remove (workspace);
}

/* Any byte that is changed is noticed, and nothing stays of the run. */
static void
test_damaged (void)
{
  g_autofree char *workspace = workspace_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (workspace, TRUE, &error);
  g_autoptr (GBytes) file = small_file (workspace);
  gsize size;
  const char *bytes = g_bytes_get_data (file, &size);

  for (gsize i = 0; i < size; i++) {
    g_autofree char *copy = g_memdup2 (bytes, size);
    copy[i] ^= 0x20;
    g_assert_null (import_bytes (store, copy, size, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_autofree char *at =
        g_strdup_printf ("x.tfevents: the record at byte %zu ", i / (size / 5) * (size / 5));
    g_assert_nonnull (strstr (error->message, at));
    g_clear_error (&error);
  }
  g_autoptr (GPtrArray) runs = telar_store_runs (store, &error);
  g_assert_cmpuint (runs->len, ==, 0);
  workspace_remove (workspace);
}

/* --- JSON -------------------------------------------------------------------------------- */

static void
test_json (void)
{
  g_autofree char *workspace = workspace_new ();
  g_autofree char *path = g_build_filename (workspace, "r.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (workspace, TRUE, &error);
  TelarBulkSummary made = make_run (store, "r"), read;
  g_autoptr (TelarRunRow) row = workspace_run (store, "r");

  g_assert_true (telar_run_write_json (store, row, path, &error));
  g_assert_no_error (error);
  g_autofree char *name = telar_run_read_json (store, path, "s", &read, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "s");
  g_assert_cmpint (read.points, ==, made.points);
  assert_same_run (store, "r", "s");
  g_autoptr (TelarRunRow) other = workspace_run (store, "s");
  g_assert_cmpstr (other->settings, ==, row->settings);
  g_assert_cmpstr (other->metrics, ==, row->metrics);
  workspace_remove (workspace);
}

static void
test_json_refused (void)
{
  static const char *const texts[] = {
    "",
    "[]",
    "{}",
    "{\"format\":\"telar-run\",\"version\":2}",
    "{\"format\":\"telar-run\",\"version\":1,\"curves\":[{}]}",
    "{\"format\":\"telar-run\",\"version\":1,\"curves\":[{\"tag\":\"a\",\"points\":[[0,1]]}]}",
    "{\"format\":\"telar-run\",\"version\":1,\"curves\":[{\"tag\":\"a\",\"points\":[[-1,1,1]]}]}",
    "{\"format\":\"telar-run\",\"version\":1,\"curves\":[{\"tag\":\"a\",\"points\":[[0,1,{}]]}]}",
    "{\"format\":\"telar-run\",\"version\":1,\"events\":[{}]}",
    "{\"format\":\"telar-run\",\"version\":1,\"figures\":[{\"name\":\"x\"}]}",
  };
  g_autofree char *workspace = workspace_new ();
  g_autofree char *path = g_build_filename (workspace, "r.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (workspace, TRUE, &error);
  TelarBulkSummary summary;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
    g_assert_null (telar_run_read_json (store, path, NULL, &summary, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    g_clear_error (&error);
  }
  g_autoptr (GPtrArray) runs = telar_store_runs (store, &error);
  g_assert_cmpuint (runs->len, ==, 0);
  workspace_remove (workspace);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/insight/events/crc", test_crc);
  g_test_add_func ("/insight/events/bulk", test_bulk);
  g_test_add_func ("/insight/events/bulk-given-up", test_bulk_given_up);
  g_test_add_func ("/insight/events/round-trip", test_round_trip);
  g_test_add_func ("/insight/events/cut-off", test_cut_off);
  g_test_add_func ("/insight/events/damaged", test_damaged);
  g_test_add_func ("/insight/events/json", test_json);
  g_test_add_func ("/insight/events/json-refused", test_json_refused);
  return g_test_run ();
}
