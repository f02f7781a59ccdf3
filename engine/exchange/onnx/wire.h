/* Protobuf's wire format, as far as it is read by hand: what protobuf-c cannot be trusted with, and
 * two messages of ONNX whose schema Debian does not ship. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum { ONNX_WIRE_VARINT = 0, ONNX_WIRE_64 = 1, ONNX_WIRE_BYTES = 2, ONNX_WIRE_32 = 5 };

typedef struct {
  const guint8 *at, *end;
} OnnxSpan;

/* Passes over one field at the start of @span; @part is what a length-delimited one holds. FALSE
 * when the bytes are none. */
gboolean onnx_take_field (OnnxSpan *span, guint *number, guint *wire, OnnxSpan *part);

G_END_DECLS
