/* A graph as source code: the entry to it, whatever the library. */
#include "engine/code/private.h"

static void
refusal_free (gpointer data)
{
  TelarCodeRefusal *refusal = data;

  g_free (refusal->node);
  g_free (refusal->op);
  g_free (refusal->reason);
  g_free (refusal);
}

const CodeEntry *
code_find (const CodeLanguage *language, const char *op)
{
  for (const CodeEntry *const *table = language->tables; *table; table++)
    for (const CodeEntry *entry = *table; entry->op; entry++)
      if (g_str_equal (entry->op, op))
        return entry;
  return NULL;
}

const CodeHelper *
code_find_helper (const CodeLanguage *language, const char *name)
{
  for (const CodeHelper *const *table = language->helpers; *table; table++)
    for (const CodeHelper *helper = *table; helper->name; helper++)
      if (g_str_equal (helper->name, name))
        return helper;
  return NULL;
}

/* A function of nothing is no model where a model is a function of its inputs. */
static void
refuse_no_input (CodeWriter *w)
{
  g_autoptr (GPtrArray) results = code_results (w->graph);
  g_autoptr (GPtrArray) order = code_order (w->graph, results);

  for (guint i = 0; i < order->len; i++)
    if (code_is_input (order->pdata[i]))
      return;
  if (order->len > 0) {
    const TelarNode *node = order->pdata[0];
    code_refuse_node (w, node->id, node->op->label, "the model is given nothing");
  }
}

TelarCode *
telar_code_new (const TelarGraph *graph, const TelarLowered *lowered, TelarCodeLibrary library,
                const char *name, const char *weights)
{
  static const CodeLanguage *const languages[] = {
    [TELAR_CODE_PYTORCH] = &code_torch,
    [TELAR_CODE_KERAS] = &code_keras,
  };
  TelarCode *code = g_new0 (TelarCode, 1);
  g_autoptr (GHashTable) nodes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) helpers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) classes = g_ptr_array_new_with_free_func (code_class_free);
  const GPtrArray *all = telar_lowered_nodes (lowered);
  CodeWriter w = { languages[library], graph, lowered, nodes, helpers, classes, code };
  CodeUse main = { graph, g_strdup (""), g_strdup ("") };

  code->library = w.language->name;
  code->refused = g_ptr_array_new_with_free_func (refusal_free);
  code->weights = code_weights_new ();
  for (guint i = 0; i < all->len; i++) {
    const TelarLoweredNode *node = all->pdata[i];
    g_hash_table_insert (nodes, (gpointer)node->id, (gpointer)node);
  }
  CodeCall *call = code_call_of (&w, &main);
  if (w.language->functional)
    refuse_no_input (&w);
  if (code->refused->len == 0) {
    code_find_parameters (&w);
    code->source = code_write (&w, name, weights);
  }
  code_call_free (call);
  return code;
}

void
telar_code_free (TelarCode *code)
{
  g_free (code->source);
  g_ptr_array_unref (code->refused);
  g_ptr_array_unref (code->weights);
  g_free (code);
}

gboolean
telar_code_ok (const TelarCode *code, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (code->refused->len == 0)
    return TRUE;
  for (guint i = 0; i < code->refused->len; i++) {
    const TelarCodeRefusal *r = code->refused->pdata[i];
    g_string_append_printf (text, "%s%s (%s): %s", i ? "; " : "", r->node, r->op, r->reason);
  }
  telar_set_error (error, TELAR_ERROR_INVALID,
                   ((const TelarCodeRefusal *)code->refused->pdata[0])->node,
                   "not all of it can be said in %s: %s", code->library, text->str);
  return FALSE;
}
