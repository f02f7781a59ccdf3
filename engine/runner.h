/* A program over the batches of a feed: plans by batch size, names bound to the feed's tensors, the
 * losses and metrics of each batch. What training, evaluation and fitting have in common. */
#pragma once

#include "engine/feed.h"
#include "engine/plan.h"
#include "engine/tally.h"

G_BEGIN_DECLS

typedef struct TelarRunner {
  double *losses;        /* of the last batch, as a tally wants them */
  TelarTensor **metrics; /* of the last batch, as a tally wants them; borrowed from @outputs */
  gboolean clipped;      /* whether there is a gradient_norm */
  double gradient_norm;
  TelarTensor **outputs; /* of the last batch, in the program's order */
  /*< private >*/
  TelarProgram *program;
  TelarFeed *feed;
  TelarDevice *device;
  GHashTable *plans; /* rows -> TelarPlan * */
  TelarTensor **batch;
  TelarBinding *bindings;
  guint n_outputs;
  void (*seen) (const struct TelarRunner *runner, gint64 rows, gpointer data); /* may be NULL */
  gpointer seen_data;
  int search;              /* the output that tells whether a line search goes on; -1: none does */
  TelarTensor *scalars[4]; /* what else a training program asks for */
} TelarRunner;

/* What changes from step to step; all but states, seed and step only matter to a training program.
 * A step whose gradients come from several batches has a run of the program for each; every run
 * draws other random numbers. */
typedef struct {
  TelarStates *states;
  guint64 seed;
  gint64 step; /* from 0 */
  double learning_rate;
  gint64 part, parts;    /* which batch of the step, and how many a step may have (0: one) */
  double share;          /* the part of the step's rows that is in this batch */
  double average_weight; /* of the new parameters in their average */
} TelarRunnerStep;

/* Borrows @feed and @device, takes a reference of @program. */
TelarRunner *telar_runner_new (TelarProgram *program, TelarFeed *feed, TelarDevice *device);
void telar_runner_free (TelarRunner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarRunner, telar_runner_free)

/* Makes the plan for a batch size before it is needed, so that what does not fit is refused before
 * anything has begun. */
gboolean telar_runner_prepare (TelarRunner *runner, gint64 rows, GError **error);

/* The next batch of the feed's pass, through the program. Its rows, 0 at the end, -1 on error. */
gint64 telar_runner_next (TelarRunner *runner, const TelarRunnerStep *step, GError **error);

/* The same for @rows rows that the caller has, one tensor for each port of the feed. */
gboolean telar_runner_run (TelarRunner *runner, TelarTensor *const *batch, gint64 rows,
                           const TelarRunnerStep *step, GError **error);

/* @seen is called after each batch that telar_runner_next has run, while @batch is there.
 * NULL: nobody. */
void telar_runner_set_seen (TelarRunner *runner,
                            void (*seen) (const TelarRunner *runner, gint64 rows, gpointer data),
                            gpointer data);

/* Releases the outputs of the last batch, and the plans whose arena is larger than @limit bytes:
 * they are made again when needed. */
void telar_runner_forget (TelarRunner *runner, gsize limit);

/* The plan for a batch size, borrowed. */
TelarPlan *telar_runner_plan (TelarRunner *runner, gint64 rows, GError **error);

/* For the losses and metrics of its program. */
TelarTally *telar_runner_tally (const TelarRunner *runner);

/* A whole pass over @split in file order; NULL on error. */
TelarTally *telar_runner_measure (TelarRunner *runner, TelarSplit split, gint64 batch,
                                  const TelarRunnerStep *step, GError **error);

G_END_DECLS
