/* Reads what detections nodes gave and lists it. */
#include "app/cli/detections.h"

#include "app/cli/tensors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define OPERATOR "detections"

gboolean
telar_detections_any (const TelarGraph *graph)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  for (guint i = 0; i < nodes->len; i++)
    if (strcmp (((const TelarNode *)nodes->pdata[i])->op->name, OPERATOR) == 0)
      return TRUE;
  return FALSE;
}

/* --- collecting --------------------------------------------------------------------------------
 */

static const TelarTensor *
find_result (const GArray *results, const TelarNode *node, const char *role)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", node->id, role);
  for (guint i = 0; i < results->len; i++)
    if (strcmp (g_array_index (results, TelarResult, i).name, name) == 0)
      return g_array_index (results, TelarResult, i).tensor;
  return NULL;
}

/* The name of class @number, or the number. Caller frees. */
static char *
class_name (char **names, double number)
{
  guint n = g_strv_length (names);
  return number < n ? g_strdup (g_strstrip (names[(guint)number]))
                    : g_strdup_printf ("%.0f", number);
}

static void
clear_detection (gpointer detection)
{
  g_free (((TelarDetection *)detection)->name);
}

/* Four numbers of @boxes from @at as pixels. */
static void
place (TelarDetection *detection, const TelarNode *node, const TelarTensor *boxes, gsize at,
       const TelarShape *picture)
{
  gboolean share = strcmp (telar_param_set_text (node->params, "unit"), "share") == 0;
  gsize y_first = strcmp (telar_param_set_text (node->params, "order"), "yxyx") == 0;
  double width = share ? (double)picture->dims[3] : 1;
  double height = share ? (double)picture->dims[2] : 1;
  detection->left = width * telar_tensor_get (boxes, at + y_first);
  detection->top = height * telar_tensor_get (boxes, at + 1 - y_first);
  detection->right = width * telar_tensor_get (boxes, at + 2 + y_first);
  detection->bottom = height * telar_tensor_get (boxes, at + 3 - y_first);
}

static void
collect_node (GArray *detections, const TelarNode *node, const GArray *results,
              const TelarShape *picture)
{
  const TelarTensor *boxes = find_result (results, node, "boxes");
  const TelarTensor *scores = find_result (results, node, "scores");
  const TelarTensor *classes = find_result (results, node, "classes");
  g_auto (GStrv) names = g_strsplit (telar_param_set_text (node->params, "names"), ",", -1);
  gsize each = (gsize)scores->type.shape.dims[1];
  for (gsize i = 0; i < telar_tensor_elements (scores); i++) {
    double number = telar_tensor_get (classes, i);
    TelarDetection detection = { .row = (gint64)(i / each), .score = telar_tensor_get (scores, i) };
    if (!(number >= 0))
      continue;
    detection.name = class_name (names, number);
    place (&detection, node, boxes, 4 * i, picture);
    g_array_append_val (detections, detection);
  }
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  gint64 first = ((const TelarDetection *)a)->row, second = ((const TelarDetection *)b)->row;
  return (first > second) - (first < second);
}

GArray *
telar_detections_collect (const TelarGraph *graph, const GArray *results, const TelarShape *picture,
                          GError **error)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  g_autoptr (GArray) detections = g_array_new (FALSE, FALSE, sizeof (TelarDetection));
  g_array_set_clear_func (detections, clear_detection);
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    if (strcmp (node->op->name, OPERATOR) != 0)
      continue;
    if (picture == NULL && strcmp (telar_param_set_text (node->params, "unit"), "share") == 0) {
      telar_set_error (error, TELAR_ERROR_INVALID, node->id,
                       "its boxes are shares of a picture, and no input is one");
      return NULL;
    }
    collect_node (detections, node, results, picture);
  }
  g_array_sort (detections, compare_rows);
  return g_steal_pointer (&detections);
}

/* --- listing -----------------------------------------------------------------------------------
 */

static void
print (const GArray *detections)
{
  printf ("%4s  %-16s %7s %9s %9s %9s %9s\n", "row", "class", "score", "left", "top", "right",
          "bottom");
  for (guint i = 0; i < detections->len; i++) {
    const TelarDetection *d = &g_array_index (detections, TelarDetection, i);
    printf ("%4" G_GINT64_FORMAT "  %-16s %7.4f %9.1f %9.1f %9.1f %9.1f\n", d->row, d->name,
            d->score, d->left, d->top, d->right, d->bottom);
  }
}

static json_t *
to_json (const GArray *detections)
{
  json_t *list = json_array ();
  for (guint i = 0; i < detections->len; i++) {
    const TelarDetection *d = &g_array_index (detections, TelarDetection, i);
    json_array_append_new (list,
                           json_pack ("{s:I,s:s,s:f,s:f,s:f,s:f,s:f}", "row", (json_int_t)d->row,
                                      "class", d->name, "score", d->score, "left", d->left, "top",
                                      d->top, "right", d->right, "bottom", d->bottom));
  }
  return list;
}

gboolean
telar_detections_tell (const TelarCommand *command, const GArray *detections, const char *path,
                       GError **error)
{
  const char *drawn = telar_command_text (command, "drawn");
  if (drawn != NULL && !telar_detections_draw (detections, path, drawn, error))
    return FALSE;
  if (telar_command_has (command, "json"))
    telar_print_json_document (to_json (detections));
  else
    print (detections);
  return TRUE;
}
