/* Layers that are called alike whatever the library: dropout, recurrent ones, attention. */
#include "engine/code/private.h"

void
code_dropout (CodePiece *p, const char *klass, const char *param)
{
  CodeCall *call = code_module (p, "", klass);
  g_autofree char *rate = code_python_real (code_real (p, param));

  code_positional (call, param, "%s", rate);
  code_forward (p, "self.%s($0)", p->attr);
}

void
code_emit_run_recurrent (CodePiece *p, const char *network, gboolean both)
{
  gboolean sequences = code_bool (p, "sequences"), lstm = g_str_equal (p->node->op->name, "lstm");
  g_autoptr (GString) given = g_string_new ("$0");

  if (p->n_inputs > 1)
    g_string_append (given, code_wire_at (p, 1) < 0 ? ", None" : ", $1");
  for (guint i = 1; i < p->n_inputs; i++)
    if (p->ports[i] > 1)
      g_string_append_printf (given, ", $%u", i);
  if (lstm && code_wire_at (p, 2) >= 0 && code_wire_at (p, 3) < 0)
    code_refuse (p, "it is given a state without a memory");
  code_need (p, "run_recurrent");
  code_forward (p, "run_recurrent(%s, %s)", network, given->str);
  if (sequences)
    return;
  g_autofree char *results = g_steal_pointer (&p->forward);
  code_need (p, "last_states");
  code_forward (p, "last_states(%s, %d)", results, both ? 2 : 1);
}

void
code_emit_attention (CodePiece *p)
{
  int key = code_wire_at (p, 1), value = code_wire_at (p, 2), mask = code_wire_at (p, 3);
  g_autofree char *scale = code_fill (p, "{scale}"), *cap = code_fill (p, "{cap}");
  g_autofree char *hidden = mask < 0 ? g_strdup ("None") : g_strdup_printf ("$%d", mask);

  code_need (p, "attend");
  code_forward (p, "attend($0, $%d, $%d, %s, %s, %s, %s)", MAX (key, 0), MAX (value, MAX (key, 0)),
                hidden, code_real (p, "scale") > 0 ? scale : "None", cap,
                code_bool (p, "causal") ? "True" : "False");
}

void
code_emit_last_step (CodePiece *p)
{
  if (p->n_inputs == 1) {
    code_forward (p, "$0[:, -1]");
    return;
  }
  code_need (p, "last_step");
  code_forward (p, "last_step($0, $1)");
}

void
code_emit_reverse_sequence (CodePiece *p)
{
  if (p->n_inputs == 1) {
    code_forward (p, "%s$0%s1)", p->w->language->flip[0], p->w->language->flip[1]);
    return;
  }
  code_need (p, "reverse_sequence");
  code_forward (p, "reverse_sequence($0, $1)");
}
