/* Points of many dimensions in two or three: what an embedding projector computes. Plain functions
 * of numbers; nothing here knows runs or wires. Both take rows [n, d], one after another, and give
 * the same bits for the same numbers and seed. Not finite numbers are refused with
 * TELAR_ERROR_INVALID, a call that was ended ends with TELAR_ERROR_INTERRUPTED. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/* @share of the work is done, 0 to 1. FALSE: end it. Called on the caller's thread. */
typedef gboolean (*TelarProjectionFunc) (double share, gpointer data);

typedef struct {
  const float *values; /* [n, d] */
  gsize n, d;
  TelarProjectionFunc progress; /* may be NULL */
  gpointer data;
} TelarCloudRows;

typedef struct {
  guint k;           /* components: as asked for, at most n and d */
  double *scores;    /* [n, k], rows projected on the components, centred */
  double *variances; /* [k], descending, divided by n - 1 */
  double total;      /* the variance of all dimensions together */
} TelarPca;

/* Principal components (Pearson, "On lines and planes of closest fit to systems of points in
 * space", Philosophical Magazine 2, 1901). The covariance is never made: its largest eigenvectors
 * come from Lanczos' iteration ("An iteration method for the solution of the eigenvalue problem",
 * Journal of Research of the National Bureau of Standards 45, 1950), every vector orthogonalised
 * against all others, until the residual is a 10^-12th of the largest eigenvalue. A component
 * points to where its largest entry is positive. */
gboolean telar_pca (const TelarCloudRows *rows, guint k, TelarPca *pca, GError **error);
void telar_pca_clear (TelarPca *pca);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarPca, telar_pca_clear)

#define TELAR_TSNE_MOST_ROWS 10000

typedef struct {
  double
      perplexity;   /* how many neighbours a row has, in effect; more than 0, at most (n - 1) / 3 */
  guint iterations; /* 0: 1000 */
  guint64 seed;
} TelarTsneOptions;

/* t-SNE (van der Maaten, Hinton: "Visualizing data using t-SNE", JMLR 9, 2008) in two dimensions:
 * attraction along the 3 · perplexity nearest neighbours (van der Maaten, "Accelerating t-SNE using
 * tree-based algorithms", JMLR 15, 2014), repulsion exact between all pairs. It begins with the
 * first two principal components and, as scikit-learn does, exaggerates twelvefold for 250
 * iterations, with a learning rate of n / 48, at least 50 (Belkina et al., Nature Communications
 * 10, 2019). Rows of more than 128 dimensions are first reduced to 50 by PCA. @points is [n, 2],
 * the caller's; @divergence (may be NULL) is Kullback and Leibler's at the end. */
gboolean telar_tsne (const TelarCloudRows *rows, const TelarTsneOptions *options, double *points,
                     double *divergence, GError **error);

G_END_DECLS
