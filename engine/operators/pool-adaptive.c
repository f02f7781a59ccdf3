/* Pools whose windows follow from the size of the result. Window i of n over an axis of size s goes
 * from floor (i·s/n) to before ceil ((i + 1)·s/n), as PyTorch's. */
#include "engine/emit-spatial.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

typedef struct {
  gint64 first, limit;
} Range;

static Range
window_of (gint64 i, gint64 in, gint64 out)
{
  return (Range){ i * in / out, ((i + 1) * in + out - 1) / out };
}

static TelarValue
average_axis (TelarLowering *l, TelarValue x, guint axis, gint64 in, gint64 out)
{
  TelarShape shape = telar_shape (in, out);
  g_autoptr (TelarTensor) weights = telar_tensor_new (telar_lower_type (l, x).dtype, &shape);

  for (gint64 i = 0; i < in * out; i++) {
    Range window = window_of (i % out, in, out);
    gboolean inside = i / out >= window.first && i / out < window.limit;
    telar_tensor_set (weights, (gsize)i, inside ? 1 / (double)(window.limit - window.first) : 0);
  }
  return telar_emit_weigh_axis (l->b, x, axis, weights);
}

/* Shorter windows repeat their last number. */
static TelarValue
maximum_axis (TelarLowering *l, TelarValue x, guint axis, gint64 in, gint64 out)
{
  gint64 longest = 1, over = axis + 1;
  TelarShape shape;
  g_autoptr (TelarTensor) indices = NULL;

  for (gint64 i = 0; i < out; i++) {
    Range window = window_of (i, in, out);
    longest = MAX (longest, window.limit - window.first);
  }
  shape = telar_shape (out, longest);
  indices = telar_tensor_new (TELAR_I64, &shape);
  for (gint64 i = 0; i < out * longest; i++) {
    Range window = window_of (i / longest, in, out);
    ((gint64 *)indices->data)[i] = MIN (window.first + i % longest, window.limit - 1);
  }
  x = telar_emit (l->b, GATHER, ((TelarValue[]){ x, telar_build_constant (l->b, indices) }),
                  TELAR_INT (AXIS, axis));
  return telar_build_reduce (l->b, TELAR_PRIM_MAX, x, &over, 1, FALSE);
}

static void
lower_adaptive (TelarLowering *l,
                TelarValue (*pool) (TelarLowering *, TelarValue, guint axis, gint64, gint64))
{
  TelarType type;
  TelarValue x = telar_lower_float (l, 0, 3, 5, &type);
  guint n, spatial = type.shape.rank - 2;
  const gint64 *sizes = telar_lower_ints (l, "size", &n);

  if (x != TELAR_NO_VALUE && n != 1 && n != spatial) {
    telar_lower_fail (l, "size has %u numbers; give one, or one for each of the %u spatial axes", n,
                      spatial);
    return;
  }
  for (guint i = 0; x != TELAR_NO_VALUE && i < spatial; i++) {
    gint64 in;
    if (!telar_lower_size (l, &type.shape, i + 2, &in))
      return;
    x = pool (l, x, i + 2, in, sizes[n == 1 ? 0 : i]);
  }
  telar_lower_output (l, 0, x);
}

static void
lower_average (TelarLowering *l)
{
  lower_adaptive (l, average_axis);
}

static void
lower_maximum (TelarLowering *l)
{
  lower_adaptive (l, maximum_axis);
}

#define PARAMS                                                                                     \
  TELAR_PARAMS ({                                                                                  \
      .name = "size",                                                                              \
      .label = N_ ("Size"),                                                                        \
      .kind = TELAR_PARAM_INTS,                                                                    \
      .fallback = "1",                                                                             \
      .minimum = 1,                                                                                \
      .maximum = 1 << 12,                                                                          \
      .min_items = 1,                                                                              \
      .max_items = 3,                                                                              \
      .doc = N_ ("The size of the result along each spatial axis; one number counts for all."),    \
      .prominent = TRUE,                                                                           \
  })

static const TelarOperator average = {
  .name = "adaptive_avg_pool",
  .label = N_ ("Adaptive average pool"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Takes means over windows that give a result of one size, whatever the picture's."),
  .formula = "y[n,c,i] = mean x[n,c,⌊i·s/n⌋ … ⌈(i + 1)·s/n⌉ - 1]",
  .onnx = "MatMul",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = PARAMS,
  .lower = lower_average,
  .examples = TELAR_EXAMPLES ("f32[2,3,5,7] size=3x2", "f32[1,2,9] size=4", "f32[1,2,3,4,3] size=2",
                              "f32[1,2,3,3]"),
};

static const TelarOperator maximum = {
  .name = "adaptive_max_pool",
  .label = N_ ("Adaptive max pool"),
  .category = TELAR_CATEGORY_LAYER,
  .doc = N_ ("Takes maxima over windows that give a result of one size, whatever the picture's."),
  .formula = "y[n,c,i] = max x[n,c,⌊i·s/n⌋ … ⌈(i + 1)·s/n⌉ - 1]",
  .onnx = "Gather, ReduceMax",
  .inputs = telar_ports_in,
  .outputs = telar_ports_out,
  .params = PARAMS,
  .lower = lower_maximum,
  .examples =
      TELAR_EXAMPLES ("f32[2,3,5,7] size=3x2", "f32[1,2,9] size=4", "f32[1,2,3,4,3] size=2"),
};

const TelarOperator *const telar_operators_adaptive[] = { &average, &maximum, NULL };
