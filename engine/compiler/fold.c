/* Constant folding: instructions whose inputs are all known are computed now, by the device that is
 * the specification. A result of equal elements becomes a fill, which later passes see through.
 * COUNT folds as soon as the axes it counts are known, whatever its input is.
 *
 * What would make the program large (results beyond 1 MiB) or the compiler slow (beyond ten million
 * operations) stays, as does what fails: that error belongs to the run.
 *
 * Requires: a verified program. Preserves: values; states, outputs, updates. Leaves behind
 * constants that nobody uses any more, for dce. */
#include "engine/compiler.h"

#include <string.h>

#define MAX_BYTES ((gsize)1 << 20)
#define MAX_FLOPS 1e7

typedef struct {
  TelarBuilder *b;
  const TelarProgram *program;
  TelarValue *map;
  TelarDevice *device;
  GPtrArray *known; /* for each value of @program its tensor, or NULL */
} Folder;

/* Bytes of a concrete type; G_MAXSIZE for a symbolic one. */
static gsize
type_bytes (const TelarType *type)
{
  gint64 count;

  if (!telar_shape_is_concrete (&type->shape) || !telar_shape_count (&type->shape, &count))
    return G_MAXSIZE;
  return (gsize)count * telar_dtype_size (type->dtype);
}

static gboolean
is_small (const Folder *f, const TelarInstr *instr)
{
  for (guint i = 0; i < instr->n_inputs; i++)
    if (type_bytes (telar_program_type (f->program, instr->inputs[i])) > MAX_BYTES)
      return FALSE;
  for (guint i = 0; i < instr->n_outputs; i++)
    if (type_bytes (telar_program_type (f->program, instr->outputs[i])) > MAX_BYTES)
      return FALSE;
  return telar_instr_flops (f->program, instr) <= MAX_FLOPS;
}

/* Runs @instr on its known inputs and enters the results. */
static gboolean
evaluate (Folder *f, const TelarInstr *instr)
{
  g_autofree TelarView *inputs = g_new (TelarView, instr->n_inputs + 1);
  g_autofree TelarView *outputs = g_new (TelarView, instr->n_outputs);
  g_autoptr (GPtrArray) results =
      g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  TelarCall call = { .program = f->program, .instr = instr, .inputs = inputs, .outputs = outputs };

  for (guint i = 0; i < instr->n_inputs; i++) {
    TelarTensor *tensor = g_ptr_array_index (f->known, instr->inputs[i]);

    inputs[i] = (TelarView){ tensor->type, tensor->data };
  }
  for (guint i = 0; i < instr->n_outputs; i++) {
    const TelarType *type = telar_program_type (f->program, instr->outputs[i]);
    TelarTensor *tensor = telar_tensor_new (type->dtype, &type->shape);

    g_ptr_array_add (results, tensor);
    outputs[i] = (TelarView){ *type, tensor->data };
  }
  if (!f->device->klass->run (f->device, &call, NULL))
    return FALSE;
  for (guint i = 0; i < instr->n_outputs; i++)
    g_ptr_array_index (f->known, instr->outputs[i]) =
        telar_tensor_ref (g_ptr_array_index (results, i));
  return TRUE;
}

/* Sources that are known without inputs: made when somebody first wants them. */
static gboolean
is_known_source (TelarPrim prim)
{
  return prim == TELAR_PRIM_CONSTANT || prim == TELAR_PRIM_FILL || prim == TELAR_PRIM_IOTA;
}

static gboolean
know (Folder *f, TelarValue value)
{
  const TelarInstr *maker = telar_program_maker (f->program, value, NULL);

  if (g_ptr_array_index (f->known, value))
    return TRUE;
  if (!is_known_source (maker->prim) || !is_small (f, maker))
    return FALSE;
  if (maker->prim != TELAR_PRIM_CONSTANT)
    return evaluate (f, maker);
  g_ptr_array_index (f->known, value) =
      telar_tensor_ref (telar_instr_attr (maker, TELAR_ATTR_VALUE)->tensor);
  return TRUE;
}

static gboolean
try_fold (Folder *f, const TelarInstr *instr)
{
  if (telar_prim_info (instr->prim)->flags & TELAR_PRIM_SOURCE || !is_small (f, instr))
    return FALSE;
  for (guint i = 0; i < instr->n_inputs; i++)
    if (!know (f, instr->inputs[i]))
      return FALSE;
  return evaluate (f, instr);
}

/* The elements that COUNT counts, when none of its axes is symbolic. */
static gboolean
try_count (Folder *f, const TelarInstr *instr)
{
  const TelarAttr *axes = telar_instr_attr (instr, TELAR_ATTR_AXES);
  const TelarShape *shape;
  TelarShape counted = { 0 };
  gint64 count;

  if (instr->prim != TELAR_PRIM_COUNT)
    return FALSE;
  shape = &telar_program_type (f->program, instr->inputs[0])->shape;
  for (guint i = 0; i < axes->n; i++)
    counted.dims[counted.rank++] = shape->dims[axes->ints[i]];
  if (!telar_shape_is_concrete (&counted) || !telar_shape_count (&counted, &count))
    return FALSE;
  g_ptr_array_index (f->known, instr->outputs[0]) = telar_tensor_scalar (
      telar_program_type (f->program, instr->outputs[0])->dtype, (double)count);
  return TRUE;
}

/* All elements have the same bits, and a double can say which. */
static gboolean
is_uniform (const TelarTensor *tensor)
{
  gsize size = telar_dtype_size (tensor->type.dtype), n = telar_tensor_elements (tensor);
  const guint8 *data = tensor->data;

  if (n == 0 || tensor->type.shape.rank == 0)
    return FALSE;
  if (tensor->type.dtype == TELAR_I64 && ABS (telar_tensor_get (tensor, 0)) > 9007199254740992.0)
    return FALSE;
  return memcmp (data, data + size, (n - 1) * size) == 0;
}

static TelarValue
emit_known (Folder *f, TelarTensor *tensor)
{
  if (is_uniform (tensor))
    return telar_build_fill (f->b, &tensor->type, telar_tensor_get (tensor, 0));
  return telar_build_constant (f->b, tensor);
}

static void
unref_known (gpointer tensor)
{
  if (tensor)
    telar_tensor_unref (tensor);
}

TelarProgram *
telar_pass_fold (const TelarProgram *program, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (GPtrArray) known = g_ptr_array_new_with_free_func (unref_known);
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  Folder f = { b, program, map, device, known };

  g_ptr_array_set_size (known, (gint)telar_program_n_values (program));
  telar_copy_states (b, program, map);
  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);

    if (!try_count (&f, instr) && !try_fold (&f, instr)) {
      telar_copy_instr (b, program, instr, map);
      continue;
    }
    telar_builder_set_origin (b, instr->origin);
    for (guint j = 0; j < instr->n_outputs; j++)
      map[instr->outputs[j]] = emit_known (&f, g_ptr_array_index (known, instr->outputs[j]));
  }
  telar_builder_set_origin (b, NULL);
  telar_copy_results (b, program, map);
  return telar_builder_finish (b, error);
}
