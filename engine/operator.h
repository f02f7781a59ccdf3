/* The operator registry. An operator's facts stand once, in its entry under engine/operators;
 * palette, inspector, CLI help, shapes and export names all come from there. */
#pragma once

#include "engine/param.h"

G_BEGIN_DECLS

typedef struct TelarLowering TelarLowering; /* lower.h */

typedef enum {
  TELAR_CATEGORY_DATA,
  TELAR_CATEGORY_LAYER,
  TELAR_CATEGORY_SHAPE,
  TELAR_CATEGORY_ACTIVATION,
  TELAR_CATEGORY_NORM,
  TELAR_CATEGORY_MATH,
  TELAR_CATEGORY_GROUP,
  TELAR_CATEGORY_LOSS,
  TELAR_CATEGORY_METRIC,
  TELAR_CATEGORY_CLASSICAL,
  TELAR_CATEGORY_OUTPUT,
  TELAR_N_CATEGORIES
} TelarCategory;

/* "Layers", translatable with gettext. */
const char *telar_category_label (TelarCategory category);

typedef enum {
  TELAR_PORT_TENSOR,
  TELAR_PORT_TABLE,
  TELAR_PORT_MODEL,
  TELAR_PORT_METRICS
} TelarPortKind;

/* Tables end with a NULL name. A repeated input takes any number of wires, in order. */
typedef struct {
  const char *name;
  TelarPortKind kind;
  gboolean optional;
  gboolean repeated;
  const char *doc;
} TelarPort;

typedef struct {
  const char *name;  /* "conv2d": in files; never changes */
  const char *label; /* N_("Convolution 2D") */
  TelarCategory category;
  const char *doc;     /* N_(one or two sentences) */
  const char *formula; /* plain text, UTF-8; NULL when there is none */
  const char *onnx;    /* the ONNX operator(s) it becomes, those of its own in the newest
                        * operator set; NULL when none */
  const TelarPort *inputs, *outputs;
  const TelarParam *params; /* may be NULL */
  /* Emits the primitives of the node and sets its outputs; shapes and errors follow from the
   * primitives' own type rules. NULL for operators whose outputs a feed provides (data). */
  void (*lower) (TelarLowering *lowering);
  /* What the generated tests (tests/engine/operators) try the operator on, at least one where
   * @lower, in this language: words apart by spaces, first the inputs in the order of the ports (a
   * repeated port, the last, takes all that remain), then parameters.
   *
   *   input     = type "[" sizes "]" [ "<" n | ":" low ".." high ]     sizes include the batch
   *   parameter = name "=" text                                        as on the command line
   *
   * "f32[2,3,8,8] filters=4 kernel=3x3": floats are drawn from -2 to 2 unless low and high say
   * otherwise; "i64[4]<10": integers are drawn from 0 to n - 1, where n is 2 unless given, or from
   * low to high. */
  const char *const *examples; /* NULL-terminated */
} TelarOperator;

/* Registers a NULL-terminated static array. Called once per family at start-up. */
void telar_operators_register (const TelarOperator *const *operators);
/* Registers the engine's own families; idempotent. data adds its own with the call above. */
void telar_operators_init (void);

/* The operator whose nodes are the inputs of a finished model. */
#define TELAR_OPERATOR_INPUT "input"

/* Whether a feed provides what it gives: operators of data, but not the model's inputs. */
gboolean telar_operator_is_fed (const TelarOperator *op);

/* NULL when there is none of that name. */
const TelarOperator *telar_operator_find (const char *name);
/* All, sorted by category, then in the order of registration. Borrowed array of const TelarOperator
 * *. */
const GPtrArray *telar_operators_all (void);

guint telar_operator_n_inputs (const TelarOperator *op);
guint telar_operator_n_outputs (const TelarOperator *op);
/* -1 when there is no such port. */
int telar_operator_find_input (const TelarOperator *op, const char *port);
int telar_operator_find_output (const TelarOperator *op, const char *port);

G_END_DECLS
