/* Nearest neighbours by comparing all pairs, and the width of the bell over those of each row. */
#include "insight/neighbours.h"

#include <math.h>
#include <string.h>

#define MOST_HALVINGS 100
#define ENTROPY_NEAR  1e-5

typedef struct {
  float distance; /* squared */
  guint row;
} Near;

static float
distance (const float *a, const float *b, gsize d)
{
  float sum[8] = { 0 };
  gsize i = 0;

  for (; i + 8 <= d; i += 8)
    for (gsize lane = 0; lane < 8; lane++) {
      float off = a[i + lane] - b[i + lane];
      sum[lane] += off * off;
    }
  for (; i < d; i++)
    sum[0] += (a[i] - b[i]) * (a[i] - b[i]);
  return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

/* Puts @near into its place in a heap whose largest is on top, from the top down. */
static void
sink (Near *heap, guint n, Near near)
{
  guint at = 0;

  for (guint child = 1; child < n; child = 2 * at + 1) {
    if (child + 1 < n && heap[child + 1].distance > heap[child].distance)
      child++;
    if (near.distance >= heap[child].distance)
      break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = near;
}

/* The @k nearest of row @row, in no order. */
static void
find_nearest (const TelarCloudRows *rows, gsize row, Near *heap, guint k)
{
  for (guint i = 0; i < k; i++)
    heap[i] = (Near){ INFINITY, 0 };
  for (gsize i = 0; i < rows->n; i++) {
    if (i == row)
      continue;
    float d = distance (rows->values + row * rows->d, rows->values + i * rows->d, rows->d);
    if (d < heap[0].distance)
      sink (heap, k, (Near){ d, (guint)i });
  }
}

/* Chances exp (-beta distance), normed, whose entropy is @wanted; bisection on beta. */
static void
weigh (const Near *near, guint k, double wanted, float *chances)
{
  double low = 0, high = INFINITY, beta = 1, nearest = INFINITY;

  for (guint i = 0; i < k; i++)
    nearest = MIN (nearest, near[i].distance);
  for (guint n = 0; n < MOST_HALVINGS; n++) {
    double sum = 0, mean = 0;

    for (guint i = 0; i < k; i++) {
      double off = near[i].distance - nearest, p = exp (-beta * off);
      sum += p;
      mean += p * off;
      chances[i] = (float)p;
    }
    for (guint i = 0; i < k; i++)
      chances[i] /= (float)sum;
    double off = log (sum) + beta * mean / sum - wanted;
    if (fabs (off) <= ENTROPY_NEAR)
      return;
    *(off > 0 ? &low : &high) = beta;
    beta = isinf (high) ? 2 * beta : (low + high) / 2;
  }
}

/* --- both ways --------------------------------------------------------------------------- */

typedef struct {
  guint n, k;
  guint *others;  /* [n, k] */
  float *chances; /* [n, k] */
} Chances;

/* Who has a row among its nearest: places in the chances, by row. */
static guint *
turn_round (const Chances *c, guint *first)
{
  guint *places = g_new (guint, (gsize)c->n * c->k);
  g_autofree guint *at = NULL;

  memset (first, 0, (c->n + 1) * sizeof *first);
  for (gsize i = 0; i < (gsize)c->n * c->k; i++)
    first[c->others[i] + 1]++;
  for (guint i = 0; i < c->n; i++)
    first[i + 1] += first[i];
  at = g_memdup2 (first, c->n * sizeof *at);
  for (guint i = 0; i < c->n * c->k; i++)
    places[at[c->others[i]]++] = i;
  return places;
}

/* Half the sum of both directions' chances, divided by n. */
static void
join (const Chances *c, TelarAffinities *a)
{
  g_autofree guint *first = g_new (guint, c->n + 1);
  g_autofree guint *places = turn_round (c, first);
  g_autofree float *row = g_new0 (float, c->n);
  guint at = 0;

  a->first = g_new (guint, c->n + 1);
  a->other = g_new (guint, 2 * (gsize)c->n * c->k);
  a->p = g_new (float, 2 * (gsize)c->n * c->k);
  for (guint i = 0; i < c->n; i++) {
    guint begin = at;

    a->first[i] = at;
    for (guint k = 0; k < c->k; k++) {
      a->other[at++] = c->others[i * c->k + k];
      row[c->others[i * c->k + k]] = c->chances[i * c->k + k];
    }
    for (guint k = first[i]; k < first[i + 1]; k++) {
      guint from = places[k] / c->k;
      gboolean there = FALSE;
      for (guint m = 0; m < c->k && !there; m++)
        there = c->others[i * c->k + m] == from;
      if (!there)
        a->other[at++] = from;
      row[from] += c->chances[places[k]];
    }
    for (guint k = begin; k < at; k++) {
      a->p[k] = row[a->other[k]] / (2 * (float)c->n);
      row[a->other[k]] = 0;
    }
  }
  a->first[c->n] = at;
}

gboolean
telar_affinities_init (TelarAffinities *affinities, const TelarCloudRows *rows, double perplexity,
                       double share)
{
  Chances c = { .n = (guint)rows->n, .k = (guint)MIN (rows->n - 1, (gsize)(3 * perplexity + 1)) };
  g_autofree Near *heap = g_new (Near, c.k);
  gboolean going = TRUE;

  c.others = g_new (guint, rows->n * c.k);
  c.chances = g_new (float, rows->n *c.k);
  for (guint i = 0; i < c.n && going; i++) {
    find_nearest (rows, i, heap, c.k);
    weigh (heap, c.k, log (perplexity), c.chances + (gsize)i * c.k);
    for (guint k = 0; k < c.k; k++)
      c.others[(gsize)i * c.k + k] = heap[k].row;
    if (i % 64 == 0 && rows->progress != NULL)
      going = rows->progress (share * i / c.n, rows->data);
  }
  if (going)
    join (&c, affinities);
  g_free (c.others);
  g_free (c.chances);
  return going;
}

void
telar_affinities_clear (TelarAffinities *affinities)
{
  g_clear_pointer (&affinities->first, g_free);
  g_clear_pointer (&affinities->other, g_free);
  g_clear_pointer (&affinities->p, g_free);
}
