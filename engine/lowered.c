/* What lowering found: problems, types and values at ports, the nodes that were lowered. */
#include "engine/lower-private.h"
#include "engine/watch.h"
#include <string.h>

/* --- problems --------------------------------------------------------------------------------- */

static void
free_problem (gpointer data)
{
  TelarProblem *problem = data;
  g_free (problem->node);
  g_free (problem->message);
  g_free (problem);
}

void
telar_lower_report (TelarLowered *lowered, const char *node, TelarSeverity severity,
                    const char *format, ...)
{
  TelarProblem *problem = g_new0 (TelarProblem, 1);
  va_list args;
  va_start (args, format);
  problem->message = g_strdup_vprintf (format, args);
  va_end (args);
  problem->node = g_strdup (node);
  problem->severity = severity;
  g_ptr_array_add (lowered->problems, problem);
}

void
telar_lower_report_error (TelarLowered *lowered, const char *node, const GError *error)
{
  const char *message = error->message;
  gsize length = strlen (node);
  if (telar_error_get_node (error) && strncmp (message, node, length) == 0 &&
      strncmp (message + length, ": ", 2) == 0)
    message += length + 2;
  telar_lower_report (lowered, node, TELAR_PROBLEM_ERROR, "%s", message);
}

static const TelarProblem *
first_error (const TelarLowered *lowered)
{
  for (guint i = 0; i < lowered->problems->len; i++) {
    const TelarProblem *problem = lowered->problems->pdata[i];
    if (problem->severity == TELAR_PROBLEM_ERROR)
      return problem;
  }
  return NULL;
}

guint
telar_lowered_n_errors (const TelarLowered *lowered)
{
  guint n = 0;
  for (guint i = 0; i < lowered->problems->len; i++)
    n += ((const TelarProblem *)lowered->problems->pdata[i])->severity == TELAR_PROBLEM_ERROR;
  return n;
}

gboolean
telar_lowered_ok (const TelarLowered *lowered, GError **error)
{
  const TelarProblem *problem = first_error (lowered);
  if (problem)
    telar_set_error (error, TELAR_ERROR_INVALID, problem->node, "%s", problem->message);
  return problem == NULL;
}

/* --- looking up ------------------------------------------------------------------------------- */

const TelarType *
telar_lowered_port (const TelarLowered *lowered, const char *node, const char *port)
{
  g_autofree char *key = g_strdup_printf ("%s:%s", node, port);
  return g_hash_table_lookup (lowered->ports, key);
}

TelarValue
telar_lowered_value (const TelarLowered *lowered, const char *node, guint port)
{
  const TelarValue *values = g_hash_table_lookup (lowered->values, node);
  return values ? values[port] : TELAR_NO_VALUE;
}

static const TelarLoweredNode *
find_node (const TelarLowered *lowered, const char *path)
{
  for (guint i = 0; i < lowered->nodes->len; i++) {
    const TelarLoweredNode *node = lowered->nodes->pdata[i];
    if (strcmp (node->id, path) == 0)
      return node;
  }
  for (guint i = 0; i < lowered->nodes->len; i++) {
    const TelarLoweredNode *node = lowered->nodes->pdata[i];
    g_autofree char *plain = telar_watch_plain_path (node->id);
    if (strcmp (plain, path) == 0)
      return node;
  }
  return NULL;
}

TelarValue
telar_lowered_wire (const TelarLowered *lowered, const char *wire, GError **error)
{
  const char *dot = strrchr (wire, '.'); /* the id of a node has none */
  g_autofree char *id = dot ? g_strndup (wire, (gsize)(dot - wire)) : g_strdup (wire);
  const TelarLoweredNode *node = find_node (lowered, id);
  if (!node) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no node \"%s\"", id);
    return TELAR_NO_VALUE;
  }
  int port = dot ? telar_operator_find_output (node->node->op, dot + 1) : 0;
  TelarValue value = port < 0 || (guint)port >= telar_operator_n_outputs (node->node->op)
                         ? TELAR_NO_VALUE
                         : telar_lowered_value (lowered, node->id, (guint)port);
  if (value == TELAR_NO_VALUE)
    telar_set_error (error, TELAR_ERROR_INVALID, id, "it has no output \"%s\"",
                     dot ? dot + 1 : wire);
  return value;
}

/* --- parameters ------------------------------------------------------------------------------- */

static void
add_count (GHashTable *counts, const char *id, gint64 n)
{
  gint64 *count = g_hash_table_lookup (counts, id);
  if (!count) {
    count = g_new0 (gint64, 1);
    g_hash_table_insert (counts, g_strdup (id), count);
  }
  *count += n;
}

/* The numbers of each owner, by what the names of its states begin with. */
static GHashTable *
count_by_owner (const TelarProgram *program, gint64 *total)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);
    const char *dot = strchr (state->name, '.');
    gint64 n;
    if (!dot || !state->trainable || !telar_shape_count (&state->type.shape, &n))
      continue;
    g_autofree char *owner = g_strndup (state->name, (gsize)(dot - state->name));
    add_count (counts, owner, n);
    *total += n;
  }
  return counts;
}

GHashTable *
telar_lowered_count_parameters (const TelarLowered *lowered, gint64 *total)
{
  gint64 sum = 0;
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (lowered->program) {
    g_autoptr (GHashTable) owners = count_by_owner (lowered->program, &sum);
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    for (guint i = 0; i < lowered->nodes->len; i++) {
      const TelarLoweredNode *node = lowered->nodes->pdata[i];
      const gint64 *n = g_hash_table_lookup (owners, node->states);
      if (!n || !g_hash_table_add (seen, (gpointer)node->id)) /* steps of a loop come again */
        continue;
      g_autofree char *id = g_strdup (node->id);
      do
        add_count (counts, id, *n);
      while (telar_node_leave (id));
    }
  }
  if (total)
    *total = sum;
  return counts;
}

/* --- groups ----------------------------------------------------------------------------------- */

/* Whether @before is @place and a slash, but for numbers of repetitions. */
static gboolean
is_before (const char *before, const char *place)
{
  while (*before) {
    gsize length = strcspn (before, "/");
    gboolean number = g_ascii_isdigit (*before);
    if (!number &&
        (strncmp (before, place, length) != 0 || (place[length] != '/' && place[length] != '\0')))
      return FALSE;
    if (!number)
      place += length + (place[length] == '/');
    before += length + 1;
  }
  return *place == '\0';
}

const char *
telar_lowered_find_within (const TelarLowered *lowered, const char *place)
{
  for (guint i = 0; i < lowered->nodes->len; i++) {
    const TelarLoweredNode *node = lowered->nodes->pdata[i];
    if (is_before (node->before, place))
      return node->before;
  }
  return NULL;
}

/* --- life ------------------------------------------------------------------------------------- */

TelarLowered *
telar_lowered_new (void)
{
  TelarLowered *lowered = g_new0 (TelarLowered, 1);
  lowered->problems = g_ptr_array_new_with_free_func (free_problem);
  lowered->ports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  lowered->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  lowered->nodes = g_ptr_array_new_with_free_func (g_free);
  lowered->drawings = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_graph_free);
  lowered->names = g_string_chunk_new (256);
  return lowered;
}

const char *
telar_lowered_keep (TelarLowered *lowered, const char *name)
{
  return g_string_chunk_insert_const (lowered->names, name);
}

const GPtrArray *
telar_lowered_nodes (const TelarLowered *lowered)
{
  return lowered->nodes;
}

void
telar_lowered_free (TelarLowered *lowered)
{
  if (!lowered)
    return;
  if (lowered->program)
    telar_program_unref (lowered->program);
  g_ptr_array_unref (lowered->problems);
  g_hash_table_unref (lowered->ports);
  g_hash_table_unref (lowered->values);
  g_ptr_array_unref (lowered->nodes);
  g_ptr_array_unref (lowered->drawings);
  g_string_chunk_free (lowered->names);
  g_free (lowered);
}
