/* The inner loops of the CPU device. The files under vector/ are compiled once for each instruction
 * set; each compilation fills one table, and the device takes the best that the machine runs. */
#pragma once

#include "engine/primitive.h"

G_BEGIN_DECLS

/* One elementwise primitive over a row: y[i] = f (a[i], b[i], c[i]). An operand that its entry
 * marks as scalar is read once. y may be a, b or c. */
typedef void (*CpuRow) (gsize n, void *y, const void *a, const void *b, const void *c);

typedef struct {
  guint16 prim;
  guint8 from, to; /* types of the operands (of SELECT: of its values) and of the result */
  guint8 scalars;  /* bit k: operand k is one element */
  CpuRow row;
} CpuRowEntry;

/* Reductions of f32. */
typedef enum { CPU_SUM, CPU_MAX, CPU_MIN, CPU_PROD, CPU_N_REDUCTIONS } CpuReduction;

/* Adam on a slice of one parameter; the rates hold the corrections already. */
typedef struct {
  float beta1, rest1, beta2, rest2; /* rest: 1 - beta, rounded once */
  float epsilon, decay;             /* decay: added to the gradient */
  float keep;                       /* of the parameter, where the decay is decoupled */
  float rate;                       /* learning rate / (1 - beta1^t) */
  float inverse_root;               /* 1 / sqrt (1 - beta2^t) */
} CpuAdam;

typedef struct {
  float momentum, decay, rate;
  gboolean nesterov;
} CpuSgd;

/* The slices of an optimizer's operands and results; the results may be the operands. */
typedef struct {
  const float *p, *g, *m, *v;
  float *new_p, *new_m, *new_v;
} CpuSlots;

typedef struct {
  const float *x, *dy, *scale, *bias;
  float mean, inverse; /* 1 / deviation */
  float *y, *dscale, *dbias;
} CpuLayerRow;

/* The taps of one window that lie inside the image. */
typedef struct {
  const gint64 *offsets;
  gsize taps;
  float share; /* of an average that each tap has */
} CpuWindow;

typedef struct {
  const float *x, *y, *dy; /* x: where the offsets count from */
} CpuPoolRow;

/* B of a product, [k, n], its elements at data[k · row_stride + n · column_stride]; packed it takes
 * k times n, rounded up to whole panels, numbers. */
typedef struct {
  const float *data;
  gsize k, n, row_stride, column_stride;
} CpuMatrix;

/* Where the rows of A and of the result stand, and how many rows of A come next behind these, to be
 * fetched meanwhile. */
typedef struct {
  const float *a;
  gsize a_stride;
  float *y;
  gsize y_stride;
  gsize ahead;
} CpuTile;

/* A step of an LSTM for one row of n units. x and recurred [4·n] are the sums of the two products;
 * gates [4·n] input, forget, new, output. Back: dy and dmemory are the gradients after the step,
 * sums [4·n] becomes that of x; dmemory becomes that before the step. */
typedef struct {
  const float *x, *recurred, *memory_before;
  float *gates, *memory, *y;
  const float *dy;
  float *dmemory, *sums;
} CpuLstmRow;

/* The same of a GRU whose reset gate acts on the product and its bias [3·n]: gates [3·n] reset,
 * update, new; kept [n] what the reset gate multiplies. Back: dx and sums [3·n] become the
 * gradients of x and of the product; dy that of @before which goes around the product. */
typedef struct {
  const float *x, *recurred, *bias, *before;
  float *gates, *kept, *y;
  float *dy, *dx, *sums;
} CpuGruRow;

/* A tile of a convolution of 3 x 3: 6 x 6 pixels of the image, of which the lines from @top up to
 * @bottom and the columns from @left up to @right are inside; or of 4 x 4 of the result, of which
 * @bottom lines and @right columns are. @line: floats from one line to the next; @panel: from one
 * panel of a point's channels to the next. The channels come in whole registers. */
typedef struct {
  gsize channels, line, panel;
  gsize top, bottom, left, right;
} CpuWinograd;

typedef struct {
  const char *name;           /* "AVX-512" */
  const CpuRowEntry *rows[2]; /* of f32; of the other types */
  guint n_rows[2];
  /* One value of n contiguous ones. */
  float (*reduce[CPU_N_REDUCTIONS]) (const float *x, gsize n);
  /* y[j] = y[j] op x[r·n + j] over @rows rows of @n elements. */
  void (*fold[CPU_N_REDUCTIONS]) (float *y, const float *x, gsize rows, gsize n);
  /* sum (x - mean)² and sum dy·(x - mean), over n elements */
  float (*squares) (const float *x, float mean, gsize n);
  float (*product) (const float *dy, const float *x, float mean, gsize n);
  /* y[j] += (x[r·n + j] - mean[j])² over the rows */
  void (*fold_squares) (float *y, const float *x, const float *mean, gsize rows, gsize n);
  /* y[j] += dy[r·n + j] · (x[r·n + j] - mean[j]) over the rows */
  void (*fold_product) (float *y, const float *dy, const float *x, const float *mean, gsize rows,
                        gsize n);
  /* y = x · scale + shift */
  void (*affine) (float *y, const float *x, float scale, float shift, gsize n);
  /* y = (x - mean) · a + c over rows of n, with @k = mean, a, c for each place of a row; and with
   * one of each for all. */
  void (*center) (float *y, const float *x, const float *const k[3], gsize rows, gsize n);
  void (*center_one) (float *y, const float *x, const float k[3], gsize n);
  /* dx = dy · a + (x - mean) · b + c, in the same two ways, with @k = mean, a, c, b */
  void (*combine) (float *dx, const float *dy, const float *x, const float *const k[4], gsize rows,
                   gsize n);
  void (*combine_one) (float *dx, const float *dy, const float *x, const float k[4], gsize n);
  /* One row of layer normalisation; and of its gradient, with its part of dscale and dbias. */
  void (*layer) (const CpuLayerRow *row, gsize n);
  void (*layer_grad) (const CpuLayerRow *row, gsize n);
  /* Windows of a pool: n channels side by side, one tap at each of the offsets. y = the maximum, or
   * the sum; dx += dy at the first tap that equals y; dx += dy · share at every tap. */
  void (*pool_max) (const CpuWindow *window, const float *x, float *y, gsize n);
  void (*pool_sum) (const CpuWindow *window, const float *x, float *y, gsize n);
  void (*pool_max_grad) (const CpuWindow *window, const CpuPoolRow *row, float *dx, gsize n);
  void (*pool_sum_grad) (const CpuWindow *window, const float *dy, float *dx, gsize n);
  /* y = exp (x - shift), gives the sum of y; y may be NULL */
  float (*exp_sum) (float *y, const float *x, float shift, gsize n);
  /* @n elements of @size bytes (1, 2, 4, 8) that all are *value */
  void (*repeat) (void *to, const void *value, gsize size, gsize n);
  void (*adam) (const CpuAdam *adam, const CpuSlots *slots, gsize n);
  void (*sgd) (const CpuSgd *sgd, const CpuSlots *slots, gsize n);
  gsize panel; /* columns */
  void (*pack) (const CpuMatrix *b, float *packed);
  /* The same of a matrix whose columns lie side by side, with panels @apart numbers from one to the
   * next: k · panel and more. */
  void (*pack_panels) (const CpuMatrix *b, float *packed, gsize apart);
  /* y = a · b for @rows rows */
  void (*multiply) (const CpuTile *tile, const CpuMatrix *b, const float *packed, gsize rows);
  /* y = aᵀ · b, or with @add y += aᵀ · b, of panels: a and b have @depth rows, y @rows. */
  void (*multiply_panels) (const float *a, const float *b, float *y, gsize depth, gsize rows,
                           gboolean add);
  /* The 36 points of a tile of the image, each @apart from the one before; and back from those of
   * its result, which stand side by side; and to those of the result from its gradient. */
  void (*winograd_in) (const CpuWinograd *w, const float *x, float *v, gsize apart);
  void (*winograd_out) (const CpuWinograd *w, const float *m, gsize apart, float *y);
  void (*winograd_out_grad) (const CpuWinograd *w, const float *dy, float *m, gsize apart);
  /* One panel of each point's matrix of weights, packed, from filters of nine taps that lie where
   * the matrix has one number, or, @turned, from the last tap to the first; and the gradient of the
   * filters from that of the matrices. */
  void (*winograd_weights) (const CpuMatrix *filters, gboolean turned, gsize panel, float *u,
                            gsize apart);
  void (*winograd_weights_grad) (const CpuMatrix *filters, gsize panel, const float *u, gsize apart,
                                 float *dw);
  void (*lstm) (const CpuLstmRow *row, gsize n);
  void (*lstm_grad) (const CpuLstmRow *row, gsize n);
  void (*gru) (const CpuGruRow *row, gsize n);
  void (*gru_grad) (const CpuGruRow *row, gsize n);
} CpuVector;

typedef enum {
  CPU_VECTOR_BASELINE,
  CPU_VECTOR_AVX2,
  CPU_VECTOR_AVX512,
  CPU_N_VECTOR_LEVELS
} CpuVectorLevel;

/* Fills the table of an instruction set; FALSE when this machine has none of it. */
gboolean cpu_vector_init (CpuVector *vector, CpuVectorLevel level);
/* The best of them. */
void cpu_vector_best (CpuVector *vector);

/* The row of @prim for these types, with the operands of the mask @scalars read once, or NULL. */
CpuRow cpu_vector_row (const CpuVector *vector, TelarPrim prim, TelarDType from, TelarDType to,
                       guint scalars);

G_END_DECLS
