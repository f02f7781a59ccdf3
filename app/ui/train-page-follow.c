/* While it can be seen the page looks at the store's version every 30 ms as long as the run goes
 * on, and more rarely otherwise; what it reads is only what is new. */
#include "app/ui/train-page-private.h"

#include "app/ui/run-text.h"

#define POLL_ALIVE_MS 30
#define POLL_IDLE_MS  400
/* The list of runs and whether a process still lives need not be as fresh as the charts. */
#define LIST_EVERY (400 * G_TIME_SPAN_MILLISECOND)

/* --- reading ----------------------------------------------------------------------------- */

static const TelarRunRow *
find_row (const GPtrArray *runs, gint64 wanted)
{
  for (guint i = 0; i < runs->len; i++) {
    const TelarRunRow *row = g_ptr_array_index (runs, i);
    if (wanted == 0 || row->id == wanted)
      return row;
  }
  return runs->len > 0 ? g_ptr_array_index (runs, 0) : NULL;
}

/* Of the sections beside the charts only the one that is seen reads the store. */
static gboolean
follow_section (TelarTrainPage *page, const TelarRunRow *row, GError **error)
{
  const char *name = gtk_stack_get_visible_child_name (page->sections);

  if (g_str_equal (name, "histograms"))
    return telar_histogram_section_follow (page->histograms, page->store, page->run, error);
  if (g_str_equal (name, "images"))
    return telar_image_section_follow (page->images, page->store, page->run, error);
  if (g_str_equal (name, "curves"))
    return telar_judged_section_follow (page->judged, page->store, page->run, error);
  if (g_str_equal (name, "system"))
    return telar_system_section_follow (page->system, page->store, page->run, error);
  if (g_str_equal (name, "projection"))
    return telar_projection_section_follow (page->projection, page->store, row, error);
  if (g_str_equal (name, "lineage"))
    return telar_lineage_section_follow (page->lineage, page->store, row, page->remote == NULL,
                                         error);
  if (g_str_equal (name, "profiler"))
    return telar_profile_section_follow (page->profile, page->store, page->run, error);
  return TRUE;
}

static void
show_row (TelarTrainPage *page, const TelarRunRow *row)
{
  g_autoptr (GError) error = NULL;

  if (row->id != page->run) {
    telar_train_charts_reset (page->charts);
    telar_watch_panel_reset (page->watches);
    page->run = row->id;
    g_free (page->run_name);
    page->run_name = g_strdup (row->name);
    telar_run_canvas_set_run (page->canvas, page->workspace, row->name);
    if (page->remote != NULL)
      telar_remote_watch (page->remote, row->name);
  }
  if (!telar_train_charts_follow (page->charts, page->store, row, &error) ||
      !telar_watch_panel_follow (page->watches, page->store, row->id, &error) ||
      !follow_section (page, row, &error))
    telar_train_page_tell (page, error->message);
  g_autofree char *best = telar_train_charts_best (page->charts, row);
  TelarRunFacts facts = { best, telar_train_charts_pace (page->charts),
                          telar_train_charts_learning_rate (page->charts) };
  telar_run_header_show (page->header, row, &facts);
  telar_train_page_set_alive (page, telar_run_is_open (row));
  telar_profile_section_set_alive (page->profile, page->alive);
  gtk_stack_set_visible_child_name (page->stack, "run");
}

/* Looks at all runs: one may have come, one may have lost its process. */
static void
refresh (TelarTrainPage *page)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = telar_store_runs (page->store, &error);

  if (runs == NULL) {
    telar_train_page_tell (page, error->message);
    return;
  }
  const TelarRunRow *row = find_row (runs, page->wanted);
  if (row == NULL) {
    telar_train_page_set_alive (page, FALSE);
    telar_train_page_show_nothing (page);
  } else {
    show_row (page, row);
  }
  telar_run_list_show (page->list, runs, row != NULL ? row->id : 0);
  page->listed_at = g_get_monotonic_time ();
  page->dirty = FALSE;
}

/* Looks at the run that is shown, which is cheaper. */
static void
refresh_run (TelarTrainPage *page)
{
  g_autoptr (TelarRunRow) row = telar_store_find_run (page->store, page->run_name, NULL);

  if (row != NULL)
    show_row (page, row);
}

static void
poll_store (TelarTrainPage *page)
{
  if (!telar_train_page_open_store (page))
    return;
  gint64 version = telar_store_version (page->store);
  gboolean due = page->dirty || g_get_monotonic_time () - page->listed_at > LIST_EVERY;
  gboolean changed = version != page->version;

  page->version = version;
  if (due)
    refresh (page);
  else if (changed && page->run_name != NULL)
    refresh_run (page);
}

/* --- polling ----------------------------------------------------------------------------- */

static void set_timer (TelarTrainPage *page, guint ms);

static gboolean
on_timer (gpointer data)
{
  TelarTrainPage *page = data;
  guint before = page->timer_ms;

  poll_store (page);
  set_timer (page, page->alive ? POLL_ALIVE_MS : POLL_IDLE_MS);
  return page->timer_ms == before ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* 0 stops it. */
static void
set_timer (TelarTrainPage *page, guint ms)
{
  GSource *current = g_main_current_source ();

  if (page->timer_ms == ms)
    return;
  /* The one that is running removes itself. */
  if (page->timer != 0 && (current == NULL || g_source_get_id (current) != page->timer))
    g_source_remove (page->timer);
  page->timer_ms = ms;
  page->timer = ms > 0 ? g_timeout_add (ms, on_timer, page) : 0;
}

void
telar_train_page_look_now (TelarTrainPage *page)
{
  page->dirty = TRUE;
  if (gtk_widget_get_mapped (GTK_WIDGET (page)))
    poll_store (page);
}

void
telar_train_page_start_polling (TelarTrainPage *page)
{
  telar_train_page_look_now (page);
  set_timer (page, POLL_ALIVE_MS);
}

void
telar_train_page_stop_polling (TelarTrainPage *page)
{
  set_timer (page, 0);
}

/* --- what is shown ----------------------------------------------------------------------- */

/* All that was read was of another one. */
static void
show_workspace (TelarTrainPage *page, const char *workspace)
{
  if (g_strcmp0 (workspace, page->workspace) == 0)
    return;
  g_free (page->workspace);
  page->workspace = g_strdup (workspace);
  g_clear_pointer (&page->store, telar_store_close);
  g_clear_pointer (&page->failure, g_free);
  g_clear_pointer (&page->run_name, g_free);
  page->run = page->wanted = 0;
  telar_histogram_section_forget (page->histograms);
  telar_image_section_forget (page->images);
  telar_judged_section_forget (page->judged);
  telar_system_section_forget (page->system);
  telar_projection_section_forget (page->projection);
  telar_lineage_section_forget (page->lineage);
  telar_train_page_set_alive (page, FALSE);
  telar_train_charts_reset (page->charts);
  telar_watch_panel_reset (page->watches);
  telar_train_page_look_now (page);
}

void
telar_train_page_set_workspace (TelarTrainPage *page, const char *workspace)
{
  g_return_if_fail (TELAR_IS_TRAIN_PAGE (page));
  g_free (page->folder);
  page->folder = g_strdup (workspace);
  if (page->remote == NULL)
    show_workspace (page, workspace);
}

void
telar_train_page_set_remote (TelarTrainPage *page, TelarRemote *remote)
{
  g_return_if_fail (TELAR_IS_TRAIN_PAGE (page));
  g_autoptr (TelarRemote) before = g_steal_pointer (&page->remote);
  if (before != NULL)
    g_signal_handlers_disconnect_by_data (before, page);
  page->remote = remote != NULL ? g_object_ref (remote) : NULL;
  show_workspace (page, remote != NULL ? telar_remote_workspace (remote) : page->folder);
  if (remote != NULL)
    g_signal_connect_object (remote, "refused", G_CALLBACK (telar_train_page_tell), page,
                             G_CONNECT_SWAPPED);
  telar_remote_bar_set_remote (page->bar, remote);
  /* What is trained from here is trained on this machine. */
  gtk_widget_set_visible (page->fork, remote == NULL);
}

TelarRemote *
telar_train_page_remote (TelarTrainPage *page)
{
  g_return_val_if_fail (TELAR_IS_TRAIN_PAGE (page), NULL);
  return page->remote;
}

void
telar_train_page_show_node (TelarTrainPage *page, const char *node)
{
  g_return_if_fail (TELAR_IS_TRAIN_PAGE (page));
  telar_train_charts_show_node (page->charts, node);
  telar_train_page_look_now (page);
}

void
telar_train_page_show_run (TelarTrainPage *page, gint64 run)
{
  g_return_if_fail (TELAR_IS_TRAIN_PAGE (page));
  page->wanted = run;
  telar_train_page_look_now (page);
}
