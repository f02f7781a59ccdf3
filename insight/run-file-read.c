/* Reading a run from JSON. */
#include "engine/text.h"
#include "insight/run-file.h"
#include "insight/store-private.h"

#include <jansson.h>
#include <math.h>

static gboolean
wrong (const char *path, const char *what, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", path, what);
  return FALSE;
}

static gboolean
read_number (const json_t *json, double *value)
{
  static const struct {
    const char *text;
    double value;
  } others[] = { { "nan", NAN }, { "inf", INFINITY }, { "-inf", -INFINITY } };

  *value = json_number_value (json);
  for (gsize i = 0; json_is_string (json) && i < G_N_ELEMENTS (others); i++)
    if (g_str_equal (json_string_value (json), others[i].text)) {
      *value = others[i].value;
      return TRUE;
    }
  return json_is_number (json);
}

static gboolean
read_point (const json_t *json, TelarWallPoint *point)
{
  json_t *step = json_array_get (json, 0);

  point->step = json_integer_value (step);
  return json_is_integer (step) && read_number (json_array_get (json, 1), &point->wall) &&
         read_number (json_array_get (json, 2), &point->value);
}

static gboolean
read_curve (TelarBulk *bulk, const char *path, const json_t *curve, GError **error)
{
  json_t *name = json_object_get (curve, "tag"), *points = json_object_get (curve, "points");
  size_t i;
  json_t *item;

  if (!json_is_string (name) || !json_is_array (points))
    return wrong (path, "a curve has no \"tag\" or no \"points\"", error);
  TelarBulkTag *tag =
      telar_bulk_tag (bulk, json_string_value (name), json_string_length (name), error);
  if (tag == NULL)
    return FALSE;
  json_array_foreach (points, i, item)
  {
    TelarWallPoint point;
    if (!read_point (item, &point)) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                       "%s: point %zu of “%s” is not [step, wall time, value]", path, i + 1,
                       json_string_value (name));
      return FALSE;
    }
    if (!telar_bulk_add (bulk, tag, &point, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_event (TelarBulk *bulk, TelarStore *store, const json_t *event, GError **error)
{
  double time = json_number_value (json_object_get (event, "time"));

  return telar_bulk_hold (bulk, error) &&
         telar_store_add_event (
             store, telar_bulk_run (bulk), json_integer_value (json_object_get (event, "step")),
             telar_wall_to_time (time), json_string_value (json_object_get (event, "kind")),
             json_string_value (json_object_get (event, "text")), error);
}

static gboolean
read_figure (TelarBulk *bulk, TelarStore *store, const json_t *figure, GError **error)
{
  g_autofree char *values = telar_json_to_text (json_object_get (figure, "values"));

  return telar_bulk_hold (bulk, error) &&
         telar_store_put_figure (
             store, telar_bulk_run (bulk), json_string_value (json_object_get (figure, "name")),
             json_integer_value (json_object_get (figure, "step")), values, error);
}

static gboolean
read_lists (TelarBulk *bulk, TelarStore *store, const char *path, const json_t *root,
            GError **error)
{
  size_t i;
  json_t *item;

  json_array_foreach (json_object_get (root, "curves"), i, item)
  {
    if (!read_curve (bulk, path, item, error))
      return FALSE;
  }
  json_array_foreach (json_object_get (root, "events"), i, item)
  {
    if (!json_is_string (json_object_get (item, "kind")))
      return wrong (path, "an event has no \"kind\"", error);
    if (!read_event (bulk, store, item, error))
      return FALSE;
  }
  json_array_foreach (json_object_get (root, "figures"), i, item)
  {
    if (!json_is_string (json_object_get (item, "name")) ||
        !json_is_array (json_object_get (item, "values")))
      return wrong (path, "a figure has no \"name\" or no \"values\"", error);
    if (!read_figure (bulk, store, item, error))
      return FALSE;
  }
  return TRUE;
}

static gint64
member (const json_t *run, const char *key)
{
  return json_integer_value (json_object_get (run, key));
}

/* What the row of a run has besides what its curves say. */
static gboolean
write_row (TelarStore *store, gint64 id, const json_t *run, GError **error)
{
  return telar_store_run (
      store, error,
      "UPDATE run SET device = ?, message = ?, epoch = ?, epochs = ?, step = max (step, ?),"
      " steps_per_epoch = ?, parameters = ?, seed = ? WHERE id = ?",
      "ssiiiiiii", json_string_value (json_object_get (run, "device")),
      json_string_value (json_object_get (run, "message")), member (run, "epoch"),
      member (run, "epochs"), member (run, "step"), member (run, "steps_per_epoch"),
      member (run, "parameters"), member (run, "seed"), id);
}

static gboolean
finish (TelarBulk *bulk, TelarStore *store, const json_t *run, TelarBulkSummary *summary,
        GError **error)
{
  json_t *metrics = json_object_get (run, "metrics");
  const char *status = json_string_value (json_object_get (run, "status"));
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *name;
  json_t *value;
  TelarBulkEnd end = { .status = TELAR_RUN_DONE };

  for (int i = TELAR_RUN_DONE; i <= TELAR_RUN_FAILED; i++)
    if (g_strcmp0 (status, telar_run_status_name ((TelarRunStatus)i)) == 0)
      end.status = (TelarRunStatus)i;
  json_object_foreach (metrics, name, value) g_ptr_array_add (names, (char *)name);
  end.metrics = json_is_object (metrics) ? names : NULL;
  return telar_bulk_finish (bulk, &end, summary, error) &&
         write_row (store, telar_bulk_run (bulk), run, error);
}

static char *
read_root (TelarStore *store, const char *path, const char *name, const json_t *root,
           TelarBulkSummary *summary, GError **error)
{
  json_t *run = json_object_get (root, "run"), *settings = json_object_get (run, "settings");
  const char *was = json_string_value (json_object_get (run, "run"));
  g_autofree char *basename = g_path_get_basename (path);
  const char *stem = name != NULL ? name : was != NULL ? was : basename;
  g_autofree char *free_name = telar_store_unused_name (store, stem, error);
  g_autofree char *text = json_is_object (settings) ? telar_json_to_text (settings) : NULL;
  TelarRecording recording = {
    .run = free_name,
    .project = json_string_value (json_object_get (run, "project")),
    .graph = json_string_value (json_object_get (root, "graph")),
    .settings = text,
  };
  g_autoptr (TelarBulk) bulk = free_name != NULL ? telar_bulk_new (store, &recording, error) : NULL;

  if (bulk == NULL || !read_lists (bulk, store, path, root, error) ||
      !finish (bulk, store, run, summary, error))
    return NULL;
  return g_steal_pointer (&free_name);
}

char *
telar_run_read_json (TelarStore *store, const char *path, const char *name,
                     TelarBulkSummary *summary, GError **error)
{
  json_error_t problem;
  json_t *root = json_load_file (path, JSON_REJECT_DUPLICATES, &problem);
  char *run = NULL;

  if (root == NULL)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s:%d: %s", path, problem.line,
                     problem.text);
  else if (g_strcmp0 (json_string_value (json_object_get (root, "format")), "telar-run") != 0)
    wrong (path, "no run of Telar (\"format\" is not \"telar-run\")", error);
  else if (json_integer_value (json_object_get (root, "version")) != 1)
    wrong (path, "written by a newer Telar (\"version\" is not 1)", error);
  else
    run = read_root (store, path, name, root, summary, error);
  json_decref (root);
  return run;
}
