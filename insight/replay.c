/* Replaying: what was asked of a run and done is asked of another one at the same steps, between
 * the same two batches, so that both compute the same numbers. */
#include "insight/store-private.h"

/* What a request is while its step has not come: the recorder passes it over. */
#define WAITS "to be replayed"

typedef struct {
  TelarRequest request;
  gint64 step;
} Replayed;

typedef struct {
  TelarMonitor monitor;
  GArray *requests; /* Replayed, by step */
  guint next;
  gint64 step; /* the last one finished */
} Replay;

/* --- the monitor ------------------------------------------------------------------------- */

static void
replay_begin (TelarMonitor *monitor, const TelarRunInfo *info)
{
  ((Replay *)monitor)->step = info->first_step;
}

static void
replay_scalar (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  ((Replay *)monitor)->step = step;
}

static gboolean
replay_poll (TelarMonitor *monitor, TelarRequest *request)
{
  Replay *replay = (Replay *)monitor;

  if (replay->next == replay->requests->len)
    return FALSE;
  const Replayed *next = &g_array_index (replay->requests, Replayed, replay->next);
  if (next->step > replay->step)
    return FALSE;
  *request = next->request;
  replay->next++;
  return TRUE;
}

static void
replay_free (TelarMonitor *monitor)
{
  Replay *replay = (Replay *)monitor;

  g_array_unref (replay->requests);
  g_free (replay);
}

static const TelarMonitorClass replay_class = {
  .free = replay_free,
  .begin = replay_begin,
  .scalar = replay_scalar,
  .poll = replay_poll,
};

/* --- reading ----------------------------------------------------------------------------- */

/* Pausing, stepping and checkpoints change no number. */
static gboolean
matters (TelarRequestKind kind)
{
  return kind == TELAR_REQUEST_LEARNING_RATE || kind == TELAR_REQUEST_SET ||
         kind == TELAR_REQUEST_STOP || kind == TELAR_REQUEST_STOP_EPOCH;
}

static gboolean
read_done (TelarStore *store, gint64 run, GArray *requests, GError **error)
{
  GError *failure = NULL;
  sqlite3_stmt *statement = telar_store_query (
      store, error,
      "SELECT id, kind, value, text, step FROM request WHERE run = ? AND outcome = 'done'"
      " ORDER BY step, id",
      "i", run);

  if (statement == NULL)
    return FALSE;
  while (telar_store_next (store, statement, &failure)) {
    Replayed replayed = { telar_store_read_request (statement),
                          sqlite3_column_int64 (statement, 4) };
    if (matters (replayed.request.kind))
      g_array_append_val (requests, replayed);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

/* A run that a signal stopped ends there, too; that was no request. */
static void
add_stop (const TelarRunRow *run, GArray *requests)
{
  Replayed stop = { { .kind = TELAR_REQUEST_STOP }, run->step };

  for (guint i = 0; i < requests->len; i++) {
    TelarRequestKind kind = g_array_index (requests, Replayed, i).request.kind;
    if (kind == TELAR_REQUEST_STOP || kind == TELAR_REQUEST_STOP_EPOCH)
      return;
  }
  if (g_str_equal (run->status, "stopped"))
    g_array_append_val (requests, stop);
}

/* Enters the requests as those of @run, which gives them ids to be answered under. */
static gboolean
enter (TelarStore *store, gint64 run, GArray *requests, GError **error)
{
  for (guint i = 0; i < requests->len; i++) {
    TelarRequest *request = &g_array_index (requests, Replayed, i).request;
    if (!telar_store_run (store, error,
                          "INSERT INTO request (run, kind, value, text, asked, outcome)"
                          " VALUES (?, ?, ?, ?, ?, '" WAITS "')",
                          "iidsi", run, (gint64)request->kind, request->value, request->text,
                          g_get_real_time ()))
      return FALSE;
    request->id = sqlite3_last_insert_rowid (store->db);
  }
  return TRUE;
}

TelarMonitor *
telar_replay_new (const char *workspace, const char *from, const char *to, GError **error)
{
  g_autoptr (TelarStore) store = telar_store_open (workspace, FALSE, error);
  g_autoptr (GArray) requests = g_array_new (FALSE, FALSE, sizeof (Replayed));
  g_autoptr (TelarRunRow) source = store != NULL ? telar_store_find_run (store, from, error) : NULL;
  g_autoptr (TelarRunRow) target = source != NULL ? telar_store_find_run (store, to, error) : NULL;

  if (target == NULL || !read_done (store, source->id, requests, error))
    return NULL;
  add_stop (source, requests);
  if (!enter (store, target->id, requests, error))
    return NULL;
  Replay *replay = g_new0 (Replay, 1);
  replay->monitor.klass = &replay_class;
  replay->requests = g_steal_pointer (&requests);
  return &replay->monitor;
}
