/* The decoders behind image.c; each gives u8[height,width,channels]. */
#pragma once

#include "data/image.h"

G_BEGIN_DECLS

/* Checks the size against the limits and allocates. */
TelarTensor *telar_image_new (const char *path, guint64 width, guint64 height, guint channels,
                              GError **error);

TelarTensor *telar_image_decode_png (const char *path, const guint8 *data, gsize length,
                                     GError **error);
TelarTensor *telar_image_decode_jpeg (const char *path, const guint8 *data, gsize length,
                                      GError **error);
TelarTensor *telar_image_decode_webp (const char *path, const guint8 *data, gsize length,
                                      GError **error);

G_END_DECLS
