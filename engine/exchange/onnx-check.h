/* Whether a written model gives what the project gives. */
#pragma once

#include "engine/exchange/export.h"
#include "engine/exchange/onnx-prepared.h"
#include "engine/exchange/onnx.h"

G_BEGIN_DECLS

/* Runs @written and @inference on the rows of the options' check, or on random ones, and fills in
 * the check. FALSE with an error when a result differs by more than its type explains. @prepared:
 * what was left out of @written, or NULL. */
gboolean onnx_check (TelarOnnx *written, const TelarProgram *inference,
                     const OnnxPrepared *prepared, const TelarStates *states,
                     const TelarExportOptions *options, GError **error);

G_END_DECLS
