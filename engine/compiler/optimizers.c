/* The optimizers: how a gradient changes a parameter. SGD with momentum and Adam are primitives,
 * the others are composed of elementwise ones, of which the fuse pass makes one pass over memory.
 * Formulas and order of operations are PyTorch's where it has the optimizer.
 *
 * In the formulas p is the parameter, g the gradient, t the step from 1, η the learning rate, λ the
 * weight decay, ε epsilon, β₁ and β₂ the betas, μ the momentum. */
#include "engine/compiler/optimizers.h"

#include <string.h>

/* --- shorthand --------------------------------------------------------------------------------
 */

#define ADD(x, y)        telar_build_binary (s->b, TELAR_PRIM_ADD, x, y)
#define SUB(x, y)        telar_build_binary (s->b, TELAR_PRIM_SUB, x, y)
#define MUL(x, y)        telar_build_binary (s->b, TELAR_PRIM_MUL, x, y)
#define DIV(x, y)        telar_build_binary (s->b, TELAR_PRIM_DIV, x, y)
#define MAX2(x, y)       telar_build_binary (s->b, TELAR_PRIM_MAXIMUM, x, y)
#define PLUS(x, number)  telar_build_binary_scalar (s->b, TELAR_PRIM_ADD, x, number)
#define TIMES(x, number) telar_build_binary_scalar (s->b, TELAR_PRIM_MUL, x, number)
#define ROOT(x)          telar_build_unary (s->b, TELAR_PRIM_SQRT, x)

/* Reads the slot STATE/@suffix, which begins with @initial everywhere. */
static TelarValue
slot_of (TelarOptimizerStep *s, const char *suffix, const TelarType *type, double initial)
{
  g_autofree char *name = g_strconcat (s->state->name, "/", suffix, NULL);
  TelarState declared = { .name = name,
                          .type = *type,
                          .init = { .kind = TELAR_INIT_CONSTANT, .scale = initial },
                          .fit = TELAR_NO_VALUE };
  if (initial == 0)
    declared.init.kind = TELAR_INIT_ZEROS;
  if (!telar_program_find_state (telar_builder_program (s->b), name))
    telar_build_declare_state (s->b, &declared);
  return telar_build_state (s->b, name);
}

TelarValue
telar_optimizer_slot (TelarOptimizerStep *s, const char *suffix)
{
  return slot_of (s, suffix, &s->state->type, 0);
}

TelarValue
telar_optimizer_scalar (TelarOptimizerStep *s, const char *suffix, double initial)
{
  const TelarType scalar = { TELAR_F64, telar_shape_scalar () };
  return slot_of (s, suffix, &scalar, initial);
}

void
telar_optimizer_keep (TelarOptimizerStep *s, const char *suffix, TelarValue value)
{
  g_autofree char *name = g_strconcat (s->state->name, "/", suffix, NULL);
  telar_build_update (s->b, name, value);
}

void
telar_optimizer_become (TelarOptimizerStep *s, TelarValue next)
{
  s->next = next;
  telar_build_update (s->b, s->state->name, next);
}

/* beta · old + (1 - beta) · new. */
static TelarValue
mix (TelarOptimizerStep *s, double beta, TelarValue old, TelarValue new)
{
  return ADD (TIMES (old, beta), TIMES (new, 1 - beta));
}

TelarValue
telar_optimizer_gradient (TelarOptimizerStep *s)
{
  return s->decay > 0 ? ADD (s->g, TIMES (s->p, s->decay)) : s->g;
}

/* What depends on the step alone is computed in double precision: in single precision 1 - 0.999^t
 * keeps few digits while t is small. */
static TelarValue
wide (TelarOptimizerStep *s, TelarValue scalar)
{
  return telar_build_cast (s->b, scalar, TELAR_F64);
}

static TelarValue
narrow (TelarOptimizerStep *s, TelarValue scalar)
{
  return telar_build_cast (s->b, scalar, s->state->type.dtype);
}

/* base^@step, of wide numbers. */
static TelarValue
power (TelarOptimizerStep *s, double base, TelarValue step)
{
  return telar_build_binary (s->b, TELAR_PRIM_POW, telar_build_scalar (s->b, TELAR_F64, base),
                             step);
}

/* 1 - x. */
static TelarValue
rest (TelarOptimizerStep *s, TelarValue x)
{
  return PLUS (telar_build_unary (s->b, TELAR_PRIM_NEG, x), 1);
}

/* What Adam and its kin have in common: m' = β₁m + (1-β₁)g, v' = β₂v + (1-β₂)g², and what makes
 * their means unbiased, c₁ = 1 - β₁^t and c₂ = 1 - β₂^t, wide. */
typedef struct {
  TelarValue m, v;
  TelarValue c1, c2;
} Moments;

static Moments
moments (TelarOptimizerStep *s, TelarValue g)
{
  const TelarOptimizer *o = s->settings;
  TelarValue t = wide (s, s->step);
  return (Moments){
    .m = mix (s, o->beta1, telar_optimizer_slot (s, "m"), g),
    .v = mix (s, o->beta2, telar_optimizer_slot (s, "v"), MUL (g, g)),
    .c1 = rest (s, power (s, o->beta1, t)),
    .c2 = rest (s, power (s, o->beta2, t)),
  };
}

static void
keep_moments (TelarOptimizerStep *s, const Moments *moments)
{
  telar_optimizer_keep (s, "m", moments->m);
  telar_optimizer_keep (s, "v", moments->v);
}

/* --- gradient descent -------------------------------------------------------------------------
 */

/* v' = μv + g, p' = p - η v', or along g + μv' with Nesterov (Sutskever et al.: "On the importance
 * of initialization and momentum in deep learning", 2013). */
static void
momentum_step (TelarOptimizerStep *s)
{
  TelarValue inputs[] = { s->p, s->g, telar_optimizer_slot (s, "velocity"), s->rate };
  TelarValue next =
      telar_emit (s->b, SGD, inputs, TELAR_REAL (MOMENTUM, s->settings->momentum),
                  TELAR_INT (NESTEROV, s->settings->nesterov), TELAR_REAL (WEIGHT_DECAY, s->decay));
  if (next == TELAR_NO_VALUE)
    return;
  telar_optimizer_become (s, next);
  telar_optimizer_keep (s, "velocity", next + 1);
}

static void
sgd (TelarOptimizerStep *s)
{
  if (s->settings->momentum > 0)
    momentum_step (s);
  else
    telar_optimizer_become (s, SUB (s->p, MUL (telar_optimizer_gradient (s), s->rate)));
}

/* p' = p - η (sign (β₁m + (1-β₁)g) + λp), m' = β₂m + (1-β₂)g (Chen et al.: "Symbolic discovery of
 * optimization algorithms", 2023). */
static void
lion (TelarOptimizerStep *s)
{
  const TelarOptimizer *o = s->settings;
  TelarValue m = telar_optimizer_slot (s, "m");
  TelarValue move = telar_build_unary (s->b, TELAR_PRIM_SIGN, mix (s, o->beta1, m, s->g));
  if (s->decay > 0)
    move = ADD (move, TIMES (s->p, s->decay));
  telar_optimizer_become (s, SUB (s->p, MUL (move, s->rate)));
  telar_optimizer_keep (s, "m", mix (s, o->beta2, m, s->g));
}

/* --- Adam and its kin -------------------------------------------------------------------------
 */

/* Kingma, Ba: "Adam", 2015; AdamW: Loshchilov, Hutter: "Decoupled weight decay regularization",
 * 2019. */
static void
adam_with (TelarOptimizerStep *s, gboolean decoupled)
{
  const TelarOptimizer *o = s->settings;
  TelarValue m = telar_optimizer_slot (s, "m"), v = telar_optimizer_slot (s, "v");
  TelarValue inputs[] = { s->p, s->g, m, v, s->rate, s->step };
  TelarValue next =
      telar_emit (s->b, ADAM, inputs, TELAR_REAL (BETA1, o->beta1), TELAR_REAL (BETA2, o->beta2),
                  TELAR_REAL (EPSILON, o->epsilon), TELAR_REAL (WEIGHT_DECAY, s->decay),
                  TELAR_INT (DECOUPLED, decoupled));
  if (next == TELAR_NO_VALUE)
    return;
  telar_optimizer_become (s, next);
  telar_optimizer_keep (s, "m", next + 1);
  telar_optimizer_keep (s, "v", next + 2);
}

static void
adam (TelarOptimizerStep *s)
{
  adam_with (s, FALSE);
}

static void
adamw (TelarOptimizerStep *s)
{
  adam_with (s, TRUE);
}

/* p' = p - η/c₁ · m' / (√(v̂/c₂) + ε), v̂ the greatest v' so far (Reddi, Kale, Kumar: "On the
 * convergence of Adam and beyond", 2018). */
static void
amsgrad (TelarOptimizerStep *s)
{
  Moments k = moments (s, telar_optimizer_gradient (s));
  TelarValue greatest = MAX2 (telar_optimizer_slot (s, "greatest"), k.v);
  TelarValue scale = narrow (s, DIV (wide (s, s->rate), k.c1));
  TelarValue below = PLUS (DIV (ROOT (greatest), narrow (s, ROOT (k.c2))), s->settings->epsilon);
  telar_optimizer_become (s, SUB (s->p, DIV (MUL (k.m, scale), below)));
  keep_moments (s, &k);
  telar_optimizer_keep (s, "greatest", greatest);
}

/* Adam with Nesterov's look ahead, μ_t = β₁ (1 - ½·0.96^(0.004 t)), M_t the product of all μ so
 * far: p' = p - η ((1-μ_t)/(1-M_t) g + μ_{t+1}/(1-M_{t+1}) m') / (√(v'/c₂) + ε) (Dozat:
 * "Incorporating Nesterov momentum into Adam", 2016). */
static void
nadam (TelarOptimizerStep *s)
{
  const double schedule = 0.004;
  double beta1 = s->settings->beta1;
  TelarValue g = telar_optimizer_gradient (s), t = wide (s, s->step), rate = wide (s, s->rate);
  Moments k = moments (s, g);
  TelarValue now = TIMES (rest (s, TIMES (power (s, 0.96, TIMES (t, schedule)), 0.5)), beta1);
  TelarValue then =
      TIMES (rest (s, TIMES (power (s, 0.96, TIMES (PLUS (t, 1), schedule)), 0.5)), beta1);
  TelarValue product = MUL (telar_optimizer_scalar (s, "product", 1), now);
  TelarValue of_g = narrow (s, MUL (rate, DIV (rest (s, now), rest (s, product))));
  TelarValue of_m = narrow (s, MUL (rate, DIV (then, rest (s, MUL (product, then)))));
  TelarValue below = PLUS (ROOT (DIV (k.v, narrow (s, k.c2))), s->settings->epsilon);
  telar_optimizer_become (s, SUB (s->p, DIV (ADD (MUL (g, of_g), MUL (k.m, of_m)), below)));
  keep_moments (s, &k);
  telar_optimizer_keep (s, "product", product);
}

/* Adam that trusts its second moment by how many gradients are in it: ρ∞ = 2/(1-β₂) - 1,
 * ρ = ρ∞ - 2tβ₂^t/c₂. Where ρ > 5, p' = p - η/c₁ m' r √c₂/(√v' + ε) with
 * r² = (ρ-4)(ρ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρ), before that p' = p - η/c₁ m'
 * (Liu et al.: "On the variance of the adaptive learning rate and beyond", 2020). */
static void
radam (TelarOptimizerStep *s)
{
  double beta2 = s->settings->beta2, least = 5, end = 2 / (1 - beta2) - 1;
  Moments k = moments (s, telar_optimizer_gradient (s));
  TelarValue t = wide (s, s->step);
  TelarValue gone = TIMES (DIV (MUL (t, power (s, beta2, t)), k.c2), -2);
  TelarValue rho = PLUS (gone, end);
  TelarValue trusted =
      telar_build_binary (s->b, TELAR_PRIM_LESS, telar_build_scalar (s->b, TELAR_F64, least), rho);
  TelarValue safe = telar_build_binary_scalar (s->b, TELAR_PRIM_MAXIMUM, rho, least);
  TelarValue square = DIV (TIMES (MUL (PLUS (safe, -4), PLUS (safe, -2)), end), safe);
  TelarValue r = ROOT (TIMES (MUL (square, k.c2), 1 / ((end - 4) * (end - 2))));
  TelarValue below = PLUS (ROOT (k.v), s->settings->epsilon);
  TelarValue one = telar_build_scalar (s->b, s->state->type.dtype, 1);
  TelarValue adaptive = telar_build_select (s->b, trusted, DIV (narrow (s, r), below), one);
  TelarValue scale = narrow (s, DIV (wide (s, s->rate), k.c1));
  telar_optimizer_become (s, SUB (s->p, MUL (MUL (k.m, scale), adaptive)));
  keep_moments (s, &k);
}

/* √Σx². */
static TelarValue
norm (TelarOptimizerStep *s, TelarValue x)
{
  return ROOT (telar_build_reduce_all (s->b, TELAR_PRIM_SUM, MUL (x, x)));
}

/* AdamW's direction u = m̂/(√v̂ + ε) + λp, each parameter tensor at a length of its own:
 * p' = p - η |p|/|u| u, the ratio 1 where one of them is 0 (You et al.: "Large batch optimization
 * for deep learning: training BERT in 76 minutes", 2020). */
static void
lamb (TelarOptimizerStep *s)
{
  Moments k = moments (s, s->g);
  TelarDType dtype = s->state->type.dtype;
  TelarValue zero = telar_build_scalar (s->b, dtype, 0), one = telar_build_scalar (s->b, dtype, 1);
  TelarValue below = PLUS (ROOT (DIV (k.v, narrow (s, k.c2))), s->settings->epsilon);
  TelarValue u = DIV (DIV (k.m, narrow (s, k.c1)), below);
  if (s->decay > 0)
    u = ADD (u, TIMES (s->p, s->decay));
  TelarValue of_p = norm (s, s->p), of_u = norm (s, u);
  TelarValue both = telar_build_binary (s->b, TELAR_PRIM_LESS, zero, MUL (of_p, of_u));
  TelarValue divisor = telar_build_select (s->b, both, of_u, one);
  TelarValue trust = telar_build_select (s->b, both, DIV (of_p, divisor), one);
  telar_optimizer_become (s, SUB (s->p, MUL (u, MUL (trust, s->rate))));
  keep_moments (s, &k);
}

/* --- adaptive rates ---------------------------------------------------------------------------
 */

/* v' = ρv + (1-ρ)g², d = g/(√v' + ε); centred with √(v' - a'²), a' the mean of g; with momentum
 * b' = μb + d takes d's place; p' = p - η d (Tieleman, Hinton: "Lecture 6.5: RMSProp", 2012;
 * centred: Graves: "Generating sequences with recurrent neural networks", 2013). */
static void
rmsprop (TelarOptimizerStep *s)
{
  const TelarOptimizer *o = s->settings;
  TelarValue g = telar_optimizer_gradient (s), spread, mean = TELAR_NO_VALUE,
             buffer = TELAR_NO_VALUE;
  TelarValue v = spread = mix (s, o->rho, telar_optimizer_slot (s, "v"), MUL (g, g));
  if (o->centred) {
    mean = mix (s, o->rho, telar_optimizer_slot (s, "mean"), g);
    spread = SUB (v, MUL (mean, mean));
  }
  TelarValue move = DIV (g, PLUS (ROOT (spread), o->epsilon));
  if (o->momentum > 0)
    move = buffer = ADD (TIMES (telar_optimizer_slot (s, "velocity"), o->momentum), move);
  telar_optimizer_become (s, SUB (s->p, MUL (move, s->rate)));
  telar_optimizer_keep (s, "v", v);
  if (o->centred)
    telar_optimizer_keep (s, "mean", mean);
  if (o->momentum > 0)
    telar_optimizer_keep (s, "velocity", buffer);
}

/* v' = v + g², p' = p - η g/(√v' + ε) (Duchi, Hazan, Singer: "Adaptive subgradient methods", 2011).
 */
static void
adagrad (TelarOptimizerStep *s)
{
  TelarValue g = telar_optimizer_gradient (s);
  TelarValue v = ADD (telar_optimizer_slot (s, "v"), MUL (g, g));
  TelarValue move = DIV (g, PLUS (ROOT (v), s->settings->epsilon));
  telar_optimizer_become (s, SUB (s->p, MUL (move, s->rate)));
  telar_optimizer_keep (s, "v", v);
}

/* v' = ρv + (1-ρ)g², d = √(x + ε)/√(v' + ε) g, x' = ρx + (1-ρ)d², p' = p - η d
 * (Zeiler: "ADADELTA", 2012, where η is 1). */
static void
adadelta (TelarOptimizerStep *s)
{
  const TelarOptimizer *o = s->settings;
  TelarValue g = telar_optimizer_gradient (s), x = telar_optimizer_slot (s, "delta");
  TelarValue v = mix (s, o->rho, telar_optimizer_slot (s, "v"), MUL (g, g));
  TelarValue above = ROOT (PLUS (x, o->epsilon)), below = ROOT (PLUS (v, o->epsilon));
  TelarValue move = MUL (DIV (above, below), g);
  telar_optimizer_become (s, SUB (s->p, MUL (move, s->rate)));
  telar_optimizer_keep (s, "v", v);
  telar_optimizer_keep (s, "delta", mix (s, o->rho, x, MUL (move, move)));
}

/* --- the table --------------------------------------------------------------------------------
 */

/* Columns: name in files, function, whether the step is counted. L-BFGS, which is a function of all
 * parameters, follows. */
#define OPTIMIZERS(O)                                                                              \
  O ("sgd", sgd, FALSE)                                                                            \
  O ("adam", adam, TRUE)                                                                           \
  O ("adamw", adamw, TRUE)                                                                         \
  O ("amsgrad", amsgrad, TRUE)                                                                     \
  O ("nadam", nadam, TRUE)                                                                         \
  O ("radam", radam, TRUE)                                                                         \
  O ("rmsprop", rmsprop, FALSE)                                                                    \
  O ("adagrad", adagrad, FALSE)                                                                    \
  O ("adadelta", adadelta, FALSE)                                                                  \
  O ("lion", lion, FALSE)                                                                          \
  O ("lamb", lamb, TRUE)

#define NAME(name, emit, counts) name,
const char *const telar_optimizer_names[] = { OPTIMIZERS (NAME) "lbfgs", NULL };
#undef NAME

#define ENTRY(name, emit, counts) { name, counts, emit, NULL },
static const TelarOptimizerClass optimizers[] = {
  OPTIMIZERS (ENTRY){ "lbfgs", TRUE, NULL, telar_optimizer_lbfgs },
};
#undef ENTRY

const TelarOptimizerClass *
telar_optimizer_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (optimizers); i++)
    if (strcmp (optimizers[i].name, name) == 0)
      return &optimizers[i];
  return NULL;
}
