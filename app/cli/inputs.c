/* The files that predict and export are given for a model's inputs. */
#include "app/cli/inputs.h"

#include "app/cli/tensors.h"
#include "engine/lower.h"

#include <string.h>

static void
tensor_unref (gpointer data)
{
  if (data != NULL)
    telar_tensor_unref (data);
}

void
telar_inputs_clear (TelarInputs *inputs)
{
  g_clear_pointer (&inputs->names, g_ptr_array_unref);
  g_clear_pointer (&inputs->tensors, g_ptr_array_unref);
}

/* What the graph's output nodes depend on: input nodes by their ids, data ports as
 * "digits.images". */
static GPtrArray *
find_inputs (const TelarGraph *graph)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) ordered = telar_graph_topological (graph);
  g_autoptr (GHashTable) needed = g_hash_table_new (g_str_hash, g_str_equal);
  const GPtrArray *edges = telar_graph_edges (graph);
  for (guint i = ordered->len; i-- > 0;) {
    const TelarNode *node = ordered->pdata[i];
    if (node->op->category != TELAR_CATEGORY_OUTPUT && !g_hash_table_contains (needed, node->id))
      continue;
    for (guint e = 0; e < edges->len; e++) {
      const TelarEdge *edge = edges->pdata[e];
      if (strcmp (edge->to, node->id) != 0)
        continue;
      const TelarNode *from = telar_graph_find_node (graph, edge->from);
      const TelarPort *port = &from->op->outputs[edge->from_port];
      gboolean begins = strcmp (from->op->name, TELAR_OPERATOR_INPUT) == 0;
      g_autofree char *name =
          begins ? g_strdup (from->id) : g_strdup_printf ("%s.%s", from->id, port->name);
      if (from->op->lower != NULL && !begins)
        g_hash_table_add (needed, from->id);
      else if (port->kind == TELAR_PORT_TENSOR &&
               !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  }
  return names;
}

const char *
telar_split_name (const char *text, const GPtrArray *names, guint *index, GError **error)
{
  const char *equals = strchr (text, '=');
  gsize length = equals != NULL ? (gsize)(equals - text) : 0;
  for (guint i = 0; equals != NULL && i < names->len; i++)
    if (strlen (names->pdata[i]) == length && strncmp (names->pdata[i], text, length) == 0) {
      *index = i;
      return equals + 1;
    }
  *index = 0;
  if (names->len == 1)
    return text;
  g_autoptr (GString) known = g_string_new (NULL);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", (char *)names->pdata[i]);
  telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                   "\"%s\": NAME=FILE is needed, with NAME one of %s", text, known->str);
  return NULL;
}

/* An input of any size gets the sizes of what it is given, which its shape says from now on. */
static gboolean
take_sizes (TelarGraph *graph, const TelarNode *node, const TelarTensor *tensor, GError **error)
{
  const TelarShape *shape = &tensor->type.shape;
  g_autoptr (GString) sizes = g_string_new (NULL);
  g_autofree char *setting = g_strdup_printf ("%s.shape", node->id);
  for (guint i = telar_param_set_bool (node->params, "batch") ? 1 : 0; i < shape->rank; i++)
    g_string_append_printf (sizes, "%s%" G_GINT64_FORMAT, sizes->len > 0 ? "x" : "",
                            shape->dims[i]);
  return telar_graph_set (graph, setting, sizes->str, error);
}

/* An input node says what it takes, a data node how its files are read. */
static TelarTensor *
read_input (TelarGraph *graph, const char *name, const char *path, GError **error)
{
  const TelarNode *node = telar_graph_find_node (graph, name);
  TelarType type;
  if (node == NULL)
    return telar_input_read (graph, name, path, error);
  gboolean typed = telar_node_input_type (node, &type);
  gboolean any = telar_param_set_bool (node->params, "any_size");
  for (guint i = 2; any && typed && i < type.shape.rank; i++)
    type.shape.dims[i] = -1;
  g_autoptr (TelarTensor) tensor =
      telar_input_read_shaped (name, typed ? &type.shape : NULL, path, error);
  if (tensor == NULL || (any && !take_sizes (graph, node, tensor, error)))
    return NULL;
  return g_steal_pointer (&tensor);
}

gboolean
telar_inputs_has_rows (const TelarInputs *inputs, const TelarGraph *graph, guint index)
{
  const TelarNode *node = telar_graph_find_node (graph, inputs->names->pdata[index]);
  return node == NULL || telar_param_set_bool (node->params, "batch");
}

/* That each is given, and all have as many rows. */
static gboolean
check_rows (TelarInputs *inputs, const TelarGraph *graph, GError **error)
{
  for (guint i = 0; i < inputs->names->len; i++) {
    const TelarTensor *tensor = inputs->tensors->pdata[i];
    gint64 rows = tensor == NULL                              ? 0
                  : !telar_inputs_has_rows (inputs, graph, i) ? inputs->rows
                                                              : tensor->type.shape.dims[0];
    if (tensor == NULL || (inputs->rows > 0 && rows != inputs->rows)) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                       tensor == NULL ? "no input is given for %s"
                                      : "the input for %s has another number of rows than the "
                                        "first",
                       (const char *)inputs->names->pdata[i]);
      return FALSE;
    }
    inputs->rows = rows;
  }
  inputs->rows = MAX (inputs->rows, 1); /* no input has rows */
  return TRUE;
}

gboolean
telar_inputs_read (const TelarCommand *command, TelarGraph *graph, TelarInputs *inputs,
                   GError **error)
{
  const GPtrArray *files = telar_command_list (command, "input");
  inputs->names = find_inputs (graph);
  inputs->tensors = g_ptr_array_new_with_free_func (tensor_unref);
  g_ptr_array_set_size (inputs->tensors, (int)inputs->names->len);
  g_autofree const char **paths = g_new0 (const char *, inputs->names->len + 1);
  for (guint i = 0; files != NULL && i < files->len; i++) {
    guint index;
    const char *path = telar_split_name (files->pdata[i], inputs->names, &index, error);
    TelarTensor *tensor =
        path != NULL ? read_input (graph, inputs->names->pdata[index], path, error) : NULL;
    if (tensor == NULL)
      return FALSE;
    tensor_unref (inputs->tensors->pdata[index]);
    inputs->tensors->pdata[index] = tensor;
    paths[index] = path;
  }
  if (!check_rows (inputs, graph, error))
    return FALSE;
  for (guint i = 0; i < inputs->names->len; i++) {
    const TelarTensor *tensor = inputs->tensors->pdata[i];
    if (tensor->type.shape.rank != 4)
      continue;
    inputs->pictures = tensor;
    inputs->picture = paths[i];
  }
  return TRUE;
}
