/* PNG through libpng's simplified interface, which reports errors without longjmp. */
#include "data/image-formats.h"

#include <png.h>

TelarTensor *
telar_image_decode_png (const char *path, const guint8 *data, gsize length, GError **error)
{
  png_image png = { .version = PNG_IMAGE_VERSION };
  TelarTensor *image = NULL;
  if (png_image_begin_read_from_memory (&png, data, length)) {
    guint channels = !(png.format & PNG_FORMAT_FLAG_COLOR)  ? 1
                     : (png.format & PNG_FORMAT_FLAG_ALPHA) ? 4
                                                            : 3;
    /* Gray with alpha keeps its alpha by way of RGBA. */
    if (channels == 1 && (png.format & PNG_FORMAT_FLAG_ALPHA))
      channels = 4;
    png.format = channels == 1 ? PNG_FORMAT_GRAY : channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
    image = telar_image_new (path, png.width, png.height, channels, error);
    if (image == NULL) {
      png_image_free (&png);
      return NULL;
    }
    if (png_image_finish_read (&png, NULL, image->data, 0, NULL))
      return image;
  }
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", path, png.message);
  png_image_free (&png);
  g_clear_pointer (&image, telar_tensor_unref);
  return NULL;
}
