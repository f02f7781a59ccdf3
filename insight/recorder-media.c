/* Histograms and pictures on their way into the store: a tensor waits in the ring by reference, and
 * the writer's thread counts or paints it. */
#include "insight/picture.h"
#include "insight/recorder-private.h"

/* Counts or paints, and lets the tensor go. */
static void
make (TelarRecorder *recorder, RecorderMedia *media, gboolean image)
{
  TelarPictureGrid grid;

  if (media->values == NULL)
    return;
  if (image) {
    media->png =
        telar_picture_to_png (media->values, media->image.range, media->image.columns, &grid);
    media->grid = grid;
  } else {
    media->histogram = telar_histogram_count (media->values);
  }
  if (media->waits)
    atomic_fetch_sub (&recorder->waiting, media->values->bytes);
  media->waits = FALSE;
  g_clear_pointer (&media->values, telar_tensor_unref);
}

RecorderMedia *
telar_recorder_media_new (TelarRecorder *recorder, const char *name, TelarTensor *values,
                          const TelarImage *image)
{
  RecorderMedia *media = g_new0 (RecorderMedia, 1);

  media->name = g_strdup (name);
  media->values = telar_tensor_ref (values);
  if (image != NULL)
    media->image = *image;
  if (atomic_load (&recorder->waiting) + values->bytes > TELAR_RECORDER_WAITING) {
    make (recorder, media, image != NULL);
  } else {
    media->waits = TRUE;
    atomic_fetch_add (&recorder->waiting, values->bytes);
  }
  return media;
}

void
telar_recorder_media_free (TelarRecorder *recorder, RecorderMedia *media)
{
  if (media->waits)
    atomic_fetch_sub (&recorder->waiting, media->values->bytes);
  g_clear_pointer (&media->values, telar_tensor_unref);
  g_clear_pointer (&media->histogram, telar_histogram_free);
  g_clear_pointer (&media->png, g_bytes_unref);
  g_free (media->name);
  g_free (media);
}

static gboolean
write_image (TelarRecorder *recorder, const RecorderItem *item, GError **error)
{
  const RecorderMedia *media = item->media;
  TelarImageRow row = { .step = item->step,
                        .time = item->time,
                        .place = media->image.place,
                        .row = media->image.row,
                        .truth = (int)media->image.truth,
                        .answer = (int)media->image.answer,
                        .score = media->image.score,
                        .columns = media->grid.columns,
                        .tiles = media->grid.tiles,
                        .tile_width = media->grid.tile_width,
                        .tile_height = media->grid.tile_height,
                        .png = media->png };

  /* What is no picture, or larger than one may be, is left out. */
  if (media->png == NULL || g_bytes_get_size (media->png) > TELAR_IMAGE_MOST_BYTES)
    return TRUE;
  return telar_store_put_image (recorder->store, recorder->run, media->name, &row, error);
}

gboolean
telar_recorder_media_write (TelarRecorder *recorder, const RecorderItem *item, GError **error)
{
  RecorderMedia *media = item->media;

  make (recorder, media, item->kind == ITEM_IMAGE);
  if (item->kind == ITEM_IMAGE)
    return write_image (recorder, item, error);
  media->histogram->step = item->step;
  media->histogram->time = item->time;
  return telar_store_put_histogram (recorder->store, recorder->run, media->name, media->histogram,
                                    error);
}

/* --- curves ------------------------------------------------------------------------------ */

static double *
copy_numbers (const double *values, gsize n)
{
  return values != NULL ? g_memdup2 (values, n * sizeof *values) : NULL;
}

RecorderCurve *
telar_recorder_curve_new (const TelarMonitorCurve *curve)
{
  RecorderCurve *copy = g_new0 (RecorderCurve, 1);

  copy->name = g_strdup (curve->name);
  copy->values = g_new0 (TelarCurve, 1);
  copy->values->n = curve->n;
  copy->values->x = copy_numbers (curve->x, curve->n);
  copy->values->y = copy_numbers (curve->y, curve->n);
  copy->values->counts = copy_numbers (curve->counts, 4 * (gsize)curve->n);
  copy->values->area = curve->area;
  return copy;
}

gboolean
telar_recorder_curve_write (TelarRecorder *recorder, const RecorderItem *item, GError **error)
{
  item->curve->values->step = item->step;
  item->curve->values->time = item->time;
  return telar_store_put_curve (recorder->store, recorder->run, item->curve->name,
                                item->curve->values, error);
}

void
telar_recorder_curve_free (RecorderCurve *curve)
{
  telar_curve_free (curve->values);
  g_free (curve->name);
  g_free (curve);
}
