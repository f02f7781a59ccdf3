/* Opens the data nodes of a graph as one feed: reads each source once, lets table nodes see their
 * table, splits all with one rule, and hands the arrays to the batcher. */
#include "data/data.h"

#include "data/batcher.h"
#include "data/columns.h"
#include "data/idx.h"
#include "data/operators.h"
#include "data/source.h"
#include <string.h>

typedef struct {
  const TelarGraph *graph;
  GHashTable *replacements; /* or NULL */
  GArray *arrays;           /* TelarFeedArray */
  const TelarNode *first;   /* whose rows and split hold for all */
  gsize rows;
  TelarSplitSpec split_spec;
  TelarSplitRows split;
} Opening;

/* --- splitting ----------------------------------------------------------------------------------
 */

static TelarSplitSpec
read_split (const Opening *o, const TelarNode *node)
{
  const char *kind = telar_param_set_text (node->params, "split");
  TelarSplitSpec spec = {
    .kind = strcmp (kind, "last") == 0         ? TELAR_SPLIT_LAST
            : strcmp (kind, "stratified") == 0 ? TELAR_SPLIT_STRATIFIED
                                               : TELAR_SPLIT_RANDOM,
    .validation = telar_param_set_real (node->params, "validation"),
    .seed = telar_graph_seed (o->graph),
  };
  if (o->replacements != NULL)
    spec.validation = 0;
  return spec;
}

/* The first source splits the rows; the others must agree with it. @labels may be NULL. */
static gboolean
split_source (Opening *o, const TelarNode *node, gsize rows, const TelarTensor *labels,
              GError **error)
{
  TelarSplitSpec spec = read_split (o, node);
  if (o->first != NULL) {
    if (rows != o->rows) {
      telar_set_error (error, TELAR_ERROR_INVALID, node->id,
                       "%" G_GSIZE_FORMAT " rows where %s has %" G_GSIZE_FORMAT, rows, o->first->id,
                       o->rows);
      return FALSE;
    }
    if (spec.kind == o->split_spec.kind && spec.validation == o->split_spec.validation)
      return TRUE;
    telar_set_error (error, TELAR_ERROR_INVALID, node->id,
                     "validation and split differ from those of %s; the rows of all sources are "
                     "split together",
                     o->first->id);
    return FALSE;
  }
  gboolean classes = labels != NULL && labels->type.dtype == TELAR_I64;
  if (spec.kind == TELAR_SPLIT_STRATIFIED && !(classes && labels->type.shape.rank == 1)) {
    telar_set_error (error, TELAR_ERROR_INVALID, node->id,
                     "a stratified split needs classes, the target is %s",
                     classes ? "of pixels" : "a number");
    return FALSE;
  }
  gboolean ok = telar_split_rows (
      &spec, rows, spec.kind == TELAR_SPLIT_STRATIFIED ? labels->data : NULL, &o->split, error);
  if (!ok)
    telar_error_set_node (error, node->id);
  o->first = node;
  o->rows = rows;
  o->split_spec = spec;
  return ok;
}

static void
add_array (Opening *o, const TelarNode *node, const char *port, TelarTensor *values,
           TelarDType dtype, const char *const *classes)
{
  TelarFeedArray array = {
    .name = g_strdup_printf ("%s.%s", node->id, port),
    .values = telar_tensor_ref (values),
    .dtype = dtype,
    .classes = g_strdupv ((char **)classes),
  };
  g_array_append_val (o->arrays, array);
}

/* --- images -------------------------------------------------------------------------------------
 */

static gboolean
open_images (Opening *o, const TelarNode *node, GError **error)
{
  g_autofree char *images_path =
      telar_source_path (o->graph, node, "images", o->replacements, error);
  g_autofree char *labels_path =
      images_path ? telar_source_path (o->graph, node, "labels", o->replacements, error) : NULL;
  if (labels_path == NULL)
    return FALSE;
  g_autoptr (TelarTensor) images = telar_source_read_images (images_path, error);
  g_autoptr (TelarTensor) labels = images ? telar_source_read_labels (labels_path, error) : NULL;
  if (labels == NULL)
    return FALSE;
  if (images->type.shape.dims[0] != labels->type.shape.dims[0]) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s has %" G_GINT64_FORMAT " labels where %s has %" G_GINT64_FORMAT " images",
                     labels_path, labels->type.shape.dims[0], images_path,
                     images->type.shape.dims[0]);
    return FALSE;
  }
  if (!split_source (o, node, (gsize)labels->type.shape.dims[0], labels, error))
    return FALSE;
  g_auto (GStrv) classes = telar_source_number_classes (labels);
  add_array (o, node, "images", images, TELAR_F32, NULL);
  add_array (o, node, "labels", labels, TELAR_I64, (const char *const *)classes);
  return TRUE;
}

/* --- tables -------------------------------------------------------------------------------------
 */

/* Rows @picked of @rows. */
static GArray *
pick_rows (const GArray *rows, const GArray *picked)
{
  GArray *result = g_array_sized_new (FALSE, FALSE, sizeof (guint32), picked->len);
  for (guint i = 0; i < picked->len; i++)
    g_array_append_val (result, g_array_index (rows, guint32, g_array_index (picked, guint32, i)));
  return result;
}

/* The columns as the graph's own table defines them, fitted on its training rows. */
static TelarColumns *
fit_columns (const TelarGraph *graph, const TelarNode *node, const TelarTable *table,
             GError **error)
{
  Opening own = { .graph = graph };
  TelarColumnsSpec spec = telar_source_columns_spec (node);
  g_autoptr (TelarColumns) columns = telar_columns_new (table, &spec, error);
  g_autoptr (GArray) rows = columns ? telar_columns_rows (columns, table, TRUE, TRUE, error) : NULL;
  g_autoptr (TelarTensor) target = rows ? telar_columns_target (columns, table, rows, error) : NULL;
  gboolean ok = FALSE;
  if (target != NULL && split_source (&own, node, rows->len, target, error)) {
    g_autoptr (GArray) training = pick_rows (rows, own.split.train);
    ok = telar_columns_fit (columns, table, training, error);
  }
  telar_split_rows_clear (&own.split);
  return ok ? g_steal_pointer (&columns) : NULL;
}

static gboolean
add_table (Opening *o, const TelarNode *node, const TelarColumns *columns, const TelarTable *table,
           GError **error)
{
  g_autoptr (GArray) rows = telar_columns_rows (columns, table, TRUE, TRUE, error);
  g_autoptr (TelarTensor) features =
      rows ? telar_columns_features (columns, table, rows, error) : NULL;
  g_autoptr (TelarTensor) target =
      features ? telar_columns_target (columns, table, rows, error) : NULL;
  if (target == NULL || !split_source (o, node, rows->len, target, error))
    return FALSE;
  add_array (o, node, "features", features, TELAR_F32, telar_columns_feature_names (columns));
  add_array (o, node, "target", target, target->type.dtype, telar_columns_class_names (columns));
  return TRUE;
}

static gboolean
open_columns (Opening *o, const TelarNode *node, GError **error)
{
  const TelarNode *source = telar_source_table_node (o->graph, node, error);
  g_autoptr (TelarTable) own =
      source ? telar_source_read_table (o->graph, source, NULL, error) : NULL;
  g_autoptr (TelarColumns) columns = own ? fit_columns (o->graph, node, own, error) : NULL;
  if (columns == NULL)
    return FALSE;
  if (o->replacements == NULL)
    return add_table (o, node, columns, own, error);
  g_autoptr (TelarTable) other = telar_source_read_table (o->graph, source, o->replacements, error);
  return other != NULL && add_table (o, node, columns, other, error);
}

/* --- windows ------------------------------------------------------------------------------------
 */

/* Adds what was cut, or tells that nothing was. Takes both. */
static gboolean
add_windows (Opening *o, const TelarNode *node, TelarTensor *windows, TelarTensor *next,
             GError **error)
{
  gboolean ok = windows && split_source (o, node, (gsize)windows->type.shape.dims[0], NULL, error);
  if (ok) {
    add_array (o, node, node->op->outputs[0].name, windows, windows->type.dtype, NULL);
    add_array (o, node, node->op->outputs[1].name, next, next->type.dtype, NULL);
  }
  g_clear_pointer (&windows, telar_tensor_unref);
  g_clear_pointer (&next, telar_tensor_unref);
  return ok;
}

static gboolean
open_text (Opening *o, const TelarNode *node, GError **error)
{
  g_autofree char *path = telar_source_path (o->graph, node, "file", o->replacements, error);
  TelarTensor *next = NULL;
  TelarTensor *text = path ? telar_source_read_text (node, path, &next, error) : NULL;
  return add_windows (o, node, text, next, error);
}

static gboolean
open_series (Opening *o, const TelarNode *node, GError **error)
{
  const TelarNode *source = telar_source_table_node (o->graph, node, error);
  g_autoptr (TelarTable) table =
      source ? telar_source_read_table (o->graph, source, o->replacements, error) : NULL;
  TelarTensor *next = NULL;
  TelarTensor *windows = table ? telar_source_read_series (node, table, &next, error) : NULL;
  return add_windows (o, node, windows, next, error);
}

/* --- one port -----------------------------------------------------------------------------------
 */

static TelarTensor *
read_columns (const TelarGraph *graph, const TelarNode *node, const char *port, const char *path,
              GError **error)
{
  const TelarNode *source = telar_source_table_node (graph, node, error);
  g_autoptr (TelarTable) own = source ? telar_source_read_table (graph, source, NULL, error) : NULL;
  g_autoptr (TelarColumns) columns = own ? fit_columns (graph, node, own, error) : NULL;
  g_autoptr (GHashTable) replacement = g_hash_table_new (g_str_hash, g_str_equal);
  if (columns == NULL)
    return NULL;
  g_hash_table_insert (replacement, source->id, (gpointer)path);
  g_autoptr (TelarTable) table = telar_source_read_table (graph, source, replacement, error);
  gboolean target = strcmp (port, "target") == 0;
  g_autoptr (GArray) rows =
      table ? telar_columns_rows (columns, table, target, FALSE, error) : NULL;
  if (rows == NULL)
    return NULL;
  return target ? telar_columns_target (columns, table, rows, error)
                : telar_columns_features (columns, table, rows, error);
}

static TelarTensor *
read_images (const TelarGraph *graph, const TelarNode *node, const char *port, const char *path,
             GError **error)
{
  (void)graph, (void)node;
  if (strcmp (port, "labels") == 0)
    return telar_source_read_labels (path, error);
  g_autoptr (TelarTensor) images = telar_source_read_images (path, error);
  return images != NULL ? telar_tensor_cast (images, TELAR_F32) : NULL;
}

/* The windows, or what follows them; takes both. */
static TelarTensor *
pick_windows (const TelarNode *node, const char *port, TelarTensor *windows, TelarTensor *next)
{
  gboolean first = strcmp (port, node->op->outputs[0].name) == 0;
  g_clear_pointer (first ? &next : &windows, telar_tensor_unref);
  return first ? windows : next;
}

static TelarTensor *
read_text (const TelarGraph *graph, const TelarNode *node, const char *port, const char *path,
           GError **error)
{
  TelarTensor *next = NULL, *text = telar_source_read_text (node, path, &next, error);
  (void)graph;
  return pick_windows (node, port, text, next);
}

static TelarTensor *
read_series (const TelarGraph *graph, const TelarNode *node, const char *port, const char *path,
             GError **error)
{
  const TelarNode *source = telar_source_table_node (graph, node, error);
  g_autoptr (GHashTable) replacement = g_hash_table_new (g_str_hash, g_str_equal);
  if (source == NULL)
    return NULL;
  g_hash_table_insert (replacement, source->id, (gpointer)path);
  g_autoptr (TelarTable) table = telar_source_read_table (graph, source, replacement, error);
  TelarTensor *next = NULL;
  TelarTensor *windows = table ? telar_source_read_series (node, table, &next, error) : NULL;
  return pick_windows (node, port, windows, next);
}

/* --- the feed -----------------------------------------------------------------------------------
 */

typedef struct {
  const char *op;
  gboolean (*open) (Opening *o, const TelarNode *node, GError **error);
  /* The tensor that @port gives for the file at @path. */
  TelarTensor *(*read) (const TelarGraph *graph, const TelarNode *node, const char *port,
                        const char *path, GError **error);
} Source;

static const Source sources[] = {
  { TELAR_OPERATOR_IDX_IMAGES, open_images, read_images },
  { TELAR_OPERATOR_TABLE_COLUMNS, open_columns, read_columns },
  { TELAR_OPERATOR_TEXT_WINDOWS, open_text, read_text },
  { TELAR_OPERATOR_SERIES_WINDOWS, open_series, read_series },
};

/* NULL when the node's batches come from no file. */
static const Source *
find_source (const TelarNode *node)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    if (strcmp (node->op->name, sources[i].op) == 0)
      return &sources[i];
  return NULL;
}

static gboolean
open_node (Opening *o, const TelarNode *node, GError **error)
{
  g_autoptr (GError) problem = NULL;
  const Source *source = find_source (node);
  gboolean ok = source == NULL || source->open (o, node, &problem);
  if (!ok) {
    telar_error_set_node (&problem, node->id);
    g_propagate_error (error, g_steal_pointer (&problem));
  }
  return ok;
}

static gboolean
check_replacements (const Opening *o, GError **error)
{
  GHashTableIter iter;
  gpointer key;
  if (o->replacements == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, o->replacements);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!telar_source_names_file (o->graph, key)) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                       "\"%s\" is no file of the project's data nodes", (const char *)key);
      return FALSE;
    }
  return TRUE;
}

TelarFeed *
telar_data_open_with (TelarGraph *graph, GHashTable *replacements, GError **error)
{
  Opening o = { .graph = graph, .replacements = replacements };
  o.arrays = g_array_new (FALSE, TRUE, sizeof (TelarFeedArray));
  g_array_set_clear_func (o.arrays, (GDestroyNotify)telar_feed_array_clear);
  const GPtrArray *nodes = telar_graph_nodes (graph);
  telar_graph_evaluate (graph);
  gboolean ok = check_replacements (&o, error);
  for (guint i = 0; ok && i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    ok = (!telar_operator_is_fed (node->op) || telar_node_check_values (node, error)) &&
         open_node (&o, node, error);
  }
  if (ok && o.arrays->len == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the project has no data to read");
    ok = FALSE;
  }
  TelarFeed *feed = ok ? telar_batcher_new (o.arrays, &o.split) : NULL;
  g_array_unref (o.arrays);
  telar_split_rows_clear (&o.split);
  return feed;
}

TelarFeed *
telar_data_open (TelarGraph *graph, GError **error)
{
  return telar_data_open_with (graph, NULL, error);
}

TelarTensor *
telar_data_read_port (const TelarGraph *graph, const char *port, const char *path, GError **error)
{
  const char *dot = strrchr (port, '.');
  g_autofree char *id = dot != NULL ? g_strndup (port, (gsize)(dot - port)) : g_strdup (port);
  const TelarNode *node = telar_graph_find_node (graph, id);
  g_autoptr (GError) problem = NULL;
  TelarTensor *tensor = NULL;
  if (node != NULL && dot != NULL && telar_operator_find_output (node->op, dot + 1) >= 0) {
    const Source *source = find_source (node);
    if (source != NULL)
      tensor = source->read (graph, node, dot + 1, path, &problem);
  }
  if (tensor == NULL && problem == NULL)
    telar_set_error (&problem, TELAR_ERROR_INVALID, NULL, "\"%s\" is no data port of the project",
                     port);
  if (tensor == NULL) {
    if (node != NULL)
      telar_error_set_node (&problem, node->id);
    g_propagate_error (error, g_steal_pointer (&problem));
  }
  return tensor;
}
