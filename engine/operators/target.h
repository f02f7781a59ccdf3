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

/* Scores at port 0 and labels at port 1: either scores over classes along the parameter "axis" and
 * the right classes, or one score for each label, which is 1 or 0. */
typedef struct {
  gboolean binary;   /* one score for each label */
  TelarValue scores; /* float, [N, …, classes]; binary: of the labels' shape */
  TelarValue labels; /* i64 [N, …]; binary: of the scores' type */
  gint64 classes;    /* 2 when binary */
} TelarScored;

/* FALSE: the problem is reported. */
gboolean telar_lower_scored (TelarLowering *l, TelarScored *scored);

/* 1 at the right class, else 0; of the scores' type and shape. */
TelarValue telar_emit_right_class (TelarLowering *l, const TelarClassified *classified);

/* Predictions at port 0 and targets at port 1, of the same shape and type afterwards; a missing or
 * superfluous last axis of size 1 is mended. */
gboolean telar_lower_paired (TelarLowering *l, TelarValue *predictions, TelarValue *targets);

/* What is wired to @port in the shape and type of @like, mended in the same way. FALSE: the problem
 * is reported. */
gboolean telar_lower_alike (TelarLowering *l, guint port, const TelarType *like, TelarValue *value);

/* The mean over everything. */
TelarValue telar_emit_mean (TelarLowering *l, TelarValue x);

/* Ports: predictions in whatever words, then targets. */
#define TELAR_PAIR_PORTS(first, first_doc, second, second_doc)                                     \
  TELAR_PORTS ({ .name = first, .kind = TELAR_PORT_TENSOR, .doc = N_ (first_doc) },                \
               { .name = second, .kind = TELAR_PORT_TENSOR, .doc = N_ (second_doc) })
#define TELAR_CLASS_PORTS                                                                          \
  TELAR_PAIR_PORTS ("logits", "Scores, one for each class, before softmax.", "labels",             \
                    "The index of the right class, a whole number from 0.")

#define TELAR_SCORED_PORTS                                                                         \
  TELAR_PAIR_PORTS ("logits",                                                                      \
                    "Scores, one for each class, or a single one that says how likely yes is.",    \
                    "labels", "The index of the right class, or 1 for yes and 0 for no.")
#define TELAR_PARAM_CLASS_AXIS                                                                     \
  {                                                                                                \
    .name = "axis", .label = N_ ("Class axis"), .kind = TELAR_PARAM_INT, .fallback = "-1",         \
    .minimum = -TELAR_MAX_RANK, .maximum = TELAR_MAX_RANK - 1,                                     \
    .doc = N_ ("The axis of the scores along which the classes stand; 1 for pictures whose "       \
               "channels are classes."),                                                           \
  }
#define TELAR_PARAM_IGNORE                                                                         \
  {                                                                                                \
    .name = "ignore_index", .label = N_ ("Ignored label"), .kind = TELAR_PARAM_INT,                \
    .fallback = "-100", .minimum = -(1 << 30), .maximum = 1 << 30,                                 \
    .doc = N_ ("Where the label is this one, nothing is counted."),                                \
  }

G_END_DECLS
