/* Reads the language of engine/operator.h's examples, draws the example and asks the engine what
 * comes out. */
#include "app/ui/help-example.h"

#include "engine/lower.h"

#include <string.h>

#define NODE "it"

void
telar_help_example_free (TelarHelpExample *example)
{
  if (!example)
    return;
  telar_graph_free (example->graph);
  g_free (example->settings);
  g_free (example->inputs);
  g_free (example->outputs);
  g_free (example);
}

/* An input node that gives what "f32[2,3]:-1..1" says, wired to the next port. */
static gboolean
add_input (TelarGraph *graph, const char *word, guint number, guint port)
{
  const char *open = strchr (word, '['), *close = strchr (word, ']');
  g_autofree char *type = open ? g_strndup (word, (gsize)(open - word)) : NULL;
  g_autofree char *shape = close ? g_strndup (open + 1, (gsize)(close - open - 1)) : NULL;
  g_autofree char *id = g_strdup_printf ("in%u", number + 1);
  TelarNode *node = close ? telar_graph_add_node (graph, TELAR_OPERATOR_INPUT, id, NULL) : NULL;

  if (!node)
    return FALSE;
  node->y = 110.0 * number;
  return telar_param_set_put_text (node->params, "shape", shape, NULL) &&
         telar_param_set_put_text (node->params, "type", type, NULL) &&
         telar_param_set_put_text (node->params, "batch", "false", NULL) &&
         telar_graph_connect (graph, id, 0, NODE, port, G_MAXUINT, NULL);
}

/* Words are inputs, in the order of the ports, then parameters. */
static gboolean
build (TelarHelpExample *example, const TelarOperator *op, char **words)
{
  TelarNode *node = telar_graph_add_node (example->graph, op->name, NODE, NULL);
  g_autoptr (GString) settings = g_string_new (NULL);
  guint n_inputs = 0, n_ports = telar_operator_n_inputs (op);

  if (!node)
    return FALSE;
  node->x = 300;
  for (; *words; words++) {
    char *equals = strchr (*words, '=');

    if (equals) {
      g_autofree char *name = g_strndup (*words, (gsize)(equals - *words));

      if (!telar_param_set_put_text (node->params, name, equals + 1, NULL))
        return FALSE;
      g_string_append_printf (settings, "%s%s", settings->len ? "  " : "", *words);
    } else {
      if (n_ports == 0 ||
          !add_input (example->graph, *words, n_inputs, MIN (n_inputs, n_ports - 1)))
        return FALSE;
      n_inputs++;
    }
  }
  node->y = n_inputs ? 55.0 * (n_inputs - 1) : 0;
  example->settings = g_string_free (g_steal_pointer (&settings), FALSE);
  return TRUE;
}

static char *
describe_inputs (const TelarGraph *graph, const TelarLowered *lowered, const TelarOperator *op)
{
  const GPtrArray *edges = telar_graph_edges (graph);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    const TelarType *type = telar_lowered_port (lowered, edge->from, "out");
    g_autofree char *shown = type ? telar_type_to_string (type) : g_strdup ("?");

    g_string_append_printf (text, "%s%s  %s", text->len ? "\n" : "", op->inputs[edge->to_port].name,
                            shown);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_outputs (const TelarLowered *lowered, const TelarOperator *op)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < telar_operator_n_outputs (op); i++) {
    const TelarType *type = telar_lowered_port (lowered, NODE, op->outputs[i].name);
    g_autofree char *shown = type ? telar_type_to_string (type) : NULL;

    if (shown)
      g_string_append_printf (text, "%s%s  %s", text->len ? "\n" : "", op->outputs[i].name, shown);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

TelarHelpExample *
telar_help_example_new (const TelarOperator *op)
{
  g_autoptr (TelarHelpExample) example = g_new0 (TelarHelpExample, 1);
  g_autoptr (TelarLowered) lowered = NULL;
  g_auto (GStrv) words = NULL;

  if (!op->lower || !op->examples || !op->examples[0])
    return NULL;
  example->graph = telar_graph_new ();
  words = g_strsplit (op->examples[0], " ", -1);
  if (!build (example, op, words))
    return NULL;
  lowered = telar_lower (example->graph, NULL, TELAR_LOWER_EVALUATE);
  example->inputs = describe_inputs (example->graph, lowered, op);
  example->outputs = describe_outputs (lowered, op);
  return g_steal_pointer (&example);
}
