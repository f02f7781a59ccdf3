/* What a card says of a node in words: its title and the parameters that matter. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

/* Caller frees. */
char *telar_node_title (const TelarNode *node);
/* The prominent parameters: "12 filters, 3×3". Caller frees. */
char *telar_node_summary (const TelarNode *node);
/* One value as a person reads it: "3×3", "0.4", a file's base name. Caller frees. */
char *telar_param_display (const TelarParam *param, const TelarParamValue *value);

G_END_DECLS
