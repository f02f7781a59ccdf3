/* Reads curves with a connection of its own. */
#include "app/compare/curve-loader.h"

#include "insight/cut.h"

#define COLUMNS 1500

typedef struct {
  char *workspace, *along;
  GRegex *tags;
  GArray *runs;
  guint most_tags;
  gint64 from, to;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->workspace);
  g_free (job->along);
  g_clear_pointer (&job->tags, g_regex_unref);
  g_array_unref (job->runs);
  g_free (job);
}

static void
curve_free (gpointer data)
{
  TelarLoadedCurve *curve = data;

  g_free (curve->tag);
  g_array_unref (curve->points);
  g_clear_pointer (&curve->low, g_array_unref);
  g_clear_pointer (&curve->high, g_array_unref);
  g_free (curve);
}

static TelarLoadedCurve *
read_curve (TelarStore *store, const Job *job, gint64 run, const char *tag, GError **error)
{
  TelarStretch stretch = { run, tag, job->from, job->to };
  g_autoptr (TelarCut) cut = telar_cut_read (store, &stretch, COLUMNS, error);

  if (cut == NULL)
    return NULL;
  TelarLoadedCurve *curve = g_new0 (TelarLoadedCurve, 1);
  curve->run = run;
  curve->tag = g_strdup (tag);
  curve->points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  curve->low = g_array_new (FALSE, FALSE, sizeof (double));
  curve->high = g_array_new (FALSE, FALSE, sizeof (double));
  telar_cut_points (cut, curve->points, curve->low, curve->high);
  if (cut->whole) {
    g_clear_pointer (&curve->low, g_array_unref);
    g_clear_pointer (&curve->high, g_array_unref);
  }
  if (cut->columns->len > 0) {
    const TelarStepColumn *first = &g_array_index (cut->columns, TelarStepColumn, 0);
    const TelarStepColumn *last =
        &g_array_index (cut->columns, TelarStepColumn, cut->columns->len - 1);
    curve->first = (TelarPoint){ first->first_step, first->first_time, 0 };
    curve->last = (TelarPoint){ last->last_step, last->last_time, 0 };
  }
  return curve;
}

static gboolean
read_run (TelarStore *store, const Job *job, gint64 run, GPtrArray *curves, GError **error)
{
  g_autoptr (GPtrArray) tags = telar_store_tags (store, run, error);
  guint taken = 0;

  if (tags == NULL)
    return FALSE;
  for (guint i = 0; i < tags->len; i++) {
    const TelarTag *tag = g_ptr_array_index (tags, i);
    gboolean fits = taken < job->most_tags &&
                    (job->tags == NULL || g_regex_match (job->tags, tag->name, 0, NULL));
    taken += fits;
    if (!fits && g_strcmp0 (tag->name, job->along) != 0)
      continue;
    TelarLoadedCurve *curve = read_curve (store, job, run, tag->name, error);
    if (curve == NULL)
      return FALSE;
    g_ptr_array_add (curves, curve);
  }
  return TRUE;
}

static void
load (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  g_autoptr (GPtrArray) curves = g_ptr_array_new_with_free_func (curve_free);
  GError *error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (job->workspace, FALSE, &error);

  for (guint i = 0; error == NULL && i < job->runs->len; i++) {
    if (g_task_return_error_if_cancelled (task))
      return;
    read_run (store, job, g_array_index (job->runs, gint64, i), curves, &error);
  }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&curves),
                           (GDestroyNotify)(void (*) (void))g_ptr_array_unref);
}

void
telar_curves_load (GObject *source, const TelarCurveWish *wish, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, data);
  Job *job = g_new0 (Job, 1);
  GError *error = NULL;

  job->workspace = g_strdup (wish->workspace);
  job->along = g_strdup (wish->along);
  job->runs = g_array_copy ((GArray *)wish->runs);
  job->most_tags = wish->most_tags;
  job->from = wish->from;
  job->to = wish->to;
  g_task_set_task_data (task, job, job_free);
  if (wish->tags != NULL && *wish->tags != '\0')
    job->tags = g_regex_new (wish->tags, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_run_in_thread (task, load);
}

GPtrArray *
telar_curves_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
