/* Event files into the run store: makes a folder of logs as SummaryWriter writes them (scalars, the
 * smallest records there are) and times its import on one thread, checksums and commits included.
 *
 *   bench-events FOLDER [MB]     prints a line of JSON; leaves FOLDER/logs for a peer to read */
#include "insight/events/events.h"
#include "insight/events/protobuf.h"
#include "insight/events/record.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

static const char *const tags[] = { "loss/train",     "loss/validation", "accuracy/train",
                                    "accuracy/top-5", "learning_rate",   "gradient/norm",
                                    "time/step",      "memory/peak" };

static void
write_logs (const char *path, gint64 bytes)
{
  g_autoptr (GByteArray) event = g_byte_array_new ();
  g_autoptr (GByteArray) summary = g_byte_array_new ();
  g_autoptr (GByteArray) value = g_byte_array_new ();
  FILE *file = g_fopen (path, "wb");

  for (gint64 step = 0; ftell (file) < bytes; step++)
    for (gsize i = 0; i < G_N_ELEMENTS (tags); i++) {
      telar_proto_put_double (event, 1, 1764321000.0 + 0.0123456789 * (double)step);
      telar_proto_put_varint (event, 2, (guint64)step);
      telar_proto_put_text (value, 1, tags[i]);
      telar_proto_put_float (value, 2, expf ((float)-step / 1e6f) + (float)rand () / 1e9f);
      telar_proto_put_message (summary, 1, value);
      telar_proto_put_message (event, 5, summary);
      telar_record_write (file, event->data, event->len);
      g_byte_array_set_size (event, 0);
    }
  fclose (file);
}

static double
processor_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int
main (int argc, char **argv)
{
  if (argc < 2)
    g_error ("usage: %s FOLDER [MB]", argv[0]);
  g_autofree char *logs = g_build_filename (argv[1], "logs", "run", NULL);
  g_autofree char *path = g_build_filename (logs, "events.out.tfevents.0.bench", NULL);
  g_autoptr (GError) error = NULL;
  g_mkdir_with_parents (logs, 0777);
  write_logs (path, (gint64)(argc > 2 ? atoi (argv[2]) : 500) * 1000000);

  g_autoptr (TelarStore) store = telar_store_open (argv[1], TRUE, &error);
  gint64 begin = g_get_monotonic_time ();
  double before = processor_seconds ();
  g_autoptr (GPtrArray) all =
      store != NULL ? telar_events_import (store, path, NULL, &error) : NULL;
  if (all == NULL)
    g_error ("%s", error->message);
  double seconds = (double)(g_get_monotonic_time () - begin) / 1e6;
  const TelarImported *imported = all->pdata[0];
  printf ("{\"bytes\":%" G_GINT64_FORMAT ",\"points\":%" G_GINT64_FORMAT
          ",\"seconds\":%.3f,\"processor_seconds\":%.3f,\"mb_per_s\":%.1f}\n",
          imported->bytes, imported->summary.points, seconds, processor_seconds () - before,
          (double)imported->bytes / 1e6 / seconds);
  return 0;
}
