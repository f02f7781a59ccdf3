/* Element types. float16 and bfloat16 are storage: arithmetic on them happens in float32. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TELAR_F32,
  TELAR_F64,
  TELAR_F16,
  TELAR_BF16,
  TELAR_I8,
  TELAR_U8,
  TELAR_I16,
  TELAR_U16,
  TELAR_I32,
  TELAR_U32,
  TELAR_I64,
  TELAR_U64,
  TELAR_BOOL,
  TELAR_N_DTYPES
} TelarDType;

/* Bytes of one element. */
gsize telar_dtype_size (TelarDType dtype);

/* "f32", "f64", "f16", "bf16", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool": the
 * names of the IR's text form. */
const char *telar_dtype_name (TelarDType dtype);

/* FALSE when @name is none of the names above. */
gboolean telar_dtype_from_name (const char *name, TelarDType *dtype);

gboolean telar_dtype_is_float (TelarDType dtype);
gboolean telar_dtype_is_integer (TelarDType dtype); /* bool is not an integer */
gboolean telar_dtype_is_unsigned (TelarDType dtype);

/* IEEE 754 binary16 and bfloat16, round to nearest even. */
float telar_f16_to_f32 (guint16 bits);
guint16 telar_f16_from_f32 (float value);
float telar_bf16_to_f32 (guint16 bits);
guint16 telar_bf16_from_f32 (float value);

/* Element @index of @data, whatever its type, as double, and back (integers saturate, NaN becomes
 * 0, bool is 0 or 1). Exact for every type but i64 and u64 beyond 2^53. */
double telar_element_get (TelarDType dtype, const void *data, gsize index);
void telar_element_set (TelarDType dtype, void *data, gsize index, double value);

/* The same for integers and bool with every bit: a u64 keeps its bits, and storing wraps around as
 * C and NumPy do. */
gint64 telar_element_get_bits (TelarDType dtype, const void *data, gsize index);
void telar_element_set_bits (TelarDType dtype, void *data, gsize index, gint64 value);

G_END_DECLS
