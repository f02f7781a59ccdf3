/* What is told of single nodes when a run is looked at (engine/node-stat.h). */
#include "engine/node-stat.h"
#include "engine/observer.h"
#include "engine/plan-private.h"
#include <math.h>
#include <string.h>

static void
tell (TelarMonitor *monitor, const char *node, TelarNodeStat stat, gint64 step, double value)
{
  g_autofree char *tag = telar_node_stat_tag (node, stat);
  telar_monitor_scalar (monitor, tag, step, value);
}

/* The mean of |x|; NaN without numbers. */
static double
mean_size (const TelarTensor *tensor)
{
  gsize n = telar_tensor_elements (tensor);
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += fabs (telar_tensor_get (tensor, i));
  return n > 0 ? sum / (double)n : NAN;
}

/* The part of the places along axis 1 that are 0 in all rows. */
static double
dead_part (const TelarTensor *tensor)
{
  const TelarShape *shape = &tensor->type.shape;
  gsize n = telar_tensor_elements (tensor), units = (gsize)shape->dims[1], inner = 1;
  g_autofree gboolean *alive = g_new0 (gboolean, units);
  gsize n_alive = 0;
  for (guint axis = 2; axis < shape->rank; axis++)
    inner *= (gsize)shape->dims[axis];
  for (gsize i = 0; i < n && n_alive < units; i++) {
    gsize unit = i / inner % units;
    if (alive[unit] || telar_tensor_get (tensor, i) == 0)
      continue;
    alive[unit] = TRUE;
    n_alive++;
  }
  return 1 - (double)n_alive / (double)units;
}

/* Of a node with several outputs the first is told. */
static void
tell_output (TelarMonitor *monitor, const char *name, gint64 step, const TelarTensor *values,
             GHashTable *told)
{
  char *node = g_strndup (name, strcspn (name, "."));
  if (!g_hash_table_add (told, node))
    return;
  tell (monitor, node, TELAR_NODE_SIGNAL, step, mean_size (values));
  if (values->type.shape.rank > 1 && telar_tensor_elements (values) > 0)
    tell (monitor, node, TELAR_NODE_DEAD, step, dead_part (values));
}

/* Adds the squares of a parameter's gradient to those of its node. */
static void
add_gradient (GHashTable *squares, const char *state, const TelarTensor *gradient)
{
  const char *dot = strrchr (state, '.');
  char *node = g_strndup (state, dot ? (gsize)(dot - state) : strlen (state));
  double *known = g_hash_table_lookup (squares, node), sum = known ? *known : 0;
  for (gsize i = 0; i < telar_tensor_elements (gradient); i++) {
    double x = telar_tensor_get (gradient, i);
    sum += x * x;
  }
  g_hash_table_insert (squares, node, g_memdup2 (&sum, sizeof sum));
}

void
telar_observer_tell_nodes (const TelarObserver *observer, gint64 step, TelarMonitor *monitor)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) squares = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const TelarRunner *runner = observer->runner;
  GHashTableIter iter;
  gpointer node, sum;
  for (guint i = 0; i < runner->n_outputs; i++) {
    const TelarOutput *output = telar_program_output (runner->program, i);
    if (output->role != TELAR_OUTPUT_PROBE)
      continue;
    if (g_str_has_prefix (output->name, TELAR_OBSERVER_OUTPUT))
      tell_output (monitor, output->name + strlen (TELAR_OBSERVER_OUTPUT), step, runner->outputs[i],
                   told);
    else if (g_str_has_prefix (output->name, TELAR_PROBE_PREFIX_GRADIENT))
      add_gradient (squares, output->name + strlen (TELAR_PROBE_PREFIX_GRADIENT),
                    runner->outputs[i]);
  }
  g_hash_table_iter_init (&iter, squares);
  while (g_hash_table_iter_next (&iter, &node, &sum))
    tell (monitor, node, TELAR_NODE_GRADIENT, step, sqrt (*(double *)sum));
}

void
telar_observer_tell_times (const TelarPlan *plan, gint64 step, TelarMonitor *monitor)
{
  g_autoptr (GHashTable) sums = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  GHashTableIter iter;
  gpointer node, sum;
  guint n;
  const gint64 *times = telar_plan_timing (plan, &n);
  for (guint i = 0; i < n; i++) {
    const char *origin = telar_program_instr (plan->program, i)->origin;
    const double *known = origin ? g_hash_table_lookup (sums, origin) : NULL;
    double now = (known ? *known : 0) + (double)times[i] / 1e9;
    if (origin && times[i] > 0)
      g_hash_table_insert (sums, (gpointer)origin, g_memdup2 (&now, sizeof now));
  }
  g_hash_table_iter_init (&iter, sums);
  while (g_hash_table_iter_next (&iter, &node, &sum))
    tell (monitor, node, TELAR_NODE_TIME, step, *(double *)sum);
}
