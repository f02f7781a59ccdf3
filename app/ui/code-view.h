/* TelarCodeView: the document's model as source code, in a window that follows its edits. What
 * cannot be said is listed instead; a row leads to its node. */
#pragma once

#include "app/project/analysis.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_CODE_VIEW (telar_code_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarCodeView, telar_code_view, TELAR, CODE_VIEW, AdwWindow)

/* Signal "reveal" (const char *node): a row of what cannot be said was chosen; the node's path. */
GtkWidget *telar_code_view_new (GtkWindow *parent, TelarAnalysis *analysis);

/* The source that is shown, "" where there is none. Caller frees. */
char *telar_code_view_text (TelarCodeView *self);

G_END_DECLS
