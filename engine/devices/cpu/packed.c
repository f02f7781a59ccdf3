/* Products with packed weights. */
#include "engine/devices/cpu/packed.h"

#define CACHED ((gsize)96 * 1024) /* floats of A; the second cache is 512 KiB or more */
#define TILE   6                  /* rows that the vector code does at once */

/* Where half precision is widened the constant itself is still of half precision. */
const float *
cpu_constant (const CpuSite *site, guint i)
{
  const TelarInstr *maker = telar_program_maker (site->program, site->instr->inputs[i], NULL);
  const TelarAttr *value =
      maker->prim == TELAR_PRIM_CONSTANT ? telar_instr_attr (maker, TELAR_ATTR_VALUE) : NULL;

  return value != NULL && value->tensor->type.dtype == TELAR_F32 ? value->tensor->data : NULL;
}

gsize
cpu_packed_size (const CpuDevice *device, const CpuMatrix *b)
{
  gsize panel = device->vector.panel;

  return b->k * ((b->n + panel - 1) / panel * panel);
}

gsize
cpu_packed_rows (gsize k)
{
  return MAX (CACHED / MAX (k, 1) / TILE, 2) * TILE;
}

void
cpu_packed_multiply (const CpuDevice *device, const CpuTile *tile, const CpuMatrix *b,
                     const float *packed, gsize rows)
{
  gsize most = cpu_packed_rows (b->k), parts = (rows + most - 1) / most;

  for (gsize i = 0; i < parts; i++) {
    gsize first = rows * i / parts, end = rows * (i + 1) / parts;
    CpuTile part = { tile->a + first * tile->a_stride, tile->a_stride,
                     tile->y + first * tile->y_stride, tile->y_stride };
    device->vector.multiply (&part, b, packed, end - first);
  }
}
