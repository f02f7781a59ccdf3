/* Memory and schedule, over random programs: what is alive together never shares bytes, states are
 * written when nobody needs the old value, orders are valid. The checks know nothing of how the
 * passes decide; they only look at the result. */
#include "engine/compiler.h"
#include "engine/memory.h"
#include "tests/support/random-program.h"

enum { N_PROGRAMS = 300 };

typedef struct {
  guint first, last;
} Life;

/* From where a value is made to where it, or a reshape of it, is read last. */
static Life *
lives (const TelarProgram *program, const TelarMemory *memory)
{
  guint end = telar_program_n_instrs (program), n = telar_program_n_values (program);
  Life *result = g_new0 (Life, n + 1);
  for (guint t = 0; t < end; t++) {
    const TelarInstr *instr = telar_program_instr (program, t);
    for (guint i = 0; i < instr->n_outputs; i++)
      result[instr->outputs[i]] = (Life){ t, t };
    for (guint i = 0; i < instr->n_inputs; i++)
      result[instr->inputs[i]].last = t;
  }
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    result[telar_program_output (program, i)->value].last = end;
  for (guint i = 0; i < memory->copies->len; i++)
    result[g_array_index (memory->copies, TelarStateCopy, i).value].last = end;
  for (guint t = end; t-- > 0;) {
    const TelarInstr *instr = telar_program_instr (program, t);
    if (instr->prim == TELAR_PRIM_RESHAPE)
      result[instr->inputs[0]].last =
          MAX (result[instr->inputs[0]].last, result[instr->outputs[0]].last);
  }
  return result;
}

static TelarValue
without_reshapes (const TelarProgram *program, TelarValue value)
{
  const TelarInstr *maker = telar_program_maker (program, value, NULL);
  while (maker->prim == TELAR_PRIM_RESHAPE) {
    value = maker->inputs[0];
    maker = telar_program_maker (program, value, NULL);
  }
  return value;
}

/* Whether @b may lie exactly over @a because the instruction that makes it works in place. */
static gboolean
in_place (const TelarProgram *program, TelarValue a, TelarValue b)
{
  guint output;
  const TelarInstr *maker = telar_program_maker (program, b, &output);
  if (maker->prim == TELAR_PRIM_FUSED)
    return output == 0 && without_reshapes (program, maker->inputs[0]) == a;
  if (!(telar_prim_info (maker->prim)->flags & TELAR_PRIM_IN_PLACE))
    return FALSE;
  guint under = output == 0 ? 0 : output + 1;
  return without_reshapes (program, maker->inputs[under]) == a;
}

static void
check_arena (const TelarProgram *program, const TelarMemory *memory)
{
  g_autofree Life *life = lives (program, memory);
  guint n = telar_program_n_values (program);
  for (TelarValue a = 0; a < n; a++) {
    const TelarPlace *p = &memory->places[a];
    if (p->kind != TELAR_PLACE_ARENA || without_reshapes (program, a) != a)
      continue;
    g_assert_cmpuint (p->offset % TELAR_ALIGNMENT, ==, 0);
    g_assert_cmpuint (p->offset + p->bytes, <=, memory->arena_bytes);
    for (TelarValue b = a + 1; b < n; b++) {
      const TelarPlace *q = &memory->places[b];
      if (q->kind != TELAR_PLACE_ARENA || without_reshapes (program, b) != b)
        continue;
      gboolean apart = p->offset + p->bytes <= q->offset || q->offset + q->bytes <= p->offset;
      gboolean after = life[a].last < life[b].first;
      gboolean over = life[a].last == life[b].first && p->offset == q->offset &&
                      p->bytes == q->bytes && in_place (program, a, b);
      if (!apart && !after && !over)
        g_error ("%%%u [%zu+%zu] lives in %u to %u, %%%u [%zu+%zu] in %u to %u", a, p->offset,
                 p->bytes, life[a].first, life[a].last, b, q->offset, q->bytes, life[b].first,
                 life[b].last);
    }
  }
}

/* Reading a state gives its old value: nothing may have been written over it by then. */
static void
check_states (const TelarProgram *program, const TelarMemory *memory)
{
  g_autofree Life *life = lives (program, memory);
  guint n = telar_program_n_values (program);
  for (TelarValue a = 0; a < n; a++)
    for (TelarValue b = 0; b < n; b++) {
      const TelarPlace *p = &memory->places[a], *q = &memory->places[b];
      gboolean reads = telar_program_maker (program, a, NULL)->prim == TELAR_PRIM_STATE;
      if (!reads || q->kind != TELAR_PLACE_STATE || p->state != q->state ||
          without_reshapes (program, b) != b ||
          telar_program_maker (program, b, NULL)->prim == TELAR_PRIM_STATE)
        continue;
      g_assert_true (life[a].last < life[b].first ||
                     (life[a].last == life[b].first && in_place (program, a, b)));
    }
}

/* Every update ends in its state: written there, or copied. */
static void
check_updates (const TelarProgram *program, const TelarMemory *memory)
{
  for (guint i = 0; i < telar_program_n_updates (program); i++) {
    const TelarUpdate *update = telar_program_update (program, i);
    const TelarPlace *place = &memory->places[update->value];
    gboolean there = place->kind == TELAR_PLACE_STATE &&
                     g_str_equal (telar_program_state (program, place->state)->name, update->state);
    for (guint k = 0; k < memory->copies->len; k++) {
      const TelarStateCopy *copy = &g_array_index (memory->copies, TelarStateCopy, k);
      there =
          there || (copy->value == update->value &&
                    g_str_equal (telar_program_state (program, copy->state)->name, update->state));
    }
    g_assert_true (there);
  }
}

static TelarProgram *
bound_program (guint seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = test_random_program (seed, 10 + seed % 60);
  TelarProgram *bound = telar_program_bind (program, 1 + seed % 7, &error);
  g_assert_no_error (error);
  return bound;
}

static void
test_random_lives (void)
{
  for (guint seed = 0; seed < N_PROGRAMS; seed++) {
    g_autoptr (TelarProgram) program = bound_program (seed);
    g_autoptr (TelarMemory) memory = telar_memory_new (program, NULL);
    g_test_message ("program %u", seed);
    check_arena (program, memory);
    check_states (program, memory);
    check_updates (program, memory);
  }
}

/* --- what is known to be possible ---------------------------------------------------------------
 */

static TelarProgram *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  TelarProgram *program = telar_program_from_text (text, &error);
  g_assert_no_error (error);
  return program;
}

/* A chain of elementwise primitives needs the memory of one value, a reshape none. */
static void
test_in_place (void)
{
  g_autoptr (TelarProgram) program =
      parse ("program chain {\n"
             "  %0 = input {name=\"x\", dtype=f32, shape=[32,32]} : f32[32,32]\n"
             "  %1 = exp %0 : f32[32,32]\n"
             "  %2 = neg %1 : f32[32,32]\n"
             "  %3 = reshape %2 {shape=[1024]} : f32[1024]\n"
             "  %4 = tanh %3 : f32[1024]\n"
             "  output result \"y\" = %4\n"
             "}\n");
  g_autoptr (TelarMemory) memory = telar_memory_new (program, NULL);
  g_assert_cmpuint (memory->arena_bytes, ==, 4096);
  g_assert_cmpint (memory->places[0].kind, ==, TELAR_PLACE_INPUT);
}

/* Adam writes parameter and slots where they are. */
static void
test_optimizer_in_place (void)
{
  g_autoptr (TelarProgram) program =
      parse ("program step {\n"
             "  state @p : f32[64] trainable init=zeros\n"
             "  state @m : f32[64] init=zeros\n"
             "  state @v : f32[64] init=zeros\n"
             "  %0 = state {name=\"p\"} : f32[64]\n"
             "  %1 = state {name=\"m\"} : f32[64]\n"
             "  %2 = state {name=\"v\"} : f32[64]\n"
             "  %3 = input {name=\"rate\", dtype=f32, shape=[]} : f32[]\n"
             "  %4 = input {name=\"step\", dtype=f32, shape=[]} : f32[]\n"
             "  %5 = exp %0 : f32[64]\n"
             "  %6, %7, %8 = adam %0, %5, %1, %2, %3, %4 {epsilon=1e-08, beta1=0.9, "
             "beta2=0.999} : f32[64], f32[64], f32[64]\n"
             "  update @p = %6\n"
             "  update @m = %7\n"
             "  update @v = %8\n"
             "}\n");
  g_autoptr (TelarMemory) memory = telar_memory_new (program, NULL);
  g_assert_cmpuint (memory->copies->len, ==, 0);
  g_assert_cmpuint (memory->arena_bytes, ==, 256);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpint (memory->places[6 + i].kind, ==, TELAR_PLACE_STATE);
    g_assert_cmpuint (memory->places[6 + i].state, ==, i);
  }
}

/* Two states that change places go through the arena; one that keeps its value is left alone. */
static void
test_swap (void)
{
  g_autoptr (TelarProgram) program = parse ("program swap {\n"
                                            "  state @a : f32[4] init=zeros\n"
                                            "  state @b : f32[4] init=zeros\n"
                                            "  state @c : f32[4] init=zeros\n"
                                            "  %0 = state {name=\"a\"} : f32[4]\n"
                                            "  %1 = state {name=\"b\"} : f32[4]\n"
                                            "  %2 = state {name=\"c\"} : f32[4]\n"
                                            "  update @a = %1\n"
                                            "  update @b = %0\n"
                                            "  update @c = %2\n"
                                            "}\n");
  g_autoptr (TelarMemory) memory = telar_memory_new (program, NULL);
  g_assert_cmpuint (memory->copies->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_true (g_array_index (memory->copies, TelarStateCopy, i).staged);
}

static void
test_overflow (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program =
      parse ("program large {\n"
             "  %0 = fill {fill=1.0, dtype=f32, shape=[1099511627776,1048576]} : "
             "f32[1099511627776,1048576]\n"
             "  %1 = fill {fill=1.0, dtype=f32, shape=[1099511627776,1048576]} : "
             "f32[1099511627776,1048576]  !huge\n"
             "  output result \"a\" = %0\n"
             "  output result \"b\" = %1\n"
             "}\n");
  g_assert_null (telar_memory_new (program, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (telar_error_get_node (error), ==, "huge");
}

/* --- schedule ----------------------------------------------------------------------------------
 */

/* A valid order of the same instructions that never needs more memory, twice the same. */
static void
test_schedule (void)
{
  guint better = 0;
  for (guint seed = 0; seed < N_PROGRAMS; seed++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TelarProgram) program = bound_program (seed);
    g_autoptr (TelarProgram) ordered = telar_pass_schedule (program, &error);
    g_assert_no_error (error);
    g_autoptr (TelarProgram) again = telar_pass_schedule (program, &error);
    g_autofree char *first = telar_program_to_text (ordered, TRUE);
    g_autofree char *second = telar_program_to_text (again, TRUE);
    g_assert_true (telar_program_verify (ordered, &error));
    g_assert_cmpstr (first, ==, second);
    g_assert_cmpuint (telar_program_n_instrs (ordered), ==, telar_program_n_instrs (program));
    g_autoptr (TelarMemory) before = telar_memory_new (program, NULL);
    g_autoptr (TelarMemory) after = telar_memory_new (ordered, NULL);
    better += after->arena_bytes < before->arena_bytes;
  }
  g_assert_cmpuint (better, >, N_PROGRAMS / 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/random-lives", test_random_lives);
  g_test_add_func ("/memory/in-place", test_in_place);
  g_test_add_func ("/memory/optimizer-in-place", test_optimizer_in_place);
  g_test_add_func ("/memory/swap", test_swap);
  g_test_add_func ("/memory/overflow", test_overflow);
  g_test_add_func ("/memory/schedule", test_schedule);
  return g_test_run ();
}
