/* Writing source: what a node becomes, and what the files of the operators share. */
#pragma once

#include "engine/code.h"

G_BEGIN_DECLS

typedef struct {
  const char *name; /* of the parameter of the constructor; interned */
  char *value;
  gboolean positional;
} CodeArg;

typedef struct CodeClass CodeClass;

/* "nn.Conv2d(1, 12, 3, padding=1)". */
typedef struct {
  char *klass;
  GArray *args; /* CodeArg */
  /* A class of this file: its body number @body, from which the arguments follow. */
  const CodeClass *of;
  guint body;
} CodeCall;

/* self.conv1 = …: one call, or several within a wrapper. */
typedef struct {
  char *attr;
  const char *wrapper; /* "nn.Sequential", or NULL for one call */
  GPtrArray *calls;    /* CodeCall * */
} CodeModule;

typedef enum {
  CODE_AS_IS,
  CODE_TRANSPOSED, /* of its first two axes */
  CODE_PLACES,     /* [out, in, height, width] as [height, width, in, out] */
  CODE_GATES,      /* the first two of three gates change places; a matrix is transposed */
  CODE_DIRECTION,  /* of length one */
  CODE_IMAGE,      /* of the second state, a direction, by the first, a kernel; of length one */
  CODE_ONES,       /* no state: as many ones as CodeWeight.length */
  CODE_ZEROS,
} CodeWeightForm;

/* One tensor of the model's state: of one or several states of the project, one after the other. */
typedef struct {
  char *name; /* "conv1.weight" */
  CodeWeightForm form;
  gint64 length;     /* of an image: the axis of the kernel's outputs */
  TelarShape shape;  /* that of the whole, where it is another; of rank 0 else */
  gboolean summed;   /* the states are added up */
  GPtrArray *states; /* char *; empty for ones and zeros */
} CodeWeight;

typedef struct CodeWriter CodeWriter;

/* A node of a drawing in one of its uses, and what it becomes. */
typedef struct {
  CodeWriter *w;
  const TelarLoweredNode *lowered;
  const TelarNode *node;
  const TelarGraph *drawing;
  const char *attr; /* its name in Python */

  GPtrArray *modules; /* CodeModule * */
  GPtrArray *weights; /* CodeWeight *, named from the module that has the node on: "conv1.weight" */
  /* What is computed, of $0, $1, … for the inputs by port and slot, in the order of wires; with
   * more than one output a tuple of all. */
  char *forward;
  gboolean alone;       /* @forward gives the first of several outputs, the others are not read */
  guint n_inputs;       /* wires */
  const guint *ports;   /* of each wire */
  const gboolean *used; /* of each output */
  char *refusal;
} CodePiece;

/* An operator in the table: what one line says, or a function. */
typedef struct {
  const char *op;
  /* $0 … inputs, $* all of them, {name} a parameter, @shape the sizes of the result. */
  const char *text;
  void (*emit) (CodePiece *p);
  const char *helper; /* the name of one that the text needs, or NULL */
} CodeEntry;

/* The same of an operator in one, two and three dimensions. */
#define CODE_DIMENSIONS(before, after, function)                                                   \
  { before "1d" after, .emit = function }, { before "2d" after, .emit = function },                \
  {                                                                                                \
    before "3d" after, .emit = function                                                            \
  }

/* A function or class that a text needs and its library lacks. */
typedef struct {
  const char *name, *source;
  const char *needs; /* another one, or NULL */
} CodeHelper;

/* A library that models are written for. */
typedef struct {
  const char *name;                 /* "Keras" */
  const CodeEntry *const *tables;   /* of operators, each ended by an entry without a name */
  const CodeHelper *const *helpers; /* each ended by one without a name */
  const char *base;                 /* class of modules: "nn.Module" */
  const char *method;               /* that computes: "forward" */
  const char *sequence;             /* class of modules that run one after the other */
  gboolean listed;                  /* its constructor takes them as a list */
  const char *functions;            /* where those of tensors are: "torch" */
  const char *flip[2];              /* what stands around a tensor and before the axis */
  /* The drawing itself is a function that gives a model, its modules have names; else a class. */
  gboolean functional;
  void (*write_imports) (GString *text, const char *body, gboolean loads);
  void (*write_loader) (GString *text, const char *model, const char *weights);
} CodeLanguage;

/* --- what a piece knows ----------------------------------------------------------------------- */

const TelarType *code_input_type (const CodePiece *p, guint wire);
const TelarType *code_output_type (const CodePiece *p, guint port);
/* The size of the last axis of an input. */
gint64 code_features (const CodePiece *p, int wire);
/* The wire at an input port, or -1. */
int code_wire_at (const CodePiece *p, guint port);
gint64 code_int (const CodePiece *p, const char *param);
double code_real (const CodePiece *p, const char *param);
gboolean code_bool (const CodePiece *p, const char *param);
/* Whether the operator has the parameter. */
gboolean code_has (const CodePiece *p, const char *param);
const char *code_text (const CodePiece *p, const char *param);
/* Items of a list, a single one repeated to @n. */
void code_ints (const CodePiece *p, const char *param, guint n, gint64 *items);

/* --- what a piece says ------------------------------------------------------------------------ */

void code_refuse (CodePiece *p, const char *format, ...) G_GNUC_PRINTF (2, 3);
void code_forward (CodePiece *p, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* A module called as the node, with @suffix behind ("" for the only one). */
CodeCall *code_module (CodePiece *p, const char *suffix, const char *klass);
void code_positional (CodeCall *call, const char *name, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void code_keyword (CodeCall *call, const char *name, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* @items as code_python_ints writes them, where one of them is not @usual. */
void code_keyword_ints (CodeCall *call, const char *name, const gint64 *items, guint n,
                        gint64 usual);
/* An empty one called as the node, for calls within @wrapper. */
CodeModule *code_module_of (CodePiece *p, const char *wrapper);
/* A weight of the module with @suffix from the node's state @role; "" for no parameter. */
void code_weight (CodePiece *p, const char *suffix, const char *name, const char *role,
                  CodeWeightForm form);
CodeWeight *code_weight_of (CodePiece *p, const char *suffix, const char *name);
void code_weight_add (CodePiece *p, CodeWeight *weight, const char *role);
/* The sizes that the weight has, where they are not those of the state. */
void code_weight_shape (CodeWeight *weight, const gint64 *sizes, guint n);
/* Sees that the helper's source stands in the file. */
void code_need (CodePiece *p, const char *helper);
/* @inner, a format with one %s, of the activation @name around what was said so far. */
void code_activate (CodePiece *p, const char *name);

/* Whether all are @value. */
gboolean code_ints_are (const gint64 *items, guint n, gint64 value);
/* Python's way to write them; caller frees. */
char *code_python_real (double value);
char *code_python_ints (const gint64 *items, guint n); /* "3" where all are the same, "(3, 2)" */
char *code_python_tuple (const gint64 *items, guint n);
char *code_python_value (const TelarParamValue *value);
/* "float32", as NumPy, PyTorch and Keras have it. */
const char *code_dtype (TelarDType dtype);
char *code_python_name (const char *text);  /* "conv1" of "conv-1" */
char *code_python_class (const char *text); /* "ResidualBlock" of "Residual block" */

/* --- what operators say in the same way whatever the library -----------------------------------
 */

void code_emit_add (CodePiece *p);
void code_emit_multiply (CodePiece *p);
void code_emit_nested (CodePiece *p);
void code_emit_einsum (CodePiece *p);
void code_emit_scale (CodePiece *p);
void code_emit_crop (CodePiece *p);
void code_emit_trilu (CodePiece *p);
void code_emit_resize (CodePiece *p);
void code_emit_rotary (CodePiece *p);
void code_emit_gather_nd (CodePiece *p);
void code_emit_full (CodePiece *p);
void code_emit_pixel_shuffle (CodePiece *p);
void code_emit_slice (CodePiece *p);
void code_emit_strided_slice (CodePiece *p);
void code_emit_attention (CodePiece *p);
void code_emit_last_step (CodePiece *p);
void code_emit_reverse_sequence (CodePiece *p);
/* A module of the one argument @param. */
void code_dropout (CodePiece *p, const char *klass, const char *param);
/* What a recurrent layer gives of the node's inputs: @network is what the helper runs, @both
 * whether it runs in both directions. */
void code_emit_run_recurrent (CodePiece *p, const char *network, gboolean both);
/* How much the node pads each axis of its input; its lists belong to the last ones. */
void code_pads (const CodePiece *p, gint64 *low, gint64 *high);
/* The list @param as Python's, whatever its length. Caller frees. */
char *code_list (const CodePiece *p, const char *param);
/* The axis that @param counts, from the first. */
guint code_axis (const CodePiece *p, const char *param);

/* --- libraries -------------------------------------------------------------------------------- */

extern const CodeLanguage code_torch, code_keras;
extern const CodeHelper code_common_helpers[];
extern const CodeEntry code_torch_math[], code_torch_shapes[], code_torch_layers[],
    code_torch_convs[], code_torch_sequences[];
extern const CodeHelper code_torch_helpers[], code_torch_pictures[];
extern const CodeEntry code_keras_math[], code_keras_shapes[], code_keras_layers[],
    code_keras_convs[], code_keras_sequences[];
extern const CodeHelper code_keras_helpers[], code_keras_pictures[];

const CodeEntry *code_find (const CodeLanguage *language, const char *op);
const CodeHelper *code_find_helper (const CodeLanguage *language, const char *name);
/* Fills in a line of the table. Caller frees. */
char *code_fill (CodePiece *p, const char *text);

/* --- classes ---------------------------------------------------------------------------------- */

/* One use of a drawing. */
typedef struct {
  const TelarGraph *drawing;
  char *before;  /* the path of its nodes: "stage/0/" */
  char *modules; /* where its modules stand: "stage.0." */
} CodeUse;

struct CodeWriter {
  const CodeLanguage *language;
  const TelarGraph *graph;
  const TelarLowered *lowered;
  GHashTable *nodes;   /* path -> const TelarLoweredNode * */
  GHashTable *helpers; /* names of those that are needed, interned */
  GPtrArray *classes;  /* CodeClass * */
  TelarCode *code;
};

/* What is said of one use: its nodes' pieces, in the order in which they run. */
typedef struct {
  CodeUse use;
  GPtrArray *pieces; /* CodePiece * */
} CodeBody;

/* Uses of a drawing that one class can say; they differ in arguments. */
struct CodeClass {
  char *name;
  char *signature; /* what they agree in */
  const TelarGraph *drawing;
  GPtrArray *bodies;     /* CodeBody * */
  GPtrArray *parameters; /* of the constructor: char * */
  GPtrArray *values;     /* of each: char ** with a value for each body */
};

/* The wires to what is given back: TelarEdge *, borrowed. Caller unrefs. */
GPtrArray *code_results (const TelarGraph *drawing);
/* The nodes that those need, each after what it needs itself: TelarNode *, borrowed. */
GPtrArray *code_order (const TelarGraph *drawing, const GPtrArray *results);
/* How this use is called, by a class that is made or found for it. */
CodeCall *code_call_of (CodeWriter *w, const CodeUse *use);
CodeBody *code_body_new (CodeWriter *w, const CodeUse *use); /* takes the strings of @use */
void code_body_free (gpointer body);
void code_class_free (gpointer class);
/* Once all uses are known: what differs between those of a class becomes parameters. */
void code_find_parameters (CodeWriter *w);
/* What node @id of the project cannot be, and why. */
void code_refuse_node (CodeWriter *w, const char *id, const char *op, const char *reason);
/* Whether the model is given the node's results. */
gboolean code_is_input (const TelarNode *node);
/* @weights may be NULL. */
char *code_write (CodeWriter *w, const char *name, const char *weights);
/* "nn.Conv2d(1, 12, 3)"; @name is given to it as a keyword, or NULL. Caller frees. */
char *code_call_text (const CodeCall *call, const char *name);
/* The same of a module, which may be several; @name is given to it as a keyword, or NULL. Caller
 * frees. */
char *code_construct (const CodeLanguage *language, const CodeModule *module, const char *name);
/* What a class computes, as a method; a drawing as a function that gives a model. */
void code_write_method (const CodeWriter *w, GString *text, const CodeClass *class);
void code_write_function (const CodeWriter *w, GString *text, const CodeClass *class);

GPtrArray *code_weights_new (void);
GPtrArray *code_modules_new (void);
void code_piece_free (gpointer piece);
CodeCall *code_call_new (const char *klass);
void code_call_free (gpointer call);

G_END_DECLS
