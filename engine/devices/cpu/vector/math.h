/* Functions of float32 as straight-line code without branches or calls, so that a loop over them
 * becomes vector instructions. Errors are below 4 units in the last place. The polynomials are our
 * own minimax fits (Lawson's iteration on Chebyshev nodes, in extended precision). */
#pragma once

#include <glib.h>
#include <math.h>

static inline gint32
bits_of (float x)
{
  union {
    float f;
    gint32 i;
  } u = { .f = x };
  return u.i;
}

static inline float
float_of (gint32 bits)
{
  union {
    gint32 i;
    float f;
  } u = { .i = bits };
  return u.f;
}

/* 2^n for n in [-126, 127] */
static inline float
power_of_two (gint32 n)
{
  return float_of ((gint32)((guint32)(n + 127) << 23));
}

/* e^x = 2^n · e^r, |r| <= ln 2 / 2. The scale is applied in two halves, so that results reach
 * infinity and the subnormals in the right places. */
static inline float
exp_f32 (float x)
{
  const float shifter = 12582912.0f; /* 1.5 · 2^23: adding it rounds to an integer */
  float t = x < -104.0f ? -104.0f : x;

  t = t > 89.0f ? 89.0f : t;
  float n = (t * 1.44269504f + shifter) - shifter;
  float r = t - n * 0.693145752f;
  r = r - n * 1.42860677e-06f;
  float p = 0.00138131424f;
  p = p * r + 0.00836941879f;
  p = p * r + 0.041668456f;
  p = p * r + 0.166665152f;
  p = p * r + 0.49999994f;
  p = p * (r * r) + r + 1.0f;
  gint32 whole = (gint32)n, half = whole >> 1;
  return p * power_of_two (half) * power_of_two (whole - half);
}

/* log x = e · ln 2 + log (1 + m), 1 + m in [sqrt (1/2), sqrt 2), for x that is positive, finite and
 * not subnormal; and for x = @scaled · 2^@shift. */
static inline float
log_normal_f32 (float scaled, float shift)
{
  guint32 bits = (guint32)bits_of (scaled);
  gint32 e = (gint32)(bits - 0x3f3504f3u) >> 23; /* 0x3f3504f3: sqrt (1/2) */
  float m = float_of ((gint32)(bits - ((guint32)e << 23))) - 1.0f;
  float n = (float)e + shift;
  float p = 0.0674659163f;

  p = p * m - 0.116756387f;
  p = p * m + 0.118881777f;
  p = p * m - 0.124055922f;
  p = p * m + 0.142195508f;
  p = p * m - 0.166679963f;
  p = p * m + 0.200021192f;
  p = p * m - 0.250000089f;
  p = p * m + 0.333333135f;
  float square = m * m;
  float y = p * m * square + n * 1.42860677e-06f;
  y = y - 0.5f * square;
  return y + m + n * 0.693145752f;
}

static inline float
log_f32 (float x)
{
  float scaled = x < 1.17549435e-38f ? x * 8388608.0f : x; /* subnormals, up by 2^23 */
  float shift = x < 1.17549435e-38f ? -23.0f : 0.0f;
  float y = log_normal_f32 (scaled, shift);

  y = x == INFINITY ? x : y;
  y = x == 0.0f ? -INFINITY : y;
  return x < 0.0f || x != x ? NAN : y;
}

/* log (1 + x); what rounding 1 + x lost comes back as a first-order term. */
static inline float
log1p_f32 (float x)
{
  float u = 1.0f + x;
  float lost = x - (u - 1.0f);
  float whole = log_f32 (u);
  float y = u == 1.0f ? x : whole + lost / u;

  return x == INFINITY || u <= 0.0f ? whole : y;
}

static inline float
sigmoid_f32 (float x)
{
  return 1.0f / (1.0f + exp_f32 (-x));
}

/* Below 0.625 an odd polynomial, above 1 - 2 / (e^2x + 1). */
static inline float
tanh_f32 (float x)
{
  float a = fabsf (x), z = x * x;
  float p = -0.0056483075f;

  p = p * z + 0.0205898173f;
  p = p * z - 0.0537251234f;
  p = p * z + 0.133312747f;
  p = p * z - 0.333332747f;
  float small = x + x * z * p;
  float large = 1.0f - 2.0f / (exp_f32 (2.0f * a) + 1.0f);
  large = x < 0.0f ? -large : large;
  return a < 0.625f ? small : large;
}

/* log (1 + e^x) = max (x, 0) + log (1 + e^-|x|) */
static inline float
softplus_f32 (float x)
{
  float t = exp_f32 (-fabsf (x));
  float u = 1.0f + t;
  float tail = log_normal_f32 (u, 0.0f) + (t - (u - 1.0f)) / u;

  tail = u == 1.0f ? t : tail;
  return x != x ? x : (x > 0.0f ? x : 0.0f) + tail;
}

/* Below 0.92 an odd polynomial, above 1 - e^-q. */
static inline float
erf_f32 (float x)
{
  float a = fabsf (x), z = x * x;
  float p = 8.19377674e-05f;

  p = p * z - 0.000809987658f;
  p = p * z + 0.00519715482f;
  p = p * z - 0.0268577915f;
  p = p * z + 0.112836659f;
  p = p * z - 0.376126319f;
  p = p * z + 0.128379166f;
  float small = x + x * p;
  float t = a > 4.0f ? 4.0f : a;
  float q = 5.2232167e-07f;
  q = q * t + 1.43055604e-05f;
  q = q * t - 0.00039667447f;
  q = q * t + 0.00405339664f;
  q = q * t - 0.0248951092f;
  q = q * t + 0.108011834f;
  q = q * t + 0.633543551f;
  q = q * t + 1.12943411f;
  q = q * t - 0.000160398209f;
  float large = 1.0f - exp_f32 (-q);
  large = x < 0.0f ? -large : large;
  return a < 0.92f ? small : large;
}

/* An odd polynomial up to 1; beyond, pi / 2 - atan (1 / |x|). */
static inline float
atan_f32 (float x)
{
  float a = fabsf (x), t = a > 1.0f ? 1.0f / a : a, z = t * t;
  float p = -0.00170117011f;

  p = p * z + 0.0104876496f;
  p = p * z - 0.030351866f;
  p = p * z + 0.057089556f;
  p = p * z - 0.0834972486f;
  p = p * z + 0.109323412f;
  p = p * z - 0.142600164f;
  p = p * z + 0.199980751f;
  p = p * z - 0.333332777f;
  t = t + t * z * p;
  return copysignf (a > 1.0f ? 1.57079633f - t : t, x);
}

/* sin (x + quarter · pi / 2) for |x| <= SIN_LIMIT, where the reduction in three parts is exact
 * enough; callers take the library beyond it. */
#define SIN_LIMIT 8192.0f
static inline float
sin_f32 (float x, gint32 quarter)
{
  const float shifter = 12582912.0f;
  float n = (x * 0.636619772f + shifter) - shifter;
  float r = x - n * 1.5703125f;
  r = r - n * 0.000483751297f;
  r = r - n * 7.54953362e-08f;
  r = r - n * 2.5633440e-12f;
  gint32 q = (gint32)n + quarter;
  float z = r * r;
  float s = 2.71736667e-06f;
  s = s * z - 0.000198392328f;
  s = s * z + 0.00833332911f;
  s = s * z - 0.166666672f;
  float sine = r + r * z * s;
  float c = -2.71986266e-07f;
  c = c * z + 2.47993721e-05f;
  c = c * z - 0.00138888834f;
  c = c * z + 0.0416666679f;
  float cosine = 1.0f - 0.5f * z + z * z * c;
  float y = q & 1 ? cosine : sine;
  return q & 2 ? -y : y;
}
