/* The Train page in a window of its own, and a recorder that writes what it shows. */
#include "tests/app/train-page-fixture.h"

#include "app/ui/chart-view.h"
#include "insight/store.h"
#include "tests/app/screen.h"

#include <math.h>
#include <string.h>

void
page_set_up (PageFixture *fixture, gconstpointer data)
{
  fixture->workspace = g_dir_make_tmp ("telar-train-page-XXXXXX", NULL);
  fixture->page = TELAR_TRAIN_PAGE (telar_train_page_new ());
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1280, 860);
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_test_widget_wait_for_draw (fixture->window);
}

void
page_tear_down (PageFixture *fixture, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", fixture->workspace, NULL };

  g_object_add_weak_pointer (G_OBJECT (fixture->page), (gpointer *)&fixture->page);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (fixture->page); /* nothing holds it */
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (fixture->workspace);
}

/* --- looking ----------------------------------------------------------------------------- */

gboolean
page_is_chart (GtkWidget *widget, const char *group)
{
  return TELAR_IS_CHART_VIEW (widget) && g_str_equal (gtk_widget_get_name (widget), group);
}

gint64
page_last_step (PageFixture *fixture, const char *group)
{
  GtkWidget *view = test_find (fixture->window, page_is_chart, group);
  TelarPoint point = { 0 };

  if (view != NULL)
    telar_chart_last (telar_chart_view_get_chart (TELAR_CHART_VIEW (view)), 0, &point);
  return point.step;
}

void
page_wait_for_step (PageFixture *fixture, const char *group, gint64 step)
{
  while (page_last_step (fixture, group) < step)
    g_main_context_iteration (NULL, TRUE);
}

/* --- recording --------------------------------------------------------------------------- */

TelarMonitor *
page_begin (PageFixture *fixture, const char *run, gint64 first_step)
{
  TelarRecording recording = {
    .run = run, .graph = "{}", .settings = "{}", .resume = first_step > 0
  };
  TelarRunInfo info = { .run = run,
                        .device = "cpu",
                        .steps_per_epoch = STEPS_PER_EPOCH,
                        .epochs = 10,
                        .first_step = first_step };
  GError *error = NULL;
  TelarMonitor *monitor = telar_recorder_new (fixture->workspace, &recording, &error);

  g_assert_no_error (error);
  telar_monitor_begin (monitor, &info);
  return monitor;
}

void
page_train (TelarMonitor *monitor, gint64 from, gint64 to)
{
  for (gint64 step = from; step <= to; step++) {
    double part = (double)step / (10 * STEPS_PER_EPOCH);
    double noise = 0.25 * sin ((double)(step * step)) * exp (-2 * part);
    telar_monitor_scalar (monitor, "loss", step, 2.2 * exp (-6 * part) + 0.05 + noise * 0.4 + 0.1);
    telar_monitor_scalar (monitor, "accuracy", step,
                          MIN (1, 0.99 - 0.8 * exp (-8 * part) + noise * 0.2));
    telar_monitor_scalar (monitor, "gradient_norm", step, 2 + noise * 4);
    telar_monitor_scalar (monitor, "learning_rate", step, 1e-3 * sin (part * G_PI));
    if (step % STEPS_PER_EPOCH != 0)
      continue;
    TelarMetricValue metrics[] = { { "loss", 2.2 * exp (-6 * part) },
                                   { "val_loss", 2.2 * exp (-6 * part) + 0.12 },
                                   { "val_accuracy", 0.985 - 0.5 * exp (-8 * part) } };
    telar_monitor_epoch (monitor, step / STEPS_PER_EPOCH, step, metrics, G_N_ELEMENTS (metrics));
  }
}
