/* Sliding windows. */
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
/* The same over @n axes of the sizes @in. */
void code_window_read_over (const CodePiece *p, guint n, const gint64 *in, CodeWindow *window);
/* Of a transposed convolution, whose padding takes away. */
void code_window_read_transposed (const CodePiece *p, CodeWindow *window);
/* Whether each axis is padded alike at both sides. */
gboolean code_window_is_even (const CodeWindow *window);
/* "(0, 1, 0, 1)", as F.pad takes it. Caller frees. */
char *code_window_sides (const CodeWindow *window);
/* Whether any side is. */
gboolean code_window_is_padded (const CodeWindow *window);
/* Whether that is the padding "same" over the sizes @in, whatever it is called. */
gboolean code_window_is_same (const CodeWindow *window, const gint64 *in);
/* How many places the window reaches over along @axis. */
gint64 code_window_span (const CodeWindow *window, guint axis);
/* "((0, 0), (0, 0), (1, 1), (0, 1))", as NumPy and Keras pad. Caller frees. */
char *code_window_pairs (const CodeWindow *window);
/* "[:, :, 1:4, 1:5]": of each axis @size places from @low on. Caller frees. */
char *code_window_part (const gint64 *low, const gint64 *size, guint n);
/* The axes behind the channels, "(2, 3)". Caller frees. */
char *code_spatial_axes (const CodePiece *p);
