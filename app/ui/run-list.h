/* The runs of a workspace, newest first: name, state, the metric that says most. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_RUN_LIST (telar_run_list_get_type ())
G_DECLARE_FINAL_TYPE (TelarRunList, telar_run_list, TELAR, RUN_LIST, AdwBin)

/* Signal "chosen" (gint64 run): the person has picked a run. */
GtkWidget *telar_run_list_new (void);

/* Shows @runs (TelarRunRow *) and marks @selected, without a signal. */
void telar_run_list_show (TelarRunList *list, const GPtrArray *runs, gint64 selected);

G_END_DECLS
