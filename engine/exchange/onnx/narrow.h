/* ONNX's element types of two to eight bits that no element type of Telar holds by itself: each
 * lives in a wider one, and every number of it is exact there. */
#pragma once

#include "engine/tensor.h"

G_BEGIN_DECLS

/* ONNX's number @number is such a type. */
gboolean onnx_is_narrow (int number);

/* Bits of one element: 2, 4 or 8. */
guint onnx_narrow_bits (int number);

/* The number that the lowest onnx_narrow_bits of @bits mean. */
double onnx_narrow_decode (int number, guint8 bits);

/* The least and the largest of a type of whole numbers; FALSE for others. */
gboolean onnx_narrow_range (int number, double *low, double *high);

/* The number of the type that @x becomes. Whole numbers lose their fraction and wrap around. Floats
 * go to the nearest, ties to even; beyond the largest they become that when @saturate is set, and
 * otherwise infinity, or NaN where the type has none (ONNX, "Float stored in 8 bits"). For a pure
 * power of two (float8e8m0) @round is "up", "down" or "nearest". */
double onnx_narrow_round (int number, double x, gboolean saturate, const char *round);

G_END_DECLS
