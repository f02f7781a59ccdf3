/* Finds and reads the files that the data nodes of a graph name. */
#include "data/source.h"

#include "data/idx.h"
#include "data/operators.h"
#include "data/windows.h"
#include <string.h>

#define MOST_CLASSES 65536

static const TelarParam *
first_file (const TelarNode *node)
{
  const TelarParam *param = telar_param_set_table (node->params);
  while (param->name != NULL && param->kind != TELAR_PARAM_FILE)
    param++;
  return param->name != NULL ? param : NULL;
}

char *
telar_source_path (const TelarGraph *graph, const TelarNode *node, const char *param,
                   GHashTable *replacements, GError **error)
{
  if (replacements != NULL) {
    g_autofree char *key = g_strdup_printf ("%s.%s", node->id, param);
    const char *path = g_hash_table_lookup (replacements, key);
    if (path == NULL && strcmp (first_file (node)->name, param) == 0)
      path = g_hash_table_lookup (replacements, node->id);
    if (path != NULL)
      return g_strdup (path);
  }
  const char *path = telar_param_set_text (node->params, param);
  if (path[0] == '\0') {
    telar_set_error (error, TELAR_ERROR_INVALID, node->id, "%s: no file is chosen", param);
    return NULL;
  }
  const char *folder = telar_graph_folder (graph);
  return g_path_is_absolute (path) || folder == NULL ? g_strdup (path)
                                                     : g_build_filename (folder, path, NULL);
}

gboolean
telar_source_names_file (const TelarGraph *graph, const char *key)
{
  const TelarNode *node = telar_graph_find_node (graph, key);
  if (node != NULL)
    return first_file (node) != NULL;
  g_auto (GStrv) parts = g_strsplit (key, ".", 2);
  node = parts[0] != NULL && parts[1] != NULL ? telar_graph_find_node (graph, parts[0]) : NULL;
  if (node == NULL)
    return FALSE;
  for (const TelarParam *p = telar_param_set_table (node->params); p->name != NULL; p++)
    if (p->kind == TELAR_PARAM_FILE && strcmp (p->name, parts[1]) == 0)
      return TRUE;
  return FALSE;
}

TelarTensor *
telar_source_read_images (const char *path, GError **error)
{
  TelarTensor *images = telar_idx_read (path, error);
  if (images == NULL)
    return NULL;
  TelarShape *shape = &images->type.shape;
  if (shape->rank == 3)
    *shape = telar_shape (shape->dims[0], 1, shape->dims[1], shape->dims[2]);
  if (shape->rank == 4)
    return images;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: %u dimension%s where images have three or four", path, shape->rank,
                   shape->rank == 1 ? "" : "s");
  telar_tensor_unref (images);
  return NULL;
}

TelarTensor *
telar_source_read_labels (const char *path, GError **error)
{
  g_autoptr (TelarTensor) raw = telar_idx_read (path, error);
  if (raw == NULL)
    return NULL;
  guint rank = raw->type.shape.rank;
  if ((rank != 1 && rank != 3) || !telar_dtype_is_integer (raw->type.dtype)) {
    g_autofree char *type = telar_type_to_string (&raw->type);
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: %s where labels are whole numbers in one dimension or, of pixels, three",
                     path, type);
    return NULL;
  }
  TelarTensor *labels = telar_tensor_cast (raw, TELAR_I64);
  const gint64 *values = labels->data;
  for (gsize i = 0; i < telar_tensor_elements (labels); i++)
    if (values[i] < 0 || values[i] >= MOST_CLASSES) {
      telar_set_error (
          error, TELAR_ERROR_INVALID, NULL,
          "%s: label %" G_GINT64_FORMAT " in row %" G_GINT64_FORMAT "; classes go from 0 to %d",
          path, values[i],
          (gint64)i * labels->type.shape.dims[0] / (gint64)telar_tensor_elements (labels),
          MOST_CLASSES - 1);
      telar_tensor_unref (labels);
      return NULL;
    }
  return labels;
}

char **
telar_source_number_classes (const TelarTensor *labels)
{
  const gint64 *values = labels->data;
  gint64 largest = 0;
  for (gsize i = 0; i < telar_tensor_elements (labels); i++)
    largest = MAX (largest, values[i]);
  char **classes = g_new0 (char *, largest + 2);
  for (gint64 i = 0; i <= largest; i++)
    classes[i] = g_strdup_printf ("%" G_GINT64_FORMAT, i);
  return classes;
}

const TelarNode *
telar_source_table_node (const TelarGraph *graph, const TelarNode *node, GError **error)
{
  const TelarEdge *edge = telar_graph_incoming (graph, node->id, 0, 0);
  if (edge == NULL) {
    telar_set_error (error, TELAR_ERROR_INVALID, node->id, "no table is wired to it");
    return NULL;
  }
  return telar_graph_find_node (graph, edge->from);
}

static char
separator_char (const char *name)
{
  static const struct {
    const char *name;
    char separator;
  } separators[] = { { "comma", ',' }, { "semicolon", ';' }, { "tab", '\t' }, { "bar", '|' } };
  for (gsize i = 0; i < G_N_ELEMENTS (separators); i++)
    if (strcmp (separators[i].name, name) == 0)
      return separators[i].separator;
  return 0; /* auto */
}

TelarTable *
telar_source_read_table (const TelarGraph *graph, const TelarNode *node, GHashTable *replacements,
                         GError **error)
{
  g_autoptr (GError) problem = NULL;
  TelarTable *table = NULL;
  g_autofree char *path = telar_source_path (graph, node, "file", replacements, &problem);
  if (path != NULL)
    table = telar_table_read_csv (
        path, separator_char (telar_param_set_text (node->params, "separator")), &problem);
  if (table == NULL) {
    telar_error_set_node (&problem, node->id);
    g_propagate_error (error, g_steal_pointer (&problem));
  }
  return table;
}

static TelarWindows
windows_of (const TelarNode *node)
{
  return (TelarWindows){ telar_param_set_int (node->params, "length"),
                         telar_param_set_int (node->params, "step") };
}

TelarTensor *
telar_source_read_text (const TelarNode *node, const char *path, TelarTensor **next, GError **error)
{
  TelarWindows windows = windows_of (node);
  return telar_windows_of_text (path, &windows, next, error);
}

TelarTensor *
telar_source_read_series (const TelarNode *node, const TelarTable *table, TelarTensor **next,
                          GError **error)
{
  TelarWindows windows = windows_of (node);
  return telar_windows_of_series (table, telar_param_set_text (node->params, "columns"), &windows,
                                  telar_param_set_int (node->params, "ahead"), next, error);
}

TelarColumnsSpec
telar_source_columns_spec (const TelarNode *node)
{
  const char *task = telar_param_set_text (node->params, "task");
  const char *missing = telar_param_set_text (node->params, "missing");
  return (TelarColumnsSpec){
    .features = telar_param_set_text (node->params, "features"),
    .target = telar_param_set_text (node->params, "target"),
    .kind = strcmp (task, "classes") == 0  ? TELAR_TARGET_CLASSES
            : strcmp (task, "number") == 0 ? TELAR_TARGET_NUMBER
                                           : TELAR_TARGET_AUTO,
    .missing = strcmp (missing, "mean") == 0     ? TELAR_MISSING_MEAN
               : strcmp (missing, "median") == 0 ? TELAR_MISSING_MEDIAN
               : strcmp (missing, "drop") == 0   ? TELAR_MISSING_DROP
                                                 : TELAR_MISSING_ERROR,
  };
}
