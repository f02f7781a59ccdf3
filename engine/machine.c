/* The cost model: a few kernels are timed, the rest is arithmetic. */
#include "engine/machine.h"
#include "engine/plan-private.h"
#include "engine/text.h"

#include <jansson.h>

#define SIDE     256 /* of a product: short, so that a busy machine may leave it alone */
#define CHANNELS 64  /* of a convolution, */
#define PIXELS   28  /* of its image's side */
#define FAR      ((gint64)4 << 20)       /* numbers of a sum that fits into no cache, */
#define NEAR     ((gint64)32 << 10)      /* that does, */
#define TINY     16                      /* that takes no time */
#define CACHED   ((double)4 * (1 << 20)) /* bytes of an instruction that are near */
#define REPEATS  24
#define BUSY     0.1 /* of the time waited for a processor: then others have it */

/* --- kernels to time -------------------------------------------------------------------------- */

typedef TelarValue (*Build) (TelarBuilder *b, TelarValue x, TelarValue y);

typedef struct {
  Build build;
  TelarShape x, y;
} Sample;

static TelarValue
build_product (TelarBuilder *b, TelarValue x, TelarValue y)
{
  return telar_build_matmul (b, x, y, FALSE, FALSE);
}

static TelarValue
build_sum (TelarBuilder *b, TelarValue x, TelarValue y)
{
  return telar_build_binary (b, TELAR_PRIM_ADD, x, y);
}

static TelarValue
build_convolution (TelarBuilder *b, TelarValue x, TelarValue y)
{
  static const gint64 ones[] = { 1, 1 }, pads[] = { 1, 1, 1, 1 };
  TelarValue inputs[] = { x, y };
  TelarAttr attrs[] = { TELAR_INTS (STRIDE, ones, 2), TELAR_INTS (PAD, pads, 4),
                        TELAR_INT (LAYOUT, 1) };
  return telar_build (b, TELAR_PRIM_CONV, inputs, 2, attrs, G_N_ELEMENTS (attrs));
}

static TelarProgram *
program_of (const Sample *sample, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("sample");
  TelarType x = { TELAR_F32, sample->x }, y = { TELAR_F32, sample->y };
  TelarValue left = telar_build_input (b, "x", &x), right = telar_build_input (b, "y", &y);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "z", sample->build (b, left, right));
  return telar_builder_finish (b, error);
}

static double
total_of (const TelarPlan *plan)
{
  guint n;
  gint64 sum = 0;
  const gint64 *times = telar_plan_timing (plan, &n);
  for (guint i = 0; i < n; i++)
    sum += times[i];
  return (double)MAX (sum, 1) * 1e-9;
}

/* Seconds of the fastest of a few runs. */
static gboolean
time_sample (const Sample *sample, TelarDevice *device, double *best, GError **error)
{
  g_autoptr (TelarProgram) program = program_of (sample, error);
  g_autoptr (TelarPlan) plan = program ? telar_plan_new (program, 1, device, 0, error) : NULL;
  if (!plan)
    return FALSE;
  g_autoptr (TelarTensor) x = telar_tensor_new (TELAR_F32, &sample->x);
  g_autoptr (TelarTensor) y = telar_tensor_new (TELAR_F32, &sample->y);
  TelarBinding inputs[] = { { "x", x }, { "y", y } };
  TelarRunContext context = { .inputs = inputs, .n_inputs = 2 };
  telar_plan_set_timing (plan, TRUE);
  for (guint i = 0; i < REPEATS; i++) {
    TelarTensor *output = NULL;
    if (!telar_plan_run (plan, &context, &output, error))
      return FALSE;
    telar_tensor_unref (output);
    *best = i == 0 ? total_of (plan) : MIN (*best, total_of (plan));
  }
  return TRUE;
}

static gboolean
time_sum (gint64 numbers, TelarDevice *device, double *seconds, GError **error)
{
  TelarShape line = { .rank = 1, .dims = { numbers } };
  Sample sample = { build_sum, line, line };
  return time_sample (&sample, device, seconds, error);
}

static gboolean
time_product (TelarDevice *device, double *seconds, GError **error)
{
  TelarShape square = { .rank = 2, .dims = { SIDE, SIDE } };
  Sample sample = { build_product, square, square };
  return time_sample (&sample, device, seconds, error);
}

static gboolean
time_convolution (TelarDevice *device, double *seconds, GError **error)
{
  Sample sample = { build_convolution,
                    { .rank = 4, .dims = { 1, PIXELS, PIXELS, CHANNELS } },
                    { .rank = 4, .dims = { CHANNELS, CHANNELS, 3, 3 } } };
  return time_sample (&sample, device, seconds, error);
}

static gboolean
measure (TelarDevice *device, TelarMachine *machine, GError **error)
{
  double product, convolution, far_sum, near_sum, tiny;
  if (!time_product (device, &product, error) || !time_convolution (device, &convolution, error) ||
      !time_sum (FAR, device, &far_sum, error) || !time_sum (NEAR, device, &near_sum, error) ||
      !time_sum (TINY, device, &tiny, error))
    return FALSE;
  *machine = (TelarMachine){
    .products = 2.0 * SIDE * SIDE * SIDE / product,
    .convolutions = 2.0 * 9 * PIXELS * PIXELS * CHANNELS * CHANNELS / convolution,
    .far_bytes = 3.0 * sizeof (float) * FAR / far_sum,
    .near_bytes = 3.0 * sizeof (float) * NEAR / near_sum,
    .call = tiny,
  };
  return TRUE;
}

gboolean
telar_roofline_measure (TelarDevice *device, TelarRoofline *roofline, GError **error)
{
  double product, sum;
  if (!time_product (device, &product, error) || !time_sum (FAR, device, &sum, error))
    return FALSE;
  roofline->flops = 2.0 * SIDE * SIDE * SIDE / product;
  roofline->bytes = 3.0 * sizeof (float) * FAR / sum;
  return TRUE;
}

/* --- the file --------------------------------------------------------------------------------- */

/* "Telar 0.1.0, cpu, AMD EPYC, 2 threads, AVX2, oneDNN 2.6.3" */
static char *
key_of (const TelarDevice *device)
{
  g_autofree char *text = device->klass->describe (device);
  return g_strdup_printf ("Telar %s, %s, %s", TELAR_VERSION, device->klass->name, text);
}

static gboolean
is_usable (const TelarMachine *m)
{
  return m->products > 0 && m->convolutions > 0 && m->far_bytes > 0 && m->near_bytes > 0 &&
         m->call > 0;
}

/* @key NULL: of any machine. */
static gboolean
read_file (const char *path, const char *key, TelarMachine *machine)
{
  g_autofree char *text = NULL;
  gsize length;
  const char *has = "";
  if (!g_file_get_contents (path, &text, &length, NULL))
    return FALSE;
  json_t *root = json_loadb (text, length, 0, NULL);
  gboolean good = root && !json_unpack (root, "{s?s, s:F, s:F, s:F, s:F, s:F}", "machine", &has,
                                        "products", &machine->products, "convolutions",
                                        &machine->convolutions, "far_bytes", &machine->far_bytes,
                                        "near_bytes", &machine->near_bytes, "call", &machine->call);
  good = good && is_usable (machine) && (!key || g_str_equal (has, key));
  json_decref (root);
  return good;
}

static void
write_file (const char *path, const char *key, const TelarMachine *machine)
{
  json_t *root =
      json_pack ("{s:s, s:f, s:f, s:f, s:f, s:f}", "machine", key, "products", machine->products,
                 "convolutions", machine->convolutions, "far_bytes", machine->far_bytes,
                 "near_bytes", machine->near_bytes, "call", machine->call);
  g_autofree char *text = telar_json_to_text (root);
  g_autofree char *folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0700) == 0)
    g_file_set_contents (path, text, -1, NULL);
  json_decref (root);
}

/* One file for each key, so that two numbers of threads do not overwrite each other's. */
static char *
usual_path (const char *key)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA1, key, -1);
  g_autofree char *name = g_strdup_printf ("machine-%.12s.json", sum);
  return g_build_filename (g_get_user_cache_dir (), "telar", name, NULL);
}

static gboolean
open_given (const char *path, TelarMachine *machine, GError **error)
{
  if (read_file (path, NULL, machine))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s, which TELAR_MACHINE names, holds no measurements of a machine", path);
  return FALSE;
}

/* Nanoseconds that this thread, which takes its part in every kernel, has waited for a processor
 * that others had. */
static double
waited (void)
{
  g_autofree char *text = NULL;
  char *rest;
  if (!g_file_get_contents ("/proc/thread-self/schedstat", &text, NULL, NULL))
    return 0;
  g_ascii_strtoull (text, &rest, 10); /* what it ran */
  return (double)g_ascii_strtoull (rest, NULL, 10);
}

/* @quiet: whether others left the processors to it meanwhile. */
static gboolean
measure_alone (TelarDevice *device, TelarMachine *machine, gboolean *quiet, GError **error)
{
  gint64 begin = g_get_monotonic_time ();
  double before = waited ();
  gboolean ok = measure (device, machine, error);
  *quiet = waited () - before < BUSY * 1e3 * (double)(g_get_monotonic_time () - begin);
  return ok;
}

gboolean
telar_machine_open (TelarDevice *device, const char *path, TelarMachine *machine, GError **error)
{
  const char *given = path ? NULL : g_getenv ("TELAR_MACHINE");
  if (given)
    return open_given (given, machine, error);
  g_autofree char *key = key_of (device);
  g_autofree char *place = path ? g_strdup (path) : usual_path (key);
  gboolean quiet;
  if (read_file (place, key, machine))
    return TRUE;
  if (!measure_alone (device, machine, &quiet, error))
    return FALSE;
  if (quiet || path)
    write_file (place, key, machine);
  return TRUE;
}

/* --- estimates -------------------------------------------------------------------------------- */

static gboolean
is_convolution (TelarPrim prim)
{
  return prim == TELAR_PRIM_CONV || prim == TELAR_PRIM_CONV_INPUT_GRAD ||
         prim == TELAR_PRIM_CONV_WEIGHT_GRAD;
}

static double
seconds_of (const TelarMachine *machine, const TelarProgram *program, const TelarInstr *instr)
{
  double rate = is_convolution (instr->prim) ? machine->convolutions : machine->products;
  double bytes = telar_instr_bytes (program, instr);
  double moving = bytes / (bytes > CACHED ? machine->far_bytes : machine->near_bytes);
  return MAX (telar_instr_flops (program, instr) / rate, moving) + machine->call;
}

void
telar_machine_estimate (const TelarMachine *machine, const TelarPlan *plan, TelarEstimate *estimate)
{
  estimate->seconds = 0;
  estimate->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  for (guint i = 0; i < plan->steps->len; i++) {
    const TelarInstr *instr = g_array_index (plan->steps, TelarStep, i).instr;
    const char *node = instr->origin ? instr->origin : "";
    double seconds = seconds_of (machine, plan->program, instr);
    double *sum = g_hash_table_lookup (estimate->nodes, node);
    if (!sum) {
      sum = g_new0 (double, 1);
      g_hash_table_insert (estimate->nodes, (gpointer)node, sum);
    }
    *sum += seconds;
    estimate->seconds += seconds;
  }
}

void
telar_estimate_clear (TelarEstimate *estimate)
{
  g_clear_pointer (&estimate->nodes, g_hash_table_unref);
}
