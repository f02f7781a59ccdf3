/* The weights that a project begins with, instead of random ones: the training setting "weights"
 * names a safetensors file with the states' numbers by their names. */
#pragma once

#include "engine/graph.h"
#include "engine/plan.h"

G_BEGIN_DECLS

/* Whether the project names such a file. */
gboolean telar_weights_named (TelarGraph *graph);

/* Reads it (relative to the project's folder). Of what the file holds only the states of @program
 * (NULL: all) count, so that a model may lose layers and gain others, which begin as usual. Numbers
 * of another shape than the state's are an error that names the node. A new reference; NULL on
 * error. */
TelarStates *telar_weights_load (TelarGraph *graph, const TelarProgram *program, GError **error);

G_END_DECLS
