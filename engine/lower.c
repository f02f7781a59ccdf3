/* From the graph to the IR: walks the nodes in order and lets each build itself. A node that cannot
 * stops only what depends on it, so that one look shows all that is wrong. */
#include "engine/lower-private.h"
#include <string.h>

/* --- ports ------------------------------------------------------------------------------------ */

static void
note_type (TelarLowering *l, guint port, const TelarType *type)
{
  char *key = g_strdup_printf ("%s:%s", l->id, l->node->op->outputs[port].name);
  g_hash_table_insert (l->state->lowered->ports, key, g_memdup2 (type, sizeof *type));
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
  gboolean within = *l->state->before != '\0';
  g_autofree char *path = within ? g_strconcat (l->state->before, edge->from, NULL) : NULL;
  TelarValue *values = g_hash_table_lookup (l->state->lowered->values, within ? path : edge->from);
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
    telar_lower_report (l->state->lowered, l->id, TELAR_PROBLEM_ERROR,
                        "the input %s is not connected", input->name);
    good = FALSE;
  }
  return good;
}

/* Whether the node's expressions came to numbers. */
static gboolean
check_values (TelarLowering *l)
{
  g_autoptr (GError) error = NULL;
  if (telar_node_check_values (l->node, &error))
    return TRUE;
  telar_lower_report_error (l->state->lowered, l->id, error);
  return FALSE;
}

/* A model in use begins at its input nodes, whatever feeds them while it is trained. */
static gboolean
begins_model (const TelarOperator *op, TelarLowerMode mode)
{
  return mode == TELAR_LOWER_INFER && strcmp (op->name, TELAR_OPERATOR_INPUT) == 0;
}

/* FALSE when something before the node has a problem or no known shape. What a group does not know
 * stops only what depends on it within. */
static gboolean
inputs_known (TelarLowering *l)
{
  const TelarGraphEntry *entry = (const TelarGraphEntry *)l->node;
  if (begins_model (l->node->op, l->state->mode) || telar_operator_drawing (l->node->op))
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
      note_type (l, i, &port->type);
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
      telar_lower_report (l->state->lowered, l->id, TELAR_PROBLEM_WARNING,
                          "%s is set, but the node has no parameters to learn", param->name);
}

static void
check_outputs (TelarLowering *l)
{
  const TelarOperator *op = l->node->op;
  for (guint i = 0; i < telar_operator_n_outputs (op) && !telar_operator_drawing (op); i++)
    if (l->state->outputs[i] == TELAR_NO_VALUE && !op->outputs[i].optional)
      telar_lower_fail (l, "the operator %s gives no %s", op->name, op->outputs[i].name);
}

static void
lower_operator (TelarLowering *l)
{
  const TelarNode *node = l->node;
  guint n = telar_operator_n_outputs (node->op), pending = l->state->pending->len;
  TelarValue *outputs = l->state->outputs;
  telar_builder_set_origin (l->b, l->id);
  l->state->learns = FALSE;
  l->training = l->state->mode == TELAR_LOWER_TRAIN && !l->state->frozen &&
                !telar_param_set_bool (node->learning, "frozen");
  node->op->lower (l);
  check_outputs (l);
  telar_builder_set_origin (l->b, NULL);

  g_autoptr (GError) error = telar_builder_take_error (l->b);
  if (error) {
    telar_lower_report_error (l->state->lowered, l->id, error);
    g_array_set_size (l->state->pending, pending);
    for (guint i = 0; i < n; i++)
      outputs[i] = TELAR_NO_VALUE;
    return;
  }
  warn_learning (l);
  for (guint i = 0; i < n; i++)
    if (outputs[i] != TELAR_NO_VALUE)
      note_type (l, i, telar_builder_type (l->b, outputs[i]));
}

static void
begin_node (TelarLowering *l, const TelarNode *node)
{
  TelarLowered *lowered = l->state->lowered;
  TelarLoweredNode *entry = g_new0 (TelarLoweredNode, 1);
  g_autofree char *id = g_strconcat (l->state->before, node->id, NULL);
  g_autofree char *states = g_strconcat (l->state->states, node->id, NULL);
  entry->id = telar_lowered_keep (lowered, id);
  entry->node = node;
  entry->drawing = l->state->graph;
  entry->before = l->state->before;
  entry->states = telar_lowered_keep (lowered, states);
  g_ptr_array_add (lowered->nodes, entry);
  l->node = node;
  l->id = entry->id;
}

void
telar_lower_node (TelarLowering *l, const TelarNode *node)
{
  guint n = telar_operator_n_outputs (node->op);
  TelarValue *outputs = g_new (TelarValue, MAX (n, 1));
  begin_node (l, node);
  l->state->n_lowered++;
  for (guint i = 0; i < n; i++)
    outputs[i] = TELAR_NO_VALUE;
  g_hash_table_replace (l->state->lowered->values, g_strdup (l->id), outputs);
  l->state->outputs = outputs;
  if (!check_wired (l) || !check_values (l))
    return;
  if (!l->node->op->lower)
    lower_data (l);
  else if (inputs_known (l))
    lower_operator (l);
}

/* --- the whole graph -------------------------------------------------------------------------- */

/* @seen: the drawings that were looked through. */
static gboolean
has_category_in (const TelarGraph *graph, TelarCategory category, GHashTable *seen)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  if (!g_hash_table_add (seen, (gpointer)graph))
    return FALSE;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarOperator *op = ((const TelarNode *)nodes->pdata[i])->op;
    const TelarGraph *drawing = telar_operator_drawing (op);
    if (op->category == category || (drawing && has_category_in (drawing, category, seen)))
      return TRUE;
  }
  return FALSE;
}

/* Also in groups. */
static gboolean
has_category (const TelarGraph *graph, TelarCategory category)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  return has_category_in (graph, category, seen);
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

/* Expressions of the settings that come to nothing are of no node. */
static void
check_settings (TelarLowered *lowered, const TelarGraph *graph, TelarLowerMode mode)
{
  g_autoptr (GError) error = NULL;
  if (mode == TELAR_LOWER_TRAIN && !telar_graph_check_settings (graph, &error))
    telar_lower_report (lowered, NULL, TELAR_PROBLEM_ERROR, "training: %s", error->message);
}

/* Of a group's node only the ports count that its own results depend on. */
static void
need_sources (struct TelarLowerState *state, GHashTable *needed, const TelarGraphEntry *entry)
{
  const TelarGraph *drawing = telar_operator_drawing (entry->node.op);
  GHashTable *within = drawing ? telar_lower_needed (state, drawing) : NULL;
  for (guint i = 0; i < entry->in->len; i++) {
    const TelarEdge *edge = entry->in->pdata[i];
    const char *port = entry->node.op->inputs[edge->to_port].name;
    if (!within || g_hash_table_contains (within, port))
      g_hash_table_add (needed, edge->from);
  }
}

GHashTable *
telar_lower_needed (struct TelarLowerState *state, const TelarGraph *drawing)
{
  GHashTable *needed = g_hash_table_lookup (state->needed, drawing);
  if (needed)
    return needed;
  g_autoptr (GPtrArray) ordered = telar_graph_topological (drawing);
  needed = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (state->needed, (gpointer)drawing, needed);
  for (guint i = ordered->len; i-- > 0;) {
    const TelarGraphEntry *entry = ordered->pdata[i];
    if (entry->node.op->category != TELAR_CATEGORY_OUTPUT &&
        entry->node.op != &telar_group_output && !g_hash_table_contains (needed, entry->node.id))
      continue;
    g_hash_table_add (needed, entry->node.id);
    if (!begins_model (entry->node.op, TELAR_LOWER_INFER))
      need_sources (state, needed, entry);
  }
  return needed;
}

static gboolean
is_end (const TelarOperator *op)
{
  return op->category == TELAR_CATEGORY_LOSS || op->category == TELAR_CATEGORY_METRIC ||
         op->category == TELAR_CATEGORY_OUTPUT || telar_operator_n_outputs (op) == 0;
}

/* Also in groups, once for each place however often it runs; not what holds losses of its own. */
static void
warn_unused (TelarLowered *lowered)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_direct_hash, g_direct_equal);
  for (guint i = 0; i < lowered->nodes->len; i++) {
    const TelarLoweredNode *node = lowered->nodes->pdata[i];
    const TelarGraphEntry *entry = (const TelarGraphEntry *)node->node;
    const TelarGraph *drawing = telar_operator_drawing (entry->node.op);
    if (entry->out->len == 0 && !is_end (entry->node.op) &&
        !(drawing && has_category (drawing, TELAR_CATEGORY_LOSS)) &&
        g_hash_table_add (seen, (gpointer)node->node))
      telar_lower_report (lowered, node->id, TELAR_PROBLEM_WARNING, "its output goes nowhere");
  }
}

static void
clear_pending (gpointer data)
{
  g_free (((TelarPendingOutput *)data)->name);
}

static void
clear_update (gpointer data)
{
  g_free (((TelarPendingUpdate *)data)->state);
}

struct TelarLowerState
telar_lower_state (const TelarGraph *graph, const TelarFeed *feed, TelarLowerMode mode,
                   TelarLowered *lowered)
{
  struct TelarLowerState state = {
    .graph = graph,
    .feed = feed,
    .mode = mode,
    .lowered = lowered,
    .pending = g_array_new (FALSE, FALSE, sizeof (TelarPendingOutput)),
    .updates = g_array_new (FALSE, FALSE, sizeof (TelarPendingUpdate)),
    .needed = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref),
    .before = "",
    .states = "",
    .streams = "",
    .rate_factor = 1,
    .decay_factor = 1,
  };
  g_array_set_clear_func (state.pending, clear_pending);
  g_array_set_clear_func (state.updates, clear_update);
  return state;
}

void
telar_lower_state_clear (struct TelarLowerState *state)
{
  g_array_unref (state->pending);
  g_array_unref (state->updates);
  g_hash_table_unref (state->needed);
}

static void
lower_all (TelarLowering *l)
{
  const TelarGraph *graph = l->state->graph;
  g_autoptr (GPtrArray) ordered = telar_graph_topological (graph);
  GHashTable *needed = NULL;
  if (l->state->mode == TELAR_LOWER_INFER)
    needed = telar_lower_needed (l->state, graph);
  for (guint i = 0; i < ordered->len; i++) {
    const TelarNode *node = ordered->pdata[i];
    if (!needed || g_hash_table_contains (needed, node->id))
      telar_lower_node (l, node);
  }
  telar_lower_build_outputs (l->b, l->state->pending);
  telar_lower_build_updates (l->b, l->state->updates);
}

TelarLowered *
telar_lower (const TelarGraph *graph, const TelarFeed *feed, TelarLowerMode mode)
{
  static const char *const names[] = { "infer", "evaluate", "train" };
  TelarLowered *lowered = telar_lowered_new ();
  g_autoptr (TelarBuilder) builder = telar_builder_new (names[mode]);
  struct TelarLowerState state = telar_lower_state (graph, feed, mode, lowered);
  TelarLowering lowering = { .b = builder, .state = &state };

  telar_graph_evaluate (graph);
  check_purpose (lowered, graph, mode);
  check_settings (lowered, graph, mode);
  lower_all (&lowering);
  if (mode != TELAR_LOWER_INFER)
    warn_unused (lowered);
  telar_lower_state_clear (&state);

  g_autoptr (GError) error = NULL;
  lowered->program = telar_builder_finish (builder, &error);
  if (error)
    telar_lower_report (lowered, telar_error_get_node (error), TELAR_PROBLEM_ERROR, "%s",
                        error->message);
  if (telar_lowered_n_errors (lowered) > 0)
    g_clear_pointer (&lowered->program, telar_program_unref);
  return lowered;
}
