/* The sizes of a convolution, whichever of its three tensors is the result. */
#pragma once

#include "engine/devices/cpu/cpu.h"

G_BEGIN_DECLS

/* Three spatial axes always: those a convolution lacks come first and are 1. */
typedef struct {
  guint n_spatial;
  gboolean channels_last;
  gint64 batch, in, out, groups;
  gint64 x[3], y[3], kernel[3], stride[3], dilation[3], low[3], high[3];
} CpuConvShape;

/* @x and @y: shapes of the image and of the result; @w: of the weights, or NULL for a pool, whose
 * kernel is an attribute. */
CpuConvShape cpu_conv_shape (const TelarInstr *instr, const TelarShape *x, const TelarShape *w,
                             const TelarShape *y);

/* The operands of CONV, CONV_INPUT_GRAD and CONV_WEIGHT_GRAD by what they are. */
typedef struct {
  const TelarShape *x, *w, *y;
} CpuConvTypes;
CpuConvTypes cpu_conv_types (const CpuSite *site);

/* Strides of an image of these sizes in its layout: batch, channel, three spatial axes. */
void cpu_image_strides (const CpuConvShape *shape, gint64 channels, const gint64 size[3],
                        gint64 strides[5]);

G_END_DECLS
