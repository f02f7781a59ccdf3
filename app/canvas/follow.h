/* What usually follows what: how often operators are wired to each other, in the drawings of the
 * document, in what the person drew before, and in networks at large. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

/* Names of operators (char *) with how much speaks for them (GUINT_TO_POINTER), where a wire leaves
 * an output of @op, or with @output FALSE comes into an input of it. Caller unrefs. */
GHashTable *telar_follow_table (const TelarGraph *drawing, const char *op, gboolean output);
/* A person has wired @from to @to: kept among the program's state. */
void telar_follow_remember (const char *from, const char *to);

G_END_DECLS
