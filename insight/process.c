/* Who runs a run: a process beyond its pid, so that a reused pid is not taken for the trainer. */
#include "insight/store-private.h"

#include <string.h>

#define STATE_FIELD 3
#define START_FIELD 22 /* proc(5): start time in clock ticks since boot */

char *
telar_process_identity (gint64 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
  g_autofree char *stat = NULL, *boot = NULL;

  if (pid <= 0 || !g_file_get_contents (path, &stat, NULL, NULL))
    return NULL;
  /* The second field, the program's name, may hold spaces and brackets. */
  const char *rest = strrchr (stat, ')');
  if (rest == NULL || rest[1] == '\0')
    return NULL;
  g_auto (GStrv) fields = g_strsplit (rest + 2, " ", START_FIELD);
  if (g_strv_length (fields) <= START_FIELD - STATE_FIELD || *fields[0] == 'Z' || *fields[0] == 'X')
    return NULL;
  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
    boot = g_strdup ("");
  return g_strdup_printf ("%s:%s", g_strstrip (boot), fields[START_FIELD - STATE_FIELD]);
}
