/* The monitor behind train --json: one JSON object a line, as the contract has it. */
#include "app/cli/command.h"
#include "app/cli/monitors.h"
#include "engine/tally.h"

#include <math.h>

json_t *
telar_metrics_to_json (const TelarMetricValue *metrics, guint n)
{
  json_t *json = json_object ();
  for (guint i = 0; i < n; i++)
    json_object_set_new (json, metrics[i].name,
                         isfinite (metrics[i].value) ? json_real (metrics[i].value) : json_null ());
  return json;
}

static void
json_begin (TelarMonitor *monitor, const TelarRunInfo *info)
{
  (void)monitor;
  telar_print_json (json_pack (
      "{s:s, s:s, s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "event", "start", "run",
      info->run, "device", info->device, "threads", (int)info->threads, "train_rows",
      (json_int_t)info->train_rows, "validation_rows", (json_int_t)info->validation_rows, "batch",
      (json_int_t)info->batch, "steps_per_epoch", (json_int_t)info->steps_per_epoch, "epochs",
      (json_int_t)info->epochs, "parameters", (json_int_t)info->parameters, "seed",
      (json_int_t)info->seed, "first_step", (json_int_t)info->first_step));
}

static void
json_epoch (TelarMonitor *monitor, gint64 epoch, gint64 step, const TelarMetricValue *metrics,
            guint n_metrics)
{
  (void)monitor;
  telar_print_json (json_pack ("{s:s, s:I, s:I, s:o}", "event", "epoch", "epoch", (json_int_t)epoch,
                               "step", (json_int_t)step, "metrics",
                               telar_metrics_to_json (metrics, n_metrics)));
}

static void
json_figure (TelarMonitor *monitor, const char *name, gint64 step, const TelarTensor *values)
{
  (void)monitor;
  telar_print_json (json_pack ("{s:s, s:s, s:I, s:o}", "event", "figure", "name", name, "step",
                               (json_int_t)step, "values", telar_figure_to_json (values)));
}

static void
json_checkpoint (TelarMonitor *monitor, gint64 step, const char *path)
{
  (void)monitor;
  telar_print_json (
      json_pack ("{s:s, s:I, s:s}", "event", "checkpoint", "step", (json_int_t)step, "path", path));
}

static void
json_event (TelarMonitor *monitor, gint64 step, const char *kind, const char *text)
{
  (void)monitor;
  telar_print_json (json_pack ("{s:s, s:I, s:s}", "event", kind, "step", (json_int_t)step, "text",
                               text != NULL ? text : ""));
}

static const TelarMonitorClass json_class = {
  .free = (void (*) (TelarMonitor *)) (void (*) (void))g_free,
  .begin = json_begin,
  .epoch = json_epoch,
  .figure = json_figure,
  .checkpoint = json_checkpoint,
  .event = json_event,
};

TelarMonitor *
telar_json_monitor_new (void)
{
  TelarMonitor *monitor = g_new0 (TelarMonitor, 1);
  monitor->klass = &json_class;
  return monitor;
}
