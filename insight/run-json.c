/* Rows of the run store as JSON. */
#include "insight/run-json.h"

#include <math.h>

json_t *
telar_json_text (const char *text)
{
  return text != NULL ? json_string (text) : json_null ();
}

json_t *
telar_json_parsed (const char *text)
{
  json_t *json = text != NULL ? json_loads (text, 0, NULL) : NULL;
  return json != NULL ? json : json_null ();
}

json_t *
telar_json_number (double value)
{
  return isfinite (value) ? json_real (value) : json_null ();
}

json_t *
telar_json_numbers (const double *values, guint n)
{
  json_t *list = json_array ();

  for (guint i = 0; i < n; i++)
    json_array_append_new (list, telar_json_number (values[i]));
  return list;
}

json_t *
telar_json_steps (const GArray *steps)
{
  json_t *list = json_array ();

  for (guint i = 0; i < steps->len; i++)
    json_array_append_new (list, json_integer (g_array_index (steps, gint64, i)));
  return list;
}

json_t *
telar_run_row_to_json (const TelarRunRow *row)
{
  json_t *json = json_pack (
      "{s:s, s:s, s:o, s:o, s:o, s:f, s:o}", "run", row->name, "status", row->status, "message",
      telar_json_text (row->message), "project", telar_json_text (row->project), "device",
      telar_json_text (row->device), "started", (double)row->started / G_USEC_PER_SEC, "ended",
      row->ended != 0 ? json_real ((double)row->ended / G_USEC_PER_SEC) : json_null ());
  json_t *rest = json_pack (
      "{s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "epoch", (json_int_t)row->epoch,
      "epochs", (json_int_t)row->epochs, "step", (json_int_t)row->step, "steps_per_epoch",
      (json_int_t)row->steps_per_epoch, "parameters", (json_int_t)row->parameters, "seed",
      (json_int_t)row->seed, "checkpoint", telar_json_text (row->checkpoint), "metrics",
      telar_json_parsed (row->metrics), "settings", telar_json_parsed (row->settings), "parent",
      telar_json_text (row->parent), "parent_step",
      row->parent != NULL ? json_integer (row->parent_step) : json_null ());
  g_auto (GStrv) labels = telar_labels_split (row->labels);
  json_t *list = json_array ();
  for (guint i = 0; labels[i] != NULL; i++)
    json_array_append_new (list, json_string (labels[i]));
  json_object_set_new (rest, "note", telar_json_text (row->note));
  json_object_set_new (rest, "labels", list);
  json_object_set_new (rest, "star", json_boolean (row->star));
  json_object_update (json, rest);
  json_decref (rest);
  return json;
}

json_t *
telar_event_to_json (const TelarEventRow *event)
{
  return json_pack ("{s:I, s:I, s:f, s:s, s:o}", "id", (json_int_t)event->id, "step",
                    (json_int_t)event->step, "time", (double)event->time / G_USEC_PER_SEC, "kind",
                    event->kind, "text", telar_json_text (event->text));
}

json_t *
telar_figure_row_to_json (const TelarFigureRow *figure)
{
  return json_pack ("{s:s, s:I, s:o}", "name", figure->name, "step", (json_int_t)figure->step,
                    "values", telar_json_parsed (figure->values));
}
