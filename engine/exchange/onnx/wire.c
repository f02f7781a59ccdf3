/* Protobuf's wire format by hand: varints, lengths, fields. */
#include "engine/exchange/onnx/wire.h"

static gboolean
take_varint (OnnxSpan *span, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; span->at < span->end && shift < 64; shift += 7) {
    guint8 byte = *span->at++;
    *value |= (guint64)(byte & 0x7f) << shift;
    if (byte < 0x80)
      return TRUE;
  }
  return FALSE;
}

static gboolean
take_bytes (OnnxSpan *span, guint64 length, OnnxSpan *part)
{
  if (length > (guint64)(span->end - span->at))
    return FALSE;
  *part = (OnnxSpan){ span->at, span->at + length };
  span->at += length;
  return TRUE;
}

gboolean
onnx_take_field (OnnxSpan *span, guint *number, guint *wire, OnnxSpan *part)
{
  guint64 tag, length;
  if (!take_varint (span, &tag))
    return FALSE;
  *number = (guint)(tag >> 3);
  *wire = (guint)(tag & 7);
  switch (*wire) {
  case ONNX_WIRE_VARINT:
    return take_varint (span, &length);
  case ONNX_WIRE_64:
    return take_bytes (span, 8, part);
  case ONNX_WIRE_32:
    return take_bytes (span, 4, part);
  case ONNX_WIRE_BYTES:
    return take_varint (span, &length) && take_bytes (span, length, part);
  default:
    return FALSE;
  }
}
