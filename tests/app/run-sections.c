/* The sections of the Train page beside its charts, under a display: the real telar trains the
 * digits, the page follows it. */
#include "app/ui/chart-view.h"
#include "app/ui/cloud-view.h"
#include "app/ui/histogram-view.h"
#include "app/ui/judged-view.h"
#include "app/ui/lineage-area.h"
#include "app/ui/pixel-view.h"
#include "app/ui/run-section.h"
#include "app/ui/train-page.h"
#include "data/data.h"
#include "engine/operator.h"
#include "tests/app/screen.h"

#include <sys/wait.h>

typedef struct {
  char *workspace;
  GtkWidget *window;
  TelarTrainPage *page;
  GPid trainer;
} Fixture;

static void
start_training (Fixture *fixture)
{
  g_autofree char *project =
      g_build_filename (g_getenv ("TELAR_SAMPLES"), "digits-cnn.telar", NULL);
  const char *argv[] = { g_getenv ("TELAR_CLI"), "train",    project, "--workspace",
                         fixture->workspace,     "--epochs", "2",     NULL };
  GError *error = NULL;

  g_spawn_async (NULL, (char **)argv, NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_SEARCH_PATH, NULL,
                 NULL, &fixture->trainer, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->workspace = g_dir_make_tmp ("telar-run-sections-XXXXXX", NULL);
  start_training (fixture);
  fixture->page = TELAR_TRAIN_PAGE (telar_train_page_new ());
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1280, 900);
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_test_widget_wait_for_draw (fixture->window);
  telar_train_page_set_workspace (fixture->page, fixture->workspace);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", fixture->workspace, NULL };

  g_object_add_weak_pointer (G_OBJECT (fixture->page), (gpointer *)&fixture->page);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (fixture->page);
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (fixture->workspace);
}

/* --- looking ----------------------------------------------------------------------------- */

static gboolean
is_section_button (GtkWidget *widget, const char *label)
{
  return GTK_IS_TOGGLE_BUTTON (widget) && test_find (widget, test_is_label, label) != NULL;
}

static gboolean
is_histogram (GtkWidget *widget, const char *name)
{
  return TELAR_IS_HISTOGRAM_VIEW (widget) && g_str_equal (gtk_widget_get_name (widget), name);
}

static gboolean
is_pixels (GtkWidget *widget, const char *unused)
{
  return TELAR_IS_PIXEL_VIEW (widget);
}

static gboolean
is_image_section (GtkWidget *widget, const char *unused)
{
  return TELAR_IS_IMAGE_SECTION (widget);
}

static gboolean
is_choice (GtkWidget *widget, const char *chosen)
{
  return GTK_IS_DROP_DOWN (widget) && test_find (widget, test_is_label, chosen) != NULL;
}

static gboolean
is_chart (GtkWidget *widget, const char *title)
{
  return TELAR_IS_CHART_VIEW (widget) &&
         g_str_equal (telar_chart_title (telar_chart_view_get_chart (TELAR_CHART_VIEW (widget))),
                      title);
}

static gboolean
is_ready_button (GtkWidget *widget, const char *label)
{
  return test_is_button (widget, label) && gtk_widget_is_sensitive (widget);
}

static gboolean
is_range (GtkWidget *widget, const char *unused)
{
  return GTK_IS_SCALE (widget);
}

static void
open_section (Fixture *fixture, const char *label)
{
  GtkWidget *button = test_wait_for (fixture->window, is_section_button, label);

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
}

static const TelarJudgedChart *
chart_of (GtkWidget *view)
{
  return telar_judged_view_get_chart (TELAR_JUDGED_VIEW (view));
}

static gboolean
is_judged (GtkWidget *widget, const char *title)
{
  if (!TELAR_IS_JUDGED_VIEW (widget) || !gtk_widget_get_mapped (widget) ||
      telar_judged_chart_n_curves (chart_of (widget)) == 0)
    return FALSE;
  g_autofree char *words = telar_judged_chart_describe (chart_of (widget));
  return g_str_has_prefix (words, title);
}

static void
wait_for_trainer (Fixture *fixture)
{
  int status;

  while (waitpid (fixture->trainer, &status, WNOHANG) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  g_spawn_close_pid (fixture->trainer);
}

/* --- the sections ------------------------------------------------------------------------ */

static void
see_profile (Fixture *fixture)
{
  open_section (fixture, "Profiler");
  GtkWidget *button = test_wait_for (fixture->window, is_ready_button, "Profile a Step");
  g_signal_emit_by_name (button, "clicked");
  test_wait_for (fixture->window, test_is_label, "% of roofline");
  g_assert_nonnull (test_find (fixture->window, test_is_label, "conv1"));
  test_picture (fixture->window, "run-profiler");
}

static void
see_histograms (Fixture *fixture)
{
  open_section (fixture, "Histograms");
  GtkWidget *view = test_wait_for (fixture->window, is_histogram, "conv2.kernel");
  const TelarHistogram *newest = telar_histogram_view_get_chosen (TELAR_HISTOGRAM_VIEW (view));
  g_assert_cmpfloat (newest->n, >, 100);
  g_assert_cmpint (newest->step, >, 0);
  g_assert_null (test_find (fixture->window, is_histogram, "gradient/conv2.kernel"));
  test_picture (fixture->window, "run-histograms");
  GtkWidget *style = test_find (fixture->window, is_choice, "Histograms");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (style), TELAR_HISTOGRAM_BANDS);
  test_picture (fixture->window, "run-distributions");
}

static void
see_images (Fixture *fixture)
{
  open_section (fixture, "Samples");
  test_wait_for (fixture->window, is_pixels, "");
  test_wait_for (fixture->window, test_is_label, "Misclassified");
  test_wait_for (fixture->window, test_is_label, " → ");
  g_assert_nonnull (test_find (fixture->window, test_is_label, "Kernels of conv1"));
  test_picture (fixture->window, "run-images");

  /* At the first step there are inputs and kernels, but nothing was judged yet. */
  GtkWidget *scale = test_find (fixture->window, is_range, "");
  gtk_range_set_value (GTK_RANGE (scale), 0);
  test_wait_for (fixture->window, test_is_label, "step 0");
  g_assert_null (test_find (fixture->window, test_is_label, "Misclassified"));
  g_assert_nonnull (test_find (fixture->window, test_is_label, "Inputs"));
}

/* Ten digits, all together, and the answers of the calibration. */
static void
see_curves (Fixture *fixture)
{
  open_section (fixture, "Curves");
  GtkWidget *view = test_wait_for (fixture->window, is_judged, "Calibration");
  g_assert_cmpuint (telar_judged_chart_n_curves (chart_of (view)), ==, 12);
  view = test_find (fixture->window, is_judged, "ROC");
  g_assert_cmpuint (telar_judged_chart_n_curves (chart_of (view)), ==, 11);
  test_picture (fixture->window, "run-curves");
}

static void
see_system (Fixture *fixture)
{
  open_section (fixture, "System");
  GtkWidget *view = test_wait_for (fixture->window, is_chart, "Processors");
  TelarPoint point;
  g_assert_true (
      telar_chart_last (telar_chart_view_get_chart (TELAR_CHART_VIEW (view)), 0, &point));
  g_assert_cmpfloat (point.value, >=, 0);
  g_assert_cmpfloat (point.value, <=, 1);
  g_assert_nonnull (test_find (fixture->window, is_chart, "Memory in GiB"));
  test_picture (fixture->window, "run-system");
}

/* Only what is taken for another, and back to all. */
static void
see_cell (Fixture *fixture)
{
  open_section (fixture, "Samples");
  GtkWidget *section = test_wait_for (fixture->window, is_image_section, "");
  telar_image_section_filter (TELAR_IMAGE_SECTION (section), 0, 0, G_MAXINT64);
  test_wait_for (fixture->window, test_is_label, "Misclassified");
  g_assert_null (test_find (fixture->window, test_is_label, " → "));
  GtkWidget *all = test_wait_for (fixture->window, test_is_button, "Show All");
  g_signal_emit_by_name (all, "clicked");
  test_wait_for (fixture->window, test_is_label, " → ");
}

static gboolean
is_cloud (GtkWidget *widget, const char *unused)
{
  return TELAR_IS_CLOUD_VIEW (widget);
}

static gboolean
is_search (GtkWidget *widget, const char *unused)
{
  return GTK_IS_SEARCH_ENTRY (widget) && gtk_widget_get_mapped (widget);
}

/* Its label is a part of the section's own. */
/* A layer's values are projected, and a class is found among the points. */
static void
see_projection (Fixture *fixture)
{
  open_section (fixture, "Projection");
  GtkWidget *button = test_wait_for (fixture->window, is_ready_button, "Project Samples");
  g_signal_emit_by_name (button, "clicked");
  TelarCloudView *view = TELAR_CLOUD_VIEW (test_wait_for (fixture->window, is_cloud, NULL));
  g_assert_cmpuint (telar_cloud_view_search (view, "7"), >, 50);
  g_assert_cmpuint (telar_cloud_view_search (view, "nobody"), ==, 0);
  telar_cloud_view_search (view, NULL);
  g_assert_nonnull (test_find (fixture->window, is_search, NULL));
  test_picture (fixture->window, "run-projection");
}

static gboolean
is_lineage (GtkWidget *widget, const char *unused)
{
  return TELAR_IS_LINEAGE_AREA (widget);
}

/* Pictures and labels, the run, its weights. */
static void
see_lineage (Fixture *fixture)
{
  open_section (fixture, "Lineage");
  TelarLineageArea *area = TELAR_LINEAGE_AREA (test_wait_for (fixture->window, is_lineage, NULL));
  const TelarLineage *lineage = telar_lineage_view_get (telar_lineage_area_get (area));
  g_assert_cmpuint (lineage->nodes->len, ==, 4);
  for (guint i = 0; i < lineage->nodes->len; i++) {
    const TelarLineageNode *node = lineage->nodes->pdata[i];
    g_assert_cmpint (node->file, ==,
                     node->kind == TELAR_LINEAGE_RUN ? TELAR_LINEAGE_FILE_UNASKED
                                                     : TELAR_LINEAGE_FILE_SAME);
  }
  gtk_test_widget_wait_for_draw (fixture->window);
  test_picture (fixture->window, "run-lineage");
}

static void
test_sections (Fixture *fixture, gconstpointer data)
{
  see_profile (fixture);
  wait_for_trainer (fixture);
  see_histograms (fixture);
  see_images (fixture);
  see_curves (fixture);
  see_system (fixture);
  see_cell (fixture);
  see_projection (fixture);
  see_lineage (fixture);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  telar_operators_init ();
  telar_data_init ();
  g_test_add ("/run-sections/all", Fixture, NULL, set_up, test_sections, tear_down);
  return g_test_run ();
}
