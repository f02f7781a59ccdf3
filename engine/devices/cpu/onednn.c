/* Programs of oneDNN primitives. A program is made once per step of a plan; running it only sets
 * the addresses. */
#include "engine/devices/cpu/onednn.h"

#include <string.h>

#define MOST_MEMORIES  24
#define MOST_STEPS     8
#define MOST_ARGUMENTS 8
#define SUM_GRAIN      ((gsize)16384) /* floats that are worth a thread */

typedef enum { IN_INPUT, IN_OUTPUT, IN_SCRATCH } Where;

typedef struct {
  Where where;
  guint index;  /* of the input or output */
  gsize offset; /* in the scratch */
  gsize window; /* bytes that it moves from piece to piece; 0: it stays */
  dnnl_memory_t memory;
  dnnl_memory_desc_t desc;
} Memory;

typedef struct {
  dnnl_primitive_t primitive;
  dnnl_exec_arg_t arguments[MOST_ARGUMENTS];
  int n_arguments;
  guint n_pieces;
  CpuDnnlMemory partial, total; /* of several pieces */
} Step;

struct CpuDnnl {
  const CpuDevice *device;
  const char *origin;
  const char *what; /* the primitive's name */
  GError *error;
  Memory memories[MOST_MEMORIES];
  guint n_memories;
  Step steps[MOST_STEPS];
  guint n_steps;
  gsize scratch;
  CpuEpilogue epilogue;
};

static const char *
status_text (dnnl_status_t status)
{
  static const char *const texts[] = {
    [dnnl_success] = "success",
    [dnnl_out_of_memory] = "out of memory",
    [dnnl_invalid_arguments] = "invalid arguments",
    [dnnl_unimplemented] = "not implemented",
    [dnnl_iterator_ends] = "no implementation",
    [dnnl_runtime_error] = "failed while running",
    [dnnl_not_required] = "not required",
  };
  return (guint)status < G_N_ELEMENTS (texts) ? texts[status] : "unknown error";
}

gboolean
cpu_dnnl_check (CpuDnnl *program, dnnl_status_t status)
{
  if (status != dnnl_success && program->error == NULL)
    telar_set_error (&program->error, TELAR_ERROR_FAILED, program->origin, "oneDNN, %s: %s",
                     program->what, status_text (status));
  return program->error == NULL;
}

/* --- the device ------------------------------------------------------------------------------- */

gboolean
cpu_onednn_open (CpuDevice *device, GError **error)
{
  dnnl_status_t status = dnnl_engine_create (&device->engine, dnnl_cpu, 0);

  if (status == dnnl_success)
    status = dnnl_stream_create (&device->stream, device->engine, dnnl_stream_in_order);
  if (status == dnnl_success)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_NO_DEVICE, NULL, "oneDNN cannot be opened: %s",
                   status_text (status));
  cpu_onednn_close (device);
  return FALSE;
}

void
cpu_onednn_close (CpuDevice *device)
{
  if (device->stream != NULL)
    dnnl_stream_destroy (device->stream);
  if (device->engine != NULL)
    dnnl_engine_destroy (device->engine);
}

char *
cpu_onednn_version (void)
{
  const dnnl_version_t *version = dnnl_version ();

  return g_strdup_printf ("oneDNN %d.%d.%d", version->major, version->minor, version->patch);
}

/* --- making ----------------------------------------------------------------------------------- */

CpuDnnl *
cpu_dnnl_new (const CpuSite *site)
{
  CpuDnnl *program = g_new0 (CpuDnnl, 1);

  program->device = site->device;
  program->origin = site->instr->origin;
  program->what = telar_prim_info (site->instr->prim)->name;
  cpu_adopt_threads (site->device);
  return program;
}

void
cpu_dnnl_free (CpuDnnl *program)
{
  if (program == NULL)
    return;
  for (guint i = 0; i < program->n_steps; i++)
    dnnl_primitive_destroy (program->steps[i].primitive);
  for (guint i = 0; i < program->n_memories; i++)
    dnnl_memory_destroy (program->memories[i].memory);
  g_clear_error (&program->error);
  g_free (program);
}

static CpuDnnlMemory
add_memory (CpuDnnl *program, Where where, guint index, const dnnl_memory_desc_t *desc)
{
  Memory *memory = &program->memories[program->n_memories];

  g_assert (program->n_memories < MOST_MEMORIES);
  *memory = (Memory){ .where = where, .index = index, .desc = *desc };
  if (where == IN_SCRATCH) {
    memory->offset = program->scratch;
    program->scratch += (dnnl_memory_desc_get_size (desc) + TELAR_ALIGNMENT - 1) / TELAR_ALIGNMENT *
                        TELAR_ALIGNMENT;
  }
  if (!cpu_dnnl_check (program, dnnl_memory_create (&memory->memory, desc, program->device->engine,
                                                    DNNL_MEMORY_NONE)))
    return -1;
  return (CpuDnnlMemory)program->n_memories++;
}

CpuDnnlMemory
cpu_dnnl_input (CpuDnnl *program, guint index, const dnnl_memory_desc_t *desc)
{
  return add_memory (program, IN_INPUT, index, desc);
}

CpuDnnlMemory
cpu_dnnl_output (CpuDnnl *program, guint index, const dnnl_memory_desc_t *desc)
{
  return add_memory (program, IN_OUTPUT, index, desc);
}

CpuDnnlMemory
cpu_dnnl_scratch (CpuDnnl *program, const dnnl_memory_desc_t *desc)
{
  return add_memory (program, IN_SCRATCH, 0, desc);
}

dnnl_primitive_desc_t
cpu_dnnl_describe (CpuDnnl *program, const_dnnl_op_desc_t op, const_dnnl_primitive_desc_t forward)
{
  dnnl_primitive_desc_t desc = NULL;
  dnnl_primitive_attr_t attr = NULL;

  if (!cpu_dnnl_check (program, dnnl_primitive_attr_create (&attr)))
    return NULL;
  dnnl_primitive_attr_set_scratchpad_mode (attr, dnnl_scratchpad_mode_user);
  cpu_dnnl_check (program,
                  dnnl_primitive_desc_create (&desc, op, attr, program->device->engine, forward));
  dnnl_primitive_attr_destroy (attr);
  return desc;
}

const dnnl_memory_desc_t *
cpu_dnnl_wanted (const_dnnl_primitive_desc_t desc, dnnl_query_t what)
{
  return dnnl_primitive_desc_query_md (desc, what, 0);
}

CpuDnnlMemory
cpu_dnnl_piece (CpuDnnl *program, CpuDnnlMemory whole, const dnnl_memory_desc_t *desc)
{
  if (program->error != NULL)
    return whole;
  Memory memory = program->memories[whole];
  CpuDnnlMemory piece = add_memory (program, memory.where, memory.index, desc);
  if (piece < 0)
    return whole;
  program->memories[piece].offset = memory.offset;
  program->memories[piece].window = dnnl_memory_desc_get_size (desc);
  return piece;
}

void
cpu_dnnl_add_pieces (CpuDnnl *program, dnnl_primitive_desc_t desc, const CpuDnnlArgument *arguments,
                     guint n_arguments, guint n_pieces, CpuDnnlMemory partial, CpuDnnlMemory total)
{
  Step *step = &program->steps[program->n_steps];

  cpu_dnnl_add (program, desc, arguments, n_arguments);
  step->n_pieces = n_pieces;
  step->partial = partial, step->total = total;
}

void
cpu_dnnl_add (CpuDnnl *program, dnnl_primitive_desc_t desc, const CpuDnnlArgument *arguments,
              guint n_arguments)
{
  Step *step = &program->steps[program->n_steps];

  g_assert (program->n_steps < MOST_STEPS && n_arguments < MOST_ARGUMENTS);
  *step = (Step){ .n_arguments = (int)n_arguments, .n_pieces = 1 };
  if (program->error != NULL)
    return;
  for (guint i = 0; i < n_arguments; i++)
    step->arguments[i] =
        (dnnl_exec_arg_t){ arguments[i].argument, program->memories[arguments[i].memory].memory };
  const dnnl_memory_desc_t *pad = cpu_dnnl_wanted (desc, dnnl_query_scratchpad_md);
  if (pad != NULL && dnnl_memory_desc_get_size (pad) > 0) {
    CpuDnnlMemory memory = cpu_dnnl_scratch (program, pad);
    if (memory < 0)
      return;
    step->arguments[step->n_arguments++] =
        (dnnl_exec_arg_t){ DNNL_ARG_SCRATCHPAD, program->memories[memory].memory };
  }
  if (cpu_dnnl_check (program, dnnl_primitive_create (&step->primitive, desc)))
    program->n_steps++;
}

static void
add_reorder (CpuDnnl *program, CpuDnnlMemory from, CpuDnnlMemory to)
{
  dnnl_primitive_desc_t desc = NULL;
  dnnl_primitive_attr_t attr = NULL;

  if (program->error != NULL || !cpu_dnnl_check (program, dnnl_primitive_attr_create (&attr)))
    return;
  dnnl_primitive_attr_set_scratchpad_mode (attr, dnnl_scratchpad_mode_user);
  if (cpu_dnnl_check (program, dnnl_reorder_primitive_desc_create (
                                   &desc, &program->memories[from].desc, program->device->engine,
                                   &program->memories[to].desc, program->device->engine, attr))) {
    cpu_dnnl_add (program, desc,
                  (CpuDnnlArgument[]){ { DNNL_ARG_FROM, from }, { DNNL_ARG_TO, to } }, 2);
    dnnl_primitive_desc_destroy (desc);
  }
  dnnl_primitive_attr_destroy (attr);
}

static gboolean
has_layout (const CpuDnnl *program, CpuDnnlMemory memory, const dnnl_memory_desc_t *desc)
{
  return dnnl_memory_desc_equal (&program->memories[memory].desc, desc);
}

CpuDnnlMemory
cpu_dnnl_as (CpuDnnl *program, CpuDnnlMemory memory, const dnnl_memory_desc_t *desc)
{
  if (program->error != NULL || has_layout (program, memory, desc))
    return memory;
  CpuDnnlMemory copy = cpu_dnnl_scratch (program, desc);
  add_reorder (program, memory, copy);
  return copy;
}

CpuDnnlMemory
cpu_dnnl_target (CpuDnnl *program, CpuDnnlMemory memory, const dnnl_memory_desc_t *desc)
{
  if (program->error != NULL || has_layout (program, memory, desc))
    return memory;
  return cpu_dnnl_scratch (program, desc);
}

void
cpu_dnnl_store (CpuDnnl *program, CpuDnnlMemory from, CpuDnnlMemory to)
{
  if (from != to)
    add_reorder (program, from, to);
}

CpuEpilogue *
cpu_dnnl_epilogue (CpuDnnl *program)
{
  return &program->epilogue;
}

gboolean
cpu_dnnl_finish (CpuDnnl *program, TelarPrepared *prepared, GError **error)
{
  if (program->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&program->error));
    cpu_dnnl_free (program);
    return FALSE;
  }
  prepared->data = program;
  prepared->free = (GDestroyNotify)cpu_dnnl_free;
  prepared->scratch = program->scratch;
  return TRUE;
}

/* --- running ---------------------------------------------------------------------------------- */

static void *
address_of (const Memory *memory, const TelarCall *call)
{
  if (memory->where == IN_INPUT)
    return call->inputs[memory->index].data;
  if (memory->where == IN_OUTPUT)
    return call->outputs[memory->index].data;
  return (char *)call->scratch + memory->offset;
}

typedef struct {
  const CpuDevice *device;
  const float *partial;
  float *total;
} PieceSum;

static void
add_floats (void *data, gsize begin, gsize end, guint piece)
{
  const PieceSum *sum = data;

  sum->device->vector.fold[CPU_SUM](sum->total + begin, sum->partial + begin, 1, end - begin);
}

static void
add_partial (const CpuDnnl *program, const Step *step, const TelarCall *call, guint piece)
{
  const Memory *partial = &program->memories[step->partial];
  gsize bytes = dnnl_memory_desc_get_size (&partial->desc);
  PieceSum sum = { program->device, address_of (partial, call),
                   address_of (&program->memories[step->total], call) };

  if (piece == 0)
    memcpy (sum.total, sum.partial, bytes);
  else
    cpu_parallel (program->device, bytes / sizeof (float), SUM_GRAIN, 1, add_floats, &sum);
}

static dnnl_status_t
run_step (const CpuDnnl *program, const Step *step, const TelarCall *call)
{
  dnnl_stream_t stream = program->device->stream;
  dnnl_status_t status = dnnl_success;

  for (guint p = 0; p < step->n_pieces && status == dnnl_success; p++) {
    for (guint i = 0; i < program->n_memories && p > 0; i++) {
      const Memory *memory = &program->memories[i];
      if (memory->window > 0)
        dnnl_memory_set_data_handle_v2 (
            memory->memory, (char *)address_of (memory, call) + p * memory->window, stream);
    }
    status = dnnl_primitive_execute (step->primitive, stream, step->n_arguments, step->arguments);
    if (step->n_pieces > 1 && status == dnnl_success)
      add_partial (program, step, call, p);
  }
  return status;
}

gboolean
cpu_dnnl_run (const CpuDevice *device, const TelarCall *call, GError **error)
{
  const CpuDnnl *program = call->prepared;
  dnnl_status_t status = dnnl_success;

  cpu_adopt_threads (device);
  for (guint i = 0; i < program->n_memories; i++)
    dnnl_memory_set_data_handle_v2 (program->memories[i].memory,
                                    address_of (&program->memories[i], call), NULL);
  for (guint i = 0; i < program->n_steps && status == dnnl_success; i++)
    status = run_step (program, &program->steps[i], call);
  if (status == dnnl_success) {
    cpu_epilogue_activate (&program->epilogue, device, call->outputs[0].data,
                           telar_shape_elements (&call->outputs[0].type.shape));
    return TRUE;
  }
  telar_set_error (error, TELAR_ERROR_FAILED, call->instr->origin, "oneDNN, %s: %s", program->what,
                   status_text (status));
  return FALSE;
}

/* --- descriptions ----------------------------------------------------------------------------- */

void
cpu_dnnl_desc (dnnl_memory_desc_t *desc, guint rank, const gint64 *dims, const gint64 *strides)
{
  dnnl_dims_t sizes, steps;

  for (guint i = 0; i < rank; i++) {
    sizes[i] = dims[i];
    steps[i] = strides != NULL ? strides[i] : 0;
  }
  if (strides != NULL)
    dnnl_memory_desc_init_by_strides (desc, (int)rank, sizes, dnnl_f32, steps);
  else
    dnnl_memory_desc_init_by_tag (desc, (int)rank, sizes, dnnl_f32, dnnl_format_tag_any);
}
