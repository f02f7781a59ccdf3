/* Counter-based randomness: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011). A value depends on key and counter alone, so any thread can make any
 * part of a stream, and a resumed run draws the same numbers.
 *
 * Convention: key = (seed low, seed high); counter = (index low, index high, step, stream). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  guint64 seed;
  guint32 step;   /* the training step, 0 outside training */
  guint32 stream; /* who draws: telar_random_stream of a node's or state's name */
} TelarRandom;

/* Four words of the block @block. */
void telar_random_block (const TelarRandom *random, guint64 block, guint32 out[4]);

/* Uniform in [0, 1), 24 bits; element @index of the stream. */
float telar_random_uniform (const TelarRandom *random, guint64 index);
/* Standard normal by Box-Muller; element @index of the stream. */
float telar_random_normal (const TelarRandom *random, guint64 index);

/* Fills @out with the elements first, first + 1, …; the same numbers as one by one. */
void telar_random_fill_uniform (const TelarRandom *random, guint64 first, gsize n, float *out);
void telar_random_fill_normal (const TelarRandom *random, guint64 first, gsize n, float *out);

/* A permutation of 0 … n-1 (Fisher-Yates). */
void telar_random_permutation (const TelarRandom *random, gsize n, guint32 *out);

/* FNV-1a of @name: which stream a name draws from. */
guint32 telar_random_stream (const char *name);

G_END_DECLS
