/* telar check: what a project will do before it does it: problems at their nodes, shapes,
 * parameters, bytes and FLOPs. */
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "data/data.h"
#include "engine/machine.h"
#include "engine/trainer.h"

#include <stdio.h>
#include <string.h>

static const TelarOption options[] = {
  TELAR_OPTION_DEVICE,
  TELAR_OPTION_THREADS,
  { .name = "set",
    .kind = TELAR_OPTION_TEXT,
    .value = "NODE.PARAM=VALUE",
    .repeated = TRUE,
    .doc = "Checks with another value of a parameter." },
  TELAR_OPTION_JSON ("One JSON document."),
  { NULL },
};

/* What a node takes of a step, with all that stands in it when it is one of a group. */
typedef struct {
  double flops, seconds;
  gsize bytes;
} NodeTotal;

typedef struct {
  TelarGraph *graph;
  TelarFeed *feed; /* NULL when the data cannot be read */
  TelarLowered *lowered;
  GHashTable *parameters; /* node id -> gint64 *, trainable numbers */
  gint64 total_parameters;
  TelarPlan *plan;    /* of a training step; NULL when there is a problem */
  GHashTable *totals; /* node id -> NodeTotal *, of the plan */
  TelarMachine machine;
  TelarEstimate estimate; /* of the step; without nodes when there is no plan */
  GPtrArray *problems;    /* TelarProblem *, owned */
} Check;

static void
problem_free (gpointer data)
{
  TelarProblem *problem = data;
  g_free (problem->node);
  g_free (problem->message);
  g_free (problem);
}

static void
check_clear (Check *check)
{
  telar_estimate_clear (&check->estimate);
  g_clear_pointer (&check->totals, g_hash_table_unref);
  g_clear_pointer (&check->plan, telar_plan_free);
  g_clear_pointer (&check->lowered, telar_lowered_free);
  g_clear_pointer (&check->parameters, g_hash_table_unref);
  g_clear_pointer (&check->feed, telar_feed_free);
  g_clear_pointer (&check->graph, telar_graph_free);
  g_clear_pointer (&check->problems, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Check, check_clear)

static void
add_problem (Check *check, const char *node, TelarSeverity severity, const char *message)
{
  TelarProblem *problem = g_new0 (TelarProblem, 1);
  gsize length = node != NULL ? strlen (node) : 0;
  /* The node stands beside the message, so its id in front is left out. */
  if (node != NULL && strncmp (message, node, length) == 0 &&
      strncmp (message + length, ": ", 2) == 0)
    message += length + 2;
  problem->node = g_strdup (node);
  problem->severity = severity;
  problem->message = g_strdup (message);
  g_ptr_array_add (check->problems, problem);
}

static void
add_error (Check *check, const GError *error)
{
  add_problem (check, telar_error_get_node (error), TELAR_PROBLEM_ERROR, error->message);
}

static gboolean
has_errors (const Check *check)
{
  for (guint i = 0; i < check->problems->len; i++)
    if (((const TelarProblem *)check->problems->pdata[i])->severity == TELAR_PROBLEM_ERROR)
      return TRUE;
  return FALSE;
}

/* Adds @part to the node and to all that it stands in. */
static void
add_total (Check *check, const char *node, const NodeTotal *part)
{
  for (gsize end = 0; node[end] != '\0';) {
    end += 1 + strcspn (node + end + 1, "/");
    g_autofree char *id = g_strndup (node, end);
    NodeTotal *sum = g_hash_table_lookup (check->totals, id);
    if (sum == NULL) {
      sum = g_new0 (NodeTotal, 1);
      g_hash_table_insert (check->totals, g_steal_pointer (&id), sum);
    }
    sum->flops += part->flops;
    sum->seconds += part->seconds;
    sum->bytes += part->bytes;
  }
}

static void
add_totals (Check *check)
{
  const GArray *nodes = telar_plan_cost (check->plan)->nodes;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNodeCost *cost = &g_array_index (nodes, TelarNodeCost, i);
    const double *seconds = g_hash_table_lookup (check->estimate.nodes, cost->node);
    NodeTotal part = { cost->flops, seconds != NULL ? *seconds : 0,
                       cost->activation_bytes + cost->state_bytes };
    add_total (check, cost->node, &part);
  }
}

/* The plan of a whole training step at the project's batch. */
static void
make_plan (Check *check, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  TelarParamSet *training = telar_graph_training (check->graph);
  TelarOptimizer optimizer = telar_training_optimizer (training);
  TelarCompileOptions compile = { .device = device };
  gint64 batch = MIN (telar_param_set_int (training, "batch"),
                      telar_feed_rows (check->feed, TELAR_SPLIT_TRAIN));
  g_autoptr (TelarProgram) program =
      telar_compile_training (check->lowered->program, &optimizer, &compile, &error);
  if (program != NULL)
    check->plan = telar_plan_new (program, batch, device, 0, &error);
  if (check->plan != NULL && telar_machine_open (device, NULL, &check->machine, &error)) {
    telar_machine_estimate (&check->machine, check->plan, &check->estimate);
    add_totals (check);
  }
  if (error != NULL)
    add_error (check, error);
}

static void
examine (Check *check, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  if (telar_model_reads_data (check->graph))
    check->feed = telar_data_open (check->graph, &error);
  if (error != NULL)
    add_error (check, error);
  check->lowered = telar_lower (check->graph, check->feed, TELAR_LOWER_TRAIN);
  check->parameters = telar_lowered_count_parameters (check->lowered, &check->total_parameters);
  for (guint i = 0; i < check->lowered->problems->len; i++) {
    const TelarProblem *problem = check->lowered->problems->pdata[i];
    /* The data's own error says it better. */
    const TelarNode *node =
        problem->node != NULL ? telar_graph_find_node (check->graph, problem->node) : NULL;
    if (error == NULL || node == NULL || node->op->lower != NULL)
      add_problem (check, problem->node, problem->severity, problem->message);
  }
  if (!has_errors (check) && check->lowered->program != NULL)
    make_plan (check, device);
}

/* --- numbers of a node --------------------------------------------------------------------------
 */

static gint64
count_parameters (const Check *check, const char *node)
{
  const gint64 *count = g_hash_table_lookup (check->parameters, node);
  return count != NULL ? *count : 0;
}

static NodeTotal
node_total (const Check *check, const char *node)
{
  const NodeTotal *total = g_hash_table_lookup (check->totals, node);
  return total != NULL ? *total : (NodeTotal){ 0 };
}

/* --- output -------------------------------------------------------------------------------------
 */

static json_t *
problem_to_json (const TelarProblem *problem)
{
  return json_pack ("{s:o, s:s, s:s}", "node",
                    problem->node != NULL ? json_string (problem->node) : json_null (), "severity",
                    problem->severity == TELAR_PROBLEM_ERROR ? "error" : "warning", "message",
                    problem->message);
}

static json_t *
node_to_json (const Check *check, const TelarNode *node)
{
  json_t *shapes = json_object ();
  for (const TelarPort *port = node->op->outputs; port != NULL && port->name != NULL; port++) {
    const TelarType *type = telar_lowered_port (check->lowered, node->id, port->name);
    g_autofree char *text = type != NULL ? telar_type_to_string (type) : NULL;
    json_object_set_new (shapes, port->name, text != NULL ? json_string (text) : json_null ());
  }
  NodeTotal total = node_total (check, node->id);
  return json_pack ("{s:s, s:s, s:o, s:I, s:f, s:I, s:f}", "id", node->id, "op", node->op->name,
                    "shapes", shapes, "parameters", (json_int_t)count_parameters (check, node->id),
                    "flops", total.flops, "bytes", (json_int_t)total.bytes, "estimated_ms",
                    total.seconds * 1e3);
}

static json_t *
machine_to_json (const TelarMachine *machine)
{
  return json_pack ("{s:f, s:f, s:f, s:f}", "product_gflops", machine->products / 1e9,
                    "convolution_gflops", machine->convolutions / 1e9, "memory_gbytes",
                    machine->far_bytes / 1e9, "cache_gbytes", machine->near_bytes / 1e9);
}

static void
print_json (const Check *check)
{
  json_t *problems = json_array (), *nodes = json_array ();
  const GPtrArray *all = telar_graph_nodes (check->graph);
  for (guint i = 0; i < check->problems->len; i++)
    json_array_append_new (problems, problem_to_json (check->problems->pdata[i]));
  for (guint i = 0; i < all->len; i++)
    json_array_append_new (nodes, node_to_json (check, all->pdata[i]));
  const TelarPlanCost *cost = check->plan != NULL ? telar_plan_cost (check->plan) : NULL;
  telar_print_json_document (json_pack (
      "{s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "problems", problems, "nodes", nodes, "parameters",
      (json_int_t)check->total_parameters, "training_bytes",
      cost != NULL ? json_integer ((json_int_t)cost->total_bytes) : json_null (), "training_flops",
      cost != NULL ? json_real (cost->flops) : json_null (), "training_ms",
      cost != NULL ? json_real (check->estimate.seconds * 1e3) : json_null (), "machine",
      cost != NULL ? machine_to_json (&check->machine) : json_null ()));
}

/* "f32[N,12,28,28]", several with spaces between. Caller frees. */
static char *
node_types (const Check *check, const TelarNode *node)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (const TelarPort *port = node->op->outputs; port != NULL && port->name != NULL; port++) {
    const TelarType *type = telar_lowered_port (check->lowered, node->id, port->name);
    g_autofree char *one = type != NULL ? telar_type_to_string (type) : g_strdup ("?");
    if (port->kind == TELAR_PORT_TENSOR)
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", one);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
print_text (const Check *check)
{
  printf ("%-16s %-16s %-28s %10s %12s %10s %9s\n", "node", "operator", "gives", "parameters",
          "FLOPs/step", "KiB", "about ms");
  g_autoptr (GPtrArray) ordered = telar_graph_topological (check->graph);
  for (guint i = 0; i < ordered->len; i++) {
    const TelarNode *node = ordered->pdata[i];
    NodeTotal total = node_total (check, node->id);
    g_autofree char *types = node_types (check, node);
    printf ("%-16s %-16s %-28s %10" G_GINT64_FORMAT " %12.4g %10.1f %9.3f\n", node->id,
            node->op->name, types, count_parameters (check, node->id), total.flops,
            (double)total.bytes / 1024, total.seconds * 1e3);
  }
  if (check->plan != NULL) {
    const TelarPlanCost *cost = telar_plan_cost (check->plan);
    printf ("\n%" G_GINT64_FORMAT " parameters; a training step of %" G_GINT64_FORMAT
            " rows takes %.2f MiB and %.4g MFLOP\n",
            check->total_parameters,
            telar_param_set_int (telar_graph_training (check->graph), "batch"),
            (double)cost->total_bytes / (1 << 20), cost->flops / 1e6);
    printf ("about %.3g ms a step, %.0f GFLOP/s, on a machine of %.0f GFLOP/s and %.1f GB/s\n",
            check->estimate.seconds * 1e3, cost->flops / MAX (check->estimate.seconds, 1e-9) / 1e9,
            check->machine.products / 1e9, check->machine.far_bytes / 1e9);
  }
}

static void
print_problems (const Check *check, const char *path)
{
  for (guint i = 0; i < check->problems->len; i++) {
    const TelarProblem *problem = check->problems->pdata[i];
    fprintf (stderr, "telar: %s: %s%s%s%s\n", path, problem->node != NULL ? problem->node : "",
             problem->node != NULL ? ": " : "",
             problem->severity == TELAR_PROBLEM_WARNING ? "warning: " : "", problem->message);
  }
}

static int
run (const TelarCommand *command, GError **error)
{
  g_auto (Check) check = { 0 };
  const char *path = telar_command_argument (command, 0);
  check.problems = g_ptr_array_new_with_free_func (problem_free);
  check.totals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  check.graph = telar_command_project (command, path, error);
  if (check.graph == NULL)
    return 3;
  g_autoptr (TelarDevice) device = telar_command_device (command, error);
  if (device == NULL)
    return 4;
  examine (&check, device);
  if (telar_command_has (command, "json"))
    print_json (&check);
  else {
    print_text (&check);
    print_problems (&check, path);
  }
  return has_errors (&check) ? 3 : 0;
}

const TelarVerb telar_verb_check = {
  .name = "check",
  .arguments = "PROJECT",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = "Shows shapes, parameters, bytes and FLOPs of each node, and every problem.",
  .doc =
      "FLOPs, bytes and time are those of one training step (forward, backward, optimizer) at "
      "the project's batch; the time is estimated from what this machine was measured to do when "
      "it was first asked. The exit status is 3 when there is an error.",
  .options = options,
  .run = run,
};
