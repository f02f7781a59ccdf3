/* For the files that are compiled once per instruction set (TELAR_ISA: baseline, avx2, avx512). */
#pragma once

#include "engine/devices/cpu/vector.h"

#include <math.h>
#include <string.h>

#define ISA_PASTE_(name, isa) name##_##isa
#define ISA_PASTE(name, isa)  ISA_PASTE_ (name, isa)
#define ISA_NAME(name)        ISA_PASTE (name, TELAR_ISA)

/* The next loop's iterations are independent, even where pointers are equal. */
#ifdef __clang__
#define INDEPENDENT _Pragma ("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma ("GCC ivdep")
#endif

/* The next loop, of a few constant turns, becomes straight code, so that arrays of registers stay
 * in registers. */
#ifdef __clang__
#define UNROLL _Pragma ("clang loop unroll(full)")
#else
#define UNROLL _Pragma ("GCC unroll 8")
#endif

/* Lanes of f32 in one register. */
#if defined(__AVX512F__)
#define ISA_LANES 16
#elif defined(__AVX2__)
#define ISA_LANES 8
#else
#define ISA_LANES 4
#endif

/* A register of floats that loads from anywhere. Sums are written with these, so that the source
 * fixes their order, not the compiler. */
typedef float Floats __attribute__ ((vector_size (ISA_LANES * 4), aligned (4), may_alias));
typedef gint32 Ints __attribute__ ((vector_size (ISA_LANES * 4), aligned (4), may_alias));

static inline Floats
load (const float *x)
{
  return *(const Floats *)x;
}

static inline Floats
splat (float x)
{
  return x - (Floats){ 0 };
}

static inline float
sum_of (Floats v)
{
  float half[ISA_LANES];

  memcpy (half, &v, sizeof v);
  for (guint width = ISA_LANES / 2; width > 0; width /= 2)
    for (guint i = 0; i < width; i++)
      half[i] += half[i + width];
  return half[0];
}

/* The parts that each file adds to the table. */
extern const CpuRowEntry ISA_NAME (cpu_rows_f32)[], ISA_NAME (cpu_rows_other)[];
extern const guint ISA_NAME (cpu_n_rows_f32), ISA_NAME (cpu_n_rows_other);
void ISA_NAME (cpu_fill_reductions) (CpuVector *vector);
void ISA_NAME (cpu_repeat) (void *to, const void *value, gsize size, gsize n);
void ISA_NAME (cpu_fill_norms) (CpuVector *vector);
void ISA_NAME (cpu_fill_pools) (CpuVector *vector);
void ISA_NAME (cpu_fill_optimizers) (CpuVector *vector);
void ISA_NAME (cpu_fill_products) (CpuVector *vector);
void ISA_NAME (cpu_fill_recurrences) (CpuVector *vector);
void ISA_NAME (cpu_fill_winograd) (CpuVector *vector);
