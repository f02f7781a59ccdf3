/* The plan as text: each step with its kernel and the places it works on. */
#include "engine/plan-private.h"

static void
print_place (GString *text, const TelarPlan *plan, TelarValue value)
{
  const TelarPlace *place = &plan->memory->places[value];
  const char *kinds[] = { "arena", "input", "constant", "state" };
  g_autofree char *type = telar_type_to_string (telar_program_type (plan->program, value));
  g_string_append_printf (text, "%%%u %s ", value, type);
  switch (place->kind) {
  case TELAR_PLACE_ARENA:
    g_string_append_printf (text, "[%" G_GSIZE_FORMAT "+%" G_GSIZE_FORMAT "]", place->offset,
                            place->bytes);
    break;
  case TELAR_PLACE_STATE:
    g_string_append_printf (text, "@%s", telar_program_state (plan->program, place->state)->name);
    break;
  case TELAR_PLACE_INPUT:
  case TELAR_PLACE_CONSTANT:
    g_string_append (text, kinds[place->kind]);
    break;
  }
}

static void
print_places (GString *text, const TelarPlan *plan, const TelarValue *values, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (i > 0)
      g_string_append (text, ", ");
    print_place (text, plan, values[i]);
  }
}

static void
print_step (GString *text, const TelarPlan *plan, const TelarStep *step)
{
  const TelarInstr *instr = step->instr;
  const char *kernel = step->prepared.kernel != NULL ? step->prepared.kernel : "naive";
  g_string_append_printf (text, "%4u  %-18s %s %s", step->index,
                          telar_prim_info (instr->prim)->name, step->device->klass->name, kernel);
  if (instr->origin != NULL)
    g_string_append_printf (text, "  !%s", instr->origin);
  g_string_append (text, "\n        ");
  print_places (text, plan, instr->inputs, instr->n_inputs);
  g_string_append (text, "\n     -> ");
  print_places (text, plan, instr->outputs, instr->n_outputs);
  if (plan->timing)
    g_string_append_printf (text, "\n        %.3f ms",
                            (double)plan->nanoseconds[step->index] / 1e6);
  g_string_append_c (text, '\n');
}

static void
print_totals (GString *text, const TelarPlan *plan)
{
  const TelarPlanCost *cost = &plan->cost;
  g_string_append_printf (text,
                          "plan %s, batch %" G_GINT64_FORMAT ", device %s\n"
                          "arena %" G_GSIZE_FORMAT " bytes, states %" G_GSIZE_FORMAT
                          ", scratch %" G_GSIZE_FORMAT ", %.6g FLOPs\n",
                          telar_program_name (plan->program), plan->batch,
                          plan->device->klass->name, cost->arena_bytes, cost->state_bytes,
                          cost->scratch_bytes, cost->flops);
}

static void
print_copies (GString *text, const TelarPlan *plan)
{
  const GArray *copies = plan->memory->copies;
  for (guint i = 0; i < copies->len; i++) {
    const TelarStateCopy *copy = &g_array_index (copies, TelarStateCopy, i);
    g_string_append_printf (text, "copy  @%s <- ",
                            telar_program_state (plan->program, copy->state)->name);
    print_place (text, plan, copy->value);
    g_string_append_c (text, '\n');
  }
}

char *
telar_plan_to_text (const TelarPlan *plan)
{
  GString *text = g_string_new (NULL);
  print_totals (text, plan);
  for (guint i = 0; i < plan->steps->len; i++)
    print_step (text, plan, &g_array_index (plan->steps, TelarStep, i));
  print_copies (text, plan);
  return g_string_free (text, FALSE);
}
