/* Lowering as an operator sees it: its inputs, parameters and states, and where its results go. */
#include "engine/lower-private.h"
#include "engine/metric.h"
#include "engine/random.h"
#include <string.h>

/* --- inputs and outputs ----------------------------------------------------------------------- */

TelarValue
telar_lower_input_at (TelarLowering *l, guint port, guint slot)
{
  const TelarEdge *edge = telar_graph_incoming (l->state->graph, l->node->id, port, slot);
  return edge ? telar_lower_wire (l, edge) : TELAR_NO_VALUE;
}

TelarValue
telar_lower_input (TelarLowering *l, guint port)
{
  return telar_lower_input_at (l, port, 0);
}

guint
telar_lower_n_inputs (TelarLowering *l, guint port)
{
  const TelarGraphEntry *entry = (const TelarGraphEntry *)l->node;
  guint n = 0;
  for (guint i = 0; i < entry->in->len; i++)
    n += ((const TelarEdge *)entry->in->pdata[i])->to_port == port;
  return n;
}

void
telar_lower_output (TelarLowering *l, guint port, TelarValue value)
{
  l->state->outputs[port] = value;
}

/* --- parameters ------------------------------------------------------------------------------- */

gint64
telar_lower_int (TelarLowering *l, const char *param)
{
  return telar_param_set_int (l->node->params, param);
}

double
telar_lower_real (TelarLowering *l, const char *param)
{
  return telar_param_set_real (l->node->params, param);
}

gboolean
telar_lower_bool (TelarLowering *l, const char *param)
{
  return telar_param_set_bool (l->node->params, param);
}

const char *
telar_lower_text (TelarLowering *l, const char *param)
{
  return telar_param_set_text (l->node->params, param);
}

const gint64 *
telar_lower_ints (TelarLowering *l, const char *param, guint *n)
{
  return telar_param_set_ints (l->node->params, param, n);
}

const double *
telar_lower_reals (TelarLowering *l, const char *param, guint *n)
{
  return telar_param_set_reals (l->node->params, param, n);
}

/* --- states ----------------------------------------------------------------------------------- */

static char *
state_name (TelarLowering *l, const char *role)
{
  return g_strdup_printf ("%s%s.%s", l->state->states, l->node->id, role);
}

static TelarPendingUpdate *
find_update (TelarLowering *l, const char *state)
{
  GArray *updates = l->state->updates;
  for (guint i = 0; i < updates->len; i++)
    if (strcmp (g_array_index (updates, TelarPendingUpdate, i).state, state) == 0)
      return &g_array_index (updates, TelarPendingUpdate, i);
  return NULL;
}

/* Uses of a group that share their weights read the same state, each what the one before made of
 * it. */
static TelarValue
read_again (TelarLowering *l, const TelarState *found, const TelarState *state)
{
  const TelarPendingUpdate *update = find_update (l, found->name);
  if (telar_type_equal (&found->type, &state->type))
    return update ? update->value : telar_build_state (l->b, found->name);
  g_autofree char *here = telar_type_to_string (&state->type);
  g_autofree char *there = telar_type_to_string (&found->type);
  telar_lower_fail (l,
                    "the weights are shared with another use of the group, where they are %s; here "
                    "they would be %s: let one of the two have its own",
                    there, here);
  return TELAR_NO_VALUE;
}

static TelarValue
declare (TelarLowering *l, TelarState *state, const char *role, TelarDType dtype,
         const TelarShape *shape)
{
  g_autofree char *name = state_name (l, role);
  /* After an error the shape may be nonsense; what comes would only hide the first message. */
  if (telar_builder_error (l->b))
    return TELAR_NO_VALUE;
  state->name = name;
  state->type = (TelarType){ dtype, *shape };
  const TelarState *found = telar_program_find_state (telar_builder_program (l->b), name);
  if (found && *l->state->before)
    return read_again (l, found, state);
  telar_build_declare_state (l->b, state);
  return telar_build_state (l->b, name);
}

/* Adds @factor · Σ @x to what the kernels of the graph cost together. */
static void
add_cost (TelarLowering *l, TelarValue x, double factor)
{
  GArray *pending = l->state->pending;
  TelarPendingOutput added = { TELAR_OUTPUT_LOSS, TELAR_LOSS_PENALTY, NULL, TELAR_NO_VALUE, NULL };
  x = telar_build_reduce_all (l->b, TELAR_PRIM_SUM, x);
  added.value = telar_build_binary_scalar (l->b, TELAR_PRIM_MUL, x, factor);
  for (guint i = 0; i < pending->len; i++) {
    TelarPendingOutput *output = &g_array_index (pending, TelarPendingOutput, i);
    if (g_strcmp0 (output->name, TELAR_LOSS_PENALTY) != 0 || output->role != TELAR_OUTPUT_LOSS)
      continue;
    output->value = telar_build_binary (l->b, TELAR_PRIM_ADD, output->value, added.value);
    return;
  }
  added.name = g_strdup (TELAR_LOSS_PENALTY);
  g_array_append_val (pending, added);
}

/* Sums, not means, and l2 without a half, as Keras has it; once for each kernel, however often it
 * is read. */
static void
penalise (TelarLowering *l, TelarValue kernel)
{
  double l1 = telar_param_set_real (l->node->learning, "kernel_l1");
  double l2 = telar_param_set_real (l->node->learning, "kernel_l2");
  if (l->state->mode == TELAR_LOWER_INFER)
    return;
  if (l1 > 0)
    add_cost (l, telar_build_unary (l->b, TELAR_PRIM_ABS, kernel), l1);
  if (l2 > 0)
    add_cost (l, telar_build_binary (l->b, TELAR_PRIM_MUL, kernel, kernel), l2);
}

TelarValue
telar_lower_parameter (TelarLowering *l, const char *role, const TelarShape *shape, TelarInit init,
                       gboolean decay)
{
  const TelarParamSet *learning = l->node->learning;
  double rate = telar_param_set_real (learning, "rate_factor") * l->state->rate_factor;
  double factor = telar_param_set_real (learning, "decay_factor") * l->state->decay_factor;
  TelarState state = {
    .init = init,
    .trainable = !telar_param_set_bool (learning, "frozen") && !l->state->frozen && rate > 0,
    .decay = decay && factor > 0,
    .rate_factor = rate == 1 ? 0 : rate,
    .decay_factor = factor == 1 ? 0 : factor,
    .fit = TELAR_NO_VALUE,
  };
  guint known = telar_program_n_states (telar_builder_program (l->b));
  TelarValue value = declare (l, &state, role, TELAR_F32, shape);
  l->state->learns = TRUE;
  if (decay && state.trainable && telar_program_n_states (telar_builder_program (l->b)) > known)
    penalise (l, value);
  return value;
}

TelarValue
telar_lower_buffer (TelarLowering *l, const char *role, const TelarShape *shape, TelarInit init,
                    TelarValue fit)
{
  TelarState state = { .init = init, .fit = fit };
  return declare (l, &state, role, TELAR_F32, shape);
}

TelarValue
telar_lower_stored (TelarLowering *l, const char *role, const TelarType *type)
{
  TelarState state = { .init = { .kind = TELAR_INIT_ZEROS }, .fit = TELAR_NO_VALUE };
  return declare (l, &state, role, type->dtype, &type->shape);
}

/* A place in the program is made in any case, so that the shapes of what follows are known. */
TelarValue
telar_lower_model_input (TelarLowering *l, const TelarType *type, TelarValue data)
{
  if (l->state->mode != TELAR_LOWER_INFER && data != TELAR_NO_VALUE)
    return data;
  if (l->state->mode != TELAR_LOWER_INFER)
    telar_lower_report (l->state->lowered, l->id, TELAR_PROBLEM_ERROR,
                        "it is given nothing to learn from: wire data to it");
  return telar_build_input (l->b, l->node->id, type);
}

void
telar_lower_update (TelarLowering *l, const char *role, TelarValue value)
{
  if (!l->training)
    return;
  g_autofree char *name = state_name (l, role);
  TelarPendingUpdate *update = find_update (l, name), added = { NULL, value };
  if (update) {
    update->value = value;
    return;
  }
  added.state = g_steal_pointer (&name);
  g_array_append_val (l->state->updates, added);
}

/* --- results ---------------------------------------------------------------------------------- */

/* The same result of the same node, which runs more than once in a loop. */
static TelarPendingOutput *
find_pending (TelarLowering *l, TelarOutputRole role, const char *name)
{
  for (guint i = 0; i < l->state->pending->len && *l->state->before; i++) {
    TelarPendingOutput *output = &g_array_index (l->state->pending, TelarPendingOutput, i);
    if (output->role == role && g_strcmp0 (output->node, l->id) == 0 &&
        g_strcmp0 (output->name, name) == 0)
      return output;
  }
  return NULL;
}

/* Losses and the sums of metrics of a loop's steps add up. */
static void
add_pending (TelarLowering *l, TelarOutputRole role, const char *name, TelarValue value,
             const char *kind)
{
  if (value == TELAR_NO_VALUE)
    return;
  TelarPendingOutput *before = find_pending (l, role, name);
  if (before) {
    before->value = telar_build_binary (l->b, TELAR_PRIM_ADD, before->value, value);
    return;
  }
  TelarPendingOutput output = { role, l->id, g_strdup (name), value, g_intern_string (kind) };
  g_array_append_val (l->state->pending, output);
}

static gboolean
check_scalar (TelarLowering *l, TelarValue value)
{
  if (value == TELAR_NO_VALUE)
    return FALSE;
  const TelarType *type = telar_builder_type (l->b, value);
  if (type->shape.rank == 0 && telar_dtype_is_float (type->dtype))
    return TRUE;
  g_autofree char *text = telar_type_to_string (type);
  telar_lower_fail (l, "a loss is a single number, not %s", text);
  return FALSE;
}

void
telar_lower_loss (TelarLowering *l, TelarValue value)
{
  if (l->state->mode != TELAR_LOWER_INFER && check_scalar (l, value))
    add_pending (l, TELAR_OUTPUT_LOSS, NULL, value, NULL);
}

void
telar_lower_metric (TelarLowering *l, const char *name, const char *kind, TelarValue value)
{
  if (l->state->mode == TELAR_LOWER_INFER || value == TELAR_NO_VALUE)
    return;
  const TelarType *type = telar_builder_type (l->b, value);
  g_autofree char *text = telar_type_to_string (type);
  if (telar_metric_fits (kind, type))
    add_pending (l, TELAR_OUTPUT_METRIC, name, value, kind);
  else
    telar_lower_fail (l, "%s cannot be made of %s", kind, text);
}

void
telar_lower_result (TelarLowering *l, const char *name, TelarValue value)
{
  if (l->state->mode != TELAR_LOWER_TRAIN)
    add_pending (l, TELAR_OUTPUT_RESULT, name ? name : l->id, value, NULL);
}

void
telar_lower_fail (TelarLowering *l, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  telar_builder_fail (l->b, "%s", message);
}

gint64
telar_lower_stream (TelarLowering *l)
{
  g_autofree char *name = g_strconcat (l->state->streams, l->node->id, NULL);
  return telar_random_stream (name);
}

gint64
telar_lower_stream_of (TelarLowering *l, const char *role)
{
  g_autofree char *name = g_strdup_printf ("%s%s.%s", l->state->streams, l->node->id, role);
  return telar_random_stream (name);
}
