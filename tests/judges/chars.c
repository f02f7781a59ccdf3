/* A text as batches of numbered characters. */
#include "tests/judges/chars.h"

#include "engine/random.h"

static const TelarPort no_ports[] = { { NULL } };
static const TelarPort outputs[] = {
  { .name = "text", .kind = TELAR_PORT_TENSOR, .doc = "Characters." },
  { .name = "next", .kind = TELAR_PORT_TENSOR, .doc = "The characters that follow." },
  { NULL },
};

static const TelarOperator chars = {
  .name = "chars",
  .label = "Characters",
  .category = TELAR_CATEGORY_DATA,
  .doc = "Characters of a text and those that follow.",
  .inputs = no_ports,
  .outputs = outputs,
};

const TelarOperator *const chars_operators[] = { &chars, NULL };

typedef struct {
  TelarFeed base;
  TelarFeedPort ports[2];
  guint8 *text;
  gint64 steps, rows, at;
  guint32 *order;
  gint64 batch;
} Chars;

static void
chars_free (TelarFeed *feed)
{
  Chars *c = (Chars *)feed;

  g_free (c->text);
  g_free (c->order);
  g_free (c);
}

static gint64
chars_rows (const TelarFeed *feed, TelarSplit split)
{
  return split == TELAR_SPLIT_VALIDATION ? 0 : ((const Chars *)feed)->rows;
}

static gboolean
chars_begin (TelarFeed *feed, const TelarFeedPass *pass, GError **error)
{
  Chars *c = (Chars *)feed;
  TelarRandom random = { pass->seed, pass->epoch, telar_random_stream ("shuffle") };

  (void)error;
  for (gint64 i = 0; i < c->rows; i++)
    c->order[i] = (guint32)i;
  if (pass->shuffle)
    telar_random_permutation (&random, (gsize)c->rows, c->order);
  c->batch = pass->batch;
  c->at = pass->skip_batches * pass->batch;
  return TRUE;
}

static TelarTensor *
rows_from (const Chars *c, gint64 n, gint64 shift)
{
  TelarShape shape = telar_shape (n, c->steps);
  TelarTensor *tensor = telar_tensor_new (TELAR_I64, &shape);

  for (gint64 i = 0; i < n; i++) {
    const guint8 *row = c->text + c->order[c->at + i] * c->steps / 2 + shift;
    for (gint64 t = 0; t < c->steps; t++)
      telar_tensor_set (tensor, (gsize)(i * c->steps + t), row[t]);
  }
  return tensor;
}

static gint64
chars_next (TelarFeed *feed, TelarTensor **tensors, GError **error)
{
  Chars *c = (Chars *)feed;
  gint64 n = CLAMP (c->rows - c->at, 0, c->batch);

  (void)error;
  if (n == 0)
    return 0;
  tensors[0] = rows_from (c, n, 0);
  tensors[1] = rows_from (c, n, 1);
  c->at += n;
  return n;
}

static const TelarFeedClass chars_class = {
  .free = chars_free,
  .rows = chars_rows,
  .begin = chars_begin,
  .next = chars_next,
};

/* Replaces each character by its number; returns how many there are. */
static gint64
number_characters (guint8 *text, gsize length)
{
  guint8 number[256] = { 0 }, n = 0;

  for (gsize i = 0; i < length; i++)
    number[text[i]] = 1;
  for (guint c = 0; c < G_N_ELEMENTS (number); c++)
    if (number[c])
      number[c] = n++;
  for (gsize i = 0; i < length; i++)
    text[i] = number[text[i]];
  return n;
}

TelarFeed *
chars_feed_new (const char *path, gint64 steps, gint64 *vocabulary)
{
  g_autoptr (GError) error = NULL;
  Chars *c = g_new0 (Chars, 1);
  TelarType type = { TELAR_I64, telar_shape (TELAR_DIM_BATCH, steps) };
  gsize length;

  g_file_get_contents (path, (char **)&c->text, &length, &error);
  g_assert_no_error (error);
  *vocabulary = number_characters (c->text, length);
  c->ports[0] = (TelarFeedPort){ "chars.text", type, NULL };
  c->ports[1] = (TelarFeedPort){ "chars.next", type, NULL };
  c->base = (TelarFeed){ &chars_class, c->ports, G_N_ELEMENTS (c->ports) };
  c->steps = steps;
  c->rows = ((gint64)length - 1 - steps) / (steps / 2) + 1;
  c->order = g_new (guint32, c->rows);
  return &c->base;
}
