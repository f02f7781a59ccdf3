/* Attention with heads and positions: what its operators and the Transformer layers share. */
#pragma once

#include "engine/operators/helpers.h"

G_BEGIN_DECLS

/* Multi-head attention with the weights of its own: @prefix "query_kernel" [C, heads · key size],
 * "key_kernel", "value_kernel", "output_kernel" and, with bias, "…_bias". */
typedef struct {
  const char *prefix;
  TelarValue query, key, value; /* [N, L, C], [N, S, K], [N, S, V] */
  TelarValue mask;              /* as telar_lower_mask wants it; optional */
  gint64 heads;
  gint64 key_heads;            /* heads of keys and values, shared by groups; 0: as many */
  gint64 key_size, value_size; /* per head; 0: C / heads, and as the key's */
  gint64 size;                 /* features of the result; 0: C */
  gboolean bias, causal, rotary;
  double dropout; /* of the weights */
} TelarHeads;

/* [N, L, size]. @weights, which may be NULL, receives the weights [N, heads, L, S]. */
TelarValue telar_lower_heads (TelarLowering *l, const TelarHeads *heads, TelarValue *weights);

/* @mask, [N, S], [N, L, S] or as the scores [N, …, L, S], with as many axes as these. */
TelarValue telar_lower_mask (TelarLowering *l, TelarValue mask, guint rank);

/* Rotary positions 0, 1, … for the whole last axis of @x [N, …, T, D], halves paired. */
TelarValue telar_lower_rotary (TelarLowering *l, TelarValue x, double base);

/* The angles' cosines or sines, [@steps, @width / 2] for positions 0 … @steps - 1. */
TelarValue telar_emit_rotary_table (TelarBuilder *b, gint64 steps, gint64 width, double base,
                                    double (*function) (double));

G_END_DECLS
