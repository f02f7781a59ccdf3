/* A model in use needs no more of normalised weights than what comes out of them. */
#include "engine/exchange/onnx-settle.h"

#include "engine/compiler.h"

typedef struct {
  const TelarProgram *program;
  const TelarGraph *graph;
  gboolean *known; /* per value: it depends on states of a node with normalised weights alone */
  const char **kernels; /* per value that is known: the state that it is made of first of all */
  GHashTable *wanted;   /* state -> the value, plus 1, that takes its place */
} Settling;

static gboolean
is_normalised (const Settling *s, const TelarInstr *instr)
{
  const TelarNode *node = instr->origin ? telar_graph_find_node (s->graph, instr->origin) : NULL;
  const TelarParamValue *norm =
      node ? telar_param_set_get (node->params, "normalise_weights") : NULL;
  return norm && !g_str_equal (norm->text, "none");
}

static gboolean
is_source (const TelarInstr *instr)
{
  return (telar_prim_info (instr->prim)->flags & TELAR_PRIM_SOURCE) != 0;
}

static void
mark (Settling *s, const TelarInstr *instr)
{
  gboolean known = instr->prim != TELAR_PRIM_INPUT && is_normalised (s, instr);
  for (guint i = 0; i < instr->n_inputs; i++)
    known = known && s->known[instr->inputs[i]];
  const char *kernel = instr->prim == TELAR_PRIM_STATE ? telar_instr_string (instr, TELAR_ATTR_NAME)
                       : instr->n_inputs > 0           ? s->kernels[instr->inputs[0]]
                                                       : NULL;
  for (guint i = 0; i < instr->n_outputs; i++) {
    s->known[instr->outputs[i]] = known;
    s->kernels[instr->outputs[i]] = kernel;
  }
}

/* Whether @value is a kernel ready for use. */
static gboolean
is_kernel (const Settling *s, TelarValue value)
{
  if (!s->known[value] || !s->kernels[value] ||
      is_source (telar_program_maker (s->program, value, NULL)))
    return FALSE;
  const TelarState *state = telar_program_find_state (s->program, s->kernels[value]);
  return telar_type_equal (&state->type, telar_program_type (s->program, value));
}

/* The program that reads the kernels as states. */
static TelarProgram *
rewrite (Settling *s, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (s->program));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (s->program) + 1);
  telar_copy_states (b, s->program, map);
  for (guint t = 0; t < telar_program_n_instrs (s->program); t++) {
    const TelarInstr *instr = telar_program_instr (s->program, t);
    mark (s, instr);
    for (guint i = 0; i < instr->n_inputs; i++) {
      TelarValue value = instr->inputs[i];
      if (s->known[instr->outputs[0]] || !is_kernel (s, value))
        continue;
      g_hash_table_insert (s->wanted, (gpointer)s->kernels[value], GUINT_TO_POINTER (value + 1));
      telar_builder_set_origin (b, instr->origin);
      map[value] = telar_build_state (b, s->kernels[value]);
    }
    telar_copy_instr (b, s->program, instr, map);
  }
  telar_builder_set_origin (b, NULL);
  telar_copy_results (b, s->program, map);
  return telar_builder_finish (b, error);
}

/* The program whose results are the kernels, called as their states. */
static TelarProgram *
work_out (const Settling *s, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("kernels");
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (s->program) + 1);
  GHashTableIter iter;
  gpointer name, value;
  telar_copy_states (b, s->program, map);
  for (guint t = 0; t < telar_program_n_instrs (s->program); t++) {
    const TelarInstr *instr = telar_program_instr (s->program, t);
    if (s->known[instr->outputs[0]])
      telar_copy_instr (b, s->program, instr, map);
  }
  g_hash_table_iter_init (&iter, s->wanted);
  while (g_hash_table_iter_next (&iter, &name, &value))
    telar_build_output (b, TELAR_OUTPUT_RESULT, name, map[GPOINTER_TO_UINT (value) - 1]);
  g_autoptr (TelarProgram) program = telar_builder_finish (b, error);
  return program ? telar_compile_inference (program, NULL, error) : NULL;
}

static TelarStates *
share (const TelarStates *states)
{
  TelarStates *copy = telar_states_new ();
  g_autoptr (GPtrArray) names = telar_states_names (states);
  for (guint i = 0; i < names->len; i++)
    telar_states_share (copy, names->pdata[i], telar_states_get (states, names->pdata[i]));
  return copy;
}

static TelarStates *
make_states (const Settling *s, const TelarStates *states, GError **error)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (TelarStates) settled = share (states);
  g_autoptr (TelarProgram) program = work_out (s, error);
  g_autoptr (TelarPlan) plan = program ? telar_plan_new (program, 1, device, 0, error) : NULL;
  if (!plan)
    return NULL;
  guint n = telar_program_n_outputs (program);
  g_autofree TelarTensor **kernels = g_new0 (TelarTensor *, n + 1);
  TelarRunContext context = { .states = settled };
  if (!telar_plan_run (plan, &context, kernels, error))
    return NULL;
  for (guint i = 0; i < n; i++) {
    telar_states_share (settled, telar_program_output (program, i)->name, kernels[i]);
    telar_tensor_unref (kernels[i]);
  }
  return g_steal_pointer (&settled);
}

TelarProgram *
onnx_settle (const TelarProgram *program, const TelarGraph *graph, const TelarStates *states,
             TelarStates **settled, GError **error)
{
  guint n = telar_program_n_values (program);
  g_autofree gboolean *known = g_new0 (gboolean, n + 1);
  g_autofree const char **kernels = g_new0 (const char *, n + 1);
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);
  Settling s = { program, graph, known, kernels, wanted };
  g_autoptr (TelarProgram) result = rewrite (&s, error);
  *settled = NULL;
  if (result && g_hash_table_size (wanted) > 0)
    *settled = make_states (&s, states, error);
  return result && (*settled || g_hash_table_size (wanted) == 0) ? g_steal_pointer (&result) : NULL;
}
