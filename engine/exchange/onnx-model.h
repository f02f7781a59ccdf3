/* An ONNX model under construction: protobuf-c's messages, and the names and memory behind them.
 * Everything handed out lives as long as the model. */
#pragma once

#include "engine/tensor.h"
#include "onnx.pb-c.h"

G_BEGIN_DECLS

typedef struct OnnxModel OnnxModel;
typedef Onnx__NodeProto OnnxNode;

OnnxModel *onnx_model_new (const char *graph_name, int opset);
void onnx_model_free (OnnxModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OnnxModel, onnx_model_free)

/* A name that no value or node has yet: @base, "base_1", … */
const char *onnx_model_name (OnnxModel *model, const char *base);

/* Ties @memory, which g_free releases, to the model; returns it. */
gpointer onnx_model_keep (OnnxModel *model, gpointer memory);

/* ONNX's number of @dtype. */
int onnx_dtype (TelarDType dtype);

/* An initialiser; takes a reference to @tensor and returns its name. */
const char *onnx_model_tensor (OnnxModel *model, const char *base, TelarTensor *tensor);
/* The same for what is no state: "BASE.constant", so that nodes keep the plain names. */
const char *onnx_model_constant (OnnxModel *model, const char *base, TelarTensor *tensor);
/* Constants of shape [n] and []. */
const char *onnx_model_ints (OnnxModel *model, const char *base, const gint64 *values, guint n);
const char *onnx_model_scalar (OnnxModel *model, const char *base, TelarDType dtype, double value);

/* Onnx__TensorProto *, borrowed. */
const GPtrArray *onnx_model_initializers (const OnnxModel *model);

void onnx_model_input (OnnxModel *model, const char *name, const TelarType *type);
void onnx_model_output (OnnxModel *model, const char *name, const TelarType *type);
void onnx_model_metadata (OnnxModel *model, const char *key, const char *value);

/* Appends a node; the names are copied. An input that is "" is left out. */
OnnxNode *onnx_model_node (OnnxModel *model, const char *op_type, const char *name,
                           const char *const *inputs, guint n_inputs, const char *output);
void onnx_node_add_output (OnnxModel *model, OnnxNode *node, const char *output);
void onnx_node_document (OnnxModel *model, OnnxNode *node, const char *text);
void onnx_node_int (OnnxModel *model, OnnxNode *node, const char *key, gint64 value);
void onnx_node_real (OnnxModel *model, OnnxNode *node, const char *key, double value);
void onnx_node_text (OnnxModel *model, OnnxNode *node, const char *key, const char *value);
void onnx_node_texts (OnnxModel *model, OnnxNode *node, const char *key, const char *const *values,
                      guint n);
void onnx_node_ints (OnnxModel *model, OnnxNode *node, const char *key, const gint64 *values,
                     guint n);

/* How many bytes the file will have. */
gsize onnx_model_bytes (OnnxModel *model);
/* They; caller frees. */
guint8 *onnx_model_pack (OnnxModel *model, gsize *length);

G_END_DECLS
