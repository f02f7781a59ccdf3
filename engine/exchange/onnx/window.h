/* What convolutions and pools read of their attributes. */
#pragma once

#include "engine/exchange/onnx/call.h"

G_BEGIN_DECLS

typedef struct {
  guint n; /* spatial axes */
  gint64 kernel[TELAR_MAX_RANK], stride[TELAR_MAX_RANK], dilation[TELAR_MAX_RANK];
  gint64 pad[2 * TELAR_MAX_RANK]; /* low of each axis, then high of each */
} OnnxWindow;

/* A list attribute of exactly @n numbers, or @fallback for each where it is absent. */
gboolean onnx_window_list (OnnxCall *call, const char *name, gint64 *items, guint n,
                           gint64 fallback);

/* Kernel (@kernel: what the weights say, NULL when the attribute must), strides, dilations and
 * explicit padding; FALSE and an error where they are impossible. */
gboolean onnx_window_read (OnnxCall *call, const TelarShape *x, const gint64 *kernel,
                           OnnxWindow *window);

/* Adds what auto_pad and ceil_mode ask of a window that slides over @x. */
void onnx_window_fit (OnnxCall *call, const TelarShape *x, OnnxWindow *window);

/* Whether the window leaves places out between those that it covers. */
gboolean onnx_window_has_holes (const OnnxWindow *window);
/* What @x [N, C, …] adds up to under each place of the window, holes or not; padding adds nothing.
 */
TelarValue onnx_window_sum (TelarBuilder *b, TelarValue x, const OnnxWindow *window);

G_END_DECLS
