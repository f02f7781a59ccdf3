/* The feed of the tests: rows in memory, drawn from a fixed seed. */
#include "sample-feed.h"
#include "engine/random.h"

#define FEATURES 4
#define TARGETS  3

typedef struct {
  TelarFeed base;
  TelarFeedPort ports[2];
  gint64 validation;
  float *image, *label;
  TelarFeedPass pass;
  guint32 *order;
  gint64 at;
} SampleFeed;

static void
feed_free (TelarFeed *feed)
{
  SampleFeed *sample = (SampleFeed *)feed;
  g_free (sample->image);
  g_free (sample->label);
  g_free (sample->order);
  g_free (sample);
}

static gint64
feed_rows (const TelarFeed *feed, TelarSplit split)
{
  const SampleFeed *sample = (const SampleFeed *)feed;
  if (split == TELAR_SPLIT_TRAIN)
    return SAMPLE_ROWS;
  return split == TELAR_SPLIT_VALIDATION ? sample->validation : SAMPLE_ROWS + sample->validation;
}

static gboolean
feed_begin (TelarFeed *feed, const TelarFeedPass *pass, GError **error)
{
  SampleFeed *sample = (SampleFeed *)feed;
  gint64 rows = feed_rows (feed, pass->split);
  guint32 first = pass->split == TELAR_SPLIT_VALIDATION ? SAMPLE_ROWS : 0;
  TelarRandom random = { pass->seed, pass->epoch, telar_random_stream ("shuffle") };
  sample->pass = *pass;
  sample->at = pass->skip_batches * pass->batch;
  for (gint64 i = 0; i < rows; i++)
    sample->order[i] = (guint32)i;
  if (pass->shuffle)
    telar_random_permutation (&random, (gsize)rows, sample->order);
  for (gint64 i = 0; i < rows; i++)
    sample->order[i] += first;
  return TRUE;
}

static TelarTensor *
gather (const float *values, gint64 width, const guint32 *rows, gint64 n)
{
  TelarShape shape = telar_shape (n, width);
  TelarTensor *tensor = telar_tensor_new (TELAR_F32, &shape);
  for (gint64 i = 0; i < n * width; i++)
    ((float *)tensor->data)[i] = values[rows[i / width] * width + i % width];
  return tensor;
}

static gint64
feed_next (TelarFeed *feed, TelarTensor **tensors, GError **error)
{
  SampleFeed *sample = (SampleFeed *)feed;
  gint64 left = feed_rows (feed, sample->pass.split) - sample->at;
  gint64 n = CLAMP (left, 0, sample->pass.batch);
  if (n == 0)
    return 0;
  tensors[0] = gather (sample->image, FEATURES, sample->order + sample->at, n);
  tensors[1] = gather (sample->label, TARGETS, sample->order + sample->at, n);
  sample->at += n;
  return n;
}

float *
sample_feed_image (TelarFeed *feed, gint64 row, guint feature)
{
  return &((SampleFeed *)feed)->image[row * FEATURES + feature];
}

TelarFeed *
sample_feed_new (gint64 validation)
{
  static const TelarFeedClass klass = {
    .free = feed_free,
    .rows = feed_rows,
    .begin = feed_begin,
    .next = feed_next,
  };
  gsize rows = (gsize)(SAMPLE_ROWS + validation);
  SampleFeed *sample = g_new0 (SampleFeed, 1);
  TelarRandom random = { 99, 0, 0 };
  sample->base = (TelarFeed){ &klass, sample->ports, 2 };
  sample->ports[0] =
      (TelarFeedPort){ "d.image", { TELAR_F32, telar_shape (TELAR_DIM_BATCH, FEATURES) }, NULL };
  sample->ports[1] =
      (TelarFeedPort){ "d.label", { TELAR_F32, telar_shape (TELAR_DIM_BATCH, TARGETS) }, NULL };
  sample->validation = validation;
  sample->image = g_new (float, rows *FEATURES);
  sample->label = g_new (float, rows *TARGETS);
  sample->order = g_new (guint32, rows);
  telar_random_fill_normal (&random, 0, rows * FEATURES, sample->image);
  for (gsize i = 0; i < rows * TARGETS; i++) {
    const float *row = sample->image + i / TARGETS * FEATURES;
    sample->label[i] = row[i % TARGETS] - 2.0f * row[i % TARGETS + 1] + 0.5f;
  }
  return &sample->base;
}
