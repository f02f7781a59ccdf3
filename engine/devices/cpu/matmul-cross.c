/* aᵀ · b, the gradient of weights: both operands have the terms of a sum one below the other, which
 * is how panels want them. So both are packed as they are read, some rows at a time, and the sums
 * stand in tiles of their own until the last rows are in: rows of the result are far apart. */
#include "engine/devices/cpu/matmul.h"

#include <string.h>

#define DEPTH 192 /* rows that are packed at once; a panel of them stays in the first cache */
#define BLOCK 64  /* panels of either operand that are multiplied at once: scratch holds them */
#define APART 16  /* numbers between two panels, so that they do not share places of the caches */

typedef struct {
  CpuProduct product;
  gsize panel;
  gboolean by_columns; /* the threads share the columns of the result, which are more */
  gsize a_size, b_size, y_size;
} Cross;

typedef struct {
  const CpuDevice *device;
  const Cross *cross;
  const TelarCall *call;
} Work;

/* A matrix of the result, or the part of it that a thread has. */
typedef struct {
  const float *a, *b;
  float *y;
  gsize rows, columns;
} Part;

static gsize
panels_of (gsize panel, gsize n)
{
  return (n + panel - 1) / panel;
}

static gsize
apart_of (const Cross *c)
{
  return MIN ((gsize)c->product.k, DEPTH) * c->panel + APART;
}

static gboolean
supports (const CpuSite *site)
{
  CpuProduct p = cpu_product (site);
  gboolean plain =
      site->instr->n_inputs == 2 &&
      telar_instr_int (site->instr, TELAR_ATTR_ACTIVATION, TELAR_PRIM_NONE) == TELAR_PRIM_NONE;

  return cpu_all_types (site, TELAR_F32) && plain && p.trans_a && !p.trans_b &&
         MIN (p.m, p.n) >= 48 && p.k >= DEPTH;
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  Cross *c = g_new0 (Cross, 1);

  c->product = cpu_product (site);
  c->panel = site->device->vector.panel;
  gsize m = panels_of (c->panel, (gsize)c->product.m),
        n = panels_of (c->panel, (gsize)c->product.n);
  c->by_columns = n > m;
  m = MIN (m, BLOCK), n = MIN (n, BLOCK);
  c->a_size = m * apart_of (c);
  c->b_size = n * apart_of (c);
  c->y_size = m * n * c->panel * c->panel;
  prepared->data = c;
  prepared->free = g_free;
  prepared->scratch =
      site->device->base.threads * (c->a_size + c->b_size + c->y_size) * sizeof (float);
  return TRUE;
}

/* Adds the terms of @depth rows to the tiles, column of tiles after column. */
static void
add_terms (const Work *work, const Part *part, gsize first, gsize depth, float *const scratch[3])
{
  const Cross *c = work->cross;
  gsize m = (gsize)c->product.m, n = (gsize)c->product.n, apart = apart_of (c);
  gsize rows = panels_of (c->panel, part->rows), columns = panels_of (c->panel, part->columns);
  CpuMatrix a = { part->a + first * m, depth, part->rows, m, 1 };
  CpuMatrix b = { part->b + first * n, depth, part->columns, n, 1 };

  work->device->vector.pack_panels (&a, scratch[0], apart);
  work->device->vector.pack_panels (&b, scratch[1], apart);
  for (gsize j = 0; j < columns; j++)
    for (gsize i = 0; i < rows; i++)
      work->device->vector.multiply_panels (scratch[0] + i * apart, scratch[1] + j * apart,
                                            scratch[2] + (j * rows + i) * c->panel * c->panel,
                                            depth, MIN (part->rows - i * c->panel, c->panel),
                                            first > 0);
}

static void
unpack (const Cross *c, const Part *part, const float *tiles)
{
  gsize rows = panels_of (c->panel, part->rows), n = (gsize)c->product.n;

  for (gsize r = 0; r < part->rows; r++)
    for (gsize j = 0; j < part->columns; j += c->panel) {
      const float *tile = tiles + j * rows * c->panel + r * c->panel;
      memcpy (part->y + r * n + j, tile, MIN (part->columns - j, c->panel) * sizeof (float));
    }
}

static void
run_block (const Work *work, const Part *part, float *const scratch[3])
{
  gsize k = (gsize)work->cross->product.k;

  for (gsize term = 0; term < k; term += DEPTH)
    add_terms (work, part, term, MIN (k - term, DEPTH), scratch);
  unpack (work->cross, part, scratch[2]);
}

/* Rows [begin, end) of matrix @index or, where the threads share columns, these columns. */
static void
run_part (const Work *work, gsize index, gsize begin, gsize end, guint piece)
{
  const Cross *c = work->cross;
  const CpuProduct *p = &c->product;
  gsize m = (gsize)p->m, n = (gsize)p->n, k = (gsize)p->k, most = BLOCK * c->panel;
  const float *a = (const float *)work->call->inputs[0].data +
                   cpu_product_matrix (p, &p->a_batch, index) * m * k;
  const float *b = (const float *)work->call->inputs[1].data +
                   cpu_product_matrix (p, &p->b_batch, index) * k * n;
  float *y = (float *)work->call->outputs[0].data + index * m * n;
  float *own = (float *)work->call->scratch + piece * (c->a_size + c->b_size + c->y_size);
  float *scratch[3] = { own, own + c->a_size, own + c->a_size + c->b_size };
  gsize last_row = c->by_columns ? m : end, last_column = c->by_columns ? end : n;

  for (gsize row = c->by_columns ? 0 : begin; row < last_row; row += most)
    for (gsize column = c->by_columns ? begin : 0; column < last_column; column += most) {
      Part part = { a + row, b + column, y + row * n + column, MIN (last_row - row, most),
                    MIN (last_column - column, most) };
      run_block (work, &part, scratch);
    }
}

static void
run_panels (void *data, gsize begin, gsize end, guint piece)
{
  const Work *work = data;
  const CpuProduct *p = &work->cross->product;
  gsize panel = work->cross->panel, all = (gsize)(work->cross->by_columns ? p->n : p->m);
  gsize panels = panels_of (panel, all);

  for (gsize item = begin; item < end;) {
    gsize first = item % panels, count = MIN (panels - first, end - item);
    run_part (work, item / panels, first * panel, MIN ((first + count) * panel, all), piece);
    item += count;
  }
}

static gboolean
run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const Cross *c = call->prepared;
  const CpuProduct *p = &c->product;
  Work work = { device, c, call };
  gsize along = (gsize)(c->by_columns ? p->n : p->m), across = (gsize)(c->by_columns ? p->m : p->n);
  gsize items = telar_shape_elements (&p->batch) * panels_of (c->panel, along);

  cpu_parallel (device, items, 400000 / (c->panel * across * (gsize)p->k) + 1, 1, run_panels,
                &work);
  return TRUE;
}

static const CpuKernel matmul_cross_kernels[] = {
  { TELAR_PRIM_MATMUL, "vector cross product", supports, prepare, run },
};

CPU_FAMILY (matmul_cross);
