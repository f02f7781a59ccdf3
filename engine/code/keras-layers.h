/* Layers in Keras: what the files of them share. */
#pragma once

#include "engine/code/private.h"

/* Refuses kernels whose length or strength is learned apart. */
gboolean code_keras_is_normalised (CodePiece *p);
/* The bias of a layer by its names, or that there is none. */
void code_keras_bias (CodePiece *p, CodeCall *call);
/* The layer's own activation, or one behind it. */
void code_keras_activate (CodePiece *p, CodeCall *call);
/* What a recurrent cell and its gates have where it is not the usual. */
void code_keras_cell_activations (CodePiece *p, CodeCall *call);
