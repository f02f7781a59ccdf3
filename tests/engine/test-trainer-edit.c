/* Live edits and forks: what is set between two batches holds from there, survives being resumed,
 * and gives the bits of a graph that had it all along. */
#include "engine/checkpoint.h"
#include "sample-feed.h"
#include "sample-operators.h"
#include "sample-run.h"
#include <string.h>

static void
ask (Run *run, const TelarRequest *requests, guint n)
{
  run->listener.requests = requests;
  run->listener.n_requests = n;
  run->listener.next_request = run->listener.polls = 0;
}

/* What the log says of one tag at one step. */
static double
scalar_at (const Run *run, const char *tag, gint64 step)
{
  g_autofree char *start = g_strdup_printf ("\n%s %d ", tag, (int)step);
  const char *at = strstr (run->listener.log->str, start);
  g_assert_nonnull (at);
  return g_ascii_strtod (at + strlen (start), NULL);
}

static void
assert_same_states (const Run *a, const Run *b)
{
  g_autoptr (GPtrArray) names = telar_states_names (a->result.states);
  g_autoptr (GPtrArray) others = telar_states_names (b->result.states);
  g_assert_cmpuint (names->len, ==, others->len);
  for (guint i = 0; i < names->len; i++) {
    const TelarTensor *x = telar_states_get (a->result.states, names->pdata[i]);
    const TelarTensor *y = telar_states_get (b->result.states, names->pdata[i]);
    g_assert_cmpmem (x->data, x->bytes, y->data, y->bytes);
  }
}

/* --- edits ------------------------------------------------------------------------------------ */

/* Set before the first batch, a parameter is as if it had been so in the file. */
static void
test_as_from_the_start (void)
{
  static const TelarRequest requests[] = {
    { 0, TELAR_REQUEST_SET, 0, "drop.rate=0.4" },
    { 0, TELAR_REQUEST_SET, 0, "training.weight_decay=0.05" },
    { 0, TELAR_REQUEST_SET, 0, "fc1.kernel_l2=0" },
  };
  Run live, fixed;
  run_set_up (&live);
  run_set_up (&fixed);
  ask (&live, requests, G_N_ELEMENTS (requests));
  run_train (&live, NULL);
  g_assert_nonnull (strstr (live.listener.log->str, "event set 0 drop.rate=0.4\n"));
  run_set (&fixed, "drop.rate", "0.4");
  run_set (&fixed, "training.weight_decay", "0.05");
  run_train (&fixed, NULL);
  assert_same_states (&live, &fixed);
  run_tear_down (&live);
  run_tear_down (&fixed);
}

/* Batches of a step that add up have a program of their own, which changes, too. */
static void
test_accumulating (void)
{
  static const TelarRequest requests[] = { { 4, TELAR_REQUEST_SET, 0, "drop.rate=0" } };
  Run edited, plain;
  run_set_up (&edited);
  run_set_up (&plain);
  run_set (&edited, "training.accumulate", "2");
  run_set (&plain, "training.accumulate", "2");
  ask (&edited, requests, 1);
  run_train (&edited, NULL);
  run_train (&plain, NULL);
  g_assert_cmpfloat (scalar_at (&edited, "loss", 4), ==, scalar_at (&plain, "loss", 4));
  g_assert_cmpfloat (scalar_at (&edited, "loss", 5), !=, scalar_at (&plain, "loss", 5));
  run_tear_down (&edited);
  run_tear_down (&plain);
}

static void
test_refused (void)
{
  static const TelarRequest requests[] = {
    { 2, TELAR_REQUEST_SET, 0, "fc1.units=9" },
    { 2, TELAR_REQUEST_SET, 0, "nobody.rate=1" },
    { 2, TELAR_REQUEST_SET, 0, "drop.rate=2" },
    { 2, TELAR_REQUEST_SET, 0, "drop.rate" },
    { 2, TELAR_REQUEST_SET, 0, "training.epochs=900" },
    { 2, TELAR_REQUEST_SET, 0, "fc1.kernel_l1=1" },
  };
  Run asked, plain;
  run_set_up (&asked);
  run_set_up (&plain);
  ask (&asked, requests, G_N_ELEMENTS (requests));
  run_train (&asked, NULL);
  run_train (&plain, NULL);
  static const char *const outcomes[] = {
    "fc1.units cannot be changed while the run is training",
    "there is no node \"nobody\"",
    "rate must be",
    "what is set is written NODE.PARAM=VALUE",
    "training.epochs cannot be changed",
    "the losses or metrics would be others than the run has",
  };
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    g_assert_nonnull (strstr (asked.listener.log->str, outcomes[i]));
  assert_same_states (&asked, &plain);
  run_tear_down (&asked);
  run_tear_down (&plain);
}

/* The checkpoint knows the edits, also one that is at the very step of the checkpoint. */
static void
test_resume (void)
{
  static const TelarRequest edits[] = {
    { 3, TELAR_REQUEST_LEARNING_RATE, 0.02 },
    { 5, TELAR_REQUEST_SET, 0, "drop.rate=0.5" },
    { 7, TELAR_REQUEST_CHECKPOINT },
    { 8, TELAR_REQUEST_SET, 0, "drop.rate=0.1" },
    { 9, TELAR_REQUEST_STOP },
  };
  Run whole, parts;
  run_set_up (&whole);
  run_set_up (&parts);
  ask (&whole, edits, 4);
  run_train (&whole, NULL);
  ask (&parts, edits, 5);
  run_train (&parts, NULL);
  g_assert_cmpint (parts.result.status, ==, TELAR_RUN_STOPPED);
  g_autofree char *checkpoint = g_strdup (parts.result.checkpoint);
  ask (&parts, NULL, 0);
  run_train (&parts, checkpoint);
  run_assert_same_file (whole.result.checkpoint, parts.result.checkpoint);

  /* What the project says anew goes before what was set live. */
  run_set (&parts, "drop.rate", "0.3");
  run_train (&parts, checkpoint);
  g_assert_cmpint (parts.result.status, ==, TELAR_RUN_DONE);
  run_tear_down (&whole);
  run_tear_down (&parts);
}

static void
test_stop_after_epoch (void)
{
  static const TelarRequest requests[] = { { 6, TELAR_REQUEST_STOP_EPOCH } };
  Run f;
  run_set_up (&f);
  ask (&f, requests, 1);
  run_train (&f, NULL);
  g_assert_cmpint (f.result.status, ==, TELAR_RUN_STOPPED);
  g_assert_cmpint (f.result.epochs, ==, 2);
  g_assert_cmpint (f.result.steps, ==, 10);
  run_tear_down (&f);
}

/* --- forks ------------------------------------------------------------------------------------ */

/* With the same graph a fork is the run itself. */
static void
test_fork_same (void)
{
  static const TelarRequest requests[] = { { 7, TELAR_REQUEST_CHECKPOINT } };
  Run source, fork;
  run_set_up (&source);
  run_set_up (&fork);
  ask (&source, requests, 1);
  run_train (&source, NULL);
  g_autofree char *kept = g_build_filename (source.folder, "checkpoint-7.safetensors", NULL);
  fork.listener.fork = kept;
  run_train (&fork, NULL);
  g_assert_cmpint (fork.listener.first_step, ==, 7);
  run_assert_same_file (source.result.checkpoint, fork.result.checkpoint);
  run_tear_down (&source);
  run_tear_down (&fork);
}

/* What is of another size begins anew, the rest goes on; other batches begin the epoch again. */
static void
test_fork_edited (void)
{
  static const TelarRequest requests[] = { { 7, TELAR_REQUEST_CHECKPOINT },
                                           { 7, TELAR_REQUEST_STOP } };
  static const TelarRequest stop[] = { { 0, TELAR_REQUEST_STOP } };
  Run source, fork;
  run_set_up (&source);
  run_set_up (&fork);
  ask (&source, requests, 2);
  run_train (&source, NULL);
  run_set (&fork, "training.batch", "16");
  run_set (&fork, "seed", "8");
  telar_graph_disconnect (fork.graph, "fc2", 0, 0);
  test_graph_add (fork.graph, "dense", "wider");
  test_graph_wire (fork.graph, "drop", "wider");
  test_graph_wire (fork.graph, "wider", "fc2");
  run_set (&fork, "wider.units", "6");
  fork.listener.fork = source.result.checkpoint;
  ask (&fork, stop, 1);
  run_train (&fork, NULL);
  g_assert_cmpint (fork.listener.first_step, ==, 3);
  const TelarTensor *kept = telar_states_get (fork.result.states, "fc1.kernel");
  const TelarTensor *before = telar_states_get (source.result.states, "fc1.kernel");
  g_assert_cmpmem (kept->data, kept->bytes, before->data, before->bytes);
  g_assert_cmpint (telar_states_get (fork.result.states, "fc2.kernel")->type.shape.dims[0], ==, 6);
  const TelarTensor *mean = telar_states_get (fork.result.states, "std.mean");
  g_assert_cmpfloat (telar_tensor_get (mean, 0), !=, 0);
  run_tear_down (&source);
  run_tear_down (&fork);
}

static void
test_fork_nothing (void)
{
  Run f;
  g_autoptr (GError) error = NULL;
  run_set_up (&f);
  f.listener.fork = "/nonexistent.safetensors";
  g_assert_false (run_try (&f, NULL, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  run_tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  test_operators_register ();
  g_test_add_func ("/trainer-edit/as-from-the-start", test_as_from_the_start);
  g_test_add_func ("/trainer-edit/accumulating", test_accumulating);
  g_test_add_func ("/trainer-edit/refused", test_refused);
  g_test_add_func ("/trainer-edit/resume", test_resume);
  g_test_add_func ("/trainer-edit/stop-after-epoch", test_stop_after_epoch);
  g_test_add_func ("/trainer-edit/fork-same", test_fork_same);
  g_test_add_func ("/trainer-edit/fork-edited", test_fork_edited);
  g_test_add_func ("/trainer-edit/fork-nothing", test_fork_nothing);
  return g_test_run ();
}
