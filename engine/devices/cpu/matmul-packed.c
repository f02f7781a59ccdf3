/* Products whose second operand is packed: weights that are constants when the plan is made, others
 * in every run, where enough rows use them. Many rows are shared among the threads by rows, few by
 * the columns of the weights. */
#include "engine/devices/cpu/epilogue.h"
#include "engine/devices/cpu/matmul.h"
#include "engine/devices/cpu/packed.h"

#include <string.h>

#define ROWS_TO_PACK 96 /* fewer do not earn back what packing costs */
#define ROWS_AT_ONCE 48 /* of A: they and the next ones share the second cache with a panel */

typedef struct {
  CpuEpilogue epilogue;
  CpuProduct product;
  CpuMatrix b;
  gsize rows;      /* of all matrices */
  gsize size;      /* floats of a packed matrix */
  gboolean shared; /* all use one B */
  gboolean constant;
  float packed[]; /* of a constant */
} Product;

typedef struct {
  const CpuDevice *device;
  const Product *product;
  const TelarCall *call;
  float *packed;
} Work;

static gboolean
is_shared (const CpuProduct *p)
{
  return telar_shape_elements (&p->b_batch) == 1;
}

static gboolean
supports (const CpuSite *site)
{
  CpuProduct p = cpu_product (site);
  CpuEpilogue epilogue;
  gint64 rows = is_shared (&p) ? (gint64)telar_shape_elements (&p.batch) * p.m : p.m;
  gboolean constant = p.b_batch.rank == 0 && cpu_constant (site, 1) != NULL && p.n >= 8;

  return cpu_all_types (site, TELAR_F32) && !p.trans_a && p.k > 0 &&
         (constant || (rows >= ROWS_TO_PACK && p.n >= 16 && p.k >= 16)) &&
         cpu_epilogue_init (&epilogue, site, TRUE);
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  CpuProduct p = cpu_product (site);
  CpuMatrix b = { p.b_batch.rank == 0 ? cpu_constant (site, 1) : NULL, (gsize)p.k, (gsize)p.n,
                  p.trans_b ? 1 : (gsize)p.n, p.trans_b ? (gsize)p.k : 1 };
  gsize size = cpu_packed_size (site->device, &b);
  gboolean constant = b.data != NULL;
  Product *product = g_malloc0 (sizeof *product + (constant ? size : 0) * sizeof (float));

  cpu_epilogue_init (&product->epilogue, site, TRUE);
  product->product = p;
  product->b = b;
  product->rows = telar_shape_elements (&p.batch) * (gsize)p.m;
  product->size = size;
  product->shared = is_shared (&p);
  product->constant = constant;
  prepared->data = product;
  prepared->free = g_free;
  if (constant) {
    site->device->vector.pack (&b, product->packed);
    prepared->packed = CPU_WEIGHTS;
  } else {
    gsize copies = product->shared ? 1 : site->device->base.threads;
    prepared->scratch = copies * size * sizeof (float);
  }
  return TRUE;
}

/* Rows [first, first + rows) of the result, from those of @a, which @left more follow. */
static void
multiply (const Work *work, const float *packed, const float *a, gsize first, gsize rows,
          gsize left)
{
  const Product *p = work->product;
  float *y = work->call->outputs[0].data;
  gsize most = MIN (cpu_packed_rows (p->b.k), ROWS_AT_ONCE);

  for (gsize done = 0; done < rows; done += most) {
    gsize now = MIN (rows - done, most), row = first + done;
    CpuTile tile = { .a = a + done * p->b.k,
                     .a_stride = p->b.k,
                     .y = y + row * p->b.n,
                     .y_stride = p->b.n,
                     .ahead = MIN (rows - done - now + left, most) };
    work->device->vector.multiply (&tile, &p->b, packed, now);
    cpu_epilogue_rows (&p->epilogue, y, cpu_bias (work->call), row, row + now, p->b.n);
  }
}

static void
run_rows (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const float *a = work->call->inputs[0].data;

  multiply (work, work->packed, a + begin * work->product->b.k, begin, end - begin, 0);
}

/* Items are the rows of all matrices, each of which has a B of its own. */
static void
run_matrices (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Product *p = work->product;
  const CpuProduct *shape = &p->product;
  float *packed = work->packed + piece * p->size;
  gsize m = (gsize)shape->m;

  for (gsize row = begin; row < end;) {
    gsize index = row / m, first = row % m, rows = MIN (m - first, end - row);
    gsize a_at = cpu_product_matrix (shape, &shape->a_batch, index) * m + first;
    gsize b_at = cpu_product_matrix (shape, &shape->b_batch, index) * p->b.k * p->b.n;
    CpuMatrix b = p->b;
    b.data = (const float *)work->call->inputs[1].data + b_at;
    work->device->vector.pack (&b, packed);
    multiply (work, packed, (const float *)work->call->inputs[0].data + a_at * p->b.k, row, rows,
              end - row - rows);
    row += rows;
  }
}

static void
run_columns (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const Product *p = work->product;
  CpuMatrix part = { NULL, p->b.k, end - begin, 0, 0 };
  CpuTile tile = { .a = work->call->inputs[0].data,
                   .a_stride = p->b.k,
                   .y = (float *)work->call->outputs[0].data + begin,
                   .y_stride = p->b.n };

  work->device->vector.multiply (&tile, &part, work->packed + begin * p->b.k, p->rows);
}

static void
pack_columns (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  CpuMatrix part = work->product->b;

  part.data = (const float *)work->call->inputs[1].data + begin * part.column_stride;
  part.n = end - begin;
  work->device->vector.pack (&part, work->packed + begin * part.k);
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  Product *p = call->prepared;
  Work work = { device, p, call, p->constant ? p->packed : call->scratch };
  gsize cost = p->b.k * p->b.n, grain = 100000 / MAX (cost, 1) + 1;

  if (!p->constant && p->shared)
    cpu_parallel (device, p->b.n, 100000 / p->b.k + 1, device->vector.panel, pack_columns, &work);
  if (!p->constant || p->rows >= 4 * device->base.threads) {
    cpu_parallel (device, p->rows, grain, 1, p->shared ? run_rows : run_matrices, &work);
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
