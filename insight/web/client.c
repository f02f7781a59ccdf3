/* One client of the live connection: what it watches, how far it has come, and the next message
 * for it. */
#include "insight/run-json.h"
#include "insight/web/live-private.h"

#include <string.h>

#define MOST_ROWS   256 /* of a message: beyond that the client reads the list */
#define MOST_EVENTS 512
#define KEEPALIVE   20 /* seconds */
#define TAKEN_APART "the message is malformed"

typedef struct {
  TelarFeed *feed;
  guint generation;
  gint64 cursor; /* the last step that was sent */
  gboolean told; /* that points were taken back: then nothing more until it is watched anew */
  char *name;    /* "run":…,"tag":… */
} Curve;

typedef struct {
  TelarLiveWatch *watch;
  char *name; /* "run":… */
  gint64 event;
  gint64 n_tags;
  char *figures;
  GPtrArray *curves; /* Curve */
} Watch;

struct TelarClient {
  TelarLive *live;
  SoupWebsocketConnection *connection;
  GPtrArray *watches;
  guint64 serial; /* of the rows it knows */
  gint64 sent, acked;
};

/* --- watching ---------------------------------------------------------------------------- */

static void
release_watches (TelarClient *client)
{
  for (guint i = 0; i < client->watches->len; i++) {
    Watch *watch = client->watches->pdata[i];
    for (guint j = 0; j < watch->curves->len; j++)
      telar_live_release_feed (client->live, ((Curve *)watch->curves->pdata[j])->feed);
    telar_live_release_watch (client->live, watch->watch);
  }
  g_ptr_array_set_size (client->watches, 0);
}

static void
curve_free (gpointer data)
{
  Curve *curve = data;

  g_free (curve->name);
  g_free (curve);
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  g_free (watch->name);
  g_free (watch->figures);
  g_ptr_array_unref (watch->curves);
  g_free (watch);
}

/* "name":"value" */
static char *
quoted_member (const char *name, const char *value)
{
  json_t *json = json_string (value);
  char *text = json_dumps (json, JSON_ENCODE_ANY);
  char *member = g_strdup_printf ("\"%s\":%s", name, text);

  free (text);
  json_decref (json);
  return member;
}

/* Whether the client has points that the store has no more. */
static gboolean
is_stale (const TelarClient *client, gint64 run, const TelarWireCurve *wire)
{
  gint64 last;

  return telar_store_last_step (client->live->store, run, wire->tag, &last, NULL) &&
         wire->after > last;
}

static Curve *
curve_new (TelarClient *client, gint64 run, const char *run_name, const TelarWireCurve *wire)
{
  Curve *curve = g_new0 (Curve, 1);
  g_autofree char *tag = quoted_member ("tag", wire->tag);

  curve->feed = telar_live_feed (client->live, run, wire->tag);
  curve->generation = curve->feed->generation - is_stale (client, run, wire);
  curve->cursor = wire->after;
  curve->name = g_strconcat (run_name, ",", tag, NULL);
  return curve;
}

/* A run that is not there is passed over: it may have been deleted a moment ago. */
static void
watch_run (TelarClient *client, const TelarWireWatch *wire)
{
  g_autoptr (TelarRunRow) row = telar_store_find_run (client->live->store, wire->run, NULL);

  if (row == NULL)
    return;
  Watch *watch = g_new0 (Watch, 1);
  watch->watch = telar_live_watch (client->live, row->id);
  watch->name = quoted_member ("run", wire->run);
  watch->event = wire->event;
  watch->curves = g_ptr_array_new_with_free_func (curve_free);
  for (guint i = 0; i < wire->curves->len; i++)
    g_ptr_array_add (watch->curves, curve_new (client, row->id, watch->name,
                                               &g_array_index (wire->curves, TelarWireCurve, i)));
  g_ptr_array_add (client->watches, watch);
}

/* The new ones are taken before the old ones are left, so that feeds that go on are kept. */
static void
watch_all (TelarClient *client, const GPtrArray *wires)
{
  GPtrArray *before = g_steal_pointer (&client->watches);

  client->watches = g_ptr_array_new_with_free_func (watch_free);
  for (guint i = 0; i < wires->len; i++)
    watch_run (client, wires->pdata[i]);
  GPtrArray *now = client->watches;
  client->watches = before;
  release_watches (client);
  g_ptr_array_unref (before);
  client->watches = now;
}

/* --- the next message -------------------------------------------------------------------- */

/* Where a list in the message begins: its name once, a comma between entries. */
typedef struct {
  GString *text;
  const char *name;
  guint n;
} List;

static void
list_next (List *list)
{
  if (list->n++ == 0)
    g_string_append_printf (list->text, ",\"%s\":[", list->name);
  else
    g_string_append_c (list->text, ',');
}

static gboolean
list_end (List *list)
{
  if (list->n > 0)
    g_string_append_c (list->text, ']');
  return list->n > 0;
}

static gboolean
add_rows (TelarClient *client, GString *text)
{
  const TelarLive *live = client->live;
  List rows = { text, "runs", 0 };
  guint n = 0;

  if (client->serial == live->serial)
    return FALSE;
  for (guint i = 0; i < live->runs->len; i++)
    n += ((const TelarLiveRun *)live->runs->pdata[i])->serial > client->serial;
  if (client->serial < live->list_serial || n > MOST_ROWS) {
    g_string_append (text, ",\"list\":true");
    client->serial = live->serial;
    return TRUE;
  }
  for (guint i = 0; i < live->runs->len; i++) {
    const TelarLiveRun *run = live->runs->pdata[i];
    if (run->serial <= client->serial)
      continue;
    list_next (&rows);
    g_string_append (text, run->text);
  }
  client->serial = live->serial;
  return list_end (&rows);
}

static gboolean
append_event (GString *text, const Watch *watch, const TelarEventRow *event)
{
  json_t *json = telar_event_to_json (event);
  char *object = json_dumps (json, JSON_COMPACT);

  g_string_append_printf (text, "{%s,%s", watch->name, object + 1);
  free (object);
  json_decref (json);
  return TRUE;
}

static gboolean
add_events (TelarClient *client, GString *text)
{
  List events = { text, "events", 0 };

  for (guint i = 0; i < client->watches->len; i++) {
    Watch *watch = client->watches->pdata[i];
    for (guint j = 0; j < watch->watch->events->len && events.n < MOST_EVENTS; j++) {
      const TelarEventRow *event = watch->watch->events->pdata[j];
      if (event->id <= watch->event)
        continue;
      list_next (&events);
      append_event (text, watch, event);
      watch->event = event->id;
    }
  }
  return list_end (&events);
}

/* Which runs have new tags or figures; the client reads them when it wants them. */
static gboolean
add_changes (TelarClient *client, GString *text)
{
  List changes = { text, "changes", 0 };

  for (guint i = 0; i < client->watches->len; i++) {
    Watch *watch = client->watches->pdata[i];
    if (watch->n_tags == watch->watch->n_tags &&
        g_strcmp0 (watch->figures, watch->watch->figures) == 0)
      continue;
    watch->n_tags = watch->watch->n_tags;
    g_free (watch->figures);
    watch->figures = g_strdup (watch->watch->figures);
    list_next (&changes);
    g_string_append_printf (text, "{%s,\"tags\":%" G_GINT64_FORMAT ",\"figures\":%s}", watch->name,
                            watch->n_tags, watch->figures);
  }
  return list_end (&changes);
}

static void
append_points (GString *text, const Curve *curve, const TelarPoint *points, guint n)
{
  g_string_append_printf (text, "{%s,\"step\":[", curve->name);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", points[i].step);
  g_string_append (text, "],\"time\":[");
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT ".%06d", i > 0 ? "," : "",
                            points[i].time / G_USEC_PER_SEC,
                            (int)(points[i].time % G_USEC_PER_SEC));
  g_string_append (text, "],\"value\":[");
  for (guint i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    telar_wire_number (text, points[i].value);
  }
  g_string_append (text, "]}");
}

typedef struct {
  GArray *points;
  guint most;
} Some;

static gboolean
take_some (const TelarPoint *points, guint n, gpointer data)
{
  Some *some = data;

  g_array_append_vals (some->points, points, MIN (n, some->most - some->points->len));
  return some->points->len < some->most;
}

/* Up to @most points beyond the cursor: from the feed or, of a client that is far behind, from the
 * store. Returns a new array. */
static GArray *
next_points (TelarClient *client, const Curve *curve, guint most)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  const GArray *recent = curve->feed->points;
  Some some = { points, most };
  guint from = 0, to = recent->len;

  if (curve->cursor < curve->feed->base) {
    TelarStretch stretch = { curve->feed->run, curve->feed->tag, curve->cursor + 1,
                             curve->feed->base };
    /* What cannot be read now is tried again; nothing is skipped. */
    if (!telar_store_walk (client->live->store, &stretch, take_some, &some, NULL))
      return points;
  }
  while (from < to) {
    guint middle = from + (to - from) / 2;
    if (g_array_index (recent, TelarPoint, middle).step <= curve->cursor)
      from = middle + 1;
    else
      to = middle;
  }
  if (from < recent->len && points->len < most)
    take_some (&g_array_index (recent, TelarPoint, from), recent->len - from, &some);
  return points;
}

static gboolean
add_curves (TelarClient *client, GString *text)
{
  List curves = { text, "curves", 0 };
  guint n = 0;

  for (guint i = 0; i < client->watches->len; i++) {
    const Watch *watch = client->watches->pdata[i];
    for (guint j = 0; j < watch->curves->len && n < TELAR_CLIENT_POINTS; j++) {
      Curve *curve = watch->curves->pdata[j];
      if (curve->generation != curve->feed->generation)
        continue;
      g_autoptr (GArray) points = next_points (client, curve, TELAR_CLIENT_POINTS - n);
      if (points->len == 0)
        continue;
      list_next (&curves);
      append_points (text, curve, (const TelarPoint *)points->data, points->len);
      curve->cursor = g_array_index (points, TelarPoint, points->len - 1).step;
      n += points->len;
    }
  }
  return list_end (&curves);
}

/* Curves whose points were taken back: said once, then silent until they are watched anew. */
static gboolean
add_resets (TelarClient *client, GString *text)
{
  List resets = { text, "reset", 0 };

  for (guint i = 0; i < client->watches->len; i++) {
    const Watch *watch = client->watches->pdata[i];
    for (guint j = 0; j < watch->curves->len; j++) {
      Curve *curve = watch->curves->pdata[j];
      if (curve->told || curve->generation == curve->feed->generation)
        continue;
      curve->told = TRUE;
      list_next (&resets);
      g_string_append_printf (text, "{%s}", curve->name);
    }
  }
  return list_end (&resets);
}

/* FALSE when there is nothing to tell. */
static gboolean
compose (TelarClient *client, GString *text)
{
  g_string_append_printf (text, "{\"n\":%" G_GINT64_FORMAT ",\"at\":%.6f", client->sent + 1,
                          (double)g_get_real_time () / G_USEC_PER_SEC);
  gboolean some = add_rows (client, text);
  some |= add_resets (client, text);
  some |= add_curves (client, text);
  some |= add_events (client, text);
  some |= add_changes (client, text);
  g_string_append_c (text, '}');
  return some;
}

void
telar_client_push (TelarClient *client)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (client->sent - client->acked < TELAR_CLIENT_WINDOW &&
         soup_websocket_connection_get_state (client->connection) == SOUP_WEBSOCKET_STATE_OPEN) {
    g_string_truncate (text, 0);
    if (!compose (client, text))
      return;
    client->sent++;
    soup_websocket_connection_send_text (client->connection, text->str);
  }
}

/* --- the connection ---------------------------------------------------------------------- */

static void
on_message (SoupWebsocketConnection *connection, gint type, GBytes *bytes, TelarClient *client)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (TelarWireMessage) message =
      type == SOUP_WEBSOCKET_DATA_TEXT ? telar_wire_parse (data != NULL ? data : "", size, NULL)
                                       : NULL;

  if (message == NULL || message->ack > client->sent) {
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION,
                                     TAKEN_APART);
    return;
  }
  client->acked = MAX (client->acked, message->ack);
  if (message->watches != NULL)
    watch_all (client, message->watches);
  telar_client_push (client);
}

static void
on_closed (SoupWebsocketConnection *connection, TelarClient *client)
{
  telar_live_remove (client->live, client);
}

void
telar_client_free (TelarClient *client)
{
  g_signal_handlers_disconnect_by_data (client->connection, client);
  release_watches (client);
  g_ptr_array_unref (client->watches);
  g_object_unref (client->connection);
  g_free (client);
}

void
telar_web_connect (SoupServer *soup, SoupServerMessage *message, const char *path,
                   SoupWebsocketConnection *connection, gpointer data)
{
  TelarServer *server = data;
  TelarLive *live = server->live;

  if (live->clients->len >= TELAR_WEB_MOST_CLIENTS) {
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY,
                                     "too many clients");
    return;
  }
  TelarClient *client = g_new0 (TelarClient, 1);
  client->live = live;
  client->connection = g_object_ref (connection);
  client->watches = g_ptr_array_new_with_free_func (watch_free);
  soup_websocket_connection_set_max_incoming_payload_size (connection, TELAR_WIRE_LARGEST);
  soup_websocket_connection_set_keepalive_interval (connection, KEEPALIVE);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), client);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), client);
  telar_live_add (live, client);
}
