/* Looking at a model while it is trained: a program of its own, forward and backward over a few
 * rows that stay the same, gives the gradient of every parameter and what every node gives. The
 * training is not touched: the program updates no state. Private to the trainer. */
#pragma once

#include "engine/compiler.h"
#include "engine/monitor.h"
#include "engine/runner.h"

G_BEGIN_DECLS

/* Rows that are looked at; fewer where what the nodes give would be more than the bytes. */
#define TELAR_OBSERVER_ROWS  32
#define TELAR_OBSERVER_BYTES ((gsize)64 << 20)
/* Nodes whose outputs are recorded, and convolutions of which there are pictures. */
#define TELAR_OBSERVER_MOST_OUTPUTS 256
#define TELAR_OBSERVER_PICTURES     3
#define TELAR_OBSERVER_TILES        64
/* Begins the name of what a node gives; its id follows. */
#define TELAR_OBSERVER_OUTPUT "output/"

typedef struct {
  TelarRunner *runner;
  GPtrArray *parameters; /* names of the trainable states, borrowed from the program */
  GPtrArray *maps;       /* ids of the first convolutions, owned */
} TelarObserver;

/* How many rows of @feed are to be looked at. */
gint64 telar_observer_rows (const TelarLowered *lowered);
/* @lowered is in training mode. NULL on error. */
TelarObserver *telar_observer_new (const TelarLowered *lowered, TelarFeed *feed,
                                   TelarDevice *device, GError **error);
void telar_observer_free (TelarObserver *observer);
/* Tells @monitor what stands in @step->states and what comes of @rows rows. */
gboolean telar_observer_look (TelarObserver *observer, TelarTensor *const *batch, gint64 rows,
                              const TelarRunnerStep *step, TelarMonitor *monitor, GError **error);

/* observer-nodes.c: what the last look, and the last timed run of a plan, say of single nodes
 * (engine/node-stat.h). */
void telar_observer_tell_nodes (const TelarObserver *observer, gint64 step, TelarMonitor *monitor);
void telar_observer_tell_times (const TelarPlan *plan, gint64 step, TelarMonitor *monitor);

G_END_DECLS
