/* Generating step by step with a cache of keys and values: what a causal attention gives for all
 * steps at once comes out of the same weights one step at a time. */
#include "engine/lower.h"
#include "engine/plan.h"

#include <string.h>

enum { STEPS = 6, SAMPLES = 2, WIDTH = 8, WORDS = 11 };

/* clang-format off */
#define NETWORK(steps)                                                                             \
  "{\"id\":\"tokens\",\"op\":\"input\",\"params\":{\"type\":\"i64\",\"shape\":[" steps "]}},"        \
  "{\"id\":\"embedding\",\"op\":\"embedding\",\"params\":{\"vocabulary\":11,\"size\":8}},"             \
  "{\"id\":\"query\",\"op\":\"dense\",\"params\":{\"units\":8}},"                                      \
  "{\"id\":\"key\",\"op\":\"dense\",\"params\":{\"units\":8}},"                                        \
  "{\"id\":\"value\",\"op\":\"dense\",\"params\":{\"units\":8}},"                                      \
  "{\"id\":\"scores\",\"op\":\"dense\",\"params\":{\"units\":11}},"                                    \
  "{\"id\":\"out\",\"op\":\"output\"},"
#define WIRE(from, to) "{\"from\":\"" from "\",\"to\":\"" to "\"}"
#define WIRES                                                                                      \
  WIRE ("tokens:out", "embedding:in") "," WIRE ("embedding:out", "query:in") ","                   \
  WIRE ("embedding:out", "key:in") "," WIRE ("embedding:out", "value:in") ","                      \
  WIRE ("query:out", "attention:query") "," WIRE ("attention:out", "scores:in") ","                \
  WIRE ("scores:out", "out:in") ","

/* All steps at once. */
static const char whole[] =
  "{\"telar\":1,\"engine\":\"0\",\"seed\":1,\"nodes\":[" NETWORK ("6")
  "{\"id\":\"attention\",\"op\":\"attention\",\"params\":{\"causal\":true}}],\"edges\":[" WIRES
  WIRE ("key:out", "attention:key") "," WIRE ("value:out", "attention:value") "]}";

/* One step, with the keys and values so far. */
static const char single[] =
  "{\"telar\":1,\"engine\":\"0\",\"seed\":1,\"nodes\":[" NETWORK ("1")
  "{\"id\":\"position\",\"op\":\"input\",\"params\":{\"type\":\"i64\",\"shape\":[]}},"
  "{\"id\":\"keys\",\"op\":\"input\",\"params\":{\"shape\":[6,8]}},"
  "{\"id\":\"values\",\"op\":\"input\",\"params\":{\"shape\":[6,8]}},"
  "{\"id\":\"key_cache\",\"op\":\"key_value_cache\"},"
  "{\"id\":\"value_cache\",\"op\":\"key_value_cache\"},"
  "{\"id\":\"next_keys\",\"op\":\"output\"},{\"id\":\"next_values\",\"op\":\"output\"},"
  "{\"id\":\"attention\",\"op\":\"attention\"}],\"edges\":[" WIRES
  WIRE ("keys:out", "key_cache:cache") "," WIRE ("key:out", "key_cache:new") ","
  WIRE ("position:out", "key_cache:position") "," WIRE ("values:out", "value_cache:cache") ","
  WIRE ("value:out", "value_cache:new") "," WIRE ("position:out", "value_cache:position") ","
  WIRE ("key_cache:out", "attention:key") "," WIRE ("value_cache:out", "attention:value") ","
  WIRE ("key_cache:mask", "attention:mask") ","
  WIRE ("key_cache:out", "next_keys:in") "," WIRE ("value_cache:out", "next_values:in") "]}";
/* clang-format on */

static TelarProgram *
lower (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = telar_graph_from_text (text, strlen (text), "test", &error);
  g_assert_no_error (error);
  g_autoptr (TelarLowered) lowered = telar_lower (graph, NULL, TELAR_LOWER_INFER);
  telar_lowered_ok (lowered, &error);
  g_assert_no_error (error);
  return telar_program_ref (lowered->program);
}

static TelarPlan *
plan_of (const TelarProgram *program, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  TelarPlan *plan = telar_plan_new (program, SAMPLES, device, 0, &error);
  g_assert_no_error (error);
  return plan;
}

/* The result called @name; the others are released. */
static TelarTensor *
take (const TelarProgram *program, TelarTensor **results, const char *name)
{
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    if (g_str_equal (telar_program_output (program, i)->name, name))
      return g_steal_pointer (&results[i]);
  g_assert_not_reached ();
}

static void
check_step (const TelarTensor *scores, const TelarTensor *all, gint64 step)
{
  for (gsize n = 0; n < SAMPLES; n++)
    for (gsize w = 0; w < WORDS; w++)
      g_assert_cmpfloat_with_epsilon (telar_tensor_get (scores, n * WORDS + w),
                                      telar_tensor_get (all, (n * STEPS + (gsize)step) * WORDS + w),
                                      1e-5);
}

static void
test_step_by_step (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 1, &error);
  g_assert_no_error (error);
  g_autoptr (TelarProgram) at_once = lower (whole), one = lower (single);
  g_autoptr (TelarPlan) whole_plan = plan_of (at_once, device), plan = plan_of (one, device);
  g_autoptr (TelarStates) states = telar_states_new ();
  telar_states_add_program (states, at_once, 5, &error);
  g_assert_no_error (error);

  TelarShape text = telar_shape (SAMPLES, STEPS), word = telar_shape (SAMPLES, 1);
  TelarShape count = telar_shape (SAMPLES), store = telar_shape (SAMPLES, STEPS, WIDTH);
  g_autoptr (TelarTensor) tokens = telar_tensor_new (TELAR_I64, &text);
  g_autoptr (TelarTensor) token = telar_tensor_new (TELAR_I64, &word);
  g_autoptr (TelarTensor) position = telar_tensor_new (TELAR_I64, &count), all = NULL;
  g_autoptr (TelarTensor) keys = telar_tensor_new (TELAR_F32, &store);
  g_autoptr (TelarTensor) values = telar_tensor_new (TELAR_F32, &store);
  for (gsize i = 0; i < SAMPLES * STEPS; i++)
    telar_tensor_set (tokens, i, (double)(i * 7 % WORDS));
  for (gsize i = 0; i < telar_tensor_elements (keys);
       i++) { /* what is not written yet is not seen */
    telar_tensor_set (keys, i, 9);
    telar_tensor_set (values, i, 9);
  }
  TelarBinding given = { "tokens", tokens };
  TelarRunContext context = { .inputs = &given, .n_inputs = 1, .states = states };
  telar_plan_run (whole_plan, &context, &all, &error);
  g_assert_no_error (error);

  for (gint64 step = 0; step < STEPS; step++) {
    for (gsize n = 0; n < SAMPLES; n++) {
      telar_tensor_set (token, n, telar_tensor_get (tokens, n * STEPS + (gsize)step));
      telar_tensor_set (position, n, (double)step);
    }
    TelarBinding inputs[] = {
      { "tokens", token }, { "position", position }, { "keys", keys }, { "values", values }
    };
    TelarRunContext next = { .inputs = inputs, .n_inputs = 4, .states = states };
    TelarTensor *results[3] = { NULL };
    telar_plan_run (plan, &next, results, &error);
    g_assert_no_error (error);
    g_autoptr (TelarTensor) scores = take (one, results, "out");
    check_step (scores, all, step);
    telar_tensor_unref (keys);
    telar_tensor_unref (values);
    keys = take (one, results, "next_keys");
    values = take (one, results, "next_values");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  g_test_add_func ("/engine/generation/step-by-step", test_step_by_step);
  return g_test_run ();
}
