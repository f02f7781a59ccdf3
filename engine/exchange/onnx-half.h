/* Half precision: a program whose weights and products are float16. */
#pragma once

#include "engine/exchange/onnx-layers.h"

G_BEGIN_DECLS

#define ONNX_HALF_MAX   65504.0
#define ONNX_HALF_LEAST 0x1p-24 /* the smallest number above zero */

/* @program (simplified, without the instructions of @layers) with float16 where it had float32.
 * What is worked out of the inputs before their first product with weights stays float32: prices,
 * years and class numbers of the data would not fit. Inputs and results stay float32, unless @io.
 * Constants too large or too small for float16 become the nearest it has, never infinity or zero.
 * NULL with an error. */
TelarProgram *onnx_half (const TelarProgram *program, const GPtrArray *layers, gboolean io,
                         GError **error);

/* @tensor as @dtype, a new reference; NULL with the export's error where a number of the state
 * @name is too large for it. */
TelarTensor *onnx_half_state (OnnxExport *e, const char *origin, const char *name,
                              TelarTensor *tensor, TelarDType dtype);

G_END_DECLS
