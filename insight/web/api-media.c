/* What a run keeps besides scalars: histograms over its steps, pictures, and when its figures were
 * taken. */
#include "insight/run-json.h"
#include "insight/store-media.h"
#include "insight/web/web-private.h"

#define MOST_HISTOGRAMS 256 /* of an answer */

static const char *
need_name (TelarCall *call, GError **error)
{
  const char *name = telar_query_text (call->query, "name");

  if (name == NULL)
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "“name” is missing");
  return name;
}

/* --- series ------------------------------------------------------------------------------ */

static json_t *
series_to_json (gconstpointer row)
{
  const TelarSeriesRow *series = row;

  return json_pack ("{s:s, s:I}", "name", series->name, "last_step", (json_int_t)series->last_step);
}

static void
answer_series (TelarCall *call, TelarMediaKind kind)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return;
  g_autoptr (GPtrArray) series = telar_store_series (call->server->store, row->id, kind, &error);
  telar_reply_rows (call->message, "series", series, series_to_json, error);
}

void
telar_api_histogram_series (TelarCall *call)
{
  answer_series (call, TELAR_MEDIA_HISTOGRAM);
}

void
telar_api_image_series (TelarCall *call)
{
  answer_series (call, TELAR_MEDIA_IMAGE);
}

/* --- histograms -------------------------------------------------------------------------- */

static json_t *
histogram_to_json (gconstpointer row)
{
  const TelarHistogram *histogram = row;

  return json_pack (
      "{s:I, s:f, s:f, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "step",
      (json_int_t)histogram->step, "time", (double)histogram->time / G_USEC_PER_SEC, "n",
      histogram->n, "others", histogram->others, "zeros", telar_json_number (histogram->zeros),
      "nans", telar_json_number (histogram->nans), "min", telar_json_number (histogram->min), "max",
      telar_json_number (histogram->max), "mean",
      telar_json_number (telar_histogram_mean (histogram)), "deviation",
      telar_json_number (telar_histogram_deviation (histogram)), "edges",
      telar_json_numbers (histogram->edges, histogram->n_bins > 0 ? histogram->n_bins + 1 : 0),
      "counts", telar_json_numbers (histogram->counts, histogram->n_bins));
}

void
telar_api_histograms (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) histograms = NULL;
  gint64 after = -1, to = G_MAXINT64, most = 64;

  if (row == NULL)
    return;
  const char *name = need_name (call, &error);
  if (name != NULL && telar_query_int (call->query, "after", -1, G_MAXINT64, &after, &error) &&
      telar_query_int (call->query, "to", 0, G_MAXINT64, &to, &error) &&
      telar_query_int (call->query, "most", 1, MOST_HISTOGRAMS, &most, &error)) {
    TelarSpan span = { row->id, name, after, to, (guint)most };
    histograms = telar_store_histograms (call->server->store, &span, &error);
  }
  telar_reply_rows (call->message, "histograms", histograms, histogram_to_json, error);
}

/* --- pictures ---------------------------------------------------------------------------- */

static GPtrArray *
read_images (TelarCall *call, gint64 run, GError **error)
{
  const char *name = need_name (call, error);
  gint64 step = G_MAXINT64;

  if (name == NULL || !telar_query_int (call->query, "step", 0, G_MAXINT64, &step, error))
    return NULL;
  return telar_store_images (call->server->store, run, name, step, error);
}

static json_t *
image_to_json (const TelarImageRow *image)
{
  return json_pack ("{s:I, s:f, s:i, s:o, s:I, s:i, s:i, s:o, s:i, s:i}", "step",
                    (json_int_t)image->step, "time", (double)image->time / G_USEC_PER_SEC, "place",
                    (int)image->place, "caption", telar_json_text (image->caption), "row",
                    (json_int_t)image->row, "truth", image->truth, "answer", image->answer, "score",
                    telar_json_number (image->score), "columns", (int)image->columns, "tiles",
                    (int)image->tiles);
}

/* With the steps that the series has, among which a person may choose. */
void
telar_api_images (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return;
  g_autoptr (GPtrArray) images = read_images (call, row->id, &error);
  g_autoptr (GArray) steps =
      images != NULL ? telar_store_steps (call->server->store, row->id, TELAR_MEDIA_IMAGE,
                                          telar_query_text (call->query, "name"), &error)
                     : NULL;
  if (steps == NULL) {
    telar_reply_error (call->message, error);
    return;
  }
  json_t *list = json_array ();
  for (guint i = 0; i < images->len; i++)
    json_array_append_new (list, image_to_json (images->pdata[i]));
  telar_reply_json (call->message, SOUP_STATUS_OK,
                    json_pack ("{s:o, s:o}", "images", list, "steps", telar_json_steps (steps)));
}

void
telar_api_image (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) images = NULL;
  gint64 place = 0;

  if (row == NULL)
    return;
  if (telar_query_int (call->query, "place", 0, TELAR_IMAGE_MOST_PLACES, &place, &error))
    images = read_images (call, row->id, &error);
  for (guint i = 0; images != NULL && i < images->len; i++) {
    const TelarImageRow *image = images->pdata[i];
    if (image->place != place)
      continue;
    telar_reply_bytes (call->message, SOUP_STATUS_OK, "image/png", image->png);
    return;
  }
  if (error != NULL)
    telar_reply_error (call->message, error);
  else
    telar_reply_problem (call->message, SOUP_STATUS_NOT_FOUND, "the run has no such picture");
}

/* --- figures over time ------------------------------------------------------------------- */

void
telar_api_figure_steps (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return;
  const char *name = need_name (call, &error);
  g_autoptr (GArray) steps =
      name != NULL ? telar_store_figure_steps (call->server->store, row->id, name, &error) : NULL;
  telar_reply_answer (call->message,
                      steps != NULL ? json_pack ("{s:o}", "steps", telar_json_steps (steps)) : NULL,
                      error);
}
