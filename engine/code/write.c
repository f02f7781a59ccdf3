/* The source as text: imports, helpers, classes. */
#include "engine/code/private.h"

#include <string.h>

#define MOST_NESTED 44 /* characters of what stands within another call */

/* --- constructors ----------------------------------------------------------------------------- */

static char *
call_text (const CodeCall *call)
{
  GString *text = g_string_new (call->klass);

  g_string_append_c (text, '(');
  for (guint i = 0; i < call->args->len; i++) {
    const CodeArg *arg = &g_array_index (call->args, CodeArg, i);

    g_string_append_printf (text, "%s%s%s%s", i ? ", " : "", arg->positional ? "" : arg->name,
                            arg->positional ? "" : "=", arg->value);
  }
  return g_string_free (g_string_append_c (text, ')'), FALSE);
}

/* "nn.Sequential(Block(64), Block(64))", as a comprehension where all are the same. */
static void
append_sequence (GString *text, const CodeModule *module)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_free);
  gboolean same = TRUE;

  for (guint i = 0; i < module->calls->len; i++) {
    g_ptr_array_add (calls, call_text (module->calls->pdata[i]));
    same = same && g_str_equal (calls->pdata[i], calls->pdata[0]);
  }
  if (same) {
    g_string_append_printf (text, "%s(*[%s for _ in range(%u)])", module->wrapper,
                            (char *)calls->pdata[0], calls->len);
    return;
  }
  g_string_append_printf (text, "%s(\n", module->wrapper);
  for (guint i = 0; i < calls->len; i++)
    g_string_append_printf (text, "            %s,\n", (char *)calls->pdata[i]);
  g_string_append (text, "        )");
}

static void
write_constructor (GString *text, const CodeClass *class)
{
  const CodeBody *body = class->bodies->pdata[0];
  GString *inner = g_string_new (NULL);

  for (guint i = 0; i < body->pieces->len; i++) {
    const CodePiece *p = body->pieces->pdata[i];

    for (guint j = 0; j < p->modules->len; j++) {
      const CodeModule *module = p->modules->pdata[j];

      g_string_append_printf (inner, "        self.%s = ", module->attr);
      if (module->wrapper) {
        append_sequence (inner, module);
      } else {
        g_autofree char *call = call_text (module->calls->pdata[0]);
        g_string_append (inner, call);
      }
      g_string_append_c (inner, '\n');
    }
  }
  if (inner->len > 0) {
    g_string_append (text, "    def __init__(self");
    for (guint i = 0; i < class->parameters->len; i++)
      g_string_append_printf (text, ", %s", (char *)class->parameters->pdata[i]);
    g_string_append_printf (text, "):\n        super().__init__()\n%s\n", inner->str);
  }
  g_string_free (inner, TRUE);
}

/* --- forward ---------------------------------------------------------------------------------- */

typedef struct {
  const CodeClass *class;
  const CodeBody *body;
  GPtrArray *results;  /* TelarEdge * */
  GHashTable *names;   /* "node:port" -> what holds it */
  GHashTable *taken;   /* names that stand for something */
  GHashTable *readers; /* "node:port" -> how often it is read, GUINT_TO_POINTER */
  const char *passing; /* what holds a value that the next line alone reads */
} Forward;

static char *
port_key (const char *node, guint port)
{
  return g_strdup_printf ("%s:%u", node, port);
}

static char *
take_name (Forward *f, const char *text)
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

static void
count_reader (Forward *f, const TelarEdge *edge)
{
  g_autofree char *key = port_key (edge->from, edge->from_port);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (f->readers, key));

  g_hash_table_insert (f->readers, g_steal_pointer (&key), GUINT_TO_POINTER (n + 1));
}

static void
count_readers (Forward *f)
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
is_only_port (const Forward *f, const char *port)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  const GPtrArray *edges = telar_graph_edges (f->class->drawing);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    const TelarNode *from = telar_graph_find_node (f->class->drawing, edge->from);
    g_autofree char *key = port_key (edge->from, edge->from_port);

    if (telar_operator_is_fed (from->op) && g_hash_table_contains (f->readers, key) &&
        g_str_equal (from->op->outputs[edge->from_port].name, port) &&
        !g_ptr_array_find (sources, from, NULL))
      g_ptr_array_add (sources, (gpointer)from);
  }
  return sources->len == 1;
}

/* Inputs of the drawing whose numbers are read, as "node:port" by the order of nodes. */
static void
name_inputs (Forward *f, GPtrArray *arguments)
{
  const GPtrArray *nodes = telar_graph_nodes (f->class->drawing);

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    gboolean own = g_str_equal (node->op->name, TELAR_GROUP_INPUT) ||
                   g_str_equal (node->op->name, TELAR_OPERATOR_INPUT);

    if (!own && !telar_operator_is_fed (node->op))
      continue;
    for (guint port = 0; port < telar_operator_n_outputs (node->op); port++) {
      g_autofree char *key = port_key (node->id, port);

      /* All ports of a group are arguments, for those who call it give them all. */
      if (!g_hash_table_contains (f->readers, key) &&
          !g_str_equal (node->op->name, TELAR_GROUP_INPUT))
        continue;
      g_autofree char *both = g_strdup_printf ("%s_%s", node->id, node->op->outputs[port].name);
      char *name = take_name (f, own ? node->id
                                 : is_only_port (f, node->op->outputs[port].name)
                                     ? node->op->outputs[port].name
                                     : both);
      g_hash_table_insert (f->names, g_steal_pointer (&key), name);
      g_ptr_array_add (arguments, name);
    }
  }
}

/* A value that only the next line reads needs no name of its own. */
static const char *
choose_passing (const Forward *f, const GPtrArray *arguments)
{
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

/* Whether the piece behind number @i, or the end, is all that reads its only result. */
static gboolean
passes_on (const Forward *f, guint i)
{
  const CodePiece *p = f->body->pieces->pdata[i];
  g_autofree char *key = port_key (p->node->id, 0);
  const GPtrArray *edges = telar_graph_edges (f->class->drawing);
  gboolean last = i + 1 == f->body->pieces->len;

  if (GPOINTER_TO_UINT (g_hash_table_lookup (f->readers, key)) != 1)
    return FALSE;
  if (last)
    return f->results->len == 1;
  const CodePiece *next = f->body->pieces->pdata[i + 1];
  for (guint e = 0; e < edges->len; e++) {
    const TelarEdge *edge = edges->pdata[e];
    if (g_str_equal (edge->from, p->node->id) && g_str_equal (edge->to, next->node->id))
      return TRUE;
  }
  return FALSE;
}

static const char *
name_of (const Forward *f, const TelarEdge *edge)
{
  g_autofree char *key = port_key (edge->from, edge->from_port);

  return g_hash_table_lookup (f->names, key);
}

/* The piece's text with names for $0, $1, …; caller frees. */
static char *
with_names (const Forward *f, const CodePiece *p)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const GPtrArray *edges = telar_graph_edges (f->class->drawing);
  GString *text = g_string_new (NULL);

  for (guint e = 0; e < edges->len; e++) {
    const TelarEdge *edge = edges->pdata[e];
    if (g_str_equal (edge->to, p->node->id))
      g_ptr_array_add (names, (gpointer)name_of (f, edge));
  }
  for (const char *c = p->forward; *c; c++) {
    if (*c != '$' || !g_ascii_isdigit (c[1])) {
      g_string_append_c (text, *c);
      continue;
    }
    char *end;
    guint64 i = g_ascii_strtoull (c + 1, &end, 10);
    g_string_append (text, i < names->len ? (const char *)names->pdata[i] : "None");
    c = end - 1;
  }
  return g_string_free (text, FALSE);
}

/* Whether the piece behind number @i takes its result as a whole argument of a call, so that it may
 * stand there itself: "F.relu(self.bn1(x))". */
static gboolean
nests (const Forward *f, guint i, const char *value)
{
  const CodePiece *p = f->body->pieces->pdata[i];
  const GPtrArray *edges = telar_graph_edges (f->class->drawing);

  /* A layer's line ends with its activation. */
  if (i + 1 == f->body->pieces->len || strlen (value) > MOST_NESTED ||
      p->node->op->category == TELAR_CATEGORY_ACTIVATION)
    return FALSE;
  const CodePiece *next = f->body->pieces->pdata[i + 1];
  guint wire = 0;
  for (guint e = 0; e < edges->len; e++) {
    const TelarEdge *edge = edges->pdata[e];
    if (!g_str_equal (edge->to, next->node->id))
      continue;
    if (g_str_equal (edge->from, p->node->id)) {
      g_autofree char *alone = g_strdup_printf ("($%u)", wire);
      g_autofree char *first = g_strdup_printf ("($%u, ", wire);
      g_autofree char *again = g_strdup_printf ("$%u", wire);
      const char *at = strstr (next->forward, again);
      return (strstr (next->forward, alone) || strstr (next->forward, first)) &&
             !strstr (at + 1, again);
    }
    wire++;
  }
  return FALSE;
}

/* The names of the results of a piece with several, "_" for those that nobody reads. */
static void
name_results (Forward *f, GString *text, const CodePiece *p)
{
  guint n = telar_operator_n_outputs (p->node->op);

  for (guint port = 0; port < n; port++) {
    g_autofree char *key = port_key (p->node->id, port);
    g_autofree char *both =
        port == 0 ? g_strdup (p->node->id)
                  : g_strdup_printf ("%s_%s", p->node->id, p->node->op->outputs[port].name);
    char *name = g_hash_table_contains (f->readers, key) ? take_name (f, both) : g_strdup ("_");

    g_string_append_printf (text, "%s%s", port ? ", " : "", name);
    g_hash_table_insert (f->names, g_steal_pointer (&key), name);
  }
}

static void
write_statement (Forward *f, GString *text, guint i)
{
  const CodePiece *p = f->body->pieces->pdata[i];
  g_autofree char *value = with_names (f, p);
  gboolean passes = telar_operator_n_outputs (p->node->op) == 1 && passes_on (f, i);

  if (passes && nests (f, i, value)) {
    g_hash_table_insert (f->names, port_key (p->node->id, 0), g_steal_pointer (&value));
    return;
  }
  g_string_append (text, "        ");
  if (passes) {
    g_string_append (text, f->passing);
    g_hash_table_insert (f->names, port_key (p->node->id, 0), g_strdup (f->passing));
  } else {
    name_results (f, text, p);
  }
  g_string_append_printf (text, " = %s\n", value);
}

/* Without results that are none: a port that the node does not use. */
static void
keep_known (const CodeWriter *w, Forward *f)
{
  for (guint i = f->results->len; i-- > 0;) {
    const TelarEdge *edge = f->results->pdata[i];
    const TelarNode *from = telar_graph_find_node (f->class->drawing, edge->from);
    g_autofree char *path = g_strconcat (f->body->use.before, edge->from, NULL);

    if (!telar_lowered_port (w->lowered, path, from->op->outputs[edge->from_port].name))
      g_ptr_array_remove_index (f->results, i);
  }
}

static void
write_forward (const CodeWriter *w, GString *text, const CodeClass *class)
{
  g_autoptr (GPtrArray) results = code_results (class->drawing);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) readers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Forward f = { class, class->bodies->pdata[0], results, names, taken, readers, NULL };

  keep_known (w, &f);
  count_readers (&f);
  name_inputs (&f, arguments);
  f.passing = choose_passing (&f, arguments);
  g_string_append (text, "    def forward(self");
  for (guint i = 0; i < arguments->len; i++)
    g_string_append_printf (text, ", %s", (char *)arguments->pdata[i]);
  g_string_append (text, "):\n");
  for (guint i = 0; i < f.body->pieces->len; i++)
    write_statement (&f, text, i);
  g_string_append (text, "        return ");
  for (guint i = 0; i < results->len; i++)
    g_string_append_printf (text, "%s%s", i ? ", " : "", name_of (&f, results->pdata[i]));
  g_string_append (text, "\n");
}

/* --- the file --------------------------------------------------------------------------------- */

static void
write_class (const CodeWriter *w, GString *text, const CodeClass *class, const char *title)
{
  g_string_append_printf (text, "\n\nclass %s(nn.Module):\n", class->name);
  if (title)
    g_string_append_printf (text, "    \"\"\"%s.\"\"\"\n\n", title);
  write_constructor (text, class);
  write_forward (w, text, class);
}

/* The main class is the last. */
static void
write_loader (GString *text, const CodeClass *class, const char *weights)
{
  g_string_append_printf (text,
                          "\n\ndef load(path=Path(__file__).with_name(\"%s\")):\n"
                          "    \"\"\"The model with the weights that it has learned.\"\"\"\n"
                          "    model = %s()\n"
                          "    model.load_state_dict(load_file(path))\n"
                          "    return model.eval()\n",
                          weights, class->name);
}

char *
code_write (CodeWriter *w, const char *name, const char *weights)
{
  GString *body = g_string_new (NULL), *text = g_string_new (NULL);
  g_autoptr (GList) helpers =
      g_list_sort (g_hash_table_get_keys (w->helpers), (GCompareFunc)(void *)strcmp);

  for (const GList *l = helpers; l; l = l->next)
    g_string_append_printf (body, "\n\n%s", code_torch_helper (l->data));
  for (guint i = 0; i < w->classes->len; i++) {
    CodeClass *class = w->classes->pdata[i];
    gboolean main = !telar_graph_group_name (class->drawing);
    g_autofree char *title = main ? g_strdup_printf ("%s, as it was drawn", name)
                                  : g_strdup (telar_graph_group_title (class->drawing));

    if (main) {
      g_free (class->name);
      class->name = code_python_class (name);
    }
    write_class (w, body, class, title);
  }
  if (weights)
    write_loader (body, w->classes->pdata[w->classes->len - 1], weights);
  if (weights)
    g_string_append (text, "from pathlib import Path\n\n");
  if (strstr (body->str, "torch."))
    g_string_append (text, "import torch\n");
  g_string_append (text, "from torch import nn\n");
  if (strstr (body->str, "F."))
    g_string_append (text, "from torch.nn import functional as F\n");
  if (weights)
    g_string_append (text, "from safetensors.torch import load_file\n");
  g_string_append (text, body->str);
  g_string_free (body, TRUE);
  return g_string_free (text, FALSE);
}
