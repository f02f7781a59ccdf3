/* Sliding windows: the geometry that convolutions and pools share. */
#pragma once

#include "engine/operators/helpers.h"

G_BEGIN_DECLS

#define TELAR_MAX_SPATIAL 3

/* Per spatial axis; @pad holds the low side of each axis, then the high side of each. */
typedef struct {
  guint n;
  gint64 kernel[TELAR_MAX_SPATIAL], stride[TELAR_MAX_SPATIAL], dilation[TELAR_MAX_SPATIAL];
  gint64 pad[2 * TELAR_MAX_SPATIAL];
  gint64 extra[TELAR_MAX_SPATIAL]; /* how much of the high side is there for "ceil" alone */
} TelarWindow;

/* Reads the parameters kernel, stride, dilation, padding and pad of a node whose input has channels
 * on axis 1 and the spatial axes after it, and works the padding out. "same" is TensorFlow's:
 *
 *   total = max ((ceil (in / stride) - 1) · stride + dilation · (kernel - 1) + 1 - in, 0)
 *   low = floor (total / 2), high = total - low
 *
 * With "ceil" the high side grows until a last window fits that begins before the padding does, as
 * PyTorch and ONNX have it. A list with one item counts for all axes; an operator without the
 * parameter dilation has 1, and one whose stride may be "0x0" takes the kernel for it. FALSE: the
 * problem is reported. */
gboolean telar_window_read (TelarLowering *l, const TelarShape *input, TelarWindow *window);

/* The window's place after expanding: how many numbers it spans along @axis. */
gint64 telar_window_span (const TelarWindow *window, guint axis);

/* How many numbers the window takes in. */
gint64 telar_window_taps (const TelarWindow *window);

/* The parameter entries; @axes is the number of spatial axes. */
extern const char *const telar_padding_choices[];

#define TELAR_PARAM_KERNEL(axes, value)                                                            \
  {                                                                                                \
    .name = "kernel", .label = N_ ("Kernel"), .kind = TELAR_PARAM_INTS, .fallback = value,         \
    .minimum = 1, .maximum = 1024, .min_items = 1, .max_items = axes,                              \
    .doc = N_ ("Size of the window along each spatial axis; one number counts for all."),          \
    .prominent = TRUE,                                                                             \
  }
#define TELAR_PARAM_STRIDE(axes)                                                                   \
  {                                                                                                \
    .name = "stride", .label = N_ ("Stride"), .kind = TELAR_PARAM_INTS, .fallback = "1",           \
    .minimum = 1, .maximum = 1024, .min_items = 1, .max_items = axes,                              \
    .doc = N_ ("Steps of the window along each spatial axis; one number counts for all."),         \
  }
#define TELAR_PARAM_DILATION(axes)                                                                 \
  {                                                                                                \
    .name = "dilation", .label = N_ ("Dilation"), .kind = TELAR_PARAM_INTS, .fallback = "1",       \
    .minimum = 1, .maximum = 1024, .min_items = 1, .max_items = axes,                              \
    .doc = N_ ("Distance between neighbours in the window; 1 leaves no gaps."),                    \
  }
#define TELAR_PARAM_PADDING(value)                                                                 \
  {                                                                                                \
    .name = "padding", .label = N_ ("Padding"), .kind = TELAR_PARAM_CHOICE, .fallback = value,     \
    .choices = telar_padding_choices,                                                              \
    .doc = N_ ("same keeps the size (divided by the stride), valid stays inside the input, "       \
               "explicit adds what pad says."),                                                    \
  }
#define TELAR_PARAM_PAD(axes)                                                                      \
  {                                                                                                \
    .name = "pad", .label = N_ ("Explicit padding"), .kind = TELAR_PARAM_INTS, .fallback = "0",    \
    .minimum = 0, .maximum = 1024, .min_items = 1, .max_items = 2 * (axes),                        \
    .doc = N_ ("Only with explicit padding: one number for all sides, one for each axis, or the "  \
               "low side of each axis and then the high side of each."),                           \
  }

G_END_DECLS
