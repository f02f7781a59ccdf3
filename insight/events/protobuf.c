/* Writing the wire format of protocol buffers. */
#include "insight/events/protobuf.h"

static void
put_varint (GByteArray *out, guint64 value)
{
  guint8 bytes[10];
  guint n = 0;

  do {
    bytes[n++] = (guint8)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>= 7;
  } while (value > 0);
  g_byte_array_append (out, bytes, n);
}

static void
put_key (GByteArray *out, guint number, TelarProtoType type)
{
  put_varint (out, (guint64)number << 3 | type);
}

void
telar_proto_put_varint (GByteArray *out, guint number, guint64 value)
{
  put_key (out, number, TELAR_PROTO_VARINT);
  put_varint (out, value);
}

static void
put_double (GByteArray *out, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT64_TO_LE (bits);
  g_byte_array_append (out, (const guint8 *)&bits, sizeof bits);
}

void
telar_proto_put_double (GByteArray *out, guint number, double value)
{
  put_key (out, number, TELAR_PROTO_FIXED64);
  put_double (out, value);
}

void
telar_proto_put_float (GByteArray *out, guint number, float value)
{
  guint32 bits;

  put_key (out, number, TELAR_PROTO_FIXED32);
  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  g_byte_array_append (out, (const guint8 *)&bits, sizeof bits);
}

void
telar_proto_put_bytes (GByteArray *out, guint number, const void *bytes, gsize size)
{
  put_key (out, number, TELAR_PROTO_BYTES);
  put_varint (out, size);
  g_byte_array_append (out, bytes, (guint)size);
}

void
telar_proto_put_text (GByteArray *out, guint number, const char *text)
{
  telar_proto_put_bytes (out, number, text, strlen (text));
}

void
telar_proto_put_message (GByteArray *out, guint number, GByteArray *message)
{
  telar_proto_put_bytes (out, number, message->data, message->len);
  g_byte_array_set_size (message, 0);
}

void
telar_proto_put_doubles (GByteArray *out, guint number, const double *values, gsize n)
{
  put_key (out, number, TELAR_PROTO_BYTES);
  put_varint (out, 8 * n);
  for (gsize i = 0; i < n; i++)
    put_double (out, values[i]);
}
