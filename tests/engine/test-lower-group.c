/* Groups lowered: the same program as what is drawn in them, weights shared and apart, repetition,
 * loops that carry values, take sequences apart and end by a condition. */
#include "engine/compiler.h"
#include "engine/lower.h"
#include "engine/plan.h"
#include <string.h>

#define BEGIN(nodes, edges)                                                                        \
  "{\"telar\": 1, \"engine\": \"0\", \"seed\": 3, \"nodes\": [" nodes "], \"edges\": [" edges      \
  "], \"groups\": {"
#define END                       "}}"
#define N(id, op)                 "{\"id\":\"" id "\",\"op\":\"" op "\"}"
#define P(id, op, of)             "{\"id\":\"" id "\",\"op\":\"" op "\",\"params\":{" of "}}"
#define E(from, to)               "{\"from\":\"" from "\",\"to\":\"" to "\"}"
#define GROUP(name, nodes, edges) "\"" name "\":{\"nodes\":[" nodes "],\"edges\":[" edges "]}"
#define ENDS                      N ("x", "group_input") "," N ("y", "group_output")
#define X4                        P ("x", "input", "\"shape\":[4]")

static TelarLowered *
lower (const char *text, TelarGraph **graph, GError **error)
{
  g_autoptr (GError) problem = NULL;
  *graph = telar_graph_from_text (text, strlen (text), "test", &problem);
  g_assert_no_error (problem);
  TelarLowered *lowered = telar_lower (*graph, NULL, TELAR_LOWER_INFER);
  telar_lowered_ok (lowered, error);
  return lowered;
}

static void
assert_refused (const char *text, const char *message)
{
  g_autoptr (TelarGraph) graph = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarLowered) lowered = lower (text, &graph, &error);
  g_assert_null (lowered->program);
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, message);
}

/* The names of the states. Caller frees. */
static char *
state_names (const TelarProgram *program)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < telar_program_n_states (program); i++)
    g_string_append_printf (names, "%s ", telar_program_state (program, i)->name);
  return g_string_free (names, FALSE);
}

/* What the result is for an input of 2 rows, 0, 1, 2, … / 8. States differ but for names that are
 * the same when "/" and ":" in them are "_". */
static TelarTensor *
run (const char *text, const char *want_states)
{
  g_autoptr (TelarGraph) graph = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarLowered) lowered = lower (text, &graph, &error);
  g_assert_no_error (error);
  TelarProgram *program = lowered->program;
  g_autofree char *names = state_names (program);
  g_assert_cmpstr (names, ==, want_states);

  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarStates) states = telar_states_new ();
  telar_states_add_program (states, program, 1, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const char *name = telar_program_state (program, i)->name;
    TelarTensor *state = telar_states_get (states, name);
    g_autofree char *plain = g_strdelimit (g_strdup (name), "/:", '_');
    guint hash = g_str_hash (plain);
    for (gsize j = 0; j < telar_tensor_elements (state); j++)
      telar_tensor_set (state, j, (double)((hash + 7 * (guint)j) % 17) / 16 - 0.5);
  }
  const TelarInstr *input = NULL;
  for (guint i = 0; i < telar_program_n_instrs (program) && !input; i++)
    if (telar_program_instr (program, i)->prim == TELAR_PRIM_INPUT)
      input = telar_program_instr (program, i);
  TelarType type = *telar_program_type (program, input->outputs[0]);
  type.shape.dims[0] = 2;
  g_autoptr (TelarTensor) x = telar_tensor_new (type.dtype, &type.shape);
  for (gsize i = 0; i < telar_tensor_elements (x); i++)
    telar_tensor_set (x, i, (double)i / 8);

  g_autoptr (TelarPlan) plan = telar_plan_new (program, 2, device, 0, &error);
  g_assert_no_error (error);
  TelarBinding binding = { "x", x };
  TelarRunContext context = { &binding, 1, states, .seed = 3 };
  TelarTensor *result;
  telar_plan_run (plan, &context, &result, &error);
  g_assert_no_error (error);
  return result;
}

static void
assert_equal (const TelarTensor *have, const TelarTensor *want)
{
  g_assert_cmpuint (telar_tensor_elements (have), ==, telar_tensor_elements (want));
  for (gsize i = 0; i < telar_tensor_elements (have); i++)
    g_assert_cmpfloat (telar_tensor_get (have, i), ==, telar_tensor_get (want, i));
}

static void
assert_numbers (const TelarTensor *have, const double *want, guint n)
{
  g_assert_cmpuint (telar_tensor_elements (have), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (telar_tensor_get (have, i), want[i], 1e-6);
}

/* --- weights ---------------------------------------------------------------------------------- */

#define BLOCK(inner)                                                                               \
  GROUP ("block", ENDS "," P ("fc", "dense", "\"units\":4,\"activation\":\"tanh\""),               \
         E ("x", "fc") "," E ("fc", "y"))
#define USE(params)                                                                                \
  BEGIN (X4 "," P ("b", "group:block", params) "," N ("o", "output"), E ("x", "b") "," E ("b", "o"))
#define DENSE(id) P (id, "dense", "\"units\":4,\"activation\":\"tanh\"")

static void
test_once (void)
{
  g_autoptr (TelarTensor) own =
      run (USE ("\"weights\":\"own\"") BLOCK () END, "b/fc.kernel b/fc.bias ");
  g_autoptr (TelarTensor) shared = run (USE ("") BLOCK () END, "block:fc.kernel block:fc.bias ");
  g_autoptr (TelarTensor) flat = run (
      BEGIN (X4 "," DENSE ("b_fc") "," N ("o", "output"), E ("x", "b_fc") "," E ("b_fc", "o")) END,
      "b_fc.kernel b_fc.bias ");
  g_autoptr (TelarTensor) flat_shared =
      run (BEGIN (X4 "," DENSE ("block_fc") "," N ("o", "output"),
                  E ("x", "block_fc") "," E ("block_fc", "o")) END,
           "block_fc.kernel block_fc.bias ");
  assert_equal (own, flat);
  assert_equal (shared, flat_shared);
}

static void
test_repeated (void)
{
  g_autoptr (TelarTensor) own = run (USE ("\"repeat\":2,\"weights\":\"own\"") BLOCK () END,
                                     "b/0/fc.kernel b/0/fc.bias b/1/fc.kernel b/1/fc.bias ");
  g_autoptr (TelarTensor) flat =
      run (BEGIN (X4 "," DENSE ("b_0_fc") "," DENSE ("b_1_fc") "," N ("o", "output"),
                  E ("x", "b_0_fc") "," E ("b_0_fc", "b_1_fc") "," E ("b_1_fc", "o")) END,
           "b_0_fc.kernel b_0_fc.bias b_1_fc.kernel b_1_fc.bias ");
  g_autoptr (TelarTensor) same = run (USE ("\"repeat\":2,\"step_weights\":\"shared\"") BLOCK () END,
                                      "block:fc.kernel block:fc.bias ");
  g_autoptr (TelarTensor) twice =
      run (BEGIN (X4 "," N ("b", "group:block") "," N ("c", "group:block") "," N ("o", "output"),
                  E ("x", "b") "," E ("b", "c") "," E ("c", "o")) BLOCK () END,
           "block:fc.kernel block:fc.bias ");
  assert_equal (own, flat);
  assert_equal (same, twice);
}

/* Shared weights are shared within a drawing: what is used twice in a repeated group is one in each
 * repetition. */
static void
test_nested (void)
{
  g_autoptr (TelarTensor) result = run (
      BEGIN (X4
             "," P ("s", "group:stage", "\"repeat\":2,\"weights\":\"own\"") "," N ("o", "output"),
             E ("x", "s") "," E ("s", "o"))
          BLOCK () "," GROUP ("stage", ENDS "," N ("b", "group:block") "," N ("c", "group:block"),
                              E ("x", "b") "," E ("b", "c") "," E ("c", "y")) END,
      "s/0/block:fc.kernel s/0/block:fc.bias s/1/block:fc.kernel s/1/block:fc.bias ");
  g_assert_cmpuint (telar_tensor_elements (result), ==, 8);
}

static void
test_settings (void)
{
  g_autoptr (TelarTensor) result =
      run (USE ("\"settings\":\"fc.units=3 fc.bias=false\"") BLOCK () END, "block:fc.kernel ");
  g_assert_cmpuint (telar_tensor_elements (result), ==, 6);
  assert_refused (USE ("\"settings\":\"fc.units\"") BLOCK () END,
                  "b: \"fc.units\" is not a setting of a node within, such as conv1.filters=32");
  assert_refused (USE ("\"settings\":\"fd.units=3\"") BLOCK () END,
                  "b: there is no node \"fd\" to set \"units\" of");
  assert_refused (
      BEGIN (X4 "," N ("b", "group:block") "," P (
                 "c", "group:block", "\"settings\":\"fc.units=3\"") "," N ("o", "output"),
             E ("x", "b") "," E ("b", "c") "," E ("c", "o")) BLOCK () END,
      "c/fc: the weights are shared with another use of the group, where they are f32[4,4]; here "
      "they would be f32[4,3]: let one of the two have its own");
}

/* --- loops ------------------------------------------------------------------------------------ */

#define SEQUENCE P ("x", "input", "\"shape\":[3]")
#define CARRY(gives, carries)                                                                      \
  P ("y", "group_output", "\"gives\":\"" gives "\",\"carries\":\"" carries "\"")
/* h + x, step by step along the axis of the shape */
#define RUNNING_SUM(gives)                                                                         \
  BEGIN (SEQUENCE                                                                                  \
         "," P ("h", "constant", "\"shape\":[1]") "," N ("s", "group:sum") "," N ("o", "output"),  \
         E ("x", "s:x") "," E ("h", "s:h") "," E ("s", "o"))                                       \
  GROUP ("sum",                                                                                    \
         P ("x", "group_input", "\"each\":true") "," N ("h", "group_input") "," N (                \
             "plus", "add") "," CARRY (gives, "h"),                                                \
         E ("x", "plus:in.0") "," E ("h", "plus:in.1") "," E ("plus", "y"))                        \
  END

static void
test_scan (void)
{
  g_autoptr (TelarTensor) last = run (RUNNING_SUM ("last"), "");
  g_autoptr (TelarTensor) every = run (RUNNING_SUM ("every"), "");
  assert_numbers (last, (const double[]){ 3.0 / 8, 12.0 / 8 }, 2);
  assert_numbers (every, (const double[]){ 0, 1.0 / 8, 3.0 / 8, 3.0 / 8, 7.0 / 8, 12.0 / 8 }, 6);
}

/* Doubles while less than a limit, at most ten times. */
static void
test_while (void)
{
  static const char text[] = BEGIN (
      P ("x", "input", "\"shape\":[]") "," P ("one", "constant", "\"shape\":[],\"value\":1") "," P (
          "w", "group:twice", "\"repeat\":10") "," N ("mul", "multiply") "," N ("o", "output"),
      E ("one", "w") "," E ("w:y", "mul:in.0") "," E ("x", "mul:in.1") "," E ("mul", "o"))
      GROUP ("twice",
             N ("h", "group_input") "," N ("plus", "add") "," CARRY ("last", "h") "," P (
                 "go", "group_output",
                 "\"gives\":\"while\"") "," P ("limit", "constant",
                                               "\"shape\":[],\"value\":50") "," N ("less", "less"),
             E ("h", "plus:in.0") "," E ("h", "plus:in.1") "," E ("plus", "y") "," E (
                 "plus", "less:a") "," E ("limit", "less:b") "," E ("less", "go")) END;
  g_autoptr (TelarTensor) result = run (text, "");
  assert_numbers (result, (const double[]){ 0, 64.0 / 8 }, 2);
}

static void
test_refused (void)
{
  assert_refused (
      BEGIN (X4 "," P ("b", "group:block", "\"repeat\":3") "," N ("o", "output"),
             E ("x", "b") "," E ("b:y", "o"))
          GROUP ("block", ENDS "," N ("z", "group_output") "," N ("r", "relu"),
                 E ("x", "r") "," E ("r", "y") "," E ("r", "z")) END,
      "b: to be repeated a group needs as many outputs as inputs, or outputs that carry inputs; it "
      "has 1 inputs and 2 outputs");
  assert_refused (USE ("") GROUP ("block", ENDS "," P ("c", "conv2d", "\"filters\":4"),
                                  E ("x", "c") "," E ("c", "y")) END,
                  "b/c: in needs 4 axes, the batch included, but is f32[N,4]");
  assert_refused (
      USE ("") GROUP ("block", N ("x", "group_input") "," CARRY ("last", "h"), E ("x", "y")) END,
      "b: y carries \"h\", which is no input of the group");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  g_test_add_func ("/engine/lower-group/once", test_once);
  g_test_add_func ("/engine/lower-group/repeated", test_repeated);
  g_test_add_func ("/engine/lower-group/nested", test_nested);
  g_test_add_func ("/engine/lower-group/settings", test_settings);
  g_test_add_func ("/engine/lower-group/scan", test_scan);
  g_test_add_func ("/engine/lower-group/while", test_while);
  g_test_add_func ("/engine/lower-group/refused", test_refused);
  return g_test_run ();
}
