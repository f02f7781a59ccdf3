/* Which axes a search has: settings that differ, ranked by what they have to do with the result. */
#include "insight/association.h"
#include "insight/run-axes.h"

#include <math.h>
#include <string.h>

typedef struct {
  char *key;
  double *numbers;
  const char **words; /* NULL: numbers */
  double strength;
} Candidate;

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->key);
  g_free (candidate->numbers);
  g_free (candidate->words);
  g_free (candidate);
}

static Candidate *
new_candidate (const TelarSearchRun *runs, guint n, const char *choice)
{
  Candidate *candidate = g_new0 (Candidate, 1);
  gboolean numeric = TRUE;

  candidate->key = g_strconcat ("choice:", choice, NULL);
  candidate->numbers = g_new (double, n);
  candidate->words = g_new (const char *, n);
  for (guint i = 0; i < n; i++) {
    candidate->words[i] = telar_choices_get (runs[i].choices, choice);
    candidate->numbers[i] = telar_choice_number (candidate->words[i]);
    numeric = numeric && (candidate->words[i] == NULL || !isnan (candidate->numbers[i]));
  }
  if (numeric)
    g_clear_pointer (&candidate->words, g_free);
  return candidate;
}

/* By name, so that equally strong ones stand the same way each time. */
static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *)a, *(const char *const *)b);
}

static int
compare_strengths (gconstpointer a, gconstpointer b)
{
  double one = fabs ((*(Candidate *const *)a)->strength);
  double other = fabs ((*(Candidate *const *)b)->strength);

  one = isnan (one) ? -1 : one;
  other = isnan (other) ? -1 : other;
  return one > other ? -1 : one < other;
}

/* Names of what at least two runs have chosen differently. */
static GPtrArray *
find_varying (const TelarSearchRun *runs, guint n)
{
  g_autoptr (GHashTable) first = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) differ = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *names = g_ptr_array_new ();
  gpointer name, value;
  GHashTableIter iter;

  for (guint i = 0; i < n; i++) {
    if (runs[i].choices == NULL)
      continue;
    g_hash_table_iter_init (&iter, runs[i].choices->values);
    while (g_hash_table_iter_next (&iter, &name, &value)) {
      const char *known = g_hash_table_lookup (first, name);
      if (known == NULL)
        g_hash_table_insert (first, name, value);
      else if (!g_str_equal (known, value) && g_hash_table_add (differ, name))
        g_ptr_array_add (names, name);
    }
  }
  g_ptr_array_sort (names, compare_names);
  return names;
}

static double *
metric_of (const TelarSearchRun *runs, guint n, const char *metric)
{
  double *values = g_new (double, MAX (n, 1));

  for (guint i = 0; i < n; i++) {
    const double *value = g_hash_table_lookup (runs[i].metrics, metric);
    values[i] = value != NULL ? *value : NAN;
  }
  return values;
}

static gboolean
are_whole (const double *values, guint n)
{
  for (guint i = 0; i < n; i++)
    if (isfinite (values[i]) && values[i] != floor (values[i]))
      return FALSE;
  return TRUE;
}

static char *
title_of (const TelarSearchWords *words, const char *key)
{
  return words->title != NULL ? words->title (key) : g_strdup (strchr (key, ':') + 1);
}

static void
add_candidate (TelarRunAxes *axes, const Candidate *candidate, const TelarSearchWords *words)
{
  g_autofree char *title = title_of (words, candidate->key);

  if (candidate->words != NULL)
    telar_run_axes_add_words (axes, candidate->key, title, candidate->words, candidate->strength);
  else
    telar_run_axes_add_numbers (axes, candidate->key, title,
                                are_whole (candidate->numbers, telar_run_axes_n_runs (axes))
                                    ? TELAR_UNIT_COUNT
                                    : TELAR_UNIT_NONE,
                                candidate->numbers, candidate->strength);
}

static guint
add_metric (TelarRunAxes *axes, const TelarSearchRun *runs, const char *metric,
            const TelarSearchWords *words)
{
  g_autofree double *values = metric_of (runs, telar_run_axes_n_runs (axes), metric);
  g_autofree char *key = g_strconcat ("last:", metric, NULL);
  g_autofree char *title = title_of (words, key);

  return telar_run_axes_add_numbers (
      axes, key, title, words->unit != NULL ? words->unit (key) : TELAR_UNIT_NONE, values, NAN);
}

static void
add_settings (TelarRunAxes *axes, const TelarSearchRun *runs, const char *result,
              const TelarSearchWords *words)
{
  guint n = telar_run_axes_n_runs (axes);
  g_autofree double *wanted = metric_of (runs, n, result);
  g_autoptr (GPtrArray) names = find_varying (runs, n);
  g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func (candidate_free);

  for (guint i = 0; i < names->len; i++) {
    Candidate *candidate = new_candidate (runs, n, names->pdata[i]);
    candidate->strength = candidate->words != NULL
                              ? telar_rank_ratio (candidate->words, wanted, n)
                              : telar_rank_correlation (candidate->numbers, wanted, n);
    g_ptr_array_add (candidates, candidate);
  }
  g_ptr_array_sort (candidates, compare_strengths);
  for (guint i = 0; i < candidates->len; i++)
    add_candidate (axes, candidates->pdata[i], words);
}

GPtrArray *
telar_search_metrics (const TelarSearchRun *runs, guint n)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *metrics = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer metric;

  for (guint i = 0; i < n; i++) {
    g_hash_table_iter_init (&iter, runs[i].metrics);
    while (g_hash_table_iter_next (&iter, &metric, NULL))
      if (g_hash_table_add (seen, metric))
        g_ptr_array_add (metrics, metric);
  }
  g_ptr_array_sort (metrics, compare_names);
  return metrics;
}

TelarRunAxes *
telar_run_axes_of_search (const TelarSearchRun *runs, guint n, const char *result,
                          const TelarSearchWords *words)
{
  g_autofree const char **names = g_new0 (const char *, n + 1);
  g_autoptr (GPtrArray) metrics = telar_search_metrics (runs, n);

  for (guint i = 0; i < n; i++)
    names[i] = runs[i].name;
  TelarRunAxes *axes = telar_run_axes_new (names, n);
  add_settings (axes, runs, result, words);
  telar_run_axes_set_color (axes, add_metric (axes, runs, result, words));
  for (guint i = 0; i < metrics->len; i++)
    if (!g_str_equal (metrics->pdata[i], result))
      add_metric (axes, runs, metrics->pdata[i], words);
  return axes;
}

GArray *
telar_run_axes_choose (const TelarRunAxes *axes, guint most_settings)
{
  GArray *shown = g_array_new (FALSE, FALSE, sizeof (guint));
  int color = telar_run_axes_color (axes);

  for (guint i = 0; color >= 0 && i < MIN ((guint)color, most_settings); i++)
    g_array_append_val (shown, i);
  guint result = (guint)color;
  if (color >= 0)
    g_array_append_val (shown, result);
  return shown;
}
