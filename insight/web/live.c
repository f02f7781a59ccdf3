/* Reads the store for all clients at once: a commit of the trainer is seen by the store's version,
 * which costs microseconds to ask for. */
#include "insight/run-json.h"
#include "insight/web/live-private.h"

#include <string.h>

/* A commit must be on its way to the browsers at once; the trainer commits every 15 ms. */
#define POLL_MS    4
#define ROWS_EVERY (50 * G_TIME_SPAN_MILLISECOND)
/* A process that was killed writes nothing: so the list is read now and then anyway. */
#define LIST_EVERY  G_TIME_SPAN_SECOND
#define MOST_POINTS 8192 /* of a feed */

/* --- feeds ------------------------------------------------------------------------------- */

static guint
feed_hash (gconstpointer data)
{
  const TelarFeed *feed = data;

  return g_str_hash (feed->tag) ^ (guint)feed->run * 2654435761u;
}

static gboolean
feed_equal (gconstpointer a, gconstpointer b)
{
  const TelarFeed *one = a, *other = b;

  return one->run == other->run && g_str_equal (one->tag, other->tag);
}

static void
feed_free (gpointer data)
{
  TelarFeed *feed = data;

  g_free (feed->tag);
  g_array_unref (feed->points);
  g_free (feed);
}

static const TelarPoint *
last_point (const TelarFeed *feed)
{
  return feed->points->len > 0 ? &g_array_index (feed->points, TelarPoint, feed->points->len - 1)
                               : NULL;
}

static void
start_anew (TelarFeed *feed)
{
  feed->generation++;
  feed->base = -1;
  g_array_set_size (feed->points, 0);
}

/* The last point that is known is read again: when it is another one, or gone, the run was resumed
 * from a checkpoint before it, and what was read is void. */
static gboolean
read_feed (TelarLive *live, TelarFeed *feed, GError **error)
{
  const TelarPoint *last = last_point (feed);
  gint64 known = last != NULL ? last->step : feed->base;
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));

  if (!telar_store_read (live->store, feed->run, feed->tag, known - 1, points, error))
    return FALSE;
  if (known >= 0) {
    const TelarPoint *first = (const TelarPoint *)points->data;
    if (points->len == 0 || first->step != known || (last != NULL && first->time != last->time)) {
      start_anew (feed);
      return TRUE;
    }
    g_array_remove_index (points, 0);
  }
  g_array_append_vals (feed->points, points->data, points->len);
  if (feed->points->len > MOST_POINTS) {
    guint n = feed->points->len - MOST_POINTS / 2;
    feed->base = g_array_index (feed->points, TelarPoint, n - 1).step;
    g_array_remove_range (feed->points, 0, n);
  }
  return TRUE;
}

TelarFeed *
telar_live_feed (TelarLive *live, gint64 run, const char *tag)
{
  TelarFeed key = { .run = run, .tag = (char *)tag };
  TelarFeed *feed = g_hash_table_lookup (live->feeds, &key);
  gint64 last;

  if (feed == NULL) {
    feed = g_new0 (TelarFeed, 1);
    feed->run = run;
    feed->tag = g_strdup (tag);
    feed->points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
    /* What a client lacks of the past it reads from the store; a feed begins with now. */
    feed->base = telar_store_last_step (live->store, run, tag, &last, NULL) ? last : -1;
    g_hash_table_add (live->feeds, feed);
    live->version = -1; /* the next look reads it */
  }
  feed->users++;
  return feed;
}

void
telar_live_release_feed (TelarLive *live, TelarFeed *feed)
{
  if (--feed->users == 0)
    g_hash_table_remove (live->feeds, feed);
}

/* --- watched runs ------------------------------------------------------------------------ */

static void
watch_free (gpointer data)
{
  TelarLiveWatch *watch = data;

  g_ptr_array_unref (watch->events);
  free (watch->figures);
  g_free (watch);
}

static gboolean
read_events (TelarLive *live, TelarLiveWatch *watch, GError **error)
{
  guint n = watch->events->len;
  gint64 after = n > 0 ? ((const TelarEventRow *)watch->events->pdata[n - 1])->id : 0;
  g_autoptr (GPtrArray) events = telar_store_events (live->store, watch->id, after, error);

  if (events == NULL)
    return FALSE;
  g_ptr_array_extend_and_steal (watch->events, g_steal_pointer (&events));
  return TRUE;
}

static gboolean
read_figures (TelarLive *live, TelarLiveWatch *watch, GError **error)
{
  g_autoptr (GPtrArray) figures = telar_store_figures (live->store, watch->id, error);

  if (figures == NULL)
    return FALSE;
  json_t *list = json_array ();
  for (guint i = 0; i < figures->len; i++) {
    const TelarFigureRow *figure = figures->pdata[i];
    json_array_append_new (
        list, json_pack ("{s:s, s:I}", "name", figure->name, "step", (json_int_t)figure->step));
  }
  free (watch->figures);
  watch->figures = json_dumps (list, JSON_COMPACT);
  json_decref (list);
  return TRUE;
}

static gboolean
read_watch (TelarLive *live, TelarLiveWatch *watch, GError **error)
{
  return read_events (live, watch, error) && read_figures (live, watch, error) &&
         telar_store_count_tags (live->store, watch->id, &watch->n_tags, error);
}

TelarLiveWatch *
telar_live_watch (TelarLive *live, gint64 run)
{
  TelarLiveWatch *watch = g_hash_table_lookup (live->watches, &run);

  if (watch == NULL) {
    watch = g_new0 (TelarLiveWatch, 1);
    watch->id = run;
    watch->events = g_ptr_array_new_with_free_func (telar_event_row_free);
    watch->figures = strdup ("[]");
    g_hash_table_insert (live->watches, &watch->id, watch);
    live->version = -1;
  }
  watch->users++;
  return watch;
}

void
telar_live_release_watch (TelarLive *live, TelarLiveWatch *watch)
{
  if (--watch->users == 0)
    g_hash_table_remove (live->watches, &watch->id);
}

/* --- the list of runs -------------------------------------------------------------------- */

static void
run_free (gpointer data)
{
  TelarLiveRun *run = data;

  g_free (run->name);
  free (run->text);
  g_free (run);
}

static TelarLiveRun *
find_id (const TelarLive *live, gint64 id)
{
  for (guint i = 0; i < live->runs->len; i++)
    if (((TelarLiveRun *)live->runs->pdata[i])->id == id)
      return live->runs->pdata[i];
  return NULL;
}

const TelarLiveRun *
telar_live_find (const TelarLive *live, const char *name)
{
  for (guint i = 0; i < live->runs->len; i++)
    if (g_str_equal (((TelarLiveRun *)live->runs->pdata[i])->name, name))
      return live->runs->pdata[i];
  return NULL;
}

/* The settings do not change while a run goes on, and are long. */
static char *
row_text (const TelarRunRow *row)
{
  json_t *json = telar_run_row_to_json (row);

  json_object_del (json, "settings");
  char *text = json_dumps (json, JSON_COMPACT);
  json_decref (json);
  return text;
}

static gboolean
is_open (const TelarRunRow *row)
{
  return g_str_equal (row->status, "running") || g_str_equal (row->status, "paused");
}

static void
take_row (TelarLive *live, TelarLiveRun *run, const TelarRunRow *row)
{
  char *text = row_text (row);

  run->open = is_open (row);
  if (g_strcmp0 (text, run->text) == 0) {
    free (text);
    return;
  }
  free (run->text);
  run->text = text;
  run->serial = ++live->serial;
}

static gboolean
read_list (TelarLive *live, GError **error)
{
  g_autoptr (GPtrArray) rows = telar_store_runs (live->store, error);

  if (rows == NULL)
    return FALSE;
  GPtrArray *runs = g_ptr_array_new_with_free_func (run_free);
  gboolean changed = rows->len != live->runs->len;
  for (guint i = 0; i < rows->len; i++) {
    const TelarRunRow *row = rows->pdata[i];
    const TelarLiveRun *before = i < live->runs->len ? live->runs->pdata[i] : NULL;
    gboolean same =
        before != NULL && before->id == row->id && g_str_equal (before->name, row->name);
    TelarLiveRun *run = g_new0 (TelarLiveRun, 1);
    run->id = row->id;
    run->name = g_strdup (row->name);
    run->serial = same ? before->serial : 0;
    run->text = same ? strdup (before->text) : NULL;
    take_row (live, run, row);
    g_ptr_array_add (runs, run);
    changed |= !same;
  }
  g_ptr_array_unref (live->runs);
  live->runs = runs;
  if (changed)
    live->list_serial = ++live->serial;
  live->list_read = live->rows_read = g_get_monotonic_time ();
  return TRUE;
}

static guint
count_open (const TelarLive *live)
{
  guint n = 0;

  for (guint i = 0; i < live->runs->len; i++)
    n += ((const TelarLiveRun *)live->runs->pdata[i])->open != FALSE;
  return n;
}

/* The rows of those that go on; when another run begins or one ends, the whole list. */
static gboolean
read_open (TelarLive *live, GError **error)
{
  g_autoptr (GPtrArray) rows = telar_store_open_runs (live->store, error);
  guint n_open = 0;

  if (rows == NULL)
    return FALSE;
  live->rows_read = g_get_monotonic_time ();
  for (guint i = 0; i < rows->len; i++) {
    const TelarRunRow *row = rows->pdata[i];
    TelarLiveRun *run = find_id (live, row->id);
    if (run == NULL || !g_str_equal (run->name, row->name))
      return read_list (live, error);
    if (!is_open (row)) /* lost */
      continue;
    n_open++;
    take_row (live, run, row);
  }
  return n_open == count_open (live) || read_list (live, error);
}

/* --- looking ----------------------------------------------------------------------------- */

static gboolean
read_news (TelarLive *live, GError **error)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, live->feeds);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (!read_feed (live, item, error))
      return FALSE;
  g_hash_table_iter_init (&iter, live->watches);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    if (!read_watch (live, item, error))
      return FALSE;
  return TRUE;
}

/* TRUE when something was read. */
static gboolean
look (TelarLive *live, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 version = telar_store_version (live->store);
  gboolean news = version != live->version;

  if (news && !read_news (live, error))
    return FALSE;
  live->version = version;
  if (now - live->list_read >= LIST_EVERY)
    return read_list (live, error);
  if (now - live->rows_read >= ROWS_EVERY)
    return read_open (live, error);
  return news;
}

static gboolean
on_poll (gpointer data)
{
  TelarLive *live = data;
  g_autoptr (GError) error = NULL;

  if (look (live, &error))
    for (guint i = 0; i < live->clients->len; i++)
      telar_client_push (live->clients->pdata[i]);
  else if (error != NULL)
    g_printerr ("telar serve: %s\n", error->message);
  return G_SOURCE_CONTINUE;
}

static void
stop_polling (TelarLive *live)
{
  if (live->poll != NULL)
    g_source_destroy (live->poll);
  g_clear_pointer (&live->poll, g_source_unref);
}

/* Only while somebody listens. */
void
telar_live_add (TelarLive *live, gpointer client)
{
  g_ptr_array_add (live->clients, client);
  if (live->poll != NULL)
    return;
  live->list_read = 0;
  live->poll = g_timeout_source_new (POLL_MS);
  g_source_set_callback (live->poll, on_poll, live, NULL);
  g_source_attach (live->poll, live->context);
}

void
telar_live_remove (TelarLive *live, gpointer client)
{
  g_ptr_array_remove_fast (live->clients, client);
  if (live->clients->len == 0)
    stop_polling (live);
}

TelarLive *
telar_live_new (const char *workspace, GError **error)
{
  TelarStore *store = telar_store_open (workspace, FALSE, error);

  if (store == NULL)
    return NULL;
  TelarLive *live = g_new0 (TelarLive, 1);
  live->store = store;
  live->clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify)(void (*) (void))telar_client_free);
  live->feeds = g_hash_table_new_full (feed_hash, feed_equal, feed_free, NULL);
  live->watches = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, watch_free);
  live->runs = g_ptr_array_new_with_free_func (run_free);
  live->version = -1;
  live->context = g_main_context_ref_thread_default ();
  return live;
}

void
telar_live_free (TelarLive *live)
{
  if (live == NULL)
    return;
  stop_polling (live);
  g_ptr_array_unref (live->clients);
  g_hash_table_unref (live->feeds);
  g_hash_table_unref (live->watches);
  g_ptr_array_unref (live->runs);
  telar_store_close (live->store);
  g_main_context_unref (live->context);
  g_free (live);
}
