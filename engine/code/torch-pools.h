/* Pools in PyTorch. */
#pragma once

#include "engine/code/private.h"

void code_emit_max_pool (CodePiece *p);
void code_emit_avg_pool (CodePiece *p);
void code_emit_lp_pool (CodePiece *p);
void code_emit_global_pool (CodePiece *p);
void code_emit_adaptive_pool (CodePiece *p);
void code_emit_global_lp_pool (CodePiece *p);
void code_emit_max_pool_places (CodePiece *p);
void code_emit_max_unpool (CodePiece *p);
