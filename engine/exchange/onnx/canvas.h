/* Drawing: an ONNX graph becomes a graph of Telar's own operators. The walk over the file is that
 * of tracing; where a trace emits primitives, a drawing adds a node and asks what it gives. Nodes
 * whose inputs are all known are computed, so that only what depends on the model's inputs is
 * drawn. What cannot be drawn is noted, and what depends on it left out, so that one import tells
 * all. */
#pragma once

#include "engine/exchange/import.h"
#include "engine/exchange/onnx/trace.h"
#include "engine/lower.h"

G_BEGIN_DECLS

/* No table of more numbers is made for a drawing. */
#define ONNX_CANVAS_MOST (1 << 24)

typedef struct OnnxCanvas {
  TelarGraph *graph;
  TelarLowerWalk *walk;
  GArray *wires;        /* OnnxWire; a value that is drawn has the index here as its "traced" */
  GPtrArray *drawn;     /* the values with such an index, as onnx_trace's list of traced ones */
  GHashTable *symbolic; /* known TelarOnnxValue *, held: counts of which some depend on the batch,
                         * which stands in them as TELAR_DIM_BATCH does in a shape */
  GHashTable *weights;  /* char * -> TelarTensor *: the states' numbers */
  GHashTable *uses;     /* borrowed char * -> how many read the value of the file's main graph */
  GPtrArray *refused;   /* TelarImportRefusal *: all that cannot be drawn */
  const TelarImportOptions *options; /* may be NULL */
  gboolean any_batch; /* a first size of 1 that the file fixes stands for any batch */
} OnnxCanvas;

typedef struct {
  TelarNode *node; /* NULL: what cannot be drawn */
  guint port;
} OnnxWire;

/* What the tracer does with a node while it draws; @op is NULL where Telar does not have it. */
void onnx_canvas_call (OnnxCall *call, const OnnxOperator *op);

/* What the port of a node gives, as a value (@node may be NULL: what cannot be drawn); the node and
 * port behind a value that is drawn. */
TelarOnnxValue *onnx_canvas_add_wire (OnnxCanvas *canvas, TelarNode *node, guint port,
                                      const TelarType *type);
const OnnxWire *onnx_canvas_wire (const OnnxCanvas *canvas, const TelarOnnxValue *value);

/* Tells that @done of @n nodes of the file's main graph are drawn. FALSE with an error when the
 * caller has enough. */
gboolean onnx_canvas_goes_on (const OnnxCanvas *canvas, gsize done, gsize n, GError **error);

/* An input or result of the model. */
TelarOnnxValue *onnx_canvas_input (OnnxCanvas *canvas, const char *name, const TelarType *type,
                                   GError **error);
gboolean onnx_canvas_output (OnnxCanvas *canvas, const char *name, TelarOnnxValue *value,
                             GError **error);

/* Known numbers as a node, and a free id made of the file's name for something; caller frees. */
TelarNode *onnx_canvas_known (OnnxCanvas *canvas, const char *name, TelarTensor *tensor,
                              GError **error);
char *onnx_canvas_id (const OnnxCanvas *canvas, const char *name);
/* The file's numbers are float32, where 0.1 is 0.100000001490116: the shortest that is the same
 * float is what was meant. */
double onnx_shortest_real (double number);
/* Whether all numbers are the same, and which; 0 where there are none. */
gboolean onnx_tensor_is_uniform (const TelarTensor *tensor, double *value);

/* --- for the operators ------------------------------------------------------------------------ */

/* Tables end with a NULL name. @draw fails the call where it cannot. @op is the palette's operator,
 * for functions that draw several. */
typedef struct {
  const char *name;
  void (*draw) (OnnxCall *call, const char *op);
  const char *op;
} OnnxDrawing;

extern const OnnxDrawing onnx_drawings_layers[];
extern const OnnxDrawing onnx_drawings_attention[];
extern const OnnxDrawing onnx_drawings_norms[];
extern const OnnxDrawing onnx_drawings_recurrent[];
extern const OnnxDrawing onnx_drawings_products[];
extern const OnnxDrawing onnx_drawings_shapes[];
extern const OnnxDrawing onnx_drawings_parts[];
extern const OnnxDrawing onnx_drawings_pictures[];
extern const OnnxDrawing onnx_drawings_reduce[];
extern const OnnxDrawing onnx_drawings_activations[];
extern const OnnxDrawing onnx_drawings_math[];
extern const OnnxDrawing onnx_drawings_losses[];
extern const OnnxDrawing onnx_drawings_quantize[];
extern const OnnxDrawing onnx_drawings_places[];
extern const OnnxDrawing onnx_drawings_random[];

/* --- what several of them need ---------------------------------------------------------------- */

/* Draws the call as the primitives that it is computed with. */
void onnx_draw_primitives (OnnxCall *call, const OnnxOperator *op);

/* The palette's operator @op on the one input. */
void onnx_draw_function (OnnxCall *call, const char *op);
/* A convolution with the call's attributes of what @before gives (NULL: its first input); @bias may
 * be NULL. */
TelarNode *onnx_draw_conv (OnnxCall *call, TelarNode *before, TelarTensor *kernel,
                           TelarTensor *bias);
/* The shape of a tensor that is there. */
const TelarShape *onnx_draw_shape (const OnnxCall *call, guint input);
/* Axes from 0 on: input 1 or the attribute "axes". FALSE where they are left out, or an error. */
gboolean onnx_draw_axes (OnnxCall *call, guint rank, gint64 *axes, guint *n);
/* What @before (NULL: the call's first input) gives, of shape @from, in the shape @to. */
TelarNode *onnx_draw_shaped (OnnxCall *call, TelarNode *before, const TelarShape *from,
                             const TelarShape *to);
/* Gives output 1: the places that @pool tells within its planes, as ONNX counts them. */
void onnx_draw_places (OnnxCall *call, TelarNode *pool);
/* What @before gives as @dtype: @before itself where it is. */
TelarNode *onnx_draw_cast (OnnxCall *call, TelarNode *before, TelarDType dtype);

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
/* Where the input comes from: the node that gives it, or a new one of its known numbers. */
OnnxWire onnx_draw_source (OnnxCall *call, guint input);
/* Whether the input stands on the canvas, so that its numbers are not known. */
gboolean onnx_draw_is_drawn (const OnnxCall *call, guint input);
/* A wire from another node. */
void onnx_draw_join (OnnxCall *call, TelarNode *from, TelarNode *node, guint port);

/* A node of @op whose first port takes what @before gives, or the call's first input where that is
 * NULL; one of two operands. Parameters are set before the node is joined to the next one. NULL
 * when the call has failed, which all of these take as well. */
TelarNode *onnx_draw_after (OnnxCall *call, const char *op, TelarNode *before);
TelarNode *onnx_draw_both (OnnxCall *call, const char *op, TelarNode *a, TelarNode *b);
/* Known numbers as a node of their own, called after @name: a parameter (floats of the file) or a
 * constant; one number. */
TelarNode *onnx_draw_known (OnnxCall *call, const char *name, TelarTensor *tensor);
TelarNode *onnx_draw_number (OnnxCall *call, TelarDType dtype, double number);

/* A wire from port @from_port of another node; from any value, called @name where it becomes a node
 * of its own. */
void onnx_draw_join_from (OnnxCall *call, TelarNode *from, guint from_port, TelarNode *node,
                          guint port);
void onnx_draw_value (OnnxCall *call, TelarOnnxValue *value, const char *name, TelarNode *node,
                      guint port);
/* What the node's port gives. */
TelarOnnxValue *onnx_draw_result (OnnxCall *call, TelarNode *node, guint port);

/* --- for operators that handle values --------------------------------------------------------- */

/* Whether the value (NULL: no) is, or has within, what a node gives that cannot be drawn. */
gboolean onnx_draw_is_poison (const OnnxCall *call, const TelarOnnxValue *value);
/* Whether one of the values (TelarOnnxValue *) stands on the canvas. */
gboolean onnx_draw_has_drawn (const OnnxCall *call, const GPtrArray *values);
/* The values one after the other along @axis, which is new where @fresh. */
TelarOnnxValue *onnx_draw_joined (OnnxCall *call, const GPtrArray *values, guint axis,
                                  gboolean fresh, gboolean reversed);
/* @yes or @no, which must be of one type, by a truth value that only a run knows. */
TelarOnnxValue *onnx_draw_chosen (OnnxCall *call, TelarOnnxValue *condition, TelarOnnxValue *yes,
                                  TelarOnnxValue *no);
/* @size places of @axis from @first on; without the axis where not @keep. */
TelarOnnxValue *onnx_draw_taken (OnnxCall *call, TelarOnnxValue *value, guint axis, gint64 first,
                                 gint64 size, gboolean keep);

/* Makes @tensor the state @role of @node. */
void onnx_draw_state (OnnxCall *call, TelarNode *node, const char *role, TelarTensor *tensor);
/* Counts, sizes and places; @symbolic receives whether TELAR_DIM_BATCH in them means the batch. */
gboolean onnx_draw_ints (OnnxCall *call, guint input, gint64 *items, guint most, guint *n,
                         gboolean *symbolic);

/* Whether a tensor of @shape, for one sample where the batch is open, has no more numbers than
 * ONNX_CANVAS_MOST; fails the call where it has. */
gboolean onnx_draw_fits (OnnxCall *call, const TelarShape *shape);
/* A tensor of @type with @number everywhere; its first size may be a multiple of the batch. */
TelarNode *onnx_draw_full (OnnxCall *call, const TelarType *type, double number);
/* Known numbers, repeated as @sizes ask for, the first of which is a multiple of the batch. */
void onnx_draw_repeated (OnnxCall *call, const gint64 *sizes, guint n);

/* Whether the known input is the same for every batch; fails the call where it is not. */
gboolean onnx_draw_is_fixed (OnnxCall *call, guint input);

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
