/* The intermediate representation: typed SSA values in one straight line, in memory and as text.
 *
 *   program train {
 *     state @dense1.kernel : f32[784,512] trainable init=he_uniform(784)
 *     %0 = input {name="digits.images", dtype=f32, shape=[N,784]} : f32[N,784]
 *     %1 = state {name="dense1.kernel"} : f32[784,512]
 *     %2 = matmul %0, %1 : f32[N,512]  !dense1
 *     …
 *     output loss "loss" = %9
 *     output metric "accuracy" mean = %11
 *     update @dense1.kernel = %12
 *   }
 *
 * A program is built once through a TelarBuilder and not changed afterwards; a pass reads one
 * program and builds the next. Values and instructions are handles into their program. "!dense1" is
 * the instruction's origin: the id of the graph's node that it came from. */
#pragma once

#include "engine/error.h"
#include "engine/primitive.h"

G_BEGIN_DECLS

typedef struct TelarProgram TelarProgram;
typedef guint32 TelarValue;
#define TELAR_NO_VALUE ((TelarValue)-1)

typedef struct {
  TelarPrim prim;
  guint n_inputs, n_outputs, n_attrs;
  const TelarValue *inputs;
  const TelarValue *outputs; /* consecutive handles */
  const TelarAttr *attrs;    /* sorted by key */
  const char *origin;        /* node id, or NULL when the compiler made it */
  const TelarProgram *body;  /* regions only; owned by the program */
} TelarInstr;

/* --- states: what lives from step to step ------------------------------------------------------
 */

/* How a state begins. Uniform bounds: he a = sqrt (6 / fan_in), glorot a = sqrt (6 / (fan_in +
 * fan_out)), lecun a = sqrt (3 / fan_in); uniform a = scale; normal's deviation = scale. The stream
 * is the state's name, so adding a node changes no other node's weights. */
typedef enum {
  TELAR_INIT_ZEROS,
  TELAR_INIT_CONSTANT, /* scale */
  TELAR_INIT_UNIFORM,
  TELAR_INIT_NORMAL,
  TELAR_INIT_HE_UNIFORM,
  TELAR_INIT_HE_NORMAL, /* deviation sqrt (2 / fan_in) */
  TELAR_INIT_GLOROT_UNIFORM,
  TELAR_INIT_GLOROT_NORMAL, /* deviation sqrt (2 / (fan_in + fan_out)) */
  TELAR_INIT_LECUN_UNIFORM,
  TELAR_INIT_FIT_MEAN,      /* fitted before training: the mean of @fit over the training rows */
  TELAR_INIT_FIT_DEVIATION, /* their standard deviation, 1 where it is 0 */
  TELAR_N_INITS
} TelarInitKind;

const char *telar_init_name (TelarInitKind kind); /* "he_uniform" */

typedef struct {
  TelarInitKind kind;
  double scale;
  gint64 fan_in, fan_out;
} TelarInit;

typedef struct {
  const char *name; /* "conv1.kernel": node id, dot, role */
  TelarType type;   /* concrete */
  TelarInit init;
  gboolean trainable;               /* the optimizer changes it */
  gboolean decay;                   /* weight decay applies (kernels yes, biases and norms no) */
  double rate_factor, decay_factor; /* of the learning rate and the weight decay; 0: 1 */
  TelarValue fit; /* for the fitted kinds: the value whose rows (axis 0) are measured */
} TelarState;

typedef enum {
  TELAR_OUTPUT_RESULT,
  TELAR_OUTPUT_LOSS,
  TELAR_OUTPUT_METRIC,
  TELAR_OUTPUT_PROBE,
  TELAR_N_OUTPUT_ROLES
} TelarOutputRole;

const char *telar_output_role_name (TelarOutputRole role); /* "loss" */

typedef struct {
  TelarOutputRole role;
  const char *name;
  TelarValue value;
  const char *kind; /* of a metric: what is made of its sums (engine/metric.h); else NULL */
} TelarOutput;

typedef struct {
  const char *state;
  TelarValue value; /* what the state holds after the step */
} TelarUpdate;

/* --- reading a program -------------------------------------------------------------------------
 */

TelarProgram *telar_program_ref (TelarProgram *program);
void telar_program_unref (TelarProgram *program);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarProgram, telar_program_unref)

const char *telar_program_name (const TelarProgram *program);
guint telar_program_n_instrs (const TelarProgram *program);
const TelarInstr *telar_program_instr (const TelarProgram *program, guint index);
guint telar_program_n_values (const TelarProgram *program);
const TelarType *telar_program_type (const TelarProgram *program, TelarValue value);
/* The tensor that @value always is, borrowed; NULL where it is no constant. */
TelarTensor *telar_program_constant (const TelarProgram *program, TelarValue value);
/* Gives up the numbers of the constant @value, whose tensor has no data from then on. For the owner
 * of the only reference to @program, when nothing reads them any more. */
void telar_program_drop_numbers (TelarProgram *program, TelarValue value);
/* The instruction that makes @value, and which of its outputs it is. */
const TelarInstr *telar_program_maker (const TelarProgram *program, TelarValue value,
                                       guint *output);
guint telar_program_n_states (const TelarProgram *program);
const TelarState *telar_program_state (const TelarProgram *program, guint index);
const TelarState *telar_program_find_state (const TelarProgram *program, const char *name);
guint telar_program_n_outputs (const TelarProgram *program);
const TelarOutput *telar_program_output (const TelarProgram *program, guint index);
guint telar_program_n_updates (const TelarProgram *program);
const TelarUpdate *telar_program_update (const TelarProgram *program, guint index);

/* Attributes by key; the default when absent. */
const TelarAttr *telar_instr_attr (const TelarInstr *instr,
                                   TelarAttrKey key); /* NULL when absent */
gint64 telar_instr_int (const TelarInstr *instr, TelarAttrKey key, gint64 fallback);
double telar_instr_real (const TelarInstr *instr, TelarAttrKey key, double fallback);
const char *telar_instr_string (const TelarInstr *instr, TelarAttrKey key);
/* Item @i of a list; @fallback when the attribute is absent. */
gint64 telar_instr_item (const TelarInstr *instr, TelarAttrKey key, guint i, gint64 fallback);
TelarShape telar_instr_shape (const TelarInstr *instr, TelarAttrKey key);

/* --- building ----------------------------------------------------------------------------------
 */

/* Errors stick: after the first one every call returns TELAR_NO_VALUE and does nothing, as does any
 * call with TELAR_NO_VALUE among its inputs; code that emits needs no check after each line. */
typedef struct TelarBuilder TelarBuilder;

TelarBuilder *telar_builder_new (const char *name);
void telar_builder_free (TelarBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarBuilder, telar_builder_free)
/* Ends building. NULL with the first error when there was one. The builder is empty afterwards. */
TelarProgram *telar_builder_finish (TelarBuilder *builder, GError **error);
/* The program as it stands, for reading types of values while building. */
const TelarProgram *telar_builder_program (const TelarBuilder *builder);
/* What follows comes from this node (NULL: from the compiler). Interned. */
void telar_builder_set_origin (TelarBuilder *builder, const char *origin);
const char *telar_builder_origin (const TelarBuilder *builder);
/* The sticking error, borrowed, or NULL; take clears it, so that a caller can report and go on. */
const GError *telar_builder_error (const TelarBuilder *builder);
GError *telar_builder_take_error (TelarBuilder *builder);
void telar_builder_fail (TelarBuilder *builder, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The one way in: checks arity and types, infers the result types, appends. Returns the first
 * output; the others follow it (v + 1, …). Attributes are copied. */
TelarValue telar_build (TelarBuilder *builder, TelarPrim prim, const TelarValue *inputs,
                        guint n_inputs, const TelarAttr *attrs, guint n_attrs);
/* A region; @body's inputs are, in order, @inputs, its outputs the results. Takes a reference. */
TelarValue telar_build_region (TelarBuilder *builder, TelarPrim prim, const TelarValue *inputs,
                               guint n_inputs, TelarProgram *body);

/* emit (b, CONV, ((TelarValue[]){ x, w }), TELAR_INTS (STRIDE, s, 2), …) in one line. */
#define telar_emit(builder, PRIM, values, ...)                                                     \
  telar_build (builder, TELAR_PRIM_##PRIM, values, G_N_ELEMENTS (values),                          \
               ((TelarAttr[]){ __VA_ARGS__ }),                                                     \
               sizeof ((TelarAttr[]){ __VA_ARGS__ }) / sizeof (TelarAttr))

void telar_build_declare_state (TelarBuilder *builder, const TelarState *state);
/* For a state that is declared before the value it is fitted to exists. */
void telar_build_set_fit (TelarBuilder *builder, const char *state, TelarValue fit);
void telar_build_output (TelarBuilder *builder, TelarOutputRole role, const char *name,
                         TelarValue value);
void telar_build_metric (TelarBuilder *builder, const char *name, const char *kind,
                         TelarValue value);
/* The same output, be it a metric or not, with another value. */
void telar_build_output_like (TelarBuilder *builder, const TelarOutput *output, TelarValue value);
void telar_build_update (TelarBuilder *builder, const char *state, TelarValue value);

/* Shorthand. The type of TELAR_NO_VALUE is a scalar, so that code that emits needs no check. */
const TelarType *telar_builder_type (const TelarBuilder *builder, TelarValue value);
TelarValue telar_build_input (TelarBuilder *b, const char *name, const TelarType *type);
TelarValue telar_build_state (TelarBuilder *b, const char *name);
TelarValue telar_build_constant (TelarBuilder *b, TelarTensor *value);
TelarValue telar_build_scalar (TelarBuilder *b, TelarDType dtype, double value); /* rank 0 */
TelarValue telar_build_fill (TelarBuilder *b, const TelarType *type, double value);
/* The index along @axis, everywhere in @shape; i64. */
TelarValue telar_build_iota (TelarBuilder *b, const TelarShape *shape, guint axis);
TelarValue telar_build_unary (TelarBuilder *b, TelarPrim prim, TelarValue x);
TelarValue telar_build_binary (TelarBuilder *b, TelarPrim prim, TelarValue x, TelarValue y);
/* y is a scalar constant of x's type. */
TelarValue telar_build_binary_scalar (TelarBuilder *b, TelarPrim prim, TelarValue x, double y);
TelarValue telar_build_select (TelarBuilder *b, TelarValue condition, TelarValue x, TelarValue y);
TelarValue telar_build_cast (TelarBuilder *b, TelarValue x, TelarDType dtype);
TelarValue telar_build_reshape (TelarBuilder *b, TelarValue x, const TelarShape *shape);
TelarValue telar_build_transpose (TelarBuilder *b, TelarValue x, const gint64 *perm);
TelarValue telar_build_broadcast (TelarBuilder *b, TelarValue x, const TelarShape *shape);
/* From @start to before @limit along @axis, the other axes whole. */
TelarValue telar_build_slice (TelarBuilder *b, TelarValue x, guint axis, gint64 start,
                              gint64 limit);
TelarValue telar_build_concat (TelarBuilder *b, const TelarValue *values, guint n, guint axis);
TelarValue telar_build_reduce (TelarBuilder *b, TelarPrim prim, TelarValue x, const gint64 *axes,
                               guint n_axes, gboolean keep);
TelarValue telar_build_reduce_all (TelarBuilder *b, TelarPrim prim, TelarValue x); /* to rank 0 */
TelarValue telar_build_matmul (TelarBuilder *b, TelarValue x, TelarValue y, gboolean trans_x,
                               gboolean trans_y);
/* Sums @x over what broadcasting @shape to x's shape repeated; the gradient of broadcasting. */
TelarValue telar_build_sum_to (TelarBuilder *b, TelarValue x, const TelarShape *shape);

/* For passes. A copy begins with telar_copy_states, which declares the states of @from and fills
 * @map, the value in the builder for each value of @from, with TELAR_NO_VALUE; telar_copy_instr
 * copies an instruction with origin, attributes and body, enters its outputs in @map and returns
 * the first; telar_copy_results ends it with outputs, updates and what states are fitted to (as
 * far as the builder declares those states). */
void telar_copy_states (TelarBuilder *builder, const TelarProgram *from, TelarValue *map);
TelarValue telar_copy_instr (TelarBuilder *builder, const TelarProgram *from,
                             const TelarInstr *instr, TelarValue *map);
/* The states and every instruction, in their order. */
void telar_copy_all (TelarBuilder *builder, const TelarProgram *from, TelarValue *map);
void telar_copy_results (TelarBuilder *builder, const TelarProgram *from, const TelarValue *map);

/* --- types, text, verification -----------------------------------------------------------------
 */

/* The type rule of @prim: checks the inputs and attributes, writes the result types. Works on
 * symbolic and concrete shapes alike. @body only for regions. @outputs has room for TELAR_ANY
 * types. STATE has no rule: its type stands in the program. */
gboolean telar_infer (TelarPrim prim, const TelarType *inputs, guint n_inputs,
                      const TelarAttr *attrs, guint n_attrs, const TelarProgram *body,
                      TelarType *outputs, guint *n_outputs, GError **error);

/* The text form; what parse reads gives the same program, and printing it again the same bytes.
 * Caller frees. Constants beyond 16 elements print as value=dense(#HASH) unless @full; that is
 * for reading only, parse refuses it. */
char *telar_program_to_text (const TelarProgram *program, gboolean full);
/* Errors name the line. */
TelarProgram *telar_program_from_text (const char *text, GError **error);

/* SSA order, arity, types as the rules infer them, updates match their states, nothing unknown.
 * Runs between passes in debug builds and in all tests. */
gboolean telar_program_verify (const TelarProgram *program, GError **error);

/* The same program for one batch size: no symbolic dimension is left. */
TelarProgram *telar_program_bind (const TelarProgram *program, gint64 batch, GError **error);

G_END_DECLS
