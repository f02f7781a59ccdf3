/* Matrix products through OpenBLAS: float64, what oneDNN does worse, and everything in a build
 * without it. OpenBLAS itself stays on one thread; the rows are cut here, over the pool that
 * the other kernels use. */
#include "engine/devices/cpu/epilogue.h"
#include "engine/devices/cpu/matmul.h"

#include <cblas.h>

CpuProduct
cpu_product (const CpuSite *site)
{
  const TelarShape *a = &site->inputs[0].shape, *b = &site->inputs[1].shape;
  CpuProduct p = {
    .trans_a = telar_instr_int (site->instr, TELAR_ATTR_TRANS_A, 0) != 0,
    .trans_b = telar_instr_int (site->instr, TELAR_ATTR_TRANS_B, 0) != 0,
    .batch = site->outputs[0].shape,
    .a_batch = *a,
    .b_batch = *b,
  };

  p.m = p.batch.dims[p.batch.rank - 2];
  p.n = p.batch.dims[p.batch.rank - 1];
  p.k = a->dims[a->rank - (p.trans_a ? 2 : 1)];
  p.batch.rank -= 2, p.a_batch.rank -= 2, p.b_batch.rank -= 2;
  return p;
}

gboolean
cpu_product_suits_gemm (const CpuProduct *p)
{
  gboolean is_small = p->m == 1 || p->k == 0 || p->m * p->n * p->k <= 8192;

  return is_small || (p->trans_a && p->k >= 1024);
}

gsize
cpu_product_matrix (const CpuProduct *product, const TelarShape *operand, gsize index)
{
  const TelarShape *batch = &product->batch;
  gsize result = 0, scale = 1;

  for (guint i = 0; i < operand->rank; i++) {
    gsize size = (gsize)batch->dims[batch->rank - 1 - i];
    gsize own = (gsize)operand->dims[operand->rank - 1 - i];
    result += own == 1 ? 0 : index % size * scale;
    scale *= own;
    index /= size;
  }
  return result;
}

typedef struct {
  CpuProduct product;
  CpuEpilogue epilogue;
  TelarDType dtype;
} Gemm;

typedef struct {
  const Gemm *gemm;
  const TelarCall *call;
} Work;

/* Rows [first, first + rows) of matrix @index. */
static void
multiply (const Work *work, gsize index, gint64 first, gint64 rows)
{
  const CpuProduct *p = &work->gemm->product;
  gsize size = telar_dtype_size (work->gemm->dtype);
  gsize a_at = cpu_product_matrix (p, &p->a_batch, index) * (gsize)(p->m * p->k);
  gsize b_at = cpu_product_matrix (p, &p->b_batch, index) * (gsize)(p->k * p->n);
  gsize y_at = (index * (gsize)p->m + (gsize)first) * (gsize)p->n;
  const char *a = work->call->inputs[0].data, *b = work->call->inputs[1].data;
  char *y = (char *)work->call->outputs[0].data + y_at * size;
  CBLAS_TRANSPOSE trans_a = p->trans_a ? CblasTrans : CblasNoTrans;
  CBLAS_TRANSPOSE trans_b = p->trans_b ? CblasTrans : CblasNoTrans;
  int m = (int)rows, n = (int)p->n, k = (int)p->k;
  int lda = MAX ((int)(p->trans_a ? p->m : p->k), 1), ldb = MAX (p->trans_b ? k : n, 1);

  a += (a_at + (gsize)(p->trans_a ? first : first * p->k)) * size;
  b += b_at * size;
  if (work->gemm->dtype == TELAR_F64)
    cblas_dgemm (CblasRowMajor, trans_a, trans_b, m, n, k, 1.0, (const double *)a, lda,
                 (const double *)b, ldb, 0.0, (double *)y, n);
  else
    cblas_sgemm (CblasRowMajor, trans_a, trans_b, m, n, k, 1.0f, (const float *)a, lda,
                 (const float *)b, ldb, 0.0f, (float *)y, n);
}

/* Items are the rows of all matrices. */
static void
run_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  gsize m = (gsize)work->gemm->product.m, n = (gsize)work->gemm->product.n;

  for (gsize row = begin; row < end;) {
    gsize first = row % m, rows = MIN (m - first, end - row);
    multiply (work, row / m, (gint64)first, (gint64)rows);
    row += rows;
  }
  cpu_epilogue_rows (&work->gemm->epilogue, work->call->outputs[0].data, cpu_bias (work->call),
                     begin, end, n);
}

static gboolean
supports (const CpuSite *site)
{
  CpuProduct p = cpu_product (site);
  CpuEpilogue epilogue;

  if (!cpu_all_types (site, TELAR_F64) && !cpu_all_types (site, TELAR_F32))
    return FALSE;
  if (p.m > G_MAXINT || p.n > G_MAXINT || p.k > G_MAXINT)
    return FALSE;
#ifdef TELAR_HAVE_ONEDNN
  if (site->outputs[0].dtype == TELAR_F32 && !cpu_product_suits_gemm (&p))
    return FALSE;
#endif
  return cpu_epilogue_init (&epilogue, site, TRUE);
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  Gemm *gemm = g_new0 (Gemm, 1);

  gemm->product = cpu_product (site);
  gemm->dtype = site->outputs[0].dtype;
  cpu_epilogue_init (&gemm->epilogue, site, TRUE);
  prepared->data = gemm;
  prepared->free = g_free;
  openblas_set_num_threads (1);
  return TRUE;
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Gemm *gemm = call->prepared;
  Work work = { gemm, call };
  gsize rows = telar_shape_elements (&gemm->product.batch) * (gsize)gemm->product.m;
  gsize cost = (gsize)MAX (gemm->product.n * gemm->product.k, 1);

  if (gemm->product.n > 0)
    cpu_parallel (device, rows, 400000 / cost + 1, 1, run_rows, &work);
  return TRUE;
}

static const CpuKernel gemm_kernels[] = {
  { TELAR_PRIM_MATMUL, "openblas gemm", supports, prepare, run },
};

CPU_FAMILY (gemm);
