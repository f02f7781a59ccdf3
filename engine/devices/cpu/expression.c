/* Turns an elementwise instruction or a fused region into an expression. How it runs is in
 * expression-run.c. */
#include "engine/devices/cpu/expression-private.h"

#include <string.h>

/* --- the space that is walked ----------------------------------------------------------------- */

/* Strides of an operand of shape @shape over @whole; 0 along what broadcasting repeats. */
static void
broadcast_strides (const TelarShape *shape, const TelarShape *whole, gint64 *strides)
{
  gint64 own[TELAR_MAX_RANK];
  guint skipped = whole->rank - shape->rank;

  telar_shape_strides (shape, own);
  for (guint axis = 0; axis < whole->rank; axis++)
    strides[axis] = axis < skipped || shape->dims[axis - skipped] == 1 ? 0 : own[axis - skipped];
}

/* Whether axis @inner continues axis @outer of every input, so that the two are one. */
static gboolean
joins (const gint64 (*strides)[TELAR_MAX_RANK], guint n_inputs, guint outer, guint inner,
       gint64 inner_size)
{
  for (guint k = 0; k < n_inputs; k++)
    if (strides[k][outer] != strides[k][inner] * inner_size)
      return FALSE;
  return TRUE;
}

/* Joins neighbouring axes and drops those of size 1. */
static void
collapse (Expression *e, const TelarShape *whole, gint64 (*strides)[TELAR_MAX_RANK])
{
  e->rank = 0;
  for (guint axis = 0; axis < whole->rank; axis++) {
    if (whole->dims[axis] == 1)
      continue;
    for (guint k = 0; k < e->n_inputs; k++)
      strides[k][e->rank] = strides[k][axis];
    e->dims[e->rank] = (gsize)whole->dims[axis];
    if (e->rank > 0 && joins (strides, e->n_inputs, e->rank - 1, e->rank, whole->dims[axis])) {
      e->dims[e->rank - 1] *= (gsize)whole->dims[axis];
      for (guint k = 0; k < e->n_inputs; k++)
        strides[k][e->rank - 1] = strides[k][e->rank];
    } else {
      e->rank++;
    }
  }
}

/* How an operand is handed to the rows, once the axes are joined. */
static OperandMode
mode_of (const Expression *e, const gint64 *strides)
{
  gint64 full = 1;
  gboolean is_full = TRUE, is_scalar = TRUE, is_periodic = TRUE;

  for (guint axis = e->rank; axis-- > 0;) {
    is_full &= strides[axis] == full;
    is_scalar &= strides[axis] == 0;
    is_periodic &= axis == e->rank - 1 ? strides[axis] == 1 : strides[axis] == 0;
    full *= (gint64)e->dims[axis];
  }
  if (is_full)
    return MODE_FULL;
  if (is_scalar)
    return MODE_SCALAR;
  if (e->dims[e->rank - 1] >= LONG_ROW)
    return strides[e->rank - 1] == 0 ? MODE_ROW_SCALAR : MODE_ROW;
  return is_periodic ? MODE_PERIODIC : MODE_EXPAND;
}

static void
lay_out_space (Expression *e, const CpuSite *site)
{
  const TelarShape *whole = &site->outputs[0].shape;
  g_autofree gint64 (*strides)[TELAR_MAX_RANK] = g_malloc0 (sizeof (*strides) * (e->n_inputs + 1));

  for (guint k = 0; k < e->n_inputs; k++)
    broadcast_strides (&site->inputs[k].shape, whole, strides[k]);
  collapse (e, whole, strides);
  e->n = telar_shape_elements (whole);
  e->row = e->rank > 0 ? e->dims[e->rank - 1] : 1;
  for (guint k = 0; k < e->n_inputs; k++) {
    Operand *operand = &e->inputs[k];
    operand->size = telar_dtype_size (site->inputs[k].dtype);
    operand->mode = mode_of (e, strides[k]);
    memcpy (operand->strides, strides[k], sizeof operand->strides);
    e->cuts_rows |= operand->mode == MODE_ROW || operand->mode == MODE_ROW_SCALAR;
    e->expands |= operand->mode == MODE_EXPAND || operand->mode == MODE_PERIODIC;
  }
}

/* --- steps ------------------------------------------------------------------------------------ */

/* What a value of the body is while steps are being made. */
typedef struct {
  Place place;
  gboolean scalar;
} Known;

typedef struct {
  Expression *e;
  const TelarProgram *body;
  Known *known;
  guint *last_use; /* by value: the last instruction that reads it */
  gboolean *busy;  /* by register */
} Maker;

static Place
new_register (Maker *maker)
{
  guint i = 0;

  while (i < maker->e->n_registers && maker->busy[i])
    i++;
  if (i == maker->e->n_registers)
    maker->e->n_registers++;
  maker->busy[i] = TRUE;
  return (Place){ PLACE_REGISTER, i };
}

static gboolean
add_step (Maker *maker, TelarPrim prim, const TelarType *from, const TelarType *to,
          const Known *operands, guint n_operands, Known target)
{
  Step step = { .target = target.place, .n_operands = n_operands, .scalar = target.scalar };
  guint scalars = 0;

  for (guint k = 0; k < n_operands; k++) {
    step.operands[k] = operands[k].place;
    if (operands[k].scalar)
      scalars |= 1u << k;
  }
  if (step.scalar)
    scalars = 0;
  step.size = telar_dtype_size (to->dtype);
  step.row = cpu_vector_row (maker->e->vector, prim, from->dtype, to->dtype, scalars);
  if (step.row == NULL && scalars != 0) {
    /* No row reads these operands once: they are spread over a tile first. */
    step.spread = scalars;
    step.row = cpu_vector_row (maker->e->vector, prim, from->dtype, to->dtype, 0);
  }
  for (guint k = 0; k < n_operands; k++)
    step.operand_sizes[k] =
        k == 0 && prim == TELAR_PRIM_SELECT ? 1 : telar_dtype_size (from->dtype);
  if (step.row == NULL)
    return FALSE;
  g_array_append_val (maker->e->steps, step);
  return TRUE;
}

/* The output that @value is, when writing it early harms nobody; -1 otherwise. Output 0 may lie
 * over input 0, so it must not be written while input 0 is still to be read. */
static gint
direct_output (const Maker *maker, TelarValue value, guint instr)
{
  for (guint i = 0; i < telar_program_n_outputs (maker->body); i++)
    if (telar_program_output (maker->body, i)->value == value) {
      TelarValue first = maker->e->first_input;
      gboolean clobbers = i == 0 && first != TELAR_NO_VALUE && maker->last_use[first] > instr;
      return clobbers ? -1 : (gint)i;
    }
  return -1;
}

static gsize
size_of (const Maker *maker, TelarValue value)
{
  return telar_dtype_size (telar_program_type (maker->body, value)->dtype);
}

/* Frees the registers that are read here for the last time: with @as_wide those whose elements are
 * as wide as the result's, which may then take their place, otherwise the rest. */
static void
release_operands (Maker *maker, const TelarInstr *instr, guint index, gboolean as_wide)
{
  for (guint k = 0; k < instr->n_inputs; k++) {
    TelarValue value = instr->inputs[k];
    gboolean same = size_of (maker, value) == size_of (maker, instr->outputs[0]);

    if (maker->known[value].place.kind == PLACE_REGISTER && maker->last_use[value] == index &&
        same == as_wide)
      maker->busy[maker->known[value].place.index] = FALSE;
  }
}

static gboolean
make_step (Maker *maker, guint index)
{
  const TelarInstr *instr = telar_program_instr (maker->body, index);
  TelarValue value = instr->outputs[0];
  Known operands[3], *target = &maker->known[value];
  gint output = direct_output (maker, value, index);

  if (!(telar_prim_info (instr->prim)->flags & TELAR_PRIM_ELEMENTWISE) || instr->n_inputs > 3)
    return FALSE;
  target->scalar = output < 0;
  for (guint k = 0; k < instr->n_inputs; k++) {
    operands[k] = maker->known[instr->inputs[k]];
    target->scalar &= operands[k].scalar;
  }
  release_operands (maker, instr, index, TRUE);
  target->place = output < 0 ? new_register (maker) : (Place){ PLACE_OUTPUT, (guint)output };
  release_operands (maker, instr, index, FALSE);
  guint typed = instr->prim == TELAR_PRIM_SELECT ? 1 : 0;
  return add_step (maker, instr->prim, telar_program_type (maker->body, instr->inputs[typed]),
                   telar_program_type (maker->body, value), operands, instr->n_inputs, *target);
}

static gboolean
add_constant (Maker *maker, const TelarInstr *instr)
{
  const TelarType *type = telar_program_type (maker->body, instr->outputs[0]);
  gsize size = telar_dtype_size (type->dtype);
  guint8 cell[CONSTANT_CELL] = { 0 };

  if (instr->prim == TELAR_PRIM_FILL) {
    telar_element_set (type->dtype, cell, 0, telar_instr_real (instr, TELAR_ATTR_FILL, 0));
  } else {
    const TelarTensor *tensor = telar_instr_attr (instr, TELAR_ATTR_VALUE)->tensor;
    if (telar_tensor_elements (tensor) != 1)
      return FALSE;
    memcpy (cell, tensor->data, size);
  }
  maker->known[instr->outputs[0]] =
      (Known){ { PLACE_CONSTANT, maker->e->constants->len / CONSTANT_CELL }, TRUE };
  g_byte_array_append (maker->e->constants, cell, sizeof cell);
  return TRUE;
}

/* Results that no step wrote straight to their place are copied there at the end of each tile;
 * output 0, which may lie over an input, as the last. */
static gboolean
copy_results (Maker *maker)
{
  for (guint i = telar_program_n_outputs (maker->body); i-- > 0;) {
    TelarValue value = telar_program_output (maker->body, i)->value;
    const TelarType *type = telar_program_type (maker->body, value);
    const Known *known = &maker->known[value];

    if (known->place.kind == PLACE_OUTPUT && known->place.index == i)
      continue;
    if (!add_step (maker, TELAR_PRIM_CAST, type, type, known, 1,
                   (Known){ { PLACE_OUTPUT, i }, FALSE }))
      return FALSE;
  }
  return TRUE;
}

static void
find_last_uses (Maker *maker)
{
  for (guint i = 0; i < telar_program_n_instrs (maker->body); i++) {
    const TelarInstr *instr = telar_program_instr (maker->body, i);
    for (guint k = 0; k < instr->n_inputs; k++)
      maker->last_use[instr->inputs[k]] = i;
  }
  for (guint i = 0; i < telar_program_n_outputs (maker->body); i++)
    maker->last_use[telar_program_output (maker->body, i)->value] = G_MAXUINT;
}

static gboolean
make_steps (Maker *maker)
{
  guint next_input = 0;

  find_last_uses (maker);
  for (guint i = 0; i < telar_program_n_instrs (maker->body); i++) {
    const TelarInstr *instr = telar_program_instr (maker->body, i);
    gboolean made;

    if (instr->prim == TELAR_PRIM_INPUT) {
      OperandMode mode = maker->e->inputs[next_input].mode;
      maker->known[instr->outputs[0]] =
          (Known){ { PLACE_INPUT, next_input }, mode == MODE_SCALAR || mode == MODE_ROW_SCALAR };
      if (next_input++ == 0)
        maker->e->first_input = instr->outputs[0];
      made = TRUE;
    } else if (instr->prim == TELAR_PRIM_CONSTANT || instr->prim == TELAR_PRIM_FILL) {
      made = add_constant (maker, instr);
    } else {
      made = make_step (maker, i);
    }
    if (!made)
      return FALSE;
  }
  return copy_results (maker);
}

static gboolean
make_region (Expression *e, const TelarProgram *body)
{
  guint n_values = telar_program_n_values (body), n_instrs = telar_program_n_instrs (body);
  g_autofree Known *known = g_new0 (Known, n_values + 1);
  g_autofree guint *last_use = g_new0 (guint, n_values + 1);
  g_autofree gboolean *busy = g_new0 (gboolean, n_instrs + 1);
  Maker maker = { e, body, known, last_use, busy };

  return make_steps (&maker);
}

/* A single primitive: its operands go straight to its result. */
static gboolean
make_single (Expression *e, const CpuSite *site)
{
  const TelarInstr *instr = site->instr;
  Maker maker = { .e = e };
  Known operands[3];

  for (guint k = 0; k < instr->n_inputs; k++) {
    OperandMode mode = e->inputs[k].mode;
    operands[k] = (Known){ { PLACE_INPUT, k }, mode == MODE_SCALAR || mode == MODE_ROW_SCALAR };
  }
  guint typed = instr->prim == TELAR_PRIM_SELECT ? 1 : 0;
  return add_step (&maker, instr->prim, &site->inputs[typed], &site->outputs[0], operands,
                   instr->n_inputs, (Known){ { PLACE_OUTPUT, 0 }, FALSE });
}

/* --- the expression --------------------------------------------------------------------------- */

static gboolean
outputs_are_whole (const CpuSite *site)
{
  for (guint i = 1; i < site->instr->n_outputs; i++)
    if (telar_shape_elements (&site->outputs[i].shape) !=
        telar_shape_elements (&site->outputs[0].shape))
      return FALSE;
  for (guint k = 0; k < site->instr->n_inputs; k++)
    if (site->inputs[k].shape.rank > site->outputs[0].shape.rank)
      return FALSE;
  return TRUE;
}

/* Where each thread's registers and spread operands lie in its part of the scratch. */
static void
lay_out_scratch (Expression *e)
{
  gsize slots = e->n_registers;

  for (guint k = 0; k < e->n_inputs; k++)
    if (e->inputs[k].mode == MODE_EXPAND || e->inputs[k].mode == MODE_PERIODIC)
      e->inputs[k].slot = (guint)slots++;
  e->spread_slot = (guint)slots;
  e->slots = slots + 3;
}

Expression *
expression_new (const CpuSite *site)
{
  g_autoptr (Expression) e = g_new0 (Expression, 1);

  e->vector = &site->device->vector;
  e->n_inputs = site->instr->n_inputs;
  e->n_outputs = site->instr->n_outputs;
  e->inputs = g_new0 (Operand, e->n_inputs + 1);
  e->output_sizes = g_new0 (gsize, e->n_outputs + 1);
  e->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  e->constants = g_byte_array_new ();
  e->first_input = TELAR_NO_VALUE;
  e->threads = site->device->base.threads;
  if (!outputs_are_whole (site))
    return NULL;
  for (guint i = 0; i < e->n_outputs; i++)
    e->output_sizes[i] = telar_dtype_size (site->outputs[i].dtype);
  lay_out_space (e, site);
  if (!(site->instr->body != NULL ? make_region (e, site->instr->body) : make_single (e, site)))
    return NULL;
  lay_out_scratch (e);
  return g_steal_pointer (&e);
}

void
expression_free (Expression *e)
{
  if (e == NULL)
    return;
  g_free (e->inputs);
  g_free (e->output_sizes);
  g_array_unref (e->steps);
  g_byte_array_unref (e->constants);
  g_free (e);
}

gsize
expression_scratch (const Expression *e)
{
  return e->slots * SLOT_BYTES * e->threads;
}
