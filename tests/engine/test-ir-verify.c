/* The verifier finds what went wrong behind the builder's back. Programs are damaged in memory, one
 * promise at a time. */
#include "engine/ir-private.h"

static const char *const text = "program p {\n"
                                "  state @s : f32[3] trainable init=zeros\n"
                                "  state @t : f32[3] init=fit_mean fit=%2\n"
                                "  %0 = input {name=\"x\", dtype=f32, shape=[N,3]} : f32[N,3]\n"
                                "  %1 = state {name=\"s\"} : f32[3]\n"
                                "  %2 = add %0, %1 : f32[N,3]  !node\n"
                                "  %3 = sum %2 {axes=[0], keep=0} : f32[3]\n"
                                "  %4 = input {name=\"x\", dtype=f32, shape=[N,3]} : f32[N,3]\n"
                                "  %5 = fused %4 : f32[N,3] {\n"
                                "    %0 = input {name=\"0\", dtype=f32, shape=[N,3]} : f32[N,3]\n"
                                "    %1 = exp %0 : f32[N,3]\n"
                                "    output result \"0\" = %1\n"
                                "  }\n"
                                "  output result \"y\" = %2\n"
                                "  update @s = %3\n"
                                "}\n";

static TelarInstr *
instr (TelarProgram *p, guint i)
{
  return g_ptr_array_index (p->instrs, i);
}

static TelarType *
type (TelarProgram *p, TelarValue v)
{
  return &((TelarValueInfo *)g_ptr_array_index (p->values, v))->type;
}

static void
use_before_made (TelarProgram *p)
{
  ((TelarValue *)instr (p, 2)->inputs)[0] = 2;
}

static void
wrong_handle (TelarProgram *p)
{
  ((TelarValue *)instr (p, 2)->outputs)[0] = 3;
}

static void
wrong_maker (TelarProgram *p)
{
  ((TelarValueInfo *)g_ptr_array_index (p->values, 2))->maker = instr (p, 1);
}

static void
wrong_type (TelarProgram *p)
{
  type (p, 3)->shape.dims[0] = 4;
}

static void
wrong_rule (TelarProgram *p)
{
  ((gint64 *)instr (p, 3)->attrs[0].ints)[0] = 5;
}

static void
wrong_arity (TelarProgram *p)
{
  instr (p, 2)->n_inputs = 1;
}

static void
wrong_prim (TelarProgram *p)
{
  instr (p, 2)->prim = TELAR_N_PRIMS;
}

static void
unsorted_attrs (TelarProgram *p)
{
  TelarAttr *attrs = (TelarAttr *)instr (p, 3)->attrs, first = attrs[0];

  attrs[0] = attrs[1];
  attrs[1] = first;
}

static void
unknown_attr (TelarProgram *p)
{
  ((TelarAttr *)instr (p, 3)->attrs)[1].key = TELAR_ATTR_LAYOUT;
}

static void
unknown_state (TelarProgram *p)
{
  ((TelarAttr *)instr (p, 1)->attrs)[0].string = "gone";
}

static void
state_type (TelarProgram *p)
{
  ((TelarState *)g_ptr_array_index (p->states, 0))->type.dtype = TELAR_F64;
}

static void
state_grows (TelarProgram *p)
{
  ((TelarState *)g_ptr_array_index (p->states, 1))->type.shape.dims[0] = -1;
}

static void
state_fit (TelarProgram *p)
{
  ((TelarState *)g_ptr_array_index (p->states, 1))->fit = 99;
}

static void
output_value (TelarProgram *p)
{
  ((TelarOutput *)g_ptr_array_index (p->outputs, 0))->value = 99;
}

static void
update_type (TelarProgram *p)
{
  ((TelarUpdate *)g_ptr_array_index (p->updates, 0))->value = 2;
}

static void
update_state (TelarProgram *p)
{
  ((TelarUpdate *)g_ptr_array_index (p->updates, 0))->state = "gone";
}

static void
update_twice (TelarProgram *p)
{
  g_ptr_array_add (p->updates, g_ptr_array_index (p->updates, 0));
}

static void
input_types (TelarProgram *p)
{
  ((TelarAttr *)instr (p, 0)->attrs)[0].string = "0";
  ((TelarAttr *)instr (p, 4)->attrs)[0].string = "0";
  ((gint64 *)instr (p, 0)->attrs[2].ints)[1] = 1;
  type (p, 0)->shape.dims[1] = 1;
}

static void
lost_value (TelarProgram *p)
{
  g_ptr_array_set_size (p->instrs, 5);
}

static void
bad_body (TelarProgram *p)
{
  type ((TelarProgram *)instr (p, 5)->body, 1)->dtype = TELAR_F16;
  type (p, 5)->dtype = TELAR_F16;
}

static const struct {
  void (*damage) (TelarProgram *program);
  const char *message;
} cases[] = {
  { use_before_made, "node: program p, instruction 2 (add): uses %2 before it is made" },
  { wrong_handle, "node: program p, instruction 2 (add): makes %3 where %2 is due" },
  { wrong_maker, "node: program p, instruction 2 (add): does not own its result %2" },
  { wrong_type, "program p, instruction 3 (sum): result 0 is f32[4], its rule says f32[3]" },
  { wrong_rule, "program p, instruction 3 (sum): sum: there is no axis 5 in a tensor of 2 axes" },
  { wrong_arity, "node: program p, instruction 2 (add): add: takes 2 inputs, not 1" },
  { wrong_prim, "program p: instruction 2 is of an unknown kind" },
  { unsorted_attrs, "program p, instruction 3 (sum): its attributes are not sorted" },
  { unknown_attr, "program p, instruction 3 (sum): sum: knows no attribute \"layout\"" },
  { unknown_state, "program p, instruction 1 (state): the state \"gone\" is not declared" },
  { state_type, "program p, instruction 1 (state): result 0 is f32[3], its rule says f64[3]" },
  { state_grows, "program p: the state \"t\" grows with the batch" },
  { state_fit, "program p: the state \"t\" is fitted to %99, which is not made" },
  { output_value, "program p: the output \"y\" is %99, which is not made" },
  { update_type, "program p: the state \"s\" cannot become %2" },
  { update_state, "program p: updates the state \"gone\", which is not declared" },
  { update_twice, "program p: updates the state \"s\" twice" },
  { input_types, "program p, instruction 4 (input): the input \"0\" has two types" },
  { lost_value, "program p: has values that no instruction makes" },
  { bad_body, "program body, instruction 1 (exp): result 0 is f16[N,3], its rule says f32[N,3]" },
};

static void
test_damage (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = telar_program_from_text (text, &error);

  g_assert_no_error (error);
  g_assert_true (telar_program_verify (program, &error));
  g_assert_no_error (error);
  cases[i].damage (program);
  g_assert_false (telar_program_verify (program, &error));
  g_assert_cmpstr (error->message, ==, cases[i].message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("/ir-verify/%u", i);

    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_damage);
  }
  return g_test_run ();
}
