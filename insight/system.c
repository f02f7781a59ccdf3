/* Processors and memory, as Linux's /proc has them. */
#include "insight/system-private.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct TelarSystemProbe {
  double busy, all; /* of all processors, in ticks, at the last reading */
  double process;   /* seconds of this process */
  gint64 at;        /* µs */
  double processors;
  TelarGpuProbe *gpu;
};

void
telar_system_add (GArray *samples, const char *name, double value)
{
  TelarSystemSample sample = { g_intern_string (name), value };

  g_array_append_val (samples, sample);
}

gboolean
telar_system_read_number (const char *path, double *value)
{
  g_autofree char *text = NULL;
  char *end;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  *value = g_ascii_strtod (text, &end);
  return end != text;
}

/* --- processors -------------------------------------------------------------------------- */

/* Ticks of all processors since the start, and those of them that were not idle. */
static gboolean
read_ticks (double *busy, double *all)
{
  g_autofree char *text = NULL;
  double ticks[8];

  if (!g_file_get_contents ("/proc/stat", &text, NULL, NULL) ||
      sscanf (text, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &ticks[0], &ticks[1], &ticks[2],
              &ticks[3], &ticks[4], &ticks[5], &ticks[6], &ticks[7]) != 8)
    return FALSE;
  *all = 0;
  for (guint i = 0; i < G_N_ELEMENTS (ticks); i++)
    *all += ticks[i];
  *busy = *all - ticks[3] - ticks[4]; /* idle, and waiting for a disk */
  return TRUE;
}

static double
process_seconds (void)
{
  struct rusage usage;

  if (getrusage (RUSAGE_SELF, &usage) != 0)
    return 0;
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void
read_processors (TelarSystemProbe *probe, GArray *samples)
{
  double busy, all, process = process_seconds ();
  gint64 now = g_get_monotonic_time ();

  if (read_ticks (&busy, &all)) {
    if (all > probe->all)
      telar_system_add (samples, "system/cpu",
                        CLAMP ((busy - probe->busy) / (all - probe->all), 0, 1));
    probe->busy = busy;
    probe->all = all;
  }
  double seconds = (double)(now - probe->at) / G_USEC_PER_SEC;
  if (seconds > 0)
    telar_system_add (samples, "system/cpu_process",
                      (process - probe->process) / seconds / probe->processors);
  probe->process = process;
  probe->at = now;
}

/* --- memory ------------------------------------------------------------------------------ */

/* In bytes; FALSE when /proc/meminfo has no such line. */
static gboolean
find_line (const char *text, const char *name, double *bytes)
{
  const char *line = strstr (text, name);

  if (line == NULL)
    return FALSE;
  *bytes = 1024 * g_ascii_strtod (line + strlen (name), NULL);
  return TRUE;
}

static void
read_memory (GArray *samples)
{
  g_autofree char *machine = NULL, *process = NULL;
  double total, available, pages;

  if (g_file_get_contents ("/proc/meminfo", &machine, NULL, NULL) &&
      find_line (machine, "MemTotal:", &total) && find_line (machine, "MemAvailable:", &available))
    telar_system_add (samples, "system/memory", total - available);
  if (g_file_get_contents ("/proc/self/statm", &process, NULL, NULL) &&
      sscanf (process, "%*s %lf", &pages) == 1)
    telar_system_add (samples, "system/memory_process", pages * (double)sysconf (_SC_PAGESIZE));
}

/* --- the probe --------------------------------------------------------------------------- */

TelarSystemProbe *
telar_system_probe_new (void)
{
  TelarSystemProbe *probe = g_new0 (TelarSystemProbe, 1);

  read_ticks (&probe->busy, &probe->all);
  probe->process = process_seconds ();
  probe->at = g_get_monotonic_time ();
  probe->processors = (double)MAX (sysconf (_SC_NPROCESSORS_ONLN), 1);
  probe->gpu = telar_gpu_probe_new ();
  return probe;
}

void
telar_system_probe_free (TelarSystemProbe *probe)
{
  telar_gpu_probe_free (probe->gpu);
  g_free (probe);
}

GArray *
telar_system_probe_read (TelarSystemProbe *probe)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (TelarSystemSample));

  read_processors (probe, samples);
  read_memory (samples);
  telar_gpu_probe_read (probe->gpu, samples);
  return samples;
}
