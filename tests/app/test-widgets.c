/* The studio's widgets: what they show follows the document, what they are asked for becomes edits,
 * and nothing outlives its window. */
#include "app/canvas/minimap.h"
#include "app/project/edits.h"
#include "app/ui/design-page.h"
#include "app/ui/inspector.h"
#include "app/ui/palette.h"
#include "app/ui/param-row.h"
#include "app/ui/run-button.h"
#include "app/ui/run-text.h"
#include "app/ui/start-page.h"
#include "app/ui/status-bar.h"
#include "app/ui/thumbnail.h"
#include "app/ui/training-groups.h"
#include "engine/trainer.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"

#include <adwaita.h>

/* All widgets of a type below @root, in order. */
static GPtrArray *
collect (GtkWidget *root, GType type)
{
  GPtrArray *found = g_ptr_array_new ();
  g_autoptr (GPtrArray) stack = g_ptr_array_new ();

  g_ptr_array_add (stack, root);
  while (stack->len) {
    GtkWidget *widget = g_ptr_array_steal_index (stack, stack->len - 1);

    if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
      g_ptr_array_add (found, widget);
    for (GtkWidget *child = gtk_widget_get_last_child (widget); child;
         child = gtk_widget_get_prev_sibling (child))
      g_ptr_array_add (stack, child);
  }
  return found;
}

static GtkWidget *
only (GtkWidget *root, GType type)
{
  g_autoptr (GPtrArray) found = collect (root, type);

  g_assert_cmpuint (found->len, >, 0);
  return found->pdata[0];
}

typedef struct {
  GtkWidget *window, *page;
  TelarDocument *document;
  TelarAnalysis *analysis;
} Fixture;

static void
set_up (Fixture *f, gconstpointer sample)
{
  f->window = gtk_window_new ();
  f->page = telar_design_page_new ();
  f->document = test_sample (sample);
  f->analysis = telar_analysis_new (f->document);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1280, 800);
  gtk_window_set_child (GTK_WINDOW (f->window), f->page);
  telar_design_page_set_document (TELAR_DESIGN_PAGE (f->page), f->document, f->analysis);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (f->page);
}

static void
tear_down (Fixture *f, gconstpointer sample)
{
  GtkWidget *page = g_object_ref (f->page);

  telar_document_close (f->document);
  gtk_window_destroy (GTK_WINDOW (f->window));
  test_finalizes (page);
  while (telar_analysis_is_busy (f->analysis))
    test_wait (20);
  test_finalizes (f->analysis);
  test_finalizes (f->document);
}

static void
wait_for_shapes (Fixture *f)
{
  for (;;) {
    g_autofree char *shape = telar_analysis_shape (f->analysis, "dense1", "out");

    if (shape)
      return;
    test_wait (20);
  }
}

static TelarParamRow *
row_of (Fixture *f, const char *param)
{
  g_autoptr (GPtrArray) rows = collect (f->page, TELAR_TYPE_PARAM_ROW);

  for (guint i = 0; i < rows->len; i++) {
    if (g_str_equal (telar_param_row_param (rows->pdata[i])->name, param))
      return rows->pdata[i];
  }
  g_assert_not_reached ();
}

static const TelarNode *
node (Fixture *f, const char *id)
{
  return telar_graph_find_node (telar_document_graph (f->document), id);
}

/* --- the inspector ---------------------------------------------------------------------------- */

static void
test_inspector_edits (Fixture *f, gconstpointer data)
{
  TelarCanvas *canvas = telar_design_page_canvas (TELAR_DESIGN_PAGE (f->page));
  GtkSpinButton *spin;
  gint64 before;

  telar_canvas_select (canvas, (const char *const[]){ "dense1", NULL });
  before = telar_param_set_int (node (f, "dense1")->params, "units");
  spin = GTK_SPIN_BUTTON (only (GTK_WIDGET (row_of (f, "units")), GTK_TYPE_SPIN_BUTTON));
  g_assert_cmpfloat (gtk_spin_button_get_value (spin), ==, (double)before);
  gtk_spin_button_set_value (spin, 77);
  g_assert_cmpint (telar_param_set_int (node (f, "dense1")->params, "units"), ==, 77);
  telar_document_undo (f->document);
  g_assert_cmpint (telar_param_set_int (node (f, "dense1")->params, "units"), ==, before);
  g_assert_cmpfloat (gtk_spin_button_get_value (spin), ==, (double)before);
  g_signal_emit_by_name (row_of (f, "units"), "reset");
  g_assert_true (telar_param_set_is_default (node (f, "dense1")->params, "units"));
}

/* With nothing selected the inspector is about training. */
static void
test_inspector_training (Fixture *f, gconstpointer data)
{
  TelarGraph *graph = (TelarGraph *)telar_document_graph (f->document);
  GtkSpinButton *spin =
      GTK_SPIN_BUTTON (only (GTK_WIDGET (row_of (f, "learning_rate")), GTK_TYPE_SPIN_BUTTON));

  gtk_spin_button_set_value (spin, 0.0025);
  g_assert_cmpfloat_with_epsilon (
      telar_param_set_real (telar_graph_training (graph), "learning_rate"), 0.0025, 1e-12);
  g_signal_emit_by_name (row_of (f, "optimizer"), "edit", "sgd");
  g_assert_cmpstr (telar_param_set_text (telar_graph_training (graph), "optimizer"), ==, "sgd");
  g_assert_cmpstr (telar_document_undo_name (f->document), !=, NULL);
}

static gboolean
is_shown (Fixture *f, const char *param)
{
  return gtk_widget_get_visible (GTK_WIDGET (row_of (f, param)));
}

/* Only what counts is shown, and follows what is chosen. */
static void
test_inspector_relevant (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) expanders = collect (f->page, GTK_TYPE_EXPANDER);

  /* An expander holds its child back while it is closed. */
  for (guint i = 0; i < expanders->len; i++)
    gtk_expander_set_expanded (expanders->pdata[i], TRUE);
  g_signal_emit_by_name (row_of (f, "optimizer"), "edit", "adam");
  g_signal_emit_by_name (row_of (f, "schedule"), "edit", "constant");
  g_assert_true (is_shown (f, "beta1"));
  g_assert_false (is_shown (f, "momentum"));
  g_assert_false (is_shown (f, "gamma"));
  g_assert_false (is_shown (f, "min_delta"));
  g_signal_emit_by_name (row_of (f, "optimizer"), "edit", "sgd");
  g_signal_emit_by_name (row_of (f, "schedule"), "edit", "plateau");
  g_assert_false (is_shown (f, "beta1"));
  g_assert_true (is_shown (f, "momentum"));
  g_assert_true (is_shown (f, "nesterov"));
  g_assert_true (is_shown (f, "plateau_epochs"));
  g_assert_true (is_shown (f, "min_delta"));
  test_wait (300);
  test_picture (f->window, "inspector-training");
  telar_document_undo (f->document);
  telar_document_undo (f->document);
  g_assert_true (is_shown (f, "beta1"));
}

/* Each setting stands in one place, and each group is made of settings that there are. */
static void
test_training_groups (void)
{
  g_autoptr (TelarParamSet) training = telar_param_set_new (telar_training_params);

  for (const TelarParam *param = telar_training_params; param->name; param++) {
    guint n = param->prominent;
    for (const TelarTrainingGroup *group = telar_training_groups; group->title; group++)
      n += g_strv_contains (group->settings, param->name);
    g_test_message ("%s", param->name);
    g_assert_cmpuint (n, ==, 1);
  }
  for (const TelarTrainingGroup *group = telar_training_groups; group->title; group++)
    for (guint i = 0; group->settings[i]; i++)
      g_assert_nonnull (telar_param_set_get (training, group->settings[i]));
}

/* Several nodes of one operator share a row; what differs is changed in all. */
static void
test_inspector_several (Fixture *f, gconstpointer data)
{
  TelarCanvas *canvas = telar_design_page_canvas (TELAR_DESIGN_PAGE (f->page));

  telar_canvas_select (canvas, (const char *const[]){ "dense1", "dense2", NULL });
  g_signal_emit_by_name (row_of (f, "units"), "edit", "33");
  g_assert_cmpint (telar_param_set_int (node (f, "dense1")->params, "units"), ==, 33);
  g_assert_cmpint (telar_param_set_int (node (f, "dense2")->params, "units"), ==, 33);
  telar_document_undo (f->document);
  g_assert_cmpint (telar_param_set_int (node (f, "dense1")->params, "units"), !=, 33);
  g_assert_cmpint (telar_param_set_int (node (f, "dense2")->params, "units"), !=, 33);
}

/* A value that is refused changes nothing and says why. */
static void
test_inspector_refuses (Fixture *f, gconstpointer data)
{
  TelarCanvas *canvas = telar_design_page_canvas (TELAR_DESIGN_PAGE (f->page));
  g_autoptr (GPtrArray) labels = NULL;
  gboolean told = FALSE;

  telar_canvas_select (canvas, (const char *const[]){ "dense1", NULL });
  g_signal_emit_by_name (row_of (f, "units"), "edit", "many");
  g_assert_null (telar_document_undo_name (f->document));
  labels = collect (GTK_WIDGET (row_of (f, "units")), GTK_TYPE_LABEL);
  for (guint i = 0; i < labels->len; i++)
    told = told ||
           (gtk_widget_has_css_class (labels->pdata[i], "error") &&
            gtk_widget_get_visible (labels->pdata[i]) && gtk_label_get_text (labels->pdata[i])[0]);
  g_assert_true (told);
}

/* A list of numbers is a line of text. */
static void
test_inspector_list (Fixture *f, gconstpointer data)
{
  TelarCanvas *canvas = telar_design_page_canvas (TELAR_DESIGN_PAGE (f->page));
  GtkWidget *entry;
  guint n;

  telar_canvas_select (canvas, (const char *const[]){ "loss", NULL });
  entry = only (GTK_WIDGET (row_of (f, "class_weights")), GTK_TYPE_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (entry), "0.5,2");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpfloat (telar_param_set_reals (node (f, "loss")->params, "class_weights", &n)[1], ==,
                     2);
  g_assert_cmpuint (n, ==, 2);
  telar_document_undo (f->document);
  g_assert_true (telar_param_set_is_default (node (f, "loss")->params, "class_weights"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
}

/* --- problems, shapes, costs ------------------------------------------------------------------ */

static void
test_analysis (Fixture *f, gconstpointer data)
{
  g_autofree char *shape = NULL;
  const TelarStepCost *cost = NULL;

  wait_for_shapes (f);
  g_assert_cmpuint (telar_analysis_n_errors (f->analysis), ==, 0);
  shape = telar_analysis_shape (f->analysis, "dense1", "out");
  g_assert_cmpstr (shape, ==, "N,512");
  g_assert_cmpint (telar_analysis_parameters (f->analysis, "dense1"), ==, 784 * 512 + 512);
  while (!(cost = telar_analysis_cost (f->analysis)))
    test_wait (20);
  g_assert_cmpuint (cost->total_bytes, >, 4 * (784 * 512));
  /* A broken wire is a problem at its node, and gone with undo. */
  telar_edit_disconnect (f->document, "loss", 0, 0);
  while (!telar_analysis_problem (f->analysis, "loss"))
    test_wait (20);
  telar_document_undo (f->document);
  while (telar_analysis_problem (f->analysis, "loss"))
    test_wait (20);
}

static void
test_missing_data (Fixture *f, gconstpointer data)
{
  wait_for_shapes (f);
  telar_edit_set_param (f->document, (const char *const[]){ "digits", NULL }, "images",
                        "no/such/file", NULL);
  while (!telar_analysis_problem (f->analysis, "digits"))
    test_wait (20);
}

/* --- the palette ------------------------------------------------------------------------------ */

static void
test_palette (Fixture *f, gconstpointer data)
{
  GtkWidget *palette = only (f->page, TELAR_TYPE_PALETTE);
  GtkWidget *search = only (palette, GTK_TYPE_SEARCH_ENTRY);
  guint n = telar_graph_nodes (telar_document_graph (f->document))->len;
  g_autoptr (GPtrArray) rows = NULL;
  guint shown = 0;

  rows = collect (palette, GTK_TYPE_LIST_BOX_ROW);
  gtk_editable_set_text (GTK_EDITABLE (search), "convolution 2d");
  do {
    test_wait (20);
    shown = 0;
    for (guint i = 0; i < rows->len; i++)
      shown += gtk_widget_get_child_visible (rows->pdata[i]);
  } while (shown >= 8);
  g_assert_cmpuint (shown, >, 0);
  g_signal_emit_by_name (search, "activate");
  g_assert_cmpuint (telar_graph_nodes (telar_document_graph (f->document))->len, ==, n + 1);
}

/* --- lives ------------------------------------------------------------------------------------ */

static void
check_life (GtkWidget *widget)
{
  GtkWidget *window = gtk_window_new ();

  g_object_ref (widget);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  gtk_window_destroy (GTK_WINDOW (window));
  test_finalizes (widget);
}

static void
test_lives (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("TELAR_SAMPLES"), "resnet-18.telar", NULL);

  check_life (telar_palette_new ());
  check_life (telar_status_bar_new ());
  check_life (telar_run_button_new ());
  check_life (telar_start_page_new ());
  check_life (telar_thumbnail_new (path, 200, 100));
  check_life (telar_design_page_new ());
}

/* Metrics by the names that operators give them, alone, of a node and of a class. */
static void
test_metric_texts (void)
{
  static const struct {
    const char *tag, *title;
    TelarUnit unit;
    int direction;
  } cases[] = {
    { "val_loss", "Loss", TELAR_UNIT_NONE, -1 },
    { "val_f1", "F1", TELAR_UNIT_NONE, 1 },
    { "precision_3", "Precision 3", TELAR_UNIT_PERCENT, 1 },
    { "roc_auc.node", "ROC area node", TELAR_UNIT_NONE, 1 },
    { "mape", "Mean absolute percentage error", TELAR_UNIT_PERCENT, -1 },
    { "top_k_accuracy", "Top k accuracy", TELAR_UNIT_PERCENT, 1 },
    { "precision_of_mine", "Precision of mine", TELAR_UNIT_NONE, 0 },
    { "loss2", "Loss2", TELAR_UNIT_NONE, -1 },
    { "gradient_norm", "Gradient norm", TELAR_UNIT_NONE, 0 },
    { "", "", TELAR_UNIT_NONE, 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *group = telar_metric_group (cases[i].tag);
    g_autofree char *title = telar_metric_title (group);
    g_assert_cmpstr (title, ==, cases[i].title);
    g_assert_cmpint (telar_metric_unit (group), ==, cases[i].unit);
    g_assert_cmpint (telar_metric_direction (group), ==, cases[i].direction);
  }
  g_assert_cmpint (telar_metric_rank ("val_f1"), >, telar_metric_rank ("f1"));
  g_assert_cmpint (telar_metric_rank ("f1"), >, telar_metric_rank ("val_rmse"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  adw_init ();
  test_init ();
#define TEST(path, function)                                                                       \
  g_test_add (path, Fixture, "digits-dense.telar", set_up, function, tear_down)
  TEST ("/inspector/edits", test_inspector_edits);
  TEST ("/inspector/training", test_inspector_training);
  TEST ("/inspector/relevant", test_inspector_relevant);
  g_test_add_func ("/inspector/groups", test_training_groups);
  TEST ("/inspector/several", test_inspector_several);
  TEST ("/inspector/refuses", test_inspector_refuses);
  TEST ("/inspector/list", test_inspector_list);
  TEST ("/analysis/shapes", test_analysis);
  TEST ("/analysis/missing-data", test_missing_data);
  TEST ("/palette/search", test_palette);
  g_test_add_func ("/widgets/lives", test_lives);
  g_test_add_func ("/metrics/texts", test_metric_texts);
  return g_test_run ();
}
