/* Pictures of discs and squares with the class of each pixel, and noise as data. */
#include "tests/judges/shapes.h"

#include "engine/random.h"

static const TelarPort no_ports[] = { { NULL } };
static const TelarPort shapes_outputs[] = {
  { .name = "images", .kind = TELAR_PORT_TENSOR, .doc = "Pictures." },
  { .name = "classes", .kind = TELAR_PORT_TENSOR, .doc = "The class of each pixel." },
  { NULL },
};
static const TelarPort normal_outputs[] = {
  { .name = "noise", .kind = TELAR_PORT_TENSOR, .doc = "Standard normal numbers." },
  { NULL },
};

static const TelarOperator shapes = {
  .name = "shapes",
  .label = "Shapes",
  .category = TELAR_CATEGORY_DATA,
  .doc = "Pictures of a disc and a square.",
  .inputs = no_ports,
  .outputs = shapes_outputs,
};

static const TelarOperator normal = {
  .name = "normal",
  .label = "Normal noise",
  .category = TELAR_CATEGORY_DATA,
  .doc = "Standard normal numbers.",
  .inputs = no_ports,
  .outputs = normal_outputs,
};

const TelarOperator *const shapes_operators[] = { &shapes, &normal, NULL };

/* --- shapes ----------------------------------------------------------------------------------- */

typedef struct {
  TelarFeed base;
  TelarFeedPort ports[2];
  gint64 rows, at, batch;
} Shapes;

static void
shapes_free (TelarFeed *feed)
{
  g_free (feed);
}

static gint64
shapes_rows (const TelarFeed *feed, TelarSplit split)
{
  return split == TELAR_SPLIT_VALIDATION ? 0 : ((const Shapes *)feed)->rows;
}

/* The rows are drawn independently of each other: their order is as good as any. */
static gboolean
shapes_begin (TelarFeed *feed, const TelarFeedPass *pass, GError **error)
{
  Shapes *s = (Shapes *)feed;

  (void)error;
  s->batch = pass->batch;
  s->at = pass->skip_batches * pass->batch;
  return TRUE;
}

/* Picture number @row into place @i of the batch. */
static void
draw_picture (gint64 row, gsize i, TelarTensor *images, TelarTensor *classes)
{
  const TelarRandom random = { (guint64)row, 0, telar_random_stream ("shapes") };
  double place[6];

  for (guint k = 0; k < G_N_ELEMENTS (place); k++)
    place[k] = (double)telar_random_uniform (&random, k) * SHAPES_SIZE;
  for (gsize pixel = 0; pixel < SHAPES_SIZE * SHAPES_SIZE; pixel++) {
    double y = (double)(pixel / SHAPES_SIZE), x = (double)(pixel % SHAPES_SIZE);
    double dy = y - place[0], dx = x - place[1], radius = 2 + place[2] / 6, side = 2 + place[5] / 6;
    int class = ABS (y - place[3]) < side && ABS (x - place[4]) < side ? 2
                : dy * dy + dx * dx < radius * radius                  ? 1
                                                                       : 0;
    gsize at = i * SHAPES_SIZE * SHAPES_SIZE + pixel;
    double noise = (double)telar_random_normal (&random, 64 + pixel);
    telar_tensor_set (classes, at, class);
    telar_tensor_set (images, at, (class ? 1 : 0) + 0.2 * noise);
  }
}

static gint64
shapes_next (TelarFeed *feed, TelarTensor **tensors, GError **error)
{
  Shapes *s = (Shapes *)feed;
  gint64 n = CLAMP (s->rows - s->at, 0, s->batch);
  TelarShape images = telar_shape (n, 1, SHAPES_SIZE, SHAPES_SIZE);
  TelarShape classes = telar_shape (n, SHAPES_SIZE, SHAPES_SIZE);

  (void)error;
  if (n == 0)
    return 0;
  tensors[0] = telar_tensor_new (TELAR_F32, &images);
  tensors[1] = telar_tensor_new (TELAR_I64, &classes);
  for (gint64 i = 0; i < n; i++)
    draw_picture (s->at + i, (gsize)i, tensors[0], tensors[1]);
  s->at += n;
  return n;
}

static const TelarFeedClass shapes_class = {
  .free = shapes_free,
  .rows = shapes_rows,
  .begin = shapes_begin,
  .next = shapes_next,
};

TelarFeed *
shapes_feed_new (gint64 rows)
{
  Shapes *s = g_new0 (Shapes, 1);

  s->ports[0] = (TelarFeedPort){
    "shapes.images",
    { TELAR_F32, telar_shape (TELAR_DIM_BATCH, 1, SHAPES_SIZE, SHAPES_SIZE) },
    NULL,
  };
  s->ports[1] = (TelarFeedPort){
    "shapes.classes",
    { TELAR_I64, telar_shape (TELAR_DIM_BATCH, SHAPES_SIZE, SHAPES_SIZE) },
    NULL,
  };
  s->base = (TelarFeed){ &shapes_class, s->ports, G_N_ELEMENTS (s->ports) };
  s->rows = rows;
  return &s->base;
}

/* --- noise beside other data ------------------------------------------------------------------ */

typedef struct {
  TelarFeed base;
  TelarFeed *inner;
  TelarFeedPort *ports;
  gint64 size;
  TelarRandom random;
} Normal;

static void
normal_free (TelarFeed *feed)
{
  Normal *n = (Normal *)feed;

  telar_feed_free (n->inner);
  g_free (n->ports);
  g_free (n);
}

static gint64
normal_rows (const TelarFeed *feed, TelarSplit split)
{
  return telar_feed_rows (((const Normal *)feed)->inner, split);
}

static gboolean
normal_begin (TelarFeed *feed, const TelarFeedPass *pass, GError **error)
{
  Normal *n = (Normal *)feed;

  n->random = (TelarRandom){ pass->seed + pass->epoch, (guint32)pass->skip_batches,
                             telar_random_stream ("normal") };
  return telar_feed_begin (n->inner, pass, error);
}

static gint64
normal_next (TelarFeed *feed, TelarTensor **tensors, GError **error)
{
  Normal *n = (Normal *)feed;
  gint64 rows = telar_feed_next (n->inner, tensors, error);
  TelarShape shape = telar_shape (rows, n->size);

  if (rows <= 0)
    return rows;
  tensors[n->inner->n_ports] = telar_tensor_new (TELAR_F32, &shape);
  for (gint64 i = 0; i < rows * n->size; i++)
    telar_tensor_set (tensors[n->inner->n_ports], (gsize)i,
                      (double)telar_random_normal (&n->random, (guint64)i));
  n->random.step++;
  return rows;
}

static const TelarFeedClass normal_class = {
  .free = normal_free,
  .rows = normal_rows,
  .begin = normal_begin,
  .next = normal_next,
};

TelarFeed *
normal_feed_new (TelarFeed *inner, gint64 size)
{
  Normal *n = g_new0 (Normal, 1);

  n->inner = inner;
  n->size = size;
  n->ports = g_new0 (TelarFeedPort, inner->n_ports + 1);
  for (guint i = 0; i < inner->n_ports; i++)
    n->ports[i] = inner->ports[i];
  n->ports[inner->n_ports] = (TelarFeedPort){
    "normal.noise",
    { TELAR_F32, telar_shape (TELAR_DIM_BATCH, size) },
    NULL,
  };
  n->base = (TelarFeed){ &normal_class, n->ports, inner->n_ports + 1 };
  return &n->base;
}
