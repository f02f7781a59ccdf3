/* Sequences in PyTorch: recurrent layers, attention, Transformers, positions. */
#include "engine/code/private.h"

#include <string.h>

/* --- recurrent -------------------------------------------------------------------------------- */

static const char *const states[][2] = {
  { "kernel", "weight_ih" },
  { "recurrent", "weight_hh" },
  { "bias", "bias_ih" },
  { "recurrent_bias", "bias_hh" },
};

static void
add_recurrent_weights (CodePiece *p, gint64 layers, gboolean both, gboolean bias)
{
  for (gint64 layer = 0; layer < layers; layer++)
    for (guint back = 0; back < 1u + both; back++)
      for (guint i = 0; i < (bias ? 4 : 2); i++) {
        g_autofree char *end =
            g_strdup_printf ("_l%" G_GINT64_FORMAT "%s", layer, back ? "_reverse" : "");
        g_autofree char *role = g_strconcat (states[i][0], end, NULL);
        g_autofree char *name = g_strconcat (states[i][1], end, NULL);
        code_weight (p, "", name, role, CODE_AS_IS);
      }
}

static gboolean
is_usual (CodePiece *p, gboolean rnn)
{
  const char *activation = code_text (p, "activation");

  if (rnn) {
    if (!g_str_equal (activation, "tanh") && !g_str_equal (activation, "relu"))
      code_refuse (p, "PyTorch has tanh and relu alone, not %s", activation);
    return !p->refusal;
  }
  if (!g_str_equal (activation, "tanh") ||
      !g_str_equal (code_text (p, "gate_activation"), "sigmoid"))
    code_refuse (p, "PyTorch has tanh and sigmoid alone");
  if (g_str_equal (p->node->op->name, "gru") && !code_bool (p, "reset_after"))
    code_refuse (p, "PyTorch resets after the product alone");
  return !p->refusal;
}

static void
emit_recurrent (CodePiece *p)
{
  gboolean rnn = g_str_equal (p->node->op->name, "rnn"), both = code_bool (p, "bidirectional");
  gboolean bias = code_bool (p, "bias");
  gint64 layers = code_int (p, "layers");
  g_autofree char *upper = g_ascii_strup (p->node->op->name, -1);
  g_autofree char *klass = g_strconcat ("nn.", upper, NULL);
  const TelarShape *shape = &code_input_type (p, 0)->shape;

  if (!is_usual (p, rnn))
    return;
  CodeCall *call = code_module (p, "", klass);
  code_positional (call, "input_size", "%" G_GINT64_FORMAT, shape->dims[2]);
  code_positional (call, "hidden_size", "%" G_GINT64_FORMAT, code_int (p, "units"));
  if (layers > 1)
    code_keyword (call, "num_layers", "%" G_GINT64_FORMAT, layers);
  if (rnn && g_str_equal (code_text (p, "activation"), "relu"))
    code_keyword (call, "nonlinearity", "\"relu\"");
  if (!bias)
    code_keyword (call, "bias", "False");
  code_keyword (call, "batch_first", "True");
  if (code_real (p, "dropout") > 0 && layers > 1) {
    g_autofree char *dropout = code_fill (p, "{dropout}");
    code_keyword (call, "dropout", "%s", dropout);
  }
  if (both)
    code_keyword (call, "bidirectional", "True");
  add_recurrent_weights (p, layers, both, bias);
  g_autofree char *network = g_strdup_printf ("self.%s", p->attr);
  code_emit_run_recurrent (p, network, both);
}

/* --- attention -------------------------------------------------------------------------------- */

static void
add_heads (CodePiece *p, const char *module, const char *prefix, gboolean bias)
{
  static const char *const thirds[] = { "query", "key", "value" };
  CodeWeight *weight = code_weight_of (p, "", "");
  CodeWeight *offset = bias ? code_weight_of (p, "", "") : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (thirds); i++) {
    g_autofree char *kernel = g_strconcat (prefix, thirds[i], "_kernel", NULL);
    g_autofree char *role = g_strconcat (prefix, thirds[i], "_bias", NULL);

    code_weight_add (p, weight, kernel);
    if (offset)
      code_weight_add (p, offset, role);
  }
  weight->form = CODE_TRANSPOSED;
  g_free (weight->name);
  weight->name = g_strdup_printf ("%s.%sin_proj_weight", p->attr, module);
  if (offset) {
    g_free (offset->name);
    offset->name = g_strdup_printf ("%s.%sin_proj_bias", p->attr, module);
  }
  g_autofree char *out = g_strconcat (module, "out_proj.weight", NULL);
  g_autofree char *out_bias = g_strconcat (module, "out_proj.bias", NULL);
  g_autofree char *out_kernel_role = g_strconcat (prefix, "output_kernel", NULL);
  g_autofree char *out_bias_role = g_strconcat (prefix, "output_bias", NULL);
  code_weight (p, "", out, out_kernel_role, CODE_TRANSPOSED);
  if (bias)
    code_weight (p, "", out_bias, out_bias_role, CODE_AS_IS);
}

/* "attn_mask=…" and "key_padding_mask=…" for a mask of keys, where 0 hides. */
static gboolean
mask_is_of_keys (CodePiece *p, int wire)
{
  const TelarType *type = wire < 0 ? NULL : code_input_type (p, (guint)wire);

  if (type && (type->shape.rank != 2 || telar_dtype_is_float (type->dtype)))
    code_refuse (p, "its mask is none of keys");
  return type != NULL;
}

static void
emit_multi_head (CodePiece *p)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  int key = code_wire_at (p, 1), value = code_wire_at (p, 2), mask = code_wire_at (p, 3);
  gboolean bias = code_bool (p, "bias"), causal = code_bool (p, "causal");
  GString *text = g_string_new (NULL);
  const char *const sizes[] = { "key_heads", "key_size", "value_size", "size" };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (code_int (p, sizes[i]) != 0)
      code_refuse (p, "PyTorch's heads share out the features evenly");
  if (code_bool (p, "rotary"))
    code_refuse (p, "PyTorch's attention has no rotary positions");
  for (int i = 1; i <= 2; i++) {
    int wire = i == 1 ? key : value;
    if (wire >= 0 && code_input_type (p, (guint)wire)->shape.dims[2] != shape->dims[2])
      code_refuse (p, "keys and values have another number of features");
  }
  CodeCall *call = code_module (p, "", "nn.MultiheadAttention");
  code_positional (call, "embed_dim", "%" G_GINT64_FORMAT, shape->dims[2]);
  code_positional (call, "num_heads", "%" G_GINT64_FORMAT, code_int (p, "heads"));
  if (code_real (p, "dropout") > 0) {
    g_autofree char *dropout = code_fill (p, "{dropout}");
    code_keyword (call, "dropout", "%s", dropout);
  }
  if (!bias)
    code_keyword (call, "bias", "False");
  code_keyword (call, "batch_first", "True");
  add_heads (p, "", "", bias);
  g_string_printf (text, "self.%s($0, $%d, $%d", p->attr, MAX (key, 0), MAX (value, MAX (key, 0)));
  if (mask_is_of_keys (p, mask))
    g_string_append_printf (text, ", key_padding_mask=$%d == 0", mask);
  if (causal) {
    code_need (p, "later");
    g_string_append_printf (text, ", attn_mask=later($0, $%d)", MAX (key, 0));
  }
  code_forward (p, "%s, average_attn_weights=False)", text->str);
  g_string_free (text, TRUE);
}

/* --- Transformers ----------------------------------------------------------------------------- */

static void
add_transformer_weights (CodePiece *p, gboolean decoder, gboolean bias)
{
  static const char *const parts[][2] = { { "hidden_", "linear1" }, { "result_", "linear2" } };
  const char *const norms[] = { "self", decoder ? "cross" : "dense", "dense" };

  add_heads (p, "self_attn.", "self_", bias);
  if (decoder)
    add_heads (p, "multihead_attn.", "cross_", bias);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *kernel = g_strconcat (parts[i][0], "kernel", NULL);
    g_autofree char *offset = g_strconcat (parts[i][0], "bias", NULL);
    g_autofree char *weight = g_strconcat (parts[i][1], ".weight", NULL);
    g_autofree char *name = g_strconcat (parts[i][1], ".bias", NULL);

    code_weight (p, "", weight, kernel, CODE_TRANSPOSED);
    if (bias)
      code_weight (p, "", name, offset, CODE_AS_IS);
  }
  for (guint i = 0; i < 2u + decoder; i++) {
    g_autofree char *scale = g_strconcat (norms[i], "_norm_scale", NULL);
    g_autofree char *offset = g_strconcat (norms[i], "_norm_bias", NULL);
    g_autofree char *weight = g_strdup_printf ("norm%u.weight", i + 1);
    g_autofree char *name = g_strdup_printf ("norm%u.bias", i + 1);

    code_weight (p, "", weight, scale, CODE_AS_IS);
    code_weight (p, "", name, offset, CODE_AS_IS);
  }
}

static void
add_transformer (CodePiece *p, gboolean decoder)
{
  gint64 size = code_input_type (p, 0)->shape.dims[2], width = code_int (p, "width");
  const char *activation = code_text (p, "activation");
  CodeCall *call =
      code_module (p, "", decoder ? "nn.TransformerDecoderLayer" : "nn.TransformerEncoderLayer");
  g_autofree char *dropout = code_fill (p, "{dropout}"), *epsilon = code_fill (p, "{epsilon}");

  code_positional (call, "d_model", "%" G_GINT64_FORMAT, size);
  code_positional (call, "nhead", "%" G_GINT64_FORMAT, code_int (p, "heads"));
  code_positional (call, "dim_feedforward", "%" G_GINT64_FORMAT, width ? width : 4 * size);
  code_keyword (call, "dropout", "%s", dropout);
  if (g_str_equal (activation, "gelu"))
    code_keyword (call, "activation", "\"gelu\"");
  else if (!g_str_equal (activation, "relu"))
    code_refuse (p, "PyTorch's layer has relu and gelu alone");
  if (code_real (p, "epsilon") != 1e-5)
    code_keyword (call, "layer_norm_eps", "%s", epsilon);
  code_keyword (call, "batch_first", "True");
  if (g_str_equal (code_text (p, "order"), "pre"))
    code_keyword (call, "norm_first", "True");
  if (code_bool (p, "rotary") || code_bool (p, "gated") || !code_bool (p, "bias") ||
      !g_str_equal (code_text (p, "norm"), "layer"))
    code_refuse (p, "PyTorch's layer is neither gated nor rotary and has biases and layer norms");
  add_transformer_weights (p, decoder, TRUE);
}

static void
emit_encoder (CodePiece *p)
{
  int mask = code_wire_at (p, 1);
  GString *text = g_string_new (NULL);

  add_transformer (p, FALSE);
  g_string_printf (text, "self.%s($0", p->attr);
  if (code_bool (p, "causal")) {
    code_need (p, "later");
    g_string_append (text, ", later($0, $0)");
  }
  if (mask_is_of_keys (p, mask))
    g_string_append_printf (text, ", src_key_padding_mask=$%d == 0", mask);
  code_forward (p, "%s)", text->str);
  g_string_free (text, TRUE);
}

static void
emit_decoder (CodePiece *p)
{
  int memory_mask = code_wire_at (p, 2), mask = code_wire_at (p, 3);
  GString *text = g_string_new (NULL);

  if (code_input_type (p, 1)->shape.dims[2] != code_input_type (p, 0)->shape.dims[2])
    code_refuse (p, "what it looks at has another number of features");
  add_transformer (p, TRUE);
  g_string_printf (text, "self.%s($0, $1", p->attr);
  if (code_bool (p, "causal")) {
    code_need (p, "later");
    g_string_append (text, ", later($0, $0)");
  }
  if (mask_is_of_keys (p, mask))
    g_string_append_printf (text, ", tgt_key_padding_mask=$%d == 0", mask);
  if (mask_is_of_keys (p, memory_mask))
    g_string_append_printf (text, ", memory_key_padding_mask=$%d == 0", memory_mask);
  code_forward (p, "%s)", text->str);
  g_string_free (text, TRUE);
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
  code_positional (call, "size", "%" G_GINT64_FORMAT, shape->dims[2]);
  code_weight (p, "", "table", "table", CODE_AS_IS);
  code_forward (p, "self.%s($0)", p->attr);
}

static void
emit_sinusoidal_positions (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "SinusoidalPositions");
  g_autofree char *base = code_fill (p, "{base}"), *scale = code_fill (p, "{scale}");

  code_need (p, "SinusoidalPositions");
  code_positional (call, "base", "%s", base);
  code_positional (call, "scale", "%s", scale);
  code_forward (p, "self.%s($0)", p->attr);
}

const CodeEntry code_torch_sequences[] = {
  { "rnn", .emit = emit_recurrent },
  { "lstm", .emit = emit_recurrent },
  { "gru", .emit = emit_recurrent },
  { "attention", .emit = code_emit_attention },
  { "multi_head_attention", .emit = emit_multi_head },
  { "transformer_encoder", .emit = emit_encoder },
  { "transformer_decoder", .emit = emit_decoder },
  { "learned_positions", .emit = emit_learned_positions },
  { "sinusoidal_positions", .emit = emit_sinusoidal_positions },
  { "last_step", .emit = code_emit_last_step },
  { "reverse_sequence", .emit = code_emit_reverse_sequence },
  { "length_mask", "(torch.arange({steps}, device=$0.device) < $0[:, None]).long()" },
  { "rotary_positions", .emit = code_emit_rotary },
  { NULL },
};
