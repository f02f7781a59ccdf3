/* Half precision: numbers in float16 and bfloat16 are computed with in float32, by its kernels. */
#pragma once

#include "engine/devices/cpu/cpu.h"

G_BEGIN_DECLS

/* The site with float32 in place of half precision; FALSE where it has none. @inputs and @outputs
 * receive its types and stay the caller's. */
gboolean cpu_half_widen (const CpuSite *site, TelarType *inputs, TelarType *outputs, CpuSite *wide);
/* The bytes that cpu_half_run needs for the operands of @site. */
gsize cpu_half_scratch (const CpuSite *site);
/* Runs the kernel of the wide site; its own scratch lies in front, @own bytes of it. */
gboolean cpu_half_run (const CpuDevice *device, const CpuKernel *kernel, const TelarCall *call,
                       gsize own, GError **error);

G_END_DECLS
