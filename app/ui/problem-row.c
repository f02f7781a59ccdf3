/* A problem and its fixes. A fix is looked for anew when it is asked for, as the project may have
 * changed since its button was made. */
#include "app/ui/problem-row.h"

#include "app/project/fixes.h"
#include "app/ui/cut-label.h"

#include <glib/gi18n.h>

#define NARROW_FIXES 4
#define FIX          "telar-fix" /* of a button: its fix's label */

struct _TelarProblemRow {
  GtkWidget parent_instance;

  TelarAnalysis *analysis;
  TelarProblem problem;
  gboolean narrow;
  GtkWidget *text, *fixes;
  char *shown; /* the labels of the fixes that stand there */
  guint search;
};

G_DEFINE_FINAL_TYPE (TelarProblemRow, telar_problem_row, GTK_TYPE_WIDGET)

gboolean
telar_problem_row_is_of (TelarProblemRow *self, const TelarProblem *problem)
{
  return self->problem.severity == problem->severity &&
         g_strcmp0 (self->problem.node, problem->node) == 0 &&
         g_str_equal (self->problem.message, problem->message);
}

const char *
telar_problem_row_node (TelarProblemRow *self)
{
  return self->problem.node;
}

/* --- fixes ------------------------------------------------------------------------------------ */

static void
apply (TelarProblemRow *self, const char *label)
{
  TelarDocument *document = telar_analysis_document (self->analysis);
  g_autoptr (GPtrArray) fixes = telar_fixes_find (document, self->analysis, &self->problem);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < fixes->len; i++) {
    const TelarFix *fix = fixes->pdata[i];

    if (!g_str_equal (fix->label, label))
      continue;
    if (!telar_fix_apply (fix, document, &error))
      gtk_label_set_text (GTK_LABEL (self->text), error->message);
    return;
  }
}

static void
on_fix (GtkButton *button, TelarProblemRow *self)
{
  g_autofree char *label = g_strdup (g_object_get_data (G_OBJECT (button), FIX));
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_POPOVER);
  g_autoptr (TelarProblemRow) alive G_GNUC_UNUSED =
      g_object_ref (self); /* the problem goes, and its row */

  if (popover)
    gtk_popover_popdown (GTK_POPOVER (popover));
  apply (self, label);
}

static GtkWidget *
make_button (TelarProblemRow *self, const TelarFix *fix, const char *css_class)
{
  GtkWidget *label = gtk_label_new (fix->label), *button = gtk_button_new ();

  telar_label_cut (label, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 44);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_set_tooltip_text (button, fix->label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  fix->label, -1);
  g_object_set_data_full (G_OBJECT (button), FIX, g_strdup (fix->label), g_free);
  if (css_class)
    gtk_widget_add_css_class (button, css_class);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_fix), self, 0);
  return button;
}

/* The fixes behind the first. */
static GtkWidget *
make_more (TelarProblemRow *self, const GPtrArray *fixes)
{
  GtkWidget *more = gtk_menu_button_new (), *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  for (guint i = 1; i < fixes->len; i++) {
    GtkWidget *button = make_button (self, fixes->pdata[i], "flat");

    gtk_widget_set_halign (gtk_button_get_child (GTK_BUTTON (button)), GTK_ALIGN_START);
    gtk_box_append (GTK_BOX (box), button);
  }
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (more), popover);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (more), GTK_ARROW_UP);
  gtk_widget_set_tooltip_text (more, _ ("Other Fixes"));
  return more;
}

static char *
join_labels (const GPtrArray *fixes)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < fixes->len; i++)
    g_string_append_printf (text, "%s\n", ((const TelarFix *)fixes->pdata[i])->label);
  return g_string_free (text, FALSE);
}

static void
show_fixes (TelarProblemRow *self, const GPtrArray *fixes)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->fixes)))
    gtk_box_remove (GTK_BOX (self->fixes), child);
  for (guint i = 0; i < MIN (fixes->len, self->narrow ? NARROW_FIXES : 1); i++)
    gtk_box_append (GTK_BOX (self->fixes), make_button (self, fixes->pdata[i], NULL));
  if (!self->narrow && fixes->len > 1)
    gtk_box_append (GTK_BOX (self->fixes), make_more (self, fixes));
  gtk_widget_set_visible (self->fixes, fixes->len > 0);
}

static gboolean
search (gpointer data)
{
  TelarProblemRow *self = data;
  g_autoptr (GPtrArray) fixes =
      telar_fixes_find (telar_analysis_document (self->analysis), self->analysis, &self->problem);
  g_autofree char *labels = join_labels (fixes);

  self->search = 0;
  if (g_strcmp0 (labels, self->shown) != 0)
    show_fixes (self, fixes);
  g_free (self->shown);
  self->shown = g_steal_pointer (&labels);
  return G_SOURCE_REMOVE;
}

/* In a moment, when nothing more urgent is to be done, and only for rows that are seen. */
static void
search_soon (TelarProblemRow *self)
{
  if (!self->search && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->search = g_idle_add (search, self);
}

/* --- the widget ------------------------------------------------------------------------------- */

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (telar_problem_row_parent_class)->map (widget);
  search_soon (TELAR_PROBLEM_ROW (widget));
}

static void
dispose (GObject *object)
{
  TelarProblemRow *self = TELAR_PROBLEM_ROW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->search, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  g_clear_object (&self->analysis);
  G_OBJECT_CLASS (telar_problem_row_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarProblemRow *self = TELAR_PROBLEM_ROW (object);

  g_free (self->problem.node);
  g_free (self->problem.message);
  g_free (self->shown);
  G_OBJECT_CLASS (telar_problem_row_parent_class)->finalize (object);
}

static void
telar_problem_row_class_init (TelarProblemRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget_class->map = map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
telar_problem_row_init (TelarProblemRow *self)
{
}

/* "Scores", or the path of a node within groups. */
static char *
name_node (TelarProblemRow *self)
{
  const TelarGraph *graph = telar_document_graph (telar_analysis_document (self->analysis));
  const TelarNode *node = telar_graph_find_node (graph, self->problem.node);

  return g_strdup (node && node->title && !strchr (self->problem.node, '/') ? node->title
                                                                            : self->problem.node);
}

static void
build (TelarProblemRow *self)
{
  gboolean error = self->problem.severity == TELAR_PROBLEM_ERROR;
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *icon =
      gtk_image_new_from_icon_name (error ? "dialog-error-symbolic" : "dialog-warning-symbolic");

  gtk_widget_add_css_class (icon, error ? "error" : "warning");
  gtk_box_append (GTK_BOX (line), icon);
  if (!self->narrow && self->problem.node) {
    g_autofree char *name = name_node (self);
    GtkWidget *node = gtk_label_new (name);

    gtk_widget_add_css_class (node, "problem-node");
    telar_label_cut (node, PANGO_ELLIPSIZE_MIDDLE);
    gtk_box_append (GTK_BOX (line), node);
  }
  self->text = gtk_label_new (self->problem.message);
  gtk_label_set_xalign (GTK_LABEL (self->text), 0);
  gtk_label_set_wrap (GTK_LABEL (self->text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->text), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (self->text), self->narrow);
  gtk_widget_set_hexpand (self->text, TRUE);
  gtk_widget_set_valign (icon, self->narrow ? GTK_ALIGN_START : GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->text, "problem-text");
  gtk_box_append (GTK_BOX (line), self->text);
  self->fixes = gtk_box_new (self->narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL,
                             self->narrow ? 6 : 0);
  gtk_widget_add_css_class (self->fixes, self->narrow ? "problem-fixes" : "linked");
  gtk_widget_set_visible (self->fixes, FALSE);
  gtk_widget_set_parent (line, GTK_WIDGET (self));
  gtk_widget_set_parent (self->fixes, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "problem");
  if (self->narrow)
    gtk_widget_add_css_class (GTK_WIDGET (self), error ? "error" : "warning");
}

GtkWidget *
telar_problem_row_new (const TelarProblem *problem, TelarAnalysis *analysis, gboolean narrow)
{
  TelarProblemRow *self = g_object_new (TELAR_TYPE_PROBLEM_ROW, NULL);
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  self->analysis = g_object_ref (analysis);
  self->narrow = narrow;
  self->problem =
      (TelarProblem){ g_strdup (problem->node), problem->severity, g_strdup (problem->message) };
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 8);
  build (self);
  g_signal_connect_object (analysis, "changed", G_CALLBACK (search_soon), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
