/* What takes a helper of the same name whatever the library: resizing, rotary positions, tuples of
 * indices. */
#include "engine/code/private.h"

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
