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
  TELAR_I32,
  TELAR_I64,
  TELAR_BOOL,
  TELAR_N_DTYPES
} TelarDType;

/* Bytes of one element. */
gsize telar_dtype_size (TelarDType dtype);

/* "f32", "f64", "f16", "bf16", "i8", "u8", "i32", "i64", "bool": the names of the IR's text form.
 */
const char *telar_dtype_name (TelarDType dtype);

/* FALSE when @name is none of the names above. */
gboolean telar_dtype_from_name (const char *name, TelarDType *dtype);

gboolean telar_dtype_is_float (TelarDType dtype);
gboolean telar_dtype_is_integer (TelarDType dtype); /* bool is not an integer */

/* IEEE 754 binary16 and bfloat16, round to nearest even. */
float telar_f16_to_f32 (guint16 bits);
guint16 telar_f16_from_f32 (float value);
float telar_bf16_to_f32 (guint16 bits);
guint16 telar_bf16_from_f32 (float value);

/* Element @index of @data, whatever its type, as double, and back (integers saturate, NaN becomes
 * 0, bool is 0 or 1). Exact for every type but i64 beyond 2^53. */
double telar_element_get (TelarDType dtype, const void *data, gsize index);
void telar_element_set (TelarDType dtype, void *data, gsize index, double value);

G_END_DECLS
