/* The type rules, one function per rule; the table that says which primitive has which is in
 * types.c. A rule may rely on what telar_infer checked before: the number of inputs, the presence
 * and range of attributes, dimensions below 2^40. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* Sizes beyond these are refused, so that sums and products in the rules cannot overflow. */
#define TELAR_MAX_DIM     ((gint64)1 << 40)
#define TELAR_MAX_SETTING ((gint64)G_MAXINT32)

typedef struct {
  TelarInstr instr; /* primitive, attributes and body, for telar_instr_int and its kin */
  const TelarType *in;
  guint n_in;
  TelarType *out;
  guint n_out; /* 1 unless the rule says otherwise */
  GError **error;
} TelarTypeCall;

typedef gboolean (*TelarTypeRule) (TelarTypeCall *call);

/* Sets the error, with the primitive's name in front, and returns FALSE. */
gboolean telar_type_fail (const TelarTypeCall *call, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* "N,12,28,28", "a scalar"; caller frees. */
char *telar_type_words (const TelarShape *shape);
/* "N", "28N", "512"; caller frees. */
char *telar_type_dim_words (gint64 dim);
/* Integers and floats. */
gboolean telar_type_is_number (TelarDType dtype);

/* Checks that input @i is of floats, or of numbers. */
gboolean telar_type_want_float (const TelarTypeCall *call, guint i);
gboolean telar_type_want_number (const TelarTypeCall *call, guint i);
gboolean telar_type_want_indices (const TelarTypeCall *call, guint i);
/* Checks that input @i has the type of input @j. */
gboolean telar_type_want_same (const TelarTypeCall *call, guint i, guint j);
/* Checks that input @i is of the dtype of input 0 and has this shape; @what names it. */
gboolean telar_type_want_shape (const TelarTypeCall *call, guint i, const TelarShape *shape,
                                const char *what);
/* The attribute AXIS, checked against input 0. */
gboolean telar_type_axis (const TelarTypeCall *call, guint *axis);
/* Checks that the list @key, when there, has @n items of at least @least. */
gboolean telar_type_want_items (const TelarTypeCall *call, TelarAttrKey key, guint n, gint64 least);

/* sources */
gboolean telar_type_input (TelarTypeCall *call);
gboolean telar_type_constant (TelarTypeCall *call);
gboolean telar_type_iota (TelarTypeCall *call);
gboolean telar_type_random (TelarTypeCall *call);
/* elementwise */
gboolean telar_type_unary_float (TelarTypeCall *call);
gboolean telar_type_unary_number (TelarTypeCall *call);
gboolean telar_type_not (TelarTypeCall *call);
gboolean telar_type_isnan (TelarTypeCall *call);
gboolean telar_type_cast (TelarTypeCall *call);
gboolean telar_type_binary (TelarTypeCall *call);
gboolean telar_type_equal_rule (TelarTypeCall *call);
gboolean telar_type_compare (TelarTypeCall *call);
gboolean telar_type_logic (TelarTypeCall *call);
gboolean telar_type_bits (TelarTypeCall *call);
gboolean telar_type_stop (TelarTypeCall *call);
gboolean telar_type_select (TelarTypeCall *call);
/* shape */
gboolean telar_type_reshape (TelarTypeCall *call);
gboolean telar_type_transpose (TelarTypeCall *call);
gboolean telar_type_broadcast (TelarTypeCall *call);
gboolean telar_type_slice (TelarTypeCall *call);
gboolean telar_type_pad (TelarTypeCall *call);
gboolean telar_type_concat (TelarTypeCall *call);
gboolean telar_type_reverse (TelarTypeCall *call);
gboolean telar_type_gather (TelarTypeCall *call);
gboolean telar_type_scatter_add (TelarTypeCall *call);
gboolean telar_type_one_hot (TelarTypeCall *call);
/* reductions */
gboolean telar_type_reduce (TelarTypeCall *call);
gboolean telar_type_reduce_most (TelarTypeCall *call);
gboolean telar_type_arg (TelarTypeCall *call);
gboolean telar_type_cumsum (TelarTypeCall *call);
gboolean telar_type_argsort (TelarTypeCall *call);
gboolean telar_type_count (TelarTypeCall *call);
/* products, pools */
gboolean telar_type_matmul (TelarTypeCall *call);
gboolean telar_type_conv (TelarTypeCall *call);
gboolean telar_type_conv_input_grad (TelarTypeCall *call);
gboolean telar_type_conv_weight_grad (TelarTypeCall *call);
gboolean telar_type_pool (TelarTypeCall *call);
gboolean telar_type_max_pool_grad (TelarTypeCall *call);
gboolean telar_type_avg_pool_grad (TelarTypeCall *call);
/* normalisation and probability */
gboolean telar_type_softmax (TelarTypeCall *call);
gboolean telar_type_batch_norm (TelarTypeCall *call);
gboolean telar_type_batch_norm_train (TelarTypeCall *call);
gboolean telar_type_batch_norm_grad (TelarTypeCall *call);
gboolean telar_type_layer_norm (TelarTypeCall *call);
gboolean telar_type_layer_norm_grad (TelarTypeCall *call);
/* recurrent layers */
gboolean telar_type_lstm (TelarTypeCall *call);
gboolean telar_type_lstm_grad (TelarTypeCall *call);
gboolean telar_type_gru (TelarTypeCall *call);
gboolean telar_type_gru_grad (TelarTypeCall *call);
/* optimizers, regions */
gboolean telar_type_sgd (TelarTypeCall *call);
gboolean telar_type_adam (TelarTypeCall *call);
gboolean telar_type_fused (TelarTypeCall *call);

G_END_DECLS
