/* Numbers of two to eight bits. Floats: Micikevicius et al., "FP8 formats for deep learning", 2022;
 * Noune et al., "8-bit numerical formats for deep neural networks", 2022 (FNUZ); "OCP microscaling
 * formats", 2023 (float4e2m1, float8e8m0). */
#include "engine/exchange/onnx/narrow.h"

#include <math.h>

typedef enum {
  WHOLE,
  FINITE,     /* no infinity; NaN is all ones below the sign, if there is one */
  IEEE,       /* the highest exponent means infinity and NaN */
  UNSIGNED_0, /* "FNUZ": no infinity, one zero; its negative is NaN */
  POWER,      /* an exponent alone; all ones is NaN */
} Kind;

typedef struct {
  int number;
  guint bits;
  Kind kind;
  gboolean with_sign; /* of whole numbers */
  guint fraction;     /* bits after the point */
  int bias;
  double largest;
  gboolean nan;
} Narrow;

static const Narrow types[] = {
  { .number = 17,
    .bits = 8,
    .kind = FINITE,
    .fraction = 3,
    .bias = 7,
    .largest = 448,
    .nan = TRUE },
  { .number = 18, .bits = 8, .kind = UNSIGNED_0, .fraction = 3, .bias = 8, .largest = 240 },
  { .number = 19, .bits = 8, .kind = IEEE, .fraction = 2, .bias = 15, .largest = 57344 },
  { .number = 20, .bits = 8, .kind = UNSIGNED_0, .fraction = 2, .bias = 16, .largest = 57344 },
  { .number = 21, .bits = 4, .kind = WHOLE },
  { .number = 22, .bits = 4, .kind = WHOLE, .with_sign = TRUE },
  { .number = 23, .bits = 4, .kind = FINITE, .fraction = 1, .bias = 1, .largest = 6 },
  { .number = 24, .bits = 8, .kind = POWER, .bias = 127 },
  { .number = 25, .bits = 2, .kind = WHOLE },
  { .number = 26, .bits = 2, .kind = WHOLE, .with_sign = TRUE },
};

static const Narrow *
find (int number)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].number == number)
      return &types[i];
  return NULL;
}

gboolean
onnx_is_narrow (int number)
{
  return find (number) != NULL;
}

guint
onnx_narrow_bits (int number)
{
  return find (number)->bits;
}

static double
decode_whole (const Narrow *type, guint bits)
{
  guint sign = 1u << (type->bits - 1);

  return type->with_sign && bits & sign ? (double)bits - 2.0 * sign : bits;
}

static double
decode_float (const Narrow *type, guint bits)
{
  guint sign = 1u << (type->bits - 1), below = bits & (sign - 1);
  guint exponent = below >> type->fraction, fraction = below & ((1u << type->fraction) - 1);
  guint highest = (sign - 1) >> type->fraction;
  double value;

  if ((type->kind == UNSIGNED_0 && bits == sign) || (type->nan && below == sign - 1) ||
      (type->kind == IEEE && exponent == highest && fraction != 0))
    return NAN;
  if (type->kind == IEEE && exponent == highest)
    value = INFINITY;
  else if (exponent == 0)
    value = ldexp (fraction, 1 - type->bias - (int)type->fraction);
  else
    value =
        ldexp (fraction + (1u << type->fraction), (int)exponent - type->bias - (int)type->fraction);
  return bits & sign ? -value : value;
}

double
onnx_narrow_decode (int number, guint8 bits)
{
  const Narrow *type = find (number);
  guint own = bits & ((1u << type->bits) - 1);

  if (type->kind == WHOLE)
    return decode_whole (type, own);
  if (type->kind == POWER)
    return own == 255 ? NAN : ldexp (1, (int)own - type->bias);
  return decode_float (type, own);
}

gboolean
onnx_narrow_range (int number, double *low, double *high)
{
  const Narrow *type = find (number);
  guint sign = 1u << (type->bits - 1);

  if (type->kind != WHOLE)
    return FALSE;
  *low = type->with_sign ? decode_whole (type, sign) : 0;
  *high = decode_whole (type, type->with_sign ? sign - 1 : 2 * sign - 1);
  return TRUE;
}

static double
round_whole (const Narrow *type, double x)
{
  double range = ldexp (1, (int)type->bits);

  if (!isfinite (x))
    return 0;
  return decode_whole (type, (guint)(trunc (x) - floor (trunc (x) / range) * range));
}

static double
round_float (const Narrow *type, double x, gboolean saturate)
{
  int exponent;
  double unit, nearest;

  if (isnan (x))
    return type->kind == FINITE && !type->nan ? -0.0 : x; /* as the onnx package writes it */
  frexp (x, &exponent);                                   /* |x| is below 2^exponent */
  exponent = isinf (x) || x == 0 ? 0 : MAX (exponent - 1, 1 - type->bias);
  unit = ldexp (1, exponent - (int)type->fraction);
  nearest = isinf (x) ? x : nearbyint (x / unit) * unit;
  if (fabs (nearest) > type->largest) {
    if (saturate || (type->kind == FINITE && !type->nan))
      nearest = copysign (type->largest, x);
    else
      nearest = type->kind == IEEE ? copysign (INFINITY, x) : NAN;
  }
  return type->kind == UNSIGNED_0 && nearest == 0 ? 0 : nearest;
}

static double
round_power (const Narrow *type, double x, gboolean saturate, const char *round)
{
  int exponent;
  double half = frexp (fabs (x), &exponent); /* 0.5 … 1 */
  gboolean up =
      g_str_equal (round, "up") ? half > 0.5 : g_str_equal (round, "nearest") && half >= 0.75;

  if (isnan (x) || isinf (x))
    return isinf (x) && saturate ? ldexp (1, type->bias) : NAN;
  exponent += up ? 0 : -1;
  if (exponent > type->bias)
    return saturate ? ldexp (1, type->bias) : NAN;
  return ldexp (1, x == 0 ? -type->bias : MAX (exponent, -type->bias));
}

double
onnx_narrow_round (int number, double x, gboolean saturate, const char *round)
{
  const Narrow *type = find (number);

  if (type->kind == WHOLE)
    return round_whole (type, x);
  if (type->kind == POWER)
    return round_power (type, x, saturate, round);
  return round_float (type, x, saturate);
}
