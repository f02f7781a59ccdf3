/* Who is told what happens in a run, and who may ask for something. insight implements it (the
 * recorder), the command line too (progress, JSON lines). All calls come from the training thread
 * and must return at once. */
#pragma once

#include "engine/tensor.h"

G_BEGIN_DECLS

typedef struct {
  const char *run; /* its name in the workspace */
  const char *device;
  guint threads;
  gint64 train_rows, validation_rows, batch;
  gint64 steps_per_epoch, epochs;
  gint64 parameters; /* trainable numbers */
  guint64 seed;
  gint64 first_step; /* > 0 when resumed */
} TelarRunInfo;

typedef struct {
  const char *name; /* "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate" */
  double value;
} TelarMetricValue;

typedef enum { TELAR_RUN_DONE, TELAR_RUN_STOPPED, TELAR_RUN_FAILED } TelarRunStatus;
const char *telar_run_status_name (TelarRunStatus status); /* "done", "stopped", "failed" */

typedef enum {
  TELAR_REQUEST_NONE,
  TELAR_REQUEST_PAUSE,
  TELAR_REQUEST_RESUME,
  TELAR_REQUEST_STEP,          /* while paused: @value steps */
  TELAR_REQUEST_STOP,          /* a checkpoint is kept */
  TELAR_REQUEST_LEARNING_RATE, /* multiply the schedule from here so that it is @value now */
  TELAR_REQUEST_CHECKPOINT,    /* one that stays: checkpoint-STEP.safetensors */
  TELAR_REQUEST_STOP_EPOCH,    /* stop once the epoch under way has ended */
  TELAR_REQUEST_SET,           /* @text is "NODE.PARAM=VALUE" or "training.PARAM=VALUE", a
                                * parameter that is marked live */
  TELAR_REQUEST_PROFILE,       /* time the step that comes next, node by node */
  TELAR_REQUEST_PROBE,         /* tell what is on the wire @text, "NODE" or "NODE.PORT", now and
                                * then (engine/prober.h) */
  TELAR_REQUEST_UNPROBE,       /* no longer */
  TELAR_N_REQUESTS
} TelarRequestKind;

/* "pause", "stop-after-epoch", "learning-rate": as the command line names it. NULL when there is
 * none. */
const char *telar_request_name (TelarRequestKind kind);
/* TELAR_REQUEST_NONE when there is none of that name. */
TelarRequestKind telar_request_find (const char *name);

#define TELAR_REQUEST_TEXT 2048 /* bytes, the end included */

typedef struct {
  gint64 id;
  TelarRequestKind kind;
  double value;
  char text[TELAR_REQUEST_TEXT];
} TelarRequest;

/* What is wrong with the request as it stands, whatever the run; NULL: nothing. */
const char *telar_request_problem (const TelarRequest *request);

/* How the numbers of a picture become brightness. */
typedef enum {
  TELAR_RANGE_PIXELS, /* 0 is black; 1 is white where no number is above 1, otherwise 255 */
  TELAR_RANGE_SIGNED, /* 0 is the middle, the largest size black or white */
  TELAR_RANGE_SPREAD, /* from the least to the largest number */
} TelarImageRange;

/* A picture of a run: pixels f32 [tiles, channels, height, width] with 1 or 3 channels; several
 * tiles stand in a grid. Channels come before rows whatever the data has. */
typedef struct {
  const char *name; /* "misclassified", "kernels/conv1" */
  gint64 step;
  guint place; /* among the pictures of that name and step */
  TelarTensor *pixels;
  TelarImageRange range;
  guint columns;        /* of the grid; 0: there is one tile */
  gint64 row;           /* of the split; -1: none */
  gint64 truth, answer; /* classes of a judged sample; -1: none */
  double score;         /* the probability of the answer; NaN: none */
} TelarImage;

/* A curve that is whole at a step (engine/judged.h). */
typedef struct {
  const char *name; /* "val_roc/3", "val_calibration/micro" */
  gint64 step;
  guint n;
  const double *x, *y;
  const double *counts; /* 4 n, or NULL */
  double area;
} TelarMonitorCurve;

typedef struct TelarMonitor TelarMonitor;

/* Each slot is (optional): without it nothing is told. */
typedef struct {
  void (*free) (TelarMonitor *monitor);
  void (*begin) (TelarMonitor *monitor, const TelarRunInfo *info);
  /* One number of one step; @step counts from 1. */
  void (*scalar) (TelarMonitor *monitor, const char *tag, gint64 step, double value);
  /* The end of an epoch, from 1. */
  void (*epoch) (TelarMonitor *monitor, gint64 epoch, gint64 step, const TelarMetricValue *metrics,
                 guint n_metrics);
  /* Before the end of an epoch is told: a figure of it, the counts of a confusion
   * matrix, f64 [classes, classes]: rows are right classes, columns those that were answered. */
  void (*figure) (TelarMonitor *monitor, const char *name, gint64 step, const TelarTensor *values);
  /* All numbers of a parameter ("conv1.kernel"), of its gradient ("gradient/conv1.kernel"), of what
   * a node gives ("output/conv1") or of a wire that is probed ("probe/conv1"): to be made a
   * histogram of. @values may be kept by
   * reference; nobody changes them any more. */
  void (*histogram) (TelarMonitor *monitor, const char *tag, gint64 step, TelarTensor *values);
  /* Likewise the pixels of @image. */
  void (*image) (TelarMonitor *monitor, const TelarImage *image);
  /* A text of a step; JSON where "classes" names the classes of a classifier, or "misclassified"
   * lists the rows that it got wrong (engine/judge.h). */
  void (*text) (TelarMonitor *monitor, const char *name, gint64 step, const char *text);
  /* Before the end of an epoch is told; what @curve points at is the caller's. */
  void (*curve) (TelarMonitor *monitor, const TelarMonitorCurve *curve);
  /* The profile of a step, as JSON (engine/profile.h). */
  void (*profile) (TelarMonitor *monitor, gint64 step, const char *json);
  /* Before a checkpoint is written: returns once all that was told so far would outlive the
   * process, so that a run resumed from it has no gap. The one call that may wait. */
  void (*flush) (TelarMonitor *monitor);
  void (*checkpoint) (TelarMonitor *monitor, gint64 step, const char *path);
  /* Something to be marked: "paused", "resumed", "learning_rate", "early_stop", … */
  void (*event) (TelarMonitor *monitor, gint64 step, const char *kind, const char *text);
  /* Asked at each batch boundary, and every few milliseconds while paused. FALSE: nothing. */
  gboolean (*poll) (TelarMonitor *monitor, TelarRequest *request);
  /* The request was obeyed (or refused: @outcome says why) at @step. */
  void (*answer) (TelarMonitor *monitor, const TelarRequest *request, gint64 step,
                  const char *outcome);
  void (*end) (TelarMonitor *monitor, TelarRunStatus status, const char *message);
} TelarMonitorClass;

struct TelarMonitor {
  const TelarMonitorClass *klass;
};

void telar_monitor_free (TelarMonitor *monitor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarMonitor, telar_monitor_free)

/* Passes every call to each of @monitors (borrowed by the tee until it is freed, then freed with
 * it); poll asks them in order. */
TelarMonitor *telar_monitor_tee (TelarMonitor *const *monitors, guint n);

/* The calls, with the missing slots taken care of; @monitor may be NULL. */
void telar_monitor_begin (TelarMonitor *monitor, const TelarRunInfo *info);
void telar_monitor_scalar (TelarMonitor *monitor, const char *tag, gint64 step, double value);
void telar_monitor_epoch (TelarMonitor *monitor, gint64 epoch, gint64 step,
                          const TelarMetricValue *metrics, guint n_metrics);
void telar_monitor_figure (TelarMonitor *monitor, const char *name, gint64 step,
                           const TelarTensor *values);
/* Whether somebody takes histograms, images or curves: without, nobody need make them. */
gboolean telar_monitor_observes (const TelarMonitor *monitor);
void telar_monitor_histogram (TelarMonitor *monitor, const char *tag, gint64 step,
                              TelarTensor *values);
void telar_monitor_image (TelarMonitor *monitor, const TelarImage *image);
void telar_monitor_text (TelarMonitor *monitor, const char *name, gint64 step, const char *text);
void telar_monitor_curve (TelarMonitor *monitor, const TelarMonitorCurve *curve);
void telar_monitor_profile (TelarMonitor *monitor, gint64 step, const char *json);
void telar_monitor_flush (TelarMonitor *monitor);
void telar_monitor_checkpoint (TelarMonitor *monitor, gint64 step, const char *path);
void telar_monitor_event (TelarMonitor *monitor, gint64 step, const char *kind, const char *text);
gboolean telar_monitor_poll (TelarMonitor *monitor, TelarRequest *request);
void telar_monitor_answer (TelarMonitor *monitor, const TelarRequest *request, gint64 step,
                           const char *outcome);
void telar_monitor_end (TelarMonitor *monitor, TelarRunStatus status, const char *message);

G_END_DECLS
