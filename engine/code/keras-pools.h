/* Pools in Keras. */
#pragma once

#include "engine/code/private.h"

void code_keras_max_pool (CodePiece *p);
void code_keras_avg_pool (CodePiece *p);
void code_keras_lp_pool (CodePiece *p);
void code_keras_global_pool (CodePiece *p);
void code_keras_adaptive_pool (CodePiece *p);
void code_keras_global_lp_pool (CodePiece *p);
