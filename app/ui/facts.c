/* Facts from registry and analysis, for the inspector. */
#include "app/ui/facts.h"

#include "app/ui/format.h"
#include "app/ui/formula.h"

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

static void
add_bytes (GtkBox *box, const char *name, gsize bytes)
{
  if (bytes)
    add (box, name, telar_format_bytes ((double)bytes));
}

static void
add_count (GtkBox *box, const char *name, gint64 count)
{
  if (count >= 0)
    add (box, name, g_strdup_printf ("%'" G_GINT64_FORMAT, count));
}

void
telar_facts_of_node (GtkBox *box, const TelarNode *node, TelarAnalysis *analysis)
{
  const TelarPartCost *cost = telar_analysis_node_cost (analysis, node->id);
  guint n = telar_operator_n_outputs (node->op);

  for (guint i = 0; i < n; i++) {
    const char *port = node->op->outputs[i].name;
    char *shape = telar_analysis_shape (analysis, node->id, port);
    g_autofree char *name =
        n == 1 ? g_strdup (_ ("Output")) : g_strdup_printf (_ ("Output %s"), port);

    if (shape)
      add (box, name, shape);
  }
  add_count (box, _ ("Parameters"), telar_analysis_parameters (analysis, node->id));
  if (!cost)
    return;
  if (cost->flops > 0)
    add (box, _ ("Work in a step"), telar_format_flops (cost->flops));
  add_bytes (box, _ ("Activations"), cost->activation_bytes);
  add_bytes (box, _ ("Weights and slots"), cost->state_bytes);
}

/* How much of what the device has free the step will take. */
static void
add_memory (GtkBox *box, const TelarStepCost *cost)
{
  GtkWidget *bar = gtk_level_bar_new_for_interval (0, 1);
  g_autofree char *free = telar_format_bytes ((double)cost->free_bytes);

  add (box, _ ("Memory to train"), telar_format_bytes ((double)cost->total_bytes));
  if (cost->free_bytes == G_MAXSIZE)
    return;
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar),
                           MIN (1, (double)cost->total_bytes / (double)cost->free_bytes));
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Share of the free memory"), -1);
  gtk_widget_add_css_class (bar, "memory-bar");
  gtk_box_append (box, bar);
  add (box, _ ("Free on the device"), g_steal_pointer (&free));
}

static void
add_step (GtkBox *box, const TelarStepCost *cost)
{
  GtkWidget *title = gtk_label_new (NULL);
  g_autofree char *text = g_strdup_printf (_ ("A step of %d rows"), (int)cost->batch);

  gtk_label_set_text (GTK_LABEL (title), text);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "facts-title");
  gtk_box_append (box, title);
  add (box, _ ("Forward"), telar_format_flops (cost->forward_flops));
  add (box, _ ("Backward and optimizer"),
       telar_format_flops (MAX (0, cost->flops - cost->forward_flops)));
  add_bytes (box, _ ("Weights"), cost->weight_bytes);
  add_bytes (box, _ ("Optimizer state"), cost->optimizer_bytes);
  add_bytes (box, _ ("Activations"), cost->activation_bytes);
  add_bytes (box, _ ("Scratch of the kernels"), cost->scratch_bytes);
  add_memory (box, cost);
}

void
telar_facts_of_project (GtkBox *box, TelarAnalysis *analysis)
{
  const TelarStepCost *cost = telar_analysis_cost (analysis);

  add_count (box, _ ("Training rows"), telar_analysis_rows (analysis, TELAR_SPLIT_TRAIN));
  add_count (box, _ ("Validation rows"), telar_analysis_rows (analysis, TELAR_SPLIT_VALIDATION));
  add_count (box, _ ("Parameters"), telar_analysis_parameters (analysis, NULL));
  if (cost)
    add_step (box, cost);
}

GtkWidget *
telar_facts_about (const TelarOperator *op)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *doc = gtk_label_new (_ (op->doc));

  gtk_label_set_xalign (GTK_LABEL (doc), 0);
  gtk_label_set_wrap (GTK_LABEL (doc), TRUE);
  gtk_widget_add_css_class (doc, "dim-label");
  gtk_box_append (GTK_BOX (box), doc);
  if (op->formula)
    gtk_box_append (GTK_BOX (box), telar_formula_new (op->formula));
  if (op->onnx)
    gtk_box_append (GTK_BOX (box), telar_facts_row (_ ("In ONNX"), op->onnx));
  return box;
}
