/* The run of the trainer's tests. */
#include "sample-run.h"
#include "sample-feed.h"
#include "sample-operators.h"
#include <glib/gstdio.h>
#include <string.h>

/* --- a listener ------------------------------------------------------------------------------- */

static void
listener_begin (TelarMonitor *monitor, const TelarRunInfo *info)
{
  Listener *listener = (Listener *)monitor;
  listener->first_step = info->first_step;
  listener->parameters = info->parameters;
}

static void
listener_scalar (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  Listener *listener = (Listener *)monitor;
  g_string_append_printf (listener->log, "%s %d %a\n", tag, (int)step, value);
  if (strcmp (tag, "loss") == 0)
    g_array_append_val (listener->losses, value);
  if (listener->interrupt && step == listener->interrupt_step)
    *listener->interrupt = 1;
}

static void
listener_epoch (TelarMonitor *monitor, gint64 epoch, gint64 step, const TelarMetricValue *metrics,
                guint n_metrics)
{
  Listener *listener = (Listener *)monitor;
  g_string_append_printf (listener->log, "epoch %d %d", (int)epoch, (int)step);
  for (guint i = 0; i < n_metrics; i++)
    g_string_append_printf (listener->log, " %s=%a", metrics[i].name, metrics[i].value);
  g_string_append_c (listener->log, '\n');
}

/* With how much was counted. */
static void
listener_figure (TelarMonitor *monitor, const char *name, gint64 step, const TelarTensor *values)
{
  double sum = 0;
  for (gsize i = 0; i < telar_tensor_elements (values); i++)
    sum += telar_tensor_get (values, i);
  g_string_append_printf (((Listener *)monitor)->log, "figure %s %d %g\n", name, (int)step, sum);
}

static void
listener_event (TelarMonitor *monitor, gint64 step, const char *kind, const char *text)
{
  g_string_append_printf (((Listener *)monitor)->log, "event %s %d %s\n", kind, (int)step, text);
}

static gboolean
listener_poll (TelarMonitor *monitor, TelarRequest *request)
{
  Listener *listener = (Listener *)monitor;
  guint poll = listener->polls++;
  if (listener->next_request == listener->n_requests ||
      listener->requests[listener->next_request].id > poll)
    return FALSE;
  *request = listener->requests[listener->next_request++];
  return TRUE;
}

static void
listener_answer (TelarMonitor *monitor, const TelarRequest *request, gint64 step,
                 const char *outcome)
{
  g_string_append_printf (((Listener *)monitor)->log, "answer %d %d %s\n", (int)request->kind,
                          (int)step, outcome);
}

static void
listener_end (TelarMonitor *monitor, TelarRunStatus status, const char *message)
{
  g_string_append_printf (((Listener *)monitor)->log, "end %s %s\n", telar_run_status_name (status),
                          message ? message : "");
}

static void
listener_init (Listener *listener)
{
  static const TelarMonitorClass klass = {
    .begin = listener_begin,
    .scalar = listener_scalar,
    .epoch = listener_epoch,
    .figure = listener_figure,
    .event = listener_event,
    .poll = listener_poll,
    .answer = listener_answer,
    .end = listener_end,
  };
  memset (listener, 0, sizeof *listener);
  listener->base.klass = &klass;
  listener->log = g_string_new (NULL);
  listener->losses = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
listener_clear (Listener *listener)
{
  g_string_free (listener->log, TRUE);
  g_array_unref (listener->losses);
}

/* --- a run ------------------------------------------------------------------------------------ */

/* Standardised, with batch norm and dropout: fitted states, updated buffers and randomness. */
static TelarGraph *
make_graph (void)
{
  static const char *const nodes[][2] = {
    { "t-data", "d" },       { "standardize", "std" }, { "dense", "fc1" }, { "relu", "act" },
    { "batch_norm", "bn" },  { "dropout", "drop" },    { "dense", "fc2" }, { "mse", "loss1" },
    { "mae_metric", "mae" }, { "output", "result" },
  };
  static const char *const wires[][2] = {
    { "d:image", "std" },
    { "std", "fc1" },
    { "fc1", "act" },
    { "act", "bn" },
    { "bn", "drop" },
    { "drop", "fc2" },
    { "fc2", "loss1:predictions" },
    { "d:label", "loss1:targets" },
    { "fc2", "mae:predictions" },
    { "d:label", "mae:targets" },
    { "fc2", "result" },
  };
  static const char *const settings[][2] = {
    { "fc1.units", "8" },
    { "fc2.units", "3" },
    { "drop.rate", "0.2" },
    { "training.batch", "8" },
    { "training.epochs", "4" },
    { "training.schedule", "one-cycle" },
    { "training.learning_rate", "0.05" },
    { "seed", "3" },
    { "training.clip_norm", "5" },
  };
  TelarGraph *graph = telar_graph_new ();
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    test_graph_add (graph, nodes[i][0], nodes[i][1]);
  for (guint i = 0; i < G_N_ELEMENTS (wires); i++)
    test_graph_wire (graph, wires[i][0], wires[i][1]);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    g_assert_true (telar_graph_set (graph, settings[i][0], settings[i][1], NULL));
  return graph;
}

void
run_set_up (Run *run)
{
  run->graph = make_graph ();
  run->feed = sample_feed_new (10);
  run->device = telar_device_ref_new ();
  run->folder = g_dir_make_tmp ("telar-XXXXXX", NULL);
  listener_init (&run->listener);
  memset (&run->result, 0, sizeof run->result);
}

void
run_tear_down (Run *run)
{
  g_autoptr (GDir) files = g_dir_open (run->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (files));) {
    g_autofree char *path = g_build_filename (run->folder, name, NULL);
    if (g_str_has_suffix (name, ".safetensors"))
      g_unlink (path);
  }
  /* Fails when something else was left behind. */
  g_assert_cmpint (g_rmdir (run->folder), ==, 0);
  g_free (run->folder);
  telar_training_result_clear (&run->result);
  listener_clear (&run->listener);
  telar_device_free (run->device);
  telar_feed_free (run->feed);
  telar_graph_free (run->graph);
}

void
run_set (Run *run, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;
  telar_graph_set (run->graph, path, value, &error);
  g_assert_no_error (error);
}

gboolean
run_try (Run *run, const char *resume, GError **error)
{
  TelarTraining training = { .graph = run->graph,
                             .feed = run->feed,
                             .device = run->device,
                             .monitor = &run->listener.base,
                             .run = "run",
                             .folder = run->folder,
                             .resume = resume,
                             .fork = run->listener.fork,
                             .interrupted = run->listener.interrupt };
  telar_training_result_clear (&run->result);
  return telar_train (&training, &run->result, error);
}

void
run_train (Run *run, const char *resume)
{
  g_autoptr (GError) error = NULL;
  run_try (run, resume, &error);
  g_assert_no_error (error);
}

double
run_metric (const Run *run, const char *name)
{
  for (guint i = 0; i < run->result.metrics->len; i++) {
    const TelarMetricValue *value = &g_array_index (run->result.metrics, TelarMetricValue, i);
    if (strcmp (value->name, name) == 0)
      return value->value;
  }
  g_error ("no metric %s", name);
}

/* --- resuming --------------------------------------------------------------------------------- */

void
run_assert_same_file (const char *a, const char *b)
{
  g_autofree char *x = NULL, *y = NULL;
  gsize n, m;
  g_assert_true (g_file_get_contents (a, &x, &n, NULL));
  g_assert_true (g_file_get_contents (b, &y, &m, NULL));
  g_assert_cmpmem (x, n, y, m);
}

/* What the log says from the given step on. */
static const char *
log_from (const Listener *listener, gint64 step)
{
  g_autofree char *line = g_strdup_printf ("loss %d ", (int)step);
  const char *at = strstr (listener->log->str, line);
  g_assert_nonnull (at);
  return at;
}

void
run_check_resume (gint64 step, const char *const (*settings)[2])
{
  Run whole, parts;
  int interrupt = 0;
  run_set_up (&whole);
  run_set_up (&parts);
  for (; (*settings)[0]; settings++) {
    run_set (&whole, (*settings)[0], (*settings)[1]);
    run_set (&parts, (*settings)[0], (*settings)[1]);
  }
  run_train (&whole, NULL);

  parts.listener.interrupt = &interrupt;
  parts.listener.interrupt_step = step;
  run_train (&parts, NULL);
  g_assert_cmpint (parts.result.status, ==, TELAR_RUN_STOPPED);
  g_assert_cmpint (parts.result.steps, ==, step);
  interrupt = 0;
  parts.listener.interrupt = NULL;
  g_string_truncate (parts.listener.log, 0);
  g_autofree char *checkpoint = g_strdup (parts.result.checkpoint);
  run_train (&parts, checkpoint);
  g_assert_cmpint (parts.listener.first_step, ==, step);
  g_assert_cmpint (parts.result.status, ==, TELAR_RUN_DONE);
  g_assert_cmpstr (parts.listener.log->str, ==, log_from (&whole.listener, step + 1));
  run_assert_same_file (whole.result.checkpoint, parts.result.checkpoint);
  run_tear_down (&whole);
  run_tear_down (&parts);
}
