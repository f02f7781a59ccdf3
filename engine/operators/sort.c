/* Order along an axis. */
#include "engine/emit.h"
#include "engine/operators/families.h"
#include "engine/operators/helpers.h"

static void
lower_order (TelarLowering *l, gint64 k, gboolean largest)
{
  TelarType type;
  TelarValue x = telar_lower_ranked (l, 0, 1, TELAR_MAX_RANK, &type), values, places;
  guint axis;

  if (x == TELAR_NO_VALUE || !telar_lower_axis_param (l, type.shape.rank, &axis))
    return;
  telar_emit_top_k (l->b, x, axis, k, largest, &values, &places);
  telar_lower_output (l, 0, values);
  telar_lower_output (l, 1, places);
}

static void
lower_sort (TelarLowering *l)
{
  lower_order (l, -1, telar_lower_bool (l, "descending"));
}

static void
lower_top_k (TelarLowering *l)
{
  lower_order (l, telar_lower_int (l, "k"), telar_lower_bool (l, "largest"));
}

/* --- entries ---------------------------------------------------------------------------------- */

#define OUTPUTS                                                                                    \
  TELAR_PORTS (                                                                                    \
      { .name = "values", .kind = TELAR_PORT_TENSOR, .doc = N_ ("The numbers in order.") },        \
      { .name = "indices",                                                                         \
        .kind = TELAR_PORT_TENSOR,                                                                 \
        .doc = N_ ("Where along the axis each of them stood.") })

static const TelarOperator sort_operator = {
  .name = "sort",
  .label = N_ ("Sort"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Puts the numbers along an axis in order; equal ones stay as they stand."),
  .onnx = "TopK, Gather",
  .inputs = telar_ports_in,
  .outputs = OUTPUTS,
  .params = TELAR_PARAMS (
      TELAR_PARAM_AXIS ("-1", "The axis to sort; -1 is the last."),
      TELAR_PARAM_FLAG ("descending", "Descending", "false", "Whether the largest comes first.")),
  .lower = lower_sort,
  .examples = TELAR_EXAMPLES ("f32[3,5]", "f32[2,4,3] axis=1 descending=true", "i64[3,6]<4"),
};

static const TelarOperator top_k_operator = {
  .name = "top_k",
  .label = N_ ("Largest few"),
  .category = TELAR_CATEGORY_MATH,
  .doc = N_ ("Keeps the largest or smallest numbers along an axis, the best first."),
  .onnx = "TopK, Gather",
  .inputs = telar_ports_in,
  .outputs = OUTPUTS,
  .params =
      TELAR_PARAMS (TELAR_PARAM_COUNT ("k", "How many", "5", 1, "How many numbers to keep."),
                    TELAR_PARAM_AXIS ("-1", "The axis to search; -1 is the last."),
                    TELAR_PARAM_FLAG ("largest", "Largest", "true", "Else the smallest are kept.")),
  .lower = lower_top_k,
  .examples = TELAR_EXAMPLES ("f32[3,7]", "f32[2,4,3] axis=1 k=2 largest=false", "i64[3,6]<4 k=3"),
};

const TelarOperator *const telar_operators_sort[] = { &sort_operator, &top_k_operator, NULL };
