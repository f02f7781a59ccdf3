/* The inspector is built anew when the selection changes and brought up to date, row by row, when
 * the document or the analysis does, so that the keyboard stays where it is. */
#include "app/ui/inspector-private.h"

#include "app/canvas/theme.h"
#include "app/project/edits.h"
#include "app/ui/facts.h"
#include "app/ui/param-row.h"
#include "app/ui/picture.h"
#include "app/ui/problem-row.h"
#include "app/ui/weights-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (TelarInspector, telar_inspector, GTK_TYPE_WIDGET)

/* --- heads ------------------------------------------------------------------------------------ */

GtkWidget *
telar_inspector_label (const char *text, const char *css_class)
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
  const TelarNode *node = telar_inspector_node (self);
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
  gtk_box_append (GTK_BOX (words), telar_inspector_label (kind, "node-kind"));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (row), telar_tile_new (node->op->category, 40));
  gtk_box_append (GTK_BOX (row), words);
  return row;
}

GtkWidget *
telar_inspector_plain_head (const char *title, const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_box_append (GTK_BOX (box), telar_inspector_label (title, "title-4"));
  if (text)
    gtk_box_append (GTK_BOX (box), telar_inspector_label (text, "dim-label"));
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

/* --- what is selected ------------------------------------------------------------------------- */

void
telar_inspector_append (TelarInspector *self, GtkWidget *widget)
{
  gtk_box_append (GTK_BOX (self->content), widget);
}

static void
build_nodes (TelarInspector *self)
{
  const TelarNode *node = telar_inspector_node (self);
  guint n = g_strv_length (self->ids);
  gboolean alike = telar_inspector_all_alike (self);
  GtkWidget *common = alike ? NULL : telar_inspector_build_common (self);

  if (n == 1) {
    telar_inspector_append (self, build_node_head (self, node));
  } else {
    g_autofree char *title = g_strdup_printf (ngettext ("%u node", "%u nodes", n), n);

    telar_inspector_append (self, telar_inspector_plain_head (
                                      title, alike ? _ (node->op->label)
                                                   : _ ("Different operators are selected; what "
                                                        "they share can be set for all.")));
  }
  telar_inspector_append (self, self->problems);
  if (alike && node->op->params && node->op->params[0].name)
    telar_inspector_append (self, telar_inspector_build_rows (self, node->op->params));
  if (!alike && common)
    telar_inspector_append (self, common);
  if (alike && telar_operator_may_learn (node->op))
    telar_inspector_append (self, telar_inspector_build_learning (self));
  telar_inspector_append (self, telar_inspector_build_reset_all (self));
  if (n == 1) {
    telar_inspector_append (self, self->picture);
    telar_inspector_append (self, self->facts);
    if (telar_operator_may_learn (node->op))
      telar_inspector_append (self, telar_weights_view_new (self->analysis, node->id));
    telar_inspector_append (self, telar_facts_about (node->op));
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
  const TelarNode *from = telar_graph_find_node (telar_inspector_drawing (self), wire->from);
  const TelarNode *to = telar_graph_find_node (telar_inspector_drawing (self), wire->to);
  g_autofree char *text =
      g_strdup_printf ("%s:%s  →  %s:%s", from->id, from->op->outputs[wire->from_port].name, to->id,
                       to->op->inputs[wire->to_port].name);
  g_autofree char *shape =
      telar_analysis_shape (self->analysis, from->id, from->op->outputs[wire->from_port].name);
  GtkWidget *remove = gtk_button_new_with_label (_ ("Remove Wire"));

  telar_inspector_append (self, telar_inspector_plain_head (_ ("Wire"), text));
  if (shape)
    telar_inspector_append (self, telar_facts_row (_ ("Shape"), shape));
  gtk_widget_add_css_class (remove, "destructive-action");
  gtk_widget_set_halign (remove, GTK_ALIGN_START);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove_wire), self);
  telar_inspector_append (self, remove);
}

/* --- following -------------------------------------------------------------------------------- */

static void
update_facts (TelarInspector *self)
{
  const TelarNode *node = telar_inspector_node (self);

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
  g_autofree char *record = telar_graph_get_record (telar_inspector_drawing (self), path);
  g_autofree char *out =
      telar_operator_n_outputs (node->op)
          ? telar_analysis_shape (self->analysis, node->id, node->op->outputs[0].name)
          : NULL;

  return g_strconcat (record, out ? out : "", NULL);
}

static void
update_picture (TelarInspector *self)
{
  const TelarNode *node = self->ids[0] && !self->ids[1] ? telar_inspector_node (self) : NULL;
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
  telar_inspector_update_rows (self, TRUE);
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
    telar_inspector_build_training (self);
  gtk_adjustment_set_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroll)), 0);
}

static void
update (TelarInspector *self)
{
  telar_inspector_update_rows (self, FALSE);
  if (self->title)
    update_title (self);
  if (self->reset_all)
    telar_inspector_update_reset_all (self);
  if (self->seed) {
    self->showing = TRUE;
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->seed),
                               (double)telar_graph_seed (telar_inspector_graph (self)));
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
