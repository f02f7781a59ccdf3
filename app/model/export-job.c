/* Reading the model and writing the file take long: neither is done where windows are. */
#include "app/model/export-job.h"

#include "app/model/lineage.h"

static void
job_free (gpointer data)
{
  TelarExportJob *job = data;
  g_clear_pointer (&job->graph, telar_graph_free);
  g_free (job->workspace);
  g_free (job->run);
  g_free (job->project);
  g_free (job->file);
  g_free (job);
}

static gboolean
load (TelarExportJob *job, TelarModel *model, GError **error)
{
  return job->run != NULL
             ? telar_model_load (job->workspace, job->run, model, error)
             : telar_model_from_weights (g_steal_pointer (&job->graph), job->project, model, error);
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TelarExportJob *job = data;
  TelarExportCheck check = { 0 };
  g_auto (TelarModel) model = { 0 };
  GError *error = NULL;
  job->how.check = &check;
  if (load (job, &model, &error) && !g_task_return_error_if_cancelled (task) &&
      telar_model_export (&model, job->format, &job->how, job->file, &error) &&
      (job->run == NULL ||
       telar_record_export (job->workspace, &model, job->format, job->file, &error)))
    g_task_return_boolean (task, TRUE);
  else if (error != NULL)
    g_task_return_error (task, error);
}

void
telar_export_job_run (TelarExportJob *job, gpointer source, GCancellable *cancellable,
                      GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, NULL);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, work);
}

gboolean
telar_export_job_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
