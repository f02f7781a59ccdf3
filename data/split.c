/* Splits rows into training and validation: by seed, by class and seed, or the last ones. */
#include "data/split.h"

#include "engine/random.h"
#include <math.h>

void
telar_split_rows_clear (TelarSplitRows *split)
{
  g_clear_pointer (&split->train, g_array_unref);
  g_clear_pointer (&split->validation, g_array_unref);
}

static gboolean
count_validation (const TelarSplitSpec *spec, gsize rows, gsize *count, GError **error)
{
  if (spec->validation >= (double)rows && spec->validation > 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "validation asks for %g rows, there are %" G_GSIZE_FORMAT
                     " and training needs some",
                     spec->validation, rows);
    return FALSE;
  }
  if (spec->validation >= 1 && floor (spec->validation) != spec->validation) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "validation is %g; below 1 it is a fraction, from 1 a whole number of rows",
                     spec->validation);
    return FALSE;
  }
  if (spec->validation >= 1)
    *count = (gsize)spec->validation;
  else if (spec->validation > 0)
    *count = CLAMP ((gsize)lround (spec->validation * (double)rows), 1, MAX (rows, 2) - 1);
  else
    *count = 0;
  return TRUE;
}

static TelarRandom
split_random (const TelarSplitSpec *spec)
{
  return (TelarRandom){ .seed = spec->seed, .stream = telar_random_stream ("split") };
}

/* How many of each class are kept: its share rounded down, then one more for those with the largest
 * remainders (the first class where they tie) until the sum is @count. */
static void
share_out (const gsize *sizes, gsize classes, gsize rows, gsize count, gsize *shares)
{
  gsize given = 0;
  g_autofree double *rest = g_new (double, classes);
  for (gsize c = 0; c < classes; c++) {
    double exact = (double)sizes[c] * (double)count / (double)rows;
    shares[c] = (gsize)floor (exact);
    rest[c] = exact - floor (exact);
    given += shares[c];
  }
  for (; given < count; given++) {
    gsize best = 0;
    for (gsize c = 1; c < classes; c++)
      if (rest[c] > rest[best])
        best = c;
    shares[best]++;
    rest[best] = -1;
  }
}

/* Marks the first rows of the permutation, class by class when stratified. */
static void
mark_random (const TelarSplitSpec *spec, gsize rows, const gint64 *labels, gsize count,
             guint8 *chosen)
{
  g_autofree guint32 *order = g_new (guint32, rows);
  TelarRandom random = split_random (spec);
  telar_random_permutation (&random, rows, order);
  if (spec->kind == TELAR_SPLIT_RANDOM) {
    for (gsize i = 0; i < count; i++)
      chosen[order[i]] = 1;
    return;
  }
  gsize classes = 1;
  for (gsize i = 0; i < rows; i++)
    classes = MAX (classes, (gsize)labels[i] + 1);
  g_autofree gsize *sizes = g_new0 (gsize, classes);
  g_autofree gsize *shares = g_new0 (gsize, classes);
  for (gsize i = 0; i < rows; i++)
    sizes[labels[i]]++;
  share_out (sizes, classes, rows, count, shares);
  for (gsize i = 0; i < rows; i++) {
    gsize *left = &shares[labels[order[i]]];
    if (*left > 0) {
      chosen[order[i]] = 1;
      (*left)--;
    }
  }
}

gboolean
telar_split_rows (const TelarSplitSpec *spec, gsize rows, const gint64 *labels,
                  TelarSplitRows *split, GError **error)
{
  gsize count = 0;
  if (rows == 0 || rows > G_MAXUINT32) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%" G_GSIZE_FORMAT " rows where 1 to 2^32 can be split", rows);
    return FALSE;
  }
  if (!count_validation (spec, rows, &count, error))
    return FALSE;
  g_autofree guint8 *chosen = g_new0 (guint8, rows);
  if (spec->kind == TELAR_SPLIT_LAST)
    for (gsize i = rows - count; i < rows; i++)
      chosen[i] = 1;
  else if (count > 0)
    mark_random (spec, rows, labels, count, chosen);
  split->train = g_array_new (FALSE, FALSE, sizeof (guint32));
  split->validation = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < rows; i++)
    g_array_append_val (chosen[i] ? split->validation : split->train, i);
  return TRUE;
}
