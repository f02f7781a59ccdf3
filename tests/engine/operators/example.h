/* An operator's examples (the language is in engine/operator.h) as graphs that can be lowered and
 * run: what the generated tests of operators and of exchange are made of. */
#pragma once

#include "engine/plan.h"

G_BEGIN_DECLS

#define EXAMPLE_MAX_INPUTS 8

typedef struct {
  TelarType type;   /* concrete */
  double low, high; /* of floats */
  gint64 from;      /* of integers, which are from … from + below - 1 */
  gint64 below;
} ExampleInput;

typedef struct {
  const TelarOperator *op;
  const char *text;
  guint n_inputs;
  ExampleInput inputs[EXAMPLE_MAX_INPUTS];
  char **params; /* "filters=4" */
} Example;

/* How the inputs reach the operator. */
typedef enum {
  EXAMPLE_FED,     /* as data with a symbolic batch: "x0.out", "x1.out", … */
  EXAMPLE_TRAINED, /* floats as trainable states "x0.value", …; integers as data */
} ExampleForm;

/* Registers the engine's operators and the few that examples need. */
void example_init (void);

/* NULL with a message when @text does not follow the language. */
Example *example_new (const TelarOperator *op, const char *text, GError **error);
void example_free (Example *example);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Example, example_free)

/* The size of the batch; 1 where nothing is fed. */
gint64 example_batch (const Example *example);

/* What stands behind each output of the operator. */
#define EXAMPLE_RESULT "output"        /* a result of the model */
#define EXAMPLE_PROBE  "example_probe" /* the value itself, in every mode */
#define EXAMPLE_LOSS   "example_loss"  /* the sum of the value times fixed random weights */

/* The weights of the loss node @id for a value of @shape. */
TelarTensor *example_loss_weights (const char *id, const TelarShape *shape);

/* The operator, called "it", with its inputs before it and nodes of the operator @end, "y0", …,
 * behind it. */
TelarProgram *example_lower (const Example *example, ExampleForm form, TelarLowerMode mode,
                             const char *end, GError **error);

/* The same with the graph, and what it was lowered to; caller frees both. */
TelarLowered *example_lower_graph (const Example *example, ExampleForm form, TelarLowerMode mode,
                                   const char *end, TelarGraph **graph, GError **error);

/* Values for the fed inputs, drawn from @seed; GPtrArray of TelarTensor *, one per input. */
GPtrArray *example_draw (const Example *example, guint64 seed);

/* States for @program, drawn from @seed; none stays where all its numbers are the same. Those of
 * @example's inputs are in their range; @example may be NULL. */
TelarStates *example_states (const Example *example, const TelarProgram *program, guint64 seed,
                             GError **error);

/* What the program calls input @i of an example: an input node is called as itself, "it", in a
 * model in use; else it is the output of a node of data. Caller frees. */
char *example_input_name (const TelarProgram *program, guint i);

/* Runs @program on @device; GPtrArray of TelarTensor * in the order of the program's outputs. */
GPtrArray *example_run (const Example *example, const TelarProgram *program, TelarDevice *device,
                        const GPtrArray *inputs, TelarStates *states, GError **error);

G_END_DECLS
