/* Following a run through its store: the store's version is polled, its row read when it changed,
 * and now and then anyway, for a process that was killed writes nothing. */
#include "app/session/session.h"

#include "app/project/settings.h"
#include "app/session/launch.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define POLL_MS 150
/* Polls after which the row is read though nothing was written. */
#define LOOK_ANYWAY 10

struct _TelarSession {
  GObject parent_instance;

  char *workspace, *run, *folder, *log;
  TelarStore *store;
  GSubprocess *child; /* NULL: found, not started here */
  GCancellable *waiting;
  TelarRunRow *row;
  TelarSessionState state;
  gint64 version;
  guint poll, polls;
  gboolean stop_asked; /* before the trainer could be asked through the store */
};

G_DEFINE_FINAL_TYPE (TelarSession, telar_session, G_TYPE_OBJECT)

enum { CHANGED, ENDED, N_SIGNALS };

static guint signals[N_SIGNALS];

char *
telar_workspace_path (void)
{
  const char *given = g_getenv ("TELAR_WORKSPACE");
  g_autofree char *chosen = telar_settings_text (TELAR_SETTING_WORKSPACE, "");

  if (given && given[0])
    return g_strdup (given);
  return chosen[0] ? g_steal_pointer (&chosen)
                   : g_build_filename (g_get_user_data_dir (), "telar", "workspace", NULL);
}

/* --- the end ---------------------------------------------------------------------------------- */

static void
end (TelarSession *self, const char *status, const char *message)
{
  if (self->state == TELAR_SESSION_ENDED)
    return;
  self->state = TELAR_SESSION_ENDED;
  g_clear_handle_id (&self->poll, g_source_remove);
  g_signal_emit (self, signals[CHANGED], 0);
  g_signal_emit (self, signals[ENDED], 0, status, message);
}

static gboolean
is_alive (const TelarRunRow *row)
{
  return g_str_equal (row->status, "running") || g_str_equal (row->status, "paused");
}

/* --- following -------------------------------------------------------------------------------- */

static void
take_row (TelarSession *self, TelarRunRow *row)
{
  g_clear_pointer (&self->row, telar_run_row_free);
  self->row = row;
  if (!is_alive (row)) {
    end (self, row->status, row->message);
    return;
  }
  self->state = g_str_equal (row->status, "paused") ? TELAR_SESSION_PAUSED : TELAR_SESSION_RUNNING;
  if (self->stop_asked) {
    self->stop_asked = FALSE;
    telar_store_request (self->store, row->id, TELAR_REQUEST_STOP, 0, NULL);
  }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
look (TelarSession *self)
{
  TelarRunRow *row = telar_store_find_run (self->store, self->run, NULL);

  if (row)
    take_row (self, row);
  else /* refused before it began: it is not recorded */
    g_clear_pointer (&self->row, telar_run_row_free);
}

static gboolean
on_poll (gpointer data)
{
  g_autoptr (TelarSession) self = g_object_ref (data);
  gint64 version = telar_store_version (self->store);

  if (version == self->version && ++self->polls % LOOK_ANYWAY)
    return G_SOURCE_CONTINUE;
  self->version = version;
  look (self);
  return self->poll ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
start_polling (TelarSession *self)
{
  self->poll = g_timeout_add (POLL_MS, on_poll, self);
}

/* The child is gone. What it wrote last counts; when it wrote nothing, its log does. */
static void
on_child_gone (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TelarSession) self = data;
  g_autofree char *words = NULL;
  g_autofree char *message = NULL;

  if (!g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL) ||
      self->state == TELAR_SESSION_ENDED)
    return;
  look (self);
  if (self->state == TELAR_SESSION_ENDED)
    return;
  words = telar_launch_last_words (self->log);
  if (g_subprocess_get_if_signaled (self->child))
    message = g_strdup_printf (_ ("The training process was ended by signal %d (%s)."),
                               g_subprocess_get_term_sig (self->child),
                               g_strsignal (g_subprocess_get_term_sig (self->child)));
  else
    message = g_strdup (words ? words : _ ("The training process ended without a word."));
  end (self, g_subprocess_get_if_signaled (self->child) ? "lost" : "failed", message);
}

/* --- starting --------------------------------------------------------------------------------- */

static char *
absolute_file (const char *file, const char *folder)
{
  return g_path_is_absolute (file) || !folder ? NULL : g_canonicalize_filename (file, folder);
}

static gboolean
make_absolute (TelarParamSet *params, const char *folder, GError **error)
{
  for (const TelarParam *param = telar_param_set_table (params); param && param->name; param++) {
    const char *file =
        param->kind == TELAR_PARAM_FILE ? telar_param_set_text (params, param->name) : "";
    g_autofree char *absolute = file[0] ? absolute_file (file, folder) : NULL;

    if (absolute && !telar_param_set_put_text (params, param->name, absolute, error))
      return FALSE;
  }
  return TRUE;
}

/* The snapshot lies elsewhere than the project: its paths become absolute. */
static gboolean
write_snapshot (TelarDocument *document, const char *path, GError **error)
{
  g_autoptr (TelarGraph) graph = telar_graph_copy (telar_document_graph (document));
  const char *folder = telar_graph_folder (telar_document_graph (document));
  const GPtrArray *nodes = telar_graph_nodes (graph);

  for (guint i = 0; i < nodes->len; i++)
    if (!make_absolute (((const TelarNode *)nodes->pdata[i])->params, folder, error))
      return FALSE;
  return make_absolute (telar_graph_training (graph), folder, error) &&
         telar_graph_save (graph, path, error);
}

/* A run's name is a folder's name, too. */
char *
telar_session_stem (const char *title)
{
  g_autofree char *ascii = g_str_to_ascii (title, "C");
  GString *stem = g_string_new (NULL);

  for (const char *c = ascii; *c; c++) {
    if (g_ascii_isalnum (*c))
      g_string_append_c (stem, g_ascii_tolower (*c));
    else if (stem->len && stem->str[stem->len - 1] != '-')
      g_string_append_c (stem, '-');
  }
  while (stem->len && stem->str[stem->len - 1] == '-')
    g_string_truncate (stem, stem->len - 1);
  if (!stem->len)
    g_string_append (stem, "run");
  return g_string_free (stem, FALSE);
}

static TelarSession *
session_new (const char *workspace, const char *run, TelarStore *store)
{
  TelarSession *self = g_object_new (TELAR_TYPE_SESSION, NULL);

  self->workspace = g_strdup (workspace);
  self->run = g_strdup (run);
  self->store = store;
  self->folder = g_build_filename (workspace, "runs", run, NULL);
  self->log = g_build_filename (self->folder, "train.log", NULL);
  self->version = -1;
  return self;
}

/* An option of the command line, where it has a value; borrows both. */
static void
add_option (GPtrArray *argv, const char *name, const char *value)
{
  if (!value)
    return;
  g_ptr_array_add (argv, (gpointer)name);
  g_ptr_array_add (argv, (gpointer)value);
}

static gboolean
spawn (TelarSession *self, const char *project, const char *from, GError **error)
{
  g_autofree char *program = telar_launch_program (error);
  int threads = telar_settings_int (TELAR_SETTING_THREADS, 0);
  g_autofree char *n = threads > 0 ? g_strdup_printf ("%d", threads) : NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  if (!program)
    return FALSE;
  g_ptr_array_add (argv, program);
  add_option (argv, "train", project);
  add_option (argv, "--workspace", self->workspace);
  add_option (argv, "--run", self->run);
  add_option (argv, "--fork", from);
  add_option (argv, "--threads", n);
  g_ptr_array_add (argv, NULL);
  self->child = telar_launch_detached ((const char *const *)argv->pdata, self->log, error);
  if (!self->child)
    return FALSE;
  g_subprocess_wait_async (self->child, self->waiting, on_child_gone, g_object_ref (self));
  return TRUE;
}

TelarSession *
telar_session_start (TelarDocument *document, const char *workspace, const char *from,
                     GError **error)
{
  g_autofree char *stem = telar_session_stem (telar_document_title (document));
  TelarStore *store = telar_store_open (workspace, TRUE, error);
  g_autofree char *run = store ? telar_store_free_name (store, stem, error) : NULL;
  g_autofree char *snapshot = NULL;
  g_autoptr (TelarSession) self = NULL;

  if (!run) {
    telar_store_close (store);
    return NULL;
  }
  self = session_new (workspace, run, store);
  if (g_mkdir_with_parents (self->folder, 0755) != 0) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, _ ("%s cannot be made: %s"), self->folder,
                     g_strerror (errno));
    return NULL;
  }
  snapshot = g_build_filename (self->folder, "project.telar", NULL);
  if (!write_snapshot (document, snapshot, error) || !spawn (self, snapshot, from, error))
    return NULL;
  start_polling (self);
  return g_steal_pointer (&self);
}

TelarSession *
telar_session_follow (const char *workspace, const char *run, GError **error)
{
  TelarStore *store = telar_store_open (workspace, FALSE, error);
  TelarRunRow *row = store ? telar_store_find_run (store, run, error) : NULL;
  TelarSession *self;

  if (!row) {
    telar_store_close (store);
    return NULL;
  }
  self = session_new (workspace, run, store);
  take_row (self, row);
  if (self->state != TELAR_SESSION_ENDED)
    start_polling (self);
  return self;
}

char **
telar_session_list_alive (const char *workspace)
{
  g_autoptr (TelarStore) store = telar_store_open (workspace, FALSE, NULL);
  g_autoptr (GPtrArray) rows = store ? telar_store_runs (store, NULL) : NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; rows && i < rows->len; i++) {
    const TelarRunRow *row = rows->pdata[i];

    if (is_alive (row))
      g_ptr_array_add (names, g_strdup (row->name));
  }
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_steal (names, NULL);
}

/* --- asking ----------------------------------------------------------------------------------- */

const char *
telar_session_run (TelarSession *self)
{
  return self->run;
}

gint64
telar_session_run_id (TelarSession *self)
{
  return self->row ? self->row->id : 0;
}

TelarSessionState
telar_session_state (TelarSession *self)
{
  return self->state;
}

const TelarRunRow *
telar_session_row (TelarSession *self)
{
  return self->row;
}

double
telar_session_progress (TelarSession *self)
{
  gint64 total = self->row ? self->row->epochs * self->row->steps_per_epoch : 0;

  return total > 0 ? CLAMP ((double)self->row->step / (double)total, 0, 1) : 0;
}

double
telar_session_seconds_left (TelarSession *self)
{
  double progress = telar_session_progress (self);
  double elapsed;

  if (progress < 0.01 || self->state != TELAR_SESSION_RUNNING)
    return -1;
  elapsed = (double)(g_get_real_time () - self->row->started) / G_USEC_PER_SEC;
  return elapsed * (1 - progress) / progress;
}

gboolean
telar_session_request (TelarSession *self, TelarRequestKind kind, double value, GError **error)
{
  if (self->row)
    return telar_store_request (self->store, self->row->id, kind, value, error);
  if (kind == TELAR_REQUEST_STOP)
    self->stop_asked = TRUE;
  return TRUE;
}

/* --- the object ------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  TelarSession *self = TELAR_SESSION (object);

  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_object (&self->child);
  g_clear_object (&self->waiting);
  g_clear_pointer (&self->store, telar_store_close);
  G_OBJECT_CLASS (telar_session_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarSession *self = TELAR_SESSION (object);

  g_clear_pointer (&self->row, telar_run_row_free);
  g_free (self->workspace);
  g_free (self->run);
  g_free (self->folder);
  g_free (self->log);
  G_OBJECT_CLASS (telar_session_parent_class)->finalize (object);
}

static void
telar_session_class_init (TelarSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dispose;
  object_class->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", TELAR_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new ("ended", TELAR_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
telar_session_init (TelarSession *self)
{
  self->waiting = g_cancellable_new ();
}
