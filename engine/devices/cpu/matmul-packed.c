/* Matrix products with constant weights. Many rows are shared among the threads by rows, few by the
 * columns of the weights. */
#include "engine/devices/cpu/epilogue.h"
#include "engine/devices/cpu/matmul.h"
#include "engine/devices/cpu/packed.h"

#include <string.h>

typedef struct {
  CpuEpilogue epilogue;
  CpuMatrix b;
  gsize rows;
  float packed[];
} Product;

typedef struct {
  const CpuDevice *device;
  const Product *product;
  const TelarCall *call;
} Work;

static gboolean
supports (const CpuSite *site)
{
  CpuProduct p = cpu_product (site);
  CpuEpilogue epilogue;

  return cpu_all_types (site, TELAR_F32) && p.b_batch.rank == 0 && !p.trans_a && p.k > 0 &&
         p.n >= 8 && cpu_constant (site, 1) != NULL && cpu_epilogue_init (&epilogue, site, TRUE);
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  CpuProduct p = cpu_product (site);
  CpuMatrix b = { cpu_constant (site, 1), (gsize)p.k, (gsize)p.n, p.trans_b ? 1 : (gsize)p.n,
                  p.trans_b ? (gsize)p.k : 1 };
  gsize size = cpu_packed_size (site->device, &b);
  Product *product = g_malloc0 (sizeof *product + size * sizeof (float));

  cpu_epilogue_init (&product->epilogue, site, TRUE);
  product->b = b;
  product->rows = telar_shape_elements (&p.batch) * (gsize)p.m;
  site->device->vector.pack (&b, product->packed);
  prepared->data = product;
  prepared->free = g_free;
  prepared->packed = CPU_WEIGHTS;
  return TRUE;
}

static void
run_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Product *p = work->product;
  float *y = work->call->outputs[0].data;
  gsize most = cpu_packed_rows (p->b.k);

  for (gsize first = begin; first < end; first += most) {
    gsize rows = MIN (end - first, most);
    CpuTile tile = { (const float *)work->call->inputs[0].data + first * p->b.k, p->b.k,
                     y + first * p->b.n, p->b.n };
    work->device->vector.multiply (&tile, &p->b, p->packed, rows);
    cpu_epilogue_rows (&p->epilogue, y, cpu_bias (work->call), first, first + rows, p->b.n);
  }
}

static void
run_columns (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Product *p = work->product;
  CpuMatrix part = { NULL, p->b.k, end - begin, 0, 0 };
  CpuTile tile = { work->call->inputs[0].data, p->b.k, (float *)work->call->outputs[0].data + begin,
                   p->b.n };

  work->device->vector.multiply (&tile, &part, p->packed + begin * p->b.k, p->rows);
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Product *p = call->prepared;
  Work work = { device, p, call };
  gsize cost = p->b.k * p->b.n;

  if (p->rows >= 4 * device->base.threads) {
    cpu_parallel (device, p->rows, 100000 / MAX (cost, 1) + 1, 1, run_rows, &work);
    return TRUE;
  }
  cpu_parallel (device, p->b.n, 100000 / MAX (p->b.k * p->rows, 1) + 1, device->vector.panel,
                run_columns, &work);
  cpu_epilogue_rows (&p->epilogue, call->outputs[0].data, cpu_bias (call), 0, p->rows, p->b.n);
  return TRUE;
}

static const CpuKernel matmul_packed_kernels[] = {
  { TELAR_PRIM_MATMUL, "vector matmul", supports, prepare, run },
};

CPU_FAMILY (matmul_packed);
