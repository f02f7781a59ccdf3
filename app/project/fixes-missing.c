/* What is not there: wires into inputs, data, a loss, something that takes a result. */
#include "app/project/fixes-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define STEP  256
#define TRIED 48 /* ports, the nearest first */
#define SOME  3  /* offers of one kind */

/* An output port of the drawing that could feed something. */
typedef struct {
  char *node;
  guint port;
  gboolean used;
  double distance;
} Source;

static void
source_clear (gpointer data)
{
  g_free (((Source *)data)->node);
}

static int
compare_sources (gconstpointer a, gconstpointer b)
{
  const Source *x = a, *y = b;

  if (x->used != y->used)
    return x->used - y->used;
  return (x->distance > y->distance) - (x->distance < y->distance);
}

static gboolean
is_used (const TelarGraph *graph, const char *node, guint port)
{
  const GPtrArray *edges = telar_graph_edges (graph);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];

    if (edge->from_port == port && g_str_equal (edge->from, node))
      return TRUE;
  }
  return FALSE;
}

/* Tensors that nobody takes come first, then by how near they stand to @to or, without, those at
 * the end of the flow. */
static GArray *
find_sources (const TelarGraph *graph, const TelarNode *to)
{
  g_autoptr (GPtrArray) nodes = telar_graph_topological (graph);
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (Source));

  g_array_set_clear_func (sources, source_clear);
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    double distance = to ? hypot (node->x - to->x, node->y - to->y) : -(double)i;

    for (guint port = 0; node != to && port < telar_operator_n_outputs (node->op); port++) {
      Source source = { NULL, port, FALSE, distance };

      if (node->op->outputs[port].kind != TELAR_PORT_TENSOR)
        continue;
      source.node = g_strdup (node->id);
      source.used = is_used (graph, node->id, port);
      g_array_append_val (sources, source);
    }
  }
  g_array_sort (sources, compare_sources);
  if (to && sources->len > TRIED)
    g_array_set_size (sources, TRIED);
  return sources;
}

/* "digits", or "digits (labels)" where the node gives more than one thing. Caller frees. */
static char *
source_name (const TelarGraph *graph, const Source *source)
{
  const TelarNode *node = telar_graph_find_node (graph, source->node);

  if (telar_operator_n_outputs (node->op) == 1)
    return g_strdup_printf ("“%s”", telar_fixer_name (node));
  return g_strdup_printf ("“%s” (%s)", telar_fixer_name (node),
                          node->op->outputs[source->port].name);
}

/* --- inputs ----------------------------------------------------------------------------------- */

/* The node's inputs that want a wire, up to @most. */
static guint
missing_ports (const TelarGraph *graph, const TelarNode *node, guint *ports, guint most)
{
  gboolean model_input = g_str_equal (node->op->name, TELAR_OPERATOR_INPUT);
  guint n = 0;

  for (guint port = 0; port < telar_operator_n_inputs (node->op) && n < most; port++) {
    if ((!node->op->inputs[port].optional || model_input) &&
        !telar_graph_incoming (graph, node->id, port, 0))
      ports[n++] = port;
  }
  return n;
}

static gboolean
put (TelarFixer *f, TelarGraph *graph, const Source *source, const char *to, guint port)
{
  return telar_edit_put_wire (f->draft, graph, source->node, source->port, to, port, NULL);
}

/* Whether the source feeds an input of that name elsewhere: labels go to the loss and to metrics.
 */
static gboolean
feeds_alike (const TelarGraph *graph, const Source *source, const char *port)
{
  const GPtrArray *edges = telar_graph_edges (graph);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    const TelarNode *to = telar_graph_find_node (graph, edge->to);

    if (edge->from_port == source->port && g_str_equal (edge->from, source->node) &&
        g_str_equal (to->op->inputs[edge->to_port].name, port))
      return TRUE;
  }
  return FALSE;
}

static void
try_one (TelarFixer *f, const GArray *sources, guint port)
{
  const TelarNode *node = telar_graph_find_node (telar_trial_drawing (f->trial), f->node);
  const char *name_of_port = node->op->inputs[port].name;
  guint found = 0;

  for (guint i = 0; i < sources->len && found < SOME; i++) {
    const Source *source = &g_array_index (sources, Source, i);
    gboolean alike = feeds_alike (telar_trial_drawing (f->trial), source, name_of_port);
    TelarGraph *graph = telar_fixer_begin (f);
    g_autofree char *name = source_name (graph, source);

    /* Of what is in use already, only the nearest that fits. */
    if (source->used && found > 0) {
      telar_fixer_end (f, FALSE, f->node, TELAR_PROOF_NEEDED, NULL);
      return;
    }
    found += telar_fixer_end (f, put (f, graph, source, f->node, port), f->node,
                              source->used && !alike ? TELAR_PROOF_NEEDED : TELAR_PROOF_IF_KNOWN,
                              g_strdup_printf (_ ("Connect %s"), name));
  }
}

/* Both at once: what suits one port depends on the other. */
static void
try_two (TelarFixer *f, const GArray *sources, const guint ports[2])
{
  guint found = 0;

  for (guint i = 0; i < MIN (sources->len, 8); i++) {
    for (guint j = 0; j < MIN (sources->len, 8) && found < SOME; j++) {
      const Source *a = &g_array_index (sources, Source, i);
      const Source *b = &g_array_index (sources, Source, j);
      TelarGraph *graph;
      g_autofree char *first = NULL, *second = NULL;

      if (i == j)
        continue;
      graph = telar_fixer_begin (f);
      first = source_name (graph, a);
      second = source_name (graph, b);
      found += telar_fixer_end (
          f, put (f, graph, a, f->node, ports[0]) && put (f, graph, b, f->node, ports[1]), f->node,
          TELAR_PROOF_NEEDED, g_strdup_printf (_ ("Connect %s and %s"), first, second));
    }
  }
}

/* Where nothing is given yet: data of each kind, whose file is then to be chosen. */
static void
try_data (TelarFixer *f, guint port)
{
  const GPtrArray *all = telar_operators_all ();
  const GPtrArray *nodes = telar_graph_nodes (telar_trial_drawing (f->trial));

  for (guint i = 0; i < nodes->len; i++) {
    if (telar_operator_is_fed (((const TelarNode *)nodes->pdata[i])->op))
      return;
  }
  for (guint i = 0; i < all->len; i++) {
    const TelarOperator *op = all->pdata[i];
    TelarGraph *graph;
    const TelarNode *node, *to;
    gboolean done;

    if (!telar_operator_is_fed (op) || telar_graph_group_name (telar_trial_drawing (f->trial)))
      continue;
    graph = telar_fixer_begin (f);
    to = telar_graph_find_node (graph, f->node);
    node = telar_edit_put_node (f->draft, graph, op->name, to->x - STEP, to->y, NULL);
    done = node && telar_edit_put_wire (f->draft, graph, node->id, 0, f->node, port, NULL);
    telar_fixer_end (f, done, f->node, TELAR_PROOF_IF_KNOWN,
                     g_strdup_printf (_ ("Add data: %s"), _ (op->label)));
  }
}

static void
fix_inputs (TelarFixer *f)
{
  const TelarGraph *graph = telar_trial_drawing (f->trial);
  const TelarNode *node = telar_graph_find_node (graph, f->node);
  g_autoptr (GArray) sources = find_sources (graph, node);
  guint ports[3], n = missing_ports (graph, node, ports, G_N_ELEMENTS (ports));

  if (n == 2)
    try_two (f, sources, ports);
  if (n > 0 && f->fixes->len == 0)
    try_one (f, sources, ports[0]);
  if (n > 0 && f->fixes->len == 0)
    try_data (f, ports[0]);
}

/* --- outputs ---------------------------------------------------------------------------------- */

/* Inputs that want a wire and would take what the node gives. */
static void
try_takers (TelarFixer *f)
{
  const GPtrArray *nodes = telar_graph_nodes (telar_trial_drawing (f->trial));
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < nodes->len; i++)
    g_ptr_array_add (ids, g_strdup (((const TelarNode *)nodes->pdata[i])->id));
  for (guint i = 0; i < ids->len && f->fixes->len < SOME; i++) {
    const char *id = ids->pdata[i];
    const TelarGraph *drawing = telar_trial_drawing (f->trial);
    const TelarNode *node = telar_graph_find_node (drawing, id);
    guint ports[3], n = missing_ports (drawing, node, ports, G_N_ELEMENTS (ports));

    for (guint p = 0; p < n; p++) {
      TelarGraph *graph = telar_fixer_begin (f);
      const TelarNode *to = telar_graph_find_node (graph, id);
      char *label = g_strdup_printf (_ ("Connect to %s of “%s”"), to->op->inputs[ports[p]].name,
                                     telar_fixer_name (to));

      if (telar_fixer_end (f,
                           put (f, graph, &(Source){ (char *)f->node, 0, FALSE, 0 }, id, ports[p]),
                           id, TELAR_PROOF_IF_KNOWN, label))
        break;
    }
  }
}

static void
try_output (TelarFixer *f)
{
  TelarGraph *graph = telar_fixer_begin (f);
  const TelarNode *from = telar_graph_find_node (graph, f->node);
  gboolean group = telar_graph_group_name (graph) != NULL;
  const TelarNode *node = telar_edit_put_node (
      f->draft, graph, group ? TELAR_GROUP_OUTPUT : "output", from->x + STEP, from->y, NULL);
  gboolean done = node && telar_edit_put_wire (f->draft, graph, f->node, 0, node->id, 0, NULL);

  telar_fixer_end (f, done, f->node, TELAR_PROOF_IF_KNOWN, g_strdup (_ ("Add an output")));
}

static void
try_removal (TelarFixer *f)
{
  const TelarNode *node = telar_graph_find_node (telar_trial_drawing (f->trial), f->node);
  const TelarEdge *in = telar_operator_n_inputs (node->op)
                            ? telar_graph_incoming (telar_trial_drawing (f->trial), f->node, 0, 0)
                            : NULL;
  g_autofree char *before = in ? g_strdup (in->from) : NULL;
  TelarGraph *graph = telar_fixer_begin (f);
  char *label = g_strdup_printf (_ ("Remove “%s”"), telar_fixer_name (node));

  telar_patch_touch_node (telar_document_patch (f->draft), graph, f->node);
  telar_edit_drop_wires (f->draft, graph, f->node);
  telar_graph_remove_node (graph, f->node);
  telar_fixer_end (f, before != NULL, before, TELAR_PROOF_IF_KNOWN, label);
}

static void
fix_outputs (TelarFixer *f)
{
  const TelarGraph *graph = telar_trial_drawing (f->trial);
  const TelarNode *node = telar_graph_find_node (graph, f->node);

  if (f->problem->severity != TELAR_PROBLEM_WARNING || !telar_operator_n_outputs (node->op))
    return;
  for (guint port = 0; port < telar_operator_n_outputs (node->op); port++) {
    if (is_used (graph, f->node, port))
      return;
  }
  try_takers (f);
  try_output (f);
  try_removal (f);
}

/* --- the loss --------------------------------------------------------------------------------- */

/* What a model says: not data, and not yet probabilities, which the losses make themselves. */
static gboolean
is_model_end (const TelarNode *node)
{
  static const char *const ends[] = { "softmax", "log_softmax", "sigmoid", NULL };

  return node->op->lower && node->op->category != TELAR_CATEGORY_DATA &&
         node->op->category != TELAR_CATEGORY_METRIC && !g_strv_contains (ends, node->op->name);
}

/* What the model says and what it should have said, in a loss. */
static void
try_loss (TelarFixer *f, const char *loss, const Source *said, const Source *wanted)
{
  TelarGraph *graph = telar_fixer_begin (f);
  const TelarNode *from = telar_graph_find_node (graph, said->node), *node;
  g_autofree char *a = source_name (graph, said), *b = source_name (graph, wanted);
  g_autofree char *id = NULL;
  gboolean done;

  node = telar_edit_put_node (f->draft, graph, loss, from->x + STEP, from->y, NULL);
  id = g_strdup (node->id);
  done = put (f, graph, said, id, 0) && put (f, graph, wanted, id, 1);
  telar_fixer_end (f, done, id, TELAR_PROOF_NEEDED,
                   g_strdup_printf (_ ("Add %s of %s and %s"), _ (node->op->label), a, b));
}

static void
fix_loss (TelarFixer *f)
{
  static const char *const losses[] = { "cross_entropy", "mse", "binary_cross_entropy", "mae" };
  const TelarGraph *graph = telar_trial_drawing (f->trial);
  g_autoptr (GArray) sources = find_sources (graph, NULL);
  guint ends = 0;

  for (guint i = 0; i < sources->len && ends < SOME; i++) {
    const Source *said = &g_array_index (sources, Source, i);
    guint data = 0;

    if (!is_model_end (telar_graph_find_node (telar_trial_drawing (f->trial), said->node)))
      continue;
    ends++;
    for (guint j = 0; j < sources->len && data < SOME; j++) {
      const Source *wanted = &g_array_index (sources, Source, j);

      if (wanted->used ||
          !telar_operator_is_fed (
              telar_graph_find_node (telar_trial_drawing (f->trial), wanted->node)->op))
        continue;
      data++;
      for (guint k = 0; k < G_N_ELEMENTS (losses); k++)
        try_loss (f, losses[k], said, wanted);
    }
  }
}

static gboolean
has_loss (const TelarGraph *graph)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);

  for (guint i = 0; i < nodes->len; i++) {
    if (((const TelarNode *)nodes->pdata[i])->op->category == TELAR_CATEGORY_LOSS)
      return TRUE;
  }
  return FALSE;
}

void
telar_fix_missing (TelarFixer *f)
{
  if (f->node) {
    fix_inputs (f);
    fix_outputs (f);
  } else if (!has_loss (telar_trial_drawing (f->trial))) {
    fix_loss (f);
  }
}
