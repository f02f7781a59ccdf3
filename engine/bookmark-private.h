/* What the files of the graph document share of bookmarks. */
#pragma once

#include "engine/bookmark.h"
#include <jansson.h>

G_BEGIN_DECLS

void telar_bookmark_free (gpointer bookmark);
void telar_graph_copy_bookmarks (TelarGraph *to, const TelarGraph *from);
/* One record, as a line of the file. Caller frees. */
char *telar_graph_bookmark_line (const TelarBookmark *bookmark);
gboolean telar_graph_put_bookmark (TelarGraph *graph, const char *name, const json_t *json,
                                   GError **error);

G_END_DECLS
