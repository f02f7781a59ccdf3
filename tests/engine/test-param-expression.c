/* Expressions: arithmetic as in mathematics, names of the document, errors that say what is wrong,
 * and nothing that hangs or crashes on nonsense. */
#include "engine/graph.h"
#include "engine/lower.h"
#include "engine/param-expression.h"
#include "engine/trainer.h"
#include <math.h>
#include <string.h>

static gboolean
look_up (gpointer data, const char *name, double *value, GError **error)
{
  if (strcmp (name, "width") == 0)
    *value = 64;
  else if (strcmp (name, "conv-1.filters") == 0)
    *value = 12;
  else {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no value \"%s\"", name);
    return FALSE;
  }
  return TRUE;
}

static void
test_arithmetic (void)
{
  static const struct {
    const char *text;
    double result;
  } cases[] = { { "2*width", 128 },
                { "width/4", 16 },
                { "1 + 2 * 3", 7 },
                { "(1 + 2) * 3", 9 },
                { "10 - 4 - 3", 3 },
                { "64 / 4 / 2", 8 },
                { "-2^2", -4 },
                { "2^3^2", 512 },
                { "2**-1", 0.5 },
                { "--3", 3 },
                { "7 // 2", 3 },
                { "-7 // 2", -4 },
                { "-7 % 4", 1 },
                { "7 % 4 * 2", 6 },
                { "min(3, width, 5)", 3 },
                { "max(3, width)", 64 },
                { "round(2.5) + floor(1.9) + ceil(1.1)", 5 },
                { "sqrt(width) + log2(width) - abs(-4)", 10 },
                { "'conv-1'.filters + 1", 13 },
                { "1e2 + .5", 100.5 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    double result;
    g_assert_true (telar_expression_evaluate (cases[i].text, look_up, NULL, &result, &error));
    g_assert_no_error (error);
    g_assert_cmpfloat_with_epsilon (result, cases[i].result, 1e-12);
  }
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "",       "2*",    "*2",       "(1",    "1)",     "2 3",       "width width",
    "1/0",    "1//0",  "1%0",      "depth", "sin(1)", "sqrt(1,2)", "sqrt(-1)",
    "width.", "'conv", "10^10^10", "min()", "2 € 3",  "a.b.c",     ".",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    double result;
    g_assert_false (telar_expression_evaluate (cases[i], look_up, NULL, &result, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  }
  g_autofree char *deep = g_strnfill (300, '('), *minus = g_strnfill (300, '-');
  g_autofree char *longest = g_strnfill (100000, '1');
  double result;
  g_assert_false (telar_expression_evaluate (deep, look_up, NULL, &result, NULL));
  g_assert_false (telar_expression_evaluate (minus, look_up, NULL, &result, NULL));
  g_assert_false (telar_expression_evaluate (longest, look_up, NULL, &result, NULL));
}

/* Bytes at random: an answer or an error, whatever they are. */
static void
test_nonsense (void)
{
  static const char letters[] = "0123456789.+-*/%^()' ,abwidth_\xc3\xa9";
  for (guint round = 0; round < 20000; round++) {
    char text[32];
    guint length = (guint)g_test_rand_int_range (0, sizeof text);
    for (guint i = 0; i < length; i++)
      text[i] = letters[g_test_rand_int_range (0, sizeof letters - 1)];
    text[length] = '\0';
    g_autoptr (GError) error = NULL;
    double result;
    if (telar_expression_evaluate (text, look_up, NULL, &result, &error))
      g_assert_true (isfinite (result));
    else
      g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  }
}

/* --- in a document ---------------------------------------------------------------------------- */

static TelarGraph *
make (const char *filters, const char *width)
{
  TelarGraph *graph = telar_graph_new ();
  GError *error = NULL;
  telar_graph_add_node (graph, "input", "x", &error);
  telar_graph_add_node (graph, "conv2d", "a", &error);
  telar_graph_add_node (graph, "conv2d", "b", &error);
  telar_graph_add_node (graph, "output", "y", &error);
  telar_graph_wire (graph, "x", "a", &error);
  telar_graph_wire (graph, "a", "b", &error);
  telar_graph_wire (graph, "b", "y", &error);
  g_assert_no_error (error);
  telar_param_set_put_text (telar_graph_find_node (graph, "x")->params, "shape", "3x8x8", &error);
  telar_graph_set_value (graph, "width", width, &error);
  telar_param_set_put_text (telar_graph_find_node (graph, "a")->params, "filters", filters, &error);
  telar_param_set_put_text (telar_graph_find_node (graph, "b")->params, "filters", "=2*a.filters",
                            &error);
  g_assert_no_error (error);
  return graph;
}

static gint64
channels (const TelarGraph *graph, const char *node)
{
  g_autoptr (TelarLowered) lowered = telar_lower (graph, NULL, TELAR_LOWER_INFER);
  const TelarType *type = telar_lowered_port (lowered, node, "out");
  return type ? type->shape.dims[1] : -1;
}

static const char *
fault (const TelarGraph *graph, const char *node, const char *param)
{
  telar_graph_evaluate (graph);
  return telar_param_set_get (telar_graph_find_node (graph, node)->params, param)->fault;
}

static void
test_document (void)
{
  g_autoptr (TelarGraph) graph = make ("=width/4", "32");
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (channels (graph, "a"), ==, 8);
  g_assert_cmpint (channels (graph, "b"), ==, 16);
  /* Everything follows the value; a copy has its own. */
  g_autoptr (TelarGraph) copy = telar_graph_copy (graph);
  g_assert_true (telar_graph_set_value (graph, "width", "=2^6", &error));
  g_assert_cmpint (channels (graph, "b"), ==, 32);
  g_assert_cmpint (channels (copy, "b"), ==, 16);
  /* Own parameters by their names alone; lists have an expression for each number. */
  const TelarNode *b = telar_graph_find_node (graph, "b");
  g_assert_true (telar_param_set_put_text (b->params, "groups", "=filters//16", &error));
  g_assert_true (telar_param_set_put_text (b->params, "kernel", "=min(width, 3),1+2*2", &error));
  telar_graph_evaluate (graph);
  g_assert_cmpint (telar_param_set_int (b->params, "groups"), ==, 2);
  guint n;
  const gint64 *kernel = telar_param_set_ints (b->params, "kernel", &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (kernel[0], ==, 3);
  g_assert_cmpint (kernel[1], ==, 5);
  /* Settings, too. */
  g_assert_true (telar_graph_set (graph, "training.batch", "=2*values_batch", &error) == FALSE);
  g_clear_error (&error);
  g_assert_true (telar_graph_set (graph, "values.half", "25", &error));
  g_assert_true (telar_graph_set (graph, "training.batch", "=2*half", &error));
  g_assert_no_error (error);
  g_assert_cmpint (telar_param_set_int (telar_graph_training (graph), "batch"), ==, 50);
}

/* The file keeps what was written, and reading it works the numbers out. */
static void
test_file (void)
{
  g_autoptr (TelarGraph) graph = make ("=width/4", "=16*2");
  g_autofree char *text = telar_graph_to_text (graph);
  g_autoptr (GError) error = NULL;
  g_assert_nonnull (strstr (text, "\"width\": \"=16*2\""));
  g_assert_nonnull (strstr (text, "\"filters\":\"=width/4\""));
  g_autoptr (TelarGraph) again = telar_graph_from_text (text, strlen (text), "test", &error);
  g_assert_no_error (error);
  g_assert_cmpint (telar_param_set_int (telar_graph_find_node (again, "a")->params, "filters"), ==,
                   8);
  g_autofree char *twice = telar_graph_to_text (again);
  g_assert_cmpstr (twice, ==, text);
  /* As records, which undo is made of. */
  g_autofree char *record = telar_graph_get_record (graph, "values/width");
  g_assert_cmpstr (record, ==, "\"=16*2\"");
  g_assert_true (telar_graph_set_record (graph, "values/width", "64", &error));
  g_assert_cmpint (channels (graph, "a"), ==, 16);
  g_assert_true (telar_graph_set_record (graph, "values/width", NULL, &error));
  g_assert_null (telar_graph_value (graph, "width"));
  g_assert_false (telar_graph_set_record (graph, "values/2x", "1", &error));
  g_clear_error (&error);
  g_assert_false (telar_graph_set_record (graph, "values/x", "\"two\"", &error));
}

static void
test_faults (void)
{
  static const struct {
    const char *filters, *width, *says;
  } cases[] = {
    { "=width/5", "32", "must be a whole number" },
    { "=width-32", "32", "must be at least 1" },
    { "=wide", "32", "there is no value \"wide\"" },
    { "=b.filters", "32", "depends on itself" },
    { "=c.filters", "32", "there is no value \"c.filters\"" },
    { "=padding", "32", "is not one number" },
    { "=2*width", "=1/0", "has no value itself" },
    { "=width", "=width", "has no value itself" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TelarGraph) graph = make (cases[i].filters, cases[i].width);
    const char *says = fault (graph, "a", "filters");
    g_assert_nonnull (says);
    if (!strstr (says, cases[i].says) && !strstr (says, "has no value itself"))
      g_error ("%s: %s", cases[i].filters, says);
    /* A problem at the node, and nothing is lowered behind it. */
    g_autoptr (TelarLowered) lowered = telar_lower (graph, NULL, TELAR_LOWER_INFER);
    g_autoptr (GError) error = NULL;
    g_assert_false (telar_lowered_ok (lowered, &error));
    g_assert_nonnull (telar_error_get_node (error));
    g_assert_null (telar_lowered_port (lowered, "b", "out"));
  }
}

/* In a group names are those of its drawing; values are the document's. */
static void
test_groups (void)
{
  g_autoptr (TelarGraph) graph = make ("=width", "8");
  g_autoptr (GError) error = NULL;
  TelarGraph *stage = telar_graph_add_group (graph, "stage", &error);
  telar_graph_add_node (stage, TELAR_GROUP_INPUT, "in", &error);
  telar_graph_add_node (stage, "conv2d", "a", &error);
  telar_graph_add_node (stage, TELAR_GROUP_OUTPUT, "out", &error);
  telar_graph_wire (stage, "in", "a", &error);
  telar_graph_wire (stage, "a", "out", &error);
  telar_graph_add_node (graph, "group:stage", "s", &error);
  telar_graph_wire (graph, "b", "s", &error);
  g_assert_no_error (error);
  telar_param_set_put_text (telar_graph_find_node (stage, "a")->params, "filters",
                            "=3*width + kernel", &error);
  telar_param_set_put_text (telar_graph_find_node (stage, "a")->params, "kernel", "1", &error);
  g_assert_no_error (error);
  telar_graph_evaluate (graph);
  g_assert_cmpint (telar_param_set_int (telar_graph_find_node (stage, "a")->params, "filters"), ==,
                   25);
  g_autoptr (TelarGraph) with = telar_graph_copy_with (stage, "a.kernel=3", &error);
  g_assert_no_error (error);
  g_assert_cmpint (telar_param_set_int (telar_graph_find_node (with, "a")->params, "filters"), ==,
                   27);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  g_test_add_func ("/expression/arithmetic", test_arithmetic);
  g_test_add_func ("/expression/refused", test_refused);
  g_test_add_func ("/expression/nonsense", test_nonsense);
  g_test_add_func ("/expression/document", test_document);
  g_test_add_func ("/expression/file", test_file);
  g_test_add_func ("/expression/faults", test_faults);
  g_test_add_func ("/expression/groups", test_groups);
  return g_test_run ();
}
