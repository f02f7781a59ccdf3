/* t-SNE's descent. */
#include "insight/projection.h"

#include "engine/random.h"
#include "insight/neighbours.h"

#include <math.h>
#include <string.h>

#define ITERATIONS    1000
#define EXAGGERATED   250
#define EXAGGERATION  12.0
#define FIRST_SPREAD  1e-4 /* of the first component, where the descent begins */
#define JITTER        1e-3 /* of that: equal rows must be able to part */
#define MOST_WIDE     128
#define REDUCED       50
#define AFFINITY_PART 0.1 /* of the work, for progress */

#define LANES 8
typedef float Lanes __attribute__ ((vector_size (LANES * sizeof (float)), aligned (4)));
#define FAR 1e15f /* of what fills the last lanes up: its pull is nothing */

typedef struct {
  gsize n, padded;
  float *at[2];     /* [padded] */
  double *moves[2]; /* [n] */
  double *gains[2];
  double *pulls[2]; /* of repulsion, before the norm is known */
  TelarAffinities near;
} Descent;

static void
descent_init (Descent *t, gsize n)
{
  t->n = n;
  t->padded = (n + LANES - 1) / LANES * LANES;
  for (guint axis = 0; axis < 2; axis++) {
    t->at[axis] = g_new (float, t->padded);
    for (gsize i = 0; i < t->padded; i++)
      t->at[axis][i] = FAR;
    t->moves[axis] = g_new0 (double, n);
    t->pulls[axis] = g_new (double, n);
    t->gains[axis] = g_new (double, n);
    for (gsize i = 0; i < n; i++)
      t->gains[axis][i] = 1;
  }
}

static void
descent_clear (Descent *t)
{
  for (guint axis = 0; axis < 2; axis++) {
    g_free (t->at[axis]);
    g_free (t->moves[axis]);
    g_free (t->pulls[axis]);
    g_free (t->gains[axis]);
  }
  telar_affinities_clear (&t->near);
}

static double
sum_of (const Lanes *lanes)
{
  double sum = 0;

  for (guint i = 0; i < LANES; i++)
    sum += (double)(*lanes)[i];
  return sum;
}

/* All others' repulsion of point @i; the sum of 1 / (1 + distance²) over them. */
static double
repel (const Descent *t, gsize i)
{
  Lanes sum = { 0 }, x = { 0 }, y = { 0 };

  for (gsize k = 0; k < t->padded; k += LANES) {
    Lanes dx = t->at[0][i] - *(const Lanes *)(const void *)(t->at[0] + k);
    Lanes dy = t->at[1][i] - *(const Lanes *)(const void *)(t->at[1] + k);
    Lanes q = 1 / (1 + dx * dx + dy * dy);

    sum += q;
    x += q * q * dx;
    y += q * q * dy;
  }
  t->pulls[0][i] = sum_of (&x);
  t->pulls[1][i] = sum_of (&y);
  return sum_of (&sum) - 1;
}

static double
repel_all (const Descent *t)
{
  double norm = 0;

  for (gsize i = 0; i < t->n; i++)
    norm += repel (t, i);
  return norm;
}

static double
closeness (const Descent *t, guint i, guint k)
{
  double dx = t->at[0][i] - t->at[0][k], dy = t->at[1][i] - t->at[1][k];

  return 1 / (1 + dx * dx + dy * dy);
}

/* @pull becomes the attraction of point @i by its neighbours. */
static void
attract (const Descent *t, guint i, double pull[2])
{
  pull[0] = pull[1] = 0;
  for (guint k = t->near.first[i]; k < t->near.first[i + 1]; k++) {
    guint other = t->near.other[k];
    double pq = t->near.p[k] * closeness (t, i, other);

    pull[0] += pq * (t->at[0][i] - t->at[0][other]);
    pull[1] += pq * (t->at[1][i] - t->at[1][other]);
  }
}

/* Gains grow while a coordinate keeps its direction (Jacobs, "Increased rates of convergence
 * through learning rate adaptation", Neural Networks 1, 1988). */
static void
move (Descent *t, guint axis, gsize i, double gradient, double momentum, double rate)
{
  double *gain = &t->gains[axis][i], *last = &t->moves[axis][i];

  *gain = MAX (*last * gradient < 0 ? *gain + 0.2 : *gain * 0.8, 0.01);
  *last = momentum * *last - rate * *gain * gradient;
}

static void
descend (Descent *t, guint iteration)
{
  gboolean early = iteration < EXAGGERATED;
  double factor = early ? EXAGGERATION : 1, momentum = early ? 0.5 : 0.8;
  double rate = MAX ((double)t->n / EXAGGERATION / 4, 50), norm = repel_all (t), pull[2];

  for (guint i = 0; i < t->n; i++) {
    attract (t, i, pull);
    for (guint axis = 0; axis < 2; axis++)
      move (t, axis, i, 4 * (factor * pull[axis] - t->pulls[axis][i] / norm), momentum, rate);
  }
  for (guint axis = 0; axis < 2; axis++)
    for (gsize i = 0; i < t->n; i++)
      t->at[axis][i] += (float)t->moves[axis][i];
}

static double
divergence_of (const Descent *t)
{
  double norm = repel_all (t), sum = 0;

  for (guint i = 0; i < t->n; i++)
    for (guint k = t->near.first[i]; k < t->near.first[i + 1]; k++)
      if (t->near.p[k] > 0)
        sum += t->near.p[k] * log (t->near.p[k] * norm / closeness (t, i, t->near.other[k]));
  return sum;
}

/* --- before and after -------------------------------------------------------------------- */

static void
begin (Descent *t, const TelarPca *pca, guint64 seed)
{
  double spread = sqrt (pca->variances[0]);
  TelarRandom random = { .seed = seed, .stream = telar_random_stream ("t-sne") };

  for (gsize i = 0; i < t->n; i++)
    for (guint axis = 0; axis < 2; axis++) {
      double score = axis < pca->k && spread > 0 ? pca->scores[i * pca->k + axis] / spread : 0;
      double off = JITTER * telar_random_normal (&random, 2 * i + axis);
      t->at[axis][i] = (float)(FIRST_SPREAD * (score + off));
    }
}

static gboolean
run (Descent *t, const TelarCloudRows *rows, const TelarTsneOptions *options, GError **error)
{
  guint iterations = options->iterations ? options->iterations : ITERATIONS;
  gboolean going = telar_affinities_init (&t->near, rows, options->perplexity, AFFINITY_PART);

  for (guint i = 0; i < iterations && going; i++) {
    descend (t, i);
    if (rows->progress != NULL)
      going =
          rows->progress (AFFINITY_PART + (1 - AFFINITY_PART) * (i + 1) / iterations, rows->data);
  }
  if (!going)
    telar_set_error (error, TELAR_ERROR_INTERRUPTED, NULL, "the projection was ended");
  return going;
}

static gboolean
check (const TelarCloudRows *rows, const TelarTsneOptions *options, GError **error)
{
  double most = rows->n > 0 ? (double)(rows->n - 1) / 3 : 0;

  if (rows->n > TELAR_TSNE_MOST_ROWS)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "t-SNE takes at most %d rows",
                     TELAR_TSNE_MOST_ROWS);
  else if (!(options->perplexity >= 1 && options->perplexity <= most))
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "of %" G_GSIZE_FORMAT " rows the perplexity is from 1 to %g, a third of the "
                     "others",
                     rows->n, floor (most));
  else
    return TRUE;
  return FALSE;
}

gboolean
telar_tsne (const TelarCloudRows *rows, const TelarTsneOptions *options, double *points,
            double *divergence, GError **error)
{
  g_auto (TelarPca) pca = { 0 };
  g_autofree float *reduced = NULL;
  TelarCloudRows narrow = *rows;
  Descent t = { 0 };
  gboolean wide = rows->d > MOST_WIDE;

  if (!check (rows, options, error) || !telar_pca (rows, wide ? REDUCED : 2, &pca, error))
    return FALSE;
  if (wide) {
    reduced = g_new (float, rows->n *pca.k);
    for (gsize i = 0; i < rows->n * pca.k; i++)
      reduced[i] = (float)pca.scores[i];
    narrow.values = reduced;
    narrow.d = pca.k;
  }
  descent_init (&t, rows->n);
  begin (&t, &pca, options->seed);
  gboolean ok = run (&t, &narrow, options, error);
  for (gsize i = 0; ok && i < 2 * rows->n; i++)
    points[i] = t.at[i % 2][i / 2];
  if (ok && divergence != NULL)
    *divergence = divergence_of (&t);
  descent_clear (&t);
  return ok;
}
