/* Histograms, images, texts and precision-recall curves, written to an event file. */
#include "insight/events/export-private.h"
#include "insight/store-media.h"

#include <math.h>
#include <string.h>

/* types.proto */
enum { TYPE_DOUBLE = 2, TYPE_STRING = 7 };

typedef gboolean (*PutSeriesFunc) (TelarEventWriter *writer, const TelarSpan *span, GError **error);

static double
wall_of (gint64 time)
{
  return (double)time / G_USEC_PER_SEC;
}

/* --- tensors ----------------------------------------------------------------------------- */

static void
put_dim (GByteArray *shape, gint64 size)
{
  g_autoptr (GByteArray) dim = g_byte_array_new ();

  telar_proto_put_varint (dim, 1, (guint64)size);
  telar_proto_put_message (shape, 2, dim);
}

/* The tensor that @rest (its values) belongs to becomes writer->value's. */
static void
put_tensor (TelarEventWriter *writer, guint type, const gint64 *dims, guint rank, GByteArray *rest)
{
  g_autoptr (GByteArray) tensor = g_byte_array_new ();
  g_autoptr (GByteArray) shape = g_byte_array_new ();

  for (guint i = 0; i < rank; i++)
    put_dim (shape, dims[i]);
  telar_proto_put_varint (tensor, 1, type);
  telar_proto_put_message (tensor, 2, shape);
  g_byte_array_append (tensor, rest->data, rest->len);
  telar_proto_put_message (writer->value, 8, tensor);
}

/* --- histograms -------------------------------------------------------------------------- */

/* A HistogramProto: a bucket that is empty gives the first edge. */
static void
put_buckets (TelarEventWriter *writer, const TelarHistogram *histogram)
{
  g_autofree double *counts = g_new0 (double, (gsize)histogram->n_bins + 1);
  g_autoptr (GByteArray) message = g_byte_array_new ();
  const double numbers[] = { histogram->min, histogram->max, histogram->n, histogram->sum,
                             histogram->squares };

  memcpy (counts + 1, histogram->counts, histogram->n_bins * sizeof *counts);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    telar_proto_put_double (message, i + 1, numbers[i]);
  telar_proto_put_doubles (message, 6, histogram->edges, (gsize)histogram->n_bins + 1);
  telar_proto_put_doubles (message, 7, counts, (gsize)histogram->n_bins + 1);
  telar_proto_put_message (writer->value, 5, message);
}

static gboolean
put_histograms (TelarEventWriter *writer, const TelarSpan *span, GError **error)
{
  g_autoptr (GPtrArray) histograms = telar_store_histograms (writer->store, span, error);

  for (guint i = 0; histograms != NULL && i < histograms->len; i++) {
    const TelarHistogram *histogram = histograms->pdata[i];
    telar_event_begin (writer, wall_of (histogram->time), histogram->step);
    telar_proto_put_text (writer->value, 1, span->name);
    put_buckets (writer, histogram);
    telar_event_write (writer);
  }
  return histograms != NULL;
}

/* --- images ------------------------------------------------------------------------------ */

/* The number that stands in a PNG's header at @offset: 16 is its width, 20 its height. */
static guint32
png_number (GBytes *png, gsize offset)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (png, &size);
  guint32 number = 0;

  if (size >= offset + sizeof number)
    memcpy (&number, bytes + offset, sizeof number);
  return GUINT32_FROM_BE (number);
}

static void
put_size (GByteArray *values, guint32 size)
{
  g_autofree char *text = g_strdup_printf ("%u", size);

  telar_proto_put_text (values, 8, text);
}

/* The images of a step: a tensor of texts, the size and then the files. */
static void
put_images_of_step (TelarEventWriter *writer, const char *name, const GPtrArray *images,
                    gboolean first)
{
  const TelarImageRow *image = images->pdata[0];
  const gint64 n = (gint64)images->len + 2;
  g_autoptr (GByteArray) values = g_byte_array_new ();

  telar_event_begin (writer, wall_of (image->time), image->step);
  telar_proto_put_text (writer->value, 1, name);
  put_size (values, png_number (image->png, 16));
  put_size (values, png_number (image->png, 20));
  for (guint i = 0; i < images->len; i++) {
    gsize size;
    image = images->pdata[i];
    const void *bytes = g_bytes_get_data (image->png, &size);
    telar_proto_put_bytes (values, 8, bytes, size);
  }
  put_tensor (writer, TYPE_STRING, &n, 1, values);
  if (first)
    telar_event_put_metadata (writer, "images", NULL, TELAR_DATA_BLOBS);
  telar_event_write (writer);
}

static gboolean
put_images (TelarEventWriter *writer, const TelarSpan *span, GError **error)
{
  g_autoptr (GArray) steps =
      telar_store_steps (writer->store, span->run, TELAR_MEDIA_IMAGE, span->name, error);

  for (guint i = 0; steps != NULL && i < steps->len; i++) {
    g_autoptr (GPtrArray) images = telar_store_images (writer->store, span->run, span->name,
                                                       g_array_index (steps, gint64, i), error);
    if (images == NULL)
      return FALSE;
    if (images->len > 0)
      put_images_of_step (writer, span->name, images, i == 0);
  }
  return steps != NULL;
}

/* --- texts and curves -------------------------------------------------------------------- */

static gboolean
put_texts (TelarEventWriter *writer, const TelarSpan *span, GError **error)
{
  const gint64 one = 1;
  g_autoptr (GPtrArray) texts = telar_store_texts (writer->store, span, error);
  g_autoptr (GByteArray) values = g_byte_array_new ();

  for (guint i = 0; texts != NULL && i < texts->len; i++) {
    const TelarTextRow *text = texts->pdata[i];
    telar_event_begin (writer, wall_of (text->time), text->step);
    telar_proto_put_text (writer->value, 1, span->name);
    g_byte_array_set_size (values, 0);
    telar_proto_put_text (values, 8, text->text);
    put_tensor (writer, TYPE_STRING, &one, 1, values);
    if (i == 0)
      telar_event_put_metadata (writer, "text", NULL, TELAR_DATA_TENSOR);
    telar_event_write (writer);
  }
  return texts != NULL;
}

/* A pr_curves tensor: true and false positives, true and false negatives, precision, recall. Counts
 * that nobody kept are told as 0. */
static void
put_curve (TelarEventWriter *writer, const TelarCurve *curve)
{
  const gint64 dims[] = { 6, curve->n };
  g_autofree double *rows = g_new0 (double, 6 * (gsize)curve->n + 1);
  g_autoptr (GByteArray) values = g_byte_array_new ();
  gsize row = curve->n * sizeof *rows;

  if (curve->counts != NULL)
    memcpy (rows, curve->counts, 4 * row);
  memcpy (rows + 4 * curve->n, curve->y, row);
  memcpy (rows + 5 * curve->n, curve->x, row);
  telar_proto_put_doubles (values, 6, rows, 6 * (gsize)curve->n);
  put_tensor (writer, TYPE_DOUBLE, dims, G_N_ELEMENTS (dims), values);
}

static gboolean
put_curves (TelarEventWriter *writer, const TelarSpan *span, GError **error)
{
  g_autoptr (GPtrArray) curves = telar_store_curves (writer->store, span, error);
  g_autoptr (GByteArray) content = g_byte_array_new ();

  for (guint i = 0; curves != NULL && i < curves->len; i++) {
    const TelarCurve *curve = curves->pdata[i];
    /* TensorBoard knows precision over recall alone, which is what has counts; what others recorded
     * has neither counts nor an area. */
    if (curve->counts == NULL && isfinite (curve->area))
      continue;
    telar_event_begin (writer, wall_of (curve->time), curve->step);
    telar_proto_put_text (writer->value, 1, span->name);
    put_curve (writer, curve);
    if (i == 0) {
      telar_proto_put_varint (content, 1, 0);
      telar_proto_put_varint (content, 2, curve->n);
      telar_event_put_metadata (writer, "pr_curves", content, TELAR_DATA_TENSOR);
    }
    telar_event_write (writer);
  }
  return curves != NULL;
}

/* --- all of them ------------------------------------------------------------------------- */

gboolean
telar_events_write_media (TelarEventWriter *writer, gint64 run, GError **error)
{
  static const struct {
    TelarMediaKind kind;
    PutSeriesFunc put;
  } kinds[] = { { TELAR_MEDIA_HISTOGRAM, put_histograms },
                { TELAR_MEDIA_IMAGE, put_images },
                { TELAR_MEDIA_TEXT, put_texts },
                { TELAR_MEDIA_CURVE, put_curves } };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GPtrArray) series = telar_store_series (writer->store, run, kinds[i].kind, error);
    if (series == NULL)
      return FALSE;
    for (guint j = 0; j < series->len; j++) {
      const TelarSeriesRow *row = series->pdata[j];
      TelarSpan span = { .run = run, .name = row->name, .after = -1, .to = G_MAXINT64 };
      if (!kinds[i].put (writer, &span, error))
        return FALSE;
    }
  }
  return TRUE;
}
