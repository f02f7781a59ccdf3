/* Relative paths of data files start at the folder of their project. When it gets another they are
 * written anew, so that they go on naming the same files: relative to the new folder, or absolute
 * where the file lies elsewhere. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

/* The path that names from the folder @to (NULL: from anywhere) what @file names from @from; NULL
 * where it stays as it is. Caller frees. */
char *telar_relocate_path (const char *file, const char *from, const char *to);

/* The files of all nodes and settings; the hashes of data go along. */
gboolean telar_relocate_graph (TelarGraph *graph, const char *from, const char *to, GError **error);

G_END_DECLS
