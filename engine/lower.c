/* From the graph to the IR: walks the nodes in order and lets each build itself. A node that cannot
 * stops only what depends on it, so that one look shows all that is wrong. */
#include "engine/lower-private.h"
#include <string.h>

/* --- problems --------------------------------------------------------------------------------- */

static void
free_problem (gpointer data)
{
  TelarProblem *problem = data;
  g_free (problem->node);
  g_free (problem->message);
  g_free (problem);
}

void
telar_lower_report (TelarLowered *lowered, const char *node, TelarSeverity severity,
                    const char *format, ...)
{
  TelarProblem *problem = g_new0 (TelarProblem, 1);
  va_list args;
  va_start (args, format);
  problem->message = g_strdup_vprintf (format, args);
  va_end (args);
  problem->node = g_strdup (node);
  problem->severity = severity;
  g_ptr_array_add (lowered->problems, problem);
}

/* The node stands in the problem already, so its id leaves the message. */
static void
report_error (TelarLowered *lowered, const char *node, const GError *error)
{
  const char *message = error->message;
  gsize length = strlen (node);
  if (telar_error_get_node (error) && strncmp (message, node, length) == 0 &&
      strncmp (message + length, ": ", 2) == 0)
    message += length + 2;
  telar_lower_report (lowered, node, TELAR_PROBLEM_ERROR, "%s", message);
}

static const TelarProblem *
first_error (const TelarLowered *lowered)
{
  for (guint i = 0; i < lowered->problems->len; i++) {
    const TelarProblem *problem = lowered->problems->pdata[i];
    if (problem->severity == TELAR_PROBLEM_ERROR)
      return problem;
  }
  return NULL;
}

gboolean
telar_lowered_ok (const TelarLowered *lowered, GError **error)
{
  const TelarProblem *problem = first_error (lowered);
  if (problem)
    telar_set_error (error, TELAR_ERROR_INVALID, problem->node, "%s", problem->message);
  return problem == NULL;
}

/* --- ports ------------------------------------------------------------------------------------ */

static void
note_type (TelarLowered *lowered, const TelarNode *node, guint port, const TelarType *type)
{
  char *key = g_strdup_printf ("%s:%s", node->id, node->op->outputs[port].name);
  g_hash_table_insert (lowered->ports, key, g_memdup2 (type, sizeof *type));
}

const TelarType *
telar_lowered_port (const TelarLowered *lowered, const char *node, const char *port)
{
  g_autofree char *key = g_strdup_printf ("%s:%s", node, port);
  return g_hash_table_lookup (lowered->ports, key);
}

TelarValue
telar_lowered_value (const TelarLowered *lowered, const char *node, guint port)
{
  const TelarValue *values = g_hash_table_lookup (lowered->values, node);
  return values ? values[port] : TELAR_NO_VALUE;
}

static const TelarFeedPort *
feed_port (const TelarFeed *feed, const TelarNode *node, guint port)
{
  if (!feed)
    return NULL;
  g_autofree char *name = g_strdup_printf ("%s.%s", node->id, node->op->outputs[port].name);
  return telar_feed_find_port (feed, name);
}

TelarValue
telar_lower_wire (TelarLowering *l, const TelarEdge *edge)
{
  TelarValue *values = g_hash_table_lookup (l->state->lowered->values, edge->from);
  if (!values) /* what feeds a model's input while it is trained is no part of it in use */
    return TELAR_NO_VALUE;
  const TelarNode *from = telar_graph_find_node (l->state->graph, edge->from);
  if (values[edge->from_port] == TELAR_NO_VALUE && !from->op->lower) {
    const TelarFeedPort *port = feed_port (l->state->feed, from, edge->from_port);
    if (!port)
      return TELAR_NO_VALUE;
    const char *origin = telar_builder_origin (l->b);
    telar_builder_set_origin (l->b, from->id);
    values[edge->from_port] = telar_build_input (l->b, port->name, &port->type);
    telar_builder_set_origin (l->b, origin);
  }
  return values[edge->from_port];
}

/* --- nodes ------------------------------------------------------------------------------------ */

static gboolean
check_wired (TelarLowering *l)
{
  const TelarNode *node = l->node;
  gboolean good = TRUE;
  for (guint port = 0; port < telar_operator_n_inputs (node->op); port++) {
    const TelarPort *input = &node->op->inputs[port];
    if (input->optional || telar_lower_n_inputs (l, port) > 0)
      continue;
    telar_lower_report (l->state->lowered, node->id, TELAR_PROBLEM_ERROR,
                        "the input %s is not connected", input->name);
    good = FALSE;
  }
  return good;
}

/* A model in use begins at its input nodes, whatever feeds them while it is trained. */
static gboolean
begins_model (const TelarOperator *op, TelarLowerMode mode)
{
  return mode == TELAR_LOWER_INFER && strcmp (op->name, TELAR_OPERATOR_INPUT) == 0;
}

/* FALSE when something before the node has a problem or no known shape. */
static gboolean
inputs_known (TelarLowering *l)
{
  const TelarGraphEntry *entry = (const TelarGraphEntry *)l->node;
  if (begins_model (l->node->op, l->state->mode))
    return TRUE;
  for (guint i = 0; i < entry->in->len; i++)
    if (telar_lower_wire (l, entry->in->pdata[i]) == TELAR_NO_VALUE)
      return FALSE;
  return TRUE;
}

/* A node of data: its shapes come from the feed, its instructions with their first use. A model in
 * use needs no labels. */
static void
lower_data (TelarLowering *l)
{
  const TelarNode *node = l->node;
  if (!l->state->feed)
    return;
  for (guint i = 0; i < telar_operator_n_outputs (node->op); i++) {
    const TelarPort *output = &node->op->outputs[i];
    const TelarFeedPort *port = feed_port (l->state->feed, node, i);
    if (port)
      note_type (l->state->lowered, node, i, &port->type);
    else if (output->kind == TELAR_PORT_TENSOR && l->state->mode != TELAR_LOWER_INFER)
      telar_lower_report (l->state->lowered, node->id, TELAR_PROBLEM_ERROR, "the data has no %s",
                          output->name);
  }
}

/* That something is set which does nothing, or little: a frozen dropout drops nothing. */
static void
warn_learning (TelarLowering *l)
{
  const TelarParamSet *learning = l->node->learning;
  for (const TelarParam *param = telar_learning_params; param->name && !l->state->learns; param++)
    if (!telar_param_set_is_default (learning, param->name))
      telar_lower_report (l->state->lowered, l->node->id, TELAR_PROBLEM_WARNING,
                          "%s is set, but the node has no parameters to learn", param->name);
}

static void
lower_operator (TelarLowering *l)
{
  const TelarNode *node = l->node;
  guint n = telar_operator_n_outputs (node->op), pending = l->state->pending->len;
  telar_builder_set_origin (l->b, node->id);
  l->state->learns = FALSE;
  l->training =
      l->state->mode == TELAR_LOWER_TRAIN && !telar_param_set_bool (node->learning, "frozen");
  node->op->lower (l);
  for (guint i = 0; i < n; i++)
    if (l->state->outputs[i] == TELAR_NO_VALUE && !node->op->outputs[i].optional)
      telar_lower_fail (l, "the operator %s gives no %s", node->op->name,
                        node->op->outputs[i].name);
  telar_builder_set_origin (l->b, NULL);

  g_autoptr (GError) error = telar_builder_take_error (l->b);
  if (error) {
    report_error (l->state->lowered, node->id, error);
    g_array_set_size (l->state->pending, pending);
    for (guint i = 0; i < n; i++)
      l->state->outputs[i] = TELAR_NO_VALUE;
    return;
  }
  warn_learning (l);
  for (guint i = 0; i < n; i++)
    if (l->state->outputs[i] != TELAR_NO_VALUE)
      note_type (l->state->lowered, node, i, telar_builder_type (l->b, l->state->outputs[i]));
}

void
telar_lower_node (TelarLowering *l)
{
  guint n = telar_operator_n_outputs (l->node->op);
  TelarValue *outputs = g_new (TelarValue, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    outputs[i] = TELAR_NO_VALUE;
  g_hash_table_insert (l->state->lowered->values, g_strdup (l->node->id), outputs);
  l->state->outputs = outputs;
  if (!check_wired (l))
    return;
  if (!l->node->op->lower)
    lower_data (l);
  else if (inputs_known (l))
    lower_operator (l);
}

/* --- the whole graph -------------------------------------------------------------------------- */

static gboolean
has_category (const TelarGraph *graph, TelarCategory category)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  for (guint i = 0; i < nodes->len; i++)
    if (((const TelarNode *)nodes->pdata[i])->op->category == category)
      return TRUE;
  return FALSE;
}

/* Whether the graph has what the mode is for. */
static void
check_purpose (TelarLowered *lowered, const TelarGraph *graph, TelarLowerMode mode)
{
  gboolean loss = has_category (graph, TELAR_CATEGORY_LOSS);
  if (mode == TELAR_LOWER_TRAIN && !loss)
    telar_lower_report (lowered, NULL, TELAR_PROBLEM_ERROR,
                        "there is nothing to learn: add a loss");
  if (mode == TELAR_LOWER_EVALUATE && !loss && !has_category (graph, TELAR_CATEGORY_METRIC))
    telar_lower_report (lowered, NULL, TELAR_PROBLEM_ERROR,
                        "there is nothing to measure: add a loss or a metric");
  if (mode == TELAR_LOWER_INFER && !has_category (graph, TELAR_CATEGORY_OUTPUT))
    telar_lower_report (lowered, NULL, TELAR_PROBLEM_ERROR,
                        "the model has no result: add an Output node behind what it should give");
}

/* Set of the ids that the output nodes depend on. */
static GHashTable *
find_needed (const TelarGraph *graph, const GPtrArray *ordered)
{
  GHashTable *needed = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = ordered->len; i-- > 0;) {
    const TelarGraphEntry *entry = ordered->pdata[i];
    if (entry->node.op->category != TELAR_CATEGORY_OUTPUT &&
        !g_hash_table_contains (needed, entry->node.id))
      continue;
    g_hash_table_add (needed, entry->node.id);
    if (begins_model (entry->node.op, TELAR_LOWER_INFER))
      continue;
    for (guint j = 0; j < entry->in->len; j++)
      g_hash_table_add (needed, ((TelarEdge *)entry->in->pdata[j])->from);
  }
  return needed;
}

static gboolean
is_end (const TelarOperator *op)
{
  return op->category == TELAR_CATEGORY_LOSS || op->category == TELAR_CATEGORY_METRIC ||
         op->category == TELAR_CATEGORY_OUTPUT || telar_operator_n_outputs (op) == 0;
}

static void
warn_unused (TelarLowered *lowered, const GPtrArray *ordered)
{
  for (guint i = 0; i < ordered->len; i++) {
    const TelarGraphEntry *entry = ordered->pdata[i];
    if (entry->out->len == 0 && !is_end (entry->node.op))
      telar_lower_report (lowered, entry->node.id, TELAR_PROBLEM_WARNING,
                          "its output goes nowhere");
  }
}

/* What must not be told twice: results are named apart from losses and metrics, so that a model in
 * use names them as its evaluation does. */
static char *
name_key (const TelarPendingOutput *output)
{
  return g_strconcat (output->role == TELAR_OUTPUT_RESULT ? "result " : "", output->name, NULL);
}

/* A single loss is "loss"; several go by their nodes, beside their sum "loss" and the kernels'
 * "penalty". Caller frees. */
static char *
loss_name (const char *node, guint losses)
{
  static const char *const taken[] = { "loss", TELAR_LOSS_PENALTY, NULL };
  if (losses == 1)
    return g_strdup ("loss");
  return g_strv_contains (taken, node) ? g_strdup_printf ("%s.%s", node, node) : g_strdup (node);
}

/* Names the losses; how often each name occurs. */
static GHashTable *
name_losses (GArray *pending)
{
  guint losses = 0;
  GHashTable *uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < pending->len; i++)
    losses += g_array_index (pending, TelarPendingOutput, i).role == TELAR_OUTPUT_LOSS;
  for (guint i = 0; i < pending->len; i++) {
    TelarPendingOutput *output = &g_array_index (pending, TelarPendingOutput, i);
    if (output->role == TELAR_OUTPUT_LOSS && !output->name)
      output->name = loss_name (output->node, losses);
    char *key = name_key (output);
    guint times = GPOINTER_TO_UINT (g_hash_table_lookup (uses, key));
    g_hash_table_replace (uses, key, GUINT_TO_POINTER (times + 1));
  }
  return uses;
}

/* Equal names gain their nodes; a loss keeps its own. */
static void
name_outputs (GArray *pending)
{
  g_autoptr (GHashTable) uses = name_losses (pending);
  for (guint i = 0; i < pending->len; i++) {
    TelarPendingOutput *output = &g_array_index (pending, TelarPendingOutput, i);
    g_autofree char *key = name_key (output);
    if (output->role == TELAR_OUTPUT_LOSS || GPOINTER_TO_UINT (g_hash_table_lookup (uses, key)) < 2)
      continue;
    char *name = g_strdup_printf ("%s.%s", output->name, output->node);
    g_free (output->name);
    output->name = name;
  }
}

static void
build_outputs (TelarBuilder *b, GArray *pending)
{
  name_outputs (pending);
  for (guint i = 0; i < pending->len; i++) {
    const TelarPendingOutput *output = &g_array_index (pending, TelarPendingOutput, i);
    if (output->role == TELAR_OUTPUT_METRIC)
      telar_build_metric (b, output->name, output->kind, output->value);
    else
      telar_build_output (b, output->role, output->name, output->value);
  }
}

static void
clear_pending (gpointer data)
{
  g_free (((TelarPendingOutput *)data)->name);
}

GArray *
telar_lower_pending_new (void)
{
  GArray *pending = g_array_new (FALSE, FALSE, sizeof (TelarPendingOutput));
  g_array_set_clear_func (pending, clear_pending);
  return pending;
}

static void
lower_all (TelarLowering *l, const GPtrArray *ordered)
{
  g_autoptr (GHashTable) needed = NULL;
  if (l->state->mode == TELAR_LOWER_INFER)
    needed = find_needed (l->state->graph, ordered);
  for (guint i = 0; i < ordered->len; i++) {
    l->node = ordered->pdata[i];
    if (!needed || g_hash_table_contains (needed, l->node->id))
      telar_lower_node (l);
  }
  build_outputs (l->b, l->state->pending);
}

TelarLowered *
telar_lowered_new (void)
{
  TelarLowered *lowered = g_new0 (TelarLowered, 1);
  lowered->problems = g_ptr_array_new_with_free_func (free_problem);
  lowered->ports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  lowered->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return lowered;
}

TelarLowered *
telar_lower (const TelarGraph *graph, const TelarFeed *feed, TelarLowerMode mode)
{
  static const char *const names[] = { "infer", "evaluate", "train" };
  TelarLowered *lowered = telar_lowered_new ();
  g_autoptr (TelarBuilder) builder = telar_builder_new (names[mode]);
  g_autoptr (GArray) pending = telar_lower_pending_new ();
  struct TelarLowerState state = { graph, feed, mode, lowered, pending, NULL };
  TelarLowering lowering = { builder, NULL, mode == TELAR_LOWER_TRAIN, &state };
  g_autoptr (GPtrArray) ordered = telar_graph_topological (graph);

  check_purpose (lowered, graph, mode);
  lower_all (&lowering, ordered);
  if (mode != TELAR_LOWER_INFER)
    warn_unused (lowered, ordered);

  g_autoptr (GError) error = NULL;
  lowered->program = telar_builder_finish (builder, &error);
  if (error)
    telar_lower_report (lowered, telar_error_get_node (error), TELAR_PROBLEM_ERROR, "%s",
                        error->message);
  if (first_error (lowered))
    g_clear_pointer (&lowered->program, telar_program_unref);
  return lowered;
}

void
telar_lowered_free (TelarLowered *lowered)
{
  if (!lowered)
    return;
  if (lowered->program)
    telar_program_unref (lowered->program);
  g_ptr_array_unref (lowered->problems);
  g_hash_table_unref (lowered->ports);
  g_hash_table_unref (lowered->values);
  g_free (lowered);
}
