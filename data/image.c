/* Reads pictures: tells the format by its first bytes, checks sizes, and lays pixels out as planes
 * for a model. */
#include "data/image.h"

#include "data/image-formats.h"
#include <string.h>
#include <sys/stat.h>

#define FILE_LIMIT ((goffset)1 << 30)

TelarTensor *
telar_image_new (const char *path, guint64 width, guint64 height, guint channels, GError **error)
{
  if (width == 0 || height == 0 || width > TELAR_IMAGE_MAX_SIDE || height > TELAR_IMAGE_MAX_SIDE ||
      width * height > TELAR_IMAGE_MAX_PIXELS) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: a picture of %" G_GUINT64_FORMAT " x %" G_GUINT64_FORMAT
                     " pixels; at most %d a side are read",
                     path, width, height, TELAR_IMAGE_MAX_SIDE);
    return NULL;
  }
  TelarShape shape = telar_shape ((gint64)height, (gint64)width, channels);
  TelarTensor *image = telar_tensor_try_new (TELAR_U8, &shape, error);
  if (image == NULL)
    g_prefix_error (error, "%s: ", path);
  return image;
}

static gboolean
load (const char *path, char **data, gsize *length, GError **error)
{
  struct stat info;
  g_autoptr (GError) problem = NULL;
  if (stat (path, &info) == 0 && (!S_ISREG (info.st_mode) || info.st_size > FILE_LIMIT)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: not a file of up to 1 GiB", path);
    return FALSE;
  }
  if (g_file_get_contents (path, data, length, &problem))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s", problem->message);
  return FALSE;
}

TelarTensor *
telar_image_read (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  if (!load (path, &text, &length, error))
    return NULL;
  const guint8 *data = (const guint8 *)text;
  if (length >= 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    return telar_image_decode_png (path, data, length, error);
  if (length >= 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    return telar_image_decode_jpeg (path, data, length, error);
  if (length >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return telar_image_decode_webp (path, data, length, error);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: neither PNG, JPEG nor WebP", path);
  return NULL;
}

/* Sample of channel @c of @wanted from a pixel of @have channels. */
static float
sample (const guint8 *pixel, guint have, guint c, guint wanted)
{
  if (wanted == 4)
    return c == 3 ? (have == 4 ? pixel[3] : 255.0F) : pixel[have >= 3 ? c : 0];
  float alpha = have == 4 ? (float)pixel[3] / 255.0F : 1.0F;
  if (have == 1)
    return pixel[0];
  if (wanted == 3)
    return alpha * pixel[c];
  return alpha * (0.299F * pixel[0] + 0.587F * pixel[1] + 0.114F * pixel[2]);
}

TelarTensor *
telar_image_to_planes (const TelarTensor *image, guint channels, GError **error)
{
  const gint64 *dims = image->type.shape.dims;
  if (channels != 1 && channels != 3 && channels != 4) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "a picture cannot become %u channels; 1, 3 and 4 are known", channels);
    return NULL;
  }
  TelarShape shape = telar_shape (1, channels, dims[0], dims[1]);
  TelarTensor *planes = telar_tensor_try_new (TELAR_F32, &shape, error);
  if (planes == NULL)
    return NULL;
  gsize pixels = (gsize)(dims[0] * dims[1]);
  guint have = (guint)dims[2];
  float *target = planes->data;
  for (guint c = 0; c < channels; c++)
    for (gsize i = 0; i < pixels; i++)
      *target++ = sample ((const guint8 *)image->data + i * have, have, c, channels);
  return planes;
}
