/* Layers in Keras: sources, dense ones, convolutions, normalisations, dropout. */
#include "engine/code/keras-pools.h"
#include "engine/code/window.h"

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
  CodeCall *call = code_module (p, "", "Standardize");
  (void)call;

  code_need (p, "Standardize");
  code_weight (p, "", "mean", "mean", CODE_AS_IS);
  code_weight (p, "", "deviation", "deviation", CODE_AS_IS);
  code_forward (p, "self.%s($0)", p->attr);
}

/* --- dense ------------------------------------------------------------------------------------ */

static gboolean
is_normalised (CodePiece *p)
{
  if (g_str_equal (code_text (p, "normalise_weights"), "none"))
    return FALSE;
  code_refuse (p, "its weights are normalised");
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

/* The layer's own activation, or one behind it. */
static void
add_activation (CodePiece *p, CodeCall *call)
{
  const char *name = code_text (p, "activation"), *own = keras_activation (name);

  if (own)
    code_keyword (call, "activation", "\"%s\"", own);
  else
    code_activate (p, name);
}

/* Kernel and bias of a layer, by its names. */
static void
add_bias (CodePiece *p, CodeCall *call)
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

  if (is_normalised (p))
    return;
  code_positional (call, "units", "%" G_GINT64_FORMAT, code_int (p, "units"));
  code_weight (p, "", "kernel", "kernel", CODE_AS_IS);
  add_bias (p, call);
  code_forward (p, "self.%s($0)", p->attr);
  add_activation (p, call);
}

static void
emit_bilinear (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "Bilinear");

  code_need (p, "Bilinear");
  code_positional (call, "units", "%" G_GINT64_FORMAT, code_int (p, "units"));
  code_weight (p, "", "kernel", "kernel", CODE_AS_IS);
  add_bias (p, call);
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

/* --- convolutions ----------------------------------------------------------------------------- */

static void
add_list (CodeCall *call, const char *name, const gint64 *items, guint n)
{
  g_autofree char *text = code_python_ints (items, n);

  if (!g_str_equal (text, "1"))
    code_keyword (call, name, "%s", text);
}

/* Kernel, strides, padding: "layers.Conv2D(12, 3, padding="same", data_format="channels_first")".
 */
static CodeCall *
add_conv (CodePiece *p, const char *kind, const CodeWindow *window, gint64 filters)
{
  g_autofree char *klass = g_strdup_printf ("layers.%s", kind);
  g_autofree char *kernel = code_python_ints (window->kernel, window->n);
  CodeCall *call = code_module (p, "", klass);

  if (filters > 0)
    code_positional (call, "filters", "%" G_GINT64_FORMAT, filters);
  code_positional (call, "kernel_size", "%s", kernel);
  add_list (call, "strides", window->stride, window->n);
  add_list (call, "dilation_rate", window->dilation, window->n);
  return call;
}

static gboolean
is_one (const gint64 *items, guint n)
{
  for (guint i = 0; i < n; i++)
    if (items[i] != 1)
      return FALSE;
  return TRUE;
}

/* What Keras' layer says of padding; what it does not, is padded before. */
static void
finish_conv (CodePiece *p, CodeCall *call, const CodeWindow *window)
{
  gboolean same = code_window_is_same (window, code_input_type (p, 0)->shape.dims + 2);
  g_autofree char *pairs = code_window_pairs (window);

  if (!is_one (window->stride, window->n) && !is_one (window->dilation, window->n))
    code_refuse (p, "Keras has no stride with a dilation");
  if (same && code_window_is_padded (window))
    code_keyword (call, "padding", "\"same\"");
  code_keyword (call, "data_format", "\"channels_first\"");
  if (same || !code_window_is_padded (window))
    code_forward (p, "self.%s($0)", p->attr);
  else
    code_forward (p, "self.%s(ops.pad($0, %s))", p->attr, pairs);
}

static void
emit_conv (CodePiece *p)
{
  CodeWindow window;
  g_autofree char *kind = NULL;
  gint64 groups = code_int (p, "groups");

  if (is_normalised (p))
    return;
  code_window_read (p, &window);
  kind = g_strdup_printf ("Conv%uD", window.n);
  CodeCall *call = add_conv (p, kind, &window, code_int (p, "filters"));
  if (groups != 1)
    code_keyword (call, "groups", "%" G_GINT64_FORMAT, groups);
  finish_conv (p, call, &window);
  code_weight (p, "", "kernel", "kernel", CODE_PLACES);
  add_bias (p, call);
  add_activation (p, call);
}

/* [channels · multiplier, 1, places…] as [places…, channels, multiplier]. */
static void
add_depthwise_weight (CodePiece *p, const char *name, const char *role, const CodeWindow *window,
                      gint64 multiplier)
{
  gint64 sizes[TELAR_MAX_RANK];
  CodeWeight *weight = code_weight_of (p, "", name);

  memcpy (sizes, window->kernel, window->n * sizeof sizes[0]);
  sizes[window->n] = code_input_type (p, 0)->shape.dims[1];
  sizes[window->n + 1] = multiplier;
  weight->form = CODE_PLACES;
  code_weight_add (p, weight, role);
  code_weight_shape (weight, sizes, window->n + 2);
}

static void
add_multiplier (CodeCall *call, gint64 multiplier)
{
  if (multiplier != 1)
    code_keyword (call, "depth_multiplier", "%" G_GINT64_FORMAT, multiplier);
}

static void
emit_depthwise (CodePiece *p)
{
  CodeWindow window;
  gint64 multiplier = code_int (p, "multiplier");

  if (is_normalised (p))
    return;
  code_window_read (p, &window);
  g_autofree char *kind = g_strdup_printf ("DepthwiseConv%uD", window.n);
  CodeCall *call = add_conv (p, kind, &window, 0);
  add_multiplier (call, multiplier);
  finish_conv (p, call, &window);
  add_depthwise_weight (p, "kernel", "kernel", &window, multiplier);
  add_bias (p, call);
  add_activation (p, call);
}

static void
emit_separable (CodePiece *p)
{
  CodeWindow window;
  gint64 multiplier = code_int (p, "multiplier");

  if (is_normalised (p))
    return;
  code_window_read (p, &window);
  g_autofree char *kind = g_strdup_printf ("SeparableConv%uD", window.n);
  CodeCall *call = add_conv (p, kind, &window, code_int (p, "filters"));
  add_multiplier (call, multiplier);
  finish_conv (p, call, &window);
  add_depthwise_weight (p, "depthwise_kernel", "depthwise", &window, multiplier);
  code_weight (p, "", "pointwise_kernel", "pointwise", CODE_PLACES);
  add_bias (p, call);
  add_activation (p, call);
}

/* The full result, of which the part is taken that the node gives. */
static void
emit_conv_transpose (CodePiece *p)
{
  const TelarShape *in = &code_input_type (p, 0)->shape, *out = &code_output_type (p, 0)->shape;
  CodeWindow window;
  gint64 extra[TELAR_MAX_SPATIAL];
  gboolean whole = TRUE, longer = FALSE;

  if (is_normalised (p))
    return;
  if (code_int (p, "groups") != 1)
    code_refuse (p, "Keras has no groups of channels in a transposed convolution");
  code_window_read_transposed (p, &window);
  g_autofree char *kind = g_strdup_printf ("Conv%uDTranspose", window.n);
  CodeCall *call = add_conv (p, kind, &window, code_int (p, "filters"));
  for (guint i = 0; i < window.n; i++) {
    gint64 full = (in->dims[i + 2] - 1) * window.stride[i] + code_window_span (&window, i);
    gint64 needed = window.pad[i] + out->dims[i + 2];

    extra[i] = MAX (needed - full, 0);
    longer = longer || extra[i] > 0;
    whole = whole && window.pad[i] == 0 && needed == full + extra[i];
  }
  if (longer) {
    g_autofree char *text = code_python_ints (extra, window.n);
    code_keyword (call, "output_padding", "%s", text);
  }
  code_keyword (call, "data_format", "\"channels_first\"");
  code_weight (p, "", "kernel", "kernel", CODE_PLACES);
  add_bias (p, call);
  g_autofree char *part =
      whole ? g_strdup ("") : code_window_part (window.pad, out->dims + 2, window.n);
  code_forward (p, "self.%s($0)%s", p->attr, part);
  add_activation (p, call);
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
add_dropout (CodePiece *p, const char *klass, const char *param)
{
  CodeCall *call = code_module (p, "", klass);
  g_autofree char *rate = code_python_real (code_real (p, param));

  code_positional (call, param, "%s", rate);
  code_forward (p, "self.%s($0)", p->attr);
}

static void
emit_dropout (CodePiece *p)
{
  add_dropout (p, "layers.Dropout", "rate");
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
  add_dropout (p, "layers.AlphaDropout", "rate");
}

static void
emit_gaussian_dropout (CodePiece *p)
{
  add_dropout (p, "layers.GaussianDropout", "rate");
}

static void
emit_gaussian_noise (CodePiece *p)
{
  add_dropout (p, "layers.GaussianNoise", "deviation");
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

#define DIMENSIONS(op, function)                                                                   \
  { op "1d", .emit = function }, { op "2d", .emit = function },                                    \
  {                                                                                                \
    op "3d", .emit = function                                                                      \
  }

const CodeEntry code_keras_layers[] = {
  { "constant", .emit = emit_constant },
  { "parameter", .emit = emit_parameter },
  { "standardize", .emit = emit_standardize },
  { "dense", .emit = emit_dense },
  { "bilinear", .emit = emit_bilinear },
  { "embedding", .emit = emit_embedding },
  DIMENSIONS ("conv", emit_conv),
  { "conv1d_transpose", .emit = emit_conv_transpose },
  { "conv2d_transpose", .emit = emit_conv_transpose },
  { "conv3d_transpose", .emit = emit_conv_transpose },
  { "depthwise_conv1d", .emit = emit_depthwise },
  { "depthwise_conv2d", .emit = emit_depthwise },
  { "separable_conv1d", .emit = emit_separable },
  { "separable_conv2d", .emit = emit_separable },
  DIMENSIONS ("max_pool", code_keras_max_pool),
  DIMENSIONS ("avg_pool", code_keras_avg_pool),
  DIMENSIONS ("lp_pool", code_keras_lp_pool),
  { "global_max_pool", .emit = code_keras_global_pool },
  { "global_avg_pool", .emit = code_keras_global_pool },
  { "adaptive_avg_pool", .emit = code_keras_adaptive_pool },
  { "adaptive_max_pool", .emit = code_keras_adaptive_pool },
  { "batch_norm", .emit = emit_batch_norm },
  { "instance_norm", .emit = emit_instance_norm },
  { "group_norm", .emit = emit_group_norm },
  { "layer_norm", .emit = emit_layer_norm },
  { "rms_norm", .emit = emit_rms_norm },
  { "dropout", .emit = emit_dropout },
  { "spatial_dropout", .emit = emit_spatial_dropout },
  { "alpha_dropout", .emit = emit_alpha_dropout },
  { "gaussian_dropout", .emit = emit_gaussian_dropout },
  { "gaussian_noise", .emit = emit_gaussian_noise },
  { "activity_penalty", .emit = emit_activity_penalty },
  { NULL },
};
