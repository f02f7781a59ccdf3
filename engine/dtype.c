/* Element types: their sizes, names and exact conversions, in one place for all devices and files.
 */
#include "engine/dtype.h"
#include <math.h>
#include <string.h>

static const struct {
  const char *name;
  gsize size;
} dtypes[TELAR_N_DTYPES] = {
  [TELAR_F32] = { "f32", 4 },   [TELAR_F64] = { "f64", 8 }, [TELAR_F16] = { "f16", 2 },
  [TELAR_BF16] = { "bf16", 2 }, [TELAR_I8] = { "i8", 1 },   [TELAR_U8] = { "u8", 1 },
  [TELAR_I16] = { "i16", 2 },   [TELAR_U16] = { "u16", 2 }, [TELAR_I32] = { "i32", 4 },
  [TELAR_U32] = { "u32", 4 },   [TELAR_I64] = { "i64", 8 }, [TELAR_U64] = { "u64", 8 },
  [TELAR_BOOL] = { "bool", 1 },
};

gsize
telar_dtype_size (TelarDType dtype)
{
  return dtypes[dtype].size;
}

const char *
telar_dtype_name (TelarDType dtype)
{
  return dtypes[dtype].name;
}

gboolean
telar_dtype_from_name (const char *name, TelarDType *dtype)
{
  for (guint i = 0; i < TELAR_N_DTYPES; i++)
    if (strcmp (name, dtypes[i].name) == 0) {
      *dtype = (TelarDType)i;
      return TRUE;
    }
  return FALSE;
}

gboolean
telar_dtype_is_float (TelarDType dtype)
{
  return dtype == TELAR_F32 || dtype == TELAR_F64 || dtype == TELAR_F16 || dtype == TELAR_BF16;
}

gboolean
telar_dtype_is_integer (TelarDType dtype)
{
  return dtype >= TELAR_I8 && dtype <= TELAR_U64;
}

gboolean
telar_dtype_is_unsigned (TelarDType dtype)
{
  return dtype == TELAR_U8 || dtype == TELAR_U16 || dtype == TELAR_U32 || dtype == TELAR_U64;
}

static guint32
bits_of (float value)
{
  guint32 bits;
  memcpy (&bits, &value, sizeof bits);
  return bits;
}

static float
float_of (guint32 bits)
{
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

float
telar_f16_to_f32 (guint16 bits)
{
  guint32 sign = (guint32)(bits & 0x8000u) << 16;
  guint32 exponent = (bits >> 10) & 0x1fu;
  guint32 fraction = bits & 0x3ffu;
  if (exponent == 0x1f)
    return float_of (sign | 0x7f800000u | fraction << 13);
  if (exponent != 0)
    return float_of (sign | (exponent + 112) << 23 | fraction << 13);
  /* Zero and subnormals: fraction * 2^-24 is exact in float32. */
  float magnitude = (float)fraction * 0x1p-24f;
  return sign ? -magnitude : magnitude;
}

guint16
telar_f16_from_f32 (float value)
{
  guint32 bits = bits_of (value);
  guint32 sign = (bits >> 16) & 0x8000u;
  guint32 magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) /* NaN stays quiet and keeps its upper payload */
    return (guint16)(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
  if (magnitude >= 0x477ff000u) /* 65520 and more round to infinity */
    return (guint16)(sign | 0x7c00u);
  if (magnitude < 0x38800000u) {
    /* Below 2^-14: adding 2^-1 shifts the fraction so that the hardware rounds at 2^-24. */
    guint32 shifted = bits_of (float_of (magnitude) + 0.5f);
    return (guint16)(sign | (shifted - 0x3f000000u));
  }
  guint32 odd = (magnitude >> 13) & 1u;
  guint32 rounded = magnitude - 0x38000000u + 0xfffu + odd;
  return (guint16)(sign | rounded >> 13);
}

float
telar_bf16_to_f32 (guint16 bits)
{
  return float_of ((guint32)bits << 16);
}

guint16
telar_bf16_from_f32 (float value)
{
  guint32 bits = bits_of (value);
  if ((bits & 0x7fffffffu) > 0x7f800000u)
    return (guint16)(bits >> 16 | 0x40u);
  return (guint16)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

double
telar_element_get (TelarDType dtype, const void *data, gsize index)
{
  switch (dtype) {
  case TELAR_F32:
    return (double)((const float *)data)[index];
  case TELAR_F64:
    return ((const double *)data)[index];
  case TELAR_F16:
    return (double)telar_f16_to_f32 (((const guint16 *)data)[index]);
  case TELAR_BF16:
    return (double)telar_bf16_to_f32 (((const guint16 *)data)[index]);
  case TELAR_I8:
    return ((const gint8 *)data)[index];
  case TELAR_U8:
    return ((const guint8 *)data)[index];
  case TELAR_I16:
    return ((const gint16 *)data)[index];
  case TELAR_U16:
    return ((const guint16 *)data)[index];
  case TELAR_I32:
    return ((const gint32 *)data)[index];
  case TELAR_U32:
    return ((const guint32 *)data)[index];
  case TELAR_I64:
    return (double)((const gint64 *)data)[index];
  case TELAR_U64:
    return (double)((const guint64 *)data)[index];
  case TELAR_BOOL:
    return ((const guint8 *)data)[index] != 0 ? 1.0 : 0.0;
  case TELAR_N_DTYPES:
    break;
  }
  g_return_val_if_reached (0.0);
}

/* Towards zero, as C and NumPy cast, with out-of-range values at the nearer end. */
static gint64
saturate (double value, gint64 low, gint64 high)
{
  if (isnan (value))
    return 0;
  if (value <= (double)low)
    return low;
  if (value >= (double)high)
    return high;
  return (gint64)value;
}

static guint64
saturate_u64 (double value)
{
  if (isnan (value) || value <= 0)
    return 0;
  return value >= 0x1p64 ? G_MAXUINT64 : (guint64)value;
}

void
telar_element_set (TelarDType dtype, void *data, gsize index, double value)
{
  switch (dtype) {
  case TELAR_F32:
    ((float *)data)[index] = (float)value;
    return;
  case TELAR_F64:
    ((double *)data)[index] = value;
    return;
  case TELAR_F16:
    ((guint16 *)data)[index] = telar_f16_from_f32 ((float)value);
    return;
  case TELAR_BF16:
    ((guint16 *)data)[index] = telar_bf16_from_f32 ((float)value);
    return;
  case TELAR_I8:
    ((gint8 *)data)[index] = (gint8)saturate (value, G_MININT8, G_MAXINT8);
    return;
  case TELAR_U8:
    ((guint8 *)data)[index] = (guint8)saturate (value, 0, G_MAXUINT8);
    return;
  case TELAR_I16:
    ((gint16 *)data)[index] = (gint16)saturate (value, G_MININT16, G_MAXINT16);
    return;
  case TELAR_U16:
    ((guint16 *)data)[index] = (guint16)saturate (value, 0, G_MAXUINT16);
    return;
  case TELAR_I32:
    ((gint32 *)data)[index] = (gint32)saturate (value, G_MININT32, G_MAXINT32);
    return;
  case TELAR_U32:
    ((guint32 *)data)[index] = (guint32)saturate (value, 0, G_MAXUINT32);
    return;
  case TELAR_I64:
    ((gint64 *)data)[index] = saturate (value, G_MININT64, G_MAXINT64);
    return;
  case TELAR_U64:
    ((guint64 *)data)[index] = saturate_u64 (value);
    return;
  case TELAR_BOOL:
    /* NaN counts as 0, as for the integers. */
    ((guint8 *)data)[index] = !isnan (value) && value != 0.0;
    return;
  case TELAR_N_DTYPES:
    break;
  }
  g_return_if_reached ();
}

gint64
telar_element_get_bits (TelarDType dtype, const void *data, gsize index)
{
  switch ((guint)dtype) {
  case TELAR_I8:
    return ((const gint8 *)data)[index];
  case TELAR_I16:
    return ((const gint16 *)data)[index];
  case TELAR_U16:
    return ((const guint16 *)data)[index];
  case TELAR_I32:
    return ((const gint32 *)data)[index];
  case TELAR_U32:
    return ((const guint32 *)data)[index];
  case TELAR_I64:
  case TELAR_U64:
    return ((const gint64 *)data)[index];
  default: /* u8 and bool */
    return ((const guint8 *)data)[index];
  }
}

void
telar_element_set_bits (TelarDType dtype, void *data, gsize index, gint64 value)
{
  switch ((guint)telar_dtype_size (dtype)) {
  case 1:
    ((guint8 *)data)[index] = dtype == TELAR_BOOL ? value != 0 : (guint8)value;
    return;
  case 2:
    ((guint16 *)data)[index] = (guint16)value;
    return;
  case 4:
    ((guint32 *)data)[index] = (guint32)value;
    return;
  default:
    ((gint64 *)data)[index] = value;
    return;
  }
}
