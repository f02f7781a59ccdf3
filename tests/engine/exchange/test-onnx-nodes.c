/* Single nodes that ask for what is impossible, with strings, boxes or pictures: each is refused
 * with a message that says why, and none runs for ever. */
#include "engine/exchange/onnx.h"
#include "tests/engine/exchange/one-node.h"

#include <string.h>

static TelarOnnxValue *
numbers (gint64 first, gint64 second, gint64 third, gint64 fourth)
{
  const TelarShape shape = telar_shape (first, second, third, fourth);
  g_autoptr (TelarTensor) tensor = telar_tensor_new (TELAR_F32, &shape);
  return telar_onnx_value_tensor (tensor, FALSE);
}

/* Strings separated by "|". */
static TelarOnnxValue *
strings (const char *text)
{
  char **words = g_strsplit (text, "|", -1);
  const TelarShape shape = telar_shape (g_strv_length (words));
  return telar_onnx_value_strings (&shape, words);
}

/* Runs the node and gives up the references of @n inputs. */
static TelarOnnxValue *
run (const OneNode *one, TelarOnnxValue **inputs, guint n, GError **error)
{
  TelarOnnxValue *y = one_node_run (one, inputs, n, error);
  for (guint i = 0; i < n; i++)
    telar_onnx_value_unref (inputs[i]);
  return y;
}

static void
refuse (const OneNode *one, TelarOnnxValue **inputs, guint n, const char *message)
{
  g_autoptr (GError) error = NULL;
  TelarOnnxValue *y = run (one, inputs, n, &error);
  if (y || !error || !strstr (error->message, message))
    g_error ("%s %s: \"%s\" where \"%s\" is expected", one->op, one->attributes,
             error ? error->message : "no error", message);
}

#define INPUTS(...)                                                                                \
  ((TelarOnnxValue *[]){ __VA_ARGS__ }),                                                           \
      sizeof ((TelarOnnxValue *[]){ __VA_ARGS__ }) / sizeof (TelarOnnxValue *)

static void
test_strings (void)
{
  refuse (&(OneNode){ "", 20, "StringConcat", "" }, INPUTS (strings ("a|b"), strings ("a|b|c")),
          "do not fit");
  refuse (&(OneNode){ "", 20, "StringConcat", "" }, INPUTS (strings ("a|b"), numbers (1, 1, 1, 1)),
          "tensor of strings");
  refuse (&(OneNode){ "", 20, "StringSplit", "" }, INPUTS (numbers (1, 1, 1, 1)),
          "tensor of strings");
  refuse (&(OneNode){ "", 20, "RegexFullMatch", "pattern=S:(" }, INPUTS (strings ("a")),
          "cannot be read");
  refuse (&(OneNode){ "", 19, "Equal", "" }, INPUTS (strings ("a|b"), strings ("a|b|c")),
          "do not fit");
}

/* A pattern that backtracks without end on this string: an answer or an error, but soon. */
static void
test_long_match (void)
{
  g_autoptr (GError) error = NULL;
  const OneNode one = { "", 20, "RegexFullMatch", "pattern=S:(a+)+b" };
  g_autofree char *long_word = g_strnfill (60, 'a');
  g_autoptr (TelarOnnxValue) y = run (&one, INPUTS (strings (long_word)), &error);
  if (y)
    g_assert_cmpfloat (telar_tensor_get (y->tensor, 0), ==, 0);
  else
    g_assert_nonnull (strstr (error->message, "cannot be matched"));
}

static void
test_pictures (void)
{
  const OneNode deform = { "", 19, "DeformConv", "" };
  refuse (&deform, INPUTS (numbers (1, 2, 4, 4), numbers (1, 1, 2, 2), numbers (1, 8, 3, 3)),
          "x must be [N, C, H, W]");
  refuse (&deform, INPUTS (numbers (1, 1, 4, 4), numbers (1, 1, 2, 2), numbers (1, 8, 2, 3)),
          "input 2 must be [1,8,3,3]");
  refuse (&deform, INPUTS (numbers (1, 1, 1, 1), numbers (1, 1, 2, 2), numbers (1, 8, 1, 1)),
          "does not fit");
  refuse (&(OneNode){ "", 19, "DeformConv", "offset_group=I:0" },
          INPUTS (numbers (1, 1, 4, 4), numbers (1, 1, 2, 2), numbers (1, 8, 3, 3)),
          "x must be [N, C, H, W]");
  refuse (&(OneNode){ "", 19, "AveragePool", "kernel_shape=i:3,3 dilations=i:9,9" },
          INPUTS (numbers (1, 1, 4, 4)), "");
  refuse (&(OneNode){ "", 19, "AveragePool",
                      "kernel_shape=i:2147483647,2147483647 dilations=i:2147483647,2147483647" },
          INPUTS (numbers (1, 1, 4, 4)), "");
  refuse (&(OneNode){ "", 22, "GridSample", "" },
          INPUTS (numbers (1, 1, 4, 4), numbers (1, 2, 2, 3)), "the grid");
}

static void
test_attention (void)
{
  const OneNode flex = { "ai.onnx.preview", 1, "FlexAttention", "" };
  refuse (&flex, INPUTS (numbers (1, 3, 2, 4), numbers (1, 2, 2, 4), numbers (1, 2, 2, 4)),
          "as many heads");
  refuse (&flex, INPUTS (numbers (1, 2, 2, 4), numbers (1, 0, 2, 4), numbers (1, 0, 2, 4)),
          "as many heads");
  refuse (&flex, INPUTS (numbers (1, 2, 2, 4), numbers (1, 2, 2, 5), numbers (1, 2, 2, 4)), "");
  refuse (&(OneNode){ "ai.onnx.preview", 1, "FlexAttention", "score_mod=I:1" },
          INPUTS (numbers (1, 2, 2, 4), numbers (1, 2, 2, 4), numbers (1, 2, 2, 4)),
          "score_mod must be a graph");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onnx-nodes/strings", test_strings);
  g_test_add_func ("/onnx-nodes/long-match", test_long_match);
  g_test_add_func ("/onnx-nodes/pictures", test_pictures);
  g_test_add_func ("/onnx-nodes/attention", test_attention);
  return g_test_run ();
}
