/* Products with packed matrices. Panels of two registers' columns stand one after the other, so
 * that the inner loop reads them in order (Goto, van de Geijn: "Anatomy of high-performance matrix
 * multiplication", 2008). A result's terms are added in the same order wherever it stands, so that
 * equal columns of B give equal results, and a row the same in any company. */
#include "engine/devices/cpu/vector/vector-isa.h"

#define PANEL (2 * ISA_LANES)
#define ROWS  6   /* of a tile: 12 sums, two columns' worth of B and one of A fill 16 registers */
#define DEPTH 384 /* a panel of so many rows stays in the first cache */
#define LINE  16  /* numbers of a line of the caches */

/* A part of a panel, @width columns that are a constant where this is inlined. Few at a time where
 * they stand apart: usual strides put all columns into the same places of the first cache. */
static inline __attribute__ ((always_inline)) void
pack_columns (const CpuMatrix *b, gsize first, gsize width, float *packed)
{
  const float *from = b->data + first * b->column_stride;

  for (gsize k = 0; k < b->k; k++, packed += PANEL, from += b->row_stride) {
    UNROLL
    for (gsize j = 0; j < width; j++)
      packed[j] = from[j * b->column_stride];
  }
}

static void
pack_edge (const CpuMatrix *b, gsize first, float *packed)
{
  gsize width = b->n - first;

  for (gsize k = 0; k < b->k; k++, packed += PANEL) {
    const float *row = b->data + k * b->row_stride + first * b->column_stride;
    for (gsize j = 0; j < width; j++)
      packed[j] = row[j * b->column_stride];
    for (gsize j = width; j < PANEL; j++)
      packed[j] = 0;
  }
}

static void
pack (const CpuMatrix *b, float *packed)
{
  gsize first = 0;

  for (; first + PANEL <= b->n; first += PANEL, packed += b->k * PANEL) {
    const float *from = b->data + first;
    if (b->column_stride == 1)
      for (gsize k = 0; k < b->k; k++)
        memcpy (packed + k * PANEL, from + k * b->row_stride, PANEL * sizeof (float));
    else
      for (gsize j = 0; j < PANEL; j += 4)
        pack_columns (b, first + j, 4, packed + j);
  }
  if (first < b->n)
    pack_edge (b, first, packed);
}

/* Row by row, for then the matrix is read as it lies. */
static void
pack_panels (const CpuMatrix *b, float *packed, gsize apart)
{
  gsize whole = b->n / PANEL, rest = b->n % PANEL;

  for (gsize k = 0; k < b->k; k++, packed += PANEL) {
    const float *row = b->data + k * b->row_stride;
    float *to = packed;
    for (gsize p = 0; p < whole; p++, row += PANEL, to += apart)
      memcpy (to, row, PANEL * sizeof (float));
    if (rest > 0) {
      memset (to, 0, PANEL * sizeof (float));
      memcpy (to, row, rest * sizeof (float));
    }
  }
}

/* @rows of A times @depth rows of a panel, of which the first @registers count; both are constants
 * where this is inlined. */
static inline __attribute__ ((always_inline)) void
tile (const CpuTile *t, const float *restrict panel, gsize depth, guint rows, guint registers,
      Floats sums[ROWS][2])
{
  UNROLL
  for (guint r = 0; r < rows; r++)
    sums[r][0] = sums[r][1] = (Floats){ 0 };
  for (gsize k = 0; k < depth; k++, panel += PANEL) {
    Floats left = load (panel), right = load (panel + (registers - 1) * ISA_LANES);
    UNROLL
    for (guint r = 0; r < rows; r++) {
      Floats a = splat (t->a[r * t->a_stride + k]);
      sums[r][0] += a * left;
      if (registers > 1)
        sums[r][1] += a * right;
    }
  }
}

/* y = @value, or y += @value */
static inline void
store (float *y, Floats value, gboolean add)
{
  if (add)
    value += load (y);
  *(Floats *)y = value;
}

/* @add: to what the rows of the panel before gave. */
static inline __attribute__ ((always_inline)) void
run_tile (const CpuTile *t, const float *panel, gsize depth, gsize width, gboolean add, guint rows,
          guint registers)
{
  Floats sums[ROWS][2];
  float edge[PANEL];

  UNROLL
  for (guint r = 0; r < rows; r++)
    __builtin_prefetch (t->y + r * t->y_stride, 1);
  tile (t, panel, depth, rows, registers, sums);
  UNROLL
  for (guint r = 0; r < rows; r++) {
    float *y = t->y + r * t->y_stride;
    gboolean whole = width == registers * ISA_LANES;
    store (whole ? y : edge, sums[r][0], whole && add);
    if (registers > 1)
      store ((whole ? y : edge) + ISA_LANES, sums[r][1], whole && add);
    for (gsize j = 0; !whole && j < width; j++)
      y[j] = add ? y[j] + edge[j] : edge[j];
  }
}

static inline __attribute__ ((always_inline)) void
run_registers (const CpuTile *t, const float *panel, gsize depth, gsize width, gboolean add,
               gsize rows, guint registers)
{
  switch (rows) {
  case 1:
    run_tile (t, panel, depth, width, add, 1, registers);
    return;
  case 2:
    run_tile (t, panel, depth, width, add, 2, registers);
    return;
  case 3:
    run_tile (t, panel, depth, width, add, 3, registers);
    return;
  case 4:
    run_tile (t, panel, depth, width, add, 4, registers);
    return;
  case 5:
    run_tile (t, panel, depth, width, add, 5, registers);
    return;
  default:
    run_tile (t, panel, depth, width, add, ROWS, registers);
  }
}

/* Of a last panel that is half empty, only the half is multiplied. */
static void
run_rows (const CpuTile *t, const float *panel, gsize depth, gsize width, gboolean add, gsize rows)
{
  if (width <= ISA_LANES)
    run_registers (t, panel, depth, width, add, rows, 1);
  else
    run_registers (t, panel, depth, width, add, rows, 2);
}

/* One row alone has too few sums to hide the multiplier's latency: four panels side by side. Gives
 * how many columns are done. */
static gsize
single_row (const CpuTile *t, const CpuMatrix *b, const float *packed)
{
  gsize first = 0, step = b->k * PANEL;

  for (; first + 4 * PANEL <= b->n; first += 4 * PANEL, packed += 4 * step)
    for (gsize begin = 0; begin < b->k; begin += DEPTH) {
      Floats sums[4][2] = { 0 };
      for (gsize k = begin; k < MIN (begin + DEPTH, b->k); k++) {
        Floats a = splat (t->a[k]);
        UNROLL
        for (guint p = 0; p < 4; p++) {
          sums[p][0] += a * load (packed + p * step + k * PANEL);
          sums[p][1] += a * load (packed + p * step + k * PANEL + ISA_LANES);
        }
      }
      UNROLL
      for (guint p = 0; p < 4; p++) {
        store (t->y + first + p * PANEL, sums[p][0], begin > 0);
        store (t->y + first + p * PANEL + ISA_LANES, sums[p][1], begin > 0);
      }
    }
  return first;
}

/* The rows of A that come next, on their way to the second cache: a few lines with each tile, no
 * more than the processor fetches beside its work. */
typedef struct {
  const float *row;
  gsize at, rows, lines;
} Ahead;

static Ahead
ahead_of (const CpuTile *whole, const CpuMatrix *b, gsize rows, gsize tiles)
{
  gsize turns = tiles * ((b->n + PANEL - 1) / PANEL) * ((b->k + DEPTH - 1) / DEPTH);

  return (Ahead){ .row = whole->a + rows * whole->a_stride,
                  .rows = whole->ahead,
                  .lines = whole->ahead * (b->k / LINE + 1) / MAX (turns, 1) + 1 };
}

static inline void
fetch (Ahead *ahead, gsize width, gsize stride)
{
  for (gsize i = 0; i < ahead->lines && ahead->rows > 0; i++) {
    __builtin_prefetch (ahead->row + ahead->at, 0, 2);
    ahead->at += LINE;
    if (ahead->at >= width)
      ahead->at = 0, ahead->row += stride, ahead->rows--;
  }
}

/* Rows in tiles as even as can be: a last tile of one or two would be no quicker than one of four.
 */
static void
multiply (const CpuTile *whole, const CpuMatrix *b, const float *packed, gsize rows)
{
  gsize tiles = (rows + ROWS - 1) / ROWS;
  gsize begin = rows == 1 ? single_row (whole, b, packed) : 0;
  Ahead ahead = ahead_of (whole, b, rows, tiles);

  for (gsize first = begin; first < b->n; first += PANEL)
    for (gsize k = 0; k < b->k; k += DEPTH) {
      const float *panel = packed + first * b->k + k * PANEL;
      for (gsize i = 0; i < tiles; i++) {
        gsize r = rows * i / tiles, end = rows * (i + 1) / tiles;
        CpuTile t = { whole->a + r * whole->a_stride + k, whole->a_stride,
                      whole->y + r * whole->y_stride + first, whole->y_stride, 0 };
        fetch (&ahead, b->k, whole->a_stride);
        run_rows (&t, panel, MIN (b->k - k, DEPTH), MIN (b->n - first, PANEL), k > 0, end - r);
      }
    }
}

/* @rows, a constant where this is inlined, of aᵀ times a panel. */
static inline __attribute__ ((always_inline)) void
cross_tile (const float *restrict a, const float *restrict b, float *y, gsize depth, gboolean add,
            guint rows)
{
  Floats sums[ROWS][2];

  UNROLL
  for (guint r = 0; r < rows; r++)
    sums[r][0] = sums[r][1] = (Floats){ 0 };
  for (gsize k = 0; k < depth; k++, a += PANEL, b += PANEL) {
    Floats left = load (b), right = load (b + ISA_LANES);
    UNROLL
    for (guint r = 0; r < rows; r++) {
      Floats value = splat (a[r]);
      sums[r][0] += value * left;
      sums[r][1] += value * right;
    }
  }
  UNROLL
  for (guint r = 0; r < rows; r++) {
    store (y + r * PANEL, sums[r][0], add);
    store (y + r * PANEL + ISA_LANES, sums[r][1], add);
  }
}

static void
multiply_panels (const float *a, const float *b, float *y, gsize depth, gsize rows, gboolean add)
{
  gsize r = 0;

  for (; rows - r >= ROWS && rows - r != ROWS + 2; r += ROWS)
    cross_tile (a + r, b, y + r * PANEL, depth, add, ROWS);
  for (; r + 4 <= rows; r += 4)
    cross_tile (a + r, b, y + r * PANEL, depth, add, 4);
  for (; r < rows; r++)
    cross_tile (a + r, b, y + r * PANEL, depth, add, 1);
}

void
ISA_NAME (cpu_fill_products) (CpuVector *vector)
{
  vector->panel = PANEL;
  vector->pack = pack;
  vector->pack_panels = pack_panels;
  vector->multiply = multiply;
  vector->multiply_panels = multiply_panels;
}
