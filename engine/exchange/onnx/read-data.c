/* ONNX's data files: a tensor, a sequence or an optional by itself (onnx-data.proto). */
#include "engine/exchange/onnx.h"

#include "engine/exchange/onnx-model.h"
#include "engine/exchange/onnx/read.h"
#include "engine/exchange/onnx/wire.h"

#define MOST_NESTED 16

/* Fields of SequenceProto and OptionalProto; numbers 3 and 5 mean the same in both. */
enum { FIELD_TENSOR = 3, FIELD_SEQUENCE = 5, FIELD_OPTIONAL = 7 };

static TelarOnnxValue *
damaged (const char *name, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s is damaged or cut off", name);
  return NULL;
}

TelarOnnxValue *
telar_onnx_tensor_from_bytes (const guint8 *data, gsize length, const char *name, GError **error)
{
  Onnx__TensorProto *proto = onnx__tensor_proto__unpack (NULL, length, data);
  if (!proto)
    return damaged (name, error);
  TelarOnnxValue *value = onnx_tensor_read (proto, NULL, name, error);
  onnx__tensor_proto__free_unpacked (proto, NULL);
  return value;
}

static TelarOnnxValue *read_sequence (OnnxSpan span, const char *name, guint depth, GError **error);
static TelarOnnxValue *read_optional (OnnxSpan span, const char *name, guint depth, GError **error);

static TelarOnnxValue *
read_member (OnnxSpan span, guint field, const char *name, guint depth, GError **error)
{
  if (depth > MOST_NESTED)
    return damaged (name, error);
  if (field == FIELD_SEQUENCE)
    return read_sequence (span, name, depth + 1, error);
  if (field == FIELD_OPTIONAL)
    return read_optional (span, name, depth + 1, error);
  return telar_onnx_tensor_from_bytes (span.at, (gsize)(span.end - span.at), name, error);
}

/* Calls for each member of a sequence or an optional in turn: NULL at the end or on error. */
static TelarOnnxValue *
next_member (OnnxSpan *span, const char *name, guint depth, GError **error)
{
  while (span->at < span->end) {
    guint field, wire;
    OnnxSpan part = { NULL, NULL };
    if (!onnx_take_field (span, &field, &wire, &part))
      return damaged (name, error);
    if (wire == ONNX_WIRE_BYTES &&
        (field == FIELD_TENSOR || field == FIELD_SEQUENCE || field == FIELD_OPTIONAL))
      return read_member (part, field, name, depth, error);
  }
  return NULL;
}

static TelarOnnxValue *
read_sequence (OnnxSpan span, const char *name, guint depth, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (TelarOnnxValue) sequence = telar_onnx_value_sequence ();
  TelarOnnxValue *member;
  while ((member = next_member (&span, name, depth, &why)))
    g_ptr_array_add (sequence->items, member);
  if (why) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  return g_steal_pointer (&sequence);
}

static TelarOnnxValue *
read_optional (OnnxSpan span, const char *name, guint depth, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (TelarOnnxValue) inner = next_member (&span, name, depth, &why);
  if (why) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  return telar_onnx_value_optional (inner);
}

TelarOnnxValue *
telar_onnx_sequence_from_bytes (const guint8 *data, gsize length, const char *name, GError **error)
{
  return read_sequence ((OnnxSpan){ data, data + length }, name, 0, error);
}

TelarOnnxValue *
telar_onnx_optional_from_bytes (const guint8 *data, gsize length, const char *name, GError **error)
{
  return read_optional ((OnnxSpan){ data, data + length }, name, 0, error);
}

guint8 *
telar_onnx_tensor_to_bytes (const TelarTensor *tensor, const char *name, gsize *length)
{
  Onnx__TensorProto proto = ONNX__TENSOR_PROTO__INIT;
  gint64 dims[TELAR_MAX_RANK];
  for (guint i = 0; i < tensor->type.shape.rank; i++)
    dims[i] = tensor->type.shape.dims[i];
  proto.name = (char *)name;
  proto.has_data_type = TRUE;
  proto.data_type = onnx_dtype (tensor->type.dtype);
  proto.n_dims = tensor->type.shape.rank;
  proto.dims = dims;
  proto.has_raw_data = TRUE;
  proto.raw_data = (ProtobufCBinaryData){ tensor->bytes, tensor->data };
  *length = onnx__tensor_proto__get_packed_size (&proto);
  guint8 *bytes = g_malloc (*length);
  onnx__tensor_proto__pack (&proto, bytes);
  return bytes;
}
