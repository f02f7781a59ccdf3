/* The tee: everybody hears everything, the first who asks is heard, missing slots do no harm. */
#include "engine/monitor.h"

typedef struct {
  TelarMonitor base;
  GString *log;
  guint waiting;
  gboolean *freed;
} Recorder;

static void
recorder_free (TelarMonitor *monitor)
{
  *((Recorder *)monitor)->freed = TRUE;
}

static void
recorder_scalar (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  g_string_append_printf (((Recorder *)monitor)->log, "%s@%d=%g;", tag, (int)step, value);
}

static gboolean
recorder_poll (TelarMonitor *monitor, TelarRequest *request)
{
  Recorder *recorder = (Recorder *)monitor;
  if (recorder->waiting == 0)
    return FALSE;
  *request = (TelarRequest){ recorder->waiting--, TELAR_REQUEST_STOP, 0 };
  return TRUE;
}

static void
test_tee (void)
{
  static const TelarMonitorClass full = {
    .free = recorder_free,
    .scalar = recorder_scalar,
    .poll = recorder_poll,
  };
  static const TelarMonitorClass empty = { 0 };
  gboolean freed[2] = { FALSE, FALSE };
  TelarMonitor silent = { &empty };
  Recorder a = { { &full }, g_string_new (NULL), 1, &freed[0] };
  Recorder b = { { &full }, g_string_new (NULL), 2, &freed[1] };
  TelarMonitor *all[] = { &silent, &a.base, &b.base };
  TelarMonitor *tee = telar_monitor_tee (all, G_N_ELEMENTS (all));
  telar_monitor_scalar (tee, "loss", 3, 0.5);
  telar_monitor_begin (tee, &(TelarRunInfo){ .run = "r" });
  telar_monitor_epoch (tee, 1, 3, NULL, 0);
  telar_monitor_checkpoint (tee, 3, "x");
  telar_monitor_event (tee, 3, "paused", "");
  telar_monitor_end (tee, TELAR_RUN_DONE, NULL);
  g_assert_cmpstr (a.log->str, ==, "loss@3=0.5;");
  g_assert_cmpstr (b.log->str, ==, "loss@3=0.5;");

  TelarRequest request;
  static const gint64 ids[] = { 1, 2, 1 };
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_assert_true (telar_monitor_poll (tee, &request));
    g_assert_cmpint (request.id, ==, ids[i]);
    telar_monitor_answer (tee, &request, 3, "done");
  }
  g_assert_false (telar_monitor_poll (tee, &request));
  telar_monitor_free (tee);
  g_assert_true (freed[0] && freed[1]);
  g_string_free (a.log, TRUE);
  g_string_free (b.log, TRUE);
}

static void
test_nobody (void)
{
  TelarRequest request;
  telar_monitor_scalar (NULL, "loss", 1, 1);
  telar_monitor_end (NULL, TELAR_RUN_FAILED, "x");
  g_assert_false (telar_monitor_poll (NULL, &request));
  telar_monitor_free (NULL);
  g_assert_cmpstr (telar_run_status_name (TELAR_RUN_STOPPED), ==, "stopped");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/monitor/tee", test_tee);
  g_test_add_func ("/monitor/nobody", test_nobody);
  return g_test_run ();
}
