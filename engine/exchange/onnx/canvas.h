/* Drawing: an ONNX graph becomes a graph of Telar's own operators. The walk over the file is that
 * of tracing; where a trace emits primitives, a drawing adds a node and asks what it gives. Nodes
 * whose inputs are all known are computed, so that only what depends on the model's inputs is
 * drawn. What cannot be drawn is noted, and what depends on it left out, so that one import tells
 * all. */
#pragma once

#include "engine/exchange/onnx/trace.h"
#include "engine/lower.h"

G_BEGIN_DECLS

typedef struct OnnxCanvas {
  TelarGraph *graph;
  TelarLowerWalk *walk;
  GArray *wires;        /* OnnxWire; a value that is drawn has the index here as its "traced" */
  GPtrArray *drawn;     /* the values with such an index, as onnx_trace's list of traced ones */
  GHashTable *symbolic; /* known TelarOnnxValue *, held: counts of which some depend on the batch,
                         * which stands in them as TELAR_DIM_BATCH does in a shape */
  GHashTable *weights;  /* char * -> TelarTensor *: the states' numbers */
  GHashTable *uses;     /* borrowed char * -> how many read the value of the file's main graph */
  GString *refused;     /* all that cannot be drawn, "; " between */
  guint n_refused;
  gboolean any_batch; /* a first size of 1 that the file fixes stands for any batch */
} OnnxCanvas;

typedef struct {
  TelarNode *node; /* NULL: what cannot be drawn */
  guint port;
} OnnxWire;

/* What the tracer does with a node while it draws. */
void onnx_canvas_call (OnnxCall *call, const OnnxOperator *op);

/* An input or result of the model. */
TelarOnnxValue *onnx_canvas_input (OnnxCanvas *canvas, const char *name, const TelarType *type,
                                   GError **error);
gboolean onnx_canvas_output (OnnxCanvas *canvas, const char *name, TelarOnnxValue *value,
                             GError **error);

/* --- for the operators ------------------------------------------------------------------------ */

/* Tables end with a NULL name. @draw fails the call where it cannot. @op is the palette's operator,
 * for functions that draw several. */
typedef struct {
  const char *name;
  void (*draw) (OnnxCall *call, const char *op);
  const char *op;
} OnnxDrawing;

extern const OnnxDrawing onnx_drawings_layers[];
extern const OnnxDrawing onnx_drawings_shapes[];
extern const OnnxDrawing onnx_drawings_math[];

/* A node of the palette's operator @op, called as the file's node. NULL when the call has failed.
 */
TelarNode *onnx_draw_node (OnnxCall *call, const char *op);
/* Parameters, as on the command line. */
void onnx_draw_set (OnnxCall *call, TelarNode *node, const char *param, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void onnx_draw_set_ints (OnnxCall *call, TelarNode *node, const char *param, const gint64 *items,
                         guint n);
void onnx_draw_set_real (OnnxCall *call, TelarNode *node, const char *param, double value);

/* Wires the call's input to the node's port. Known numbers become a parameter (floats of the file)
 * or a constant. */
void onnx_draw_wire (OnnxCall *call, guint input, TelarNode *node, guint port);
/* A wire from another node. */
void onnx_draw_join (OnnxCall *call, TelarNode *from, TelarNode *node, guint port);

/* Makes @tensor the state @role of @node. */
void onnx_draw_state (OnnxCall *call, TelarNode *node, const char *role, TelarTensor *tensor);
/* Counts, sizes and places; @symbolic receives whether TELAR_DIM_BATCH in them means the batch. */
gboolean onnx_draw_ints (OnnxCall *call, guint input, gint64 *items, guint most, guint *n,
                         gboolean *symbolic);

/* Ends a node in the middle of several: what it gives is known from now on. */
const TelarType *onnx_draw_step (OnnxCall *call, TelarNode *node, guint port);
/* The node's port is the call's output. */
void onnx_draw_give (OnnxCall *call, guint output, TelarNode *node, guint port);
/* Ends a node of one input and one output; does nothing where it is NULL. */
void onnx_draw_unary (OnnxCall *call, TelarNode *node);
/* The output is the input as it is. */
void onnx_draw_pass (OnnxCall *call, guint input, guint output);

/* Whether anything reads the output. */
gboolean onnx_draw_is_read (const OnnxCall *call, guint output);
/* The node that gives an input, where it is drawn and this call alone reads it; else NULL. */
TelarNode *onnx_draw_maker (OnnxCall *call, guint input);
OnnxCanvas *onnx_draw_canvas (const OnnxCall *call);

G_END_DECLS
