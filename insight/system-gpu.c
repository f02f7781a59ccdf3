/* Graphics cards: what the kernel's driver tells under /sys (amdgpu does), and NVIDIA's management
 * library where it is installed. Its functions and structures are those of its public reference,
 * "NVML API Reference Guide". */
#include "insight/system-private.h"

#include <gmodule.h>

/* --- /sys -------------------------------------------------------------------------------- */

static char *
card_file (guint card, const char *name)
{
  return g_strdup_printf ("/sys/class/drm/card%u/device/%s", card, name);
}

static void
add_numbered (GArray *samples, guint n, const char *suffix, double value)
{
  g_autofree char *name = g_strdup_printf ("system/gpu%u%s", n, suffix);

  telar_system_add (samples, name, value);
}

/* Numbers the cards that tell something from @n on. */
static guint
read_cards (GArray *samples, guint n)
{
  for (guint card = 0; card < TELAR_SYSTEM_MOST_GPUS; card++) {
    g_autofree char *use = card_file (card, "gpu_busy_percent");
    g_autofree char *memory = card_file (card, "mem_info_vram_used");
    double value;
    gboolean some = telar_system_read_number (use, &value);
    if (some)
      add_numbered (samples, n, "", value / 100);
    if (telar_system_read_number (memory, &value)) {
      add_numbered (samples, n, "_memory", value);
      some = TRUE;
    }
    n += some;
  }
  return n;
}

/* --- NVIDIA ------------------------------------------------------------------------------ */

typedef struct {
  guint gpu, memory; /* percent */
} NvmlUse;

typedef struct {
  guint64 total, free, used; /* bytes */
} NvmlMemory;

struct TelarGpuProbe {
  GModule *nvml; /* NULL: not there */
  gboolean cards;
  guint n;
  gpointer devices[TELAR_SYSTEM_MOST_GPUS];
  int (*init) (void);
  int (*shutdown) (void);
  int (*count) (guint *n);
  int (*device) (guint index, gpointer *device);
  int (*use) (gpointer device, NvmlUse *use);
  int (*memory) (gpointer device, NvmlMemory *memory);
};

static gboolean
find_functions (TelarGpuProbe *probe)
{
  const struct {
    const char *name;
    gpointer *function;
  } functions[] = {
    { "nvmlInit_v2", (gpointer *)(void *)&probe->init },
    { "nvmlShutdown", (gpointer *)(void *)&probe->shutdown },
    { "nvmlDeviceGetCount_v2", (gpointer *)(void *)&probe->count },
    { "nvmlDeviceGetHandleByIndex_v2", (gpointer *)(void *)&probe->device },
    { "nvmlDeviceGetUtilizationRates", (gpointer *)(void *)&probe->use },
    { "nvmlDeviceGetMemoryInfo", (gpointer *)(void *)&probe->memory },
  };

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (!g_module_symbol (probe->nvml, functions[i].name, functions[i].function))
      return FALSE;
  return TRUE;
}

static void
open_nvml (TelarGpuProbe *probe)
{
  probe->nvml = g_module_open ("libnvidia-ml.so.1", G_MODULE_BIND_LAZY);
  if (probe->nvml == NULL)
    return;
  if (!find_functions (probe) || probe->init () != 0) {
    g_clear_pointer (&probe->nvml, g_module_close);
    return;
  }
  guint n = 0;
  if (probe->count (&n) != 0)
    n = 0;
  for (guint i = 0; i < MIN (n, TELAR_SYSTEM_MOST_GPUS); i++)
    if (probe->device (i, &probe->devices[probe->n]) == 0)
      probe->n++;
}

static void
read_nvml (TelarGpuProbe *probe, GArray *samples, guint first)
{
  for (guint i = 0; i < probe->n; i++) {
    NvmlUse use;
    NvmlMemory memory;
    if (probe->use (probe->devices[i], &use) == 0)
      add_numbered (samples, first + i, "", use.gpu / 100.0);
    if (probe->memory (probe->devices[i], &memory) == 0)
      add_numbered (samples, first + i, "_memory", (double)memory.used);
  }
}

/* --- both -------------------------------------------------------------------------------- */

TelarGpuProbe *
telar_gpu_probe_new (void)
{
  TelarGpuProbe *probe = g_new0 (TelarGpuProbe, 1);
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (TelarSystemSample));

  open_nvml (probe);
  probe->cards = read_cards (samples, 0) > 0;
  if (probe->n > 0 || probe->cards)
    return probe;
  telar_gpu_probe_free (probe);
  return NULL;
}

void
telar_gpu_probe_free (TelarGpuProbe *probe)
{
  if (probe == NULL)
    return;
  if (probe->nvml != NULL) {
    probe->shutdown ();
    g_module_close (probe->nvml);
  }
  g_free (probe);
}

void
telar_gpu_probe_read (TelarGpuProbe *probe, GArray *samples)
{
  if (probe == NULL)
    return;
  guint n = probe->cards ? read_cards (samples, 0) : 0;
  read_nvml (probe, samples, n);
}
