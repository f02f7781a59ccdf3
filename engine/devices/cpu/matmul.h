/* The sizes of a matrix product, shared by its kernels. */
#pragma once

#include "engine/devices/cpu/cpu.h"

G_BEGIN_DECLS

/* y[b] = a[b] · b[b], M x K times K x N, for each of the batch's matrices. */
typedef struct {
  gint64 m, n, k;
  gboolean trans_a, trans_b;
  TelarShape batch; /* of the result */
  TelarShape a_batch, b_batch;
} CpuProduct;

CpuProduct cpu_product (const CpuSite *site);

/* Which matrix of an operand with the axes @operand belongs to matrix @index of the result. */
gsize cpu_product_matrix (const CpuProduct *product, const TelarShape *operand, gsize index);

/* Products that OpenBLAS does better: so small or so flat that starting a oneDNN primitive costs
 * more than it gains, or the weights' gradients over many rows, whose columns oneDNN walks along
 * (1024 x 256 over 2048 rows, AVX2: 76 against 35 GFLOP/s). */
gboolean cpu_product_suits_gemm (const CpuProduct *product);

G_END_DECLS
