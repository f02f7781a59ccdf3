/* TensorBoard's hyperparameters (tensorboard/plugins/hparams/plugin_data.proto and api.proto) and
 * the settings of a run. */
#pragma once

#include "engine/monitor.h"
#include "insight/events/summary.h"

#include <jansson.h>

G_BEGIN_DECLS

#define TELAR_HPARAMS_PLUGIN "hparams"

typedef struct {
  json_t *settings;   /* an object: name -> number, text or truth; NULL: nobody said */
  GPtrArray *metrics; /* names of curves; NULL: nobody said */
  TelarRunStatus status;
} TelarHparams;

void telar_hparams_clear (TelarHparams *hparams);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarHparams, telar_hparams_clear)

/* Takes in one HParamsPluginData; FALSE when the bytes are none. */
gboolean telar_hparams_read (TelarProtoSpan content, TelarHparams *hparams);

/* The three messages of a session, as HParamsPluginData. Nested settings become "part.name"; what
 * is neither number, text nor truth is left out. */
typedef enum {
  TELAR_HPARAMS_EXPERIMENT,
  TELAR_HPARAMS_START,
  TELAR_HPARAMS_END,
  TELAR_N_HPARAMS
} TelarHparamsPart;
extern const char *const telar_hparams_tags[TELAR_N_HPARAMS];

typedef struct {
  const json_t *settings;
  const json_t *metrics; /* an object: its keys are names of curves */
  const char *group;     /* name of the session */
  double start, end;     /* seconds since 1970 */
  gboolean failed;
} TelarSession;
void telar_hparams_write (const TelarSession *session, TelarHparamsPart part, GByteArray *out);

G_END_DECLS
