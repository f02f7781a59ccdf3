/* Where an axis gets its ticks and how numbers are written on a chart. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TELAR_UNIT_NONE,
  TELAR_UNIT_COUNT,   /* whole numbers: steps, epochs */
  TELAR_UNIT_PERCENT, /* the value 1 is 100 % */
  TELAR_UNIT_SECONDS,
  TELAR_UNIT_CLOCK, /* seconds since 1970, told as local date and time */
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

G_END_DECLS
