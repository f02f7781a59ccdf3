/* One use of a drawing: a piece for each of its nodes, groups called as classes. */
#include "engine/code/private.h"

#include <string.h>

void
code_refuse_node (CodeWriter *w, const char *node, const char *op, const char *reason)
{
  TelarCodeRefusal *refusal = g_new (TelarCodeRefusal, 1);

  *refusal = (TelarCodeRefusal){ g_strdup (node), g_strdup (op), g_strdup (reason) };
  g_ptr_array_add (w->code->refused, refusal);
}

/* --- pieces of operators ---------------------------------------------------------------------- */

gboolean
code_is_input (const TelarNode *node)
{
  return g_str_equal (node->op->name, TELAR_GROUP_INPUT) ||
         g_str_equal (node->op->name, TELAR_OPERATOR_INPUT) || telar_operator_is_fed (node->op);
}

static void
read_wires (CodePiece *p)
{
  const GPtrArray *edges = telar_graph_edges (p->drawing);
  g_autoptr (GArray) ports = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean *used = g_new0 (gboolean, telar_operator_n_outputs (p->node->op) + 1);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];

    if (g_str_equal (edge->to, p->node->id))
      g_array_append_val (ports, edge->to_port);
    if (g_str_equal (edge->from, p->node->id))
      used[edge->from_port] = TRUE;
  }
  p->n_inputs = ports->len;
  p->ports = (guint *)(gpointer)g_array_free (g_steal_pointer (&ports), FALSE);
  p->used = used;
}

/* Data that was not read yet gives none. */
static gboolean
knows_shapes (const CodePiece *p)
{
  for (guint i = 0; i < p->n_inputs; i++)
    if (!code_input_type (p, i))
      return FALSE;
  return telar_operator_n_outputs (p->node->op) == 0 || code_output_type (p, 0) != NULL;
}

static void
say_operator (CodePiece *p)
{
  const CodeEntry *entry = code_find (p->w->language, p->node->op->name);

  if (!entry) {
    code_refuse (p, "%s has nothing of the kind", p->w->language->name);
    return;
  }
  if (!knows_shapes (p)) {
    code_refuse (p, "the shape of what it is given is not known");
    return;
  }
  if (entry->helper)
    code_need (p, entry->helper);
  if (entry->emit)
    entry->emit (p);
  else
    p->forward = code_fill (p, entry->text);
}

/* --- pieces of groups ------------------------------------------------------------------------- */

/* Why the group's drawing cannot be said as a module, or NULL. */
static const char *
find_loop (const TelarGraph *drawing)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing);

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    gboolean input = g_str_equal (node->op->name, TELAR_GROUP_INPUT);

    if ((input && telar_param_set_bool (node->params, "each")) ||
        (g_str_equal (node->op->name, TELAR_GROUP_OUTPUT) &&
         (*telar_param_set_text (node->params, "carries") ||
          !telar_param_set_is_default (node->params, "gives"))))
      return "it is a loop over steps";
  }
  return NULL;
}

/* Several nodes of a group in one drawing that share its weights are one module. */
static gboolean
shares_module (const CodePiece *p)
{
  const GPtrArray *nodes = telar_graph_nodes (p->drawing);
  guint uses = 0;

  if (!g_str_equal (telar_param_set_text (p->node->params, "weights"), "shared"))
    return FALSE;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    uses += node->op == p->node->op &&
            g_str_equal (telar_param_set_text (node->params, "weights"), "shared");
  }
  return uses > 1;
}

static void
add_use (CodePiece *p, CodeModule *module, const CodeUse *parent, const char *before,
         const char *attr)
{
  const TelarGraph *drawing = telar_operator_drawing (p->node->op);
  CodeUse use = { drawing, g_strdup (before), g_strdup_printf ("%s%s.", parent->modules, attr) };

  g_ptr_array_add (module->calls, code_call_of (p->w, &use));
}

static void
say_group (CodePiece *p, const CodeUse *use)
{
  const TelarGraph *drawing = telar_operator_drawing (p->node->op);
  const char *loop = find_loop (drawing);
  const char *within = telar_lowered_find_within (p->w->lowered, p->lowered->id);
  gint64 repeat = code_int (p, "repeat");
  gboolean shared = g_str_equal (code_text (p, "step_weights"), "shared");
  gboolean several = telar_operator_n_inputs (p->node->op) > 1;
  g_autofree char *all = code_fill (p, "$*");

  if (loop || !within) {
    code_refuse (p, "%s", loop ? loop : "nothing in it runs");
    return;
  }
  if (repeat > 1 && several)
    code_need (p, shared ? "repeat_all" : "Repeated");
  CodeModule *module = code_module_of (p, repeat == 1 || shared ? NULL
                                          : several             ? "Repeated"
                                                                : p->w->language->sequence);
  code_forward (p, "self.%s(%s)", p->attr, all);
  if (repeat == 1 || shared) {
    add_use (p, module, use, within, p->attr);
    if (repeat > 1) {
      const char *helper = several ? "repeat_all" : "repeat";
      code_need (p, helper);
      code_forward (p, "%s(self.%s, %" G_GINT64_FORMAT ", %s)", helper, p->attr, repeat, all);
    }
    return;
  }
  for (gint64 i = 0; i < repeat; i++) {
    g_autofree char *before = g_strdup_printf ("%s/%" G_GINT64_FORMAT "/", p->lowered->id, i);
    g_autofree char *attr = g_strdup_printf ("%s.%" G_GINT64_FORMAT, p->attr, i);
    add_use (p, module, use, before, attr);
  }
}

/* --- bodies ----------------------------------------------------------------------------------- */

/* A name that nothing in the body has. */
static char *
free_name (GHashTable *names, const char *text)
{
  char *name = code_python_name (text);

  while (g_hash_table_contains (names, name)) {
    char *longer = g_strconcat (name, "_", NULL);
    g_free (name);
    name = longer;
  }
  g_hash_table_add (names, g_strdup (name));
  return name;
}

static void
keep_weights (CodeWriter *w, const CodePiece *p, const CodeUse *use)
{
  for (guint i = 0; i < p->weights->len; i++) {
    CodeWeight *weight = p->weights->pdata[i];
    char *name = g_strconcat (use->modules, weight->name, NULL);

    g_free (weight->name);
    weight->name = name;
    g_ptr_array_add (w->code->weights, weight);
  }
  g_ptr_array_set_free_func (p->weights, NULL);
  g_ptr_array_set_size (p->weights, 0);
}

static CodePiece *
new_piece (CodeWriter *w, const CodeUse *use, const TelarNode *node)
{
  CodePiece *p = g_new0 (CodePiece, 1);
  g_autofree char *path = g_strconcat (use->before, node->id, NULL);

  p->w = w;
  p->lowered = g_hash_table_lookup (w->nodes, path);
  p->node = node;
  p->drawing = use->drawing;
  p->modules = code_modules_new ();
  p->weights = code_weights_new ();
  if (!p->lowered)
    code_refuse_node (w, path, node->op->name, "it was not lowered");
  return p;
}

/* @shared: the names of groups whose module stands already. */
static void
say (CodePiece *p, const CodeUse *use, GHashTable *names, GHashTable *shared)
{
  const TelarGraph *inner = telar_operator_drawing (p->node->op);
  gboolean again = FALSE;

  if (inner && shares_module (p)) {
    const char *group = telar_graph_group_name (inner);
    char *attr = g_hash_table_lookup (shared, group);

    again = attr != NULL;
    p->attr = again ? g_strdup (attr) : free_name (names, group);
    g_hash_table_insert (shared, (gpointer)group, g_strdup (p->attr));
  } else {
    p->attr = free_name (names, p->node->id);
  }
  read_wires (p);
  if (inner)
    say_group (p, use);
  else
    say_operator (p);
  if (again) {
    g_ptr_array_set_size (p->modules, 0);
    return;
  }
  if (p->refusal)
    code_refuse_node (p->w, p->lowered->id, p->node->op->label, p->refusal);
  keep_weights (p->w, p, use);
}

CodeBody *
code_body_new (CodeWriter *w, const CodeUse *use)
{
  g_autoptr (GPtrArray) results = code_results (use->drawing);
  g_autoptr (GPtrArray) order = code_order (use->drawing, results);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) shared = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  CodeBody *body = g_new0 (CodeBody, 1);

  body->use = *use;
  body->pieces = g_ptr_array_new_with_free_func (code_piece_free);
  for (guint i = 0; i < order->len; i++) {
    if (code_is_input (order->pdata[i]))
      continue;
    CodePiece *p = new_piece (w, use, order->pdata[i]);

    g_ptr_array_add (body->pieces, p);
    if (p->lowered)
      say (p, use, names, shared);
  }
  return body;
}

void
code_body_free (gpointer data)
{
  CodeBody *body = data;

  g_ptr_array_unref (body->pieces);
  g_free (body->use.before);
  g_free (body->use.modules);
  g_free (body);
}
