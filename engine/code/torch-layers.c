/* Layers in PyTorch: sources, dense ones, normalisations, dropout. */
#include "engine/code/torch-layers.h"
#include "engine/code/torch-pools.h"
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
    code_forward (p, "torch.full(%s, %s).to(torch.%s)", sizes, value,
                  telar_dtype_is_float (type->dtype) ? "float32" : "int64");
}

static void
emit_parameter (CodePiece *p)
{
  const TelarShape *shape = &code_output_type (p, 0)->shape;
  CodeCall *call = code_module (p, "", "Parameter");

  code_need (p, "Parameter");
  for (guint i = 0; i < shape->rank; i++)
    code_positional (call, "size", "%" G_GINT64_FORMAT, shape->dims[i]);
  code_weight (p, "", "value", "value", CODE_AS_IS);
  code_forward (p, "self.%s()", p->attr);
}

static void
emit_standardize (CodePiece *p)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  CodeCall *call = code_module (p, "", "Standardize");

  code_need (p, "Standardize");
  for (guint i = 1; i < shape->rank; i++)
    code_positional (call, "size", "%" G_GINT64_FORMAT, shape->dims[i]);
  code_weight (p, "", "mean", "mean", CODE_AS_IS);
  code_weight (p, "", "deviation", "deviation", CODE_AS_IS);
  code_forward (p, "self.%s($0)", p->attr);
}

/* --- dense ------------------------------------------------------------------------------------ */

/* What linear layers end with: units, kernel and bias, the call and the activation. */
static void
finish_linear (CodePiece *p, CodeCall *call, CodeWeightForm kernel, const char *arguments)
{
  gboolean bias = code_bool (p, "bias");

  code_positional (call, "out_features", "%" G_GINT64_FORMAT, code_int (p, "units"));
  if (!bias)
    code_keyword (call, "bias", "False");
  code_weight (p, "", "weight", "kernel", kernel);
  if (bias)
    code_weight (p, "", "bias", "bias", CODE_AS_IS);
  code_forward (p, "self.%s(%s)", p->attr, arguments);
  code_activate (p, code_text (p, "activation"));
}

static void
emit_dense (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "nn.Linear");

  code_positional (call, "in_features", "%" G_GINT64_FORMAT, code_features (p, 0));
  finish_linear (p, call, CODE_TRANSPOSED, "$0");
  code_torch_normalise (p, 1, 0);
}

static void
emit_bilinear (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "nn.Bilinear");

  code_positional (call, "in1_features", "%" G_GINT64_FORMAT, code_features (p, 0));
  code_positional (call, "in2_features", "%" G_GINT64_FORMAT, code_features (p, 1));
  finish_linear (p, call, CODE_AS_IS, "$0, $1");
}

static void
emit_embedding (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "nn.Embedding");

  code_positional (call, "num_embeddings", "%" G_GINT64_FORMAT, code_int (p, "vocabulary"));
  code_positional (call, "embedding_dim", "%" G_GINT64_FORMAT, code_int (p, "size"));
  code_weight (p, "", "weight", "table", CODE_AS_IS);
  code_forward (p, "self.%s($0)", p->attr);
}

/* --- normalisations --------------------------------------------------------------------------- */

/* PyTorch has scale and bias both or none; what the node lacks is one and zero. */
static void
add_affine (CodePiece *p, CodeCall *call, const char *name, gint64 length, gboolean usual)
{
  gboolean scale = code_bool (p, "scale"), bias = code_bool (p, "bias");

  if (!scale && !bias) {
    if (usual)
      code_keyword (call, name, "False");
    return;
  }
  if (!usual)
    code_keyword (call, name, "True");
  if (scale)
    code_weight (p, "", "weight", "scale", CODE_AS_IS);
  if (bias)
    code_weight (p, "", "bias", "bias", CODE_AS_IS);
  if (scale && bias)
    return;
  CodeWeight *other = code_weight_of (p, "", scale ? "bias" : "weight");
  other->form = scale ? CODE_ZEROS : CODE_ONES;
  other->length = length;
}

static void
add_epsilon (CodePiece *p, CodeCall *call, double usual)
{
  double epsilon = code_real (p, "epsilon");
  g_autofree char *text = code_python_real (epsilon);

  if (epsilon != usual)
    code_keyword (call, "eps", "%s", text);
}

/* "nn.BatchNorm2d" for the axes behind the channels. */
static CodeCall *
add_norm (CodePiece *p, const char *kind, const char *argument)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  g_autofree char *klass = g_strdup_printf ("nn.%s%ud", kind, MAX (shape->rank, 3) - 2);
  CodeCall *call = code_module (p, "", klass);

  code_positional (call, argument, "%" G_GINT64_FORMAT, shape->dims[1]);
  code_forward (p, "self.%s($0)", p->attr);
  return call;
}

static void
emit_batch_norm (CodePiece *p)
{
  CodeCall *call = add_norm (p, "BatchNorm", "num_features");
  double momentum = code_real (p, "momentum");
  g_autofree char *text = code_python_real (momentum);

  add_epsilon (p, call, 1e-5);
  if (momentum != 0.1)
    code_keyword (call, "momentum", "%s", text);
  add_affine (p, call, "affine", code_input_type (p, 0)->shape.dims[1], TRUE);
  code_weight (p, "", "running_mean", "mean", CODE_AS_IS);
  code_weight (p, "", "running_var", "variance", CODE_AS_IS);
}

static void
emit_instance_norm (CodePiece *p)
{
  CodeCall *call = add_norm (p, "InstanceNorm", "num_features");

  add_epsilon (p, call, 1e-5);
  add_affine (p, call, "affine", code_input_type (p, 0)->shape.dims[1], FALSE);
}

static void
emit_group_norm (CodePiece *p)
{
  gint64 channels = code_input_type (p, 0)->shape.dims[1];
  CodeCall *call = code_module (p, "", "nn.GroupNorm");

  code_positional (call, "num_groups", "%" G_GINT64_FORMAT, code_int (p, "groups"));
  code_positional (call, "num_channels", "%" G_GINT64_FORMAT, channels);
  add_epsilon (p, call, 1e-5);
  add_affine (p, call, "affine", channels, TRUE);
  code_forward (p, "self.%s($0)", p->attr);
}

static void
emit_layer_norm (CodePiece *p)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  guint first = code_axis (p, "axis"), n = shape->rank - first;
  g_autofree char *sizes = n == 1 ? g_strdup_printf ("%" G_GINT64_FORMAT, shape->dims[first])
                                  : code_python_tuple (shape->dims + first, n);
  CodeCall *call = code_module (p, "", "nn.LayerNorm");

  code_positional (call, "normalized_shape", "%s", sizes);
  add_epsilon (p, call, 1e-5);
  if (!code_bool (p, "scale")) {
    code_keyword (call, "elementwise_affine", "False");
    if (code_bool (p, "bias"))
      code_refuse (p, "PyTorch has no bias without a scale");
  } else {
    code_weight (p, "", "weight", "scale", CODE_AS_IS);
    if (code_bool (p, "bias"))
      code_weight (p, "", "bias", "bias", CODE_AS_IS);
    else
      code_keyword (call, "bias", "False");
  }
  code_forward (p, "self.%s($0)", p->attr);
}

static void
emit_rms_norm (CodePiece *p)
{
  CodeCall *call = code_module (p, "", "nn.RMSNorm");

  code_positional (call, "normalized_shape", "%" G_GINT64_FORMAT, code_features (p, 0));
  g_autofree char *epsilon = code_fill (p, "{epsilon}");
  code_keyword (call, "eps", "%s", epsilon);
  if (code_bool (p, "scale"))
    code_weight (p, "", "weight", "scale", CODE_AS_IS);
  else
    code_keyword (call, "elementwise_affine", "False");
  code_forward (p, "self.%s($0)", p->attr);
}

/* PyTorch's window has its middle elsewhere where its size is even, and wants a picture. */
static void
emit_local_response (CodePiece *p)
{
  gboolean own = code_int (p, "size") % 2 == 1 && code_input_type (p, 0)->shape.rank >= 3;

  if (!own)
    code_need (p, "local_response_norm");
  p->forward = code_fill (p, own ? "F.local_response_norm($0, {size}, {alpha}, {beta}, {offset})"
                                 : "local_response_norm($0, {size}, {alpha}, {beta}, {offset})");
}

/* --- dropout ---------------------------------------------------------------------------------- */

static void
emit_dropout (CodePiece *p)
{
  code_dropout (p, "nn.Dropout", "rate");
}

static void
emit_spatial_dropout (CodePiece *p)
{
  g_autofree char *klass =
      g_strdup_printf ("nn.Dropout%ud", code_input_type (p, 0)->shape.rank - 2);

  code_dropout (p, klass, "rate");
}

static void
emit_alpha_dropout (CodePiece *p)
{
  code_dropout (p, "nn.AlphaDropout", "rate");
}

static void
emit_gaussian_dropout (CodePiece *p)
{
  code_need (p, "GaussianDropout");
  code_dropout (p, "GaussianDropout", "rate");
}

static void
emit_gaussian_noise (CodePiece *p)
{
  code_need (p, "GaussianNoise");
  code_dropout (p, "GaussianNoise", "deviation");
}

/* --- the table -------------------------------------------------------------------------------- */

const CodeEntry code_torch_layers[] = {
  { "constant", .emit = emit_constant },
  { "parameter", .emit = emit_parameter },
  { "standardize", .emit = emit_standardize },
  { "dense", .emit = emit_dense },
  { "bilinear", .emit = emit_bilinear },
  { "embedding", .emit = emit_embedding },
  CODE_DIMENSIONS ("max_pool", "", code_emit_max_pool),
  CODE_DIMENSIONS ("avg_pool", "", code_emit_avg_pool),
  CODE_DIMENSIONS ("lp_pool", "", code_emit_lp_pool),
  { "global_max_pool", .emit = code_emit_global_pool },
  { "global_avg_pool", .emit = code_emit_global_pool },
  { "global_lp_pool", .emit = code_emit_global_lp_pool },
  CODE_DIMENSIONS ("max_pool_places", "", code_emit_max_pool_places),
  CODE_DIMENSIONS ("max_unpool", "", code_emit_max_unpool),
  { "adaptive_avg_pool", .emit = code_emit_adaptive_pool },
  { "adaptive_max_pool", .emit = code_emit_adaptive_pool },
  { "batch_norm", .emit = emit_batch_norm },
  { "instance_norm", .emit = emit_instance_norm },
  { "group_norm", .emit = emit_group_norm },
  { "layer_norm", .emit = emit_layer_norm },
  { "rms_norm", .emit = emit_rms_norm },
  { "local_response_norm", .emit = emit_local_response },
  { "dropout", .emit = emit_dropout },
  { "spatial_dropout", .emit = emit_spatial_dropout },
  { "alpha_dropout", .emit = emit_alpha_dropout },
  { "gaussian_dropout", .emit = emit_gaussian_dropout },
  { "gaussian_noise", .emit = emit_gaussian_noise },
  { "activity_penalty", "$0" },
  { NULL },
};
