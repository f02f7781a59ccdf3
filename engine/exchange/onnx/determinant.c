/* Determinants, on the host: elimination chooses its rows by the numbers. */
#include "engine/exchange/onnx/operators.h"

#include <math.h>

/* The row from @from on with the largest number in that column. */
static gsize
pivot_row (const double *a, gsize n, gsize from)
{
  gsize best = from;
  for (gsize i = from + 1; i < n; i++)
    if (fabs (a[i * n + from]) > fabs (a[best * n + from]))
      best = i;
  return best;
}

/* Gaussian elimination with the largest pivots; @a is used up. */
static double
determinant (double *a, gsize n)
{
  double product = 1;
  for (gsize k = 0; k < n; k++) {
    gsize row = pivot_row (a, n, k);
    double pivot = a[row * n + k];
    if (pivot == 0)
      return 0;
    for (gsize j = k; row != k && j < n; j++) {
      double above = a[k * n + j];
      a[k * n + j] = a[row * n + j];
      a[row * n + j] = above;
    }
    product *= row == k ? pivot : -pivot;
    for (gsize i = k + 1; i < n; i++) {
      double factor = a[i * n + k] / pivot;
      for (gsize j = k + 1; j < n; j++)
        a[i * n + j] -= factor * a[k * n + j];
    }
  }
  return product;
}

static void
trace_det (OnnxCall *call)
{
  const TelarTensor *x = onnx_call_numbers (call, 0);
  if (!x)
    return;
  TelarShape shape = x->type.shape;
  if (shape.rank < 2 || shape.dims[shape.rank - 1] != shape.dims[shape.rank - 2]) {
    onnx_call_fail (call, "a determinant needs square matrices");
    return;
  }
  gsize n = (gsize)shape.dims[shape.rank - 1];
  shape.rank -= 2;
  g_autofree double *matrix = g_new (double, n *n + 1);
  TelarTensor *result = telar_tensor_new (x->type.dtype, &shape);
  for (gsize i = 0; i < telar_tensor_elements (result); i++) {
    for (gsize k = 0; k < n * n; k++)
      matrix[k] = telar_tensor_get (x, i * n * n + k);
    telar_tensor_set (result, i, determinant (matrix, n));
  }
  onnx_call_give_numbers (call, 0, result);
}

const OnnxOperator onnx_operators_determinant[] = {
  { "Det", trace_det, .flags = ONNX_VALUES },
  { NULL },
};
