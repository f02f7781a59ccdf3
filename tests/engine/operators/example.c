/* Reads operators' examples and makes graphs of them. */
#include "tests/engine/operators/example.h"

#include "engine/random.h"
#include <math.h>
#include <string.h>

/* --- operators for examples ------------------------------------------------------------------- */

static const TelarPort no_ports[] = { { NULL } };
static const TelarPort out_port[] = {
  { .name = "out", .kind = TELAR_PORT_TENSOR, .doc = "The values." },
  { NULL },
};
static const TelarPort in_port[] = {
  { .name = "in", .kind = TELAR_PORT_TENSOR, .doc = "The values." },
  { NULL },
};

static const TelarOperator input_operator = {
  .name = "example_input",
  .label = "Example input",
  .category = TELAR_CATEGORY_DATA,
  .doc = "What the test feeds.",
  .inputs = no_ports,
  .outputs = out_port,
};

static const TelarParam state_params[] = {
  { .name = "shape",
    .label = "Shape",
    .kind = TELAR_PARAM_INTS,
    .fallback = "1",
    .minimum = 1,
    .maximum = 1e6,
    .min_items = 1,
    .max_items = TELAR_MAX_RANK,
    .doc = "The shape of the state." },
  { NULL },
};

static void
lower_state (TelarLowering *l)
{
  guint n;
  const gint64 *dims = telar_lower_ints (l, "shape", &n);
  TelarShape shape = telar_shape_new (dims, n);
  TelarInit init = { .kind = TELAR_INIT_NORMAL, .scale = 1 };
  telar_lower_output (l, 0, telar_lower_parameter (l, "value", &shape, init, FALSE));
}

static const TelarOperator state_operator = {
  .name = "example_state",
  .label = "Example state",
  .category = TELAR_CATEGORY_LAYER,
  .doc = "A trainable tensor, so that gradients reach an operator's inputs.",
  .inputs = no_ports,
  .outputs = out_port,
  .params = state_params,
  .lower = lower_state,
};

static void
lower_probe (TelarLowering *l)
{
  telar_build_output (l->b, TELAR_OUTPUT_PROBE, l->node->id, telar_lower_input (l, 0));
}

static const TelarOperator probe_operator = {
  .name = "example_probe",
  .label = "Example probe",
  .category = TELAR_CATEGORY_OUTPUT,
  .doc = "Shows a value in every mode.",
  .inputs = in_port,
  .outputs = no_ports,
  .lower = lower_probe,
};

/* A program that is to be evaluated or trained must have something to measure. */
static void
lower_anchor (TelarLowering *l)
{
  telar_lower_loss (l, telar_build_scalar (l->b, TELAR_F32, 0));
}

static const TelarOperator anchor_operator = {
  .name = "example_anchor",
  .label = "Example anchor",
  .category = TELAR_CATEGORY_LOSS,
  .doc = "A loss that is always 0.",
  .inputs = no_ports,
  .outputs = no_ports,
  .lower = lower_anchor,
};

TelarTensor *
example_loss_weights (const char *id, const TelarShape *shape)
{
  TelarRandom random = { .seed = 7, .stream = telar_random_stream (id) };
  TelarTensor *weights = telar_tensor_new (TELAR_F32, shape);
  telar_random_fill_normal (&random, 0, telar_tensor_elements (weights), weights->data);
  return weights;
}

/* Σ weights · values, with weights from a stream of their own. */
static void
lower_loss (TelarLowering *l)
{
  TelarValue x = telar_lower_input (l, 0);
  TelarType type = *telar_builder_type (l->b, x);
  g_autoptr (TelarTensor) weights = example_loss_weights (l->node->id, &type.shape);
  x = telar_build_binary (l->b, TELAR_PRIM_MUL, telar_build_cast (l->b, x, TELAR_F32),
                          telar_build_constant (l->b, weights));
  telar_lower_loss (l, telar_build_reduce_all (l->b, TELAR_PRIM_SUM, x));
}

static const TelarOperator loss_operator = {
  .name = "example_loss",
  .label = "Example loss",
  .category = TELAR_CATEGORY_LOSS,
  .doc = "The sum of a value times fixed random weights.",
  .inputs = in_port,
  .outputs = no_ports,
  .lower = lower_loss,
};

static const TelarOperator *const example_operators[] = {
  &input_operator, &state_operator, &probe_operator, &anchor_operator, &loss_operator, NULL,
};

void
example_init (void)
{
  telar_operators_init ();
  telar_operators_register (example_operators);
}

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean
malformed (const char *word, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "\"%s\" is no input of an example", word);
  return FALSE;
}

/* "f32[2,3]:0..1", "i64[4]<10" */
static gboolean
read_input (const char *word, ExampleInput *input, GError **error)
{
  const char *open = strchr (word, '['), *close = strchr (word, ']');
  if (!open || !close || close < open)
    return malformed (word, error);
  g_autofree char *name = g_strndup (word, open - word);
  g_autofree char *sizes = g_strndup (open + 1, close - open - 1);
  *input = (ExampleInput){ .low = -2, .high = 2, .below = 2 };
  if (!telar_dtype_from_name (name, &input->type.dtype) ||
      !telar_shape_from_string (sizes, &input->type.shape) || input->type.shape.rank == 0 ||
      !telar_shape_is_concrete (&input->type.shape))
    return malformed (word, error);

  const char *end = close + 1;
  if (*end == '<') {
    char *after;
    input->below = g_ascii_strtoll (end + 1, &after, 10);
    end = after;
  } else if (*end == ':' && strstr (end, "..")) {
    g_auto (GStrv) sides = g_strsplit (end + 1, "..", 2);
    input->low = g_ascii_strtod (sides[0], NULL);
    input->high = g_ascii_strtod (sides[1], NULL);
    input->from = (gint64)input->low;
    input->below = (gint64)input->high + 1 - input->from;
    end = "";
  }
  if (*end != '\0' || input->below < 1 || input->low >= input->high)
    return malformed (word, error);
  return TRUE;
}

Example *
example_new (const TelarOperator *op, const char *text, GError **error)
{
  g_autoptr (Example) example = g_new0 (Example, 1);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autoptr (GStrvBuilder) params = g_strv_builder_new ();
  example->op = op;
  example->text = text;
  for (char **word = words; *word; word++) {
    if (strchr (*word, '=')) {
      g_strv_builder_add (params, *word);
    } else if (example->n_inputs == EXAMPLE_MAX_INPUTS) {
      malformed (*word, error);
      return NULL;
    } else if (!read_input (*word, &example->inputs[example->n_inputs++], error)) {
      return NULL;
    }
  }
  example->params = g_strv_builder_end (params);
  return g_steal_pointer (&example);
}

void
example_free (Example *example)
{
  if (!example)
    return;
  g_strfreev (example->params);
  g_free (example);
}

gint64
example_batch (const Example *example)
{
  return example->n_inputs > 0 ? example->inputs[0].type.shape.dims[0] : 1;
}

/* --- lowering --------------------------------------------------------------------------------- */

static gboolean
is_fed (const Example *example, ExampleForm form, guint i)
{
  return form == EXAMPLE_FED || example->inputs[i].type.dtype != TELAR_F32;
}

/* The port that input @i goes to: the last takes all that remain. */
static guint
port_of (const Example *example, guint i)
{
  return MIN (i, telar_operator_n_inputs (example->op) - 1);
}

static gboolean
add_input (const Example *example, ExampleForm form, TelarGraph *graph, guint i, GError **error)
{
  g_autofree char *id = g_strdup_printf ("x%u", i);
  gboolean fed = is_fed (example, form, i);
  if (!telar_graph_add_node (graph, fed ? "example_input" : "example_state", id, error))
    return FALSE;
  if (!fed) {
    g_autofree char *path = g_strdup_printf ("%s.shape", id);
    g_autofree char *shape = telar_shape_to_string (&example->inputs[i].type.shape);
    if (!telar_graph_set (graph, path, shape, error))
      return FALSE;
  }
  return telar_graph_connect (graph, id, 0, "it", port_of (example, i), G_MAXUINT, error) ||
         (g_clear_error (error),
          telar_graph_connect (graph, id, 0, "it", port_of (example, i), 0, error));
}

static TelarGraph *
make_graph (const Example *example, ExampleForm form, const char *end, GError **error)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  if (!telar_graph_add_node (graph, example->op->name, "it", error))
    return NULL;
  for (char **param = example->params; *param; param++) {
    g_auto (GStrv) sides = g_strsplit (*param, "=", 2);
    g_autofree char *path = g_strdup_printf ("it.%s", sides[0]);
    if (!telar_graph_set (graph, path, sides[1], error))
      return NULL;
  }
  for (guint i = 0; i < example->n_inputs; i++)
    if (!add_input (example, form, graph, i, error))
      return NULL;
  if (!telar_graph_add_node (graph, "example_anchor", "anchor", error))
    return NULL;
  for (guint i = 0; i < telar_operator_n_outputs (example->op); i++) {
    g_autofree char *id = g_strdup_printf ("y%u", i);
    if (!telar_graph_add_node (graph, end, id, error) ||
        !telar_graph_connect (graph, "it", i, id, 0, 0, error))
      return NULL;
  }
  return g_steal_pointer (&graph);
}

TelarLowered *
example_lower_graph (const Example *example, ExampleForm form, TelarLowerMode mode, const char *end,
                     TelarGraph **graph, GError **error)
{
  static const char *const names[EXAMPLE_MAX_INPUTS] = {
    "x0.out", "x1.out", "x2.out", "x3.out", "x4.out", "x5.out", "x6.out", "x7.out",
  };
  TelarFeedPort ports[EXAMPLE_MAX_INPUTS];
  TelarFeed feed = { .ports = ports, .n_ports = example->n_inputs };
  g_autoptr (TelarGraph) made = make_graph (example, form, end, error);
  if (!made)
    return NULL;
  for (guint i = 0; i < example->n_inputs; i++) {
    ports[i] = (TelarFeedPort){ .name = names[i], .type = example->inputs[i].type };
    if (form == EXAMPLE_FED)
      ports[i].type.shape.dims[0] = TELAR_DIM_BATCH;
  }
  g_autoptr (TelarLowered) lowered = telar_lower (made, &feed, mode);
  if (!telar_lowered_ok (lowered, error) || !telar_program_verify (lowered->program, error))
    return NULL;
  *graph = g_steal_pointer (&made);
  return g_steal_pointer (&lowered);
}

TelarProgram *
example_lower (const Example *example, ExampleForm form, TelarLowerMode mode, const char *end,
               GError **error)
{
  g_autoptr (TelarGraph) graph = NULL;
  g_autoptr (TelarLowered) lowered = example_lower_graph (example, form, mode, end, &graph, error);
  return lowered ? telar_program_ref (lowered->program) : NULL;
}

/* --- values and running ----------------------------------------------------------------------- */

static void
fill (TelarTensor *tensor, const ExampleInput *input, guint64 seed, const char *name)
{
  TelarRandom random = { .seed = seed, .stream = telar_random_stream (name) };
  for (gsize i = 0; i < telar_tensor_elements (tensor); i++) {
    double u = telar_random_uniform (&random, i);
    telar_tensor_set (tensor, i,
                      telar_dtype_is_float (tensor->type.dtype)
                          ? input->low + u * (input->high - input->low)
                          : (double)input->from + floor (u * (double)input->below));
  }
}

GPtrArray *
example_draw (const Example *example, guint64 seed)
{
  GPtrArray *tensors = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  for (guint i = 0; i < example->n_inputs; i++) {
    const TelarType *type = &example->inputs[i].type;
    g_autofree char *name = g_strdup_printf ("x%u.value", i);
    TelarTensor *tensor = telar_tensor_new (type->dtype, &type->shape);
    fill (tensor, &example->inputs[i], seed, name);
    g_ptr_array_add (tensors, tensor);
  }
  return tensors;
}

/* Moves the states that begin at fixed numbers: those of 1 around 1, the others around 0. */
static void
perturb (const TelarState *state, TelarTensor *tensor, guint64 seed)
{
  ExampleInput around_zero = { .low = -0.7, .high = 0.7 };
  ExampleInput around_one = { .low = 0.5, .high = 1.5 };
  if (state->init.kind == TELAR_INIT_FIT_DEVIATION ||
      (state->init.kind == TELAR_INIT_CONSTANT && state->init.scale == 1))
    fill (tensor, &around_one, seed, state->name);
  else if (state->init.kind == TELAR_INIT_ZEROS || state->init.kind == TELAR_INIT_CONSTANT ||
           state->init.kind == TELAR_INIT_FIT_MEAN)
    fill (tensor, &around_zero, seed, state->name);
}

TelarStates *
example_states (const Example *example, const TelarProgram *program, guint64 seed, GError **error)
{
  g_autoptr (TelarStates) states = telar_states_new ();
  if (!telar_states_add_program (states, program, seed, error))
    return NULL;
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);
    TelarTensor *tensor = telar_states_get (states, state->name);
    guint input;
    if (example && sscanf (state->name, "x%u.value", &input) == 1)
      fill (tensor, &example->inputs[input], seed, state->name);
    else
      perturb (state, tensor, seed);
  }
  return g_steal_pointer (&states);
}

char *
example_input_name (const TelarProgram *program, guint i)
{
  for (guint k = 0; k < telar_program_n_instrs (program); k++) {
    const TelarInstr *instr = telar_program_instr (program, k);
    if (instr->prim == TELAR_PRIM_INPUT &&
        g_str_equal (telar_instr_string (instr, TELAR_ATTR_NAME), "it"))
      return g_strdup ("it");
  }
  return g_strdup_printf ("x%u.out", i);
}

GPtrArray *
example_run (const Example *example, const TelarProgram *program, TelarDevice *device,
             const GPtrArray *inputs, TelarStates *states, GError **error)
{
  TelarBinding bindings[EXAMPLE_MAX_INPUTS];
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint n = telar_program_n_outputs (program);
  g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, n + 1);
  g_autoptr (TelarPlan) plan = telar_plan_new (program, example_batch (example), device, 0, error);
  if (!plan)
    return NULL;
  for (guint i = 0; i < inputs->len; i++) {
    g_ptr_array_add (names, example_input_name (program, i));
    bindings[i] = (TelarBinding){ names->pdata[i], inputs->pdata[i] };
  }
  TelarRunContext context = { bindings, inputs->len, states, .seed = 3, .step = 5 };
  if (!telar_plan_run (plan, &context, outputs, error))
    return NULL;
  GPtrArray *tensors = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (tensors, outputs[i]);
  return tensors;
}
