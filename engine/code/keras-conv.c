/* Convolutions in Keras. */
#include "engine/code/keras-layers.h"
#include "engine/code/window.h"

#include <string.h>

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
  code_keyword_ints (call, "strides", window->stride, window->n, 1);
  code_keyword_ints (call, "dilation_rate", window->dilation, window->n, 1);
  return call;
}

/* What Keras' layer says of padding; what it does not, is padded before. */
static void
finish_conv (CodePiece *p, CodeCall *call, const CodeWindow *window)
{
  gboolean same = code_window_is_same (window, code_input_type (p, 0)->shape.dims + 2);
  g_autofree char *pairs = code_window_pairs (window);

  if (!code_ints_are (window->stride, window->n, 1) &&
      !code_ints_are (window->dilation, window->n, 1))
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

  if (code_keras_is_normalised (p))
    return;
  code_window_read (p, &window);
  kind = g_strdup_printf ("Conv%uD", window.n);
  CodeCall *call = add_conv (p, kind, &window, code_int (p, "filters"));
  if (groups != 1)
    code_keyword (call, "groups", "%" G_GINT64_FORMAT, groups);
  finish_conv (p, call, &window);
  code_weight (p, "", "kernel", "kernel", CODE_PLACES);
  code_keras_bias (p, call);
  code_keras_activate (p, call);
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

  if (code_keras_is_normalised (p))
    return;
  code_window_read (p, &window);
  g_autofree char *kind = g_strdup_printf ("DepthwiseConv%uD", window.n);
  CodeCall *call = add_conv (p, kind, &window, 0);
  add_multiplier (call, multiplier);
  finish_conv (p, call, &window);
  add_depthwise_weight (p, "kernel", "kernel", &window, multiplier);
  code_keras_bias (p, call);
  code_keras_activate (p, call);
}

static void
emit_separable (CodePiece *p)
{
  CodeWindow window;
  gint64 multiplier = code_int (p, "multiplier");

  if (code_keras_is_normalised (p))
    return;
  code_window_read (p, &window);
  g_autofree char *kind = g_strdup_printf ("SeparableConv%uD", window.n);
  CodeCall *call = add_conv (p, kind, &window, code_int (p, "filters"));
  add_multiplier (call, multiplier);
  finish_conv (p, call, &window);
  add_depthwise_weight (p, "depthwise_kernel", "depthwise", &window, multiplier);
  code_weight (p, "", "pointwise_kernel", "pointwise", CODE_PLACES);
  code_keras_bias (p, call);
  code_keras_activate (p, call);
}

/* The full result, of which the part is taken that the node gives. */
static void
emit_conv_transpose (CodePiece *p)
{
  const TelarShape *in = &code_input_type (p, 0)->shape, *out = &code_output_type (p, 0)->shape;
  CodeWindow window;
  gint64 extra[TELAR_MAX_SPATIAL];
  gboolean whole = TRUE, longer = FALSE;

  if (code_keras_is_normalised (p))
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
  code_keras_bias (p, call);
  g_autofree char *part =
      whole ? g_strdup ("") : code_window_part (window.pad, out->dims + 2, window.n);
  code_forward (p, "self.%s($0)%s", p->attr, part);
  code_keras_activate (p, call);
}

/* --- recurrent convolutions ------------------------------------------------------------------- */

/* Steps that are no part of a row keep the state and give zeros. */
static void
emit_conv_lstm (CodePiece *p)
{
  CodeWindow window;
  const TelarShape *in = &code_input_type (p, 0)->shape;

  code_window_read_over (p, in->rank - 3, in->dims + 3, &window);
  g_autofree char *kind = g_strdup_printf ("ConvLSTM%uD", window.n);
  CodeCall *call = add_conv (p, kind, &window, code_int (p, "filters"));
  if (code_window_is_padded (&window) && !code_window_is_same (&window, in->dims + 3))
    code_refuse (p, "Keras pads this layer as much as keeps the size or not at all");
  if (!code_ints_are (window.stride, window.n, 1) && !code_ints_are (window.dilation, window.n, 1))
    code_refuse (p, "Keras has no stride with a dilation");
  if (code_window_is_padded (&window))
    code_keyword (call, "padding", "\"same\"");
  code_keyword (call, "data_format", "\"channels_first\"");
  code_keras_cell_activations (p, call);
  code_keyword (call, "return_sequences", "True");
  code_keyword (call, "return_state", "True");
  code_weight (p, "", "cell.kernel", "kernel", CODE_PLACES);
  code_weight (p, "", "cell.recurrent_kernel", "recurrent", CODE_PLACES);
  if (code_bool (p, "bias"))
    code_weight (p, "", "cell.bias", "bias", CODE_AS_IS);
  else
    code_keyword (call, "use_bias", "False");
  code_need (p, "run_conv_lstm");
  code_forward (p, "run_conv_lstm(self.%s, $0, %s, %s)", p->attr, p->n_inputs > 1 ? "$1" : "None",
                code_bool (p, "sequences") ? "True" : "False");
}

const CodeEntry code_keras_convs[] = {
  CODE_DIMENSIONS ("conv", "", emit_conv),
  CODE_DIMENSIONS ("conv", "_transpose", emit_conv_transpose),
  { "depthwise_conv1d", .emit = emit_depthwise },
  { "depthwise_conv2d", .emit = emit_depthwise },
  { "separable_conv1d", .emit = emit_separable },
  { "separable_conv2d", .emit = emit_separable },
  CODE_DIMENSIONS ("conv_lstm", "", emit_conv_lstm),
  { NULL },
};
