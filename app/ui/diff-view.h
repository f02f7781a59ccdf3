/* TelarDiffView: what changed from another document to this one: both drawings over each other,
 * with what came, went and changed in colour, and a list whose rows lead to nodes. */
#pragma once

#include "engine/graph.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_DIFF_VIEW (telar_diff_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarDiffView, telar_diff_view, TELAR, DIFF_VIEW, AdwWindow)

/* Signal "reveal" (const char *group, const char *node): a row of a node of @after was chosen;
 * @group is "" in the main drawing. Takes copies of both; @other is the name of @before. */
GtkWidget *telar_diff_view_new (GtkWindow *parent, const TelarGraph *before, const char *other,
                                const TelarGraph *after);

G_END_DECLS
