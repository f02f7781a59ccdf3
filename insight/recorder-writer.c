/* The recorder's writer: a thread that empties the ring into the store, one transaction for all
 * that has come since the last, and looks for requests.
 *
 * When a transaction fails (disk full, file gone read-only), recording ends: what was committed
 * stays, the reason goes to standard error, and the training goes on. */
#include "insight/lineage.h"
#include "insight/recorder-private.h"
#include "insight/system.h"

#include <glib/gstdio.h>

/* A step must reach a chart in 100 ms: this is the writer's share of it. */
#define COMMIT_EVERY (15 * G_TIME_SPAN_MILLISECOND)
#define BATCH        8192 /* items at most in one transaction, so that a full ring soon has room */
#define SAMPLE_EVERY G_TIME_SPAN_SECOND /* of the system */
#define AT_ONCE      512 /* points of a tag in one transaction that become a chunk of their own */
/* How often a disk that cannot keep up is noted. */
#define NOTE_STALLS_EVERY G_TIME_SPAN_SECOND

typedef struct {
  TelarRecorder *recorder;
  TelarStore *store;
  gint64 run;
  gint64 step;         /* the last one seen */
  gint64 kept_step;    /* the one in the run's row */
  gint64 version;      /* of the store, when requests were last read */
  gint64 last_request; /* id */
  gint64 noted_stalls; /* µs, of TelarRecorder.stalled */
  gint64 noted_at;
  gboolean misordered; /* said once */
  GPtrArray *touched;  /* RecorderTag *: those with points in the transaction at hand */
  TelarSystemProbe *probe;
  gint64 sampled_at;
  gboolean goes_on; /* has begun and not ended */
  char *checkpoint; /* the newest, or NULL */
  gint64 checkpoint_step;
  gboolean begun; /* the training has told something of itself */
} Writer;

/* --- items ------------------------------------------------------------------------------- */

static gboolean
note (Writer *writer, const char *text, GError **error)
{
  return telar_store_add_event (writer->store, writer->run, writer->step, g_get_real_time (),
                                "recorder", text, error);
}

static gboolean
load_tag (Writer *writer, RecorderTag *tag, GError **error)
{
  tag->known = telar_store_tag (writer->store, writer->run, tag->name, &tag->id, error) &&
               telar_store_tag_state (writer->store, tag->id, &tag->last_step, &tag->tail, error);
  return tag->known;
}

static gboolean
write_scalar (Writer *writer, const RecorderItem *item, GError **error)
{
  RecorderTag *tag = item->tag;
  TelarPoint point = { item->step, item->time, item->value };

  if (!tag->known && !load_tag (writer, tag, error))
    return FALSE;
  if (item->step <= tag->last_step) {
    /* A reader's cursor has passed this step already: the point could not be seen. */
    if (writer->misordered)
      return TRUE;
    writer->misordered = TRUE;
    g_autofree char *text = g_strdup_printf ("“%s” came for step %" G_GINT64_FORMAT
                                             " after step %" G_GINT64_FORMAT " and was left out",
                                             tag->name, item->step, tag->last_step);
    return note (writer, text, error);
  }
  if (tag->batch == NULL)
    tag->batch = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  if (tag->batch->len == 0)
    g_ptr_array_add (writer->touched, tag);
  g_array_append_val (tag->batch, point);
  tag->last_step = item->step;
  return TRUE;
}

static gboolean
write_rows (Writer *writer, RecorderTag *tag, GError **error)
{
  for (guint i = 0; i < tag->batch->len; i++)
    if (!telar_store_append (writer->store, tag->id, &g_array_index (tag->batch, TelarPoint, i),
                             error))
      return FALSE;
  tag->tail += tag->batch->len;
  if (tag->tail < TELAR_CHUNK_POINTS)
    return TRUE;
  tag->tail = 0;
  return telar_store_compact (writer->store, tag->id, error);
}

/* Points that come thick and fast need not stand as rows first. */
static gboolean
write_chunk (Writer *writer, RecorderTag *tag, GError **error)
{
  if (tag->tail > 0 && !telar_store_compact (writer->store, tag->id, error))
    return FALSE;
  tag->tail = 0;
  return telar_store_append_chunk (
      writer->store, tag->id, (const TelarPoint *)(void *)tag->batch->data, tag->batch->len, error);
}

/* The points of the transaction at hand, tag by tag. */
static gboolean
write_points (Writer *writer, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < writer->touched->len; i++) {
    RecorderTag *tag = writer->touched->pdata[i];
    ok = ok && (tag->batch->len < AT_ONCE ? write_rows (writer, tag, error)
                                          : write_chunk (writer, tag, error));
    g_array_set_size (tag->batch, 0);
  }
  g_ptr_array_set_size (writer->touched, 0);
  return ok;
}

/* What was recorded beyond the checkpoint is computed again. */
static gboolean
rewind_run (Writer *writer, gint64 step, GError **error)
{
  g_autofree char *text =
      g_strdup_printf ("resumed from the checkpoint of step %" G_GINT64_FORMAT, step);

  return telar_store_truncate_points (writer->store, writer->run, step, error) &&
         telar_store_truncate_events (writer->store, writer->run, step, error) &&
         telar_store_truncate_figures (writer->store, writer->run, step, error) &&
         telar_store_truncate_media (writer->store, writer->run, step, error) &&
         telar_store_undo_requests (writer->store, writer->run, step, error) &&
         telar_store_add_event (writer->store, writer->run, step, g_get_real_time (), "resumed",
                                text, error);
}

static gboolean
write_begin (Writer *writer, const TelarRunInfo *info, GError **error)
{
  gint64 epoch = info->steps_per_epoch > 0 ? info->first_step / info->steps_per_epoch : 0;

  writer->goes_on = TRUE;
  if (writer->recorder->resume && !rewind_run (writer, info->first_step, error))
    return FALSE;
  writer->kept_step = info->first_step;
  return telar_store_run (writer->store, error,
                          "UPDATE run SET device = ?, epoch = ?, epochs = ?, step = ?,"
                          " steps_per_epoch = ?, parameters = ?, seed = ? WHERE id = ?",
                          "siiiiiii", info->device, epoch, info->epochs, info->first_step,
                          info->steps_per_epoch, info->parameters, (gint64)info->seed, writer->run);
}

static gboolean
write_event (Writer *writer, const RecorderItem *item, GError **error)
{
  const char *kind = item->event[0];
  gboolean paused = g_str_equal (kind, "paused");

  if (!telar_store_add_event (writer->store, writer->run, item->step, item->time, kind,
                              item->event[1], error))
    return FALSE;
  if (!paused && !g_str_equal (kind, "resumed"))
    return TRUE;
  return telar_store_run (writer->store, error, "UPDATE run SET status = ? WHERE id = ?", "si",
                          paused ? "paused" : "running", writer->run);
}

/* What is read for its hash while the training goes on; the last weights of a run are hashed
 * whatever they measure. */
#define MOST_HASHED ((goffset)64 << 20)

/* A file that has gone meanwhile has no hash. */
static gboolean
write_weights (Writer *writer, gboolean last, GError **error)
{
  GStatBuf info;

  if (writer->checkpoint == NULL || g_stat (writer->checkpoint, &info) != 0 ||
      last != (info.st_size > MOST_HASHED))
    return TRUE;
  return telar_store_put_artifact (writer->store, writer->run, "weights", writer->checkpoint,
                                   writer->checkpoint_step, error);
}

static gboolean
write_checkpoint (Writer *writer, const RecorderItem *item, GError **error)
{
  g_free (writer->checkpoint);
  writer->checkpoint = g_canonicalize_filename (item->text, telar_store_workspace (writer->store));
  writer->checkpoint_step = item->step;
  return write_weights (writer, FALSE, error) &&
         telar_store_run (writer->store, error, "UPDATE run SET checkpoint = ? WHERE id = ?", "si",
                          item->text, writer->run) &&
         telar_store_add_event (writer->store, writer->run, item->step, item->time, "checkpoint",
                                item->text, error);
}

/* A run that was refused before its first step, because memory does not hold it, is none. */
static gboolean
write_end (Writer *writer, const RecorderItem *item, GError **error)
{
  writer->goes_on = FALSE;
  if (item->status == TELAR_RUN_FAILED && !writer->begun && !writer->recorder->resume)
    return telar_store_run (writer->store, error, "DELETE FROM run WHERE id = ?", "i", writer->run);
  return write_weights (writer, TRUE, error) &&
         telar_store_run (
             writer->store, error,
             "UPDATE run SET status = ?, message = ?, ended = ?, step = ? WHERE id = ?", "ssiii",
             telar_run_status_name (item->status), item->text, item->time, writer->step,
             writer->run) &&
         telar_store_drop_requests (writer->store, writer->run, "the run had ended", error);
}

static gboolean
write_item (Writer *writer, const RecorderItem *item, GError **error)
{
  writer->begun |= item->kind != ITEM_END;
  if (item->kind != ITEM_END)
    writer->step = item->kind == ITEM_BEGIN ? item->step : MAX (writer->step, item->step);
  switch (item->kind) {
  case ITEM_SCALAR:
    return write_scalar (writer, item, error);
  case ITEM_BEGIN:
    return write_begin (writer, item->info, error);
  case ITEM_EPOCH:
    return telar_store_run (writer->store, error,
                            "UPDATE run SET epoch = ?, metrics = ? WHERE id = ?", "isi",
                            item->epoch, item->text, writer->run);
  case ITEM_FIGURE:
    return telar_store_put_figure (writer->store, writer->run, item->event[0], item->step,
                                   item->event[1], error);
  case ITEM_HISTOGRAM:
  case ITEM_IMAGE:
    return telar_recorder_media_write (writer->recorder, item, error);
  case ITEM_TEXT:
    return telar_store_put_text (writer->store, writer->run, item->event[0], item->step, item->time,
                                 item->event[1], error);
  case ITEM_CURVE:
    return telar_recorder_curve_write (writer->recorder, item, error);
  case ITEM_PROFILE:
    return telar_store_put_profile (writer->store, writer->run, item->step, item->time, item->text,
                                    error);
  case ITEM_CHECKPOINT:
    return write_checkpoint (writer, item, error);
  case ITEM_EVENT:
    return write_event (writer, item, error);
  case ITEM_ANSWER:
    return telar_store_answer (writer->store, item->request, item->step, item->text, error);
  case ITEM_END:
    return write_end (writer, item, error);
  }
  g_assert_not_reached ();
}

/* --- batches ----------------------------------------------------------------------------- */

static gboolean
note_stalls (Writer *writer, GError **error)
{
  TelarRecorder *recorder = writer->recorder;
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&recorder->lock);
  gint64 stalled = recorder->stalled;
  g_mutex_unlock (&recorder->lock);
  if (stalled == writer->noted_stalls || now - writer->noted_at < NOTE_STALLS_EVERY)
    return TRUE;

  g_autofree char *text =
      g_strdup_printf ("the disk is slower than the training, which waited %.1f ms for it",
                       (double)(stalled - writer->noted_stalls) / G_TIME_SPAN_MILLISECOND);
  writer->noted_stalls = stalled;
  writer->noted_at = now;
  return note (writer, text, error);
}

static gboolean
write_batch (Writer *writer, guint64 from, guint64 to, GError **error)
{
  const RecorderItem *items = writer->recorder->items;

  if (!telar_store_begin (writer->store, error))
    return FALSE;
  gboolean ok = note_stalls (writer, error);
  for (guint64 i = from; ok && i < to; i++)
    ok = write_item (writer, &items[i % TELAR_RECORDER_CAPACITY], error);
  ok = ok && write_points (writer, error);
  if (ok && writer->step != writer->kept_step) {
    ok = telar_store_run (writer->store, error, "UPDATE run SET step = ? WHERE id = ?", "ii",
                          writer->step, writer->run);
    writer->kept_step = writer->step;
  }
  return telar_store_finish (writer->store, ok, error);
}

static void
end_recording (Writer *writer, const GError *failure)
{
  g_autofree char *text = g_strdup_printf ("recording ended: %s", failure->message);

  atomic_store (&writer->recorder->broken, TRUE);
  g_printerr ("telar: run “%s”: %s; the training goes on\n", writer->recorder->name, text);
  note (writer, text, NULL); /* when possible */
}

/* After recording has ended, only the last word is tried: the disk may be back. */
static void
write_last_word (Writer *writer, guint64 from, guint64 to)
{
  for (guint64 i = from; i < to; i++) {
    const RecorderItem *item = &writer->recorder->items[i % TELAR_RECORDER_CAPACITY];
    if (item->kind == ITEM_END)
      write_end (writer, item, NULL);
  }
}

/* FALSE when there was nothing to write. */
static gboolean
empty_ring (Writer *writer)
{
  TelarRecorder *recorder = writer->recorder;
  guint64 from = atomic_load_explicit (&recorder->tail, memory_order_relaxed);
  guint64 to = MIN (from + BATCH, atomic_load_explicit (&recorder->head, memory_order_acquire));
  g_autoptr (GError) failure = NULL;

  if (from == to)
    return FALSE;
  if (atomic_load (&recorder->broken)) {
    write_last_word (writer, from, to);
  } else if (!write_batch (writer, from, to, &failure)) {
    end_recording (writer, failure);
    write_last_word (writer, from, to);
  }

  for (guint64 i = from; i < to; i++)
    telar_recorder_item_clear (recorder, &recorder->items[i % TELAR_RECORDER_CAPACITY]);
  g_mutex_lock (&recorder->lock);
  atomic_store_explicit (&recorder->tail, to, memory_order_release);
  g_cond_signal (&recorder->progress);
  g_mutex_unlock (&recorder->lock);
  return TRUE;
}

/* --- requests and the loop --------------------------------------------------------------- */

static void
fetch_requests (Writer *writer)
{
  TelarRecorder *recorder = writer->recorder;
  gint64 version = telar_store_version (writer->store);
  g_autoptr (GArray) requests = g_array_new (FALSE, FALSE, sizeof (TelarRequest));

  if (version == writer->version)
    return;
  /* A failure to read is tried again with the next commit of somebody else. */
  writer->version = version;
  telar_store_waiting_requests (writer->store, writer->run, writer->last_request, requests, NULL);
  if (requests->len == 0)
    return;
  g_mutex_lock (&recorder->lock);
  for (guint i = 0; i < requests->len; i++) {
    const TelarRequest *request = &g_array_index (requests, TelarRequest, i);
    g_queue_push_tail (recorder->requests, g_memdup2 (request, sizeof *request));
    writer->last_request = request->id;
  }
  atomic_store (&recorder->n_requests, (int)g_queue_get_length (recorder->requests));
  g_mutex_unlock (&recorder->lock);
}

/* Waits for the next commit; FALSE when the recorder is being freed. */
static gboolean
wait_for_work (TelarRecorder *recorder)
{
  gint64 until = g_get_monotonic_time () + COMMIT_EVERY;

  g_mutex_lock (&recorder->lock);
  while (!recorder->urgent && !recorder->closing &&
         g_cond_wait_until (&recorder->wake, &recorder->lock, until))
    ;
  recorder->urgent = FALSE;
  gboolean closing = recorder->closing;
  g_mutex_unlock (&recorder->lock);
  return !closing;
}

static gboolean
write_samples (Writer *writer, GError **error)
{
  g_autoptr (GArray) samples = telar_system_probe_read (writer->probe);
  gint64 now = g_get_real_time ();
  gboolean ok = telar_store_begin (writer->store, error);

  if (!ok)
    return FALSE;
  for (guint i = 0; ok && i < samples->len; i++) {
    const TelarSystemSample *sample = &g_array_index (samples, TelarSystemSample, i);
    ok = telar_store_put_sample (writer->store, writer->run, sample->name, now, sample->value,
                                 error);
  }
  return telar_store_finish (writer->store, ok, error);
}

/* Once a second while the run goes on. */
static void
sample_system (Writer *writer)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GError) failure = NULL;

  if (now - writer->sampled_at < SAMPLE_EVERY || !writer->goes_on ||
      atomic_load (&writer->recorder->broken))
    return;
  writer->sampled_at = now;
  if (!write_samples (writer, &failure))
    end_recording (writer, failure);
}

gpointer
telar_recorder_write (gpointer data)
{
  TelarRecorder *recorder = data;
  Writer writer = { .recorder = recorder,
                    .store = recorder->store,
                    .run = recorder->run,
                    .version = -1,
                    .touched = g_ptr_array_new (),
                    .probe = telar_system_probe_new () };

  do {
    while (empty_ring (&writer))
      ;
    fetch_requests (&writer);
    sample_system (&writer);
  } while (wait_for_work (recorder));
  telar_system_probe_free (writer.probe);
  g_ptr_array_unref (writer.touched);
  g_free (writer.checkpoint);
  return NULL;
}
