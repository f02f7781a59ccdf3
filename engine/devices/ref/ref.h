/* Shared by the reference kernels: everything is read into doubles, computed naively, written back.
 * Plain formulas in plain loops, so that a reader can check them; never fast. */
#pragma once

#include "engine/device.h"

G_BEGIN_DECLS

typedef gboolean (*RefKernel) (const TelarCall *call, GError **error);

/* All elements as doubles. Caller frees. */
double *ref_load (const TelarView *view);
/* Doubles back into @view, rounded to its type. */
void ref_store (const TelarView *view, const double *values);
gsize ref_count (const TelarView *view);

/* Row-major index to multi-index and back. */
void ref_unravel (const TelarShape *shape, gsize flat, gint64 index[TELAR_MAX_RANK]);
gsize ref_ravel (const TelarShape *shape, const gint64 index[TELAR_MAX_RANK]);
/* The element of an operand of shape @shape that broadcasting puts at @index of @whole. */
gsize ref_broadcast_flat (const TelarShape *whole, const gint64 index[TELAR_MAX_RANK],
                          const TelarShape *shape);

/* An elementwise primitive of up to three arguments; TELAR_PRIM_NONE gives the first one back. */
double ref_scalar (TelarPrim prim, const double arguments[3]);

/* A tensor with batch, channels and up to three spatial axes, in either layout. */
typedef struct {
  guint n_spatial;
  gint64 batch, channels, size[3];
  gint64 batch_stride, channel_stride, stride[3];
} RefGrid;
RefGrid ref_grid (const TelarShape *shape, gboolean channels_last);

#define REF_KERNEL(name) gboolean ref_##name (const TelarCall *call, GError **error)
REF_KERNEL (constant);
REF_KERNEL (fill);
REF_KERNEL (iota);
REF_KERNEL (uniform);
REF_KERNEL (normal);
REF_KERNEL (elementwise);
REF_KERNEL (fused);
REF_KERNEL (reshape);
REF_KERNEL (transpose);
REF_KERNEL (broadcast);
REF_KERNEL (slice);
REF_KERNEL (pad);
REF_KERNEL (concat);
REF_KERNEL (reverse);
REF_KERNEL (gather);
REF_KERNEL (scatter_add);
REF_KERNEL (one_hot);
REF_KERNEL (reduce);
REF_KERNEL (arg_reduce);
REF_KERNEL (cumsum);
REF_KERNEL (argsort);
REF_KERNEL (element_count);
REF_KERNEL (matmul);
REF_KERNEL (conv);
REF_KERNEL (max_pool);
REF_KERNEL (max_pool_grad);
REF_KERNEL (avg_pool);
REF_KERNEL (avg_pool_grad);
REF_KERNEL (softmax);
REF_KERNEL (batch_norm);
REF_KERNEL (batch_norm_train);
REF_KERNEL (batch_norm_grad);
REF_KERNEL (layer_norm);
REF_KERNEL (layer_norm_grad);
REF_KERNEL (lstm);
REF_KERNEL (lstm_grad);
REF_KERNEL (gru);
REF_KERNEL (gru_grad);
REF_KERNEL (sgd);
REF_KERNEL (adam);
#undef REF_KERNEL

G_END_DECLS
