/* Tensors as ONNX writes them: raw bytes, typed lists, or a piece of another file. */
#include "engine/exchange/onnx/narrow.h"
#include "engine/exchange/onnx/read.h"

#include <string.h>

#define T(name) ONNX__TENSOR_PROTO__DATA_TYPE__##name

/* Number, name, and the element type that holds it. */
static const struct {
  int number;
  const char *name;
  int dtype; /* -1: none */
} types[] = {
  { T (FLOAT), "float", TELAR_F32 },
  { T (DOUBLE), "double", TELAR_F64 },
  { T (FLOAT16), "float16", TELAR_F16 },
  { T (BFLOAT16), "bfloat16", TELAR_BF16 },
  { T (INT8), "int8", TELAR_I8 },
  { T (UINT8), "uint8", TELAR_U8 },
  { T (INT16), "int16", TELAR_I16 },
  { T (UINT16), "uint16", TELAR_U16 },
  { T (INT32), "int32", TELAR_I32 },
  { T (UINT32), "uint32", TELAR_U32 },
  { T (INT64), "int64", TELAR_I64 },
  { T (UINT64), "uint64", TELAR_U64 },
  { T (BOOL), "bool", TELAR_BOOL },
  { T (STRING), "string", -1 },
  { T (COMPLEX64), "complex64", -1 },
  { T (COMPLEX128), "complex128", -1 },
  /* The schema of Debian 12 does not name these yet. */
  { 17, "float8e4m3fn", TELAR_F16 },
  { 18, "float8e4m3fnuz", TELAR_F16 },
  { 19, "float8e5m2", TELAR_F16 },
  { 20, "float8e5m2fnuz", TELAR_F16 },
  { 21, "uint4", TELAR_U8 },
  { 22, "int4", TELAR_I8 },
  { 23, "float4e2m1", TELAR_F16 },
  { 24, "float8e8m0", TELAR_F32 },
  { 25, "uint2", TELAR_U8 },
  { 26, "int2", TELAR_I8 },
};

gboolean
onnx_dtype_from_number (int number, TelarDType *dtype)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].number == number && types[i].dtype >= 0) {
      *dtype = (TelarDType)types[i].dtype;
      return TRUE;
    }
  return FALSE;
}

const char *
onnx_dtype_name (int number)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].number == number)
      return types[i].name;
  return "an unknown type";
}

char *
onnx_text_copy (const ProtobufCBinaryData *text)
{
  return text->data ? g_strndup ((const char *)text->data, text->len) : g_strdup ("");
}

static gboolean
read_shape (const gint64 *dims, gsize rank, const char *name, TelarShape *shape, GError **error)
{
  gint64 count;
  if (rank > TELAR_MAX_RANK) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the tensor %s has %zu axes; %d are most",
                     name, rank, TELAR_MAX_RANK);
    return FALSE;
  }
  *shape = telar_shape_new (dims, rank);
  if (telar_shape_is_concrete (shape) && telar_shape_count (shape, &count))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the tensor %s has an impossible shape", name);
  return FALSE;
}

/* --- where the numbers stand ------------------------------------------------------------------ */

static const char *
external_entry (const Onnx__TensorProto *proto, const char *key)
{
  for (gsize i = 0; i < proto->n_external_data; i++)
    if (g_strcmp0 (proto->external_data[i]->key, key) == 0)
      return proto->external_data[i]->value;
  return NULL;
}

static gboolean
external_number (const Onnx__TensorProto *proto, const char *key, guint64 fallback, guint64 *number)
{
  const char *text = external_entry (proto, key);
  *number = fallback;
  return !text || g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, number, NULL);
}

/* A place inside @folder: relative, and never above it. */
static gboolean
is_inside (const char *location)
{
  g_auto (GStrv) parts = g_strsplit (location, "/", -1);
  return *location && !g_path_is_absolute (location) &&
         !g_strv_contains ((const char *const *)parts, "..");
}

/* The tensor's bytes out of the file beside the model, which stays mapped while @file lives. */
static const guint8 *
find_external (const Onnx__TensorProto *proto, const char *folder, const char *name,
               GMappedFile **file, gsize *length, GError **error)
{
  const char *location = external_entry (proto, "location");
  guint64 offset, bytes;
  if (!folder || !location || !is_inside (location)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the data of %s lie outside the model's folder", name);
    return NULL;
  }
  g_autofree char *path = g_build_filename (folder, location, NULL);
  g_autoptr (GError) why = NULL;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) { /* a pipe would be waited for */
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the data of %s cannot be read: there is no file %s", name, path);
    return NULL;
  }
  *file = g_mapped_file_new (path, FALSE, &why);
  if (!*file) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the data of %s cannot be read: %s", name,
                     why->message);
    return NULL;
  }
  gsize size = g_mapped_file_get_length (*file);
  if (!external_number (proto, "offset", 0, &offset) || offset > size ||
      !external_number (proto, "length", size - offset, &bytes) || bytes > size - offset) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the data of %s reach beyond %s", name,
                     path);
    return NULL;
  }
  *length = bytes;
  return (const guint8 *)g_mapped_file_get_contents (*file) + offset;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* As many to a byte as fit, the lowest bits first. */
static void
unpack_narrow (int number, TelarTensor *tensor, const guint8 *bytes)
{
  guint bits = onnx_narrow_bits (number), each = 8 / bits;

  for (gsize i = 0; i < telar_tensor_elements (tensor); i++)
    telar_tensor_set (tensor, i,
                      onnx_narrow_decode (number, (guint8)(bytes[i / each] >> (i % each * bits))));
}

static gsize
bytes_of (int number, const TelarTensor *tensor)
{
  guint each;

  if (!onnx_is_narrow (number))
    return tensor->bytes;
  each = 8 / onnx_narrow_bits (number);
  return (telar_tensor_elements (tensor) + each - 1) / each;
}

/* How many numbers the list has that ONNX puts this type into. */
static gsize
listed (const Onnx__TensorProto *proto, TelarDType dtype)
{
  if (onnx_is_narrow (proto->data_type))
    return proto->n_int32_data;
  switch (dtype) {
  case TELAR_F32:
    return proto->n_float_data;
  case TELAR_F64:
    return proto->n_double_data;
  case TELAR_I64:
    return proto->n_int64_data;
  case TELAR_U32:
  case TELAR_U64:
    return proto->n_uint64_data;
  default:
    return proto->n_int32_data;
  }
}

static void
copy_listed (const Onnx__TensorProto *proto, TelarTensor *tensor)
{
  gsize n = telar_tensor_elements (tensor);
  switch (tensor->type.dtype) {
  case TELAR_F32:
    memcpy (tensor->data, proto->float_data, tensor->bytes);
    return;
  case TELAR_F64:
    memcpy (tensor->data, proto->double_data, tensor->bytes);
    return;
  case TELAR_I64:
    memcpy (tensor->data, proto->int64_data, tensor->bytes);
    return;
  case TELAR_U64:
    memcpy (tensor->data, proto->uint64_data, tensor->bytes);
    return;
  case TELAR_U32:
    for (gsize i = 0; i < n; i++)
      ((guint32 *)tensor->data)[i] = (guint32)proto->uint64_data[i];
    return;
  case TELAR_F16:
  case TELAR_BF16: /* their bits */
    for (gsize i = 0; i < n; i++)
      ((guint16 *)tensor->data)[i] = (guint16)proto->int32_data[i];
    return;
  default:
    for (gsize i = 0; i < n; i++)
      telar_tensor_set (tensor, i, proto->int32_data[i]);
  }
}

static gboolean
complain_of_length (const char *name, const TelarTensor *tensor, gsize has, const char *unit,
                    GError **error)
{
  g_autofree char *type = telar_type_to_string (&tensor->type);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the tensor %s is %s, but has %zu %s", name,
                   type, has, unit);
  return FALSE;
}

static gboolean
fill_from_bytes (const Onnx__TensorProto *proto, TelarTensor *tensor, const guint8 *bytes,
                 gsize length, const char *name, GError **error)
{
  if (length != bytes_of (proto->data_type, tensor))
    return complain_of_length (name, tensor, length, "bytes", error);
  if (onnx_is_narrow (proto->data_type))
    unpack_narrow (proto->data_type, tensor, bytes);
  else if (length > 0)
    memcpy (tensor->data, bytes, length);
  return TRUE;
}

static gboolean
fill_from_list (const Onnx__TensorProto *proto, TelarTensor *tensor, const char *name,
                GError **error)
{
  gsize n = listed (proto, tensor->type.dtype);
  if (n != (onnx_is_narrow (proto->data_type) ? bytes_of (proto->data_type, tensor)
                                              : telar_tensor_elements (tensor)))
    return complain_of_length (name, tensor, n, "numbers", error);
  if (n == 0)
    return TRUE;
  if (!onnx_is_narrow (proto->data_type)) {
    copy_listed (proto, tensor);
    return TRUE;
  }
  g_autofree guint8 *bytes = g_new (guint8, n);
  for (gsize i = 0; i < n; i++)
    bytes[i] = (guint8)proto->int32_data[i];
  unpack_narrow (proto->data_type, tensor, bytes);
  return TRUE;
}

/* What the file holds for the tensor, so that a shape which claims more is refused before memory is
 * taken for it. */
static gboolean
has_enough (const Onnx__TensorProto *proto, const TelarType *type, gsize raw, const char *name,
            GError **error)
{
  gsize n = telar_shape_elements (&type->shape);
  gsize has = proto->has_raw_data || raw > 0 ? raw : listed (proto, type->dtype);
  if (n / 4 <= has) /* a byte holds four numbers at most */
    return TRUE;
  g_autofree char *text = telar_type_to_string (type);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "the tensor %s is %s, but the file holds no more than %zu of it", name, text,
                   has);
  return FALSE;
}

static TelarOnnxValue *
read_numbers (const Onnx__TensorProto *proto, const TelarType *type, const char *folder,
              const char *name, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  const guint8 *bytes = proto->has_raw_data ? proto->raw_data.data : NULL;
  gsize length = proto->has_raw_data ? proto->raw_data.len : 0;
  gboolean external = proto->has_data_location &&
                      proto->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
  if (external && !(bytes = find_external (proto, folder, name, &file, &length, error)))
    return NULL;
  if (!has_enough (proto, type, length, name, error))
    return NULL;
  g_autoptr (TelarTensor) tensor = telar_tensor_try_new (type->dtype, &type->shape, error);
  if (!tensor)
    return NULL;
  gboolean good = external || proto->has_raw_data
                      ? fill_from_bytes (proto, tensor, bytes, length, name, error)
                      : fill_from_list (proto, tensor, name, error);
  if (!good)
    return NULL;
  TelarOnnxValue *value = telar_onnx_value_tensor (tensor, TRUE);
  value->narrow = onnx_is_narrow (proto->data_type) ? proto->data_type : 0;
  return value;
}

/* --- strings and the whole -------------------------------------------------------------------- */

static TelarOnnxValue *
read_strings (const Onnx__TensorProto *proto, const TelarShape *shape, const char *name,
              GError **error)
{
  gsize n = telar_shape_elements (shape);
  if (proto->n_string_data != n) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the tensor %s has %zu strings where its shape wants %zu", name,
                     proto->n_string_data, n);
    return NULL;
  }
  char **strings = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    strings[i] = onnx_text_copy (&proto->string_data[i]);
  return telar_onnx_value_strings (shape, strings);
}

TelarOnnxValue *
onnx_tensor_read (const Onnx__TensorProto *proto, const char *folder, const char *name,
                  GError **error)
{
  TelarType type;
  if (!read_shape (proto->dims, proto->n_dims, name, &type.shape, error))
    return NULL;
  if (proto->data_type == T (STRING))
    return read_strings (proto, &type.shape, name, error);
  if (onnx_dtype_from_number (proto->data_type, &type.dtype))
    return read_numbers (proto, &type, folder, name, error);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "the tensor %s has elements of %s, which Telar does not have", name,
                   onnx_dtype_name (proto->data_type));
  return NULL;
}

int
onnx_declared_narrow (const Onnx__ValueInfoProto *port)
{
  if (!port->type || port->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ||
      !onnx_is_narrow ((int)port->type->tensor_type->elem_type))
    return 0;
  return (int)port->type->tensor_type->elem_type;
}

gboolean
onnx_declared_type (const Onnx__ValueInfoProto *port, TelarType *type)
{
  const Onnx__TypeProto__Tensor *tensor =
      port->type && port->type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE
          ? port->type->tensor_type
          : NULL;
  if (!tensor || !onnx_dtype_from_number ((int)tensor->elem_type, &type->dtype) || !tensor->shape ||
      tensor->shape->n_dim > TELAR_MAX_RANK)
    return FALSE;
  type->shape = telar_shape_scalar ();
  type->shape.rank = (guint)tensor->shape->n_dim;
  for (guint i = 0; i < type->shape.rank; i++) {
    const Onnx__TensorShapeProto__Dimension *dim = tensor->shape->dim[i];
    gboolean known = dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
    type->shape.dims[i] = known && dim->dim_value >= 0 ? dim->dim_value : -1;
  }
  return TRUE;
}

/* --- sparse ----------------------------------------------------------------------------------- */

/* The place of entry @i: indices are linear, or one row of coordinates each. */
static gint64
sparse_place (const TelarTensor *indices, const TelarShape *shape, gsize i)
{
  const gint64 *numbers = indices->data;
  gint64 place = 0;
  if (indices->type.shape.rank < 2)
    return numbers[i];
  for (guint axis = 0; axis < shape->rank; axis++) {
    gint64 coordinate = numbers[i * shape->rank + axis];
    if (coordinate < 0 || coordinate >= shape->dims[axis])
      return -1;
    place = place * shape->dims[axis] + coordinate;
  }
  return place;
}

static gboolean
scatter (TelarTensor *dense, const TelarTensor *values, const TelarTensor *indices)
{
  gsize n = telar_tensor_elements (values), size = telar_dtype_size (dense->type.dtype);
  gsize wanted = indices->type.shape.rank < 2 ? n : n * dense->type.shape.rank;
  if (indices->type.dtype != TELAR_I64 || telar_tensor_elements (indices) != wanted)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    gint64 place = sparse_place (indices, &dense->type.shape, i);
    if (place < 0 || (gsize)place >= telar_tensor_elements (dense))
      return FALSE;
    memcpy ((char *)dense->data + (gsize)place * size, (const char *)values->data + i * size, size);
  }
  return TRUE;
}

void
onnx_tensor_forget (Onnx__TensorProto *proto)
{
  g_clear_pointer (&proto->raw_data.data, free); /* protobuf-c took it from malloc */
  proto->raw_data.len = 0;
  proto->has_raw_data = FALSE;
}

TelarOnnxValue *
onnx_sparse_tensor_read (const Onnx__SparseTensorProto *proto, const char *folder, const char *name,
                         GError **error)
{
  TelarShape shape;
  if (!proto->values || !proto->indices) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the sparse tensor %s is incomplete", name);
    return NULL;
  }
  if (!read_shape (proto->dims, proto->n_dims, name, &shape, error))
    return NULL;
  g_autoptr (TelarOnnxValue) values = onnx_tensor_read (proto->values, folder, name, error);
  if (!values)
    return NULL;
  g_autoptr (TelarOnnxValue) indices = onnx_tensor_read (proto->indices, folder, name, error);
  if (!indices)
    return NULL;
  g_autoptr (TelarTensor) dense =
      values->tensor ? telar_tensor_try_new (values->type.dtype, &shape, error) : NULL;
  if (dense && indices->tensor && scatter (dense, values->tensor, indices->tensor))
    return telar_onnx_value_tensor (dense, TRUE);
  if (!error || !*error)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the sparse tensor %s is inconsistent",
                     name);
  return NULL;
}
