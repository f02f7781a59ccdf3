/* A run as an event file. */
#include "insight/events/events.h"
#include "insight/events/export-private.h"
#include "insight/events/hparams.h"
#include "insight/events/record.h"
#include "insight/run-json.h"
#include "insight/save.h"

#include <math.h>

#define FILE_VERSION "brain.Event:2"

/* --- events ------------------------------------------------------------------------------ */

void
telar_event_begin (TelarEventWriter *writer, double wall, gint64 step)
{
  g_byte_array_set_size (writer->event, 0);
  telar_proto_put_double (writer->event, 1, wall);
  if (step != 0)
    telar_proto_put_varint (writer->event, 2, (guint64)step);
}

void
telar_event_put_metadata (TelarEventWriter *writer, const char *plugin, const GByteArray *content,
                          TelarDataClass data_class)
{
  g_autoptr (GByteArray) metadata = g_byte_array_new ();
  g_autoptr (GByteArray) data = g_byte_array_new ();

  telar_proto_put_text (data, 1, plugin);
  if (content != NULL)
    telar_proto_put_bytes (data, 2, content->data, content->len);
  telar_proto_put_message (metadata, 1, data);
  if (data_class != TELAR_DATA_UNSAID)
    telar_proto_put_varint (metadata, 4, data_class);
  telar_proto_put_message (writer->value, 9, metadata);
}

void
telar_event_write (TelarEventWriter *writer)
{
  telar_proto_put_message (writer->summary, 1, writer->value);
  telar_proto_put_message (writer->event, 5, writer->summary);
  telar_record_write (writer->file, writer->event->data, writer->event->len);
}

/* --- scalars ----------------------------------------------------------------------------- */

typedef struct {
  TelarEventWriter *writer;
  const char *tag;
} Curve;

/* TensorBoard's data server shows no scalar but f32: what that rounds stands beside it. */
static void
put_number (GByteArray *value, double number)
{
  telar_proto_put_float (value, 2, (float)number);
  if (!isnan (number) && (double)(float)number != number)
    telar_proto_put_double (value, TELAR_SUMMARY_EXACT, number);
}

static gboolean
write_points (const TelarWallPoint *points, guint n, gpointer data)
{
  const Curve *curve = data;
  TelarEventWriter *writer = curve->writer;

  for (guint i = 0; i < n; i++) {
    telar_event_begin (writer, points[i].wall, points[i].step);
    telar_proto_put_text (writer->value, 1, curve->tag);
    put_number (writer->value, points[i].value);
    telar_event_write (writer);
  }
  return !ferror (writer->file);
}

static gboolean
write_scalars (TelarEventWriter *writer, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) tags = telar_store_tags (writer->store, run, error);

  if (tags == NULL)
    return FALSE;
  for (guint i = 0; i < tags->len; i++) {
    const TelarTag *tag = tags->pdata[i];
    Curve curve = { writer, tag->name };
    if (!telar_store_walk_wall (writer->store, tag->id, write_points, &curve, error))
      return FALSE;
  }
  return TRUE;
}

/* --- the rest ---------------------------------------------------------------------------- */

static void
write_version (TelarEventWriter *writer, double start)
{
  telar_event_begin (writer, start, 0);
  telar_proto_put_text (writer->event, 3, FILE_VERSION);
  telar_record_write (writer->file, writer->event->data, writer->event->len);
}

static void
write_hparams (TelarEventWriter *writer, const TelarRunRow *row)
{
  json_t *settings = telar_json_parsed (row->settings);
  json_t *metrics = telar_json_parsed (row->metrics);
  TelarSession session = {
    .settings = settings,
    .metrics = metrics,
    .group = row->name,
    .start = (double)row->started / G_USEC_PER_SEC,
    .end = (double)row->ended / G_USEC_PER_SEC,
    .failed = g_str_equal (row->status, "failed"),
  };
  g_autoptr (GByteArray) content = g_byte_array_new ();

  for (guint i = 0; json_object_size (settings) > 0 && i < TELAR_N_HPARAMS; i++) {
    g_byte_array_set_size (content, 0);
    telar_hparams_write (&session, (TelarHparamsPart)i, content);
    telar_event_begin (writer, session.start, 0);
    telar_proto_put_text (writer->value, 1, telar_hparams_tags[i]);
    telar_event_put_metadata (writer, TELAR_HPARAMS_PLUGIN, content, TELAR_DATA_UNSAID);
    telar_event_write (writer);
  }
  json_decref (settings);
  json_decref (metrics);
}

typedef struct {
  TelarStore *store;
  const TelarRunRow *row;
} Job;

static gboolean
write_run (FILE *file, gpointer data, GError **error)
{
  const Job *job = data;
  g_autoptr (GByteArray) event = g_byte_array_new ();
  g_autoptr (GByteArray) summary = g_byte_array_new ();
  g_autoptr (GByteArray) value = g_byte_array_new ();
  TelarEventWriter writer = { job->store, file, event, summary, value };

  write_version (&writer, (double)job->row->started / G_USEC_PER_SEC);
  write_hparams (&writer, job->row);
  return write_scalars (&writer, job->row->id, error) &&
         telar_events_write_media (&writer, job->row->id, error);
}

char *
telar_events_export (TelarStore *store, const TelarRunRow *row, const char *folder, GError **error)
{
  g_autofree char *name = g_strdup_printf ("events.out.tfevents.%" G_GINT64_FORMAT ".telar",
                                           row->started / G_USEC_PER_SEC);
  g_autofree char *path = g_build_filename (folder, row->name, name, NULL);

  Job job = { store, row };

  return telar_save (path, write_run, &job, error) ? g_steal_pointer (&path) : NULL;
}
