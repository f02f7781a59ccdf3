/* Regions: connected elementwise instructions of one shape become one FUSED instruction that passes
 * over memory once.
 *
 * Each instruction begins as a region of its own and joins those that make its inputs, as long as
 * no path leaves a region and comes back to it. What is needed outside becomes a result of the
 * region. A region computes with one floating type and bools, so that a device can run it in tiles;
 * an operand has the full shape or broadcasts to it; scalar constants stand in the body. */
#include "engine/compiler/fuse.h"

#include <string.h>

enum { MOST_INSTRS = 32, MOST_OPERANDS = 24, NO_REGION = -1 };

typedef struct {
  GArray *members; /* guint: instructions, ascending; NULL when it was joined to another */
  TelarDType dtype;
  gboolean has_dtype; /* FALSE while all its values are bool */
  gboolean emitted;
} Region;

typedef struct {
  const TelarProgram *program;
  guint n;
  guint *makers;   /* per value: its instruction */
  int *regions_of; /* per instruction */
  GArray *regions; /* Region */
  guint *visits, visit;
  TelarBuilder *builder;
  TelarValue *map;
  gboolean *kept; /* per value: an output, an update or a fit */
  guint *uses;    /* per value */
} Fuser;

static Region *
region_at (const Fuser *f, int index)
{
  return &g_array_index (f->regions, Region, index);
}

/* --- joining -----------------------------------------------------------------------------------
 */

static gboolean
unify_dtype (TelarDType dtype, gboolean *has, TelarDType *common)
{
  if (dtype == TELAR_BOOL)
    return TRUE;
  if (!telar_dtype_is_float (dtype) || (*has && *common != dtype))
    return FALSE;
  *has = TRUE;
  *common = dtype;
  return TRUE;
}

static gboolean
is_scalar_constant (const Fuser *f, TelarValue value)
{
  return telar_program_type (f->program, value)->shape.rank == 0 &&
         telar_program_instr (f->program, f->makers[value])->prim == TELAR_PRIM_CONSTANT;
}

static gboolean
has_variable_input (const Fuser *f, const TelarInstr *instr)
{
  for (guint i = 0; i < instr->n_inputs; i++)
    if (!is_scalar_constant (f, instr->inputs[i]))
      return TRUE;
  return FALSE;
}

/* Opens a region of its own for an instruction that may be fused. */
static void
open_region (Fuser *f, guint t)
{
  const TelarInstr *instr = telar_program_instr (f->program, t);
  Region region = { 0 };
  f->regions_of[t] = NO_REGION;
  if (!(telar_prim_info (instr->prim)->flags & TELAR_PRIM_ELEMENTWISE) ||
      !has_variable_input (f, instr) ||
      !unify_dtype (telar_program_type (f->program, instr->outputs[0])->dtype, &region.has_dtype,
                    &region.dtype))
    return;
  for (guint i = 0; i < instr->n_inputs; i++)
    if (!unify_dtype (telar_program_type (f->program, instr->inputs[i])->dtype, &region.has_dtype,
                      &region.dtype))
      return;
  region.members = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (region.members, t);
  f->regions_of[t] = (int)f->regions->len;
  g_array_append_val (f->regions, region);
}

static void
visit (Fuser *f, GArray *stack, guint t)
{
  if (f->visits[t] == f->visit)
    return;
  f->visits[t] = f->visit;
  g_array_append_val (stack, t);
}

static void
visit_inputs (Fuser *f, GArray *stack, guint t, int skip)
{
  const TelarInstr *instr = telar_program_instr (f->program, t);
  for (guint i = 0; i < instr->n_inputs; i++) {
    guint maker = f->makers[instr->inputs[i]];
    if (skip == NO_REGION || f->regions_of[maker] != skip)
      visit (f, stack, maker);
  }
}

/* Whether something outside both needs @from and is needed by @to. Regions are walked whole: they
 * will be single instructions. */
static gboolean
detours (Fuser *f, int from, int to)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));
  const GArray *members = region_at (f, to)->members;
  f->visit++;
  for (guint i = 0; i < members->len; i++)
    f->visits[g_array_index (members, guint, i)] = f->visit;
  for (guint i = 0; i < members->len; i++)
    visit_inputs (f, stack, g_array_index (members, guint, i), from);
  while (stack->len > 0) {
    guint t = g_array_index (stack, guint, stack->len - 1);
    g_array_set_size (stack, stack->len - 1);
    int region = f->regions_of[t];
    if (region == from)
      return TRUE;
    if (region == NO_REGION) {
      visit_inputs (f, stack, t, NO_REGION);
      continue;
    }
    members = region_at (f, region)->members;
    for (guint i = 0; i < members->len; i++) {
      f->visits[g_array_index (members, guint, i)] = f->visit;
      visit_inputs (f, stack, g_array_index (members, guint, i), NO_REGION);
    }
  }
  return FALSE;
}

static int
compare_indices (gconstpointer a, gconstpointer b)
{
  guint x = *(const guint *)a, y = *(const guint *)b;
  return x < y ? -1 : x > y;
}

static const TelarShape *
shape_of (const Fuser *f, guint t)
{
  return &telar_program_type (f->program, telar_program_instr (f->program, t)->outputs[0])->shape;
}

/* Operands if the two were one; an upper bound. */
static guint
count_operands (const Fuser *f, const Region *a, const Region *b)
{
  guint operands = 0;
  const GArray *both[] = { a->members, b->members };
  for (guint r = 0; r < 2; r++)
    for (guint i = 0; i < both[r]->len; i++) {
      guint t = g_array_index (both[r], guint, i);
      const TelarInstr *instr = telar_program_instr (f->program, t);
      for (guint k = 0; k < instr->n_inputs; k++) {
        int made_in = f->regions_of[f->makers[instr->inputs[k]]];
        const Region *region = made_in == NO_REGION ? NULL : region_at (f, made_in);
        operands += region != a && region != b;
      }
    }
  return operands;
}

/* Puts the region that makes an input of @t together with that of @t, when that is allowed. */
static void
try_join (Fuser *f, guint maker, guint t)
{
  int from = f->regions_of[maker], to = f->regions_of[t];
  if (from == NO_REGION || from == to || !telar_shape_equal (shape_of (f, maker), shape_of (f, t)))
    return;
  Region *a = region_at (f, from), *b = region_at (f, to);
  if (a->members->len + b->members->len > MOST_INSTRS ||
      (a->has_dtype && b->has_dtype && a->dtype != b->dtype) ||
      count_operands (f, a, b) > MOST_OPERANDS || detours (f, from, to))
    return;
  for (guint i = 0; i < b->members->len; i++)
    f->regions_of[g_array_index (b->members, guint, i)] = from;
  g_array_append_vals (a->members, b->members->data, b->members->len);
  g_array_sort (a->members, compare_indices);
  if (b->has_dtype) {
    a->has_dtype = TRUE;
    a->dtype = b->dtype;
  }
  g_clear_pointer (&b->members, g_array_unref);
}

static void
form_regions (Fuser *f)
{
  for (guint t = 0; t < f->n; t++) {
    const TelarInstr *instr = telar_program_instr (f->program, t);
    open_region (f, t);
    if (f->regions_of[t] == NO_REGION)
      continue;
    for (guint i = 0; i < instr->n_inputs; i++)
      try_join (f, f->makers[instr->inputs[i]], t);
  }
}

/* --- emitting ----------------------------------------------------------------------------------
 */

typedef struct {
  TelarBuilder *builder;
  GHashTable *map; /* value of the program -> value of the body */
} Body;

static GArray *
find_operands (const Fuser *f, const Region *region, int index)
{
  GArray *operands = g_array_new (FALSE, FALSE, sizeof (TelarValue));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  for (guint m = 0; m < region->members->len; m++) {
    guint t = g_array_index (region->members, guint, m);
    const TelarInstr *instr = telar_program_instr (f->program, t);
    for (guint i = 0; i < instr->n_inputs; i++) {
      TelarValue value = instr->inputs[i];
      if (f->regions_of[f->makers[value]] != index && !is_scalar_constant (f, value) &&
          g_hash_table_add (seen, GUINT_TO_POINTER (value)))
        g_array_append_val (operands, value);
    }
  }
  return operands;
}

/* @read_outside is per value: an instruction of no or of another region reads it, or none does. */
static GArray *
find_results (const Fuser *f, const Region *region, const gboolean *read_outside)
{
  GArray *results = g_array_new (FALSE, FALSE, sizeof (TelarValue));
  for (guint m = 0; m < region->members->len; m++) {
    guint t = g_array_index (region->members, guint, m);
    TelarValue value = telar_program_instr (f->program, t)->outputs[0];
    if (f->kept[value] || read_outside[value])
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
reads_inside (const Fuser *f, const Region *region, TelarValue value)
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
in_place_merit (const Fuser *f, const Region *region, TelarValue operand, TelarValue result)
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
order_ends (const Fuser *f, const Region *region, GArray *operands, GArray *results)
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
build_body (const Fuser *f, const Region *region, const GArray *operands, const GArray *results,
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
emit_region (Fuser *f, int index, const gboolean *read_outside, GError **error)
{
  const Region *region = region_at (f, index);
  g_autoptr (GArray) operands = find_operands (f, region, index);
  g_autoptr (GArray) results = find_results (f, region, read_outside);
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
  return index != NO_REGION && region_at (f, index)->members->len > 1;
}

/* Emits instruction @t, or the whole region it is in, after all that it needs. */
static gboolean
emit (Fuser *f, guint t, const gboolean *read_outside, GError **error)
{
  int index = f->regions_of[t];
  const TelarInstr *instr = telar_program_instr (f->program, t);
  if (!is_worth_it (f, index)) {
    if (f->visits[t] == f->visit)
      return TRUE;
    f->visits[t] = f->visit;
    for (guint i = 0; i < instr->n_inputs; i++)
      if (!emit (f, f->makers[instr->inputs[i]], read_outside, error))
        return FALSE;
    telar_copy_instr (f->builder, f->program, instr, f->map);
    return TRUE;
  }
  if (region_at (f, index)->emitted)
    return TRUE;
  region_at (f, index)->emitted = TRUE;
  const GArray *members = region_at (f, index)->members;
  for (guint m = 0; m < members->len; m++) {
    instr = telar_program_instr (f->program, g_array_index (members, guint, m));
    for (guint i = 0; i < instr->n_inputs; i++)
      if (!emit (f, f->makers[instr->inputs[i]], read_outside, error))
        return FALSE;
  }
  return emit_region (f, index, read_outside, error);
}

/* Which values are read by another region than their own, by an instruction in none, or not at all.
 * Caller frees. */
static gboolean *
find_outside_readers (const Fuser *f)
{
  guint n_values = telar_program_n_values (f->program);
  gboolean *outside = g_new0 (gboolean, n_values + 1);
  g_autofree gboolean *inside = g_new0 (gboolean, n_values + 1);
  for (guint t = 0; t < f->n; t++) {
    const TelarInstr *instr = telar_program_instr (f->program, t);
    for (guint i = 0; i < instr->n_inputs; i++) {
      int made_in = f->regions_of[f->makers[instr->inputs[i]]];
      gboolean own = made_in != NO_REGION && made_in == f->regions_of[t];
      (own ? inside : outside)[instr->inputs[i]] = TRUE;
    }
  }
  for (TelarValue v = 0; v < n_values; v++)
    outside[v] = outside[v] || !inside[v];
  return outside;
}

static void
mark_kept (Fuser *f)
{
  for (guint i = 0; i < telar_program_n_outputs (f->program); i++)
    f->kept[telar_program_output (f->program, i)->value] = TRUE;
  for (guint i = 0; i < telar_program_n_updates (f->program); i++)
    f->kept[telar_program_update (f->program, i)->value] = TRUE;
  for (guint i = 0; i < telar_program_n_states (f->program); i++)
    if (telar_program_state (f->program, i)->fit != TELAR_NO_VALUE)
      f->kept[telar_program_state (f->program, i)->fit] = TRUE;
}

static void
find_makers (Fuser *f)
{
  for (guint t = 0; t < f->n; t++) {
    const TelarInstr *instr = telar_program_instr (f->program, t);
    for (guint i = 0; i < instr->n_outputs; i++)
      f->makers[instr->outputs[i]] = t;
  }
}

static void
clear_region (gpointer data)
{
  g_clear_pointer (&((Region *)data)->members, g_array_unref);
}

TelarProgram *
telar_fuse_regions (const TelarProgram *program, GError **error)
{
  guint n = telar_program_n_instrs (program), n_values = telar_program_n_values (program);
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (program));
  g_autoptr (GArray) regions = g_array_new (FALSE, FALSE, sizeof (Region));
  g_autofree guint *makers = g_new (guint, n_values + 1);
  g_autofree guint *visits = g_new0 (guint, n + 1);
  g_autofree int *regions_of = g_new (int, n + 1);
  g_autofree TelarValue *map = g_new (TelarValue, n_values + 1);
  g_autofree gboolean *kept = g_new0 (gboolean, n_values + 1);
  g_autofree guint *uses = telar_fuse_count_uses (program);
  Fuser f = { .program = program,
              .n = n,
              .makers = makers,
              .regions_of = regions_of,
              .regions = regions,
              .visits = visits,
              .builder = builder,
              .map = map,
              .kept = kept,
              .uses = uses };
  g_array_set_clear_func (regions, clear_region);
  find_makers (&f);
  mark_kept (&f);
  form_regions (&f);

  g_autofree gboolean *outside = find_outside_readers (&f);
  telar_copy_states (builder, program, map);
  f.visit++;
  for (guint t = 0; t < n; t++)
    if (!emit (&f, t, outside, error))
      return NULL;
  telar_copy_results (builder, program, map);
  return telar_builder_finish (builder, error);
}
