/* Which uses of a drawing one class can say. What they agree in is said once; in what they differ,
 * the constructor takes as parameters, each of which stands for all arguments that are always the
 * same. */
#include "engine/code/private.h"

#include <string.h>

/* --- classes ---------------------------------------------------------------------------------- */

static void
append_calls (GString *text, const CodeModule *module)
{
  g_string_append_printf (text, "%s=%s[", module->attr, module->wrapper ? module->wrapper : "");
  for (guint i = 0; i < module->calls->len; i++) {
    const CodeCall *call = module->calls->pdata[i];

    g_string_append_printf (text, "%s(", call->klass);
    for (guint j = 0; j < call->args->len; j++)
      g_string_append_printf (text, "%s,", g_array_index (call->args, CodeArg, j).name);
    g_string_append (text, ")");
  }
  g_string_append (text, "]");
}

/* All but the values of arguments. */
static char *
sign (const CodeBody *body)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < body->pieces->len; i++) {
    const CodePiece *p = body->pieces->pdata[i];

    for (guint j = 0; j < p->modules->len; j++)
      append_calls (text, p->modules->pdata[j]);
    g_string_append_printf (text, "%s;", p->forward ? p->forward : "");
  }
  return g_string_free (text, FALSE);
}

static CodeClass *
new_class (CodeWriter *w, const TelarGraph *drawing, char *signature)
{
  CodeClass *class = g_new0 (CodeClass, 1);
  const char *group = telar_graph_group_name (drawing);
  g_autofree char *base = group ? code_python_class (telar_graph_group_title (drawing)
                                                         ? telar_graph_group_title (drawing)
                                                         : group)
                                : g_strdup ("");
  guint same = code_find_helper (w->language, base) != NULL;

  for (guint i = 0; i < w->classes->len; i++)
    same += g_str_has_prefix (((CodeClass *)w->classes->pdata[i])->name, base);
  class->name = same ? g_strdup_printf ("%s%u", base, same + 1) : g_strdup (base);
  class->signature = signature;
  class->drawing = drawing;
  class->bodies = g_ptr_array_new_with_free_func (code_body_free);
  class->parameters = g_ptr_array_new_with_free_func (g_free);
  class->values = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (w->classes, class);
  return class;
}

void
code_class_free (gpointer data)
{
  CodeClass *class = data;

  g_free (class->name);
  g_free (class->signature);
  g_ptr_array_unref (class->bodies);
  g_ptr_array_unref (class->parameters);
  g_ptr_array_unref (class->values);
  g_free (class);
}

CodeCall *
code_call_of (CodeWriter *w, const CodeUse *use)
{
  CodeBody *body = code_body_new (w, use);
  char *signature = sign (body);
  CodeClass *class = NULL;

  for (guint i = 0; i < w->classes->len && !class; i++) {
    CodeClass *other = w->classes->pdata[i];
    if (other->drawing == use->drawing && g_str_equal (other->signature, signature))
      class = other;
  }
  if (class)
    g_free (signature);
  else
    class = new_class (w, use->drawing, signature);
  g_ptr_array_add (class->bodies, body);
  CodeCall *call = code_call_new (class->name);
  call->of = class;
  call->body = class->bodies->len - 1;
  return call;
}

/* --- parameters ------------------------------------------------------------------------------- */

static CodeCall *
call_at (const CodeClass *class, guint body, guint piece, guint module, guint call)
{
  const CodeBody *b = class->bodies->pdata[body];
  const CodePiece *p = b->pieces->pdata[piece];
  const CodeModule *m = p->modules->pdata[module];

  return m->calls->pdata[call];
}

/* Arguments of a class of this file: its parameters with the values of that body. */
static void
take_arguments (CodeCall *call)
{
  if (!call->of || call->args->len > 0)
    return;
  for (guint i = 0; i < call->of->parameters->len; i++) {
    char **values = call->of->values->pdata[i];
    code_positional (call, call->of->parameters->pdata[i], "%s", values[call->body]);
  }
}

static gboolean
is_name_free (const CodeClass *class, const char *name)
{
  for (guint i = 0; i < class->parameters->len; i++)
    if (g_str_equal (class->parameters->pdata[i], name))
      return FALSE;
  return TRUE;
}

static gboolean
counts_channels (const char *name)
{
  return g_str_has_suffix (name, "channels") || g_str_has_suffix (name, "features");
}

/* The parameter for @values, found or made; @args: one of each body. */
static const char *
find_parameter (CodeClass *class, const CodeArg *const *args, const char *attr)
{
  guint n = class->bodies->len;

  for (guint i = 0; i < class->values->len; i++) {
    char **values = class->values->pdata[i];
    guint same = 0;

    while (same < n && g_str_equal (values[same], args[same]->value))
      same++;
    if (same < n)
      continue;
    /* What comes in and goes out alike. */
    if (!g_str_equal (class->parameters->pdata[i], args[0]->name) &&
        counts_channels (class->parameters->pdata[i]) && counts_channels (args[0]->name) &&
        g_str_equal (class->parameters->pdata[i], "in_channels") &&
        is_name_free (class, "channels")) {
      g_free (class->parameters->pdata[i]);
      class->parameters->pdata[i] = g_strdup ("channels");
    }
    return class->parameters->pdata[i];
  }
  char **values = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    values[i] = (char *)g_intern_string (args[i]->value);
  g_ptr_array_add (class->values, values);
  g_ptr_array_add (class->parameters, is_name_free (class, args[0]->name)
                                          ? g_strdup (args[0]->name)
                                          : g_strdup_printf ("%s_%s", attr, args[0]->name));
  return class->parameters->pdata[class->parameters->len - 1];
}

/* Two passes, for a parameter's name may become another: the first finds, the second (@write) puts
 * the names where the first body has values. */
static void
compare_call (CodeClass *class, guint piece, guint module, guint index, const char *attr,
              gboolean write)
{
  guint n = class->bodies->len;
  CodeCall *first = call_at (class, 0, piece, module, index);

  for (guint b = 0; b < n; b++)
    take_arguments (call_at (class, b, piece, module, index));
  for (guint a = 0; a < first->args->len; a++) {
    g_autofree const CodeArg **args = g_new (const CodeArg *, n);
    gboolean same = TRUE;

    for (guint b = 0; b < n; b++) {
      args[b] = &g_array_index (call_at (class, b, piece, module, index)->args, CodeArg, a);
      same = same && g_str_equal (args[b]->value, args[0]->value);
    }
    if (same)
      continue;
    const char *name = find_parameter (class, args, attr);
    if (write) {
      g_free (args[0]->value);
      ((CodeArg *)args[0])->value = g_strdup (name);
    }
  }
}

static void
compare_bodies (CodeClass *class, gboolean write)
{
  const CodeBody *first = class->bodies->pdata[0];

  for (guint i = 0; i < first->pieces->len; i++) {
    const CodePiece *p = first->pieces->pdata[i];

    for (guint j = 0; j < p->modules->len; j++) {
      const CodeModule *module = p->modules->pdata[j];
      for (guint k = 0; k < module->calls->len; k++)
        compare_call (class, i, j, k, module->attr, write);
    }
  }
}

void
code_find_parameters (CodeWriter *w)
{
  for (guint i = 0; i < w->classes->len; i++) {
    compare_bodies (w->classes->pdata[i], FALSE);
    compare_bodies (w->classes->pdata[i], TRUE);
  }
}
