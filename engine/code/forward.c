/* What a drawing computes, line by line. */
#include "engine/code/private.h"

#include <string.h>

#define MOST_NESTED 44 /* characters of what stands within another call */

/* --- names ------------------------------------------------------------------------------------ */

typedef struct {
  const CodeClass *class;
  const CodeBody *body;
  GPtrArray *results;   /* TelarEdge * */
  GHashTable *names;    /* "node:port" -> what holds it */
  GHashTable *taken;    /* names that stand for something */
  GHashTable *readers;  /* "node:port" -> how often it is read, GUINT_TO_POINTER */
  GPtrArray *arguments; /* char *, borrowed of @names */
  GPtrArray *types;     /* of each: const TelarType * */
  GHashTable *modules;  /* in a function: "self.conv1" -> what stands for it */
  const char *passing;  /* what holds a value that the next line alone reads */
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

/* Inputs of the drawing whose numbers are read, by the order of nodes. */
static void
name_inputs (const CodeWriter *w, Forward *f)
{
  const GPtrArray *nodes = telar_graph_nodes (f->class->drawing);

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    gboolean own = !telar_operator_is_fed (node->op);

    if (!code_is_input (node))
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
      g_ptr_array_add (f->arguments, name);
      g_autofree char *path = g_strconcat (f->body->use.before, node->id, NULL);
      g_ptr_array_add (
          f->types, (gpointer)telar_lowered_port (w->lowered, path, node->op->outputs[port].name));
    }
  }
}

/* A value that only the next line reads needs no name of its own. */
static const char *
choose_passing (const Forward *f)
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
    /* What depends on nothing is reached from the inputs all the same. */
    if (strncmp (c, "$@", 2) == 0) {
      g_string_append (text, f->arguments->pdata[0]);
      c++;
      continue;
    }
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
  guint n = p->alone ? 1 : telar_operator_n_outputs (p->node->op);

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

/* --- modules of a function -------------------------------------------------------------------- */

/* Whether the name that begins at @at ends where @attr does. */
static gboolean
is_module (const char *at, const char *attr)
{
  gsize n = strlen (attr);

  return strncmp (at, attr, n) == 0 && !g_ascii_isalnum (at[n]) && at[n] != '_';
}

static guint
count_uses (const CodeBody *body, const char *module)
{
  guint n = 0;

  for (guint i = 0; i < body->pieces->len; i++) {
    const CodePiece *p = body->pieces->pdata[i];
    for (const char *at = strstr (p->forward, module); at; at = strstr (at + 1, module))
      n += is_module (at, module);
  }
  return n;
}

/* A layer that is used once is made where it is used; others get a line of their own. */
static void
make_modules (const CodeWriter *w, Forward *f, GString *text, const CodePiece *p)
{
  for (guint i = 0; i < p->modules->len; i++) {
    const CodeModule *module = p->modules->pdata[i];
    g_autofree char *self = g_strconcat ("self.", module->attr, NULL);
    char *made = code_construct (w->language, module, module->attr);

    if (count_uses (f->body, self) > 1 || strchr (made, '\n')) {
      char *name = take_name (f, module->attr);
      g_string_append_printf (text, "    %s = %s\n", name, made);
      g_free (made);
      made = name;
    }
    g_hash_table_insert (f->modules, g_steal_pointer (&self), made);
  }
}

/* "layers.Dense(10)(x)" of "self.dense(x)". Caller frees. */
static char *
with_modules (const Forward *f, const char *value)
{
  GString *text = g_string_new (NULL);

  for (const char *c = value; *c; c++) {
    gsize n = strlen ("self.");

    if (strncmp (c, "self.", n) != 0) {
      g_string_append_c (text, *c);
      continue;
    }
    while (g_ascii_isalnum (c[n]) || c[n] == '_')
      n++;
    g_autofree char *self = g_strndup (c, n);
    g_string_append (text, g_hash_table_lookup (f->modules, self));
    c += n - 1;
  }
  return g_string_free (text, FALSE);
}

/* --- statements ------------------------------------------------------------------------------- */

static void
write_statement (const CodeWriter *w, Forward *f, GString *text, guint i)
{
  const CodePiece *p = f->body->pieces->pdata[i];
  char *value = with_names (f, p);
  gboolean one = p->alone || telar_operator_n_outputs (p->node->op) == 1;
  gboolean passes = one && passes_on (f, i);

  if (f->modules) {
    g_autofree char *plain = value;
    make_modules (w, f, text, p);
    value = with_modules (f, plain);
  }
  if (passes && nests (f, i, value)) {
    g_hash_table_insert (f->names, port_key (p->node->id, 0), value);
    return;
  }
  g_string_append (text, f->modules ? "    " : "        ");
  if (passes) {
    g_string_append (text, f->passing);
    g_hash_table_insert (f->names, port_key (p->node->id, 0), g_strdup (f->passing));
  } else {
    name_results (f, text, p);
  }
  g_string_append_printf (text, " = %s\n", value);
  g_free (value);
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
begin (const CodeWriter *w, Forward *f, const CodeClass *class)
{
  GHashTableIter iter;
  gpointer helper;

  *f = (Forward){ .class = class, .body = class->bodies->pdata[0] };
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
}

static void
end (Forward *f)
{
  g_ptr_array_unref (f->results);
  g_ptr_array_unref (f->arguments);
  g_ptr_array_unref (f->types);
  g_hash_table_unref (f->names);
  g_hash_table_unref (f->taken);
  g_hash_table_unref (f->readers);
  g_clear_pointer (&f->modules, g_hash_table_unref);
}

static void
write_statements (const CodeWriter *w, Forward *f, GString *text)
{
  f->passing = choose_passing (f);
  for (guint i = 0; i < f->body->pieces->len; i++)
    write_statement (w, f, text, i);
}

static void
append_results (const Forward *f, GString *text)
{
  for (guint i = 0; i < f->results->len; i++)
    g_string_append_printf (text, "%s%s", i ? ", " : "", name_of (f, f->results->pdata[i]));
}

void
code_write_method (const CodeWriter *w, GString *text, const CodeClass *class)
{
  Forward f;

  begin (w, &f, class);
  name_inputs (w, &f);
  g_string_append_printf (text, "    def %s(self", w->language->method);
  for (guint i = 0; i < f.arguments->len; i++)
    g_string_append_printf (text, ", %s", (char *)f.arguments->pdata[i]);
  g_string_append (text, "):\n");
  write_statements (w, &f, text);
  g_string_append (text, "        return ");
  append_results (&f, text);
  g_string_append_c (text, '\n');
  end (&f);
}

/* --- functions -------------------------------------------------------------------------------- */

/* The batch is not said, unless it always has the same size. */
static void
write_input (GString *text, const TelarType *type, const char *name)
{
  const TelarShape *shape = &type->shape;
  gboolean any = shape->rank > 0 && shape->dims[0] < 0;
  g_autofree char *sizes = code_python_tuple (shape->dims + any, shape->rank - any);

  g_string_append_printf (text, "    %s = keras.Input(%s%s", name,
                          any ? "" : "batch_shape=", sizes);
  if (type->dtype != TELAR_F32)
    g_string_append_printf (text, ", dtype=\"%s\"", code_dtype (type->dtype));
  g_string_append_printf (text, ", name=\"%s\")\n", name);
}

void
code_write_function (const CodeWriter *w, GString *text, const CodeClass *class)
{
  Forward f;

  begin (w, &f, class);
  f.modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  name_inputs (w, &f);
  for (guint i = 0; i < f.arguments->len; i++)
    write_input (text, f.types->pdata[i], f.arguments->pdata[i]);
  write_statements (w, &f, text);
  g_string_append (text,
                   f.arguments->len == 1 ? "    return keras.Model(" : "    return keras.Model([");
  for (guint i = 0; i < f.arguments->len; i++)
    g_string_append_printf (text, "%s%s", i ? ", " : "", (char *)f.arguments->pdata[i]);
  g_string_append (text, f.arguments->len == 1 ? ", " : "], ");
  if (f.results->len > 1)
    g_string_append_c (text, '[');
  append_results (&f, text);
  g_string_append (text, f.results->len > 1 ? "])\n" : ")\n");
  end (&f);
}
