/* A model as source code that a person would write, and its weights as that code loads them. */
#pragma once

#include "engine/lower.h"
#include "engine/plan.h"

G_BEGIN_DECLS

/* A node that cannot be said, or its operator. */
typedef struct {
  char *node; /* its path: "stage/0/conv1" */
  char *op;
  char *reason;
} TelarCodeRefusal;

typedef enum { TELAR_CODE_PYTORCH, TELAR_CODE_KERAS } TelarCodeLibrary;

typedef struct {
  const char *library; /* "PyTorch" */
  char *source;        /* Python; NULL when something was refused */
  GPtrArray *refused;  /* TelarCodeRefusal *: all that cannot be said */
  GPtrArray *weights;  /* how the model's state is made of the project's; see below */
} TelarCode;

/* @graph as source code for @library. PyTorch: a module with named layers; Keras 3: a function that
 * makes a model of layers. Groups are classes of their own, repetitions sequences. Only what the
 * results need is in it. @lowered: what @graph was lowered to (TELAR_LOWER_INFER), without errors;
 * @name: the project's, for the class or function; @weights: the file beside the source that has
 * the model's state, for a function that loads it, or NULL. Never NULL. */
TelarCode *telar_code_new (const TelarGraph *graph, const TelarLowered *lowered,
                           TelarCodeLibrary library, const char *name, const char *weights);
void telar_code_free (TelarCode *code);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarCode, telar_code_free)

/* FALSE with an error that lists all that was refused. */
gboolean telar_code_ok (const TelarCode *code, GError **error);

/* The state that the model loads, by the names of its parameters, of the project's @states: char *
 * to TelarTensor *. NULL with an error when one is missing. Caller unrefs. */
GHashTable *telar_code_state (const TelarCode *code, const TelarStates *states, GError **error);

G_END_DECLS
