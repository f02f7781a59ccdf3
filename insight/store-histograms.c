/* Histograms in the store: packed (histogram-pack.c), one at a step, all kept. */
#include "insight/store-media-private.h"

gboolean
telar_store_put_histogram (TelarStore *store, gint64 run, const char *name,
                           const TelarHistogram *histogram, GError **error)
{
  TelarSeriesRef series = { run, TELAR_MEDIA_HISTOGRAM, name, TRUE };

  if (histogram->n_bins < 1 || histogram->n_bins > TELAR_HISTOGRAM_MOST_BINS)
    return telar_store_too_large (name, "the histogram has no bins or too many",
                                  TELAR_HISTOGRAM_MOST_BINS, error);
  g_autoptr (GBytes) data = telar_histogram_pack (histogram);
  TelarItem item = { histogram->step, histogram->time, 0, NULL, data };
  return telar_store_put_item (store, &series, &item, error);
}

static gpointer
make_histogram (const TelarItem *item)
{
  gsize size;
  const void *data = item->data != NULL ? g_bytes_get_data (item->data, &size) : NULL;
  TelarHistogram *histogram = data != NULL ? telar_histogram_unpack (data, size) : NULL;

  if (histogram != NULL) {
    histogram->step = item->step;
    histogram->time = item->time;
  }
  return histogram;
}

static void
free_histogram (gpointer histogram)
{
  telar_histogram_free (histogram);
}

GPtrArray *
telar_store_histograms (TelarStore *store, const TelarSpan *span, GError **error)
{
  return telar_store_read_span (store, TELAR_MEDIA_HISTOGRAM, span, make_histogram, free_histogram,
                                error);
}

TelarHistogram *
telar_store_histogram_at (TelarStore *store, gint64 run, const char *name, gint64 step,
                          GError **error)
{
  TelarSeriesRef series = { .run = run, .kind = TELAR_MEDIA_HISTOGRAM, .name = name };
  g_autoptr (GPtrArray) rows =
      telar_store_read_step (store, &series, step, make_histogram, free_histogram, error);

  return rows != NULL && rows->len > 0 ? g_ptr_array_steal_index (rows, 0) : NULL;
}
