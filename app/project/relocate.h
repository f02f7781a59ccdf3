/* Relative paths of data files start at the document's folder. When it gets another they are
 * written anew, in the graph and in the edits that may be undone, so that they go on naming the
 * same files: relative to the new folder, or absolute where the file lies elsewhere. */
#pragma once

#include "app/project/patch.h"

G_BEGIN_DECLS

/* @to NULL: all become absolute. */
gboolean telar_relocate_graph (TelarGraph *graph, const char *from, const char *to, GError **error);
void telar_relocate_patch (TelarPatch *patch, const char *from, const char *to);

G_END_DECLS
