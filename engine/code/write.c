/* The source as text: imports, helpers, classes. */
#include "engine/code/private.h"

#include <string.h>

/* --- constructors ----------------------------------------------------------------------------- */

char *
code_call_text (const CodeCall *call, const char *name)
{
  GString *text = g_string_new (call->klass);

  g_string_append_c (text, '(');
  for (guint i = 0; i < call->args->len; i++) {
    const CodeArg *arg = &g_array_index (call->args, CodeArg, i);

    g_string_append_printf (text, "%s%s%s%s", i ? ", " : "", arg->positional ? "" : arg->name,
                            arg->positional ? "" : "=", arg->value);
  }
  if (name)
    g_string_append_printf (text, "%sname=\"%s\"", call->args->len ? ", " : "", name);
  return g_string_free (g_string_append_c (text, ')'), FALSE);
}

/* "nn.Sequential(Block(64), Block(64))", as a comprehension where all are the same. */
static char *
sequence_text (const CodeLanguage *language, const CodeModule *module, const char *name)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *more = name ? g_strdup_printf (", name=\"%s\"", name) : g_strdup ("");
  const char *indent = language->functional && name ? "        " : "            ";
  GString *text = g_string_new (module->wrapper);
  gboolean same = TRUE;

  for (guint i = 0; i < module->calls->len; i++) {
    g_ptr_array_add (calls, code_call_text (module->calls->pdata[i], NULL));
    same = same && g_str_equal (calls->pdata[i], calls->pdata[0]);
  }
  if (same) {
    g_string_append_printf (text, "(%s[%s for _ in range(%u)]%s)", language->listed ? "" : "*",
                            (char *)calls->pdata[0], calls->len, more);
    return g_string_free (text, FALSE);
  }
  g_string_append_printf (text, "(%s\n", language->listed ? "[" : "");
  for (guint i = 0; i < calls->len; i++)
    g_string_append_printf (text, "%s%s,\n", indent, (char *)calls->pdata[i]);
  g_string_append_printf (text, "%s%s%s)", indent + 4, language->listed ? "]" : "", more);
  return g_string_free (text, FALSE);
}

char *
code_construct (const CodeLanguage *language, const CodeModule *module, const char *name)
{
  return module->wrapper ? sequence_text (language, module, name)
                         : code_call_text (module->calls->pdata[0], name);
}

/* Layers of Keras take a name and more besides. */
static void
write_constructor (const CodeWriter *w, GString *text, const CodeClass *class)
{
  const CodeBody *body = class->bodies->pdata[0];
  const char *about = w->language->functional ? "**about" : "";
  GString *inner = g_string_new (NULL);

  for (guint i = 0; i < body->pieces->len; i++) {
    const CodePiece *p = body->pieces->pdata[i];

    for (guint j = 0; j < p->modules->len; j++) {
      const CodeModule *module = p->modules->pdata[j];
      g_autofree char *made = code_construct (w->language, module, NULL);

      g_string_append_printf (inner, "        self.%s = %s\n", module->attr, made);
    }
  }
  if (inner->len > 0) {
    g_string_append (text, "    def __init__(self");
    for (guint i = 0; i < class->parameters->len; i++)
      g_string_append_printf (text, ", %s", (char *)class->parameters->pdata[i]);
    g_string_append_printf (text, "%s%s):\n        super().__init__(%s)\n%s\n", *about ? ", " : "",
                            about, about, inner->str);
  }
  g_string_free (inner, TRUE);
}

/* --- the file --------------------------------------------------------------------------------- */

static void
write_class (const CodeWriter *w, GString *text, const CodeClass *class, const char *title)
{
  g_string_append_printf (text, "\n\nclass %s(%s):\n", class->name, w->language->base);
  if (title)
    g_string_append_printf (text, "    \"\"\"%s.\"\"\"\n\n", title);
  write_constructor (w, text, class);
  code_write_method (w, text, class);
}

/* Whether something else of the file is called so. */
static gboolean
is_taken (const CodeWriter *w, const CodeClass *class, const char *name)
{
  static const char *const loader[] = { "find", "load", NULL };

  for (guint i = 0; i < w->classes->len; i++) {
    const CodeClass *other = w->classes->pdata[i];
    if (other != class && g_str_equal (other->name, name))
      return TRUE;
  }
  return g_hash_table_contains (w->helpers, name) || g_strv_contains (loader, name);
}

/* The drawing itself, which is the last. */
static void
write_main (const CodeWriter *w, GString *text, CodeClass *class, const char *name)
{
  g_autofree char *title = g_strdup_printf ("%s, as it was drawn", name);
  gboolean functional = w->language->functional;

  g_free (class->name);
  class->name = functional ? code_python_name (name) : code_python_class (name);
  while (is_taken (w, class, class->name)) {
    char *longer = g_strconcat (class->name, functional ? "_model" : "Model", NULL);
    g_free (class->name);
    class->name = longer;
  }
  if (!functional) {
    write_class (w, text, class, title);
    return;
  }
  g_string_append_printf (text, "\n\ndef %s():\n    \"\"\"%s.\"\"\"\n", class->name, title);
  code_write_function (w, text, class);
}

char *
code_write (CodeWriter *w, const char *name, const char *weights)
{
  GString *body = g_string_new (NULL), *text = g_string_new (NULL);
  g_autoptr (GList) helpers =
      g_list_sort (g_hash_table_get_keys (w->helpers), (GCompareFunc)(void *)strcmp);

  for (const GList *l = helpers; l; l = l->next)
    g_string_append_printf (body, "\n\n%s", code_find_helper (w->language, l->data)->source);
  for (guint i = 0; i < w->classes->len; i++) {
    CodeClass *class = w->classes->pdata[i];

    if (telar_graph_group_name (class->drawing))
      write_class (w, body, class, telar_graph_group_title (class->drawing));
    else
      write_main (w, body, class, name);
  }
  const CodeClass *main = w->classes->pdata[w->classes->len - 1];
  if (weights)
    w->language->write_loader (body, main->name, weights);
  w->language->write_imports (text, body->str, weights != NULL);
  g_string_append (text, body->str);
  g_string_free (body, TRUE);
  return g_string_free (text, FALSE);
}
