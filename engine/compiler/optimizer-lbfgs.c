/* L-BFGS: the optimizer that looks at all parameters at once. */
#include "engine/compiler/optimizer-joint.h"

#include <math.h>

/* --- the step ----------------------------------------------------------------------------------
 */

/* A learning rate of its own makes a parameter's unit of length another: p = √factor · q. */
static double
unit_of (const TelarOptimizerStep *s)
{
  return s->state->rate_factor == 0 ? 1 : sqrt (s->state->rate_factor);
}

static TelarVector
read_gradient (TelarJoint *j)
{
  TelarVector g = telar_joint_vector (j);
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
static TelarVector
find_direction (TelarJoint *j, const TelarValue *g, TelarVector *s, TelarVector *y, guint m)
{
  TelarValue *rho = g_newa0 (TelarValue, m), *alpha = g_newa0 (TelarValue, m);
  TelarValue scale = TELAR_NO_VALUE;
  TelarVector d = telar_joint_times (j, g, telar_joint_scalar (j, -1));
  for (guint k = m; k-- > 0;) {
    TelarValue curvature = telar_joint_dot (j, y[k], s[k]);
    TelarValue curved = telar_joint_two (j, TELAR_PRIM_LESS, telar_joint_scalar (j, 0), curvature);
    rho[k] = telar_joint_divide (j, telar_joint_scalar (j, 1), curvature, curved, 0);
    if (k == m - 1)
      scale = telar_joint_divide (j, curvature, telar_joint_dot (j, y[k], y[k]), curved, 1);
    alpha[k] = telar_joint_two (j, TELAR_PRIM_MUL, telar_joint_dot (j, s[k], d), rho[k]);
    d = telar_joint_plus (j, d, telar_build_unary (j->b, TELAR_PRIM_NEG, alpha[k]), y[k]);
  }
  d = telar_joint_times (j, d, scale);
  for (guint k = 0; k < m; k++) {
    TelarValue beta = telar_joint_two (j, TELAR_PRIM_MUL, telar_joint_dot (j, y[k], d), rho[k]);
    d = telar_joint_plus (j, d, telar_joint_two (j, TELAR_PRIM_SUB, alpha[k], beta), s[k]);
  }
  return d;
}

/* The learning rate; at the first step, when no curvature is known, at most as much as makes the
 * step's length that of the rate: η min (1, 1/Σ|g|). */
static TelarValue
find_length (TelarJoint *j, const TelarValue *g)
{
  const TelarOptimizerStep *first = &j->steps[0];
  TelarVector sizes = telar_joint_vector (j);
  for (guint i = 0; i < j->n; i++)
    sizes[i] = telar_build_unary (j->b, TELAR_PRIM_ABS, g[i]);
  TelarValue least = telar_joint_two (j, TELAR_PRIM_MAXIMUM, telar_joint_sum (j, sizes),
                                      telar_joint_scalar (j, 1));
  TelarValue begins = telar_joint_two (j, TELAR_PRIM_EQUAL, first->step, telar_joint_scalar (j, 1));
  return telar_joint_two (j, TELAR_PRIM_DIV, first->rate,
                          telar_build_select (j->b, begins, least, telar_joint_scalar (j, 1)));
}

/* f(q) for the line search: the losses, and the weight decay's part, which is ½ λ Σ p². */
static TelarValue
penalised_loss (TelarJoint *j)
{
  TelarValue loss = j->steps[0].loss;
  for (guint i = 0; i < j->n; i++) {
    const TelarOptimizerStep *s = &j->steps[i];
    if (s->decay == 0)
      continue;
    TelarValue square = telar_joint_two (j, TELAR_PRIM_MUL, s->p, s->p);
    square = telar_build_reduce_all (j->b, TELAR_PRIM_SUM, square);
    square = telar_build_binary_scalar (j->b, TELAR_PRIM_MUL, square, s->decay / 2);
    loss = telar_joint_two (j, TELAR_PRIM_ADD, loss, square);
  }
  return loss;
}

static TelarValue
largest (TelarJoint *j, const TelarValue *x)
{
  TelarValue most = telar_joint_scalar (j, 0);
  for (guint i = 0; i < j->n; i++) {
    TelarValue size = telar_build_unary (j->b, TELAR_PRIM_ABS, x[i]);
    most = telar_joint_two (j, TELAR_PRIM_MAXIMUM, most,
                            telar_build_reduce_all (j->b, TELAR_PRIM_MAX, size));
  }
  return most;
}

/* What the parameters are at a distance of @move from @from. */
static void
go (TelarJoint *j, const TelarValue *from, const TelarValue *move)
{
  for (guint i = 0; i < j->n; i++) {
    double unit = unit_of (&j->steps[i]);
    TelarValue step =
        unit == 1 ? move[i] : telar_build_binary_scalar (j->b, TELAR_PRIM_MUL, move[i], unit);
    telar_optimizer_become (&j->steps[i], telar_joint_two (j, TELAR_PRIM_ADD, from[i], step));
  }
}

/* Each run of the step tries a point of the line search, until one is good enough. The direction,
 * where it leads from and the gradient there are kept from its first run. */
static void
search (TelarJoint *j, TelarVector g, TelarVector direction, TelarValue begins)
{
  TelarVector p = telar_joint_vector (j);
  for (guint i = 0; i < j->n; i++)
    p[i] = j->steps[i].p;
  TelarVector d = telar_joint_choose (j, begins, direction, telar_joint_slots (j, "direction"));
  TelarVector from = telar_joint_choose (j, begins, p, telar_joint_slots (j, "from"));
  TelarLineSearch line = {
    .begins = begins,
    .f = penalised_loss (j),
    .slope = telar_joint_dot (j, g, d),
    .first = find_length (j, g),
    .widest = largest (j, d),
  };
  TelarValue length = telar_optimizer_line_search (&j->steps[0], &line);
  TelarVector move = telar_joint_times (j, d, length);
  telar_joint_keep (j, "direction", d);
  telar_joint_keep (j, "from", from);
  telar_joint_keep (j, "move", move);
  telar_joint_keep (j, "gradient",
                    telar_joint_choose (j, begins, g, telar_joint_slots (j, "gradient")));
  go (j, from, move);
}

/* s = p - p_before and y = g - g_before of the latest @history steps with yᵀs > 1e-10, H the
 * inverse of the Hessian that they suggest, beginning from yᵀs/yᵀy of the latest:
 * p' = p - η H g (Liu, Nocedal: "On the limited memory BFGS method for large scale optimization",
 * 1989), η the learning rate or what a line search that begins with it finds; as PyTorch. */
void
telar_optimizer_lbfgs (TelarOptimizerStep *steps, guint n)
{
  g_autoptr (GPtrArray) vectors = g_ptr_array_new_with_free_func (g_free);
  TelarJoint joint = { steps[0].b, steps, n, steps[0].state->type.dtype, vectors }, *j = &joint;
  guint m = steps[0].settings->history;
  gboolean searches = steps[0].settings->searches;
  TelarVector *s = g_newa (TelarVector, m), *y = g_newa (TelarVector, m);
  TelarVector g = read_gradient (j), moved = telar_joint_slots (j, "move");
  TelarVector change = telar_joint_each (j, TELAR_PRIM_SUB, g, telar_joint_slots (j, "gradient"));
  TelarValue accepted = telar_joint_two (j, TELAR_PRIM_LESS, telar_joint_scalar (j, 1e-10),
                                         telar_joint_dot (j, change, moved));
  TelarValue begins = searches ? telar_optimizer_line_begins (&steps[0]) : TELAR_NO_VALUE;
  if (searches)
    accepted = telar_joint_two (j, TELAR_PRIM_AND, accepted, begins);
  telar_joint_remember (j, "s", accepted, moved, s, m);
  telar_joint_remember (j, "y", accepted, change, y, m);
  TelarVector direction = find_direction (j, g, s, y, m);
  if (searches) {
    search (j, g, direction, begins);
    return;
  }
  TelarVector p = telar_joint_vector (j),
              move = telar_joint_times (j, direction, find_length (j, g));
  for (guint i = 0; i < n; i++)
    p[i] = steps[i].p;
  telar_joint_keep (j, "move", move);
  telar_joint_keep (j, "gradient", g);
  go (j, p, move);
}
