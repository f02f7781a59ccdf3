/* Finding an operator by what a person types. */
#pragma once

#include "engine/operator.h"

G_BEGIN_DECLS

/* How well @op answers @text, which may be several words: 0 not at all; its names count more than
 * what its description says. Empty text: 1 for all. */
guint telar_operator_match (const TelarOperator *op, const char *text);

G_END_DECLS
