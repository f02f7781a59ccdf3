/* Profiles: the plan's own times beside what it costs. */
#include "engine/profile.h"
#include "engine/plan-private.h"
#include "engine/text.h"
#include <jansson.h>

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

double
telar_instr_bytes (const TelarProgram *program, const TelarInstr *instr)
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
                         telar_instr_bytes (plan->program, instr), live[i]));
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
