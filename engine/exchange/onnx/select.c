/* Operators whose results depend on how numbers compare with each other, often in their shapes too:
 * computed on the host from numbers that are known. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>
#include <string.h>

/* --- parts along an axis ---------------------------------------------------------------------- */

/* A tensor as [before, size, after] around an axis. */
typedef struct {
  gsize before, size, after;
} Around;

static Around
around_axis (const TelarShape *shape, guint axis)
{
  Around a = { 1, 1, 1 };
  for (guint i = 0; i < shape->rank; i++)
    *(i < axis ? &a.before : i == axis ? &a.size : &a.after) *= (gsize)shape->dims[i];
  return a;
}

/* The parts of @x at @places along @axis, in that order. */
static TelarTensor *
take (const TelarTensor *x, guint axis, const GArray *places)
{
  Around a = around_axis (&x->type.shape, axis);
  TelarShape shape = x->type.shape;
  shape.dims[axis] = places->len;
  TelarTensor *result = telar_tensor_new (x->type.dtype, &shape);
  gsize part = a.after * telar_dtype_size (x->type.dtype);
  for (gsize i = 0; i < a.before && part > 0; i++)
    for (guint k = 0; k < places->len; k++)
      memcpy ((char *)result->data + (i * places->len + k) * part,
              (const char *)x->data + (i * a.size + g_array_index (places, gsize, k)) * part, part);
  return result;
}

/* The same numbers along one axis. */
static TelarTensor *
flat_copy (const TelarTensor *x)
{
  TelarShape flat = telar_shape ((gint64)telar_tensor_elements (x));
  TelarTensor *result = telar_tensor_new (x->type.dtype, &flat);
  if (x->bytes > 0)
    memcpy (result->data, x->data, x->bytes);
  return result;
}

static TelarTensor *
new_ints (const TelarShape *shape, gint64 **items)
{
  TelarTensor *tensor = telar_tensor_new (TELAR_I64, shape);
  *items = tensor->data;
  return tensor;
}

/* A copy of @x, flat where there is no attribute axis. NULL on error. */
static TelarTensor *
along_attribute (OnnxCall *call, const TelarTensor *x, guint *axis)
{
  *axis = 0;
  if (!onnx_call_attr (call, "axis"))
    return flat_copy (x);
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", 0), x->type.shape.rank, axis))
    return NULL;
  return telar_tensor_copy (x);
}

static void
trace_compress (OnnxCall *call)
{
  const TelarTensor *x = onnx_call_numbers (call, 0), *keep = onnx_call_numbers (call, 1);
  guint axis;
  if (!x || !keep)
    return;
  g_autoptr (TelarTensor) along = along_attribute (call, x, &axis);
  if (!along)
    return;
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize n = MIN (telar_tensor_elements (keep), (gsize)along->type.shape.dims[axis]);
  for (gsize i = 0; i < n; i++)
    if (telar_tensor_get (keep, i) != 0)
      g_array_append_val (places, i);
  onnx_call_give_numbers (call, 0, take (along, axis, places));
}

/* The places of all that is not 0, a row of indices for each axis; a scalar has one axis of 1. */
static void
trace_non_zero (OnnxCall *call)
{
  const TelarTensor *x = onnx_call_numbers (call, 0);
  if (!x)
    return;
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gsize));
  for (gsize i = 0; i < telar_tensor_elements (x); i++)
    if (telar_tensor_get (x, i) != 0)
      g_array_append_val (places, i);
  TelarShape from = x->type.shape;
  gint64 strides[TELAR_MAX_RANK], *items;
  if (from.rank == 0)
    from = telar_shape (1);
  telar_shape_strides (&from, strides);
  TelarShape shape = telar_shape (from.rank, places->len);
  TelarTensor *result = new_ints (&shape, &items);
  for (guint axis = 0; axis < from.rank; axis++)
    for (guint i = 0; i < places->len; i++)
      items[axis * places->len + i] =
          (gint64)g_array_index (places, gsize, i) / strides[axis] % from.dims[axis];
  onnx_call_give_numbers (call, 0, result);
}

/* --- order ------------------------------------------------------------------------------------ */

/* -1, 0, 1; NaN comes last and equals itself. */
static int
compare_elements (const TelarTensor *x, gsize i, gsize k)
{
  TelarDType dtype = x->type.dtype;
  if (telar_dtype_is_float (dtype)) {
    double a = telar_tensor_get (x, i), b = telar_tensor_get (x, k);
    return isnan (a) || isnan (b) ? isnan (a) - isnan (b) : (a > b) - (a < b);
  }
  gint64 a = telar_element_get_bits (dtype, x->data, i);
  gint64 b = telar_element_get_bits (dtype, x->data, k);
  if (telar_dtype_is_unsigned (dtype))
    return ((guint64)a > (guint64)b) - ((guint64)a < (guint64)b);
  return (a > b) - (a < b);
}

/* Parts along an axis that are to be sorted. */
typedef struct {
  const TelarTensor *x;
  Around around;
} Order;

/* Lexicographically; 0 only for equal parts. */
static int
compare_parts (const Order *order, gsize i, gsize k)
{
  const Around *a = &order->around;
  for (gsize outer = 0; outer < a->before; outer++)
    for (gsize inner = 0; inner < a->after; inner++) {
      int result = compare_elements (order->x, (outer * a->size + i) * a->after + inner,
                                     (outer * a->size + k) * a->after + inner);
      if (result != 0)
        return result;
    }
  return 0;
}

static int
compare_parts_stable (gconstpointer a, gconstpointer b, gpointer data)
{
  gsize i = *(const gsize *)a, k = *(const gsize *)b;
  int result = compare_parts (data, i, k);
  return result != 0 ? result : (i > k) - (i < k);
}

static GArray *
first_numbers (gsize n)
{
  GArray *places = g_array_sized_new (FALSE, FALSE, sizeof (gsize), (guint)n);
  for (gsize i = 0; i < n; i++)
    g_array_append_val (places, i);
  return places;
}

/* How many is an attribute before version 10. */
static void
trace_top_k (OnnxCall *call)
{
  gint64 k = onnx_call_attr_int (call, "k", 0);
  guint axis, n, rank = onnx_call_type (call, 0).shape.rank;
  TelarValue values, places;
  if (!onnx_call_axis (call, onnx_call_attr_int (call, "axis", -1), rank, &axis) ||
      (call->version >= 10 && !onnx_call_ints (call, 1, &k, 1, &n)))
    return;
  if (k < 0) {
    onnx_call_fail (call, "there are no %" G_GINT64_FORMAT " numbers along the axis", k);
    return;
  }
  telar_emit_top_k (call->b, onnx_call_in (call, 0), axis, k,
                    onnx_call_attr_int (call, "largest", 1) != 0, &values, &places);
  onnx_call_out (call, 0, values);
  onnx_call_out (call, 1, places);
}

/* --- each once -------------------------------------------------------------------------------- */

typedef struct {
  gsize first; /* where it occurs first */
  gsize count;
  gsize sorted; /* among the different ones */
} Distinct;

static int
compare_first (gconstpointer a, gconstpointer b)
{
  gsize i = ((const Distinct *)a)->first, k = ((const Distinct *)b)->first;
  return (i > k) - (i < k);
}

/* The different parts in sorted order; @which receives for each part which of them it is. */
static GArray *
find_distinct (const Order *order, gsize *which)
{
  GArray *distinct = g_array_new (FALSE, FALSE, sizeof (Distinct));
  g_autoptr (GArray) places = first_numbers (order->around.size);
  g_array_sort_with_data (places, compare_parts_stable, (gpointer)order);
  for (guint i = 0; i < places->len; i++) {
    gsize place = g_array_index (places, gsize, i);
    if (i == 0 || compare_parts (order, place, g_array_index (places, gsize, i - 1)) != 0) {
      Distinct fresh = { .first = place, .sorted = distinct->len };
      g_array_append_val (distinct, fresh);
    }
    g_array_index (distinct, Distinct, distinct->len - 1).count++;
    which[place] = distinct->len - 1;
  }
  return distinct;
}

static void
give_distinct (OnnxCall *call, const TelarTensor *x, guint axis, const GArray *distinct,
               const gsize *which)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autofree gint64 *now_at = g_new0 (gint64, distinct->len + 1);
  TelarShape shape = telar_shape (distinct->len), all = telar_shape (x->type.shape.dims[axis]);
  gint64 *firsts, *inverse, *counts;
  TelarTensor *results[3] = { new_ints (&shape, &firsts), new_ints (&all, &inverse),
                              new_ints (&shape, &counts) };
  for (guint i = 0; i < distinct->len; i++) {
    const Distinct *one = &g_array_index (distinct, Distinct, i);
    g_array_append_val (places, one->first);
    firsts[i] = (gint64)one->first;
    counts[i] = (gint64)one->count;
    now_at[one->sorted] = i;
  }
  for (gint64 i = 0; i < all.dims[0]; i++)
    inverse[i] = now_at[which[i]];
  onnx_call_give_numbers (call, 0, take (x, axis, places));
  for (guint i = 0; i < 3; i++)
    onnx_call_give_numbers (call, i + 1, results[i]);
}

static void
trace_unique (OnnxCall *call)
{
  const TelarTensor *x = onnx_call_numbers (call, 0);
  guint axis;
  g_autoptr (TelarTensor) along = x ? along_attribute (call, x, &axis) : NULL;
  if (!along)
    return;
  Order order = { along, around_axis (&along->type.shape, axis) };
  g_autofree gsize *which = g_new0 (gsize, order.around.size + 1);
  g_autoptr (GArray) distinct = find_distinct (&order, which);
  if (!onnx_call_attr_int (call, "sorted", 1))
    g_array_sort (distinct, compare_first);
  give_distinct (call, along, axis, distinct, which);
}

const OnnxOperator onnx_operators_select[] = {
  { "Compress", trace_compress, .flags = ONNX_VALUES },
  { "NonZero", trace_non_zero, .flags = ONNX_VALUES },
  { "TopK", trace_top_k },
  { "Unique", trace_unique, .flags = ONNX_VALUES },
  { NULL },
};
