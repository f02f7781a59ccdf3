/* Training from the window: start, pause, stop, and what a run's end says. */
#include "app/window-private.h"

#include "app/ui/format.h"
#include "app/ui/run-button.h"

#include <glib/gi18n.h>

static gboolean
is_alive (TelarWindow *self)
{
  return self->session && telar_session_state (self->session) != TELAR_SESSION_ENDED;
}

void
telar_window_update_training (TelarWindow *self)
{
  gboolean alive = is_alive (self);
  GActionMap *map = G_ACTION_MAP (self);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "train")),
                               self->document && !alive);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "fork")),
                               self->document != NULL);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "pause")), alive);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "stop")), alive);
  gtk_widget_set_visible (self->run_button, self->document || alive);
}

/* --- the end of a run ------------------------------------------------------------------------- */

/* "val_accuracy" of the row's JSON, as words: " 98.9 % right on validation." */
static char *
describe_result (TelarSession *session)
{
  const TelarRunRow *row = telar_session_row (session);
  json_t *metrics = row && row->metrics ? json_loads (row->metrics, 0, NULL) : NULL;
  const json_t *accuracy = json_object_get (metrics, "val_accuracy");
  char *text = NULL;

  if (json_is_number (accuracy)) {
    g_autofree char *value = telar_format_metric ("val_accuracy", json_number_value (accuracy));

    text = g_strdup_printf (_ ("validation accuracy %s"), value);
  }
  json_decref (metrics);
  return text;
}

static void
report_failure (TelarWindow *self, const char *heading, const char *message)
{
  g_autoptr (GError) error = NULL;

  telar_set_error (&error, TELAR_ERROR_FAILED, NULL, "%s",
                   message ? message
                           : _ ("The training process is gone; it was killed, or the "
                                "machine was restarted."));
  telar_window_show_error (self, heading, error);
}

static void
on_ended (TelarSession *session, const char *status, const char *message, TelarWindow *self)
{
  const char *run = telar_session_run (session);
  gboolean began = telar_session_row (session) != NULL;
  g_autofree char *result = describe_result (session);
  g_autofree char *text = NULL;

  telar_window_update_training (self);
  if (g_str_equal (status, "failed") && !began) {
    report_failure (self, _ ("Training cannot start"), message);
  } else if (g_str_equal (status, "failed")) {
    text = g_strdup_printf (_ ("The run %s failed"), run);
    report_failure (self, text, message);
  } else if (g_str_equal (status, "lost")) {
    text = g_strdup_printf (_ ("The run %s was lost"), run);
    report_failure (self, text, message);
  } else if (g_str_equal (status, "stopped")) {
    text = g_strdup_printf (_ ("%s stopped; a checkpoint is kept"), run);
    telar_window_toast (self, text);
  } else {
    text = result ? g_strdup_printf (_ ("%s is trained: %s"), run, result)
                  : g_strdup_printf (_ ("%s is trained"), run);
    telar_window_toast (self, text);
  }
}

static void
on_session_changed (TelarSession *session, TelarWindow *self)
{
  gint64 run = telar_session_run_id (session);

  if (run && run != self->shown_run) {
    g_autofree char *workspace = telar_workspace_path ();

    self->shown_run = run;
    if (!telar_train_page_remote (self->train))
      telar_train_page_show_run (self->train, run);
    telar_design_page_set_run (self->design, workspace, telar_session_run (session));
  }
  telar_window_update_training (self);
}

static void
watch (TelarWindow *self, TelarSession *session)
{
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  g_signal_connect_object (session, "ended", G_CALLBACK (on_ended), self, 0);
  telar_run_button_set_session (TELAR_RUN_BUTTON (self->run_button), session);
  on_session_changed (session, self);
}

/* --- actions ---------------------------------------------------------------------------------- */

/* @from: the run and step that it begins at, or NULL. */
static void
start (TelarWindow *self, const char *from)
{
  g_autofree char *workspace = telar_workspace_path ();
  g_autoptr (TelarSession) session = NULL;
  g_autoptr (GError) error = NULL;

  if (telar_analysis_n_errors (self->analysis)) {
    const GPtrArray *problems = telar_analysis_problems (self->analysis);

    adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "design");
    telar_design_page_show_problems (self->design);
    telar_window_toast (self, problems->len == 1
                                  ? _ ("One problem is in the way; it is listed below.")
                                  : _ ("Some problems are in the way; they are listed below."));
    return;
  }
  session = telar_session_start (self->document, workspace, from, &error);
  if (!session) {
    telar_window_show_error (self, _ ("Training cannot start"), error);
    return;
  }
  telar_window_close_remote (self);
  watch (self, session);
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "train");
}

static void
on_analysed (TelarAnalysis *analysis, TelarWindow *self)
{
  if (telar_analysis_is_busy (analysis))
    return;
  g_signal_handlers_disconnect_by_func (analysis, on_analysed, self);
  if (!is_alive (self))
    start (self, NULL);
}

/* What the last edits come to, and whether a step fits into memory, is known before anything
 * starts.
 */
static void
train (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TelarWindow *self = data;

  g_signal_handlers_disconnect_by_func (self->analysis, on_analysed, self);
  if (telar_analysis_is_busy (self->analysis))
    g_signal_connect_object (self->analysis, "changed", G_CALLBACK (on_analysed), self, 0);
  else
    start (self, NULL);
}

static void
fork_run (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  start (data, g_variant_get_string (parameter, NULL));
}

static void
show_run (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TelarWindow *self = data;

  self->watching = TRUE;
  telar_window_show_place (self);
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "train");
}

static void
ask (TelarWindow *self, TelarRequestKind kind)
{
  g_autoptr (GError) error = NULL;

  if (!telar_session_request (self->session, kind, 0, &error))
    telar_window_show_error (self, _ ("The trainer cannot be asked"), error);
}

static void
pause_or_resume (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TelarWindow *self = data;
  gboolean paused = telar_session_state (self->session) == TELAR_SESSION_PAUSED;

  ask (self, paused ? TELAR_REQUEST_RESUME : TELAR_REQUEST_PAUSE);
}

static void
stop (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ask (data, TELAR_REQUEST_STOP);
}

void
telar_window_add_training_actions (TelarWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "train", .activate = train },
    { .name = "fork", .activate = fork_run, .parameter_type = "s" },
    { .name = "pause", .activate = pause_or_resume },
    { .name = "stop", .activate = stop },
    { .name = "show-run", .activate = show_run },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

/* A run that outlived the studio is shown going on. */
void
telar_window_find_run (TelarWindow *self)
{
  g_autofree char *workspace = telar_workspace_path ();
  g_auto (GStrv) alive = telar_session_list_alive (workspace);
  g_autoptr (TelarSession) session = NULL;
  g_autofree char *text = NULL;

  if (self->session || !alive[0])
    return;
  session = telar_session_follow (workspace, alive[0], NULL);
  if (!session)
    return;
  watch (self, session);
  text = g_strdup_printf (_ ("%s is still training"), alive[0]);
  telar_window_toast (self, text);
}
