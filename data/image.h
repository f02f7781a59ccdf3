/* Pictures from PNG, JPEG and WebP files. */
#pragma once

#include "engine/error.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

#define TELAR_IMAGE_MAX_SIDE   32768
#define TELAR_IMAGE_MAX_PIXELS ((gint64)1 << 28)

/* u8[height,width,channels] with 1 (gray), 3 (RGB) or 4 (RGBA) channels; the kind is told by the
 * first bytes, not the name. 16-bit samples are reduced to 8, palettes expanded. Larger than the
 * limits above, damaged or cut off is an error that names the file. */
TelarTensor *telar_image_read (const char *path, GError **error);

/* f32[1,channels,height,width] of 0 to 255 with the wanted channels: gray is repeated, colour is
 * weighed to gray as ITU-R BT.601 has it (0.299 R + 0.587 G + 0.114 B), alpha is laid over black
 * unless four channels are wanted. */
TelarTensor *telar_image_to_planes (const TelarTensor *image, guint channels, GError **error);

G_END_DECLS
