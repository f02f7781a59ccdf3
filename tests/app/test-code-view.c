/* The model as source code, which follows edits, and the view of what changed. */
#include "app/project/edits.h"
#include "app/ui/code-view.h"
#include "app/ui/diff-area.h"
#include "app/ui/diff-view.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"

#include <string.h>

static gboolean
shows (GtkWidget *view, const char *text)
{
  g_autofree char *source = telar_code_view_text (TELAR_CODE_VIEW (view));

  return strstr (source, text) != NULL;
}

static void
wait_for_text (GtkWidget *view, const char *text)
{
  while (!shows (view, text))
    g_main_context_iteration (NULL, TRUE);
}

static void
set (TelarDocument *document, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) parts = g_strsplit (path, ".", 2);

  telar_edit_set_param (document, (const char *const[]){ parts[0], NULL }, parts[1], value, &error);
  g_assert_no_error (error);
}

static void
test_code (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-cnn.telar");
  g_autoptr (TelarAnalysis) analysis = telar_analysis_new (document);
  GtkWidget *window = gtk_window_new (), *view;

  view = telar_code_view_new (GTK_WINDOW (window), analysis);
  gtk_window_present (GTK_WINDOW (view));
  wait_for_text (view, "self.conv1 = nn.Conv2d(1, 12, 3, bias=False, padding=1)");
  test_picture (view, "code");
  set (document, "conv1.filters", "20");
  wait_for_text (view, "self.conv1 = nn.Conv2d(1, 20, 3, bias=False, padding=1)");
  g_assert_true (shows (view, "self.bn1 = nn.BatchNorm2d(20)"));
  /* The other library shows the same model, and follows edits, too. */
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (test_wait_for (view, test_is_button, "Keras")),
                                TRUE);
  wait_for_text (view, "layers.Conv2D(20, 3, padding=\"same\"");
  set (document, "conv1.filters", "24");
  wait_for_text (view, "layers.Conv2D(24, 3, padding=\"same\"");
  g_assert_true (shows (view, "return keras.Model(images, x)"));
  test_picture (view, "code-keras");
  /* What cannot be said is listed, and the code is back when it can. */
  set (document, "conv1.normalise_weights", "spectral");
  test_wait_for (view, test_is_label, "Keras has no such normalisation of weights");
  set (document, "conv1.normalise_weights", "none");
  while (!gtk_widget_get_mapped (test_wait_for (view, test_is_button, "Copy")))
    g_main_context_iteration (NULL, TRUE);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (test_wait_for (view, test_is_button, "PyTorch")),
                                TRUE);
  wait_for_text (view, "self.conv1 = nn.Conv2d(1, 24, 3, bias=False, padding=1)");
  gtk_window_destroy (GTK_WINDOW (view));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
on_reveal (TelarDiffView *view, const char *group, const char *node, char **shown)
{
  g_free (*shown);
  *shown = g_strdup_printf ("%s/%s", group, node);
}

static gboolean
is_area (GtkWidget *widget, const char *what)
{
  return TELAR_IS_DIFF_AREA (widget);
}

static GtkEventController *
controller (GtkWidget *widget, GType type)
{
  g_autoptr (GListModel) list = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (GtkEventController) item = g_list_model_get_item (list, i);

    if (G_OBJECT_TYPE (item) == type)
      return item;
  }
  g_assert_not_reached ();
}

static void
on_clicked (TelarDiffArea *area, guint index, int *clicked)
{
  *clicked = (int)index;
}

/* With the node whose row was chosen in the middle: the gestures and keys of the canvas. */
static void
look_around (TelarDiffArea *area)
{
  GtkWidget *widget = GTK_WIDGET (area);
  GtkEventController *drag = controller (widget, GTK_TYPE_GESTURE_DRAG);
  GtkEventController *click = controller (widget, GTK_TYPE_GESTURE_CLICK);
  double zoom = telar_diff_area_zoom (area), width = gtk_widget_get_width (widget),
         height = gtk_widget_get_height (widget);
  gboolean taken = FALSE;
  int clicked = -1;

  g_signal_connect (area, "difference", G_CALLBACK (on_clicked), &clicked);
  g_signal_emit_by_name (click, "released", 1, width / 2, height / 2);
  g_assert_cmpint (clicked, >=, 0);
  clicked = -1;
  g_signal_emit_by_name (drag, "drag-begin", 10.0, 10.0);
  g_signal_emit_by_name (drag, "drag-update", 300.0, 200.0);
  g_signal_emit_by_name (drag, "drag-end", 300.0, 200.0);
  g_signal_emit_by_name (click, "released", 1, width / 2, height / 2);
  g_assert_cmpint (clicked, ==, -1);
  g_signal_emit_by_name (click, "released", 1, width / 2 + 300, height / 2 + 200);
  g_assert_cmpint (clicked, >=, 0);
  g_signal_emit_by_name (controller (widget, GTK_TYPE_EVENT_CONTROLLER_KEY), "key-pressed",
                         GDK_KEY_Left, 0, 0, &taken);
  g_assert_true (taken);
  clicked = -1;
  g_signal_emit_by_name (click, "released", 1, width / 2 + 364, height / 2 + 200);
  g_assert_cmpint (clicked, >=, 0);
  g_signal_emit_by_name (controller (widget, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", 0.0, 1.0,
                         &taken);
  gtk_widget_activate_action (widget, "canvas.zoom-in", NULL);
  g_assert_cmpfloat_with_epsilon (telar_diff_area_zoom (area), zoom * 1.25, 1e-6);
  gtk_widget_activate_action (widget, "canvas.zoom-out", NULL);
  g_assert_cmpfloat_with_epsilon (telar_diff_area_zoom (area), zoom, 1e-6);
  gtk_widget_activate_action (widget, "canvas.zoom-original", NULL);
  g_assert_cmpfloat_with_epsilon (telar_diff_area_zoom (area), 1, 1e-6);
  gtk_widget_activate_action (widget, "canvas.zoom-fit", NULL);
  g_assert_cmpfloat (telar_diff_area_zoom (area), <, zoom);
}

static void
test_diff (void)
{
  g_autoptr (TelarDocument) before = test_sample ("digits-cnn.telar");
  g_autoptr (TelarDocument) after = test_sample ("digits-cnn.telar");
  g_autofree char *shown = NULL;
  GtkWidget *window = gtk_window_new (), *view, *label, *row;
  static const char *const gone[] = { "dropout", NULL };

  set (after, "conv1.filters", "20");
  telar_edit_remove (after, gone, TRUE);
  view = telar_diff_view_new (GTK_WINDOW (window), telar_document_graph (before), "before.telar",
                              telar_document_graph (after));
  g_signal_connect (view, "reveal", G_CALLBACK (on_reveal), &shown);
  gtk_window_present (GTK_WINDOW (view));
  gtk_test_widget_wait_for_draw (view);
  test_picture (view, "diff");
  g_assert_nonnull (test_wait_for (view, test_is_label, "dropout rate=0.4"));
  label = test_wait_for (view, test_is_label, "12 → 20");
  row = gtk_widget_get_ancestor (label, GTK_TYPE_LIST_BOX_ROW);
  gtk_widget_activate (row);
  g_assert_cmpstr (shown, ==, "/conv1");
  test_picture (view, "diff-node");
  look_around (TELAR_DIFF_AREA (test_wait_for (view, is_area, NULL)));
  gtk_window_destroy (GTK_WINDOW (view));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  test_init ();
  g_test_add_func ("/code-view/code", test_code);
  g_test_add_func ("/code-view/diff", test_diff);
  return g_test_run ();
}
