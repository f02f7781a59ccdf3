/* The numbers of a model in a file of their own beside it: ONNX's external data. */
#pragma once

#include "engine/checkpoint.h"
#include "engine/exchange/onnx-model.h"

G_BEGIN_DECLS

/* Takes the numbers of larger initialisers out of @model, which then says that they stand in the
 * file @location beside it. Where they stand there, on the borders of pages as ONNX advises, is the
 * result: GArray of TelarFilePart, whose data the model owns. */
GArray *onnx_external_move (OnnxModel *model, const char *location);

G_END_DECLS
