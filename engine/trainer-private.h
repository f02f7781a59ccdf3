/* What the files of the trainer share: the run under way. */
#pragma once

#include "engine/checkpoint.h"
#include "engine/judge.h"
#include "engine/observer.h"
#include "engine/prober.h"
#include "engine/trainer.h"
#include "engine/watcher.h"

G_BEGIN_DECLS

typedef struct {
  const TelarTraining *training;
  TelarGraph *graph; /* a copy, in which live edits hold */
  const TelarParamSet *settings;
  guint64 seed;
  TelarStates *states;
  TelarStates *best; /* of the best epoch; NULL without early stopping */
  TelarStates *view; /* with averaged parameters in their places; NULL without averages */
  TelarRunner *runner;
  TelarRunner *adder;      /* runs all but the last batch of a step; NULL when it has one */
  TelarRunner *validation; /* NULL without validation rows */
  TelarProgress progress;
  gint64 batch, epochs, steps_per_epoch;
  gint64 rows, batches_per_epoch;
  gint64 accumulate; /* batches of a step */
  gint64 parameters;
  double learning_rate;  /* of the last step */
  double *losses;        /* of the last step */
  TelarTally *tally;     /* of the epoch under way */
  double *numbers;       /* of the tally, as far as they were made */
  GArray *metrics;       /* TelarMetricValue of the last epoch */
  char *checkpoint;      /* path of the last one written */
  gint64 allowed_steps;  /* while paused: what a request to step has left */
  gint64 saved_step;     /* of the newest checkpoint; -1 before there is one */
  TelarWatcher *watcher; /* NULL: nothing is watched */
  gboolean unwatched;    /* whatever the settings say */
  TelarStates *kept;     /* what the step under way began with, where it may be undone; */
  GArray *kept_sums;     /* likewise the tally's sums */
  gint64 kept_batch;     /* and the batches of the epoch */
  TelarTensor **sample;  /* the rows that are looked at, a tensor for each port; NULL: none */
  gint64 sample_rows;
  TelarObserver *observer; /* of the graph as it is; NULL: to be made */
  TelarJudge *judge;       /* of the validation; NULL: nothing is judged */
  gint64 observed_step;    /* the last one recorded; -1: none */
  gboolean unobserved;     /* it could not be done, and was said */
  TelarProber *prober;     /* NULL: no wire is probed */
  gboolean profiles;       /* the step that comes next is timed: */
  TelarPlan *profiled;     /* this plan, */
  gint64 profile_start;    /* from this time on (µs) */
  gboolean paused;
  gboolean last_epoch; /* by request */
} TelarTrainer;

/* Everything up to the first step. */
gboolean telar_trainer_prepare (TelarTrainer *trainer, GError **error);

/* Compiles what the graph as it is now becomes, in place of the programs there are; on error they
 * stay. What is counted of the epoch under way goes on, so that losses and metrics must be the
 * same. */
gboolean telar_trainer_compile (TelarTrainer *trainer, const TelarLowered *lowered, GError **error);

/* Releases all that it holds. */
void telar_trainer_clear (TelarTrainer *trainer);

/* Tells the monitor that the run begins. */
void telar_trainer_tell_begin (const TelarTrainer *trainer);

/* The feed's pass for the epoch under way, from the batch that comes next; at its beginning the
 * tally is cleared. */
gboolean telar_trainer_begin_pass (TelarTrainer *trainer, GError **error);

/* One step at @rate, whose numbers the monitor is told; a watchpoint may undo it, and then it is to
 * be taken again. */
gboolean telar_trainer_step (TelarTrainer *trainer, double rate, GError **error);

/* Fits the states of @program that the feed decides (mean, deviation) and that are in @names, in
 * the order in which they depend on each other. */
gboolean telar_trainer_fit (const TelarProgram *program, const TelarTrainer *trainer,
                            GHashTable *names, GError **error);

/* The weight of the parameters after the step that comes next in their average. */
double telar_trainer_average_weight (const TelarTrainer *trainer);

/* A run that is resumed without averages, and averages now, begins with what it has. */
gboolean telar_trainer_begin_averages (TelarTrainer *trainer, const TelarProgram *program,
                                       GError **error);

/* Makes the view once all states are there. */
void telar_trainer_make_view (TelarTrainer *trainer);

/* The states that are judged: the averaged ones where there are. */
TelarStates *telar_trainer_judged (const TelarTrainer *trainer);

/* Early stopping: keeps the judged states when @loss is the least so far. */
gboolean telar_trainer_keep_best (TelarTrainer *trainer, double loss, GError **error);

/* At the end: what the run gives becomes its states. */
gboolean telar_trainer_take_result (TelarTrainer *trainer, GError **error);

/* Writes checkpoint.safetensors into the run's folder and tells the monitor; nothing without a
 * folder. */
gboolean telar_trainer_save (TelarTrainer *trainer, GError **error);

/* The same as checkpoint-STEP.safetensors, which stays. */
gboolean telar_trainer_save_kept (TelarTrainer *trainer, GError **error);

/* A live edit, "drop.rate=0.3": on error nothing has changed. */
gboolean telar_trainer_edit (TelarTrainer *trainer, const char *text, GError **error);

/* What the checkpoint says was edited live, where the graph still has what it had before. */
gboolean telar_trainer_edit_again (TelarTrainer *trainer, GError **error);

/* Begins from what the training forks from, once the programs are there; @missing loses the names
 * of the states that it gives. */
gboolean telar_trainer_fork (TelarTrainer *trainer, GHashTable *missing, GError **error);

/* The learning rate of the step that comes next, live requests included. */
double telar_trainer_rate (const TelarTrainer *trainer);

/* --- watchpoints ------------------------------------------------------------------------------ */

/* Takes the rows that are looked at, where the monitor wants to know, and looks at the weights that
 * the run begins with. Before the first pass. */
gboolean telar_trainer_begin_observing (TelarTrainer *trainer, GError **error);
/* After a step, and at the end of an epoch: tells what the settings want recorded. What cannot be
 * observed is said once and no error. */
void telar_trainer_observe_step (TelarTrainer *trainer);
void telar_trainer_observe_epoch (TelarTrainer *trainer);
/* At the end of an epoch: what its validation says of a classifier; there is a judge. */
void telar_trainer_tell_judged (TelarTrainer *trainer);
void telar_trainer_end_observing (TelarTrainer *trainer);

/* Before and after a step, which is timed when that was asked for. */
gboolean telar_trainer_begin_profile (TelarTrainer *trainer, GError **error);
gboolean telar_trainer_end_profile (TelarTrainer *trainer, GError **error);

/* Begins and ends probing a wire by its name; on error nothing has changed. */
gboolean telar_trainer_probe (TelarTrainer *trainer, const char *wire, GError **error);
gboolean telar_trainer_unprobe (TelarTrainer *trainer, const char *wire, GError **error);
/* Whether the batch that comes next is one to be looked at, and the same as telar_runner_next with
 * that: tells what is on the probed wires before the step changes the states. */
gboolean telar_trainer_probes_now (const TelarTrainer *trainer, const TelarRunnerStep *step);
gint64 telar_trainer_probe_next (TelarTrainer *trainer, TelarRunner *runner,
                                 const TelarRunnerStep *step, GError **error);
/* While the run is paused: looks at the batch of the step that comes next, and leaves it there. */
gboolean telar_trainer_probe_paused (TelarTrainer *trainer, GError **error);

/* Before the batches of a step: keeps what is needed to undo it. */
void telar_trainer_watch_step (TelarTrainer *trainer);
/* After them: tells what was found. Where that pauses the run, it stands before the step again. */
gboolean telar_trainer_check_step (TelarTrainer *trainer, gboolean *undone, GError **error);
/* Likewise after an epoch, of which nothing is undone. */
gboolean telar_trainer_check_epoch (TelarTrainer *trainer, GError **error);

typedef enum { TELAR_GO_ON, TELAR_GO_STOP, TELAR_GO_FAILED } TelarGo;

/* At a batch boundary: obeys what was asked for, and waits here while the run is paused. */
TelarGo telar_trainer_obey (TelarTrainer *trainer, GError **error);

G_END_DECLS
