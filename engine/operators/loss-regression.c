/* Losses of quantities. */
#include "engine/operators/families.h"
#include "engine/operators/loss.h"
#include <math.h>

static gboolean
read_difference (TelarLowering *l, TelarValue *difference)
{
  TelarValue x, target;

  if (!telar_lower_paired (l, &x, &target))
    return FALSE;
  *difference = subtract (l, x, target);
  return TRUE;
}

static void
lower_mse (TelarLowering *l)
{
  TelarValue d;

  if (read_difference (l, &d))
    telar_lower_give_mean (l, square (l, d));
}

static void
lower_mae (TelarLowering *l)
{
  TelarValue d;

  if (read_difference (l, &d))
    telar_lower_give_mean (l, telar_build_unary (l->b, TELAR_PRIM_ABS, d));
}

/* With c = min (|d|, @width): c · (|d| - c / 2) is d² / 2 inside and width · (|d| - width / 2)
 * outside. */
static TelarValue
huber_of (TelarLowering *l, TelarValue d, double width)
{
  TelarValue size = telar_build_unary (l->b, TELAR_PRIM_ABS, d);
  TelarValue cut = telar_build_binary_scalar (l->b, TELAR_PRIM_MINIMUM, size, width);

  return multiply (l, cut, subtract (l, size, scale (l, cut, 0.5)));
}

static void
lower_huber (TelarLowering *l)
{
  TelarValue d;

  if (read_difference (l, &d))
    telar_lower_give_mean (l, huber_of (l, d, telar_lower_real (l, "delta")));
}

/* Girshick: "Fast R-CNN", 2015, equation 3. */
static void
lower_smooth_l1 (TelarLowering *l)
{
  double beta = telar_lower_real (l, "beta");
  TelarValue d;

  if (read_difference (l, &d))
    telar_lower_give_mean (l, scale (l, huber_of (l, d, beta), 1 / beta));
}

/* log cosh d = d + softplus (-2d) - log 2, which does not overflow. */
static void
lower_log_cosh (TelarLowering *l)
{
  TelarValue d;

  if (!read_difference (l, &d))
    return;
  d = add (l, d, telar_emit_softplus (l, scale (l, d, -2)));
  telar_lower_give_mean (l, shift (l, d, -G_LN2));
}

/* --- likelihoods ------------------------------------------------------------------------------ */

/* Stirling's log y! for y above 1, else 0: y log y - y + log (2πy) / 2. */
static TelarValue
log_factorial (TelarLowering *l, TelarValue y)
{
  TelarValue safe = at_least (l, y, 1), logs = logarithm (l, safe), large, zero;

  large = subtract (l, multiply (l, safe, logs), safe);
  large = add (l, large, scale (l, shift (l, logs, log (2 * G_PI)), 0.5));
  zero = scale (l, large, 0);
  return telar_build_select (l->b, telar_emit_positive (l, shift (l, y, -1)), large, zero);
}

static void
lower_poisson_nll (TelarLowering *l)
{
  TelarValue x, y, rate, logs, loss;

  if (!telar_lower_paired (l, &x, &y))
    return;
  rate = telar_lower_bool (l, "log_input") ? telar_build_unary (l->b, TELAR_PRIM_EXP, x) : x;
  logs = telar_lower_bool (l, "log_input")
             ? x
             : logarithm (l, shift (l, x, telar_lower_real (l, "epsilon")));
  loss = subtract (l, rate, multiply (l, y, logs));
  if (telar_lower_bool (l, "full"))
    loss = add (l, loss, log_factorial (l, y));
  telar_lower_give_mean (l, loss);
}

static void
lower_gaussian_nll (TelarLowering *l)
{
  TelarValue x, y, variance, loss;
  TelarType type;

  if (!telar_lower_paired (l, &x, &y))
    return;
  type = telar_lower_type (l, x);
  if (!telar_lower_alike (l, 2, &type, &variance))
    return;
  variance = at_least (l, variance, telar_lower_real (l, "epsilon"));
  loss = divide (l, square (l, subtract (l, x, y)), variance);
  loss = scale (l, add (l, logarithm (l, variance), loss), 0.5);
  if (telar_lower_bool (l, "full"))
    loss = shift (l, loss, 0.5 * log (2 * G_PI));
  telar_lower_give_mean (l, loss);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define FULL(words) TELAR_PARAM_FLAG ("full", "Constant terms", "false", words)
#define EPSILON(value, words)                                                                      \
  {                                                                                                \
    .name = "epsilon", .label = N_ ("Epsilon"), .kind = TELAR_PARAM_REAL, .fallback = value,       \
    .minimum = 1e-12, .maximum = 1, .doc = N_ (words),                                             \
  }
#define WEIGHT_ONLY TELAR_PARAMS (TELAR_PARAM_WEIGHT)

TELAR_LOSS (mse, "Mean squared error", "The usual loss for quantities; large errors weigh most.",
            "loss = mean (prediction - target)²", TELAR_QUANTITY_PORTS, WEIGHT_ONLY,
            "f32[4,3] f32[4,3]", "f32[4,1] f32[4]");
TELAR_LOSS (mae, "Mean absolute error", "A loss for quantities that outliers disturb less.",
            "loss = mean |prediction - target|", TELAR_QUANTITY_PORTS, WEIGHT_ONLY,
            "f32[4,3] f32[4,3]");
TELAR_LOSS (huber, "Huber", "Squared error near the target, absolute error far from it.",
            "loss = mean d²/2 where |d| ≤ delta, else delta·(|d| - delta/2)", TELAR_QUANTITY_PORTS,
            TELAR_PARAMS (TELAR_PARAM_AMOUNT ("delta", "Delta", "1", 1e-6, 1e9,
                                              "Where the square ends and the straight line "
                                              "begins."),
                          TELAR_PARAM_WEIGHT),
            "f32[4,3] f32[4,3]", "f32[4,3] f32[4,3] delta=0.3");
TELAR_LOSS (smooth_l1, "Smooth L1",
            "Absolute error whose tip is rounded; the usual loss for the corners of boxes. Huber's "
            "loss divided by its width.",
            "loss = mean d²/(2·beta) where |d| ≤ beta, else |d| - beta/2", TELAR_QUANTITY_PORTS,
            TELAR_PARAMS (TELAR_PARAM_AMOUNT ("beta", "Beta", "1", 1e-6, 1e9,
                                              "Where the square ends and the straight line "
                                              "begins."),
                          TELAR_PARAM_WEIGHT),
            "f32[4,3] f32[4,3]", "f32[4,3] f32[4,3] beta=0.4");
TELAR_LOSS (log_cosh, "Log-cosh",
            "Much like half the squared error near the target and like the absolute error far from "
            "it, and smooth everywhere.",
            "loss = mean log cosh(prediction - target)", TELAR_QUANTITY_PORTS, WEIGHT_ONLY,
            "f32[4,3] f32[4,3]", "f32[4,1] f32[4] weight=2");
TELAR_LOSS (poisson_nll, "Poisson likelihood",
            "For counts: how surprised a Poisson distribution with the predicted rate is by them.",
            "loss = mean rate - target·log rate", TELAR_QUANTITY_PORTS,
            TELAR_PARAMS ({ .name = "log_input",
                            .label = N_ ("Logarithms"),
                            .kind = TELAR_PARAM_BOOL,
                            .fallback = "true",
                            .doc = N_ ("The model says the logarithm of the rate, which may be any "
                                       "number; otherwise the rate itself, which must be "
                                       "positive."),
                            .prominent = TRUE },
                          FULL ("Adds Stirling's approximation of log(target!), which does not "
                                "depend on the model, for targets above 1."),
                          EPSILON ("1e-08", "Added to a rate before its logarithm is taken."),
                          TELAR_PARAM_WEIGHT),
            "f32[4,3] f32[4,3]:0..4", "f32[4,3]:0.1..3 f32[4,3]:0..4 log_input=false full=true");
TELAR_LOSS (
    gaussian_nll, "Gaussian likelihood",
    "For quantities with an uncertainty that the model predicts as well: how surprised a "
    "normal distribution is by the target.",
    "loss = mean (log variance + (prediction - target)²/variance)/2",
    TELAR_PORTS (
        { .name = "predictions", .kind = TELAR_PORT_TENSOR, .doc = N_ ("What the model says.") },
        { .name = "targets", .kind = TELAR_PORT_TENSOR, .doc = N_ ("What is right.") },
        { .name = "variances",
          .kind = TELAR_PORT_TENSOR,
          .doc = N_ ("How sure the model is: the square of the deviation that it "
                     "expects; positive, as softplus gives it.") }),
    TELAR_PARAMS (FULL ("Adds log(2π)/2, which makes a true likelihood of it."),
                  EPSILON ("1e-06", "The least variance."), TELAR_PARAM_WEIGHT),
    "f32[4,3] f32[4,3] f32[4,3]:0.2..2", "f32[4,1] f32[4] f32[4]:0.2..2 full=true");

const TelarOperator *const telar_operators_loss_regression[] = {
  &mse_operator,      &mae_operator,         &huber_operator,        &smooth_l1_operator,
  &log_cosh_operator, &poisson_nll_operator, &gaussian_nll_operator, NULL,
};
