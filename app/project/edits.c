/* Edits of nodes and settings. Each touches the records that it changes, changes the graph through
 * its own functions, and commits. Wires are in edits-wires.c, what
 * replaces and removes in edits-insert.c and edits-remove.c, places in edits-layout.c. */
#include "app/project/edits-private.h"
#include "app/project/library.h"

#include <glib/gi18n.h>

/* --- nodes ------------------------------------------------------------------------------------ */

TelarNode *
telar_edit_put_node (TelarDocument *document, TelarGraph *graph, const char *op, double x, double y,
                     GError **error)
{
  g_autofree char *brought = NULL;
  TelarNode *node;

  if (g_str_has_prefix (op, TELAR_LIBRARY_PREFIX)) {
    brought = telar_edit_bring (document, op, error);
    if (!brought)
      return NULL;
    op = brought;
  }
  node = telar_graph_add_node (graph, op, NULL, error);
  if (!node)
    return NULL;
  telar_patch_touch_new (telar_document_patch (document), graph, "nodes/%s", node->id);
  telar_patch_touch_new (telar_document_patch (document), graph, "layout/%s", node->id);
  node->x = x;
  node->y = y;
  return node;
}

TelarGraph *
telar_edit_begin_with (TelarDocument *document, const char *format, const char *op)
{
  const TelarOperator *found = telar_edit_find_operator (document, op);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *name =
      g_strconcat (parts[0], found ? _ (found->label) : op, parts[1] ? parts[1] : "", NULL);

  return telar_document_begin (document, name);
}

char *
telar_edit_end_with (TelarDocument *document, const TelarNode *node, gboolean ok)
{
  g_autofree char *id = NULL;

  if (!ok) {
    telar_document_abort (document);
    return NULL;
  }
  id = g_strdup (node->id);
  telar_document_commit (document, NULL);
  return g_steal_pointer (&id);
}

/* Ports that are called the same belong together, labels to labels; else the first that fits. */
static gboolean
attach_port (TelarDocument *document, TelarGraph *graph, const TelarNode *node,
             const TelarPortRef *attach, const char *wanted, GError **error)
{
  const TelarPort *ports = attach->output ? node->op->inputs : node->op->outputs;
  guint n =
      attach->output ? telar_operator_n_inputs (node->op) : telar_operator_n_outputs (node->op);

  for (guint port = 0; port < n; port++) {
    const char *from = attach->output ? attach->node : node->id;
    const char *to = attach->output ? node->id : attach->node;
    guint from_port = attach->output ? attach->port : port;
    guint to_port = attach->output ? port : attach->port;

    if ((!wanted || g_str_equal (ports[port].name, wanted)) &&
        telar_graph_can_connect (graph, from, from_port, to, to_port, NULL))
      return telar_edit_put_wire (document, graph, from, from_port, to, to_port, error);
  }
  telar_set_error (error, TELAR_ERROR_INVALID, attach->node, _ ("no port of %s fits here"),
                   _ (node->op->label));
  return FALSE;
}

/* Wires a port of @node to @attach. */
gboolean
telar_edit_attach (TelarDocument *document, TelarGraph *graph, const TelarNode *node,
                   const TelarPortRef *attach, GError **error)
{
  const TelarNode *other = telar_graph_find_node (graph, attach->node);
  const TelarPort *ports = attach->output ? other->op->outputs : other->op->inputs;

  return attach_port (document, graph, node, attach, ports[attach->port].name, NULL) ||
         attach_port (document, graph, node, attach, NULL, error);
}

char *
telar_edit_add (TelarDocument *document, const char *op, double x, double y,
                const TelarPortRef *attach, GError **error)
{
  TelarGraph *graph = telar_edit_begin_with (document, _ ("Add %s"), op);
  TelarNode *node = telar_edit_put_node (document, graph, op, x, y, error);
  gboolean ok = node && (!attach || telar_edit_attach (document, graph, node, attach, error));

  return telar_edit_end_with (document, node, ok);
}

/* --- parameters ------------------------------------------------------------------------------- */

static const char *
param_label (const TelarParam *table, const char *name)
{
  for (const TelarParam *param = table; param && param->name; param++) {
    if (g_str_equal (param->name, name))
      return _ (param->label);
  }
  return name;
}

/* With @text NULL the default. */
static gboolean
change_param (TelarDocument *document, const char *const *ids, const char *param, const char *text,
              GError **error)
{
  const TelarNode *first = telar_graph_find_node (telar_document_drawing (document), ids[0]);
  const TelarParamSet *params = telar_node_params (first, param);
  const char *label = param_label (telar_param_set_table (params), param);
  g_autofree char *name = g_strdup_printf (text ? _ ("Change %s") : _ ("Reset %s"), label);
  g_autofree char *joined = g_strjoinv (",", (char **)ids);
  g_autofree char *key = g_strdup_printf ("%s.%s", joined, param);
  TelarGraph *graph = telar_document_begin (document, name);

  for (guint i = 0; ids[i]; i++) {
    TelarNode *node = telar_graph_find_node (graph, ids[i]);

    telar_patch_touchf (telar_document_patch (document), graph, "nodes/%s", ids[i]);
    if (!text) {
      telar_param_set_reset (telar_node_params (node, param), param);
    } else if (!telar_param_set_put_text (telar_node_params (node, param), param, text, error)) {
      telar_document_abort (document);
      return FALSE;
    }
  }
  telar_document_commit (document, key);
  return TRUE;
}

gboolean
telar_edit_set_param (TelarDocument *document, const char *const *ids, const char *param,
                      const char *text, GError **error)
{
  return change_param (document, ids, param, text, error);
}

void
telar_edit_reset_param (TelarDocument *document, const char *const *ids, const char *param)
{
  change_param (document, ids, param, NULL, NULL);
}

void
telar_edit_set_title (TelarDocument *document, const char *id, const char *title)
{
  TelarGraph *graph = telar_document_begin (document, _ ("Change title"));
  TelarNode *node = telar_graph_find_node (graph, id);
  g_autofree char *key = g_strdup_printf ("title.%s", id);

  telar_patch_touchf (telar_document_patch (document), graph, "nodes/%s", id);
  g_free (node->title);
  node->title =
      title && title[0] && !g_str_equal (title, _ (node->op->label)) ? g_strdup (title) : NULL;
  telar_document_commit (document, key);
}

gboolean
telar_edit_rename (TelarDocument *document, const char *id, const char *new_id, GError **error)
{
  TelarGraph *graph;

  if (g_str_equal (id, new_id))
    return TRUE;
  graph = telar_document_begin (document, _ ("Rename node"));
  telar_patch_touch_node (telar_document_patch (document), graph, id);
  telar_edit_touch_uses (document, graph, id);
  if (!telar_graph_rename_node (graph, id, new_id, error)) {
    telar_document_abort (document);
    return FALSE;
  }
  telar_edit_touch_new_node (document, graph, new_id);
  telar_edit_touch_new_uses (document, graph, new_id);
  telar_document_commit (document, NULL);
  return TRUE;
}

/* Settings are of the document, whatever drawing is edited. */
static TelarGraph *
begin_settings (TelarDocument *document, const char *name)
{
  telar_document_begin (document, name);
  return (TelarGraph *)telar_document_graph (document);
}

static gboolean
change_training (TelarDocument *document, const char *param, const char *text, GError **error)
{
  const TelarParam *table =
      telar_param_set_table (telar_graph_training ((TelarGraph *)telar_document_graph (document)));
  const char *label = param_label (table, param);
  g_autofree char *name = g_strdup_printf (text ? _ ("Change %s") : _ ("Reset %s"), label);
  g_autofree char *key = g_strdup_printf ("training.%s", param);
  TelarGraph *graph = begin_settings (document, name);

  telar_patch_touchf (telar_document_patch (document), graph, "training/%s", param);
  if (!text) {
    telar_param_set_reset (telar_graph_training (graph), param);
  } else if (!telar_param_set_put_text (telar_graph_training (graph), param, text, error)) {
    telar_document_abort (document);
    return FALSE;
  }
  telar_document_commit (document, key);
  return TRUE;
}

gboolean
telar_edit_set_training (TelarDocument *document, const char *param, const char *text,
                         GError **error)
{
  return change_training (document, param, text, error);
}

void
telar_edit_reset_training (TelarDocument *document, const char *param)
{
  change_training (document, param, NULL, NULL);
}

void
telar_edit_set_seed (TelarDocument *document, guint64 seed)
{
  TelarGraph *graph = begin_settings (document, _ ("Change seed"));

  telar_patch_touch (telar_document_patch (document), graph, "seed");
  telar_graph_set_seed (graph, seed);
  telar_document_commit (document, "seed");
}
