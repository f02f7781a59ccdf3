/* The observer's program and what is told of its results. */
#include "engine/observer.h"
#include "engine/lower-private.h"
#include <math.h>
#include <string.h>

#define GRADIENT "gradient/"

/* Plans that need more are made again each time. */
#define KEPT_ARENA ((gsize)32 << 20)

typedef struct {
  char *name;
  TelarValue value;
} Wire;

static void
clear_wire (gpointer wire)
{
  g_free (((Wire *)wire)->name);
}

/* --- which nodes ------------------------------------------------------------------------------ */

/* What data nodes, losses and results give is known otherwise; a reshape has the numbers of the
 * node before it, a group those of a node within it. */
static gboolean
is_looked_at (const TelarOperator *op)
{
  return op->category != TELAR_CATEGORY_DATA && op->category != TELAR_CATEGORY_SHAPE &&
         op->category != TELAR_CATEGORY_LOSS && op->category != TELAR_CATEGORY_METRIC &&
         op->category != TELAR_CATEGORY_OUTPUT && !telar_operator_drawing (op);
}

static void
add_wires (GArray *wires, const TelarLowered *lowered, const TelarLoweredNode *node)
{
  const TelarOperator *op = node->node->op;
  guint n = telar_operator_n_outputs (op);
  for (guint port = 0; port < n && wires->len < TELAR_OBSERVER_MOST_OUTPUTS; port++) {
    TelarValue value = telar_lowered_value (lowered, node->id, port);
    if (value == TELAR_NO_VALUE ||
        !telar_dtype_is_float (telar_program_type (lowered->program, value)->dtype))
      continue;
    Wire wire = { n == 1 ? g_strconcat (TELAR_OBSERVER_OUTPUT, node->id, NULL)
                         : g_strconcat (TELAR_OBSERVER_OUTPUT, node->id, ".",
                                        op->outputs[port].name, NULL),
                  value };
    g_array_append_val (wires, wire);
  }
}

static GArray *
find_wires (const TelarLowered *lowered)
{
  GArray *wires = g_array_new (FALSE, FALSE, sizeof (Wire));
  const GPtrArray *nodes = telar_lowered_nodes (lowered);
  g_array_set_clear_func (wires, clear_wire);
  for (guint i = 0; i < nodes->len; i++) {
    const TelarLoweredNode *node = nodes->pdata[i];
    if (is_looked_at (node->node->op))
      add_wires (wires, lowered, node);
  }
  return wires;
}

/* Of one row. */
static double
bytes_of (const TelarType *type)
{
  double bytes = (double)telar_dtype_size (type->dtype);
  for (guint i = 0; i < type->shape.rank; i++)
    bytes *= (double)MAX (type->shape.dims[i], 1);
  return bytes;
}

gint64
telar_observer_rows (const TelarLowered *lowered)
{
  g_autoptr (GArray) wires = find_wires (lowered);
  double bytes = 1;
  for (guint i = 0; i < wires->len; i++)
    bytes += bytes_of (telar_program_type (lowered->program, g_array_index (wires, Wire, i).value));
  return (gint64)CLAMP ((double)TELAR_OBSERVER_BYTES / bytes, 2, TELAR_OBSERVER_ROWS);
}

/* Convolutions of pictures, the first ones. */
static GPtrArray *
find_maps (const TelarLowered *lowered)
{
  GPtrArray *maps = g_ptr_array_new_with_free_func (g_free);
  const GPtrArray *nodes = telar_lowered_nodes (lowered);
  for (guint i = 0; i < nodes->len && maps->len < TELAR_OBSERVER_PICTURES; i++) {
    const TelarLoweredNode *node = nodes->pdata[i];
    if (strcmp (node->node->op->name, "conv2d") == 0)
      g_ptr_array_add (maps, g_strdup (node->id));
  }
  return maps;
}

/* --- the program ------------------------------------------------------------------------------ */

/* Losses and what the wires bring; no state gets a new value. */
static TelarProgram *
mark (const TelarProgram *lowered, const GArray *wires, GError **error)
{
  g_autoptr (TelarBuilder) builder = telar_builder_new ("observe");
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (lowered) + 1);
  telar_copy_all (builder, lowered, map);
  telar_builder_set_origin (builder, NULL);
  for (guint i = 0; i < telar_program_n_states (lowered); i++) {
    const TelarState *state = telar_program_state (lowered, i);
    if (state->fit != TELAR_NO_VALUE)
      telar_build_set_fit (builder, state->name, map[state->fit]);
  }
  for (guint i = 0; i < telar_program_n_outputs (lowered); i++) {
    const TelarOutput *output = telar_program_output (lowered, i);
    if (output->role == TELAR_OUTPUT_LOSS)
      telar_build_output_like (builder, output, map[output->value]);
  }
  for (guint i = 0; i < wires->len; i++) {
    const Wire *wire = &g_array_index (wires, Wire, i);
    telar_build_output (builder, TELAR_OUTPUT_PROBE, wire->name, map[wire->value]);
  }
  return telar_builder_finish (builder, error);
}

static TelarProgram *
compile (const TelarLowered *lowered, TelarDevice *device, GError **error)
{
  g_autoptr (GArray) wires = find_wires (lowered);
  TelarCompileOptions options = { .device = device };
  g_autoptr (TelarProgram) marked = mark (lowered->program, wires, error);
  g_autoptr (TelarProgram) both = marked ? telar_pass_differentiate (marked, error) : NULL;
  return both ? telar_compile_inference (both, &options, error) : NULL;
}

TelarObserver *
telar_observer_new (const TelarLowered *lowered, TelarFeed *feed, TelarDevice *device,
                    GError **error)
{
  g_autoptr (TelarProgram) program = compile (lowered, device, error);
  if (!program)
    return NULL;
  TelarObserver *observer = g_new0 (TelarObserver, 1);
  observer->runner = telar_runner_new (program, feed, device);
  observer->maps = find_maps (lowered);
  observer->parameters = g_ptr_array_new ();
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);
    if (state->trainable)
      g_ptr_array_add (observer->parameters, (gpointer)state->name);
  }
  return observer;
}

void
telar_observer_free (TelarObserver *observer)
{
  if (!observer)
    return;
  g_ptr_array_unref (observer->parameters);
  g_ptr_array_unref (observer->maps);
  telar_runner_free (observer->runner);
  g_free (observer);
}

/* --- pictures --------------------------------------------------------------------------------- */

/* Numbers from @from on as @shape, [tiles, channels, height, width]. */
static TelarTensor *
cut_tiles (const TelarTensor *tensor, gsize from, TelarShape shape)
{
  TelarTensor *tiles = telar_tensor_new (TELAR_F32, &shape);
  for (gsize i = 0; i < telar_tensor_elements (tiles); i++)
    telar_tensor_set (tiles, i, telar_tensor_get (tensor, from + i));
  return tiles;
}

static void
tell_tiles (TelarMonitor *monitor, const char *kind, const char *id, gint64 step,
            TelarTensor *pixels, TelarImageRange range, guint columns)
{
  g_autofree char *name = g_strconcat (kind, id, NULL);
  TelarImage image = { .name = name,
                       .step = step,
                       .pixels = pixels,
                       .range = range,
                       .columns = columns,
                       .row = -1,
                       .truth = -1,
                       .answer = -1,
                       .score = NAN };
  telar_monitor_image (monitor, &image);
}

/* A grid that is about as wide as high. */
static guint
columns_for (gint64 tiles)
{
  return (guint)ceil (sqrt ((double)tiles));
}

/* Of kernels that look at 1 or 3 channels one tile each; of others one for each channel, the first
 * 8 of the first 8. */
static void
tell_kernels (TelarMonitor *monitor, const char *id, gint64 step, const TelarTensor *kernel)
{
  const gint64 *dims = kernel->type.shape.dims;
  if (kernel->type.shape.rank != 4 || dims[2] * dims[3] < 2)
    return;
  gint64 plane = dims[2] * dims[3], out = MIN (dims[0], TELAR_OBSERVER_TILES), in = dims[1];
  if (in == 1 || in == 3) {
    TelarShape shape = { .rank = 4, .dims = { out, in, dims[2], dims[3] } };
    g_autoptr (TelarTensor) tiles = cut_tiles (kernel, 0, shape);
    tell_tiles (monitor, "kernels/", id, step, tiles, TELAR_RANGE_SIGNED, columns_for (out));
    return;
  }
  gint64 some = MIN (in, 8);
  out = MIN (out, 8);
  TelarShape shape = { .rank = 4, .dims = { out * some, 1, dims[2], dims[3] } };
  g_autoptr (TelarTensor) tiles = telar_tensor_new (TELAR_F32, &shape);
  for (gint64 i = 0; i < out * some * plane; i++) {
    gint64 from = (i / (some * plane)) * in * plane + i % (some * plane);
    telar_tensor_set (tiles, (gsize)i, telar_tensor_get (kernel, (gsize)from));
  }
  tell_tiles (monitor, "kernels/", id, step, tiles, TELAR_RANGE_SIGNED, (guint)some);
}

/* What the node makes of the first row. */
static void
tell_maps (TelarMonitor *monitor, const char *id, gint64 step, const TelarTensor *output)
{
  const gint64 *dims = output->type.shape.dims;
  if (output->type.shape.rank != 4 || dims[2] * dims[3] < 2)
    return;
  gint64 tiles = MIN (dims[1], TELAR_OBSERVER_TILES);
  TelarShape shape = { .rank = 4, .dims = { tiles, 1, dims[2], dims[3] } };
  g_autoptr (TelarTensor) pixels = cut_tiles (output, 0, shape);
  tell_tiles (monitor, "feature_maps/", id, step, pixels, TELAR_RANGE_SPREAD, columns_for (tiles));
}

static TelarTensor *
find_output (const TelarObserver *observer, const char *name)
{
  const TelarRunner *runner = observer->runner;
  for (guint i = 0; i < runner->n_outputs; i++)
    if (strcmp (telar_program_output (runner->program, i)->name, name) == 0)
      return runner->outputs[i];
  return NULL;
}

static void
tell_pictures (const TelarObserver *observer, const TelarRunnerStep *step, TelarMonitor *monitor)
{
  for (guint i = 0; i < observer->maps->len; i++) {
    const char *id = observer->maps->pdata[i];
    g_autofree char *output = g_strconcat (TELAR_OBSERVER_OUTPUT, id, NULL);
    g_autofree char *state = g_strconcat (id, ".kernel", NULL);
    const TelarTensor *maps = find_output (observer, output);
    const TelarTensor *kernel = telar_states_get (step->states, state);
    if (maps)
      tell_maps (monitor, id, step->step, maps);
    if (kernel)
      tell_kernels (monitor, id, step->step, kernel);
  }
}

/* --- looking ---------------------------------------------------------------------------------- */

/* The states go on changing: what is told of them is a copy. */
static void
tell_parameters (const TelarObserver *observer, const TelarRunnerStep *step, TelarMonitor *monitor)
{
  for (guint i = 0; i < observer->parameters->len; i++) {
    const char *name = observer->parameters->pdata[i];
    g_autoptr (TelarTensor) copy = telar_tensor_copy (telar_states_get (step->states, name));
    telar_monitor_histogram (monitor, name, step->step, copy);
  }
}

static void
tell_outputs (const TelarObserver *observer, const TelarRunnerStep *step, TelarMonitor *monitor)
{
  const TelarRunner *runner = observer->runner;
  for (guint i = 0; i < runner->n_outputs; i++) {
    const TelarOutput *output = telar_program_output (runner->program, i);
    if (output->role != TELAR_OUTPUT_PROBE)
      continue;
    gboolean gradient = g_str_has_prefix (output->name, TELAR_PROBE_PREFIX_GRADIENT);
    g_autofree char *tag =
        gradient ? g_strconcat (GRADIENT, output->name + strlen (TELAR_PROBE_PREFIX_GRADIENT), NULL)
                 : g_strdup (output->name);
    telar_monitor_histogram (monitor, tag, step->step, runner->outputs[i]);
  }
}

gboolean
telar_observer_look (TelarObserver *observer, TelarTensor *const *batch, gint64 rows,
                     const TelarRunnerStep *step, TelarMonitor *monitor, GError **error)
{
  gboolean good = telar_runner_run (observer->runner, batch, rows, step, error);
  if (good) {
    tell_parameters (observer, step, monitor);
    tell_outputs (observer, step, monitor);
    telar_observer_tell_nodes (observer, step->step, monitor);
    tell_pictures (observer, step, monitor);
  }
  telar_runner_forget (observer->runner, KEPT_ARENA);
  return good;
}
