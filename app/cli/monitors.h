/* How the command line follows a training: a line per epoch for people, JSON lines for programs. */
#pragma once

#include "engine/monitor.h"
#include <jansson.h>

G_BEGIN_DECLS

/* A line per epoch on standard output; on a terminal a progress line besides. */
TelarMonitor *telar_progress_monitor_new (void);

/* {"event":"start"…}, {"event":"epoch"…}, also "figure", "checkpoint" and whatever is marked; the
 * last line, "end", is the caller's, who knows the outcome. */
TelarMonitor *telar_json_monitor_new (void);

/* {"loss":…}; what is not finite becomes null. */
json_t *telar_metrics_to_json (const TelarMetricValue *metrics, guint n);
/* "loss 0.1234  accuracy 97.60 %"; caller frees. */
char *telar_metrics_to_text (const TelarMetricValue *metrics, guint n);

G_END_DECLS
