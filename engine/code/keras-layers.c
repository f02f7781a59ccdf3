/* Layers in Keras: sources, dense ones, normalisations, dropout. */
#include "engine/code/keras-layers.h"
#include "engine/code/keras-pools.h"

#include <string.h>

/* --- sources ---------------------------------------------------------------------------------- */

static void
emit_constant (CodePiece *p)
{
  const TelarType *type = code_output_type (p, 0);
  g_autofree char *value = code_python_real (code_real (p, "value"));
  g_autofree char *sizes = code_python_tuple (type->shape.dims, type->shape.rank);
  guint n;

  telar_param_set_reals (p->lowered->node->params, "numbers", &n);
  if (code_bool (p, "stored") || n > 0)
    code_refuse (p, "its numbers are a list");
  else
    code_forward (p, "ops.full(%s, %s, dtype=\"%s\")", sizes, value, code_dtype (type->dtype));
}

static gboolean
has_input (const TelarGraph *drawing)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing);

  for (guint i = 0; i < nodes->len; i++)
    if (code_is_input (nodes->pdata[i]))
      return TRUE;
  return FALSE;
}

/* A layer is part of a model by what it is given. */
static void
emit_parameter (CodePiece *p)
{
  const TelarShape *shape = &code_output_type (p, 0)->shape;
  CodeCall *call = code_module (p, "", "Parameter");

  if (!has_input (p->drawing)) {
    code_refuse (p, "the drawing is given nothing");
    return;
  }
  code_need (p, "Parameter");
  for (guint i = 0; i < shape->rank; i++)
    code_positional (call, "size", "%" G_GINT64_FORMAT, shape->dims[i]);
  code_weight (p, "", "value", "value", CODE_AS_IS);
  code_forward (p, "self.%s($@)", p->attr);
}

static void
emit_standardize (CodePiece *p)
{
  code_module (p, "", "Standardize");
  code_need (p, "Standardize");
  code_weight (p, "", "mean", "mean", CODE_AS_IS);
  code_weight (p, "", "deviation", "deviation", CODE_AS_IS);
  code_forward (p, "self.%s($0)", p->attr);
}

/* --- dense ------------------------------------------------------------------------------------ */

gboolean
code_keras_is_normalised (CodePiece *p)
{
  if (g_str_equal (code_text (p, "normalise_weights"), "none"))
    return FALSE;
  code_refuse (p, "Keras has no such normalisation of weights");
  return TRUE;
}

/* Keras' name for the activation where it means the same, or NULL. */
static const char *
keras_activation (const char *name)
{
  static const char *const same[] = { "relu",        "sigmoid",     "tanh",     "elu",  "selu",
                                      "celu",        "softplus",    "softsign", "silu", "mish",
                                      "log_sigmoid", "tanh_shrink", NULL };

  if (g_strv_contains (same, name))
    return name;
  return g_str_equal (name, "hard_sigmoid") ? "hard_sigmoid"
         : g_str_equal (name, "hard_swish") ? "hard_silu"
                                            : NULL;
}

void
code_keras_activate (CodePiece *p, CodeCall *call)
{
  const char *name = code_text (p, "activation"), *own = keras_activation (name);

  if (own)
    code_keyword (call, "activation", "\"%s\"", own);
  else
    code_activate (p, name);
}

void
code_keras_cell_activations (CodePiece *p, CodeCall *call)
{
  const char *activation = code_text (p, "activation");

  if (!g_str_equal (activation, "tanh"))
    code_keyword (call, "activation", "\"%s\"", activation);
  if (code_has (p, "gate_activation") && !g_str_equal (code_text (p, "gate_activation"), "sigmoid"))
    code_keyword (call, "recurrent_activation", "\"%s\"", code_text (p, "gate_activation"));
}

void
code_keras_bias (CodePiece *p, CodeCall *call)
{
  if (code_bool (p, "bias"))
    code_weight (p, "", "bias", "bias", CODE_AS_IS);
  else
    code_keyword (call, "use_bias", "False");
}

static void
emit_dense (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "layers.Dense");

  if (code_keras_is_normalised (p))
    return;
  code_positional (call, "units", "%" G_GINT64_FORMAT, code_int (p, "units"));
  code_weight (p, "", "kernel", "kernel", CODE_AS_IS);
  code_keras_bias (p, call);
  code_forward (p, "self.%s($0)", p->attr);
  code_keras_activate (p, call);
}

static void
emit_bilinear (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "Bilinear");

  code_need (p, "Bilinear");
  code_positional (call, "units", "%" G_GINT64_FORMAT, code_int (p, "units"));
  code_weight (p, "", "kernel", "kernel", CODE_AS_IS);
  code_keras_bias (p, call);
  code_forward (p, "self.%s([$0, $1])", p->attr);
  code_activate (p, code_text (p, "activation"));
}

static void
emit_embedding (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "layers.Embedding");

  code_positional (call, "input_dim", "%" G_GINT64_FORMAT, code_int (p, "vocabulary"));
  code_positional (call, "output_dim", "%" G_GINT64_FORMAT, code_int (p, "size"));
  code_weight (p, "", "embeddings", "table", CODE_AS_IS);
  code_forward (p, "self.%s($0)", p->attr);
}

/* --- normalisations --------------------------------------------------------------------------- */

static void
add_epsilon (CodePiece *p, CodeCall *call)
{
  g_autofree char *text = code_python_real (code_real (p, "epsilon"));

  code_keyword (call, "epsilon", "%s", text);
}

static void
add_affine (CodePiece *p, CodeCall *call)
{
  if (code_bool (p, "scale"))
    code_weight (p, "", "gamma", "scale", CODE_AS_IS);
  else
    code_keyword (call, "scale", "False");
  if (code_bool (p, "bias"))
    code_weight (p, "", "beta", "bias", CODE_AS_IS);
  else
    code_keyword (call, "center", "False");
  code_forward (p, "self.%s($0)", p->attr);
}

/* Keras' momentum is the share of what was, Telar's that of what comes. */
static void
emit_batch_norm (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "layers.BatchNormalization");
  g_autofree char *momentum = g_strdup_printf ("%.9g", 1 - code_real (p, "momentum"));

  if (code_input_type (p, 0)->shape.rank > 2)
    code_keyword (call, "axis", "1");
  code_keyword (call, "momentum", "%s", momentum);
  add_epsilon (p, call);
  add_affine (p, call);
  code_weight (p, "", "moving_mean", "mean", CODE_AS_IS);
  code_weight (p, "", "moving_variance", "variance", CODE_AS_IS);
}

static void
add_group_norm (CodePiece *p, gint64 groups)
{
  CodeCall *call = code_module (p, "", "layers.GroupNormalization");

  code_positional (call, "groups", "%" G_GINT64_FORMAT, groups);
  if (code_input_type (p, 0)->shape.rank > 2)
    code_keyword (call, "axis", "1");
  add_epsilon (p, call);
  add_affine (p, call);
}

static void
emit_group_norm (CodePiece *p)
{
  add_group_norm (p, code_int (p, "groups"));
}

/* Each channel is a group of its own. */
static void
emit_instance_norm (CodePiece *p)
{
  add_group_norm (p, -1);
}

static void
emit_layer_norm (CodePiece *p)
{
  guint rank = code_input_type (p, 0)->shape.rank, first = code_axis (p, "axis");
  CodeCall *call = code_module (p, "", "layers.LayerNormalization");
  GString *axes = g_string_new ("[");

  for (guint axis = first; axis < rank; axis++)
    g_string_append_printf (axes, "%s%u", axis > first ? ", " : "", axis);
  if (rank - first > 1)
    code_keyword (call, "axis", "%s]", axes->str);
  g_string_free (axes, TRUE);
  add_epsilon (p, call);
  add_affine (p, call);
}

static void
emit_rms_norm (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "layers.RMSNormalization");

  if (!code_bool (p, "scale")) {
    g_autofree char *epsilon = code_fill (p, "{epsilon}");
    g_ptr_array_set_size (p->modules, 0);
    code_forward (p, "$0 * ops.rsqrt(ops.mean(ops.square($0), axis=-1, keepdims=True) + %s)",
                  epsilon);
    return;
  }
  add_epsilon (p, call);
  code_weight (p, "", "scale", "scale", CODE_AS_IS);
  code_forward (p, "self.%s($0)", p->attr);
}

/* --- dropout ---------------------------------------------------------------------------------- */

static void
emit_dropout (CodePiece *p)
{
  code_dropout (p, "layers.Dropout", "rate");
}

/* Whole channels, which stand first here. */
static void
emit_spatial_dropout (CodePiece *p)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  CodeCall *call = code_module (p, "", "layers.Dropout");
  g_autofree char *rate = code_python_real (code_real (p, "rate"));
  gint64 noise[TELAR_MAX_RANK] = { 0, shape->dims[1], 1, 1, 1, 1, 1, 1 };
  g_autofree char *sizes = code_python_tuple (noise + 1, shape->rank - 1);

  code_positional (call, "rate", "%s", rate);
  code_keyword (call, "noise_shape", "(None, %s", sizes + 1);
  code_forward (p, "self.%s($0)", p->attr);
}

static void
emit_alpha_dropout (CodePiece *p)
{
  code_dropout (p, "layers.AlphaDropout", "rate");
}

static void
emit_gaussian_dropout (CodePiece *p)
{
  code_dropout (p, "layers.GaussianDropout", "rate");
}

static void
emit_gaussian_noise (CodePiece *p)
{
  code_dropout (p, "layers.GaussianNoise", "deviation");
}

static void
emit_activity_penalty (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "layers.ActivityRegularization");
  g_autofree char *l1 = code_fill (p, "{l1}"), *l2 = code_fill (p, "{l2}");

  code_keyword (call, "l1", "%s", l1);
  code_keyword (call, "l2", "%s", l2);
  code_forward (p, "self.%s($0)", p->attr);
}

/* --- the table -------------------------------------------------------------------------------- */

const CodeEntry code_keras_layers[] = {
  { "constant", .emit = emit_constant },
  { "parameter", .emit = emit_parameter },
  { "standardize", .emit = emit_standardize },
  { "dense", .emit = emit_dense },
  { "bilinear", .emit = emit_bilinear },
  { "embedding", .emit = emit_embedding },
  CODE_DIMENSIONS ("max_pool", "", code_keras_max_pool),
  CODE_DIMENSIONS ("avg_pool", "", code_keras_avg_pool),
  CODE_DIMENSIONS ("lp_pool", "", code_keras_lp_pool),
  { "global_max_pool", .emit = code_keras_global_pool },
  { "global_avg_pool", .emit = code_keras_global_pool },
  { "global_lp_pool", .emit = code_keras_global_lp_pool },
  { "adaptive_avg_pool", .emit = code_keras_adaptive_pool },
  { "adaptive_max_pool", .emit = code_keras_adaptive_pool },
  { "batch_norm", .emit = emit_batch_norm },
  { "instance_norm", .emit = emit_instance_norm },
  { "group_norm", .emit = emit_group_norm },
  { "layer_norm", .emit = emit_layer_norm },
  { "rms_norm", .emit = emit_rms_norm },
  { "local_response_norm", "local_response_norm($0, {size}, {alpha}, {beta}, {offset})",
    .helper = "local_response_norm" },
  { "dropout", .emit = emit_dropout },
  { "spatial_dropout", .emit = emit_spatial_dropout },
  { "alpha_dropout", .emit = emit_alpha_dropout },
  { "gaussian_dropout", .emit = emit_gaussian_dropout },
  { "gaussian_noise", .emit = emit_gaussian_noise },
  { "activity_penalty", .emit = emit_activity_penalty },
  { NULL },
};
