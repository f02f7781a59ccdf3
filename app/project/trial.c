/* Trials lower what an edit touches and what comes after it, on types that are known. */
#include "app/project/trial.h"

#include "app/project/edits-private.h"

#include <string.h>

struct TelarTrial {
  TelarAnalysis *analysis;
  TelarDocument *draft;
  char *before; /* of the drawing, as lowering names its nodes: "stage/0/" */
};

/* --- lowering on known types ------------------------------------------------------------------ */

typedef const TelarType *(*FindType) (gpointer source, const TelarNode *node, guint port);

static const TelarEdge *
next_edge (const TelarGraph *graph, const TelarNode *node, guint *port, guint *slot)
{
  const TelarEdge *edge = NULL;

  while (*port < telar_operator_n_inputs (node->op)) {
    edge = telar_graph_incoming (graph, node->id, *port, *slot);
    if (edge) {
      (*slot)++;
      return edge;
    }
    (*port)++;
    *slot = 0;
  }
  return NULL;
}

static gboolean
is_wired (const TelarGraph *graph, const TelarNode *node)
{
  for (guint port = 0; port < telar_operator_n_inputs (node->op); port++) {
    if (!node->op->inputs[port].optional && !telar_graph_incoming (graph, node->id, port, 0))
      return FALSE;
  }
  return TRUE;
}

/* Whether all that feeds the node is known, now that what came before it is lowered. What is not
 * in @lowered is assumed to give what it gave. */
static gboolean
inputs_known (TelarLowerWalk *walk, const TelarGraph *graph, const TelarNode *node,
              GHashTable *lowered, FindType find, gpointer source)
{
  guint port = 0, slot = 0;
  const TelarEdge *edge;
  gboolean known = TRUE;

  while ((edge = next_edge (graph, node, &port, &slot))) {
    const TelarNode *from = telar_graph_find_node (graph, edge->from);
    const TelarType *type;

    if (g_hash_table_contains (lowered, from->id)) {
      known = known && telar_lower_walk_port (walk, from, edge->from_port);
      continue;
    }
    type = find (source, from, edge->from_port);
    known = known && type;
    if (type)
      telar_lower_walk_assume (walk, from, edge->from_port, type);
  }
  return known;
}

/* --- a wire ----------------------------------------------------------------------------------- */

static const TelarType *
find_in_analysis (gpointer source, const TelarNode *node, guint port)
{
  return telar_analysis_type (source, node->id, node->op->outputs[port].name);
}

static gboolean
lower_target (const TelarGraph *graph, TelarAnalysis *analysis, const TelarNode *node,
              TelarType *result, gboolean *known, GError **error)
{
  g_autoptr (TelarLowerWalk) walk = telar_lower_walk_new_training (graph);
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  const TelarType *type;

  *known = FALSE;
  if (telar_operator_is_group_end (node->op) || !is_wired (graph, node) ||
      !inputs_known (walk, graph, node, none, find_in_analysis, analysis))
    return TRUE;
  if (!telar_lower_walk_node (walk, node, error))
    return FALSE;
  type = telar_operator_n_outputs (node->op) ? telar_lower_walk_port (walk, node, 0) : NULL;
  if (type && result)
    *result = *type;
  *known = type != NULL;
  return TRUE;
}

/* The wire is drawn for the moment, in the place of one that occupies the input; nobody sees it. */
gboolean
telar_trial_wire (TelarDocument *document, TelarAnalysis *analysis, const TelarEdge *wire,
                  TelarType *result, gboolean *known, GError **error)
{
  TelarGraph *graph = (TelarGraph *)telar_document_drawing (document);
  const TelarNode *to = telar_graph_find_node (graph, wire->to);
  g_autoptr (GError) refused = NULL;
  TelarEdge *old;
  guint slot = 0;
  gboolean unused, fits;

  known = known ? known : &unused;
  *known = FALSE;
  if (!telar_edit_can_connect (document, wire->from, wire->from_port, wire->to, wire->to_port,
                               error))
    return FALSE;
  if (!analysis || !to->op->lower)
    return TRUE;
  if (to->op->inputs[wire->to_port].repeated) {
    while (telar_graph_incoming (graph, wire->to, wire->to_port, slot))
      slot++;
  }
  old = telar_edit_lift (graph, wire->to, wire->to_port);
  telar_graph_connect (graph, wire->from, wire->from_port, wire->to, wire->to_port, slot, NULL);
  fits = lower_target (graph, analysis, to, result, known, &refused);
  telar_graph_disconnect (graph, wire->to, wire->to_port, slot);
  telar_edit_lay_back (graph, old);
  if (!fits)
    g_propagate_error (error, g_steal_pointer (&refused));
  return fits;
}

/* --- candidates ------------------------------------------------------------------------------- */

TelarTrial *
telar_trial_new (TelarDocument *document, TelarAnalysis *analysis, const char *path)
{
  TelarTrial *self = g_new0 (TelarTrial, 1);
  const char *slash = path ? strrchr (path, '/') : NULL;
  g_autofree char *place = g_strdup (path ? path : "");

  if (!telar_node_leave (place))
    *place = '\0';
  self->analysis = g_object_ref (analysis);
  self->draft = telar_document_new_draft (document, place);
  self->before = slash ? g_strndup (path, (gsize)(slash + 1 - path)) : g_strdup ("");
  return self;
}

void
telar_trial_free (TelarTrial *self)
{
  if (!self)
    return;
  g_object_unref (self->analysis);
  g_object_unref (self->draft);
  g_free (self->before);
  g_free (self);
}

TelarDocument *
telar_trial_draft (TelarTrial *self)
{
  return self->draft;
}

const TelarGraph *
telar_trial_drawing (TelarTrial *self)
{
  return telar_document_drawing (self->draft);
}

static const TelarType *
find_before (gpointer source, const TelarNode *node, guint port)
{
  TelarTrial *self = source;
  g_autofree char *path = g_strconcat (self->before, node->id, NULL);

  return telar_analysis_find_type (self->analysis, path, node->op->outputs[port].name);
}

const TelarType *
telar_trial_type (TelarTrial *self, const char *node, guint port)
{
  return find_before (self, telar_graph_find_node (telar_trial_drawing (self), node), port);
}

const TelarProblem *
telar_trial_problem (TelarTrial *self, const char *node)
{
  g_autofree char *path = g_strconcat (self->before, node, NULL);

  return telar_analysis_find_problem (self->analysis, path);
}

/* The nodes of the drawing whose records the edit changed, or whose wires. */
static GHashTable *
changed_nodes (TelarTrial *self)
{
  const GPtrArray *changes = telar_patch_changes (telar_document_patch (self->draft));
  const char *group = telar_graph_group_name (telar_trial_drawing (self));
  g_autofree char *prefix = group ? g_strdup_printf ("groups/%s/", group) : g_strdup ("");
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < changes->len; i++) {
    const char *path = ((const TelarChange *)changes->pdata[i])->path;

    if (!g_str_has_prefix (path, prefix))
      continue;
    path += strlen (prefix);
    if (g_str_has_prefix (path, "nodes/"))
      g_hash_table_add (ids, g_strdup (path + strlen ("nodes/")));
    else if (g_str_has_prefix (path, "edges/"))
      g_hash_table_add (
          ids, g_strndup (path + strlen ("edges/"), strcspn (path + strlen ("edges/"), ":")));
  }
  return ids;
}

static gboolean
follows_any (const TelarGraph *graph, const TelarNode *node, GHashTable *ids)
{
  guint port = 0, slot = 0;
  const TelarEdge *edge;

  while ((edge = next_edge (graph, node, &port, &slot))) {
    if (g_hash_table_contains (ids, edge->from))
      return TRUE;
  }
  return FALSE;
}

/* Whether the node was lowered before anything was tried: then it must not fail now. */
static gboolean
was_well (TelarTrial *self, const TelarGraph *graph, const TelarNode *node)
{
  const TelarProblem *problem = telar_trial_problem (self, node->id);
  guint port = 0, slot = 0;
  const TelarEdge *edge;

  if (problem && problem->severity == TELAR_PROBLEM_ERROR)
    return FALSE;
  if (telar_operator_n_outputs (node->op))
    return find_before (self, node, 0) != NULL;
  while ((edge = next_edge (graph, node, &port, &slot))) {
    if (!find_before (self, telar_graph_find_node (graph, edge->from), edge->from_port))
      return FALSE;
  }
  return TRUE;
}

TelarTrialAnswer
telar_trial_ask (TelarTrial *self, const char *node)
{
  const TelarGraph *graph = telar_trial_drawing (self);
  g_autoptr (TelarLowerWalk) walk = telar_lower_walk_new_training (graph);
  g_autoptr (GHashTable) changed = changed_nodes (self);
  g_autoptr (GPtrArray) ordered = telar_graph_topological (graph);
  TelarTrialAnswer answer = TELAR_TRIAL_UNKNOWN;

  g_hash_table_add (changed, g_strdup (node));
  for (guint i = 0; i < ordered->len; i++) {
    const TelarNode *at = ordered->pdata[i];
    gboolean asked = g_str_equal (at->id, node);

    if (!at->op->lower || telar_operator_is_group_end (at->op) ||
        (!g_hash_table_contains (changed, at->id) && !follows_any (graph, at, changed)))
      continue;
    g_hash_table_add (changed, g_strdup (at->id));
    if (!is_wired (graph, at) || !inputs_known (walk, graph, at, changed, find_before, self))
      continue;
    if (telar_lower_walk_node (walk, at, NULL))
      answer = asked ? TELAR_TRIAL_FITS : answer;
    else if (asked || was_well (self, graph, at))
      return TELAR_TRIAL_FAILS;
  }
  return answer;
}

TelarPatch *
telar_trial_end (TelarTrial *self)
{
  TelarPatch *patch = telar_patch_new ();
  TelarPatch *pending = telar_document_patch (self->draft);

  telar_patch_finish (pending, telar_document_graph (self->draft));
  telar_patch_merge (patch, pending);
  telar_document_abort (self->draft);
  return patch;
}
