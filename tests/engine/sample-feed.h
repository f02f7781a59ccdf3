/* A feed of a few made-up rows: "d.image" f32[N,4], "d.label" f32[N,3], a function of the image.
 * The last rows are for validation. Order and bits follow the contract of engine/feed.h. */
#pragma once

#include "engine/feed.h"

#define SAMPLE_ROWS 37 /* for training: no multiple of the usual batch */

/* @validation rows beyond the training rows; may be 0. */
TelarFeed *sample_feed_new (gint64 validation);
/* Element @feature of row @row, to set it to something else. */
float *sample_feed_image (TelarFeed *feed, gint64 row, guint feature);
