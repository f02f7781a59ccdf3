/* telar operators: the reference of the operators, from the registry. */
#include "app/cli/verbs.h"
#include "engine/graph.h"
#include "engine/operator.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
  [TELAR_PARAM_INT] = "integer",   [TELAR_PARAM_REAL] = "real",     [TELAR_PARAM_BOOL] = "boolean",
  [TELAR_PARAM_CHOICE] = "choice", [TELAR_PARAM_INTS] = "integers", [TELAR_PARAM_REALS] = "reals",
  [TELAR_PARAM_TEXT] = "text",     [TELAR_PARAM_FILE] = "file",
};

static const char *const port_kinds[] = {
  [TELAR_PORT_TENSOR] = "tensor",
  [TELAR_PORT_TABLE] = "table",
  [TELAR_PORT_MODEL] = "model",
  [TELAR_PORT_METRICS] = "metrics",
};

static const TelarOption options[] = {
  { .name = "json", .doc = "One JSON document." },
  { NULL },
};

/* --- JSON ---------------------------------------------------------------------------------------
 */

static json_t *
text_or_null (const char *text)
{
  return text != NULL ? json_string (text) : json_null ();
}

static json_t *
ports_to_json (const TelarPort *port)
{
  json_t *ports = json_array ();
  for (; port != NULL && port->name != NULL; port++)
    json_array_append_new (ports,
                           json_pack ("{s:s, s:s, s:b, s:b, s:o}", "name", port->name, "kind",
                                      port_kinds[port->kind], "optional", port->optional,
                                      "repeated", port->repeated, "doc", text_or_null (port->doc)));
  return ports;
}

static json_t *
param_to_json (const TelarParam *param)
{
  json_t *json = json_pack ("{s:s, s:s, s:s, s:o, s:o}", "name", param->name, "label", param->label,
                            "kind", kind_names[param->kind], "default",
                            text_or_null (param->fallback), "doc", text_or_null (param->doc));
  if (param->minimum != param->maximum) {
    json_object_set_new (json, "minimum", json_real (param->minimum));
    json_object_set_new (json, "maximum", json_real (param->maximum));
  }
  if (param->choices != NULL) {
    json_t *choices = json_array ();
    for (const char *const *choice = param->choices; *choice != NULL; choice++)
      json_array_append_new (choices, json_string (*choice));
    json_object_set_new (json, "choices", choices);
  }
  return json;
}

static json_t *
operator_to_json (const TelarOperator *op)
{
  json_t *params = json_array ();
  for (const TelarParam *param = op->params; param != NULL && param->name != NULL; param++)
    json_array_append_new (params, param_to_json (param));
  return json_pack ("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "name", op->name, "label",
                    op->label, "category", telar_category_label (op->category), "doc",
                    text_or_null (op->doc), "formula", text_or_null (op->formula), "onnx",
                    text_or_null (op->onnx), "inputs", ports_to_json (op->inputs), "outputs",
                    ports_to_json (op->outputs), "parameters", params);
}

/* --- text ---------------------------------------------------------------------------------------
 */

static void
print_ports (const char *title, const TelarPort *port)
{
  if (port == NULL || port->name == NULL)
    return;
  printf ("\n%s\n", title);
  for (; port->name != NULL; port++)
    printf ("  %-14s %s%s%s%s%s\n", port->name, port_kinds[port->kind],
            port->optional ? ", optional" : "", port->repeated ? ", any number" : "",
            port->doc != NULL ? ": " : "", port->doc != NULL ? port->doc : "");
}

static void
print_param (const TelarParam *param)
{
  g_autofree char *choices =
      param->choices != NULL ? g_strjoinv ("|", (char **)param->choices) : NULL;
  printf ("  %-14s %s", param->name, choices != NULL ? choices : kind_names[param->kind]);
  if (param->minimum != param->maximum)
    printf (" from %.15g to %.15g", param->minimum, param->maximum);
  if (param->fallback != NULL && param->fallback[0] != '\0')
    printf (", default %s", param->fallback);
  printf ("\n%17s%s\n", "", param->doc != NULL ? param->doc : "");
}

static void
print_operator (const TelarOperator *op)
{
  printf ("%s: %s (%s)\n\n%s\n", op->name, op->label, telar_category_label (op->category),
          op->doc != NULL ? op->doc : "");
  if (op->formula != NULL)
    printf ("\n  %s\n", op->formula);
  if (op->onnx != NULL)
    printf ("\nIn ONNX: %s\n", op->onnx);
  print_ports ("Inputs", op->inputs);
  print_ports ("Outputs", op->outputs);
  if (op->params != NULL && op->params->name != NULL)
    puts ("\nParameters");
  for (const TelarParam *param = op->params; param != NULL && param->name != NULL; param++)
    print_param (param);
}

static void
print_learning (void)
{
  puts ("\nLearning (of every node with parameters to learn)");
  for (const TelarParam *param = telar_learning_params; param->name != NULL; param++)
    print_param (param);
}

static void
list_operators (void)
{
  const GPtrArray *all = telar_operators_all ();
  int category = -1;
  for (guint i = 0; i < all->len; i++) {
    const TelarOperator *op = all->pdata[i];
    if ((int)op->category != category)
      printf ("%s%s\n", i > 0 ? "\n" : "", telar_category_label (op->category));
    category = (int)op->category;
    printf ("  %-20s %s\n", op->name, op->label);
  }
}

static int
run (const TelarCommand *command, GError **error)
{
  const char *name = telar_command_argument (command, 0);
  const TelarOperator *op = name != NULL ? telar_operator_find (name) : NULL;
  if (name != NULL && op == NULL) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "there is no operator %s; telar operators lists them", name);
    return 3;
  }
  if (!telar_command_has (command, "json")) {
    if (op != NULL)
      print_operator (op);
    else
      list_operators ();
    if (op != NULL && telar_operator_may_learn (op))
      print_learning ();
    return 0;
  }
  json_t *json = op != NULL ? operator_to_json (op) : json_array ();
  const GPtrArray *all = telar_operators_all ();
  for (guint i = 0; op == NULL && i < all->len; i++)
    json_array_append_new (json, operator_to_json (all->pdata[i]));
  telar_print_json_document (json);
  return 0;
}

const TelarVerb telar_verb_operators = {
  .name = "operators",
  .arguments = "[NAME]",
  .max_arguments = 1,
  .summary = "Lists the operators that a project can be made of, or describes one.",
  .options = options,
  .run = run,
};
