/* Edits of named values, and of all parameters of nodes at once. */
#include "app/project/edits.h"

#include <glib/gi18n.h>

gboolean
telar_edit_set_value (TelarDocument *document, const char *name, const char *text, GError **error)
{
  g_autofree char *words =
      g_strdup_printf (text ? _ ("Set value %s") : _ ("Remove value %s"), name);
  g_autofree char *key = g_strdup_printf ("values.%s", name);
  TelarGraph *graph = (TelarGraph *)telar_document_graph (document);

  telar_document_begin (document, words);
  telar_patch_touchf (telar_document_patch (document), graph, "values/%s", name);
  if (!telar_graph_set_value (graph, name, text, error)) {
    telar_document_abort (document);
    return FALSE;
  }
  telar_document_commit (document, text ? key : NULL);
  return TRUE;
}

static void
reset_all (TelarParamSet *params)
{
  for (const TelarParam *param = telar_param_set_table (params); param->name; param++)
    telar_param_set_reset (params, param->name);
}

void
telar_edit_reset_params (TelarDocument *document, const char *const *ids)
{
  TelarGraph *graph = telar_document_begin (document, _ ("Reset all parameters"));

  for (guint i = 0; ids[i]; i++) {
    TelarNode *node = telar_graph_find_node (graph, ids[i]);

    telar_patch_touchf (telar_document_patch (document), graph, "nodes/%s", ids[i]);
    reset_all (node->params);
    reset_all (node->learning);
  }
  telar_document_commit (document, NULL);
}
