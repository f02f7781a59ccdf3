/* Drawing by primitives: what no operator of the palette stands for is drawn as what it is computed
 * with, a node for each primitive. */
#include "engine/exchange/onnx/canvas-forms.h"

/* A node of the file becomes no more nodes than a person could look through. */
#define MOST_NODES 2048

/* That the node gives what the primitive does: the palette has rules of its own. */
static void
check_type (OnnxDrawer *d, TelarNode *node)
{
  const TelarType *gives = node ? onnx_draw_step (d->call, node, 0) : NULL;
  if (gives && !telar_type_equal (gives, &d->type))
    onnx_call_fail (d->call, "the canvas has its %s for other shapes",
                    telar_prim_info (d->instr->prim)->name);
}

static void
draw_instr (OnnxDrawer *d)
{
  const TelarInstr *instr = d->instr;
  const OnnxForm *form = onnx_form_find (instr->prim);
  d->type = onnx_alone_type (d->pair, instr->outputs[0]);
  if (instr->prim == TELAR_PRIM_INPUT) {
    guint input =
        (guint)g_ascii_strtoull (telar_instr_string (instr, TELAR_ATTR_NAME) + 1, NULL, 10);
    d->wires[instr->outputs[0]] = onnx_draw_source (d->call, input);
    return;
  }
  if (!form) {
    onnx_call_fail (d->call, "the canvas has no operator for its %s",
                    telar_prim_info (instr->prim)->name);
    return;
  }
  TelarNode *node = form->draw (d, form->op);
  check_type (d, node);
  d->wires[instr->outputs[0]] = (OnnxWire){ node, 0 };
}

static void
give_all (OnnxDrawer *d)
{
  const TelarProgram *program = d->pair->first.program;
  for (guint i = 0; i < telar_program_n_outputs (program) && !d->call->error; i++) {
    const TelarOutput *output = telar_program_output (program, i);
    OnnxWire wire = d->wires[output->value];
    onnx_draw_give (d->call, (guint)g_ascii_strtoull (output->name + 1, NULL, 10), wire.node,
                    wire.port);
  }
  for (guint i = 0; i < d->pair->first.n_outputs && !d->call->error; i++)
    if (d->pair->first.known[i])
      onnx_call_give (d->call, i, telar_onnx_value_ref (d->pair->first.known[i]));
}

static void
draw_program (OnnxCall *call, const OnnxAlonePair *pair)
{
  const TelarProgram *program = pair->first.program;
  OnnxDrawer d = { .call = call, .pair = pair };
  guint n = telar_program_n_instrs (program);
  if (n > MOST_NODES) {
    onnx_call_fail (call, "it would be %u nodes on the canvas, at most %d are drawn", n,
                    MOST_NODES);
    return;
  }
  d.wires = g_new0 (OnnxWire, telar_program_n_values (program) + 1);
  for (guint i = 0; i < n && !call->error; i++) {
    d.instr = telar_program_instr (program, i);
    draw_instr (&d);
  }
  give_all (&d);
  g_free (d.wires);
}

void
onnx_draw_primitives (OnnxCall *call, const OnnxOperator *op)
{
  OnnxAlonePair pair;
  if (onnx_alone_trace (call, op, &pair))
    draw_program (call, &pair);
  onnx_alone_clear (&pair);
}
