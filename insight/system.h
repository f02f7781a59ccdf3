/* How busy the machine is: processors, memory, graphics cards where there are any.
 *
 * "system/cpu" and "system/cpu_process" are parts of all processors, 0 to 1; "system/memory" and
 * "system/memory_process" bytes in use; "system/gpu0" a part, "system/gpu0_memory" bytes, and so on
 * for each card that the kernel or NVIDIA's library tells of. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TELAR_SYSTEM_MOST_GPUS 16

typedef struct {
  const char *name; /* interned */
  double value;
} TelarSystemSample;

typedef struct TelarSystemProbe TelarSystemProbe;

TelarSystemProbe *telar_system_probe_new (void);
void telar_system_probe_free (TelarSystemProbe *probe);
/* What there is since the last reading, or since the probe was made; GArray of TelarSystemSample,
 * owned. What cannot be read is left out. */
GArray *telar_system_probe_read (TelarSystemProbe *probe);

G_END_DECLS
