/* Shared by the files of the CPU device: the device itself, the table that kernels stand in, and
 * the pool that they run on. */
#pragma once

#include "engine/device.h"
#include "engine/devices/cpu/vector.h"

G_BEGIN_DECLS

typedef struct CpuCrowd CpuCrowd;

typedef struct {
  TelarDevice base;
  CpuCrowd *crowd;  /* keeps waiting threads from spinning long */
  CpuVector vector; /* of the widest instruction set of this machine */
  /* NULL in a build without oneDNN. */
  struct dnnl_engine *engine;
  struct dnnl_stream *stream;
} CpuDevice;

/* What a kernel is asked about: one instruction with concrete types. */
typedef struct {
  const CpuDevice *device;
  const TelarProgram *program;
  const TelarInstr *instr;
  const TelarType *inputs, *outputs;
} CpuSite;

/* One way to run a primitive. Where several stand in the table, the first that supports the site
 * runs it. */
typedef struct {
  TelarPrim prim;
  const char *name; /* what a dump of the plan shows: "onednn conv" */
  gboolean (*supports) (const CpuSite *site);
  /* (optional) Without it: no prepared data, no scratch. */
  gboolean (*prepare) (const CpuSite *site, TelarPrepared *prepared, GError **error);
  gboolean (*run) (const CpuDevice *device, const TelarCall *call, GError **error);
} CpuKernel;

typedef struct {
  const CpuKernel *kernels;
  guint n;
} CpuFamily;

#define CPU_FAMILY(name)                                                                           \
  const CpuFamily cpu_##name##_family = { name##_kernels, G_N_ELEMENTS (name##_kernels) }

extern const CpuFamily cpu_elementwise_family, cpu_reduce_family, cpu_arg_family, cpu_gemm_family,
    cpu_matmul_packed_family, cpu_matmul_cross_family, cpu_conv_winograd_family,
    cpu_conv_winograd_grad_family, cpu_conv_windows_grad_family, cpu_conv_packed_family,
    cpu_matmul_family, cpu_conv_family, cpu_conv_gemm_family, cpu_pool_family, cpu_norm_family,
    cpu_layer_norm_family, cpu_recurrent_family, cpu_softmax_family, cpu_shape_family,
    cpu_index_family, cpu_source_family, cpu_optimizer_family;

/* Every kernel, by its place in the table; NULL behind the last. For tests. */
const CpuKernel *cpu_kernel (guint index);

/* --- threads ---------------------------------------------------------------------------------- */

/* Does the items [begin, end). @piece tells which part of the whole this is, 0 … pieces - 1. */
typedef void (*CpuBody) (void *data, gsize begin, gsize end, guint piece);

/* Into how many pieces @n items go when a piece should have @grain items at least. */
guint cpu_pieces (const CpuDevice *device, gsize n, gsize grain);

/* Cuts @n items into cpu_pieces () contiguous pieces whose borders are multiples of @unit and does
 * them on as many threads. Where the borders lie depends on the arguments and the device's threads
 * alone, so the same threads give the same bits. */
void cpu_parallel (const CpuDevice *device, gsize n, gsize grain, gsize unit, CpuBody body,
                   void *data);

/* libgomp's threads spin for milliseconds while they wait, unless there are more of them than
 * processors: then for microseconds, which is as quick between two kernels and leaves the processor
 * to others when the machine is busy (measured there: ten times faster). A crowd is one idle team
 * that makes them more. NULL where it is not needed. */
CpuCrowd *cpu_crowd_new (guint threads);
void cpu_crowd_free (CpuCrowd *crowd);

/* How many threads OpenMP libraries that are called from this thread take. */
void cpu_adopt_threads (const CpuDevice *device);

/* --- shapes ----------------------------------------------------------------------------------- */

/* A shape seen from one axis, or one run of axes: index = (o · length + k) · inner + i. */
typedef struct {
  gsize outer, length, inner;
} CpuLanes;
CpuLanes cpu_lanes (const TelarShape *shape, guint first, guint count);

/* Whether all inputs and outputs of the site have this type. */
gboolean cpu_all_types (const CpuSite *site, TelarDType dtype);

G_END_DECLS
