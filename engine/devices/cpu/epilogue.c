/* Bias and activation after a product. */
#include "engine/devices/cpu/epilogue.h"

gboolean
cpu_epilogue_init (CpuEpilogue *epilogue, const CpuSite *site, gboolean with_bias)
{
  TelarPrim activation =
      (TelarPrim)telar_instr_int (site->instr, TELAR_ATTR_ACTIVATION, TELAR_PRIM_NONE);
  TelarDType dtype = site->outputs[0].dtype;

  *epilogue = (CpuEpilogue){ .element = telar_dtype_size (dtype) };
  if (with_bias && site->instr->n_inputs > 2) {
    epilogue->add = cpu_vector_row (&site->device->vector, TELAR_PRIM_ADD, dtype, dtype, 0);
    if (epilogue->add == NULL)
      return FALSE;
  }
  if (activation == TELAR_PRIM_NONE)
    return TRUE;
  epilogue->activation = cpu_vector_row (&site->device->vector, activation, dtype, dtype, 0);
  return epilogue->activation != NULL;
}

void
cpu_epilogue_rows (const CpuEpilogue *epilogue, void *y, const void *bias, gsize begin, gsize end,
                   gsize columns)
{
  for (gsize r = begin; r < end; r++) {
    char *row = (char *)y + r * columns * epilogue->element;

    if (epilogue->add != NULL && bias != NULL)
      epilogue->add (columns, row, row, bias, NULL);
    if (epilogue->activation != NULL)
      epilogue->activation (columns, row, row, NULL, NULL);
  }
}

typedef struct {
  const CpuEpilogue *epilogue;
  char *y;
} Activation;

static void
activate (void *data, gsize begin, gsize end, guint piece)
{
  const Activation *a = data;
  char *y = a->y + begin * a->epilogue->element;

  a->epilogue->activation (end - begin, y, y, NULL, NULL);
}

void
cpu_epilogue_activate (const CpuEpilogue *epilogue, const CpuDevice *device, void *y, gsize n)
{
  Activation a = { epilogue, y };

  if (epilogue->activation != NULL)
    cpu_parallel (device, n, 8192, 64, activate, &a);
}
