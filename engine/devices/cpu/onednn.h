/* oneDNN, as far as the kernels need it: the engine of a device, and programs of a few primitives
 * (reorders, the work itself) that a kernel makes once and runs many times. */
#pragma once

#include "engine/devices/cpu/cpu.h"
#include "engine/devices/cpu/epilogue.h"

#include <oneapi/dnnl/dnnl.h>

G_BEGIN_DECLS

gboolean cpu_onednn_open (CpuDevice *device, GError **error);
void cpu_onednn_close (CpuDevice *device);
/* "oneDNN 2.6.3". Caller frees. */
char *cpu_onednn_version (void);

typedef struct CpuDnnl CpuDnnl;

/* A memory of a program, by its number. */
typedef gint CpuDnnlMemory;

/* Errors stick: after the first one calls do nothing, and cpu_dnnl_finish reports it. */
CpuDnnl *cpu_dnnl_new (const CpuSite *site);
void cpu_dnnl_free (CpuDnnl *program);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpuDnnl, cpu_dnnl_free)

/* Memories over an input or an output of the instruction, and in the scratch. */
CpuDnnlMemory cpu_dnnl_input (CpuDnnl *program, guint index, const dnnl_memory_desc_t *desc);
CpuDnnlMemory cpu_dnnl_output (CpuDnnl *program, guint index, const dnnl_memory_desc_t *desc);
CpuDnnlMemory cpu_dnnl_scratch (CpuDnnl *program, const dnnl_memory_desc_t *desc);

/* Describes a primitive; NULL on error, which sticks. @forward: of a gradient, the description of
 * the forward primitive; NULL otherwise. The caller destroys the description. */
dnnl_primitive_desc_t cpu_dnnl_describe (CpuDnnl *program, const_dnnl_op_desc_t op,
                                         const_dnnl_primitive_desc_t forward);
/* The layout that a described primitive wants for an operand. */
const dnnl_memory_desc_t *cpu_dnnl_wanted (const_dnnl_primitive_desc_t desc, dnnl_query_t what);

/* @memory itself when it has the layout, else a copy in the scratch, which a reorder fills. */
CpuDnnlMemory cpu_dnnl_as (CpuDnnl *program, CpuDnnlMemory memory, const dnnl_memory_desc_t *desc);
/* The same the other way: what a primitive may write so that it ends in @memory; reorder with
 * cpu_dnnl_store after it. */
CpuDnnlMemory cpu_dnnl_target (CpuDnnl *program, CpuDnnlMemory memory,
                               const dnnl_memory_desc_t *desc);
void cpu_dnnl_store (CpuDnnl *program, CpuDnnlMemory from, CpuDnnlMemory to);

typedef struct {
  int argument; /* DNNL_ARG_… */
  CpuDnnlMemory memory;
} CpuDnnlArgument;

/* Adds the primitive. */
void cpu_dnnl_add (CpuDnnl *program, dnnl_primitive_desc_t desc, const CpuDnnlArgument *arguments,
                   guint n_arguments);

/* A window of @desc's size over the first piece of @whole, whose layout must put its first axis
 * outermost; cpu_dnnl_add_pieces moves it. */
CpuDnnlMemory cpu_dnnl_piece (CpuDnnl *program, CpuDnnlMemory whole,
                              const dnnl_memory_desc_t *desc);
/* Adds the primitive to be run once for each of @n_pieces pieces, every window one piece further
 * each time; @total becomes the sum of what the runs leave in @partial, which has its layout. */
void cpu_dnnl_add_pieces (CpuDnnl *program, dnnl_primitive_desc_t desc,
                          const CpuDnnlArgument *arguments, guint n_arguments, guint n_pieces,
                          CpuDnnlMemory partial, CpuDnnlMemory total);

/* Keeps the first error; FALSE when there has been one. */
gboolean cpu_dnnl_check (CpuDnnl *program, dnnl_status_t status);
/* What follows over output 0; empty at first. */
CpuEpilogue *cpu_dnnl_epilogue (CpuDnnl *program);
/* Consumes @program. FALSE with the first error. */
gboolean cpu_dnnl_finish (CpuDnnl *program, TelarPrepared *prepared, GError **error);
/* The run of a kernel that prepared a program. */
gboolean cpu_dnnl_run (const CpuDevice *device, const TelarCall *call, GError **error);

/* f32 of this shape, with strides in elements, or of the format that fits best (NULL). */
void cpu_dnnl_desc (dnnl_memory_desc_t *desc, guint rank, const gint64 *dims,
                    const gint64 *strides);

G_END_DECLS
