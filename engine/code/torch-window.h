/* Sliding windows, and the pools that are made of them. */
#pragma once

#include "engine/code/private.h"

#define TELAR_MAX_SPATIAL 3

typedef struct {
  guint n; /* spatial axes */
  gint64 kernel[TELAR_MAX_SPATIAL], stride[TELAR_MAX_SPATIAL], dilation[TELAR_MAX_SPATIAL];
  gint64 pad[2 * TELAR_MAX_SPATIAL]; /* the low sides, then the high ones */
} CodeWindow;

/* As the node's parameters say for its input; "same" is worked out. */
void code_window_read (const CodePiece *p, CodeWindow *window);
/* Of a transposed convolution, whose padding takes away. */
void code_window_read_transposed (const CodePiece *p, CodeWindow *window);
/* Whether each axis is padded alike at both sides. */
gboolean code_window_is_even (const CodeWindow *window);
/* "(0, 1, 0, 1)", as F.pad takes it. Caller frees. */
char *code_window_sides (const CodeWindow *window);

void code_emit_max_pool (CodePiece *p);
void code_emit_avg_pool (CodePiece *p);
void code_emit_lp_pool (CodePiece *p);
void code_emit_global_pool (CodePiece *p);
void code_emit_adaptive_pool (CodePiece *p);
