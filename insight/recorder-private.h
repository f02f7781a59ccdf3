/* The recorder's two sides: recorder.c is called by the training thread, recorder-writer.c is the
 * thread that writes. Between them stands a ring with one producer and one consumer. */
#pragma once

#include "insight/picture.h"
#include "insight/store-media-private.h"

#include <stdatomic.h>

G_BEGIN_DECLS

#define TELAR_RECORDER_CAPACITY 32768 /* items; some seconds of fast training */

/* Numbers that wait to be made histograms and pictures: beyond, the training thread makes them
 * itself, so that neither memory grows without end nor anything is left out. */
#define TELAR_RECORDER_WAITING ((gsize)256 << 20) /* bytes */

/* What is to be kept of a tensor. */
typedef struct {
  char *name;
  TelarTensor *values;       /* NULL once it is made: */
  TelarHistogram *histogram; /* of a histogram */
  GBytes *png;               /* of a picture, with */
  TelarPictureGrid grid;     /* its tiles */
  gboolean waits;            /* it counts among the bytes that wait */
  TelarImage image;          /* its name and pixels are not used */
} RecorderMedia;

typedef struct {
  char *name;
  TelarCurve *values;
} RecorderCurve;

/* A tag belongs to the training thread until the first of its points is queued; the fields below
 * the line are the writer's. */
typedef struct {
  char *name;
  gboolean by_step; /* fed at each step: an epoch's mean is no point of the same curve */
  /* --- */
  gboolean known;
  gint64 id, last_step, tail;
  GArray *batch; /* TelarPoint: what the transaction at hand adds */
} RecorderTag;

typedef enum {
  ITEM_SCALAR,
  ITEM_BEGIN,
  ITEM_EPOCH,
  ITEM_FIGURE,
  ITEM_HISTOGRAM,
  ITEM_IMAGE,
  ITEM_CURVE,
  ITEM_TEXT,
  ITEM_PROFILE,
  ITEM_CHECKPOINT,
  ITEM_EVENT,
  ITEM_ANSWER,
  ITEM_END,
} ItemKind;

typedef struct {
  ItemKind kind;
  gint64 step, time;
  union {
    double value;   /* scalar */
    gint64 epoch;   /* epoch */
    gint64 request; /* answer */
    TelarRunStatus status;
  };
  union {
    RecorderTag *tag;
    TelarRunInfo *info;   /* begin; its strings are owned */
    char *text;           /* epoch: JSON of the metrics; checkpoint: path; answer, end; owned */
    char **event;         /* kind and text; of a figure or a text name and text; owned */
    RecorderMedia *media; /* histogram, image; owned */
    RecorderCurve *curve; /* owned */
  };
} RecorderItem;

typedef struct {
  TelarMonitor monitor;
  TelarStore *store; /* the writer's */
  gint64 run;
  char *name;
  gboolean resume;
  GThread *writer;

  GHashTable *tags; /* name -> RecorderTag, the training thread's */
  gboolean ended;

  RecorderItem *items;
  _Atomic guint64 head;  /* items queued: moved by the training thread */
  _Atomic guint64 tail;  /* items written: moved by the writer */
  atomic_bool broken;    /* recording has ended early */
  _Atomic gsize waiting; /* bytes of tensors in the ring */

  GMutex lock;     /* of what follows */
  GCond wake;      /* tells the writer not to wait */
  GCond progress;  /* tells the training thread that items were written */
  gboolean urgent; /* somebody waits for progress */
  gboolean closing;
  gint64 stalled;   /* µs for which the training has waited so far */
  GQueue *requests; /* TelarRequest *, newest last */
  atomic_int n_requests;
} TelarRecorder;

/* recorder-media.c: an item of the tensor, which is counted or painted here where too many wait
 * already. */
RecorderMedia *telar_recorder_media_new (TelarRecorder *recorder, const char *name,
                                         TelarTensor *values, const TelarImage *image);
/* Makes what is not made yet and puts it into the store. */
gboolean telar_recorder_media_write (TelarRecorder *recorder, const RecorderItem *item,
                                     GError **error);
RecorderCurve *telar_recorder_curve_new (const TelarMonitorCurve *curve);
gboolean telar_recorder_curve_write (TelarRecorder *recorder, const RecorderItem *item,
                                     GError **error);
void telar_recorder_curve_free (RecorderCurve *curve);
void telar_recorder_media_free (TelarRecorder *recorder, RecorderMedia *media);

void telar_recorder_item_clear (TelarRecorder *recorder, RecorderItem *item);
gpointer telar_recorder_write (gpointer recorder); /* the thread */

G_END_DECLS
