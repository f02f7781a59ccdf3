/* What can be exported: the runs of the workspace that have a checkpoint, and the weights that the
 * project itself names. */
#pragma once

#include "app/project/document.h"

G_BEGIN_DECLS

typedef struct {
  char *run;   /* NULL: the project's weights */
  char *label; /* "Best run: digits-cnn-2, 98.9 %" */
} TelarExportModel;

/* The latest and the best of the document's runs first, then its weights, then every run by name;
 * GPtrArray of TelarExportModel *, owned. Empty when nothing is trained. */
GPtrArray *telar_export_models (TelarDocument *document, const char *workspace);

G_END_DECLS
