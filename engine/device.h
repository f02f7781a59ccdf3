/* A device: a table of functions. "ref" is the specification: naive kernels in double precision
 * that support every primitive and every type. All others are tested against it. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

typedef struct TelarDevice TelarDevice;

/* One operand as a kernel sees it: concrete, contiguous, in the device's memory. */
typedef struct {
  TelarType type;
  void *data;
} TelarView;

/* One call of a kernel. Inputs and outputs do not overlap unless the plan put output 0 over input 0
 * (primitives flagged IN_PLACE and regions), or the new slots of SGD and ADAM over the old ones. */
typedef struct {
  const TelarProgram *program;
  const TelarInstr *instr;
  const TelarView *inputs;
  TelarView *outputs;
  guint64 seed;   /* of the run */
  guint32 step;   /* of the run, for random primitives */
  void *scratch;  /* as many bytes as prepare asked for, 64-byte aligned */
  void *prepared; /* what prepare returned */
} TelarCall;

/* What a device makes ready once per step of a plan (a oneDNN primitive, packed shapes). */
typedef struct {
  void *data;
  GDestroyNotify free;
  gsize scratch;
  const char *kernel; /* static: what `telar compile --dump plan` shows, "onednn conv" */
  guint packed; /* bit i: input i is a constant that data holds in another form, not read again */
} TelarPrepared;

typedef struct {
  const char *name; /* "ref", "cpu", "cuda" */
  void (*free) (TelarDevice *device);
  /* One line for `telar devices`: "AMD EPYC, 2 threads, AVX-512, oneDNN 2.6.3". Caller frees. */
  char *(*describe) (const TelarDevice *device);
  /* Whether it has a kernel of its own for this instruction with these concrete types. Where it
   * says no and its memory is the host's, the plan takes the kernel of ref. */
  gboolean (*supports) (const TelarDevice *device, const TelarProgram *program,
                        const TelarInstr *instr, const TelarType *inputs, const TelarType *outputs);
  /* (optional) Without it: no prepared data, no scratch. */
  gboolean (*prepare) (TelarDevice *device, const TelarProgram *program, const TelarInstr *instr,
                       const TelarType *inputs, const TelarType *outputs, TelarPrepared *prepared,
                       GError **error);
  gboolean (*run) (TelarDevice *device, const TelarCall *call, GError **error);
  /* (optional) Memory of its own. Without them its memory is the host's. */
  void *(*allocate) (TelarDevice *device, gsize bytes, GError **error);
  void (*release) (TelarDevice *device, void *memory);
  void (*upload) (TelarDevice *device, void *target, const void *source, gsize bytes);
  void (*download) (TelarDevice *device, void *target, const void *source, gsize bytes);
} TelarDeviceClass;

struct TelarDevice {
  const TelarDeviceClass *klass;
  guint threads;
  /* What the layout and fusion passes may assume. */
  gboolean channels_last; /* convolutions and pools want LAYOUT 1 */
  gboolean fuses;         /* has kernels for FUSED and epilogues */
};

/* "ref", "cpu", "cuda", "cuda:1". @threads 0: all of the machine. TELAR_ERROR_NO_DEVICE with the
 * reason otherwise. */
TelarDevice *telar_device_open (const char *name, guint threads, GError **error);
void telar_device_free (TelarDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarDevice, telar_device_free)

/* For `telar devices`. */
typedef struct {
  const char *name;
  gboolean available;
  char *text;    /* description, or why it is not there; owned */
  char *warning; /* something that slows it down (OPENBLAS_CORETYPE is set), or NULL; owned */
} TelarDeviceReport;
/* GPtrArray of TelarDeviceReport *, owned by the array. */
GPtrArray *telar_devices_probe (void);

/* The specification, for other devices to fall back on and for tests. */
const TelarDeviceClass *telar_device_ref_class (void);
TelarDevice *telar_device_ref_new (void);
TelarDevice *telar_device_cpu_new (guint threads, GError **error);

G_END_DECLS
