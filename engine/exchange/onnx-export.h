/* Turning a program into an ONNX model: what the files that know the operators share. */
#pragma once

#include "engine/exchange/onnx-model.h"
#include "engine/graph.h"
#include "engine/plan.h"

G_BEGIN_DECLS

typedef struct OnnxLayer OnnxLayer;

typedef struct {
  const TelarProgram *program; /* inference, without the layers, simplified */
  const TelarGraph *graph;     /* NULL: there are no layers and nothing to document nodes with */
  const GPtrArray *layers;     /* OnnxLayer *; NULL as the graph */
  int opset;
  const TelarStates *states;
  OnnxModel *model;
  const char **names;   /* of each value of the program, NULL before it is made */
  guint *uses;          /* of each value, outputs of the program included */
  GHashTable *biases;   /* const TelarInstr * of an addition -> const OnnxBias *: a product in which
                         * it   is absorbed */
  GHashTable *absorbed; /* const TelarInstr * that need no node of their own */
  const char *batch_shape; /* the tensor [N], once it is needed */
  const char *batch_input; /* an input that nothing else needs, where no other has the batch */
  GError *error;           /* the first one of a layer */
} OnnxExport;

/* An addition that is the bias of a product. */
typedef struct {
  const TelarInstr *product;
  TelarValue bias; /* one number per channel or column */
} OnnxBias;

/* Fills biases and absorbed: ONNX's Gemm and Conv take a bias. */
void onnx_find_biases (OnnxExport *e);

/* Emits the node or nodes of @instr and names its first output. FALSE with an error that names the
 * node. */
gboolean onnx_emit_instr (OnnxExport *e, const TelarInstr *instr, GError **error);

/* --- for the operators ------------------------------------------------------------------------ */

/* One kind of instruction. FALSE when these attributes have no counterpart in ONNX. */
typedef gboolean (*OnnxEmitter) (OnnxExport *e, const TelarInstr *instr);

gboolean onnx_emit_product (OnnxExport *e, const TelarInstr *instr); /* MATMUL, CONV, pools */
gboolean onnx_emit_biased (OnnxExport *e, const OnnxBias *bias, const TelarInstr *sum);
gboolean onnx_emit_shape (OnnxExport *e, const TelarInstr *instr); /* RESHAPE to REVERSE, FILL */
gboolean onnx_emit_index (OnnxExport *e, const TelarInstr *instr); /* SCATTER_ADD, ARGSORT */
gboolean onnx_emit_bits (OnnxExport *e, const TelarInstr *instr);  /* BIT_AND to SHIFT_RIGHT */
gboolean onnx_emit_reduce (OnnxExport *e, const TelarInstr *instr);
gboolean onnx_emit_norm (OnnxExport *e, const TelarInstr *instr);

const TelarType *onnx_input_type (const OnnxExport *e, const TelarInstr *instr, guint i);
const TelarType *onnx_output_type (const OnnxExport *e, const TelarInstr *instr);
const char *onnx_input (const OnnxExport *e, const TelarInstr *instr, guint i);
/* The node's id, or the primitive's name. */
const char *onnx_base (const TelarInstr *instr);

/* Says in @node what node of the graph it comes from. */
void onnx_document (const OnnxExport *e, const char *origin, OnnxNode *node);
/* The state @name, NULL with the export's error when it has no value. */
TelarTensor *onnx_state (OnnxExport *e, const char *origin, const char *name);

/* A node on the way to the result; returns the name of its output. */
OnnxNode *onnx_step (OnnxExport *e, const TelarInstr *instr, const char *op_type,
                     const char *const *inputs, guint n, const char **output);
/* The node that gives the instruction's result. */
OnnxNode *onnx_result (OnnxExport *e, const TelarInstr *instr, const char *op_type,
                       const char *const *inputs, guint n);
#define ONNX_INPUTS(...)                                                                           \
  ((const char *const[]){ __VA_ARGS__ }),                                                          \
      sizeof ((const char *const[]){ __VA_ARGS__ }) / sizeof (const char *)

/* Whether @instr is an input with the batch along its first axis. */
gboolean onnx_has_batch (const TelarProgram *program, const TelarInstr *instr);

/* A shape as a tensor of int64; computed from the first input's batch where it is symbolic. NULL
 * when no input has a batch. */
const char *onnx_shape (OnnxExport *e, const TelarInstr *instr, const TelarShape *shape);

/* Copies a list attribute of @instr, with the default where it is absent. */
void onnx_copy_ints (OnnxExport *e, const TelarInstr *instr, OnnxNode *node, const char *key,
                     TelarAttrKey attr, guint n, gint64 fallback);

G_END_DECLS
