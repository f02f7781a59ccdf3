/* The batcher: a feed over arrays in memory.
 *
 * One thread of its own gathers the batches of a pass and puts them into a short queue. The order
 * is settled before it starts, so the thread changes when a batch is made, never which. A new pass
 * or the end of the feed stops it first. */
#include "data/batcher.h"

#include "engine/random.h"
#include <string.h>

#define AHEAD 3 /* batches that may wait in the queue */

typedef struct {
  gint64 rows;           /* -1: @error */
  TelarTensor **tensors; /* one per port */
  GError *error;
} Batch;

typedef struct {
  TelarFeed feed;
  guint n;
  TelarFeedArray *arrays;
  TelarFeedPort *ports;
  TelarSplitRows split;
  gint64 all_rows;

  /* the pass under way; the thread only reads these */
  GThread *thread;
  guint32 *order;
  gint64 rows, batch, first;

  GMutex mutex; /* guards what follows */
  GCond changed;
  GQueue queue; /* Batch * */
  gboolean stop, finished;
} Batcher;

void
telar_feed_array_clear (TelarFeedArray *array)
{
  g_clear_pointer (&array->name, g_free);
  g_clear_pointer (&array->values, telar_tensor_unref);
  g_clear_pointer (&array->classes, g_strfreev);
}

static void
batch_free (const Batcher *batcher, Batch *batch)
{
  for (guint i = 0; i < batcher->n; i++)
    g_clear_pointer (&batch->tensors[i], telar_tensor_unref);
  g_clear_error (&batch->error);
  g_free (batch->tensors);
  g_free (batch);
}

/* --- gathering ----------------------------------------------------------------------------------
 */

static void
convert_row (float *target, TelarDType dtype, const void *source, gsize first, gsize n)
{
  if (dtype == TELAR_U8)
    for (gsize i = 0; i < n; i++)
      target[i] = ((const guint8 *)source)[first + i];
  else
    for (gsize i = 0; i < n; i++)
      target[i] = (float)telar_element_get (dtype, source, first + i);
}

static TelarTensor *
gather (const TelarFeedArray *array, const guint32 *order, gint64 rows, GError **error)
{
  TelarShape shape = array->values->type.shape;
  TelarDType from = array->values->type.dtype;
  shape.dims[0] = rows;
  TelarTensor *batch = telar_tensor_try_new (array->dtype, &shape, error);
  if (batch == NULL)
    return NULL;
  gsize each = telar_shape_elements (&shape) / (gsize)rows;
  gsize bytes = each * telar_dtype_size (array->dtype);
  for (gint64 i = 0; i < rows; i++) {
    char *target = (char *)batch->data + (gsize)i * bytes;
    if (from == array->dtype)
      memcpy (target, (const char *)array->values->data + order[i] * bytes, bytes);
    else
      convert_row ((float *)(void *)target, from, array->values->data, order[i] * each, each);
  }
  return batch;
}

static Batch *
make_batch (const Batcher *batcher, gint64 first)
{
  Batch *batch = g_new0 (Batch, 1);
  batch->tensors = g_new0 (TelarTensor *, batcher->n);
  batch->rows = MIN (batcher->batch, batcher->rows - first);
  for (guint i = 0; i < batcher->n && batch->rows > 0; i++) {
    batch->tensors[i] =
        gather (&batcher->arrays[i], batcher->order + first, batch->rows, &batch->error);
    if (batch->tensors[i] == NULL)
      batch->rows = -1;
  }
  return batch;
}

/* --- the thread ---------------------------------------------------------------------------------
 */

static gpointer
read_ahead (gpointer data)
{
  Batcher *batcher = data;
  gboolean failed = FALSE;
  for (gint64 first = batcher->first; first < batcher->rows && !failed; first += batcher->batch) {
    g_mutex_lock (&batcher->mutex);
    while (!batcher->stop && batcher->queue.length >= AHEAD)
      g_cond_wait (&batcher->changed, &batcher->mutex);
    gboolean stop = batcher->stop;
    g_mutex_unlock (&batcher->mutex);
    if (stop)
      return NULL;
    Batch *batch = make_batch (batcher, first);
    failed = batch->rows < 0;
    g_mutex_lock (&batcher->mutex);
    g_queue_push_tail (&batcher->queue, batch);
    g_cond_signal (&batcher->changed);
    g_mutex_unlock (&batcher->mutex);
  }
  g_mutex_lock (&batcher->mutex);
  batcher->finished = TRUE;
  g_cond_signal (&batcher->changed);
  g_mutex_unlock (&batcher->mutex);
  return NULL;
}

static void
end_pass (Batcher *batcher)
{
  if (batcher->thread != NULL) {
    g_mutex_lock (&batcher->mutex);
    batcher->stop = TRUE;
    g_cond_signal (&batcher->changed);
    g_mutex_unlock (&batcher->mutex);
    g_thread_join (g_steal_pointer (&batcher->thread));
  }
  Batch *batch;
  while ((batch = g_queue_pop_head (&batcher->queue)) != NULL)
    batch_free (batcher, batch);
  batcher->stop = batcher->finished = FALSE;
  g_clear_pointer (&batcher->order, g_free);
}

/* --- the feed -----------------------------------------------------------------------------------
 */

static const GArray *
split_rows (const Batcher *batcher, TelarSplit split)
{
  return split == TELAR_SPLIT_TRAIN        ? batcher->split.train
         : split == TELAR_SPLIT_VALIDATION ? batcher->split.validation
                                           : NULL;
}

static gint64
batcher_rows (const TelarFeed *feed, TelarSplit split)
{
  const Batcher *batcher = (const Batcher *)feed;
  const GArray *rows = split_rows (batcher, split);
  return rows != NULL ? rows->len : batcher->all_rows;
}

/* Row numbers in the order of the pass. */
static guint32 *
make_order (const Batcher *batcher, const TelarFeedPass *pass, gint64 n)
{
  const GArray *rows = split_rows (batcher, pass->split);
  guint32 *order = g_new (guint32, MAX (n, 1));
  if (pass->shuffle) {
    TelarRandom random = { .seed = pass->seed,
                           .step = pass->epoch,
                           .stream = telar_random_stream ("shuffle") };
    telar_random_permutation (&random, (gsize)n, order);
  } else
    for (gint64 i = 0; i < n; i++)
      order[i] = (guint32)i;
  for (gint64 i = 0; rows != NULL && i < n; i++)
    order[i] = g_array_index (rows, guint32, order[i]);
  return order;
}

static gboolean
batcher_begin (TelarFeed *feed, const TelarFeedPass *pass, GError **error)
{
  Batcher *batcher = (Batcher *)feed;
  end_pass (batcher);
  if (pass->batch < 1 || pass->skip_batches < 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "a batch of %" G_GINT64_FORMAT " rows; 1 is the least", pass->batch);
    return FALSE;
  }
  batcher->rows = batcher_rows (feed, pass->split);
  batcher->batch = MIN (pass->batch, MAX (batcher->rows, 1));
  batcher->first = pass->skip_batches > batcher->rows / batcher->batch
                       ? batcher->rows
                       : pass->skip_batches * batcher->batch;
  batcher->order = make_order (batcher, pass, batcher->rows);
  batcher->thread = g_thread_try_new ("telar-batcher", read_ahead, batcher, NULL);
  if (batcher->thread == NULL)
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "no thread could be started to read data");
  return batcher->thread != NULL;
}

static gint64
batcher_next (TelarFeed *feed, TelarTensor **tensors, GError **error)
{
  Batcher *batcher = (Batcher *)feed;
  if (batcher->thread == NULL)
    return 0;
  g_mutex_lock (&batcher->mutex);
  while (batcher->queue.length == 0 && !batcher->finished)
    g_cond_wait (&batcher->changed, &batcher->mutex);
  Batch *batch = g_queue_pop_head (&batcher->queue);
  g_cond_signal (&batcher->changed);
  g_mutex_unlock (&batcher->mutex);
  if (batch == NULL)
    return 0;
  gint64 rows = batch->rows;
  if (rows < 0)
    g_propagate_error (error, g_steal_pointer (&batch->error));
  else
    for (guint i = 0; i < batcher->n; i++)
      tensors[i] = g_steal_pointer (&batch->tensors[i]);
  batch_free (batcher, batch);
  return rows;
}

static void
batcher_free (TelarFeed *feed)
{
  Batcher *batcher = (Batcher *)feed;
  end_pass (batcher);
  for (guint i = 0; i < batcher->n; i++)
    telar_feed_array_clear (&batcher->arrays[i]);
  telar_split_rows_clear (&batcher->split);
  g_mutex_clear (&batcher->mutex);
  g_cond_clear (&batcher->changed);
  g_free (batcher->arrays);
  g_free (batcher->ports);
  g_free (batcher);
}

static const TelarFeedClass batcher_class = {
  .free = batcher_free,
  .rows = batcher_rows,
  .begin = batcher_begin,
  .next = batcher_next,
};

TelarFeed *
telar_batcher_new (GArray *arrays, TelarSplitRows *split)
{
  Batcher *batcher = g_new0 (Batcher, 1);
  batcher->n = arrays->len;
  batcher->arrays = g_memdup2 (arrays->data, arrays->len * sizeof (TelarFeedArray));
  memset (arrays->data, 0, arrays->len * sizeof (TelarFeedArray));
  batcher->split = *split;
  *split = (TelarSplitRows){ 0 };
  batcher->all_rows = (gint64)batcher->split.train->len + batcher->split.validation->len;
  batcher->ports = g_new0 (TelarFeedPort, batcher->n);
  for (guint i = 0; i < batcher->n; i++) {
    const TelarFeedArray *array = &batcher->arrays[i];
    TelarFeedPort *port = &batcher->ports[i];
    port->name = array->name;
    port->type = (TelarType){ array->dtype, array->values->type.shape };
    port->type.shape.dims[0] = TELAR_DIM_BATCH;
    port->classes = (const char *const *)array->classes;
  }
  g_mutex_init (&batcher->mutex);
  g_cond_init (&batcher->changed);
  g_queue_init (&batcher->queue);
  batcher->feed = (TelarFeed){ &batcher_class, batcher->ports, batcher->n };
  return &batcher->feed;
}
