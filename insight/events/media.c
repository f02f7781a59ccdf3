/* Histograms, images, texts and precision-recall curves of event files, in the older form and as
 * tensors. */
#include "insight/events/events-private.h"
#include "insight/store-media.h"
#include "insight/store-private.h"

#include <math.h>
#include <string.h>

/* Beyond it a limit stands for "and all that is larger": the last one of TensorFlow's buckets. */
#define OPEN_END 1e300

static gboolean
no_value (const char *tag, const char *what, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "“%s” holds no %s", tag, what);
  return FALSE;
}

static gint64
time_of (const TelarEventsImport *import)
{
  return telar_wall_to_time (import->wall);
}

/* --- histograms -------------------------------------------------------------------------- */

/* A HistogramProto. */
typedef struct {
  double min, max, n, sum, squares;
  GArray *limits, *counts; /* double */
} Buckets;

static gboolean
read_doubles (const TelarProtoField *field, GArray *values)
{
  TelarProto proto = telar_proto_enter (field);
  guint64 bits;

  if (field->type == TELAR_PROTO_FIXED64) {
    double value = telar_proto_double (field->bits);
    g_array_append_val (values, value);
    return TRUE;
  }
  if (field->type != TELAR_PROTO_BYTES)
    return FALSE;
  while (proto.at < proto.end && telar_proto_fixed (&proto, &bits, 8)) {
    double value = telar_proto_double (bits);
    g_array_append_val (values, value);
  }
  return !proto.bad;
}

static gboolean
read_buckets (TelarProtoSpan bytes, Buckets *buckets)
{
  TelarProto proto = telar_proto (bytes.bytes, bytes.size);
  TelarProtoField field;
  double *const numbers[] = { &buckets->min, &buckets->max, &buckets->n, &buckets->sum,
                              &buckets->squares };

  while (telar_proto_next (&proto, &field)) {
    if (field.number >= 1 && field.number <= 5 && field.type == TELAR_PROTO_FIXED64)
      *numbers[field.number - 1] = telar_proto_double (field.bits);
    else if ((field.number == 6 && !read_doubles (&field, buckets->limits)) ||
             (field.number == 7 && !read_doubles (&field, buckets->counts)))
      return FALSE;
  }
  return !proto.bad && buckets->limits->len == buckets->counts->len;
}

static gboolean
is_ascending (const TelarHistogram *histogram)
{
  for (guint i = 0; i < histogram->n_bins; i++)
    if (!(histogram->edges[i] <= histogram->edges[i + 1]) || !(histogram->counts[i] >= 0) ||
        !isfinite (histogram->counts[i]))
      return FALSE;
  return isfinite (histogram->edges[0]) && isfinite (histogram->edges[histogram->n_bins]);
}

/* A bucket reaches from the limit before it to its own. The first, which has none before it, either
 * is empty and gives only an edge, or begins at the least number. */
static TelarHistogram *
from_buckets (const Buckets *buckets)
{
  const double *limits = (const double *)(void *)buckets->limits->data;
  const double *counts = (const double *)(void *)buckets->counts->data;
  guint n = buckets->limits->len;
  guint skip = n > 1 && counts[0] == 0 && limits[0] <= buckets->min;

  if (n == 0 || n - skip > TELAR_HISTOGRAM_MOST_BINS)
    return NULL;
  TelarHistogram *histogram = telar_histogram_new (n - skip);
  histogram->edges[0] = skip ? limits[0] : MIN (buckets->min, limits[0]);
  memcpy (histogram->edges + 1, limits + skip, (n - skip) * sizeof *limits);
  memcpy (histogram->counts, counts + skip, (n - skip) * sizeof *counts);
  double *last = &histogram->edges[n - skip];
  if (*last > OPEN_END)
    *last = MAX (buckets->max, histogram->edges[n - skip - 1]);
  histogram->n = buckets->n;
  histogram->min = buckets->min;
  histogram->max = buckets->max;
  histogram->sum = buckets->sum;
  histogram->squares = buckets->squares;
  return histogram;
}

/* Rows of left edge, right edge and count, side by side. Sums are not in them: they are taken as if
 * all numbers lay in the middle of their bin. */
static TelarHistogram *
from_rows (const TelarSummaryTensor *tensor)
{
  const double *rows = (const double *)(void *)tensor->numbers->data;
  guint n = tensor->numbers->len / 3;

  if (tensor->rank != 2 || tensor->dims[1] != 3 || n == 0 || n > TELAR_HISTOGRAM_MOST_BINS)
    return NULL;
  g_autoptr (TelarHistogram) histogram = telar_histogram_new (n);
  for (guint i = 0; i < n; i++, rows += 3) {
    double middle = (rows[0] + rows[1]) / 2;
    if (i > 0 && rows[0] != histogram->edges[i])
      return NULL;
    histogram->edges[i] = rows[0];
    histogram->edges[i + 1] = rows[1];
    histogram->counts[i] = rows[2];
    histogram->n += rows[2];
    histogram->sum += rows[2] * middle;
    histogram->squares += rows[2] * middle * middle;
  }
  histogram->min = histogram->edges[0];
  histogram->max = histogram->edges[n];
  return g_steal_pointer (&histogram);
}

static gboolean
put_histogram (TelarEventsImport *import, const char *tag, TelarHistogram *histogram,
               GError **error)
{
  g_autoptr (TelarHistogram) made = histogram;

  if (made == NULL || !is_ascending (made))
    return no_value (tag, "histogram", error);
  made->step = import->step;
  made->time = time_of (import);
  return telar_store_put_histogram (import->store, import->run, tag, made, error);
}

static gboolean
add_buckets (TelarEventsImport *import, const char *tag, TelarProtoSpan body, GError **error)
{
  g_autoptr (GArray) limits = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (double));
  Buckets buckets = { .limits = limits, .counts = counts };

  return put_histogram (import, tag, read_buckets (body, &buckets) ? from_buckets (&buckets) : NULL,
                        error);
}

/* --- images ------------------------------------------------------------------------------ */

static gboolean
is_png (TelarProtoSpan bytes)
{
  static const guint8 signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

  return bytes.size > sizeof signature && memcmp (bytes.bytes, signature, sizeof signature) == 0;
}

static gboolean
put_image (TelarEventsImport *import, const char *tag, TelarProtoSpan bytes, guint place,
           GError **error)
{
  TelarImageRow image = { .step = import->step,
                          .time = time_of (import),
                          .place = place,
                          .row = -1,
                          .truth = -1,
                          .answer = -1,
                          .score = NAN };

  if (!is_png (bytes) || bytes.size > TELAR_IMAGE_MOST_BYTES || place >= TELAR_IMAGE_MOST_PLACES) {
    import->result->left_out[TELAR_LEFT_PICTURE]++;
    return TRUE;
  }
  image.png = g_bytes_new (bytes.bytes, bytes.size);
  gboolean ok = telar_store_put_image (import->store, import->run, tag, &image, error);
  g_bytes_unref (image.png);
  return ok;
}

/* Summary.Image */
static gboolean
add_image (TelarEventsImport *import, const char *tag, TelarProtoSpan body, GError **error)
{
  TelarProto proto = telar_proto (body.bytes, body.size);
  TelarProtoField field;
  TelarProtoSpan bytes = { 0 };

  while (telar_proto_next (&proto, &field))
    if (telar_proto_is (&field, 4, TELAR_PROTO_BYTES))
      bytes = (TelarProtoSpan){ field.bytes, field.size };
  if (proto.bad)
    return no_value (tag, "image", error);
  return put_image (import, tag, bytes, 0, error);
}

/* Width, height, then the pictures of the step. */
static gboolean
add_images (TelarEventsImport *import, const char *tag, const TelarSummaryTensor *tensor,
            GError **error)
{
  for (guint i = 2; i < tensor->texts->len; i++)
    if (!put_image (import, tag, g_array_index (tensor->texts, TelarProtoSpan, i), i - 2, error))
      return FALSE;
  return tensor->texts->len > 2 || no_value (tag, "image", error);
}

/* --- texts and curves -------------------------------------------------------------------- */

static gboolean
add_text (TelarEventsImport *import, const char *tag, const TelarSummaryTensor *tensor,
          GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < tensor->texts->len; i++) {
    TelarProtoSpan part = g_array_index (tensor->texts, TelarProtoSpan, i);
    if (i > 0)
      g_string_append (text, "\n\n");
    g_string_append_len (text, (const char *)part.bytes, (gssize)part.size);
  }
  if (tensor->texts->len == 0 || strlen (text->str) != text->len)
    return no_value (tag, "text", error);
  return telar_store_put_text (import->store, import->run, tag, import->step, time_of (import),
                               text->str, error);
}

/* Rows of a pr_curves tensor. */
enum { PRECISION = 4, RECALL = 5, N_ROWS = 6 };

static gboolean
add_pr_curve (TelarEventsImport *import, const char *tag, const TelarSummaryTensor *tensor,
              GError **error)
{
  double *rows = (double *)(void *)tensor->numbers->data;

  if (tensor->rank != 2 || tensor->dims[0] != N_ROWS || tensor->dims[1] < 1 ||
      tensor->dims[1] > TELAR_CURVE_MOST_POINTS)
    return no_value (tag, "precision-recall curve", error);
  guint n = (guint)tensor->dims[1];
  TelarCurve curve = { .step = import->step,
                       .area = NAN,
                       .time = time_of (import),
                       .n = n,
                       .x = rows + RECALL * n,
                       .y = rows + PRECISION * n,
                       .counts = rows };
  return telar_store_put_curve (import->store, import->run, tag, &curve, error);
}

/* --- all of them ------------------------------------------------------------------------- */

static gboolean
add_tensor (TelarEventsImport *import, TelarEventsPlugin plugin, const char *tag,
            TelarProtoSpan body, GError **error)
{
  g_auto (TelarSummaryTensor) tensor = { 0 };

  if (!telar_summary_read_tensor (body, &tensor))
    return no_value (tag, "tensor", error);
  switch (plugin) {
  case TELAR_PLUGIN_HISTOGRAMS:
    return put_histogram (import, tag, from_rows (&tensor), error);
  case TELAR_PLUGIN_IMAGES:
    return add_images (import, tag, &tensor, error);
  case TELAR_PLUGIN_TEXT:
    return add_text (import, tag, &tensor, error);
  case TELAR_PLUGIN_PR_CURVES:
    return add_pr_curve (import, tag, &tensor, error);
  case TELAR_PLUGIN_OTHER:
  case TELAR_PLUGIN_SCALARS:
  case TELAR_PLUGIN_HPARAMS:
  case TELAR_N_PLUGINS:
    break;
  }
  g_assert_not_reached ();
}

gboolean
telar_events_add_media (TelarEventsImport *import, TelarEventsPlugin plugin,
                        const TelarSummaryValue *value, GError **error)
{
  g_autofree char *tag = telar_proto_span_text (value->tag);

  if (value->tag.size == 0 || strlen (tag) != value->tag.size || !g_utf8_validate (tag, -1, NULL)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the name of a series is empty or no UTF-8");
    return FALSE;
  }
  if (import->step < 0)
    return no_value (tag, "step that is 0 or more", error);
  if (!telar_bulk_hold (import->bulk, error))
    return FALSE;
  import->result->media++;
  if (value->kind == TELAR_SUMMARY_HISTOGRAM)
    return add_buckets (import, tag, value->body, error);
  if (value->kind == TELAR_SUMMARY_IMAGE)
    return add_image (import, tag, value->body, error);
  return add_tensor (import, plugin, tag, value->body, error);
}
