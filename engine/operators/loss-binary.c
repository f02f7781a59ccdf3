/* Losses of yes or no, and of regions that fall together. */
#include "engine/operators/families.h"
#include "engine/operators/loss.h"

/* --- yes or no -------------------------------------------------------------------------------- */

/* The parameter "pos_weight": one number for all labels, or one for each along the last axis. */
static TelarValue
read_positive_weight (TelarLowering *l, const TelarType *type)
{
  guint n;
  const double *numbers = telar_lower_reals (l, "pos_weight", &n);
  gint64 last;

  if (n == 1)
    return telar_build_scalar (l->b, type->dtype, numbers[0]);
  if (n == 0 || !telar_lower_size (l, &type->shape, type->shape.rank - 1, &last))
    return TELAR_NO_VALUE;
  return telar_lower_numbers (l, "pos_weight", last, type->dtype);
}

/* With q = log (1 + exp (-x)) = -log p: (1 - t) · x + (1 + (w - 1) · t) · q, which does not
 * overflow; where w is 1, log (1 + exp (x)) - t · x. */
static void
lower_binary_cross_entropy (TelarLowering *l)
{
  TelarValue x, target, loss, weight, factor;
  TelarType type;

  if (!telar_lower_paired (l, &x, &target))
    return;
  type = telar_lower_type (l, x);
  weight = read_positive_weight (l, &type);
  if (weight == TELAR_NO_VALUE) {
    loss = subtract (l, telar_emit_softplus (l, x), multiply (l, target, x));
  } else {
    factor = shift (l, multiply (l, target, shift (l, weight, -1)), 1);
    loss = multiply (l, factor, telar_emit_softplus (l, negate (l, x)));
    loss = add (l, multiply (l, less_from (l, 1, target), x), loss);
  }
  telar_lower_give_mean (l, loss);
}

/* Lin et al.: "Focal loss for dense object detection", 2017, equation 5. */
static void
lower_binary_focal (TelarLowering *l)
{
  double alpha = telar_lower_real (l, "alpha");
  TelarValue x, target, p, doubt, loss, balance;

  if (!telar_lower_paired (l, &x, &target))
    return;
  p = telar_build_unary (l->b, TELAR_PRIM_SIGMOID, x);
  doubt = subtract (l, add (l, p, target), scale (l, multiply (l, p, target), 2));
  loss = subtract (l, telar_emit_softplus (l, x), multiply (l, target, x));
  balance = shift (l, scale (l, target, 2 * alpha - 1), 1 - alpha);
  loss = multiply (l, telar_emit_focus (l, doubt, telar_lower_real (l, "gamma")), loss);
  telar_lower_give_mean (l, multiply (l, balance, loss));
}

/* max (0, 1 - s · x), s = ±1. */
static gboolean
read_hinge (TelarLowering *l, TelarValue *excess)
{
  TelarValue x, target;

  if (!telar_lower_paired (l, &x, &target))
    return FALSE;
  target = shift (l, scale (l, target, 2), -1);
  *excess = relu (l, less_from (l, 1, multiply (l, target, x)));
  return TRUE;
}

static void
lower_hinge (TelarLowering *l)
{
  TelarValue excess;

  if (read_hinge (l, &excess))
    telar_lower_give_mean (l, excess);
}

static void
lower_squared_hinge (TelarLowering *l)
{
  TelarValue excess;

  if (read_hinge (l, &excess))
    telar_lower_give_mean (l, square (l, excess));
}

/* --- regions ---------------------------------------------------------------------------------- */

/* What chances and labels cover together and apart: scalars, or a number for each class. */
typedef struct {
  TelarValue both, chances, labels;
} Overlap;

static TelarValue
cover (TelarLowering *l, gboolean binary, TelarValue x)
{
  static const gint64 axes[] = { 0, 1, 2, 3, 4, 5, 6 };
  guint rank = telar_lower_type (l, x).shape.rank;

  return binary ? telar_build_reduce_all (l->b, TELAR_PRIM_SUM, x)
                : telar_build_reduce (l->b, TELAR_PRIM_SUM, x, axes, rank - 1, FALSE);
}

static gboolean
read_overlap (TelarLowering *l, Overlap *overlap)
{
  TelarScored scored;
  TelarType type, counted;
  TelarValue ignored, kept, chances, labels;

  if (!telar_lower_scored (l, &scored))
    return FALSE;
  type = counted = telar_lower_type (l, scored.scores);
  ignored = telar_emit_is (l, scored.labels, (double)telar_lower_int (l, "ignore_index"));
  kept = telar_build_cast (l->b, telar_build_unary (l->b, TELAR_PRIM_NOT, ignored), type.dtype);
  if (scored.binary) {
    chances = telar_build_unary (l->b, TELAR_PRIM_SIGMOID, scored.scores);
    labels = scored.labels;
  } else {
    counted.shape.dims[type.shape.rank - 1] = 1;
    kept = telar_build_reshape (l->b, kept, &counted.shape);
    chances = telar_emit (l->b, SOFTMAX, ((TelarValue[]){ scored.scores }),
                          TELAR_INT (AXIS, type.shape.rank - 1));
    labels = telar_emit (l->b, ONE_HOT, ((TelarValue[]){ scored.labels }),
                         TELAR_INT (SIZE, scored.classes), TELAR_INT (DTYPE, type.dtype));
  }
  chances = multiply (l, chances, kept);
  labels = multiply (l, labels, kept);
  overlap->both = cover (l, scored.binary, multiply (l, chances, labels));
  overlap->chances = cover (l, scored.binary, chances);
  overlap->labels = cover (l, scored.binary, labels);
  return TRUE;
}

/* 1 - mean (both + s) / (both + alpha · (chances - both) + beta · (labels - both) + s) */
static void
give_overlap (TelarLowering *l, double alpha, double beta, double smooth)
{
  TelarValue all;
  Overlap o;

  if (!read_overlap (l, &o))
    return;
  all = scale (l, o.both, 1 - alpha - beta);
  all = add (l, all, add (l, scale (l, o.chances, alpha), scale (l, o.labels, beta)));
  all = at_least (l, shift (l, all, smooth), 1e-12);
  all = divide (l, shift (l, o.both, smooth), all);
  telar_lower_give_loss (l, less_from (l, 1, telar_emit_mean (l, all)));
}

/* Salehi, Erdogmus, Gholipour: "Tversky loss function for image segmentation using 3D fully
 * convolutional deep networks", 2017, equation 2. */
static void
lower_tversky (TelarLowering *l)
{
  give_overlap (l, telar_lower_real (l, "alpha"), telar_lower_real (l, "beta"),
                telar_lower_real (l, "smooth"));
}

/* Milletari, Navab, Ahmadi: "V-Net", 2016, without its squares: Tversky's index at a half each. */
static void
lower_dice (TelarLowering *l)
{
  give_overlap (l, 0.5, 0.5, telar_lower_real (l, "smooth") / 2);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define WEIGHT_ONLY TELAR_PARAMS (TELAR_PARAM_WEIGHT)
#define SMOOTH                                                                                     \
  TELAR_PARAM_AMOUNT ("smooth", "Smoothing", "1", 0, 1e6,                                          \
                      "Added above and below the line, so that a class that is nowhere counts as " \
                      "found.")
#define SHARE(param, text, words) TELAR_PARAM_AMOUNT (param, text, "0.5", 0, 1e3, words)

TELAR_LOSS (binary_cross_entropy, "Binary cross entropy",
            "The usual loss for yes or no, or for several labels that exclude nothing. Takes "
            "scores before the sigmoid.",
            "loss = mean -(w·label·log p + (1 - label)·log(1 - p)), p = sigmoid(x)",
            TELAR_BINARY_PORTS,
            TELAR_PARAMS ({ .name = "pos_weight",
                            .label = N_ ("Weight of yes"),
                            .kind = TELAR_PARAM_REALS,
                            .fallback = "",
                            .minimum = 0,
                            .maximum = 1e9,
                            .doc = N_ ("How much a yes counts beside a no, where it is rare: one "
                                       "number, or one for each label along the last axis. Empty: "
                                       "the same.") },
                          TELAR_PARAM_WEIGHT),
            "f32[4,1] i64[4]<2", "f32[3,4] f32[3,4]:0..1", "f32[4,3] i64[4,3]<2 pos_weight=3",
            "f32[4,3] f32[4,3]:0..1 pos_weight=0.5,2,4");
TELAR_LOSS (binary_focal, "Binary focal",
            "Binary cross entropy that looks away from what the model has learned already; for "
            "finding what is rare.",
            "loss = -mean α·(1 - p)^gamma·log p where label is 1, else "
            "(1 - α)·p^gamma·log(1 - p); p = sigmoid(x)",
            TELAR_BINARY_PORTS,
            TELAR_PARAMS (TELAR_PARAM_GAMMA,
                          TELAR_PARAM_AMOUNT ("alpha", "Alpha", "0.25", 0, 1,
                                              "How much a yes counts; a no counts 1 minus this. "
                                              "0.5 prefers neither."),
                          TELAR_PARAM_WEIGHT),
            "f32[4,3] i64[4,3]<2", "f32[4,1] i64[4]<2 gamma=0.5 alpha=0.6",
            "f32[4,3] f32[4,3]:0..1 gamma=0");
TELAR_LOSS (hinge, "Hinge",
            "Loss of a support vector machine: nothing for what is right by a margin of 1.",
            "loss = mean max(0, 1 - (2·label - 1)·x)", TELAR_BINARY_PORTS, WEIGHT_ONLY,
            "f32[5,1] i64[5]<2");
TELAR_LOSS (squared_hinge, "Squared hinge",
            "Hinge whose large errors weigh most, and which has no kink.",
            "loss = mean max(0, 1 - (2·label - 1)·x)²", TELAR_BINARY_PORTS, WEIGHT_ONLY,
            "f32[5,1] i64[5]<2", "f32[4,3] i64[4,3]<2");
TELAR_LOSS (dice, "Dice",
            "How badly regions fall together, over the whole batch: the mean over the classes, "
            "however small their regions.",
            "loss = 1 - mean (2·Σ p·t + smooth)/(Σ p + Σ t + smooth)", TELAR_SCORED_PORTS,
            TELAR_PARAMS (SMOOTH, TELAR_PARAM_IGNORE, TELAR_PARAM_CLASS_AXIS, TELAR_PARAM_WEIGHT),
            "f32[2,3,4,4] i64[2,4,4]<3 axis=1", "f32[2,1,4,4] i64[2,4,4]<2 axis=1 smooth=0.1",
            "f32[6,4] i64[6]<4 ignore_index=2 smooth=0");
TELAR_LOSS (tversky, "Tversky", "Dice that tells apart what was found wrongly and what was missed.",
            "loss = 1 - mean (Σ p·t + smooth)/(Σ p·t + alpha·Σ p·(1 - t) + beta·Σ (1 - p)·t + "
            "smooth)",
            TELAR_SCORED_PORTS,
            TELAR_PARAMS (SHARE ("alpha", "Wrongly found",
                                 "How much it costs to find what is not "
                                 "there."),
                          SHARE ("beta", "Missed",
                                 "How much it costs to miss what is there; more "
                                 "than the other for small regions."),
                          SMOOTH, TELAR_PARAM_IGNORE, TELAR_PARAM_CLASS_AXIS, TELAR_PARAM_WEIGHT),
            "f32[2,3,4,4] i64[2,4,4]<3 axis=1 alpha=0.3 beta=0.7",
            "f32[5,3] f32[5,3]:0..1 alpha=0.8 beta=0.2 smooth=0.5",
            "f32[2,4,4] i64[2,4,4]<3 ignore_index=2");

const TelarOperator *const telar_operators_loss_binary[] = {
  &binary_cross_entropy_operator,
  &binary_focal_operator,
  &hinge_operator,
  &squared_hinge_operator,
  &dice_operator,
  &tversky_operator,
  NULL,
};
