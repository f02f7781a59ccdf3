/* Puts a program together from regions: bodies, operands and results, each region after all that it
 * needs. */
#include "engine/compiler/fuse.h"

#include <string.h>

typedef struct {
  TelarBuilder *builder;
  GHashTable *map; /* value of the program -> value of the body */
} Body;

static GArray *
find_operands (const Fuser *f, const FuseRegion *region, int index)
{
  GArray *operands = g_array_new (FALSE, FALSE, sizeof (TelarValue));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  for (guint m = 0; m < region->members->len; m++) {
    guint t = g_array_index (region->members, guint, m);
    const TelarInstr *instr = telar_program_instr (f->program, t);
    for (guint i = 0; i < instr->n_inputs; i++) {
      TelarValue value = instr->inputs[i];
      if (f->regions_of[f->makers[value]] != index && !fuse_is_scalar_constant (f, value) &&
          g_hash_table_add (seen, GUINT_TO_POINTER (value)))
        g_array_append_val (operands, value);
    }
  }
  return operands;
}

static GArray *
find_results (const Fuser *f, const FuseRegion *region)
{
  GArray *results = g_array_new (FALSE, FALSE, sizeof (TelarValue));
  for (guint m = 0; m < region->members->len; m++) {
    guint t = g_array_index (region->members, guint, m);
    TelarValue value = telar_program_instr (f->program, t)->outputs[0];
    if (f->read_outside[value])
      g_array_append_val (results, value);
  }
  return results;
}

static void
add_member (const Fuser *f, Body *body, guint t)
{
  const TelarInstr *instr = telar_program_instr (f->program, t);
  TelarValue inputs[3];
  for (guint i = 0; i < instr->n_inputs; i++) {
    gpointer key = GUINT_TO_POINTER (instr->inputs[i]);
    if (!g_hash_table_contains (body->map, key)) {
      const TelarInstr *constant = telar_program_instr (f->program, f->makers[instr->inputs[i]]);
      TelarValue value =
          telar_build (body->builder, constant->prim, NULL, 0, constant->attrs, constant->n_attrs);
      g_hash_table_insert (body->map, key, GUINT_TO_POINTER (value));
    }
    inputs[i] = GPOINTER_TO_UINT (g_hash_table_lookup (body->map, key));
  }
  telar_builder_set_origin (body->builder, instr->origin);
  TelarValue value = telar_build (body->builder, instr->prim, inputs, instr->n_inputs, instr->attrs,
                                  instr->n_attrs);
  g_hash_table_insert (body->map, GUINT_TO_POINTER (instr->outputs[0]), GUINT_TO_POINTER (value));
}

/* Readers of @value in @region. */
static guint
reads_inside (const Fuser *f, const FuseRegion *region, TelarValue value)
{
  guint reads = 0;
  for (guint m = 0; m < region->members->len; m++) {
    const TelarInstr *instr =
        telar_program_instr (f->program, g_array_index (region->members, guint, m));
    for (guint i = 0; i < instr->n_inputs; i++)
      reads += instr->inputs[i] == value;
  }
  return reads;
}

/* How good it is that result 0 is written over operand 0: best when that is a state and its update,
 * well when the operand dies here. */
static guint
in_place_merit (const Fuser *f, const FuseRegion *region, TelarValue operand, TelarValue result)
{
  const TelarInstr *maker = telar_program_instr (f->program, f->makers[operand]);
  if (!telar_type_equal (telar_program_type (f->program, operand),
                         telar_program_type (f->program, result)))
    return 0;
  if (maker->prim == TELAR_PRIM_STATE)
    for (guint i = 0; i < telar_program_n_updates (f->program); i++) {
      const TelarUpdate *update = telar_program_update (f->program, i);
      if (update->value == result &&
          strcmp (update->state, telar_instr_string (maker, TELAR_ATTR_NAME)) == 0)
        return 2;
    }
  if (maker->n_inputs == 0 && maker->prim != TELAR_PRIM_FILL)
    return 0;
  return f->uses[operand] == reads_inside (f, region, operand);
}

static void
swap_first (GArray *values, guint with)
{
  TelarValue first = g_array_index (values, TelarValue, 0);
  g_array_index (values, TelarValue, 0) = g_array_index (values, TelarValue, with);
  g_array_index (values, TelarValue, with) = first;
}

/* Puts first what can share memory. */
static void
order_ends (const Fuser *f, const FuseRegion *region, GArray *operands, GArray *results)
{
  guint best = 0, best_operand = 0, best_result = 0;
  for (guint i = 0; i < operands->len; i++)
    for (guint k = 0; k < results->len; k++) {
      guint merit = in_place_merit (f, region, g_array_index (operands, TelarValue, i),
                                    g_array_index (results, TelarValue, k));
      if (merit > best) {
        best = merit;
        best_operand = i;
        best_result = k;
      }
    }
  swap_first (operands, best_operand);
  swap_first (results, best_result);
}

static TelarProgram *
build_body (const Fuser *f, const FuseRegion *region, const GArray *operands, const GArray *results,
            GError **error)
{
  g_autoptr (TelarBuilder) builder = telar_builder_new ("fused");
  g_autoptr (GHashTable) map = g_hash_table_new (NULL, NULL);
  Body body = { builder, map };
  for (guint i = 0; i < operands->len; i++) {
    TelarValue value = g_array_index (operands, TelarValue, i);
    g_autofree char *name = g_strdup_printf ("%u", i);
    TelarValue input = telar_build_input (builder, name, telar_program_type (f->program, value));
    g_hash_table_insert (map, GUINT_TO_POINTER (value), GUINT_TO_POINTER (input));
  }
  for (guint m = 0; m < region->members->len; m++)
    add_member (f, &body, g_array_index (region->members, guint, m));
  for (guint i = 0; i < results->len; i++) {
    gpointer key = GUINT_TO_POINTER (g_array_index (results, TelarValue, i));
    g_autofree char *name = g_strdup_printf ("%u", i);
    telar_build_output (builder, TELAR_OUTPUT_RESULT, name,
                        GPOINTER_TO_UINT (g_hash_table_lookup (map, key)));
  }
  return telar_builder_finish (builder, error);
}

static gboolean
emit_region (Fuser *f, int index, GError **error)
{
  const FuseRegion *region = fuse_region_at (f, index);
  g_autoptr (GArray) operands = find_operands (f, region, index);
  g_autoptr (GArray) results = find_results (f, region);
  order_ends (f, region, operands, results);
  g_autoptr (TelarProgram) body = build_body (f, region, operands, results, error);
  if (body == NULL)
    return FALSE;

  guint last = g_array_index (region->members, guint, region->members->len - 1);
  telar_builder_set_origin (f->builder, telar_program_instr (f->program, last)->origin);
  g_autofree TelarValue *inputs = g_new (TelarValue, operands->len + 1);
  for (guint i = 0; i < operands->len; i++)
    inputs[i] = f->map[g_array_index (operands, TelarValue, i)];
  TelarValue first = telar_build_region (f->builder, TELAR_PRIM_FUSED, inputs, operands->len, body);
  for (guint i = 0; i < results->len; i++)
    f->map[g_array_index (results, TelarValue, i)] = first == TELAR_NO_VALUE ? first : first + i;
  return TRUE;
}

static gboolean
is_worth_it (const Fuser *f, int index)
{
  return index != FUSE_NO_REGION && fuse_region_at (f, index)->members->len > 1;
}

/* Emits instruction @t, or the whole region it is in, after all that it needs. */
static gboolean
emit (Fuser *f, guint t, GError **error)
{
  int index = f->regions_of[t];
  const TelarInstr *instr = telar_program_instr (f->program, t);
  if (!is_worth_it (f, index)) {
    if (f->visits[t] == f->visit)
      return TRUE;
    f->visits[t] = f->visit;
    for (guint i = 0; i < instr->n_inputs; i++)
      if (!emit (f, f->makers[instr->inputs[i]], error))
        return FALSE;
    telar_copy_instr (f->builder, f->program, instr, f->map);
    return TRUE;
  }
  if (fuse_region_at (f, index)->emitted)
    return TRUE;
  fuse_region_at (f, index)->emitted = TRUE;
  const GArray *members = fuse_region_at (f, index)->members;
  for (guint m = 0; m < members->len; m++) {
    instr = telar_program_instr (f->program, g_array_index (members, guint, m));
    for (guint i = 0; i < instr->n_inputs; i++)
      if (!emit (f, f->makers[instr->inputs[i]], error))
        return FALSE;
  }
  return emit_region (f, index, error);
}

gboolean
fuse_emit_all (Fuser *f, GError **error)
{
  f->visit++;
  for (guint t = 0; t < f->n; t++)
    if (!emit (f, t, error))
      return FALSE;
  return TRUE;
}
