/* Where a run comes from and what became of it: the files of its data, the runs that it was forked
 * from and those forked from it, its weights, and the models written from them. */
#pragma once

#include "insight/store.h"

G_BEGIN_DECLS

/* A file of a run's data, as it was when the run began. */
typedef struct {
  char *node, *path;
  gint64 bytes;
  char *sha256; /* "sha256:…" */
} TelarSourceRow;

/* What a run has written: its newest weights ("weights"), or models for other programs, by their
 * format ("onnx"). */
typedef struct {
  char *kind, *path;
  gint64 step, time; /* µs since 1970 */
  gint64 bytes;
  char *sha256;
} TelarArtifactRow;

gboolean telar_store_put_source (TelarStore *store, gint64 run, const TelarSourceRow *source,
                                 GError **error);
/* By node and path; GPtrArray of TelarSourceRow *, owned. */
GPtrArray *telar_store_sources (TelarStore *store, gint64 run, GError **error);
/* In place of what the run had written there before. @path is read for its hash. */
gboolean telar_store_put_artifact (TelarStore *store, gint64 run, const char *kind,
                                   const char *path, gint64 step, GError **error);
/* By time; GPtrArray of TelarArtifactRow *, owned. */
GPtrArray *telar_store_artifacts (TelarStore *store, gint64 run, GError **error);

/* --- the whole
 * --------------------------------------------------------------------------------------- */

typedef enum {
  TELAR_LINEAGE_DATA,
  TELAR_LINEAGE_RUN,
  TELAR_LINEAGE_GONE, /* a run that others were forked from and that was deleted */
  TELAR_LINEAGE_ARTIFACT,
} TelarLineageKind;

/* A file as it is now beside what it was when it was recorded. */
typedef enum {
  TELAR_LINEAGE_FILE_UNASKED, /* no file, or not looked at */
  TELAR_LINEAGE_FILE_SAME,
  TELAR_LINEAGE_FILE_CHANGED, /* its hash is another */
  TELAR_LINEAGE_FILE_MISSING,
  TELAR_LINEAGE_FILE_UNKNOWN, /* it may have changed, and is too large to be read for that */
} TelarLineageFile;

typedef struct {
  TelarLineageKind kind;
  TelarLineageFile file;
  char *name;     /* of the run, the file, or the model's file */
  char *detail;   /* the run's state, the kind of the artifact; "" */
  char *sha256;   /* NULL: a run */
  char *path;     /* of a file; NULL: a run */
  gint64 time;    /* when the file was recorded, µs since 1970 */
  gint64 bytes;   /* of a file */
  gint64 step;    /* where the run was forked; -1: it was not */
  guint depth;    /* the column in which it stands: 0 data, then runs, each after its parent */
  gboolean asked; /* it is the run whose lineage it is */
} TelarLineageNode;

typedef struct {
  guint from, to;
} TelarLineageEdge;

typedef struct {
  GPtrArray *nodes; /* TelarLineageNode *, owned: data, then each run before what comes from it */
  GArray *edges;    /* TelarLineageEdge */
} TelarLineage;

#define TELAR_LINEAGE_MOST_RUNS 256 /* that are shown; of more the nearest */

/* Of the run @name; files with the same bytes are one. NULL on error. */
TelarLineage *telar_lineage_read (TelarStore *store, const char *name, GError **error);
/* Looks at the files and tells of each what it is now. One that may have changed and has more than
 * @most_bytes is not read. */
void telar_lineage_check_files (TelarLineage *lineage, gint64 most_bytes);
void telar_lineage_free (TelarLineage *lineage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarLineage, telar_lineage_free)

G_END_DECLS
