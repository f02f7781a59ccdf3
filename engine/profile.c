/* Profiles: the plan's own times beside what it costs, and the roofline. */
#include "engine/profile.h"
#include "engine/plan-private.h"
#include "engine/text.h"
#include <jansson.h>

/* --- the roofline ----------------------------------------------------------------------------- */

#define SIDE    512
#define NUMBERS (4 << 20)
#define REPEATS 12

static TelarProgram *
product_program (GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("product");
  TelarType type = { TELAR_F32, { .rank = 2, .dims = { SIDE, SIDE } } };
  TelarValue x = telar_build_input (b, "x", &type), y = telar_build_input (b, "y", &type);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "z", telar_build_matmul (b, x, y, FALSE, FALSE));
  return telar_builder_finish (b, error);
}

static TelarProgram *
sum_program (GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("sum");
  TelarType type = { TELAR_F32, { .rank = 1, .dims = { NUMBERS } } };
  TelarValue x = telar_build_input (b, "x", &type), y = telar_build_input (b, "y", &type);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "z", telar_build_binary (b, TELAR_PRIM_ADD, x, y));
  return telar_builder_finish (b, error);
}

/* Nanoseconds of the fastest of a few runs of the one kernel of @program. */
static gboolean
time_program (TelarProgram *program, TelarShape shape, TelarDevice *device, gint64 *best,
              GError **error)
{
  g_autoptr (TelarPlan) plan = telar_plan_new (program, 1, device, 0, error);
  g_autoptr (TelarTensor) x = telar_tensor_new (TELAR_F32, &shape);
  g_autoptr (TelarTensor) y = telar_tensor_new (TELAR_F32, &shape);
  g_autoptr (TelarStates) states = telar_states_new ();
  TelarBinding inputs[] = { { "x", x }, { "y", y } };
  TelarRunContext context = { .inputs = inputs, .n_inputs = 2, .states = states };
  if (!plan)
    return FALSE;
  telar_plan_set_timing (plan, TRUE);
  for (guint i = 0; i < REPEATS; i++) {
    TelarTensor *output = NULL;
    guint n;
    gint64 sum = 0;
    if (!telar_plan_run (plan, &context, &output, error))
      return FALSE;
    telar_tensor_unref (output);
    const gint64 *times = telar_plan_timing (plan, &n);
    for (guint k = 0; k < n; k++)
      sum += times[k];
    *best = i == 0 ? sum : MIN (*best, sum);
  }
  return TRUE;
}

gboolean
telar_roofline_measure (TelarDevice *device, TelarRoofline *roofline, GError **error)
{
  g_autoptr (TelarProgram) product = product_program (error);
  g_autoptr (TelarProgram) sum = product ? sum_program (error) : NULL;
  TelarShape square = { .rank = 2, .dims = { SIDE, SIDE } };
  TelarShape line = { .rank = 1, .dims = { NUMBERS } };
  gint64 product_ns, sum_ns;
  if (!sum || !time_program (product, square, device, &product_ns, error) ||
      !time_program (sum, line, device, &sum_ns, error))
    return FALSE;
  roofline->flops = 2.0 * SIDE * SIDE * SIDE / ((double)MAX (product_ns, 1) * 1e-9);
  roofline->bytes = 3.0 * sizeof (float) * NUMBERS / ((double)MAX (sum_ns, 1) * 1e-9);
  return TRUE;
}

/* --- memory ----------------------------------------------------------------------------------- */

/* The last instruction that reads each value; outputs and updates live to the end. */
static guint *
last_uses (const TelarProgram *program)
{
  guint n = telar_program_n_instrs (program);
  guint *last = g_new0 (guint, telar_program_n_values (program) + 1);
  for (guint i = 0; i < n; i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    for (guint k = 0; k < instr->n_inputs; k++)
      last[instr->inputs[k]] = i;
    for (guint k = 0; k < instr->n_outputs; k++)
      last[instr->outputs[k]] = MAX (last[instr->outputs[k]], i);
  }
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    last[telar_program_output (program, i)->value] = n;
  return last;
}

/* Bytes of the arena that hold a value while each instruction runs: what a value brings when it is
 * made it takes with it after its last use. Values that share memory count once. */
static double *
live_bytes (const TelarPlan *plan)
{
  const TelarProgram *program = plan->program;
  guint n = telar_program_n_instrs (program);
  g_autofree guint *last = last_uses (program);
  g_autofree guint *end = g_new0 (guint, telar_program_n_values (program) + 1);
  double *live = g_new0 (double, n + 2);
  for (TelarValue v = 0; v < plan->memory->n_places; v++)
    if (plan->memory->places[v].kind == TELAR_PLACE_ARENA)
      end[plan->memory->places[v].source] =
          MAX (end[plan->memory->places[v].source], MIN (last[v], n));
  for (guint i = 0; i < n; i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    for (guint k = 0; k < instr->n_outputs; k++) {
      const TelarPlace *place = &plan->memory->places[instr->outputs[k]];
      if (place->kind != TELAR_PLACE_ARENA || place->source != instr->outputs[k])
        continue;
      live[i] += (double)place->bytes;
      live[end[place->source] + 1] -= (double)place->bytes;
    }
  }
  for (guint i = 1; i < n; i++)
    live[i] += live[i - 1];
  return live;
}

/* --- JSON ------------------------------------------------------------------------------------- */

static double
moved_bytes (const TelarProgram *program, const TelarInstr *instr)
{
  double sum = 0;
  gsize bytes;
  for (guint i = 0; i < instr->n_inputs; i++)
    if (telar_type_bytes (telar_program_type (program, instr->inputs[i]), &bytes))
      sum += (double)bytes;
  for (guint i = 0; i < instr->n_outputs; i++)
    if (telar_type_bytes (telar_program_type (program, instr->outputs[i]), &bytes))
      sum += (double)bytes;
  return sum;
}

static json_int_t
node_index (json_t *nodes, GHashTable *indices, const char *node)
{
  gpointer index;
  node = node ? node : "";
  if (g_hash_table_lookup_extended (indices, node, NULL, &index))
    return GPOINTER_TO_INT (index);
  g_hash_table_insert (indices, (gpointer)node, GINT_TO_POINTER ((int)json_array_size (nodes)));
  json_array_append_new (nodes, json_string (node));
  return (json_int_t)json_array_size (nodes) - 1;
}

/* What took no time is no kernel: a source, a reshape. */
static json_t *
list_instructions (const TelarPlan *plan, json_t *nodes)
{
  g_autoptr (GHashTable) indices = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree double *live = live_bytes (plan);
  json_t *list = json_array ();
  gint64 start = 0;
  guint n;
  const gint64 *times = telar_plan_timing (plan, &n);
  for (guint i = 0; i < n; i++) {
    const TelarInstr *instr = telar_program_instr (plan->program, i);
    if (times[i] <= 0)
      continue;
    json_array_append_new (
        list, json_pack ("[I, s, I, I, f, f, f]", node_index (nodes, indices, instr->origin),
                         telar_prim_info (instr->prim)->name, (json_int_t)start,
                         (json_int_t)times[i], telar_instr_flops (plan->program, instr),
                         moved_bytes (plan->program, instr), live[i]));
    start += times[i];
  }
  return list;
}

char *
telar_profile_to_json (const TelarPlan *plan, gint64 nanoseconds, const TelarRoofline *roofline)
{
  json_t *nodes = json_array (), *list = list_instructions (plan, nodes);
  json_t *profile =
      json_pack ("{s: I, s: s, s: I, s: I, s: I, s: I, s: f, s: f, s: o, s: o}", "rows",
                 (json_int_t)plan->batch, "device", plan->device->klass->name, "threads",
                 (json_int_t)plan->device->threads, "step_ns", (json_int_t)nanoseconds, "arena",
                 (json_int_t)plan->cost.arena_bytes, "states", (json_int_t)plan->cost.state_bytes,
                 "peak_flops", roofline->flops, "peak_bytes", roofline->bytes, "nodes", nodes,
                 "instructions", list);
  char *text = telar_json_to_text (profile);
  json_decref (profile);
  return text;
}
