/* Where a run comes from and what became of it: as a list, and drawn. */
#include "insight/lineage-draw.h"
#include "insight/run-json.h"
#include "insight/web/web-private.h"

#define MOST_BYTES (64 << 20) /* of a file that is read to see whether it has changed */

/* --- reading ----------------------------------------------------------------------------- */

static TelarLineageView *
read_view (TelarCall *call, const char *run, GError **error)
{
  TelarLineage *lineage = telar_lineage_read (call->server->store, run, error);
  const TelarQuery *query = call->query;
  const TelarLineageWords words = {
    .data = telar_query_text_or (query, "data", "data"),
    .run = telar_query_text_or (query, "run_word", "run"),
    .gone = telar_query_text_or (query, "gone", "deleted run"),
    .weights = telar_query_text_or (query, "weights", "weights"),
    .model = telar_query_text_or (query, "model", "model"),
    .forked = telar_query_text_or (query, "forked", "forked at step %s"),
    .step = telar_query_text_or (query, "step_word", "step %s"),
    .changed = telar_query_text_or (query, "changed", "changed since: its hash differs"),
    .missing = telar_query_text_or (query, "missing", "not there any more"),
    .unknown = telar_query_text_or (query, "unknown", "may have changed: too large to check"),
  };

  if (lineage == NULL)
    return NULL;
  telar_lineage_check_files (lineage, MOST_BYTES);
  TelarLineageView *view = telar_lineage_view_new (&words);
  telar_lineage_view_show (view, lineage);
  return view;
}

static void
draw (gpointer view, cairo_t *cr, double width, double height, const TelarChartTheme *theme)
{
  telar_lineage_view_draw (view, cr, width, height, theme);
}

void
telar_api_lineage_picture (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;
  TelarWebPicture picture;

  if (row == NULL)
    return;
  g_autoptr (TelarLineageView) view = telar_read_picture (call->query, &picture, &error)
                                          ? read_view (call, row->name, &error)
                                          : NULL;
  if (view != NULL)
    telar_send_picture (call, &picture, draw, view);
  else
    telar_reply_error (call->message, error);
}

/* --- as a list --------------------------------------------------------------------------- */

static const char *const kinds[] = { [TELAR_LINEAGE_DATA] = "data",
                                     [TELAR_LINEAGE_RUN] = "run",
                                     [TELAR_LINEAGE_GONE] = "gone",
                                     [TELAR_LINEAGE_ARTIFACT] = "artifact" };
static const char *const files[] = { [TELAR_LINEAGE_FILE_SAME] = "same",
                                     [TELAR_LINEAGE_FILE_CHANGED] = "changed",
                                     [TELAR_LINEAGE_FILE_MISSING] = "missing",
                                     [TELAR_LINEAGE_FILE_UNKNOWN] = "unknown" };

static json_t *
node_to_json (const TelarLineageView *view, guint i)
{
  const TelarLineageNode *node = telar_lineage_view_get (view)->nodes->pdata[i];
  double box[4];
  g_autofree char *text = telar_lineage_view_describe (view, i);

  telar_lineage_view_card (view, i, box);
  json_t *json = json_pack (
      "{s:s, s:s, s:s, s:o, s:o, s:o, s:b, s:s, s:[f, f, f, f]}", "kind", kinds[node->kind], "name",
      node->name, "detail", node->detail, "hash", telar_json_text (node->sha256), "file",
      telar_json_text (node->file == TELAR_LINEAGE_FILE_UNASKED ? NULL : files[node->file]), "step",
      node->step >= 0 ? json_integer (node->step) : json_null (), "asked", (int)node->asked, "text",
      text, "box", box[0], box[1], box[2], box[3]);
  json_object_set_new (json, "bytes",
                       node->sha256 != NULL ? json_integer (node->bytes) : json_null ());
  json_object_set_new (json, "path", telar_json_text (node->path));
  return json;
}

static json_t *
lineage_to_json (TelarLineageView *view)
{
  json_t *nodes = json_array (), *edges = json_array ();
  const TelarLineage *lineage = telar_lineage_view_get (view);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (surface);
  TelarChartTheme theme;
  double width, height;

  telar_chart_theme_init (&theme, FALSE);
  telar_lineage_view_size (view, theme.font_size, &width, &height);
  telar_lineage_view_draw (view, cr, width, height, &theme); /* so that cards have their places */
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  for (guint i = 0; i < lineage->nodes->len; i++)
    json_array_append_new (nodes, node_to_json (view, i));
  for (guint i = 0; i < lineage->edges->len; i++) {
    const TelarLineageEdge *edge = &g_array_index (lineage->edges, TelarLineageEdge, i);
    json_array_append_new (edges, json_pack ("[i, i]", (int)edge->from, (int)edge->to));
  }
  return json_pack ("{s:f, s:f, s:o, s:o}", "width", width, "height", height, "nodes", nodes,
                    "edges", edges);
}

void
telar_api_lineage (TelarCall *call)
{
  g_autoptr (TelarRunRow) row = telar_call_run (call);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return;
  g_autoptr (TelarLineageView) view = read_view (call, row->name, &error);
  telar_reply_answer (call->message, view != NULL ? lineage_to_json (view) : NULL, error);
}
