/* Reductions of float32 along contiguous memory (reduce) and across rows (fold). */
#include "engine/devices/cpu/vector/math.h"
#include "engine/devices/cpu/vector/vector-isa.h"

/* Sums are made of blocks, whose rounding errors do not add up along the whole length. */
#define BLOCK ((gsize)4096)

static inline Floats
add_lanes (Floats a, Floats b)
{
  return a + b;
}

static inline Floats
multiply_lanes (Floats a, Floats b)
{
  return a * b;
}

/* a where a > b or a is NaN, else b: NaN wins, as in the specification. */
static inline Floats
max_lanes (Floats a, Floats b)
{
  Ints keep = (Ints)(a > b) | (Ints)(a != a);

  return (Floats)((keep & (Ints)a) | (~keep & (Ints)b));
}

static inline Floats
min_lanes (Floats a, Floats b)
{
  Ints keep = (Ints)(a < b) | (Ints)(a != a);

  return (Floats)((keep & (Ints)a) | (~keep & (Ints)b));
}

#define ADD(x, y)      ((x) + (y))
#define MULTIPLY(x, y) ((x) * (y))
#define LARGER(x, y)   ((x) > (y) || (x) != (x) ? (x) : (y))
#define SMALLER(x, y)  ((x) < (y) || (x) != (x) ? (x) : (y))

#define REDUCTION(name, NEUTRAL, LANES, ONE)                                                       \
  static float name##_block (const float *x, gsize n)                                              \
  {                                                                                                \
    Floats a = splat (NEUTRAL), b = a, c = a, d = a;                                               \
    float lanes[ISA_LANES], result = NEUTRAL;                                                      \
    gsize i = 0;                                                                                   \
                                                                                                   \
    for (; i + 4 * ISA_LANES <= n; i += 4 * ISA_LANES) {                                           \
      a = LANES (a, load (x + i));                                                                 \
      b = LANES (b, load (x + i + ISA_LANES));                                                     \
      c = LANES (c, load (x + i + 2 * ISA_LANES));                                                 \
      d = LANES (d, load (x + i + 3 * ISA_LANES));                                                 \
    }                                                                                              \
    for (; i + ISA_LANES <= n; i += ISA_LANES)                                                     \
      a = LANES (a, load (x + i));                                                                 \
    a = LANES (LANES (a, b), LANES (c, d));                                                        \
    memcpy (lanes, &a, sizeof a);                                                                  \
    for (guint k = 0; k < ISA_LANES; k++)                                                          \
      result = ONE (result, lanes[k]);                                                             \
    for (; i < n; i++)                                                                             \
      result = ONE (result, x[i]);                                                                 \
    return result;                                                                                 \
  }                                                                                                \
                                                                                                   \
  static float name (const float *x, gsize n)                                                      \
  {                                                                                                \
    float result = NEUTRAL;                                                                        \
                                                                                                   \
    for (gsize i = 0; i < n; i += BLOCK) {                                                         \
      float block = name##_block (x + i, MIN (BLOCK, n - i));                                      \
      result = ONE (result, block);                                                                \
    }                                                                                              \
    return result;                                                                                 \
  }                                                                                                \
                                                                                                   \
  static void fold_##name (float *y, const float *x, gsize rows, gsize n)                          \
  {                                                                                                \
    gsize j = 0;                                                                                   \
                                                                                                   \
    for (; j + 4 * ISA_LANES <= n; j += 4 * ISA_LANES) {                                           \
      Floats a = load (y + j), b = load (y + j + ISA_LANES);                                       \
      Floats c = load (y + j + 2 * ISA_LANES), d = load (y + j + 3 * ISA_LANES);                   \
      for (gsize r = 0; r < rows; r++) {                                                           \
        const float *row = x + r * n + j;                                                          \
        a = LANES (a, load (row));                                                                 \
        b = LANES (b, load (row + ISA_LANES));                                                     \
        c = LANES (c, load (row + 2 * ISA_LANES));                                                 \
        d = LANES (d, load (row + 3 * ISA_LANES));                                                 \
      }                                                                                            \
      *(Floats *)(y + j) = a, *(Floats *)(y + j + ISA_LANES) = b;                                  \
      *(Floats *)(y + j + 2 * ISA_LANES) = c, *(Floats *)(y + j + 3 * ISA_LANES) = d;              \
    }                                                                                              \
    for (gsize r = 0; j < n && r < rows; r++) {                                                    \
      INDEPENDENT                                                                                  \
      for (gsize k = j; k < n; k++)                                                                \
        y[k] = ONE (y[k], x[r * n + k]);                                                           \
    }                                                                                              \
  }

REDUCTION (sum, 0.0f, add_lanes, ADD)
REDUCTION (product, 1.0f, multiply_lanes, MULTIPLY)
REDUCTION (largest, -INFINITY, max_lanes, LARGER)
REDUCTION (smallest, INFINITY, min_lanes, SMALLER)

/* The row comes through a buffer, because a loop of sums alone would not become vectors without
 * leave to reorder them. */
static float
exp_sum (float *y, const float *x, float shift, gsize n)
{
  float buffer[512], result = 0.0f;

  for (gsize i = 0; i < n; i += G_N_ELEMENTS (buffer)) {
    gsize length = MIN (G_N_ELEMENTS (buffer), n - i);
    float *to = y != NULL ? y + i : buffer;

    INDEPENDENT
    for (gsize k = 0; k < length; k++)
      to[k] = exp_f32 (x[i + k] - shift);
    result += sum_block (to, length);
  }
  return result;
}

void
ISA_NAME (cpu_fill_reductions) (CpuVector *vector)
{
  vector->reduce[CPU_SUM] = sum, vector->fold[CPU_SUM] = fold_sum;
  vector->reduce[CPU_PROD] = product, vector->fold[CPU_PROD] = fold_product;
  vector->reduce[CPU_MAX] = largest, vector->fold[CPU_MAX] = fold_largest;
  vector->reduce[CPU_MIN] = smallest, vector->fold[CPU_MIN] = fold_smallest;
  vector->exp_sum = exp_sum;
}
