/* Writing a run as JSON: curve by curve, point by point, so that a long run needs no memory. */
#include "engine/text.h"
#include "insight/run-file.h"
#include "insight/run-json.h"
#include "insight/save.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

static void
put_json (FILE *file, const char *key, json_t *json)
{
  g_autofree char *text = telar_json_to_text (json);

  fprintf (file, ",\n\"%s\":%s", key, text);
  json_decref (json);
}

static void
put_number (FILE *file, double value)
{
  char text[TELAR_REAL_TEXT];

  telar_real_to_text (value, text);
  if (!isfinite (value))
    fprintf (file, "\"%s\"", text);
  else /* the integer -0 has no sign */
    fputs (value == 0 && signbit (value) ? "-0.0" : text, file);
}

typedef struct {
  FILE *file;
  gboolean more; /* not the first */
} Points;

static gboolean
put_points (const TelarWallPoint *points, guint n, gpointer data)
{
  Points *state = data;

  for (guint i = 0; i < n; i++) {
    fprintf (state->file, "%s[%" G_GINT64_FORMAT ",", state->more ? ",\n" : "", points[i].step);
    put_number (state->file, points[i].wall);
    fputc (',', state->file);
    put_number (state->file, points[i].value);
    fputc (']', state->file);
    state->more = TRUE;
  }
  return !ferror (state->file);
}

static gboolean
put_curves (FILE *file, TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) tags = telar_store_tags (store, run, error);

  if (tags == NULL)
    return FALSE;
  fputs (",\n\"curves\":[", file);
  for (guint i = 0; i < tags->len; i++) {
    const TelarTag *tag = tags->pdata[i];
    Points points = { file, FALSE };
    json_t *name = json_string (tag->name);
    g_autofree char *text = json_dumps (name, JSON_ENCODE_ANY);
    json_decref (name);
    fprintf (file, "%s\n{\"tag\":%s,\"points\":[", i > 0 ? "," : "", text);
    if (!telar_store_walk_wall (store, tag->id, put_points, &points, error))
      return FALSE;
    fputs ("]}", file);
  }
  fputs ("]", file);
  return TRUE;
}

static gboolean
put_rest (FILE *file, TelarStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) events = telar_store_events (store, run, 0, error);
  g_autoptr (GPtrArray) figures = events != NULL ? telar_store_figures (store, run, error) : NULL;
  json_t *list = json_array (), *pictures = json_array ();

  for (guint i = 0; figures != NULL && i < events->len; i++)
    json_array_append_new (list, telar_event_to_json (events->pdata[i]));
  for (guint i = 0; figures != NULL && i < figures->len; i++)
    json_array_append_new (pictures, telar_figure_row_to_json (figures->pdata[i]));
  put_json (file, "events", list);
  put_json (file, "figures", pictures);
  return figures != NULL;
}

typedef struct {
  TelarStore *store;
  const TelarRunRow *row;
} Job;

static gboolean
write_run (FILE *file, gpointer data, GError **error)
{
  const Job *job = data;
  /* A run may have none: one that came from elsewhere. */
  g_autofree char *graph = telar_store_graph (job->store, job->row->id, NULL);

  fputs ("{\"format\":\"telar-run\",\n\"version\":1", file);
  put_json (file, "run", telar_run_row_to_json (job->row));
  put_json (file, "graph", telar_json_text (graph));
  if (!put_curves (file, job->store, job->row->id, error) ||
      !put_rest (file, job->store, job->row->id, error))
    return FALSE;
  fputs ("}\n", file);
  return TRUE;
}

gboolean
telar_run_write_json (TelarStore *store, const TelarRunRow *row, const char *path, GError **error)
{
  Job job = { store, row };

  return telar_save (path, write_run, &job, error);
}
