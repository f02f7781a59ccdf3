/* Reference kernel of sorting. */
#include "engine/devices/ref/ref.h"

#include <math.h>

/* One line along the axis. */
typedef struct {
  const TelarView *in;
  gsize first, step;
  gboolean descending;
} Line;

/* -1, 0, 1; what is not a number is the largest and equals itself. */
static int
compare_elements (const TelarView *x, gsize i, gsize k)
{
  TelarDType dtype = x->type.dtype;

  if (telar_dtype_is_float (dtype)) {
    double a = telar_element_get (dtype, x->data, i), b = telar_element_get (dtype, x->data, k);
    return isnan (a) || isnan (b) ? (isnan (a) != 0) - (isnan (b) != 0) : (a > b) - (a < b);
  }
  gint64 a = telar_element_get_bits (dtype, x->data, i);
  gint64 b = telar_element_get_bits (dtype, x->data, k);
  if (telar_dtype_is_unsigned (dtype))
    return ((guint64)a > (guint64)b) - ((guint64)a < (guint64)b);
  return (a > b) - (a < b);
}

static int
compare_places (gconstpointer a, gconstpointer b, gpointer data)
{
  const Line *line = data;
  gint64 i = *(const gint64 *)a, k = *(const gint64 *)b;
  int result = compare_elements (line->in, line->first + (gsize)i * line->step,
                                 line->first + (gsize)k * line->step);

  if (result != 0)
    return line->descending ? -result : result;
  return (i > k) - (i < k);
}

gboolean
ref_argsort (const TelarCall *call, GError **error)
{
  const TelarView *in = &call->inputs[0];
  const TelarShape *shape = &in->type.shape;
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  gsize length = (gsize)shape->dims[axis], inner = 1, n = ref_count (in);
  gboolean descending = telar_instr_int (call->instr, TELAR_ATTR_REVERSE, 0) != 0;
  gint64 *out = call->outputs[0].data;
  g_autofree gint64 *places = g_new (gint64, length + 1);

  for (guint i = axis + 1; i < shape->rank; i++)
    inner *= (gsize)shape->dims[i];
  for (gsize lane = 0; length > 0 && lane < n / length; lane++) {
    Line line = { in, lane / inner * inner * length + lane % inner, inner, descending };

    for (gsize k = 0; k < length; k++)
      places[k] = (gint64)k;
    g_qsort_with_data (places, (gint)length, sizeof (gint64), compare_places, &line);
    for (gsize k = 0; k < length; k++)
      out[line.first + k * inner] = places[k];
  }
  return TRUE;
}
