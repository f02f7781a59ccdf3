/* Programs as they lie in memory: the arena, the handles, and reading. Building is in ir-build.c.
 */
#include "engine/ir-private.h"

#include <string.h>

/* --- arena ---------------------------------------------------------------------------------- */

#define BLOCK_BYTES ((gsize)16384)
#define ALIGNMENT   ((gsize)16)

struct TelarArenaBlock {
  TelarArenaBlock *next;
  gsize used, size;
  _Alignas(16) guint8 data[];
};

gpointer
telar_program_alloc (TelarProgram *program, gsize bytes)
{
  TelarArenaBlock *block = program->arena;

  bytes = (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  if (!block || block->size - block->used < bytes) {
    gsize size = MAX (bytes, BLOCK_BYTES);

    block = g_malloc0 (sizeof (TelarArenaBlock) + size);
    block->size = size;
    block->next = program->arena;
    program->arena = block;
  }
  block->used += bytes;
  return block->data + block->used - bytes;
}

const char *
telar_program_intern (TelarProgram *program, const char *text)
{
  return text ? g_string_chunk_insert_const (program->strings, text) : NULL;
}

/* --- life ----------------------------------------------------------------------------------- */

TelarProgram *
telar_program_new (const char *name)
{
  TelarProgram *program = g_new0 (TelarProgram, 1);

  g_atomic_ref_count_init (&program->refs);
  program->strings = g_string_chunk_new (1024);
  program->name = telar_program_intern (program, name);
  program->instrs = g_ptr_array_new ();
  program->values = g_ptr_array_new ();
  program->states = g_ptr_array_new ();
  program->outputs = g_ptr_array_new ();
  program->updates = g_ptr_array_new ();
  program->state_names = g_hash_table_new (g_str_hash, g_str_equal);
  program->tensors = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  program->bodies = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_program_unref);
  return program;
}

TelarProgram *
telar_program_ref (TelarProgram *program)
{
  g_atomic_ref_count_inc (&program->refs);
  return program;
}

void
telar_program_unref (TelarProgram *program)
{
  if (!g_atomic_ref_count_dec (&program->refs))
    return;

  g_ptr_array_unref (program->instrs);
  g_ptr_array_unref (program->values);
  g_ptr_array_unref (program->states);
  g_ptr_array_unref (program->outputs);
  g_ptr_array_unref (program->updates);
  g_hash_table_unref (program->state_names);
  g_ptr_array_unref (program->tensors);
  g_ptr_array_unref (program->bodies);
  g_string_chunk_free (program->strings);
  while (program->arena) {
    TelarArenaBlock *next = program->arena->next;

    g_free (program->arena);
    program->arena = next;
  }
  g_free (program);
}

/* --- reading -------------------------------------------------------------------------------- */

const char *
telar_program_name (const TelarProgram *program)
{
  return program->name;
}

guint
telar_program_n_instrs (const TelarProgram *program)
{
  return program->instrs->len;
}

const TelarInstr *
telar_program_instr (const TelarProgram *program, guint index)
{
  g_return_val_if_fail (index < program->instrs->len, NULL);
  return g_ptr_array_index (program->instrs, index);
}

guint
telar_program_n_values (const TelarProgram *program)
{
  return program->values->len;
}

const TelarType *
telar_program_type (const TelarProgram *program, TelarValue value)
{
  g_return_val_if_fail (value < program->values->len, NULL);
  return &((const TelarValueInfo *)g_ptr_array_index (program->values, value))->type;
}

const TelarInstr *
telar_program_maker (const TelarProgram *program, TelarValue value, guint *output)
{
  const TelarValueInfo *info;

  g_return_val_if_fail (value < program->values->len, NULL);
  info = g_ptr_array_index (program->values, value);
  if (output)
    *output = value - info->maker->outputs[0];
  return info->maker;
}

TelarTensor *
telar_program_constant (const TelarProgram *program, TelarValue value)
{
  const TelarInstr *maker = telar_program_maker (program, value, NULL);

  return maker->prim == TELAR_PRIM_CONSTANT ? telar_instr_attr (maker, TELAR_ATTR_VALUE)->tensor
                                            : NULL;
}

void
telar_program_drop_numbers (TelarProgram *program, TelarValue value)
{
  const TelarInstr *maker = telar_program_maker (program, value, NULL);
  TelarAttr *attr = (TelarAttr *)telar_instr_attr (maker, TELAR_ATTR_VALUE);
  TelarType type = attr->tensor->type;

  g_ptr_array_remove_fast (program->tensors, attr->tensor);
  attr->tensor = telar_tensor_wrap (type.dtype, &type.shape, NULL, NULL, NULL);
  g_ptr_array_add (program->tensors, attr->tensor);
}

guint
telar_program_n_states (const TelarProgram *program)
{
  return program->states->len;
}

const TelarState *
telar_program_state (const TelarProgram *program, guint index)
{
  g_return_val_if_fail (index < program->states->len, NULL);
  return g_ptr_array_index (program->states, index);
}

const TelarState *
telar_program_find_state (const TelarProgram *program, const char *name)
{
  return g_hash_table_lookup (program->state_names, name);
}

guint
telar_program_n_outputs (const TelarProgram *program)
{
  return program->outputs->len;
}

const TelarOutput *
telar_program_output (const TelarProgram *program, guint index)
{
  g_return_val_if_fail (index < program->outputs->len, NULL);
  return g_ptr_array_index (program->outputs, index);
}

guint
telar_program_n_updates (const TelarProgram *program)
{
  return program->updates->len;
}

const TelarUpdate *
telar_program_update (const TelarProgram *program, guint index)
{
  g_return_val_if_fail (index < program->updates->len, NULL);
  return g_ptr_array_index (program->updates, index);
}

/* --- attributes ----------------------------------------------------------------------------- */

const TelarAttr *
telar_instr_attr (const TelarInstr *instr, TelarAttrKey key)
{
  for (guint i = 0; i < instr->n_attrs; i++)
    if (instr->attrs[i].key == key)
      return &instr->attrs[i];
  return NULL;
}

gint64
telar_instr_int (const TelarInstr *instr, TelarAttrKey key, gint64 fallback)
{
  const TelarAttr *attr = telar_instr_attr (instr, key);

  return attr ? attr->integer : fallback;
}

double
telar_instr_real (const TelarInstr *instr, TelarAttrKey key, double fallback)
{
  const TelarAttr *attr = telar_instr_attr (instr, key);

  return attr ? attr->real : fallback;
}

const char *
telar_instr_string (const TelarInstr *instr, TelarAttrKey key)
{
  const TelarAttr *attr = telar_instr_attr (instr, key);

  return attr ? attr->string : NULL;
}

gint64
telar_instr_item (const TelarInstr *instr, TelarAttrKey key, guint i, gint64 fallback)
{
  const TelarAttr *attr = telar_instr_attr (instr, key);

  if (!attr)
    return fallback;
  g_return_val_if_fail (i < attr->n, fallback);
  return attr->ints[i];
}

TelarShape
telar_instr_shape (const TelarInstr *instr, TelarAttrKey key)
{
  const TelarAttr *attr = telar_instr_attr (instr, key);
  TelarShape shape = { 0 };

  if (attr && attr->n <= TELAR_MAX_RANK) {
    shape.rank = attr->n;
    if (attr->n > 0)
      memcpy (shape.dims, attr->ints, attr->n * sizeof (gint64));
  }
  return shape;
}

/* --- names in the text form ----------------------------------------------------------------- */

const char *
telar_init_name (TelarInitKind kind)
{
  static const char *const names[TELAR_N_INITS] = {
    [TELAR_INIT_ZEROS] = "zeros",
    [TELAR_INIT_CONSTANT] = "constant",
    [TELAR_INIT_UNIFORM] = "uniform",
    [TELAR_INIT_NORMAL] = "normal",
    [TELAR_INIT_HE_UNIFORM] = "he_uniform",
    [TELAR_INIT_HE_NORMAL] = "he_normal",
    [TELAR_INIT_GLOROT_UNIFORM] = "glorot_uniform",
    [TELAR_INIT_GLOROT_NORMAL] = "glorot_normal",
    [TELAR_INIT_LECUN_UNIFORM] = "lecun_uniform",
    [TELAR_INIT_FIT_MEAN] = "fit_mean",
    [TELAR_INIT_FIT_DEVIATION] = "fit_deviation",
  };

  g_return_val_if_fail (kind < TELAR_N_INITS, NULL);
  return names[kind];
}

const char *
telar_output_role_name (TelarOutputRole role)
{
  static const char *const names[TELAR_N_OUTPUT_ROLES] = {
    [TELAR_OUTPUT_RESULT] = "result",
    [TELAR_OUTPUT_LOSS] = "loss",
    [TELAR_OUTPUT_METRIC] = "metric",
    [TELAR_OUTPUT_PROBE] = "probe",
  };

  g_return_val_if_fail (role < TELAR_N_OUTPUT_ROLES, NULL);
  return names[role];
}
