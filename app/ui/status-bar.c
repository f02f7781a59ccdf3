/* The bottom line and the panel of problems. */
#include "app/ui/status-bar.h"

#include "app/ui/cut-label.h"
#include "app/ui/format.h"
#include "app/ui/problems-panel.h"

#include <glib/gi18n.h>

struct _TelarStatusBar {
  GtkWidget parent_instance;

  TelarAnalysis *analysis;
  GtkWidget *panel, *problems;
  GtkWidget *button, *fine, *errors, *n_errors, *warnings, *n_warnings;
  GtkWidget *plan, *spinner;
};

G_DEFINE_FINAL_TYPE (TelarStatusBar, telar_status_bar, GTK_TYPE_WIDGET)

enum { REVEAL, N_SIGNALS };

static guint signals[N_SIGNALS];

/* --- the problems ----------------------------------------------------------------------------- */

static void
on_reveal (TelarProblemsPanel *problems, const char *node, TelarStatusBar *self)
{
  g_signal_emit (self, signals[REVEAL], 0, node);
}

void
telar_status_bar_step_problem (TelarStatusBar *self, int by)
{
  telar_status_bar_show_problems (self);
  telar_problems_panel_step (TELAR_PROBLEMS_PANEL (self->problems), by);
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
show_count (GtkWidget *box, GtkWidget *label, guint n)
{
  g_autofree char *text = g_strdup_printf ("%u", n);

  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_visible (box, n > 0);
}

/* Errors and warnings are counted apart; of nothing a tick is left. */
static void
show_problems (TelarStatusBar *self)
{
  guint n = self->analysis ? telar_analysis_problems (self->analysis)->len : 0;
  guint errors = self->analysis ? telar_analysis_n_errors (self->analysis) : 0;
  g_autofree char *text = n ? g_strdup_printf (ngettext ("%u problem", "%u problems", n), n)
                            : g_strdup (_ ("No problems"));

  gtk_widget_set_visible (self->fine, n == 0);
  show_count (self->errors, self->n_errors, errors);
  show_count (self->warnings, self->n_warnings, n - errors);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text, -1);
}

/* "152 k parameters · 41 MB to train · 1.2 GFLOP a step of 64". */
static char *
describe_plan (TelarAnalysis *analysis)
{
  gint64 parameters = telar_analysis_parameters (analysis, NULL);
  g_autofree char *count = telar_format_count (MAX (parameters, 0));
  GString *text = g_string_new (NULL);
  const TelarStepCost *cost = telar_analysis_cost (analysis);

  if (parameters >= 0)
    g_string_append_printf (text, _ ("%s parameters"), count);
  if (cost) {
    g_autofree char *bytes = telar_format_bytes ((double)cost->total_bytes);
    g_autofree char *flops = telar_format_flops (cost->flops);

    g_string_append (text, "  ·  ");
    g_string_append_printf (text, _ ("%s to train"), bytes);
    g_string_append (text, "  ·  ");
    g_string_append_printf (text, _ ("%s a step of %d"), flops, (int)cost->batch);
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
  telar_problems_panel_set_analysis (TELAR_PROBLEMS_PANEL (self->problems), analysis);
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
  self->panel = gtk_revealer_new ();
  self->problems = telar_problems_panel_new ();
  g_signal_connect (self->problems, "reveal", G_CALLBACK (on_reveal), self);
  gtk_revealer_set_child (GTK_REVEALER (self->panel), self->problems);
  gtk_revealer_set_transition_type (GTK_REVEALER (self->panel),
                                    GTK_REVEALER_TRANSITION_TYPE_SLIDE_UP);
  gtk_revealer_set_transition_duration (GTK_REVEALER (self->panel), 150);
  return self->panel;
}

/* An icon and a number. */
static GtkWidget *
build_count (const char *icon, const char *css_class, GtkWidget **label)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5);
  GtkWidget *image = gtk_image_new_from_icon_name (icon);

  *label = gtk_label_new (NULL);
  gtk_widget_add_css_class (image, css_class);
  gtk_widget_add_css_class (*label, "figures");
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), *label);
  return box;
}

static GtkWidget *
build_counts (TelarStatusBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *none;

  self->fine = build_count ("emblem-ok-symbolic", "success", &none);
  gtk_label_set_text (GTK_LABEL (none), _ ("No problems"));
  self->errors = build_count ("dialog-error-symbolic", "error", &self->n_errors);
  self->warnings = build_count ("dialog-warning-symbolic", "warning", &self->n_warnings);
  gtk_box_append (GTK_BOX (box), self->fine);
  gtk_box_append (GTK_BOX (box), self->errors);
  gtk_box_append (GTK_BOX (box), self->warnings);
  return box;
}

static GtkWidget *
build_line (TelarStatusBar *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->button = gtk_toggle_button_new ();
  self->plan = gtk_label_new (NULL);
  self->spinner = gtk_spinner_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), build_counts (self));
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_set_tooltip_text (self->button, _ ("Problems (F7), the next one (F8)"));
  g_object_bind_property (self->button, "active", self->panel, "reveal-child",
                          G_BINDING_BIDIRECTIONAL);
  gtk_widget_add_css_class (self->plan, "figures");
  gtk_widget_add_css_class (self->plan, "dim-label");
  telar_label_cut (self->plan, PANGO_ELLIPSIZE_END);
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
