/* Writes every operator's examples and the sample projects as Python into a folder, each with a
 * safetensors file for tests/judges to compare: the state that the code loads ("state:NAME"),
 * inputs ("in:NAME"), what Telar computes of them ("out:NAME"); of an example also the weights of
 * its results in a loss ("weight:NAME") and the gradients of that by state and input ("by:NAME",
 * "by_in:NAME"), or why there are none ("without"); as metadata the example's text.
 * What is refused is told instead, a line each: the example, why. */
#include "data/data.h"
#include "engine/checkpoint.h"
#include "engine/code.h"
#include "tests/engine/operators/example.h"

#include <stdio.h>
#include <string.h>

#define SAMPLE_ROWS 3

static TelarCodeLibrary library;

static GHashTable *
new_tensors (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify)telar_tensor_unref);
}

/* Keras' code loads its weights itself, PyTorch's is given them. Never NULL. */
static TelarCode *
make_code (const TelarGraph *graph, const TelarLowered *lowered, const char *name)
{
  g_autofree char *weights = g_strconcat (name, ".weights", NULL);

  return telar_code_new (graph, lowered, library, name,
                         library == TELAR_CODE_KERAS ? weights : NULL);
}

/* Takes a reference. Numbers keep the order of what they are called. */
static void
put (GHashTable *tensors, const char *kind, guint number, const char *name, TelarTensor *tensor)
{
  g_autofree char *order = number < G_MAXUINT ? g_strdup_printf ("%u:", number) : g_strdup ("");

  g_hash_table_insert (tensors, g_strdup_printf ("%s:%s%s", kind, order, name),
                       telar_tensor_ref (tensor));
}

static gboolean
write_files (const char *folder, const char *name, const TelarCode *code, const TelarStates *states,
             GHashTable *tensors, const char *text, const char *without, GError **error)
{
  g_autofree char *stem = g_build_filename (folder, name, NULL);
  g_autofree char *source = g_strconcat (stem, ".py", NULL);
  g_autofree char *file = g_strconcat (stem, ".safetensors", NULL);
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) state = telar_code_state (code, states, error);
  GHashTableIter iter;
  gpointer key, tensor;

  if (!state)
    return FALSE;
  g_hash_table_iter_init (&iter, state);
  while (g_hash_table_iter_next (&iter, &key, &tensor))
    put (tensors, "state", G_MAXUINT, key, tensor);
  g_hash_table_insert (metadata, (gpointer) "example", (gpointer)text);
  if (without)
    g_hash_table_insert (metadata, (gpointer) "without", (gpointer)without);
  return g_file_set_contents (source, code->source, -1, error) &&
         telar_safetensors_write (file, tensors, metadata, error);
}

static void
tell_refused (const char *name, const TelarCode *code)
{
  for (guint i = 0; i < code->refused->len; i++) {
    const TelarCodeRefusal *r = code->refused->pdata[i];
    printf ("%s: %s\n", name, r->reason);
  }
}

/* --- gradients -------------------------------------------------------------------------------- */

/* The gradient by @state among the results of @backward; zeros where nothing depends on it. */
static TelarTensor *
gradient_of (const TelarProgram *backward, const GPtrArray *outputs, const TelarState *state)
{
  g_autofree char *name = g_strconcat ("grad:", state->name, NULL);

  for (guint i = 0; i < outputs->len; i++)
    if (g_str_equal (telar_program_output (backward, i)->name, name))
      return telar_tensor_ref (outputs->pdata[i]);
  return telar_tensor_new (state->type.dtype, &state->type.shape);
}

/* As the code calls them, as the state that it loads; inputs by their numbers. What the code has
 * in the place of a state that the graph has not is the same among states and gradients. */
static gboolean
put_by_state (const TelarCode *code, const TelarProgram *backward, const GPtrArray *outputs,
              const TelarStates *states, GHashTable *tensors, GError **error)
{
  g_autoptr (TelarStates) gradients = telar_states_new ();
  GHashTableIter iter;
  gpointer name, tensor;

  for (guint i = 0; i < telar_program_n_states (backward); i++) {
    const TelarState *state = telar_program_state (backward, i);
    g_autoptr (TelarTensor) gradient = gradient_of (backward, outputs, state);
    if (g_str_has_prefix (state->name, "it."))
      telar_states_share (gradients, state->name, gradient);
    else
      put (tensors, "by_in", (guint)g_ascii_strtoull (state->name + 1, NULL, 10), "x", gradient);
  }
  g_autoptr (GHashTable) named = telar_code_state (code, gradients, error);
  g_autoptr (GHashTable) numbers = named ? telar_code_state (code, states, error) : NULL;
  if (!numbers)
    return FALSE;
  g_hash_table_iter_init (&iter, named);
  while (g_hash_table_iter_next (&iter, &name, &tensor))
    if (!telar_tensor_equal (tensor, g_hash_table_lookup (numbers, name)))
      put (tensors, "by", G_MAXUINT, name, tensor);
  return TRUE;
}

/* The weights that example_loss gives to result @i, of which @result is one. */
static void
put_weights (guint i, const TelarTensor *result, GHashTable *tensors)
{
  g_autofree char *id = g_strdup_printf ("y%u", i);
  g_autoptr (TelarTensor) weights = example_loss_weights (id, &result->type.shape);

  put (tensors, "weight", i, "y", weights);
}

/* Why the gradients of @program's losses are none that the code could have, or NULL. Each result
 * has a loss, and the anchor of examples. */
static const char *
without_gradients (const TelarProgram *program, guint n_results)
{
  guint losses = 0;
  gboolean trains = FALSE;

  for (guint i = 0; i < telar_program_n_states (program); i++)
    trains |= telar_program_state (program, i)->trainable;
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    losses += telar_program_output (program, i)->role == TELAR_OUTPUT_LOSS;
  return !trains                  ? "no real numbers go in"
         : losses > n_results + 1 ? "it adds a loss of its own"
                                  : NULL;
}

/* @without receives why there are none. */
static gboolean
put_gradients (const Example *example, const TelarCode *code, const GPtrArray *results,
               TelarDevice *ref, GHashTable *tensors, const char **without, GError **error)
{
  g_autoptr (TelarProgram) program =
      example_lower (example, EXAMPLE_TRAINED, TELAR_LOWER_EVALUATE, EXAMPLE_LOSS, error);

  *without = program ? without_gradients (program, results->len) : NULL;
  if (!program || *without)
    return program != NULL;
  g_autoptr (TelarProgram) backward = telar_pass_differentiate (program, error);
  g_autoptr (TelarStates) states = backward ? example_states (example, backward, 1, error) : NULL;
  g_autoptr (GPtrArray) inputs = example_draw (example, 1);
  g_autoptr (GPtrArray) outputs =
      states ? example_run (example, backward, ref, inputs, states, error) : NULL;
  for (guint i = 0; i < results->len; i++)
    put_weights (i, results->pdata[i], tensors);
  return outputs && put_by_state (code, backward, outputs, states, tensors, error);
}

static gboolean
write_example (const char *folder, const TelarOperator *op, guint number, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s-%u", op->name, number);
  g_autoptr (Example) example = example_new (op, op->examples[number], error);
  g_autoptr (TelarDevice) ref = telar_device_ref_new ();
  g_autoptr (GHashTable) tensors = new_tensors ();
  g_autoptr (TelarGraph) graph = NULL;
  const char *without;
  g_autoptr (TelarLowered) lowered =
      example ? example_lower_graph (example, EXAMPLE_FED, TELAR_LOWER_INFER, EXAMPLE_RESULT,
                                     &graph, error)
              : NULL;
  g_autoptr (TelarStates) states =
      lowered ? example_states (example, lowered->program, 1, error) : NULL;
  if (!states)
    return FALSE;
  g_autoptr (TelarCode) code = make_code (graph, lowered, name);
  if (!code->source) {
    tell_refused (name, code);
    return TRUE;
  }
  g_autoptr (GPtrArray) inputs = example_draw (example, 1);
  g_autoptr (GPtrArray) outputs =
      example_run (example, lowered->program, ref, inputs, states, error);
  if (!outputs)
    return FALSE;
  for (guint i = 0; i < inputs->len; i++)
    put (tensors, "in", i, "x", inputs->pdata[i]);
  for (guint i = 0; i < outputs->len; i++)
    put (tensors, "out", i, "y", outputs->pdata[i]);
  return put_gradients (example, code, outputs, ref, tensors, &without, error) &&
         write_files (folder, name, code, states, tensors, example->text, without, error);
}

static gboolean
write_operators (const char *folder, const GPtrArray *operators, GError **error)
{
  for (guint i = 0; i < operators->len; i++) {
    const TelarOperator *op = operators->pdata[i];

    for (guint e = 0; op->lower && telar_operator_n_outputs (op) > 0 && op->examples[e]; e++)
      if (!write_example (folder, op, e, error)) {
        g_prefix_error (error, "%s: ", op->name);
        return FALSE;
      }
  }
  return TRUE;
}

/* --- samples ---------------------------------------------------------------------------------- */

/* Inputs as forward takes them: those ports of data that it reads, in the order of the nodes. */
static gboolean
run_sample (const TelarLowered *lowered, TelarFeed *feed, TelarStates *states, GHashTable *tensors,
            GError **error)
{
  TelarFeedPass pass = { .split = TELAR_SPLIT_ALL, .batch = SAMPLE_ROWS };
  g_autoptr (TelarDevice) cpu = telar_device_cpu_new (1, error);
  g_autofree TelarTensor **inputs = g_new0 (TelarTensor *, feed->n_ports);
  g_autofree TelarBinding *bindings = g_new0 (TelarBinding, feed->n_ports);
  guint n = telar_program_n_outputs (lowered->program);
  g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, n);
  TelarCompileOptions options = { .device = cpu };

  if (!cpu || !telar_feed_begin (feed, &pass, error) ||
      telar_feed_next (feed, inputs, error) != SAMPLE_ROWS)
    return FALSE;
  g_autoptr (TelarProgram) compiled = telar_compile_inference (lowered->program, &options, error);
  g_autoptr (TelarPlan) plan =
      compiled ? telar_plan_new (compiled, SAMPLE_ROWS, cpu, 0, error) : NULL;
  TelarRunContext context = { bindings, feed->n_ports, states, 0, 0 };
  for (guint i = 0; i < feed->n_ports; i++) {
    bindings[i] = (TelarBinding){ feed->ports[i].name, inputs[i] };
    put (tensors, "in", i, strrchr (feed->ports[i].name, '.') + 1, inputs[i]);
    put (tensors, "in", i, feed->ports[i].name, inputs[i]);
  }
  gboolean ok = plan && telar_plan_run (plan, &context, outputs, error);
  for (guint i = 0; ok && i < n; i++) {
    put (tensors, "out", i, telar_program_output (lowered->program, i)->name, outputs[i]);
    telar_tensor_unref (outputs[i]);
  }
  for (guint i = 0; i < feed->n_ports; i++)
    telar_tensor_unref (inputs[i]);
  return ok;
}

static gboolean
write_project (const char *folder, const char *name, TelarGraph *graph, GError **error)
{
  g_autoptr (TelarFeed) feed = telar_data_open (graph, error);
  g_autoptr (TelarLowered) lowered = feed ? telar_lower (graph, feed, TELAR_LOWER_INFER) : NULL;
  g_autoptr (GHashTable) tensors = new_tensors ();
  if (!lowered || !telar_lowered_ok (lowered, error))
    return FALSE;
  g_autoptr (TelarStates) states = example_states (NULL, lowered->program, 1, error);
  if (!states)
    return FALSE;
  g_autoptr (TelarCode) code = make_code (graph, lowered, name);
  return telar_code_ok (code, error) && run_sample (lowered, feed, states, tensors, error) &&
         write_files (folder, name, code, states, tensors, name, NULL, error);
}

static gboolean
write_sample (const char *folder, const char *samples, const char *file, GError **error)
{
  g_autofree char *path = g_build_filename (samples, file, NULL);
  g_autofree char *name = g_strndup (file, strlen (file) - strlen (".telar"));
  g_autoptr (TelarGraph) graph = telar_graph_load (path, error);

  return graph && write_project (folder, name, graph, error);
}

/* Project and node are called as the function that is written for the node. */
static gboolean
write_namesake (const char *folder, const char *samples, GError **error)
{
  g_autofree char *path = g_build_filename (samples, "titanic.telar", NULL);
  g_autoptr (TelarGraph) graph = telar_graph_load (path, error);

  if (!graph || !telar_graph_add_node (graph, "top_k", "top_k", error))
    return FALSE;
  telar_graph_disconnect (graph, "dense3", 0, 0);
  return telar_graph_wire (graph, "dense2:out", "top_k:in", error) &&
         telar_graph_wire (graph, "top_k:values", "dense3:in", error) &&
         write_project (folder, "top_k", graph, error);
}

static gboolean
write_samples (const char *folder, const char *samples, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (samples, 0, error);
  const char *file;
  gboolean ok = dir != NULL;

  while (ok && (file = g_dir_read_name (dir)))
    /* The detector of faces has no data. */
    if (g_str_has_suffix (file, ".telar") && !g_str_equal (file, "faces.telar"))
      ok = write_sample (folder, samples, file, error);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 4) {
    fprintf (stderr, "usage: %s FOLDER SAMPLES pytorch|keras\n", argv[0]);
    return 2;
  }
  library = strcmp (argv[3], "keras") == 0 ? TELAR_CODE_KERAS : TELAR_CODE_PYTORCH;
  telar_operators_init ();
  g_autoptr (GPtrArray) operators =
      g_ptr_array_copy ((GPtrArray *)telar_operators_all (), NULL, NULL);
  telar_data_init ();
  example_init ();
  if (!write_operators (argv[1], operators, &error) || !write_samples (argv[1], argv[2], &error) ||
      !write_namesake (argv[1], argv[2], &error)) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  return 0;
}
