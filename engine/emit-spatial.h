/* Operations on pictures and other tensors with spatial axes, as functions that build programs:
 * what the operators and the ONNX importer share. Channels stand on axis 1, spatial axes after it.
 */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* --- resizing --------------------------------------------------------------------------------- */

typedef enum { TELAR_RESIZE_NEAREST, TELAR_RESIZE_LINEAR, TELAR_RESIZE_CUBIC } TelarResizeMode;

/* Which place x of the input the place i of the output shows; s is the scale, out / in.
 *   half_pixel            (i + 1/2) / s - 1/2
 *   pytorch_half_pixel    the same, but 0 where the output has one place
 *   half_pixel_symmetric  half_pixel, moved so that centres meet where s was rounded
 *   align_corners         i · (in - 1) / (s · in - 1)
 *   asymmetric            i / s
 *   tf_half_pixel         (i + 1/2) / s
 *   crop                  start · (in - 1) + i · (end - start) · (in - 1) / (out - 1) */
typedef enum {
  TELAR_PLACES_HALF_PIXEL,
  TELAR_PLACES_PYTORCH_HALF_PIXEL,
  TELAR_PLACES_HALF_PIXEL_SYMMETRIC,
  TELAR_PLACES_ALIGN_CORNERS,
  TELAR_PLACES_ASYMMETRIC,
  TELAR_PLACES_TF_HALF_PIXEL,
  TELAR_PLACES_CROP,
} TelarPlaces;

typedef enum {
  TELAR_ROUND_PREFER_FLOOR,
  TELAR_ROUND_PREFER_CEIL,
  TELAR_ROUND_FLOOR,
  TELAR_ROUND_CEIL,
} TelarNearest;

typedef struct {
  TelarResizeMode mode;
  TelarPlaces places;
  TelarNearest nearest;
  double cubic;             /* Keys' a; -0.75 in PyTorch and ONNX, -0.5 in TensorFlow */
  gboolean exclude_outside; /* cubic: places outside count for nothing; else the edge repeats */
  gboolean antialias; /* shrinking by linear or cubic: kernels as wide as the output's places, so
                         that no number is skipped */
  double outside;     /* crop: the number where x lies outside the input */
} TelarResize;

/* Resizes one axis of @x to @size places. With crop, @start and @end are parts of the axis. Linear
 * and cubic are products with a matrix of weights, nearest is a gather, so gradients follow. Keys:
 * "Cubic convolution interpolation for digital image processing", 1981. */
TelarValue telar_emit_resize_axis (TelarBuilder *b, const TelarResize *resize, TelarValue x,
                                   guint axis, gint64 size, double scale, double start, double end);

/* @x times the matrix @weights [in, out] along @axis. */
TelarValue telar_emit_weigh_axis (TelarBuilder *b, TelarValue x, guint axis, TelarTensor *weights);

/* --- padding ---------------------------------------------------------------------------------- */

typedef enum {
  TELAR_PAD_CONSTANT,
  TELAR_PAD_REFLECT,  /* b c | a b c | a b: the edge itself is not repeated */
  TELAR_PAD_EDGE,     /* a a | a b c | c c */
  TELAR_PAD_CIRCULAR, /* b c | a b c | a b as a ring */
} TelarPadMode;

/* Pads each axis with @low and @high (negative: crops). @value is a scalar of x's type, for the
 * constant mode only. */
TelarValue telar_emit_pad (TelarBuilder *b, TelarPadMode mode, TelarValue x, const gint64 *low,
                           const gint64 *high, TelarValue value);

/* --- channels and places ---------------------------------------------------------------------- */

/* [N, C·r², H, W] to [N, C, H·r, W·r] (Shi et al.: "Real-time single image and video
 * super-resolution using an efficient sub-pixel convolutional neural network", 2016). @channels
 * first: c·r² + i·r + j as PyTorch and ONNX's CRD; else ONNX's DCR. */
TelarValue telar_emit_depth_to_space (TelarBuilder *b, TelarValue x, gint64 block,
                                      gboolean channels_first);
/* The other way: [N, C, H·r, W·r] to [N, r²·C, H, W], the blocks' places first as in ONNX, or, with
 * @channels_first, the channels, as PyTorch's pixel_unshuffle. */
TelarValue telar_emit_space_to_depth (TelarBuilder *b, TelarValue x, gint64 block,
                                      gboolean channels_first);

/* --- grids ------------------------------------------------------------------------------------ */

typedef enum { TELAR_GRID_ZEROS, TELAR_GRID_BORDER, TELAR_GRID_REFLECTION } TelarGridPadding;

/* Jaderberg et al.: "Spatial transformer networks", NeurIPS 2015. @x is [N, C, H, W], @grid [N, h,
 * w, 2] with x and y from -1 to 1; the result is [N, C, h, w]. Volumes [N, C, D, H, W] have grids
 * [N, d, h, w, 3] with x, y and z. With @align_corners, ±1 are the centres of the corner places,
 * else their outer edges. */
TelarValue telar_emit_grid_sample (TelarBuilder *b, TelarResizeMode mode, TelarGridPadding padding,
                                   gboolean align_corners, TelarValue x, TelarValue grid);

/* --- regions ---------------------------------------------------------------------------------- */

typedef struct {
  gint64 height, width; /* cells of the result */
  gint64 samples;       /* in a cell, along each axis */
  double scale;         /* from the boxes' numbers to places of the picture */
  gboolean largest;     /* of what the samples are made of, in place of their mean */
  gboolean half_pixel;  /* pixel i covers i to i + 1, so that its centre is at i + 1/2 */
} TelarRoiAlign;

/* He et al.: "Mask R-CNN", 2017. @x is [N, C, H, W], @boxes [R, 4] with x and y of two opposite
 * corners, @pictures [R] the sample of each; the result is [R, C, height, width]. Bilinear samples;
 * with @largest the largest of the weighted corners of all samples, as ONNX. */
TelarValue telar_emit_roi_align (TelarBuilder *b, const TelarRoiAlign *settings, TelarValue x,
                                 TelarValue boxes, TelarValue pictures);

G_END_DECLS
