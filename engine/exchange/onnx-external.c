/* Moves initialisers out of the message: key and value pairs say file, offset and length. */
#include "engine/exchange/onnx-external.h"

/* A page: offsets that are multiples of it can be mapped. */
#define PAGE 4096

/* What is smaller stays in the message, where shapes and constants are found faster. */
#define LEAST_BYTES 1024

#define N_ENTRIES 3

static void
describe (OnnxModel *model, Onnx__TensorProto *proto, const char *location, guint64 offset)
{
  const char *const keys[N_ENTRIES] = { "location", "offset", "length" };
  char *values[N_ENTRIES] = { g_strdup (location), g_strdup_printf ("%" G_GUINT64_FORMAT, offset),
                              g_strdup_printf ("%" G_GSIZE_FORMAT, proto->raw_data.len) };
  proto->external_data = onnx_model_keep (model, g_new (Onnx__StringStringEntryProto *, N_ENTRIES));
  proto->n_external_data = N_ENTRIES;
  for (guint i = 0; i < N_ENTRIES; i++) {
    Onnx__StringStringEntryProto *entry =
        onnx_model_keep (model, g_new (Onnx__StringStringEntryProto, 1));
    *entry = (Onnx__StringStringEntryProto)ONNX__STRING_STRING_ENTRY_PROTO__INIT;
    entry->key = onnx_model_keep (model, g_strdup (keys[i]));
    entry->value = onnx_model_keep (model, values[i]);
    proto->external_data[i] = entry;
  }
  proto->has_data_location = TRUE;
  proto->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
}

GArray *
onnx_external_move (OnnxModel *model, const char *location)
{
  const GPtrArray *initializers = onnx_model_initializers (model);
  GArray *parts = g_array_new (FALSE, FALSE, sizeof (TelarFilePart));
  guint64 end = 0;
  for (guint i = 0; i < initializers->len; i++) {
    Onnx__TensorProto *proto = initializers->pdata[i];
    if (proto->raw_data.len < LEAST_BYTES)
      continue;
    guint64 offset = (end + PAGE - 1) / PAGE * PAGE;
    TelarFilePart part = { offset, proto->raw_data.data, proto->raw_data.len };
    g_array_append_val (parts, part);
    describe (model, proto, location, offset);
    proto->has_raw_data = FALSE;
    proto->raw_data = (ProtobufCBinaryData){ 0, NULL };
    end = offset + part.length;
  }
  return parts;
}
