/* Products with weights that a program has as constants: packed when the plan is made, for all its
 * runs. */
#pragma once

#include "engine/devices/cpu/cpu.h"

G_BEGIN_DECLS

/* The numbers of input @i of the site when they are known before it runs, or NULL. */
const float *cpu_constant (const CpuSite *site, guint i);

/* Of a product or a convolution, in TelarPrepared.packed. */
#define CPU_WEIGHTS (1u << 1)

/* How many floats @b takes when it is packed. */
gsize cpu_packed_size (const CpuDevice *device, const CpuMatrix *b);

/* Rows of A that stay in the second cache beside a panel, when each has @k numbers; several whole
 * tiles. */
gsize cpu_packed_rows (gsize k);

G_END_DECLS
