/* Support vector machines of ai.onnx.ml: kernels between the rows and the vectors, then products
 * with matrices made of the coefficients. All in float64, as libsvm does. Source: Chang, Lin,
 * "LIBSVM: a library for support vector machines", 2011. */
#include "engine/emit.h"
#include "engine/exchange/onnx/ml.h"

#include <math.h>

/* --- kernels ---------------------------------------------------------------------------------- */

typedef struct {
  char *kind;
  double gamma, coef0, degree;
} Kernel;

static void
read_kernel (OnnxCall *call, Kernel *kernel)
{
  g_autoptr (TelarTensor) params = onnx_ml_numbers (call, "kernel_params");
  *kernel = (Kernel){ .kind = onnx_call_attr_text (call, "kernel_type", "LINEAR") };
  if (params && telar_tensor_elements (params) >= 3) {
    kernel->gamma = telar_tensor_get (params, 0);
    kernel->coef0 = telar_tensor_get (params, 1);
    kernel->degree = telar_tensor_get (params, 2);
  } else if (!g_str_equal (kernel->kind, "LINEAR"))
    onnx_call_fail (call, "kernel_params must be gamma, coef0 and degree");
}

/* |x - v|² = |x|² - 2 x·v + |v|², not below 0. */
static TelarValue
squared_distances (TelarBuilder *b, TelarValue x, TelarValue vectors, TelarValue products)
{
  TelarReduction over = { .axes = { 1 }, .n = 1, .keep = TRUE };
  const gint64 across[] = { 1, 0 };
  TelarValue rows = telar_emit_reduction (b, TELAR_REDUCE_SUM_SQUARE, x, &over);
  TelarValue columns = telar_build_transpose (
      b, telar_emit_reduction (b, TELAR_REDUCE_SUM_SQUARE, vectors, &over), across);
  TelarValue sum = telar_build_binary (b, TELAR_PRIM_ADD, rows, columns);
  return telar_build_unary (
      b, TELAR_PRIM_RELU,
      telar_build_binary (b, TELAR_PRIM_SUB, sum,
                          telar_build_binary_scalar (b, TELAR_PRIM_MUL, products, 2)));
}

/* [N, vectors], of @x [N, features] and @vectors [vectors, features]. */
static TelarValue
kernel_of (OnnxCall *call, const Kernel *kernel, TelarValue x, TelarValue vectors)
{
  TelarBuilder *b = call->b;
  TelarValue products = telar_build_matmul (b, x, vectors, FALSE, TRUE);
  if (g_str_equal (kernel->kind, "LINEAR"))
    return products;
  if (g_str_equal (kernel->kind, "RBF"))
    return telar_build_unary (
        b, TELAR_PRIM_EXP,
        telar_build_binary_scalar (b, TELAR_PRIM_MUL, squared_distances (b, x, vectors, products),
                                   -kernel->gamma));
  TelarValue line = telar_build_binary_scalar (
      b, TELAR_PRIM_ADD, telar_build_binary_scalar (b, TELAR_PRIM_MUL, products, kernel->gamma),
      kernel->coef0);
  if (g_str_equal (kernel->kind, "SIGMOID"))
    return telar_build_unary (b, TELAR_PRIM_TANH, line);
  if (g_str_equal (kernel->kind, "POLY"))
    return telar_emit_pow (b, line, telar_build_scalar (b, TELAR_F64, kernel->degree));
  onnx_call_fail (call, "Telar does not know the kernel \"%s\"", kernel->kind);
  return TELAR_NO_VALUE;
}

/* Kernels of the rows with the @n vectors of the file. */
static TelarValue
kernels (OnnxCall *call, gint64 n)
{
  Kernel kernel;
  gint64 n_features;
  g_autoptr (TelarTensor) numbers = onnx_ml_numbers (call, "support_vectors");
  TelarValue x = telar_build_cast (call->b, onnx_ml_rows (call, &n_features), TELAR_F64);
  TelarShape shape = telar_shape (n, n_features);
  read_kernel (call, &kernel);
  TelarValue vectors = onnx_ml_table (call, numbers, "support_vectors", TELAR_F64, &shape);
  TelarValue result = kernel_of (call, &kernel, x, vectors);
  g_free (kernel.kind);
  return result;
}

/* --- regression ------------------------------------------------------------------------------- */

/* Without support vectors the coefficients are those of the columns. */
static TelarValue
regression (OnnxCall *call)
{
  gint64 n = onnx_call_attr_int (call, "n_supports", 0), n_features;
  g_autoptr (TelarTensor) numbers = onnx_ml_numbers (call, "coefficients");
  g_autoptr (TelarTensor) rho = onnx_ml_numbers (call, "rho");
  TelarShape one = telar_shape (1);
  TelarValue x = n > 0 ? kernels (call, n)
                       : telar_build_cast (call->b, onnx_ml_rows (call, &n_features), TELAR_F64);
  TelarShape column = telar_shape (n > 0 ? n : n_features, 1);
  TelarValue weights = onnx_ml_table (call, numbers, "coefficients", TELAR_F64, &column);
  TelarValue sum = telar_build_matmul (call->b, x, weights, FALSE, FALSE);
  return telar_build_binary (call->b, TELAR_PRIM_ADD, sum,
                             onnx_ml_table (call, rho, "rho", TELAR_F64, &one));
}

static void
trace_regressor (OnnxCall *call)
{
  OnnxMlTransform transform = onnx_ml_transform_read (call);
  TelarValue y = regression (call);
  if (onnx_call_attr_int (call, "one_class", 0)) { /* 1 inside, -1 outside */
    TelarValue inside = telar_build_binary (call->b, TELAR_PRIM_LESS,
                                            telar_build_scalar (call->b, TELAR_F64, 0), y);
    y = telar_build_select (call->b, inside, telar_build_scalar (call->b, TELAR_F64, 1),
                            telar_build_scalar (call->b, TELAR_F64, -1));
  }
  onnx_ml_give_floats (call, 0, onnx_ml_transform (call->b, y, transform));
}

/* --- classes: one against one ----------------------------------------------------------------- */

typedef struct {
  OnnxMlClasses classes;
  const gint64 *counts; /* of vectors, class by class */
  guint n;              /* classes */
  gint64 n_vectors;
  guint n_pairs;
} Machine;

/* Their pairs are columns, and all of them vote for each class. */
#define MOST_CLASSES 512

static gboolean
read_machine (OnnxCall *call, Machine *m)
{
  const Onnx__AttributeProto *counts = onnx_call_attr (call, "vectors_per_class");
  gint64 n_vectors = 0;
  *m = (Machine){ .counts = counts && counts->n_ints > 0 ? counts->ints : NULL };
  if (!onnx_ml_classes_read (call, "classlabels_ints", "classlabels_strings", &m->classes))
    return FALSE;
  m->n = m->classes.n;
  if (m->n > MOST_CLASSES) {
    onnx_call_fail (call, "it has %u classes where %d are most", m->n, MOST_CLASSES);
    return FALSE;
  }
  m->n_pairs = m->n * (m->n - 1) / 2;
  gboolean good = (!m->counts || counts->n_ints == m->n);
  for (guint i = 0; good && m->counts && i < m->n; i++) {
    good = m->counts[i] >= 0 && m->counts[i] <= G_MAXINT32;
    n_vectors += good ? m->counts[i] : 0;
  }
  m->n_vectors = n_vectors;
  if (!good)
    onnx_call_fail (call, "its classes and vectors_per_class do not fit each other");
  return good;
}

/* f64 [vectors, pairs]: what each vector weighs between the two classes of each pair. The
 * coefficients are [classes - 1, vectors]; a vector of class i has in row j - 1 (j above i) or j
 * (below) its part against class j. */
static TelarTensor *
weights_of_pairs (OnnxCall *call, const Machine *m, const TelarTensor *coefficients)
{
  TelarShape shape = telar_shape (m->n_vectors, m->n_pairs);
  TelarTensor *weights = telar_tensor_try_new (TELAR_F64, &shape, &call->error);
  if (!weights)
    return NULL;
  double *w = weights->data;
  gsize vector = 0;
  for (guint own = 0; own < m->n; own++)
    for (gint64 k = 0; k < m->counts[own]; k++, vector++)
      for (guint i = 0, pair = 0; i < m->n; i++)
        for (guint j = i + 1; j < m->n; j++, pair++)
          if (own == i || own == j)
            w[vector * m->n_pairs + pair] = telar_tensor_get (
                coefficients, (own == i ? j - 1 : i) * (gsize)m->n_vectors + vector);
  return weights;
}

/* f64 [N, pairs]: above 0 for the first class of a pair. */
static TelarValue
decide_pairs (OnnxCall *call, const Machine *m)
{
  g_autoptr (TelarTensor) coefficients = onnx_ml_numbers (call, "coefficients");
  g_autoptr (TelarTensor) rho = onnx_ml_numbers (call, "rho");
  gsize n = coefficients ? telar_tensor_elements (coefficients) : 0;
  if (n != (gsize)m->n_vectors * (m->n - 1) || m->n < 2) {
    onnx_call_fail (call,
                    "%zu coefficients do not fit %u classes with %" G_GINT64_FORMAT " vectors", n,
                    m->n, m->n_vectors);
    return TELAR_NO_VALUE;
  }
  g_autoptr (TelarTensor) weights = weights_of_pairs (call, m, coefficients);
  TelarShape pairs = telar_shape (m->n_pairs);
  if (!weights)
    return TELAR_NO_VALUE;
  TelarValue sums = telar_build_matmul (call->b, kernels (call, m->n_vectors),
                                        onnx_ml_put (call, weights), FALSE, FALSE);
  return telar_build_binary (call->b, TELAR_PRIM_ADD, sums,
                             onnx_ml_table (call, rho, "rho", TELAR_F64, &pairs));
}

/* i64 [N]: the class that wins most pairs, the first of equals. */
static TelarValue
elect (OnnxCall *call, const Machine *m, TelarValue pairs)
{
  TelarShape ballots = telar_shape (m->n_pairs, m->n), row = telar_shape (m->n);
  g_autoptr (TelarTensor) gains = telar_tensor_new (TELAR_F32, &ballots);
  g_autoptr (TelarTensor) least = telar_tensor_new (TELAR_F32, &row);
  for (guint i = 0, pair = 0; i < m->n; i++)
    for (guint j = i + 1; j < m->n; j++, pair++) {
      ((float *)gains->data)[pair * m->n + i] = 1;
      ((float *)gains->data)[pair * m->n + j] = -1;
      ((float *)least->data)[j]++;
    }
  TelarValue won = telar_build_binary (call->b, TELAR_PRIM_LESS,
                                       telar_build_scalar (call->b, TELAR_F64, 0), pairs);
  TelarValue votes = telar_build_matmul (call->b, telar_build_cast (call->b, won, TELAR_F32),
                                         onnx_ml_put (call, gains), FALSE, FALSE);
  return onnx_ml_largest (
      call->b, telar_build_binary (call->b, TELAR_PRIM_ADD, votes, onnx_ml_put (call, least)));
}

/* --- probabilities ---------------------------------------------------------------------------- */

/* What the iteration needs of one row: @r [n, n], the probability of each class against each. */
typedef struct {
  guint n;
  double *q, *qp; /* [n, n]; [n] */
} Coupling;

static void
begin_coupling (Coupling *c, const double *r, double *p)
{
  for (guint t = 0; t < c->n; t++) {
    p[t] = 1.0 / c->n;
    c->q[t * c->n + t] = 0;
    for (guint j = 0; j < c->n; j++) {
      double against = r[j * c->n + t];
      if (j == t)
        continue;
      c->q[t * c->n + t] += against * against;
      c->q[t * c->n + j] = -against * r[t * c->n + j];
    }
  }
}

/* p·Q·p and Q·p; returns the largest violation of the condition that they are equal. */
static double
measure_coupling (Coupling *c, const double *p, double *pqp)
{
  double worst = 0;
  *pqp = 0;
  for (guint t = 0; t < c->n; t++) {
    c->qp[t] = 0;
    for (guint j = 0; j < c->n; j++)
      c->qp[t] += c->q[t * c->n + j] * p[j];
    *pqp += p[t] * c->qp[t];
  }
  for (guint t = 0; t < c->n; t++)
    worst = fmax (worst, fabs (c->qp[t] - *pqp));
  return worst;
}

/* The probabilities that agree best with those of the pairs: Wu, Lin, Weng, "Probability estimates
 * for multi-class classification by pairwise coupling", 2004, algorithm 2, with libsvm's limits,
 * which stop before the last digits are settled. */
static void
couple (Coupling *c, const double *r, double *p)
{
  double pqp;
  guint most = MAX (100, c->n);
  begin_coupling (c, r, p);
  for (guint round = 0; round < most && measure_coupling (c, p, &pqp) >= 0.005 / c->n; round++)
    for (guint t = 0; t < c->n; t++) {
      double own = c->q[t * c->n + t], step = (pqp - c->qp[t]) / own;
      p[t] += step;
      pqp = (pqp + step * (step * own + 2 * c->qp[t])) / (1 + step) / (1 + step);
      for (guint j = 0; j < c->n; j++) {
        c->qp[j] = (c->qp[j] + step * c->q[t * c->n + j]) / (1 + step);
        p[j] /= 1 + step;
      }
    }
}

/* f32 [N, classes] of the probabilities of the pairs [N, pairs], on the host: how many rounds there
 * are is known only then. */
static TelarTensor *
couple_rows (OnnxCall *call, const Machine *m, const TelarTensor *pairs)
{
  gsize rows = (gsize)pairs->type.shape.dims[0];
  TelarShape shape = telar_shape ((gint64)rows, m->n);
  TelarTensor *result = telar_tensor_try_new (TELAR_F32, &shape, &call->error);
  g_autofree double *r = g_new0 (double, m->n * m->n), *p = g_new0 (double, m->n);
  g_autofree double *q = g_new0 (double, m->n * m->n), *qp = g_new0 (double, m->n);
  Coupling c = { m->n, q, qp };
  for (gsize row = 0; result && row < rows; row++) {
    gsize place = row * m->n_pairs;
    for (guint i = 0; i < m->n; i++)
      for (guint j = i + 1; j < m->n; j++) {
        r[i * m->n + j] = telar_tensor_get (pairs, place++);
        r[j * m->n + i] = 1 - r[i * m->n + j];
      }
    couple (&c, r, p);
    for (guint i = 0; i < m->n; i++)
      ((float *)result->data)[row * m->n + i] = (float)p[i];
  }
  return result;
}

/* Platt's sigmoid of each pair, and their coupling. */
static TelarValue
probabilities (OnnxCall *call, const Machine *m, TelarValue pairs)
{
  TelarShape row = telar_shape (m->n_pairs);
  g_autoptr (TelarTensor) a = onnx_ml_numbers (call, "prob_a");
  g_autoptr (TelarTensor) b = onnx_ml_numbers (call, "prob_b");
  const double least = 1e-7;
  TelarValue line =
      telar_build_binary (call->b, TELAR_PRIM_ADD,
                          telar_build_binary (call->b, TELAR_PRIM_MUL, pairs,
                                              onnx_ml_table (call, a, "prob_a", TELAR_F64, &row)),
                          onnx_ml_table (call, b, "prob_b", TELAR_F64, &row));
  TelarValue p = telar_build_unary (call->b, TELAR_PRIM_SIGMOID,
                                    telar_build_unary (call->b, TELAR_PRIM_NEG, line));
  p = telar_build_binary (call->b, TELAR_PRIM_MAXIMUM, p,
                          telar_build_scalar (call->b, TELAR_F64, least));
  p = telar_build_binary (call->b, TELAR_PRIM_MINIMUM, p,
                          telar_build_scalar (call->b, TELAR_F64, 1 - least));
  if (onnx_call_failed (call))
    return TELAR_NO_VALUE;
  g_autoptr (TelarOnnxValue) value = onnx_call_wrap (call, p);
  const TelarTensor *known = onnx_call_settle (call, value);
  g_autoptr (TelarTensor) coupled = known ? couple_rows (call, m, known) : NULL;
  if (!coupled)
    return TELAR_NO_VALUE;
  g_autoptr (TelarOnnxValue) result = telar_onnx_value_tensor (coupled, FALSE);
  return onnx_trace_emit (call->trace, result);
}

/* --- classification --------------------------------------------------------------------------- */

/* libsvm's form: pairs of classes, and their probabilities where the file has Platt's numbers. */
static void
classify_pairs (OnnxCall *call, const Machine *m, OnnxMlTransform transform)
{
  TelarValue pairs = decide_pairs (call, m);
  TelarValue winner = elect (call, m, pairs);
  if (onnx_call_failed (call))
    return;
  g_autoptr (TelarOnnxValue) kept = onnx_call_wrap (call, winner);
  TelarValue scores = pairs;
  if (onnx_call_attr (call, "prob_a"))
    scores = onnx_ml_transform (call->b, probabilities (call, m, pairs), transform);
  else if (m->n == 2)
    scores = onnx_ml_two_scores (call->b, pairs, transform, transform == ONNX_ML_NONE);
  else
    scores = onnx_ml_transform (call->b, pairs, transform);
  if (onnx_call_failed (call))
    return;
  onnx_ml_give_floats (call, 1, scores);
  onnx_ml_give_classes (call, &m->classes, onnx_trace_emit (call->trace, kept));
}

/* Without support vectors: a line of coefficients for each class. */
static void
classify_lines (OnnxCall *call, const Machine *m, OnnxMlTransform transform)
{
  gint64 n_features;
  g_autoptr (TelarTensor) numbers = onnx_ml_numbers (call, "coefficients");
  g_autoptr (TelarTensor) rho = onnx_ml_numbers (call, "rho");
  TelarValue x = telar_build_cast (call->b, onnx_ml_rows (call, &n_features), TELAR_F64);
  TelarShape matrix = telar_shape (m->n, n_features);
  TelarValue weights = onnx_ml_table (call, numbers, "coefficients", TELAR_F64, &matrix);
  if (!rho || telar_tensor_elements (rho) == 0) {
    onnx_call_fail (call, "rho is missing");
    return;
  }
  TelarValue scores = telar_build_binary_scalar (
      call->b, TELAR_PRIM_ADD, telar_build_matmul (call->b, x, weights, FALSE, TRUE),
      telar_tensor_get (rho, 0));
  onnx_ml_give_floats (call, 1, onnx_ml_transform (call->b, scores, transform));
  onnx_ml_give_classes (call, &m->classes, onnx_ml_largest (call->b, scores));
}

static void
trace_classifier (OnnxCall *call)
{
  Machine m;
  OnnxMlTransform transform = onnx_ml_transform_read (call);
  if (read_machine (call, &m)) {
    if (m.n_vectors > 0)
      classify_pairs (call, &m, transform);
    else
      classify_lines (call, &m, transform);
  }
  onnx_ml_classes_clear (&m.classes);
}

const OnnxOperator onnx_operators_ml_vectors[] = {
  { "SVMClassifier", trace_classifier, .flags = ONNX_VALUES },
  { "SVMRegressor", trace_regressor },
  { NULL },
};
