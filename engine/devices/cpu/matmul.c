/* Matrix products through oneDNN, on the operands as they lie: packing the weights gains 2 % and
 * costs more, since training changes them in every step. */
#include "engine/devices/cpu/matmul.h"

#include "engine/devices/cpu/onednn.h"

static gboolean
supports (const CpuSite *site)
{
  CpuProduct p = cpu_product (site);
  CpuEpilogue epilogue;

  return cpu_all_types (site, TELAR_F32) && !cpu_product_suits_gemm (&p) &&
         cpu_epilogue_init (&epilogue, site, FALSE);
}

/* Both operands get the result's rank, with 1 where they have no axis. */
static void
describe_factor (dnnl_memory_desc_t *desc, const CpuProduct *p, const TelarShape *batch,
                 gint64 rows, gint64 columns, gboolean transposed)
{
  gint64 dims[TELAR_MAX_RANK], strides[TELAR_MAX_RANK], size = rows * columns;
  guint rank = p->batch.rank, skipped = rank - batch->rank;

  for (guint i = rank; i-- > 0;) {
    dims[i] = i < skipped ? 1 : batch->dims[i - skipped];
    strides[i] = size;
    size *= dims[i];
  }
  dims[rank] = rows, dims[rank + 1] = columns;
  strides[rank] = transposed ? 1 : columns;
  strides[rank + 1] = transposed ? rows : 1;
  cpu_dnnl_desc (desc, rank + 2, dims, strides);
}

static void
describe_bias (dnnl_memory_desc_t *desc, const CpuProduct *p)
{
  gint64 dims[TELAR_MAX_RANK], strides[TELAR_MAX_RANK];
  guint rank = p->batch.rank + 2;

  for (guint i = 0; i < rank; i++)
    dims[i] = i + 1 == rank ? p->n : 1, strides[i] = i + 1 == rank ? 1 : p->n;
  cpu_dnnl_desc (desc, rank, dims, strides);
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  CpuProduct p = cpu_product (site);
  CpuDnnl *program = cpu_dnnl_new (site);
  gboolean biased = site->instr->n_inputs > 2;
  dnnl_memory_desc_t a, b, y, bias;
  dnnl_matmul_desc_t op;

  describe_factor (&a, &p, &p.a_batch, p.m, p.k, p.trans_a);
  describe_factor (&b, &p, &p.b_batch, p.k, p.n, p.trans_b);
  describe_factor (&y, &p, &p.batch, p.m, p.n, FALSE);
  describe_bias (&bias, &p);
  cpu_dnnl_check (program, dnnl_matmul_desc_init (&op, &a, &b, biased ? &bias : NULL, &y));
  dnnl_primitive_desc_t desc = cpu_dnnl_describe (program, &op, NULL);
  CpuDnnlArgument arguments[4] = {
    { DNNL_ARG_SRC, cpu_dnnl_input (program, 0, &a) },
    { DNNL_ARG_WEIGHTS, cpu_dnnl_input (program, 1, &b) },
    { DNNL_ARG_DST, cpu_dnnl_output (program, 0, &y) },
  };
  if (biased)
    arguments[3] = (CpuDnnlArgument){ DNNL_ARG_BIAS, cpu_dnnl_input (program, 2, &bias) };
  cpu_dnnl_add (program, desc, arguments, biased ? 4 : 3);
  dnnl_primitive_desc_destroy (desc);
  cpu_epilogue_init (cpu_dnnl_epilogue (program), site, FALSE);
  return cpu_dnnl_finish (program, prepared, error);
}

static const CpuKernel matmul_kernels[] = {
  { TELAR_PRIM_MATMUL, "onednn matmul", supports, prepare, cpu_dnnl_run },
};

CPU_FAMILY (matmul);
