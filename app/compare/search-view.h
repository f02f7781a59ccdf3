/* What settings have to do with a result: the runs of a search as parallel coordinates, axes
 * brushed by dragging, each with how strongly it goes along with the result. */
#pragma once

#include "app/compare/run-set.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_SEARCH_VIEW (telar_search_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarSearchView, telar_search_view, TELAR, SEARCH_VIEW, AdwBin)

/* Signal "brushed" (GPtrArray of TelarRunItem): the runs within all brushes, when a brush was put
 * or taken away. */
GtkWidget *telar_search_view_new (TelarRunSet *set);
void telar_search_view_show (TelarSearchView *view, const GPtrArray *items);

G_END_DECLS
