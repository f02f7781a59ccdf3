/* How good the probabilities of a classifier are: precision over recall, receiver operating
 * characteristic (ROC), and calibration, of each class against the others and of all pairs of a row
 * and a class together (the micro average). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is kept of a pass. Of more probabilities every second row goes, again and again, so that
 * those that stay are spread evenly over the pass; 20 MiB. */
#define TELAR_JUDGED_MOST         (1u << 22)
#define TELAR_JUDGED_MOST_CLASSES 64 /* that have curves of their own */
#define TELAR_JUDGED_MOST_POINTS  1000
#define TELAR_JUDGED_BINS         10 /* of a calibration: equally wide, the lower edge is outside */

typedef struct {
  guint classes;
  /*< private >*/
  gboolean exclusive;   /* of each row one class is right, else any number of them */
  guint64 seen, stride; /* rows of the pass; every so many are kept */
  GArray *chances;      /* float, [rows, classes] */
  GByteArray *right;    /* the same: 1 where the class is right */
} TelarJudgedScores;

/* For @classes of which one is right (@exclusive), or each is right or not. */
TelarJudgedScores *telar_judged_scores_new (guint classes, gboolean exclusive);
void telar_judged_scores_free (TelarJudgedScores *scores);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarJudgedScores, telar_judged_scores_free)
void telar_judged_scores_clear (TelarJudgedScores *scores);
/* Of a row the probability of each class, 0 to 1, and whether it is right. Rows with a probability
 * that is none are left out. */
void telar_judged_scores_add (TelarJudgedScores *scores, const double *chances,
                              const guint8 *right);

typedef enum {
  /* x recall, y precision, by rising threshold, ended by recall 0 with precision 1; its area is the
   * average precision, sum (r[i] - r[i + 1]) p[i]. */
  TELAR_JUDGED_PRECISION_RECALL,
  /* x share of false positives, y of true ones, by falling threshold, from (0, 0); its area is that
   * under the line (Fawcett: "An introduction to ROC analysis", 2006). */
  TELAR_JUDGED_ROC,
  /* x mean probability of a bin, y the share that is right in it, of bins that are not empty; its
   * area is the expected calibration error, sum n[b] / n |y[b] - x[b]| (Naeini et al.: "Obtaining
   * well calibrated probabilities using Bayesian binning", 2015). */
  TELAR_JUDGED_CALIBRATION,
  TELAR_N_JUDGED
} TelarJudgedKind;

/* "precision_recall", "roc", "calibration" */
const char *telar_judged_kind_name (TelarJudgedKind kind);

typedef struct {
  TelarJudgedKind kind;
  /* "0", "1", …: a class; "micro": all together; "answers": of a calibration, the probability of
   * the answer alone (Guo et al.: "On calibration of modern neural networks", 2017). */
  char *name;
  guint n;
  double *x, *y;
  double *counts; /* of precision over recall: n each of true positives, false positives, true
                   * negatives and false negatives; else NULL */
  double area;    /* of all points, also where fewer are kept */
} TelarJudgedCurve;

void telar_judged_curve_free (gpointer curve);

/* Of all that was added; those of which nothing can be said (of a class without positives, or
 * without negatives) are left out. GPtrArray of TelarJudgedCurve *, owned. */
GPtrArray *telar_judged_curves (const TelarJudgedScores *scores);

G_END_DECLS
