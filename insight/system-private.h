/* The two sides of the system's probe: system.c reads /proc, system-gpu.c asks for cards. */
#pragma once

#include "insight/system.h"

G_BEGIN_DECLS

void telar_system_add (GArray *samples, const char *name, double value);
/* The first number in a file; FALSE where there is none. */
gboolean telar_system_read_number (const char *path, double *value);

typedef struct TelarGpuProbe TelarGpuProbe;
TelarGpuProbe *telar_gpu_probe_new (void); /* NULL: no card tells anything */
void telar_gpu_probe_free (TelarGpuProbe *probe);
void telar_gpu_probe_read (TelarGpuProbe *probe, GArray *samples);

G_END_DECLS
