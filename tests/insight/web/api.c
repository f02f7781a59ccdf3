/* telar serve over HTTP: what the API answers. */
#include "insight/lineage.h"
#include "insight/store-media.h"
#include "insight/store-private.h"
#include "tests/insight/web/server.h"

#include <math.h>
#include <string.h>

static void
set_up (Server *server, gconstpointer data)
{
  server_start (server);
}

static void
tear_down (Server *server, gconstpointer data)
{
  server_stop (server);
}

static double
number_at (const json_t *lists, const char *name, gsize i)
{
  const json_t *value = json_array_get (json_object_get (lists, name), i);

  return json_is_null (value) ? NAN : json_number_value (value);
}

static void
record_points (TelarMonitor *monitor, gint64 n)
{
  for (gint64 step = 1; step <= n; step++)
    telar_monitor_scalar (monitor, "loss", step, step == 7 ? NAN : value_at (step));
  telar_monitor_flush (monitor);
}

static void
test_scalars (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);
  const gint64 n = 10000; /* two chunks and a tail */

  record_points (monitor, n);
  json_t *all = server_get (server, "/api/runs/a/scalars?tag=loss&columns=100");
  g_assert_false (json_is_true (json_object_get (all, "whole")));
  g_assert_cmpint (json_integer_value (json_object_get (all, "points")), ==, n);
  g_assert_cmpuint (json_array_size (json_object_get (all, "step")), ==, 100);
  double sum = 0;
  gint64 step = 1;
  for (gsize i = 0; i < 100; i++) {
    double least = INFINITY, most = -INFINITY, total = 0;
    gint64 last = (gint64)number_at (all, "step", i), finite = 0;
    sum += number_at (all, "count", i);
    for (; step <= last; step++)
      if (step != 7) {
        least = MIN (least, value_at (step));
        most = MAX (most, value_at (step));
        total += value_at (step);
        finite++;
      }
    g_assert_cmpfloat (number_at (all, "min", i), ==, least);
    g_assert_cmpfloat (number_at (all, "max", i), ==, most);
    g_assert_cmpfloat_with_epsilon (number_at (all, "value", i), total / (double)finite, 1e-12);
  }
  g_assert_cmpfloat (sum, ==, n);
  json_decref (all);

  /* Zoomed in far enough each point is there, to the last bit, over the edge of a chunk. */
  json_t *some = server_get (server, "/api/runs/a/scalars?tag=loss&from=4090&to=4110&columns=50");
  g_assert_true (json_is_true (json_object_get (some, "whole")));
  g_assert_cmpuint (json_array_size (json_object_get (some, "step")), ==, 21);
  for (gsize i = 0; i < 21; i++) {
    g_assert_cmpfloat (number_at (some, "step", i), ==, 4090.0 + (double)i);
    g_assert_cmpfloat (number_at (some, "value", i), ==, value_at (4090 + (gint64)i));
  }
  json_decref (some);
  json_t *first = server_get (server, "/api/runs/a/scalars?tag=loss&to=10");
  g_assert_true (isnan (number_at (first, "value", 6)));
  json_decref (first);
  telar_monitor_free (monitor);
}

static void
test_runs (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);

  telar_monitor_scalar (monitor, "loss", 1, 0.5);
  telar_monitor_event (monitor, 1, "learning_rate", "now 0.1");
  telar_monitor_flush (monitor);
  json_t *runs = server_get (server, "/api/runs");
  const json_t *run = json_array_get (json_object_get (runs, "runs"), 0);
  g_assert_cmpstr (json_string_value (json_object_get (run, "run")), ==, "a");
  g_assert_cmpstr (json_string_value (json_object_get (run, "status")), ==, "running");
  json_decref (runs);
  json_t *tags = server_get (server, "/api/runs/a/tags");
  const json_t *tag = json_array_get (json_object_get (tags, "tags"), 0);
  g_assert_cmpstr (json_string_value (json_object_get (tag, "tag")), ==, "loss");
  g_assert_cmpint (json_integer_value (json_object_get (tag, "points")), ==, 1);
  json_decref (tags);
  json_t *events = server_get (server, "/api/runs/a/events");
  const json_t *event = json_array_get (json_object_get (events, "events"), 0);
  g_assert_cmpstr (json_string_value (json_object_get (event, "kind")), ==, "learning_rate");
  json_decref (events);
  json_t *graph = server_get (server, "/api/runs/a/graph");
  g_assert_true (json_is_array (json_object_get (graph, "nodes")));
  json_decref (graph);

  /* While it goes on it stays; then it can be renamed and deleted. */
  g_assert_cmpuint (server_post (server, "DELETE", "/api/runs/a", "{}"), ==, 409);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  g_assert_cmpuint (server_post (server, "PATCH", "/api/runs/a", "{\"run\":\"../b\"}"), ==, 400);
  g_assert_cmpuint (server_post (server, "PATCH", "/api/runs/a", "{}"), ==, 400);
  g_assert_cmpuint (server_post (server, "PATCH", "/api/runs/a", "{\"run\":\"b\"}"), ==, 200);
  g_assert_cmpuint (server_status (server, "/api/runs/a"), ==, 404);
  g_assert_cmpuint (server_post (server, "DELETE", "/api/runs/b", "{}"), ==, 200);
  g_assert_cmpuint (server_status (server, "/api/runs/b"), ==, 404);
}

/* A request comes to the trainer, and its answer comes back. */
static void
test_requests (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);
  TelarRequest request;

  g_assert_cmpuint (server_post (server, "POST", "/api/runs/a/requests",
                                 "{\"kind\":\"learning-rate\",\"value\":0.25}"),
                    ==, 202);
  while (!telar_monitor_poll (monitor, &request))
    g_usleep (1000);
  g_assert_cmpint (request.kind, ==, TELAR_REQUEST_LEARNING_RATE);
  g_assert_cmpfloat (request.value, ==, 0.25);
  json_t *before = server_get (server, "/api/runs/a/requests");
  const json_t *row = json_array_get (json_object_get (before, "requests"), 0);
  g_assert_true (json_is_null (json_object_get (row, "outcome")));
  json_decref (before);

  telar_monitor_answer (monitor, &request, 12, NULL);
  telar_monitor_flush (monitor);
  json_t *after = server_get (server, "/api/runs/a/requests");
  row = json_array_get (json_object_get (after, "requests"), 0);
  g_assert_cmpstr (json_string_value (json_object_get (row, "kind")), ==, "learning-rate");
  g_assert_cmpstr (json_string_value (json_object_get (row, "outcome")), ==, "done");
  g_assert_cmpint (json_integer_value (json_object_get (row, "step")), ==, 12);
  json_decref (after);
  telar_monitor_free (monitor);
}

static char *
setting_of (Server *server, const char *path)
{
  json_t *answer = server_get (server, "/api/runs/a/settings"), *setting;
  char *value = NULL;
  size_t i;

  json_array_foreach (json_object_get (answer, "settings"), i, setting)
  {
    if (g_strcmp0 (json_string_value (json_object_get (setting, "path")), path) == 0)
      value = g_strdup (json_string_value (json_object_get (setting, "value")));
  }
  json_decref (answer);
  return value;
}

/* All that the trainer can be asked can be asked here, by the same names. */
static void
test_all_kinds (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);
  g_autofree char *before = setting_of (server, "training.weight_decay");
  TelarRequest request;

  g_assert_cmpstr (before, ==, "0");
  for (int kind = TELAR_REQUEST_PAUSE; kind < TELAR_N_REQUESTS; kind++) {
    g_autofree char *body =
        g_strdup_printf ("{\"kind\":\"%s\",\"value\":1,\"text\":\"training.weight_decay=0.5\"}",
                         telar_request_name ((TelarRequestKind)kind));
    g_assert_cmpuint (server_post (server, "POST", "/api/runs/a/requests", body), ==, 202);
    while (!telar_monitor_poll (monitor, &request))
      g_usleep (1000);
    g_assert_cmpint (request.kind, ==, kind);
    g_assert_cmpstr (request.text, ==, "training.weight_decay=0.5");
    telar_monitor_answer (monitor, &request, 3, NULL);
  }
  telar_monitor_flush (monitor);
  g_autofree char *after = setting_of (server, "training.weight_decay");
  g_assert_cmpstr (after, ==, "0.5");
  telar_monitor_free (monitor);
}

/* The run and its weights; a file that is written anew with other bytes is told. */
static void
test_lineage (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);
  TelarStore *store = workspace_open (server->workspace);
  TelarRunRow *row = workspace_run (store, "a");
  g_autofree char *path = g_build_filename (server->workspace, "weights", NULL);
  g_autoptr (GError) error = NULL;

  for (guint turn = 0; turn < 2; turn++) {
    g_assert_true (g_file_set_contents (path, turn == 0 ? "one" : "two", -1, &error));
    if (turn == 0)
      telar_store_put_artifact (store, row->id, "weights", path, 7, &error);
    g_assert_no_error (error);
    json_t *answer = server_get (server, "/api/runs/a/lineage?changed=other%20bytes");
    const json_t *nodes = json_object_get (answer, "nodes"), *file = json_array_get (nodes, 1);
    g_assert_cmpuint (json_array_size (nodes), ==, 2);
    g_assert_cmpuint (json_array_size (json_object_get (answer, "edges")), ==, 1);
    g_assert_true (json_is_true (json_object_get (json_array_get (nodes, 0), "asked")));
    g_assert_cmpint (json_integer_value (json_object_get (file, "step")), ==, 7);
    g_assert_cmpstr (json_string_value (json_object_get (file, "file")), ==,
                     turn == 0 ? "same" : "changed");
    const char *says = json_string_value (json_object_get (file, "text"));
    g_assert_true ((strstr (says, "other bytes") != NULL) == (turn == 1));
    g_assert_cmpfloat (number_at (file, "box", 2), >, 100);
    json_decref (answer);
  }
  g_assert_cmpuint (server_status (server, "/api/runs/a/lineage-picture?dark=1"), ==, 200);
  g_assert_cmpuint (server_status (server, "/api/runs/b/lineage-picture"), ==, 404);
  telar_run_row_free (row);
  telar_store_close (store);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
}

/* As numbers and drawn: the axes that matter, the places of the runs, those that are asked for. */
static void
test_scatter (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "without", 100);

  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  json_t *none = server_get (server, "/api/scatter?filter=sgd%7Cwith");
  g_assert_true (json_is_null (json_object_get (none, "result")));
  json_decref (none);
  workspace_record_search (server->workspace);
  json_t *answer = server_get (server, "/api/scatter?width=800&height=600&filter=search");
  const json_t *axes = json_object_get (answer, "axes"), *shown = json_object_get (answer, "shown");
  g_assert_cmpstr (json_string_value (json_object_get (answer, "result")), ==, "val_accuracy");
  g_assert_cmpuint (json_array_size (json_object_get (answer, "runs")), ==, 12);
  g_assert_cmpuint (json_array_size (axes), ==, 6);  /* three settings, three results */
  g_assert_cmpuint (json_array_size (shown), ==, 4); /* the settings and the result */
  const json_t *last = json_array_get (shown, 3);
  g_assert_cmpstr (json_string_value (json_object_get (last, "key")), ==, "last:val_accuracy");
  g_assert_cmpfloat (number_at (last, "across", 0), >, 400);
  g_assert_cmpfloat (number_at (last, "across", 1), <, 800);
  g_assert_cmpfloat (number_at (last, "up", 0), >, number_at (last, "up", 1));
  double least = 1;
  for (guint i = 0; i < 12; i++)
    least = MIN (least, number_at (last, "parts", i));
  g_assert_cmpfloat (least, ==, 0);
  json_decref (answer);

  json_t *two = server_get (server, "/api/scatter?filter=-0%5B1-3%5D&result=loss"
                                    "&axis=last:loss&axis=choice:optimizer");
  shown = json_object_get (two, "shown");
  g_assert_cmpuint (json_array_size (json_object_get (two, "runs")), ==, 3);
  g_assert_cmpuint (json_array_size (shown), ==, 2);
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (shown, 0), "key")), ==,
                   "choice:optimizer");
  json_decref (two);
  g_assert_cmpuint (server_status (server, "/api/scatter-picture?out=1&out=2&dark=1"), ==, 200);
  g_assert_cmpuint (server_status (server, "/api/scatter-picture?out=all"), ==, 400);
  g_assert_cmpuint (server_status (server, "/api/scatter?axis=choice:nothing"), ==, 400);
  g_assert_cmpuint (server_status (server, "/api/scatter?filter=("), ==, 400);
  g_assert_cmpuint (server_status (server, "/api/scatter?result=nothing"), ==, 404);
}

/* As numbers, and drawn. */
static void
see_curves (Server *server, TelarStore *store, gint64 run)
{
  double x[] = { 0, 1 }, y[] = { 0.25, 1 };
  g_autoptr (GError) error = NULL;

  for (gint64 step = 1; step <= 2; step++) {
    TelarCurve curve = { .step = step, .n = 2, .x = x, .y = y, .area = 0.5 * (double)step };
    telar_store_put_curve (store, run, "val_roc/micro", &curve, &error);
    g_assert_no_error (error);
  }
  y[1] = NAN;
  TelarCurve holed = { .step = 1, .n = 2, .x = x, .y = y, .area = NAN };
  telar_store_put_curve (store, run, "z", &holed, &error);
  g_assert_no_error (error);
  json_t *answer = server_get (server, "/api/runs/a/curves?step=1");
  const json_t *curve = json_array_get (json_object_get (answer, "curves"), 0);
  g_assert_cmpuint (json_array_size (json_object_get (answer, "steps")), ==, 2);
  g_assert_cmpint (json_integer_value (json_object_get (curve, "step")), ==, 1);
  g_assert_cmpfloat (json_number_value (json_object_get (curve, "area")), ==, 0.5);
  g_assert_cmpfloat (number_at (curve, "y", 0), ==, 0.25);
  const json_t *other = json_array_get (json_object_get (answer, "curves"), 1);
  g_assert_true (json_is_null (json_array_get (json_object_get (other, "y"), 1)));
  g_assert_true (json_is_null (json_object_get (other, "area")));
  json_decref (answer);
  g_assert_cmpuint (server_status (server, "/api/runs/a/curve-picture?kind=roc"), ==, 200);
  g_assert_cmpuint (server_status (server, "/api/runs/a/curve-picture?kind=none"), ==, 400);
  g_assert_cmpuint (server_status (server, "/api/runs/a/curve-picture?kind=calibration"), ==, 404);
}

/* What stands in the store besides scalars is answered as it stands there. */
static void
test_media (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);
  TelarStore *store = workspace_open (server->workspace);
  TelarRunRow *row = workspace_run (store, "a");
  g_autoptr (TelarHistogram) histogram = telar_histogram_new (2);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 3; i++)
    histogram->edges[i] = i - 1;
  for (gint64 step = 1; step <= 3; step++) {
    histogram->step = step;
    histogram->counts[0] = 3;
    histogram->counts[1] = (double)step;
    histogram->n = 3 + (double)step;
    histogram->min = -1;
    histogram->max = 1;
    if (step == 3) { /* the others come from elsewhere, where they are not counted */
      histogram->zeros = 2;
      histogram->nans = 0;
    }
    telar_store_put_histogram (store, row->id, "conv1.kernel", histogram, &error);
    g_assert_no_error (error);
    g_autofree char *counts = g_strdup_printf ("[[%d,0],[0,9]]", (int)step);
    g_assert_true (telar_store_put_figure (store, row->id, "confusion_matrix", step, counts, NULL));
  }
  json_t *series = server_get (server, "/api/runs/a/histogram-series");
  const json_t *one = json_array_get (json_object_get (series, "series"), 0);
  g_assert_cmpstr (json_string_value (json_object_get (one, "name")), ==, "conv1.kernel");
  g_assert_cmpint (json_integer_value (json_object_get (one, "last_step")), ==, 3);
  json_decref (series);
  json_t *answer = server_get (server, "/api/runs/a/histograms?name=conv1.kernel&after=1");
  const json_t *list = json_object_get (answer, "histograms");
  g_assert_cmpuint (json_array_size (list), ==, 2);
  const json_t *last = json_array_get (list, 1);
  g_assert_cmpint (json_integer_value (json_object_get (last, "step")), ==, 3);
  g_assert_cmpfloat (number_at (last, "counts", 1), ==, 3);
  g_assert_cmpfloat (number_at (last, "edges", 2), ==, 1);
  g_assert_cmpfloat (json_number_value (json_object_get (last, "zeros")), ==, 2);
  g_assert_cmpfloat (json_number_value (json_object_get (last, "nans")), ==, 0);
  g_assert_true (json_is_null (json_object_get (json_array_get (list, 0), "zeros")));
  json_decref (answer);
  json_t *steps = server_get (server, "/api/runs/a/figure-steps?name=confusion_matrix");
  g_assert_cmpuint (json_array_size (json_object_get (steps, "steps")), ==, 3);
  json_decref (steps);
  json_t *then = server_get (server, "/api/runs/a/figures?step=2");
  const json_t *figure = json_array_get (json_object_get (then, "figures"), 0);
  const json_t *corner = json_array_get (json_array_get (json_object_get (figure, "values"), 0), 0);
  g_assert_cmpint (json_integer_value (corner), ==, 2);
  json_decref (then);
  see_curves (server, store, row->id);
  g_assert_cmpuint (server_status (server, "/api/runs/a/histograms"), ==, 400);
  g_assert_cmpuint (server_status (server, "/api/runs/a/histograms?name=x&most=0"), ==, 400);
  g_assert_cmpuint (server_status (server, "/api/runs/a/image?name=x"), ==, 404);
  g_assert_cmpuint (server_status (server, "/api/runs/a/images?name=x"), ==, 200);
  telar_run_row_free (row);
  telar_store_close (store);
  telar_monitor_free (monitor);
}

static void
test_pictures (Server *server, gconstpointer data)
{
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 100);
  static const struct {
    const char *format, *begins;
  } cases[] = { { "svg", "<?xml" }, { "pdf", "%PDF" }, { "png", "\x89PNG" } };

  record_points (monitor, 500);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf (
        "/api/chart?run=a&tag=loss&x=epoch&log=1&smoothing=0.9&dark=1&format=%s", cases[i].format);
    g_autoptr (SoupMessage) message = server_message (server, "GET", path);
    g_autoptr (GBytes) body = NULL;
    g_assert_cmpuint (server_send (server, message, &body), ==, 200);
    g_assert_true (g_str_has_prefix (g_bytes_get_data (body, NULL), cases[i].begins));
    g_assert_cmpuint (g_bytes_get_size (body), >, 1000);
  }
  telar_monitor_free (monitor);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (Server *server, gconstpointer data);
  } tests[] = {
    { "/web/scalars", test_scalars },   { "/web/runs", test_runs },
    { "/web/requests", test_requests }, { "/web/all-kinds", test_all_kinds },
    { "/web/scatter", test_scatter },   { "/web/lineage", test_lineage },
    { "/web/media", test_media },       { "/web/pictures", test_pictures },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Server, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
