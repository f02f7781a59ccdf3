/* Sequences in Keras: recurrent layers, attention, Transformers, positions. */
#include "engine/code/keras-layers.h"

#include <string.h>

/* --- recurrent -------------------------------------------------------------------------------- */

typedef struct {
  const char *klass; /* "layers.LSTM" */
  gint64 units, layers;
  gboolean both, bias, gru, sequences;
  gboolean plain; /* nobody gives or reads a state or says how long rows are */
} Recurrent;

static void
read_recurrent (const CodePiece *p, Recurrent *r)
{
  const char *op = p->node->op->name;
  guint n = telar_operator_n_outputs (p->node->op);

  r->gru = g_str_equal (op, "gru");
  r->klass = r->gru ? "layers.GRU" : g_str_equal (op, "lstm") ? "layers.LSTM" : "layers.SimpleRNN";
  r->units = code_int (p, "units");
  r->layers = code_int (p, "layers");
  r->both = code_bool (p, "bidirectional");
  r->bias = code_bool (p, "bias");
  r->sequences = code_bool (p, "sequences");
  r->plain = p->n_inputs == 1;
  for (guint port = 1; port < n; port++)
    r->plain = r->plain && !p->used[port];
}

/* PyTorch's order of gates is that of the states; Keras has one bias, but for a GRU's two. */
static void
add_cell_weights (CodePiece *p, const Recurrent *r, const char *suffix, gint64 layer, gboolean back)
{
  static const char *const roles[][2] = { { "kernel", "kernel" },
                                          { "recurrent", "recurrent_kernel" } };
  g_autofree char *end =
      g_strdup_printf ("_l%" G_GINT64_FORMAT "%s", layer, back ? "_reverse" : "");
  const char *cell = !r->both ? "cell" : back ? "backward_layer.cell" : "forward_layer.cell";
  CodeWeightForm form = r->gru ? CODE_GATES : CODE_TRANSPOSED;

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    g_autofree char *role = g_strconcat (roles[i][0], end, NULL);
    g_autofree char *name = g_strdup_printf ("%s.%s", cell, roles[i][1]);
    code_weight (p, suffix, name, role, form);
  }
  if (!r->bias)
    return;
  g_autofree char *name = g_strconcat (cell, ".bias", NULL);
  g_autofree char *bias = g_strconcat ("bias", end, NULL);
  g_autofree char *recurrent = g_strconcat ("recurrent_bias", end, NULL);
  CodeWeight *weight = code_weight_of (p, suffix, name);
  gint64 sizes[] = { 2, 3 * r->units };
  weight->form = r->gru ? CODE_GATES : CODE_AS_IS;
  weight->summed = !r->gru || !code_bool (p, "reset_after");
  code_weight_add (p, weight, bias);
  code_weight_add (p, weight, recurrent);
  if (!weight->summed)
    code_weight_shape (weight, sizes, 2);
}

static void
fill_cell (CodePiece *p, CodeCall *call, const Recurrent *r, gboolean sequences)
{
  code_positional (call, "units", "%" G_GINT64_FORMAT, r->units);
  code_keras_cell_activations (p, call);
  if (!r->bias)
    code_keyword (call, "use_bias", "False");
  if (r->gru && !code_bool (p, "reset_after"))
    code_keyword (call, "reset_after", "False");
  if (sequences)
    code_keyword (call, "return_sequences", "True");
  if (!r->plain)
    code_keyword (call, "return_state", "True");
}

/* One layer of the stack, and the dropout in front of it. @list and @nested call them. */
static void
add_layer (CodePiece *p, const Recurrent *r, gint64 layer, GString *list, GString *nested)
{
  gboolean top = layer + 1 == r->layers, sequences = !top || r->sequences || !r->plain;
  g_autofree char *suffix =
      r->layers > 1 ? g_strdup_printf ("_%" G_GINT64_FORMAT, layer) : g_strdup ("");

  if (layer > 0 && code_real (p, "dropout") > 0) {
    g_autofree char *end = g_strdup_printf ("_dropout_%" G_GINT64_FORMAT, layer);
    g_autofree char *rate = code_fill (p, "{dropout}");
    code_positional (code_module (p, end, "layers.Dropout"), "rate", "%s", rate);
    g_string_append_printf (list, ", self.%s%s", p->attr, end);
    g_string_prepend (nested, "(");
    g_string_prepend (nested, end);
    g_string_prepend (nested, p->attr);
    g_string_prepend (nested, "self.");
    g_string_append_c (nested, ')');
  }
  g_autofree char *called = g_strdup_printf ("self.%s%s", p->attr, suffix);
  g_string_append_printf (list, "%s%s", list->len ? ", " : "", called);
  g_string_prepend (nested, "(");
  g_string_prepend (nested, called);
  g_string_append_c (nested, ')');
  if (r->both) {
    CodeCall *cell = code_call_new (r->klass);
    fill_cell (p, cell, r, sequences);
    g_autofree char *text = code_call_text (cell, NULL);
    code_positional (code_module (p, suffix, "layers.Bidirectional"), "layer", "%s", text);
    code_call_free (cell);
  } else {
    fill_cell (p, code_module (p, suffix, r->klass), r, sequences);
  }
  for (guint back = 0; back < 1u + r->both; back++)
    add_cell_weights (p, r, suffix, layer, back);
}

static void
emit_recurrent (CodePiece *p)
{
  g_autoptr (GString) list = g_string_new (NULL), nested = g_string_new ("$0");
  Recurrent r;

  read_recurrent (p, &r);
  for (gint64 layer = 0; layer < r.layers; layer++)
    add_layer (p, &r, layer, list, nested);
  if (r.plain) {
    code_forward (p, "%s", nested->str);
    p->alone = TRUE;
    return;
  }
  g_autofree char *network = g_strdup_printf ("[%s]", list->str);
  code_emit_run_recurrent (p, network, r.both);
}

/* --- attention -------------------------------------------------------------------------------- */

/* The numbers of each head apart: "query_dense.kernel" is [features, heads, size]. */
static void
add_head_weights (CodePiece *p, const char *module, const char *prefix, const char *part,
                  gint64 features, gint64 heads, gint64 size, gboolean bias)
{
  g_autofree char *kernel = g_strdup_printf ("%s%s_kernel", prefix, part);
  g_autofree char *offset = g_strdup_printf ("%s%s_bias", prefix, part);
  g_autofree char *name = g_strdup_printf ("%s%s_dense.kernel", module, part);
  g_autofree char *other = g_strdup_printf ("%s%s_dense.bias", module, part);
  gboolean out = g_str_equal (part, "output");
  gint64 sizes[] = { features, heads, size }, out_sizes[] = { heads, size, features };
  CodeWeight *weight = code_weight_of (p, "", name);

  code_weight_add (p, weight, kernel);
  code_weight_shape (weight, out ? out_sizes : sizes, 3);
  if (!bias)
    return;
  weight = code_weight_of (p, "", other);
  code_weight_add (p, weight, offset);
  if (!out)
    code_weight_shape (weight, sizes + 1, 2);
}

typedef struct {
  gint64 query, key, value, out; /* features */
  gint64 heads, key_size, value_size;
  gboolean bias;
} Heads;

static void
add_all_heads (CodePiece *p, const char *module, const char *prefix, const Heads *h)
{
  add_head_weights (p, module, prefix, "query", h->query, h->heads, h->key_size, h->bias);
  add_head_weights (p, module, prefix, "key", h->key, h->heads, h->key_size, h->bias);
  add_head_weights (p, module, prefix, "value", h->value, h->heads, h->value_size, h->bias);
  add_head_weights (p, module, prefix, "output", h->out, h->heads, h->value_size, h->bias);
}

/* What a mask is for Keras: true where a query may look, of [N, queries, keys]. Caller frees. */
static char *
mask_text (CodePiece *p, int wire)
{
  const TelarType *type = wire < 0 ? NULL : code_input_type (p, (guint)wire);

  if (!type)
    return NULL;
  if (telar_dtype_is_float (type->dtype))
    code_refuse (p, "its mask is added to the scores");
  return g_strdup_printf (
      type->shape.rank == 2 ? "ops.cast($%d, \"bool\")[:, None]" : "ops.cast($%d, \"bool\")", wire);
}

static void
emit_multi_head (CodePiece *p)
{
  int key = MAX (code_wire_at (p, 1), 0), value = code_wire_at (p, 2);
  g_autofree char *mask = mask_text (p, code_wire_at (p, 3));
  gint64 key_size = code_int (p, "key_size"), value_size = code_int (p, "value_size");
  gint64 size = code_int (p, "size");
  Heads h = { .query = code_features (p, 0),
              .key = code_features (p, key),
              .heads = code_int (p, "heads"),
              .bias = code_bool (p, "bias") };
  GString *text = g_string_new (NULL);

  value = value < 0 ? key : value;
  h.value = code_features (p, value);
  h.key_size = key_size ? key_size : h.query / h.heads;
  h.value_size = value_size ? value_size : h.key_size;
  h.out = size ? size : h.query;
  if (code_int (p, "key_heads") != 0 && code_int (p, "key_heads") != h.heads)
    code_refuse (p, "Keras has a key for each query in this layer");
  if (code_bool (p, "rotary"))
    code_refuse (p, "Keras' attention has no rotary positions");
  CodeCall *call = code_module (p, "", "layers.MultiHeadAttention");
  code_positional (call, "num_heads", "%" G_GINT64_FORMAT, h.heads);
  code_positional (call, "key_dim", "%" G_GINT64_FORMAT, h.key_size);
  if (h.value_size != h.key_size)
    code_keyword (call, "value_dim", "%" G_GINT64_FORMAT, h.value_size);
  if (code_real (p, "dropout") > 0) {
    g_autofree char *dropout = code_fill (p, "{dropout}");
    code_keyword (call, "dropout", "%s", dropout);
  }
  if (!h.bias)
    code_keyword (call, "use_bias", "False");
  if (h.out != h.query)
    code_keyword (call, "output_shape", "%" G_GINT64_FORMAT, h.out);
  add_all_heads (p, "", "", &h);
  g_string_printf (text, "self.%s($0, $%d, $%d", p->attr, value, key);
  if (mask)
    g_string_append_printf (text, ", attention_mask=%s", mask);
  if (code_bool (p, "causal"))
    g_string_append (text, ", use_causal_mask=True");
  p->alone = !p->used[1];
  code_forward (p, "%s%s)", text->str, p->alone ? "" : ", return_attention_scores=True");
  g_string_free (text, TRUE);
}

/* --- Transformers ----------------------------------------------------------------------------- */

static void
add_norm_weights (CodePiece *p, const char *module, const char *prefix)
{
  gboolean rms = g_str_equal (code_text (p, "norm"), "rms");
  g_autofree char *scale = g_strconcat (prefix, "_norm_scale", NULL);
  g_autofree char *bias = g_strconcat (prefix, "_norm_bias", NULL);
  g_autofree char *gamma = g_strconcat (module, rms ? ".scale" : ".gamma", NULL);
  g_autofree char *beta = g_strconcat (module, ".beta", NULL);

  code_weight (p, "", gamma, scale, CODE_AS_IS);
  if (!rms)
    code_weight (p, "", beta, bias, CODE_AS_IS);
}

static void
add_dense_weights (CodePiece *p, const char *module, const char *prefix)
{
  g_autofree char *kernel = g_strconcat (prefix, "_kernel", NULL);
  g_autofree char *bias = g_strconcat (prefix, "_bias", NULL);
  g_autofree char *name = g_strconcat (module, ".kernel", NULL);
  g_autofree char *other = g_strconcat (module, ".bias", NULL);

  code_weight (p, "", name, kernel, CODE_AS_IS);
  if (code_bool (p, "bias"))
    code_weight (p, "", other, bias, CODE_AS_IS);
}

static void
add_transformer (CodePiece *p, gboolean decoder)
{
  gint64 size = code_features (p, 0), width = code_int (p, "width"), heads = code_int (p, "heads");
  const char *klass = decoder ? "TransformerDecoder" : "TransformerEncoder";
  g_autofree char *dropout = code_fill (p, "{dropout}"), *epsilon = code_fill (p, "{epsilon}");
  gboolean gated = code_bool (p, "gated");
  Heads self = { size, size, size, size, heads, size / heads, size / heads, code_bool (p, "bias") };
  Heads cross = self;
  CodeCall *call = code_module (p, "", klass);

  if (code_bool (p, "rotary"))
    code_refuse (p, "Keras' attention has no rotary positions");
  code_need (p, klass);
  code_positional (call, "size", "%" G_GINT64_FORMAT, size);
  code_positional (call, "heads", "%" G_GINT64_FORMAT, heads);
  code_positional (call, "width", "%" G_GINT64_FORMAT, width ? width : 4 * size);
  code_keyword (call, "activation", "\"%s\"", code_text (p, "activation"));
  code_keyword (call, "dropout", "%s", dropout);
  code_keyword (call, "epsilon", "%s", epsilon);
  if (g_str_equal (code_text (p, "order"), "pre"))
    code_keyword (call, "norm_first", "True");
  if (code_bool (p, "causal"))
    code_keyword (call, "causal", "True");
  if (gated)
    code_keyword (call, "gated", "True");
  if (g_str_equal (code_text (p, "norm"), "rms"))
    code_keyword (call, "norm", "layers.RMSNormalization");
  if (!self.bias)
    code_keyword (call, "use_bias", "False");
  add_all_heads (p, "attention.", "self_", &self);
  add_norm_weights (p, "norms.0", "self");
  if (decoder) {
    cross.key = cross.value = code_features (p, 1);
    add_all_heads (p, "cross.", "cross_", &cross);
    add_norm_weights (p, "norms.1", "cross");
  }
  add_dense_weights (p, "hidden", "hidden");
  add_dense_weights (p, "result", "result");
  if (gated)
    add_dense_weights (p, "gate", "gated");
  add_norm_weights (p, decoder ? "norms.2" : "norms.1", "dense");
}

static void
emit_encoder (CodePiece *p)
{
  g_autofree char *mask = mask_text (p, code_wire_at (p, 1));

  add_transformer (p, FALSE);
  code_forward (p, "self.%s($0%s%s)", p->attr, mask ? ", " : "", mask ? mask : "");
}

static void
emit_decoder (CodePiece *p)
{
  g_autofree char *memory_mask = mask_text (p, code_wire_at (p, 2));
  g_autofree char *mask = mask_text (p, code_wire_at (p, 3));

  add_transformer (p, TRUE);
  if (mask || memory_mask)
    code_forward (p, "self.%s($0, $1, %s, %s)", p->attr, memory_mask ? memory_mask : "None",
                  mask ? mask : "None");
  else
    code_forward (p, "self.%s($0, $1)", p->attr);
}

/* --- positions -------------------------------------------------------------------------------- */

static void
emit_learned_positions (CodePiece *p)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  gint64 longest = code_int (p, "longest");
  CodeCall *call = code_module (p, "", "LearnedPositions");

  code_need (p, "LearnedPositions");
  code_positional (call, "longest", "%" G_GINT64_FORMAT, longest ? longest : shape->dims[1]);
  code_weight (p, "", "table", "table", CODE_AS_IS);
  code_forward (p, "self.%s($0)", p->attr);
}

const CodeEntry code_keras_sequences[] = {
  { "rnn", .emit = emit_recurrent },
  { "lstm", .emit = emit_recurrent },
  { "gru", .emit = emit_recurrent },
  { "attention", .emit = code_emit_attention },
  { "multi_head_attention", .emit = emit_multi_head },
  { "transformer_encoder", .emit = emit_encoder },
  { "transformer_decoder", .emit = emit_decoder },
  { "learned_positions", .emit = emit_learned_positions },
  { "sinusoidal_positions", "sinusoidal_positions($0, {base}, {scale})",
    .helper = "sinusoidal_positions" },
  { "last_step", .emit = code_emit_last_step },
  { "reverse_sequence", .emit = code_emit_reverse_sequence },
  { "length_mask", "ops.cast(ops.arange({steps}) < ops.expand_dims($0, -1), \"int64\")" },
  { "rotary_positions", .emit = code_emit_rotary },
  { NULL },
};
