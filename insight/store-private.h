/* What the files of the run store share: the connection, its statements and its errors. */
#pragma once

#include "insight/store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* Points of one tag that stand as rows before they become one chunk. */
#define TELAR_CHUNK_POINTS 4096

struct TelarStore {
  sqlite3 *db;
  char *workspace;
  char *path;             /* WORKSPACE/telar.db */
  gboolean keep_media;    /* series are not thinned: what was recorded elsewhere is kept whole */
  GHashTable *statements; /* text of the SQL (static) -> sqlite3_stmt, prepared once */
};

/* --- statements (store.c)
 * ----------------------------------------------------------------------- */

/* Sets @error to SQLite's last error with the file's name in front; returns FALSE. */
gboolean telar_store_fail (TelarStore *store, GError **error);

/* The statement of @sql, a string that lives as long as the program, reset and with @types bound:
 * 'i' gint64, 'd' double (NaN becomes NULL), 's' const char *, 'b' GBytes * (may be NULL; must live
 * until the statement has run). NULL on error. */
sqlite3_stmt *telar_store_query (TelarStore *store, GError **error, const char *sql,
                                 const char *types, ...);
/* TRUE with a row; FALSE at the end or, with @error set, on failure. The statement is reset at the
 * end, so that no read transaction stays open. */
gboolean telar_store_next (TelarStore *store, sqlite3_stmt *statement, GError **error);
/* Runs a statement that gives no rows. */
gboolean telar_store_run (TelarStore *store, GError **error, const char *sql, const char *types,
                          ...);
/* The first column of the first row, or @otherwise without a row. */
gboolean telar_store_number (TelarStore *store, gint64 *number, gint64 otherwise, GError **error,
                             const char *sql, const char *types, ...);

gboolean telar_store_begin (TelarStore *store, GError **error);      /* a transaction that writes */
gboolean telar_store_begin_read (TelarStore *store, GError **error); /* one that only reads */
/* Ends it: commits when @keep, rolls back otherwise; returns @keep or FALSE when the commit failed.
 */
gboolean telar_store_finish (TelarStore *store, gboolean keep, GError **error);

char *telar_store_text (sqlite3_stmt *statement, int column);  /* a copy, NULL for NULL */
double telar_store_real (sqlite3_stmt *statement, int column); /* NaN for NULL */

/* --- schema (schema.c)
 * -------------------------------------------------------------------------- */

/* Brings @db to version @n_scripts: script i makes version i + 1 out of version i. All or nothing.
 * A file of a newer version, or one that is not a run store, is refused and left as it is. */
gboolean telar_schema_migrate (sqlite3 *db, const char *path, const char *const *scripts,
                               guint n_scripts, GError **error);
extern const char *const telar_schema_scripts[];
extern const guint telar_schema_version;

/* --- runs (store-runs.c)
 * ------------------------------------------------------------------------ */

/* Identifies a living process beyond its pid, which is reused: boot and start time. NULL when there
 * is no such process. Caller frees. */
char *telar_process_identity (gint64 pid);
gboolean telar_store_is_alive (TelarStore *store, gint64 run, gboolean *alive, GError **error);
/* Makes the row of @recording, or takes the existing one over when it resumes; sets @run. */
gboolean telar_store_start_run (TelarStore *store, const TelarRecording *recording, gint64 *run,
                                GError **error);
/* @path as it is kept: relative when it lies in the workspace, so that the folder may be moved. */
char *telar_store_keep_path (const TelarStore *store, const char *path);

/* --- names (store-names.c)
 * ---------------------------------------------------------------------- */

/* NULL when @name can be the name of a run and its folder, else what is wrong with it. */
const char *telar_run_name_problem (const char *name);
/* The same as an error. */
gboolean telar_run_check_name (const char *name, GError **error);
/* FALSE with an error where there is a run of that name. */
gboolean telar_store_name_is_free (TelarStore *store, const char *name, GError **error);
/* Where the files of a run are; caller frees. */
char *telar_store_run_folder (const TelarStore *store, const char *name);

/* --- scalars (store-scalars.c)
 * ------------------------------------------------------------------ */

gboolean telar_store_tag (TelarStore *store, gint64 run, const char *name, gint64 *tag,
                          GError **error);
/* -1: the run has no such tag. */
gboolean telar_store_find_tag (TelarStore *store, gint64 run, const char *name, gint64 *tag,
                               GError **error);
/* The last step of @tag and the rows of its tail; -1 and 0 when it has no point. */
gboolean telar_store_tag_state (TelarStore *store, gint64 tag, gint64 *last_step, gint64 *tail,
                                GError **error);
gboolean telar_store_append (TelarStore *store, gint64 tag, const TelarPoint *point,
                             GError **error);
/* @n points as one chunk; @tag has no tail. */
gboolean telar_store_append_chunk (TelarStore *store, gint64 tag, const TelarPoint *points, guint n,
                                   GError **error);
/* Appends the points of a chunk. */
gboolean telar_store_read_chunk (TelarStore *store, gint64 chunk, GArray *points, GError **error);
/* telar_store_walk within a transaction of the caller's; run and tag of @stretch do not matter. */
gboolean telar_store_walk_tag (TelarStore *store, gint64 tag, const TelarStretch *stretch,
                               TelarPointsFunc visit, gpointer data, GError **error);
/* Removes all points of @tag that stand in chunks. */
gboolean telar_store_forget_chunks (TelarStore *store, gint64 tag, GError **error);
/* Turns the tail of @tag, whole, into one chunk. */
gboolean telar_store_compact (TelarStore *store, gint64 tag, GError **error);
/* Removes the points of @run beyond @step. */
gboolean telar_store_truncate_points (TelarStore *store, gint64 run, gint64 step, GError **error);

/* Smallest and largest value of some points; NaN, which is NULL in the table, without a number. */
void telar_points_range (const TelarPoint *points, guint n, double *min, double *max);

/* Packed points (chunk.c). The bytes are the same on every machine. */
GBytes *telar_chunk_pack (const TelarPoint *points, guint n);
/* Appends the points with step > @after to @points; FALSE when the bytes are damaged. */
gboolean telar_chunk_unpack (const void *data, gsize size, gint64 after, GArray *points);

/* --- what comes from elsewhere (store-walls.c, wall.c)
 * ------------------------------------------------------------------- */

gint64 telar_wall_to_time (double wall);
#define TELAR_WALL_MOST 10 /* bytes */
/* Writes to @bytes what @time (µs) lacks of @wall (s) and returns how many they are; takes it up
 * again, FALSE when the bytes end. */
guint telar_wall_pack (guint8 *bytes, gint64 time, double wall);
gboolean telar_wall_unpack (const guint8 **at, const guint8 *end, gint64 time, double *wall);

/* --- events, figures and requests (store-events.c, store-figures.c, store-requests.c)
 * ------------------------------------- */

gboolean telar_store_add_event (TelarStore *store, gint64 run, gint64 step, gint64 time,
                                const char *kind, const char *text, GError **error);
gboolean telar_store_truncate_events (TelarStore *store, gint64 run, gint64 step, GError **error);

/* In place of one of that step. */
gboolean telar_store_put_figure (TelarStore *store, gint64 run, const char *name, gint64 step,
                                 const char *values, GError **error);
gboolean telar_store_truncate_figures (TelarStore *store, gint64 run, gint64 step, GError **error);

/* The request of a row (id, kind, value, text). */
TelarRequest telar_store_read_request (sqlite3_stmt *statement);
/* Marks what was done after @step as undone: a run that is taken up there has not seen it. */
gboolean telar_store_undo_requests (TelarStore *store, gint64 run, gint64 step, GError **error);
/* Appends to @requests (GArray of TelarRequest) those of @run beyond id @after that wait. */
gboolean telar_store_waiting_requests (TelarStore *store, gint64 run, gint64 after,
                                       GArray *requests, GError **error);
gboolean telar_store_answer (TelarStore *store, gint64 request, gint64 step, const char *outcome,
                             GError **error);
/* Answers all that still wait with @outcome: nobody will obey them any more. */
gboolean telar_store_drop_requests (TelarStore *store, gint64 run, const char *outcome,
                                    GError **error);

G_END_DECLS
