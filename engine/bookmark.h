/* Bookmarks of a document: places that a person has given names. They stand in the file under
 * "bookmarks" and in the records of undo as "bookmarks/NAME"; nothing that computes looks at them.
 */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

/* A view that has a name: the drawing of the node at @place, "" for the main one, with (@x, @y) in
 * the middle. */
typedef struct {
  char *name; /* any text but "" */
  char *place;
  double x, y, zoom;
} TelarBookmark;

/* Of the document, whatever drawing @graph is: TelarBookmark *, sorted by name; borrowed. */
const GPtrArray *telar_graph_bookmarks (const TelarGraph *graph);
const TelarBookmark *telar_graph_find_bookmark (const TelarGraph *graph, const char *name);
/* Copies @bookmark; one of its name is replaced. */
gboolean telar_graph_set_bookmark (TelarGraph *graph, const TelarBookmark *bookmark,
                                   GError **error);
void telar_graph_remove_bookmark (TelarGraph *graph, const char *name);

G_END_DECLS
