/* Named values of a document, and the numbers of all expressions in it. An expression stands where
 * it was written; its number is worked out again whenever the document is about to be used. */
#include "engine/graph-private.h"
#include "engine/param-expression.h"
#include <string.h>

static const TelarParam value_param = { .name = "value",
                                        .kind = TELAR_PARAM_REAL,
                                        .fallback = "0" };

/* --- named values ----------------------------------------------------------------------------- */

void
telar_graph_free_value (gpointer value)
{
  telar_param_value_clear (value);
  g_free (value);
}

const TelarParamValue *
telar_graph_value (const TelarGraph *graph, const char *name)
{
  return g_hash_table_lookup (graph->main->values, name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

char **
telar_graph_value_names (const TelarGraph *graph)
{
  guint n;
  char **names = (char **)g_hash_table_get_keys_as_array (graph->main->values, &n);
  for (guint i = 0; i < n; i++)
    names[i] = g_strdup (names[i]);
  qsort (names, n, sizeof *names, compare_names);
  return names;
}

static gboolean
check_name (const char *name, GError **error)
{
  gboolean good = g_ascii_isalpha (*name) || *name == '_';
  for (const char *at = name; good && *at; at++)
    good = g_ascii_isalnum (*at) || *at == '_';
  if (!good)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "\"%s\" cannot name a value: take letters, digits and _, a letter first",
                     name);
  return good;
}

/* Takes @value over. */
static void
put (TelarGraph *graph, const char *name, const TelarParamValue *value)
{
  g_hash_table_replace (graph->values, g_strdup (name), g_memdup2 (value, sizeof *value));
}

gboolean
telar_graph_set_value (TelarGraph *graph, const char *name, const char *text, GError **error)
{
  TelarParamValue value;
  if (!text) {
    g_hash_table_remove (graph->values, name);
    return TRUE;
  }
  if (!check_name (name, error) || !telar_param_value_from_text (&value_param, text, &value, error))
    return FALSE;
  put (graph, name, &value);
  return TRUE;
}

gboolean
telar_graph_put_value (TelarGraph *graph, const char *name, const json_t *json, GError **error)
{
  TelarParamValue value;
  if (!check_name (name, error) || !telar_param_value_from_json (&value_param, json, &value, error))
    return FALSE;
  put (graph, name, &value);
  return TRUE;
}

void
telar_graph_copy_values (TelarGraph *to, const TelarGraph *from)
{
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, from->values);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    TelarParamValue copy;
    telar_param_value_copy (&copy, value);
    put (to, name, &copy);
  }
}

/* --- numbers of expressions ------------------------------------------------------------------- */

typedef struct {
  const TelarGraph *drawing; /* where names of nodes are looked for */
  const TelarNode *node;     /* whose parameter it is; NULL for settings and named values */
  GHashTable *states;        /* TelarParamValue * -> VISITING or DONE */
} Scope;

enum { VISITING = 1, DONE };

static void resolve (const Scope *scope, const TelarParam *param, TelarParamValue *value);

/* As in lower.c and the trainer, what reads the document as it is may write the numbers that its
 * expressions come to. */
static TelarParamValue *
value_of (const TelarParamSet *set, const char *name, const TelarParam **param)
{
  for (*param = telar_param_set_table (set); (*param)->name; (*param)++)
    if (strcmp ((*param)->name, name) == 0)
      return (TelarParamValue *)telar_param_set_get (set, name);
  return NULL;
}

/* The value behind "width", "conv1.filters" or "training.batch", and the scope of its expression.
 */
static TelarParamValue *
find_value (const Scope *scope, const char *name, Scope *of, const TelarParam **param)
{
  const char *dot = strchr (name, '.');
  g_autofree char *id = dot ? g_strndup (name, (gsize)(dot - name)) : NULL;
  *of = *scope;
  if (id && strcmp (id, "training") == 0) {
    of->node = NULL;
    return value_of (scope->drawing->main->training, dot + 1, param);
  }
  if (id) {
    TelarGraphEntry *entry = telar_graph_entry (scope->drawing, id);
    of->node = entry ? &entry->node : NULL;
    return entry ? value_of (telar_node_params (&entry->node, dot + 1), dot + 1, param) : NULL;
  }
  TelarParamValue *own = scope->node ? value_of (scope->node->params, name, param) : NULL;
  /* A parameter that is named as a value means the value, not itself. */
  if (own && GPOINTER_TO_INT (g_hash_table_lookup (scope->states, own)) != VISITING)
    return own;
  TelarParamValue *named = g_hash_table_lookup (scope->drawing->main->values, name);
  if (!named)
    return own;
  *of = (Scope){ scope->drawing->main, NULL, scope->states };
  *param = &value_param;
  return named;
}

static gboolean
number_of (const TelarParamValue *value, double *number)
{
  *number = 0;
  switch (value->kind) {
  case TELAR_PARAM_INT:
    *number = (double)value->integer;
    return TRUE;
  case TELAR_PARAM_REAL:
    *number = value->real;
    return TRUE;
  case TELAR_PARAM_BOOL:
    *number = value->boolean;
    return TRUE;
  case TELAR_PARAM_INTS:
    *number = value->ints.n > 0 ? (double)value->ints.items[0] : 0;
    for (guint i = 1; i < value->ints.n; i++)
      if (value->ints.items[i] != value->ints.items[0])
        return FALSE;
    return value->ints.n > 0;
  case TELAR_PARAM_CHOICE:
  case TELAR_PARAM_REALS:
  case TELAR_PARAM_TEXT:
  case TELAR_PARAM_FILE:
    return FALSE;
  }
  return FALSE;
}

static gboolean
look_up (gpointer data, const char *name, double *number, GError **error)
{
  const Scope *scope = data;
  const TelarParam *param = NULL;
  Scope of;
  TelarParamValue *value = find_value (scope, name, &of, &param);
  if (!value)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no value \"%s\"", name);
  else if (GPOINTER_TO_INT (g_hash_table_lookup (scope->states, value)) == VISITING)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "\"%s\" depends on itself", name);
  else
    resolve (&of, param, value);
  if (!value || (error && *error))
    return FALSE;
  if (value->fault)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "\"%s\" has no value itself", name);
  else if (!number_of (value, number))
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "\"%s\" is not one number", name);
  else
    return TRUE;
  return FALSE;
}

static void
resolve (const Scope *scope, const TelarParam *param, TelarParamValue *value)
{
  if (!value->expression || g_hash_table_contains (scope->states, value))
    return;
  g_hash_table_insert (scope->states, value, GINT_TO_POINTER (VISITING));
  telar_param_value_resolve (param, value, look_up, (gpointer)scope, NULL);
  g_hash_table_insert (scope->states, value, GINT_TO_POINTER (DONE));
}

static void
resolve_set (const Scope *scope, const TelarParamSet *set)
{
  if (!telar_param_set_has_expressions (set))
    return;
  for (const TelarParam *param = telar_param_set_table (set); param->name; param++)
    resolve (scope, param, (TelarParamValue *)telar_param_set_get (set, param->name));
}

static void
resolve_drawing (const TelarGraph *drawing, GHashTable *states)
{
  for (guint i = 0; i < drawing->nodes->len; i++) {
    const TelarNode *node = drawing->nodes->pdata[i];
    Scope scope = { drawing, node, states };
    resolve_set (&scope, node->params);
    resolve_set (&scope, node->learning);
  }
}

void
telar_graph_evaluate (const TelarGraph *graph)
{
  g_autoptr (GHashTable) states = g_hash_table_new (NULL, NULL);
  Scope scope = { graph->main, NULL, states };
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, graph->main->values);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    resolve (&scope, &value_param, value);
  resolve_set (&scope, graph->main->training);
  const TelarGraph *drawing;
  for (guint i = 0; (drawing = telar_graph_nth_drawing (graph, i)); i++)
    resolve_drawing (drawing, states);
  if (graph->group && telar_graph_find_group (graph, graph->group->name) != graph)
    resolve_drawing (graph, states); /* a copy apart */
}

static gboolean
check_set (const TelarParamSet *set, GError **error)
{
  if (!telar_param_set_has_expressions (set))
    return TRUE;
  for (const TelarParam *param = telar_param_set_table (set); param->name; param++) {
    const TelarParamValue *value = telar_param_set_get (set, param->name);
    if (!value->fault)
      continue;
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s", value->fault);
    return FALSE;
  }
  return TRUE;
}

gboolean
telar_node_check_values (const TelarNode *node, GError **error)
{
  if (check_set (node->params, error) && check_set (node->learning, error))
    return TRUE;
  telar_error_set_node (error, node->id);
  return FALSE;
}

gboolean
telar_graph_check_settings (const TelarGraph *graph, GError **error)
{
  return check_set (graph->main->training, error);
}
