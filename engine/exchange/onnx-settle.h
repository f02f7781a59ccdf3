/* Weights that are worked out of several states, as normalised ones are. */
#pragma once

#include "engine/graph.h"
#include "engine/plan.h"

G_BEGIN_DECLS

/* @program, of @graph in use, with the kernels that training normalises in the form that they have
 * with @states: where they were worked out, the state of the kernel is read. @settled receives
 * states in which those kernels have their normalised numbers, new; NULL where there are none. NULL
 * with an error. */
TelarProgram *onnx_settle (const TelarProgram *program, const TelarGraph *graph,
                           const TelarStates *states, TelarStates **settled, GError **error);

G_END_DECLS
