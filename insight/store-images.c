/* Images in the store: a PNG each, with what is known of it as JSON. */
#include "engine/text.h"
#include "insight/store-media-private.h"

#include <jansson.h>
#include <math.h>

void
telar_image_row_free (TelarImageRow *row)
{
  if (row == NULL)
    return;
  g_free (row->caption);
  g_clear_pointer (&row->png, g_bytes_unref);
  g_free (row);
}

static void
free_row (gpointer row)
{
  telar_image_row_free (row);
}

/* --- facts ------------------------------------------------------------------------------- */

static void
put_number (json_t *facts, const char *key, gint64 value)
{
  json_object_set_new (facts, key, json_integer (value));
}

static char *
write_facts (const TelarImageRow *image)
{
  json_t *facts = json_object ();

  if (image->caption != NULL)
    json_object_set_new (facts, "caption", json_string (image->caption));
  if (image->row >= 0)
    put_number (facts, "row", image->row);
  if (image->truth >= 0)
    put_number (facts, "truth", image->truth);
  if (image->answer >= 0)
    put_number (facts, "answer", image->answer);
  if (isfinite (image->score))
    json_object_set_new (facts, "score", json_real (image->score));
  if (image->columns > 0) {
    put_number (facts, "columns", image->columns);
    put_number (facts, "tiles", image->tiles);
    put_number (facts, "tile_width", image->tile_width);
    put_number (facts, "tile_height", image->tile_height);
  }
  char *text = telar_json_to_text (facts);
  json_decref (facts);
  return text;
}

static gint64
get_number (const json_t *facts, const char *key, gint64 otherwise)
{
  const json_t *value = json_object_get (facts, key);

  return json_is_integer (value) ? json_integer_value (value) : otherwise;
}

static gpointer
make_image (const TelarItem *item)
{
  json_t *facts = item->text != NULL ? json_loads (item->text, 0, NULL) : NULL;

  if (facts == NULL || item->data == NULL) {
    json_decref (facts);
    return NULL;
  }
  TelarImageRow *row = g_new0 (TelarImageRow, 1);
  const json_t *score = json_object_get (facts, "score");
  row->step = item->step;
  row->time = item->time;
  row->place = item->place;
  row->caption = g_strdup (json_string_value (json_object_get (facts, "caption")));
  row->row = get_number (facts, "row", -1);
  row->truth = (int)get_number (facts, "truth", -1);
  row->answer = (int)get_number (facts, "answer", -1);
  row->score = json_is_real (score) ? json_real_value (score) : NAN;
  row->columns = (guint)get_number (facts, "columns", 0);
  row->tiles = (guint)get_number (facts, "tiles", 0);
  row->tile_width = (guint)get_number (facts, "tile_width", 0);
  row->tile_height = (guint)get_number (facts, "tile_height", 0);
  row->png = g_bytes_ref (item->data);
  json_decref (facts);
  return row;
}

/* --- putting and reading ----------------------------------------------------------------- */

gboolean
telar_store_put_image (TelarStore *store, gint64 run, const char *name, const TelarImageRow *image,
                       GError **error)
{
  TelarSeriesRef series = { run, TELAR_MEDIA_IMAGE, name, FALSE };

  if (g_bytes_get_size (image->png) > TELAR_IMAGE_MOST_BYTES)
    return telar_store_too_large (name, "the image has too many bytes", TELAR_IMAGE_MOST_BYTES,
                                  error);
  if (image->place >= TELAR_IMAGE_MOST_PLACES)
    return telar_store_too_large (name, "there are too many images at one step",
                                  TELAR_IMAGE_MOST_PLACES, error);
  g_autofree char *facts = write_facts (image);
  TelarItem item = { image->step, image->time, image->place, facts, image->png };
  return telar_store_put_item (store, &series, &item, error);
}

GPtrArray *
telar_store_images (TelarStore *store, gint64 run, const char *name, gint64 step, GError **error)
{
  TelarSeriesRef series = { run, TELAR_MEDIA_IMAGE, name, FALSE };

  return telar_store_read_step (store, &series, step, make_image, free_row, error);
}
