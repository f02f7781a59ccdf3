/* Losses of vectors: what belongs together shall be near, the rest far. */
#include "engine/operators/families.h"
#include "engine/operators/loss.h"
#include <string.h>

static void
lower_cosine_similarity (TelarLowering *l)
{
  TelarType type;
  TelarValue x, y;

  if (telar_lower_two (l, 0, &type, &x, &y))
    telar_lower_give_mean (l, less_from (l, 1, telar_emit_cosine (l, x, y)));
}

/* Two vectors and whether they belong together. */
static gboolean
read_pair (TelarLowering *l, TelarValue *x, TelarValue *y, TelarValue *together)
{
  TelarType type;
  TelarValue labels;

  if (!telar_lower_two (l, 0, &type, x, y) || !telar_lower_per_vector (l, 2, &type, &labels))
    return FALSE;
  *together = telar_emit_positive (l, labels);
  return TRUE;
}

static void
lower_cosine_embedding (TelarLowering *l)
{
  TelarValue x, y, together, cosine, far;

  if (!read_pair (l, &x, &y, &together))
    return;
  cosine = telar_emit_cosine (l, x, y);
  far = relu (l, shift (l, cosine, -telar_lower_real (l, "margin")));
  telar_lower_give_mean (l, telar_build_select (l->b, together, less_from (l, 1, cosine), far));
}

/* Hadsell, Chopra, LeCun: "Dimensionality reduction by learning an invariant mapping", 2006,
 * equation 4. */
static void
lower_contrastive (TelarLowering *l)
{
  TelarValue x, y, together, distance, far;

  if (!read_pair (l, &x, &y, &together))
    return;
  distance = telar_emit_distance (l, x, y);
  far = square (l, relu (l, less_from (l, telar_lower_real (l, "margin"), distance)));
  telar_lower_give_mean (
      l, scale (l, telar_build_select (l->b, together, square (l, distance), far), 0.5));
}

static void
lower_margin_ranking (TelarLowering *l)
{
  TelarType type;
  TelarValue x, y, labels, lead;

  if (!telar_lower_paired (l, &x, &y))
    return;
  type = telar_lower_type (l, x);
  if (!telar_lower_alike (l, 2, &type, &labels))
    return;
  lead = subtract (l, x, y);
  lead = telar_build_select (l->b, telar_emit_positive (l, labels), lead, negate (l, lead));
  telar_lower_give_mean (l, relu (l, less_from (l, telar_lower_real (l, "margin"), lead)));
}

/* --- triplets --------------------------------------------------------------------------------- */

static const char *const distances[] = { "euclidean", "squared", "cosine", NULL };

static TelarValue
distance_of (TelarLowering *l, TelarValue x, TelarValue y)
{
  const char *distance = telar_lower_text (l, "distance");

  if (strcmp (distance, "squared") == 0)
    return telar_emit_squared_distance (l, x, y);
  if (strcmp (distance, "cosine") == 0)
    return less_from (l, 1, telar_emit_cosine (l, x, y));
  return telar_emit_distance (l, x, y);
}

/* Schroff, Kalenichenko, Philbin: "FaceNet", 2015, equation 3; swap after Balntas et al.: "Learning
 * local feature descriptors with triplets", 2016, section 3.3. */
static void
lower_triplet (TelarLowering *l)
{
  TelarType type;
  TelarValue anchor, near, far, apart, other;

  if (!telar_lower_two (l, 0, &type, &anchor, &near) || !telar_lower_alike (l, 2, &type, &far))
    return;
  apart = distance_of (l, anchor, far);
  if (telar_lower_bool (l, "swap")) {
    other = distance_of (l, near, far);
    apart = telar_build_binary (l->b, TELAR_PRIM_MINIMUM, apart, other);
  }
  apart = subtract (l, distance_of (l, anchor, near), apart);
  telar_lower_give_mean (l, relu (l, shift (l, apart, telar_lower_real (l, "margin"))));
}

/* --- a batch against itself ------------------------------------------------------------------- */

/* The number of samples, an i64 scalar. */
static TelarValue
batch_size (TelarLowering *l, const TelarShape *shape)
{
  const TelarType ones = { TELAR_F32, telar_shape (shape->dims[0]) };
  const gint64 axis = 0;
  TelarValue count = telar_emit (l->b, COUNT, ((TelarValue[]){ telar_build_fill (l->b, &ones, 1) }),
                                 TELAR_INTS (AXES, &axis, 1));

  return telar_build_cast (l->b, count, TELAR_I64);
}

/* -mean log softmax of each query's own key among it and the keys of the next @rivals samples, in
 * turn. A program has the batch in one axis only, so that their number is fixed; what comes after a
 * whole turn is hidden. @queries and @keys are [N, features]. */
static TelarValue
own_key (TelarLowering *l, TelarValue queries, TelarValue keys, gint64 rivals)
{
  TelarType type = telar_lower_type (l, queries);
  gint64 n = type.shape.dims[0], features = type.shape.dims[1];
  const TelarShape table = telar_shape (n, rivals), column = telar_shape (n, 1);
  const TelarShape vectors = telar_shape (n, features, 1);
  TelarValue size = batch_size (l, &type.shape), scores, own, step, place;

  step = shift (l, telar_build_iota (l->b, &table, 1), 1);
  place = add (l, telar_build_iota (l->b, &table, 0), step);
  place = telar_build_binary (l->b, TELAR_PRIM_MOD, place, size);
  scores = telar_emit (l->b, GATHER, ((TelarValue[]){ keys, place }), TELAR_INT (AXIS, 0));
  scores = telar_build_matmul (l->b, scores, telar_build_reshape (l->b, queries, &vectors), FALSE,
                               FALSE);
  scores = telar_build_select (l->b, telar_build_binary (l->b, TELAR_PRIM_LESS, step, size),
                               telar_build_reshape (l->b, scores, &table),
                               telar_build_scalar (l->b, type.dtype, -1e30));
  own = telar_build_reshape (l->b, telar_emit_sum_last (l, multiply (l, queries, keys)), &column);
  scores = telar_build_concat (l->b, ((TelarValue[]){ own, scores }), 2, 1);
  scores = scale (l, scores, 1 / telar_lower_real (l, "temperature"));
  own = telar_build_slice (l->b, telar_emit_log_softmax (l, scores), 1, 0, 1);
  return negate (l, telar_emit_mean (l, own));
}

/* van den Oord, Li, Vinyals: "Representation learning with contrastive predictive coding", 2018,
 * equation 4; symmetric as Radford et al.: "Learning transferable visual models from natural
 * language supervision", 2021, figure 3. */
static void
lower_info_nce (TelarLowering *l)
{
  gint64 rivals = telar_lower_int (l, "rivals"), features;
  TelarValue queries, keys, loss;
  TelarType type;

  if (!telar_lower_two (l, 0, &type, &queries, &keys) ||
      !telar_lower_size (l, &type.shape, type.shape.rank - 1, &features))
    return;
  if (type.shape.rank != 2) {
    telar_lower_fail (l, "queries must be one vector for each sample, [N, features]");
    return;
  }
  if (telar_lower_bool (l, "normalise")) {
    queries = telar_emit_unit (l, queries);
    keys = telar_emit_unit (l, keys);
  }
  loss = own_key (l, queries, keys, rivals);
  if (telar_lower_bool (l, "symmetric"))
    loss = scale (l, add (l, loss, own_key (l, keys, queries, rivals)), 0.5);
  telar_lower_give_loss (l, loss);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define VECTOR(port, text)                                                                         \
  {                                                                                                \
    .name = port, .kind = TELAR_PORT_TENSOR, .doc = N_ (text)                                      \
  }
#define PAIR_LABELS                                                                                \
  TELAR_PORTS (VECTOR ("first", "Vectors, along the last axis."),                                  \
               VECTOR ("second", "The vectors that they are compared with."),                      \
               VECTOR ("labels", "For each pair 1 when it belongs together, 0 or -1 when not."))

TELAR_LOSS (cosine_similarity, "Cosine similarity",
            "How far the model's vectors point away from the right ones; their lengths do not "
            "count.",
            "loss = mean 1 - x·y/(|x||y|)", TELAR_QUANTITY_PORTS, TELAR_PARAMS (TELAR_PARAM_WEIGHT),
            "f32[4,5] f32[4,5]", "f32[2,3,4] f32[2,3,4] weight=0.5");
TELAR_LOSS (cosine_embedding, "Cosine embedding",
            "Turns vectors that belong together towards each other, and others apart until their "
            "cosine is no more than the margin.",
            "loss = mean 1 - cos where together, else max(0, cos - margin)", PAIR_LABELS,
            TELAR_PARAMS (TELAR_PARAM_MARGIN ("0", -1,
                                              "The cosine below which vectors are far "
                                              "enough apart."),
                          TELAR_PARAM_WEIGHT),
            "f32[6,5] f32[6,5] i64[6]<2", "f32[6,3] f32[6,3] i64[6]:-1..1 margin=0.2");
TELAR_LOSS (contrastive, "Contrastive",
            "Pulls vectors that belong together to one point, and pushes others apart until they "
            "are a margin away from each other.",
            "loss = mean D²/2 where together, else max(0, margin - D)²/2; D = |x - y|", PAIR_LABELS,
            TELAR_PARAMS (TELAR_PARAM_MARGIN ("1", 0,
                                              "The distance beyond which vectors are far "
                                              "enough apart."),
                          TELAR_PARAM_WEIGHT),
            "f32[6,3] f32[6,3] i64[6]<2 margin=3", "f32[6,2] f32[6,2] i64[6]:-1..1");
TELAR_LOSS (margin_ranking, "Margin ranking",
            "For ranking: of two scores the right one shall lead by a margin.",
            "loss = mean max(0, margin - y·(first - second)), y = ±1",
            TELAR_PORTS (VECTOR ("first", "Scores."),
                         VECTOR ("second", "The scores that they are compared with."),
                         VECTOR ("labels", "1 when the first should be the higher one, 0 or -1 "
                                           "when the second.")),
            TELAR_PARAMS (TELAR_PARAM_MARGIN ("0", 0, "By how much the right one shall lead."),
                          TELAR_PARAM_WEIGHT),
            "f32[6] f32[6] i64[6]<2", "f32[4,2] f32[4,2] i64[4,2]:-1..1 margin=0.5");
TELAR_LOSS (triplet, "Triplet",
            "An anchor shall be nearer to what it belongs to than to anything else, by a margin; "
            "how faces are learned.",
            "loss = mean max(0, D(anchor, positive) - D(anchor, negative) + margin)",
            TELAR_PORTS (VECTOR ("anchor", "Vectors, along the last axis."),
                         VECTOR ("positive", "For each a vector that belongs to it."),
                         VECTOR ("negative", "For each a vector that does not.")),
            TELAR_PARAMS (TELAR_PARAM_MARGIN ("1", 0, "By how much nearer the right one shall be."),
                          { .name = "distance",
                            .label = N_ ("Distance"),
                            .kind = TELAR_PARAM_CHOICE,
                            .fallback = "euclidean",
                            .choices = distances,
                            .doc = N_ ("euclidean is the length of the difference, squared its "
                                       "square, cosine 1 minus the cosine of the angle.") },
                          TELAR_PARAM_FLAG ("swap", "Swap", "false",
                                            "The negative counts from the positive where that is "
                                            "nearer to it than the anchor."),
                          TELAR_PARAM_WEIGHT),
            "f32[6,4] f32[6,4] f32[6,4]", "f32[6,4] f32[6,4] f32[6,4] swap=true margin=2",
            "f32[6,4] f32[6,4] f32[6,4] distance=squared",
            "f32[6,4] f32[6,4] f32[6,4] distance=cosine margin=0.4");
TELAR_LOSS (info_nce, "InfoNCE",
            "Each query shall find its own key among those of other samples of the batch; how a "
            "model learns from pictures without labels, or from pictures and their captions.",
            "loss = -mean log softmax(queries·keysᵀ/temperature)[own]",
            TELAR_PAIR_PORTS ("queries", "A vector for each sample.", "keys",
                              "For each query the vector that it belongs to."),
            TELAR_PARAMS (TELAR_PARAM_AMOUNT ("temperature", "Temperature", "0.1", 1e-4, 1e4,
                                              "Divides the similarities: a small one looks only at "
                                              "the keys that are easiest to confuse."),
                          { .name = "rivals",
                            .label = N_ ("Rivals"),
                            .kind = TELAR_PARAM_INT,
                            .fallback = "63",
                            .minimum = 1,
                            .maximum = 65535,
                            .doc = N_ ("How many other keys each query is compared with: those of "
                                       "the samples that follow it in the batch; of a smaller "
                                       "batch all. More are harder, and need more memory."),
                            .prominent = TRUE },
                          TELAR_PARAM_FLAG ("normalise", "Normalise", "true",
                                            "Similarity is the cosine of the angle; otherwise the "
                                            "product of the vectors."),
                          TELAR_PARAM_FLAG ("symmetric", "Both ways", "false",
                                            "Keys shall find their queries as well; the mean of "
                                            "both ways."),
                          TELAR_PARAM_WEIGHT),
            "f32[5,4] f32[5,4]", "f32[5,4] f32[5,4] temperature=0.5 symmetric=true rivals=4",
            "f32[4,3] f32[4,3] normalise=false temperature=2 rivals=2");

const TelarOperator *const telar_operators_loss_distance[] = {
  &cosine_similarity_operator,
  &cosine_embedding_operator,
  &contrastive_operator,
  &margin_ranking_operator,
  &triplet_operator,
  &info_nce_operator,
  NULL,
};
