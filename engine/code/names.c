/* What holds which value in a function: arguments, results, and one that passes on. */
#include "engine/code/names.h"

#include <string.h>

char *
code_names_key (const char *node, guint port)
{
  return g_strdup_printf ("%s:%u", node, port);
}

char *
code_names_take (CodeNames *f, const char *text)
{
  char *name = code_python_name (text);

  while (g_hash_table_contains (f->taken, name) || g_strcmp0 (name, f->passing) == 0) {
    char *longer = g_strconcat (name, "_", NULL);
    g_free (name);
    name = longer;
  }
  g_hash_table_add (f->taken, g_strdup (name));
  return name;
}

const char *
code_names_of (const CodeNames *f, const TelarEdge *edge)
{
  g_autofree char *key = code_names_key (edge->from, edge->from_port);

  return g_hash_table_lookup (f->names, key);
}

static void
count_reader (CodeNames *f, const TelarEdge *edge)
{
  g_autofree char *key = code_names_key (edge->from, edge->from_port);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (f->readers, key));

  g_hash_table_insert (f->readers, g_steal_pointer (&key), GUINT_TO_POINTER (n + 1));
}

static void
count_readers (CodeNames *f)
{
  const GPtrArray *edges = telar_graph_edges (f->class->drawing);
  g_autoptr (GHashTable) said = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < f->body->pieces->len; i++)
    g_hash_table_add (said, ((const CodePiece *)f->body->pieces->pdata[i])->node->id);
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    if (g_hash_table_contains (said, edge->to))
      count_reader (f, edge);
  }
  for (guint i = 0; i < f->results->len; i++)
    count_reader (f, f->results->pdata[i]);
}

/* Whether no other data that is read has a port of that name. */
static gboolean
is_only_port (const CodeNames *f, const char *port)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  const GPtrArray *edges = telar_graph_edges (f->class->drawing);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    const TelarNode *from = telar_graph_find_node (f->class->drawing, edge->from);
    g_autofree char *key = code_names_key (edge->from, edge->from_port);

    if (telar_operator_is_fed (from->op) && g_hash_table_contains (f->readers, key) &&
        g_str_equal (from->op->outputs[edge->from_port].name, port) &&
        !g_ptr_array_find (sources, from, NULL))
      g_ptr_array_add (sources, (gpointer)from);
  }
  return sources->len == 1;
}

/* Inputs of the drawing whose numbers are read, by the order of nodes. */
static void
name_inputs (const CodeWriter *w, CodeNames *f)
{
  const GPtrArray *nodes = telar_graph_nodes (f->class->drawing);

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    gboolean own = !telar_operator_is_fed (node->op);

    if (!code_is_input (node))
      continue;
    for (guint port = 0; port < telar_operator_n_outputs (node->op); port++) {
      g_autofree char *key = code_names_key (node->id, port);

      /* All ports of a group are arguments, for those who call it give them all. */
      if (!g_hash_table_contains (f->readers, key) &&
          !g_str_equal (node->op->name, TELAR_GROUP_INPUT))
        continue;
      g_autofree char *both = g_strdup_printf ("%s_%s", node->id, node->op->outputs[port].name);
      char *name = code_names_take (f, own ? node->id
                                       : is_only_port (f, node->op->outputs[port].name)
                                           ? node->op->outputs[port].name
                                           : both);
      g_hash_table_insert (f->names, g_steal_pointer (&key), name);
      g_ptr_array_add (f->arguments, name);
      g_autofree char *path = g_strconcat (f->body->use.before, node->id, NULL);
      g_ptr_array_add (
          f->types, (gpointer)telar_lowered_port (w->lowered, path, node->op->outputs[port].name));
    }
  }
}

/* A value that only the next line reads needs no name of its own. */
static const char *
choose_passing (const CodeNames *f)
{
  const GPtrArray *arguments = f->arguments;

  for (guint i = 0; i < arguments->len; i++) {
    if (!g_str_equal (arguments->pdata[i], "x"))
      continue;
    GHashTableIter iter;
    gpointer key, name;

    g_hash_table_iter_init (&iter, f->names);
    while (g_hash_table_iter_next (&iter, &key, &name))
      if (name == arguments->pdata[i] &&
          GPOINTER_TO_UINT (g_hash_table_lookup (f->readers, key)) != 1)
        return "out";
    return arguments->len == 1 ? "x" : "out";
  }
  return "x";
}

/* Without results that are none: a port that the node does not use. */
static void
keep_known (const CodeWriter *w, CodeNames *f)
{
  for (guint i = f->results->len; i-- > 0;) {
    const TelarEdge *edge = f->results->pdata[i];
    const TelarNode *from = telar_graph_find_node (f->class->drawing, edge->from);
    g_autofree char *path = g_strconcat (f->body->use.before, edge->from, NULL);

    if (!telar_lowered_port (w->lowered, path, from->op->outputs[edge->from_port].name))
      g_ptr_array_remove_index (f->results, i);
  }
}

void
code_names_begin (CodeNames *f, const CodeWriter *w, const CodeClass *class)
{
  GHashTableIter iter;
  gpointer helper;

  *f = (CodeNames){ .class = class, .body = class->bodies->pdata[0] };
  f->results = code_results (class->drawing);
  f->arguments = g_ptr_array_new ();
  f->types = g_ptr_array_new ();
  f->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  f->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  f->readers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  keep_known (w, f);
  count_readers (f);
  g_hash_table_iter_init (&iter, w->helpers);
  while (g_hash_table_iter_next (&iter, &helper, NULL))
    g_hash_table_add (f->taken, g_strdup (helper));
  name_inputs (w, f);
  f->passing = choose_passing (f);
}

void
code_names_end (CodeNames *f)
{
  g_ptr_array_unref (f->results);
  g_ptr_array_unref (f->arguments);
  g_ptr_array_unref (f->types);
  g_hash_table_unref (f->names);
  g_hash_table_unref (f->taken);
  g_hash_table_unref (f->readers);
  g_clear_pointer (&f->modules, g_hash_table_unref);
}
