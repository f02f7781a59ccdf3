/* Lowering: the program of each mode, and what is told about a drawing that is not ready. */
#include "sample-feed.h"
#include "sample-operators.h"
#include <string.h>

static char *
problems (const TelarLowered *lowered)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < lowered->problems->len; i++) {
    const TelarProblem *problem = lowered->problems->pdata[i];
    g_string_append_printf (text, "%s %s: %s\n",
                            problem->severity == TELAR_PROBLEM_ERROR ? "error" : "warning",
                            problem->node ? problem->node : "-", problem->message);
  }
  return g_string_free (text, FALSE);
}

/* That lowering says exactly this; a program comes out when there is no error. */
static void
check (const TelarGraph *graph, const TelarFeed *feed, TelarLowerMode mode, const char *want)
{
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, mode);
  g_autofree char *said = problems (lowered);
  g_assert_cmpstr (said, ==, want);
  g_autoptr (GError) error = NULL;
  g_assert_true ((strstr (want, "error ") == NULL) == (lowered->program != NULL));
  g_assert_true (telar_lowered_ok (lowered, &error) == (lowered->program != NULL));
  if (lowered->program) {
    telar_program_verify (lowered->program, &error);
    g_assert_no_error (error);
  }
}

static char *
outputs (const TelarProgram *program)
{
  static const char *const roles[] = { "result", "loss", "metric", "probe" };
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < telar_program_n_outputs (program); i++) {
    const TelarOutput *output = telar_program_output (program, i);
    g_string_append_printf (text, "%s %s;", roles[output->role], output->name);
  }
  return g_string_free (text, FALSE);
}

static void
check_outputs (const TelarGraph *graph, const TelarFeed *feed, TelarLowerMode mode,
               const char *want)
{
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, mode);
  g_autoptr (GError) error = NULL;
  telar_lowered_ok (lowered, &error);
  g_assert_no_error (error);
  g_autofree char *have = outputs (lowered->program);
  g_assert_cmpstr (have, ==, want);
}

static guint
count_inputs (const TelarProgram *program)
{
  guint n = 0;
  for (guint i = 0; i < telar_program_n_instrs (program); i++)
    n += telar_program_instr (program, i)->prim == TELAR_PRIM_INPUT;
  return n;
}

static void
test_modes (void)
{
  g_autoptr (TelarFeed) feed = sample_feed_new (0);
  g_autoptr (TelarGraph) graph = test_graph_small ();
  check_outputs (graph, feed, TELAR_LOWER_TRAIN, "metric distance;loss loss;");
  check_outputs (graph, feed, TELAR_LOWER_EVALUATE, "metric distance;loss loss;result result;");
  check_outputs (graph, feed, TELAR_LOWER_INFER, "result result;");

  g_autoptr (TelarLowered) train = telar_lower (graph, feed, TELAR_LOWER_TRAIN);
  g_assert_cmpuint (count_inputs (train->program), ==, 2);
  g_assert_cmpuint (telar_program_n_states (train->program), ==, 2);
  const TelarState *kernel = telar_program_find_state (train->program, "fc.kernel");
  g_assert_true (kernel->trainable && kernel->decay);
  const TelarState *bias = telar_program_find_state (train->program, "fc.bias");
  g_assert_true (bias->trainable && !bias->decay);

  /* A model in use asks for no labels. */
  g_autoptr (TelarLowered) infer = telar_lower (graph, feed, TELAR_LOWER_INFER);
  g_assert_cmpuint (count_inputs (infer->program), ==, 1);
  const TelarInstr *input = telar_program_instr (infer->program, 0);
  g_assert_cmpstr (telar_instr_string (input, TELAR_ATTR_NAME), ==, "d.image");
  g_assert_cmpstr (input->origin, ==, "d");
}

/* What a node's learning settings make of its states. */
static void
test_learning (void)
{
  g_autoptr (TelarFeed) feed = sample_feed_new (0);
  g_autoptr (TelarGraph) graph = test_graph_small ();
  g_autoptr (GError) error = NULL;
  telar_graph_set (graph, "fc.rate_factor", "0.5", &error);
  g_assert_no_error (error);
  telar_graph_set (graph, "fc.decay_factor", "0", &error);
  g_assert_no_error (error);
  g_autoptr (TelarGraph) copy = telar_graph_copy (graph);
  g_autoptr (TelarLowered) slow = telar_lower (copy, feed, TELAR_LOWER_TRAIN);
  const TelarState *kernel = telar_program_find_state (slow->program, "fc.kernel");
  g_assert_true (kernel->trainable && !kernel->decay);
  g_assert_cmpfloat (kernel->rate_factor, ==, 0.5);
  g_assert_cmpuint (slow->problems->len, ==, 0);

  telar_graph_set (graph, "fc.frozen", "true", &error);
  g_assert_no_error (error);
  g_autoptr (TelarLowered) frozen = telar_lower (graph, feed, TELAR_LOWER_TRAIN);
  g_assert_false (telar_program_find_state (frozen->program, "fc.kernel")->trainable);
  g_assert_false (telar_program_find_state (frozen->program, "fc.bias")->trainable);

  g_assert_false (telar_graph_set (graph, "fc.frosty", "true", &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

/* A node without parameters says that the settings do nothing. */
static void
test_learning_vain (void)
{
  g_autoptr (TelarFeed) feed = sample_feed_new (0);
  g_autoptr (TelarGraph) graph = test_graph_small ();
  g_assert_true (telar_graph_set (graph, "loss1.frozen", "true", NULL));
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, TELAR_LOWER_TRAIN);
  g_assert_cmpuint (lowered->problems->len, ==, 1);
  const TelarProblem *problem = lowered->problems->pdata[0];
  g_assert_cmpstr (problem->node, ==, "loss1");
  g_assert_cmpint (problem->severity, ==, TELAR_PROBLEM_WARNING);
}

static void
test_ports (void)
{
  g_autoptr (TelarFeed) feed = sample_feed_new (0);
  g_autoptr (TelarGraph) graph = test_graph_small ();
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, TELAR_LOWER_TRAIN);
  static const char *const ports[][3] = {
    { "d", "image", "f32[N,4]" },
    { "d", "label", "f32[N,3]" },
    { "fc", "out", "f32[N,3]" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++) {
    const TelarType *type = telar_lowered_port (lowered, ports[i][0], ports[i][1]);
    g_assert_nonnull (type);
    g_autofree char *text = telar_type_to_string (type);
    g_assert_cmpstr (text, ==, ports[i][2]);
  }
  g_assert_null (telar_lowered_port (lowered, "fc", "nothing"));
}

static void
test_names (void)
{
  g_autoptr (TelarFeed) feed = sample_feed_new (0);
  g_autoptr (TelarGraph) graph = test_graph_small ();
  test_graph_add (graph, "t-loss", "loss2");
  test_graph_wire (graph, "fc", "loss2:in");
  test_graph_wire (graph, "d:label", "loss2:target");
  test_graph_add (graph, "t-metric", "bcc");
  test_graph_wire (graph, "fc", "bcc:in");
  test_graph_wire (graph, "d:label", "bcc:target");
  check_outputs (graph, feed, TELAR_LOWER_TRAIN,
                 "metric distance.acc;metric distance.bcc;loss loss1;loss loss2;");

  /* The sum of all is called "loss", what kernels cost "penalty". */
  g_assert_true (telar_graph_rename_node (graph, "loss2", "loss", NULL));
  g_assert_true (telar_graph_rename_node (graph, "loss1", "penalty", NULL));
  g_assert_true (telar_graph_set (graph, "fc.kernel_l2", "0.5", NULL));
  check_outputs (graph, feed, TELAR_LOWER_TRAIN,
                 "loss penalty;metric distance.acc;metric distance.bcc;loss loss.loss;"
                 "loss penalty.penalty;");
  g_assert_true (telar_graph_set (graph, "fc.frozen", "true", NULL));
  check_outputs (graph, feed, TELAR_LOWER_TRAIN,
                 "metric distance.acc;metric distance.bcc;loss loss.loss;loss penalty.penalty;");
  g_assert_true (telar_graph_rename_node (graph, "loss", "loss2", NULL));
  g_assert_true (telar_graph_rename_node (graph, "penalty", "loss1", NULL));

  /* A result may be called as a metric is. */
  g_assert_true (telar_graph_rename_node (graph, "result", "distance", NULL));
  telar_graph_remove_node (graph, "bcc");
  telar_graph_remove_node (graph, "loss2");
  check_outputs (graph, feed, TELAR_LOWER_EVALUATE, "metric distance;result distance;loss loss;");
}

static void
test_problems (void)
{
  g_autoptr (TelarFeed) feed = sample_feed_new (0);
  g_autoptr (TelarGraph) graph = test_graph_small ();
  check (graph, feed, TELAR_LOWER_TRAIN, "");

  /* All at once, each at its node; what depends on a broken node says nothing of its own. */
  test_graph_add (graph, "t-relu", "loose");
  test_graph_add (graph, "t-sum", "empty");
  test_graph_add (graph, "t-dense", "wrong");
  test_graph_add (graph, "t-dense", "behind");
  test_graph_add (graph, "t-sum", "mixed");
  test_graph_wire (graph, "d:image", "mixed");
  test_graph_wire (graph, "d:label", "mixed");
  test_graph_wire (graph, "mixed", "behind");
  telar_graph_disconnect (graph, "loss1", 1, 0);
  g_assert_true (telar_graph_set (graph, "fc.units", "5", NULL));
  check (graph, feed, TELAR_LOWER_TRAIN,
         "error empty: the input in is not connected\n"
         "error acc: the inputs must have one shape\n"
         "error loose: the input in is not connected\n"
         "error loss1: the input target is not connected\n"
         "error mixed: the inputs must have one shape\n"
         "error wrong: the input in is not connected\n"
         "warning empty: its output goes nowhere\n"
         "warning loose: its output goes nowhere\n"
         "warning behind: its output goes nowhere\n"
         "warning wrong: its output goes nowhere\n");
  /* What results need is sound. */
  check (graph, feed, TELAR_LOWER_INFER, "");

  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, TELAR_LOWER_TRAIN);
  g_autoptr (GError) error = NULL;
  g_assert_false (telar_lowered_ok (lowered, &error));
  g_assert_cmpstr (telar_error_get_node (error), ==, "empty");
}

static void
test_purpose (void)
{
  g_autoptr (TelarFeed) feed = sample_feed_new (0);
  g_autoptr (TelarGraph) graph = test_graph_small ();
  telar_graph_remove_node (graph, "loss1");
  telar_graph_remove_node (graph, "acc");
  telar_graph_remove_node (graph, "result");
  check (graph, feed, TELAR_LOWER_TRAIN,
         "error -: there is nothing to learn: add a loss\n"
         "warning fc: its output goes nowhere\n");
  check (graph, feed, TELAR_LOWER_EVALUATE,
         "error -: there is nothing to measure: add a loss or a metric\n"
         "warning fc: its output goes nowhere\n");
  check (graph, feed, TELAR_LOWER_INFER,
         "error -: the model has no result: add an Output node behind what it should give\n");
}

/* Without a feed shapes are unknown, which is no problem of the drawing's. */
static void
test_no_feed (void)
{
  g_autoptr (TelarGraph) graph = test_graph_small ();
  test_graph_add (graph, "t-relu", "loose");
  check (graph, NULL, TELAR_LOWER_TRAIN,
         "error loose: the input in is not connected\nwarning loose: its output goes nowhere\n");
}

/* A port that the feed has not. */
static void
test_missing_port (void)
{
  g_autoptr (TelarFeed) feed = sample_feed_new (0);
  g_autoptr (TelarGraph) graph = test_graph_small ();
  g_assert_true (telar_graph_rename_node (graph, "d", "e", NULL));
  check (graph, feed, TELAR_LOWER_TRAIN,
         "error e: the data has no image\nerror e: the data has no label\n");
}

/* Ten thousand nodes, of which each builds itself. */
static void
test_many (void)
{
  enum { N = 10000 };
  g_autoptr (TelarFeed) feed = sample_feed_new (0);
  g_autoptr (TelarGraph) graph = test_graph_small ();
  telar_graph_disconnect (graph, "fc", 0, 0);
  for (guint i = 0; i < N; i++) {
    const TelarNode *node = telar_graph_add_node (graph, "t-relu", NULL, NULL);
    g_autofree char *before = g_strdup_printf ("t-relu%u", i);
    test_graph_wire (graph, i == 0 ? "d:image" : before, node->id);
  }
  g_autofree char *last = g_strdup_printf ("t-relu%u", (guint)N);
  test_graph_wire (graph, last, "fc");
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, TELAR_LOWER_TRAIN);
  g_autoptr (GError) error = NULL;
  telar_lowered_ok (lowered, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (telar_program_n_instrs (lowered->program), >, N);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_operators_register ();
  g_test_add_func ("/lower/modes", test_modes);
  g_test_add_func ("/lower/learning", test_learning);
  g_test_add_func ("/lower/learning-vain", test_learning_vain);
  g_test_add_func ("/lower/ports", test_ports);
  g_test_add_func ("/lower/names", test_names);
  g_test_add_func ("/lower/problems", test_problems);
  g_test_add_func ("/lower/purpose", test_purpose);
  g_test_add_func ("/lower/no-feed", test_no_feed);
  g_test_add_func ("/lower/missing-port", test_missing_port);
  g_test_add_func ("/lower/many", test_many);
  return g_test_run ();
}
