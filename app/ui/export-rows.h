/* The rows of the export dialog that say how an ONNX model is written. */
#pragma once

#include "engine/exchange/export.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct {
  GtkWidget *group; /* holds the others */
  GtkWidget *opset, *batch, *n_rows, *numbers, *beside, *bare;
} TelarExportRows;

void telar_export_rows_init (TelarExportRows *rows);
/* Fills in the settings that the rows show. */
void telar_export_rows_read (const TelarExportRows *rows, TelarExportOptions *how);

/* A row to choose one of @texts, NULL-terminated. */
GtkWidget *telar_combo_row (const char *title, const char *const *texts);

G_END_DECLS
