/* The CPU device: the table of its kernels and how one is chosen for an instruction. */
#include "engine/devices/cpu/half.h"
#ifdef TELAR_HAVE_ONEDNN
#include "engine/devices/cpu/onednn.h"
#endif

#include <string.h>

/* Where two families have a kernel for the same instruction, the first one runs it. */
static const CpuFamily *const families[] = {
  &cpu_elementwise_family,
  &cpu_reduce_family,
  &cpu_arg_family,
  &cpu_matmul_packed_family,
  &cpu_matmul_cross_family,
  &cpu_conv_winograd_family,
  &cpu_conv_winograd_grad_family,
  &cpu_conv_windows_grad_family,
  &cpu_conv_packed_family,
  &cpu_gemm_family,
#ifdef TELAR_HAVE_ONEDNN
  &cpu_matmul_family,
  &cpu_conv_family,
#else
  &cpu_conv_gemm_family,
#endif
  &cpu_pool_family,
  &cpu_norm_family,
  &cpu_layer_norm_family,
  &cpu_recurrent_family,
  &cpu_softmax_family,
  &cpu_shape_family,
  &cpu_index_family,
  &cpu_source_family,
  &cpu_optimizer_family,
};

/* What prepare gives to the plan: the kernel that was chosen and what it prepared itself. */
typedef struct {
  const CpuKernel *kernel;
  TelarPrepared own;
  gboolean half; /* the kernel takes float32 where the program has half precision */
} Choice;

static const CpuKernel *
find_kernel (const CpuSite *site)
{
  for (guint f = 0; f < G_N_ELEMENTS (families); f++)
    for (guint k = 0; k < families[f]->n; k++) {
      const CpuKernel *kernel = &families[f]->kernels[k];
      if (kernel->prim == site->instr->prim && kernel->supports (site))
        return kernel;
    }
  return NULL;
}

/* The kernel for @site or, where there is none, that for the same in float32, @wide, with @half.
 * Regions have bodies of their own type: they are not widened. */
static const CpuKernel *
choose (const CpuSite *site, TelarType *inputs, TelarType *outputs, CpuSite *wide, gboolean *half)
{
  const CpuKernel *kernel = find_kernel (site);

  *half = !kernel && site->instr->prim != TELAR_PRIM_FUSED &&
          cpu_half_widen (site, inputs, outputs, wide);
  return *half ? find_kernel (wide) : kernel;
}

const CpuKernel *
cpu_kernel (guint index)
{
  for (guint f = 0; f < G_N_ELEMENTS (families); f++) {
    if (index < families[f]->n)
      return &families[f]->kernels[index];
    index -= families[f]->n;
  }
  return NULL;
}

static gboolean
cpu_supports (const TelarDevice *device, const TelarProgram *program, const TelarInstr *instr,
              const TelarType *inputs, const TelarType *outputs)
{
  g_autofree TelarType *wide_inputs = g_new (TelarType, instr->n_inputs + 1);
  g_autofree TelarType *wide_outputs = g_new (TelarType, instr->n_outputs + 1);
  CpuSite site = { (const CpuDevice *)device, program, instr, inputs, outputs }, wide;
  gboolean half;

  return choose (&site, wide_inputs, wide_outputs, &wide, &half) != NULL;
}

static void
choice_free (gpointer data)
{
  Choice *choice = data;

  if (choice->own.free != NULL)
    choice->own.free (choice->own.data);
  g_free (choice);
}

static gboolean
cpu_prepare (TelarDevice *device, const TelarProgram *program, const TelarInstr *instr,
             const TelarType *inputs, const TelarType *outputs, TelarPrepared *prepared,
             GError **error)
{
  g_autofree TelarType *wide_inputs = g_new (TelarType, instr->n_inputs + 1);
  g_autofree TelarType *wide_outputs = g_new (TelarType, instr->n_outputs + 1);
  CpuSite site = { (const CpuDevice *)device, program, instr, inputs, outputs }, wide;
  gboolean half;
  const CpuKernel *kernel = choose (&site, wide_inputs, wide_outputs, &wide, &half);

  if (kernel == NULL) {
    telar_set_error (error, TELAR_ERROR_FAILED, instr->origin, "the cpu device has no kernel of %s",
                     telar_prim_info (instr->prim)->name);
    return FALSE;
  }
  Choice *choice = g_new0 (Choice, 1);
  choice->kernel = kernel;
  choice->own.kernel = kernel->name;
  choice->half = half;
  if (kernel->prepare != NULL && !kernel->prepare (half ? &wide : &site, &choice->own, error)) {
    g_free (choice);
    return FALSE;
  }
  gsize more = half ? 64 + cpu_half_scratch (&site) : 0;
  *prepared = (TelarPrepared){ choice, choice_free, choice->own.scratch + more, choice->own.kernel,
                               half ? 0 : choice->own.packed };
  return TRUE;
}

static gboolean
cpu_run (TelarDevice *device, const TelarCall *call, GError **error)
{
  const Choice *choice = call->prepared;
  TelarCall own = *call;

  own.prepared = choice->own.data;
  if (choice->half)
    return cpu_half_run ((const CpuDevice *)device, choice->kernel, &own, choice->own.scratch,
                         error);
  return choice->kernel->run ((const CpuDevice *)device, &own, error);
}

/* "AMD EPYC" out of /proc/cpuinfo. */
static char *
processor_name (void)
{
  g_autofree char *text = NULL;

  if (g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL)) {
    const char *line = strstr (text, "model name");
    const char *colon = line != NULL ? strchr (line, ':') : NULL;
    if (colon != NULL)
      return g_strstrip (g_strndup (colon + 1, strcspn (colon + 1, "\n")));
  }
  return g_strdup ("processor");
}

static char *
cpu_describe (const TelarDevice *device)
{
  const CpuDevice *cpu = (const CpuDevice *)device;
  g_autofree char *processor = processor_name ();
#ifdef TELAR_HAVE_ONEDNN
  g_autofree char *library = cpu_onednn_version ();
#else
  g_autofree char *library = g_strdup ("OpenBLAS, built without oneDNN");
#endif

  return g_strdup_printf ("%s, %u %s, %s, %s", processor, device->threads,
                          device->threads == 1 ? "thread" : "threads", cpu->vector.name, library);
}

static void
cpu_free (TelarDevice *device)
{
  cpu_crowd_free (((CpuDevice *)device)->crowd);
#ifdef TELAR_HAVE_ONEDNN
  cpu_onednn_close ((CpuDevice *)device);
#endif
  g_free (device);
}

static const TelarDeviceClass cpu_class = {
  .name = "cpu",
  .free = cpu_free,
  .describe = cpu_describe,
  .supports = cpu_supports,
  .prepare = cpu_prepare,
  .run = cpu_run,
};

TelarDevice *
telar_device_cpu_new (guint threads, GError **error)
{
  CpuDevice *cpu = g_new0 (CpuDevice, 1);

  cpu->base = (TelarDevice){
    .klass = &cpu_class,
    .threads = threads > 0 ? threads : g_get_num_processors (),
    .channels_last = TRUE,
    .fuses = TRUE,
  };
  cpu_vector_best (&cpu->vector);
#ifdef TELAR_HAVE_ONEDNN
  if (!cpu_onednn_open (cpu, error)) {
    g_free (cpu);
    return NULL;
  }
#endif
  cpu->crowd = cpu_crowd_new (cpu->base.threads);
  return &cpu->base;
}

CpuLanes
cpu_lanes (const TelarShape *shape, guint first, guint count)
{
  CpuLanes lanes = { 1, 1, 1 };

  for (guint i = 0; i < shape->rank; i++)
    *(i < first           ? &lanes.outer
      : i < first + count ? &lanes.length
                          : &lanes.inner) *= (gsize)shape->dims[i];
  return lanes;
}

gboolean
cpu_all_types (const CpuSite *site, TelarDType dtype)
{
  for (guint i = 0; i < site->instr->n_inputs; i++)
    if (site->inputs[i].dtype != dtype)
      return FALSE;
  for (guint i = 0; i < site->instr->n_outputs; i++)
    if (site->outputs[i].dtype != dtype)
      return FALSE;
  return TRUE;
}
