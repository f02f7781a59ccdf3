/* The run store: one SQLite file per workspace, the only meeting point of trainer, studio, web page
 * and command line.
 *
 * Scalars are a row tail that is compacted into packed chunks of 4,096 points with min and max;
 * every point is kept. Histograms, images and what else there is: store-media.h. WAL, one writer
 * per connection, batched commits. A store of a newer schema is refused. */
#pragma once

#include "engine/error.h"
#include "engine/monitor.h"

G_BEGIN_DECLS

typedef struct TelarStore TelarStore;

/* Whether WORKSPACE/telar.db is there. */
gboolean telar_store_exists (const char *workspace);
/* Opens WORKSPACE/telar.db, making folder and file when @create. Not shared between threads: each
 * opens its own. */
TelarStore *telar_store_open (const char *workspace, gboolean create, GError **error);
void telar_store_close (TelarStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarStore, telar_store_close)
const char *telar_store_workspace (const TelarStore *store);

/* --- runs
 * ------------------------------------------------------------------------------------------- */

typedef struct {
  gint64 id;
  char *name;
  char *status; /* "running", "paused", "done", "stopped", "failed"; "lost" when its process is gone
                 */
  char *message;
  char *project; /* path */
  char *device;
  gint64 pid;
  gint64 started, ended; /* µs since 1970, ended 0 while it runs */
  gint64 epoch, epochs, step, steps_per_epoch;
  gint64 parameters;
  guint64 seed;
  char *checkpoint;
  char *settings; /* JSON of the training settings */
  char *metrics;  /* JSON of the last epoch's metrics */
  char *parent;   /* the run that it was forked from, which may be gone; NULL: none */
  gint64 parent_step;
  char *note;   /* what a person says of it, or NULL */
  char *labels; /* "baseline, small", or NULL */
  gboolean star;
} TelarRunRow;

void telar_run_row_free (TelarRunRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarRunRow, telar_run_row_free)

/* Newest first; GPtrArray of TelarRunRow *, owned. */
GPtrArray *telar_store_runs (TelarStore *store, GError **error);
/* Those that go on, or seemed to when they last wrote. */
GPtrArray *telar_store_open_runs (TelarStore *store, GError **error);
TelarRunRow *telar_store_find_run (TelarStore *store, const char *name, GError **error);
/* A free name: "digits-cnn-3". Caller frees. */
char *telar_store_free_name (TelarStore *store, const char *stem, GError **error);
/* @stem itself where it is free. Caller frees. */
char *telar_store_unused_name (TelarStore *store, const char *stem, GError **error);
gboolean telar_store_rename_run (TelarStore *store, gint64 run, const char *name, GError **error);
gboolean telar_store_delete_run (TelarStore *store, gint64 run, GError **error);
/* A run's weights as they were at a step, in its folder. */
typedef struct {
  gint64 step;
  char *path;
  gboolean newest; /* the one that the run writes again and again, and is resumed from */
} TelarCheckpoint;
/* By step, the latest first; GPtrArray of TelarCheckpoint *, owned. */
GPtrArray *telar_store_checkpoints (TelarStore *store, const TelarRunRow *row, GError **error);

/* What a person says of a run; NULL or "" takes it back. A run in progress may be spoken of, too.
 */
gboolean telar_store_set_note (TelarStore *store, gint64 run, const char *note, GError **error);
/* @labels with commas between them; blanks around a label and doubles are dropped. */
gboolean telar_store_set_labels (TelarStore *store, gint64 run, const char *labels, GError **error);
gboolean telar_store_set_star (TelarStore *store, gint64 run, gboolean star, GError **error);
/* "baseline, small" in parts; NULL has none. Caller frees. */
char **telar_labels_split (const char *labels);
/* The project's text as it was trained. Caller frees. */
char *telar_store_graph (TelarStore *store, gint64 run, GError **error);

/* --- scalars
 * ---------------------------------------------------------------------------------------- */

typedef struct {
  gint64 step;
  gint64 time; /* µs since 1970 */
  double value;
} TelarPoint;

typedef struct {
  gint64 id;
  char *name;
  gint64 points;
} TelarTag;

/* GPtrArray of TelarTag *, sorted by name, owned. */
GPtrArray *telar_store_tags (TelarStore *store, gint64 run, GError **error);
/* Appends to @points (GArray of TelarPoint) all points of run and tag with step > @after in order;
 * the last one's step is the next cursor. A live chart calls it again and again and reads only what
 * is new. */
gboolean telar_store_read (TelarStore *store, gint64 run, const char *tag, gint64 after,
                           GArray *points, GError **error);

/* A stretch of a curve: the points of a tag with @from <= step <= @to. */
typedef struct {
  gint64 run;
  const char *tag;
  gint64 from, to;
} TelarStretch;

/* Given some points, in order, each time; FALSE: enough. Must leave the store alone. */
typedef gboolean (*TelarPointsFunc) (const TelarPoint *points, guint n, gpointer data);
/* Visits the points of a stretch, all of one state of the store, some thousands at a time: it needs
 * no more memory for a long curve than for a short one. */
gboolean telar_store_walk (TelarStore *store, const TelarStretch *stretch, TelarPointsFunc visit,
                           gpointer data, GError **error);
/* The last step of a tag; -1 when it has no point. */
gboolean telar_store_last_step (TelarStore *store, gint64 run, const char *tag, gint64 *step,
                                GError **error);
/* The number of a run's tags, without looking at their points. */
gboolean telar_store_count_tags (TelarStore *store, gint64 run, gint64 *n, GError **error);

/* How far the finite values of a tag reach; NaN when it has none. */
typedef struct {
  char *name;
  double min, max;
} TelarTagRange;
/* Of a run's tags that have points, sorted by name; GPtrArray of TelarTagRange *, owned. */
GPtrArray *telar_store_tag_ranges (TelarStore *store, gint64 run, GError **error);

typedef struct {
  gint64 id, step, time;
  char *kind, *text;
} TelarEventRow;
void telar_event_row_free (gpointer event);
/* Events with id > @after; GPtrArray of TelarEventRow *, owned. */
GPtrArray *telar_store_events (TelarStore *store, gint64 run, gint64 after, GError **error);

typedef struct {
  char *name; /* "confusion_matrix", "val_confusion_matrix" */
  gint64 step;
  char *values; /* JSON: a list of rows of counts; rows are right classes, columns answers */
} TelarFigureRow;
/* The newest of each figure, sorted by name; GPtrArray of TelarFigureRow *, owned. */
GPtrArray *telar_store_figures (TelarStore *store, gint64 run, GError **error);

/* A number that changes whenever another connection has committed: cheap to poll. */
gint64 telar_store_version (TelarStore *store);

/* --- requests
 * ---------------------------------------------------------------------------------------- */

/* Of the run in progress; what @request has as id does not matter. Returns the request's id, 0 on
 * error. */
gint64 telar_store_put_request (TelarStore *store, gint64 run, const TelarRequest *request,
                                GError **error);
/* The same for a request without a text. */
gboolean telar_store_request (TelarStore *store, gint64 run, TelarRequestKind kind, double value,
                              GError **error);

typedef struct {
  gint64 id;
  TelarRequestKind kind;
  double value;  /* NaN where the kind has none */
  gint64 asked;  /* µs since 1970 */
  gint64 step;   /* where it was answered; -1 while it waits */
  char *outcome; /* "done" or why not; NULL while it waits */
  char *text;    /* what is set; NULL where the kind has none */
} TelarRequestRow;
/* Requests with id > @after; GPtrArray of TelarRequestRow *, owned. */
GPtrArray *telar_store_requests (TelarStore *store, gint64 run, gint64 after, GError **error);

/* What came of a request: "done", "refused: …", at which step; @outcome, which the caller frees,
 * becomes NULL while it waits. */
gboolean telar_store_outcome (TelarStore *store, gint64 request, gint64 *step, char **outcome,
                              GError **error);

/* A monitor that asks of the run @to, which is being recorded in @workspace, all that was done to
 * the run @from, at the same steps: what changes its numbers, and where it ended. The requests
 * become requests of @to. */
TelarMonitor *telar_replay_new (const char *workspace, const char *from, const char *to,
                                GError **error);

/* --- recording
 * ----------------------------------------------------------------------------------------- */

typedef struct {
  const char *run;      /* name; must be free unless @resume */
  const char *project;  /* path or NULL */
  const char *graph;    /* the document's text */
  const char *settings; /* JSON */
  gboolean resume;      /* points beyond the resumed step are removed */
  const char *parent;   /* the run that it begins from, at @parent_step; or NULL */
  gint64 parent_step;
} TelarRecording;

/* A monitor that writes into the store from a thread of its own: a call costs an append to a
 * bounded queue. When the disk is slower than the training the queue fills; then scalars wait at
 * most until the next commit, and the store records an event "recorder" that says so. Errors of the
 * disk end recording with a message on standard error and an event when possible, never the
 * training. Requests arrive through poll. */
TelarMonitor *telar_recorder_new (const char *workspace, const TelarRecording *recording,
                                  GError **error);

G_END_DECLS
