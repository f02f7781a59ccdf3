/* Writes what a server tells into a store. A message is one commit, so that a reader sees all of it
 * or nothing. */
#include "insight/mirror.h"

#include "insight/store-private.h"

#include <math.h>
#include <unistd.h>

/* What is known of a curve. */
typedef struct {
  gint64 id, last_step, tail;
} Curve;

struct TelarMirror {
  TelarStore *store;
  char *process;      /* ours: what a server calls running does not run here, but is not lost */
  GHashTable *curves; /* "RUN\nTAG" -> Curve */
};

static gboolean
malformed (GError **error, const char *what)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the server's %s cannot be read", what);
  return FALSE;
}

TelarMirror *
telar_mirror_new (const char *folder, GError **error)
{
  TelarStore *store = telar_store_open (folder, TRUE, error);

  if (store == NULL)
    return NULL;
  TelarMirror *mirror = g_new0 (TelarMirror, 1);
  mirror->store = store;
  mirror->process = telar_process_identity (getpid ());
  mirror->curves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return mirror;
}

void
telar_mirror_free (TelarMirror *mirror)
{
  if (mirror == NULL)
    return;
  telar_store_close (mirror->store);
  g_hash_table_unref (mirror->curves);
  g_free (mirror->process);
  g_free (mirror);
}

/* 0 when it is not known. */
static gint64
find_run (TelarMirror *mirror, const char *name)
{
  gint64 run = 0;

  if (name != NULL)
    telar_store_number (mirror->store, &run, 0, NULL, "SELECT id FROM run WHERE name = ?", "s",
                        name);
  return run;
}

/* --- runs -------------------------------------------------------------------------------- */

static const char *
text_of (const json_t *json, const char *key)
{
  return json_string_value (json_object_get (json, key));
}

static gint64
whole_of (const json_t *json, const char *key)
{
  return json_integer_value (json_object_get (json, key));
}

/* Seconds since 1970 as µs; 0 for null and for what is no time. */
static gint64
time_of (const json_t *json)
{
  double seconds = json_number_value (json);

  return seconds > 0 && seconds < 1e11 ? (gint64)llround (seconds * G_USEC_PER_SEC) : 0;
}

/* JSON within the answer as text again; NULL for null. Caller frees. */
static char *
dump (const json_t *json)
{
  char *text =
      json_is_object (json) || json_is_array (json) ? json_dumps (json, JSON_COMPACT) : NULL;
  char *copy = g_strdup (text);

  free (text);
  return copy;
}

static gboolean
update_run (TelarMirror *mirror, gint64 run, const json_t *row, GError **error)
{
  g_autofree char *metrics = dump (json_object_get (row, "metrics"));

  return telar_store_run (
      mirror->store, error,
      "UPDATE run SET status = ?, message = ?, project = ?, device = ?, pid = ?, process = ?,"
      " started = ?, ended = ?, epoch = ?, epochs = ?, step = ?, steps_per_epoch = ?,"
      " parameters = ?, seed = ?, metrics = ?, parent = ?, parent_step = ? WHERE id = ?",
      "ssssisiiiiiiiissii", text_of (row, "status"), text_of (row, "message"),
      text_of (row, "project"), text_of (row, "device"), (gint64)getpid (), mirror->process,
      time_of (json_object_get (row, "started")), time_of (json_object_get (row, "ended")),
      whole_of (row, "epoch"), whole_of (row, "epochs"), whole_of (row, "step"),
      whole_of (row, "steps_per_epoch"), whole_of (row, "parameters"), whole_of (row, "seed"),
      metrics, text_of (row, "parent"), whole_of (row, "parent_step"), run);
}

static gboolean
insert_run (TelarMirror *mirror, const json_t *row, gint64 *run, GError **error)
{
  if (!telar_store_run (mirror->store, error,
                        "INSERT INTO run (name, status, pid, started) VALUES (?, '', 0, 0)", "s",
                        text_of (row, "run")))
    return FALSE;
  *run = sqlite3_last_insert_rowid (mirror->store->db);
  return telar_store_run (mirror->store, error, "INSERT INTO document (run) VALUES (?)", "i", *run);
}

static gboolean
is_row (const json_t *row)
{
  return telar_run_name_problem (text_of (row, "run")) == NULL && text_of (row, "status") != NULL;
}

static gboolean
take_row (TelarMirror *mirror, const json_t *row, gboolean insert, GError **error)
{
  gint64 run = find_run (mirror, text_of (row, "run"));

  if (!is_row (row))
    return malformed (error, "run");
  if (run == 0 && !insert)
    return TRUE;
  if (run == 0 && !insert_run (mirror, row, &run, error))
    return FALSE;
  g_autofree char *settings = dump (json_object_get (row, "settings"));
  return update_run (mirror, run, row, error) &&
         telar_store_run (mirror->store, error,
                          "UPDATE document SET settings = coalesce (?, settings) WHERE run = ?",
                          "si", settings, run);
}

/* All that is not in the list. */
static gboolean
drop_runs (TelarMirror *mirror, const json_t *list, GError **error)
{
  g_autoptr (GPtrArray) rows = telar_store_runs (mirror->store, error);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < json_array_size (list); i++)
    g_hash_table_add (names, (gpointer)text_of (json_array_get (list, i), "run"));
  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const TelarRunRow *row = rows->pdata[i];
    if (g_hash_table_contains (names, row->name))
      continue;
    if (!telar_store_run (mirror->store, error, "DELETE FROM run WHERE id = ?", "i", row->id))
      return FALSE;
    g_hash_table_remove_all (mirror->curves); /* their ids are read again */
  }
  return rows != NULL;
}

/* Oldest first, so that ids grow with time as they do at the server. */
static gboolean
take_rows (TelarMirror *mirror, const json_t *list, gboolean insert, GError **error)
{
  for (gsize i = json_array_size (list); i-- > 0;)
    if (!take_row (mirror, json_array_get (list, i), insert, error))
      return FALSE;
  return TRUE;
}

gboolean
telar_mirror_take_list (TelarMirror *mirror, const json_t *answer, GError **error)
{
  const json_t *list = json_object_get (answer, "runs");

  if (!json_is_array (list))
    return malformed (error, "list of runs");
  if (!telar_store_begin (mirror->store, error))
    return FALSE;
  gboolean ok = take_rows (mirror, list, TRUE, error) && drop_runs (mirror, list, error);
  return telar_store_finish (mirror->store, ok, error);
}

gboolean
telar_mirror_take_graph (TelarMirror *mirror, const char *run, const char *text, GError **error)
{
  return telar_store_run (mirror->store, error, "UPDATE document SET graph = ? WHERE run = ?", "si",
                          text, find_run (mirror, run));
}

/* --- curves ------------------------------------------------------------------------------ */

static Curve *
find_curve (TelarMirror *mirror, const char *run, const char *tag, GError **error)
{
  g_autofree char *key = g_strconcat (run, "\n", tag, NULL);
  Curve *curve = g_hash_table_lookup (mirror->curves, key);
  Curve found;

  if (curve != NULL)
    return curve;
  gint64 id = find_run (mirror, run);
  if (id == 0) {
    malformed (error, "curve");
    return NULL;
  }
  if (!telar_store_tag (mirror->store, id, tag, &found.id, error) ||
      !telar_store_tag_state (mirror->store, found.id, &found.last_step, &found.tail, error))
    return NULL;
  curve = g_memdup2 (&found, sizeof found);
  g_hash_table_insert (mirror->curves, g_steal_pointer (&key), curve);
  return curve;
}

static gboolean
append (TelarMirror *mirror, Curve *curve, const TelarPoint *point, GError **error)
{
  if (point->step <= curve->last_step)
    return TRUE;
  if (!telar_store_append (mirror->store, curve->id, point, error))
    return FALSE;
  curve->last_step = point->step;
  if (++curve->tail < TELAR_CHUNK_POINTS)
    return TRUE;
  curve->tail = 0;
  return telar_store_compact (mirror->store, curve->id, error);
}

/* Within a transaction. */
static gboolean
add_points (TelarMirror *mirror, const char *run, const char *tag, const json_t *points,
            GError **error)
{
  const json_t *steps = json_object_get (points, "step"), *times = json_object_get (points, "time");
  const json_t *values = json_object_get (points, "value");
  gsize n = json_array_size (steps);

  if (run == NULL || tag == NULL || json_array_size (times) != n || json_array_size (values) != n)
    return malformed (error, "curve");
  Curve *curve = find_curve (mirror, run, tag, error);
  if (curve == NULL)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    const json_t *value = json_array_get (values, i);
    TelarPoint point = { json_integer_value (json_array_get (steps, i)),
                         time_of (json_array_get (times, i)),
                         json_is_number (value) ? json_number_value (value) : NAN };
    if (!append (mirror, curve, &point, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_mirror_take_points (TelarMirror *mirror, const char *run, const char *tag,
                          const json_t *points, GError **error)
{
  if (!telar_store_begin (mirror->store, error))
    return FALSE;
  return telar_store_finish (mirror->store, add_points (mirror, run, tag, points, error), error);
}

static gboolean
forget (TelarMirror *mirror, const Curve *curve, GError **error)
{
  return telar_store_run (mirror->store, error, "DELETE FROM point WHERE tag = ?", "i",
                          curve->id) &&
         telar_store_forget_chunks (mirror->store, curve->id, error);
}

gboolean
telar_mirror_forget_points (TelarMirror *mirror, const char *run, const char *tag, GError **error)
{
  Curve *curve = find_curve (mirror, run, tag, error);

  if (curve == NULL || !telar_store_begin (mirror->store, error))
    return FALSE;
  gboolean done = telar_store_finish (mirror->store, forget (mirror, curve, error), error);
  if (done)
    *curve = (Curve){ curve->id, -1, 0 };
  return done;
}

gint64
telar_mirror_last_step (TelarMirror *mirror, const char *run, const char *tag)
{
  const Curve *curve = find_curve (mirror, run, tag, NULL);

  return curve != NULL ? curve->last_step : -1;
}

/* --- events and figures ------------------------------------------------------------------ */

/* Ids are the server's: what has come already comes to nothing. */
static gboolean
add_event (TelarMirror *mirror, const json_t *event, GError **error)
{
  gint64 run = find_run (mirror, text_of (event, "run"));

  if (text_of (event, "kind") == NULL)
    return malformed (error, "event");
  return run == 0 ||
         telar_store_run (mirror->store, error,
                          "INSERT OR IGNORE INTO event (id, run, step, time, kind, text)"
                          " VALUES (?, ?, ?, ?, ?, ?)",
                          "iiiiss", whole_of (event, "id"), run, whole_of (event, "step"),
                          time_of (json_object_get (event, "time")), text_of (event, "kind"),
                          text_of (event, "text"));
}

gint64
telar_mirror_last_event (TelarMirror *mirror, const char *run)
{
  gint64 event = 0;

  telar_store_number (mirror->store, &event, 0, NULL,
                      "SELECT coalesce (max (id), 0) FROM event WHERE run = ?", "i",
                      find_run (mirror, run));
  return event;
}

gboolean
telar_mirror_take_figures (TelarMirror *mirror, const char *run, const json_t *answer,
                           GError **error)
{
  const json_t *list = json_object_get (answer, "figures");
  gint64 id = find_run (mirror, run);
  gboolean ok = TRUE;

  if (!json_is_array (list))
    return malformed (error, "list of figures");
  if (id == 0)
    return TRUE;
  if (!telar_store_begin (mirror->store, error))
    return FALSE;
  for (gsize i = 0; ok && i < json_array_size (list); i++) {
    const json_t *figure = json_array_get (list, i);
    g_autofree char *values = dump (json_object_get (figure, "values"));
    ok = text_of (figure, "name") != NULL && values != NULL
             ? telar_store_put_figure (mirror->store, id, text_of (figure, "name"),
                                       whole_of (figure, "step"), values, error)
             : malformed (error, "figure");
  }
  return telar_store_finish (mirror->store, ok, error);
}

/* --- messages ---------------------------------------------------------------------------- */

static gboolean
take_parts (TelarMirror *mirror, const json_t *message, GError **error)
{
  const json_t *curves = json_object_get (message, "curves");
  const json_t *events = json_object_get (message, "events");

  if (!take_rows (mirror, json_object_get (message, "runs"), FALSE, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (curves); i++) {
    const json_t *points = json_array_get (curves, i);
    if (find_run (mirror, text_of (points, "run")) != 0 &&
        !add_points (mirror, text_of (points, "run"), text_of (points, "tag"), points, error))
      return FALSE;
  }
  for (gsize i = 0; i < json_array_size (events); i++)
    if (!add_event (mirror, json_array_get (events, i), error))
      return FALSE;
  return TRUE;
}

gboolean
telar_mirror_take_message (TelarMirror *mirror, const json_t *message, GError **error)
{
  if (!json_is_object (message))
    return malformed (error, "message");
  if (!telar_store_begin (mirror->store, error))
    return FALSE;
  gboolean done = telar_store_finish (mirror->store, take_parts (mirror, message, error), error);
  if (!done)
    g_hash_table_remove_all (mirror->curves); /* what was appended was taken back */
  return done;
}
