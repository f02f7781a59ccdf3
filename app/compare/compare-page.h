/* The Compare page: all runs of the workspace in a table; below, the charts of those that are
 * selected, and what their settings have to do with their results. */
#pragma once

#include "app/compare/run-table.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_COMPARE_PAGE (telar_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (TelarComparePage, telar_compare_page, TELAR, COMPARE_PAGE, AdwBin)

/* Signal "open" (gint64 run): its charts are wanted. */
GtkWidget *telar_compare_page_new (void);
void telar_compare_page_set_workspace (TelarComparePage *page, const char *workspace);
TelarRunTable *telar_compare_page_table (TelarComparePage *page);

G_END_DECLS
