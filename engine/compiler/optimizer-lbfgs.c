/* L-BFGS: the optimizer that looks at all parameters at once. */
#include "engine/compiler/optimizers.h"

#include <math.h>

/* All parameters as one vector: a value for each. */
typedef TelarValue *Vector;

typedef struct {
  TelarBuilder *b;
  TelarOptimizerStep *steps;
  guint n;
  TelarDType dtype;
  GPtrArray *vectors; /* all of them, owned */
} Joint;

static Vector
vector_new (Joint *j)
{
  Vector vector = g_new (TelarValue, j->n);
  g_ptr_array_add (j->vectors, vector);
  return vector;
}

/* --- with vectors and scalars ------------------------------------------------------------------
 */

static TelarValue
scalar (const Joint *j, double value)
{
  return telar_build_scalar (j->b, j->dtype, value);
}

static TelarValue
two (const Joint *j, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_build_binary (j->b, prim, x, y);
}

static Vector
each (Joint *j, TelarPrim prim, const TelarValue *x, const TelarValue *y)
{
  Vector result = vector_new (j);
  for (guint i = 0; i < j->n; i++)
    result[i] = two (j, prim, x[i], y[i]);
  return result;
}

static Vector
times (Joint *j, const TelarValue *x, TelarValue factor)
{
  Vector result = vector_new (j);
  for (guint i = 0; i < j->n; i++)
    result[i] = two (j, TELAR_PRIM_MUL, x[i], factor);
  return result;
}

/* x + factor · y. */
static Vector
plus (Joint *j, const TelarValue *x, TelarValue factor, const TelarValue *y)
{
  return each (j, TELAR_PRIM_ADD, x, times (j, y, factor));
}

static Vector
choose (Joint *j, TelarValue condition, const TelarValue *x, const TelarValue *y)
{
  Vector result = vector_new (j);
  for (guint i = 0; i < j->n; i++)
    result[i] = telar_build_select (j->b, condition, x[i], y[i]);
  return result;
}

static TelarValue
sum (Joint *j, const TelarValue *x)
{
  TelarValue all = TELAR_NO_VALUE;
  for (guint i = 0; i < j->n; i++) {
    TelarValue part = telar_build_reduce_all (j->b, TELAR_PRIM_SUM, x[i]);
    all = i == 0 ? part : two (j, TELAR_PRIM_ADD, all, part);
  }
  return all;
}

static TelarValue
dot (Joint *j, const TelarValue *x, const TelarValue *y)
{
  return sum (j, each (j, TELAR_PRIM_MUL, x, y));
}

/* x / y, where @is_above; else @otherwise. */
static TelarValue
divide (const Joint *j, TelarValue x, TelarValue y, TelarValue is_above, double otherwise)
{
  TelarValue safe = telar_build_select (j->b, is_above, y, scalar (j, 1));
  return telar_build_select (j->b, is_above, two (j, TELAR_PRIM_DIV, x, safe),
                             scalar (j, otherwise));
}

/* --- slots -------------------------------------------------------------------------------------
 */

static char *
numbered (const char *name, guint number)
{
  return g_strdup_printf ("%s%u", name, number);
}

static Vector
read_slots (Joint *j, const char *name)
{
  Vector result = vector_new (j);
  for (guint i = 0; i < j->n; i++)
    result[i] = telar_optimizer_slot (&j->steps[i], name);
  return result;
}

static void
keep_slots (Joint *j, const char *name, const TelarValue *values)
{
  for (guint i = 0; i < j->n; i++)
    telar_optimizer_keep (&j->steps[i], name, values[i]);
}

/* The history @name0, @name1, …, the latest last, once @latest is in it where @accepted. */
static void
remember (Joint *j, const char *name, TelarValue accepted, Vector latest, Vector *history, guint m)
{
  Vector *before = g_newa (Vector, m + 1);
  for (guint k = 0; k < m; k++) {
    g_autofree char *slot = numbered (name, k);
    before[k] = read_slots (j, slot);
  }
  before[m] = latest;
  for (guint k = 0; k < m; k++) {
    g_autofree char *slot = numbered (name, k);
    history[k] = choose (j, accepted, before[k + 1], before[k]);
    keep_slots (j, slot, history[k]);
  }
}

/* --- the step ----------------------------------------------------------------------------------
 */

/* A learning rate of its own makes a parameter's unit of length another: p = √factor · q. */
static double
unit_of (const TelarOptimizerStep *s)
{
  return s->state->rate_factor == 0 ? 1 : sqrt (s->state->rate_factor);
}

static Vector
read_gradient (Joint *j)
{
  Vector g = vector_new (j);
  for (guint i = 0; i < j->n; i++) {
    double unit = unit_of (&j->steps[i]);
    g[i] = telar_optimizer_gradient (&j->steps[i]);
    if (unit != 1)
      g[i] = telar_build_binary_scalar (j->b, TELAR_PRIM_MUL, g[i], unit);
  }
  return g;
}

/* The two loops that multiply @g by the inverse of the Hessian that the history suggests, of which
 * entries without curvature, such as those that are empty yet, are no part. */
static Vector
find_direction (Joint *j, const TelarValue *g, Vector *s, Vector *y, guint m)
{
  TelarValue *rho = g_newa0 (TelarValue, m), *alpha = g_newa0 (TelarValue, m);
  TelarValue scale = TELAR_NO_VALUE;
  Vector d = times (j, g, scalar (j, -1));
  for (guint k = m; k-- > 0;) {
    TelarValue curvature = dot (j, y[k], s[k]);
    TelarValue curved = two (j, TELAR_PRIM_LESS, scalar (j, 0), curvature);
    rho[k] = divide (j, scalar (j, 1), curvature, curved, 0);
    if (k == m - 1)
      scale = divide (j, curvature, dot (j, y[k], y[k]), curved, 1);
    alpha[k] = two (j, TELAR_PRIM_MUL, dot (j, s[k], d), rho[k]);
    d = plus (j, d, telar_build_unary (j->b, TELAR_PRIM_NEG, alpha[k]), y[k]);
  }
  d = times (j, d, scale);
  for (guint k = 0; k < m; k++) {
    TelarValue beta = two (j, TELAR_PRIM_MUL, dot (j, y[k], d), rho[k]);
    d = plus (j, d, two (j, TELAR_PRIM_SUB, alpha[k], beta), s[k]);
  }
  return d;
}

/* The learning rate; at the first step, when no curvature is known, at most as much as makes the
 * step's length that of the rate: η min (1, 1/Σ|g|). */
static TelarValue
find_length (Joint *j, const TelarValue *g)
{
  const TelarOptimizerStep *first = &j->steps[0];
  Vector sizes = vector_new (j);
  for (guint i = 0; i < j->n; i++)
    sizes[i] = telar_build_unary (j->b, TELAR_PRIM_ABS, g[i]);
  TelarValue least = two (j, TELAR_PRIM_MAXIMUM, sum (j, sizes), scalar (j, 1));
  TelarValue begins = two (j, TELAR_PRIM_EQUAL, first->step, scalar (j, 1));
  return two (j, TELAR_PRIM_DIV, first->rate,
              telar_build_select (j->b, begins, least, scalar (j, 1)));
}

/* s = p - p_before and y = g - g_before of the latest @history steps with yᵀs > 1e-10, H the
 * inverse of the Hessian that they suggest, beginning from yᵀs/yᵀy of the latest:
 * p' = p - η H g (Liu, Nocedal: "On the limited memory BFGS method for large scale optimization",
 * 1989); without a line search, as PyTorch. */
void
telar_optimizer_lbfgs (TelarOptimizerStep *steps, guint n)
{
  g_autoptr (GPtrArray) vectors = g_ptr_array_new_with_free_func (g_free);
  Joint joint = { steps[0].b, steps, n, steps[0].state->type.dtype, vectors }, *j = &joint;
  guint m = steps[0].settings->history;
  Vector *s = g_newa (Vector, m), *y = g_newa (Vector, m);
  Vector g = read_gradient (j), moved = read_slots (j, "move");
  Vector change = each (j, TELAR_PRIM_SUB, g, read_slots (j, "gradient"));
  TelarValue accepted = two (j, TELAR_PRIM_LESS, scalar (j, 1e-10), dot (j, change, moved));
  remember (j, "s", accepted, moved, s, m);
  remember (j, "y", accepted, change, y, m);
  Vector move = times (j, find_direction (j, g, s, y, m), find_length (j, g));
  keep_slots (j, "move", move);
  keep_slots (j, "gradient", g);
  for (guint i = 0; i < n; i++) {
    double unit = unit_of (&steps[i]);
    TelarValue step =
        unit == 1 ? move[i] : telar_build_binary_scalar (j->b, TELAR_PRIM_MUL, move[i], unit);
    telar_optimizer_become (&steps[i], two (j, TELAR_PRIM_ADD, steps[i].p, step));
  }
}
