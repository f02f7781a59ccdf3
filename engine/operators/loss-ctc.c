/* Connectionist temporal classification. Graves, Fernández, Gomez, Schmidhuber: "Connectionist
 * temporal classification: labelling unsegmented sequence data with recurrent neural networks",
 * 2006, section 4.1, in logarithms; its gradient is the compiler's. */
#include "engine/emit-sequence.h"
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/loss.h"
#include "engine/operators/operands.h"
#include <math.h>

/* The logarithm of no chance at all. A true infinity would make the gradient no number. */
#define NEVER -1e30

typedef struct {
  gint64 steps, classes, labels, places; /* T, C, S and 2·S + 1: blanks around the labels */
  gint64 n;                              /* the batch, as a dimension */
  TelarDType dtype;
  TelarValue logs;          /* [N, T, C] */
  TelarValue target;        /* i64 [N, S]; 0 beyond its length */
  TelarValue target_length; /* i64 [N, 1] */
  TelarValue input_length;  /* the same, or none where all steps count */
} Ctc;

static TelarValue
never (TelarLowering *l, const Ctc *c, gint64 columns)
{
  const TelarType type = { c->dtype, telar_shape (c->n, columns) };

  return telar_build_fill (l->b, &type, NEVER);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The numbers [N] at @port as i64 [N, 1]; none where nothing is wired. FALSE: a problem is
 * reported. */
static gboolean
read_lengths (TelarLowering *l, guint port, gint64 n, TelarValue *lengths)
{
  const TelarShape column = telar_shape (n, 1);
  TelarType type;

  *lengths = TELAR_NO_VALUE;
  if (telar_lower_n_inputs (l, port) == 0)
    return TRUE;
  *lengths = telar_lower_ranked (l, port, 1, 2, &type);
  *lengths = telar_build_reshape (l->b, telar_lower_as (l, *lengths, TELAR_I64), &column);
  return *lengths != TELAR_NO_VALUE;
}

/* Without lengths, negative labels fill up the shorter targets. */
static void
read_target (TelarLowering *l, Ctc *c, TelarValue labels)
{
  const TelarShape all = telar_shape (c->n, c->labels);
  const gint64 axis = 1;
  TelarValue none = telar_build_scalar (l->b, TELAR_I64, -1), inside;

  if (c->target_length == TELAR_NO_VALUE) {
    inside = telar_build_cast (l->b, telar_build_binary (l->b, TELAR_PRIM_LESS, none, labels),
                               TELAR_I64);
    c->target_length = telar_build_reduce (l->b, TELAR_PRIM_SUM, inside, &axis, 1, TRUE);
  }
  inside = telar_build_binary (l->b, TELAR_PRIM_LESS, telar_build_iota (l->b, &all, 1),
                               c->target_length);
  labels = telar_build_select (l->b, inside, labels, telar_build_scalar (l->b, TELAR_I64, 0));
  c->target = telar_emit_checked (l, labels, c->classes);
}

static gboolean
read_ctc (TelarLowering *l, Ctc *c)
{
  TelarType scores, labels;
  TelarValue x = telar_lower_float (l, 0, 3, 3, &scores);
  TelarValue target = telar_lower_ranked (l, 1, 2, 2, &labels);

  if (x == TELAR_NO_VALUE || target == TELAR_NO_VALUE ||
      !telar_lower_size (l, &scores.shape, 1, &c->steps) ||
      !telar_lower_size (l, &scores.shape, 2, &c->classes) ||
      !telar_lower_size (l, &labels.shape, 1, &c->labels))
    return FALSE;
  c->n = scores.shape.dims[0];
  c->places = 2 * c->labels + 1;
  c->dtype = scores.dtype == TELAR_F64 ? TELAR_F64 : TELAR_F32;
  if (labels.shape.dims[0] != c->n)
    telar_lower_fail (l, "labels must be as many as the logits");
  else if (c->steps > TELAR_MAX_STEPS)
    telar_lower_fail (l, "at most %d steps can be read, not %" G_GINT64_FORMAT, TELAR_MAX_STEPS,
                      c->steps);
  else if (telar_lower_int (l, "blank") >= c->classes)
    telar_lower_fail (l, "blank must be one of the %" G_GINT64_FORMAT " classes", c->classes);
  else if (read_lengths (l, 2, c->n, &c->input_length) &&
           read_lengths (l, 3, c->n, &c->target_length)) {
    read_target (l, c, telar_lower_as (l, target, TELAR_I64));
    c->logs = telar_emit_log_softmax (l, telar_lower_as (l, x, c->dtype));
    return TRUE;
  }
  return FALSE;
}

/* --- the lattice: [N, places], place 2·k + 1 is label k, the others are blanks ------------------
 */

/* @blanks and @labels, [N, S] or [N, T, S] both, in turn along the last axis, and @end, one more
 * blank, behind them. */
static TelarValue
interleave (TelarLowering *l, TelarValue blanks, TelarValue labels, TelarValue end)
{
  TelarShape shape = telar_lower_type (l, labels).shape;
  TelarValue pairs = telar_emit_stack (l->b, ((TelarValue[]){ blanks, labels }), 2, shape.rank);

  shape.dims[shape.rank - 1] *= 2;
  pairs = telar_build_reshape (l->b, pairs, &shape);
  return telar_build_concat (l->b, ((TelarValue[]){ pairs, end }), 2, shape.rank - 1);
}

/* The logarithm of the chance of each place at each step, [N, T, places]. */
static TelarValue
emissions (TelarLowering *l, const Ctc *c)
{
  const TelarShape column = telar_shape (c->n, 1, c->labels);
  const TelarShape all = telar_shape (c->n, c->steps, c->labels);
  gint64 blank = telar_lower_int (l, "blank");
  TelarValue blanks = telar_build_slice (l->b, c->logs, 2, blank, blank + 1);
  TelarValue places = telar_build_reshape (l->b, c->target, &column);

  places = telar_build_broadcast (l->b, places, &all);
  places = telar_emit_gather_elements (l->b, c->logs, places, 2);
  return interleave (l, telar_build_broadcast (l->b, blanks, &all), places, blanks);
}

/* 0 where a path may skip the blank before a place, which is before a label that differs from the
 * last one; NEVER elsewhere. [N, places] */
static TelarValue
skips (TelarLowering *l, const Ctc *c)
{
  const TelarShape column = telar_shape (c->n, 1);
  const TelarType first = { TELAR_I64, column };
  TelarValue last = telar_build_fill (l->b, &first, -1), same;

  if (c->labels > 1)
    last = telar_build_concat (
        l->b, ((TelarValue[]){ last, telar_build_slice (l->b, c->target, 1, 0, c->labels - 1) }), 2,
        1);
  same = telar_build_binary (l->b, TELAR_PRIM_EQUAL, c->target, last);
  same = scale (l, telar_build_cast (l->b, same, c->dtype), NEVER);
  return interleave (l, never (l, c, c->labels), same, never (l, c, 1));
}

/* log (exp a + exp b + exp c); the maximum only keeps it from overflowing. */
static TelarValue
log_sum (TelarLowering *l, const TelarValue *x)
{
  TelarValue largest = telar_build_binary (l->b, TELAR_PRIM_MAXIMUM, x[0], x[1]), sum;

  largest = telar_build_binary (l->b, TELAR_PRIM_MAXIMUM, largest, x[2]);
  sum = telar_build_unary (l->b, TELAR_PRIM_EXP, subtract (l, x[0], largest));
  for (guint i = 1; i < 3; i++)
    sum = add (l, sum, telar_build_unary (l->b, TELAR_PRIM_EXP, subtract (l, x[i], largest)));
  return add (l, largest, logarithm (l, sum));
}

/* What reaches each place in one step: from it, the one before and, past a blank, from two before.
 */
static TelarValue
advance (TelarLowering *l, const Ctc *c, TelarValue alpha, TelarValue skip)
{
  const gint64 low[] = { 0, 2 }, high[] = { 0, 0 };
  TelarValue padded = telar_emit (l->b, PAD, ((TelarValue[]){ alpha }), TELAR_INTS (LOW, low, 2),
                                  TELAR_INTS (HIGH, high, 2), TELAR_REAL (FILL, NEVER));
  TelarValue before = telar_build_slice (l->b, padded, 1, 1, c->places + 1);
  TelarValue two = add (l, telar_build_slice (l->b, padded, 1, 0, c->places), skip);

  return log_sum (l, (const TelarValue[]){ alpha, before, two });
}

/* A path begins at the first blank or the first label: it comes from nowhere else. */
static TelarValue
begin (TelarLowering *l, const Ctc *c)
{
  const TelarType type = { c->dtype, telar_shape (c->n, 2) };
  TelarValue start = telar_build_fill (l->b, &type, 0);

  return telar_build_concat (l->b, ((TelarValue[]){ start, never (l, c, c->places - 2) }), 2, 1);
}

/* The logarithm of the chance of all paths to each place, [N, places], after each sample's last
 * step. */
static TelarValue
walk (TelarLowering *l, const Ctc *c)
{
  const TelarShape flat = telar_shape (c->n, c->places);
  TelarValue emitted = emissions (l, c), skip = skips (l, c), alpha = begin (l, c), next, live;

  for (gint64 t = 0; t < c->steps; t++) {
    next = telar_build_reshape (l->b, telar_build_slice (l->b, emitted, 1, t, t + 1), &flat);
    next = add (l, next, t == 0 ? alpha : advance (l, c, alpha, skip));
    if (c->input_length != TELAR_NO_VALUE && t > 0) {
      live = telar_build_scalar (l->b, TELAR_I64, (double)t);
      live = telar_build_binary (l->b, TELAR_PRIM_LESS, live, c->input_length);
      next = telar_build_select (l->b, live, next, alpha);
    }
    alpha = next;
  }
  return alpha;
}

/* -log of the chance of the target, [N, 1]: of the paths that end at its last label or the blank
 * behind it. */
static TelarValue
surprise (TelarLowering *l, const Ctc *c)
{
  const TelarShape all = telar_shape (c->n, c->places);
  const gint64 axis = 1;
  TelarValue place = telar_build_iota (l->b, &all, 1), end = scale (l, c->target_length, 2);
  TelarValue blank = telar_build_binary (l->b, TELAR_PRIM_EQUAL, place, end);
  TelarValue label = telar_build_binary (l->b, TELAR_PRIM_EQUAL, place, shift (l, end, -1));
  TelarValue paths =
      telar_build_select (l->b, telar_build_binary (l->b, TELAR_PRIM_OR, blank, label), walk (l, c),
                          telar_build_scalar (l->b, c->dtype, NEVER));
  TelarValue largest = telar_build_reduce (l->b, TELAR_PRIM_MAX, paths, &axis, 1, TRUE), sum;

  sum = telar_build_unary (l->b, TELAR_PRIM_EXP, subtract (l, paths, largest));
  sum = logarithm (l, telar_build_reduce (l->b, TELAR_PRIM_SUM, sum, &axis, 1, TRUE));
  return negate (l, add (l, largest, sum));
}

static void
lower_ctc (TelarLowering *l)
{
  TelarValue loss, possible, length;
  double otherwise = telar_lower_bool (l, "zero_infinity") ? 0 : INFINITY;
  Ctc c;

  if (!read_ctc (l, &c))
    return;
  loss = surprise (l, &c);
  possible = telar_build_binary (l->b, TELAR_PRIM_LESS, loss,
                                 telar_build_scalar (l->b, c.dtype, -NEVER / 2));
  loss = telar_build_select (l->b, possible, loss, telar_build_scalar (l->b, c.dtype, otherwise));
  if (telar_lower_bool (l, "per_label")) {
    length = at_least (l, telar_build_cast (l->b, c.target_length, c.dtype), 1);
    loss = divide (l, loss, length);
  }
  telar_lower_give_mean (l, loss);
}

/* --- entries ---------------------------------------------------------------------------------- */

TELAR_LOSS (ctc, "CTC",
            "For speech and handwriting: the labels are known, but not where they stand. All ways "
            "to spread them over the steps, with repeats and blanks between them, count together.",
            "loss = -mean log Σ over paths Π softmax(logits)[step, path] / labels",
            TELAR_PORTS ({ .name = "logits",
                           .kind = TELAR_PORT_TENSOR,
                           .doc = N_ ("Scores before softmax, [N, steps, classes].") },
                         { .name = "labels",
                           .kind = TELAR_PORT_TENSOR,
                           .doc = N_ ("The right classes in their order, [N, labels]; -1 fills up "
                                      "where there are fewer.") },
                         { .name = "input_lengths",
                           .kind = TELAR_PORT_TENSOR,
                           .optional = TRUE,
                           .doc = N_ ("How many steps each sample has; all when free.") },
                         { .name = "label_lengths",
                           .kind = TELAR_PORT_TENSOR,
                           .optional = TRUE,
                           .doc = N_ ("How many labels each sample has; when free, those that are "
                                      "not negative.") }),
            TELAR_PARAMS ({ .name = "blank",
                            .label = N_ ("Blank"),
                            .kind = TELAR_PARAM_INT,
                            .fallback = "0",
                            .minimum = 0,
                            .maximum = TELAR_SIZE_LIMIT,
                            .doc = N_ ("The class that says that there is no label here."),
                            .prominent = TRUE },
                          TELAR_PARAM_FLAG ("per_label", "By label", "true",
                                            "Divides the loss of each sample by the number of its "
                                            "labels."),
                          TELAR_PARAM_FLAG ("zero_infinity", "Skip the impossible", "false",
                                            "A sample with more labels than its steps can hold "
                                            "counts 0; otherwise the loss is infinite."),
                          TELAR_PARAM_WEIGHT),
            "f32[3,6,4] i64[3,2]:1..3", "f32[2,7,5] i64[2,3]:0..3 i64[2]:5..7 i64[2]:1..3 blank=4",
            "f32[3,6,3] i64[3,3]:1..2 i64[3]:3..6 zero_infinity=true weight=2",
            "f32[3,5,4] i64[3,2]:1..3 per_label=false");

const TelarOperator *const telar_operators_loss_ctc[] = { &ctc_operator, NULL };
