/* Rows of float32: the elementwise primitives, comparisons, and casts from and to float32. */
#include "engine/devices/cpu/vector/math.h"
#include "engine/devices/cpu/vector/row-macros.h"

/* clang-format off */
ROW1 (neg, float, float, -x)
ROW1 (absolute, float, float, fabsf (x))
ROW1 (sign, float, float, x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x)
ROW1 (exponential, float, float, exp_f32 (x))
ROW1 (logarithm, float, float, log_f32 (x))
ROW1 (logarithm1p, float, float, log1p_f32 (x))
ROW1 (square_root, float, float, sqrtf (x))
ROW1 (inverse_root, float, float, 1.0f / sqrtf (x))
ROW1 (reciprocal, float, float, 1.0f / x)
ROW1 (arctangent, float, float, atan_f32 (x))
ROW1 (hyperbolic_tangent, float, float, tanh_f32 (x))
ROW1 (sigmoid, float, float, sigmoid_f32 (x))
ROW1 (softplus, float, float, softplus_f32 (x))
ROW1 (error_function, float, float, erf_f32 (x))
ROW1 (floor_, float, float, floorf (x))
ROW1 (ceil_, float, float, ceilf (x))
ROW1 (round_, float, float, rintf (x))
ROW1 (relu, float, float, x < 0.0f ? 0.0f : x)
ROW1 (is_nan, float, guint8, x != x)

ROW2 (add, float, float, x + y)
ROW2 (sub, float, float, x - y)
ROW2 (mul, float, float, x * y)
ROW2 (divide, float, float, x / y)
ROW2 (maximum, float, float, x > y || x != x ? x : y)
ROW2 (minimum, float, float, x < y || x != x ? x : y)
ROW2 (equal, float, guint8, x == y)
ROW2 (less, float, guint8, x < y)
ROW2 (less_equal, float, guint8, x <= y)

ROW1 (from_bool, guint8, float, x != 0)
ROW1 (from_u8, guint8, float, x)
ROW1 (from_i8, gint8, float, x)
ROW1 (from_i32, gint32, float, x)
ROW1 (from_i64, gint64, float, x)
ROW1 (from_f64, double, float, x)
CALL1 (from_f16, guint16, float, telar_f16_to_f32 (x))
ROW1 (from_bf16, guint16, float, float_of ((gint32)((guint32)x << 16)))
ROW1 (to_bool, float, guint8, x == x && x != 0.0f)
ROW1 (to_u8, float, guint8, x != x ? 0.0f : x < 0.0f ? 0.0f : x > 255.0f ? 255.0f : x)
ROW1 (to_i8, float, gint8, x != x ? 0.0f : x < -128.0f ? -128.0f : x > 127.0f ? 127.0f : x)
/* 2147483648 itself does not fit; what is as large becomes the largest that does. */
ROW1 (to_i32, float, gint32, x != x ? 0 : x >= 2147483648.0f ? G_MAXINT32
                             : x <= -2147483648.0f ? G_MININT32 : (gint32)x)
ROW1 (to_i64, float, gint64, x != x ? 0 : x >= 9223372036854775808.0f ? G_MAXINT64
                             : x <= -9223372036854775808.0f ? G_MININT64 : (gint64)x)
ROW1 (to_f64, float, double, x)
CALL1 (to_f16, float, guint16, telar_f16_from_f32 (x))
CALL1 (to_bf16, float, guint16, telar_bf16_from_f32 (x))
/* clang-format on */

/* Whether the polynomial's reduction holds for the whole row. */
static gboolean
within_limit (const float *x, gsize n)
{
  guint outside = 0;

  for (gsize i = 0; i < n; i++)
    outside |= !(fabsf (x[i]) <= SIN_LIMIT);
  return outside == 0;
}

ROW (sine)
{
  const float *a = a_;
  float *out = to;

  if (within_limit (a, n)) {
    INDEPENDENT
    for (gsize i = 0; i < n; i++)
      out[i] = sin_f32 (a[i], 0);
  } else {
    for (gsize i = 0; i < n; i++)
      out[i] = sinf (a[i]);
  }
}

ROW (cosine)
{
  const float *a = a_;
  float *out = to;

  if (within_limit (a, n)) {
    INDEPENDENT
    for (gsize i = 0; i < n; i++)
      out[i] = sin_f32 (a[i], 1);
  } else {
    for (gsize i = 0; i < n; i++)
      out[i] = cosf (a[i]);
  }
}

ROW (power_vv)
{
  const float *a = a_, *b = b_;
  float *out = to;

  for (gsize i = 0; i < n; i++)
    out[i] = powf (a[i], b[i]);
}

ROW (power_sv)
{
  const float *b = b_;
  float *out = to, base = *(const float *)a_;

  for (gsize i = 0; i < n; i++)
    out[i] = powf (base, b[i]);
}

/* Squares, cubes and reciprocals are most of the powers that networks take. */
ROW (power_vs)
{
  const float *a = a_;
  float *out = to, exponent = *(const float *)b_;

  if (exponent == 2.0f) {
    INDEPENDENT
    for (gsize i = 0; i < n; i++)
      out[i] = a[i] * a[i];
  } else if (exponent == 3.0f) {
    INDEPENDENT
    for (gsize i = 0; i < n; i++)
      out[i] = a[i] * a[i] * a[i];
  } else if (exponent == -1.0f) {
    INDEPENDENT
    for (gsize i = 0; i < n; i++)
      out[i] = 1.0f / a[i];
  } else {
    for (gsize i = 0; i < n; i++)
      out[i] = powf (a[i], exponent);
  }
}

/* The sign of the divisor, as NumPy's mod. */
static float
modulo (float x, float y)
{
  float rest = fmodf (x, y);

  return rest != 0.0f && (rest < 0.0f) != (y < 0.0f) ? rest + y : rest;
}
ROW2 (mod, float, float, modulo (x, y))

/* clang-format off */
const CpuRowEntry ISA_NAME (cpu_rows_f32)[] = {
  ENTRY1 (NEG, F32, F32, neg)                  ENTRY1 (ABS, F32, F32, absolute)
  ENTRY1 (SIGN, F32, F32, sign)                ENTRY1 (EXP, F32, F32, exponential)
  ENTRY1 (LOG, F32, F32, logarithm)            ENTRY1 (LOG1P, F32, F32, logarithm1p)
  ENTRY1 (SQRT, F32, F32, square_root)         ENTRY1 (RSQRT, F32, F32, inverse_root)
  ENTRY1 (RECIPROCAL, F32, F32, reciprocal)    ENTRY1 (SIN, F32, F32, sine)
  ENTRY1 (COS, F32, F32, cosine)               ENTRY1 (TANH, F32, F32, hyperbolic_tangent)
  ENTRY1 (SIGMOID, F32, F32, sigmoid)          ENTRY1 (SOFTPLUS, F32, F32, softplus)
  ENTRY1 (ERF, F32, F32, error_function)       ENTRY1 (FLOOR, F32, F32, floor_)
  ENTRY1 (CEIL, F32, F32, ceil_)               ENTRY1 (ROUND, F32, F32, round_)
  ENTRY1 (ATAN, F32, F32, arctangent)
  ENTRY1 (RELU, F32, F32, relu)                ENTRY1 (ISNAN, F32, BOOL, is_nan)
  ENTRY2 (ADD, F32, F32, add)                  ENTRY2 (SUB, F32, F32, sub)
  ENTRY2 (MUL, F32, F32, mul)                  ENTRY2 (DIV, F32, F32, divide)
  ENTRY2 (POW, F32, F32, power)                ENTRY2 (MOD, F32, F32, mod)
  ENTRY2 (MAXIMUM, F32, F32, maximum)          ENTRY2 (MINIMUM, F32, F32, minimum)
  ENTRY2 (EQUAL, F32, BOOL, equal)             ENTRY2 (LESS, F32, BOOL, less)
  ENTRY2 (LESS_EQUAL, F32, BOOL, less_equal)
  ENTRY1 (CAST, BOOL, F32, from_bool)          ENTRY1 (CAST, F32, BOOL, to_bool)
  ENTRY1 (CAST, U8, F32, from_u8)              ENTRY1 (CAST, F32, U8, to_u8)
  ENTRY1 (CAST, I8, F32, from_i8)              ENTRY1 (CAST, F32, I8, to_i8)
  ENTRY1 (CAST, I32, F32, from_i32)            ENTRY1 (CAST, F32, I32, to_i32)
  ENTRY1 (CAST, I64, F32, from_i64)            ENTRY1 (CAST, F32, I64, to_i64)
  ENTRY1 (CAST, F64, F32, from_f64)            ENTRY1 (CAST, F32, F64, to_f64)
  ENTRY1 (CAST, F16, F32, from_f16)            ENTRY1 (CAST, F32, F16, to_f16)
  ENTRY1 (CAST, BF16, F32, from_bf16)          ENTRY1 (CAST, F32, BF16, to_bf16)
};
/* clang-format on */

const guint ISA_NAME (cpu_n_rows_f32) = G_N_ELEMENTS (ISA_NAME (cpu_rows_f32));
