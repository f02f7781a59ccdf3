/* The calls of a monitor with its missing slots taken care of, and the tee that lets several listen
 * to one run. */
#include "engine/monitor.h"
#include <math.h>
#include <string.h>

const char *
telar_run_status_name (TelarRunStatus status)
{
  static const char *const names[] = {
    [TELAR_RUN_DONE] = "done",
    [TELAR_RUN_STOPPED] = "stopped",
    [TELAR_RUN_FAILED] = "failed",
  };
  return names[status];
}

static const char *const request_names[TELAR_N_REQUESTS] = {
  [TELAR_REQUEST_PAUSE] = "pause",
  [TELAR_REQUEST_RESUME] = "resume",
  [TELAR_REQUEST_STEP] = "step",
  [TELAR_REQUEST_STOP] = "stop",
  [TELAR_REQUEST_LEARNING_RATE] = "learning-rate",
  [TELAR_REQUEST_CHECKPOINT] = "checkpoint",
  [TELAR_REQUEST_STOP_EPOCH] = "stop-after-epoch",
  [TELAR_REQUEST_SET] = "set",
  [TELAR_REQUEST_PROFILE] = "profile",
  [TELAR_REQUEST_PROBE] = "probe",
  [TELAR_REQUEST_UNPROBE] = "unprobe",
};

const char *
telar_request_name (TelarRequestKind kind)
{
  return (guint)kind < TELAR_N_REQUESTS ? request_names[kind] : NULL;
}

TelarRequestKind
telar_request_find (const char *name)
{
  for (guint kind = 0; kind < TELAR_N_REQUESTS; kind++)
    if (g_strcmp0 (name, request_names[kind]) == 0 && request_names[kind])
      return (TelarRequestKind)kind;
  return TELAR_REQUEST_NONE;
}

const char *
telar_request_problem (const TelarRequest *request)
{
  double value = request->value;
  if (!telar_request_name (request->kind))
    return "there is no such request";
  if (request->kind == TELAR_REQUEST_LEARNING_RATE && !(isfinite (value) && value > 0))
    return "a learning rate must be above 0";
  if (request->kind == TELAR_REQUEST_STEP && !(value >= 1 && value <= 1e9))
    return "the number of steps must be at least 1";
  if (request->kind == TELAR_REQUEST_SET && !strchr (request->text, '='))
    return "what is set is written NODE.PARAM=VALUE";
  if ((request->kind == TELAR_REQUEST_PROBE || request->kind == TELAR_REQUEST_UNPROBE) &&
      request->text[0] == '\0')
    return "the wire is written NODE or NODE.PORT";
  return NULL;
}

void
telar_monitor_free (TelarMonitor *monitor)
{
  if (monitor && monitor->klass->free)
    monitor->klass->free (monitor);
}

void
telar_monitor_begin (TelarMonitor *monitor, const TelarRunInfo *info)
{
  if (monitor && monitor->klass->begin)
    monitor->klass->begin (monitor, info);
}

void
telar_monitor_scalar (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  if (monitor && monitor->klass->scalar)
    monitor->klass->scalar (monitor, tag, step, value);
}

void
telar_monitor_epoch (TelarMonitor *monitor, gint64 epoch, gint64 step,
                     const TelarMetricValue *metrics, guint n_metrics)
{
  if (monitor && monitor->klass->epoch)
    monitor->klass->epoch (monitor, epoch, step, metrics, n_metrics);
}

void
telar_monitor_figure (TelarMonitor *monitor, const char *name, gint64 step,
                      const TelarTensor *values)
{
  if (monitor && monitor->klass->figure)
    monitor->klass->figure (monitor, name, step, values);
}

void
telar_monitor_histogram (TelarMonitor *monitor, const char *tag, gint64 step, TelarTensor *values)
{
  if (monitor && monitor->klass->histogram)
    monitor->klass->histogram (monitor, tag, step, values);
}

void
telar_monitor_image (TelarMonitor *monitor, const TelarImage *image)
{
  if (monitor && monitor->klass->image)
    monitor->klass->image (monitor, image);
}

void
telar_monitor_text (TelarMonitor *monitor, const char *name, gint64 step, const char *text)
{
  if (monitor && monitor->klass->text)
    monitor->klass->text (monitor, name, step, text);
}

void
telar_monitor_curve (TelarMonitor *monitor, const TelarMonitorCurve *curve)
{
  if (monitor && monitor->klass->curve)
    monitor->klass->curve (monitor, curve);
}

void
telar_monitor_profile (TelarMonitor *monitor, gint64 step, const char *json)
{
  if (monitor && monitor->klass->profile)
    monitor->klass->profile (monitor, step, json);
}

void
telar_monitor_flush (TelarMonitor *monitor)
{
  if (monitor && monitor->klass->flush)
    monitor->klass->flush (monitor);
}

void
telar_monitor_checkpoint (TelarMonitor *monitor, gint64 step, const char *path)
{
  if (monitor && monitor->klass->checkpoint)
    monitor->klass->checkpoint (monitor, step, path);
}

void
telar_monitor_event (TelarMonitor *monitor, gint64 step, const char *kind, const char *text)
{
  if (monitor && monitor->klass->event)
    monitor->klass->event (monitor, step, kind, text);
}

gboolean
telar_monitor_poll (TelarMonitor *monitor, TelarRequest *request)
{
  return monitor && monitor->klass->poll && monitor->klass->poll (monitor, request);
}

void
telar_monitor_answer (TelarMonitor *monitor, const TelarRequest *request, gint64 step,
                      const char *outcome)
{
  if (monitor && monitor->klass->answer)
    monitor->klass->answer (monitor, request, step, outcome);
}

void
telar_monitor_end (TelarMonitor *monitor, TelarRunStatus status, const char *message)
{
  if (monitor && monitor->klass->end)
    monitor->klass->end (monitor, status, message);
}

/* --- tee -------------------------------------------------------------------------------------- */

typedef struct {
  TelarMonitor base;
  guint n;
  TelarMonitor *monitors[];
} Tee;

#define EACH(monitor, call)                                                                        \
  Tee *tee = (Tee *)monitor;                                                                       \
  for (guint i = 0; i < tee->n; i++)                                                               \
  call

static void
tee_free (TelarMonitor *monitor)
{
  EACH (monitor, telar_monitor_free (tee->monitors[i]));
  g_free (tee);
}

static void
tee_begin (TelarMonitor *monitor, const TelarRunInfo *info)
{
  EACH (monitor, telar_monitor_begin (tee->monitors[i], info));
}

static void
tee_scalar (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  EACH (monitor, telar_monitor_scalar (tee->monitors[i], tag, step, value));
}

static void
tee_epoch (TelarMonitor *monitor, gint64 epoch, gint64 step, const TelarMetricValue *metrics,
           guint n_metrics)
{
  EACH (monitor, telar_monitor_epoch (tee->monitors[i], epoch, step, metrics, n_metrics));
}

static void
tee_figure (TelarMonitor *monitor, const char *name, gint64 step, const TelarTensor *values)
{
  EACH (monitor, telar_monitor_figure (tee->monitors[i], name, step, values));
}

static void
tee_histogram (TelarMonitor *monitor, const char *tag, gint64 step, TelarTensor *values)
{
  EACH (monitor, telar_monitor_histogram (tee->monitors[i], tag, step, values));
}

static void
tee_image (TelarMonitor *monitor, const TelarImage *image)
{
  EACH (monitor, telar_monitor_image (tee->monitors[i], image));
}

static void
tee_text (TelarMonitor *monitor, const char *name, gint64 step, const char *text)
{
  EACH (monitor, telar_monitor_text (tee->monitors[i], name, step, text));
}

static void
tee_curve (TelarMonitor *monitor, const TelarMonitorCurve *curve)
{
  EACH (monitor, telar_monitor_curve (tee->monitors[i], curve));
}

static void
tee_profile (TelarMonitor *monitor, gint64 step, const char *json)
{
  EACH (monitor, telar_monitor_profile (tee->monitors[i], step, json));
}

static void
tee_flush (TelarMonitor *monitor)
{
  EACH (monitor, telar_monitor_flush (tee->monitors[i]));
}

static void
tee_checkpoint (TelarMonitor *monitor, gint64 step, const char *path)
{
  EACH (monitor, telar_monitor_checkpoint (tee->monitors[i], step, path));
}

static void
tee_event (TelarMonitor *monitor, gint64 step, const char *kind, const char *text)
{
  EACH (monitor, telar_monitor_event (tee->monitors[i], step, kind, text));
}

static gboolean
tee_poll (TelarMonitor *monitor, TelarRequest *request)
{
  Tee *tee = (Tee *)monitor;
  for (guint i = 0; i < tee->n; i++)
    if (telar_monitor_poll (tee->monitors[i], request))
      return TRUE;
  return FALSE;
}

static void
tee_answer (TelarMonitor *monitor, const TelarRequest *request, gint64 step, const char *outcome)
{
  EACH (monitor, telar_monitor_answer (tee->monitors[i], request, step, outcome));
}

static void
tee_end (TelarMonitor *monitor, TelarRunStatus status, const char *message)
{
  EACH (monitor, telar_monitor_end (tee->monitors[i], status, message));
}

TelarMonitor *
telar_monitor_tee (TelarMonitor *const *monitors, guint n)
{
  static const TelarMonitorClass klass = {
    .free = tee_free,
    .begin = tee_begin,
    .scalar = tee_scalar,
    .epoch = tee_epoch,
    .figure = tee_figure,
    .histogram = tee_histogram,
    .image = tee_image,
    .text = tee_text,
    .curve = tee_curve,
    .profile = tee_profile,
    .flush = tee_flush,
    .checkpoint = tee_checkpoint,
    .event = tee_event,
    .poll = tee_poll,
    .answer = tee_answer,
    .end = tee_end,
  };
  Tee *tee = g_malloc0 (sizeof *tee + n * sizeof *monitors);
  tee->base.klass = &klass;
  tee->n = n;
  for (guint i = 0; i < n; i++)
    tee->monitors[i] = monitors[i];
  return &tee->base;
}

gboolean
telar_monitor_observes (const TelarMonitor *monitor)
{
  if (!monitor)
    return FALSE;
  if (monitor->klass->histogram != tee_histogram)
    return monitor->klass->histogram || monitor->klass->image || monitor->klass->curve;
  const Tee *tee = (const Tee *)monitor;
  for (guint i = 0; i < tee->n; i++)
    if (telar_monitor_observes (tee->monitors[i]))
      return TRUE;
  return FALSE;
}
