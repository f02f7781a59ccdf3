/* Values of the node's own parameters that would do: the defaults, and the nearest numbers. */
#include "app/project/fixes-private.h"

#include <glib/gi18n.h>

#define NEAR 64 /* how far from a number others are tried */

static gboolean
try_value (TelarFixer *f, const TelarParam *param, const char *text)
{
  TelarGraph *graph = telar_fixer_begin (f);
  char *label = g_strdup_printf (_ ("Set %s to %s"), _ (param->label), text);

  return telar_fixer_end (f, telar_fixer_set (f, graph, f->node, param->name, text), f->node,
                          TELAR_PROOF_NEEDED, label);
}

static void
try_reset (TelarFixer *f, const TelarParam *param)
{
  TelarGraph *graph = telar_fixer_begin (f);
  TelarNode *node = telar_graph_find_node (graph, f->node);

  telar_patch_touchf (telar_document_patch (f->draft), graph, "nodes/%s", f->node);
  telar_param_set_reset (telar_node_params (node, param->name), param->name);
  telar_fixer_end (f, TRUE, f->node, TELAR_PROOF_NEEDED,
                   g_strdup_printf (_ ("Reset %s"), _ (param->label)));
}

/* The nearest below, then the nearest above. */
static void
try_integers (TelarFixer *f, const TelarParam *param, gint64 has)
{
  for (int sign = -1; sign <= 1; sign += 2) {
    for (gint64 away = 1; away <= NEAR; away++) {
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, has + sign * away);

      if (param->minimum != param->maximum && ((double)(has + sign * away) < param->minimum ||
                                               (double)(has + sign * away) > param->maximum))
        break;
      if (try_value (f, param, text))
        break;
    }
  }
}

/* All numbers of the list alike, from the largest down. */
static void
try_lists (TelarFixer *f, const TelarParam *param, const TelarParamValue *has)
{
  gint64 most = 0;

  for (guint i = 0; i < has->ints.n; i++)
    most = MAX (most, has->ints.items[i]);
  for (gint64 size = MIN (most, NEAR) - 1; size >= MAX (1, (gint64)param->minimum); size--) {
    GString *text = g_string_new (NULL);
    gboolean found;

    for (guint i = 0; i < has->ints.n; i++)
      g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i ? "x" : "", size);
    found = try_value (f, param, text->str);
    g_string_free (text, TRUE);
    if (found)
      return;
  }
}

static void
try_param (TelarFixer *f, const TelarParam *param)
{
  const TelarNode *node = telar_graph_find_node (telar_trial_drawing (f->trial), f->node);
  TelarParamValue has;

  if (!telar_param_set_is_default (node->params, param->name))
    try_reset (f, param);
  node = telar_graph_find_node (telar_trial_drawing (f->trial), f->node);
  telar_param_value_copy (&has, telar_param_set_get (node->params, param->name));
  if (param->kind == TELAR_PARAM_INT)
    try_integers (f, param, has.integer);
  else if (param->kind == TELAR_PARAM_INTS)
    try_lists (f, param, &has);
  else if (param->kind == TELAR_PARAM_CHOICE)
    for (guint i = 0; param->choices[i]; i++)
      try_value (f, param, param->choices[i]);
  telar_param_value_clear (&has);
}

/* A warning that these do nothing is mended by setting none. */
static void
try_learning (TelarFixer *f)
{
  TelarGraph *graph = telar_fixer_begin (f);
  TelarNode *node = telar_graph_find_node (graph, f->node);
  gboolean any = FALSE;

  telar_patch_touchf (telar_document_patch (f->draft), graph, "nodes/%s", f->node);
  for (const TelarParam *param = telar_learning_params; param->name; param++) {
    any = any || !telar_param_set_is_default (node->learning, param->name);
    telar_param_set_reset (node->learning, param->name);
  }
  telar_fixer_end (f, any, f->node, TELAR_PROOF_IF_KNOWN,
                   g_strdup (_ ("Reset the settings of learning")));
}

void
telar_fix_params (TelarFixer *f)
{
  const TelarNode *node = telar_graph_find_node (telar_trial_drawing (f->trial), f->node);
  const TelarParam *table = node->op->params;

  if (f->problem->severity == TELAR_PROBLEM_WARNING) {
    try_learning (f);
    return;
  }
  for (const TelarParam *param = table; param && param->name && f->fixes->len < TELAR_FIXES_MOST;
       param++)
    try_param (f, param);
}

/* Only where everything else is well is a plan made, and can it be too large. */
void
telar_fix_memory (TelarFixer *f)
{
  gint64 batch = telar_analysis_fitting_batch (f->analysis);
  TelarGraph *graph = (TelarGraph *)telar_document_graph (f->draft);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, batch);

  if (batch == 0)
    return;
  telar_fixer_begin (f);
  telar_patch_touch (telar_document_patch (f->draft), graph, "training/batch");
  telar_param_set_put_text (telar_graph_training (graph), "batch", text, NULL);
  telar_fixer_keep (f, g_strdup_printf (_ ("Set the batch to %s"), text));
}
