/* Shapes, parts, indices and pictures in Keras. */
#include "engine/code/private.h"
#include "engine/code/window.h"

#include <string.h>

/* --- shapes ----------------------------------------------------------------------------------- */

static void
emit_flatten (CodePiece *p)
{
  const TelarShape *shape = &code_output_type (p, 0)->shape;
  g_autofree char *sizes = code_fill (p, "@shape");

  code_forward (p, "ops.reshape($0, (%s%s))", sizes, shape->rank == 1 ? "," : "");
}

static void
emit_tile (CodePiece *p)
{
  g_autofree char *repeats = code_list (p, "repeats");

  code_forward (p, "ops.tile($0, %s)", repeats);
}

/* Keras' own broadcast must know the batch. */
static void
emit_expand (CodePiece *p)
{
  const TelarShape *in = &code_input_type (p, 0)->shape, *out = &code_output_type (p, 0)->shape;
  GString *repeats = g_string_new ("$0, [");

  for (guint i = 0; i < out->rank; i++) {
    gint64 from = i + in->rank < out->rank ? 1 : in->dims[i + in->rank - out->rank];
    g_string_append_printf (repeats, "%s%" G_GINT64_FORMAT, i ? ", " : "",
                            from == 1 ? out->dims[i] : 1);
  }
  code_forward (p, "ops.tile(%s])", repeats->str);
  g_string_free (repeats, TRUE);
}

static void
emit_permute (CodePiece *p)
{
  g_autofree char *axes = code_list (p, "axes");

  code_forward (p, "ops.transpose($0, %s)", axes);
}

static void
emit_split (CodePiece *p)
{
  g_autoptr (GString) places = g_string_new (NULL), nothing = g_string_new (NULL);
  guint axis = code_axis (p, "axis"), n = 0;
  gint64 at = 0;

  for (guint port = 0; port < telar_operator_n_outputs (p->node->op); port++) {
    const TelarType *type = code_output_type (p, port);

    if (!type) {
      g_string_append (nothing, ", None");
      continue;
    }
    if (n++)
      g_string_append_printf (places, "%s%" G_GINT64_FORMAT, n > 2 ? ", " : "", at);
    at += type->shape.dims[axis];
  }
  code_forward (
      p, nothing->len ? "(*ops.split($0, [%s], axis=%u)%s)" : "ops.split($0, [%s], axis=%u)%s",
      places->str, axis, nothing->str);
}

/* The last axes; what Keras pads with zeros is its own, what with copies is said by places. */
static void
emit_pad (CodePiece *p)
{
  guint rank = code_input_type (p, 0)->shape.rank;
  gint64 low[TELAR_MAX_RANK], high[TELAR_MAX_RANK];
  const char *mode = code_text (p, "mode");
  gboolean lowest = g_str_equal (mode, "lowest");
  gboolean constant = lowest || g_str_equal (mode, "constant");
  GString *sides = g_string_new ("(");

  code_pads (p, low, high);
  code_forward (p, "$0");
  for (guint axis = 0; axis < rank; axis++) {
    g_string_append_printf (sides, "%s(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")",
                            axis ? ", " : "", low[axis], high[axis]);
    if (constant || (low[axis] == 0 && high[axis] == 0))
      continue;
    g_autofree char *inner = g_steal_pointer (&p->forward);
    code_need (p, "extend");
    code_forward (p, "extend(%s, %u, %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", \"%s\")", inner,
                  axis, low[axis], high[axis], g_str_equal (mode, "circular") ? "wrap" : mode);
  }
  if (constant) {
    g_autofree char *value = lowest ? g_strdup ("float(\"-inf\")") : code_fill (p, "{value}");
    code_forward (p, "ops.pad($0, %s), constant_values=%s)", sides->str, value);
  }
  g_string_free (sides, TRUE);
}

/* --- indices ---------------------------------------------------------------------------------- */

static void
emit_gather (CodePiece *p)
{
  g_autofree char *places = code_list (p, "places");

  code_forward (p, "ops.take($0, %s, axis=%u)", p->n_inputs == 1 ? places : "$1",
                code_axis (p, "axis"));
}

/* What is looked at is cut to where the indices are. */
static void
emit_gather_elements (CodePiece *p)
{
  const TelarShape *in = &code_input_type (p, 0)->shape, *at = &code_input_type (p, 1)->shape;
  guint axis = code_axis (p, "axis");
  GString *cut = g_string_new ("$0");
  gboolean cuts = FALSE;

  for (guint i = 0; i < in->rank; i++) {
    gboolean here = i != axis && at->dims[i] < in->dims[i];
    cuts = cuts || here;
    if (i > 0)
      g_string_append (cut, ", ");
    else
      g_string_append (cut, "[");
    if (here)
      g_string_append_printf (cut, ":%" G_GINT64_FORMAT, at->dims[i]);
    else
      g_string_append (cut, ":");
  }
  code_forward (p, "ops.take_along_axis(%s%s, $1, axis=%u)", cuts ? cut->str : "$0",
                cuts ? "]" : "", axis);
  g_string_free (cut, TRUE);
}

static void
emit_scatter_elements (CodePiece *p)
{
  code_need (p, "scatter_elements");
  code_forward (p, "scatter_elements($0, $1, $2, %u, %s)", code_axis (p, "axis"),
                code_bool (p, "add") ? "\"add\"" : "None");
}

static void
emit_scatter_nd (CodePiece *p)
{
  code_forward (p, "ops.scatter_update($0, $1, $2, reduction=%s)",
                code_bool (p, "add") ? "\"add\"" : "None");
}

static void
emit_index_add (CodePiece *p)
{
  guint axis = code_axis (p, "axis");

  if (axis == 0)
    code_forward (p, "ops.scatter_update($0, ops.expand_dims($1, -1), $2, reduction=\"add\")");
  else
    code_forward (p,
                  "ops.moveaxis(ops.scatter_update(ops.moveaxis($0, %u, 0), "
                  "ops.expand_dims($1, -1), ops.moveaxis($2, %u, 0), reduction=\"add\"), 0, %u)",
                  axis, axis, axis);
}

/* --- pictures --------------------------------------------------------------------------------- */

static void
emit_upsample (CodePiece *p)
{
  guint n = code_input_type (p, 0)->shape.rank - 2;
  gint64 factor[TELAR_MAX_SPATIAL];

  code_ints (p, "factor", n, factor);
  if (n == 1) {
    code_forward (p, "ops.repeat($0, %" G_GINT64_FORMAT ", axis=2)", factor[0]);
    return;
  }
  g_autofree char *klass = g_strdup_printf ("layers.UpSampling%uD", n);
  g_autofree char *text = code_python_tuple (factor, n);
  CodeCall *call = code_module (p, "", klass);
  code_positional (call, "size", "%s", text);
  code_keyword (call, "data_format", "\"channels_first\"");
  code_forward (p, "self.%s($0)", p->attr);
}

static void
emit_grid_sample (CodePiece *p)
{
  g_autofree char *about = code_fill (p, "{mode}, {outside}, {align_corners}");

  if (g_str_equal (code_text (p, "mode"), "cubic"))
    code_refuse (p, "Keras samples between four pixels at most");
  code_need (p, "grid_sample");
  code_forward (p, "grid_sample($0, $1, %s)", about);
}

static void
emit_affine_grid (CodePiece *p)
{
  const TelarShape *out = &code_output_type (p, 0)->shape;
  g_autofree char *sizes = code_python_tuple (out->dims + 1, out->rank - 2);
  g_autofree char *align = code_fill (p, "{align_corners}");

  code_need (p, "affine_grid");
  code_forward (p, "affine_grid($0, %s, %s)", sizes, align);
}

static void
emit_unfold (CodePiece *p)
{
  gboolean apart = g_str_equal (p->node->op->name, "unfold");
  gint64 size[2], whole[2];
  CodeWindow window;

  if (apart) {
    code_window_read (p, &window);
  } else {
    code_ints (p, "size", 2, size);
    code_window_read_over (p, 2, size, &window);
  }
  g_autofree char *k = code_python_ints (window.kernel, 2);
  g_autofree char *s = code_python_ints (window.stride, 2);
  g_autofree char *d = code_python_ints (window.dilation, 2);
  gboolean padded = code_window_is_padded (&window);
  if (apart) {
    g_autofree char *pairs = code_window_pairs (&window);
    g_autofree char *in = padded ? g_strdup_printf ("ops.pad($0, %s)", pairs) : g_strdup ("$0");
    code_forward (p, "ops.unfold(%s, %s, dilation=%s, stride=%s)", in, k, d, s);
    return;
  }
  for (guint i = 0; i < 2; i++)
    whole[i] = size[i] + window.pad[i] + window.pad[i + 2];
  g_autofree char *all = code_python_tuple (whole, 2);
  g_autofree char *part = padded ? code_window_part (window.pad, size, 2) : g_strdup ("");
  code_forward (p, "ops.fold($0, %s, %s, dilation=%s, stride=%s)%s", all, k, d, s, part);
}

/* --- the table -------------------------------------------------------------------------------- */

const CodeEntry code_keras_shapes[] = {
  { "flatten", .emit = emit_flatten },
  { "reshape", .emit = emit_flatten },
  { "permute", .emit = emit_permute },
  { "squeeze", "ops.squeeze($0, {axis})" },
  { "expand_dims", "ops.expand_dims($0, {axis})" },
  { "expand", .emit = emit_expand },
  { "tile", .emit = emit_tile },
  { "reverse", "ops.flip($0, {axis})" },
  { "roll", "ops.roll($0, {shift}, {axis})" },
  { "upsample", .emit = emit_upsample },
  { "concat", "ops.concatenate([$*], axis={axis})" },
  { "stack", "ops.stack([$*], axis={axis})" },
  { "split", .emit = emit_split },
  { "slice", .emit = code_emit_slice },
  { "strided_slice", .emit = code_emit_strided_slice },
  { "trilu", .emit = code_emit_trilu },
  { "pad", .emit = emit_pad },
  { "crop", .emit = code_emit_crop },
  { "gather", .emit = emit_gather },
  { "gather_elements", .emit = emit_gather_elements },
  { "scatter_elements", .emit = emit_scatter_elements },
  { "index_add", .emit = emit_index_add },
  { "one_hot", "one_hot($0, {size}, {axis}, {off}, {on}, {from_end})", .helper = "one_hot" },
  { "sort", "in_order($0, {axis}, {descending})", .helper = "in_order" },
  { "top_k", "top_k($0, {k}, {axis}, {largest})", .helper = "top_k" },
  { "pixel_shuffle", .emit = code_emit_pixel_shuffle },
  { "pixel_unshuffle", .emit = code_emit_pixel_shuffle },
  { "unfold", .emit = emit_unfold },
  { "fold", .emit = emit_unfold },
  { "resize", .emit = code_emit_resize },
  { "full", .emit = code_emit_full },
  { "gather_nd", .emit = code_emit_gather_nd },
  { "scatter_nd", .emit = emit_scatter_nd },
  { "grid_sample", .emit = emit_grid_sample },
  { "affine_grid", .emit = emit_affine_grid },
  { NULL },
};
