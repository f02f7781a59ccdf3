/* Layers in PyTorch: what the files of them share. */
#pragma once

#include "engine/code/private.h"

/* Normalises the kernel of the last module as the node says: @axis counts the outputs in the state,
 * @dim in the module's weight. */
void code_torch_normalise (CodePiece *p, guint axis, guint dim);
