/* How much a setting has to do with a result, over the runs of a search. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Spearman's rank correlation of @x and @y (Spearman, "The proof and measurement of association
 * between two things", American Journal of Psychology 15, 1904): Pearson's correlation of their
 * ranks, equal values having the mean of theirs. -1 to 1; 0 where one of them does not vary. Pairs
 * with a NaN are left out; NaN with fewer than three pairs. */
double telar_rank_correlation (const double *x, const double *y, guint n);

/* The same for a setting that is a word: the correlation ratio of the ranks of @y between the
 * groups of equal @words, eta = sqrt (between / total sum of squares), whose square times n - 1 is
 * the statistic of Kruskal and Wallis ("Use of ranks in one-criterion variance analysis", Journal
 * of the American Statistical Association 47, 1952). 0 to 1. A word may be NULL: none. */
double telar_rank_ratio (const char *const *words, const double *y, guint n);

G_END_DECLS
