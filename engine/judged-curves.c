/* Curves of probabilities. Those that are equal have one threshold, and so one point. */
#include "engine/judged.h"

#include <math.h>
#include <string.h>

/* A probability, and whether what it is of is right. */
typedef struct {
  float chance;
  guint8 right;
} Score;

static const char *const kind_names[] = {
  [TELAR_JUDGED_PRECISION_RECALL] = "precision_recall",
  [TELAR_JUDGED_ROC] = "roc",
  [TELAR_JUDGED_CALIBRATION] = "calibration",
};

const char *
telar_judged_kind_name (TelarJudgedKind kind)
{
  g_return_val_if_fail ((guint)kind < TELAR_N_JUDGED, NULL);
  return kind_names[kind];
}

void
telar_judged_curve_free (gpointer data)
{
  TelarJudgedCurve *curve = data;
  g_free (curve->name);
  g_free (curve->x);
  g_free (curve->y);
  g_free (curve->counts);
  g_free (curve);
}

static TelarJudgedCurve *
curve_new (TelarJudgedKind kind, const char *name, guint n)
{
  TelarJudgedCurve *curve = g_new0 (TelarJudgedCurve, 1);
  curve->kind = kind;
  curve->name = g_strdup (name);
  curve->n = n;
  curve->x = g_new0 (double, n + 1);
  curve->y = g_new0 (double, n + 1);
  return curve;
}

/* --- thresholds ------------------------------------------------------------------------------- */

/* What lies at or above each threshold, the highest first. */
typedef struct {
  guint n;
  double *hits, *alarms;       /* true and false positives */
  double positives, negatives; /* of all */
} Thresholds;

static int
compare_scores (gconstpointer a, gconstpointer b)
{
  float x = ((const Score *)a)->chance, y = ((const Score *)b)->chance;
  return x < y ? 1 : x > y ? -1 : 0;
}

static Thresholds
count_thresholds (GArray *scores)
{
  Thresholds t = { 0, g_new (double, scores->len + 1), g_new (double, scores->len + 1), 0, 0 };
  const Score *all = (const Score *)(const void *)scores->data;
  g_array_sort (scores, compare_scores);
  for (guint i = 0; i < scores->len; i++) {
    t.positives += all[i].right;
    t.negatives += !all[i].right;
    if (i + 1 < scores->len && all[i + 1].chance == all[i].chance)
      continue;
    t.hits[t.n] = t.positives;
    t.alarms[t.n++] = t.negatives;
  }
  return t;
}

static void
clear_thresholds (Thresholds *t)
{
  g_free (t->hits);
  g_free (t->alarms);
}

/* --- fewer points ----------------------------------------------------------------------------- */

/* Chooses points so that none between two of them lies further from the first than @reach; how many
 * there are. Both ends are among them. */
static guint
choose (const TelarJudgedCurve *curve, double reach, guint *chosen)
{
  guint n = 0, last = 0;
  chosen[n++] = 0;
  for (guint i = 1; i < curve->n; i++)
    if (i + 1 == curve->n || fabs (curve->x[i] - curve->x[last]) > reach ||
        fabs (curve->y[i] - curve->y[last]) > reach)
      chosen[n++] = last = i;
  return n;
}

static void
reduce (TelarJudgedCurve *curve)
{
  if (curve->n <= TELAR_JUDGED_MOST_POINTS)
    return;
  g_autofree guint *chosen = g_new (guint, curve->n);
  double reach = 1.0 / TELAR_JUDGED_MOST_POINTS;
  guint n = choose (curve, reach, chosen), columns = curve->counts ? 4 : 0;
  for (; n > TELAR_JUDGED_MOST_POINTS; n = choose (curve, reach, chosen))
    reach *= 1.5;
  for (guint i = 0; i < n; i++) {
    curve->x[i] = curve->x[chosen[i]];
    curve->y[i] = curve->y[chosen[i]];
  }
  for (guint c = 0; c < columns; c++)
    for (guint i = 0; i < n; i++)
      curve->counts[c * n + i] = curve->counts[c * curve->n + chosen[i]];
  curve->n = n;
}

/* --- each kind -------------------------------------------------------------------------------- */

static TelarJudgedCurve *
make_precision_recall (const Thresholds *t, const char *name)
{
  guint n = t->n + 1;
  TelarJudgedCurve *curve = curve_new (TELAR_JUDGED_PRECISION_RECALL, name, n);
  curve->counts = g_new0 (double, 4 * (gsize)n);
  for (guint i = 0; i < n; i++) {
    double hits = i < t->n ? t->hits[t->n - 1 - i] : 0;
    double alarms = i < t->n ? t->alarms[t->n - 1 - i] : 0;
    curve->x[i] = hits / t->positives;
    curve->y[i] = i < t->n ? hits / (hits + alarms) : 1;
    curve->counts[i] = hits;
    curve->counts[n + i] = alarms;
    curve->counts[2 * n + i] = t->negatives - alarms;
    curve->counts[3 * n + i] = t->positives - hits;
    if (i > 0)
      curve->area += (curve->x[i - 1] - curve->x[i]) * curve->y[i - 1];
  }
  reduce (curve);
  return curve;
}

/* A point on the line between its neighbours, the first of which is (0, 0), says nothing. */
static gboolean
is_corner (const Thresholds *t, guint i)
{
  if (i + 1 == t->n)
    return TRUE;
  double hits = i > 0 ? t->hits[i - 1] : 0, alarms = i > 0 ? t->alarms[i - 1] : 0;
  return (t->hits[i] - hits) * (t->alarms[i + 1] - t->alarms[i]) !=
         (t->hits[i + 1] - t->hits[i]) * (t->alarms[i] - alarms);
}

static TelarJudgedCurve *
make_roc (const Thresholds *t, const char *name)
{
  TelarJudgedCurve *curve = curve_new (TELAR_JUDGED_ROC, name, t->n + 1);
  guint n = 1; /* the first is (0, 0) */
  for (guint i = 0; i < t->n; i++) {
    if (!is_corner (t, i))
      continue;
    curve->x[n] = t->alarms[i] / t->negatives;
    curve->y[n] = t->hits[i] / t->positives;
    curve->area += (curve->x[n] - curve->x[n - 1]) * (curve->y[n] + curve->y[n - 1]) / 2;
    n++;
  }
  curve->n = n;
  reduce (curve);
  return curve;
}

/* In bin b are chances with b / BINS < chance <= (b + 1) / BINS; 0 is in the first. */
static guint
bin_of (double chance)
{
  guint bin = 0;
  while (bin + 1 < TELAR_JUDGED_BINS && chance > (bin + 1.0) / TELAR_JUDGED_BINS)
    bin++;
  return bin;
}

static TelarJudgedCurve *
make_calibration (const GArray *scores, const char *name)
{
  double count[TELAR_JUDGED_BINS] = { 0 }, chance[TELAR_JUDGED_BINS] = { 0 };
  double right[TELAR_JUDGED_BINS] = { 0 };
  TelarJudgedCurve *curve = curve_new (TELAR_JUDGED_CALIBRATION, name, TELAR_JUDGED_BINS);
  for (guint i = 0; i < scores->len; i++) {
    const Score *score = &g_array_index (scores, Score, i);
    guint bin = bin_of (score->chance);
    count[bin]++;
    chance[bin] += score->chance;
    right[bin] += score->right;
  }
  curve->n = 0;
  for (guint bin = 0; bin < TELAR_JUDGED_BINS; bin++) {
    if (count[bin] == 0)
      continue;
    curve->x[curve->n] = chance[bin] / count[bin];
    curve->y[curve->n] = right[bin] / count[bin];
    curve->area += fabs (curve->y[curve->n] - curve->x[curve->n]) * count[bin] / scores->len;
    curve->n++;
  }
  return curve;
}

static void
add_curves (GPtrArray *curves, GArray *scores, const char *name)
{
  Thresholds t = count_thresholds (scores);
  if (t.positives > 0)
    g_ptr_array_add (curves, make_precision_recall (&t, name));
  if (t.positives > 0 && t.negatives > 0)
    g_ptr_array_add (curves, make_roc (&t, name));
  if (scores->len > 0)
    g_ptr_array_add (curves, make_calibration (scores, name));
  clear_thresholds (&t);
}

/* --- of all classes --------------------------------------------------------------------------- */

static Score
score_at (const TelarJudgedScores *scores, guint row, guint class)
{
  gsize at = (gsize)row * scores->classes + class;
  return (Score){ ((const float *)(const void *)scores->chances->data)[at],
                  scores->right->data[at] };
}

/* Of one class, of all together where @class is beyond them. */
static GArray *
take_class (const TelarJudgedScores *scores, guint class)
{
  guint rows = scores->right->len / scores->classes;
  guint from = class < scores->classes ? class : 0;
  guint to = class < scores->classes ? class + 1 : scores->classes;
  GArray *taken = g_array_sized_new (FALSE, FALSE, sizeof (Score), rows * (to - from));
  for (guint row = 0; row < rows; row++)
    for (guint k = from; k < to; k++) {
      Score score = score_at (scores, row, k);
      g_array_append_val (taken, score);
    }
  return taken;
}

/* Of each row the class with the highest probability. */
static GArray *
take_answers (const TelarJudgedScores *scores)
{
  guint rows = scores->right->len / scores->classes;
  GArray *taken = g_array_sized_new (FALSE, FALSE, sizeof (Score), rows);
  for (guint row = 0; row < rows; row++) {
    Score best = score_at (scores, row, 0);
    for (guint k = 1; k < scores->classes; k++) {
      Score score = score_at (scores, row, k);
      if (score.chance > best.chance)
        best = score;
    }
    g_array_append_val (taken, best);
  }
  return taken;
}

GPtrArray *
telar_judged_curves (const TelarJudgedScores *scores)
{
  GPtrArray *curves = g_ptr_array_new_with_free_func (telar_judged_curve_free);
  guint classes = scores->classes <= TELAR_JUDGED_MOST_CLASSES ? scores->classes : 0;
  /* Of a single class it is yes that is asked for. */
  guint first = scores->classes == 1 ? 1 : 0;
  for (guint k = 0; k < classes; k++) {
    g_autoptr (GArray) taken = take_class (scores, k);
    g_autofree char *name = g_strdup_printf ("%u", k + first);
    add_curves (curves, taken, name);
  }
  if (scores->classes > 1) {
    g_autoptr (GArray) all = take_class (scores, scores->classes);
    add_curves (curves, all, "micro");
  }
  if (scores->classes > 1 && scores->exclusive && scores->right->len > 0) {
    g_autoptr (GArray) answers = take_answers (scores);
    g_ptr_array_add (curves, make_calibration (answers, "answers"));
  }
  return curves;
}
