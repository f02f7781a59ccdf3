/* Runs, and what a run is made of: tags, events, graph, requests. */
#include "engine/graph-live.h"
#include "insight/run-json.h"
#include "insight/web/web-private.h"

#include <string.h>

void
telar_api_runs (TelarCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = telar_store_runs (call->server->store, &error);
  json_t *runs = json_array ();

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    json_array_append_new (runs, telar_run_row_to_json (rows->pdata[i]));
  json_t *json = json_pack ("{s:s, s:o}", "workspace", telar_store_workspace (call->server->store),
                            "runs", runs);
  if (rows == NULL)
    g_clear_pointer (&json, json_decref);
  telar_reply_answer (call->message, json, error);
}

void
telar_api_run (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);

  if (row != NULL)
    telar_reply_json (call->message, SOUP_STATUS_OK, telar_run_row_to_json (row));
}

static json_t *
body_of (TelarCall *call, GError **error)
{
  SoupMessageBody *body = soup_server_message_get_request_body (call->message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return telar_body_object (data != NULL ? data : "", size, error);
}

/* A change that the store refuses is a conflict with what is there. */
static void
answer_change (TelarCall *call, gboolean done, const GError *error)
{
  if (done)
    telar_reply_json (call->message, SOUP_STATUS_OK, json_object ());
  else if (g_error_matches (error, TELAR_ERROR, TELAR_ERROR_FAILED))
    telar_reply_problem (call->message, SOUP_STATUS_CONFLICT, error->message);
  else
    telar_reply_error (call->message, error);
}

void
telar_api_rename (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return;
  json_t *body = body_of (call, &error);
  const char *name = json_string_value (json_object_get (body, "run"));
  if (body != NULL && name == NULL)
    telar_set_error (&error, TELAR_ERROR_USAGE, NULL, "“run” must be the new name");
  gboolean done =
      error == NULL && telar_store_rename_run (call->server->store, row->id, name, &error);
  answer_change (call, done, error);
  json_decref (body);
}

void
telar_api_delete (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return;
  gboolean done = telar_store_delete_run (call->server->store, row->id, &error);
  answer_change (call, done, error);
}

static json_t *
tag_to_json (gconstpointer row)
{
  const TelarTag *tag = row;

  return json_pack ("{s:s, s:I}", "tag", tag->name, "points", (json_int_t)tag->points);
}

void
telar_api_tags (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return;
  g_autoptr (GPtrArray) tags = telar_store_tags (call->server->store, row->id, &error);
  telar_reply_rows (call->message, "tags", tags, tag_to_json, error);
}

static json_t *
event_to_json (gconstpointer row)
{
  return telar_event_to_json (row);
}

void
telar_api_events (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = NULL;
  gint64 after = 0;

  if (row == NULL)
    return;
  if (telar_query_int (call->query, "after", 0, G_MAXINT64, &after, &error))
    events = telar_store_events (call->server->store, row->id, after, &error);
  telar_reply_rows (call->message, "events", events, event_to_json, error);
}

void
telar_api_graph (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return;
  char *text = telar_store_graph (call->server->store, row->id, &error);
  if (text == NULL) {
    telar_reply_error (call->message, error);
    return;
  }
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  telar_reply_bytes (call->message, SOUP_STATUS_OK, "application/json", bytes);
}

/* --- requests ---------------------------------------------------------------------------- */

/* What was set while it trained holds. */
static gboolean
apply_requests (TelarStore *store, gint64 run, TelarGraph *graph, GError **error)
{
  g_autoptr (GPtrArray) rows = telar_store_requests (store, run, 0, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const TelarRequestRow *row = rows->pdata[i];
    const char *equals = row->text != NULL ? strchr (row->text, '=') : NULL;
    if (row->kind != TELAR_REQUEST_SET || g_strcmp0 (row->outcome, "done") != 0 || equals == NULL)
      continue;
    g_autofree char *path = g_strndup (row->text, (gsize)(equals - row->text));
    if (!telar_graph_set (graph, path, equals + 1, error))
      return FALSE;
  }
  return rows != NULL;
}

static json_t *
settings_of (TelarStore *store, const TelarRunRow *row, GError **error)
{
  g_autofree char *text = telar_store_graph (store, row->id, error);
  g_autoptr (TelarGraph) graph =
      text != NULL ? telar_graph_from_text (text, strlen (text), row->name, error) : NULL;

  if (graph == NULL || !apply_requests (store, row->id, graph, error))
    return NULL;
  g_auto (GStrv) paths = telar_graph_live_settings (graph);
  json_t *list = json_array ();
  for (guint i = 0; paths[i] != NULL; i++) {
    const char *name;
    const TelarParamSet *set = telar_graph_find_setting (graph, paths[i], &name, NULL);
    g_autofree char *value = telar_param_value_to_text (telar_param_set_get (set, name));
    json_array_append_new (list, json_pack ("{s:s, s:s}", "path", paths[i], "value", value));
  }
  return json_pack ("{s:o}", "settings", list);
}

void
telar_api_settings (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return;
  json_t *settings = settings_of (call->server->store, row, &error);
  telar_reply_answer (call->message, settings, error);
}

static json_t *
request_to_json (gconstpointer data)
{
  const TelarRequestRow *row = data;
  const char *kind = telar_request_name (row->kind);

  return json_pack ("{s:I, s:s, s:o, s:o, s:f, s:o, s:o}", "id", (json_int_t)row->id, "kind",
                    kind != NULL ? kind : "unknown", "value", telar_json_number (row->value),
                    "text", telar_json_text (row->text), "asked",
                    (double)row->asked / G_USEC_PER_SEC, "step",
                    row->step >= 0 ? json_integer (row->step) : json_null (), "outcome",
                    telar_json_text (row->outcome));
}

void
telar_api_requests (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  gint64 after = 0;

  if (row == NULL)
    return;
  if (telar_query_int (call->query, "after", 0, G_MAXINT64, &after, &error))
    rows = telar_store_requests (call->server->store, row->id, after, &error);
  telar_reply_rows (call->message, "requests", rows, request_to_json, error);
}

void
telar_api_ask (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;
  TelarRequest request = { 0 };

  if (row == NULL)
    return;
  SoupMessageBody *body = soup_server_message_get_request_body (call->message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  gint64 id = telar_body_request (data != NULL ? data : "", size, &request, &error)
                  ? telar_store_put_request (call->server->store, row->id, &request, &error)
                  : 0;
  if (id == 0)
    answer_change (call, FALSE, error);
  else
    telar_reply_json (call->message, SOUP_STATUS_ACCEPTED,
                      json_pack ("{s:I}", "id", (json_int_t)id));
}
