/* What follows a product while its result is still warm: bias along the last axis, activation. */
#pragma once

#include "engine/devices/cpu/cpu.h"

G_BEGIN_DECLS

typedef struct {
  CpuRow add;        /* NULL: the bias is added elsewhere, or there is none */
  CpuRow activation; /* NULL: none */
  gsize element;     /* bytes */
} CpuEpilogue;

/* FALSE when there is no row for the activation. oneDNN's own activations are not used: its relu
 * turns NaN into 0, which would hide that a training has diverged. */
gboolean cpu_epilogue_init (CpuEpilogue *epilogue, const CpuSite *site, gboolean with_bias);

/* The third input of a product, NULL where it has none. */
static inline const void *
cpu_bias (const TelarCall *call)
{
  return call->instr->n_inputs > 2 ? call->inputs[2].data : NULL;
}

/* Rows [begin, end) of @columns elements each. @bias may be NULL when no bias is to be added. */
void cpu_epilogue_rows (const CpuEpilogue *epilogue, void *y, const void *bias, gsize begin,
                        gsize end, gsize columns);

/* The activation alone over @n elements, on all threads. */
void cpu_epilogue_activate (const CpuEpilogue *epilogue, const CpuDevice *device, void *y, gsize n);

G_END_DECLS
