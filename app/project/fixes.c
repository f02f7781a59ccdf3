/* Finding fixes and making them edits; the families are in fixes-*.c. */
#include "app/project/fixes-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define STEP 256 /* from one card to the next: its width and a gap */

static void
fix_free (gpointer data)
{
  TelarFix *fix = data;

  g_free (fix->label);
  telar_patch_free (fix->patch);
  g_free (fix);
}

GPtrArray *
telar_fixes_find (TelarDocument *document, TelarAnalysis *analysis, const TelarProblem *problem)
{
  g_autoptr (TelarTrial) trial = telar_trial_new (document, analysis, problem->node);
  const char *slash = problem->node ? strrchr (problem->node, '/') : NULL;
  TelarFixer f = {
    .trial = trial, .draft = telar_trial_draft (trial), .problem = problem, .analysis = analysis
  };

  f.node = slash ? slash + 1 : problem->node;
  f.fixes = g_ptr_array_new_with_free_func (fix_free);
  /* What was found a moment ago may be gone. */
  if (f.node && !telar_graph_find_node (telar_trial_drawing (trial), f.node))
    return f.fixes;
  if (problem->severity == TELAR_PROBLEM_ERROR)
    telar_fix_memory (&f);
  telar_fix_missing (&f);
  if (f.node && problem->severity == TELAR_PROBLEM_ERROR)
    telar_fix_shapes (&f);
  if (f.node)
    telar_fix_params (&f);
  return f.fixes;
}

/* The wire as an edit of the draft, in which it then stays; NULL where the graph's own rules are
 * against it. */
static TelarPatch *
draw_wire (TelarTrial *trial, const TelarEdge *wire)
{
  TelarDocument *draft = telar_trial_draft (trial);
  TelarGraph *graph = telar_document_begin (draft, "");
  const TelarNode *to = telar_graph_find_node (graph, wire->to);
  g_autoptr (TelarPatch) patch = NULL;
  gboolean drawn;

  if (!to->op->inputs[wire->to_port].repeated &&
      telar_graph_incoming (graph, wire->to, wire->to_port, 0))
    telar_edit_drop_wire (draft, graph, wire->to, wire->to_port, 0);
  drawn = telar_edit_put_wire (draft, graph, wire->from, wire->from_port, wire->to, wire->to_port,
                               NULL);
  patch = telar_trial_end (trial);
  if (!drawn || !telar_patch_apply (patch, (TelarGraph *)telar_document_graph (draft),
                                    TELAR_PATCH_FORWARD, NULL))
    return NULL;
  return g_steal_pointer (&patch);
}

GPtrArray *
telar_fixes_find_for_wire (TelarDocument *document, TelarAnalysis *analysis, const TelarEdge *wire)
{
  g_autofree char *path = telar_analysis_path (analysis, wire->to);
  const TelarProblem problem = { path, TELAR_PROBLEM_ERROR, (char *)"" };
  g_autoptr (TelarTrial) trial = telar_trial_new (document, analysis, path);
  g_autoptr (TelarPatch) drawn = draw_wire (trial, wire);
  TelarFixer f = { trial, telar_trial_draft (trial), analysis, &problem, wire->to, NULL };

  f.fixes = g_ptr_array_new_with_free_func (fix_free);
  if (drawn)
    telar_fix_shapes (&f);
  for (guint i = 0; i < f.fixes->len; i++) {
    TelarFix *fix = f.fixes->pdata[i];
    TelarPatch *both = telar_patch_new ();

    telar_patch_merge (both, drawn);
    telar_patch_merge (both, fix->patch);
    telar_patch_free (fix->patch);
    fix->patch = both;
  }
  return f.fixes;
}

gboolean
telar_fix_apply (const TelarFix *fix, TelarDocument *document, GError **error)
{
  const GPtrArray *changes = telar_patch_changes (fix->patch);
  TelarGraph *graph = (TelarGraph *)telar_document_graph (document);

  for (guint i = 0; i < changes->len; i++) {
    const TelarChange *change = changes->pdata[i];
    g_autofree char *now = telar_graph_get_record (graph, change->path);

    if (g_strcmp0 (now, change->before) != 0) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                       _ ("the project has changed since; look at its problems again"));
      return FALSE;
    }
  }
  telar_document_begin (document, fix->label);
  for (guint i = 0; i < changes->len; i++)
    telar_patch_touch (telar_document_patch (document), graph,
                       ((const TelarChange *)changes->pdata[i])->path);
  if (!telar_patch_apply (fix->patch, graph, TELAR_PATCH_FORWARD, error)) {
    telar_document_abort (document);
    return FALSE;
  }
  telar_document_commit (document, NULL);
  return TRUE;
}

/* --- candidates ------------------------------------------------------------------------------- */

TelarGraph *
telar_fixer_begin (TelarFixer *f)
{
  return telar_document_begin (f->draft, "");
}

static gboolean
is_known (const TelarFixer *f, const char *label)
{
  for (guint i = 0; i < f->fixes->len; i++) {
    if (g_str_equal (((const TelarFix *)f->fixes->pdata[i])->label, label))
      return TRUE;
  }
  return FALSE;
}

static void
add_fix (TelarFixer *f, char *label, TelarPatch *patch)
{
  TelarFix *fix = g_new (TelarFix, 1);

  *fix = (TelarFix){ label, patch };
  g_ptr_array_add (f->fixes, fix);
}

gboolean
telar_fixer_end (TelarFixer *f, gboolean done, const char *node, TelarProof proof, char *label)
{
  g_autofree char *owned = label;
  TelarTrialAnswer answer = TELAR_TRIAL_FAILS;
  g_autoptr (TelarPatch) patch = NULL;

  if (done && f->fixes->len < TELAR_FIXES_MOST && !is_known (f, label))
    answer = telar_trial_ask (f->trial, node);
  patch = telar_trial_end (f->trial);
  if (answer == TELAR_TRIAL_FAILS || (answer == TELAR_TRIAL_UNKNOWN && proof == TELAR_PROOF_NEEDED))
    return FALSE;
  add_fix (f, g_steal_pointer (&owned), g_steal_pointer (&patch));
  return TRUE;
}

void
telar_fixer_keep (TelarFixer *f, char *label)
{
  add_fix (f, label, telar_trial_end (f->trial));
}

const char *
telar_fixer_name (const TelarNode *node)
{
  return node->title && node->title[0] ? node->title : node->id;
}

gboolean
telar_fixer_set (TelarFixer *f, TelarGraph *graph, const char *id, const char *param,
                 const char *text)
{
  TelarNode *node = telar_graph_find_node (graph, id);

  telar_patch_touchf (telar_document_patch (f->draft), graph, "nodes/%s", id);
  return telar_param_set_put_text (telar_node_params (node, param), param, text, NULL);
}

static gboolean
set_all (TelarNode *node, const char *settings)
{
  g_auto (GStrv) words = g_strsplit (settings ? settings : "", " ", -1);

  for (guint i = 0; words[i] && *words[i]; i++) {
    char *equals = strchr (words[i], '=');

    *equals = '\0';
    if (!telar_param_set_put_text (node->params, words[i], equals + 1, NULL))
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_fixer_insert (TelarFixer *f, TelarGraph *graph, const char *op, const char *settings,
                    const TelarEdge *wire)
{
  const TelarNode *from = telar_graph_find_node (graph, wire->from);
  const TelarNode *to = telar_graph_find_node (graph, wire->to);
  double x = MAX ((from->x + to->x) / 2, from->x + STEP), y = (from->y + to->y) / 2;
  TelarNode *node = telar_edit_put_node (f->draft, graph, op, x, y, NULL);

  return node && set_all (node, settings) &&
         telar_edit_put_into_wire (f->draft, graph, node, wire, NULL);
}
