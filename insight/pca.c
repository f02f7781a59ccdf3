/* Principal components by Lanczos' iteration. */
#include "insight/projection.h"

#include "engine/random.h"
#include "insight/tridiagonal.h"

#include <math.h>
#include <string.h>

#define CONVERGED   1e-12
#define BROKEN_DOWN 1e-14
#define LOOK_EVERY  8 /* steps */

typedef struct {
  const TelarCloudRows *rows;
  gsize most;       /* no more vectors are independent */
  double *mean;     /* [d] */
  double *scores;   /* [n], of one vector */
  GPtrArray *basis; /* double [d], orthonormal */
  GArray *alpha, *beta;
  double total; /* trace of the covariance */
} Lanczos;

static double
dot (const double *a, const double *b, gsize n)
{
  double sum[4] = { 0 };
  gsize i = 0;

  for (; i + 4 <= n; i += 4)
    for (gsize lane = 0; lane < 4; lane++)
      sum[lane] += a[i + lane] * b[i + lane];
  for (; i < n; i++)
    sum[0] += a[i] * b[i];
  return sum[0] + sum[1] + sum[2] + sum[3];
}

static double
dot_row (const float *row, const double *v, gsize n)
{
  double sum[4] = { 0 };
  gsize i = 0;

  for (; i + 4 <= n; i += 4)
    for (gsize lane = 0; lane < 4; lane++)
      sum[lane] += row[i + lane] * v[i + lane];
  for (; i < n; i++)
    sum[0] += row[i] * v[i];
  return sum[0] + sum[1] + sum[2] + sum[3];
}

static void
add_scaled (double *to, const double *from, double factor, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] += factor * from[i];
}

/* The rows, centred, along @v. */
static void
project (const Lanczos *l, const double *v, double *scores)
{
  const TelarCloudRows *rows = l->rows;
  double middle = dot (l->mean, v, rows->d);

  for (gsize i = 0; i < rows->n; i++)
    scores[i] = dot_row (rows->values + i * rows->d, v, rows->d) - middle;
}

/* The covariance times @v. */
static void
apply (const Lanczos *l, const double *v, double *out)
{
  const TelarCloudRows *rows = l->rows;
  double sum = 0;

  project (l, v, l->scores);
  memset (out, 0, rows->d * sizeof *out);
  for (gsize i = 0; i < rows->n; i++) {
    const float *row = rows->values + i * rows->d;
    double score = l->scores[i];

    sum += score;
    for (gsize k = 0; k < rows->d; k++)
      out[k] += score * row[k];
  }
  for (gsize k = 0; k < rows->d; k++)
    out[k] = (out[k] - sum * l->mean[k]) / (double)(rows->n - 1);
}

/* Twice is enough (Parlett). */
static double
orthogonalise (const Lanczos *l, double *v)
{
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < l->basis->len; i++)
      add_scaled (v, l->basis->pdata[i], -dot (l->basis->pdata[i], v, l->rows->d), l->rows->d);
  return sqrt (dot (v, v, l->rows->d));
}

/* Adds @v / @length to the basis. */
static void
extend (Lanczos *l, const double *v, double length)
{
  double *unit = g_new (double, l->rows->d);

  for (gsize i = 0; i < l->rows->d; i++)
    unit[i] = v[i] / length;
  g_ptr_array_add (l->basis, unit);
}

/* A new direction, where the space that was found is closed. */
static void
extend_randomly (Lanczos *l, double *v)
{
  TelarRandom random = { .seed = l->basis->len, .stream = telar_random_stream ("pca") };

  for (gsize i = 0; i < l->rows->d; i++)
    v[i] = telar_random_normal (&random, i);
  extend (l, v, orthogonalise (l, v));
}

/* --- the components ---------------------------------------------------------------------- */

typedef struct {
  double *values, *vectors; /* [m], [m, m] by column */
  guint *order;             /* by falling eigenvalue */
  gsize m;
} Ritz;

static int
compare_values (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *values = data, x = values[*(const guint *)a], y = values[*(const guint *)b];

  return (x < y) - (x > y);
}

static void
ritz_init (Ritz *ritz, const Lanczos *l)
{
  gsize m = ritz->m = l->alpha->len;
  g_autofree double *beside = g_new (double, m);

  ritz->values = g_memdup2 (l->alpha->data, m * sizeof (double));
  ritz->vectors = g_new (double, m *m);
  memcpy (beside, l->beta->data, m * sizeof (double));
  telar_tridiagonal_solve (ritz->values, beside, ritz->vectors, m);
  ritz->order = g_new (guint, m);
  for (guint i = 0; i < m; i++)
    ritz->order[i] = i;
  g_qsort_with_data (ritz->order, (int)m, sizeof *ritz->order, compare_values, ritz->values);
}

static void
ritz_clear (Ritz *ritz)
{
  g_clear_pointer (&ritz->values, g_free);
  g_clear_pointer (&ritz->vectors, g_free);
  g_clear_pointer (&ritz->order, g_free);
}

/* The largest residual of the first @k, in parts of the largest eigenvalue. */
static double
residual (const Ritz *ritz, const Lanczos *l, guint k)
{
  double beta = g_array_index (l->beta, double, ritz->m - 1), worst = 0;

  for (guint i = 0; i < k; i++)
    worst = MAX (worst, fabs (beta * ritz->vectors[(ritz->m - 1) * ritz->m + ritz->order[i]]));
  return worst / MAX (ritz->values[ritz->order[0]], G_MINDOUBLE);
}

static void
take_component (const Lanczos *l, const Ritz *ritz, guint i, TelarPca *pca)
{
  gsize d = l->rows->d, largest = 0;
  g_autofree double *v = g_new0 (double, d);
  guint column = ritz->order[i];

  for (gsize k = 0; k < ritz->m; k++)
    add_scaled (v, l->basis->pdata[k], ritz->vectors[k * ritz->m + column], d);
  for (gsize k = 1; k < d; k++)
    largest = fabs (v[k]) > fabs (v[largest]) ? k : largest;
  project (l, v, l->scores);
  for (gsize row = 0; row < l->rows->n; row++)
    pca->scores[row * pca->k + i] = v[largest] < 0 ? -l->scores[row] : l->scores[row];
  pca->variances[i] = MAX (ritz->values[column], 0);
}

static void
take_components (const Lanczos *l, const Ritz *ritz, guint k, TelarPca *pca)
{
  pca->k = k;
  pca->total = l->total;
  pca->scores = g_new (double, l->rows->n *k);
  pca->variances = g_new (double, k);
  for (guint i = 0; i < k; i++)
    take_component (l, ritz, i, pca);
}

/* --- the iteration ----------------------------------------------------------------------- */

static void
step (Lanczos *l, double *work)
{
  const double *v = l->basis->pdata[l->basis->len - 1];

  apply (l, v, work);
  double alpha = dot (v, work, l->rows->d);
  double beta = orthogonalise (l, work);
  if (beta <= BROKEN_DOWN * l->total)
    beta = 0;
  g_array_append_val (l->alpha, alpha);
  g_array_append_val (l->beta, beta);
  if (l->basis->len == l->most)
    return;
  if (beta > 0)
    extend (l, work, beta);
  else
    extend_randomly (l, work);
}

static gboolean
told (const TelarCloudRows *rows, double share, GError **error)
{
  if (rows->progress == NULL || rows->progress (share, rows->data))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INTERRUPTED, NULL, "the projection was ended");
  return FALSE;
}

static gboolean
iterate (Lanczos *l, guint k, TelarPca *pca, GError **error)
{
  g_autofree double *work = g_new (double, l->rows->d);

  extend_randomly (l, work);
  for (gsize m = 1;; m++) {
    step (l, work);
    if (!told (l->rows, (double)m / (double)(m + 4 * k), error))
      return FALSE;
    gboolean last = m == l->most, closed = g_array_index (l->beta, double, m - 1) == 0;
    if (!last && (closed || m < k || m % LOOK_EVERY != 0))
      continue;
    Ritz ritz = { 0 };
    ritz_init (&ritz, l);
    gboolean done = last || residual (&ritz, l, k) <= CONVERGED;
    if (done)
      take_components (l, &ritz, k, pca);
    ritz_clear (&ritz);
    if (done)
      return TRUE;
  }
}

/* Mean and variance in one pass each. */
static gboolean
centre (Lanczos *l, GError **error)
{
  const TelarCloudRows *rows = l->rows;

  for (gsize i = 0; i < rows->n; i++)
    for (gsize k = 0; k < rows->d; k++)
      l->mean[k] += rows->values[i * rows->d + k] / (double)rows->n;
  for (gsize i = 0; i < rows->n; i++)
    for (gsize k = 0; k < rows->d; k++) {
      double off = rows->values[i * rows->d + k] - l->mean[k];
      l->total += off * off / (double)(rows->n - 1);
    }
  if (!isfinite (l->total))
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "there are numbers that are not finite among those to be projected");
  return isfinite (l->total);
}

gboolean
telar_pca (const TelarCloudRows *rows, guint k, TelarPca *pca, GError **error)
{
  if (rows->n < 2 || rows->d == 0 || k == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "a projection needs two rows at least");
    return FALSE;
  }
  Lanczos l = { .rows = rows, .most = MIN (rows->n, rows->d) };
  l.mean = g_new0 (double, rows->d);
  l.scores = g_new (double, rows->n);
  l.basis = g_ptr_array_new_with_free_func (g_free);
  l.alpha = g_array_new (FALSE, FALSE, sizeof (double));
  l.beta = g_array_new (FALSE, FALSE, sizeof (double));
  gboolean ok = centre (&l, error) && iterate (&l, (guint)MIN (k, l.most), pca, error);
  g_array_unref (l.alpha);
  g_array_unref (l.beta);
  g_ptr_array_unref (l.basis);
  g_free (l.scores);
  g_free (l.mean);
  return ok;
}

void
telar_pca_clear (TelarPca *pca)
{
  g_clear_pointer (&pca->scores, g_free);
  g_clear_pointer (&pca->variances, g_free);
}
