/* Networks that predict the next character of a text beside PyTorch: an LSTM of two layers and a
 * causal Transformer of two layers, one normalised after, one before its parts. The first 100 steps
 * from the same weights, in float64 with Adam and in float32 with SGD, as test-agreement.c. */
#include "tests/judges/chars.h"
#include "tests/judges/course.h"

#define STEPS       100
#define CHARACTERS  24 /* in a row */
#define BATCH       6  /* in float64: the text has 103 such batches */
#define EPOCH_STEPS 100

/* Nodes in a chain from the characters to the loss; settings follow the operator. */
static const char *const lstm[] = {
  "embedding embedding size=12",
  "lstm lstm units=32 layers=2",
  "dense dense",
  NULL,
};
static const char *const transformer[] = {
  "embedding embedding size=16 deviation=0.5",
  "learned_positions positions deviation=0.2",
  "transformer_encoder block1 heads=4 width=40 causal=true dropout=0",
  "transformer_encoder block2 heads=2 width=32 causal=true dropout=0 order=pre activation=gelu",
  "layer_norm norm",
  "dense dense",
  NULL,
};

static void
set (TelarGraph *graph, const char *node, const char *param, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strdup_printf ("%s.%s", node, param);

  telar_graph_set (graph, path, value, &error);
  g_assert_no_error (error);
}

static void
wire (TelarGraph *graph, const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;

  telar_graph_wire (graph, from, to, &error);
  g_assert_no_error (error);
}

static void
add (TelarGraph *graph, const char *op, const char *id)
{
  g_autoptr (GError) error = NULL;

  telar_graph_add_node (graph, op, id, &error);
  g_assert_no_error (error);
}

/* "operator id setting=value…", wired behind @before; returns its id's output. Caller frees. */
static char *
add_described (TelarGraph *graph, const char *text, const char *before)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autofree char *in = g_strconcat (words[1], ":in", NULL);

  add (graph, words[0], words[1]);
  for (char **word = words + 2; *word; word++) {
    g_auto (GStrv) sides = g_strsplit (*word, "=", 2);
    set (graph, words[1], sides[0], sides[1]);
  }
  wire (graph, before, in);
  return g_strconcat (words[1], ":out", NULL);
}

static TelarGraph *
make_graph (const char *const *nodes, gint64 vocabulary)
{
  TelarGraph *graph = telar_graph_new ();
  g_autofree char *classes = g_strdup_printf ("%" G_GINT64_FORMAT, vocabulary);
  g_autofree char *end = g_strdup ("chars:text");

  add (graph, "chars", "chars");
  for (const char *const *node = nodes; *node; node++) {
    char *next = add_described (graph, *node, end);
    g_free (end);
    end = next;
  }
  set (graph, "embedding", "vocabulary", classes);
  set (graph, "dense", "units", classes);
  add (graph, "cross_entropy", "loss");
  wire (graph, end, "loss:logits");
  wire (graph, "chars:next", "loss:labels");
  return graph;
}

static Course *
open_course (const char *const *nodes)
{
  g_autofree char *path = g_build_filename (g_getenv ("TELAR_JUDGES"), "shakespeare.txt", NULL);
  gint64 vocabulary;
  TelarFeed *feed = chars_feed_new (path, CHARACTERS, &vocabulary);
  TelarGraph *graph = make_graph (nodes, vocabulary);

  set (graph, "training", "batch", "16");
  return course_new (graph, feed, course_steps (STEPS));
}

static void
test_float32 (const char *const *nodes, const char *network)
{
  g_autoptr (Course) course = open_course (nodes);
  TelarGraph *graph = course_graph (course);

  set (graph, "training", "optimizer", "sgd");
  set (graph, "training", "momentum", "0.9");
  set (graph, "training", "learning_rate", "0.1");
  course_train (course);
  course_judge (course, network, "sgd");
}

static void
test_float64 (const char *const *nodes, const char *network)
{
  g_autoptr (Course) course = open_course (nodes);

  set (course_graph (course), "training", "learning_rate", "0.01");
  course_train_wide (course, BATCH, EPOCH_STEPS);
  course_judge (course, network, "adam");
}

static void
test_lstm_float32 (void)
{
  test_float32 (lstm, "chars-lstm");
}

static void
test_lstm_float64 (void)
{
  test_float64 (lstm, "chars-lstm");
}

static void
test_transformer_float32 (void)
{
  test_float32 (transformer, "chars-transformer");
}

static void
test_transformer_float64 (void)
{
  test_float64 (transformer, "chars-transformer");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  telar_operators_register (chars_operators);
  g_test_add_func ("/judges/sequences/lstm/float32", test_lstm_float32);
  g_test_add_func ("/judges/sequences/lstm/float64", test_lstm_float64);
  g_test_add_func ("/judges/sequences/transformer/float32", test_transformer_float32);
  g_test_add_func ("/judges/sequences/transformer/float64", test_transformer_float64);
  return g_test_run ();
}
