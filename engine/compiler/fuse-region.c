/* Regions: connected elementwise instructions of one shape become one FUSED instruction that passes
 * over memory once.
 *
 * Each instruction begins as a region of its own and joins those that make its inputs, as long as
 * no path leaves a region and comes back to it. What is needed outside becomes a result of the
 * region. A region computes with one floating type and bools, so that a device can run it in tiles;
 * an operand has the full shape or broadcasts to it; scalar constants stand in the body. */
#include "engine/compiler/fuse.h"
#include "engine/ir-uses.h"

enum { MOST_INSTRS = 32, MOST_OPERANDS = 24 };

/* --- joining -----------------------------------------------------------------------------------
 */

static gboolean
unify_dtype (TelarDType dtype, gboolean *has, TelarDType *common)
{
  if (dtype == TELAR_BOOL)
    return TRUE;
  if (!telar_dtype_is_float (dtype) || telar_dtype_size (dtype) < 4 || (*has && *common != dtype))
    return FALSE;
  *has = TRUE;
  *common = dtype;
  return TRUE;
}

gboolean
fuse_is_scalar_constant (const Fuser *f, TelarValue value)
{
  return telar_program_type (f->program, value)->shape.rank == 0 &&
         telar_program_instr (f->program, f->makers[value])->prim == TELAR_PRIM_CONSTANT;
}

static gboolean
has_variable_input (const Fuser *f, const TelarInstr *instr)
{
  for (guint i = 0; i < instr->n_inputs; i++)
    if (!fuse_is_scalar_constant (f, instr->inputs[i]))
      return TRUE;
  return FALSE;
}

/* Opens a region of its own for an instruction that may be fused. */
static void
open_region (Fuser *f, guint t)
{
  const TelarInstr *instr = telar_program_instr (f->program, t);
  FuseRegion region = { 0 };
  f->regions_of[t] = FUSE_NO_REGION;
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

/* The last instruction up to @t from which nothing that it needs can come back above it: no region
 * spans it. */
static guint
find_floor (const Fuser *f, guint t)
{
  while (f->spans[t] < t)
    t = f->spans[t];
  return t;
}

static void
note_span (Fuser *f, const GArray *members)
{
  guint first = g_array_index (members, guint, 0);
  for (guint t = first; t <= g_array_index (members, guint, members->len - 1); t++)
    f->spans[t] = MIN (f->spans[t], first);
}

static void
visit (Fuser *f, GArray *stack, guint t)
{
  if (t < f->floor || f->visits[t] == f->visit)
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
    if (skip == FUSE_NO_REGION || f->regions_of[maker] != skip)
      visit (f, stack, maker);
  }
}

/* Whether something outside both needs @from and is needed by @to. Regions are walked whole: they
 * will be single instructions. */
static gboolean
detours (Fuser *f, int from, int to)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));
  const GArray *members = fuse_region_at (f, to)->members;
  f->visit++;
  f->floor = find_floor (f, g_array_index (fuse_region_at (f, from)->members, guint, 0));
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
    if (region == FUSE_NO_REGION) {
      visit_inputs (f, stack, t, FUSE_NO_REGION);
      continue;
    }
    members = fuse_region_at (f, region)->members;
    for (guint i = 0; i < members->len; i++) {
      f->visits[g_array_index (members, guint, i)] = f->visit;
      visit_inputs (f, stack, g_array_index (members, guint, i), FUSE_NO_REGION);
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
count_operands (const Fuser *f, const FuseRegion *a, const FuseRegion *b)
{
  guint operands = 0;
  const GArray *both[] = { a->members, b->members };
  for (guint r = 0; r < 2; r++)
    for (guint i = 0; i < both[r]->len; i++) {
      guint t = g_array_index (both[r], guint, i);
      const TelarInstr *instr = telar_program_instr (f->program, t);
      for (guint k = 0; k < instr->n_inputs; k++) {
        int made_in = f->regions_of[f->makers[instr->inputs[k]]];
        const FuseRegion *region = made_in == FUSE_NO_REGION ? NULL : fuse_region_at (f, made_in);
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
  if (from == FUSE_NO_REGION || from == to ||
      !telar_shape_equal (shape_of (f, maker), shape_of (f, t)))
    return;
  FuseRegion *a = fuse_region_at (f, from), *b = fuse_region_at (f, to);
  if (a->members->len + b->members->len > MOST_INSTRS ||
      (a->has_dtype && b->has_dtype && a->dtype != b->dtype) ||
      count_operands (f, a, b) > MOST_OPERANDS || detours (f, from, to))
    return;
  for (guint i = 0; i < b->members->len; i++)
    f->regions_of[g_array_index (b->members, guint, i)] = from;
  g_array_append_vals (a->members, b->members->data, b->members->len);
  g_array_sort (a->members, compare_indices);
  note_span (f, a->members);
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
    if (f->regions_of[t] == FUSE_NO_REGION)
      continue;
    for (guint i = 0; i < instr->n_inputs; i++)
      try_join (f, f->makers[instr->inputs[i]], t);
  }
}

/* --- the pass -----------------------------------------------------------------------------------
 */

/* What nobody reads counts as read outside, as do outputs, updates and fits. */
static void
find_outside_readers (Fuser *f)
{
  guint n_values = telar_program_n_values (f->program);
  g_autofree guint *inside = g_new0 (guint, n_values + 1);
  for (guint t = 0; t < f->n; t++) {
    const TelarInstr *instr = telar_program_instr (f->program, t);
    for (guint i = 0; i < instr->n_inputs; i++) {
      int made_in = f->regions_of[f->makers[instr->inputs[i]]];
      inside[instr->inputs[i]] += made_in != FUSE_NO_REGION && made_in == f->regions_of[t];
    }
  }
  for (TelarValue v = 0; v < n_values; v++)
    f->read_outside[v] = f->uses[v] == 0 || f->uses[v] > inside[v];
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
  g_clear_pointer (&((FuseRegion *)data)->members, g_array_unref);
}

TelarProgram *
telar_fuse_regions (const TelarProgram *program, GError **error)
{
  guint n = telar_program_n_instrs (program), n_values = telar_program_n_values (program);
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (program));
  g_autoptr (GArray) regions = g_array_new (FALSE, FALSE, sizeof (FuseRegion));
  g_autofree guint *makers = g_new (guint, n_values + 1);
  g_autofree guint *uses = telar_program_count_uses (program);
  g_autofree gboolean *read_outside = g_new0 (gboolean, n_values + 1);
  g_autofree int *regions_of = g_new (int, n + 1);
  g_autofree guint *visits = g_new0 (guint, n + 1);
  g_autofree guint *spans = g_new (guint, n + 1);
  g_autofree TelarValue *map = g_new (TelarValue, n_values + 1);
  Fuser f = { .program = program,
              .n = n,
              .makers = makers,
              .uses = uses,
              .read_outside = read_outside,
              .regions_of = regions_of,
              .regions = regions,
              .visits = visits,
              .spans = spans,
              .builder = builder,
              .map = map };
  g_array_set_clear_func (regions, clear_region);
  for (guint t = 0; t < n; t++)
    spans[t] = t;
  find_makers (&f);
  form_regions (&f);
  find_outside_readers (&f);
  telar_copy_states (builder, program, map);
  if (!fuse_emit_all (&f, error))
    return NULL;
  telar_copy_results (builder, program, map);
  return telar_builder_finish (builder, error);
}
