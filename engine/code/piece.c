/* A piece of code: what it reads of its node and what it says. */
#include "engine/code/private.h"

#include <string.h>

/* --- reading ---------------------------------------------------------------------------------- */

static const TelarEdge *
edge_at (const CodePiece *p, guint wire)
{
  const GPtrArray *edges = telar_graph_edges (p->drawing);
  guint seen = 0;

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    if (g_str_equal (edge->to, p->node->id) && seen++ == wire)
      return edge;
  }
  return NULL;
}

const TelarType *
code_input_type (const CodePiece *p, guint wire)
{
  const TelarEdge *edge = edge_at (p, wire);
  const TelarNode *from = telar_graph_find_node (p->drawing, edge->from);
  g_autofree char *path = g_strconcat (p->lowered->before, edge->from, NULL);

  return telar_lowered_port (p->w->lowered, path, from->op->outputs[edge->from_port].name);
}

const TelarType *
code_output_type (const CodePiece *p, guint port)
{
  return telar_lowered_port (p->w->lowered, p->lowered->id, p->node->op->outputs[port].name);
}

gint64
code_features (const CodePiece *p, int wire)
{
  const TelarShape *shape = &code_input_type (p, (guint)wire)->shape;

  return shape->dims[shape->rank - 1];
}

int
code_wire_at (const CodePiece *p, guint port)
{
  for (guint i = 0; i < p->n_inputs; i++)
    if (p->ports[i] == port)
      return (int)i;
  return -1;
}

gint64
code_int (const CodePiece *p, const char *param)
{
  return telar_param_set_int (p->lowered->node->params, param);
}

double
code_real (const CodePiece *p, const char *param)
{
  return telar_param_set_real (p->lowered->node->params, param);
}

gboolean
code_bool (const CodePiece *p, const char *param)
{
  return telar_param_set_bool (p->lowered->node->params, param);
}

gboolean
code_has (const CodePiece *p, const char *param)
{
  return telar_param_set_get (p->lowered->node->params, param) != NULL;
}

const char *
code_text (const CodePiece *p, const char *param)
{
  return telar_param_set_text (p->lowered->node->params, param);
}

char *
code_list (const CodePiece *p, const char *param)
{
  guint n;
  const gint64 *items = telar_param_set_ints (p->lowered->node->params, param, &n);
  GString *text = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i ? ", " : "", items[i]);
  return g_string_free (g_string_append_c (text, ']'), FALSE);
}

guint
code_axis (const CodePiece *p, const char *param)
{
  gint64 axis = code_int (p, param);

  return (guint)(axis < 0 ? axis + code_input_type (p, 0)->shape.rank : axis);
}

void
code_ints (const CodePiece *p, const char *param, guint n, gint64 *items)
{
  guint given;
  const gint64 *list = telar_param_set_ints (p->lowered->node->params, param, &given);

  for (guint i = 0; i < n; i++)
    items[i] = list[i % given];
}

static void
read_last (const CodePiece *p, const char *param, gint64 *items)
{
  guint n, rank = code_input_type (p, 0)->shape.rank;
  const gint64 *list = telar_param_set_ints (p->lowered->node->params, param, &n);

  memset (items, 0, rank * sizeof items[0]);
  memcpy (items + rank - n, list, n * sizeof items[0]);
}

void
code_pads (const CodePiece *p, gint64 *low, gint64 *high)
{
  read_last (p, "low", low);
  read_last (p, "high", high);
}

/* --- saying ----------------------------------------------------------------------------------- */

void
code_refuse (CodePiece *p, const char *format, ...)
{
  va_list args;

  if (p->refusal)
    return;
  va_start (args, format);
  p->refusal = g_strdup_vprintf (format, args);
  va_end (args);
}

void
code_forward (CodePiece *p, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_free (p->forward);
  p->forward = g_strdup_vprintf (format, args);
  va_end (args);
}

static void
arg_clear (gpointer data)
{
  g_free (((CodeArg *)data)->value);
}

CodeCall *
code_call_new (const char *klass)
{
  CodeCall *call = g_new0 (CodeCall, 1);

  call->klass = g_strdup (klass);
  call->args = g_array_new (FALSE, FALSE, sizeof (CodeArg));
  g_array_set_clear_func (call->args, arg_clear);
  return call;
}

void
code_call_free (gpointer data)
{
  CodeCall *call = data;

  g_free (call->klass);
  g_array_unref (call->args);
  g_free (call);
}

static void
module_free (gpointer data)
{
  CodeModule *module = data;

  g_free (module->attr);
  g_ptr_array_unref (module->calls);
  g_free (module);
}

static CodeModule *
add_module (CodePiece *p, const char *suffix)
{
  CodeModule *module = g_new0 (CodeModule, 1);

  module->attr = g_strconcat (p->attr, suffix, NULL);
  module->calls = g_ptr_array_new_with_free_func (code_call_free);
  g_ptr_array_add (p->modules, module);
  return module;
}

CodeModule *
code_module_of (CodePiece *p, const char *wrapper)
{
  CodeModule *module = add_module (p, "");

  module->wrapper = wrapper;
  return module;
}

CodeCall *
code_module (CodePiece *p, const char *suffix, const char *klass)
{
  CodeModule *module = add_module (p, suffix);
  CodeCall *call = code_call_new (klass);

  g_ptr_array_add (module->calls, call);
  return call;
}

static void
add_arg (CodeCall *call, const char *name, gboolean positional, char *value)
{
  CodeArg arg = { g_intern_string (name), value, positional };
  g_array_append_val (call->args, arg);
}

void
code_positional (CodeCall *call, const char *name, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  add_arg (call, name, TRUE, g_strdup_vprintf (format, args));
  va_end (args);
}

void
code_keyword (CodeCall *call, const char *name, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  add_arg (call, name, FALSE, g_strdup_vprintf (format, args));
  va_end (args);
}

void
code_keyword_ints (CodeCall *call, const char *name, const gint64 *items, guint n, gint64 usual)
{
  g_autofree char *text = code_python_ints (items, n);

  if (!code_ints_are (items, n, usual))
    code_keyword (call, name, "%s", text);
}

/* --- weights ---------------------------------------------------------------------------------- */

CodeWeight *
code_weight_of (CodePiece *p, const char *suffix, const char *name)
{
  CodeWeight *weight = g_new0 (CodeWeight, 1);

  weight->name = g_strconcat (p->attr, suffix, *name ? "." : "", name, NULL);
  weight->states = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (p->weights, weight);
  return weight;
}

void
code_weight_add (CodePiece *p, CodeWeight *weight, const char *role)
{
  g_ptr_array_add (weight->states, g_strconcat (p->lowered->states, ".", role, NULL));
}

void
code_weight (CodePiece *p, const char *suffix, const char *name, const char *role,
             CodeWeightForm form)
{
  CodeWeight *weight = code_weight_of (p, suffix, name);

  weight->form = form;
  code_weight_add (p, weight, role);
}

void
code_weight_shape (CodeWeight *weight, const gint64 *sizes, guint n)
{
  weight->shape.rank = n;
  memcpy (weight->shape.dims, sizes, n * sizeof sizes[0]);
}

void
code_need (CodePiece *p, const char *helper)
{
  while (helper) {
    const CodeHelper *found = code_find_helper (p->w->language, helper);
    g_hash_table_add (p->w->helpers, (gpointer)g_intern_string (helper));
    helper = found ? found->needs : NULL;
  }
}

/* --- lines of the table ----------------------------------------------------------------------- */

static void
append_all_inputs (CodePiece *p, GString *text)
{
  for (guint i = 0; i < p->n_inputs; i++)
    g_string_append_printf (text, "%s$%u", i ? ", " : "", i);
}

/* The sizes of the first result; that of the batch is -1. */
static void
append_shape (CodePiece *p, GString *text)
{
  const TelarShape *shape = &code_output_type (p, 0)->shape;

  for (guint i = 0; i < shape->rank; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i ? ", " : "", MAX (shape->dims[i], -1));
}

char *
code_fill (CodePiece *p, const char *text)
{
  GString *filled = g_string_new (NULL);

  for (const char *c = text; *c; c++) {
    const char *end = *c == '{' ? strchr (c, '}') : NULL;

    if (end) {
      g_autofree char *name = g_strndup (c + 1, (gsize)(end - c - 1));
      g_autofree char *value =
          code_python_value (telar_param_set_get (p->lowered->node->params, name));
      g_string_append (filled, value);
      c = end;
    } else if (strncmp (c, "$*", 2) == 0) {
      append_all_inputs (p, filled);
      c++;
    } else if (strncmp (c, "@shape", 6) == 0) {
      append_shape (p, filled);
      c += 5;
    } else {
      g_string_append_c (filled, *c);
    }
  }
  return g_string_free (filled, FALSE);
}

void
code_activate (CodePiece *p, const char *name)
{
  const CodeEntry *entry = g_str_equal (name, "none") ? NULL : code_find (p->w->language, name);

  if (!entry)
    return;
  /* An activation by name has its usual parameters: those of a node that nobody has touched. */
  g_autoptr (TelarParamSet) usual = telar_param_set_new (telar_operator_find (name)->params);
  TelarNode node = { .id = p->node->id, .op = telar_operator_find (name), .params = usual };
  TelarLoweredNode lowered = *p->lowered;
  lowered.node = &node;
  CodePiece inner = { .w = p->w, .lowered = &lowered, .node = &node, .drawing = p->drawing };

  if (entry->emit)
    entry->emit (&inner);
  else
    inner.forward = code_fill (&inner, entry->text);
  if (entry->helper)
    code_need (p, entry->helper);
  g_auto (GStrv) halves = g_strsplit (inner.forward, "$0", -1);
  char *around = g_strjoinv (p->forward, halves);
  g_free (p->forward);
  p->forward = around;
  g_free (inner.forward);
}

static void
weight_free (gpointer data)
{
  CodeWeight *weight = data;

  g_free (weight->name);
  g_ptr_array_unref (weight->states);
  g_free (weight);
}

GPtrArray *
code_weights_new (void)
{
  return g_ptr_array_new_with_free_func (weight_free);
}

GPtrArray *
code_modules_new (void)
{
  return g_ptr_array_new_with_free_func (module_free);
}

void
code_piece_free (gpointer data)
{
  CodePiece *p = data;

  g_ptr_array_unref (p->modules);
  g_ptr_array_unref (p->weights);
  g_free ((char *)p->attr);
  g_free (p->forward);
  g_free ((guint *)p->ports);
  g_free ((gboolean *)p->used);
  g_free (p->refusal);
  g_free (p);
}
