/* The recorder as the training thread sees it: each call puts an item into a ring and returns. The
 * training thread never touches SQLite; requests lie ready in memory. */
#include "engine/tally.h"
#include "engine/text.h"
#include "insight/recorder-private.h"

#include <jansson.h>
#include <math.h>

/* --- the ring ---------------------------------------------------------------------------- */

static guint64
n_queued (TelarRecorder *recorder)
{
  return atomic_load_explicit (&recorder->head, memory_order_relaxed) -
         atomic_load_explicit (&recorder->tail, memory_order_acquire);
}

/* Waits until fewer than @limit items are queued. The writer empties the ring even after recording
 * has ended. */
static void
wait_for_writer (TelarRecorder *recorder, guint64 limit)
{
  gint64 start = g_get_monotonic_time ();

  g_mutex_lock (&recorder->lock);
  while (n_queued (recorder) >= limit) {
    recorder->urgent = TRUE;
    g_cond_signal (&recorder->wake);
    g_cond_wait (&recorder->progress, &recorder->lock);
  }
  if (limit == TELAR_RECORDER_CAPACITY)
    recorder->stalled += g_get_monotonic_time () - start;
  g_mutex_unlock (&recorder->lock);
}

static void
push (TelarRecorder *recorder, RecorderItem item)
{
  if (n_queued (recorder) >= TELAR_RECORDER_CAPACITY)
    wait_for_writer (recorder, TELAR_RECORDER_CAPACITY);
  /* When recording has ended early, only the end is still told, in case the disk is back. */
  if (atomic_load_explicit (&recorder->broken, memory_order_relaxed) && item.kind != ITEM_END) {
    telar_recorder_item_clear (recorder, &item);
    return;
  }
  guint64 head = atomic_load_explicit (&recorder->head, memory_order_relaxed);
  item.time = g_get_real_time ();
  recorder->items[head % TELAR_RECORDER_CAPACITY] = item;
  atomic_store_explicit (&recorder->head, head + 1, memory_order_release);
}

void
telar_recorder_item_clear (TelarRecorder *recorder, RecorderItem *item)
{
  switch (item->kind) {
  case ITEM_SCALAR:
    return;
  case ITEM_BEGIN:
    g_free ((char *)item->info->device);
    g_free (item->info);
    return;
  case ITEM_FIGURE:
  case ITEM_TEXT:
  case ITEM_EVENT:
    g_strfreev (item->event);
    return;
  case ITEM_HISTOGRAM:
  case ITEM_IMAGE:
    telar_recorder_media_free (recorder, item->media);
    return;
  case ITEM_CURVE:
    telar_recorder_curve_free (item->curve);
    return;
  case ITEM_EPOCH:
  case ITEM_PROFILE:
  case ITEM_CHECKPOINT:
  case ITEM_ANSWER:
  case ITEM_END:
    g_free (item->text);
    return;
  }
}

/* --- the monitor ------------------------------------------------------------------------- */

static void
recorder_begin (TelarMonitor *monitor, const TelarRunInfo *info)
{
  TelarRunInfo *copy = g_memdup2 (info, sizeof *info);

  copy->run = NULL;
  copy->device = g_strdup (info->device);
  push ((TelarRecorder *)monitor,
        (RecorderItem){ .kind = ITEM_BEGIN, .step = info->first_step, .info = copy });
}

static RecorderTag *
find_tag (TelarRecorder *recorder, const char *name)
{
  RecorderTag *tag = g_hash_table_lookup (recorder->tags, name);

  if (tag == NULL) {
    tag = g_new0 (RecorderTag, 1);
    tag->name = g_strdup (name);
    g_hash_table_insert (recorder->tags, tag->name, tag);
  }
  return tag;
}

static void
recorder_scalar (TelarMonitor *monitor, const char *name, gint64 step, double value)
{
  TelarRecorder *recorder = (TelarRecorder *)monitor;
  RecorderTag *tag = find_tag (recorder, name);

  tag->by_step = TRUE;
  push (recorder, (RecorderItem){ .kind = ITEM_SCALAR, .step = step, .value = value, .tag = tag });
}

static void
recorder_epoch (TelarMonitor *monitor, gint64 epoch, gint64 step, const TelarMetricValue *metrics,
                guint n_metrics)
{
  TelarRecorder *recorder = (TelarRecorder *)monitor;
  json_t *object = json_object ();

  for (guint i = 0; i < n_metrics; i++) {
    double value = metrics[i].value;
    RecorderTag *tag = find_tag (recorder, metrics[i].name);
    /* JSON has no NaN and no infinity. */
    json_object_set_new (object, metrics[i].name,
                         isfinite (value) ? json_real (value) : json_null ());
    if (!tag->by_step)
      push (recorder,
            (RecorderItem){ .kind = ITEM_SCALAR, .step = step, .value = value, .tag = tag });
  }
  char *text = json_dumps (object, JSON_COMPACT);
  json_decref (object);
  push (recorder, (RecorderItem){
                      .kind = ITEM_EPOCH, .step = step, .epoch = epoch, .text = g_strdup (text) });
  free (text);
}

static void
recorder_figure (TelarMonitor *monitor, const char *name, gint64 step, const TelarTensor *values)
{
  json_t *json = telar_figure_to_json (values);
  char **figure = g_new0 (char *, 3);

  figure[0] = g_strdup (name);
  figure[1] = telar_json_to_text (json);
  json_decref (json);
  push ((TelarRecorder *)monitor,
        (RecorderItem){ .kind = ITEM_FIGURE, .step = step, .event = figure });
}

static void
recorder_histogram (TelarMonitor *monitor, const char *tag, gint64 step, TelarTensor *values)
{
  TelarRecorder *recorder = (TelarRecorder *)monitor;

  push (recorder,
        (RecorderItem){ .kind = ITEM_HISTOGRAM,
                        .step = step,
                        .media = telar_recorder_media_new (recorder, tag, values, NULL) });
}

static void
recorder_image (TelarMonitor *monitor, const TelarImage *image)
{
  TelarRecorder *recorder = (TelarRecorder *)monitor;

  push (recorder, (RecorderItem){ .kind = ITEM_IMAGE,
                                  .step = image->step,
                                  .media = telar_recorder_media_new (recorder, image->name,
                                                                     image->pixels, image) });
}

static void
recorder_text (TelarMonitor *monitor, const char *name, gint64 step, const char *text)
{
  char **named = g_new0 (char *, 3);

  named[0] = g_strdup (name);
  named[1] = g_strdup (text);
  push ((TelarRecorder *)monitor,
        (RecorderItem){ .kind = ITEM_TEXT, .step = step, .event = named });
}

static void
recorder_curve (TelarMonitor *monitor, const TelarMonitorCurve *curve)
{
  push ((TelarRecorder *)monitor, (RecorderItem){ .kind = ITEM_CURVE,
                                                  .step = curve->step,
                                                  .curve = telar_recorder_curve_new (curve) });
}

static void
recorder_profile (TelarMonitor *monitor, gint64 step, const char *json)
{
  push ((TelarRecorder *)monitor,
        (RecorderItem){ .kind = ITEM_PROFILE, .step = step, .text = g_strdup (json) });
}

static void
recorder_flush (TelarMonitor *monitor)
{
  wait_for_writer ((TelarRecorder *)monitor, 1);
}

static void
recorder_checkpoint (TelarMonitor *monitor, gint64 step, const char *path)
{
  TelarRecorder *recorder = (TelarRecorder *)monitor;

  push (recorder, (RecorderItem){ .kind = ITEM_CHECKPOINT,
                                  .step = step,
                                  .text = telar_store_keep_path (recorder->store, path) });
}

static void
recorder_event (TelarMonitor *monitor, gint64 step, const char *kind, const char *text)
{
  char **event = g_new0 (char *, 3);

  event[0] = g_strdup (kind);
  event[1] = g_strdup (text);
  push ((TelarRecorder *)monitor,
        (RecorderItem){ .kind = ITEM_EVENT, .step = step, .event = event });
}

static gboolean
recorder_poll (TelarMonitor *monitor, TelarRequest *request)
{
  TelarRecorder *recorder = (TelarRecorder *)monitor;

  if (atomic_load_explicit (&recorder->n_requests, memory_order_relaxed) == 0)
    return FALSE;
  g_mutex_lock (&recorder->lock);
  g_autofree TelarRequest *first = g_queue_pop_head (recorder->requests);
  atomic_store (&recorder->n_requests, (int)g_queue_get_length (recorder->requests));
  g_mutex_unlock (&recorder->lock);
  if (first != NULL)
    *request = *first;
  return first != NULL;
}

static void
recorder_answer (TelarMonitor *monitor, const TelarRequest *request, gint64 step,
                 const char *outcome)
{
  push ((TelarRecorder *)monitor, (RecorderItem){ .kind = ITEM_ANSWER,
                                                  .step = step,
                                                  .request = request->id,
                                                  .text = g_strdup (outcome) });
}

/* Returns when all is on the disk: what comes next may be the end of the process. */
static void
recorder_end (TelarMonitor *monitor, TelarRunStatus status, const char *message)
{
  TelarRecorder *recorder = (TelarRecorder *)monitor;

  if (recorder->ended)
    return;
  recorder->ended = TRUE;
  push (recorder, (RecorderItem){ .kind = ITEM_END, .status = status, .text = g_strdup (message) });
  wait_for_writer (recorder, 1);
}

static void
recorder_free (TelarMonitor *monitor)
{
  TelarRecorder *recorder = (TelarRecorder *)monitor;

  recorder_end (monitor, TELAR_RUN_FAILED, "the training did not come to an end");
  g_mutex_lock (&recorder->lock);
  recorder->closing = TRUE;
  g_cond_signal (&recorder->wake);
  g_mutex_unlock (&recorder->lock);
  g_thread_join (recorder->writer);

  telar_store_close (recorder->store);
  g_hash_table_unref (recorder->tags);
  g_queue_free_full (recorder->requests, g_free);
  g_mutex_clear (&recorder->lock);
  g_cond_clear (&recorder->wake);
  g_cond_clear (&recorder->progress);
  g_free (recorder->items);
  g_free (recorder->name);
  g_free (recorder);
}

static const TelarMonitorClass recorder_class = {
  .free = recorder_free,
  .begin = recorder_begin,
  .scalar = recorder_scalar,
  .epoch = recorder_epoch,
  .figure = recorder_figure,
  .histogram = recorder_histogram,
  .image = recorder_image,
  .text = recorder_text,
  .curve = recorder_curve,
  .profile = recorder_profile,
  .flush = recorder_flush,
  .checkpoint = recorder_checkpoint,
  .event = recorder_event,
  .poll = recorder_poll,
  .answer = recorder_answer,
  .end = recorder_end,
};

static void
tag_free (gpointer data)
{
  RecorderTag *tag = data;

  g_clear_pointer (&tag->batch, g_array_unref);
  g_free (tag->name);
  g_free (tag);
}

TelarMonitor *
telar_recorder_new (const char *workspace, const TelarRecording *recording, GError **error)
{
  g_autoptr (TelarStore) store = telar_store_open (workspace, TRUE, error);
  gint64 run;

  if (store == NULL || !telar_store_start_run (store, recording, &run, error))
    return NULL;

  TelarRecorder *recorder = g_new0 (TelarRecorder, 1);
  recorder->monitor.klass = &recorder_class;
  recorder->store = g_steal_pointer (&store);
  recorder->run = run;
  recorder->name = g_strdup (recording->run);
  recorder->resume = recording->resume;
  recorder->tags = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, tag_free);
  recorder->items = g_new (RecorderItem, TELAR_RECORDER_CAPACITY);
  recorder->requests = g_queue_new ();
  g_mutex_init (&recorder->lock);
  g_cond_init (&recorder->wake);
  g_cond_init (&recorder->progress);
  recorder->writer = g_thread_new ("telar-recorder", telar_recorder_write, recorder);
  return &recorder->monitor;
}
