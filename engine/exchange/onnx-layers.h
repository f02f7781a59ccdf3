/* Layers: nodes of the graph that ONNX has an operator for, and so are written as one instead of
 * primitive by primitive. They are cut out of the program before it is simplified: where a layer
 * was, its results become inputs, and what it takes becomes outputs, so that both keep their
 * values through all passes. */
#pragma once

#include "engine/exchange/onnx-export.h"
#include "engine/exchange/onnx-prepared.h"

G_BEGIN_DECLS

#define ONNX_LAYER_PORTS 8

typedef struct OnnxLayerKind OnnxLayerKind;

struct OnnxLayer {
  const TelarNode *node;
  const char *id;     /* with the groups that it stands in */
  const char *states; /* what the names of its states begin with */
  const OnnxLayerKind *kind;
  TelarType types[ONNX_LAYER_PORTS];    /* of what is wired to its inputs */
  TelarValue inputs[ONNX_LAYER_PORTS];  /* TELAR_NO_VALUE: nothing is wired */
  TelarValue outputs[ONNX_LAYER_PORTS]; /* TELAR_NO_VALUE: nobody asks for it */
  gboolean written;
};

struct OnnxLayerKind {
  const char *op; /* Telar's operator */
  int since;      /* the first operator set that has ONNX's */
  /* Whether ONNX's operator does the same with these settings and types; NULL: always. */
  gboolean (*fits) (const OnnxLayer *layer);
  /* Writes the nodes; what fails stands in the export's error. */
  void (*write) (OnnxExport *e, const OnnxLayer *layer);
  gboolean single; /* ONNX's operator takes float32 alone */
};

extern const OnnxLayerKind onnx_activation_layers[], onnx_norm_layers[], onnx_picture_layers[],
    onnx_recurrent_layers[], onnx_index_layers[];

/* The layers of what was lowered, also those in groups, GPtrArray of OnnxLayer *, with values of
 * its program; borrows from @lowered. @prepared: what the model leaves out, or NULL. @half: whether
 * they will compute in half precision. */
GPtrArray *onnx_layers_find (const TelarLowered *lowered, const OnnxPrepared *prepared, int opset,
                             gboolean half);
/* @program without the instructions of @layers, and of @prepared. */
TelarProgram *onnx_layers_cut (const GPtrArray *layers, const OnnxPrepared *prepared,
                               const TelarProgram *program, GError **error);
/* Brings the values of @layers from the program that was cut to @program, which came from that. */
void onnx_layers_bind (const GPtrArray *layers, const TelarProgram *program);
/* The layer whose result the INPUT @instr stands for, or NULL. */
OnnxLayer *onnx_layers_at (const GPtrArray *layers, const TelarInstr *instr);

/* --- for the kinds ---------------------------------------------------------------------------- */

/* What is wired to input @port; "" when nothing is. */
const char *onnx_layer_input (const OnnxExport *e, const OnnxLayer *layer, guint port);
/* The name of result @port; "" when nobody asks for it. */
const char *onnx_layer_output (OnnxExport *e, const OnnxLayer *layer, guint port);
/* A state of the node, NULL with the export's error when it has no value. */
TelarTensor *onnx_layer_state (OnnxExport *e, const OnnxLayer *layer, const char *role);
/* The same as an initialiser, "" without a value; @shape NULL: its own. */
const char *onnx_layer_weight (OnnxExport *e, const OnnxLayer *layer, const char *role,
                               const TelarShape *shape);
/* An initialiser "NODE.@role" of the layer's type. */
const char *onnx_layer_tensor (OnnxExport *e, const OnnxLayer *layer, const char *role,
                               TelarTensor *tensor);
/* The node that is called as the graph's; its results come with onnx_node_add_output. */
OnnxNode *onnx_layer_node (OnnxExport *e, const OnnxLayer *layer, const char *op_type,
                           const char *name, const char *const *inputs, guint n,
                           const char *output);
/* The layer as one ONNX node from its first input and @more to its first result. */
OnnxNode *onnx_layer_simple (OnnxExport *e, const OnnxLayer *layer, const char *op_type,
                             const char *const *inputs, guint n);
/* A node on the way; returns its result. */
OnnxNode *onnx_layer_step (OnnxExport *e, const OnnxLayer *layer, const char *op_type,
                           const char *const *inputs, guint n, const char **output);

G_END_DECLS
