/* What takes a helper of the same name whatever the library: resizing, rotary positions, tuples of
 * indices. */
#include "engine/code/private.h"

const CodeHelper code_common_helpers[] = {
  { "resize_matrix",
    "def resize_matrix(inside, outside, scale, mode, places, rounding, a, exclude):\n"
    "    \"\"\"How much each place along an axis counts for each place of the result.\"\"\"\n"
    "    at = np.arange(outside)\n"
    "    if places == \"asymmetric\":\n"
    "        x = at / scale\n"
    "    elif places == \"align_corners\":\n"
    "        x = at * (inside - 1) / (scale * inside - 1) if outside > 1 else at * 0.0\n"
    "    elif places == \"pytorch_half_pixel\" and outside == 1:\n"
    "        x = at * 0.0\n"
    "    else:\n"
    "        x = (at + 0.5) / scale - 0.5\n"
    "    weights = np.zeros((inside, outside), \"float32\")\n"
    "    if mode == \"nearest\":\n"
    "        rounded = {\"prefer_floor\": np.ceil(x - 0.5), \"prefer_ceil\": np.floor(x + 0.5),\n"
    "                   \"floor\": np.floor(x), \"ceil\": np.ceil(x)}[rounding]\n"
    "        weights[np.clip(rounded, 0, inside - 1).astype(int), at] = 1\n"
    "        return weights\n"
    "    reach = 2 if mode == \"cubic\" else 1\n"
    "    for k in range(1 - reach, reach + 1):\n"
    "        place = np.floor(x) + k\n"
    "        d = np.abs(x - place)\n"
    "        near = ((a + 2) * d - (a + 3)) * d**2 + 1\n"
    "        far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a\n"
    "        weight = np.where(d < 1, near, far) if mode == \"cubic\" else 1 - d\n"
    "        if exclude:\n"
    "            weight = weight * ((place >= 0) & (place < inside))\n"
    "        np.add.at(weights, (np.clip(place, 0, inside - 1).astype(int), at), weight)\n"
    "    return weights / weights.sum(0) if exclude else weights\n" },
  { NULL },
};

/* Along each axis a matrix says how much each place counts. */
void
code_emit_resize (CodePiece *p)
{
  const TelarShape *in = &code_input_type (p, 0)->shape, *out = &code_output_type (p, 0)->shape;
  g_autofree char *about =
      code_fill (p, "{mode}, {coordinates}, {rounding}, {cubic}, {exclude_outside}");
  double given = code_real (p, "scale");

  code_need (p, "resize");
  code_forward (p, "$0");
  for (guint axis = 2; axis < in->rank; axis++) {
    gint64 from = in->dims[axis], to = out->dims[axis];
    g_autofree char *inner = g_steal_pointer (&p->forward);
    g_autofree char *scale =
        code_python_real (given > 0 && from != to ? given : (double)to / (double)from);

    code_forward (p, "resize(%s, %u, %" G_GINT64_FORMAT ", %s, %s)", inner, axis, to, scale, about);
  }
}

void
code_emit_rotary (CodePiece *p)
{
  g_autofree char *text = code_fill (p, "$0, {base}");
  gboolean neighbours = g_str_equal (code_text (p, "pairs"), "neighbours");

  code_need (p, "rotary");
  if (p->n_inputs > 1)
    code_forward (p, "rotary(%s, %s, $1, %" G_GINT64_FORMAT ")", text,
                  neighbours ? "True" : "False", code_int (p, "longest"));
  else
    code_forward (p, "rotary(%s, %s)", text, neighbours ? "True" : "False");
}

void
code_emit_gather_nd (CodePiece *p)
{
  gint64 batch = code_int (p, "batch_axes");

  code_need (p, "gather_nd");
  if (batch > 1)
    code_refuse (p, "more than the batch is paired");
  code_forward (p, "gather_nd($0, $1, %s)", batch ? "True" : "False");
}

void
code_emit_full (CodePiece *p)
{
  const TelarType *type = code_output_type (p, 0);
  g_autofree char *sizes = code_python_tuple (type->shape.dims + 1, type->shape.rank - 1);
  g_autofree char *value = code_fill (p, "{value}");

  code_need (p, "full");
  code_forward (p, "full($0, %s, %s, \"%s\")", sizes, value, code_dtype (type->dtype));
}

void
code_emit_pixel_shuffle (CodePiece *p)
{
  const char *helper = p->node->op->name; /* pixel_shuffle or pixel_unshuffle */

  code_need (p, helper);
  code_forward (p, "%s($0, %" G_GINT64_FORMAT ", %s)", helper, code_int (p, "block"),
                g_str_equal (code_text (p, "order"), "channels_first") ? "True" : "False");
}
