/* The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/), field by
 * field and without copying: event files hold millions of small messages of few fields, which a
 * generated reader would allocate one by one. */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

typedef struct {
  const guint8 *at, *end;
  gboolean bad; /* the bytes are no message */
} TelarProto;

typedef enum {
  TELAR_PROTO_VARINT = 0,
  TELAR_PROTO_FIXED64 = 1,
  TELAR_PROTO_BYTES = 2,
  TELAR_PROTO_FIXED32 = 5,
} TelarProtoType;

typedef struct {
  guint number;
  TelarProtoType type;
  guint64 bits;        /* of a number */
  const guint8 *bytes; /* of a text or message, borrowed */
  gsize size;
} TelarProtoField;

static inline TelarProto
telar_proto (const guint8 *bytes, gsize size)
{
  return (TelarProto){ bytes, bytes + size, FALSE };
}

static inline gboolean
telar_proto_varint (TelarProto *proto, guint64 *value)
{
  if (proto->at < proto->end && *proto->at < 0x80) {
    *value = *proto->at++;
    return TRUE;
  }
  *value = 0;
  for (guint shift = 0; shift < 64 && proto->at < proto->end; shift += 7) {
    guint8 byte = *proto->at++;
    *value |= (guint64)(byte & 0x7f) << shift;
    if (byte < 0x80)
      return TRUE;
  }
  proto->bad = TRUE;
  return FALSE;
}

static inline gboolean
telar_proto_fixed (TelarProto *proto, guint64 *bits, gsize width)
{
  *bits = 0;
  if ((gsize)(proto->end - proto->at) < width) {
    proto->bad = TRUE;
    return FALSE;
  }
  memcpy (bits, proto->at, width);
  *bits = GUINT64_FROM_LE (*bits);
  proto->at += width;
  return TRUE;
}

/* The next field; FALSE at the end or, with @proto->bad, where the bytes are no message. */
static inline gboolean
telar_proto_next (TelarProto *proto, TelarProtoField *field)
{
  guint64 key;

  if (proto->at == proto->end || !telar_proto_varint (proto, &key))
    return FALSE;
  field->number = (guint)MIN (key >> 3, G_MAXUINT);
  field->type = (TelarProtoType)(key & 7);
  switch (field->type) {
  case TELAR_PROTO_VARINT:
    return telar_proto_varint (proto, &field->bits);
  case TELAR_PROTO_FIXED64:
    return telar_proto_fixed (proto, &field->bits, 8);
  case TELAR_PROTO_FIXED32:
    return telar_proto_fixed (proto, &field->bits, 4);
  case TELAR_PROTO_BYTES:
    if (!telar_proto_varint (proto, &key))
      return FALSE;
    if (key <= (guint64)(proto->end - proto->at)) {
      field->bytes = proto->at;
      field->size = (gsize)key;
      proto->at += key;
      return TRUE;
    }
  }
  proto->bad = TRUE;
  return FALSE;
}

/* TRUE when the field is @number of @type. A field of another type than the schema's is passed
 * over, as the format asks. */
static inline gboolean
telar_proto_is (const TelarProtoField *field, guint number, TelarProtoType type)
{
  return field->number == number && field->type == type;
}

static inline TelarProto
telar_proto_enter (const TelarProtoField *field)
{
  return telar_proto (field->bytes, field->size);
}

static inline double
telar_proto_double (guint64 bits)
{
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline float
telar_proto_float (guint64 bits)
{
  guint32 low = (guint32)bits;
  float value;

  memcpy (&value, &low, sizeof value);
  return value;
}

/* --- writing (protobuf.c)
 * --------------------------------------------------------------------------------------- */

void telar_proto_put_varint (GByteArray *out, guint number, guint64 value);
void telar_proto_put_double (GByteArray *out, guint number, double value);
void telar_proto_put_float (GByteArray *out, guint number, float value);
void telar_proto_put_bytes (GByteArray *out, guint number, const void *bytes, gsize size);
void telar_proto_put_text (GByteArray *out, guint number, const char *text);
/* A message whose bytes are those of @message, which becomes empty. */
void telar_proto_put_message (GByteArray *out, guint number, GByteArray *message);
void telar_proto_put_doubles (GByteArray *out, guint number, const double *values, gsize n);

G_END_DECLS
