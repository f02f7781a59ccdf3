/* Moving elements between two strided layouts of the same sizes. */
#pragma once

#include "engine/devices/cpu/cpu.h"

G_BEGIN_DECLS

/* Strides in elements; those of @from may be 0 (repeat) or negative (reverse). */
typedef struct {
  guint rank;
  gsize dims[TELAR_MAX_RANK];
  gint64 to[TELAR_MAX_RANK], from[TELAR_MAX_RANK];
  gsize element; /* bytes: 1, 2, 4 or 8 */
} CpuCopy;

/* The memories must not overlap. @copy is left simplified. */
void cpu_copy (const CpuDevice *device, CpuCopy *copy, void *to, const void *from);

/* @n elements that all are *@value. */
void cpu_fill (const CpuDevice *device, void *to, const void *value, gsize element, gsize n);

G_END_DECLS
