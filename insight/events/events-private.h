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
  TELAR_PLUGIN_HISTOGRAMS,
  TELAR_PLUGIN_IMAGES,
  TELAR_PLUGIN_TEXT,
  TELAR_PLUGIN_PR_CURVES,
  TELAR_N_PLUGINS
} TelarEventsPlugin;

/* A run being read. */
typedef struct {
  TelarStore *store;
  gint64 run;
  TelarBulk *bulk;
  GHashTable *plugins; /* name of a tag -> TelarEventsPlugin */
  TelarHparams hparams;
  TelarImported *result;
  double wall; /* of the event at hand */
  gint64 step;
} TelarEventsImport;

/* A histogram, images, a text or a curve (media.c). */
gboolean telar_events_add_media (TelarEventsImport *import, TelarEventsPlugin plugin,
                                 const TelarSummaryValue *value, GError **error);

G_END_DECLS
