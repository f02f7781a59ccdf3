/* WebP (still pictures) through libwebp. */
#include "data/image-formats.h"

#include <webp/decode.h>

TelarTensor *
telar_image_decode_webp (const char *path, const guint8 *data, gsize length, GError **error)
{
  WebPBitstreamFeatures features;
  VP8StatusCode status = WebPGetFeatures (data, length, &features);
  if (status != VP8_STATUS_OK || features.has_animation) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", path,
                     status == VP8_STATUS_OK                ? "an animation, not a still picture"
                     : status == VP8_STATUS_NOT_ENOUGH_DATA ? "the WebP data is cut off"
                                                            : "damaged WebP data");
    return NULL;
  }
  guint channels = features.has_alpha ? 4 : 3;
  g_autoptr (TelarTensor) image =
      telar_image_new (path, (guint64)features.width, (guint64)features.height, channels, error);
  if (image == NULL)
    return NULL;
  int stride = features.width * (int)channels;
  guint8 *decoded = channels == 4
                        ? WebPDecodeRGBAInto (data, length, image->data, image->bytes, stride)
                        : WebPDecodeRGBInto (data, length, image->data, image->bytes, stride);
  if (decoded == NULL) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: damaged or cut-off WebP data", path);
    return NULL;
  }
  return g_steal_pointer (&image);
}
