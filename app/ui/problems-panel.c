/* The list of problems. Rows that stay true stay where they are, so that the keyboard does. */
#include "app/ui/problems-panel.h"

#include "app/ui/problem-row.h"

#include <glib/gi18n.h>

struct _TelarProblemsPanel {
  GtkWidget parent_instance;

  TelarAnalysis *analysis;
  GtkWidget *scroll, *list;
};

G_DEFINE_FINAL_TYPE (TelarProblemsPanel, telar_problems_panel, GTK_TYPE_WIDGET)

enum { REVEAL, N_SIGNALS };

static guint signals[N_SIGNALS];

static TelarProblemRow *
row_at (TelarProblemsPanel *self, guint index)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (int)index);

  return row ? TELAR_PROBLEM_ROW (gtk_list_box_row_get_child (row)) : NULL;
}

static GtkWidget *
make_row (TelarProblemsPanel *self, const TelarProblem *problem)
{
  GtkWidget *row = gtk_list_box_row_new ();
  g_autofree char *name = problem->node
                              ? g_strdup_printf ("%s: %s", problem->node, problem->message)
                              : g_strdup (problem->message);

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row),
                              telar_problem_row_new (problem, self->analysis, FALSE));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return row;
}

/* Rows are made from the first that differs on. */
static void
update (TelarProblemsPanel *self)
{
  const GPtrArray *problems = self->analysis ? telar_analysis_problems (self->analysis) : NULL;
  guint n = problems ? problems->len : 0, same = 0;
  GtkListBoxRow *row;

  while (same < n && row_at (self, same) &&
         telar_problem_row_is_of (row_at (self, same), problems->pdata[same]))
    same++;
  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (int)same)))
    gtk_list_box_remove (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
  for (guint i = same; i < n; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self, problems->pdata[i]));
}

static void
reveal (TelarProblemsPanel *self, GtkListBoxRow *row)
{
  TelarProblemRow *problem = TELAR_PROBLEM_ROW (gtk_list_box_row_get_child (row));
  g_autofree char *node = g_strdup (telar_problem_row_node (problem));

  if (node)
    g_signal_emit (self, signals[REVEAL], 0, node);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, TelarProblemsPanel *self)
{
  reveal (self, row);
}

static void
scroll_to (TelarProblemsPanel *self, GtkWidget *row)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroll));
  graphene_rect_t box;

  if (gtk_widget_compute_bounds (row, self->list, &box))
    gtk_adjustment_clamp_page (adjustment, box.origin.y, box.origin.y + box.size.height);
}

void
telar_problems_panel_step (TelarProblemsPanel *self, int by)
{
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list)), *row;
  int n = self->analysis ? (int)telar_analysis_problems (self->analysis)->len : 0;
  int index = selected ? gtk_list_box_row_get_index (selected) + by : by > 0 ? 0 : n - 1;

  if (n == 0)
    return;
  row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (index + n) % n);
  gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
  scroll_to (self, GTK_WIDGET (row));
  reveal (self, row);
}

void
telar_problems_panel_set_analysis (TelarProblemsPanel *self, TelarAnalysis *analysis)
{
  GtkListBoxRow *row;

  if (self->analysis)
    g_signal_handlers_disconnect_by_data (self->analysis, self);
  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0)))
    gtk_list_box_remove (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
  g_set_object (&self->analysis, analysis);
  if (analysis)
    g_signal_connect_object (analysis, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/* --- the widget ------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  TelarProblemsPanel *self = TELAR_PROBLEMS_PANEL (object);

  if (self->analysis)
    g_signal_handlers_disconnect_by_data (self->analysis, self);
  g_clear_object (&self->analysis);
  g_clear_pointer (&self->scroll, gtk_widget_unparent);
  G_OBJECT_CLASS (telar_problems_panel_parent_class)->dispose (object);
}

static void
telar_problems_panel_class_init (TelarProblemsPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[REVEAL] = g_signal_new ("reveal", TELAR_TYPE_PROBLEMS_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_problems_panel_init (TelarProblemsPanel *self)
{
  GtkWidget *none = gtk_label_new (_ ("Everything fits: the network is ready to train."));

  self->scroll = gtk_scrolled_window_new ();
  self->list = gtk_list_box_new ();
  gtk_widget_add_css_class (none, "dim-label");
  g_object_set (none, "margin-top", 18, "margin-bottom", 18, NULL);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (self->list), none);
  gtk_widget_add_css_class (self->list, "problem-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Problems"), -1);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroll), self->list);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scroll), 180);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroll), TRUE);
  gtk_widget_set_parent (self->scroll, GTK_WIDGET (self));
}

GtkWidget *
telar_problems_panel_new (void)
{
  return g_object_new (TELAR_TYPE_PROBLEMS_PANEL, NULL);
}
