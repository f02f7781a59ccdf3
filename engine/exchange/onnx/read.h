/* Reading ONNX's files: protobuf messages, checked before they are believed, and the tensors in
 * them. Nothing here knows what an operator means. */
#pragma once

#include "engine/exchange/onnx/value.h"
#include "onnx.pb-c.h"

G_BEGIN_DECLS

/* How deep messages may nest; a subgraph in a subgraph takes four levels. */
#define ONNX_MOST_NESTED 128

/* A model from the bytes of a file. @name is for messages. Free with onnx_model_proto_free. */
Onnx__ModelProto *onnx_model_proto_read (const guint8 *data, gsize length, const char *name,
                                         GError **error);
void onnx_model_proto_free (Onnx__ModelProto *model);

/* Replaces the quantized operators of ONNX Runtime by ONNX's own, in subgraphs as well. What they
 * cannot say stays. Part of reading a model. */
void onnx_expand_quantized (Onnx__GraphProto *graph);

/* The element type of ONNX's number @number; FALSE when Telar has none (strings, complex). */
gboolean onnx_dtype_from_number (int number, TelarDType *dtype);
/* Bytes as a string; empty where the file has none. Caller frees. */
char *onnx_text_copy (const ProtobufCBinaryData *text);
/* "float16", for messages. */
const char *onnx_dtype_name (int number);

/* What messages call a node: its name, its first output or its operator. Borrowed. */
const char *onnx_node_label (const Onnx__NodeProto *node);

/* The type that a port of a graph is declared with; unknown sizes are -1. FALSE when it is no
 * tensor of numbers. */
gboolean onnx_declared_type (const Onnx__ValueInfoProto *port, TelarType *type);

/* ONNX's number of the narrow type (narrow.h) that a port is declared with; 0 when it is none. */
int onnx_declared_narrow (const Onnx__ValueInfoProto *port);

/* A tensor of numbers or strings. Sizes are checked against the bytes that are there before
 * anything is allocated. External data are looked for in @folder, below which they must lie; with
 * NULL they are refused. @name is for messages. */
TelarOnnxValue *onnx_tensor_read (const Onnx__TensorProto *proto, const char *folder,
                                  const char *name, GError **error);
/* Frees the numbers of a tensor that was read. */
void onnx_tensor_forget (Onnx__TensorProto *proto);
TelarOnnxValue *onnx_sparse_tensor_read (const Onnx__SparseTensorProto *proto, const char *folder,
                                         const char *name, GError **error);

G_END_DECLS
