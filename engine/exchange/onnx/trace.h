/* Tracing: an ONNX graph becomes a program, node by node, for the types that its inputs have in
 * this run. Numbers that are known are computed at once, so that chains such as Shape, Gather,
 * Concat, Reshape leave nothing behind. Where a node must know numbers that only a run gives (the
 * boxes that survive, the condition of an If), the program so far is run, its live values become
 * known, and tracing goes on in a new program. A trace that never had to do so holds for every run
 * with the same input types; that is the usual case, and its program is compiled once. */
#pragma once

#include "engine/exchange/onnx/call.h"
#include "engine/plan.h"

G_BEGIN_DECLS

/* A graph's names while it is traced. An inner graph sees the names of those around it. */
struct OnnxScope {
  OnnxScope *outer;
  GHashTable *values;              /* borrowed char * -> TelarOnnxValue * */
  const Onnx__NodeProto *function; /* the call whose attributes ref_attr_name means, or NULL */
  OnnxScope *function_scope;       /* the scope that call stood in */
  const struct OnnxModelInfo *versions;
};

/* Operator sets: of the model or of a function. */
typedef struct OnnxModelInfo {
  Onnx__OperatorSetIdProto **opsets;
  gsize n_opsets;
} OnnxModelInfo;

struct OnnxTrace {
  const Onnx__ModelProto *model;
  const char *folder; /* where external data lie; NULL: none allowed */
  TelarDevice *device;
  TelarBuilder *b;
  GPtrArray *traced;       /* TelarOnnxValue * in the program under construction, borrowed */
  GArray *bindings;        /* TelarBinding: inputs of that program; names interned, tensors owned */
  GHashTable *emitted;     /* TelarTensor * -> its TelarValue + 1 in that program */
  TelarStates *states;     /* the large constant tensors of its programs */
  GHashTable *state_names; /* TelarTensor * (held) -> name in states */
  GHashTable
      *constants;     /* protobuf message -> TelarOnnxValue *: read once for all runs; borrowed */
  gsize memory_limit; /* of a program; 0: what the device has free */
  gboolean dynamic;   /* numbers of this run were needed */
  gboolean sealed;    /* its inputs have no numbers: nothing in it can be run */
  struct OnnxCanvas *canvas; /* where nodes are drawn instead (canvas.h); NULL: nowhere */
  guint depth;               /* of graphs within graphs */
  guint turns;               /* of all loops so far */
};

void onnx_trace_init (OnnxTrace *trace, const Onnx__ModelProto *model, const char *folder,
                      TelarDevice *device, GHashTable *constants);
void onnx_trace_clear (OnnxTrace *trace);
/* Gives up program and weights when the program is finished and what is traced is taken. */
void onnx_trace_let_go (OnnxTrace *trace);

/* The tensor in a message of the model's, read when it is first asked for: from then on the table
 * of constants has the numbers, not the message. A new reference. */
TelarOnnxValue *onnx_trace_constant (OnnxTrace *trace, Onnx__TensorProto *proto, GError **error);

/* An input of the program under construction that is bound to @tensor in this run. */
TelarOnnxValue *onnx_trace_input (OnnxTrace *trace, const char *name, TelarTensor *tensor);

/* The value of @value in the program under construction. */
TelarValue onnx_trace_emit (OnnxTrace *trace, TelarOnnxValue *value);

/* Makes all traced values known. */
gboolean onnx_trace_settle (OnnxTrace *trace, GError **error);

/* Ends the program under construction: its results are the traced values, in their order. */
TelarProgram *onnx_trace_finish (OnnxTrace *trace, GError **error);

/* --- scopes ----------------------------------------------------------------------------------- */

void onnx_scope_init (OnnxScope *scope, OnnxScope *outer);
void onnx_scope_clear (OnnxScope *scope);
/* Takes over the reference. */
void onnx_scope_put (OnnxScope *scope, const char *name, TelarOnnxValue *value);
TelarOnnxValue *onnx_scope_find (const OnnxScope *scope, const char *name); /* borrowed */

/* Traces a graph whose inputs stand in @scope; @outputs (as many as the graph has) receive
 * references. */
gboolean onnx_trace_graph (OnnxTrace *trace, const Onnx__GraphProto *graph, OnnxScope *scope,
                           TelarOnnxValue **outputs, GError **error);

/* Whether @value stands on the canvas, so that its numbers are not to be had. */
gboolean onnx_trace_is_drawn (const OnnxTrace *trace, const TelarOnnxValue *value);
/* What must be given for a drawn input's numbers to be known: the model's input that it is computed
 * from, where that is one list of numbers, or else itself. Borrowed. */
const char *onnx_canvas_origin (const OnnxCall *call, guint input);
/* Whether no input of the call is traced or drawn. */
gboolean onnx_call_all_known (const OnnxCall *call);
/* Runs or traces the node of @call with @op; the error is in the call. */
gboolean onnx_call_run (OnnxCall *call, const OnnxOperator *op);

/* For operators with a subgraph: traces it with @inputs in the call's scope. */
gboolean onnx_call_graph (OnnxCall *call, const Onnx__GraphProto *graph,
                          TelarOnnxValue *const *inputs, guint n_inputs, TelarOnnxValue **outputs);
/* A traced or known tensor of numbers as a value, for those operators. Takes no reference. */
TelarOnnxValue *onnx_call_wrap (OnnxCall *call, TelarValue value);
/* Makes @value known (see onnx_call_numbers); borrowed. */
TelarTensor *onnx_call_settle (OnnxCall *call, TelarOnnxValue *value);

G_END_DECLS
