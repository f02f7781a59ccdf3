/* The runs of a search: what they were given and what came of it, as a scatter matrix. */
#include "insight/run-json.h"
#include "insight/scatter.h"
#include "insight/web/web-private.h"

#include <math.h>

#define MOST_RUNS  500 /* the newest: the graph of each is read */
#define MOST_USUAL 4   /* settings, unless others are asked for */

/* --- what is read ------------------------------------------------------------------------ */

typedef struct {
  GPtrArray *rows; /* TelarRunRow, all of the store's */
  GArray *ids;     /* gint64, of the runs below */
  GArray *runs;    /* TelarSearchRun */
  GPtrArray *metrics;
  char *result;
  TelarRunAxes *axes;
  TelarScatter *scatter;
} Search;

static void
search_clear (Search *search)
{
  for (guint i = 0; search->runs != NULL && i < search->runs->len; i++) {
    TelarSearchRun *run = &g_array_index (search->runs, TelarSearchRun, i);
    telar_choices_free ((TelarChoices *)run->choices);
    g_hash_table_unref (run->metrics);
  }
  g_clear_pointer (&search->scatter, telar_scatter_free);
  g_clear_pointer (&search->axes, telar_run_axes_free);
  g_clear_pointer (&search->metrics, g_ptr_array_unref);
  g_clear_pointer (&search->runs, g_array_unref);
  g_clear_pointer (&search->ids, g_array_unref);
  g_clear_pointer (&search->rows, g_ptr_array_unref);
  g_clear_pointer (&search->result, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

/* Of the last epoch, name to double *. */
static GHashTable *
metrics_of (const TelarRunRow *row)
{
  GHashTable *metrics = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  json_t *json = telar_json_parsed (row->metrics);
  const char *name;
  json_t *value;

  json_object_foreach (json, name, value)
  {
    double number = json_number_value (value);
    if (json_is_number (value))
      g_hash_table_insert (metrics, g_strdup (name), g_memdup2 (&number, sizeof number));
  }
  json_decref (json);
  return metrics;
}

static gboolean
read_runs (Search *search, TelarStore *store, const GRegex *filter, GError **error)
{
  search->rows = telar_store_runs (store, error);
  search->runs = g_array_new (FALSE, FALSE, sizeof (TelarSearchRun));
  search->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; search->rows != NULL && i < search->rows->len; i++) {
    const TelarRunRow *row = search->rows->pdata[i];
    if (search->runs->len == MOST_RUNS ||
        (filter != NULL && !g_regex_match (filter, row->name, 0, NULL)))
      continue;
    g_autofree char *graph = telar_store_graph (store, row->id, error);
    if (graph == NULL)
      return FALSE;
    TelarSearchRun run = { row->name, telar_choices_read (row, graph), metrics_of (row) };
    g_array_append_val (search->runs, run);
    g_array_append_val (search->ids, row->id);
  }
  return search->rows != NULL;
}

/* What is asked for, or what says most; NULL where no run has any. */
static gboolean
choose_result (Search *search, const char *wanted, GError **error)
{
  static const char *const usual[] = { "val_accuracy", "val_loss", "accuracy", "loss" };
  const GPtrArray *metrics = search->metrics;

  for (guint i = 0; wanted == NULL && i < G_N_ELEMENTS (usual); i++)
    if (g_ptr_array_find_with_equal_func ((GPtrArray *)metrics, usual[i], g_str_equal, NULL))
      wanted = usual[i];
  if (wanted == NULL && metrics->len > 0)
    wanted = metrics->pdata[0];
  if (wanted == NULL)
    return TRUE;
  if (!g_ptr_array_find_with_equal_func ((GPtrArray *)metrics, wanted, g_str_equal, NULL)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "no run has such a result");
    return FALSE;
  }
  search->result = g_strdup (wanted);
  return TRUE;
}

/* The axes that are asked for, in the order of all, or the usual ones. */
static GArray *
choose_axes (const TelarRunAxes *axes, const char *const *keys, GError **error)
{
  GArray *shown;

  if (keys[0] == NULL)
    return telar_run_axes_choose (axes, MOST_USUAL);
  shown = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; keys[i] != NULL; i++)
    if (telar_run_axes_find (axes, keys[i]) < 0) {
      telar_set_error (error, TELAR_ERROR_USAGE, NULL, "there is no axis “%s”", keys[i]);
      g_array_unref (shown);
      return NULL;
    }
  for (guint i = 0; i < telar_run_axes_n (axes); i++)
    if (g_strv_contains (keys, telar_run_axes_get (axes, i)->key))
      g_array_append_val (shown, i);
  if (shown->len <= TELAR_SCATTER_MOST_AXES)
    return shown;
  telar_set_error (error, TELAR_ERROR_USAGE, NULL, "at most %d axes are shown",
                   TELAR_SCATTER_MOST_AXES);
  g_array_unref (shown);
  return NULL;
}

/* Runs that are drawn faintly. One that is gone is not there to be drawn. */
static gboolean
drop_runs (Search *search, const char *const *out, GError **error)
{
  for (guint i = 0; out[i] != NULL; i++) {
    gint64 id;
    if (!g_ascii_string_to_signed (out[i], 10, 0, G_MAXINT64, &id, NULL)) {
      telar_set_error (error, TELAR_ERROR_USAGE, NULL, "“out” must be the number of a run");
      return FALSE;
    }
    for (guint run = 0; run < search->ids->len; run++)
      if (g_array_index (search->ids, gint64, run) == id)
        telar_run_axes_drop (search->axes, run);
  }
  return TRUE;
}

static gboolean
read_search (TelarCall *call, Search *search, GError **error)
{
  const TelarSearchWords words = { 0 };
  const char *filter = telar_query_text (call->query, "filter");
  g_autofree const char **keys = telar_query_all (call->query, "axis");
  g_autofree const char **out = telar_query_all (call->query, "out");
  g_autoptr (GError) fault = NULL;
  g_autoptr (GRegex) pattern =
      filter != NULL ? g_regex_new (filter, G_REGEX_CASELESS, 0, &fault) : NULL;

  if (fault != NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "“filter” is no regular expression: %s",
                     fault->message);
    return FALSE;
  }
  if (!read_runs (search, call->server->store, pattern, error))
    return FALSE;
  const TelarSearchRun *runs = (const TelarSearchRun *)(gpointer)search->runs->data;
  search->metrics = telar_search_metrics (runs, search->runs->len);
  if (!choose_result (search, telar_query_text (call->query, "result"), error))
    return FALSE;
  search->scatter = telar_scatter_new ();
  if (search->result == NULL)
    return TRUE;
  search->axes = telar_run_axes_of_search (runs, search->runs->len, search->result, &words);
  g_autoptr (GArray) shown = choose_axes (search->axes, keys, error);
  if (shown == NULL || !drop_runs (search, out, error))
    return FALSE;
  telar_scatter_show (search->scatter, search->axes, shown);
  return TRUE;
}

/* --- drawn ------------------------------------------------------------------------------- */

static void
draw (gpointer scatter, cairo_t *cr, double width, double height, const TelarChartTheme *theme)
{
  telar_scatter_draw (scatter, cr, width, height, theme);
}

void
telar_api_scatter_picture (TelarCall *call)
{
  g_auto (Search) search = { 0 };
  g_autoptr (GError) error = NULL;
  TelarWebPicture picture;

  if (telar_read_picture (call->query, &picture, &error) && read_search (call, &search, &error))
    telar_send_picture (call, &picture, draw, search.scatter);
  else
    telar_reply_error (call->message, error);
}

/* --- numbers ----------------------------------------------------------------------------- */

static json_t *
axis_to_json (const Search *search, guint i)
{
  const TelarRunAxis *axis = telar_run_axes_get (search->axes, i);

  return json_pack ("{s:s, s:s, s:o, s:b, s:i}", "key", axis->key, "title", axis->title, "strength",
                    telar_json_number (axis->strength), "log", (int)axis->log, "words",
                    (int)axis->n_words);
}

/* An axis that is shown: where it lies across and up in pixels, and each run's part, place and text
 * on it. */
static json_t *
shown_to_json (const Search *search, guint place)
{
  guint number = telar_scatter_shown (search->scatter, place);
  const TelarRunAxis *axis = telar_run_axes_get (search->axes, number);
  json_t *places = json_array (), *texts = json_array ();
  double left, right, bottom, top;

  telar_scatter_column (search->scatter, place, &left, &right);
  telar_scatter_row (search->scatter, place, &bottom, &top);
  for (guint run = 0; run < search->ids->len; run++) {
    json_array_append_new (places,
                           telar_json_number (telar_run_axes_place (search->axes, number, run)));
    json_array_append_new (texts, telar_json_text (axis->texts[run]));
  }
  return json_pack ("{s:s, s:[f, f], s:[f, f], s:o, s:o, s:o}", "key", axis->key, "across", left,
                    right, "up", bottom, top, "parts",
                    telar_json_numbers (axis->parts, search->ids->len), "places", places, "texts",
                    texts);
}

static json_t *
search_to_json (const Search *search)
{
  json_t *runs = json_array (), *axes = json_array (), *shown = json_array ();
  json_t *results = json_array ();

  for (guint i = 0; i < search->ids->len; i++)
    json_array_append_new (
        runs, json_pack ("{s:s, s:I}", "run", g_array_index (search->runs, TelarSearchRun, i).name,
                         "id", (json_int_t)g_array_index (search->ids, gint64, i)));
  for (guint i = 0; i < search->metrics->len; i++)
    json_array_append_new (results, json_string (search->metrics->pdata[i]));
  for (guint i = 0; search->axes != NULL && i < telar_run_axes_n (search->axes); i++)
    json_array_append_new (axes, axis_to_json (search, i));
  for (guint i = 0; i < telar_scatter_n_shown (search->scatter); i++)
    json_array_append_new (shown, shown_to_json (search, i));
  return json_pack ("{s:o, s:o, s:o, s:o, s:i, s:o}", "result", telar_json_text (search->result),
                    "results", results, "runs", runs, "axes", axes, "most", TELAR_SCATTER_MOST_AXES,
                    "shown", shown);
}

/* Places in pixels are those of the picture of the same size. */
static void
lay_out (TelarScatter *scatter, const TelarWebPicture *picture)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (surface);

  telar_scatter_draw (scatter, cr, picture->form.width, picture->form.height, &picture->theme);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

void
telar_api_scatter (TelarCall *call)
{
  g_auto (Search) search = { 0 };
  g_autoptr (GError) error = NULL;
  TelarWebPicture picture;

  if (!telar_read_picture (call->query, &picture, &error) || !read_search (call, &search, &error)) {
    telar_reply_error (call->message, error);
    return;
  }
  lay_out (search.scatter, &picture);
  telar_reply_json (call->message, SOUP_STATUS_OK, search_to_json (&search));
}
