/* Shapes, parts, indices and pictures in PyTorch. */
#include "engine/code/torch-window.h"

#include <string.h>

/* --- parts ------------------------------------------------------------------------------------ */

/* The list @param as Python's, whatever its length. Caller frees. */
static char *
list_text (const CodePiece *p, const char *param)
{
  guint n;
  const gint64 *items = telar_param_set_ints (p->lowered->node->params, param, &n);
  GString *text = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i ? ", " : "", items[i]);
  return g_string_free (g_string_append_c (text, ']'), FALSE);
}

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
emit_squeeze (CodePiece *p)
{
  p->forward = code_fill (p, "$0.squeeze({axis})");
}

static void
emit_tile (CodePiece *p)
{
  g_autofree char *repeats = list_text (p, "repeats");

  code_forward (p, "$0.repeat(%s)", repeats);
}

static void
emit_permute (CodePiece *p)
{
  g_autofree char *axes = list_text (p, "axes");

  code_forward (p, "$0.permute(%s)", axes);
}

/* "[:, :, 1:4:2]". Python has no negative steps for tensors: those are reversed first. */
static void
emit_slices (CodePiece *p, guint n, const gint64 *axes, const gint64 *starts, const gint64 *ends,
             const gint64 *steps)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  GString *text = g_string_new ("$0");

  for (guint i = 0; i < n; i++) {
    guint axis = (guint)(axes[i] < 0 ? axes[i] + shape->rank : axes[i]);
    gint64 size = shape->dims[axis], step = ABS (steps[i]), start = starts[i], end = ends[i];

    if (steps[i] < 0) {
      /* Place k of the reversed is place size - 1 - k. */
      g_string_append_printf (text, ".flip(%u)", axis);
      start = -1 - start;
      end = -1 - end;
    }
    g_string_append_c (text, '[');
    for (guint before = 0; before < axis; before++)
      g_string_append (text, ":, ");
    if (start != 0)
      g_string_append_printf (text, "%" G_GINT64_FORMAT, start);
    g_string_append_c (text, ':');
    if (ABS (end) < (1 << 24) && end != size)
      g_string_append_printf (text, "%" G_GINT64_FORMAT, end);
    if (step != 1)
      g_string_append_printf (text, ":%" G_GINT64_FORMAT, step);
    g_string_append_c (text, ']');
  }
  p->forward = g_string_free (text, FALSE);
}

static void
emit_slice (CodePiece *p)
{
  gint64 axis = code_int (p, "axis"), start = code_int (p, "start"), stop = code_int (p, "stop");
  gint64 step = code_int (p, "step");

  if (stop == 0)
    stop = 1 << 24; /* the end */
  emit_slices (p, 1, &axis, &start, &stop, &step);
}

static void
emit_strided_slice (CodePiece *p)
{
  gint64 axes[TELAR_MAX_RANK], starts[TELAR_MAX_RANK], ends[TELAR_MAX_RANK], steps[TELAR_MAX_RANK];
  guint n;

  telar_param_set_ints (p->lowered->node->params, "axes", &n);
  code_ints (p, "axes", n, axes);
  code_ints (p, "starts", n, starts);
  code_ints (p, "ends", n, ends);
  code_ints (p, "steps", n, steps);
  emit_slices (p, n, axes, starts, ends, steps);
}

static void
emit_split (CodePiece *p)
{
  guint n = 0;
  g_autoptr (GString) sizes = g_string_new (NULL);
  gint64 axis = code_int (p, "axis");
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  guint along = (guint)(axis < 0 ? axis + shape->rank : axis);

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

static void
emit_trilu (CodePiece *p)
{
  g_autofree char *diagonal = code_fill (p, "{diagonal}");

  code_forward (p, "torch.tri%c($0, %s)", g_str_equal (code_text (p, "part"), "lower") ? 'l' : 'u',
                diagonal);
}

/* The last axes, each with its low and high side, from the last on. */
static void
emit_pad (CodePiece *p)
{
  guint rank = code_input_type (p, 0)->shape.rank, n_low, n_high, n, first = 0;
  const gint64 *low = telar_param_set_ints (p->lowered->node->params, "low", &n_low);
  const gint64 *high = telar_param_set_ints (p->lowered->node->params, "high", &n_high);
  const char *mode = code_text (p, "mode");
  GString *sides = g_string_new (NULL);

  n = n_low == 1 ? rank - 2 : n_low;
  /* PyTorch mirrors as few axes as it must. */
  while (first + 1 < n && low[n_low == 1 ? 0 : first] == 0 && high[n_high == 1 ? 0 : first] == 0)
    first++;
  for (guint i = n; i-- > first;)
    g_string_append_printf (sides, "%s%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT,
                            sides->len ? ", " : "", low[n_low == 1 ? 0 : i],
                            high[n_high == 1 ? 0 : i]);
  if (g_str_equal (mode, "constant")) {
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
  g_autofree char *places = list_text (p, "places");
  gint64 axis = code_int (p, "axis");
  guint rank = code_input_type (p, 0)->shape.rank;
  GString *before = g_string_new (NULL);

  axis = axis < 0 ? axis + rank : axis;
  for (gint64 i = 0; i < axis; i++)
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

static void
emit_pixel_shuffle (CodePiece *p)
{
  gboolean apart = g_str_equal (p->node->op->name, "pixel_unshuffle");

  if (!g_str_equal (code_text (p, "order"), "channels_first"))
    code_refuse (p, "PyTorch has the channels first alone");
  else
    code_forward (p, "F.pixel_%s($0, %" G_GINT64_FORMAT ")", apart ? "unshuffle" : "shuffle",
                  code_int (p, "block"));
}

static void
emit_crop (CodePiece *p)
{
  const TelarShape *shape = &code_input_type (p, 0)->shape;
  guint n = shape->rank - 2;
  gint64 low[TELAR_MAX_SPATIAL], high[TELAR_MAX_SPATIAL];
  GString *text = g_string_new ("$0[:, :");

  code_ints (p, "low", n, low);
  code_ints (p, "high", n, high);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, ", %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, low[i],
                            shape->dims[i + 2] - high[i]);
  p->forward = g_string_free (g_string_append_c (text, ']'), FALSE);
}

static void
emit_unfold (CodePiece *p)
{
  gint64 kernel[2], stride[2], dilation[2], pad[4] = { 0 };
  const char *padding = code_text (p, "padding");

  code_ints (p, "kernel", 2, kernel);
  code_ints (p, "stride", 2, stride);
  code_ints (p, "dilation", 2, dilation);
  if (g_str_equal (padding, "explicit"))
    code_ints (p, "pad", 4, pad);
  if (g_str_equal (padding, "same") || pad[0] != pad[2] || pad[1] != pad[3]) {
    code_refuse (p, "PyTorch pads both sides alike");
    return;
  }
  g_autofree char *k = code_python_ints (kernel, 2), *s = code_python_ints (stride, 2);
  g_autofree char *d = code_python_ints (dilation, 2), *e = code_python_ints (pad, 2);
  if (g_str_equal (p->node->op->name, "unfold")) {
    code_forward (p, "F.unfold($0, %s, %s, %s, %s)", k, d, e, s);
    return;
  }
  gint64 size[2];
  code_ints (p, "size", 2, size);
  g_autofree char *whole = code_python_tuple (size, 2);
  code_forward (p, "F.fold($0, %s, %s, %s, %s, %s)", whole, k, d, e, s);
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
  gint64 size[2];

  if (code_output_type (p, 0)->shape.rank != 4)
    code_refuse (p, "it is a grid of volumes");
  code_ints (p, "size", 2, size);
  g_autofree char *align = code_fill (p, "{align_corners}");
  code_forward (
      p, "F.affine_grid($0, ($0.shape[0], 1, %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "), %s)",
      size[0], size[1], align);
}

/* --- the table -------------------------------------------------------------------------------- */

const CodeEntry code_torch_shapes[] = {
  { "flatten", .emit = emit_flatten },
  { "reshape", .emit = emit_reshape },
  { "permute", .emit = emit_permute },
  { "squeeze", .emit = emit_squeeze },
  { "expand_dims", "$0.unsqueeze({axis})" },
  { "expand", "$0.expand(@shape)" },
  { "tile", .emit = emit_tile },
  { "reverse", "$0.flip({axis})" },
  { "roll", "$0.roll({shift}, {axis})" },
  { "upsample", .emit = emit_upsample },
  { "concat", "torch.cat([$*], dim={axis})" },
  { "stack", "torch.stack([$*], dim={axis})" },
  { "split", .emit = emit_split },
  { "slice", .emit = emit_slice },
  { "strided_slice", .emit = emit_strided_slice },
  { "trilu", .emit = emit_trilu },
  { "pad", .emit = emit_pad },
  { "crop", .emit = emit_crop },
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
  { NULL },
};
