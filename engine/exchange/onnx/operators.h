/* The families of ONNX operators, a file each; operators.c lists them. */
#pragma once

#include "engine/emit-sequence.h"
#include "engine/exchange/onnx/trace.h"

G_BEGIN_DECLS

extern const OnnxOperator onnx_operators_attention[];
extern const OnnxOperator onnx_operators_cast[];
extern const OnnxOperator onnx_operators_elementwise[];
extern const OnnxOperator onnx_operators_recurrence[];
extern const OnnxOperator onnx_operators_recurrent[];
extern const OnnxOperator onnx_operators_reduce[];
extern const OnnxOperator onnx_operators_losses[];
extern const OnnxOperator onnx_operators_index[];
extern const OnnxOperator onnx_operators_control[];
extern const OnnxOperator onnx_operators_sequence[];
extern const OnnxOperator onnx_operators_resize[];
extern const OnnxOperator onnx_operators_spatial[];
extern const OnnxOperator onnx_operators_boxes[];
extern const OnnxOperator onnx_operators_select[];
extern const OnnxOperator onnx_operators_quantize[];
extern const OnnxOperator onnx_operators_bits[];
extern const OnnxOperator onnx_operators_trigonometric[];
extern const OnnxOperator onnx_operators_einsum[];
extern const OnnxOperator onnx_operators_signal[];
extern const OnnxOperator onnx_operators_determinant[];
extern const OnnxOperator onnx_operators_dropout[];
extern const OnnxOperator onnx_operators_gradient[];
extern const OnnxOperator onnx_operators_random[];
extern const OnnxOperator onnx_operators_strings[];
extern const OnnxOperator onnx_operators_training[];
extern const OnnxOperator onnx_operators_geometry[];
extern const OnnxOperator onnx_operators_cumulate[];
extern const OnnxOperator onnx_operators_shape[];
extern const OnnxOperator onnx_operators_product[];

extern const OnnxOperator onnx_operators_deform[];
extern const OnnxOperator onnx_operators_flex_attention[];
extern const OnnxOperator onnx_operators_text[];

/* Of the domain ai.onnx.ml. */
extern const OnnxOperator onnx_operators_ml_features[];
extern const OnnxOperator onnx_operators_ml_labels[];
extern const OnnxOperator onnx_operators_ml_linear[];
extern const OnnxOperator onnx_operators_ml_vectors[];
extern const OnnxOperator onnx_operators_ml_trees[];
extern const OnnxOperator onnx_operators_ml_tree_ensemble[];

/* Equal of two tensors of strings. */
void onnx_equal_strings (OnnxCall *call);

/* What the attributes of an RNN, LSTM or GRU say; values stay empty. */
void onnx_recurrence_settings (OnnxCall *call, TelarOnnxRecurrence *recurrence);

/* The sizes that a Resize or Upsample gives each axis, and by what scale; a batch stays. */
gboolean onnx_resize_result (OnnxCall *call, gint64 *sizes, double *scales);

/* Cast where strings come in or go out. */
void onnx_cast_strings (OnnxCall *call, gboolean to_strings, TelarDType to);

G_END_DECLS
