/* Pictures drawn by a seed: the operator "shapes" and its feed; and a feed of normal noise beside
 * another, for networks whose randomness has to be the same in two programs. */
#pragma once

#include "engine/feed.h"
#include "engine/operator.h"

G_BEGIN_DECLS

#define SHAPES_SIZE 16 /* rows and columns of a picture */

/* Data with the outputs "images", f32[N,1,16,16], and "classes", i64[N,16,16]: 0 ground, 1 disc, 2
 * square; and "normal" with the output "noise", f32[N,size]. */
extern const TelarOperator *const shapes_operators[];

/* @rows pictures of a disc and a square under noise, for the node "shapes". */
TelarFeed *shapes_feed_new (gint64 rows);

/* What @inner gives, which it takes over, and for the node "normal" @size standard normal numbers
 * for each row, new ones in every batch. */
TelarFeed *normal_feed_new (TelarFeed *inner, gint64 size);

G_END_DECLS
