/* The Transformer's layers: attention and a dense network on each step, each with a way round it.
 * Vaswani et al.: "Attention is all you need", NeurIPS 2017; normalisation first: Xiong et al.: "On
 * layer normalization in the Transformer architecture", ICML 2020. */
#include "engine/operators/attention.h"
#include "engine/operators/families.h"

/* A layer on its way: what its parts need to know. */
typedef struct {
  TelarLowering *l;
  gint64 size; /* features */
  TelarValue mask, memory, memory_mask;
} Layer;

/* A part is given what flows in and gives what is added to it. */
typedef TelarValue (*Part) (const Layer *layer, TelarValue x);

static TelarValue
normalize (const Layer *layer, const char *part, TelarValue x)
{
  TelarLowering *l = layer->l;
  TelarShape shape = telar_shape (layer->size);
  double epsilon = telar_lower_real (l, "epsilon");
  g_autofree char *scale_role = g_strconcat (part, "_norm_scale", NULL);
  g_autofree char *bias_role = g_strconcat (part, "_norm_bias", NULL);
  TelarValue scale = telar_lower_parameter (l, scale_role, &shape, telar_init_constant (1), FALSE);
  TelarValue bias;

  if (g_str_equal (telar_lower_text (l, "norm"), "rms"))
    return telar_build_binary (l->b, TELAR_PRIM_MUL, telar_emit_rms (l->b, x, epsilon), scale);
  bias = telar_lower_parameter (l, bias_role, &shape, telar_init_constant (0), FALSE);
  return telar_emit (l->b, LAYER_NORM, ((TelarValue[]){ x, scale, bias }), TELAR_INT (AXIS, 2),
                     TELAR_REAL (EPSILON, epsilon));
}

static TelarValue
dropped (const Layer *layer, const char *part, TelarValue x)
{
  TelarShape shape = telar_lower_type (layer->l, x).shape;
  g_autofree char *role = g_strconcat (part, "_result_dropout", NULL);

  return telar_emit_dropout (layer->l, x, &shape, telar_lower_real (layer->l, "dropout"), role);
}

/* x + part(x) with its normalisation. */
static TelarValue
around (const Layer *layer, const char *name, Part part, TelarValue x)
{
  gboolean first = g_str_equal (telar_lower_text (layer->l, "order"), "pre");
  TelarValue y = part (layer, first ? normalize (layer, name, x) : x);

  y = telar_build_binary (layer->l->b, TELAR_PRIM_ADD, x, dropped (layer, name, y));
  return first ? y : normalize (layer, name, y);
}

/* --- parts ------------------------------------------------------------------------------------ */

static TelarHeads
heads_of (const Layer *layer, const char *prefix)
{
  TelarLowering *l = layer->l;

  return (TelarHeads){ .prefix = prefix,
                       .mask = TELAR_NO_VALUE,
                       .heads = telar_lower_int (l, "heads"),
                       .bias = telar_lower_bool (l, "bias"),
                       .dropout = telar_lower_real (l, "dropout") };
}

static TelarValue
attend_self (const Layer *layer, TelarValue x)
{
  TelarHeads heads = heads_of (layer, "self_");

  heads.query = heads.key = heads.value = x;
  heads.mask = layer->mask;
  heads.causal = telar_lower_bool (layer->l, "causal");
  heads.rotary = telar_lower_bool (layer->l, "rotary");
  return telar_lower_heads (layer->l, &heads, NULL);
}

static TelarValue
attend_memory (const Layer *layer, TelarValue x)
{
  TelarHeads heads = heads_of (layer, "cross_");

  heads.query = x;
  heads.key = heads.value = layer->memory;
  heads.mask = layer->memory_mask;
  return telar_lower_heads (layer->l, &heads, NULL);
}

/* Two dense layers; gated, the first has a second half that is not activated but multiplied. */
static TelarValue
think (const Layer *layer, TelarValue x)
{
  TelarLowering *l = layer->l;
  gboolean bias = telar_lower_bool (l, "bias");
  gint64 width = telar_lower_int (l, "width");
  TelarValue hidden, gate;

  width = width == 0 ? 4 * layer->size : width;
  hidden = telar_lower_linear (l, x, "hidden_", width, bias);
  hidden = telar_emit_activation (l, telar_lower_text (l, "activation"), hidden);
  if (telar_lower_bool (l, "gated")) {
    gate = telar_lower_linear (l, x, "gated_", width, bias);
    hidden = telar_build_binary (l->b, TELAR_PRIM_MUL, hidden, gate);
  }
  return telar_lower_linear (l, dropped (layer, "hidden", hidden), "result_", layer->size, bias);
}

/* --- layers ----------------------------------------------------------------------------------- */

static TelarValue
read_input (Layer *layer)
{
  TelarType type;
  TelarValue x = telar_lower_float (layer->l, 0, 3, 3, &type);

  if (x == TELAR_NO_VALUE || !telar_lower_size (layer->l, &type.shape, 2, &layer->size))
    return TELAR_NO_VALUE;
  return x;
}

static void
lower_encoder (TelarLowering *l)
{
  Layer layer = { .l = l };
  TelarValue x = read_input (&layer);
  TelarType type;

  layer.mask = telar_lower_ranked (l, 1, 2, 4, &type);
  if (x == TELAR_NO_VALUE || telar_builder_error (l->b))
    return;
  x = around (&layer, "self", attend_self, x);
  telar_lower_output (l, 0, around (&layer, "dense", think, x));
}

static void
lower_decoder (TelarLowering *l)
{
  Layer layer = { .l = l };
  TelarValue x = read_input (&layer);
  TelarType type;

  layer.memory = telar_lower_float (l, 1, 3, 3, &type);
  layer.memory_mask = telar_lower_ranked (l, 2, 2, 4, &type);
  layer.mask = telar_lower_ranked (l, 3, 2, 4, &type);
  if (x == TELAR_NO_VALUE || telar_builder_error (l->b))
    return;
  x = around (&layer, "self", attend_self, x);
  x = around (&layer, "cross", attend_memory, x);
  telar_lower_output (l, 0, around (&layer, "dense", think, x));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define MASK_DOC                                                                                   \
  "Batch × keys, or batch × queries × keys. Whole numbers and truth values: 0 hides a step; "   \
  "others "                                                                                        \
  "are added to the scores."
#define BOOL(param, text, value, words)                                                            \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_BOOL, .fallback = value,                \
    .doc = N_ (words),                                                                             \
  }
#define CHOICE(param, text, value, options, words)                                                 \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_CHOICE, .fallback = value,              \
    .choices = options, .doc = N_ (words),                                                         \
  }
/* Up to "causal", whose default differs. */
#define SIZES                                                                                      \
  { .name = "heads",                                                                               \
    .label = N_ ("Heads"),                                                                         \
    .kind = TELAR_PARAM_INT,                                                                       \
    .fallback = "4",                                                                               \
    .minimum = 1,                                                                                  \
    .maximum = 1024,                                                                               \
    .doc = N_ ("How many attentions there are side by side; must divide the features."),           \
    .prominent = TRUE },                                                                           \
  {                                                                                                \
    .name = "width", .label = N_ ("Width"), .kind = TELAR_PARAM_INT, .fallback = "0",              \
    .minimum = 0, .maximum = TELAR_SIZE_LIMIT,                                                     \
    .doc = N_ ("Hidden units of the dense network; 0: four times the features."),                  \
    .prominent = TRUE,                                                                             \
  }
#define REST                                                                                       \
  CHOICE ("activation", "Activation", "relu", telar_activation_choices,                            \
          "The function of the hidden units."),                                                    \
      BOOL ("gated", "Gated", "false",                                                             \
            "Multiplies the hidden units with a second view of the input, as SwiGLU does with "    \
            "the activation silu."),                                                               \
      CHOICE ("order", "Order", "post", TELAR_CHOICES ("post", "pre"),                             \
              "Whether each part is normalised after (post) or before (pre) it; pre trains "       \
              "more easily and wants a normalisation after the last layer."),                      \
      CHOICE ("norm", "Normalisation", "layer", TELAR_CHOICES ("layer", "rms"),                    \
              "layer brings each step to mean 0 and variance 1, rms only divides by its size."),   \
      TELAR_PARAM_EPSILON ("1e-5"),                                                                \
      { .name = "dropout",                                                                         \
        .live = TRUE,                                                                              \
        .label = N_ ("Dropout"),                                                                   \
        .kind = TELAR_PARAM_REAL,                                                                  \
        .fallback = "0.1",                                                                         \
        .minimum = 0,                                                                              \
        .maximum = 0.999,                                                                          \
        .doc = N_ ("The share that becomes zero while training, of attention's weights, hidden "   \
                   "units and each part's result.") },                                             \
      BOOL ("rotary", "Rotary positions", "false",                                                 \
            "Turns queries and keys by their positions, so that distance counts."),                \
      TELAR_PARAM_BIAS, TELAR_PARAM_INIT

static const TelarOperator encoder = {
  .name = "transformer_encoder",
  .label = N_ ("Transformer encoder layer"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Each step looks at the others and then thinks for itself. Causal, it is the layer of "
             "GPT; stack several."),
  .formula = "x = norm(x + attention(x)); y = norm(x + dense(activation(dense(x))))",
  .onnx = "MatMul, Softmax, LayerNormalization",
  .inputs = TELAR_PORTS (
      { .name = "in",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("Sequences, batch × steps × features.") },
      { .name = "mask", .kind = TELAR_PORT_TENSOR, .optional = TRUE, .doc = N_ (MASK_DOC) }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      SIZES,
      BOOL ("causal", "Causal", "false", "Hides the later steps, as for predicting the next."),
      REST),
  .lower = lower_encoder,
  .examples = TELAR_EXAMPLES (
      "f32[2,3,4] heads=2", "f32[2,3,4] i64[2,3] heads=1 width=5 activation=gelu order=pre",
      "f32[2,3,4] heads=2 width=3 causal=true rotary=true gated=true activation=silu norm=rms "
      "order=pre bias=false dropout=0"),
};

static const TelarOperator decoder = {
  .name = "transformer_decoder",
  .label = N_ ("Transformer decoder layer"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("As the encoder layer, and between its parts each step looks at a second sequence, "
             "such as the sentence to translate."),
  .formula = "x = norm(x + attention(x)); x = norm(x + attention(x, memory)); y = norm(x + "
             "dense(activation(dense(x))))",
  .onnx = "MatMul, Softmax, LayerNormalization",
  .inputs = TELAR_PORTS (
      { .name = "in",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("Sequences, batch × steps × features.") },
      { .name = "memory",
        .kind = TELAR_PORT_TENSOR,
        .doc = N_ ("What an encoder made of the other sequence, batch × steps × features.") },
      { .name = "memory_mask", .kind = TELAR_PORT_TENSOR, .optional = TRUE, .doc = N_ (MASK_DOC) },
      { .name = "mask", .kind = TELAR_PORT_TENSOR, .optional = TRUE, .doc = N_ (MASK_DOC) }),
  .outputs = telar_ports_out,
  .params = TELAR_PARAMS (
      SIZES,
      BOOL ("causal", "Causal", "true", "Hides the later steps, as for predicting the next."),
      REST),
  .lower = lower_decoder,
  .examples = TELAR_EXAMPLES (
      "f32[2,3,4] f32[2,5,3] heads=2 width=6", "f32[2,3,4] f32[2,5,4] heads=2",
      "f32[2,3,4] f32[2,3,4] i64[2,3] heads=1 order=pre activation=gelu",
      "f32[2,3,4] f32[2,5,3] i64[2,5] i64[2,3] heads=1 width=3 order=pre causal=false dropout=0"),
};

const TelarOperator *const telar_operators_transformer[] = { &encoder, &decoder, NULL };
