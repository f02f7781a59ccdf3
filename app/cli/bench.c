/* telar bench: how fast a model runs or trains here: median, p99, rows per second. */
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "data/data.h"
#include "engine/exchange/onnx.h"
#include "engine/random.h"
#include "engine/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define WARM_UP  5
#define LEAST    10 /* timed steps */
#define MOST     10000
#define DURATION (3 * G_USEC_PER_SEC) /* of the timed steps, once there are LEAST */

static const TelarOption options[] = {
  TELAR_OPTION_WORKSPACE,
  TELAR_OPTION_DEVICE,
  TELAR_OPTION_THREADS,
  { .name = "batch",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 1,
    .maximum = 1 << 24,
    .doc = "Rows of a step; the project's batch unless given, 1 for an ONNX file." },
  { .name = "train", .doc = "Whole training steps instead of inference." },
  TELAR_OPTION_JSON ("One JSON document."),
  { NULL },
};

typedef struct {
  char *name;
  TelarGraph *graph;
  TelarStates *states;
  TelarFeed *feed;
  TelarDevice *device;
  TelarPlan *plan;
  GArray *bindings; /* TelarBinding, tensors owned */
  gint64 batch;
  gboolean train;
  TelarOnnx *onnx; /* in place of graph, states, feed, plan and bindings */
  GPtrArray *values;
  GArray *cpu; /* double, milliseconds of the processors that each timed step took */
} Bench;

static void
bench_clear (Bench *bench)
{
  for (guint i = 0; bench->bindings != NULL && i < bench->bindings->len; i++)
    telar_tensor_unref (g_array_index (bench->bindings, TelarBinding, i).tensor);
  g_clear_pointer (&bench->bindings, g_array_unref);
  g_clear_pointer (&bench->cpu, g_array_unref);
  g_clear_pointer (&bench->onnx, telar_onnx_free);
  g_clear_pointer (&bench->values, g_ptr_array_unref);
  g_clear_pointer (&bench->plan, telar_plan_free);
  g_clear_pointer (&bench->device, telar_device_free);
  g_clear_pointer (&bench->feed, telar_feed_free);
  g_clear_pointer (&bench->states, telar_states_unref);
  g_clear_pointer (&bench->graph, telar_graph_free);
  g_free (bench->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

/* A project is measured with fresh weights, a run with its own. */
static gboolean
open_model (const TelarCommand *command, Bench *bench, GError **error)
{
  const char *name = telar_command_argument (command, 0);
  if (g_str_has_suffix (name, ".telar")) {
    bench->name = g_path_get_basename (name);
    bench->graph = telar_graph_load (name, error);
    bench->states = telar_states_new ();
    return bench->graph != NULL;
  }
  TelarModel model = { 0 };
  gboolean ok = telar_model_open (command, name, &model, error);
  bench->name = g_steal_pointer (&model.name);
  bench->graph = g_steal_pointer (&model.graph);
  bench->states = g_steal_pointer (&model.states);
  telar_model_clear (&model);
  return ok;
}

static gboolean
make_plan (Bench *bench, GError **error)
{
  TelarOptimizer optimizer = telar_training_optimizer (telar_graph_training (bench->graph));
  TelarCompileOptions compile = { .device = bench->device };
  guint64 seed = telar_graph_seed (bench->graph);
  g_autoptr (TelarLowered) lowered =
      telar_lower (bench->graph, bench->feed, bench->train ? TELAR_LOWER_TRAIN : TELAR_LOWER_INFER);
  if (!telar_lowered_ok (lowered, error))
    return FALSE;
  if (!bench->train) {
    if (!telar_states_add_program (bench->states, lowered->program, seed, error))
      return FALSE;
    compile.states = bench->states;
  }
  g_autoptr (TelarProgram) program =
      bench->train ? telar_compile_training (lowered->program, &optimizer, &compile, error)
                   : telar_compile_inference (lowered->program, &compile, error);
  if (program == NULL || !telar_states_add_program (bench->states, program, seed, error))
    return FALSE;
  bench->plan = telar_plan_new (program, bench->batch, bench->device, 0, error);
  return bench->plan != NULL;
}

/* The first rows of the data, again and again when there are fewer than a batch. */
static TelarTensor *
fill_batch (const TelarType *type, const TelarTensor *rows)
{
  TelarTensor *tensor = telar_tensor_new (type->dtype, &type->shape);
  for (gsize done = 0; done < tensor->bytes;) {
    gsize part = MIN (tensor->bytes - done, rows->bytes);
    memcpy ((char *)tensor->data + done, rows->data, part);
    done += part;
  }
  return tensor;
}

static gboolean
bind_inputs (Bench *bench, GError **error)
{
  TelarFeedPass pass = { .split = TELAR_SPLIT_ALL, .batch = bench->batch };
  g_autofree TelarTensor **rows = g_new0 (TelarTensor *, bench->feed->n_ports);
  if (!telar_feed_begin (bench->feed, &pass, error) ||
      telar_feed_next (bench->feed, rows, error) < 0)
    return FALSE;
  bench->bindings = g_array_new (FALSE, FALSE, sizeof (TelarBinding));
  const TelarProgram *program = telar_plan_program (bench->plan);
  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    if (instr->prim != TELAR_PRIM_INPUT)
      continue;
    TelarBinding binding = { .name = telar_instr_string (instr, TELAR_ATTR_NAME) };
    for (guint k = 0; k < bench->feed->n_ports; k++)
      if (strcmp (bench->feed->ports[k].name, binding.name) == 0)
        binding.tensor = fill_batch (telar_program_type (program, instr->outputs[0]), rows[k]);
    /* What the optimizer asks for besides the data: the rate and the step's number. */
    if (binding.tensor == NULL)
      binding.tensor =
          telar_tensor_scalar (TELAR_F32, strcmp (binding.name, "step") == 0 ? 1 : 1e-4);
    g_array_append_val (bench->bindings, binding);
  }
  for (guint k = 0; k < bench->feed->n_ports; k++)
    telar_tensor_unref (rows[k]);
  return TRUE;
}

/* --- ONNX files ---------------------------------------------------------------------------------
 */

/* Numbers from 0 to 1 for floats, zeros for the rest, which may be indices; sizes that the model
 * leaves open are the batch along axis 0 and 1 elsewhere. */
static TelarOnnxValue *
draw_input (const Bench *bench, guint index, GError **error)
{
  TelarType type;
  TelarRandom random = { .seed = 1, .stream = index };
  if (!telar_onnx_input_type (bench->onnx, index, &type)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the input %s is no tensor of numbers of a known shape",
                     telar_onnx_input_name (bench->onnx, index));
    return NULL;
  }
  for (guint i = 0; i < type.shape.rank; i++)
    if (type.shape.dims[i] < 0)
      type.shape.dims[i] = i == 0 ? bench->batch : 1;
  g_autoptr (TelarTensor) tensor = telar_tensor_try_new (type.dtype, &type.shape, error);
  if (tensor == NULL)
    return NULL;
  for (gsize i = 0; telar_dtype_is_float (type.dtype) && i < telar_tensor_elements (tensor); i++)
    telar_tensor_set (tensor, i, (double)telar_random_uniform (&random, i));
  return telar_onnx_value_tensor (tensor, FALSE);
}

static gboolean
open_onnx (const TelarCommand *command, Bench *bench, GError **error)
{
  const char *path = telar_command_argument (command, 0);
  if (bench->train) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "an ONNX file is measured in use only");
    return FALSE;
  }
  bench->name = g_path_get_basename (path);
  bench->batch = telar_command_int (command, "batch", 1);
  bench->onnx = telar_onnx_load (path, error);
  bench->values = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_onnx_value_unref);
  for (guint i = 0; bench->onnx != NULL && i < telar_onnx_n_inputs (bench->onnx); i++) {
    TelarOnnxValue *value = draw_input (bench, i, error);
    if (value == NULL)
      return FALSE;
    if (i == 0 && value->type.shape.rank > 0)
      bench->batch = value->type.shape.dims[0];
    g_ptr_array_add (bench->values, value);
  }
  return bench->onnx != NULL;
}

/* --- timing -------------------------------------------------------------------------------------
 */

static gboolean
run_onnx (Bench *bench, GError **error)
{
  guint n = telar_onnx_n_outputs (bench->onnx);
  g_autofree TelarOnnxValue **outputs = g_new0 (TelarOnnxValue *, n + 1);
  gboolean ok = telar_onnx_run (bench->onnx, bench->device,
                                (TelarOnnxValue *const *)bench->values->pdata, outputs, error);
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&outputs[i], telar_onnx_value_unref);
  return ok;
}

static gboolean
run_step (Bench *bench, guint32 step, GError **error)
{
  if (bench->onnx != NULL)
    return run_onnx (bench, error);
  guint n = telar_program_n_outputs (telar_plan_program (bench->plan));
  g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, MAX (n, 1));
  TelarRunContext context = {
    .inputs = (const TelarBinding *)(void *)bench->bindings->data,
    .n_inputs = bench->bindings->len,
    .states = bench->states,
    .seed = telar_graph_seed (bench->graph),
    .step = step,
  };
  gboolean ok = telar_plan_run (bench->plan, &context, outputs, error);
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&outputs[i], telar_tensor_unref);
  return ok;
}

/* Of all threads: what a step takes where others want the processors, too. */
static double
processor_ms (void)
{
  struct timespec time;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Milliseconds of each timed step: of the clock, which it gives (NULL on error), and of the
 * processors, which go to bench->cpu. */
static GArray *
measure (Bench *bench, GError **error)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  gint64 begin = 0;
  bench->cpu = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint32 step = 0; step < WARM_UP + MOST; step++) {
    gint64 start = g_get_monotonic_time ();
    double cpu = processor_ms ();
    if (step == WARM_UP)
      begin = start;
    if (step >= WARM_UP + LEAST && start - begin > DURATION)
      break;
    if (!run_step (bench, step + 1, error))
      return NULL;
    double ms = (double)(g_get_monotonic_time () - start) / 1000;
    cpu = processor_ms () - cpu;
    if (step >= WARM_UP) {
      g_array_append_val (times, ms);
      g_array_append_val (bench->cpu, cpu);
    }
  }
  return g_steal_pointer (&times);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Nearest rank. */
static double
percentile (const GArray *sorted, double share)
{
  guint rank = (guint)ceil (share * sorted->len);
  return g_array_index (sorted, double, MAX (rank, 1) - 1);
}

/* --- output -------------------------------------------------------------------------------------
 */

static void
print_result (const TelarCommand *command, const Bench *bench, GArray *times)
{
  g_array_sort (times, compare_times);
  g_array_sort (bench->cpu, compare_times);
  double median = percentile (times, 0.5), p99 = percentile (times, 0.99);
  double flops =
      bench->onnx ? telar_onnx_flops (bench->onnx) : telar_plan_cost (bench->plan)->flops;
  double per_second = median > 0 ? (double)bench->batch / median * 1000 : 0;
  double gflops = median > 0 ? flops / median / 1e6 : 0;
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  const char *mode = bench->train ? "training" : "inference";
  if (telar_command_has (command, "json"))
    telar_print_json_document (json_pack (
        "{s:s, s:s, s:i, s:I, s:s, s:i, s:f, s:f, s:f, s:f, s:f, s:I}", "model", bench->name,
        "device", bench->device->klass->name, "threads", (int)bench->device->threads, "batch",
        (json_int_t)bench->batch, "mode", mode, "steps", (int)times->len, "median_ms", median,
        "p99_ms", p99, "cpu_ms", percentile (bench->cpu, 0.5), "per_second", per_second, "gflops",
        gflops, "peak_bytes", (json_int_t)usage.ru_maxrss * 1024));
  else
    printf ("%s, %s, batch %" G_GINT64_FORMAT ", %s with %u thread%s: median %.3f ms, p99 %.3f ms, "
            "%.0f rows/s, %.1f GFLOP/s, peak %.1f MiB\n",
            bench->name, mode, bench->batch, bench->device->klass->name, bench->device->threads,
            bench->device->threads == 1 ? "" : "s", median, p99, per_second, gflops,
            (double)usage.ru_maxrss / 1024);
}

static int
report (const TelarCommand *command, Bench *bench, GError **error)
{
  g_autoptr (GArray) times = measure (bench, error);
  if (times == NULL)
    return 1;
  print_result (command, bench, times);
  return 0;
}

static int
run (const TelarCommand *command, GError **error)
{
  g_auto (Bench) bench = { .train = telar_command_has (command, "train") };
  bench.device = telar_command_device (command, error);
  if (bench.device == NULL)
    return 3;
  if (g_str_has_suffix (telar_command_argument (command, 0), ".onnx"))
    return open_onnx (command, &bench, error) ? report (command, &bench, error) : 3;
  if (!open_model (command, &bench, error))
    return 3;
  bench.batch = telar_command_int (
      command, "batch", telar_param_set_int (telar_graph_training (bench.graph), "batch"));
  bench.feed = telar_data_open (bench.graph, error);
  if (bench.feed == NULL || !make_plan (&bench, error) || !bind_inputs (&bench, error))
    return 3;
  return report (command, &bench, error);
}

const TelarVerb telar_verb_bench = {
  .name = "bench",
  .arguments = "MODEL",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = "Measures how fast a model runs or trains on this machine.",
  .doc = "MODEL is a run, a checkpoint, an ONNX file, or a project, which is measured with fresh "
         "weights.",
  .options = options,
  .run = run,
};
