/* Other people's models as graphs that can be drawn on. */
#pragma once

#include "engine/exchange/onnx.h"
#include "engine/graph.h"

G_BEGIN_DECLS

/* A node of the file that the palette's operators cannot say. */
typedef struct {
  char *node;  /* its name in the file, or what it gives */
  char *op;    /* ONNX's operator */
  int version; /* of the operator set that the file follows */
  char *reason;
} TelarImportRefusal;

void telar_import_refusal_free (gpointer refusal);

typedef struct {
  /* The shapes of inputs whose file leaves them open, or to change them: "NAME=1x3x224x224", axis 0
   * included; NULL-terminated, may be NULL. */
  const char *const *shapes;
  /* The numbers of inputs that are always the same (a kernel, sizes, axes), of the types that the
   * file declares. They are part of the model then and no inputs of the graph: char * to
   * TelarTensor *, may be NULL. */
  GHashTable *values;

  /* Called now and then with how much of the graph is drawn, from 0 to 1; FALSE ends the import
   * with TELAR_ERROR_INTERRUPTED. May be NULL. A file of which only a fixed batch can be drawn is
   * walked twice. */
  gboolean (*progress) (double done, gpointer data);
  gpointer progress_data;

  /* Gains "NAME=1x3x?x?" for each input whose sizes the file leaves open and no shape is given for;
   * char *, owned by the array; may be NULL. */
  GPtrArray *open;
  /* Gains a TelarImportRefusal * for each node, owned by the array; may be NULL. */
  GPtrArray *refused;
} TelarImportOptions;

/* Reads an ONNX model as a graph of the palette's operators: layers with weights of their own,
 * inputs and outputs by the file's names, not yet arranged. Where the first size of every input is
 * open or 1 it stands for any batch, unless the model only works for the batch that it was made
 * with. @weights receives the numbers of the graph's states: char * to TelarTensor *, owned by the
 * caller. What the palette cannot say is refused with all such nodes in one message: name,
 * operator, version and why. @options may be NULL. */
TelarGraph *telar_import_onnx (const char *path, const TelarImportOptions *options,
                               GHashTable **weights, GError **error);

/* Places the nodes, for cards of about the size that the studio draws. */
void telar_import_arrange (TelarGraph *graph);

/* The same of a model that was read before; it is run in parts, within its limit of memory. */
TelarGraph *telar_import_onnx_model (TelarOnnx *model, const TelarImportOptions *options,
                                     GHashTable **weights, GError **error);

/* The same as a project: writes @project (*.telar), arranged, and its weights beside it, in
 * NAME.safetensors. @n_nodes (may be NULL) receives how many nodes there are. Nothing is left
 * behind on failure, and what was there stays. */
gboolean telar_import_project (const char *path, const TelarImportOptions *options,
                               const char *project, guint *n_nodes, GError **error);

G_END_DECLS
