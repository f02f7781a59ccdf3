/* Gradient: the derivative of one value of the graph by others, made by the engine's own reverse
 * mode on the program under construction. */
#include "engine/compiler.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

/* The states that stand for the values that are derived by. */
#define STATE "gradient.x%u"

typedef struct {
  OnnxCall *call;
  TelarValue y;
  TelarValue *xs;
  guint n;
} Gradient;

/* Which of the xs @value is; n when none. */
static guint
place_of (const Gradient *g, TelarValue value)
{
  guint i = 0;
  while (i < g->n && g->xs[i] != value)
    i++;
  return i;
}

static TelarValue
declare (TelarBuilder *b, guint i, const TelarType *type)
{
  g_autofree char *name = g_strdup_printf (STATE, i);
  TelarState state = { .name = name, .type = *type, .trainable = TRUE };
  telar_build_declare_state (b, &state);
  return telar_build_state (b, name);
}

/* The program so far with trainable states in place of the xs and the sum of y as its loss. */
static TelarProgram *
make_loss (const Gradient *g, GError **error)
{
  const TelarProgram *from = telar_builder_program (g->call->b);
  g_autoptr (TelarBuilder) b = telar_builder_new ("gradient");
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (from) + 1);
  telar_copy_states (b, from, map);
  for (guint i = 0; i < telar_program_n_instrs (from); i++) {
    const TelarInstr *instr = telar_program_instr (from, i);
    telar_copy_instr (b, from, instr, map);
    for (guint k = 0; k < instr->n_outputs; k++) {
      guint place = place_of (g, instr->outputs[k]);
      if (place < g->n)
        map[instr->outputs[k]] = declare (b, place, telar_program_type (from, instr->outputs[k]));
    }
  }
  telar_build_output (b, TELAR_OUTPUT_LOSS, "y",
                      telar_build_reduce_all (b, TELAR_PRIM_SUM, map[g->y]));
  return telar_builder_finish (b, error);
}

/* What an input or a state of the derived program is here. */
static TelarValue
find_source (const Gradient *g, const TelarInstr *source)
{
  const TelarProgram *here = telar_builder_program (g->call->b);
  const char *name = telar_instr_string (source, TELAR_ATTR_NAME);
  for (guint i = 0; i < g->n && source->prim == TELAR_PRIM_STATE; i++) {
    g_autofree char *state = g_strdup_printf (STATE, i);
    if (g_str_equal (state, name))
      return g->xs[i];
  }
  for (guint i = 0; i < telar_program_n_instrs (here); i++) {
    const TelarInstr *instr = telar_program_instr (here, i);
    if (instr->prim == source->prim &&
        g_str_equal (telar_instr_string (instr, TELAR_ATTR_NAME), name))
      return instr->outputs[0];
  }
  return TELAR_NO_VALUE;
}

/* Copies the derived program in here; what it computes a second time, later passes find. */
static void
give_gradients (const Gradient *g, const TelarProgram *derived)
{
  TelarBuilder *b = g->call->b;
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (derived) + 1);
  for (guint i = 0; i < telar_program_n_instrs (derived); i++) {
    const TelarInstr *instr = telar_program_instr (derived, i);
    if (instr->prim == TELAR_PRIM_INPUT || instr->prim == TELAR_PRIM_STATE)
      map[instr->outputs[0]] = find_source (g, instr);
    else
      telar_copy_instr (b, derived, instr, map);
  }
  for (guint i = 0; i < g->n; i++) {
    g_autofree char *name = g_strdup_printf ("grad:" STATE, i);
    TelarType type = *telar_builder_type (b, g->xs[i]);
    TelarValue gradient = telar_build_fill (b, &type, 0); /* where y does not depend on it */
    for (guint k = 0; k < telar_program_n_outputs (derived); k++)
      if (g_str_equal (telar_program_output (derived, k)->name, name))
        gradient = map[telar_program_output (derived, k)->value];
    onnx_call_out (g->call, i, gradient);
  }
}

static TelarValue
value_named (OnnxCall *call, const ProtobufCBinaryData *text)
{
  g_autofree char *name = onnx_text_copy (text);
  TelarOnnxValue *value = onnx_scope_find (call->scope, name);
  if (value && value->kind == TELAR_ONNX_TENSOR && telar_dtype_is_float (value->type.dtype))
    return onnx_trace_emit (call->trace, value);
  onnx_call_fail (call, "%s is no tensor of floating-point numbers", name);
  return TELAR_NO_VALUE;
}

static void
trace_gradient (OnnxCall *call)
{
  const Onnx__AttributeProto *xs = onnx_call_attr (call, "xs"), *y = onnx_call_attr (call, "y");
  Gradient g = { .call = call, .n = xs ? (guint)xs->n_strings : 0 };
  if (!y || g.n == 0 || g.n > call->n_outputs) {
    onnx_call_fail (call, "it does not say what is derived by what");
    return;
  }
  g_autofree TelarValue *values = g_new (TelarValue, g.n);
  g.xs = values;
  for (guint i = 0; i < g.n; i++)
    values[i] = value_named (call, &xs->strings[i]);
  g.y = value_named (call, &y->s);
  if (onnx_call_failed (call))
    return;
  g_autoptr (TelarProgram) loss = make_loss (&g, &call->error);
  g_autoptr (TelarProgram) derived = loss ? telar_pass_differentiate (loss, &call->error) : NULL;
  if (derived)
    give_gradients (&g, derived);
}

const OnnxOperator onnx_operators_gradient[] = {
  { "Gradient", trace_gradient, .flags = ONNX_VALUES },
  { NULL },
};
