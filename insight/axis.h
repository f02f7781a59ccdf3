/* Where an axis gets its ticks and how numbers are written on a chart. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TELAR_UNIT_NONE,
  TELAR_UNIT_COUNT,   /* whole numbers: steps, epochs */
  TELAR_UNIT_PERCENT, /* the value 1 is 100 % */
  TELAR_UNIT_SECONDS,
} TelarUnit;

typedef struct {
  double value;
  char label[24]; /* empty for a minor tick */
} TelarTick;

/* Appends the ticks from @min to @max, both included, to @ticks (GArray of TelarTick): round
 * numbers, about @wanted of them. On a logarithmic axis (@log, needs 0 < @min) the powers of ten;
 * and when these are fewer than two, round numbers in between. */
void telar_axis_ticks (double min, double max, gboolean log, TelarUnit unit, guint wanted,
                       GArray *ticks);

/* @value for reading, to @digits significant digits: "0.0123", "98.9 %", "12 400", "1 min 20 s". */
void telar_axis_format (double value, TelarUnit unit, guint digits, char *text, gsize size);

/* Debiased exponential moving average: s[i] = w s[i-1] + (1 - w) v[i], y[i] = s[i] / (1 - w^(i+1)),
 * so that the first values are not drawn towards zero (Kingma and Ba, Adam, section 3). The weight
 * is that of one step: values d steps apart take w^d, so that one setting suits a curve of each
 * step and one of each epoch. */
typedef struct {
  double weight; /* 0: none, towards 1: more */
  double sum, bias;
} TelarSmoother;

void telar_smoother_init (TelarSmoother *smoother, double weight);
/* The average after @value, which came @steps after the one before (1 for the first). What is not
 * finite leaves the average as it was, and comes back as it is. */
double telar_smoother_next (TelarSmoother *smoother, double value, double steps);

G_END_DECLS
