/* Characters to predict: the operator "chars" and its feed, rows of a text. */
#pragma once

#include "engine/feed.h"
#include "engine/operator.h"

G_BEGIN_DECLS

/* Data with the outputs "text" and "next", the same one character later: i64[N, steps] each. */
extern const TelarOperator *const chars_operators[];

/* Rows of @steps characters of the file, each row half its length after the one before. For the
 * node "chars". Characters are numbered in the order of their codes; @vocabulary receives how many
 * there are. */
TelarFeed *chars_feed_new (const char *path, gint64 steps, gint64 *vocabulary);

G_END_DECLS
