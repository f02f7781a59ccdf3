/* Groups: a node that stands for a drawing. It lowers to what is drawn, once or step after step;
 * its ends pass values in and out and say what becomes of them from step to step.
 *
 * Steps are unrolled, so that gradients are those of any other nodes. A loop that ends by a
 * condition runs all its steps and keeps what stood when the condition turned false. */
#include "engine/emit.h"
#include "engine/lower-private.h"
#include "engine/operators/group.h"
#include "engine/operators/helpers.h"
#include <string.h>

/* What one model may unroll to, and how deep groups may stand in each other. */
enum { MOST_NODES = 200000, MOST_DEPTH = 64 };

typedef struct {
  TelarLowering *l;
  const TelarGraph *drawing;
  GPtrArray *inputs, *outputs; /* the ends, TelarNode *, in the order of the ports */
  guint steps;
  gboolean chain;     /* what comes out goes in again; each step may have weights of its own */
  int *next;          /* of an input: the output whose value it takes in the next step, or -1 */
  int condition;      /* the output that says whether to go on, or -1 */
  TelarValue *given;  /* to the inputs in all steps, before they are cut up */
  TelarValue *ends;   /* to the inputs in the step under way */
  TelarValue *result; /* of the outputs, after the last step that counted */
  GArray **every;     /* the results of each step, where the output gives all */
  TelarValue alive;   /* whether the step under way counts; TELAR_NO_VALUE: it does */
} Run;

/* --- ends ------------------------------------------------------------------------------------- */

static gboolean
gives (const TelarNode *output, const char *what)
{
  return strcmp (telar_param_set_text (output->params, "gives"), what) == 0;
}

static int
find_end (const GPtrArray *ends, const char *id)
{
  for (guint i = 0; i < ends->len; i++)
    if (strcmp (((const TelarNode *)ends->pdata[i])->id, id) == 0)
      return (int)i;
  return -1;
}

static gboolean
link_output (Run *run, guint output)
{
  const TelarNode *end = run->outputs->pdata[output];
  const char *carries = telar_param_set_text (end->params, "carries");
  if (gives (end, "while")) {
    run->condition = (int)output;
    return TRUE;
  }
  if (!*carries)
    return TRUE;
  int input = find_end (run->inputs, carries);
  if (input < 0) {
    telar_lower_fail (run->l, "%s carries \"%s\", which is no input of the group", end->id,
                      carries);
    return FALSE;
  }
  if (run->next[input] >= 0) {
    telar_lower_fail (run->l, "two outputs carry \"%s\"", carries);
    return FALSE;
  }
  run->next[input] = (int)output;
  return TRUE;
}

static gboolean
find_ends (Run *run)
{
  const GPtrArray *nodes = telar_graph_nodes (run->drawing);
  run->inputs = g_ptr_array_new ();
  run->outputs = g_ptr_array_new ();
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    if (node->op == &telar_group_input)
      g_ptr_array_add (run->inputs, (gpointer)node);
    else if (node->op == &telar_group_output)
      g_ptr_array_add (run->outputs, (gpointer)node);
  }
  run->next = g_new (int, run->inputs->len + 1);
  run->given = g_new (TelarValue, run->inputs->len + 1);
  run->ends = g_new (TelarValue, run->inputs->len + 1);
  run->result = g_new (TelarValue, run->outputs->len + 1);
  run->every = g_new0 (GArray *, run->outputs->len + 1);
  for (guint i = 0; i < run->inputs->len; i++) {
    run->next[i] = -1;
    run->given[i] = run->ends[i] = telar_lower_input (run->l, i);
  }
  for (guint i = 0; i < run->outputs->len; i++) {
    run->result[i] = TELAR_NO_VALUE;
    run->every[i] = g_array_new (FALSE, FALSE, sizeof (TelarValue));
    if (!link_output (run, i))
      return FALSE;
  }
  return TRUE;
}

static void
run_clear (Run *run)
{
  for (guint i = 0; run->outputs && i < run->outputs->len; i++)
    if (run->every[i])
      g_array_unref (run->every[i]);
  g_clear_pointer (&run->inputs, g_ptr_array_unref);
  g_clear_pointer (&run->outputs, g_ptr_array_unref);
  g_free (run->next);
  g_free (run->given);
  g_free (run->ends);
  g_free (run->result);
  g_free (run->every);
}

/* --- how many steps --------------------------------------------------------------------------- */

static gboolean
is_cut (const Run *run, guint input)
{
  return telar_param_set_bool (((const TelarNode *)run->inputs->pdata[input])->params, "each");
}

static gboolean
end_axis (Run *run, const TelarNode *end, guint rank, guint *axis)
{
  return telar_lower_axis (run->l, telar_param_set_int (end->params, "axis"), rank, axis);
}

/* The length of the inputs that are taken apart, 0 where there is none; FALSE where it is not known
 * (an error or none). */
static gboolean
cut_length (Run *run, gint64 *length)
{
  *length = 0;
  for (guint i = 0; i < run->inputs->len; i++) {
    const TelarNode *end = run->inputs->pdata[i];
    guint axis;
    gint64 size;
    if (!is_cut (run, i))
      continue;
    if (run->given[i] == TELAR_NO_VALUE)
      return FALSE;
    TelarShape shape = telar_builder_type (run->l->b, run->given[i])->shape;
    if (!end_axis (run, end, shape.rank, &axis) || !telar_lower_size (run->l, &shape, axis, &size))
      return FALSE;
    if (size == 0 || (*length > 0 && size != *length)) {
      telar_lower_fail (run->l, "%s has %" G_GINT64_FORMAT " steps where %" G_GINT64_FORMAT " are",
                        end->id, size, *length);
      return FALSE;
    }
    *length = size;
  }
  return TRUE;
}

/* Without ends that say otherwise what comes out of one step goes into the next, port by port. */
static gboolean
link_chain (Run *run)
{
  if (run->inputs->len != run->outputs->len) {
    telar_lower_fail (run->l,
                      "to be repeated a group needs as many outputs as inputs, or outputs that "
                      "carry inputs; it has %u inputs and %u outputs",
                      run->inputs->len, run->outputs->len);
    return FALSE;
  }
  run->chain = TRUE;
  for (guint i = 0; i < run->inputs->len; i++)
    run->next[i] = (int)i;
  return TRUE;
}

static gboolean
plan_steps (Run *run)
{
  gint64 repeat = telar_lower_int (run->l, "repeat"), length;
  gboolean loop = run->condition >= 0;
  if (!cut_length (run, &length))
    return FALSE;
  for (guint i = 0; i < run->inputs->len; i++)
    loop |= run->next[i] >= 0 || is_cut (run, i);
  if (length > 0 && repeat > 1 && repeat != length) {
    telar_lower_fail (run->l,
                      "it is to run %" G_GINT64_FORMAT " times, but what it takes step by step has "
                      "%" G_GINT64_FORMAT,
                      repeat, length);
    return FALSE;
  }
  run->steps = (guint)(length > 0 ? length : repeat);
  return loop || run->steps == 1 || link_chain (run);
}

/* --- a step ----------------------------------------------------------------------------------- */

static const char *
keep (Run *run, const char *before, const char *name, const char *after, gboolean numbered,
      guint step)
{
  g_autofree char *number = numbered ? g_strdup_printf ("%u/", step) : g_strdup ("");
  g_autofree char *text = g_strconcat (before, name, after, number, NULL);
  return telar_lowered_keep (run->l->state->lowered, text);
}

/* What the nodes of the drawing are called in this step, and how they learn. */
static struct TelarLowerState
state_of_step (Run *run, guint step)
{
  const TelarNode *node = run->l->node;
  const TelarParamSet *learning = node->learning;
  struct TelarLowerState state = *run->l->state;
  gboolean own = strcmp (telar_lower_text (run->l, "weights"), "own") == 0;
  gboolean numbered = run->chain && run->steps > 1;
  gboolean own_steps = numbered && strcmp (telar_lower_text (run->l, "step_weights"), "own") == 0;
  const char *group = telar_graph_group_name (run->drawing);
  state.graph = run->drawing;
  state.ends = run->ends;
  state.before = keep (run, state.before, node->id, "/", numbered, step);
  state.states = keep (run, state.states, own ? node->id : group, own ? "/" : ":", own_steps, step);
  state.streams = keep (run, state.streams, node->id, "/", run->steps > 1, step);
  state.frozen |= telar_param_set_bool (learning, "frozen");
  state.rate_factor *= telar_param_set_real (learning, "rate_factor");
  state.decay_factor *= telar_param_set_real (learning, "decay_factor");
  state.depth++;
  return state;
}

/* FALSE when a problem was reported. */
static gboolean
lower_drawing (Run *run, TelarLowering *body)
{
  g_autoptr (GPtrArray) ordered = telar_graph_topological (run->drawing);
  GHashTable *needed = NULL;
  struct TelarLowerState *outer = run->l->state;
  guint errors = telar_lowered_n_errors (outer->lowered);
  if (outer->mode == TELAR_LOWER_INFER)
    needed = telar_lower_needed (outer, run->drawing);
  gboolean learns = FALSE;
  for (guint i = 0; i < ordered->len; i++) {
    const TelarNode *node = ordered->pdata[i];
    if (needed && !g_hash_table_contains (needed, node->id))
      continue;
    telar_lower_node (body, node);
    learns |= body->state->learns;
  }
  outer->learns |= learns;
  outer->n_lowered = body->state->n_lowered;
  return telar_lowered_n_errors (outer->lowered) == errors;
}

/* What the outputs give in this step, into @values. */
static gboolean
run_step (Run *run, guint step, TelarValue *values)
{
  struct TelarLowerState state = state_of_step (run, step);
  TelarLowering body = { .b = run->l->b, .state = &state };
  if (state.n_lowered > MOST_NODES || state.depth > MOST_DEPTH) {
    telar_lower_fail (run->l,
                      state.depth > MOST_DEPTH
                          ? "groups stand in each other more than %d deep"
                          : "with all repetitions there are more than %d nodes",
                      state.depth > MOST_DEPTH ? MOST_DEPTH : MOST_NODES);
    return FALSE;
  }
  if (!lower_drawing (run, &body))
    return FALSE;
  for (guint i = 0; i < run->outputs->len; i++) {
    const TelarNode *end = run->outputs->pdata[i];
    const TelarEdge *edge = telar_graph_incoming (run->drawing, end->id, 0, 0);
    values[i] = edge ? telar_lower_wire (&body, edge) : TELAR_NO_VALUE;
  }
  telar_builder_set_origin (run->l->b, run->l->id);
  return TRUE;
}

/* --- from step to step ------------------------------------------------------------------------ */

/* Step @step of each input that is taken apart. */
static gboolean
cut_inputs (Run *run, guint step)
{
  for (guint i = 0; i < run->inputs->len; i++) {
    guint axis;
    if (!is_cut (run, i))
      continue;
    TelarShape shape = telar_builder_type (run->l->b, run->given[i])->shape;
    if (!end_axis (run, run->inputs->pdata[i], shape.rank, &axis))
      return FALSE;
    TelarValue part = telar_build_slice (run->l->b, run->given[i], axis, step, (gint64)step + 1);
    run->ends[i] = telar_emit_squeeze (run->l->b, part, &axis, 1);
  }
  return TRUE;
}

static gboolean
same_type (Run *run, const TelarNode *end, TelarValue before, TelarValue after)
{
  const TelarType *was = telar_builder_type (run->l->b, before);
  const TelarType *is = telar_builder_type (run->l->b, after);
  if (telar_type_equal (was, is))
    return TRUE;
  g_autofree char *first = telar_type_to_string (was);
  g_autofree char *next = telar_type_to_string (is);
  telar_lower_fail (run->l,
                    "%s is %s after one step and %s after the next; in a loop it must stay alike",
                    end->id, first, next);
  return FALSE;
}

/* Takes over what the step gave, unless the loop had ended before. What an input begins with may be
 * smaller than what it goes on as: a single number for any batch. */
static gboolean
keep_results (Run *run, const TelarValue *values)
{
  for (guint i = 0; i < run->outputs->len; i++) {
    const TelarNode *end = run->outputs->pdata[i];
    TelarValue value = values[i], before = run->result[i];
    if (value == TELAR_NO_VALUE)
      continue;
    if (before != TELAR_NO_VALUE && !run->chain && !same_type (run, end, before, value))
      return FALSE;
    if (before != TELAR_NO_VALUE && run->alive != TELAR_NO_VALUE && (int)i != run->condition)
      value = telar_build_select (run->l->b, run->alive, value, before);
    run->result[i] = value;
    g_array_append_val (run->every[i], value);
  }
  return TRUE;
}

static gboolean
update_alive (Run *run)
{
  if (run->condition < 0 || run->result[run->condition] == TELAR_NO_VALUE)
    return TRUE;
  TelarValue goes_on = run->result[run->condition];
  const TelarType *type = telar_builder_type (run->l->b, goes_on);
  if (type->dtype != TELAR_BOOL || type->shape.rank != 0) {
    g_autofree char *text = telar_type_to_string (type);
    telar_lower_fail (run->l, "whether a loop goes on is a single truth value, not %s", text);
    return FALSE;
  }
  run->alive = run->alive == TELAR_NO_VALUE
                   ? goes_on
                   : telar_build_binary (run->l->b, TELAR_PRIM_AND, run->alive, goes_on);
  return TRUE;
}

static gboolean
run_steps (Run *run)
{
  g_autofree TelarValue *values = g_new (TelarValue, run->outputs->len + 1);
  for (guint step = 0; step < run->steps; step++) {
    if (!cut_inputs (run, step) || !run_step (run, step, values) || !keep_results (run, values) ||
        !update_alive (run))
      return FALSE;
    for (guint i = 0; i < run->inputs->len; i++)
      if (run->next[i] >= 0)
        run->ends[i] = run->result[run->next[i]];
  }
  return TRUE;
}

static void
give_results (Run *run)
{
  for (guint i = 0; i < run->outputs->len; i++) {
    const TelarNode *end = run->outputs->pdata[i];
    TelarValue value = run->result[i];
    guint axis;
    if (value == TELAR_NO_VALUE)
      continue;
    if (gives (end, "every")) {
      guint rank = telar_builder_type (run->l->b, value)->shape.rank;
      if (!end_axis (run, end, rank + 1, &axis))
        return;
      value = telar_emit_stack (run->l->b, (const TelarValue *)run->every[i]->data,
                                run->every[i]->len, axis);
    }
    telar_lower_output (run->l, i, value);
  }
}

/* --- all of it -------------------------------------------------------------------------------- */

void
telar_group_run (TelarLowering *l, const TelarGraph *drawing)
{
  Run run = { .l = l, .drawing = drawing, .condition = -1, .alive = TELAR_NO_VALUE };
  if (find_ends (&run) && plan_steps (&run) && run_steps (&run))
    give_results (&run);
  run_clear (&run);
}
