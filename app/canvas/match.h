/* Finding an operator by what a person types. */
#pragma once

#include "engine/operator.h"

G_BEGIN_DECLS

/* How well @op answers @text, which may be several words: 0 not at all; its names count more than
 * what its description says. Empty text: 1 for all. */
guint telar_operator_match (const TelarOperator *op, const char *text);

/* @text without accents and case. Caller frees. */
char *telar_text_fold (const char *text);
/* How well @text, which may be NULL, answers a folded word: @weight, twice that at the start of a
 * word, four times at the start of all; 0 not at all. */
guint telar_text_match (const char *text, const char *word, guint weight);

G_END_DECLS
