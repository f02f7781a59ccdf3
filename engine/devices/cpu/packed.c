/* Products with packed weights. */
#include "engine/devices/cpu/packed.h"

#define CACHED ((gsize)96 * 1024) /* floats of A; the second cache is 512 KiB or more */
#define TILE   6                  /* rows that the vector code does at once */

/* Where half precision is widened the constant itself is still of half precision. */
const float *
cpu_constant (const CpuSite *site, guint i)
{
  const TelarTensor *tensor = telar_program_constant (site->program, site->instr->inputs[i]);

  return tensor != NULL && tensor->type.dtype == TELAR_F32 ? tensor->data : NULL;
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
