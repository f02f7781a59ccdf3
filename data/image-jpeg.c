/* JPEG through libjpeg-turbo. Its errors leave by longjmp; a cut-off file, which it would fill with
 * gray, is an error here. */
#include "data/image-formats.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf back;
  char message[JMSG_LENGTH_MAX];
} JpegErrors;

static void
leave (j_common_ptr info)
{
  JpegErrors *errors = (JpegErrors *)info->err;
  errors->base.format_message (info, errors->message);
  longjmp (errors->back, 1);
}

/* Warnings (level -1) mean damaged data. */
static void
take_message (j_common_ptr info, int level)
{
  if (level < 0)
    leave (info);
}

/* What survives the jump lives outside the function that sets it. */
typedef struct {
  struct jpeg_decompress_struct info;
  JpegErrors errors;
  const char *path;
  TelarTensor *image;
  GError *error;
} JpegReading;

static void
decode (JpegReading *reading, const guint8 *data, gsize length)
{
  struct jpeg_decompress_struct *info = &reading->info;
  if (setjmp (reading->errors.back) != 0) {
    if (reading->error == NULL)
      telar_set_error (&reading->error, TELAR_ERROR_INVALID, NULL, "%s: %s", reading->path,
                       reading->errors.message);
    return;
  }
  jpeg_create_decompress (info);
  jpeg_mem_src (info, data, length);
  jpeg_read_header (info, TRUE);
  info->out_color_space = info->num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_calc_output_dimensions (info);
  reading->image = telar_image_new (reading->path, info->output_width, info->output_height,
                                    info->num_components == 1 ? 1 : 3, &reading->error);
  if (reading->image == NULL)
    return;
  jpeg_start_decompress (info);
  gsize stride = (gsize)info->output_width * (gsize)info->output_components;
  while (info->output_scanline < info->output_height) {
    JSAMPROW row = (JSAMPROW)reading->image->data + info->output_scanline * stride;
    jpeg_read_scanlines (info, &row, 1);
  }
  jpeg_finish_decompress (info);
}

TelarTensor *
telar_image_decode_jpeg (const char *path, const guint8 *data, gsize length, GError **error)
{
  JpegReading reading = { .path = path };
  reading.info.err = jpeg_std_error (&reading.errors.base);
  reading.errors.base.error_exit = leave;
  reading.errors.base.emit_message = take_message;
  decode (&reading, data, length);
  jpeg_destroy_decompress (&reading.info);
  if (reading.error != NULL) {
    g_clear_pointer (&reading.image, telar_tensor_unref);
    g_propagate_error (error, reading.error);
  }
  return reading.image;
}
