/* What Python itself says: arithmetic and parts of tensors, whatever the library. */
#include "engine/code/private.h"
#include "engine/code/window.h"

#include <math.h>

/* --- arithmetic ------------------------------------------------------------------------------- */

static void
emit_folded (CodePiece *p, const char *between)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < p->n_inputs; i++)
    g_string_append_printf (text, "%s$%u", i ? between : "", i);
  p->forward = g_string_free (text, FALSE);
}

void
code_emit_add (CodePiece *p)
{
  emit_folded (p, " + ");
}

void
code_emit_multiply (CodePiece *p)
{
  emit_folded (p, " * ");
}

/* "ops.maximum(ops.maximum($0, $1), $2)", as the operator is called. */
void
code_emit_nested (CodePiece *p)
{
  code_forward (p, "$0");
  for (guint i = 1; i < p->n_inputs; i++) {
    g_autofree char *inner = g_steal_pointer (&p->forward);
    code_forward (p, "%s.%s(%s, $%u)", p->w->language->functions, p->node->op->name, inner, i);
  }
}

void
code_emit_einsum (CodePiece *p)
{
  g_autofree char *all = code_fill (p, "$*");

  code_forward (p, "%s.einsum(\"%s\", %s)", p->w->language->functions, code_text (p, "equation"),
                all);
}

/* Multiplying by 1/255 is written as people do. */
void
code_emit_scale (CodePiece *p)
{
  double factor = code_real (p, "factor"), offset = code_real (p, "offset");
  g_autofree char *by = code_python_real (factor), *plus = code_python_real (fabs (offset));
  double whole = round (1 / factor);

  if (factor == 1)
    code_forward (p, "$0");
  else if (fabs (whole) > 1 && fabs (whole) < 1e6 && 1 / whole == factor)
    code_forward (p, "$0 / %.0f", whole);
  else
    code_forward (p, "$0 * %s", by);
  if (offset == 0)
    return;
  g_autofree char *product = g_steal_pointer (&p->forward);
  code_forward (p, "%s %c %s", product, offset < 0 ? '-' : '+', plus);
}

/* --- parts ------------------------------------------------------------------------------------ */

/* "$0[:, :, 1:4:2]". Python has no negative steps for tensors: those are reversed first. */
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
      g_string_prepend (text, p->w->language->flip[0]);
      g_string_append_printf (text, "%s%u)", p->w->language->flip[1], axis);
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
    /* Keras takes several keys. */
    g_string_append (text, axis == 0 && p->w->language->functional ? ", ...]" : "]");
  }
  p->forward = g_string_free (text, FALSE);
}

void
code_emit_slice (CodePiece *p)
{
  gint64 axis = code_int (p, "axis"), start = code_int (p, "start"), stop = code_int (p, "stop");
  gint64 step = code_int (p, "step");

  if (stop == 0)
    stop = 1 << 24; /* the end */
  emit_slices (p, 1, &axis, &start, &stop, &step);
}

void
code_emit_strided_slice (CodePiece *p)
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

void
code_emit_crop (CodePiece *p)
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

void
code_emit_trilu (CodePiece *p)
{
  g_autofree char *diagonal = code_fill (p, "{diagonal}");

  code_forward (p, "%s.tri%c($0, %s)", p->w->language->functions,
                g_str_equal (code_text (p, "part"), "lower") ? 'l' : 'u', diagonal);
}
