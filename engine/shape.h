/* Shapes with a symbolic batch.
 *
 * A dimension d >= 0 is a size. A dimension d < 0 stands for -d times the batch N: -1 is N, -28 is
 * 28·N, which is what flattening batch and time gives. A shape without negative dimensions is
 * concrete. Products of two symbolic dimensions do not exist and are refused. */
#pragma once

#include "engine/dtype.h"

G_BEGIN_DECLS

#define TELAR_MAX_RANK  8
#define TELAR_DIM_BATCH ((gint64)-1)

typedef struct {
  guint rank;
  gint64 dims[TELAR_MAX_RANK];
} TelarShape;

typedef struct {
  TelarDType dtype;
  TelarShape shape;
} TelarType;

/* telar_shape (TELAR_DIM_BATCH, 28, 28); telar_shape_scalar () has rank 0. */
#define telar_shape(...)                                                                           \
  telar_shape_new ((const gint64[]){ __VA_ARGS__ },                                                \
                   sizeof ((const gint64[]){ __VA_ARGS__ }) / sizeof (gint64))
TelarShape telar_shape_new (const gint64 *dims, gsize rank);
TelarShape telar_shape_scalar (void);

gboolean telar_shape_equal (const TelarShape *a, const TelarShape *b);
gboolean telar_shape_is_concrete (const TelarShape *shape);
gboolean telar_type_equal (const TelarType *a, const TelarType *b);

/* The product of the dimensions in the same encoding (negative: so many times N; 1 for a scalar).
 * FALSE when it overflows or has two symbolic factors. */
gboolean telar_shape_count (const TelarShape *shape, gint64 *count);

/* Elements of a concrete shape that is known not to overflow (a tensor's, a plan's). */
gsize telar_shape_elements (const TelarShape *shape);

/* @shape with N replaced by @batch. */
TelarShape telar_shape_bind (const TelarShape *shape, gint64 batch);

/* @shape without @axis; with one more axis of size @dim that stands at @axis. There must be such an
 * axis, and room for one more. */
TelarShape telar_shape_without (const TelarShape *shape, guint axis);
TelarShape telar_shape_with (const TelarShape *shape, guint axis, gint64 dim);

/* NumPy broadcasting: aligned at the right, sizes equal or one of them 1. FALSE when they do not
 * fit. */
gboolean telar_shape_broadcast (const TelarShape *a, const TelarShape *b, TelarShape *result);

/* Row-major strides in elements of a concrete shape. */
void telar_shape_strides (const TelarShape *shape, gint64 strides[TELAR_MAX_RANK]);

/* "N,12,28,28"; a scalar gives "". Caller frees. */
char *telar_shape_to_string (const TelarShape *shape);
/* "f32[N,12,28,28]". Caller frees. */
char *telar_type_to_string (const TelarType *type);
/* Reads what telar_shape_to_string writes. */
gboolean telar_shape_from_string (const char *text, TelarShape *shape);

G_END_DECLS
