/* Words and numbers about runs and metrics. */
#include "app/ui/run-text.h"

#include "app/ui/node-heat.h"

#include <glib/gi18n.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

typedef struct {
  const char *status, *text, *icon, *css_class;
} Status;

/* clang-format off */
static const Status statuses[] = {
  { "running", N_("Running"), "media-playback-start-symbolic", "accent" },
  { "paused",  N_("Paused"),  "media-playback-pause-symbolic", "warning" },
  { "done",    N_("Done"),    "emblem-ok-symbolic",            "success" },
  { "stopped", N_("Stopped"), "media-playback-stop-symbolic",  NULL },
  { "failed",  N_("Failed"),  "dialog-error-symbolic",         "error" },
  { "lost",    N_("Lost"),    "dialog-warning-symbolic",       "warning" },
};
/* clang-format on */

static const Status *
find_status (const char *status)
{
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (g_strcmp0 (statuses[i].status, status) == 0)
      return &statuses[i];
  return &statuses[G_N_ELEMENTS (statuses) - 1];
}

const char *
telar_run_status_text (const char *status)
{
  return _ (find_status (status)->text);
}

const char *
telar_run_status_icon (const char *status)
{
  return find_status (status)->icon;
}

void
telar_run_status_colour (GtkWidget *widget, const char *status)
{
  const char *css_class = find_status (status)->css_class;

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (statuses[i].css_class != NULL && g_strcmp0 (statuses[i].css_class, css_class) != 0)
      gtk_widget_remove_css_class (widget, statuses[i].css_class);
  if (css_class != NULL)
    gtk_widget_add_css_class (widget, css_class);
}

gboolean
telar_run_is_open (const TelarRunRow *row)
{
  return g_str_equal (row->status, "running") || g_str_equal (row->status, "paused");
}

char *
telar_run_parent_text (const TelarRunRow *row)
{
  char step[32];

  if (row->parent == NULL)
    return NULL;
  telar_axis_format ((double)row->parent_step, TELAR_UNIT_COUNT, 15, step, sizeof step);
  return g_strdup_printf (_ ("from %s at step %s"), row->parent, step);
}

/* --- metrics ----------------------------------------------------------------------------- */

gboolean
telar_metric_is_validation (const char *tag)
{
  return g_str_has_prefix (tag, "val_");
}

const char *
telar_metric_group (const char *tag)
{
  return telar_metric_is_validation (tag) ? tag + strlen ("val_") : tag;
}

typedef struct {
  const char *name, *title;
  TelarUnit unit;
  int direction;
} Metric;

/* clang-format off */
static const Metric known[] = {
  { "loss",               N_("Loss"),                           TELAR_UNIT_NONE,    -1 },
  { "learning_rate",      N_("Learning rate"),                  TELAR_UNIT_NONE,     0 },
  { "accuracy",           N_("Accuracy"),                       TELAR_UNIT_PERCENT,  1 },
  { "precision",          N_("Precision"),                      TELAR_UNIT_PERCENT,  1 },
  { "recall",             N_("Recall"),                         TELAR_UNIT_PERCENT,  1 },
  { "f1",                 N_("F1"),                             TELAR_UNIT_NONE,     1 },
  { "iou",                N_("Intersection over union"),        TELAR_UNIT_NONE,     1 },
  { "dice",               N_("Dice coefficient"),               TELAR_UNIT_NONE,     1 },
  { "mcc",                N_("Matthews correlation"),           TELAR_UNIT_NONE,     1 },
  { "kappa",              N_("Cohen's kappa"),                  TELAR_UNIT_NONE,     1 },
  { "roc_auc",            N_("ROC area"),                       TELAR_UNIT_NONE,     1 },
  { "pr_auc",             N_("Precision-recall area"),          TELAR_UNIT_NONE,     1 },
  { "r2",                 N_("R²"),                             TELAR_UNIT_NONE,     1 },
  { "explained_variance", N_("Explained variance"),             TELAR_UNIT_NONE,     1 },
  { "bleu",               N_("BLEU"),                           TELAR_UNIT_NONE,     1 },
  { "perplexity",         N_("Perplexity"),                     TELAR_UNIT_NONE,    -1 },
  { "mse",                N_("Mean squared error"),             TELAR_UNIT_NONE,    -1 },
  { "rmse",               N_("Root mean squared error"),        TELAR_UNIT_NONE,    -1 },
  { "mae",                N_("Mean absolute error"),            TELAR_UNIT_NONE,    -1 },
  { "mape",               N_("Mean absolute percentage error"), TELAR_UNIT_PERCENT, -1 },
};
/* clang-format on */

/* The metric that @group is, also as "f1.node", one of several, or "f1_3", that of a class; @rest
 * is what stands behind the name. */
static const Metric *
find_metric (const char *group, const char **rest)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (!g_str_has_prefix (group, known[i].name))
      continue;
    *rest = group + strlen (known[i].name);
    if (**rest == '\0' || **rest == '.' || (**rest == '_' && g_ascii_isdigit ((*rest)[1])))
      return &known[i];
  }
  return NULL;
}

const char *
telar_chart_x_name (TelarChartX x)
{
  switch (x) {
  case TELAR_CHART_EPOCH:
    return _ ("epoch");
  case TELAR_CHART_TIME:
    return _ ("time");
  case TELAR_CHART_WALL:
    return _ ("clock");
  case TELAR_CHART_METRIC:
  case TELAR_CHART_STEP:
    break;
  }
  return _ ("step");
}

/* "conv1: gradient norm"; NULL for what is no statistic of a node. */
static char *
node_title (const char *group)
{
  g_autofree char *node = NULL;
  TelarNodeStat stat;

  if (!telar_node_stat_parse (group, &node, &stat))
    return NULL;
  g_autofree char *title = g_utf8_strdown (telar_node_stat_title (stat), -1);
  return g_strdup_printf ("%s: %s", node, title);
}

char *
telar_metric_title (const char *group)
{
  const char *rest;
  const Metric *metric = find_metric (group, &rest);
  char *node = node_title (group);

  if (node != NULL)
    return node;

  if (metric != NULL)
    return *rest != '\0' ? g_strdup_printf ("%s %s", _ (metric->title), rest + 1)
                         : g_strdup (_ (metric->title));

  /* A name that somebody gave: "gradient_norm" reads better as "Gradient norm". */
  g_autofree char *spaced = g_strdelimit (g_strdup (group), "_", ' ');
  rest = *spaced != '\0' ? g_utf8_next_char (spaced) : spaced;
  g_autofree char *first = g_utf8_strup (spaced, rest - spaced);
  return g_strconcat (first, rest, NULL);
}

static gboolean
is_accuracy (const char *group)
{
  return g_str_has_suffix (group, "accuracy");
}

TelarUnit
telar_metric_unit (const char *group)
{
  const char *rest;
  const Metric *metric = find_metric (group, &rest);

  if (metric != NULL)
    return metric->unit;
  return is_accuracy (group) ? TELAR_UNIT_PERCENT : TELAR_UNIT_NONE;
}

int
telar_metric_direction (const char *group)
{
  const char *rest;
  const Metric *metric = find_metric (group, &rest);

  if (metric != NULL)
    return metric->direction;
  if (is_accuracy (group))
    return 1;
  return strstr (group, "loss") != NULL || strstr (group, "error") != NULL ? -1 : 0;
}

int
telar_metric_rank (const char *tag)
{
  int direction = telar_metric_direction (telar_metric_group (tag));

  if (direction == 0)
    return 0;
  return (direction > 0 ? 3 : 1) + telar_metric_is_validation (tag);
}

char *
telar_metrics_summary (const char *metrics)
{
  json_t *object = metrics != NULL ? json_loads (metrics, 0, NULL) : NULL;
  const char *name, *best = NULL;
  json_t *value;
  char text[32];

  json_object_foreach (object, name,
                       value) if (json_is_number (value) &&
                                  telar_metric_rank (name) > (best ? telar_metric_rank (best) : 0))
      best = name;
  if (best != NULL)
    telar_axis_format (json_number_value (json_object_get (object, best)),
                       telar_metric_unit (telar_metric_group (best)), 3, text, sizeof text);
  json_decref (object);
  return best != NULL ? g_strdup (text) : NULL;
}
