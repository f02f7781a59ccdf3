/* Convolutions in PyTorch, and kernels whose length or strength is learned apart. */
#include "engine/code/torch-layers.h"
#include "engine/code/window.h"

/* --- normalised kernels ----------------------------------------------------------------------- */

/* The last module's kernel, whose outputs are along @axis of the state and @dim of the module's
 * weight, as the node says; "weight" is its direction then, or what it is before it is divided. */
void
code_torch_normalise (CodePiece *p, guint axis, guint dim)
{
  const char *how = code_text (p, "normalise_weights");
  gboolean spectral = g_str_equal (how, "spectral");

  if (!code_has (p, "normalise_weights") || g_str_equal (how, "none") || p->modules->len == 0)
    return;
  CodeModule *module = p->modules->pdata[p->modules->len - 1];
  CodeCall *inner = module->calls->pdata[0];
  CodeCall *outer =
      code_call_new (spectral ? "parametrizations.spectral_norm" : "parametrizations.weight_norm");
  g_autofree char *text = code_call_text (inner, NULL);
  CodeWeight *kernel = p->weights->pdata[0];
  code_positional (outer, "module", "%s", text);
  if (dim != 0)
    code_keyword (outer, "dim", "%u", dim);
  g_ptr_array_remove_index (module->calls, 0);
  g_ptr_array_add (module->calls, outer);
  g_free (kernel->name);
  kernel->name =
      g_strdup_printf ("%s.parametrizations.weight.original%s", p->attr, spectral ? "" : "1");
  if (!spectral) {
    gint64 sizes[TELAR_MAX_RANK] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    CodeWeight *length = code_weight_of (p, "", "parametrizations.weight.original0");

    sizes[dim] = code_int (p, p->node->op == telar_operator_find ("dense") ? "units" : "filters");
    if (dim == 1)
      sizes[dim] /= code_int (p, "groups");
    code_weight_add (p, length, "kernel_length");
    code_weight_shape (length, sizes, MAX (code_input_type (p, 0)->shape.rank, 2));
    if (p->node->op == telar_operator_find ("dense"))
      length->shape.rank = 2;
    return;
  }
  CodeWeight *image = code_weight_of (p, "", "parametrizations.weight.0._u");
  image->form = CODE_IMAGE;
  image->length = axis;
  code_weight_add (p, image, "kernel");
  code_weight_add (p, image, "kernel_direction");
  code_weight (p, "", "parametrizations.weight.0._v", "kernel_direction", CODE_DIRECTION);
}

/* --- convolutions ----------------------------------------------------------------------------- */

typedef struct {
  gint64 in, out, groups;
  gboolean bias;
} Channels;

static CodeCall *
add_conv (CodePiece *p, const char *suffix, const char *kind, const CodeWindow *window,
          const Channels *channels)
{
  g_autofree char *klass = g_strdup_printf ("nn.%s%ud", kind, window->n);
  g_autofree char *kernel = code_python_ints (window->kernel, window->n);
  CodeCall *call = code_module (p, suffix, klass);

  code_positional (call, "in_channels", "%" G_GINT64_FORMAT, channels->in);
  code_positional (call, "out_channels", "%" G_GINT64_FORMAT, channels->out);
  code_positional (call, "kernel_size", "%s", kernel);
  code_keyword_ints (call, "stride", window->stride, window->n, 1);
  code_keyword_ints (call, "dilation", window->dilation, window->n, 1);
  if (channels->groups != 1)
    code_keyword (call, "groups", "%" G_GINT64_FORMAT, channels->groups);
  if (!channels->bias)
    code_keyword (call, "bias", "False");
  return call;
}

/* Both sides alike are the layer's own; else the picture is padded before. */
static void
pad_conv (CodePiece *p, CodeCall *call, const CodeWindow *window)
{
  if (code_window_is_even (window)) {
    code_keyword_ints (call, "padding", window->pad, window->n, 0);
    code_forward (p, "self.%s($0)", p->attr);
    return;
  }
  g_autofree char *sides = code_window_sides (window);
  code_forward (p, "self.%s(F.pad($0, %s))", p->attr, sides);
}

static void
emit_conv (CodePiece *p)
{
  CodeWindow window;
  gboolean depthwise = g_str_has_prefix (p->node->op->name, "depthwise");
  Channels channels = { .in = code_input_type (p, 0)->shape.dims[1] };

  code_window_read (p, &window);
  channels.groups = depthwise ? channels.in : code_int (p, "groups");
  channels.out = depthwise ? channels.in * code_int (p, "multiplier") : code_int (p, "filters");
  channels.bias = code_bool (p, "bias");
  pad_conv (p, add_conv (p, "", "Conv", &window, &channels), &window);
  code_weight (p, "", "weight", "kernel", CODE_AS_IS);
  if (channels.bias)
    code_weight (p, "", "bias", "bias", CODE_AS_IS);
  code_activate (p, code_text (p, "activation"));
  code_torch_normalise (p, 0, 0);
}

static void
emit_separable (CodePiece *p)
{
  CodeWindow window,
      point = { .kernel = { 1, 1, 1 }, .stride = { 1, 1, 1 }, .dilation = { 1, 1, 1 } };
  Channels channels = { .in = code_input_type (p, 0)->shape.dims[1] };

  if (!g_str_equal (code_text (p, "normalise_weights"), "none"))
    code_refuse (p, "its two kernels are normalised");
  code_window_read (p, &window);
  point.n = window.n;
  channels.groups = channels.in;
  channels.out = channels.in * code_int (p, "multiplier");
  CodeCall *call = add_conv (p, "_depthwise", "Conv", &window, &channels);
  g_autofree char *sides = code_window_sides (&window);
  if (code_window_is_even (&window))
    code_keyword_ints (call, "padding", window.pad, window.n, 0);
  channels = (Channels){ channels.out, code_int (p, "filters"), 1, code_bool (p, "bias") };
  add_conv (p, "_pointwise", "Conv", &point, &channels);
  code_weight (p, "_depthwise", "weight", "depthwise", CODE_AS_IS);
  code_weight (p, "_pointwise", "weight", "pointwise", CODE_AS_IS);
  if (channels.bias)
    code_weight (p, "_pointwise", "bias", "bias", CODE_AS_IS);
  if (code_window_is_even (&window))
    code_forward (p, "self.%s_pointwise(self.%s_depthwise($0))", p->attr, p->attr);
  else
    code_forward (p, "self.%s_pointwise(self.%s_depthwise(F.pad($0, %s)))", p->attr, p->attr,
                  sides);
  code_activate (p, code_text (p, "activation"));
}

/* PyTorch takes @padding from both ends of the full result and adds output_padding to the last;
 * what it cannot say that way is cut out of the full result. */
static void
emit_conv_transpose (CodePiece *p)
{
  const TelarShape *in = &code_input_type (p, 0)->shape, *out = &code_output_type (p, 0)->shape;
  CodeWindow window;
  Channels channels = { in->dims[1], code_int (p, "filters"), code_int (p, "groups"),
                        code_bool (p, "bias") };
  gint64 extra[TELAR_MAX_SPATIAL];
  gboolean plain = TRUE;

  code_window_read_transposed (p, &window);
  for (guint i = 0; i < window.n; i++) {
    gint64 full = (in->dims[i + 2] - 1) * window.stride[i] + code_window_span (&window, i);
    gint64 low = window.pad[i];

    extra[i] = out->dims[i + 2] - full + 2 * low;
    plain = plain && extra[i] >= 0 && extra[i] < MAX (window.stride[i], window.dilation[i]);
    if (low + out->dims[i + 2] > full + window.stride[i] - 1)
      code_refuse (p, "PyTorch's result would be smaller");
  }
  CodeCall *call = add_conv (p, "", "ConvTranspose", &window, &channels);
  if (plain) {
    code_keyword_ints (call, "padding", window.pad, window.n, 0);
    code_keyword_ints (call, "output_padding", extra, window.n, 0);
  }
  g_autofree char *part =
      plain ? g_strdup ("") : code_window_part (window.pad, out->dims + 2, window.n);
  code_forward (p, "self.%s($0)%s", p->attr, part);
  code_weight (p, "", "weight", "kernel", CODE_AS_IS);
  if (channels.bias)
    code_weight (p, "", "bias", "bias", CODE_AS_IS);
  code_activate (p, code_text (p, "activation"));
  code_torch_normalise (p, 1, 1);
}

const CodeEntry code_torch_convs[] = {
  CODE_DIMENSIONS ("conv", "", emit_conv),
  CODE_DIMENSIONS ("conv", "_transpose", emit_conv_transpose),
  { "depthwise_conv1d", .emit = emit_conv },
  { "depthwise_conv2d", .emit = emit_conv },
  { "separable_conv1d", .emit = emit_separable },
  { "separable_conv2d", .emit = emit_separable },
  { NULL },
};
