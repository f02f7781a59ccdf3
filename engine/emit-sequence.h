/* Layers over sequences as functions that build programs: what the recurrent and attention
 * operators and the ONNX importer share. Sequences are [N, T, C], batch first, and T is fixed: a
 * recurrent layer is unrolled over it.
 *
 * A value that is left out is TELAR_NO_VALUE, which is not zero: begin with the macros below. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* The most steps that a layer is unrolled to. */
#define TELAR_MAX_STEPS 4096

typedef enum {
  TELAR_CELL_RNN,  /* Elman 1990: h' = f(W x + R h) */
  TELAR_CELL_LSTM, /* Hochreiter, Schmidhuber 1997, with the forget gate of Gers et al. 2000 */
  TELAR_CELL_GRU,  /* Cho et al. 2014 */
} TelarCell;

/* How many blocks of H rows a cell's weights have: 1, 4, 3. */
guint telar_cell_gates (TelarCell cell);

/* In which order the blocks stand.
 *   PyTorch: LSTM input, forget, cell, output; GRU reset, update, new.
 *   ONNX:    LSTM input, output, forget, cell; GRU update, reset, new. */
typedef enum { TELAR_GATES_PYTORCH, TELAR_GATES_ONNX } TelarGateOrder;

/* tanh, sigmoid, relu, softsign, softplus, elu (alpha), leaky_relu (alpha), thresholded_relu
 * (alpha), affine (alpha·x + beta), scaled_tanh (alpha·tanh(beta·x)), hard_sigmoid
 * (min(max(alpha·x + beta, 0), 1)). */
typedef struct {
  const char *name;
  double alpha, beta;
} TelarGateFunction;

/* From ONNX's name, whatever its case, with the defaults of its specification for alpha and beta;
 * FALSE when it has no function of that name. */
gboolean telar_gate_function_from_onnx (const char *name, TelarGateFunction *function);

/* One of the recurrent layers' choices, with the settings that they use: the usual ELU, PyTorch's
 * hard sigmoid. */
TelarGateFunction telar_gate_function (const char *name);

/* How many settings the function has: none, alpha, or alpha and beta. ONNX's lists of alphas and
 * betas have numbers for those that have them only. */
guint telar_gate_function_settings (const TelarGateFunction *function);

TelarValue telar_emit_gate_function (TelarBuilder *b, const TelarGateFunction *function,
                                     TelarValue x);

/* One direction of one layer, G gates of H units over C features.
 *
 *   RNN:  h' = f(W x + R h)
 *   LSTM: i, j, o = f(W x + R h + P c), with c' in place of c for o;  g = k(W x + R h)
 *         c' = j·c + i·g;  h' = o·q(c')         functions f, k, q; j is the forget gate
 *   GRU:  r, z = f(W x + R h);  n = k(W x + R (r·h)), or k(W x + r·(R h)) when linear before reset
 *         h' = (1 - z)·n + z·h                  functions f, k
 *
 * W and R also stand for their biases. With a convolution h is [N, H, height, width] (Shi et al.:
 * "Convolutional LSTM network", NeurIPS 2015). */
typedef struct {
  TelarCell cell;
  TelarGateOrder order;
  gboolean reverse;             /* from the last step to the first */
  gboolean linear_before_reset; /* GRU; TRUE is PyTorch's */
  gboolean coupled;             /* LSTM: the forget gate is 1 - the input gate */
  double clip;                  /* what goes into f and k stays within ±clip; 0: no limit */
  TelarGateFunction functions[3];
  TelarValue kernel;               /* W [G·H, C]; none: x is W x already, [N, T, G·H, …] */
  TelarValue recurrent;            /* R [G·H, H]; [G·H, H, height, width] is convolved with h */
  TelarValue bias, recurrent_bias; /* [G·H] each; optional */
  TelarValue peephole;             /* P [3·H] for input, output, forget; optional */
  TelarValue lengths;              /* [N] whole numbers: steps of each sequence; optional */
  TelarValue hidden, memory;       /* h and, for LSTM, c at first, [N, H]; optional, else zeros */
} TelarRecurrence;

#define TELAR_RECURRENCE                                                                           \
  {                                                                                                \
    .kernel = TELAR_NO_VALUE, .recurrent = TELAR_NO_VALUE, .bias = TELAR_NO_VALUE,                 \
    .recurrent_bias = TELAR_NO_VALUE, .peephole = TELAR_NO_VALUE, .lengths = TELAR_NO_VALUE,       \
    .hidden = TELAR_NO_VALUE, .memory = TELAR_NO_VALUE                                             \
  }

/* Beyond a sequence's length the outputs are zero and the states stay. */
typedef struct {
  TelarValue sequence;       /* h of each step, [N, T, H], in the order of the input */
  TelarValue hidden, memory; /* the last h and c, [N, H] */
} TelarRecurrenceResult;

TelarRecurrenceResult telar_emit_recurrence (TelarBuilder *b, const TelarRecurrence *recurrence,
                                             TelarValue x);

/* --- ONNX's RNN, LSTM and GRU ----------------------------------------------------------------- */

/* The attributes and inputs as the specification has them, D directions: one or, bidirectional,
 * two. Missing optional inputs are TELAR_NO_VALUE. @functions has the functions of each direction,
 * one after the other; an entry without a name has the specification's default. */
typedef struct {
  TelarCell cell;
  guint directions;
  gboolean reverse;     /* of a single direction */
  gboolean batch_first; /* layout = 1 */
  gboolean linear_before_reset, coupled;
  double clip;
  TelarGateFunction functions[6];
  TelarValue x;                    /* [T, N, C]; [N, T, C] when batch first */
  TelarValue w, r;                 /* [D, G·H, C], [D, G·H, H] */
  TelarValue b;                    /* [D, 2·G·H] */
  TelarValue sequence_lens;        /* [N] */
  TelarValue initial_h, initial_c; /* [D, N, H]; [N, D, H] when batch first */
  TelarValue p;                    /* [D, 3·H] */
} TelarOnnxRecurrence;

typedef struct {
  TelarValue y;        /* [T, D, N, H]; [N, T, D, H] when batch first */
  TelarValue y_h, y_c; /* [D, N, H]; [N, D, H] when batch first */
} TelarOnnxRecurrenceResult;

TelarOnnxRecurrenceResult telar_emit_onnx_recurrence (TelarBuilder *b,
                                                      const TelarOnnxRecurrence *recurrence);

/* The cache [N, A, S, C] with rows from @position, [N] whole numbers, replaced by the new ones [N,
 * A, L, C]. Rows beyond the end are lost or, circular, come again at the beginning. */
TelarValue telar_emit_cache_write (TelarBuilder *b, TelarValue cache, TelarValue fresh,
                                   TelarValue position, gboolean circular);

/* The whole numbers from @first, as [n] or, as a column, [n, 1]; i64. */
TelarValue telar_emit_positions (TelarBuilder *b, gint64 first, gint64 n, gboolean column);

/* --- attention -------------------------------------------------------------------------------- */

/* Vaswani et al.: "Attention is all you need", NeurIPS 2017:
 *
 *   weights = softmax(scale · query · keyᵀ + mask),  result = weights · value
 *
 * query [N, …, L, D], key [N, …, S, D], value [N, …, S, V]; the axes between are heads. The mask
 * has as many axes as the scores [N, …, L, S] and broadcasts over them: truth values or whole
 * numbers say what may be seen, floats are added. A query that may see nothing sees everything
 * alike. */
typedef struct {
  TelarValue query, key, mask; /* the mask is optional */
  double scale;                /* 0: 1/√D */
  double cap;      /* scores s become cap · tanh(s / cap), before the mask; 0: as they are */
  gboolean causal; /* query l sees keys 0 … l + @offset */
  gint64 offset;
} TelarAttention;

/* The scores before mask and softmax. */
TelarValue telar_emit_attention_scores (TelarBuilder *b, const TelarAttention *attention);
/* The weights, [N, …, L, S]; times value they are the result. */
TelarValue telar_emit_attention_weights (TelarBuilder *b, const TelarAttention *attention);

/* Each of the heads of @x [N, heads, S, D] for a group of @times heads of queries. */
TelarValue telar_emit_repeat_heads (TelarBuilder *b, TelarValue x, gint64 times);
/* [N, T, heads · size] as [N, heads, T, size], and back. */
TelarValue telar_emit_split_heads (TelarBuilder *b, TelarValue x, gint64 heads);
TelarValue telar_emit_join_heads (TelarBuilder *b, TelarValue x);

/* Su et al.: "RoFormer: Enhanced transformer with rotary position embedding", 2021. Of the last
 * axis of @x [N, …, T, D] the first @width numbers are turned in pairs, (i, i + width/2) or,
 * interleaved, (2i, 2i + 1), by the angle position · base^(-2i/width). Cosines and sines are [T,
 * width/2], or [N, T, width/2] with positions of each sample's own. */
TelarValue telar_emit_rotary (TelarBuilder *b, TelarValue x, TelarValue cosines, TelarValue sines,
                              gboolean interleaved);

G_END_DECLS
