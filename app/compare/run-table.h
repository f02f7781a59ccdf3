/* The table of runs: columns chosen, sorted by any, filtered by a regular expression; what a person
 * does to runs. */
#pragma once

#include "app/compare/run-set.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_RUN_TABLE (telar_run_table_get_type ())
G_DECLARE_FINAL_TYPE (TelarRunTable, telar_run_table, TELAR, RUN_TABLE, AdwBin)

/* Signals: "selection-changed"; "filtered": other runs are shown; "message" (text); "deleted"
 * (text), to be told with an offer to undo; "open" (run): its charts are wanted; "baseline" (run);
 * "compare" (run, run). */
GtkWidget *telar_run_table_new (TelarRunSet *set);

/* Those that are selected, in the order of the rows; of TelarRunItem, owned. */
GPtrArray *telar_run_table_selected (TelarRunTable *table);
void telar_run_table_select_first (TelarRunTable *table, guint n);
/* That run alone, where the filter lets it through. */
void telar_run_table_select_run (TelarRunTable *table, gint64 run);
/* All that the filter lets through. */
GPtrArray *telar_run_table_shown (TelarRunTable *table);

/* Runs that were deleted are hidden until this is told; they come back when it is undone. */
void telar_run_table_finish_delete (TelarRunTable *table, gboolean undo);
/* Keys of the columns that are shown. Caller frees. */
char **telar_run_table_columns (TelarRunTable *table);
void telar_run_table_set_filter (TelarRunTable *table, const char *expression);

G_END_DECLS
