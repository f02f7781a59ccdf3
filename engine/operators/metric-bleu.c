/* BLEU: how much of a text's n-grams its reference has. */
#include "engine/operators/families.h"
#include "engine/operators/metric-sums.h"

/* Tokens [N, T] and which of them stand before the padding. */
typedef struct {
  TelarValue tokens, valid;
  gint64 length; /* T */
} Text;

static TelarValue
binary (TelarLowering *l, TelarPrim prim, TelarValue x, TelarValue y)
{
  return telar_build_binary (l->b, prim, x, y);
}

/* The text ends with the first padding. */
static TelarValue
before_padding (TelarLowering *l, TelarValue tokens)
{
  TelarValue padding = telar_build_binary_scalar (l->b, TELAR_PRIM_EQUAL, tokens,
                                                  (double)telar_lower_int (l, "padding"));
  TelarValue seen =
      telar_emit (l->b, CUMSUM, ((TelarValue[]){ telar_build_cast (l->b, padding, TELAR_F32) }),
                  TELAR_INT (AXIS, 1));

  return telar_build_binary_scalar (l->b, TELAR_PRIM_EQUAL, seen, 0);
}

/* FALSE: the problem is reported. Scores over a vocabulary give their best tokens. */
static gboolean
read_text (TelarLowering *l, guint port, Text *text)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, port, 2, port == 0 ? 3 : 2, &type);

  if (x == TELAR_NO_VALUE || !telar_lower_size (l, &type.shape, 1, &text->length))
    return FALSE;
  text->tokens = type.shape.rank == 3
                     ? telar_emit (l->b, ARGMAX, ((TelarValue[]){ x }), TELAR_INT (AXIS, 2))
                     : telar_build_cast (l->b, x, TELAR_I64);
  text->valid = before_padding (l, text->tokens);
  return TRUE;
}

/* Whether token i of @a is token j of @b: [N, Ta, Tb]. */
static TelarValue
compare_tokens (TelarLowering *l, const Text *a, const Text *b)
{
  gint64 batch = telar_lower_type (l, a->tokens).shape.dims[0];
  TelarShape rows = telar_shape (batch, a->length, 1), columns = telar_shape (batch, 1, b->length);

  return binary (l, TELAR_PRIM_EQUAL, telar_build_reshape (l->b, a->tokens, &rows),
                 telar_build_reshape (l->b, b->tokens, &columns));
}

/* @x from @first on along axes 1 and 2, @rows and @columns of it. */
static TelarValue
cut (TelarLowering *l, TelarValue x, gint64 first, gint64 rows, gint64 columns)
{
  x = telar_build_slice (l->b, x, 1, first, first + rows);
  return telar_build_slice (l->b, x, 2, first, first + columns);
}

/* From whether the n-grams of order @n - 1 are equal to those of order @n: the next tokens are,
 * too.
 * @rows and @columns n-grams are left. */
static TelarValue
lengthen (TelarLowering *l, TelarValue grams, TelarValue tokens, guint n, gint64 rows,
          gint64 columns)
{
  if (n == 1)
    return tokens;
  return binary (l, TELAR_PRIM_AND, cut (l, grams, 0, rows, columns),
                 cut (l, tokens, (gint64)n - 1, rows, columns));
}

/* Which n-grams of a text lie before its padding, [N, T - n + 1]: those whose last token does. */
static TelarValue
valid_grams (TelarLowering *l, const Text *text, guint n)
{
  return telar_build_slice (l->b, text->valid, 1, (gint64)n - 1, text->length);
}

static TelarValue
count_last (TelarLowering *l, TelarValue x)
{
  gint64 last = 2;

  return telar_build_reduce (l->b, TELAR_PRIM_SUM, telar_build_cast (l->b, x, TELAR_F32), &last, 1,
                             FALSE);
}

/* The n-grams of the candidate that count: an n-gram counts as often as the reference has it, so
 * the one at i does while fewer equal ones stand before it. */
static TelarValue
clipped (TelarLowering *l, TelarValue own, TelarValue shared, TelarValue valid,
         TelarValue reference)
{
  TelarType type = telar_lower_type (l, own), known = telar_lower_type (l, reference);
  TelarShape square = telar_shape (type.shape.dims[1], type.shape.dims[2]);
  TelarShape columns = telar_shape (known.shape.dims[0], 1, known.shape.dims[1]);
  TelarValue earlier = binary (l, TELAR_PRIM_LESS, telar_build_iota (l->b, &square, 1),
                               telar_build_iota (l->b, &square, 0));
  TelarValue before = count_last (l, binary (l, TELAR_PRIM_AND, own, earlier));
  TelarValue there = count_last (
      l, binary (l, TELAR_PRIM_AND, shared, telar_build_reshape (l->b, reference, &columns)));

  return binary (l, TELAR_PRIM_AND, valid, binary (l, TELAR_PRIM_LESS, before, there));
}

static void
lower_bleu (TelarLowering *l)
{
  Text candidate, reference;
  TelarValue sums[TELAR_N_NGRAM_SUMS], own_tokens, shared_tokens, own, shared;

  if (!read_text (l, 0, &candidate) || !read_text (l, 1, &reference))
    return;
  own = own_tokens = compare_tokens (l, &candidate, &candidate);
  shared = shared_tokens = compare_tokens (l, &candidate, &reference);
  for (guint n = 1; n <= TELAR_NGRAM_ORDERS; n++) {
    gint64 rows = candidate.length - n + 1, columns = reference.length - n + 1;
    TelarValue none = telar_build_scalar (l->b, TELAR_F64, 0), valid;

    sums[TELAR_NGRAM_MATCHES + n - 1] = sums[TELAR_NGRAM_TOTALS + n - 1] = none;
    if (rows < 1)
      continue;
    valid = valid_grams (l, &candidate, n);
    sums[TELAR_NGRAM_TOTALS + n - 1] = telar_emit_total (l, valid);
    if (columns < 1)
      continue;
    own = lengthen (l, own, own_tokens, n, rows, rows);
    shared = lengthen (l, shared, shared_tokens, n, rows, columns);
    sums[TELAR_NGRAM_MATCHES + n - 1] =
        telar_emit_total (l, clipped (l, own, shared, valid, valid_grams (l, &reference, n)));
  }
  sums[TELAR_NGRAM_CANDIDATE] = telar_emit_total (l, candidate.valid);
  sums[TELAR_NGRAM_REFERENCE] = telar_emit_total (l, reference.valid);
  telar_lower_metric (l, "bleu", "bleu", telar_emit_row (l, sums, TELAR_N_NGRAM_SUMS));
}

/* --- entries ---------------------------------------------------------------------------------- */

static const TelarOperator bleu = {
  .name = "bleu",
  .label = N_ ("BLEU"),
  .category = TELAR_CATEGORY_METRIC,
  .doc = N_ ("How much a text is like its reference: the shares of its runs of one to four tokens "
             "that the reference has, too, over all texts together and without smoothing; texts "
             "that are too short lose. From 0 to 1."),
  .formula = "min(1, exp(1 - reference length / length)) · ⁴√(share₁ · share₂ · share₃ · share₄)",
  .inputs = TELAR_PAIR_PORTS (
      "candidates", "Tokens, [N, length], or scores over the vocabulary, [N, length, size].",
      "references", "The tokens that are right, [N, length]."),
  .outputs = TELAR_NO_PORTS,
  .params = TELAR_PARAMS ({
      .name = "padding",
      .label = N_ ("Padding"),
      .kind = TELAR_PARAM_INT,
      .fallback = "-1",
      .minimum = -1,
      .maximum = 1 << 30,
      .doc = N_ ("The token that ends a text: it and what follows it do not count. -1: none does."),
      .prominent = TRUE,
  }),
  .lower = lower_bleu,
  .examples = TELAR_EXAMPLES ("i64[3,9]<3 i64[3,8]<3", "i64[3,9]<4 i64[3,9]<4 padding=0",
                              "f32[2,6,4] i64[2,5]<4", "i64[2,3]<3 i64[2,2]<3"),
};

const TelarOperator *const telar_operators_metric_bleu[] = { &bleu, NULL };
