/* What a drawing computes, line by line. */
#include "engine/code/names.h"

#include <string.h>

#define MOST_NESTED 44 /* characters of what stands within another call */

/* --- values ----------------------------------------------------------------------------------- */

/* Whether the piece behind number @i, or the end, is all that reads its only result. */
static gboolean
passes_on (const CodeNames *f, guint i)
{
  const CodePiece *p = f->body->pieces->pdata[i];
  g_autofree char *key = code_names_key (p->node->id, 0);
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

/* The piece's text with names for $0, $1, …; caller frees. */
static char *
with_names (const CodeNames *f, const CodePiece *p)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const GPtrArray *edges = telar_graph_edges (f->class->drawing);
  GString *text = g_string_new (NULL);

  for (guint e = 0; e < edges->len; e++) {
    const TelarEdge *edge = edges->pdata[e];
    if (g_str_equal (edge->to, p->node->id))
      g_ptr_array_add (names, (gpointer)code_names_of (f, edge));
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
nests (const CodeNames *f, guint i, const char *value)
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
name_results (CodeNames *f, GString *text, const CodePiece *p)
{
  guint n = p->alone ? 1 : telar_operator_n_outputs (p->node->op);

  for (guint port = 0; port < n; port++) {
    g_autofree char *key = code_names_key (p->node->id, port);
    g_autofree char *both =
        port == 0 ? g_strdup (p->node->id)
                  : g_strdup_printf ("%s_%s", p->node->id, p->node->op->outputs[port].name);
    char *name =
        g_hash_table_contains (f->readers, key) ? code_names_take (f, both) : g_strdup ("_");

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
make_modules (const CodeWriter *w, CodeNames *f, GString *text, const CodePiece *p)
{
  for (guint i = 0; i < p->modules->len; i++) {
    const CodeModule *module = p->modules->pdata[i];
    g_autofree char *self = g_strconcat ("self.", module->attr, NULL);
    char *made = code_construct (w->language, module, module->attr);

    if (count_uses (f->body, self) > 1 || strchr (made, '\n')) {
      char *name = code_names_take (f, module->attr);
      g_string_append_printf (text, "    %s = %s\n", name, made);
      g_free (made);
      made = name;
    }
    g_hash_table_insert (f->modules, g_steal_pointer (&self), made);
  }
}

/* "layers.Dense(10)(x)" of "self.dense(x)". Caller frees. */
static char *
with_modules (const CodeNames *f, const char *value)
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
write_statement (const CodeWriter *w, CodeNames *f, GString *text, guint i)
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
    g_hash_table_insert (f->names, code_names_key (p->node->id, 0), value);
    return;
  }
  g_string_append (text, f->modules ? "    " : "        ");
  if (passes) {
    g_string_append (text, f->passing);
    g_hash_table_insert (f->names, code_names_key (p->node->id, 0), g_strdup (f->passing));
  } else {
    name_results (f, text, p);
  }
  g_string_append_printf (text, " = %s\n", value);
  g_free (value);
}

static void
write_statements (const CodeWriter *w, CodeNames *f, GString *text)
{
  for (guint i = 0; i < f->body->pieces->len; i++)
    write_statement (w, f, text, i);
}

static void
append_results (const CodeNames *f, GString *text)
{
  for (guint i = 0; i < f->results->len; i++)
    g_string_append_printf (text, "%s%s", i ? ", " : "", code_names_of (f, f->results->pdata[i]));
}

void
code_write_method (const CodeWriter *w, GString *text, const CodeClass *class)
{
  CodeNames f;

  code_names_begin (&f, w, class);
  g_string_append_printf (text, "    def %s(self", w->language->method);
  for (guint i = 0; i < f.arguments->len; i++)
    g_string_append_printf (text, ", %s", (char *)f.arguments->pdata[i]);
  g_string_append (text, "):\n");
  write_statements (w, &f, text);
  g_string_append (text, "        return ");
  append_results (&f, text);
  g_string_append_c (text, '\n');
  code_names_end (&f);
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
  CodeNames f;

  code_names_begin (&f, w, class);
  f.modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
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
  code_names_end (&f);
}
