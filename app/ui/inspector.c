/* The inspector is built anew when the selection changes and brought up to date, row by row, when
 * the document or the analysis does, so that the keyboard stays where it is. */
#include "app/ui/inspector.h"

#include "app/canvas/theme.h"
#include "app/project/edits.h"
#include "app/ui/facts.h"
#include "app/ui/param-row.h"
#include "app/ui/picture.h"
#include "app/ui/problem-row.h"
#include "app/ui/training-groups.h"
#include "app/ui/values-list.h"
#include "app/ui/weights-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _TelarInspector {
  GtkWidget parent_instance;

  TelarCanvas *canvas; /* borrowed */
  TelarDocument *document;
  TelarAnalysis *analysis;

  char **ids; /* the selected nodes; empty: the training settings or a wire */
  GtkWidget *scroll, *content;
  GtkWidget *title;     /* an entry, or NULL */
  GtkWidget *problems;  /* a box */
  GtkWidget *facts;     /* a box */
  GtkWidget *picture;   /* a box with what the node does, or nothing */
  char *pictured;       /* the node and the shapes that it shows */
  GtkWidget *seed;      /* a spin button, or NULL */
  GtkWidget *reset_all; /* a button, or NULL */
  GPtrArray *rows;      /* TelarParamRow *, borrowed */
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (TelarInspector, telar_inspector, GTK_TYPE_WIDGET)

static const TelarGraph *
graph_of (TelarInspector *self)
{
  return telar_document_drawing (self->document);
}

/* What the document as a whole has: settings, its folder. */
static const TelarGraph *
main_graph (TelarInspector *self)
{
  return telar_document_graph (self->document);
}

static const TelarNode *
first_node (TelarInspector *self)
{
  return self->ids && self->ids[0] ? telar_graph_find_node (graph_of (self), self->ids[0]) : NULL;
}

static TelarParamSet *
training_of (TelarInspector *self)
{
  return telar_graph_training ((TelarGraph *)main_graph (self));
}

/* --- parameters ------------------------------------------------------------------------------- */

/* The value that all selected nodes share, or NULL. */
static const TelarParamValue *
shared_value (TelarInspector *self, const char *param, gboolean *is_default)
{
  const TelarParamValue *value = NULL;

  *is_default = TRUE;
  for (guint i = 0; self->ids[i]; i++) {
    const TelarNode *node = telar_graph_find_node (graph_of (self), self->ids[i]);
    const TelarParamSet *params = telar_node_params (node, param);
    const TelarParamValue *own = telar_param_set_get (params, param);

    *is_default = *is_default && telar_param_set_is_default (params, param);
    if (value && !telar_param_value_equal (value, own))
      return NULL;
    value = own;
  }
  return value;
}

/* @computed: only those whose numbers come from expressions, which lowering works out; in others a
 * person may be typing. */
static void
update_rows (TelarInspector *self, gboolean computed)
{
  const char *folder = telar_graph_folder (main_graph (self));

  for (guint i = 0; i < self->rows->len; i++) {
    TelarParamRow *row = self->rows->pdata[i];
    const char *name = telar_param_row_param (row)->name;
    const TelarParamValue *value;
    gboolean is_default;

    if (self->ids[0]) {
      value = shared_value (self, name, &is_default);
    } else {
      value = telar_param_set_get (training_of (self), name);
      is_default = telar_param_set_is_default (training_of (self), name);
      gtk_widget_set_visible (GTK_WIDGET (row), telar_training_counts (training_of (self), name));
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

static void
add_row (TelarInspector *self, GtkWidget *box, const TelarParam *param)
{
  GtkWidget *row = telar_param_row_new (param);

  g_signal_connect (row, "edit", G_CALLBACK (on_edit), self);
  g_signal_connect (row, "reset", G_CALLBACK (on_reset), self);
  g_ptr_array_add (self->rows, row);
  gtk_box_append (GTK_BOX (box), row);
}

static GtkWidget *
rows_box (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_add_css_class (box, "param-list");
  return box;
}

static GtkWidget *
build_rows (TelarInspector *self, const TelarParam *table)
{
  GtkWidget *box = rows_box ();

  for (const TelarParam *param = table; param && param->name; param++)
    add_row (self, box, param);
  return box;
}

/* --- heads ------------------------------------------------------------------------------------ */

static GtkWidget *
label (const char *text, const char *css_class)
{
  GtkWidget *widget = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (widget), 0);
  gtk_label_set_wrap (GTK_LABEL (widget), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (widget), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (widget, css_class);
  return widget;
}

static void
on_title_changed (GtkEditable *entry, TelarInspector *self)
{
  if (!self->showing && self->ids[0])
    telar_edit_set_title (self->document, self->ids[0], gtk_editable_get_text (entry));
}

static void
update_title (TelarInspector *self)
{
  const TelarNode *node = first_node (self);
  const char *text = node->title ? node->title : "";

  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->title)), text) == 0)
    return;
  self->showing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->title), text);
  self->showing = FALSE;
}

/* Tile, editable title, operator and id. */
static GtkWidget *
build_node_head (TelarInspector *self, const TelarNode *node)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *kind = g_strdup_printf ("%s · %s", _ (node->op->label), node->id);

  self->title = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->title), _ (node->op->label));
  gtk_widget_add_css_class (self->title, "title-entry");
  gtk_widget_set_tooltip_text (self->title, _ ("The title on the card"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->title), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Title"), -1);
  g_signal_connect (self->title, "changed", G_CALLBACK (on_title_changed), self);
  gtk_box_append (GTK_BOX (words), self->title);
  gtk_box_append (GTK_BOX (words), label (kind, "node-kind"));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (row), telar_tile_new (node->op->category, 40));
  gtk_box_append (GTK_BOX (row), words);
  return row;
}

static GtkWidget *
build_plain_head (const char *title, const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_box_append (GTK_BOX (box), label (title, "title-4"));
  if (text)
    gtk_box_append (GTK_BOX (box), label (text, "dim-label"));
  return box;
}

/* --- problems --------------------------------------------------------------------------------- */

static void
empty_box (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)))
    gtk_box_remove (GTK_BOX (box), child);
}

/* Those of the selected nodes, as the drawing that is edited calls them. */
static GPtrArray *
own_problems (TelarInspector *self)
{
  const GPtrArray *problems = telar_analysis_problems (self->analysis);
  GPtrArray *own = g_ptr_array_new ();

  for (guint i = 0; i < problems->len; i++) {
    const TelarProblem *problem = problems->pdata[i];

    for (guint j = 0; problem->node && self->ids[j]; j++) {
      g_autofree char *path = telar_analysis_path (self->analysis, self->ids[j]);

      if (telar_node_is_within (problem->node, path))
        g_ptr_array_add (own, (gpointer)problem);
    }
  }
  return own;
}

/* Rows that stay true stay. */
static void
update_problems (TelarInspector *self)
{
  g_autoptr (GPtrArray) problems = own_problems (self);
  GtkWidget *row = gtk_widget_get_first_child (self->problems);
  guint same = 0;

  while (row && same < problems->len &&
         telar_problem_row_is_of (TELAR_PROBLEM_ROW (row), problems->pdata[same])) {
    row = gtk_widget_get_next_sibling (row);
    same++;
  }
  while (row) {
    GtkWidget *next = gtk_widget_get_next_sibling (row);

    gtk_box_remove (GTK_BOX (self->problems), row);
    row = next;
  }
  for (; same < problems->len; same++)
    gtk_box_append (GTK_BOX (self->problems),
                    telar_problem_row_new (problems->pdata[same], self->analysis, TRUE));
  gtk_widget_set_visible (self->problems, problems->len > 0);
}

/* --- the three contents ----------------------------------------------------------------------- */

static void
append (TelarInspector *self, GtkWidget *widget)
{
  gtk_box_append (GTK_BOX (self->content), widget);
}

static gboolean
all_have (TelarInspector *self, const TelarParam *param)
{
  for (guint i = 1; self->ids[i]; i++) {
    const TelarNode *node = telar_graph_find_node (graph_of (self), self->ids[i]);
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
static GtkWidget *
build_common (TelarInspector *self)
{
  GtkWidget *box = rows_box ();

  for (const TelarParam *param = first_node (self)->op->params; param && param->name; param++) {
    if (all_have (self, param))
      add_row (self, box, param);
  }
  if (gtk_widget_get_first_child (box))
    return box;
  g_object_ref_sink (box);
  g_object_unref (box);
  return NULL;
}

static gboolean
all_alike (TelarInspector *self)
{
  const TelarOperator *op = first_node (self)->op;

  for (guint i = 1; self->ids[i]; i++) {
    if (telar_graph_find_node (graph_of (self), self->ids[i])->op != op)
      return FALSE;
  }
  return TRUE;
}

static GtkWidget *
build_learning (TelarInspector *self)
{
  GtkWidget *expander = gtk_expander_new (_ ("Learning"));

  gtk_expander_set_child (GTK_EXPANDER (expander), build_rows (self, telar_learning_params));
  return expander;
}

static void
on_reset_all (TelarInspector *self)
{
  telar_edit_reset_params (self->document, (const char *const *)self->ids);
}

static GtkWidget *
build_reset_all (TelarInspector *self)
{
  self->reset_all = gtk_button_new_with_label (_ ("Reset All to Their Defaults"));
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

static void
update_reset_all (TelarInspector *self)
{
  gboolean any = FALSE;

  for (guint i = 0; self->ids[i]; i++) {
    const TelarNode *node = telar_graph_find_node (graph_of (self), self->ids[i]);

    any = any || !is_all_default (node->params) || !is_all_default (node->learning);
  }
  gtk_widget_set_visible (self->reset_all, any);
}

static void
build_nodes (TelarInspector *self)
{
  const TelarNode *node = first_node (self);
  guint n = g_strv_length (self->ids);
  gboolean alike = all_alike (self);
  GtkWidget *common = alike ? NULL : build_common (self);

  if (n == 1) {
    append (self, build_node_head (self, node));
  } else {
    g_autofree char *title = g_strdup_printf (ngettext ("%u node", "%u nodes", n), n);

    append (self, build_plain_head (title, alike ? _ (node->op->label)
                                                 : _ ("Different operators are selected; what "
                                                      "they share can be set for all.")));
  }
  append (self, self->problems);
  if (alike && node->op->params && node->op->params[0].name)
    append (self, build_rows (self, node->op->params));
  if (!alike && common)
    append (self, common);
  if (alike && telar_operator_may_learn (node->op))
    append (self, build_learning (self));
  append (self, build_reset_all (self));
  if (n == 1) {
    append (self, self->picture);
    append (self, self->facts);
    if (telar_operator_may_learn (node->op))
      append (self, telar_weights_view_new (self->analysis, node->id));
    append (self, telar_facts_about (node->op));
  }
}

static void
on_remove_wire (GtkButton *button, TelarInspector *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->canvas), "canvas.remove", NULL);
}

static void
build_wire (TelarInspector *self, const TelarEdge *wire)
{
  const TelarNode *from = telar_graph_find_node (graph_of (self), wire->from);
  const TelarNode *to = telar_graph_find_node (graph_of (self), wire->to);
  g_autofree char *text =
      g_strdup_printf ("%s:%s  →  %s:%s", from->id, from->op->outputs[wire->from_port].name, to->id,
                       to->op->inputs[wire->to_port].name);
  g_autofree char *shape =
      telar_analysis_shape (self->analysis, from->id, from->op->outputs[wire->from_port].name);
  GtkWidget *remove = gtk_button_new_with_label (_ ("Remove Wire"));

  append (self, build_plain_head (_ ("Wire"), text));
  if (shape)
    append (self, telar_facts_row (_ ("Shape"), shape));
  gtk_widget_add_css_class (remove, "destructive-action");
  gtk_widget_set_halign (remove, GTK_ALIGN_START);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove_wire), self);
  append (self, remove);
}

static void
on_seed (GtkSpinButton *spin, TelarInspector *self)
{
  if (!self->showing)
    telar_edit_set_seed (self->document, (guint64)gtk_spin_button_get_value (spin));
}

static GtkWidget *
build_seed (TelarInspector *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = label (_ ("Seed"), "seed");

  self->seed = gtk_spin_button_new_with_range (0, (double)G_MAXINT32, 1);
  gtk_editable_set_alignment (GTK_EDITABLE (self->seed), 1);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->seed), 6);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->seed), 10);
  gtk_widget_add_css_class (self->seed, "figures");
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (row, "seed-row");
  gtk_widget_set_tooltip_text (
      row, _ ("The same seed gives the same split, the same weights and the same run."));
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->seed), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  name, NULL, -1);
  g_signal_connect (self->seed, "value-changed", G_CALLBACK (on_seed), self);
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), self->seed);
  return row;
}

static GtkWidget *
build_prominent (TelarInspector *self)
{
  GtkWidget *box = rows_box ();

  for (const TelarParam *param = telar_param_set_table (training_of (self)); param->name; param++)
    if (param->prominent)
      add_row (self, box, param);
  gtk_box_append (GTK_BOX (box), build_seed (self));
  return box;
}

static GtkWidget *
build_group (TelarInspector *self, const TelarTrainingGroup *group)
{
  GtkWidget *expander = gtk_expander_new (_ (group->title)), *box = rows_box ();
  const TelarParam *table = telar_param_set_table (training_of (self));

  for (guint i = 0; group->settings[i]; i++)
    for (const TelarParam *param = table; param->name; param++)
      if (g_str_equal (param->name, group->settings[i]))
        add_row (self, box, param);
  gtk_widget_set_margin_top (box, 6);
  gtk_expander_set_child (GTK_EXPANDER (expander), box);
  return expander;
}

static GtkWidget *
build_values (TelarInspector *self)
{
  GtkWidget *expander = gtk_expander_new (_ ("Values"));
  GtkWidget *list = telar_values_list_new (self->document);

  gtk_widget_set_tooltip_text (expander, _ ("Named numbers that parameters can be expressions of: "
                                            "a value “width” and filters of 2*width."));
  gtk_widget_set_margin_top (list, 6);
  gtk_expander_set_child (GTK_EXPANDER (expander), list);
  return expander;
}

static void
build_training (TelarInspector *self)
{
  append (self,
          build_plain_head (_ ("Training"), _ ("How this project learns. Select a node to see "
                                               "its parameters.")));
  append (self, build_prominent (self));
  for (const TelarTrainingGroup *group = telar_training_groups; group->title; group++)
    append (self, build_group (self, group));
  append (self, build_values (self));
  append (self, self->facts);
}

/* --- following -------------------------------------------------------------------------------- */

static void
update_facts (TelarInspector *self)
{
  const TelarNode *node = first_node (self);

  empty_box (self->facts);
  if (node && !self->ids[1])
    telar_facts_of_node (GTK_BOX (self->facts), node, self->analysis);
  else if (!node)
    telar_facts_of_project (GTK_BOX (self->facts), self->analysis);
}

/* Everything that the picture is drawn from. Caller frees. */
static char *
describe_picture (TelarInspector *self, const TelarNode *node)
{
  g_autofree char *path = g_strdup_printf ("nodes/%s", node->id);
  g_autofree char *record = telar_graph_get_record (graph_of (self), path);
  g_autofree char *out =
      telar_operator_n_outputs (node->op)
          ? telar_analysis_shape (self->analysis, node->id, node->op->outputs[0].name)
          : NULL;

  return g_strconcat (record, out ? out : "", NULL);
}

static void
update_picture (TelarInspector *self)
{
  const TelarNode *node = self->ids[0] && !self->ids[1] ? first_node (self) : NULL;
  g_autofree char *shows = node ? describe_picture (self, node) : NULL;
  GtkWidget *picture = NULL;

  if (g_strcmp0 (shows, self->pictured) == 0)
    return;
  g_free (self->pictured);
  self->pictured = g_steal_pointer (&shows);
  empty_box (self->picture);
  if (node)
    picture = telar_window_picture_new (node, self->analysis);
  if (node && !picture)
    picture = telar_activation_picture_new (node);
  if (picture)
    gtk_box_append (GTK_BOX (self->picture), picture);
  gtk_widget_set_visible (self->picture, picture != NULL);
}

static void
on_analysis_changed (TelarInspector *self)
{
  if (!self->document)
    return;
  update_rows (self, TRUE);
  update_problems (self);
  update_facts (self);
  update_picture (self);
}

static void
rebuild (TelarInspector *self)
{
  TelarEdge wire;

  g_strfreev (self->ids);
  self->ids = telar_canvas_selection (self->canvas);
  g_ptr_array_set_size (self->rows, 0);
  self->title = self->seed = self->reset_all = NULL;
  empty_box (self->content);
  empty_box (self->problems);
  empty_box (self->facts);
  empty_box (self->picture);
  g_clear_pointer (&self->pictured, g_free);
  if (!self->document)
    return;
  if (self->ids[0])
    build_nodes (self);
  else if (telar_canvas_selected_wire (self->canvas, &wire))
    build_wire (self, &wire);
  else
    build_training (self);
  gtk_adjustment_set_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroll)), 0);
}

static void
update (TelarInspector *self)
{
  update_rows (self, FALSE);
  if (self->title)
    update_title (self);
  if (self->reset_all)
    update_reset_all (self);
  if (self->seed) {
    self->showing = TRUE;
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->seed),
                               (double)telar_graph_seed (main_graph (self)));
    self->showing = FALSE;
  }
  on_analysis_changed (self);
}

static gboolean
same_selection (TelarInspector *self)
{
  g_auto (GStrv) now = telar_canvas_selection (self->canvas);
  TelarEdge wire;

  return self->ids && self->rows->len && !telar_canvas_selected_wire (self->canvas, &wire) &&
         g_strv_equal ((const char *const *)now, (const char *const *)self->ids);
}

/* The canvas tells of its selection after every edit, too: what stayed is only brought up to date.
 */
static void
on_selection_changed (TelarInspector *self)
{
  if (!self->document || !same_selection (self))
    rebuild (self);
  if (self->document)
    update (self);
}

void
telar_inspector_set_document (TelarInspector *self, TelarDocument *document,
                              TelarAnalysis *analysis)
{
  if (self->analysis)
    g_signal_handlers_disconnect_by_data (self->analysis, self);
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  g_set_object (&self->analysis, analysis);
  if (document) {
    g_signal_connect_object (analysis, "changed", G_CALLBACK (on_analysis_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (document, "changed", G_CALLBACK (on_selection_changed), self,
                             G_CONNECT_SWAPPED);
  }
  rebuild (self);
  if (document)
    update (self);
}

void
telar_inspector_focus_title (TelarInspector *self)
{
  if (self->title)
    gtk_widget_grab_focus (self->title);
}

/* --- the widget ------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  TelarInspector *self = TELAR_INSPECTOR (object);

  g_clear_object (&self->analysis);
  g_clear_object (&self->document);
  g_clear_object (&self->problems);
  g_clear_object (&self->facts);
  g_clear_object (&self->picture);
  g_clear_pointer (&self->scroll, gtk_widget_unparent);
  G_OBJECT_CLASS (telar_inspector_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarInspector *self = TELAR_INSPECTOR (object);

  g_strfreev (self->ids);
  g_free (self->pictured);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (telar_inspector_parent_class)->finalize (object);
}

static void
telar_inspector_class_init (TelarInspectorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
telar_inspector_init (TelarInspector *self)
{
  self->rows = g_ptr_array_new ();
  self->content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 14);
  self->problems = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  self->facts = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  self->picture = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_widget_add_css_class (self->facts, "facts");
  g_object_set (self->content, "margin-start", 14, "margin-end", 14, "margin-top", 14,
                "margin-bottom", 18, NULL);
  self->scroll = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroll), self->content);
  gtk_widget_set_parent (self->scroll, GTK_WIDGET (self));
}

GtkWidget *
telar_inspector_new (TelarCanvas *canvas)
{
  TelarInspector *self = g_object_new (TELAR_TYPE_INSPECTOR, NULL);

  self->canvas = canvas;
  g_signal_connect_object (canvas, "selection-changed", G_CALLBACK (on_selection_changed), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
