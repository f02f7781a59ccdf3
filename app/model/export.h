/* A trained model as a file for other programs. */
#pragma once

#include "app/model/model.h"
#include "engine/exchange/export.h"

G_BEGIN_DECLS

/* "onnx", "safetensors", "pytorch", "keras", NULL. */
extern const char *const telar_export_formats[];
/* "py" of "pytorch". */
const char *telar_export_ending (const char *format);

/* Writes @model to @path in @format; as PyTorch or Keras a source file, its weights beside it as
 * safetensors. The shapes of its inputs are those of its data, which is read for them; with a check
 * in @how the written ONNX model is run beside the project, on the check's rows or, where it has
 * none, on rows of the data. Where the model comes from is filled in here. */
gboolean telar_model_export (const TelarModel *model, const char *format,
                             const TelarExportOptions *how, const char *path, GError **error);

G_END_DECLS
