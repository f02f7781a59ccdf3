/* Attention: one head given ready queries, keys and values, and many heads that make their own. */
#include "engine/operators/attention.h"
#include "engine/emit-sequence.h"
#include "engine/operators/families.h"

/* --- shared ----------------------------------------------------------------------------------- */

TelarValue
telar_lower_mask (TelarLowering *l, TelarValue mask, guint rank)
{
  TelarShape shape = telar_lower_type (l, mask).shape, wide = { .rank = rank };
  guint given = shape.rank;

  if (mask == TELAR_NO_VALUE || given == rank)
    return mask;
  if (given < 2 || given > MIN (3, rank)) {
    telar_lower_fail (l,
                      "mask needs 2 axes (batch, keys), 3 (batch, queries, keys) or %u, and has %u",
                      rank, given);
    return TELAR_NO_VALUE;
  }
  for (guint i = 0; i < rank; i++)
    wide.dims[i] = 1;
  wide.dims[0] = shape.dims[0];
  for (guint i = 1; i < given; i++)
    wide.dims[rank - given + i] = shape.dims[i];
  return telar_build_reshape (l->b, mask, &wide);
}

static TelarValue
dropped (TelarLowering *l, TelarValue weights, double rate, const char *prefix)
{
  TelarShape shape = telar_lower_type (l, weights).shape;
  g_autofree char *role = g_strconcat (prefix, "dropout", NULL);

  return telar_emit_dropout (l, weights, &shape, rate, role);
}

/* --- heads ------------------------------------------------------------------------------------ */

static TelarValue
project (TelarLowering *l, const TelarHeads *h, const char *what, TelarValue x, gint64 units)
{
  g_autofree char *prefix = g_strconcat (h->prefix, what, "_", NULL);

  return telar_lower_linear (l, x, prefix, units, h->bias);
}

/* Fills in the sizes that follow from others. */
static gboolean
resolve (TelarLowering *l, TelarHeads *h)
{
  TelarShape shape = telar_lower_type (l, h->query).shape;
  gint64 features;

  if (h->query == TELAR_NO_VALUE || h->key == TELAR_NO_VALUE || h->value == TELAR_NO_VALUE ||
      !telar_lower_size (l, &shape, 2, &features))
    return FALSE;
  if (h->key_heads == 0)
    h->key_heads = h->heads;
  if (h->heads % h->key_heads != 0) {
    telar_lower_fail (
        l, "%" G_GINT64_FORMAT " heads cannot share %" G_GINT64_FORMAT " heads of keys evenly",
        h->heads, h->key_heads);
    return FALSE;
  }
  if (h->key_size == 0 && features % h->heads != 0) {
    telar_lower_fail (l,
                      "%" G_GINT64_FORMAT " features cannot be divided among %" G_GINT64_FORMAT
                      " heads; choose another number of heads, or say the key size",
                      features, h->heads);
    return FALSE;
  }
  if (h->key_size == 0)
    h->key_size = features / h->heads;
  if (h->value_size == 0)
    h->value_size = h->key_size;
  if (h->size == 0)
    h->size = features;
  return TRUE;
}

TelarValue
telar_lower_heads (TelarLowering *l, const TelarHeads *heads, TelarValue *weights)
{
  TelarHeads h = *heads;
  TelarValue query, key, value, seen;

  if (!resolve (l, &h))
    return TELAR_NO_VALUE;
  query = telar_emit_split_heads (l->b, project (l, &h, "query", h.query, h.heads * h.key_size),
                                  h.heads);
  key = telar_emit_split_heads (l->b, project (l, &h, "key", h.key, h.key_heads * h.key_size),
                                h.key_heads);
  value = telar_emit_split_heads (
      l->b, project (l, &h, "value", h.value, h.key_heads * h.value_size), h.key_heads);
  if (h.rotary) {
    query = telar_lower_rotary (l, query, 10000);
    key = telar_lower_rotary (l, key, 10000);
  }
  TelarAttention attention = { .query = query,
                               .key = telar_emit_repeat_heads (l->b, key, h.heads / h.key_heads),
                               .mask = telar_lower_mask (l, h.mask, 4),
                               .causal = h.causal };
  seen = telar_emit_attention_weights (l->b, &attention);
  if (weights)
    *weights = seen;
  seen = dropped (l, seen, h.dropout, h.prefix);
  value = telar_emit_repeat_heads (l->b, value, h.heads / h.key_heads);
  value = telar_emit_join_heads (l->b, telar_build_matmul (l->b, seen, value, FALSE, FALSE));
  return project (l, &h, "output", value, h.size);
}

/* --- operators -------------------------------------------------------------------------------- */

enum { QUERY, KEY, VALUE, MASK };
enum { OUT, WEIGHTS };

/* Keys and values that nothing is wired to are those before them. */
static gboolean
read_three (TelarLowering *l, guint most_axes, TelarValue values[3])
{
  TelarType type;

  for (guint port = QUERY; port <= VALUE; port++) {
    values[port] = telar_lower_float (l, port, 3, most_axes, &type);
    if (values[port] == TELAR_NO_VALUE && port != QUERY)
      values[port] = values[port - 1];
  }
  return !telar_builder_error (l->b) && values[QUERY] != TELAR_NO_VALUE;
}

static void
lower_scaled_dot_product (TelarLowering *l)
{
  TelarValue values[3], weights;
  TelarType type;

  if (!read_three (l, 4, values))
    return;
  TelarAttention attention = { .query = values[QUERY],
                               .key = values[KEY],
                               .scale = telar_lower_real (l, "scale"),
                               .cap = telar_lower_real (l, "cap"),
                               .causal = telar_lower_bool (l, "causal") };
  attention.mask = telar_lower_mask (l, telar_lower_ranked (l, MASK, 2, 4, &type),
                                     telar_lower_type (l, values[QUERY]).shape.rank);
  weights = telar_emit_attention_weights (l->b, &attention);
  telar_lower_output (l, WEIGHTS, weights);
  weights = dropped (l, weights, telar_lower_real (l, "dropout"), "");
  telar_lower_output (l, OUT, telar_build_matmul (l->b, weights, values[VALUE], FALSE, FALSE));
}

static void
lower_multi_head (TelarLowering *l)
{
  TelarValue values[3], out, weights = TELAR_NO_VALUE;
  TelarType type;

  if (!read_three (l, 3, values))
    return;
  TelarHeads heads = { .prefix = "",
                       .query = values[QUERY],
                       .key = values[KEY],
                       .value = values[VALUE],
                       .mask = telar_lower_ranked (l, MASK, 2, 4, &type),
                       .heads = telar_lower_int (l, "heads"),
                       .key_heads = telar_lower_int (l, "key_heads"),
                       .key_size = telar_lower_int (l, "key_size"),
                       .value_size = telar_lower_int (l, "value_size"),
                       .size = telar_lower_int (l, "size"),
                       .bias = telar_lower_bool (l, "bias"),
                       .causal = telar_lower_bool (l, "causal"),
                       .rotary = telar_lower_bool (l, "rotary"),
                       .dropout = telar_lower_real (l, "dropout") };
  out = telar_lower_heads (l, &heads, &weights);
  telar_lower_output (l, OUT, out);
  telar_lower_output (l, WEIGHTS, weights);
}

/* --- entries ---------------------------------------------------------------------------------- */

#define IN_PORTS(query_doc)                                                                          \
  TELAR_PORTS (                                                                                      \
      { .name = "query", .kind = TELAR_PORT_TENSOR, .doc = N_ (query_doc) },                         \
      { .name = "key",                                                                               \
        .kind = TELAR_PORT_TENSOR,                                                                   \
        .optional = TRUE,                                                                            \
        .doc = N_ ("What is looked through; the query itself when nothing is wired.") },             \
      { .name = "value",                                                                             \
        .kind = TELAR_PORT_TENSOR,                                                                   \
        .optional = TRUE,                                                                            \
        .doc = N_ ("What is found there; the key when nothing is wired.") },                         \
      { .name = "mask",                                                                              \
        .kind = TELAR_PORT_TENSOR,                                                                   \
        .optional = TRUE,                                                                            \
        .doc = N_ ("Batch × keys, batch × queries × keys, or the same with heads. Whole numbers " \
                   "and truth values: 0 hides a key; others are added to the scores.") })
#define OUT_PORTS                                                                                  \
  TELAR_PORTS ({ .name = "out", .kind = TELAR_PORT_TENSOR, .doc = N_ ("What each query found.") }, \
               { .name = "weights",                                                                \
                 .kind = TELAR_PORT_TENSOR,                                                        \
                 .doc = N_ ("How much each query saw of each key; sums to 1 over the keys.") })
#define CAUSAL                                                                                     \
  {                                                                                                \
    .name = "causal", .label = N_ ("Causal"), .kind = TELAR_PARAM_BOOL, .fallback = "false",       \
    .doc = N_ ("Hides the later steps, so that a model cannot look at what it must predict."),     \
    .prominent = TRUE,                                                                             \
  }
#define DROPOUT                                                                                    \
  {                                                                                                \
    .name = "dropout", .live = TRUE, .label = N_ ("Dropout"), .kind = TELAR_PARAM_REAL,            \
    .fallback = "0", .minimum = 0, .maximum = 0.999,                                               \
    .doc = N_ ("The share of the weights that becomes zero while training."),                      \
  }
#define SIZE(param, text, least, words)                                                            \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_INT, .fallback = "0", .minimum = least, \
    .maximum = TELAR_SIZE_LIMIT, .doc = N_ (words),                                                \
  }

static const TelarOperator scaled_dot_product = {
  .name = "attention",
  .label = N_ ("Attention"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Lets each step of a sequence look at others and take a mean of what it finds, "
             "weighted by how alike query and key are. Has no weights of its own."),
  .formula = "y = softmax(query·keyᵀ/√features + mask)·value",
  .onnx = "MatMul, Mul, Where, Softmax",
  .inputs = IN_PORTS ("What each step asks for: batch × steps × features, or batch × heads × "
                      "steps × features."),
  .outputs = OUT_PORTS,
  .params = TELAR_PARAMS (CAUSAL,
                          {
                              .name = "scale",
                              .label = N_ ("Scale"),
                              .kind = TELAR_PARAM_REAL,
                              .fallback = "0",
                              .minimum = 0,
                              .maximum = 1e6,
                              .doc = N_ ("Factor of the scores; 0: 1/√features."),
                          },
                          {
                              .name = "cap",
                              .label = N_ ("Cap"),
                              .kind = TELAR_PARAM_REAL,
                              .fallback = "0",
                              .minimum = 0,
                              .maximum = 1e6,
                              .doc = N_ ("Bends the scores softly so that none exceeds this; 0: "
                                         "no limit."),
                          },
                          DROPOUT),
  .lower = lower_scaled_dot_product,
  .examples = TELAR_EXAMPLES ("f32[2,3,4]", "f32[2,3,4] f32[2,5,4] f32[2,5,3]",
                              "f32[2,2,3,4] causal=true scale=0.7 cap=2",
                              "f32[2,3,4] f32[2,5,4] f32[2,5,2] i64[2,5]",
                              "f32[2,2,3,4] f32[2,2,5,4] f32[2,2,5,2] f32[2,3,5] dropout=0.4",
                              "f32[2,2,3,4] f32[2,2,5,4] f32[2,2,5,2] i64[2,2,3,5]"),
};

static const TelarOperator multi_head = {
  .name = "multi_head_attention",
  .label = N_ ("Multi-head attention"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Several attentions side by side, each with trained views of query, key and value. "
             "With only the query wired the sequence attends to itself."),
  .formula = "y = output(concat over heads of attention(query·Wq, key·Wk, value·Wv))",
  .onnx = "MatMul, Add, Softmax",
  .inputs = IN_PORTS ("What each step asks for: batch × steps × features."),
  .outputs = OUT_PORTS,
  .params = TELAR_PARAMS (
      {
          .name = "heads",
          .label = N_ ("Heads"),
          .kind = TELAR_PARAM_INT,
          .fallback = "4",
          .minimum = 1,
          .maximum = 1024,
          .doc = N_ ("How many attentions there are; must divide the features."),
          .prominent = TRUE,
      },
      CAUSAL,
      {
          .name = "rotary",
          .label = N_ ("Rotary positions"),
          .kind = TELAR_PARAM_BOOL,
          .fallback = "false",
          .doc = N_ ("Turns queries and keys by their positions, so that distance counts."),
      },
      SIZE ("key_heads", "Heads of keys", 0,
            "Heads of keys and values, each shared by a group of queries' heads; 0: as many."),
      SIZE ("key_size", "Key size", 0, "Features of a head's queries and keys; 0: divided evenly."),
      SIZE ("value_size", "Value size", 0, "Features of a head's values; 0: as the keys."),
      SIZE ("size", "Size", 0, "Features of the result; 0: as the query."), DROPOUT,
      TELAR_PARAM_BIAS, TELAR_PARAM_INIT),
  .lower = lower_multi_head,
  .examples = TELAR_EXAMPLES (
      "f32[2,3,4] heads=2", "f32[2,5,4] heads=4 causal=true",
      "f32[2,3,4] heads=2 causal=true rotary=true dropout=0.3",
      "f32[2,3,4] f32[2,5,3] heads=2 key_heads=1 key_size=3 value_size=2 size=5 bias=false",
      "f32[2,3,4] f32[2,5,3] f32[2,5,6] i64[2,5] heads=1 init=pytorch"),
};

const TelarOperator *const telar_operators_attention[] = {
  &scaled_dot_product,
  &multi_head,
  NULL,
};
