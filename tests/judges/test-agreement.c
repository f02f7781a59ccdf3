/* The first 200 steps of the digit samples beside PyTorch: the same initial weights, the same
 * batches, no dropout.
 *
 * float64: the sample's own optimizer and schedule, on the compiled training program. In float32
 * Adam turns the last bit of a gradient near zero into a step of full size: PyTorch on one thread
 * and PyTorch on two are further apart after 200 steps of digits-cnn than the tolerance. In double
 * precision the comparison means something, and covers every formula.
 *
 * float32: the real trainer, with SGD; see agreement.py for what float32 can be held to.
 */
#include "data/data.h"
#include "engine/checkpoint.h"
#include "engine/trainer.h"

#include <glib/gstdio.h>

#define STEPS 200

/* --- a feed that remembers
 * ------------------------------------------------------------------------ */

typedef struct {
  TelarFeed base;
  TelarFeed *inner;
  GHashTable *batches; /* "digits.images.0" -> tensor */
  guint step;
  gboolean recording;
} Recorder;

static void
recorder_free (TelarFeed *feed)
{
  Recorder *recorder = (Recorder *)feed;

  telar_feed_free (recorder->inner);
  g_hash_table_unref (recorder->batches);
  g_free (recorder);
}

static gint64
recorder_rows (const TelarFeed *feed, TelarSplit split)
{
  return telar_feed_rows (((const Recorder *)feed)->inner, split);
}

static gboolean
recorder_begin (TelarFeed *feed, const TelarFeedPass *pass, GError **error)
{
  Recorder *recorder = (Recorder *)feed;

  recorder->recording = pass->split == TELAR_SPLIT_TRAIN;
  return telar_feed_begin (recorder->inner, pass, error);
}

static gint64
recorder_next (TelarFeed *feed, TelarTensor **tensors, GError **error)
{
  Recorder *recorder = (Recorder *)feed;
  gint64 rows = telar_feed_next (recorder->inner, tensors, error);

  if (rows <= 0 || !recorder->recording || recorder->step >= STEPS)
    return rows;
  for (guint i = 0; i < feed->n_ports; i++)
    g_hash_table_insert (recorder->batches,
                         g_strdup_printf ("%s.%u", feed->ports[i].name, recorder->step),
                         telar_tensor_copy (tensors[i]));
  recorder->step++;
  return rows;
}

static const TelarFeedClass recorder_class = {
  .free = recorder_free,
  .rows = recorder_rows,
  .begin = recorder_begin,
  .next = recorder_next,
};

static Recorder *
recorder_new (TelarFeed *inner)
{
  Recorder *recorder = g_new0 (Recorder, 1);

  recorder->base.klass = &recorder_class;
  recorder->base.ports = inner->ports;
  recorder->base.n_ports = inner->n_ports;
  recorder->inner = inner;
  recorder->batches =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);
  return recorder;
}

/* --- a monitor that remembers, and stops after the last step
 * ---------------------------------------- */

typedef struct {
  TelarMonitor base;
  double loss[STEPS], rate[STEPS];
  gint64 step;
} Curve;

static void
curve_scalar (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  Curve *curve = (Curve *)monitor;

  if (step > STEPS)
    return;
  curve->step = step;
  if (g_str_equal (tag, "loss"))
    curve->loss[step - 1] = value;
  else if (g_str_equal (tag, "learning_rate"))
    curve->rate[step - 1] = value;
}

static gboolean
curve_poll (TelarMonitor *monitor, TelarRequest *request)
{
  *request = (TelarRequest){ .kind = TELAR_REQUEST_STOP };
  return ((Curve *)monitor)->step >= STEPS;
}

static const TelarMonitorClass curve_class = { .scalar = curve_scalar, .poll = curve_poll };

/* --- the comparison
 * ----------------------------------------------------------------------------------- */

static TelarTensor *
curve_tensor (const double *values)
{
  TelarShape shape = telar_shape (STEPS);
  TelarTensor *tensor = telar_tensor_new (TELAR_F64, &shape);

  for (gsize i = 0; i < STEPS; i++)
    telar_tensor_set (tensor, i, values[i]);
  return tensor;
}

static TelarProgram *
lower_training (const TelarGraph *graph, const TelarFeed *feed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, TELAR_LOWER_TRAIN);

  telar_lowered_ok (lowered, &error);
  g_assert_no_error (error);
  return telar_program_ref (lowered->program);
}

/* Only what @program declares: the network's own states, none of the optimizer's. */
static void
write_weights (const TelarProgram *program, const TelarStates *states, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) tensors = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const char *name = telar_program_state (program, i)->name;
    g_hash_table_insert (tensors, (gpointer)name, telar_states_get (states, name));
  }
  telar_safetensors_write (path, tensors, NULL, &error);
  g_assert_no_error (error);
}

static void
write_run (const Recorder *recorder, const Curve *curve, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (recorder->batches, g_strdup ("loss"), curve_tensor (curve->loss));
  g_hash_table_insert (recorder->batches, g_strdup ("rate"), curve_tensor (curve->rate));
  telar_safetensors_write (path, recorder->batches, NULL, &error);
  g_assert_no_error (error);
}

/* --- one comparison
 * ------------------------------------------------------------------------------- */

typedef struct {
  TelarGraph *graph;
  Recorder *recorder;
  Curve curve;
  char *folder, *weights, *run;
} Case;

static void
case_open (Case *c, const char *sample, const char *const *settings)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (g_getenv ("TELAR_SAMPLES"), "/", sample, ".telar", NULL);

  c->folder = g_dir_make_tmp ("telar-agreement-XXXXXX", NULL);
  c->weights = g_build_filename (c->folder, "weights.safetensors", NULL);
  c->run = g_build_filename (c->folder, "run.safetensors", NULL);
  c->graph = telar_graph_load (file, &error);
  g_assert_no_error (error);
  for (guint i = 0; settings[i] != NULL; i += 2)
    telar_graph_set (c->graph, settings[i], settings[i + 1], &error);
  if (telar_graph_find_node (c->graph, "dropout") != NULL)
    telar_graph_set (c->graph, "dropout.rate", "0", &error);
  g_assert_no_error (error);
  TelarFeed *feed = telar_data_open (c->graph, &error);
  g_assert_no_error (error);
  c->recorder = recorder_new (feed);
  c->curve.base.klass = &curve_class;
}

static void
case_judge (Case *c, const char *sample, const char *optimizer)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *script = g_build_filename (g_getenv ("TELAR_JUDGES"), "agreement.py", NULL);
  g_autofree char *out = NULL;
  char *argv[] = { (char *)g_getenv ("TELAR_JUDGE_PYTHON"),
                   script,
                   c->folder,
                   (char *)sample,
                   (char *)optimizer,
                   NULL };
  int status;

  g_assert_cmpint (c->curve.step, ==, STEPS);
  g_assert_cmpuint (c->recorder->step, ==, STEPS);
  write_run (c->recorder, &c->curve, c->run);
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_test_message ("%s", g_strstrip (out));
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

static void
case_close (Case *c)
{
  telar_feed_free (&c->recorder->base);
  telar_graph_free (c->graph);
  g_unlink (c->weights);
  g_unlink (c->run);
  g_rmdir (c->folder);
  g_free (c->folder);
  g_free (c->weights);
  g_free (c->run);
}

static void
test_float32 (gconstpointer sample)
{
  static const char *const settings[] = { "training.optimizer",
                                          "sgd",
                                          "training.momentum",
                                          "0.9",
                                          "training.schedule",
                                          "constant",
                                          "training.learning_rate",
                                          "0.001",
                                          NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 2, &error);
  g_autoptr (TelarStates) states = telar_states_new ();
  TelarTrainingResult result = { 0 };
  Case c = { 0 };

  g_assert_no_error (error);
  case_open (&c, sample, settings);
  g_autoptr (TelarProgram) lowered = lower_training (c.graph, &c.recorder->base);
  telar_states_add_program (states, lowered, telar_graph_seed (c.graph), &error);
  g_assert_no_error (error);
  write_weights (lowered, states, c.weights);
  TelarTraining training = { .graph = c.graph,
                             .feed = &c.recorder->base,
                             .device = device,
                             .monitor = &c.curve.base,
                             .run = sample,
                             .states = states };
  telar_train (&training, &result, &error);
  g_assert_no_error (error);
  case_judge (&c, sample, "sgd");
  telar_training_result_clear (&result);
  case_close (&c);
}

/* --- double precision
 * ------------------------------------------------------------------------------- */

#define BATCH 8 /* the reference device is thorough, not fast */

typedef struct {
  Case *c;
  TelarPlan *plan;
  TelarStates *states;
  guint loss; /* which output */
} Stepper;

static void
run_step (Stepper *s, guint step, double rate)
{
  g_autoptr (GError) error = NULL;
  const TelarFeed *feed = &s->c->recorder->base;
  const TelarProgram *program = telar_plan_program (s->plan);
  TelarTensor *batch[8] = { NULL }, *wide[8], *outputs[64] = { NULL };
  TelarBinding inputs[8];
  guint n = feed->n_ports;

  g_assert_cmpint (telar_feed_next (&s->c->recorder->base, batch, &error), ==, BATCH);
  for (guint i = 0; i < n; i++) {
    gboolean real = telar_dtype_is_float (batch[i]->type.dtype);
    wide[i] = telar_tensor_cast (batch[i], real ? TELAR_F64 : batch[i]->type.dtype);
    inputs[i] = (TelarBinding){ feed->ports[i].name, wide[i] };
  }
  wide[n] = telar_tensor_scalar (TELAR_F64, rate);
  wide[n + 1] = telar_tensor_scalar (TELAR_F64, step + 1);
  inputs[n] = (TelarBinding){ "learning_rate", wide[n] };
  inputs[n + 1] = (TelarBinding){ "step", wide[n + 1] };
  TelarRunContext context = { inputs, n + 2, s->states, 1, step };
  telar_plan_run (s->plan, &context, outputs, &error);
  g_assert_no_error (error);
  s->c->curve.loss[step] = telar_tensor_get (outputs[s->loss], 0);
  s->c->curve.rate[step] = rate;
  s->c->curve.step = step + 1;
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    g_clear_pointer (&outputs[i], telar_tensor_unref);
  for (guint i = 0; i < n + 2; i++)
    telar_tensor_unref (wide[i]);
  for (guint i = 0; i < n; i++)
    telar_tensor_unref (batch[i]);
}

static guint
find_loss (const TelarProgram *program)
{
  guint i = 0;

  while (telar_program_output (program, i)->role != TELAR_OUTPUT_LOSS)
    i++;
  return i;
}

static void
test_float64 (gconstpointer sample)
{
  static const char *const settings[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open ("ref", 1, &error);
  g_autoptr (TelarStates) states = telar_states_new ();
  TelarFeedPass pass = { .split = TELAR_SPLIT_TRAIN, .batch = BATCH, .shuffle = TRUE, .seed = 1 };
  Case c = { 0 };

  case_open (&c, sample, settings);
  TelarOptimizer optimizer = telar_training_optimizer (telar_graph_training (c.graph));
  TelarCompileOptions options = { .device = device };
  g_autoptr (TelarProgram) lowered = lower_training (c.graph, &c.recorder->base);
  g_autoptr (TelarProgram) trained = telar_compile_training (lowered, &optimizer, &options, &error);
  g_assert_no_error (error);
  g_autoptr (TelarProgram) program = telar_pass_widen (trained, &error);
  g_assert_no_error (error);
  g_autoptr (TelarPlan) plan = telar_plan_new (program, BATCH, device, 0, &error);
  g_assert_no_error (error);
  telar_states_add_program (states, program, telar_graph_seed (c.graph), &error);
  g_assert_no_error (error);
  write_weights (lowered, states, c.weights);

  telar_feed_begin (&c.recorder->base, &pass, &error);
  g_assert_no_error (error);
  Stepper stepper = { &c, plan, states, find_loss (telar_plan_program (plan)) };
  for (guint step = 0; step < STEPS; step++)
    run_step (&stepper, step, telar_schedule_rate (telar_graph_training (c.graph), step, 1000));
  case_judge (&c, sample, "adam");
  case_close (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  telar_data_init ();
  g_test_add_data_func ("/judges/agreement/float32/digits-cnn", "digits-cnn", test_float32);
  g_test_add_data_func ("/judges/agreement/float32/digits-dense", "digits-dense", test_float32);
  g_test_add_data_func ("/judges/agreement/float64/digits-cnn", "digits-cnn", test_float64);
  g_test_add_data_func ("/judges/agreement/float64/digits-dense", "digits-dense", test_float64);
  return g_test_run ();
}
