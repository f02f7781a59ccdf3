/* The inspector and the panel of problems in a window: what is typed, refused, computed, reset, and
 * where problems lead. */
#include "app/project/edits.h"
#include "app/ui/design-page.h"
#include "app/ui/expression-entry.h"
#include "app/ui/formula-box.h"
#include "app/ui/inspector.h"
#include "app/ui/param-row.h"
#include "app/ui/picture.h"
#include "app/ui/problem-row.h"
#include "app/ui/values-list.h"
#include "app/ui/vector-entry.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

typedef struct {
  GtkWidget *window, *page;
  TelarDocument *document;
  TelarAnalysis *analysis;
} Fixture;

static void
settle (Fixture *f)
{
  do
    test_wait (40);
  while (telar_analysis_is_busy (f->analysis));
}

static void
set_up (Fixture *f, gconstpointer sample)
{
  f->window = gtk_window_new ();
  f->page = telar_design_page_new ();
  f->document = test_sample (sample);
  f->analysis = telar_analysis_new (f->document);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1280, 900);
  gtk_window_set_child (GTK_WINDOW (f->window), f->page);
  telar_design_page_set_document (TELAR_DESIGN_PAGE (f->page), f->document, f->analysis);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (f->page);
  settle (f);
}

static void
tear_down (Fixture *f, gconstpointer sample)
{
  GtkWidget *page = g_object_ref (f->page);

  settle (f);
  telar_document_close (f->document);
  gtk_window_destroy (GTK_WINDOW (f->window));
  test_finalizes (page);
  test_finalizes (f->analysis);
  g_object_unref (f->document);
}

static void
choose (Fixture *f, const char *const *ids)
{
  telar_canvas_select (telar_design_page_canvas (TELAR_DESIGN_PAGE (f->page)), ids);
  test_wait (50);
}

static gboolean
is_row (GtkWidget *widget, const char *name)
{
  return TELAR_IS_PARAM_ROW (widget) &&
         g_str_equal (telar_param_row_param (TELAR_PARAM_ROW (widget))->name, name);
}

static gboolean
is_a (GtkWidget *widget, const char *type)
{
  return g_str_equal (G_OBJECT_TYPE_NAME (widget), type);
}

static GtkWidget *
row_of (Fixture *f, const char *param)
{
  return test_wait_for (f->page, is_row, param);
}

static const TelarNode *
node (Fixture *f, const char *id)
{
  return telar_graph_find_node (telar_document_graph (f->document), id);
}

static const TelarParamValue *
value (Fixture *f, const char *id, const char *param)
{
  return telar_param_set_get (node (f, id)->params, param);
}

/* --- problems --------------------------------------------------------------------------------- */

static void
test_problems (Fixture *f, gconstpointer data)
{
  TelarCanvas *canvas = telar_design_page_canvas (TELAR_DESIGN_PAGE (f->page));
  g_autofree char *before = test_text (f->document);
  g_autofree char *after = NULL;

  telar_edit_disconnect (f->document, "relu2", 0, 0);
  settle (f);
  /* The key leads to each in turn, and round. */
  for (int i = 0; i < 3; i++) {
    g_auto (GStrv) ids = NULL;

    telar_design_page_step_problem (TELAR_DESIGN_PAGE (f->page), i == 2 ? -1 : 1);
    ids = telar_canvas_selection (canvas);
    g_assert_cmpuint (g_strv_length (ids), ==, 1);
    g_assert_nonnull (telar_analysis_problem (f->analysis, ids[0]));
  }
  choose (f, (const char *const[]){ "relu2", NULL });
  test_wait_for (f->page, test_is_button, "Connect “bn2”");
  test_picture (f->window, "problems");
  g_signal_emit_by_name (test_find (f->page, test_is_button, "Connect “bn2”"), "clicked");
  settle (f);
  g_assert_cmpuint (telar_analysis_problems (f->analysis)->len, ==, 0);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, "Connect “bn2”");
}

/* A problem within a group enters it. */
static void
test_problem_within (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *group =
      telar_edit_group (f->document, (const char *const[]){ "conv2", "bn2", NULL }, &error);
  g_auto (GStrv) ids = NULL;

  g_assert_no_error (error);
  g_assert_true (telar_document_enter (f->document, group));
  telar_edit_set_param (f->document, (const char *const[]){ "conv2", NULL }, "groups", "5", &error);
  g_assert_no_error (error);
  telar_document_enter (f->document, "");
  settle (f);
  g_assert_nonnull (telar_analysis_problem (f->analysis, group));
  telar_design_page_step_problem (TELAR_DESIGN_PAGE (f->page), 1);
  g_assert_cmpstr (telar_document_place (f->document), ==, group);
  ids = telar_canvas_selection (telar_design_page_canvas (TELAR_DESIGN_PAGE (f->page)));
  g_assert_cmpstr (ids[0], ==, "conv2");
  test_wait_for (f->page, test_is_button, "Set Groups to 4");
}

/* --- typing ----------------------------------------------------------------------------------- */

static void
type_into_spin (GtkWidget *row, const char *text)
{
  GtkWidget *spin = test_wait_for (row, is_a, "GtkSpinButton");

  gtk_editable_set_text (GTK_EDITABLE (spin), text);
}

static void
press_return (GtkWidget *row)
{
  gtk_spin_button_update (GTK_SPIN_BUTTON (test_wait_for (row, is_a, "GtkSpinButton")));
  test_wait (50);
}

/* What is wrong is said while it is typed; nothing is changed. */
static void
test_validation (Fixture *f, gconstpointer data)
{
  GtkWidget *row;

  choose (f, (const char *const[]){ "conv2", NULL });
  row = row_of (f, "filters");
  type_into_spin (row, "0");
  test_wait_for (row, test_is_label, "must be at least 1");
  type_into_spin (row, "2*");
  test_wait_for (row, test_is_label, "ends too early");
  type_into_spin (row, "32");
  g_assert_null (test_find (row, test_is_label, "must be"));
  g_assert_cmpint (value (f, "conv2", "filters")->integer, ==, 24);
  press_return (row);
  g_assert_cmpint (value (f, "conv2", "filters")->integer, ==, 32);
}

static void
test_expressions (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GtkWidget *row, *entry;

  choose (f, (const char *const[]){ "conv2", NULL });
  row = row_of (f, "filters");
  type_into_spin (row, "2*width");
  press_return (row);
  g_assert_cmpstr (value (f, "conv2", "filters")->expression, ==, "2*width");
  settle (f);
  /* Unknown: at the row, at the node, and in the panel. */
  test_wait_for (row, test_is_label, "there is no value \"width\"");
  g_assert_nonnull (telar_analysis_problem (f->analysis, "conv2"));
  g_assert_true (telar_edit_set_value (f->document, "width", "24", &error));
  settle (f);
  test_wait_for (row, test_is_label, "= 48");
  g_assert_null (telar_analysis_problem (f->analysis, "conv2"));
  g_assert_cmpint (telar_analysis_type (f->analysis, "conv2", "out")->shape.dims[1], ==, 48);
  test_picture (f->window, "expression");
  /* A plain number ends it. */
  entry = test_wait_for (test_wait_for (row, is_a, "TelarExpressionEntry"), is_a, "GtkEntry");
  gtk_editable_set_text (GTK_EDITABLE (entry), "16");
  g_signal_emit_by_name (entry, "activate");
  g_assert_null (value (f, "conv2", "filters")->expression);
  g_assert_cmpint (value (f, "conv2", "filters")->integer, ==, 16);
}

static void
test_vector (Fixture *f, gconstpointer data)
{
  GtkWidget *row, *vector, *first, *second;
  guint n;

  choose (f, (const char *const[]){ "conv2", NULL });
  row = row_of (f, "kernel");
  vector = test_wait_for (row, is_a, "TelarVectorEntry");
  first = test_wait_for (vector, is_a, "GtkEntry");
  second = gtk_widget_get_prev_sibling (gtk_widget_get_last_child (vector));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (second)), ==, "6");
  /* Linked: one number for both. */
  gtk_editable_set_text (GTK_EDITABLE (first), "4");
  g_signal_emit_by_name (first, "activate");
  g_assert_cmpint (telar_param_set_ints (node (f, "conv2")->params, "kernel", &n)[0], ==, 4);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (second)), ==, "4");
  /* Unlinked: each its own. */
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (test_wait_for (vector, is_a, "GtkToggleButton")),
                                FALSE);
  gtk_editable_set_text (GTK_EDITABLE (second), "7");
  g_signal_emit_by_name (second, "activate");
  g_assert_cmpint (telar_param_set_ints (node (f, "conv2")->params, "kernel", &n)[1], ==, 7);
  g_assert_cmpuint (n, ==, 2);
}

static void
test_reset_all (Fixture *f, gconstpointer data)
{
  g_autofree char *before = test_text (f->document);
  g_autofree char *after = NULL;

  choose (f, (const char *const[]){ "conv2", NULL });
  g_signal_emit_by_name (test_wait_for (f->page, test_is_button, "Reset All to Their Defaults"),
                         "clicked");
  g_assert_true (telar_param_set_is_default (node (f, "conv2")->params, "kernel"));
  g_assert_true (telar_param_set_is_default (node (f, "conv2")->params, "filters"));
  telar_document_undo (f->document);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
}

/* Different operators: what they share is set for all in one edit. */
static void
test_mixed (Fixture *f, gconstpointer data)
{
  GtkWidget *row;

  choose (f, (const char *const[]){ "conv2", "dense1", NULL });
  row = row_of (f, "bias");
  g_assert_null (test_find (f->page, is_row, "kernel"));
  gtk_switch_set_active (GTK_SWITCH (test_wait_for (row, is_a, "GtkSwitch")), TRUE);
  g_assert_true (value (f, "conv2", "bias")->boolean);
  g_assert_true (value (f, "dense1", "bias")->boolean);
  telar_document_undo (f->document);
  g_assert_false (value (f, "conv2", "bias")->boolean);
  g_assert_false (value (f, "dense1", "bias")->boolean);
}

/* --- pictures --------------------------------------------------------------------------------- */

static void
test_pictures (Fixture *f, gconstpointer data)
{
  choose (f, (const char *const[]){ "relu1", NULL });
  test_wait_for (f->page, is_a, "TelarPicture");
  test_wait_for (f->page, is_a, "TelarFormula");
  test_picture (f->window, "activation");
  choose (f, (const char *const[]){ "conv2", NULL });
  test_wait_for (f->page, is_a, "TelarPicture");
  choose (f, (const char *const[]){ "bn1", NULL });
  g_assert_null (test_find (f->page, is_a, "TelarPicture"));
}

static double
sample_at (const char *op, const char *param, const char *text, double x)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  TelarNode *one = telar_graph_add_node (graph, op, "f", NULL);
  double values[3];

  if (param)
    g_assert_true (telar_param_set_put_text (one->params, param, text, NULL));
  return telar_activation_sample (one, x - 1, x + 1, 3, values) ? values[1] : NAN;
}

/* The picture is of the function that the engine computes, with the node's own parameters. */
static void
test_samples (void)
{
  g_assert_cmpfloat_with_epsilon (sample_at ("relu", NULL, NULL, -2), 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (sample_at ("relu", NULL, NULL, 2), 2, 1e-6);
  g_assert_cmpfloat_with_epsilon (sample_at ("tanh", NULL, NULL, 0.5), tanh (0.5), 1e-5);
  g_assert_cmpfloat_with_epsilon (sample_at ("leaky_relu", "slope", "0.25", -2), -0.5, 1e-6);
  /* What depends on more than its own number is no curve. */
  g_assert_true (isnan (sample_at ("softmax", NULL, NULL, 0)));
  g_assert_true (isnan (sample_at ("dropout", NULL, NULL, 0)));
  g_assert_true (isnan (sample_at ("dense", NULL, NULL, 0)));
}

static guint
count_kind (const TelarBox *box, TelarBoxKind kind)
{
  guint n = box->kind == kind;

  for (guint i = 0; i < box->parts->len; i++)
    n += count_kind (box->parts->pdata[i], kind);
  return n;
}

static void
append_text (const TelarBox *box, GString *text)
{
  if (box->text)
    g_string_append (text, box->text);
  for (guint i = 0; i < box->parts->len; i++)
    append_text (box->parts->pdata[i], text);
}

/* Fractions, roots, indices and powers are found; no sign is lost on the way. */
static void
test_formulas (void)
{
  const GPtrArray *all = telar_operators_all ();
  TelarBox *box = telar_box_parse ("y[n] = (x^2 - mean)/√(variance + e)·scale");

  g_assert_cmpuint (count_kind (box, TELAR_BOX_FRACTION), ==, 1);
  g_assert_cmpuint (count_kind (box, TELAR_BOX_ROOT), ==, 1);
  g_assert_cmpuint (count_kind (box, TELAR_BOX_SCRIPTS), ==, 2);
  telar_box_free (box);
  for (guint i = 0; i < all->len; i++) {
    const char *formula = ((const TelarOperator *)all->pdata[i])->formula;
    GString *letters = g_string_new (NULL), *expected = g_string_new (NULL);

    if (!formula) {
      g_string_free (letters, TRUE);
      g_string_free (expected, TRUE);
      continue;
    }
    box = telar_box_parse (formula);
    append_text (box, letters);
    for (const char *c = formula; *c; c++)
      if (g_ascii_isalnum (*c))
        g_string_append_c (expected, *c);
    for (gsize at = letters->len; at-- > 0;)
      if (!g_ascii_isalnum (letters->str[at]))
        g_string_erase (letters, (gssize)at, 1);
    g_assert_cmpstr (letters->str, ==, expected->str);
    telar_box_free (box);
    g_string_free (letters, TRUE);
    g_string_free (expected, TRUE);
  }
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  test_init ();
#define ADD(name, run) g_test_add (name, Fixture, "digits-cnn.telar", set_up, run, tear_down)
  ADD ("/problems/steps", test_problems);
  ADD ("/problems/within", test_problem_within);
  ADD ("/inspector/validation", test_validation);
  ADD ("/inspector/expressions", test_expressions);
  ADD ("/inspector/vector", test_vector);
  ADD ("/inspector/reset-all", test_reset_all);
  ADD ("/inspector/mixed", test_mixed);
  ADD ("/inspector/pictures", test_pictures);
  g_test_add_func ("/inspector/samples", test_samples);
  g_test_add_func ("/inspector/formulas", test_formulas);
  return g_test_run ();
}
