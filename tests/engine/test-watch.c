/* Watchpoints: their text; each kind with a network that provokes it and with one that does not; a
 * pause before the optimizer's step, after which the run ends with the bits of one that never
 * stopped. */
#include "engine/watch.h"
#include "sample-feed.h"
#include "sample-operators.h"
#include "sample-run.h"
#include <math.h>
#include <string.h>

/* --- text ------------------------------------------------------------------------------------- */

static void
test_text (void)
{
  static const char *const good[][2] = {
    { "nan", "nan" },
    { "nan:*:mark", "nan" },
    { "vanishing:stage/conv1:1e-8:pause", "vanishing:stage/conv1:1e-08:pause" },
    { "range:relu.out:-2..6.5:notify:off", "range:relu.out:-2..6.5:notify:off" },
    { "range:act:3", "range:act:3" },
    { "dead:0.25:steps=100", "dead:0.25:steps=100" },
    { "loss-stuck:pause", "loss-stuck:pause" },
  };
  static const char *const bad[] = {
    "",
    "nothing",
    "nan:a:b",
    "nan:steps=3",
    "dead:steps=0",
    "range:5..2",
    "vanishing:1..2",
    "loss-stuck:conv1",
    "exploding:-1",
    "nan:",
    "dead:nan:inf..1",
    "nan::pause",
  };
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TelarWatch) watch = telar_watch_parse (good[i][0], &error);
    g_assert_no_error (error);
    g_autofree char *text = telar_watch_to_text (watch);
    g_assert_cmpstr (text, ==, good[i][1]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (telar_watch_parse (bad[i], &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  }
  g_autoptr (GPtrArray) list = telar_watches_parse ("  nan:pause\n dead  ", NULL);
  g_autofree char *text = telar_watches_to_text (list);
  g_assert_cmpstr (text, ==, "nan:pause dead");
}

static void
test_hit_text (void)
{
  for (guint kind = 0; kind < TELAR_N_WATCHES; kind++) {
    char where[] = "stage/0/conv1.kernel", run[] = "run";
    const TelarWatchInfo *info = telar_watch_info ((TelarWatchKind)kind);
    TelarWatchHit hit = { (TelarWatchKind)kind, TELAR_WATCH_NOTIFY, info->on_run ? run : where,
                          0.25, info->limit };
    g_auto (TelarWatchHit) read = { 0 };
    g_autofree char *text = telar_watch_hit_to_text (&hit);
    g_assert_nonnull (strstr (text, info->advice));
    g_assert_true (telar_watch_hit_from_text (text, &read));
    g_assert_cmpint (read.kind, ==, kind);
    g_assert_cmpint (read.action, ==, TELAR_WATCH_NOTIFY);
    g_assert_cmpstr (read.where, ==, hit.where);
    g_assert_cmpfloat (read.value, ==, 0.25);
    g_assert_cmpfloat (read.limit, ==, info->limit);
    g_autofree char *node = telar_watch_hit_node (&read);
    g_assert_cmpstr (node, ==, info->on_run ? NULL : "stage/conv1");
  }
  static const char *const bad[] = { "", "a", "a: b: c", "a: nan, mark: size 1",
                                     "a: nan: count 1" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_auto (TelarWatchHit) hit = { 0 };
    g_assert_false (telar_watch_hit_from_text (bad[i], &hit));
  }
}

/* --- the kinds -------------------------------------------------------------------------------- */

/* Puts @n nodes of @op before the input of fc2; the last is called "end". */
static void
insert (Run *f, const char *op, guint n)
{
  g_autofree char *before = g_strdup ("drop");
  telar_graph_disconnect (f->graph, "fc2", 0, 0);
  for (guint i = 0; i < n; i++) {
    char *id = i + 1 < n ? g_strdup_printf ("x%u", i) : g_strdup ("end");
    test_graph_add (f->graph, op, id);
    test_graph_wire (f->graph, before, id);
    g_free (before);
    before = id;
  }
  test_graph_wire (f->graph, before, "fc2");
}

static void
provoke_nan (Run *f)
{
  insert (f, "log", 1);
}

static void
provoke_overflow (Run *f)
{
  insert (f, "exp", 4);
}

static void
provoke_vanishing (Run *f)
{
  insert (f, "sigmoid", 20);
}

static void
provoke_exploding (Run *f)
{
  run_set (f, "loss1.weight", "1e6");
}

static void
provoke_unchanged (Run *f)
{
  run_set (f, "training.learning_rate", "0");
}

/* Each epoch sees the same batches, with the same weights. */
static void
provoke_stuck (Run *f)
{
  run_set (f, "training.learning_rate", "0");
  run_set (f, "training.shuffle", "false");
}

static void
provoke_update_large (Run *f)
{
  run_set (f, "training.learning_rate", "1");
}

static void
provoke_update_small (Run *f)
{
  run_set (f, "training.learning_rate", "1e-7");
}

/* Nothing is left of -max(x, 0) above 0. */
static void
provoke_dead (Run *f)
{
  insert (f, "negate", 1);
  test_graph_add (f->graph, "relu", "first");
  test_graph_add (f->graph, "relu", "last");
  telar_graph_disconnect (f->graph, "end", 0, 0);
  telar_graph_disconnect (f->graph, "fc2", 0, 0);
  test_graph_wire (f->graph, "drop", "first");
  test_graph_wire (f->graph, "first", "end");
  test_graph_wire (f->graph, "end", "last");
  test_graph_wire (f->graph, "last", "fc2");
}

static void
provoke_saturated (Run *f)
{
  insert (f, "hard_tanh", 1);
  run_set (f, "end.low", "-0.001");
  run_set (f, "end.high", "0.001");
}

static void
prepare_saturated (Run *f)
{
  insert (f, "tanh", 1);
}

static void
provoke_range (Run *f)
{
  insert (f, "exp", 1);
}

/* The validation rows are unlike the others, and ever worse met. */
static void
provoke_overfitting (Run *f)
{
  for (gint64 row = SAMPLE_ROWS; row < SAMPLE_ROWS + 10; row++)
    for (guint i = 0; i < 4; i++)
      *sample_feed_image (f->feed, row, i) *= -40;
}

static void
prepare_calm (Run *f)
{
  run_set (f, "training.learning_rate", "0.001");
}

static const struct {
  const char *watch;
  void (*provoke) (Run *f);
  void (*prepare) (Run *f); /* the network that does not; may be NULL */
  const char *where;        /* of a hit, ": " included */
} kinds[TELAR_N_WATCHES] = {
  [TELAR_WATCH_NAN] = { "nan", provoke_nan, NULL, "end: nan" },
  [TELAR_WATCH_OVERFLOW] = { "overflow", provoke_overflow, NULL, ": overflow" },
  [TELAR_WATCH_VANISHING] = { "vanishing", provoke_vanishing, NULL, "fc1.kernel: vanishing" },
  [TELAR_WATCH_EXPLODING] = { "exploding", provoke_exploding, NULL, "fc2.kernel: exploding" },
  [TELAR_WATCH_UNCHANGED] = { "unchanged", provoke_unchanged, NULL, "fc1.kernel: unchanged" },
  [TELAR_WATCH_UPDATE_LARGE] = { "update-large", provoke_update_large, prepare_calm,
                                 "fc1.kernel: update-large" },
  [TELAR_WATCH_UPDATE_SMALL] = { "update-small:1e-5", provoke_update_small, NULL,
                                 "fc1.kernel: update-small" },
  [TELAR_WATCH_DEAD] = { "dead:1:steps=5", provoke_dead, NULL, "last: dead" },
  [TELAR_WATCH_SATURATED] = { "saturated", provoke_saturated, prepare_saturated, "end: saturated" },
  [TELAR_WATCH_RANGE] = { "range:*:-1e4..5", provoke_range, prepare_calm, "end: range" },
  [TELAR_WATCH_LOSS_STUCK] = { "loss-stuck:steps=5", provoke_stuck, NULL, "run: loss-stuck" },
  [TELAR_WATCH_OVERFITTING] = { "over-fitting", provoke_overfitting, prepare_calm,
                                "run: over-fitting" },
};

/* The log of a run with one watchpoint; a run that ends in NaN fails. Caller frees. */
static char *
watch_run (const char *watch, void (*change) (Run *f))
{
  Run f;
  g_autoptr (GError) error = NULL;
  run_set_up (&f);
  run_set (&f, "drop.rate", "0");
  run_set (&f, "training.schedule", "constant");
  run_set (&f, "training.watch", watch);
  if (change)
    change (&f);
  run_try (&f, NULL, &error);
  char *log = g_strdup (f.listener.log->str);
  run_tear_down (&f);
  return log;
}

static void
test_kind (gconstpointer data)
{
  guint kind = GPOINTER_TO_UINT (data);
  g_autofree char *hit = watch_run (kinds[kind].watch, kinds[kind].provoke);
  g_autofree char *calm = watch_run (kinds[kind].watch, kinds[kind].prepare);
  g_test_message ("%s", hit);
  g_assert_nonnull (strstr (hit, "event watch "));
  g_assert_nonnull (strstr (hit, kinds[kind].where));
  if (strstr (calm, "event watch "))
    g_error ("%s", strstr (calm, "event watch "));

  /* One that is off sees nothing. */
  g_autofree char *off = g_strconcat (kinds[kind].watch, ":off", NULL);
  g_autofree char *blind = watch_run (off, kinds[kind].provoke);
  g_assert_null (strstr (blind, "event watch "));
}

/* A wire without parameters has a gradient, too; a port, a state and a pattern can be named. */
static void
test_places (void)
{
  static const char *const places[][2] = {
    { "vanishing:act:1e9", " act: vanishing" },
    { "exploding:std.out:0", NULL },
    { "vanishing:fc?:1e9", " fc2.bias: vanishing" },
    { "vanishing:fc1.kernel:1e9", " fc1.kernel: vanishing" },
    { "range:d.image:0.001", " d.image: range" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *log = watch_run (places[i][0], NULL);
    if (!places[i][1])
      g_assert_null (strstr (log, "event watch"));
    else if (!strstr (log, places[i][1]))
      g_error ("%s: %.300s", places[i][0], log);
  }
  static const char *const nowhere[] = { "nan:nobody", "saturated:fc1", "update-large:act",
                                         "dead:fc1.kernel" };
  for (guint i = 0; i < G_N_ELEMENTS (nowhere); i++) {
    g_autofree char *log = watch_run (nowhere[i], NULL);
    g_assert_nonnull (strstr (log, "has nothing to look at"));
  }
}

/* It is told once for as long as it lasts. */
static void
test_once (void)
{
  g_autofree char *log = watch_run ("range:fc1:0.001", NULL);
  const char *first = strstr (log, "event watch 1 fc1: range, mark: value ");
  g_assert_nonnull (first);
  g_assert_null (strstr (first + 1, "event watch "));
}

/* --- pausing ---------------------------------------------------------------------------------- */

static void
assert_same_states (const TelarStates *a, const TelarStates *b)
{
  g_autoptr (GPtrArray) names = telar_states_names (a);
  for (guint i = 0; i < names->len; i++) {
    const TelarTensor *x = telar_states_get (a, names->pdata[i]);
    const TelarTensor *y = telar_states_get (b, names->pdata[i]);
    g_assert_cmpmem (x->data, x->bytes, y->data, y->bytes);
  }
}

static void
set_up_watched (Run *f, const char *accumulate, const char *watch)
{
  run_set_up (f);
  test_graph_add (f->graph, "r2", "fit");
  test_graph_wire (f->graph, "fc2", "fit:predictions");
  test_graph_wire (f->graph, "d:label", "fit:targets");
  run_set (f, "training.accumulate", accumulate);
  run_set (f, "training.average", "ema");
  run_set (f, "training.watch", watch);
}

/* What was told of numbers, without events and answers. Caller frees. */
static char *
numbers (const Run *f)
{
  g_auto (GStrv) lines = g_strsplit (f->listener.log->str, "\n", -1);
  GString *text = g_string_new (NULL);
  for (char **line = lines; *line; line++)
    if (!g_str_has_prefix (*line, "event ") && !g_str_has_prefix (*line, "answer "))
      g_string_append_printf (text, "%s\n", *line);
  return g_string_free (text, FALSE);
}

static gint64
hit_step (const Run *f)
{
  const char *at = strstr (f->listener.log->str, "event watch ");
  g_assert_nonnull (at);
  return g_ascii_strtoll (at + strlen ("event watch "), NULL, 10);
}

/* In the middle of a run, once the update has become as large as that. */
#define LATE "update-large:fc1:0.02"

static void
check_pause (const char *accumulate)
{
  Run plain, marked, stopped, before, resumed;
  set_up_watched (&plain, accumulate, "");
  set_up_watched (&marked, accumulate, LATE);
  set_up_watched (&stopped, accumulate, LATE ":pause");
  set_up_watched (&before, accumulate, "");
  set_up_watched (&resumed, accumulate, LATE ":pause");
  run_train (&plain, NULL);
  run_train (&marked, NULL);
  gint64 step = hit_step (&marked);
  g_assert_cmpint (step, >, 1);
  assert_same_states (plain.result.states, marked.result.states);

  /* Paused, the states are those before the step. */
  TelarRequest stop = { step + 2, TELAR_REQUEST_STOP }, early = { step - 1, TELAR_REQUEST_STOP };
  stopped.listener.requests = &stop;
  before.listener.requests = &early;
  stopped.listener.n_requests = before.listener.n_requests = 1;
  run_train (&stopped, NULL);
  run_train (&before, NULL);
  g_assert_cmpint (hit_step (&stopped), ==, step);
  g_assert_cmpint (stopped.result.steps, ==, step - 1);
  g_assert_cmpint (before.result.steps, ==, step - 1);
  assert_same_states (before.result.states, stopped.result.states);

  /* Resumed, it ends as if nothing had been, and so does one taken up from the checkpoint. */
  TelarRequest go[] = { { step + 3, TELAR_REQUEST_RESUME } };
  resumed.listener.requests = go;
  resumed.listener.n_requests = 1;
  run_train (&resumed, NULL);
  g_autofree char *a = numbers (&plain), *b = numbers (&resumed);
  g_assert_cmpstr (a, ==, b);
  assert_same_states (plain.result.states, resumed.result.states);
  g_autofree char *checkpoint = g_strdup (stopped.result.checkpoint);
  run_set (&stopped, "training.watch", "");
  run_train (&stopped, checkpoint);
  assert_same_states (plain.result.states, stopped.result.states);

  Run *all[] = { &plain, &marked, &stopped, &before, &resumed };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    run_tear_down (all[i]);
}

static void
test_pause (void)
{
  check_pause ("1");
}

static void
test_pause_accumulating (void)
{
  check_pause ("2");
}

/* What is set while it waits holds for the very step; watchpoints can be set live. */
static void
test_pause_and_edit (void)
{
  static const TelarRequest requests[] = {
    { 0, TELAR_REQUEST_SET, 0, "training.watch=range:fc1:0.001:pause" },
    { 3, TELAR_REQUEST_LEARNING_RATE, 0.001 },
    { 4, TELAR_REQUEST_SET, 0, "training.watch=nan:nobody" },
    { 5, TELAR_REQUEST_RESUME },
  };
  static const TelarRequest early[] = { { 0, TELAR_REQUEST_LEARNING_RATE, 0.001 } };
  Run edited, plain;
  run_set_up (&edited);
  run_set_up (&plain);
  edited.listener.requests = requests;
  edited.listener.n_requests = G_N_ELEMENTS (requests);
  plain.listener.requests = early;
  plain.listener.n_requests = 1;
  run_train (&edited, NULL);
  run_train (&plain, NULL);
  g_assert_cmpint (hit_step (&edited), ==, 1);
  g_assert_nonnull (strstr (edited.listener.log->str, "refused: the watchpoint"));
  assert_same_states (plain.result.states, edited.result.states);
  run_tear_down (&edited);
  run_tear_down (&plain);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  test_operators_register ();
  g_test_add_func ("/watch/text", test_text);
  g_test_add_func ("/watch/hit-text", test_hit_text);
  for (guint kind = 0; kind < TELAR_N_WATCHES; kind++) {
    g_autofree char *path =
        g_strdup_printf ("/watch/kind/%s", telar_watch_info ((TelarWatchKind)kind)->name);
    g_test_add_data_func (path, GUINT_TO_POINTER (kind), test_kind);
  }
  g_test_add_func ("/watch/places", test_places);
  g_test_add_func ("/watch/once", test_once);
  g_test_add_func ("/watch/pause", test_pause);
  g_test_add_func ("/watch/pause-accumulating", test_pause_accumulating);
  g_test_add_func ("/watch/pause-and-edit", test_pause_and_edit);
  return g_test_run ();
}
