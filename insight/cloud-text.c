/* A cloud as JSON and back. */
#include "insight/cloud-private.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define MOST_POINTS 100000

static json_t *
points_to_json (const TelarCloud *cloud)
{
  json_t *points = json_array ();

  for (guint i = 0; i < cloud->n; i++) {
    json_t *point = json_array ();

    for (guint axis = 0; axis < cloud->k; axis++)
      json_array_append_new (point, json_real (cloud->places[3 * i + axis]));
    json_array_append_new (points, point);
  }
  return points;
}

char *
telar_cloud_to_text (const TelarCloud *cloud)
{
  json_t *json = json_object (), *rows = json_array (), *classes = json_array ();

  for (guint i = 0; i < cloud->n; i++) {
    json_array_append_new (rows, json_integer (cloud->rows[i]));
    if (cloud->classes != NULL)
      json_array_append_new (classes, json_integer (cloud->classes[i]));
  }
  json_object_set_new (json, "title", json_string (cloud->title));
  json_object_set_new (json, "points", points_to_json (cloud));
  json_object_set_new (json, "rows", rows);
  json_object_set_new (json, "classes", classes);
  if (cloud->names != NULL) {
    json_t *names = json_array ();
    for (char **name = cloud->names; *name != NULL; name++)
      json_array_append_new (names, json_string (*name));
    json_object_set_new (json, "names", names);
  }
  char *text = json_dumps (json, JSON_COMPACT | JSON_REAL_PRECISION (6));
  char *ours = g_strdup (text);
  free (text);
  json_decref (json);
  return ours;
}

/* --- reading ----------------------------------------------------------------------------- */

static gboolean
read_places (const json_t *json, TelarCloudPoints *points, double *places)
{
  for (guint i = 0; i < points->n; i++) {
    const json_t *point = json_array_get (json, i);

    if (json_array_size (point) != points->k)
      return FALSE;
    for (guint axis = 0; axis < points->k; axis++) {
      double place = json_number_value (json_array_get (point, axis));
      if (!isfinite (place))
        return FALSE;
      places[i * points->k + axis] = place;
    }
  }
  return TRUE;
}

static TelarCloud *
read_cloud (const json_t *json)
{
  const json_t *list = json_object_get (json, "points"), *rows = json_object_get (json, "rows");
  const json_t *classes = json_object_get (json, "classes"),
               *names = json_object_get (json, "names");
  const char *title = json_string_value (json_object_get (json, "title"));
  gsize n = json_array_size (list);
  TelarCloudPoints points = { .n = (guint)n,
                              .k = (guint)json_array_size (json_array_get (list, 0)) };

  if (title == NULL || n == 0 || n > MOST_POINTS || points.k < 2 || points.k > 3 ||
      json_array_size (rows) != n || (json_array_size (classes) != n && json_array_size (classes)))
    return NULL;
  g_autofree double *places = g_new (double, n *points.k);
  g_autofree gint64 *numbers = g_new (gint64, n);
  g_autofree int *kinds = g_new (int, n);
  g_auto (GStrv) words = g_new0 (char *, json_array_size (names) + 1);
  if (!read_places (list, &points, places))
    return NULL;
  for (gsize i = 0; i < n; i++) {
    numbers[i] = json_integer_value (json_array_get (rows, i));
    kinds[i] = (int)json_integer_value (json_array_get (classes, i));
  }
  for (gsize i = 0; i < json_array_size (names); i++) {
    const char *name = json_string_value (json_array_get (names, i));
    words[i] = g_strdup (name != NULL ? name : "");
  }
  points.places = places;
  points.rows = numbers;
  points.classes = json_array_size (classes) ? kinds : NULL;
  points.names = names != NULL ? words : NULL;
  return telar_cloud_new (title, &points);
}

TelarCloud *
telar_cloud_from_text (const char *text, GError **error)
{
  json_t *json = json_loads (text, 0, NULL);
  TelarCloud *cloud = json != NULL ? read_cloud (json) : NULL;

  if (cloud == NULL)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "what is kept there is no projection");
  json_decref (json);
  return cloud;
}
