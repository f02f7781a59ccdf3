/* Facts from registry and analysis, for the inspector. */
#include "app/ui/facts.h"

#include "app/ui/format.h"

#include <glib/gi18n.h>

GtkWidget *
telar_facts_row (const char *name, const char *value)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *left = gtk_label_new (name), *right = gtk_label_new (value);

  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_label_set_xalign (GTK_LABEL (right), 1);
  gtk_label_set_selectable (GTK_LABEL (right), TRUE);
  gtk_label_set_wrap (GTK_LABEL (right), TRUE);
  gtk_widget_set_hexpand (left, TRUE);
  gtk_widget_add_css_class (left, "dim-label");
  gtk_widget_add_css_class (right, "figures");
  gtk_widget_add_css_class (row, "fact");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (right), GTK_ACCESSIBLE_RELATION_LABELLED_BY, left,
                                  NULL, -1);
  gtk_box_append (GTK_BOX (row), left);
  gtk_box_append (GTK_BOX (row), right);
  return row;
}

static void
add (GtkBox *box, const char *name, char *value)
{
  gtk_box_append (box, telar_facts_row (name, value));
  g_free (value);
}

void
telar_facts_of_node (GtkBox *box, const TelarNode *node, TelarAnalysis *analysis)
{
  gint64 parameters = telar_analysis_parameters (analysis, node->id);
  double flops = telar_analysis_flops (analysis, node->id);
  guint n = telar_operator_n_outputs (node->op);

  for (guint i = 0; i < n; i++) {
    const char *port = node->op->outputs[i].name;
    char *shape = telar_analysis_shape (analysis, node->id, port);
    g_autofree char *name =
        n == 1 ? g_strdup (_ ("Output")) : g_strdup_printf (_ ("Output %s"), port);

    if (shape)
      add (box, name, shape);
  }
  if (parameters >= 0)
    add (box, _ ("Parameters"), g_strdup_printf ("%'" G_GINT64_FORMAT, parameters));
  if (flops > 0)
    add (box, _ ("Work in a step"), telar_format_flops (flops));
}

void
telar_facts_of_project (GtkBox *box, TelarAnalysis *analysis)
{
  gint64 train = telar_analysis_rows (analysis, TELAR_SPLIT_TRAIN);
  gint64 validation = telar_analysis_rows (analysis, TELAR_SPLIT_VALIDATION);
  gint64 parameters = telar_analysis_parameters (analysis, NULL);
  TelarAnalysisCost cost;

  if (train >= 0)
    add (box, _ ("Training rows"), g_strdup_printf ("%'" G_GINT64_FORMAT, train));
  if (validation >= 0)
    add (box, _ ("Validation rows"), g_strdup_printf ("%'" G_GINT64_FORMAT, validation));
  if (parameters >= 0)
    add (box, _ ("Parameters"), g_strdup_printf ("%'" G_GINT64_FORMAT, parameters));
  if (telar_analysis_cost (analysis, &cost)) {
    add (box, _ ("Memory to train"), telar_format_bytes ((double)cost.total_bytes));
    add (box, _ ("Weights and slots"), telar_format_bytes ((double)cost.state_bytes));
    add (box, _ ("Work in a step"), telar_format_flops (cost.flops));
  }
}

GtkWidget *
telar_facts_about (const TelarOperator *op)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *doc = gtk_label_new (_ (op->doc));

  gtk_label_set_xalign (GTK_LABEL (doc), 0);
  gtk_label_set_wrap (GTK_LABEL (doc), TRUE);
  gtk_widget_add_css_class (doc, "dim-label");
  gtk_box_append (GTK_BOX (box), doc);
  if (op->formula) {
    GtkWidget *formula = gtk_label_new (op->formula);

    gtk_label_set_xalign (GTK_LABEL (formula), 0);
    gtk_label_set_wrap (GTK_LABEL (formula), TRUE);
    gtk_label_set_selectable (GTK_LABEL (formula), TRUE);
    gtk_widget_add_css_class (formula, "formula");
    gtk_accessible_update_property (GTK_ACCESSIBLE (formula), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    op->formula, -1);
    gtk_box_append (GTK_BOX (box), formula);
  }
  if (op->onnx)
    gtk_box_append (GTK_BOX (box), telar_facts_row (_ ("In ONNX"), op->onnx));
  return box;
}
