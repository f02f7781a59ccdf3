/* The windows of a convolution of images channels last, laid out as rows of a matrix. */
#pragma once

#include "engine/devices/cpu/conv-shape.h"

G_BEGIN_DECLS

/* Channels last, one group, at most two spatial axes: what can be laid. */
gboolean cpu_windows_suit (const CpuConvShape *shape);

/* Floats of a window: its taps, each with all channels of the image. */
gsize cpu_window_size (const CpuConvShape *shape);

/* The window of a position of the result, counted over all images; what lies outside is 0. */
void cpu_window_lay (const CpuConvShape *shape, float *to, const float *x, gsize position);

G_END_DECLS
