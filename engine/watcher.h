/* The trainer's watchpoints at work: which numbers the programs of a step have to give, and what
 * is to be said of them. Private to the trainer. */
#pragma once

#include "engine/compiler.h"
#include "engine/runner.h"
#include "engine/watch.h"

G_BEGIN_DECLS

/* What a target remembers from step to step. */
typedef struct {
  gboolean holds;  /* the condition held at the last step */
  gboolean stands; /* what the last full window said */
  gint64 seen;     /* steps of the window under way */
  double sum, before;
  gboolean has_before;
  double *units; /* largest size of each unit in the window; owned */
  guint n_units;
} TelarWatchMemory;

/* One watchpoint at one place. */
typedef struct {
  const TelarWatch *watch;
  const char *where; /* "conv1", "lstm.state", "conv1.kernel", "run" */
  guint probes[2];   /* of the watcher's; how many of them there are goes by the kind */
  guint n_probes;
  gboolean now; /* the condition holds in the step under way */
  double value; /* what was found where it does */
  TelarWatchMemory memory;
} TelarWatchTarget;

typedef struct {
  GPtrArray *watches; /* TelarWatch *, owned; also those that are off */
  GPtrArray *targets; /* TelarWatchTarget *, owned */
  GArray *probes;     /* TelarProbe */
  GHashTable *wires;  /* name -> TelarValue of the lowered program, as a pointer */
  GStringChunk *names;
  gboolean pauses; /* whether one of them may */
  gboolean again;  /* the step that comes was undone: it has been looked at */
} TelarWatcher;

/* What @text, the training setting, has to look for in @lowered. FALSE where it names what is not
 * there; @watcher becomes NULL when nothing is on. */
gboolean telar_watcher_make (const char *text, const TelarLowered *lowered, TelarWatcher **watcher,
                             GError **error);
void telar_watcher_free (TelarWatcher *watcher);
/* Takes over what @before remembers where they agree. */
void telar_watcher_inherit (TelarWatcher *watcher, TelarWatcher *before);

/* The lowered program with the outputs that the probes of wires need. */
TelarProgram *telar_watcher_mark (const TelarWatcher *watcher, const TelarProgram *lowered,
                                  GError **error);

/* Looks at what a run of a program has given; a step may have several. */
void telar_watcher_see (TelarWatcher *watcher, const TelarRunner *runner);
/* Ends a step, and an epoch: appends to @hits (GArray of TelarWatchHit) what has begun to hold. */
void telar_watcher_end_step (TelarWatcher *watcher, double loss, GArray *hits);
void telar_watcher_end_epoch (TelarWatcher *watcher, double loss, double validation, GArray *hits);

G_END_DECLS
