/* The inspector's rows: what the selected nodes have in common, each row in the table's order. */
#include "app/ui/inspector-private.h"

#include "app/project/edits.h"
#include "app/ui/param-row.h"
#include "app/ui/training-groups.h"

#include <glib/gi18n.h>

const TelarGraph *
telar_inspector_drawing (TelarInspector *self)
{
  return telar_document_drawing (self->document);
}

/* What the document as a whole has: settings, its folder. */
const TelarGraph *
telar_inspector_graph (TelarInspector *self)
{
  return telar_document_graph (self->document);
}

const TelarNode *
telar_inspector_node (TelarInspector *self)
{
  return self->ids && self->ids[0]
             ? telar_graph_find_node (telar_inspector_drawing (self), self->ids[0])
             : NULL;
}

TelarParamSet *
telar_inspector_training (TelarInspector *self)
{
  return telar_graph_training ((TelarGraph *)telar_inspector_graph (self));
}

/* --- rows ------------------------------------------------------------------------------------- */

/* The value that all selected nodes share, or NULL. */
static const TelarParamValue *
shared_value (TelarInspector *self, const char *param, gboolean *is_default)
{
  const TelarParamValue *value = NULL;

  *is_default = TRUE;
  for (guint i = 0; self->ids[i]; i++) {
    const TelarNode *node = telar_graph_find_node (telar_inspector_drawing (self), self->ids[i]);
    const TelarParamSet *params = telar_node_params (node, param);
    const TelarParamValue *own = telar_param_set_get (params, param);

    *is_default = *is_default && telar_param_set_is_default (params, param);
    if (value && !telar_param_value_equal (value, own))
      return NULL;
    value = own;
  }
  return value;
}

void
telar_inspector_update_rows (TelarInspector *self, gboolean computed)
{
  const char *folder = telar_graph_folder (telar_inspector_graph (self));

  for (guint i = 0; i < self->rows->len; i++) {
    TelarParamRow *row = self->rows->pdata[i];
    const char *name = telar_param_row_param (row)->name;
    const TelarParamValue *value;
    gboolean is_default;

    if (self->ids[0]) {
      value = shared_value (self, name, &is_default);
    } else {
      value = telar_param_set_get (telar_inspector_training (self), name);
      is_default = telar_param_set_is_default (telar_inspector_training (self), name);
      gtk_widget_set_visible (GTK_WIDGET (row),
                              telar_training_counts (telar_inspector_training (self), name));
    }
    if (!computed || (value && value->expression))
      telar_param_row_show (row, value, is_default);
    telar_param_row_set_folder (row, folder);
  }
}

static void
on_edit (TelarParamRow *row, const char *text, TelarInspector *self)
{
  const char *name = telar_param_row_param (row)->name;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (self->ids[0])
    ok = telar_edit_set_param (self->document, (const char *const *)self->ids, name, text, &error);
  else
    ok = telar_edit_set_training (self->document, name, text, &error);
  telar_param_row_show_error (row, ok ? NULL : error->message);
}

static void
on_reset (TelarParamRow *row, TelarInspector *self)
{
  const char *name = telar_param_row_param (row)->name;

  if (self->ids[0])
    telar_edit_reset_param (self->document, (const char *const *)self->ids, name);
  else
    telar_edit_reset_training (self->document, name);
}

void
telar_inspector_add_row (TelarInspector *self, GtkWidget *box, const TelarParam *param)
{
  GtkWidget *row = telar_param_row_new (param);

  g_signal_connect (row, "edit", G_CALLBACK (on_edit), self);
  g_signal_connect (row, "reset", G_CALLBACK (on_reset), self);
  g_ptr_array_add (self->rows, row);
  gtk_box_append (GTK_BOX (box), row);
}

GtkWidget *
telar_inspector_rows_box (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_add_css_class (box, "param-list");
  return box;
}

GtkWidget *
telar_inspector_build_rows (TelarInspector *self, const TelarParam *table)
{
  GtkWidget *box = telar_inspector_rows_box ();

  for (const TelarParam *param = table; param && param->name; param++)
    telar_inspector_add_row (self, box, param);
  return box;
}

/* --- of several nodes ------------------------------------------------------------------------- */

static gboolean
all_have (TelarInspector *self, const TelarParam *param)
{
  for (guint i = 1; self->ids[i]; i++) {
    const TelarNode *node = telar_graph_find_node (telar_inspector_drawing (self), self->ids[i]);
    gboolean has = FALSE;

    for (const TelarParam *own = node->op->params; own && own->name; own++)
      has = has || (g_str_equal (own->name, param->name) && own->kind == param->kind &&
                    own->choices == param->choices);
    if (!has)
      return FALSE;
  }
  return TRUE;
}

/* What all selected nodes have, however different they are. */
GtkWidget *
telar_inspector_build_common (TelarInspector *self)
{
  GtkWidget *box = telar_inspector_rows_box ();

  for (const TelarParam *param = telar_inspector_node (self)->op->params; param && param->name;
       param++) {
    if (all_have (self, param))
      telar_inspector_add_row (self, box, param);
  }
  if (gtk_widget_get_first_child (box))
    return box;
  g_object_ref_sink (box);
  g_object_unref (box);
  return NULL;
}

gboolean
telar_inspector_all_alike (TelarInspector *self)
{
  const TelarOperator *op = telar_inspector_node (self)->op;

  for (guint i = 1; self->ids[i]; i++) {
    if (telar_graph_find_node (telar_inspector_drawing (self), self->ids[i])->op != op)
      return FALSE;
  }
  return TRUE;
}

GtkWidget *
telar_inspector_build_learning (TelarInspector *self)
{
  GtkWidget *expander = gtk_expander_new (_ ("Learning"));

  gtk_expander_set_child (GTK_EXPANDER (expander),
                          telar_inspector_build_rows (self, telar_learning_params));
  return expander;
}

static void
on_reset_all (TelarInspector *self)
{
  telar_edit_reset_params (self->document, (const char *const *)self->ids);
}

GtkWidget *
telar_inspector_build_reset_all (TelarInspector *self)
{
  GtkLabel *label;

  self->reset_all = gtk_button_new_with_label (_ ("Reset All to Their Defaults"));
  label = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->reset_all)));
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_justify (label, GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->reset_all, "flat");
  gtk_widget_set_halign (self->reset_all, GTK_ALIGN_END);
  g_signal_connect_swapped (self->reset_all, "clicked", G_CALLBACK (on_reset_all), self);
  return self->reset_all;
}

static gboolean
is_all_default (const TelarParamSet *params)
{
  for (const TelarParam *param = telar_param_set_table (params); param->name; param++) {
    if (!telar_param_set_is_default (params, param->name))
      return FALSE;
  }
  return TRUE;
}

void
telar_inspector_update_reset_all (TelarInspector *self)
{
  gboolean any = FALSE;

  for (guint i = 0; self->ids[i]; i++) {
    const TelarNode *node = telar_graph_find_node (telar_inspector_drawing (self), self->ids[i]);

    any = any || !is_all_default (node->params) || !is_all_default (node->learning);
  }
  gtk_widget_set_visible (self->reset_all, any);
}
