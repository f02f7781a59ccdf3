/* Reading values of summaries, and the tensors that newer ones are made of. */
#include "insight/events/summary.h"

#include <math.h>
#include <string.h>

/* A short list stands for a long tensor whose last value repeats: no more than this is made of it.
 */
#define MOST_REPEATED (1 << 20)

static TelarProtoSpan
span_of (const TelarProtoField *field)
{
  return (TelarProtoSpan){ field->bytes, field->size };
}

static TelarProto
enter (TelarProtoSpan span)
{
  return telar_proto (span.bytes, span.size);
}

/* --- values ------------------------------------------------------------------------------ */

static gboolean
read_plugin (TelarProtoSpan bytes, TelarSummaryValue *value)
{
  TelarProto proto = enter (bytes);
  TelarProtoField field;

  while (telar_proto_next (&proto, &field)) {
    if (telar_proto_is (&field, 1, TELAR_PROTO_BYTES))
      value->plugin = span_of (&field);
    else if (telar_proto_is (&field, 2, TELAR_PROTO_BYTES))
      value->content = span_of (&field);
  }
  return !proto.bad;
}

static gboolean
read_metadata (TelarProtoSpan bytes, TelarSummaryValue *value)
{
  TelarProto proto = enter (bytes);
  TelarProtoField field;

  while (telar_proto_next (&proto, &field))
    if (telar_proto_is (&field, 1, TELAR_PROTO_BYTES) && !read_plugin (span_of (&field), value))
      return FALSE;
  return !proto.bad;
}

/* Value.value, a oneof: the last that is there counts. */
static void
read_body (const TelarProtoField *field, TelarSummaryValue *value)
{
  static const TelarSummaryKind kinds[] = { [4] = TELAR_SUMMARY_IMAGE,
                                            [5] = TELAR_SUMMARY_HISTOGRAM,
                                            [6] = TELAR_SUMMARY_AUDIO,
                                            [8] = TELAR_SUMMARY_TENSOR };

  if (field->type != TELAR_PROTO_BYTES || field->number >= G_N_ELEMENTS (kinds) ||
      kinds[field->number] == TELAR_SUMMARY_NOTHING)
    return;
  value->kind = kinds[field->number];
  value->body = span_of (field);
}

gboolean
telar_summary_read (TelarProtoSpan bytes, TelarSummaryValue *value)
{
  TelarProto proto = enter (bytes);
  TelarProtoField field;
  double exact = NAN;

  *value = (TelarSummaryValue){ 0 };
  while (telar_proto_next (&proto, &field)) {
    if (telar_proto_is (&field, 1, TELAR_PROTO_BYTES)) {
      value->tag = span_of (&field);
    } else if (telar_proto_is (&field, 2, TELAR_PROTO_FIXED32)) {
      value->kind = TELAR_SUMMARY_NUMBER;
      value->number = telar_proto_float (field.bits);
    } else if (telar_proto_is (&field, TELAR_SUMMARY_EXACT, TELAR_PROTO_FIXED64)) {
      exact = telar_proto_double (field.bits);
    } else if (telar_proto_is (&field, 9, TELAR_PROTO_BYTES)) {
      if (!read_metadata (span_of (&field), value))
        return FALSE;
    } else {
      read_body (&field, value);
    }
  }
  if ((double)(float)exact == value->number)
    value->number = exact;
  return !proto.bad;
}

/* --- tensors ----------------------------------------------------------------------------- */

/* DataType of types.proto: those that summaries use. */
enum {
  TYPE_FLOAT = 1,
  TYPE_DOUBLE = 2,
  TYPE_INT32 = 3,
  TYPE_UINT8 = 4,
  TYPE_INT16 = 5,
  TYPE_INT8 = 6,
  TYPE_STRING = 7,
  TYPE_INT64 = 9,
  TYPE_BOOL = 10,
};

static double
as_float (guint64 bits)
{
  return telar_proto_float (bits);
}

static double
as_int32 (guint64 bits)
{
  return (gint32)bits;
}

static double
as_uint8 (guint64 bits)
{
  return (guint8)bits;
}

static double
as_int16 (guint64 bits)
{
  return (gint16)bits;
}

static double
as_int8 (guint64 bits)
{
  return (gint8)bits;
}

static double
as_int64 (guint64 bits)
{
  return (double)(gint64)bits;
}

static double
as_bool (guint64 bits)
{
  return (bits & 0xff) != 0;
}

/* How the numbers of a type stand in tensor_content, and in which repeated field else. */
static const struct {
  gsize width;
  guint field;
  double (*number) (guint64 bits);
} types[] = {
  [TYPE_FLOAT] = { 4, 5, as_float },  [TYPE_DOUBLE] = { 8, 6, telar_proto_double },
  [TYPE_INT32] = { 4, 7, as_int32 },  [TYPE_UINT8] = { 1, 7, as_uint8 },
  [TYPE_INT16] = { 2, 7, as_int16 },  [TYPE_INT8] = { 1, 7, as_int8 },
  [TYPE_INT64] = { 8, 10, as_int64 }, [TYPE_BOOL] = { 1, 11, as_bool },
};

static gboolean
read_dim (TelarProtoSpan bytes, TelarSummaryTensor *tensor)
{
  TelarProto proto = enter (bytes);
  TelarProtoField field;
  gint64 size = 0;

  while (telar_proto_next (&proto, &field))
    if (telar_proto_is (&field, 1, TELAR_PROTO_VARINT))
      size = (gint64)field.bits;
  if (proto.bad || size < 0 || tensor->rank == TELAR_SUMMARY_RANK)
    return FALSE;
  tensor->dims[tensor->rank++] = size;
  return TRUE;
}

static gboolean
read_shape (TelarProtoSpan bytes, TelarSummaryTensor *tensor)
{
  TelarProto proto = enter (bytes);
  TelarProtoField field;

  while (telar_proto_next (&proto, &field))
    if (telar_proto_is (&field, 2, TELAR_PROTO_BYTES) && !read_dim (span_of (&field), tensor))
      return FALSE;
  return !proto.bad;
}

static void
add_number (TelarSummaryTensor *tensor, guint type, guint64 bits)
{
  double number = types[type].number (bits);

  g_array_append_val (tensor->numbers, number);
}

/* Numbers side by side, as tensor_content has them. */
static gboolean
read_content (TelarProtoSpan content, guint type, TelarSummaryTensor *tensor)
{
  TelarProto proto = enter (content);
  guint64 bits;

  while (proto.at < proto.end && telar_proto_fixed (&proto, &bits, types[type].width))
    add_number (tensor, type, bits);
  return !proto.bad;
}

/* One entry of a repeated field, or a packed list of them. */
static gboolean
read_repeated (const TelarProtoField *field, guint type, TelarSummaryTensor *tensor)
{
  gboolean fixed = type == TYPE_FLOAT || type == TYPE_DOUBLE;

  if (field->type != TELAR_PROTO_BYTES) {
    TelarProtoType expected = type == TYPE_FLOAT    ? TELAR_PROTO_FIXED32
                              : type == TYPE_DOUBLE ? TELAR_PROTO_FIXED64
                                                    : TELAR_PROTO_VARINT;
    if (field->type == expected)
      add_number (tensor, type, field->bits);
    return field->type == expected;
  }
  if (fixed)
    return read_content (span_of (field), type, tensor);
  TelarProto proto = telar_proto_enter (field);
  guint64 bits;
  while (proto.at < proto.end && telar_proto_varint (&proto, &bits))
    add_number (tensor, type, bits);
  return !proto.bad;
}

/* The number of elements that the dimensions make; -1 when there are too many. */
static gint64
count_elements (const TelarSummaryTensor *tensor)
{
  gint64 n = 1;

  for (guint i = 0; i < tensor->rank; i++)
    if (__builtin_mul_overflow (n, tensor->dims[i], &n))
      return -1;
  return n;
}

static gboolean
complete_numbers (TelarSummaryTensor *tensor)
{
  gint64 n = count_elements (tensor);

  if (n < 0 || tensor->numbers->len > n ||
      (tensor->numbers->len < n && (tensor->numbers->len == 0 || n > MOST_REPEATED)))
    return FALSE;
  while (tensor->numbers->len < n) {
    double last = g_array_index (tensor->numbers, double, tensor->numbers->len - 1);
    g_array_append_val (tensor->numbers, last);
  }
  return TRUE;
}

/* The type and the shape come first in what others write, but need not. */
static gboolean
read_form (TelarProtoSpan bytes, TelarSummaryTensor *tensor, guint *type)
{
  TelarProto proto = enter (bytes);
  TelarProtoField field;

  *type = 0;
  while (telar_proto_next (&proto, &field)) {
    if (telar_proto_is (&field, 1, TELAR_PROTO_VARINT))
      *type = (guint)MIN (field.bits, G_MAXUINT);
    else if (telar_proto_is (&field, 2, TELAR_PROTO_BYTES) &&
             !read_shape (span_of (&field), tensor))
      return FALSE;
  }
  return !proto.bad;
}

gboolean
telar_summary_read_tensor (TelarProtoSpan bytes, TelarSummaryTensor *tensor)
{
  TelarProto proto = enter (bytes);
  TelarProtoField field;
  guint type;

  *tensor = (TelarSummaryTensor){ .numbers = g_array_new (FALSE, FALSE, sizeof (double)),
                                  .texts = g_array_new (FALSE, FALSE, sizeof (TelarProtoSpan)) };
  if (!read_form (bytes, tensor, &type) ||
      (type != TYPE_STRING && (type >= G_N_ELEMENTS (types) || types[type].number == NULL)))
    return FALSE;
  while (telar_proto_next (&proto, &field)) {
    if (type == TYPE_STRING) {
      TelarProtoSpan text = span_of (&field);
      if (telar_proto_is (&field, 8, TELAR_PROTO_BYTES))
        g_array_append_val (tensor->texts, text);
    } else if (telar_proto_is (&field, 4, TELAR_PROTO_BYTES)) {
      if (!read_content (span_of (&field), type, tensor))
        return FALSE;
    } else if (field.number == types[type].field && !read_repeated (&field, type, tensor)) {
      return FALSE;
    }
  }
  return !proto.bad && (type == TYPE_STRING || complete_numbers (tensor));
}

void
telar_summary_tensor_clear (TelarSummaryTensor *tensor)
{
  g_clear_pointer (&tensor->numbers, g_array_unref);
  g_clear_pointer (&tensor->texts, g_array_unref);
}
