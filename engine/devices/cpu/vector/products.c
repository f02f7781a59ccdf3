/* Products with a matrix that was packed once and is used many times: the weights of a recurrent
 * layer. Panels of two registers' columns stand one after the other, so that the inner loop reads
 * them in order (Goto, van de Geijn: "Anatomy of high-performance matrix multiplication", 2008). */
#include "engine/devices/cpu/vector/vector-isa.h"

#define PANEL (2 * ISA_LANES)
#define ROWS  6   /* of a tile: 12 sums, two columns' worth of B and one of A fill 16 registers */
#define DEPTH 384 /* a panel of so many rows stays in the first cache */

static void
pack (const CpuMatrix *b, float *packed)
{
  for (gsize first = 0; first < b->n; first += PANEL) {
    gsize width = MIN (b->n - first, PANEL);
    for (gsize k = 0; k < b->k; k++, packed += PANEL) {
      const float *row = b->data + k * b->row_stride + first * b->column_stride;
      for (gsize j = 0; j < width; j++)
        packed[j] = row[j * b->column_stride];
      for (gsize j = width; j < PANEL; j++)
        packed[j] = 0;
    }
  }
}

/* @rows, a constant where this is inlined, of A times @depth rows of a panel. */
static inline __attribute__ ((always_inline)) void
tile (const CpuTile *t, const float *restrict panel, gsize depth, guint rows, Floats sums[ROWS][2])
{
  UNROLL
  for (guint r = 0; r < rows; r++)
    sums[r][0] = sums[r][1] = (Floats){ 0 };
  for (gsize k = 0; k < depth; k++, panel += PANEL) {
    Floats left = load (panel), right = load (panel + ISA_LANES);
    UNROLL
    for (guint r = 0; r < rows; r++) {
      Floats a = splat (t->a[r * t->a_stride + k]);
      sums[r][0] += a * left;
      sums[r][1] += a * right;
    }
  }
}

static inline void
store (float *y, Floats value)
{
  *(Floats *)y = value;
}

static inline __attribute__ ((always_inline)) void
run_tile (const CpuTile *t, const float *panel, gsize depth, gsize width, guint rows)
{
  Floats sums[ROWS][2];
  float edge[PANEL];

  tile (t, panel, depth, rows, sums);
  if (width == PANEL) {
    UNROLL
    for (guint r = 0; r < rows; r++) {
      float *y = t->y + r * t->y_stride;
      store (y, load (y) + sums[r][0]);
      store (y + ISA_LANES, load (y + ISA_LANES) + sums[r][1]);
    }
    return;
  }
  UNROLL
  for (guint r = 0; r < rows; r++) {
    store (edge, sums[r][0]);
    store (edge + ISA_LANES, sums[r][1]);
    for (gsize j = 0; j < width; j++)
      t->y[r * t->y_stride + j] += edge[j];
  }
}

static void
run_rows (const CpuTile *t, const float *panel, gsize depth, gsize width, gsize rows)
{
  switch (rows) {
  case 1:
    run_tile (t, panel, depth, width, 1);
    return;
  case 2:
    run_tile (t, panel, depth, width, 2);
    return;
  case 3:
    run_tile (t, panel, depth, width, 3);
    return;
  case 4:
    run_tile (t, panel, depth, width, 4);
    return;
  case 5:
    run_tile (t, panel, depth, width, 5);
    return;
  default:
    run_tile (t, panel, depth, width, ROWS);
  }
}

/* One row alone has too few sums to hide the multiplier's latency: four panels side by side. */
static gsize
single_row (const CpuTile *t, const CpuMatrix *b, const float *packed)
{
  gsize first = 0, step = b->k * PANEL;

  for (; first + 4 * PANEL <= b->n; first += 4 * PANEL, packed += 4 * step) {
    Floats sums[4][2] = { 0 };
    for (gsize k = 0; k < b->k; k++) {
      Floats a = splat (t->a[k]);
      UNROLL
      for (guint p = 0; p < 4; p++) {
        sums[p][0] += a * load (packed + p * step + k * PANEL);
        sums[p][1] += a * load (packed + p * step + k * PANEL + ISA_LANES);
      }
    }
    UNROLL
    for (guint p = 0; p < 4; p++)
      UNROLL
    for (guint h = 0; h < 2; h++) {
      float *y = t->y + first + p * PANEL + h * ISA_LANES;
      store (y, load (y) + sums[p][h]);
    }
  }
  return first;
}

static void
multiply (const CpuTile *whole, const CpuMatrix *b, const float *packed, gsize rows)
{
  gsize begin = rows == 1 ? single_row (whole, b, packed) : 0;

  for (gsize first = begin; first < b->n; first += PANEL)
    for (gsize k = 0; k < b->k; k += DEPTH) {
      const float *panel = packed + first * b->k + k * PANEL;
      for (gsize r = 0; r < rows; r += ROWS) {
        CpuTile t = { whole->a + r * whole->a_stride + k, whole->a_stride,
                      whole->y + r * whole->y_stride + first, whole->y_stride };
        run_rows (&t, panel, MIN (b->k - k, DEPTH), MIN (b->n - first, PANEL),
                  MIN (rows - r, ROWS));
      }
    }
}

void
ISA_NAME (cpu_fill_products) (CpuVector *vector)
{
  vector->panel = PANEL;
  vector->pack = pack;
  vector->multiply = multiply;
}
