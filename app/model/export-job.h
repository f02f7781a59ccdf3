/* An export in a thread of its own. */
#pragma once

#include "app/model/export.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* All strings and the graph are the job's own. */
typedef struct {
  char *workspace;
  char *run;         /* NULL: the weights that the graph names */
  TelarGraph *graph; /* may be NULL where there is a run */
  char *project;     /* the name of the graph's project */
  const char *format;
  TelarExportOptions how; /* with a check that the job adds */
  char *file;
} TelarExportJob;

/* Takes the job. Cancelled, it ends before the next thing that takes long; what is being written is
 * written to its end. */
void telar_export_job_run (TelarExportJob *job, gpointer source, GCancellable *cancellable,
                           GAsyncReadyCallback callback);
gboolean telar_export_job_finish (GAsyncResult *result, GError **error);

G_END_DECLS
