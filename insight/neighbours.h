/* How near rows are to one another, as t-SNE sees it. */
#pragma once

#include "insight/projection.h"

G_BEGIN_DECLS

/* The joint probabilities of pairs, symmetric, by row: those of row i are from first[i] to
 * first[i + 1] - 1. Their sum is 1. */
typedef struct {
  guint *first; /* [n + 1] */
  guint *other;
  float *p;
} TelarAffinities;

/* Each row's chances of its 3 · @perplexity nearest have that perplexity. FALSE when it was ended;
 * progress goes from 0 to @share. */
gboolean telar_affinities_init (TelarAffinities *affinities, const TelarCloudRows *rows,
                                double perplexity, double share);
void telar_affinities_clear (TelarAffinities *affinities);

G_END_DECLS
