/* What is told to the run store of a run's data and of the models written from it. */
#pragma once

#include "app/model/model.h"

G_BEGIN_DECLS

/* The files of @graph's data, whose hashes it has, as those of the run @run. */
gboolean telar_record_sources (const char *workspace, const char *run, const TelarGraph *graph,
                               GError **error);
/* That @model, where it is a run of @workspace, was written to @path. Of another model nothing is
 * told. */
gboolean telar_record_export (const char *workspace, const TelarModel *model, const char *format,
                              const char *path, GError **error);

G_END_DECLS
