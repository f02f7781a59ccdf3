/* Puts together the table of the widest instruction set that this machine runs. */
#include "engine/devices/cpu/vector.h"

#define DECLARE(isa)                                                                               \
  extern const CpuRowEntry cpu_rows_f32_##isa[], cpu_rows_other_##isa[];                           \
  extern const guint cpu_n_rows_f32_##isa, cpu_n_rows_other_##isa;                                 \
  void cpu_fill_reductions_##isa (CpuVector *vector);                                              \
  void cpu_repeat_##isa (void *to, const void *value, gsize size, gsize n);                        \
  void cpu_fill_norms_##isa (CpuVector *vector);                                                   \
  void cpu_fill_pools_##isa (CpuVector *vector);                                                   \
  void cpu_fill_optimizers_##isa (CpuVector *vector);                                              \
  void cpu_fill_products_##isa (CpuVector *vector);                                                \
  void cpu_fill_recurrences_##isa (CpuVector *vector);                                             \
  void cpu_fill_winograd_##isa (CpuVector *vector);

#define FILL(vector, text, isa)                                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    (vector)->name = text;                                                                         \
    (vector)->rows[0] = cpu_rows_f32_##isa, (vector)->n_rows[0] = cpu_n_rows_f32_##isa;            \
    (vector)->rows[1] = cpu_rows_other_##isa, (vector)->n_rows[1] = cpu_n_rows_other_##isa;        \
    cpu_fill_reductions_##isa (vector);                                                            \
    (vector)->repeat = cpu_repeat_##isa;                                                           \
    cpu_fill_norms_##isa (vector);                                                                 \
    cpu_fill_pools_##isa (vector);                                                                 \
    cpu_fill_optimizers_##isa (vector);                                                            \
    cpu_fill_products_##isa (vector);                                                              \
    cpu_fill_recurrences_##isa (vector);                                                           \
    cpu_fill_winograd_##isa (vector);                                                              \
  }                                                                                                \
  G_STMT_END

DECLARE (baseline)
#ifdef TELAR_CPU_X86
DECLARE (avx2)
DECLARE (avx512)
#endif

#ifdef TELAR_CPU_X86
static gboolean
has_avx2 (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma") &&
         __builtin_cpu_supports ("bmi2");
}

static gboolean
has_avx512 (void)
{
  return has_avx2 () && __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
         __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq");
}
#endif

gboolean
cpu_vector_init (CpuVector *vector, CpuVectorLevel level)
{
#ifdef TELAR_CPU_X86
  if (level == CPU_VECTOR_AVX512 && has_avx512 ()) {
    FILL (vector, "AVX-512", avx512);
    return TRUE;
  }
  if (level == CPU_VECTOR_AVX2 && has_avx2 ()) {
    FILL (vector, "AVX2", avx2);
    return TRUE;
  }
#endif
  if (level != CPU_VECTOR_BASELINE)
    return FALSE;
  FILL (vector, "baseline vectors", baseline);
  return TRUE;
}

void
cpu_vector_best (CpuVector *vector)
{
  for (guint level = CPU_N_VECTOR_LEVELS; level-- > 0;)
    if (cpu_vector_init (vector, (CpuVectorLevel)level))
      return;
}

CpuRow
cpu_vector_row (const CpuVector *vector, TelarPrim prim, TelarDType from, TelarDType to,
                guint scalars)
{
  for (guint table = 0; table < G_N_ELEMENTS (vector->rows); table++)
    for (guint i = 0; i < vector->n_rows[table]; i++) {
      const CpuRowEntry *entry = &vector->rows[table][i];
      if (entry->prim == prim && entry->from == from && entry->to == to &&
          entry->scalars == scalars)
        return entry->row;
    }
  return NULL;
}
