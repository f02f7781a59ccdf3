/* The monitor that people read: a line per epoch, and on a terminal a line that moves. */
#include "app/cli/monitors.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REDRAW (100 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  TelarMonitor monitor;
  TelarRunInfo info;
  gboolean live;  /* standard error is a terminal */
  gint64 drawn;   /* when the line was drawn last, µs; 0: none stands there */
  gint64 started; /* when this process took its first step, µs */
  gint64 epoch_started;
  double loss;
} Progress;

char *
telar_metrics_to_text (const TelarMetricValue *metrics, guint n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < n; i++) {
    gboolean share = g_str_has_suffix (metrics[i].name, "accuracy");
    g_string_append_printf (text, "%s%s ", i > 0 ? "  " : "", metrics[i].name);
    if (share)
      g_string_append_printf (text, "%.2f %%", 100 * metrics[i].value);
    else
      g_string_append_printf (text, "%.4g", metrics[i].value);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
wipe (Progress *progress)
{
  if (progress->drawn != 0)
    fputs ("\r\033[K", stderr);
  progress->drawn = 0;
}

static void
progress_begin (TelarMonitor *monitor, const TelarRunInfo *info)
{
  Progress *progress = (Progress *)monitor;
  progress->info = *info;
  progress->started = progress->epoch_started = g_get_monotonic_time ();
  printf ("%s: %" G_GINT64_FORMAT " parameters, %" G_GINT64_FORMAT " rows to train on, "
          "%" G_GINT64_FORMAT " to validate, batch %" G_GINT64_FORMAT ", %s with %u thread%s\n",
          info->run, info->parameters, info->train_rows, info->validation_rows, info->batch,
          info->device, info->threads, info->threads == 1 ? "" : "s");
  fflush (stdout);
}

static void
draw (Progress *progress, gint64 step, gint64 now)
{
  const TelarRunInfo *info = &progress->info;
  gint64 total = info->steps_per_epoch * info->epochs;
  gint64 done = step - info->first_step;
  double each = done > 0 ? (double)(now - progress->started) / (double)done : 0;
  int left = (int)(each * (double)MAX (total - step, 0) / G_TIME_SPAN_SECOND);
  fprintf (stderr,
           "\r\033[Kstep %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT "  loss %.4g  %d:%02d left",
           step, total, progress->loss, left / 60, left % 60);
  progress->drawn = now;
}

static void
progress_scalar (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  Progress *progress = (Progress *)monitor;
  if (!progress->live || strcmp (tag, "loss") != 0)
    return;
  gint64 now = g_get_monotonic_time ();
  progress->loss = value;
  if (now - progress->drawn > REDRAW)
    draw (progress, step, now);
}

static void
progress_epoch (TelarMonitor *monitor, gint64 epoch, gint64 step, const TelarMetricValue *metrics,
                guint n_metrics)
{
  Progress *progress = (Progress *)monitor;
  (void)step;
  g_autofree char *text = telar_metrics_to_text (metrics, n_metrics);
  gint64 now = g_get_monotonic_time ();
  wipe (progress);
  printf ("epoch %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "  %s  (%.1f s)\n", epoch,
          progress->info.epochs, text,
          (double)(now - progress->epoch_started) / G_TIME_SPAN_SECOND);
  fflush (stdout);
  progress->epoch_started = now;
}

static void
progress_event (TelarMonitor *monitor, gint64 step, const char *kind, const char *text)
{
  wipe ((Progress *)monitor);
  printf ("step %" G_GINT64_FORMAT ": %s%s%s\n", step, kind,
          text != NULL && *text != '\0' ? ": " : "", text != NULL ? text : "");
  fflush (stdout);
}

static void
progress_end (TelarMonitor *monitor, TelarRunStatus status, const char *message)
{
  (void)status;
  (void)message;
  wipe ((Progress *)monitor);
}

static const TelarMonitorClass progress_class = {
  .free = (void (*) (TelarMonitor *)) (void (*) (void))g_free,
  .begin = progress_begin,
  .scalar = progress_scalar,
  .epoch = progress_epoch,
  .event = progress_event,
  .end = progress_end,
};

TelarMonitor *
telar_progress_monitor_new (void)
{
  Progress *progress = g_new0 (Progress, 1);
  progress->monitor.klass = &progress_class;
  progress->live = isatty (STDERR_FILENO);
  return &progress->monitor;
}
