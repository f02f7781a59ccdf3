/* What layers over sequences and pictures, and mathematics, refuse in words a person understands,
 * and what only long sequences show. */
#include "engine/emit-sequence.h"
#include "tests/engine/operators/example.h"

#include <string.h>

/* --- refusals --------------------------------------------------------------------------------- */

typedef struct {
  const char *op, *example, *words;
} Refusal;

static const Refusal refusals[] = {
  { "lstm", "f32[2,3]", "needs 3 axes" },
  { "lstm", "f32[2,5000,1] units=1", "at most 4096 steps" },
  { "lstm", "f32[2,3,4] i64[2] f32[2,7] units=5", "state must be N,1,5 and is N,7" },
  { "gru", "f32[2,3,4] i64[2] f32[2,5] units=5 layers=2", "state must be N,2,5 and is N,5" },
  { "conv_lstm2d", "f32[2,3,4]", "needs 5 axes" },
  { "multi_head_attention", "f32[2,3,6] heads=4", "6 features cannot be divided among 4 heads" },
  { "multi_head_attention", "f32[2,3,6] heads=3 key_heads=2", "cannot share 2 heads" },
  { "multi_head_attention", "f32[2,3,6] heads=2 rotary=true", "not even in number" },
  { "attention", "f32[2,4]", "needs 3 to 4 axes" },
  { "attention", "f32[2,2,3,4] f32[2,3,4]", "matmul" },
  { "rotary_positions", "f32[2,3,5]", "not even in number" },
  { "learned_positions", "f32[2,3,4] longest=2", "positions for 2 steps" },
  { "transformer_encoder", "f32[2,3,6] heads=4", "cannot be divided" },
  { "transformer_encoder", "f32[2,3,4] i64[2,1,3,3,1] heads=1", "needs 2 to 4 axes" },
  { "key_value_cache", "f32[2,5,3] f32[2,2,1,3] i64[2]", "as many axes" },
  { "conv1d_transpose", "f32[2,3,4] filters=3 groups=2", "groups is 2 and must divide" },
  { "conv3d_transpose", "f32[1,1,2,2,2] padding=valid extra=1", "smaller than the stride" },
  { "resize", "f32[2,3,4,4] size=2x2x2", "size has 3 numbers" },
  { "pixel_shuffle", "f32[2,3,4,4]", "does not part into blocks of 2" },
  { "crop", "f32[2,3,4,4] low=2 high=2", "leaves nothing of axis 2" },
  { "grid_sample", "f32[2,3,4,4] f32[2,3,3,3]", "grid [N,h,w,2]" },
  { "affine_grid", "f32[2,3,3]", "one 2x3 matrix" },
  { "unfold", "f32[2,3,2,4]", "larger than axis 2" },
  { "fold", "f32[2,9,5] size=4x5", "6 windows of 9 numbers" },
  { "max_pool_places2d", "f32[1,1,4,4] padding=explicit pad=2", "pad must be smaller" },
  { "max_unpool2d", "f32[2,2,2,3] i64[2,2,2,2]", "one for each number of in" },
  { "adaptive_avg_pool", "f32[2,3,4] size=2x2", "size has 2 numbers" },
  { "bilinear", "f32[2,3] f32[2,4,3]", "differ in their last axis only" },
  { "glu", "f32[2,3]", "cannot be halved" },
  { "hard_tanh", "f32[2,3] low=1 high=0", "must not be above" },
  { "add", "f32[2,3] f32[2,4]", "do not fit" },
  { "reshape", "f32[2,6] shape=4", "the number of elements differs" },
  { "reshape", "f32[2,6] shape=-1,-1", "the number of elements differs" },
  { "permute", "f32[2,3,4] axes=0,1,1", "each of the 3 axes once" },
  { "squeeze", "f32[2,3] axis=1", "is not of size 1" },
  { "expand", "f32[2,1] shape=3", "a size for each of the 2 axes" },
  { "tile", "f32[2,3] repeats=2", "1 repeats are given for 2 axes" },
  { "roll", "f32[2,3] axis=0", "grows with the batch" },
  { "split", "f32[2,5]", "5 does not part into 2 equal sizes" },
  { "split", "f32[2,5] sizes=2,2", "add up to 4 where the axis has 5" },
  { "slice", "f32[2,5] start=4 stop=2", "nothing lies between" },
  { "strided_slice", "f32[2,5] steps=0", "a step is 0" },
  { "strided_slice", "f32[2,5] axes=0 starts=1", "must stay whole" },
  { "strided_slice", "f32[2,5] axes=1,1", "named twice" },
  { "trilu", "f32[2]", "two axes" },
  { "sum", "f32[2,3] axes=1,-1", "named twice" },
  { "cumprod", "f32[2,3] axis=0", "grows with the batch" },
  { "argmax", "f32[2,3] axis=0 equals=last", "grows with the batch" },
  { "einsum", "f32[2,3] f32[2,3]", "does not name 2 axes" },
  { "einsum", "f32[2,3] equation=ni,nj->n", "a term for each input" },
  { "einsum", "f32[2,3] equation=ni->nk", "in no term" },
  { "gather", "f32[2,3] places=3", "no place 3 on an axis of 3" },
  { "gather", "f32[2,3] f32[2]", "must be whole numbers" },
  { "gather_elements", "f32[2,3,4] i64[2,3,5]", "do not fit the data" },
  { "gather_nd", "f32[2,3] i64[2,4,2]", "do not fit the data" },
  { "scatter_elements", "f32[2,3] i64[2,2] f32[2,3]", "an update for each index" },
  { "top_k", "f32[2,3] k=4", "no 4 numbers" },
  { "sort", "f32[2,3] axis=2", "not one of the 2 axes" },
  { "non_max_suppression", "f32[2,8,4] f32[2,8,3]", "do not fit the scores" },
  { "random_uniform", "f32[2,3] low=2", "must not exceed high" },
  { "range", "step=-1", "do not lead from" },
  { "range", "step=0.5 type=i64", "must be whole" },
};

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_autoptr (GError) error = NULL;
  const TelarOperator *op = telar_operator_find (refusal->op);
  g_autoptr (Example) example = example_new (op, refusal->example, &error);
  g_assert_no_error (error);
  g_autoptr (TelarProgram) program =
      example_lower (example, EXAMPLE_FED, TELAR_LOWER_INFER, EXAMPLE_RESULT, &error);
  g_assert_null (program);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, refusal->words));
  g_assert_cmpstr (telar_error_get_node (error), ==, "it");
}

/* --- long sequences --------------------------------------------------------------------------- */

static TelarTensor *
run_alone (TelarBuilder *b, TelarValue value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  TelarTensor *result = NULL;
  telar_build_output (b, TELAR_OUTPUT_RESULT, "y", value);
  g_autoptr (TelarProgram) program = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  g_autoptr (TelarPlan) plan = telar_plan_new (program, 1, device, 0, &error);
  g_assert_no_error (error);
  TelarRunContext context = { NULL, 0, NULL, 0, 0 };
  telar_plan_run (plan, &context, &result, &error);
  g_assert_no_error (error);
  return result;
}

/* More parts than an instruction takes. */
static void
test_many_parts (void)
{
  enum { N = 700 };
  g_autoptr (TelarBuilder) b = telar_builder_new ("many");
  TelarShape one = telar_shape (1);
  TelarValue values[N];
  for (guint i = 0; i < N; i++)
    values[i] = telar_build_reshape (b, telar_build_scalar (b, TELAR_F32, i), &one);
  g_autoptr (TelarTensor) result = run_alone (b, telar_build_concat (b, values, N, 0));
  g_assert_cmpuint (telar_tensor_elements (result), ==, N);
  for (guint i = 0; i < N; i++)
    g_assert_cmpfloat (telar_tensor_get (result, i), ==, i);
}

/* h[t] = h[t-1] + 1, through 300 steps. */
static void
test_many_steps (void)
{
  enum { STEPS = 300 };
  g_autoptr (TelarBuilder) b = telar_builder_new ("counter");
  TelarType x = { TELAR_F32, telar_shape (1, STEPS, 1) },
            weight = { TELAR_F32, telar_shape (1, 1) };
  TelarRecurrence r = TELAR_RECURRENCE;
  r.cell = TELAR_CELL_RNN;
  r.functions[0] = (TelarGateFunction){ "affine", 1, 0 };
  r.kernel = r.recurrent = telar_build_fill (b, &weight, 1);
  TelarRecurrenceResult result = telar_emit_recurrence (b, &r, telar_build_fill (b, &x, 1));
  g_autoptr (TelarTensor) sequence = run_alone (b, result.sequence);
  for (guint t = 0; t < STEPS; t++)
    g_assert_cmpfloat (telar_tensor_get (sequence, t), ==, t + 1);
}

/* With a cache before it, a query sees what came before and itself. */
static void
test_causal_offset (void)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("offset");
  TelarType query = { TELAR_F32, telar_shape (1, 2, 4) },
            key = { TELAR_F32, telar_shape (1, 5, 4) };
  TelarAttention attention = { .query = telar_build_fill (b, &query, 1),
                               .key = telar_build_fill (b, &key, 1),
                               .mask = TELAR_NO_VALUE,
                               .causal = TRUE,
                               .offset = 3 };
  g_autoptr (TelarTensor) weights = run_alone (b, telar_emit_attention_weights (b, &attention));
  for (guint s = 0; s < 5; s++) {
    g_assert_cmpfloat_with_epsilon (telar_tensor_get (weights, s), s < 4 ? 0.25 : 0, 1e-6);
    g_assert_cmpfloat_with_epsilon (telar_tensor_get (weights, 5 + s), 0.2, 1e-6);
  }
}

/* What a hostile model may hand over. */
static void
test_scalar_table (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarBuilder) b = telar_builder_new ("scalar");
  TelarType type = { TELAR_F32, telar_shape (1, 2, 4) };
  TelarValue one = telar_build_scalar (b, TELAR_F32, 1), x = telar_build_fill (b, &type, 1);
  g_assert_true (telar_emit_rotary (b, x, one, one, FALSE) == TELAR_NO_VALUE);
  g_assert_null (telar_builder_finish (b, &error));
  g_assert_nonnull (strstr (error->message, "table of angles"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  example_init ();
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path = g_strdup_printf ("/sequences/refuses/%s/%u", refusals[i].op, i);
    g_test_add_data_func (path, &refusals[i], test_refusal);
  }
  g_test_add_func ("/sequences/many-parts", test_many_parts);
  g_test_add_func ("/sequences/many-steps", test_many_steps);
  g_test_add_func ("/sequences/causal-offset", test_causal_offset);
  g_test_add_func ("/sequences/scalar-table", test_scalar_table);
  return g_test_run ();
}
