/* Writing an event file: what export.c and export-media.c share. */
#pragma once

#include "insight/events/protobuf.h"
#include "insight/store.h"

#include <stdio.h>

G_BEGIN_DECLS

/* DataClass of summary.proto */
typedef enum {
  TELAR_DATA_UNSAID = 0,
  TELAR_DATA_TENSOR = 2,
  TELAR_DATA_BLOBS = 3,
} TelarDataClass;

typedef struct {
  TelarStore *store;
  FILE *file;
  GByteArray *event, *summary, *value; /* used again and again */
} TelarEventWriter;

/* Begins an event, whose one value goes into writer->value. */
void telar_event_begin (TelarEventWriter *writer, double wall, gint64 step);
/* Gives the value its plugin; @content may be NULL. */
void telar_event_put_metadata (TelarEventWriter *writer, const char *plugin,
                               const GByteArray *content, TelarDataClass data_class);
/* Writes the event; the file's ferror says what came of it. */
void telar_event_write (TelarEventWriter *writer);

/* All that is no scalar (export-media.c). */
gboolean telar_events_write_media (TelarEventWriter *writer, gint64 run, GError **error);

G_END_DECLS
