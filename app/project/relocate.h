/* When the document's folder changes, the edits that may be undone go on naming the same files. */
#pragma once

#include "app/project/patch.h"

G_BEGIN_DECLS

/* As telar_relocate_graph does with a graph. */
void telar_relocate_patch (TelarPatch *patch, const char *from, const char *to);

G_END_DECLS
