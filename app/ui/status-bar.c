/* The bottom line and the panel of problems. */
#include "app/ui/status-bar.h"

#include "app/ui/format.h"

#include <glib/gi18n.h>

struct _TelarStatusBar {
  GtkWidget parent_instance;

  TelarAnalysis *analysis;
  GtkWidget *panel, *list; /* the problems */
  GtkWidget *button, *icon, *count;
  GtkWidget *plan, *spinner;
};

G_DEFINE_FINAL_TYPE (TelarStatusBar, telar_status_bar, GTK_TYPE_WIDGET)

enum { REVEAL, N_SIGNALS };

static guint signals[N_SIGNALS];

/* --- the problems ----------------------------------------------------------------------------- */

static GtkWidget *
make_row (const TelarProblem *problem)
{
  gboolean error = problem->severity == TELAR_PROBLEM_ERROR;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *icon =
      gtk_image_new_from_icon_name (error ? "dialog-error-symbolic" : "dialog-warning-symbolic");
  GtkWidget *label = gtk_label_new (problem->message);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_widget_add_css_class (icon, error ? "error" : "warning");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), problem->node != NULL);
  g_object_set_data_full (G_OBJECT (row), "node", g_strdup (problem->node), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  problem->message, -1);
  return row;
}

static void
fill_list (TelarStatusBar *self, const GPtrArray *problems)
{
  GtkWidget *child;

  while ((child = GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0))))
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (guint i = 0; problems && i < problems->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (problems->pdata[i]));
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, TelarStatusBar *self)
{
  const char *node = g_object_get_data (G_OBJECT (row), "node");

  if (node)
    g_signal_emit (self, signals[REVEAL], 0, node);
}

void
telar_status_bar_show_problems (TelarStatusBar *self)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->button), TRUE);
}

void
telar_status_bar_toggle_problems (TelarStatusBar *self)
{
  GtkToggleButton *button = GTK_TOGGLE_BUTTON (self->button);

  gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
}

/* --- the line --------------------------------------------------------------------------------- */

static void
show_problems (TelarStatusBar *self)
{
  const GPtrArray *problems = self->analysis ? telar_analysis_problems (self->analysis) : NULL;
  guint n = problems ? problems->len : 0;
  guint errors = self->analysis ? telar_analysis_n_errors (self->analysis) : 0;
  g_autofree char *text = n ? g_strdup_printf (ngettext ("%u problem", "%u problems", n), n)
                            : g_strdup (_ ("No problems"));

  gtk_label_set_text (GTK_LABEL (self->count), text);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), errors ? "dialog-error-symbolic"
                                                        : n    ? "dialog-warning-symbolic"
                                                               : "emblem-ok-symbolic");
  gtk_widget_remove_css_class (self->icon, "error");
  gtk_widget_remove_css_class (self->icon, "warning");
  gtk_widget_remove_css_class (self->icon, "success");
  gtk_widget_add_css_class (self->icon, errors ? "error" : n ? "warning" : "success");
  fill_list (self, problems);
}

/* "152 k parameters · 41 MB to train · 1.2 GFLOP a step of 64". */
static char *
describe_plan (TelarAnalysis *analysis)
{
  gint64 parameters = telar_analysis_parameters (analysis, NULL);
  g_autofree char *count = telar_format_count (MAX (parameters, 0));
  GString *text = g_string_new (NULL);
  TelarAnalysisCost cost;

  if (parameters >= 0)
    g_string_append_printf (text, _ ("%s parameters"), count);
  if (telar_analysis_cost (analysis, &cost)) {
    g_autofree char *bytes = telar_format_bytes ((double)cost.total_bytes);
    g_autofree char *flops = telar_format_flops (cost.flops);

    g_string_append (text, "  ·  ");
    g_string_append_printf (text, _ ("%s to train"), bytes);
    g_string_append (text, "  ·  ");
    g_string_append_printf (text, _ ("%s a step of %d"), flops, (int)cost.batch);
  }
  return g_string_free (text, FALSE);
}

static void
update (TelarStatusBar *self)
{
  gboolean busy = self->analysis && telar_analysis_is_busy (self->analysis);
  g_autofree char *plan = self->analysis ? describe_plan (self->analysis) : g_strdup ("");

  show_problems (self);
  gtk_label_set_text (GTK_LABEL (self->plan), plan);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), busy);
  gtk_widget_set_visible (self->spinner, busy);
}

void
telar_status_bar_set_analysis (TelarStatusBar *self, TelarAnalysis *analysis)
{
  if (self->analysis)
    g_signal_handlers_disconnect_by_data (self->analysis, self);
  g_set_object (&self->analysis, analysis);
  if (analysis)
    g_signal_connect_object (analysis, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/* --- the widget ------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  TelarStatusBar *self = TELAR_STATUS_BAR (object);
  GtkWidget *child;

  if (self->analysis)
    g_signal_handlers_disconnect_by_data (self->analysis, self);
  g_clear_object (&self->analysis);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (telar_status_bar_parent_class)->dispose (object);
}

static void
telar_status_bar_class_init (TelarStatusBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  signals[REVEAL] = g_signal_new ("reveal", TELAR_TYPE_STATUS_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static GtkWidget *
build_panel (TelarStatusBar *self)
{
  GtkWidget *scroll = gtk_scrolled_window_new ();
  GtkWidget *none = gtk_label_new (_ ("Everything fits: the network is ready to train."));

  self->panel = gtk_revealer_new ();
  self->list = gtk_list_box_new ();
  gtk_widget_add_css_class (none, "dim-label");
  g_object_set (none, "margin-top", 18, "margin-bottom", 18, NULL);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (self->list), none);
  gtk_widget_add_css_class (self->list, "problem-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Problems"), -1);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), self->list);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroll), 180);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_revealer_set_child (GTK_REVEALER (self->panel), scroll);
  gtk_revealer_set_transition_type (GTK_REVEALER (self->panel),
                                    GTK_REVEALER_TRANSITION_TYPE_SLIDE_UP);
  gtk_revealer_set_transition_duration (GTK_REVEALER (self->panel), 150);
  return self->panel;
}

static GtkWidget *
build_line (TelarStatusBar *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->button = gtk_toggle_button_new ();
  self->icon = gtk_image_new ();
  self->count = gtk_label_new (NULL);
  self->plan = gtk_label_new (NULL);
  self->spinner = gtk_spinner_new ();
  gtk_box_append (GTK_BOX (box), self->icon);
  gtk_box_append (GTK_BOX (box), self->count);
  gtk_button_set_child (GTK_BUTTON (self->button), box);
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_set_tooltip_text (self->button, _ ("Problems (F7)"));
  g_object_bind_property (self->button, "active", self->panel, "reveal-child",
                          G_BINDING_BIDIRECTIONAL);
  gtk_widget_add_css_class (self->plan, "figures");
  gtk_widget_add_css_class (self->plan, "dim-label");
  gtk_label_set_ellipsize (GTK_LABEL (self->plan), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (line, "status-bar");
  gtk_box_append (GTK_BOX (line), self->button);
  gtk_box_append (GTK_BOX (line), self->plan);
  gtk_box_append (GTK_BOX (line), self->spinner);
  return line;
}

static void
telar_status_bar_init (TelarStatusBar *self)
{
  gtk_orientable_set_orientation (
      GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_parent (build_panel (self), GTK_WIDGET (self));
  gtk_widget_set_parent (build_line (self), GTK_WIDGET (self));
  update (self);
}

GtkWidget *
telar_status_bar_new (void)
{
  return g_object_new (TELAR_TYPE_STATUS_BAR, NULL);
}
