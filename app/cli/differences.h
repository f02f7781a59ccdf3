/* What changed from one document to another, printed. */
#pragma once

#include "engine/diff.h"

#include <jansson.h>

G_BEGIN_DECLS

/* @found: as telar_graph_diff gives them; in colours where standard output is a terminal. */
void telar_print_differences (const GPtrArray *found);
/* A list. */
json_t *telar_differences_to_json (const GPtrArray *found);

G_END_DECLS
