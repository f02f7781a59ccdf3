/* The layout pass: images as (N,…,C) where the device's convolutions and pools want them so.
 *
 * Needs a program in which nothing has the attribute layout yet, after differentiation and before
 * fusion. Every layout-sensitive primitive on images becomes channels last. A value exists in one
 * form or in both: what is asked for in the other form is transposed once, or only reshaped where
 * the channels or the positions are one. Elementwise primitives, reductions, joins, pads and slices
 * follow the form that their inputs have already, so that a chain of convolutions, normalisations
 * and activations has a transpose where it begins and one where it ends. Outputs, updates and
 * states stay channels first. */
#include "engine/compiler.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  const TelarProgram *program;
  TelarBuilder *builder;
  TelarValue *first; /* per value: channels first, the form of the program; or TELAR_NO_VALUE */
  TelarValue *last;  /* per value: channels last; or TELAR_NO_VALUE */
} Layout;

/* --- the two forms -----------------------------------------------------------------------------
 */

/* Axis @axis of a channels-last tensor is this axis of the channels-first one. */
static guint
axis_before (guint axis, guint rank)
{
  if (axis == 0)
    return 0;
  return axis == rank - 1 ? 1 : axis + 1;
}

static guint
axis_after (guint axis, guint rank)
{
  if (axis == 0)
    return 0;
  return axis == 1 ? rank - 1 : axis - 1;
}

static gboolean
is_image (const Layout *l, TelarValue value)
{
  guint rank = telar_program_type (l->program, value)->shape.rank;
  return rank >= 3 && rank <= 5;
}

static TelarShape
permuted_shape (const TelarShape *shape, gboolean to_last)
{
  TelarShape result = { .rank = shape->rank };
  for (guint i = 0; i < shape->rank; i++)
    result.dims[i] =
        shape->dims[to_last ? axis_before (i, shape->rank) : axis_after (i, shape->rank)];
  return result;
}

/* Transposes @value of the builder; a reshape does where no two axes longer than 1 change places.
 */
static TelarValue
convert (Layout *l, TelarValue value, gboolean to_last)
{
  TelarShape shape = telar_builder_type (l->builder, value)->shape;
  TelarShape target = permuted_shape (&shape, to_last);
  guint channel = to_last ? 1 : shape.rank - 1;
  gboolean one_position = TRUE;
  gint64 perm[TELAR_MAX_RANK] = { 0 };
  for (guint i = 1; i < shape.rank; i++)
    one_position = one_position && (i == channel || shape.dims[i] == 1);
  if (one_position || shape.dims[channel] == 1)
    return telar_build_reshape (l->builder, value, &target);
  for (guint i = 0; i < shape.rank; i++)
    perm[i] = to_last ? axis_before (i, shape.rank) : axis_after (i, shape.rank);
  return telar_build_transpose (l->builder, value, perm);
}

/* @value of the program in the form asked for; made when it is not there. What is broadcast is
 * turned while it is small. */
static TelarValue
in_form (Layout *l, TelarValue value, gboolean last)
{
  TelarValue *form = last ? &l->last[value] : &l->first[value];
  if (*form != TELAR_NO_VALUE)
    return *form;
  const TelarInstr *maker = telar_program_maker (l->program, value, NULL);
  const TelarShape *shape = &telar_program_type (l->program, value)->shape;
  const char *origin = telar_builder_origin (l->builder);
  telar_builder_set_origin (l->builder, maker->origin);
  if (last && maker->prim == TELAR_PRIM_BROADCAST &&
      telar_program_type (l->program, maker->inputs[0])->shape.rank == shape->rank) {
    TelarShape whole = permuted_shape (shape, TRUE);
    *form = telar_build_broadcast (l->builder, in_form (l, maker->inputs[0], TRUE), &whole);
  } else {
    *form = convert (l, last ? l->first[value] : l->last[value], last);
  }
  telar_builder_set_origin (l->builder, origin);
  return *form;
}

static gboolean
only_last (const Layout *l, TelarValue value)
{
  return l->first[value] == TELAR_NO_VALUE && l->last[value] != TELAR_NO_VALUE;
}

/* --- emitting ----------------------------------------------------------------------------------
 */

/* What an instruction becomes: its inputs in the builder, its attributes, some of them replaced. */
typedef struct {
  TelarValue *inputs;
  TelarAttr *attrs;
  guint n_attrs;
  gint64 ints[4][TELAR_MAX_RANK]; /* room for replaced lists */
  guint n_lists;
} Copy;

static void
copy_init (Copy *copy, const TelarInstr *instr)
{
  copy->inputs = g_new (TelarValue, instr->n_inputs + 1);
  copy->attrs = g_new (TelarAttr, instr->n_attrs + 1);
  copy->n_attrs = instr->n_attrs;
  copy->n_lists = 0;
  if (instr->n_attrs > 0)
    memcpy (copy->attrs, instr->attrs, instr->n_attrs * sizeof (TelarAttr));
}

static void
copy_clear (Copy *copy)
{
  g_free (copy->inputs);
  g_free (copy->attrs);
}

/* Reorders a list with one item per axis. */
static void
permute_list (Copy *copy, TelarAttrKey key)
{
  for (guint a = 0; a < copy->n_attrs; a++) {
    TelarAttr *attr = &copy->attrs[a];
    if (attr->key != key)
      continue;
    gint64 *ints = copy->ints[copy->n_lists++];
    for (guint i = 0; i < attr->n; i++)
      ints[i] = attr->ints[axis_before (i, attr->n)];
    attr->ints = ints;
  }
}

static TelarValue
emit (Layout *l, const TelarInstr *instr, const Copy *copy, gboolean last)
{
  telar_builder_set_origin (l->builder, instr->origin);
  TelarValue value = telar_build (l->builder, instr->prim, copy->inputs, instr->n_inputs,
                                  copy->attrs, copy->n_attrs);
  for (guint i = 0; i < instr->n_outputs && value != TELAR_NO_VALUE; i++) {
    gboolean image = last && is_image (l, instr->outputs[i]);
    (image ? l->last : l->first)[instr->outputs[i]] = value + i;
  }
  return value;
}

/* As it stands. */
static void
keep (Layout *l, const TelarInstr *instr)
{
  telar_builder_set_origin (l->builder, instr->origin);
  for (guint i = 0; i < instr->n_inputs; i++)
    in_form (l, instr->inputs[i], FALSE);
  telar_copy_instr (l->builder, l->program, instr, l->first);
}

/* --- what wants channels last ------------------------------------------------------------------
 */

/* Kernels keep their form in both layouts. */
static gboolean
is_kernel (const TelarInstr *instr, guint input)
{
  return input == 1 &&
         (instr->prim == TELAR_PRIM_CONV || instr->prim == TELAR_PRIM_CONV_INPUT_GRAD);
}

static void
convert_sensitive (Layout *l, const TelarInstr *instr)
{
  Copy copy;
  copy_init (&copy, instr);
  for (guint i = 0; i < instr->n_inputs; i++)
    copy.inputs[i] =
        in_form (l, instr->inputs[i], is_image (l, instr->inputs[i]) && !is_kernel (instr, i));
  if (instr->prim != TELAR_PRIM_CONV_WEIGHT_GRAD)
    permute_list (&copy, TELAR_ATTR_SHAPE);
  copy.attrs[copy.n_attrs++] = TELAR_INT (LAYOUT, 1);
  emit (l, instr, &copy, instr->prim != TELAR_PRIM_CONV_WEIGHT_GRAD);
  copy_clear (&copy);
}

/* --- what follows ------------------------------------------------------------------------------
 */

static gboolean
has_last_input (const Layout *l, const TelarInstr *instr)
{
  guint rank = telar_program_type (l->program, instr->outputs[0])->shape.rank;
  for (guint i = 0; i < instr->n_inputs; i++)
    if (only_last (l, instr->inputs[i]) &&
        telar_program_type (l->program, instr->inputs[i])->shape.rank == rank)
      return TRUE;
  return FALSE;
}

/* An operand that broadcasts gets the missing axes before it is turned. */
static TelarValue
operand_last (Layout *l, TelarValue value, guint rank)
{
  TelarShape shape = telar_program_type (l->program, value)->shape, full = { .rank = rank };
  if (shape.rank == 0)
    return in_form (l, value, FALSE);
  if (shape.rank == rank)
    return in_form (l, value, TRUE);
  for (guint i = 0; i < rank; i++)
    full.dims[i] = i < rank - shape.rank ? 1 : shape.dims[i - (rank - shape.rank)];
  return convert (l, telar_build_reshape (l->builder, in_form (l, value, FALSE), &full), TRUE);
}

static void
follow_elementwise (Layout *l, const TelarInstr *instr)
{
  guint rank = telar_program_type (l->program, instr->outputs[0])->shape.rank;
  Copy copy;
  copy_init (&copy, instr);
  telar_builder_set_origin (l->builder, instr->origin);
  for (guint i = 0; i < instr->n_inputs; i++)
    copy.inputs[i] = operand_last (l, instr->inputs[i], rank);
  emit (l, instr, &copy, TRUE);
  copy_clear (&copy);
}

/* Joins, pads, slices: all operands are images of one rank, lists go by axis. */
static void
follow_axes (Layout *l, const TelarInstr *instr)
{
  static const TelarAttrKey lists[] = { TELAR_ATTR_START, TELAR_ATTR_LIMIT, TELAR_ATTR_STRIDE,
                                        TELAR_ATTR_LOW,   TELAR_ATTR_HIGH,  TELAR_ATTR_INTERIOR };
  guint rank = telar_program_type (l->program, instr->outputs[0])->shape.rank;
  Copy copy;
  copy_init (&copy, instr);
  for (guint i = 0; i < instr->n_inputs; i++)
    copy.inputs[i] = in_form (l, instr->inputs[i], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    permute_list (&copy, lists[i]);
  for (guint i = 0; i < copy.n_attrs; i++)
    if (copy.attrs[i].key == TELAR_ATTR_AXIS)
      copy.attrs[i].integer = axis_after ((guint)copy.attrs[i].integer, rank);
  emit (l, instr, &copy, TRUE);
  copy_clear (&copy);
}

static int
compare_axes (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return x < y ? -1 : x > y;
}

/* Whether the axes that a reduction leaves stand in the same order in both forms. */
static gboolean
leaves_order (const TelarInstr *instr, guint rank)
{
  const TelarAttr *axes = telar_instr_attr (instr, TELAR_ATTR_AXES);
  gboolean channels = TRUE;
  guint positions = rank - 2;
  for (guint i = 0; i < axes->n; i++) {
    channels = channels && axes->ints[i] != 1;
    positions -= axes->ints[i] >= 2;
  }
  return !channels || positions == 0;
}

static gboolean
follows_reduction (const Layout *l, const TelarInstr *instr)
{
  guint rank = telar_program_type (l->program, instr->inputs[0])->shape.rank;
  return l->last[instr->inputs[0]] != TELAR_NO_VALUE &&
         (instr->prim == TELAR_PRIM_COUNT || telar_instr_int (instr, TELAR_ATTR_KEEP, 0) != 0 ||
          leaves_order (instr, rank));
}

static void
follow_reduction (Layout *l, const TelarInstr *instr)
{
  guint rank = telar_program_type (l->program, instr->inputs[0])->shape.rank;
  gint64 axes[TELAR_MAX_RANK];
  Copy copy;
  copy_init (&copy, instr);
  copy.inputs[0] = in_form (l, instr->inputs[0], TRUE);
  for (guint i = 0; i < copy.n_attrs; i++) {
    TelarAttr *attr = &copy.attrs[i];
    if (attr->key != TELAR_ATTR_AXES)
      continue;
    for (guint k = 0; k < attr->n; k++)
      axes[k] = axis_after ((guint)attr->ints[k], rank);
    qsort (axes, attr->n, sizeof (gint64), compare_axes);
    attr->ints = axes;
  }
  emit (l, instr, &copy, telar_instr_int (instr, TELAR_ATTR_KEEP, 0) != 0);
  copy_clear (&copy);
}

/* A transpose of the program between the two forms costs nothing when the other form is there: what
 * it makes in one form is its input in the other. */
static gboolean
absorb_transpose (Layout *l, const TelarInstr *instr)
{
  TelarValue in = instr->inputs[0], out = instr->outputs[0];
  guint rank = telar_program_type (l->program, in)->shape.rank;
  gboolean to_last = TRUE, to_first = TRUE;
  for (guint i = 0; i < rank; i++) {
    gint64 from = telar_instr_item (instr, TELAR_ATTR_PERM, i, i);
    to_last = to_last && from == axis_before (i, rank);
    to_first = to_first && from == axis_after (i, rank);
  }
  if (!is_image (l, in))
    return FALSE;
  if (to_last && l->last[in] != TELAR_NO_VALUE) {
    l->first[out] = l->last[in];
    return TRUE;
  }
  if (to_first && l->first[in] != TELAR_NO_VALUE) {
    l->last[out] = l->first[in];
    return TRUE;
  }
  return FALSE;
}

/* --- the walk ----------------------------------------------------------------------------------
 */

static void
convert_instr (Layout *l, const TelarInstr *instr)
{
  TelarPrimFlags flags = telar_prim_info (instr->prim)->flags;
  if (instr->n_inputs == 0) {
    keep (l, instr);
    return;
  }
  switch (instr->prim) {
  case TELAR_PRIM_TRANSPOSE:
    if (!absorb_transpose (l, instr))
      keep (l, instr);
    return;
  case TELAR_PRIM_CONCAT:
  case TELAR_PRIM_PAD:
  case TELAR_PRIM_SLICE:
    (has_last_input (l, instr) ? follow_axes : keep) (l, instr);
    return;
  case TELAR_PRIM_SUM:
  case TELAR_PRIM_MEAN:
  case TELAR_PRIM_MAX:
  case TELAR_PRIM_MIN:
  case TELAR_PRIM_PROD:
  case TELAR_PRIM_COUNT:
    (follows_reduction (l, instr) ? follow_reduction : keep) (l, instr);
    return;
  default:
    break;
  }
  if (flags & TELAR_PRIM_LAYOUT && is_image (l, instr->inputs[0]) &&
      telar_instr_attr (instr, TELAR_ATTR_LAYOUT) == NULL)
    convert_sensitive (l, instr);
  else if (flags & TELAR_PRIM_ELEMENTWISE && has_last_input (l, instr))
    follow_elementwise (l, instr);
  else
    keep (l, instr);
}

TelarProgram *
telar_pass_layout (const TelarProgram *program, GError **error)
{
  guint n_values = telar_program_n_values (program);
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *first = g_new (TelarValue, n_values + 1);
  g_autofree TelarValue *last = g_new (TelarValue, n_values + 1);
  Layout l = { .program = program, .builder = builder, .first = first, .last = last };
  for (TelarValue v = 0; v <= n_values; v++)
    last[v] = TELAR_NO_VALUE;
  telar_copy_states (builder, program, first);
  for (guint t = 0; t < telar_program_n_instrs (program); t++)
    convert_instr (&l, telar_program_instr (program, t));
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    in_form (&l, telar_program_output (program, i)->value, FALSE);
  for (guint i = 0; i < telar_program_n_updates (program); i++)
    in_form (&l, telar_program_update (program, i)->value, FALSE);
  for (guint i = 0; i < telar_program_n_states (program); i++)
    if (telar_program_state (program, i)->fit != TELAR_NO_VALUE)
      in_form (&l, telar_program_state (program, i)->fit, FALSE);
  telar_copy_results (builder, program, first);
  return telar_builder_finish (builder, error);
}
