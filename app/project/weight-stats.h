/* What the weights of a node look like after training: numbers of each state, from a run's
 * checkpoint. */
#pragma once

#include "engine/tensor.h"

G_BEGIN_DECLS

#define TELAR_WEIGHT_BINS 48

typedef struct {
  guint64 n, zeros,
      bad; /* numbers; of these 0; of these infinite or none, which the rest leaves out */
  double mean, deviation, low, high;
  guint64 bins[TELAR_WEIGHT_BINS]; /* how many in equal parts from low to high */
} TelarWeightStats;

void telar_weight_stats_measure (const TelarTensor *tensor, TelarWeightStats *stats);

/* One state of a node. */
typedef struct {
  char *place; /* the node's path, which tells repetitions apart */
  char *role;  /* "kernel" */
  char *shape; /* "12,1,6,6" */
  TelarWeightStats stats;
} TelarWeightEntry;

/* Reads the checkpoint, or remembers it from the last time, and measures the states whose names are
 * one of @prefixes and a role. @places has a name for each prefix. TelarWeightEntry * by place and
 * role; caller unrefs; NULL on error. Takes long for large models: for threads. */
GPtrArray *telar_weight_stats_read (const char *checkpoint, const char *const *prefixes,
                                    const char *const *places, GError **error);

G_END_DECLS
