/* The counts of a confusion matrix, and what follows from them. */
#include "insight/classes.h"
#include "insight/matrix-private.h"

#include <jansson.h>

#define MOST_CLASSES 4096

TelarMatrix *
telar_matrix_new (const char *title)
{
  TelarMatrix *matrix = g_new0 (TelarMatrix, 1);

  matrix->title = g_strdup (title);
  matrix->right_name = g_strdup ("");
  matrix->answer_name = g_strdup ("");
  return matrix;
}

void
telar_matrix_free (TelarMatrix *matrix)
{
  if (matrix == NULL)
    return;
  g_free (matrix->title);
  g_free (matrix->right_name);
  g_free (matrix->answer_name);
  g_strfreev (matrix->names);
  g_free (matrix->counts);
  g_free (matrix->sums);
  g_free (matrix);
}

const char *
telar_matrix_title (const TelarMatrix *matrix)
{
  return matrix->title;
}

/* --- counts ------------------------------------------------------------------------------ */

static gboolean
read_counts (const json_t *rows, guint n, double *counts)
{
  for (guint i = 0; i < n; i++) {
    const json_t *row = json_array_get (rows, i);
    if (json_array_size (row) != n)
      return FALSE;
    for (guint k = 0; k < n; k++) {
      const json_t *count = json_array_get (row, k);
      counts[i * n + k] = json_number_value (count);
      if (!json_is_number (count) || counts[i * n + k] < 0)
        return FALSE;
    }
  }
  return TRUE;
}

static void
take_counts (TelarMatrix *matrix, guint n, double *counts)
{
  g_free (matrix->counts);
  g_free (matrix->sums);
  matrix->n = n;
  matrix->counts = counts;
  matrix->sums = g_new0 (double, n);
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < n; k++)
      matrix->sums[i] += counts[i * n + k];
}

gboolean
telar_matrix_set_values (TelarMatrix *matrix, const char *values, GError **error)
{
  json_t *rows = json_loads (values, 0, NULL);
  gsize n = json_array_size (rows);
  double *counts = n > 0 && n <= MOST_CLASSES ? g_new (double, n *n) : NULL;

  if (counts != NULL && read_counts (rows, (guint)n, counts))
    take_counts (matrix, (guint)n, g_steal_pointer (&counts));
  else
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "a figure is no confusion matrix: it is not a square of counts");
  gboolean good = counts == NULL && n > 0 && n <= MOST_CLASSES;
  g_free (counts);
  json_decref (rows);
  return good;
}

guint
telar_matrix_n_classes (const TelarMatrix *matrix)
{
  return matrix->n;
}

double
telar_matrix_count (const TelarMatrix *matrix, guint right, guint answer)
{
  return matrix->counts[right * matrix->n + answer];
}

double
telar_matrix_share (const TelarMatrix *matrix, guint right, guint answer)
{
  double sum = matrix->sums[right];

  return sum > 0 ? telar_matrix_count (matrix, right, answer) / sum : 0;
}

double
telar_matrix_accuracy (const TelarMatrix *matrix)
{
  double right = 0, all = 0;

  for (guint i = 0; i < matrix->n; i++) {
    right += telar_matrix_count (matrix, i, i);
    all += matrix->sums[i];
  }
  return all > 0 ? right / all : 0;
}

/* --- words ------------------------------------------------------------------------------- */

void
telar_matrix_set_names (TelarMatrix *matrix, const char *const *names)
{
  g_strfreev (matrix->names);
  matrix->names = g_strdupv ((char **)names);
}

void
telar_matrix_set_axes (TelarMatrix *matrix, const char *right, const char *answer)
{
  g_free (matrix->right_name);
  g_free (matrix->answer_name);
  matrix->right_name = g_strdup (right);
  matrix->answer_name = g_strdup (answer);
}

char *
telar_matrix_class (const TelarMatrix *matrix, guint index)
{
  return telar_classes_name (matrix->names, index);
}

gboolean
telar_matrix_cell_at (const TelarMatrix *matrix, double x, double y, guint *right, guint *answer)
{
  double column = (x - matrix->x) / matrix->cell_width;
  double row = (y - matrix->y) / matrix->cell_height;

  if (matrix->cell_height <= 0 || column < 0 || row < 0 || column >= matrix->n || row >= matrix->n)
    return FALSE;
  *right = (guint)row;
  *answer = (guint)column;
  return TRUE;
}
