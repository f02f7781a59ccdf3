/* What the tests of insight share: a workspace in a temporary folder, recordings into it. */
#pragma once

#include "insight/store.h"

/* A new temporary folder. Caller frees the name and removes the folder. */
char *workspace_new (void);
void workspace_remove (const char *workspace);

/* A recorder that has begun: 10 epochs of @steps_per_epoch steps. */
TelarMonitor *workspace_record (const char *workspace, const char *run, gint64 steps_per_epoch);
TelarMonitor *workspace_resume (const char *workspace, const char *run, gint64 steps_per_epoch,
                                gint64 first_step);

/* Twelve runs "search-00" to "search-11", the newest last, whose learning rate, optimizer and batch
 * size differ, with results. */
void workspace_record_search (const char *workspace);
TelarStore *workspace_open (const char *workspace);
TelarRunRow *workspace_run (TelarStore *store, const char *run);
/* All points of @tag beyond @after: GArray of TelarPoint, owned. */
GArray *workspace_points (TelarStore *store, gint64 run, const char *tag, gint64 after);
/* Asserts that SQLite finds nothing wrong with the file. */
void workspace_check_integrity (const char *workspace);

/* The value that the tests record at a step, so that a reader can tell it from another's. */
double value_at (gint64 step);
