/* Predictions and what they should have been: what losses and metrics share. */
#pragma once

#include "engine/operators/helpers.h"

G_BEGIN_DECLS

/* Scores over classes on the last axis and, one axis less, the index of the right class. */
typedef struct {
  TelarValue scores; /* float, [N, …, classes] */
  TelarValue labels; /* i64, [N, …] */
  gint64 classes;
} TelarClassified;

/* Reads ports 0 and 1. FALSE: the problem is reported. Labels of shape [N, …, 1] lose that axis. */
gboolean telar_lower_classified (TelarLowering *l, TelarClassified *classified);
/* The same of scores whose classes stand along @axis, from the end when negative; they are moved
 * to the last one. */
gboolean telar_lower_classified_along (TelarLowering *l, gint64 axis, TelarClassified *classified);

/* 1 at the right class, else 0; of the scores' type and shape. */
TelarValue telar_emit_right_class (TelarLowering *l, const TelarClassified *classified);

/* Predictions at port 0 and targets at port 1, of the same shape and type afterwards; a missing or
 * superfluous last axis of size 1 is mended. */
gboolean telar_lower_paired (TelarLowering *l, TelarValue *predictions, TelarValue *targets);

/* The mean over everything. */
TelarValue telar_emit_mean (TelarLowering *l, TelarValue x);

/* Ports: predictions in whatever words, then targets. */
#define TELAR_PAIR_PORTS(first, first_doc, second, second_doc)                                     \
  TELAR_PORTS ({ .name = first, .kind = TELAR_PORT_TENSOR, .doc = N_ (first_doc) },                \
               { .name = second, .kind = TELAR_PORT_TENSOR, .doc = N_ (second_doc) })
#define TELAR_CLASS_PORTS                                                                          \
  TELAR_PAIR_PORTS ("logits", "Scores, one for each class, before softmax.", "labels",             \
                    "The index of the right class, a whole number from 0.")

G_END_DECLS
