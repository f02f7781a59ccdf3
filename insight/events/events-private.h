/* What the files that read event files share. */
#pragma once

#include "insight/events/events.h"
#include "insight/events/hparams.h"

G_BEGIN_DECLS

/* What a tensor means. */
typedef enum {
  TELAR_PLUGIN_OTHER,
  TELAR_PLUGIN_SCALARS,
  TELAR_PLUGIN_HPARAMS,
  TELAR_N_PLUGINS
} TelarEventsPlugin;

/* A run being read. */
typedef struct {
  TelarBulk *bulk;
  GHashTable *plugins; /* name of a tag -> TelarEventsPlugin */
  TelarHparams hparams;
  TelarImported *result;
  double wall; /* of the event at hand */
  gint64 step;
} TelarEventsImport;

G_END_DECLS
