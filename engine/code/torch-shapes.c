/* Shapes, parts, indices and pictures in PyTorch. */
#include "engine/code/window.h"

#include <string.h>

/* --- parts ------------------------------------------------------------------------------------ */

static void
emit_reshape (CodePiece *p)
{
  g_autofree char *sizes = code_fill (p, "@shape");

  code_forward (p, "$0.reshape(%s)", sizes);
}

static void
emit_flatten (CodePiece *p)
{
  if (code_input_type (p, 0)->shape.rank > 1)
    code_forward (p, "$0.flatten(1)");
  else
    emit_reshape (p);
}

static void
emit_tile (CodePiece *p)
{
  g_autofree char *repeats = code_list (p, "repeats");

  code_forward (p, "$0.repeat(%s)", repeats);
}

static void
emit_permute (CodePiece *p)
{
  g_autofree char *axes = code_list (p, "axes");

  code_forward (p, "$0.permute(%s)", axes);
}

static void
emit_split (CodePiece *p)
{
  guint n = 0;
  g_autoptr (GString) sizes = g_string_new (NULL);
  gint64 axis = code_int (p, "axis");
  guint along = code_axis (p, "axis");

  for (guint port = 0; port < telar_operator_n_outputs (p->node->op); port++) {
    const TelarType *type = code_output_type (p, port);
    if (!type)
      continue;
    g_string_append_printf (sizes, "%s%" G_GINT64_FORMAT, n++ ? ", " : "", type->shape.dims[along]);
  }
  code_forward (p, "(*$0.split([%s], %" G_GINT64_FORMAT "), %s)", sizes->str, axis,
                n == 2   ? "None, None"
                : n == 3 ? "None"
                         : "");
  if (n == 4)
    code_forward (p, "$0.split([%s], %" G_GINT64_FORMAT ")", sizes->str, axis);
}

/* The last axes, each with its low and high side, from the last on. */
static void
emit_pad (CodePiece *p)
{
  guint rank = code_input_type (p, 0)->shape.rank, first = 0;
  gint64 low[TELAR_MAX_RANK], high[TELAR_MAX_RANK];
  const char *mode = code_text (p, "mode");
  GString *sides = g_string_new (NULL);

  code_pads (p, low, high);
  /* PyTorch mirrors as few axes as it must. */
  while (first + 1 < rank && low[first] == 0 && high[first] == 0)
    first++;
  for (guint i = rank; i-- > first;)
    g_string_append_printf (sides, "%s%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT,
                            sides->len ? ", " : "", low[i], high[i]);
  if (g_str_equal (mode, "lowest")) {
    code_forward (p, "F.pad($0, (%s), value=-torch.inf)", sides->str);
  } else if (g_str_equal (mode, "constant")) {
    g_autofree char *value = code_fill (p, "{value}");
    code_forward (p, "F.pad($0, (%s), value=%s)", sides->str, value);
  } else {
    code_forward (p, "F.pad($0, (%s), mode=\"%s\")", sides->str,
                  g_str_equal (mode, "edge") ? "replicate" : mode);
  }
  g_string_free (sides, TRUE);
}

/* --- indices ---------------------------------------------------------------------------------- */

static void
emit_gather (CodePiece *p)
{
  g_autofree char *places = code_list (p, "places");
  guint axis = code_axis (p, "axis");
  GString *before = g_string_new (NULL);

  for (guint i = 0; i < axis; i++)
    g_string_append (before, ":, ");
  code_forward (p, "$0[%s%s]", before->str, p->n_inputs == 1 ? places : "$1");
  g_string_free (before, TRUE);
}

static void
emit_scatter_elements (CodePiece *p)
{
  g_autofree char *axis = code_fill (p, "{axis}");

  code_need (p, "counted");
  code_forward (p, "$0.scatter%s(%s, counted($1, $0.size(%s)), $2)",
                code_bool (p, "add") ? "_add" : "", axis, axis);
}

/* --- pictures --------------------------------------------------------------------------------- */

static void
emit_upsample (CodePiece *p)
{
  guint n = code_input_type (p, 0)->shape.rank - 2;
  gint64 factor[TELAR_MAX_SPATIAL];

  code_ints (p, "factor", n, factor);
  g_autofree char *text = code_python_ints (factor, n);
  code_forward (p, "F.interpolate($0, scale_factor=%s)", text);
}

/* PyTorch's own where its places are those of the node. */
static void
emit_resize (CodePiece *p)
{
  const TelarShape *out = &code_output_type (p, 0)->shape;
  const char *mode = code_text (p, "mode"), *places = code_text (p, "coordinates");
  static const char *const linear[] = { "linear", "bilinear", "trilinear" };
  gboolean corners = g_str_equal (places, "align_corners");
  g_autofree char *sizes = code_python_tuple (out->dims + 2, out->rank - 2);

  if (!g_str_equal (mode, "linear") || code_real (p, "scale") > 0 ||
      !(corners || g_str_equal (places, "half_pixel")) || code_bool (p, "exclude_outside"))
    code_emit_resize (p);
  else
    code_forward (p, "F.interpolate($0, %s, mode=\"%s\", align_corners=%s)", sizes,
                  linear[out->rank - 3], corners ? "True" : "False");
}

static void
emit_pixel_shuffle (CodePiece *p)
{
  gboolean apart = g_str_equal (p->node->op->name, "pixel_unshuffle");

  if (!g_str_equal (code_text (p, "order"), "channels_first"))
    code_emit_pixel_shuffle (p);
  else
    code_forward (p, "F.pixel_%s($0, %" G_GINT64_FORMAT ")", apart ? "unshuffle" : "shuffle",
                  code_int (p, "block"));
}

/* PyTorch pads both sides alike; what is not, is padded before and cut out after. */
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
  gboolean even = code_window_is_even (&window);
  const gint64 none[2] = { 0, 0 }, *pad = even ? window.pad : none;
  g_autofree char *k = code_python_ints (window.kernel, 2);
  g_autofree char *s = code_python_ints (window.stride, 2);
  g_autofree char *d = code_python_ints (window.dilation, 2), *e = code_python_ints (pad, 2);
  if (apart) {
    g_autofree char *sides = code_window_sides (&window);
    g_autofree char *in = even ? g_strdup ("$0") : g_strdup_printf ("F.pad($0, %s)", sides);
    code_forward (p, "F.unfold(%s, %s, %s, %s, %s)", in, k, d, e, s);
    return;
  }
  for (guint i = 0; i < 2; i++)
    whole[i] = size[i] + (even ? 0 : window.pad[i] + window.pad[i + 2]);
  g_autofree char *all = code_python_tuple (whole, 2);
  g_autofree char *part = even ? g_strdup ("") : code_window_part (window.pad, size, 2);
  code_forward (p, "F.fold($0, %s, %s, %s, %s, %s)%s", all, k, d, e, s, part);
}

static void
emit_grid_sample (CodePiece *p)
{
  const char *mode = code_text (p, "mode"), *outside = code_text (p, "outside");
  g_autofree char *align = code_fill (p, "{align_corners}");

  code_forward (p, "F.grid_sample($0, $1, \"%s\", \"%s\", %s)",
                g_str_equal (mode, "linear")  ? "bilinear"
                : g_str_equal (mode, "cubic") ? "bicubic"
                                              : mode,
                g_str_equal (outside, "edge") ? "border" : outside, align);
}

static void
emit_affine_grid (CodePiece *p)
{
  const TelarShape *out = &code_output_type (p, 0)->shape;
  g_autofree char *sizes = code_python_tuple (out->dims + 1, out->rank - 2);
  g_autofree char *align = code_fill (p, "{align_corners}");

  code_forward (p, "F.affine_grid($0, ($0.shape[0], 1, *%s), %s)", sizes, align);
}

/* --- the table -------------------------------------------------------------------------------- */

const CodeEntry code_torch_shapes[] = {
  { "flatten", .emit = emit_flatten },
  { "reshape", .emit = emit_reshape },
  { "permute", .emit = emit_permute },
  { "squeeze", "$0.squeeze({axis})" },
  { "expand_dims", "$0.unsqueeze({axis})" },
  { "expand", "$0.expand(@shape)" },
  { "tile", .emit = emit_tile },
  { "reverse", "$0.flip({axis})" },
  { "roll", "$0.roll({shift}, {axis})" },
  { "upsample", .emit = emit_upsample },
  { "concat", "torch.cat([$*], dim={axis})" },
  { "stack", "torch.stack([$*], dim={axis})" },
  { "split", .emit = emit_split },
  { "slice", .emit = code_emit_slice },
  { "strided_slice", .emit = code_emit_strided_slice },
  { "trilu", .emit = code_emit_trilu },
  { "pad", .emit = emit_pad },
  { "crop", .emit = code_emit_crop },
  { "gather", .emit = emit_gather },
  { "gather_elements", "$0.gather({axis}, counted($1, $0.size({axis})))", .helper = "counted" },
  { "scatter_elements", .emit = emit_scatter_elements },
  { "index_add", "$0.index_add({axis}, $1, $2)" },
  { "one_hot", "one_hot($0, {size}, {axis}, {off}, {on}, {from_end})", .helper = "one_hot" },
  { "sort", "torch.sort($0, dim={axis}, descending={descending}, stable=True)" },
  { "top_k", "top_k($0, {k}, {axis}, {largest})", .helper = "top_k" },
  { "pixel_shuffle", .emit = emit_pixel_shuffle },
  { "pixel_unshuffle", .emit = emit_pixel_shuffle },
  { "unfold", .emit = emit_unfold },
  { "fold", .emit = emit_unfold },
  { "grid_sample", .emit = emit_grid_sample },
  { "affine_grid", .emit = emit_affine_grid },
  { "resize", .emit = emit_resize },
  { "full", .emit = code_emit_full },
  { "gather_nd", .emit = code_emit_gather_nd },
  { "scatter_nd", "$0.index_put(tuple($1.unbind(-1)), $2, accumulate={add})" },
  { NULL },
};
