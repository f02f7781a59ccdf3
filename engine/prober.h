/* What stands on chosen wires in a step of a training: a program of its own, forward as far as the
 * wires, over the batch of the step with its states and its draws, before the step is taken. The
 * training is not touched: no state gets a new value. Private to the trainer. */
#pragma once

#include "engine/compiler.h"
#include "engine/monitor.h"
#include "engine/runner.h"

G_BEGIN_DECLS

/* Wires that can be probed at once. */
#define TELAR_PROBER_MOST 8
/* Between two looks, in µs; more where looking takes longer than a tenth of that. */
#define TELAR_PROBER_INTERVAL (G_USEC_PER_SEC / 2)
/* Begins the name of what is told; the wire as it was asked for follows. */
#define TELAR_PROBER_PREFIX "probe/"

typedef struct {
  GPtrArray *wires;    /* names as telar_lowered_wire takes them, owned */
  TelarRunner *runner; /* NULL: to be made */
  gint64 next;         /* the monotonic time from which on to look again */
} TelarProber;

TelarProber *telar_prober_new (void);
void telar_prober_free (TelarProber *prober);
/* FALSE with an error where the wire is not in @lowered, is probed already, or there are too many
 * of them. */
gboolean telar_prober_add (TelarProber *prober, const TelarLowered *lowered, const char *wire,
                           GError **error);
/* FALSE with an error where it is not probed. */
gboolean telar_prober_remove (TelarProber *prober, const char *wire, GError **error);
/* The graph has changed, or the wires: the program has to be made again. */
void telar_prober_forget (TelarProber *prober);
gboolean telar_prober_ready (const TelarProber *prober);
/* Makes the program from @lowered, which is in training mode. */
gboolean telar_prober_make (TelarProber *prober, const TelarLowered *lowered, TelarFeed *feed,
                            TelarDevice *device, GError **error);
/* Tells @monitor what @rows rows put on the wires in @step; there is a program. */
gboolean telar_prober_look (TelarProber *prober, TelarTensor *const *batch, gint64 rows,
                            const TelarRunnerStep *step, TelarMonitor *monitor, GError **error);

G_END_DECLS
