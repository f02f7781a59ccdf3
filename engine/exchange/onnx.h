/* ONNX models as they are: load a file, give it tensors, take its results.
 *
 *   g_autoptr (TelarOnnx) model = telar_onnx_load ("model.onnx", &error);
 *   g_autoptr (TelarDevice) device = telar_device_open ("cpu", 0, &error);
 *   TelarOnnxValue *inputs[] = { telar_onnx_value_tensor (image, FALSE) };
 *   TelarOnnxValue *outputs[1];
 *   telar_onnx_run (model, device, inputs, outputs, &error);
 *
 * The program for the types of the inputs is compiled at the first run and kept. A model belongs to
 * one thread at a time. */
#pragma once

#include "engine/device.h"
#include "engine/exchange/onnx/value.h"

G_BEGIN_DECLS

typedef struct TelarOnnx TelarOnnx;

/* Refuses what Telar cannot run, with all such nodes in one message: name, operator, version. */
TelarOnnx *telar_onnx_load (const char *path, GError **error);
/* @folder: where external data lie, NULL when there may be none. @name is for messages. */
TelarOnnx *telar_onnx_from_bytes (const guint8 *data, gsize length, const char *folder,
                                  const char *name, GError **error);
void telar_onnx_free (TelarOnnx *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarOnnx, telar_onnx_free)

/* What must be given to run it (not what it has values of its own for), and what it gives. Names
 * are borrowed. */
guint telar_onnx_n_inputs (const TelarOnnx *model);
guint telar_onnx_n_outputs (const TelarOnnx *model);
const char *telar_onnx_input_name (const TelarOnnx *model, guint index);
const char *telar_onnx_output_name (const TelarOnnx *model, guint index);
/* The declared type. Unknown sizes are -1. FALSE when it is no tensor of numbers. */
gboolean telar_onnx_input_type (const TelarOnnx *model, guint index, TelarType *type);
gboolean telar_onnx_output_type (const TelarOnnx *model, guint index, TelarType *type);

/* Runs the model on @inputs (as many as it has, in their order; NULL for an optional that is
 * empty). @outputs receives as many references as it has outputs. */
gboolean telar_onnx_run (TelarOnnx *model, TelarDevice *device, TelarOnnxValue *const *inputs,
                         TelarOnnxValue **outputs, GError **error);

/* Refuses whatever needs more than @bytes at once (0, the default: what the device has free). */
void telar_onnx_set_memory_limit (TelarOnnx *model, gsize bytes);

/* Floating-point operations of the program that was compiled last; 0 when the model has to be
 * traced anew for each run. */
double telar_onnx_flops (const TelarOnnx *model);

/* A value from the bytes of a TensorProto, SequenceProto or OptionalProto (ONNX's *.pb files). */
TelarOnnxValue *telar_onnx_tensor_from_bytes (const guint8 *data, gsize length, const char *name,
                                              GError **error);
TelarOnnxValue *telar_onnx_sequence_from_bytes (const guint8 *data, gsize length, const char *name,
                                                GError **error);
TelarOnnxValue *telar_onnx_optional_from_bytes (const guint8 *data, gsize length, const char *name,
                                                GError **error);
/* The bytes of a TensorProto; caller frees. */
guint8 *telar_onnx_tensor_to_bytes (const TelarTensor *tensor, const char *name, gsize *length);
/* Which of the three the model's port takes. */
TelarOnnxKind telar_onnx_input_kind (const TelarOnnx *model, guint index);
TelarOnnxKind telar_onnx_output_kind (const TelarOnnx *model, guint index);

G_END_DECLS
