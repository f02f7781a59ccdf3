/* Evaluates metrics over arrays, for metrics.py to judge.
 *
 *   measure ARRAYS.npz BATCH SPEC…      SPEC: "precision average=macro scores labels"
 *
 * A spec is an operator, its settings, and the arrays at its inputs; axis 0 are rows. Prints for
 * each of them a line {"metrics": {NAME: NUMBER}, "figures": {NAME: ROWS}, "curves": {NAME: {"x":
 * NUMBERS, "y": NUMBERS, "area": NUMBER}}}. */
#include "data/npy.h"
#include "engine/device.h"
#include "engine/trainer.h"
#include <jansson.h>
#include <string.h>

#define MAX_ARRAYS 16
#define NODE       "arrays"

/* --- arrays as data -----------------------------------------------------------------------------
 */

typedef struct {
  TelarFeed base;
  TelarFeedPort ports[MAX_ARRAYS];
  TelarTensor *arrays[MAX_ARRAYS]; /* borrowed */
  gint64 rows, at, batch;
} ArrayFeed;

static void
feed_free (TelarFeed *feed)
{
  for (guint i = 0; i < feed->n_ports; i++)
    g_free ((char *)feed->ports[i].name);
  g_free (feed);
}

static gint64
feed_rows (const TelarFeed *feed, TelarSplit split)
{
  return split == TELAR_SPLIT_VALIDATION ? 0 : ((const ArrayFeed *)feed)->rows;
}

static gboolean
feed_begin (TelarFeed *feed, const TelarFeedPass *pass, GError **error)
{
  ArrayFeed *arrays = (ArrayFeed *)feed;
  (void)error;
  arrays->at = 0;
  arrays->batch = pass->batch;
  return TRUE;
}

static gint64
feed_next (TelarFeed *feed, TelarTensor **tensors, GError **error)
{
  ArrayFeed *arrays = (ArrayFeed *)feed;
  gint64 n = MIN (arrays->batch, arrays->rows - arrays->at);
  (void)error;
  for (guint i = 0; i < feed->n_ports && n > 0; i++) {
    TelarShape shape = telar_shape_bind (&feed->ports[i].type.shape, n);
    tensors[i] = telar_tensor_new (feed->ports[i].type.dtype, &shape);
    gsize row = tensors[i]->bytes / (gsize)n;
    memcpy (tensors[i]->data, (const char *)arrays->arrays[i]->data + (gsize)arrays->at * row,
            tensors[i]->bytes);
  }
  arrays->at += n;
  return n;
}

static TelarFeed *
make_feed (GHashTable *table, char **names)
{
  static const TelarFeedClass klass = {
    .free = feed_free, .rows = feed_rows, .begin = feed_begin, .next = feed_next
  };
  ArrayFeed *feed = g_new0 (ArrayFeed, 1);
  feed->base = (TelarFeed){ &klass, feed->ports, g_strv_length (names) };
  for (guint i = 0; names[i]; i++) {
    TelarTensor *array = g_hash_table_lookup (table, names[i]);
    feed->arrays[i] = array;
    feed->rows = array->type.shape.dims[0];
    feed->ports[i] = (TelarFeedPort){ g_strconcat (NODE ".", names[i], NULL), array->type, NULL };
    feed->ports[i].type.shape.dims[0] = TELAR_DIM_BATCH;
  }
  return &feed->base;
}

/* The node whose outputs are the arrays. */
static void
register_arrays (char **names)
{
  static const TelarPort none[] = { { NULL } };
  static TelarPort outputs[MAX_ARRAYS + 1];
  static const TelarOperator op = { .name = NODE, .inputs = none, .outputs = outputs };
  static const TelarOperator *const operators[] = { &op, NULL };
  for (guint i = 0; names[i]; i++)
    outputs[i] = (TelarPort){ .name = names[i], .kind = TELAR_PORT_TENSOR };
  telar_operators_register (operators);
}

/* --- measuring
 * ------------------------------------------------------------------------------------ */

static gboolean
connect_array (TelarGraph *graph, const char *array, guint port, GError **error)
{
  int from = telar_operator_find_output (telar_operator_find (NODE), array);
  g_assert (from >= 0);
  return telar_graph_connect (graph, NODE, (guint)from, "it", port, 0, error) != NULL;
}

static TelarGraph *
make_graph (const char *spec, GError **error)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  g_auto (GStrv) words = g_strsplit (spec, " ", -1);
  guint port = 0;
  if (!telar_graph_add_node (graph, NODE, NODE, error) ||
      !telar_graph_add_node (graph, words[0], "it", error))
    return NULL;
  for (char **word = words + 1; *word; word++) {
    char *equals = strchr (*word, '=');
    g_autofree char *path =
        equals ? g_strdup_printf ("it.%.*s", (int)(equals - *word), *word) : NULL;
    if (equals ? !telar_graph_set (graph, path, equals + 1, error)
               : !connect_array (graph, *word, port++, error))
      return NULL;
  }
  return g_steal_pointer (&graph);
}

static json_t *
list (const double *values, guint n)
{
  json_t *numbers = json_array ();
  for (guint i = 0; i < n; i++)
    json_array_append_new (numbers, json_real (values[i]));
  return numbers;
}

static json_t *
curves_to_json (const GPtrArray *curves)
{
  json_t *json = json_object ();
  for (guint i = 0; i < curves->len; i++) {
    const TelarJudgedCurve *curve = curves->pdata[i];
    g_autofree char *name =
        g_strdup_printf ("%s/%s", telar_judged_kind_name (curve->kind), curve->name);
    json_object_set_new (json, name,
                         json_pack ("{s:o, s:o, s:f}", "x", list (curve->x, curve->n), "y",
                                    list (curve->y, curve->n), "area", curve->area));
  }
  return json;
}

static json_t *
to_json (const TelarMeasured *measured)
{
  json_t *metrics = json_object (), *figures = json_object ();
  for (guint i = 0; i < measured->metrics->len; i++) {
    const TelarMetricValue *value = &g_array_index (measured->metrics, TelarMetricValue, i);
    json_object_set_new (metrics, value->name, json_real (value->value));
  }
  for (guint i = 0; i < measured->figures->len; i++) {
    const TelarFigure *figure = measured->figures->pdata[i];
    json_t *numbers = json_array ();
    for (gsize j = 0; j < telar_tensor_elements (figure->values); j++)
      json_array_append_new (numbers, json_real (telar_tensor_get (figure->values, j)));
    json_object_set_new (figures, figure->name, numbers);
  }
  return json_pack ("{s:o, s:o, s:o}", "metrics", metrics, "figures", figures, "curves",
                    curves_to_json (measured->curves));
}

static gboolean
measure (const char *spec, TelarFeed *feed, TelarDevice *device, gint64 batch, GError **error)
{
  g_autoptr (TelarGraph) graph = make_graph (spec, error);
  g_autoptr (TelarStates) states = telar_states_new ();
  g_auto (TelarMeasured) measured = { 0 };
  if (!graph ||
      !telar_evaluate (graph, feed, TELAR_SPLIT_ALL, batch, device, states, &measured, error))
    return FALSE;
  json_t *json = to_json (&measured);
  g_autofree char *text = json_dumps (json, JSON_COMPACT | JSON_REAL_PRECISION (17));
  puts (text);
  json_decref (json);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_assert (argc > 3);
  g_autoptr (GHashTable) table = telar_npz_read (argv[1], &error);
  g_assert_no_error (error);
  g_autofree char **names = (char **)g_hash_table_get_keys_as_array (table, NULL);
  g_assert (g_strv_length (names) <= MAX_ARRAYS);
  telar_operators_init ();
  register_arrays (names);
  g_autoptr (TelarFeed) feed = make_feed (table, names);
  g_autoptr (TelarDevice) device = telar_device_cpu_new (1, &error);
  g_assert_no_error (error);
  for (int i = 3; i < argc; i++)
    if (!measure (argv[i], feed, device, g_ascii_strtoll (argv[2], NULL, 10), &error)) {
      g_printerr ("%s: %s\n", argv[i], error->message);
      return 1;
    }
  return 0;
}
