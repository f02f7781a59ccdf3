/* What settings have to do with a result: the runs of a search as parallel coordinates or as a
 * scatter matrix, brushed by dragging, each setting with how strongly it goes along with the
 * result. What one of the two keeps the other keeps too. */
#pragma once

#include "app/compare/run-set.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_SEARCH_VIEW (telar_search_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarSearchView, telar_search_view, TELAR, SEARCH_VIEW, AdwBin)

/* Signal "chosen" (gint64 run): a person has pointed at it. */
GtkWidget *telar_search_view_new (TelarRunSet *set);
void telar_search_view_show (TelarSearchView *view, const GPtrArray *items);

G_END_DECLS
