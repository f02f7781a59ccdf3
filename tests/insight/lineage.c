/* The lineage of runs: what is read of it, whether files have changed since, where cards lie. */
#include "engine/file-hash.h"
#include "engine/graph.h"
#include "engine/operator.h"
#include "insight/lineage-draw.h"
#include "tests/insight/workspace.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

typedef struct {
  char *workspace;
  TelarStore *store;
} Fixture;

static char *
put_file (Fixture *fixture, const char *name, const char *text)
{
  char *path = g_build_filename (fixture->workspace, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

static gint64
put_run (Fixture *fixture, const char *name, const char *parent)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  g_autofree char *text = telar_graph_to_text (graph);
  TelarRecording recording = {
    .run = name, .graph = text, .settings = "{}", .parent = parent, .parent_step = parent ? 40 : 0
  };
  TelarRunInfo info = { .run = name, .device = "cpu", .steps_per_epoch = 10, .epochs = 1 };
  g_autoptr (GError) error = NULL;
  TelarMonitor *monitor = telar_recorder_new (fixture->workspace, &recording, &error);

  g_assert_no_error (error);
  telar_monitor_begin (monitor, &info);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  TelarRunRow *row = workspace_run (fixture->store, name);
  gint64 id = row->id;
  telar_run_row_free (row);
  return id;
}

static void
put_source (Fixture *fixture, gint64 run, const char *path)
{
  g_autoptr (GError) error = NULL;
  TelarSourceRow source = { .node = (char *)"rows", .path = (char *)path };

  source.sha256 = telar_file_hash (path, &source.bytes, &error);
  g_assert_no_error (error);
  telar_store_put_source (fixture->store, run, &source, &error);
  g_assert_no_error (error);
  g_free (source.sha256);
}

static void
put_artifact (Fixture *fixture, gint64 run, const char *kind, const char *path)
{
  g_autoptr (GError) error = NULL;

  telar_store_put_artifact (fixture->store, run, kind, path, 10, &error);
  g_assert_no_error (error);
}

/* Two files of data, a run with weights, two forks of it, the second with a model and a fork. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->workspace = workspace_new ();
  g_autofree char *rows = put_file (fixture, "rows.csv", "1,2\n3,4\n");
  g_autofree char *labels = put_file (fixture, "labels.csv", "0\n1\n");
  g_autofree char *weights = put_file (fixture, "weights.safetensors", "weights");
  g_autofree char *model = put_file (fixture, "model.onnx", "model");
  TelarMonitor *first = workspace_record (fixture->workspace, "other", 10);

  telar_monitor_end (first, TELAR_RUN_DONE, NULL);
  telar_monitor_free (first);
  fixture->store = workspace_open (fixture->workspace);
  gint64 run = put_run (fixture, "root", NULL);
  put_source (fixture, run, rows);
  put_source (fixture, run, labels);
  put_artifact (fixture, run, "weights", weights);
  put_run (fixture, "fork-a", "root");
  gint64 fork = put_run (fixture, "fork-b", "root");
  put_source (fixture, fork, rows);
  put_artifact (fixture, fork, "onnx", model);
  put_run (fixture, "grandchild", "fork-b");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  telar_store_close (fixture->store);
  workspace_remove (fixture->workspace);
  g_free (fixture->workspace);
}

static const TelarLineageWords words = { "Data",    "Run",           "Deleted run",
                                         "Weights", "Model",         "forked at step %s",
                                         "step",    "changed since", "missing",
                                         "unknown" };

static TelarLineageView *
read_view (Fixture *fixture, const char *run, gint64 most_bytes)
{
  g_autoptr (GError) error = NULL;
  TelarLineage *lineage = telar_lineage_read (fixture->store, run, &error);
  TelarLineageView *view = telar_lineage_view_new (&words);

  g_assert_no_error (error);
  telar_lineage_check_files (lineage, most_bytes);
  telar_lineage_view_show (view, lineage);
  return view;
}

static guint
find (const TelarLineageView *view, const char *name)
{
  const TelarLineage *lineage = telar_lineage_view_get (view);

  for (guint i = 0; i < lineage->nodes->len; i++)
    if (g_str_equal (((const TelarLineageNode *)lineage->nodes->pdata[i])->name, name))
      return i;
  g_assert_not_reached ();
}

static TelarLineageFile
file_of (const TelarLineageView *view, const char *name)
{
  const TelarLineageNode *node = telar_lineage_view_get (view)->nodes->pdata[find (view, name)];

  return node->file;
}

/* The same bytes written again are the same; others are not, nor is a file that is gone. */
static void
test_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarLineageView) before = read_view (fixture, "fork-b", G_MAXINT64);

  g_assert_cmpint (file_of (before, "rows.csv"), ==, TELAR_LINEAGE_FILE_SAME);
  g_assert_cmpint (file_of (before, "model.onnx"), ==, TELAR_LINEAGE_FILE_SAME);
  g_assert_cmpint (file_of (before, "root"), ==, TELAR_LINEAGE_FILE_UNASKED);
  g_free (put_file (fixture, "rows.csv", "1,2\n3,5\n")); /* as long */
  g_free (put_file (fixture, "labels.csv", "0\n1\n"));
  g_autofree char *model = g_build_filename (fixture->workspace, "model.onnx", NULL);
  g_assert_cmpint (g_unlink (model), ==, 0);
  g_autoptr (TelarLineageView) view = read_view (fixture, "fork-b", G_MAXINT64);
  g_assert_cmpint (file_of (view, "rows.csv"), ==, TELAR_LINEAGE_FILE_CHANGED);
  g_assert_cmpint (file_of (view, "labels.csv"), ==, TELAR_LINEAGE_FILE_SAME);
  g_assert_cmpint (file_of (view, "model.onnx"), ==, TELAR_LINEAGE_FILE_MISSING);
  g_autofree char *says = telar_lineage_view_describe (view, find (view, "rows.csv"));
  g_assert_nonnull (strstr (says, "changed since"));
  g_assert_nonnull (strstr (says, "sha256:"));
  g_autofree char *fork = telar_lineage_view_describe (view, find (view, "fork-b"));
  g_assert_nonnull (strstr (fork, "forked at step 40"));
  g_autoptr (TelarLineageView) small = read_view (fixture, "fork-b", 3);
  g_assert_cmpint (file_of (small, "rows.csv"), ==, TELAR_LINEAGE_FILE_UNKNOWN);
}

static void
draw (TelarLineageView *view, double width, double height)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)width, (int)height);
  cairo_t *cr = cairo_create (surface);
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, FALSE);
  telar_lineage_view_draw (view, cr, width, height, &theme);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* Cards lie apart, within the picture, each to the right of what it came from. */
static void
test_places (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarLineageView) view = read_view (fixture, "fork-b", G_MAXINT64);
  const TelarLineage *lineage = telar_lineage_view_get (view);
  double width, height, a[4], b[4];

  telar_lineage_view_size (view, 12, &width, &height);
  g_assert_cmpuint (lineage->nodes->len, ==, 8);
  for (double part = 1; part > 0.4; part -= 0.5) { /* also in half the room */
    draw (view, ceil (part * width), ceil (part * height));
    for (guint i = 0; i < lineage->nodes->len; i++) {
      telar_lineage_view_card (view, i, a);
      g_assert_true (a[0] >= 0 && a[1] >= 0);
      g_assert_true (a[0] + a[2] <= ceil (part * width) && a[1] + a[3] <= ceil (part * height));
      g_assert_cmpint (telar_lineage_view_at (view, a[0] + a[2] / 2, a[1] + a[3] / 2), ==, (int)i);
      for (guint k = 0; k < i; k++) {
        telar_lineage_view_card (view, k, b);
        g_assert_true (a[0] + a[2] <= b[0] || b[0] + b[2] <= a[0] || a[1] + a[3] <= b[1] ||
                       b[1] + b[3] <= a[1]);
      }
    }
    for (guint i = 0; i < lineage->edges->len; i++) {
      const TelarLineageEdge *edge = &g_array_index (lineage->edges, TelarLineageEdge, i);
      telar_lineage_view_card (view, edge->from, a);
      telar_lineage_view_card (view, edge->to, b);
      g_assert_cmpfloat (a[0] + a[2], <, b[0]);
    }
  }
  g_assert_cmpint (telar_lineage_view_at (view, 0, 0), ==, -1);
}

/* The arrows begin at the run itself and go from card to card. */
static void
test_walk (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TelarLineageView) view = read_view (fixture, "fork-b", G_MAXINT64);

  telar_lineage_view_move (view, 1, 0);
  g_assert_cmpint (telar_lineage_view_picked (view), ==, (int)find (view, "fork-b"));
  telar_lineage_view_move (view, -1, 0);
  g_assert_cmpint (telar_lineage_view_picked (view), ==, (int)find (view, "root"));
  telar_lineage_view_move (view, -1, 0);
  int leftmost = telar_lineage_view_picked (view);
  telar_lineage_view_move (view, -1, 0); /* nothing is further left */
  g_assert_cmpint (telar_lineage_view_picked (view), ==, leftmost);
  g_assert_true (telar_lineage_view_pick (view, -1));
  g_assert_false (telar_lineage_view_pick (view, -1));

  g_autoptr (TelarLineageView) nothing = telar_lineage_view_new (&words);
  telar_lineage_view_move (nothing, 1, 0);
  g_assert_cmpint (telar_lineage_view_picked (nothing), ==, -1);
  draw (nothing, 100, 100);
  g_autoptr (TelarLineageView) alone = read_view (fixture, "other", G_MAXINT64);
  g_assert_cmpuint (telar_lineage_view_get (alone)->nodes->len, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  g_test_add ("/insight/lineage/files", Fixture, NULL, set_up, test_files, tear_down);
  g_test_add ("/insight/lineage/places", Fixture, NULL, set_up, test_places, tear_down);
  g_test_add ("/insight/lineage/walk", Fixture, NULL, set_up, test_walk, tear_down);
  return g_test_run ();
}
