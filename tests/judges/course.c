/* Trains in Telar, remembers batches and losses, and has agreement.py compare them. */
#include "tests/judges/course.h"

#include "engine/checkpoint.h"
#include <glib/gstdio.h>

/* --- a feed that remembers -------------------------------------------------------------------- */

typedef struct {
  TelarFeed base;
  TelarFeed *inner;
  GHashTable *batches; /* "digits.images.0" -> tensor */
  guint step, steps;
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

  if (rows <= 0 || !recorder->recording || recorder->step >= recorder->steps)
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
recorder_new (TelarFeed *inner, guint steps)
{
  Recorder *recorder = g_new0 (Recorder, 1);

  recorder->base.klass = &recorder_class;
  recorder->base.ports = inner->ports;
  recorder->base.n_ports = inner->n_ports;
  recorder->inner = inner;
  recorder->steps = steps;
  recorder->batches =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);
  return recorder;
}

/* --- a monitor that remembers, and stops after the last step ---------------------------------- */

typedef struct {
  TelarMonitor base;
  TelarTensor *loss, *rate; /* f64[steps] */
  gint64 step, steps;
} Curve;

static void
curve_scalar (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  Curve *curve = (Curve *)monitor;

  if (step > curve->steps)
    return;
  curve->step = step;
  if (g_str_equal (tag, "loss"))
    telar_tensor_set (curve->loss, (gsize)step - 1, value);
  else if (g_str_equal (tag, "learning_rate"))
    telar_tensor_set (curve->rate, (gsize)step - 1, value);
}

static gboolean
curve_poll (TelarMonitor *monitor, TelarRequest *request)
{
  const Curve *curve = (const Curve *)monitor;

  *request = (TelarRequest){ .kind = TELAR_REQUEST_STOP };
  return curve->step >= curve->steps;
}

static const TelarMonitorClass curve_class = { .scalar = curve_scalar, .poll = curve_poll };

/* --- the course ------------------------------------------------------------------------------- */

struct Course {
  TelarGraph *graph;
  Recorder *recorder;
  Curve curve;
  char *folder, *weights, *run;
};

/* Numbers are judged in the plain build; the sanitizers look for other faults and pass over all of
 * the code in the first steps. */
guint
course_steps (guint all)
{
#ifdef __SANITIZE_ADDRESS__
  return all / 10;
#else
  return all;
#endif
}

Course *
course_new (TelarGraph *graph, TelarFeed *feed, guint steps)
{
  Course *course = g_new0 (Course, 1);
  TelarShape shape = telar_shape (steps);

  course->graph = graph;
  course->recorder = recorder_new (feed, steps);
  course->curve.base.klass = &curve_class;
  course->curve.steps = steps;
  course->curve.loss = telar_tensor_new (TELAR_F64, &shape);
  course->curve.rate = telar_tensor_new (TELAR_F64, &shape);
  course->folder = g_dir_make_tmp ("telar-agreement-XXXXXX", NULL);
  course->weights = g_build_filename (course->folder, "weights.safetensors", NULL);
  course->run = g_build_filename (course->folder, "run.safetensors", NULL);
  return course;
}

void
course_free (Course *course)
{
  telar_feed_free (&course->recorder->base);
  telar_graph_free (course->graph);
  telar_tensor_unref (course->curve.loss);
  telar_tensor_unref (course->curve.rate);
  g_unlink (course->weights);
  g_unlink (course->run);
  g_rmdir (course->folder);
  g_free (course->folder);
  g_free (course->weights);
  g_free (course->run);
  g_free (course);
}

TelarGraph *
course_graph (Course *course)
{
  return course->graph;
}

static TelarProgram *
lower_training (const Course *course)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarLowered) lowered =
      telar_lower (course->graph, &course->recorder->base, TELAR_LOWER_TRAIN);

  telar_lowered_ok (lowered, &error);
  g_assert_no_error (error);
  return telar_program_ref (lowered->program);
}

/* Only what @program declares: the network's own states, none of the optimizer's. */
static void
write_weights (const Course *course, const TelarProgram *program, const TelarStates *states)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) tensors = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const char *name = telar_program_state (program, i)->name;
    g_hash_table_insert (tensors, (gpointer)name, telar_states_get (states, name));
  }
  telar_safetensors_write (course->weights, tensors, NULL, &error);
  g_assert_no_error (error);
}

static void
write_run (Course *course)
{
  g_autoptr (GError) error = NULL;
  GHashTable *tensors = course->recorder->batches;

  g_hash_table_insert (tensors, g_strdup ("loss"), telar_tensor_ref (course->curve.loss));
  g_hash_table_insert (tensors, g_strdup ("rate"), telar_tensor_ref (course->curve.rate));
  telar_safetensors_write (course->run, tensors, NULL, &error);
  g_assert_no_error (error);
}

void
course_judge (Course *course, const char *network, const char *optimizer)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *script = g_build_filename (g_getenv ("TELAR_JUDGES"), "agreement.py", NULL);
  g_autofree char *out = NULL;
  char *argv[] = { (char *)g_getenv ("TELAR_JUDGE_PYTHON"),
                   script,
                   course->folder,
                   (char *)network,
                   (char *)optimizer,
                   NULL };
  int status;

  g_assert_cmpint (course->curve.step, ==, course->curve.steps);
  g_assert_cmpuint (course->recorder->step, ==, course->curve.steps);
  write_run (course);
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_test_message ("%s", g_strstrip (out));
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

/* --- float32: the trainer --------------------------------------------------------------------- */

void
course_train (Course *course)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 2, &error);
  g_autoptr (TelarStates) states = telar_states_new ();
  TelarTrainingResult result = { 0 };

  g_assert_no_error (error);
  g_autoptr (TelarProgram) lowered = lower_training (course);
  telar_states_add_program (states, lowered, telar_graph_seed (course->graph), &error);
  g_assert_no_error (error);
  write_weights (course, lowered, states);
  TelarTraining training = { .graph = course->graph,
                             .feed = &course->recorder->base,
                             .device = device,
                             .monitor = &course->curve.base,
                             .run = "agreement",
                             .states = states };
  telar_train (&training, &result, &error);
  g_assert_no_error (error);
  telar_training_result_clear (&result);
}

/* --- float64: the reference device ------------------------------------------------------------ */

/* The network's parameters after the first step, which moved them by the gradient, and after the
 * last, for the judge. */
static void
remember_weights (Course *course, const TelarProgram *program, const TelarStates *states,
                  const char *when)
{
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const char *name = telar_program_state (program, i)->name;
    g_hash_table_insert (course->recorder->batches, g_strconcat (when, name, NULL),
                         telar_tensor_copy (telar_states_get (states, name)));
  }
}

typedef struct {
  Course *course;
  TelarPlan *plan;
  TelarStates *states;
  gint64 batch;
} Stepper;

/* The sum of all losses, as the trainer counts it. */
static double
loss_of (const TelarProgram *program, TelarTensor *const *outputs)
{
  double loss = 0;

  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    if (telar_program_output (program, i)->role == TELAR_OUTPUT_LOSS)
      loss += telar_tensor_get (outputs[i], 0);
  return loss;
}

static void
run_step (Stepper *s, guint step, double rate)
{
  g_autoptr (GError) error = NULL;
  TelarFeed *feed = &s->course->recorder->base;
  const TelarProgram *program = telar_plan_program (s->plan);
  TelarTensor *batch[8] = { NULL }, *wide[8], *outputs[64] = { NULL };
  TelarBinding inputs[8];
  guint n = feed->n_ports;

  g_assert_cmpint (telar_feed_next (feed, batch, &error), ==, s->batch);
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
  curve_scalar (&s->course->curve.base, "loss", step + 1, loss_of (program, outputs));
  curve_scalar (&s->course->curve.base, "learning_rate", step + 1, rate);
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    g_clear_pointer (&outputs[i], telar_tensor_unref);
  for (guint i = 0; i < n + 2; i++)
    telar_tensor_unref (wide[i]);
  for (guint i = 0; i < n; i++)
    telar_tensor_unref (batch[i]);
}

void
course_train_wide (Course *course, gint64 batch, gint64 epoch_steps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open ("ref", 1, &error);
  g_autoptr (TelarStates) states = telar_states_new ();
  TelarFeedPass pass = { .split = TELAR_SPLIT_TRAIN, .batch = batch, .shuffle = TRUE, .seed = 1 };
  const TelarParamSet *training = telar_graph_training (course->graph);
  TelarOptimizer optimizer = telar_training_optimizer (training);
  TelarCompileOptions options = { .device = device };

  g_assert_no_error (error);
  g_autoptr (TelarProgram) lowered = lower_training (course);
  g_autoptr (TelarProgram) trained = telar_compile_training (lowered, &optimizer, &options, &error);
  g_assert_no_error (error);
  g_autoptr (TelarProgram) program = telar_pass_widen (trained, &error);
  g_assert_no_error (error);
  g_autoptr (TelarPlan) plan = telar_plan_new (program, batch, device, 0, &error);
  g_assert_no_error (error);
  telar_states_add_program (states, program, telar_graph_seed (course->graph), &error);
  g_assert_no_error (error);
  write_weights (course, lowered, states);

  telar_feed_begin (&course->recorder->base, &pass, &error);
  g_assert_no_error (error);
  Stepper stepper = { course, plan, states, batch };
  for (guint step = 0; step < course->curve.steps; step++) {
    run_step (&stepper, step, telar_schedule_rate (training, step, epoch_steps));
    if (step == 0)
      remember_weights (course, lowered, states, "first:");
  }
  remember_weights (course, lowered, states, "last:");
}
